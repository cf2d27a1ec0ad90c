//! Operations on resources that have not ended, or that nobody has acknowledged. Starts none; that is `reservations`.

use serde::{Deserialize, Serialize};

use super::resource::Resource;
use super::values::Scalar;
use super::{Call, Target};
use crate::mesos::wire::scalar::{Id, Text};

/// The operations that the master, or an agent, lists: those of frameworks only (PROTOCOL.md, "GET_OPERATIONS").
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetOperations;

/// Them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Operations<'a> {
    #[serde(borrow)]
    pub operations: Vec<Operation<'a>>,
}

/// One operation, and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Operation<'a> {
    /// Absent for an operator's.
    #[serde(borrow)]
    pub framework_id: Option<Id<'a>>,
    pub agent_id: Option<Id<'a>>,
    pub info: OperationInfo<'a>,
    pub latest_status: OperationStatus<'a>,
    pub statuses: Vec<OperationStatus<'a>>,
    /// Sixteen bytes in base64.
    pub uuid: Option<Id<'a>>,
}

/// What is to be done: the type, and the part of that name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct OperationInfo<'a> {
    #[serde(borrow)]
    pub id: Option<Id<'a>>,
    #[serde(rename = "type")]
    pub kind: Text<'a>,
    pub reserve: Option<Resources>,
    pub unreserve: Option<Resources>,
    pub create: Option<Volumes>,
    pub destroy: Option<Volumes>,
    pub grow_volume: Option<Grow>,
    pub shrink_volume: Option<Shrink>,
    pub create_disk: Option<CreateDisk<'a>>,
    pub destroy_disk: Option<DestroyDisk>,
}

/// Of RESERVE and UNRESERVE.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Resources {
    pub source: Vec<Resource>,
    pub resources: Vec<Resource>,
}

/// Of CREATE and DESTROY.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Volumes {
    pub volumes: Vec<Resource>,
}

/// Of GROW_VOLUME.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Grow {
    pub volume: Resource,
    pub addition: Resource,
}

/// Of SHRINK_VOLUME.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Shrink {
    pub volume: Resource,
    pub subtract: Scalar,
}

/// Of CREATE_DISK.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CreateDisk<'a> {
    pub source: Resource,
    /// MOUNT or BLOCK.
    #[serde(borrow)]
    pub target_type: Text<'a>,
    pub target_profile: Text<'a>,
}

/// Of DESTROY_DISK.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DestroyDisk {
    pub source: Resource,
}

/// A state that it has been in, as `OPERATION_FINISHED`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct OperationStatus<'a> {
    #[serde(borrow)]
    pub operation_id: Option<Id<'a>>,
    pub state: Text<'a>,
    pub message: Text<'a>,
    pub converted_resources: Vec<Resource>,
    pub uuid: Option<Id<'a>>,
    pub agent_id: Option<Id<'a>>,
    pub resource_provider_id: Option<Id<'a>>,
}

impl Call for GetOperations {
    const TYPE: &'static str = "GET_OPERATIONS";
    const READS: bool = true;
    type Reply<'a> = Operations<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}
