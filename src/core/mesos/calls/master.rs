//! The leading master itself: who it is and since when. Not what it knows of the cluster.

use serde::Serialize;

use super::{Call, LeadingMaster};
use crate::mesos::wire::agent::Domain;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Double, Integer, Name, Text};

/// Reads which master leads.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaster;

/// The leading master, with the times of its start and election.
#[derive(Clone, Debug, Default)]
pub struct Leader<'a> {
    /// The leading master.
    pub master_info: MasterInfo<'a>,
    /// Start of the master's process, in seconds since 1970; `None` if not reported.
    pub start_time: Option<Double>,
    /// Time of its election, in seconds since 1970; `None` if not reported.
    pub elected_time: Option<Double>,
}

/// A master. `address` replaces its `ip`, a number (PROTOCOL.md, "GET_MASTER").
#[derive(Clone, Debug, Default)]
pub struct MasterInfo<'a> {
    /// The master's id, new at each start; ids that the master assigns begin with it.
    pub id: Text<'a>,
    /// Libprocess address of the master, as `master@10.0.0.1:5050`.
    pub pid: Text<'a>,
    /// Host name that the master advertises; may be empty.
    pub hostname: Text<'a>,
    /// TCP port of the master's HTTP API, 5050 by default.
    pub port: Integer,
    /// Mesos version of the master, as `1.11.0`.
    pub version: Text<'a>,
    /// IP address and port as text; `None` if not reported.
    pub address: Option<Address<'a>>,
    /// Fault domain of the master; `None` if it has none.
    pub domain: Option<Domain<'a>>,
    /// Capabilities of the master, as `AGENT_UPDATE`.
    pub capabilities: Vec<Capability<'a>>,
}

/// Network address of a process.
#[derive(Clone, Debug, Default)]
pub struct Address<'a> {
    /// Host name; empty if there is only an IP address.
    pub hostname: Text<'a>,
    /// IP address as text, as `10.0.0.1` or `::1`.
    pub ip: Text<'a>,
    /// TCP port.
    pub port: Integer,
}

/// A capability. Empty for one that the v1 API has no name for: 1.11.0 itself sends such a `{}`.
#[derive(Clone, Debug, Default)]
pub struct Capability<'a> {
    /// Name of the capability (`type`), as `AGENT_DRAINING`; may be empty.
    pub kind: Name<'a>,
}

fields! { impl<'de> Leader<'de>;
    "master_info" => master_info required,
    "start_time" => start_time,
    "elected_time" => elected_time,
}
fields! { impl<'de> MasterInfo<'de>;
    "id" => id,
    "pid" => pid,
    "hostname" => hostname,
    "port" => port,
    "version" => version,
    "address" => address,
    "domain" => domain,
    "capabilities" => capabilities,
}
fields! { impl<'de> Address<'de>; "hostname" => hostname, "ip" => ip, "port" => port }
fields! { impl<'de> Capability<'de>; "type" => kind }

impl Call for GetMaster {
    const TYPE: &'static str = "GET_MASTER";
    const READS: bool = true;
    type Reply<'a> = Leader<'a>;
    type To = LeadingMaster;
}
