//! The overview: what is wrong first, then capacity, then counts, then the latest changes.

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state};
use crate::cluster::{Change, Cluster};
use crate::lint::{self, Problem};
use crate::units::{Quantities, Timestamp};

/// How many of the latest changes the overview shows.
const CHANGES: usize = 40;

/// Health at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The worst first.
    pub problems: Vec<Problem>,
    pub capacity: Capacity,
    pub tasks: TaskCounts,
    pub agents: AgentCounts,
    /// Newest first.
    pub changes: Vec<Change>,
    /// The snapshot has not come whole yet: every figure is of what has come so far.
    pub arriving: bool,
}

/// Resources of all registered agents. Free is what is neither allocated nor offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    pub total: Quantities,
    pub allocated: Quantities,
    pub offered: Quantities,
}

pub use crate::cluster::TaskCounts;

/// Agents by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCounts {
    pub active: u32,
    pub deactivated: u32,
    pub draining: u32,
    pub drained: u32,
    pub disconnected: u32,
    pub recovered: u32,
    pub unreachable: u32,
}

/// The overview of the cluster as it is.
pub fn overview(cluster: &Cluster, now: Timestamp) -> Overview {
    Overview {
        problems: lint::problems(cluster, now),
        capacity: capacity(cluster),
        tasks: *cluster.task_counts(),
        agents: agent_counts(cluster),
        changes: cluster.changes().take(CHANGES).cloned().collect(),
        arriving: cluster.arriving(),
    }
}

fn capacity(cluster: &Cluster) -> Capacity {
    cluster.agents().fold(Capacity::default(), |sum, agent| Capacity {
        total: sum.total + agent.total,
        allocated: sum.allocated + agent.allocated(),
        offered: sum.offered + agent.offered,
    })
}

fn agent_counts(cluster: &Cluster) -> AgentCounts {
    cluster.agents().fold(AgentCounts::default(), |mut counts, agent| {
        *match state(agent) {
            AgentState::Active => &mut counts.active,
            AgentState::Deactivated => &mut counts.deactivated,
            AgentState::Draining => &mut counts.draining,
            AgentState::Drained => &mut counts.drained,
            AgentState::Disconnected => &mut counts.disconnected,
            AgentState::Recovered => &mut counts.recovered,
            AgentState::Unreachable => &mut counts.unreachable,
        } += 1;
        counts
    })
}
