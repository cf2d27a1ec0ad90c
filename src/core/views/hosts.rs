//! Host names of agents, for pages that know an agent by its id alone.

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state_of};
use super::view::{Sources, View};
use crate::base::ids::AgentId;
use crate::base::units::Timestamp;
use crate::checks::flag_comparison::NamedAgent;

/// Asks for the host name of an agent, its last one if it has left; empty if it was never reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostQuery(pub AgentId);

impl View for HostQuery {
    type Answer = String;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        sources.cluster.hostname(&self.0).to_owned()
    }
}

/// Asks for all agents that the master lists, with their hosts and states; `None` while the snapshot arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentHostsQuery;

impl View for AgentHostsQuery {
    type Answer = Option<Vec<(NamedAgent, AgentState)>>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let cluster = sources.cluster;
        let listed = cluster.agents().map(|agent| {
            let named = NamedAgent { id: agent.id.clone(), hostname: agent.hostname.clone() };
            (named, state_of(agent.status()))
        });
        (!cluster.arriving()).then(|| listed.collect())
    }
}
