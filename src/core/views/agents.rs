//! The table of agents: filtered, sorted, a window of it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, known_first, window};
use crate::base::ids::AgentId;
use crate::base::skew::ClusterTime;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, AgentStatus};
use crate::cluster::topic::Topic;

/// Columns of the table of agents, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgentColumn {
    /// The host name that the agent registered with.
    Hostname,
    /// The agent's id.
    Id,
    /// State of the agent, sorted in the order of [`AgentState`].
    State,
    /// Allocated processors; sorts by the share of the total that is allocated.
    Cpus,
    /// Allocated memory; sorts by the share of the total that is allocated.
    Mem,
    /// Allocated disk space; sorts by the share of the total that is allocated.
    Disk,
    /// Allocated graphics processors; sorts by the share of the total that is allocated.
    Gpus,
    /// Free processors: the total without the allocated ones.
    FreeCpus,
    /// Free memory: the total without the allocated memory.
    FreeMem,
    /// Free disk space: the total without the allocated space.
    FreeDisk,
    /// Free graphics processors: the total without the allocated ones.
    FreeGpus,
    /// Resources other than the four amounts, such as ports.
    Others,
    /// Number of live tasks.
    Tasks,
    /// The agent's attributes, such as `rack:r12`.
    Attributes,
    /// Version of Mesos that the agent runs.
    Version,
    /// Time of the registration.
    Registered,
    /// Time of the last reregistration.
    Reregistered,
    /// Fault domain, as `region/zone`.
    Domain,
}

impl AgentColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hostname => "host",
            Self::Id => "id",
            Self::State => "state",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::FreeCpus => "free.cpus",
            Self::FreeMem => "free.mem",
            Self::FreeDisk => "free.disk",
            Self::FreeGpus => "free.gpus",
            Self::Others => "others",
            Self::Tasks => "tasks",
            Self::Attributes => "attributes",
            Self::Version => "version",
            Self::Registered => "registered",
            Self::Reregistered => "reregistered",
            Self::Domain => "domain",
        }
    }
}

impl Column for AgentColumn {
    type Row = AgentRow;
    const ALL: &'static [Self] = &[
        Self::Hostname,
        Self::Id,
        Self::State,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::FreeCpus,
        Self::FreeMem,
        Self::FreeDisk,
        Self::FreeGpus,
        Self::Others,
        Self::Tasks,
        Self::Attributes,
        Self::Version,
        Self::Registered,
        Self::Reregistered,
        Self::Domain,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Hostname, descending: false };
    const WORDS: &'static [&'static str] = &["state", "host", "domain", "version", "role", "id", "others"];
    const NUMBERS: &'static [&'static str] = &[
        "cpus",
        "mem",
        "disk",
        "gpus",
        "tasks",
        "free.cpus",
        "free.mem",
        "free.disk",
        "free.gpus",
        "total.cpus",
        "total.mem",
        "total.disk",
        "total.gpus",
    ];
    const TOPICS: &'static [Topic] = &[Topic::Agents, Topic::Metrics];
    const COMES_FIRST: bool = true;
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        agents(cluster, query)
    }
}

/// State of an agent, as the master reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgentState {
    /// Connected to the master, and in its offers.
    Active,
    /// An operator took it out of the offers (DEACTIVATE_AGENT).
    Deactivated,
    /// Its tasks are being killed, and no offers of it are made (DRAIN_AGENT).
    Draining,
    /// Its drain is complete: no task is left, and it stays out of the offers.
    Drained,
    /// Registered, but without a connection to the master.
    Disconnected,
    /// Known from the registry only, since the master's start.
    Recovered,
    /// The master has lost it (`TASK_UNREACHABLE`); it may come back with its tasks.
    Unreachable,
}

impl AgentState {
    /// The word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Draining => "draining",
            Self::Drained => "drained",
            Self::Disconnected => "disconnected",
            Self::Recovered => "recovered",
            Self::Unreachable => "unreachable",
        }
    }
}

