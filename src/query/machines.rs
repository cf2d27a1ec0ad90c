//! Machines to choose for maintenance: where agents run, as they registered.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::api::maintenance::MachineId;
use crate::can;
use crate::cluster::{Agent, Cluster, MachineMode};
use crate::ids::AgentId;
use crate::order;

/// So many are listed.
const LISTED: usize = 200;

/// Which machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MachineQuery {
    /// Of the agents that the filter lets through.
    Filter(String),
    /// Of these hosts, by name or by address.
    Hosts(Vec<String>),
}

/// The machines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machines {
    /// At most 200 when filtered; all that are known when named.
    pub rows: Vec<MachineChoice>,
    /// All that fit, listed or not.
    pub matched: u32,
    /// Of the named hosts those where no agent is registered.
    pub unknown: Vec<String>,
}

/// A machine, and an agent on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineChoice {
    /// As the agent registered: host name and address.
    pub id: MachineId,
    pub agent: AgentId,
    pub tasks: u32,
    /// Its part in the schedule now.
    pub mode: Option<MachineMode>,
}

/// The machine of an agent, as Mesos compares it: with its host name and its address.
fn machine_of(agent: &Agent) -> MachineId {
    MachineId { hostname: Some(agent.hostname.clone()), ip: agent.ip().map(str::to_owned) }
}

/// The machines asked for.
pub fn machines(cluster: &Cluster, query: &MachineQuery) -> Machines {
    let registered = || cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable);
    let row = |agent: &Agent| {
        let id = machine_of(agent);
        let mode = can::mode(&id, cluster);
        MachineChoice { id, agent: agent.id.clone(), tasks: agent.tasks, mode }
    };
    let by_host = |a: &&Agent, b: &&Agent| {
        a.hostname.cmp(&b.hostname).then_with(|| a.ip().cmp(&b.ip())).then_with(|| a.id.cmp(&b.id))
    };
    match query {
        MachineQuery::Filter(text) => {
            let filter = Filter::parse(text);
            let matched: Vec<&Agent> =
                registered().filter(|agent| filter.is_empty() || filter.matches(agent)).collect();
            let rows = by_machine(order::sorted(matched, by_host).into_iter().map(row));
            Machines {
                matched: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                rows: rows.into_iter().take(LISTED).collect(),
                unknown: Vec::new(),
            }
        }
        MachineQuery::Hosts(hosts) => {
            let asked: BTreeSet<String> = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
            let names =
                |agent: &Agent| [agent.hostname.to_ascii_lowercase(), agent.ip().unwrap_or_default().to_owned()];
            let agents: Vec<&Agent> =
                registered().filter(|agent| names(agent).iter().any(|name| asked.contains(name))).collect();
            let known: BTreeSet<String> = agents.iter().flat_map(|agent| names(agent)).collect();
            let unknown: Vec<&String> =
                hosts.iter().filter(|host| !known.contains(&host.to_ascii_lowercase())).collect();
            let rows = by_machine(order::sorted(agents, by_host).into_iter().map(row));
            Machines {
                matched: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                rows,
                unknown: unknown.into_iter().cloned().collect(),
            }
        }
    }
}

/// Several agents on one machine are one choice, with the tasks of all.
fn by_machine(rows: impl Iterator<Item = MachineChoice>) -> Vec<MachineChoice> {
    let mut all: Vec<MachineChoice> = Vec::new();
    for row in rows {
        match all.last_mut().filter(|last| last.id == row.id) {
            Some(last) => last.tasks += row.tasks,
            None => all.push(row),
        }
    }
    all
}
