//! Roles, weights, quota, maintenance, operations, metrics: only reads return them (PROTOCOL.md, "Events that do not exist").
//! Each answer takes the place of the one before.

use serde::{Deserialize, Serialize};

use crate::base::ids::{FrameworkId, Role};
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::MachineId;

/// A role as GET_ROLES reports it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportedRole {
    /// The role's full name, such as `eng/web`.
    pub name: Role,
    /// Weight of the role; `None` if it could not be read.
    pub weight: Option<f64>,
    /// Frameworks that subscribe to the role.
    pub frameworks: Vec<FrameworkId>,
    /// Allocated and offered resources together.
    pub resources: Quantities,
}

/// A machine that is in maintenance, or will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Host name and address of the machine.
    pub id: MachineId,
    /// Maintenance mode of the machine.
    pub mode: MachineMode,
    /// Frameworks' answers to inverse offers, `ACCEPT`, `DECLINE` or `UNKNOWN`, and when they came.
    pub answers: Vec<(FrameworkId, String, Option<Timestamp>)>,
    /// Start of its current mode; `None` if it was never seen in another.
    pub since: Option<Timestamp>,
}

/// Maintenance mode of a machine. Machines that are up are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MachineMode {
    /// Scheduled for maintenance: inverse offers ask frameworks to leave.
    Draining,
    /// Taken down by START_MAINTENANCE.
    Down,
}
