//! Maintenance of machines: the schedule, and taking them down and up. Checks nothing; the master's refusals are good.

use std::fmt;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::values::{DurationInfo, TimeInfo};
use super::{Call, Done, Master};
use crate::wire::{Id, Name, Time, fields};

/// A machine. Taking it down needs it exactly as its agent registered and as the schedule holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(default)]
pub struct MachineId {
    pub hostname: Option<String>,
    pub ip: Option<String>,
}

impl Serialize for MachineId {
    /// JSON leaves out what is absent; what crosses the worker's border has no names, and leaves out nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = !serializer.is_human_readable();
        let mut fields = serializer.serialize_struct("MachineId", 2)?;
        for (name, value) in [("hostname", &self.hostname), ("ip", &self.ip)] {
            if all || value.is_some() {
                fields.serialize_field(name, value)?;
            }
        }
        fields.end()
    }
}

impl fmt::Display for MachineId {
    /// As `host (ip)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.hostname, &self.ip) {
            (Some(hostname), Some(ip)) => write!(f, "{hostname} ({ip})"),
            (Some(one), None) | (None, Some(one)) => f.write_str(one),
            (None, None) => f.write_str("(unnamed)"),
        }
    }
}

/// How far the maintenance is.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaintenanceStatus;

/// It, in its message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct MaintenanceStatus<'a> {
    #[serde(borrow)]
    pub status: ClusterStatus<'a>,
}

/// The machines that are not up.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ClusterStatus<'a> {
    #[serde(borrow)]
    pub draining_machines: Vec<DrainingMachine<'a>>,
    pub down_machines: Vec<MachineId>,
}

/// A scheduled machine, and what frameworks said to it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DrainingMachine<'a> {
    pub id: MachineId,
    #[serde(borrow)]
    pub statuses: Vec<InverseOfferStatus<'a>>,
}

/// A framework's answer to an inverse offer: ACCEPT, DECLINE or UNKNOWN.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct InverseOfferStatus<'a> {
    #[serde(borrow)]
    pub status: Name<'a>,
    pub framework_id: Id<'a>,
    pub timestamp: Time,
}

fields! { impl<'de> MaintenanceStatus<'de>; "status" => status }
fields! { impl<'de> ClusterStatus<'de>; "draining_machines" => draining_machines, "down_machines" => down_machines }
fields! { impl<'de> DrainingMachine<'de>, identified by |machine| machine.id.has_identity(); "id" => id, "statuses" => statuses }
fields! { impl<'de> InverseOfferStatus<'de>;
    "status" => status,
    "framework_id" => framework_id,
    "timestamp" => timestamp,
}
fields! { impl<'de> MachineId, identified by |id| id.hostname.is_some() || id.ip.is_some(); "hostname" => hostname, "ip" => ip }

impl Call for GetMaintenanceStatus {
    const TYPE: &'static str = "GET_MAINTENANCE_STATUS";
    const READS: bool = true;
    type Reply<'a> = MaintenanceStatus<'a>;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// The schedule. Machines that the caller may not see are left out, so it must not be written back filtered.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaintenanceSchedule;

/// It, in its message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MaintenanceSchedule {
    pub schedule: Schedule,
}

/// All windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
}

/// Machines and when they will be unavailable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub machine_ids: Vec<MachineId>,
    pub unavailability: Unavailability,
}

/// From a moment, for a length of time; for ever without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unavailability {
    pub start: TimeInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<DurationInfo>,
}

fields! { impl<'de> MaintenanceSchedule; "schedule" => schedule }
fields! { impl<'de> Schedule; "windows" => windows }
fields! { impl<'de> Window; "machine_ids" => machine_ids, "unavailability" => unavailability }
fields! { impl<'de> Unavailability; "start" => start, "duration" => duration }

impl Call for GetMaintenanceSchedule {
    const TYPE: &'static str = "GET_MAINTENANCE_SCHEDULE";
    const READS: bool = true;
    type Reply<'a> = MaintenanceSchedule;
    type To = Master;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// Replaces the whole schedule. There is no comparing and swapping: read again before.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateMaintenanceSchedule {
    pub schedule: Schedule,
}

impl Call for UpdateMaintenanceSchedule {
    const TYPE: &'static str = "UPDATE_MAINTENANCE_SCHEDULE";
    const FIELD: Option<&'static str> = Some("update_maintenance_schedule");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = Master;
}

/// Takes scheduled machines down: their agents are shut down, their tasks are lost.
#[derive(Clone, Debug, Serialize)]
pub struct StartMaintenance {
    pub machines: Vec<MachineId>,
}

impl Call for StartMaintenance {
    const TYPE: &'static str = "START_MAINTENANCE";
    const FIELD: Option<&'static str> = Some("start_maintenance");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = Master;
}

/// Takes machines up again, and out of the schedule.
#[derive(Clone, Debug, Serialize)]
pub struct StopMaintenance {
    pub machines: Vec<MachineId>,
}

impl Call for StopMaintenance {
    const TYPE: &'static str = "STOP_MAINTENANCE";
    const FIELD: Option<&'static str> = Some("stop_maintenance");
    const READS: bool = false;
    type Reply<'a> = Done;
    type To = Master;
}
