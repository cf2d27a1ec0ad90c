//! Actions on an agent's reservations and persistent volumes.
//!
//! Knows no cluster; `pool` compares with one. Amounts are relative: the master adds and takes what the call names, whatever there is. All are answered by 202, no list has
//! them, and only GET_AGENTS shows whether they were done (PROTOCOL.md, "RESERVE_RESOURCES").

pub mod fault;
pub mod impact;
mod resources;

use serde::{Deserialize, Serialize};

use crate::base::ids::AgentId;
use crate::mesos::calls::reservations::{
    CreateVolumes, DestroyVolumes, GrowVolume, NoAmount, ReserveResources, ShrinkVolume, UnreserveResources,
};
use crate::mesos::calls::resource::Resource;
use crate::mesos::calls::values::Scalar;
use crate::mesos::calls::{self, Call};
use crate::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};

/// An action on the reservations or volumes of one agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReservationAction {
    /// The agent that has the resources.
    pub agent: AgentId,
    /// What is done with them.
    pub operation: ReservationOperation,
}

/// What an action does with resources. Each resource is as the master reports it, with the amount that the action takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReservationOperation {
    /// Reserves resources (RESERVE_RESOURCES).
    Reserve {
        /// The resources, as they are now.
        resources: Vec<PoolResource>,
        /// Their reservations afterwards, the newest last.
        layers: Vec<ReservationLayer>,
    },
    /// Removes the newest reservation of resources (UNRESERVE_RESOURCES).
    Unreserve(Vec<PoolResource>),
    /// Creates a persistent volume of reserved disk (CREATE_VOLUMES).
    Create {
        /// The disk, as it is now.
        disk: PoolResource,
        /// The new volume.
        volume: PersistentVolume,
        /// Whether several tasks may use it at once.
        shared: bool,
    },
    /// Destroys a persistent volume and its data (DESTROY_VOLUMES).
    Destroy(PoolResource),
    /// Enlarges a volume by that number of thousandths of a MiB (GROW_VOLUME).
    Grow(PoolResource, u64),
    /// Takes that number of thousandths of a MiB from a volume (SHRINK_VOLUME).
    Shrink(PoolResource, u64),
}

