//! Actions on reservations and volumes that the user chose, before their forms add details.

use mesoscope_core::actions::pool::selector::PoolSelector;
use mesoscope_core::base::ids::{AgentId, Role};
use mesoscope_core::mesos::wire::pool_resource::ReservationLayer;
use mesoscope_core::text;
use serde::{Deserialize, Serialize};

/// An agent's id and its host.
pub(crate) type NamedAgent = (AgentId, String);

/// A chosen action on reservations or volumes.
#[derive(Clone, PartialEq)]
pub(crate) enum PoolProposal {
    /// Reserves resources of these agents; of agents yet to be chosen, if there are none.
    Reserve {
        agents: Vec<NamedAgent>,
        role: Option<Role>,
        /// Reservations that the resources have now.
        from: Vec<ReservationLayer>,
    },
    Unreserve(Vec<PoolTarget>),
    CreateVolume(PoolTarget),
    DestroyVolumes(Vec<PoolTarget>),
    ResizeVolume(PoolTarget),
}

/// A reservation or a volume of an agent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PoolTarget {
    pub(crate) agent: AgentId,
    pub(crate) hostname: String,
    pub(crate) what: PoolSelector,
}

impl PoolTarget {
    /// The agent's host, or its id where that is not known.
    pub(crate) fn host(&self) -> String {
        text::agents::name(&self.hostname, self.agent.as_str())
    }

    /// The volume's id; empty for a reservation.
    pub(crate) fn volume(&self) -> String {
        match &self.what {
            PoolSelector::Volume { id, .. } => id.clone(),
            PoolSelector::Layers(_) | PoolSelector::Newest { .. } => String::new(),
        }
    }

    /// Whether it is a reservation that was made while the agent ran.
    pub(crate) fn is_dynamic(&self) -> bool {
        match &self.what {
            PoolSelector::Newest { is_dynamic, .. } => *is_dynamic,
            PoolSelector::Layers(layers) => layers.last().is_some_and(|layer| layer.is_dynamic),
            PoolSelector::Volume { .. } => false,
        }
    }

    /// Whether it is a volume.
    pub(crate) fn is_volume(&self) -> bool {
        !self.volume().is_empty()
    }
}
