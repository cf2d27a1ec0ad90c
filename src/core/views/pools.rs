//! Pools of agents, for the forms of reservations and volumes, and agents to choose from.

use serde::{Deserialize, Serialize};

use super::view::{Cost, Sources, View};
use crate::actions::pool::AgentPool;
use crate::base::ids::AgentId;
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::topic::Topic;

/// Maximum number of agents to choose from.
const CHOICES: usize = 8;

/// Asks for the pools of agents, in their order. Agents that the cluster does not list are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolsQuery(pub Vec<AgentId>);

impl View for PoolsQuery {
    type Answer = Vec<AgentPool>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        self.0.iter().filter_map(|id| AgentPool::of(sources.cluster, id)).collect()
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents]
    }

    fn cost(&self) -> Cost {
        if self.0.len() > 1 { Cost::Slow } else { Cost::Small }
    }
}

/// Asks for agents whose host or id has that text, those with most free CPUs first; at most eight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentChoicesQuery(pub String);

impl View for AgentChoicesQuery {
    type Answer = Vec<(AgentId, String, Quantities)>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let sought = self.0.trim().to_lowercase();
        let fits = |text: &str| text.to_lowercase().contains(&sought);
        let agents = sources.cluster.agents().filter(|agent| agent.is_there());
        let fitting = agents.filter(|agent| fits(&agent.hostname) || fits(agent.id.as_str()));
        let mut choices: Vec<_> =
            fitting.map(|agent| (agent.id.clone(), agent.hostname.clone(), agent.free())).collect();
        choices = order::sorted(choices, |a, b| b.2.cpus.cmp(&a.2.cpus).then_with(|| a.1.cmp(&b.1)));
        choices.truncate(CHOICES);
        choices
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents]
    }
}
