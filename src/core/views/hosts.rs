//! Host names of agents, for pages that know an agent by its id alone.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::ids::AgentId;
use crate::base::units::Timestamp;

/// Asks for the host name of an agent, its last one if it has left; empty if it was never reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostQuery(pub AgentId);

impl View for HostQuery {
    type Answer = String;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        sources.cluster.hostname(&self.0).to_owned()
    }
}