impl ReservationAction {
    /// Mesos' name of the call.
    pub const fn call(&self) -> &'static str {
        match self.operation {
            ReservationOperation::Reserve { .. } => ReserveResources::TYPE,
            ReservationOperation::Unreserve(_) => UnreserveResources::TYPE,
            ReservationOperation::Create { .. } => CreateVolumes::TYPE,
            ReservationOperation::Destroy(_) => DestroyVolumes::TYPE,
            ReservationOperation::Grow(..) => GrowVolume::TYPE,
            ReservationOperation::Shrink(..) => ShrinkVolume::TYPE,
        }
    }

    /// The request's body; `None` if an amount is nothing, which may abort a master.
    pub fn request(&self) -> Option<Vec<u8>> {
        self.body().ok()
    }

    fn body(&self) -> Result<Vec<u8>, NoAmount> {
        let agent = self.agent.clone();
        Ok(match &self.operation {
            ReservationOperation::Reserve { resources, layers } => {
                let target = sent(resources.iter().map(|resource| reserved(resource, layers)));
                let call = if resources.iter().all(|resource| adds_one(&resource.reservations, layers)) {
                    ReserveResources::new(agent, target)
                } else {
                    ReserveResources::again(agent, sent(resources.iter().cloned()), target)
                };
                calls::request(&call?)
            }
            ReservationOperation::Unreserve(resources) => {
                calls::request(&UnreserveResources::new(agent, sent(resources.iter().cloned()))?)
            }
            ReservationOperation::Create { disk, volume, shared } => {
                calls::request(&CreateVolumes::new(agent, sent([volume_of(disk, volume, *shared)]))?)
            }
            ReservationOperation::Destroy(volume) => {
                calls::request(&DestroyVolumes::new(agent, sent([volume.clone()]))?)
            }
            ReservationOperation::Grow(volume, by) => {
                let addition = disk_of(volume).of(PoolAmount::Scalar(*by));
                calls::request(&GrowVolume::new(agent, volume.into(), (&addition).into())?)
            }
            ReservationOperation::Shrink(volume, by) => {
                let subtract = Scalar { value: PoolAmount::Scalar(*by).number() };
                calls::request(&ShrinkVolume::new(agent, volume.into(), subtract)?)
            }
        })
    }

    /// Whether it destroys data.
    pub const fn is_destructive(&self) -> bool {
        matches!(self.operation, ReservationOperation::Destroy(_))
    }

    /// What it takes from the pool, and what it puts there instead.
    pub fn conversion(&self) -> (Vec<PoolResource>, Vec<PoolResource>) {
        match &self.operation {
            ReservationOperation::Reserve { resources, layers } => {
                (resources.clone(), resources.iter().map(|resource| reserved(resource, layers)).collect())
            }
            ReservationOperation::Unreserve(resources) => {
                (resources.clone(), resources.iter().map(unreserved).collect())
            }
            ReservationOperation::Create { disk, volume, shared } => {
                (vec![disk.clone()], vec![volume_of(disk, volume, *shared)])
            }
            ReservationOperation::Destroy(volume) => (vec![volume.clone()], vec![disk_of(volume)]),
            ReservationOperation::Grow(volume, by) => {
                let by = PoolAmount::Scalar(*by);
                let grown = volume.of(volume.amount.plus(&by));
                (vec![volume.clone(), disk_of(volume).of(by)], vec![grown])
            }
            ReservationOperation::Shrink(volume, by) => {
                let by = PoolAmount::Scalar(*by);
                let shrunk = volume.of(volume.amount.minus(&by));
                (vec![volume.clone()], vec![shrunk, disk_of(volume).of(by)])
            }
        }
    }

    /// The action that undoes it; `None` if there is none, since data would stay lost.
    pub fn back(&self) -> Option<Self> {
        let (_, after) = self.conversion();
        let operation = match &self.operation {
            ReservationOperation::Reserve { resources, layers } => {
                let before = &resources.first()?.reservations;
                let is_common = resources.iter().all(|resource| resource.reservations == *before);
                match is_common.then(|| adds_one(before, layers)) {
                    Some(true) => ReservationOperation::Unreserve(after),
                    Some(false) if !before.is_empty() => {
                        ReservationOperation::Reserve { resources: after, layers: before.clone() }
                    }
                    Some(false) | None => return None,
                }
            }
            ReservationOperation::Unreserve(resources) => {
                let layers = resources.first()?.reservations.clone();
                let is_common = resources.iter().all(|resource| resource.reservations == layers);
                is_common.then_some(ReservationOperation::Reserve { resources: after, layers })?
            }
            ReservationOperation::Create { .. } => ReservationOperation::Destroy(after.into_iter().next()?),
            ReservationOperation::Destroy(_) => return None,
            ReservationOperation::Grow(_, by) => ReservationOperation::Shrink(after.into_iter().next()?, *by),
            ReservationOperation::Shrink(_, by) => ReservationOperation::Grow(after.into_iter().next()?, *by),
        };
        Some(Self { agent: self.agent.clone(), operation })
    }
}

fn sent(resources: impl IntoIterator<Item = PoolResource>) -> Vec<Resource> {
    resources.into_iter().map(|resource| Resource::from(&resource)).collect()
}

/// Whether the second reservations are the first and a newer one, which needs no `source`.
pub(super) fn adds_one(before: &[ReservationLayer], after: &[ReservationLayer]) -> bool {
    after.split_last().is_some_and(|(_, rest)| rest == before)
}

fn reserved(resource: &PoolResource, layers: &[ReservationLayer]) -> PoolResource {
    PoolResource { reservations: layers.to_vec(), ..resource.clone() }
}

fn unreserved(resource: &PoolResource) -> PoolResource {
    let rest = resource.reservations.split_last().map_or(&[][..], |(_, rest)| rest);
    reserved(resource, rest)
}

fn volume_of(disk: &PoolResource, volume: &PersistentVolume, shared: bool) -> PoolResource {
    PoolResource { volume: Some(volume.clone()), shared, ..disk.clone() }
}

/// The disk that a volume is made of.
fn disk_of(volume: &PoolResource) -> PoolResource {
    PoolResource { volume: None, shared: false, ..volume.clone() }
}

#[cfg(test)]
mod tests;
