//! Reservations and persistent volumes. All are answered by 202: sent to the agent, where they may still fail.
//! No event tells of any of them; the agent's `total_resources` do, within a second.

use serde::Serialize;

use super::resource::Resource;
use super::values::{Scalar, Valued};
use super::{Call, EmptyReply, LeadingMaster};
use crate::base::ids::AgentId;

/// Resources, at least one, each of them some amount.
///
/// RESERVE_RESOURCES, UNRESERVE_RESOURCES and CREATE_VOLUMES with an amount of 0 abort the master (PROTOCOL.md,
/// "Calls that abort Mesos"). The master rounds to thousandths before it looks, and so does this.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NonZeroResources(Vec<Resource>);

/// Why resources are no amount of anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAmount {
    /// The list of resources is empty.
    #[error("no resources are named")]
    Empty,
    /// The named resource has no amount.
    #[error("the amount of '{0}' is nothing, and to act on nothing may abort the master")]
    Nothing(String),
}

impl NonZeroResources {
    /// Builds the call for these resources.
    pub fn new(resources: Vec<Resource>) -> Result<Self, NoAmount> {
        let nothing = resources.iter().find(|resource| !resource.is_something());
        match nothing {
            _ if resources.is_empty() => Err(NoAmount::Empty),
            Some(resource) => Err(NoAmount::Nothing(resource.name.clone())),
            None => Ok(Self(resources)),
        }
    }

    /// The resources themselves.
    pub fn resources(&self) -> &[Resource] {
        &self.0
    }
}

/// Reserves unreserved resources, or those of `source`, which must be the same amounts with another reservation.
#[derive(Clone, Debug, Serialize)]
pub struct ReserveResources {
    agent_id: Valued<AgentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<NonZeroResources>,
    resources: NonZeroResources,
}

impl ReserveResources {
    /// Unreserved resources, as they shall be.
    pub fn new(agent_id: AgentId, resources: Vec<Resource>) -> Result<Self, NoAmount> {
        Ok(Self { agent_id: agent_id.into(), source: None, resources: NonZeroResources::new(resources)? })
    }

    /// Resources as they are, and as they shall be.
    pub fn again(agent_id: AgentId, source: Vec<Resource>, resources: Vec<Resource>) -> Result<Self, NoAmount> {
        let source = Some(NonZeroResources::new(source)?);
        Ok(Self { source, ..Self::new(agent_id, resources)? })
    }
}

impl Call for ReserveResources {
    const TYPE: &'static str = "RESERVE_RESOURCES";
    const FIELD: Option<&'static str> = Some("reserve_resources");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Gives dynamically reserved resources back; volumes on them must be destroyed before.
#[derive(Clone, Debug, Serialize)]
pub struct UnreserveResources {
    agent_id: Valued<AgentId>,
    resources: NonZeroResources,
}

impl UnreserveResources {
    /// The resources, as they are reserved.
    pub fn new(agent_id: AgentId, resources: Vec<Resource>) -> Result<Self, NoAmount> {
        Ok(Self { agent_id: agent_id.into(), resources: NonZeroResources::new(resources)? })
    }
}

impl Call for UnreserveResources {
    const TYPE: &'static str = "UNRESERVE_RESOURCES";
    const FIELD: Option<&'static str> = Some("unreserve_resources");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Makes persistent volumes of reserved disk.
#[derive(Clone, Debug, Serialize)]
pub struct CreateVolumes {
    agent_id: Valued<AgentId>,
    volumes: NonZeroResources,
}

impl CreateVolumes {
    /// The volumes, as they shall be.
    pub fn new(agent_id: AgentId, volumes: Vec<Resource>) -> Result<Self, NoAmount> {
        Ok(Self { agent_id: agent_id.into(), volumes: NonZeroResources::new(volumes)? })
    }
}

impl Call for CreateVolumes {
    const TYPE: &'static str = "CREATE_VOLUMES";
    const FIELD: Option<&'static str> = Some("create_volumes");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Destroys persistent volumes and what is in them; the disk stays reserved.
#[derive(Clone, Debug, Serialize)]
pub struct DestroyVolumes {
    agent_id: Valued<AgentId>,
    volumes: NonZeroResources,
}

impl DestroyVolumes {
    /// The volumes, as they are.
    pub fn new(agent_id: AgentId, volumes: Vec<Resource>) -> Result<Self, NoAmount> {
        Ok(Self { agent_id: agent_id.into(), volumes: NonZeroResources::new(volumes)? })
    }
}

impl Call for DestroyVolumes {
    const TYPE: &'static str = "DESTROY_VOLUMES";
    const FIELD: Option<&'static str> = Some("destroy_volumes");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Enlarges a persistent volume by free disk of the same reservation.
#[derive(Clone, Debug, Serialize)]
pub struct GrowVolume {
    agent_id: Valued<AgentId>,
    volume: Resource,
    addition: Resource,
}

impl GrowVolume {
    /// The volume as it is, and what is added.
    pub fn new(agent_id: AgentId, volume: Resource, addition: Resource) -> Result<Self, NoAmount> {
        Ok(Self { agent_id: agent_id.into(), volume: some(volume)?, addition: some(addition)? })
    }
}

impl Call for GrowVolume {
    const TYPE: &'static str = "GROW_VOLUME";
    const FIELD: Option<&'static str> = Some("grow_volume");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Takes disk, in MiB, from a persistent volume that is not in use.
#[derive(Clone, Debug, Serialize)]
pub struct ShrinkVolume {
    agent_id: Valued<AgentId>,
    volume: Resource,
    subtract: Scalar,
}

impl ShrinkVolume {
    /// The volume as it is, and what is taken; less than all of it.
    pub fn new(agent_id: AgentId, volume: Resource, subtract: Scalar) -> Result<Self, NoAmount> {
        if !subtract.is_something() {
            return Err(NoAmount::Nothing("subtract".to_owned()));
        }
        Ok(Self { agent_id: agent_id.into(), volume: some(volume)?, subtract })
    }
}

impl Call for ShrinkVolume {
    const TYPE: &'static str = "SHRINK_VOLUME";
    const FIELD: Option<&'static str> = Some("shrink_volume");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

fn some(resource: Resource) -> Result<Resource, NoAmount> {
    if resource.is_something() { Ok(resource) } else { Err(NoAmount::Nothing(resource.name)) }
}
