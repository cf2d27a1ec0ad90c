//! Maintenance of machines: the schedule, and taking them down and up. Checks nothing; the master's refusals are good.

use core::net::Ipv4Addr;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::{Call, EmptyReply, LeadingMaster};
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Id, Name};
use crate::mesos::wire::time::{Time, Unavailability};

/// A machine, compared as Mesos compares it: the host name without regard to case, the address exactly, and an empty part as an
/// absent one (include/mesos/type_utils.hpp). Both parts are kept as they were written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MachineId {
    /// Host name as the machine's agents registered it; `None` if absent.
    pub hostname: Option<String>,
    /// IP address as text; `None` if absent.
    pub ip: Option<String>,
}

impl MachineId {
    /// The machine that a single word names: by its address if it is one, else by its host name.
    pub fn named(word: &str) -> Self {
        // No host name has colons; whether Mesos takes the address is another question.
        let is_ip = word.parse::<Ipv4Addr>().is_ok() || word.matches(':').count() > 1;
        let word = Some(word.to_owned());
        if is_ip { Self { hostname: None, ip: word } } else { Self { hostname: word, ip: None } }
    }

    /// The host name; empty if it has none.
    pub fn host(&self) -> &str {
        self.hostname.as_deref().unwrap_or_default()
    }

    /// The IP address; empty if it has none.
    pub fn address(&self) -> &str {
        self.ip.as_deref().unwrap_or_default()
    }

    /// Whether two host names are one to Mesos, which ignores the case of ASCII letters.
    pub fn is_same_host(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }

    /// Whether it lacks its host name or its address. Mesos compares both, so no agent is such a machine.
    pub fn is_half_named(&self) -> bool {
        self.host().is_empty() || self.address().is_empty()
    }

    /// Whether both its parts, where it has them, are those of a machine with this host name and this address.
    pub fn fits(&self, host: &str, address: &str) -> bool {
        let has_host = self.host().is_empty() || Self::is_same_host(self.host(), host);
        let has_address = self.address().is_empty() || self.address() == address;
        has_host && has_address && *self != Self::default()
    }

    fn folded_host(&self) -> impl Iterator<Item = u8> {
        self.host().bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for MachineId {
    fn eq(&self, other: &Self) -> bool {
        Self::is_same_host(self.host(), other.host()) && self.address() == other.address()
    }
}

impl Eq for MachineId {}

impl Ord for MachineId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded_host().cmp(other.folded_host()).then_with(|| self.address().cmp(other.address()))
    }
}

impl PartialOrd for MachineId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for MachineId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded_host().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xff);
        self.address().hash(state);
    }
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

/// Reads which machines are in maintenance.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaintenanceStatus;

/// The answer to GET_MAINTENANCE_STATUS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaintenanceStatus<'a> {
    /// Machines by mode; machines in neither list are up.
    pub status: ClusterStatus<'a>,
}

/// The machines that are not up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterStatus<'a> {
    /// Scheduled machines that are still up, with the answers to their inverse offers.
    pub draining_machines: Vec<DrainingMachine<'a>>,
    /// Machines that START_MAINTENANCE took down.
    pub down_machines: Vec<MachineId>,
}

/// A scheduled machine, with frameworks' answers to its inverse offers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrainingMachine<'a> {
    /// The scheduled machine.
    pub id: MachineId,
    /// Latest answers of frameworks to inverse offers for the machine; empty without any.
    pub statuses: Vec<InverseOfferStatus<'a>>,
}

/// A framework's answer to an inverse offer: ACCEPT, DECLINE or UNKNOWN.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InverseOfferStatus<'a> {
    /// The framework's answer by name; `UNKNOWN` until it has answered.
    pub status: Name<'a>,
    /// The framework that answered.
    pub framework_id: Id<'a>,
    /// Time of the answer; 0 means none.
    pub timestamp: Time,
}

fields! { impl<'de> MaintenanceStatus<'de>; "status" => status required }
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
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// The schedule. Machines that the caller may not see are left out, so it must not be written back filtered.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaintenanceSchedule;

/// The answer to GET_MAINTENANCE_SCHEDULE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaintenanceSchedule {
    /// Schedule of the whole cluster; empty if nothing is scheduled.
    pub schedule: Schedule,
}

/// A maintenance schedule: all its windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Windows in the order in which Mesos keeps them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
}

/// Machines and when they will be unavailable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Machines that share the window; at least one in a valid schedule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub machine_ids: Vec<MachineId>,
    /// Time in which the machines are unavailable; `None` if a part of it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailability: Option<Unavailability>,
}

