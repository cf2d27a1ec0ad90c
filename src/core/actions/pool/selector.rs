//! Names of reservations and volumes of an agent, for actions that are chosen before the pool is known.

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;
use crate::mesos::wire::pool_resource::{PoolResource, ReservationLayer};
use crate::mesos::wire::resource_totals::Reserved;

/// Which resources of an agent are meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PoolSelector {
    /// Resources with exactly these reservations, without volumes; unreserved ones if there are none.
    Layers(Vec<ReservationLayer>),
    /// Resources whose newest reservation is that, without volumes.
    Newest {
        /// Role of the reservation.
        role: Role,
        /// Whether it was made while the agent ran.
        is_dynamic: bool,
        /// Principal that made it; empty if not reported.
        principal: String,
    },
    /// The volume of a role with that id.
    Volume {
        /// Role of the volume's reservation.
        role: Role,
        /// The volume's id.
        id: String,
    },
}

impl Default for PoolSelector {
    fn default() -> Self {
        Self::Layers(Vec::new())
    }
}

impl PoolSelector {
    /// The reservation or volume as the master's sums name it.
    pub fn of_reserved(reserved: &Reserved) -> Self {
        let role = Role::from(reserved.role.as_str());
        match reserved.volume.as_str() {
            "" => Self::Newest { role, is_dynamic: reserved.dynamic, principal: reserved.principal.clone() },
            id => Self::Volume { role, id: id.to_owned() },
        }
    }

    /// The resource as it is named here.
    pub fn of(resource: &PoolResource) -> Self {
        match (&resource.volume, resource.role()) {
            (Some(volume), Some(role)) => Self::Volume { role: role.clone(), id: volume.id.clone() },
            (_, _) => Self::Layers(resource.reservations.clone()),
        }
    }

    /// Whether the resource is meant.
    pub fn selects(&self, resource: &PoolResource) -> bool {
        match self {
            Self::Layers(layers) => resource.volume.is_none() && resource.reservations == *layers,
            Self::Newest { role, is_dynamic, principal } => {
                let is_it = |newest: &ReservationLayer| {
                    newest.role == *role
                        && newest.is_dynamic == *is_dynamic
                        && newest.principal.as_deref().unwrap_or_default() == principal
                };
                resource.volume.is_none() && resource.reservations.last().is_some_and(is_it)
            }
            Self::Volume { role, id } => {
                resource.role() == Some(role) && resource.volume.as_ref().is_some_and(|volume| volume.id == *id)
            }
        }
    }
}
