//! The leading master itself: who it is and since when. Not what it knows of the cluster.

use serde::Serialize;

use super::{Call, Master};
use crate::mesos::wire::agent::Domain;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Double, Integer, Name, Text};

/// Who leads.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetMaster;

/// The leader and its times, in seconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct Leader<'a> {
    pub master_info: MasterInfo<'a>,
    pub start_time: Option<Double>,
    pub elected_time: Option<Double>,
}

/// A master. `address` replaces its `ip`, a number (PROTOCOL.md, "GET_MASTER").
#[derive(Clone, Debug, Default)]
pub struct MasterInfo<'a> {
    pub id: Text<'a>,
    pub pid: Text<'a>,
    pub hostname: Text<'a>,
    pub port: Integer,
    pub version: Text<'a>,
    pub address: Option<Address<'a>>,
    pub domain: Option<Domain<'a>>,
    pub capabilities: Vec<Capability<'a>>,
}

/// Where something is reached.
#[derive(Clone, Debug, Default)]
pub struct Address<'a> {
    pub hostname: Text<'a>,
    pub ip: Text<'a>,
    pub port: Integer,
}

/// What it is able to. Empty for one that the v1 API has no name for: 1.11.0 itself sends such a `{}`.
#[derive(Clone, Debug, Default)]
pub struct Capability<'a> {
    pub kind: Name<'a>,
}

fields! { impl<'de> Leader<'de>;
    "master_info" => master_info,
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
    type To = Master;
}