fields! { impl<'de> MaintenanceSchedule; "schedule" => schedule required }
fields! { impl<'de> Schedule; "windows" => windows }
fields! { impl<'de> Window; "machine_ids" => machine_ids, "unavailability" => unavailability required }

impl Call for GetMaintenanceSchedule {
    const TYPE: &'static str = "GET_MAINTENANCE_SCHEDULE";
    const READS: bool = true;
    type Reply<'a> = MaintenanceSchedule;
    type To = LeadingMaster;

    fn longest_answer(&self) -> u64 {
        64 << 20
    }
}

/// Replaces the whole schedule. There is no comparing and swapping: read again before.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateMaintenanceSchedule {
    /// The new schedule, complete: machines that it lacks leave maintenance.
    pub schedule: Schedule,
}

impl Call for UpdateMaintenanceSchedule {
    const TYPE: &'static str = "UPDATE_MAINTENANCE_SCHEDULE";
    const FIELD: Option<&'static str> = Some("update_maintenance_schedule");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Takes scheduled machines down: their agents are shut down, their tasks are lost.
#[derive(Clone, Debug, Serialize)]
pub struct StartMaintenance {
    /// Machines to take down; all must be in the schedule and up.
    pub machines: Vec<MachineId>,
}

impl Call for StartMaintenance {
    const TYPE: &'static str = "START_MAINTENANCE";
    const FIELD: Option<&'static str> = Some("start_maintenance");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Takes machines up again, and out of the schedule.
#[derive(Clone, Debug, Serialize)]
pub struct StopMaintenance {
    /// Machines to take up; all must be down.
    pub machines: Vec<MachineId>,
}

impl Call for StopMaintenance {
    const TYPE: &'static str = "STOP_MAINTENANCE";
    const FIELD: Option<&'static str> = Some("stop_maintenance");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    fn machine(hostname: Option<&str>, ip: Option<&str>) -> MachineId {
        MachineId { hostname: hostname.map(str::to_owned), ip: ip.map(str::to_owned) }
    }

    fn check(a: &MachineId, b: &MachineId, same: bool) {
        assert_eq!(a == b, same, "{a} and {b}");
        assert_eq!(a.cmp(b) == Ordering::Equal, same, "{a} and {b}");
        assert_eq!(HashSet::from([a.clone(), b.clone()]).len() == 1, same, "{a} and {b}");
        assert_eq!(BTreeSet::from([a.clone(), b.clone()]).len() == 1, same, "{a} and {b}");
    }

    #[test]
    fn machines_are_compared_as_mesos_compares_them() {
        let full = machine(Some("Node-1.Example.COM"), Some("10.0.0.1"));
        check(&full, &machine(Some("node-1.example.com"), Some("10.0.0.1")), true);
        check(&full, &machine(Some("node-1.example.com"), Some("10.0.0.2")), false);
        check(&full, &machine(Some("node-1.example.com"), None), false);
        check(&machine(Some("A"), Some("")), &machine(Some("a"), None), true);
        check(&machine(None, Some("10.0.0.1")), &machine(Some(""), Some("10.0.0.1")), true);
        check(&machine(Some("ab"), Some("c")), &machine(Some("a"), Some("bc")), false);
        // Mesos folds ASCII letters alone.
        check(&machine(Some("KÖLN"), None), &machine(Some("köln"), None), false);
    }

    #[test]
    fn a_word_names_a_machine_by_its_address_or_its_host_name() {
        for address in ["10.0.0.50", "0.0.0.0", "2001:db8::1", "::1"] {
            assert_eq!(MachineId::named(address), machine(None, Some(address)), "{address}");
        }
        for host in ["zzzz", "10.0.0.50.example.com", "10.0.0.256", "10.0.0", "node-1", "node:5051"] {
            assert_eq!(MachineId::named(host), machine(Some(host), None), "{host}");
        }
    }

    #[test]
    fn a_machine_keeps_the_case_that_it_was_written_in() {
        let id: MachineId = serde_json::from_str(r#"{"hostname":"Node-1","ip":"10.0.0.1"}"#).expect("it is a machine");
        assert_eq!(serde_json::to_string(&id).expect("it is JSON"), r#"{"hostname":"Node-1","ip":"10.0.0.1"}"#);
    }

    #[test]
    fn half_a_machine_fits_by_what_it_has() {
        let fits = |id: MachineId| id.fits("Node-1", "10.0.0.1");
        assert!(fits(machine(Some("node-1"), None)) && fits(machine(None, Some("10.0.0.1"))));
        assert!(!fits(machine(Some("node-1"), Some("10.0.0.2"))) && !fits(machine(Some(""), None)));
    }
}
