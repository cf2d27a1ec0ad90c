//! Roles, weights, quota, maintenance, operations, metrics: only reads return them (PROTOCOL.md, "Events that do not exist").
//! Each answer takes the place of the one before.

use serde::{Deserialize, Serialize};

use crate::base::ids::{FrameworkId, Role};
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::MachineId;

/// A role as GET_ROLES tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoleTold {
    pub name: Role,
    /// `None` if it could not be read.
    pub weight: Option<f64>,
    pub frameworks: Vec<FrameworkId>,
    /// Allocated and offered together.
    pub resources: Quantities,
}

/// A machine that is in maintenance, or will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    pub id: MachineId,
    pub mode: MachineMode,
    /// What frameworks answered to inverse offers: `ACCEPT`, `DECLINE` or `UNKNOWN`.
    pub answers: Vec<(FrameworkId, String, Option<Timestamp>)>,
    /// Since when its mode is what it is; unknown if it was never seen in another.
    pub since: Option<Timestamp>,
}

/// How far a machine's maintenance is. One that is up is not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MachineMode {
    /// In the schedule: frameworks are asked to leave.
    Draining,
    /// Taken down by START_MAINTENANCE.
    Down,
}
