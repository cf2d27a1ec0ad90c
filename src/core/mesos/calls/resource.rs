//! Resources as calls send them. Reads none and counts nothing; that is `wire`'s and `units`'.

use serde::Serialize;
use serde_json::{Map, Value};

use super::values::{Labels, Scalar, Valued};
use crate::base::ids::Role;

/// The fields of a message that this build has no name for.
pub type UnknownFields = Map<String, Value>;

/// An amount of something (include/mesos/v1/mesos.proto, Resource).
///
/// An agent shows a dynamic reservation in both forms, `role` with `reservation` and `reservations` (PROTOCOL.md, "JSON").
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Resource {
    /// Id of the resource provider; `None` for the agent's own resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<Valued<String>>,
    /// The resource's name, as `cpus` or `ports`.
    pub name: String,
    /// Type of the value: SCALAR, RANGES or SET.
    #[serde(rename = "type")]
    pub kind: String,
    /// Amount of a SCALAR, in MiB for `mem` and `disk`; `None` for other types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalar: Option<Scalar>,
    /// Ranges of a RANGES; `None` for other types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Ranges>,
    /// Names of a SET; `None` for other types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Set>,
    /// Reserved role in the old form; `*` or `None` if unreserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Role that the resource is allocated to; `None` if it is not allocated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_info: Option<AllocationInfo>,
    /// Dynamic reservation in the old form; `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationInfo>,
    /// Reservations, the newest last; more than one where a reservation was refined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reservations: Vec<ReservationInfo>,
    /// Volume and device of a disk; `None` for plain space on the agent's root disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<DiskInfo>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl Resource {
    /// An unreserved amount of a scalar resource.
    pub fn scalar(name: &str, value: f64) -> Self {
        let scalar = Some(Scalar { value });
        Self { name: name.to_owned(), kind: "SCALAR".to_owned(), scalar, ..Self::default() }
    }

    /// The resource, dynamically reserved.
    pub fn reserved(mut self, role: Role, principal: Option<&str>) -> Self {
        self.reservations.push(ReservationInfo::dynamic(role, principal));
        self
    }

    /// Whether it is any amount at all, as Mesos counts (src/v1/resources.cpp, Resources::isEmpty).
    pub fn is_something(&self) -> bool {
        match self.kind.as_str() {
            "SCALAR" => self.scalar.is_some_and(Scalar::is_something),
            "RANGES" => self.ranges.as_ref().is_some_and(|ranges| !ranges.range.is_empty()),
            "SET" => self.set.as_ref().is_some_and(|set| !set.item.is_empty()),
            _ => false,
        }
    }
}

/// Ranges, as of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ranges {
    /// Ranges in ascending order; they do not overlap.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub range: Vec<Range>,
}

/// A range of numbers, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Range {
    /// First number of the range.
    pub begin: u64,
    /// Last number of the range, included.
    pub end: u64,
}

/// A set of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Set {
    /// Names in the set; their order has no meaning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub item: Vec<String>,
}

/// The role that a resource is allocated to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AllocationInfo {
    /// The role; `None` if the resource is not allocated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// A reservation of a resource. In the old form, `Resource.reservation`, it has a principal only, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReservationInfo {
    /// Way of the reservation: STATIC (by the agent's flags) or DYNAMIC.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The role that the resource is reserved for; `None` in the old form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Principal that made the reservation; `None` without authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Labels that the reserving framework or operator gave; `None` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl ReservationInfo {
    /// A dynamic reservation. Where callers authenticate, the principal must be the caller's (PROTOCOL.md,
    /// "RESERVE_RESOURCES").
    pub fn dynamic(role: Role, principal: Option<&str>) -> Self {
        Self {
            kind: "DYNAMIC".to_owned(),
            role: Some(role),
            principal: principal.map(str::to_owned),
            ..Self::default()
        }
    }
}

/// Volume, mount and device of a disk resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiskInfo {
    /// Identity of a persistent volume; `None` for other disks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Persistence>,
    /// Mount of the volume in a container; `None` for a disk that is no volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
    /// Device of the disk; `None` for the agent's root disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<DiskSource>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// A persistent volume's name, and who made it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Persistence {
    /// Id of the volume, unique for its role on the agent.
    pub id: String,
    /// Principal that created the volume; `None` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// Mount of a volume in a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Volume {
    /// Path in the container; relative paths are below the sandbox.
    pub container_path: String,
    /// Path on the host; `None` for a persistent volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<String>,
    /// Access to the volume: RW or RO.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// The device or the service that a disk comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiskSource {
    /// Type of the disk: PATH, MOUNT, BLOCK or RAW.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Vendor of the storage, for disks of a resource provider; `None` otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Id that the storage gave the disk; `None` if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Storage profile of the disk, as `fast`; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_amounts_are_nothing() {
        assert!(Resource::scalar("cpus", 0.1).is_something());
        assert!(!Resource::scalar("cpus", 0.0).is_something());
        let ports = |range: Vec<Range>| {
            let ranges = Some(Ranges { range });
            Resource { name: "ports".to_owned(), kind: "RANGES".to_owned(), ranges, ..Resource::default() }
        };
        assert!(ports(vec![Range { begin: 1, end: 2 }]).is_something());
        assert!(!ports(Vec::new()).is_something());
        assert!(!Resource { scalar: None, ..Resource::scalar("cpus", 1.0) }.is_something());
        assert!(!Resource { kind: String::new(), ..Resource::scalar("cpus", 1.0) }.is_something());
    }
}
