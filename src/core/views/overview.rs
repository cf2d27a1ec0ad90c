//! The overview: what is wrong first, then capacity, then counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state};
use super::roles::ResourceKind;
use super::view::{Sources, View};
use crate::base::ids::Role;
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::Quantities;
use crate::base::units::Timestamp;
use crate::checks::lint::{self, Problem, ProblemKind};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, UnknownAmounts};
use crate::cluster::history::{Figures, History};
use crate::cluster::task::TaskCounts;
use crate::cluster::topic::Topic;
use crate::views::view::Cost;

/// Maximum number of roles on the overview.
const ROLES: usize = 6;

/// Health at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Problems of the cluster, the worst first.
    pub problems: Vec<Problem>,
    /// Resources of all agents that can be reached.
    pub capacity: Capacity,
    /// Up to six roles that use most; a role's own figures leave out its children.
    pub roles: Vec<RoleShare>,
    /// Tasks by state, as far as the master keeps them.
    pub tasks: TaskCounts,
    /// Tasks ended since the master was elected, by state, from its metrics `master/tasks_*`.
    pub ended: BTreeMap<String, u64>,
    /// Numbers of agents by state.
    pub agents: AgentCounts,
    /// Numbers of tasks that failed, were lost or never started, by minute: the last hour, the oldest minute first. The last entry is
    /// the current minute, which is incomplete.
    pub failures: Vec<u32>,
    /// Number of reachable agents with an amount that cannot be read; `capacity` leaves them out.
    pub unreadable_agents: u32,
    /// Whether the snapshot is incomplete, so that every figure covers only the part received so far.
    pub arriving: bool,
}

/// Resources of agents that can be reached. Free is what is neither allocated nor offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// All resources of those agents.
    pub total: Quantities,
    /// Resources allocated to tasks and executors.
    pub allocated: Quantities,
    /// Resources in outstanding offers.
    pub offered: Quantities,
    /// Resources reserved for roles, allocated or not.
    pub reserved: Quantities,
    /// Free resources that are offered to no framework, since their agents are deactivated, draining or disconnected.
    pub withheld: Quantities,
}

/// A role's share of the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleShare {
    /// The role, by its full name.
    pub role: Role,
    /// Resources allocated to the role: those of its live tasks and of their executors.
    pub used: Quantities,
    /// Resources reserved for it.
    pub reserved: Quantities,
    /// Its dominant share: the largest of its shares of the cluster's resources, from 0 to 1.
    pub share: f64,
    /// The resource that `share` is of; `None` if the role uses nothing.
    pub dominant: Option<ResourceKind>,
}

/// Numbers of agents by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCounts {
    /// Agents that are connected and in the offers.
    pub active: u32,
    /// Agents that an operator took out of the offers.
    pub deactivated: u32,
    /// Agents whose tasks are being killed for a drain.
    pub draining: u32,
    /// Agents whose drain is complete.
    pub drained: u32,
    /// Registered agents without a connection to the master.
    pub disconnected: u32,
    /// Agents that are known from the registry only, since the master's start.
    pub recovered: u32,
    /// Agents that the master has lost; its metrics count more of them than it lists.
    pub unreachable: u32,
}

/// Asks for the overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewQuery;

impl View for OverviewQuery {
    type Answer = Overview;

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        overview(sources.cluster, sources.history, sources.cluster.time(now))
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Frameworks, Topic::Metrics, Topic::Quota, Topic::Schedule, Topic::Machines]
    }

    fn cost(&self) -> Cost {
        Cost::Tasks
    }

    fn ages(&self) -> bool {
        true
    }
}

/// Builds the overview.
fn overview(cluster: &Cluster, history: &History, now: ClusterTime) -> Overview {
    let capacity = capacity(cluster);
    Overview {
        problems: problems(cluster, history, now),
        roles: roles(cluster, capacity.total),
        capacity,
        tasks: *cluster.task_counts(),
        ended: ended(cluster),
        agents: agent_counts(cluster),
        failures: cluster.failures_by_minute(now),
        unreadable_agents: unreadable_agents(cluster),
        arriving: cluster.arriving(),
    }
}

