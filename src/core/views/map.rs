//! All agents at one glance: a shade for each, by groups. Whose cell is where is asked for one cell at a time: the names of
//! 40,000 agents would be megabytes, their shades are not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::agents::{AgentRow, row, state};
use super::filter::Filter;
use super::view::{Sources, View};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::topic::Topic;
use crate::views::view::Cost;

/// Asks for the map of agents: which agents, how grouped, and how coloured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapQuery {
    /// Agents that this filter lets through.
    pub filter: String,
    /// Grouping criterion: `domain`, `role` for reservations, an attribute's name, or empty for one group.
    pub group: String,
    /// The value that colours the cells.
    pub colour: ColourBy,
}

/// The value that a cell's colour encodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColourBy {
    /// State of the agent.
    #[default]
    State,
    /// Allocated share of its processors.
    Cpus,
    /// Allocated share of its memory.
    Mem,
    /// Allocated share of its disk space.
    Disk,
    /// Allocated share of its graphics processors.
    Gpus,
}

impl ColourBy {
    /// All choices, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::State, Self::Cpus, Self::Mem, Self::Disk, Self::Gpus];

    /// Its name, as addresses and filters have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
        }
    }
}

/// The map of agents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentMap {
    /// Groups by name; agents without a group come last, under an empty name.
    pub groups: Vec<MapGroup>,
    /// Available grouping criteria: attributes that agents have, `domain` and `role`.
    pub by: Vec<String>,
    /// Whether the snapshot is incomplete, so that agents may be missing.
    pub arriving: bool,
}

/// Agents with a common value of the grouping criterion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapGroup {
    /// The common value; empty for agents that lack it.
    pub name: String,
    /// One cell per agent, by host name: the index of its [`AgentState`](super::agents::AgentState), or the allocated
    /// percentage, or [`NOTHING`].
    pub cells: Vec<u8>,
}

/// Cell of an agent that has none of the resource, or whose amounts are not known.
pub const NO_RESOURCE: u8 = 255;
/// Maximum number of groups; a criterion with more values makes one group.
const GROUPS: usize = 256;

impl View for MapQuery {
    type Answer = AgentMap;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        map(sources.cluster, self)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Metrics]
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

/// The map of the agents.
fn map(cluster: &Cluster, query: &MapQuery) -> AgentMap {
    let groups = grouped(cluster, query);
    let group = |(name, agents): (String, Vec<&Agent>)| MapGroup {
        name,
        cells: agents.into_iter().map(|agent| shade(agent, query.colour)).collect(),
    };
    AgentMap { groups: groups.into_iter().map(group).collect(), by: criteria(cluster), arriving: cluster.arriving() }
}

/// Asks for the agent of one cell of the map: the group's number, and the cell's in it. There is none if the map has no such cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellQuery {
    /// The map that the cell belongs to.
    pub map: MapQuery,
    /// Index of the group in [`AgentMap::groups`].
    pub group: u32,
    /// Index of the cell in [`MapGroup::cells`].
    pub cell: u32,
}

impl View for CellQuery {
    type Answer = Option<AgentRow>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        cell(sources.cluster, &self.map, self.group, self.cell)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Metrics]
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

/// The agent of a cell, by the indexes of its group and of the cell in it.
fn cell(cluster: &Cluster, query: &MapQuery, group: u32, number: u32) -> Option<AgentRow> {
    let groups = grouped(cluster, query);
    groups.get(group as usize)?.1.get(number as usize).map(|agent| row(agent))
}

fn grouped<'a>(cluster: &'a Cluster, query: &MapQuery) -> Vec<(String, Vec<&'a Agent>)> {
    let filter = Filter::parse(&query.filter);
    let mut groups: BTreeMap<Cow<'_, str>, Vec<&Agent>> = BTreeMap::new();
    for agent in cluster.agents().filter(|agent| filter.is_empty() || filter.matches(agent)) {
        groups.entry(group(agent, &query.group)).or_default().push(agent);
    }
    if groups.len() > GROUPS {
        groups = BTreeMap::from([(Cow::Borrowed(""), groups.into_values().flatten().collect())]);
    }
    let rest = groups.remove("").map(|agents| (Cow::Borrowed(""), agents));
    let by_name = |a: &&Agent, b: &&Agent| a.hostname.cmp(&b.hostname).then_with(|| a.id.cmp(&b.id));
    groups.into_iter().chain(rest).map(|(name, agents)| (name.into_owned(), order::sorted(agents, by_name))).collect()
}

fn group<'a>(agent: &'a Agent, by: &str) -> Cow<'a, str> {
    match by {
        "" => Cow::Borrowed(""),
        "domain" => Cow::Borrowed(&agent.domain),
        "role" => roles(agent),
        attribute => Cow::Borrowed(agent.attribute(attribute).unwrap_or_default()),
    }
}

/// Roles that the agent reserves resources for; several make a group of their own.
fn roles(agent: &Agent) -> Cow<'_, str> {
    match agent.reserved.as_slice() {
        [] => Cow::Borrowed(""),
        [only] => Cow::Borrowed(&only.role),
        several => {
            let names: BTreeSet<&str> = order::inserted(several.iter().map(|reserved| reserved.role.as_str()));
            Cow::Owned(names.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

fn shade(agent: &Agent, colour: ColourBy) -> u8 {
    let (allocated, total) = (agent.allocated(), agent.total);
    let is_known = !agent.unknown.total && !agent.unknown.allocated;
    let share = |part: f64, whole: f64| {
        if whole > 0.0 && is_known { (part / whole * 100.0).clamp(0.0, 100.0) as u8 } else { NO_RESOURCE }
    };
    match colour {
        ColourBy::State => state(agent) as u8,
        ColourBy::Cpus => share(allocated.cpus.as_f64(), total.cpus.as_f64()),
        ColourBy::Mem => share(allocated.mem.as_f64(), total.mem.as_f64()),
        ColourBy::Disk => share(allocated.disk.as_f64(), total.disk.as_f64()),
        ColourBy::Gpus => share(allocated.gpus.as_f64(), total.gpus.as_f64()),
    }
}

/// Criteria with at most `GROUPS` values.
fn criteria(cluster: &Cluster) -> Vec<String> {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut note = |name, value| {
        let values = values.entry(name).or_default();
        if values.len() <= GROUPS {
            values.insert(value);
        }
    };
    for agent in cluster.agents() {
        agent.attributes().for_each(|(name, value)| note(name, value));
        if !agent.domain.is_empty() {
            note("domain", &agent.domain);
        }
        agent.reserved.iter().for_each(|reserved| note("role", &reserved.role));
    }
    values.into_iter().filter(|(_, values)| values.len() <= GROUPS).map(|(name, _)| name.to_owned()).collect()
}