/// One agent, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The agent's id.
    pub id: AgentId,
    /// Host name that the agent registered with; empty if none was ever reported.
    pub hostname: String,
    /// State of the agent, as the master reports it.
    pub state: AgentState,
    /// All resources of the agent; `None` where they are not known.
    pub total: Option<Quantities>,
    /// Allocated resources, those of executors included; `None` where they are not known.
    pub allocated: Option<Quantities>,
    /// Resources in outstanding offers; `None` where they are not known.
    pub offered: Option<Quantities>,
    /// Its resources that are no amounts, as `ports [31000-32000]`; `None` where they are not known.
    pub others: Option<String>,
    /// Number of its live tasks.
    pub tasks: u32,
    /// Its attributes as `name:value`, one per line, in the agent's own order.
    pub attributes: String,
    /// Version of Mesos that the agent runs, such as `1.11.0`.
    pub version: String,
    /// Time of the registration, `GetAgents.Agent.registered_time`; `None` if none was reported.
    pub registered: Option<Timestamp>,
    /// Time of the last reregistration, `GetAgents.Agent.reregistered_time`; `None` if none was reported.
    pub reregistered: Option<Timestamp>,
    /// Its fault domain as `region/zone`; empty if it has none.
    pub domain: String,
}

impl AgentRow {
    /// Resources that are not allocated, whether they are offered or not; `None` where they are not known, or while the agent is away.
    pub fn free(&self) -> Option<Quantities> {
        match self.state {
            AgentState::Unreachable | AgentState::Recovered => None,
            AgentState::Active
            | AgentState::Deactivated
            | AgentState::Draining
            | AgentState::Drained
            | AgentState::Disconnected => Some((self.total? - self.allocated?).at_least_none()),
        }
    }
}

/// The agent's state.
pub fn state(agent: &Agent) -> AgentState {
    state_of(agent.status())
}

/// The state that an agent's flags make up.
pub fn state_of(agent: AgentStatus) -> AgentState {
    match agent.drain {
        _ if agent.unreachable => AgentState::Unreachable,
        _ if agent.recovered => AgentState::Recovered,
        Some(crate::cluster::agent::DrainState::Drained) => AgentState::Drained,
        Some(crate::cluster::agent::DrainState::Draining) => AgentState::Draining,
        None if agent.deactivated => AgentState::Deactivated,
        None if !agent.active => AgentState::Disconnected,
        None => AgentState::Active,
    }
}

/// The agent as a row.
pub fn row(agent: &Agent) -> AgentRow {
    AgentRow {
        id: agent.id.clone(),
        hostname: agent.hostname.clone(),
        state: state(agent),
        total: (!agent.unknown.total).then_some(agent.total),
        allocated: (!agent.unknown.allocated).then(|| agent.allocated()),
        offered: (!agent.unknown.offered).then_some(agent.offered),
        others: (!agent.unknown.total).then(|| agent.pieces.to_string()),
        tasks: agent.tasks,
        attributes: agent.attributes.clone(),
        version: agent.version.clone(),
        registered: agent.registered,
        reregistered: agent.reregistered,
        domain: agent.domain.clone(),
    }
}

/// The requested rows.
fn agents(cluster: &Cluster, query: &TableQuery<AgentColumn>) -> TableWindow<AgentRow> {
    let tie = |a: &&Agent, b: &&Agent| by_host(a, b).then_with(|| a.id.cmp(&b.id));
    let window = window(cluster.agents(), query, |a, b, column| by_column(a, b, column), tie, row);
    TableWindow { arriving: cluster.arriving(), ..window }
}

/// Compares host names; agents without a known name come last.
fn by_host(a: &Agent, b: &Agent) -> Ordering {
    a.hostname.is_empty().cmp(&b.hostname.is_empty()).then_with(|| a.hostname.cmp(&b.hostname))
}

