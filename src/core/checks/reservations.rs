//! Why an action on an agent's reservations or volumes is disabled, and the resource of the pool that a reason is about.

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;
use crate::mesos::wire::pool_resource::PoolResource;

/// Why an action on reservations or volumes is disabled now. `text::reservations` has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReservationBlock {
    /// The agent's resources are not reported, or cannot be read whole.
    PoolUnknown,
    /// The agent has no such reservation or volume any more.
    Missing(PooledField),
    /// Less is free than the action takes. Amounts are as one would type them.
    NotFree {
        /// The resource.
        of: PooledField,
        /// The amount that the action takes.
        wanted: String,
        /// The amount that no task and no executor uses.
        free: String,
    },
    /// The volume or the disk can be taken only as a whole, which is that amount.
    OnlyWhole(PooledField, String),
    /// The reservation is static.
    Static,
    /// Tasks use the volume.
    VolumeInUse,
    /// The role has a volume with that id on the agent.
    VolumeExists(String),
    /// Mesos resizes no shared volumes.
    SharedVolume,
    /// Mesos resizes volumes on root and PATH disks of the agent alone.
    NotResizable,
    /// None of the chosen objects is a dynamic reservation.
    NoneReserved,
    /// None of the chosen objects is a volume.
    NoneVolume,
    /// Not exactly one volume is chosen.
    NotOneVolume,
    /// The agent reports it no more.
    NoneLeft,
    /// Several reservations are meant, which differ in their labels or in what they refine.
    SeveralReservations,
    /// The reservation has no disk that a volume could be made of.
    NoDisk,
    /// The agent's Mesos lacks that capability.
    NoCapability(String),
}

/// A resource of a pool, as the name of a value. `text::reservations` has the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PooledField {
    /// The resource's name, as `cpus`.
    pub resource: String,
    /// Roles that it is reserved for, the innermost last; empty if unreserved.
    pub roles: Vec<Role>,
    /// Whether the newest reservation was made while the agent ran.
    pub is_dynamic: bool,
    /// Principal and labels of the newest reservation, `ops, tier=gold`; empty if it has none.
    pub marks: String,
    /// Id of the persistent volume; `None` for other resources.
    pub volume: Option<String>,
    /// Type and name of the disk, as `MOUNT /mnt/a`; empty for the agent's root disk, and for what is no disk.
    pub disk: String,
}

impl PooledField {
    /// The resource as the name of a value.
    pub fn of(resource: &PoolResource) -> Self {
        let newest = resource.reservations.last();
        let disk = resource.source.as_ref().map(|disk| format!("{} {}", disk.kind, disk.name).trim().to_owned());
        Self {
            resource: resource.name.clone(),
            roles: resource.reservations.iter().map(|layer| layer.role.clone()).collect(),
            is_dynamic: newest.is_some_and(|layer| layer.is_dynamic),
            marks: newest.map(|layer| layer.marks()).unwrap_or_default(),
            volume: resource.volume.as_ref().map(|volume| volume.id.clone()),
            disk: disk.unwrap_or_default(),
        }
    }
}
