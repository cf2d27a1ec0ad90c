//! Resources as calls send them. Reads none and counts nothing; that is `wire`'s and `units`'.

use serde::Serialize;
use serde_json::{Map, Value};

use super::values::{Labels, Scalar, Valued};
use crate::base::ids::Role;

/// The fields of a message that this build has no name for.
pub type Rest = Map<String, Value>;

/// An amount of something (include/mesos/v1/mesos.proto, Resource).
///
/// An agent shows a dynamic reservation in both forms, `role` with `reservation` and `reservations` (PROTOCOL.md, "JSON").
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<Valued<String>>,
    pub name: String,
    /// SCALAR, RANGES or SET.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalar: Option<Scalar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranges: Option<Ranges>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Set>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_info: Option<AllocationInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<ReservationInfo>,
    /// The newest last; more than one where a reservation was refined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reservations: Vec<ReservationInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk: Option<DiskInfo>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Resource {
    /// So much of a scalar resource, unreserved.
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub range: Vec<Range>,
}

/// From `begin` to `end`, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Range {
    pub begin: u64,
    pub end: u64,
}

/// A set of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Set {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub item: Vec<String>,
}

/// The role that a resource is allocated to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AllocationInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Who has reserved a resource. In the old form, `Resource.reservation`, it may have a principal only, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReservationInfo {
    /// STATIC or DYNAMIC.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl ReservationInfo {
    /// A dynamic one. Where callers authenticate, the principal must be the caller's (PROTOCOL.md, "RESERVE_RESOURCES").
    pub fn dynamic(role: Role, principal: Option<&str>) -> Self {
        Self {
            kind: "DYNAMIC".to_owned(),
            role: Some(role),
            principal: principal.map(str::to_owned),
            ..Self::default()
        }
    }
}

/// What makes a disk more than space.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiskInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<Persistence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<DiskSource>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A persistent volume's name, and who made it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Persistence {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Where a volume stands in a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Volume {
    pub container_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<String>,
    /// RW or RO.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    #[serde(flatten)]
    pub rest: Rest,
}

/// The device or the service that a disk comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DiskSource {
    /// PATH, MOUNT, BLOCK or RAW.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
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