/// Problems of the cluster; `history` adds since when a role is near its limit, which Mesos does not record.
fn problems(cluster: &Cluster, history: &History, now: ClusterTime) -> Vec<Problem> {
    let since = |problem: Problem| match &problem.kind {
        ProblemKind::RoleNearLimit { role, .. } => Problem { since: history.near_since(role), ..problem },
        _ => problem,
    };
    lint::problems(cluster, now).into_iter().map(since).collect()
}

/// Sums of the resources of all agents that can be reached and whose amounts are known.
pub fn capacity(cluster: &Cluster) -> Capacity {
    cluster.agents().filter(|agent| agent.is_there() && is_measured(agent)).fold(Capacity::default(), |sum, agent| {
        Capacity {
            total: sum.total + agent.total,
            allocated: sum.allocated + agent.allocated(),
            offered: sum.offered + agent.offered,
            reserved: sum.reserved + agent.reserved.iter().map(|reserved| reserved.quantities).sum(),
            withheld: sum.withheld + if agent.active { Quantities::NONE } else { agent.free() },
        }
    })
}

/// The cluster's figures of this moment, for the session's history.
pub fn figures(cluster: &Cluster) -> Figures {
    let Capacity { total, allocated, .. } = capacity(cluster);
    Figures { tasks: *cluster.task_counts(), total, allocated }
}

/// Whether all amounts of the agent are known; sums leave out the others, which are neither free nor used.
fn is_measured(agent: &Agent) -> bool {
    agent.unknown == UnknownAmounts::default()
}

fn unreadable_agents(cluster: &Cluster) -> u32 {
    let without = cluster.agents().filter(|agent| agent.is_there() && !is_measured(agent));
    u32::try_from(without.count()).unwrap_or(u32::MAX)
}

fn roles(cluster: &Cluster, total: Quantities) -> Vec<RoleShare> {
    let mut reserved: HashMap<&str, Quantities> = HashMap::new();
    for held in cluster.agents().filter(|agent| agent.is_there()).flat_map(|agent| &agent.reserved) {
        *reserved.entry(&held.role).or_default() += held.quantities;
    }
    let allocated = cluster.allocated_by_role();
    let names: BTreeSet<&str> = order::inserted(allocated.keys().chain(reserved.keys()).copied());
    let share = |name: &str| {
        let used = allocated.get(name).copied().unwrap_or_default();
        let reserved = reserved.get(name).copied().unwrap_or_default();
        let dominant = ResourceKind::dominant(used, total);
        RoleShare { role: name.into(), used, reserved, share: used.largest_share_of(total), dominant }
    };
    let shares: Vec<RoleShare> = names.into_iter().map(share).collect();
    let largest = |a: &RoleShare, b: &RoleShare| {
        let held = |of: &RoleShare| of.reserved.largest_share_of(total);
        b.share.total_cmp(&a.share).then_with(|| held(b).total_cmp(&held(a))).then_with(|| a.role.cmp(&b.role))
    };
    let order = order::top_n(&shares, ROLES, largest);
    let first = order.into_iter().filter_map(|at| shares.get(at as usize).cloned());
    first.filter(|share| share.share > 0.0 || share.reserved != Quantities::NONE).collect()
}

/// Ended tasks by the name of the state.
fn ended(cluster: &Cluster) -> BTreeMap<String, u64> {
    let reported =
        |name: &str| cluster.metrics().ok()?.get(&format!("master/tasks_{name}")).map(|number| *number as u64);
    let mut ended: BTreeMap<String, u64> =
        order::inserted(ENDED.iter().filter_map(|name| Some(((*name).to_owned(), reported(name)?))));
    if let Some(gone) = ended.get_mut("gone") {
        *gone += reported("gone_by_operator").unwrap_or(0);
    }
    ended
}

const ENDED: [&str; 7] = ["finished", "failed", "killed", "lost", "error", "dropped", "gone"];

/// Numbers of agents by state. The master lists no unreachable agents, but its metrics count them.
fn agent_counts(cluster: &Cluster) -> AgentCounts {
    let counts = cluster.agents().fold(AgentCounts::default(), |mut counts, agent| {
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
    });
    AgentCounts { unreachable: counts.unreachable.max(cluster.unreachable_agents_reported().unwrap_or(0)), ..counts }
}