fn by_column(a: &Agent, b: &Agent, column: AgentColumn) -> ColumnOrder {
    let by_time = |of: fn(&Agent) -> Option<Timestamp>| known_first(of(a), of(b), Ord::cmp);
    let by_share = |of: fn(Quantities) -> f64| known_first(share(a, of), share(b, of), f64::total_cmp);
    let by_free = |of: fn(Quantities) -> f64| known_first(some_free(a, of), some_free(b, of), f64::total_cmp);
    match column {
        AgentColumn::Hostname => by_text(&a.hostname, &b.hostname),
        AgentColumn::Id => a.id.cmp(&b.id).into(),
        AgentColumn::State => state(a).cmp(&state(b)).into(),
        AgentColumn::Cpus => by_share(|of| of.cpus.as_f64()),
        AgentColumn::Mem => by_share(|of| of.mem.as_f64()),
        AgentColumn::Disk => by_share(|of| of.disk.as_f64()),
        AgentColumn::Gpus => by_share(|of| of.gpus.as_f64()),
        AgentColumn::FreeCpus => by_free(|of| of.cpus.as_f64()),
        AgentColumn::FreeMem => by_free(|of| of.mem.as_f64()),
        AgentColumn::FreeDisk => by_free(|of| of.disk.as_f64()),
        AgentColumn::FreeGpus => by_free(|of| of.gpus.as_f64()),
        AgentColumn::Others => known_first(others(a), others(b), Ord::cmp),
        AgentColumn::Tasks => a.tasks.cmp(&b.tasks).into(),
        AgentColumn::Attributes => by_text(&a.attributes, &b.attributes),
        AgentColumn::Version => by_text(&a.version, &b.version),
        AgentColumn::Registered => by_time(|agent| agent.registered),
        AgentColumn::Reregistered => by_time(|agent| agent.reregistered),
        AgentColumn::Domain => by_text(&a.domain, &b.domain),
    }
}

fn others(agent: &Agent) -> Option<String> {
    (!agent.unknown.total).then(|| agent.pieces.to_string()).filter(|pieces| !pieces.is_empty())
}

/// Meters are compared by what they show: how full they are. `None` for an agent that is away, has none, or whose amounts are not
/// known.
fn share(agent: &Agent, of: impl Fn(Quantities) -> f64) -> Option<f64> {
    let total = of(agent.total);
    let is_known = agent.is_there() && !agent.unknown.total && !agent.unknown.allocated;
    (is_known && total > 0.0).then(|| of(agent.allocated()) / total)
}

/// Free resources; see [`AgentRow::free`].
fn free(agent: &Agent) -> Option<Quantities> {
    let is_known = agent.is_there() && !agent.unknown.total && !agent.unknown.allocated;
    is_known.then(|| (agent.total - agent.allocated()).at_least_none())
}

/// The free amount of a resource that the agent has any of.
fn some_free(agent: &Agent, of: impl Fn(Quantities) -> f64) -> Option<f64> {
    free(agent).map(&of).filter(|_| of(agent.total) > 0.0)
}

impl Row for Agent {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        [self.hostname.as_str(), self.id.as_str(), state(self).name(), &self.attributes, &self.version, &self.domain]
            .into_iter()
            .any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "host" | "hostname" => matches(&self.hostname),
            "id" | "agent" => matches(self.id.as_str()),
            "state" => matches(state(self).name()),
            "version" => matches(&self.version),
            "domain" => matches(&self.domain),
            "attributes" => matches(&self.attributes),
            "others" => !self.unknown.total && matches(&self.pieces.to_string()),
            // Those that it holds something for.
            "role" => self.reserved.iter().any(|held| matches(&held.role)),
            "" => self.attributes().any(|(name, _)| matches(name)),
            name => self.attribute(name).is_some_and(matches),
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let total = (!self.unknown.total).then_some(self.total);
        let used = (!self.unknown.allocated).then(|| self.allocated());
        Some(match name {
            "tasks" => f64::from(self.tasks),
            // Free is what the master could offer, or has offered.
            _ => match name.split_once('.') {
                Some(("total", of)) => return total?.named(of),
                Some(("free", of)) => return free(self)?.named(of),
                _ if Quantities::NONE.named(name).is_some() => return used?.named(name),
                _ => return self.attribute(name)?.parse().ok(),
            },
        })
    }
}
