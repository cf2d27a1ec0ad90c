//! Machines to choose for maintenance: where agents run, as they registered.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::view::{Sources, View};
use crate::base::ids::AgentId;
use crate::base::order;
use crate::base::units::Timestamp;
use crate::checks::eligibility;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::role::MachineMode;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Fetched;
use crate::mesos::calls::maintenance::MachineId;

/// Maximum number of machines listed for a filter.
const LISTED: usize = 200;

/// Asks for machines, by a filter, by agent or by host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MachineQuery {
    /// Machines of the agents that pass the filter: the first 200, to choose from.
    Filter(String),
    /// Machines of the agents that pass the filter, without a limit.
    All(String),
    /// Machines of these agents, without a limit.
    Agents(Vec<AgentId>),
    /// Machines of these hosts, by name or by address.
    Hosts(Vec<String>),
}

/// Machines that match a query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machines {
    /// Matching machines.
    pub rows: Vec<MachineChoice>,
    /// Number of matching machines, listed or not.
    pub matched: u32,
    /// The named hosts without a registered agent.
    pub unknown: Vec<String>,
}

/// A machine, and an agent on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineChoice {
    /// Host name and address, as the agent registered them.
    pub id: MachineId,
    /// An agent on the machine; the first by id where several run there.
    pub agent: AgentId,
    /// Number of live tasks of all agents on the machine.
    pub tasks: u32,
    /// Its maintenance mode now; `None` while it is up.
    pub mode: Fetched<Option<MachineMode>>,
}

impl View for MachineQuery {
    type Answer = Machines;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        machines(sources.cluster, self)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Schedule, Topic::Machines]
    }
}

/// The requested machines.
pub(super) fn machines(cluster: &Cluster, query: &MachineQuery) -> Machines {
    let registered = || cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable);
    let row = |agent: &Agent| {
        let id = agent.machine();
        let mode = eligibility::mode(&id, cluster);
        MachineChoice { id, agent: agent.id.clone(), tasks: agent.tasks, mode }
    };
    match query {
        MachineQuery::Filter(text) => {
            let all = machines(cluster, &MachineQuery::All(text.clone()));
            Machines { rows: all.rows.into_iter().take(LISTED).collect(), ..all }
        }
        MachineQuery::All(text) => {
            let filter = Filter::parse(text);
            let matched = registered().filter(|agent| filter.is_empty() || filter.matches(agent)).collect();
            all(by_machine(by_host(matched).into_iter().map(row)))
        }
        MachineQuery::Agents(ids) => {
            let agents = ids.iter().filter_map(|id| cluster.agent(id)).collect();
            all(by_machine(by_host(agents).into_iter().map(row)))
        }
        MachineQuery::Hosts(hosts) => {
            let asked: BTreeSet<String> = order::inserted(hosts.iter().map(|host| host.to_ascii_lowercase()));
            let names =
                |agent: &Agent| [agent.hostname.to_ascii_lowercase(), agent.ip().unwrap_or_default().to_owned()];
            let agents: Vec<&Agent> =
                registered().filter(|agent| names(agent).iter().any(|name| asked.contains(name))).collect();
            let known: BTreeSet<String> = order::inserted(agents.iter().flat_map(|agent| names(agent)));
            let unknown: Vec<&String> =
                hosts.iter().filter(|host| !known.contains(&host.to_ascii_lowercase())).collect();
            let rows = by_machine(by_host(agents).into_iter().map(row));
            Machines {
                matched: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                rows,
                unknown: unknown.into_iter().cloned().collect(),
            }
        }
    }
}

fn all(rows: Vec<MachineChoice>) -> Machines {
    Machines { matched: u32::try_from(rows.len()).unwrap_or(u32::MAX), rows, unknown: Vec::new() }
}

fn by_host(mut agents: Vec<&Agent>) -> Vec<&Agent> {
    order::sort_by_key(&mut agents, |agent| (agent.machine(), agent.id.clone()));
    agents
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Timestamp;
    use crate::mesos::wire::json_splitter::SnapshotList;

    #[test]
    fn agents_whose_host_names_differ_in_case_are_on_one_machine() {
        let mut cluster = Cluster::default();
        for (id, host) in [("S1", "Node-1"), ("S2", "NODE-0"), ("S3", "node-1")] {
            let agent = format!(
                r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"{host}"}},"pid":"slave(1)@10.0.0.1:5051"}}"#
            );
            cluster.arrive(SnapshotList::Agents, &agent, Timestamp(0)).expect("an agent");
        }
        cluster.arrived(None);
        let found = machines(&cluster, &MachineQuery::Filter(String::new()));
        let names: Vec<&str> = found.rows.iter().map(|row| row.id.host()).collect();
        assert_eq!((names, found.matched), (vec!["NODE-0", "Node-1"], 2));
        let ids = vec!["S3".into(), "S2".into(), "S1".into(), "S9".into()];
        assert_eq!(machines(&cluster, &MachineQuery::Agents(ids)), found, "each machine once, whatever the order");
    }

    #[test]
    fn a_filter_lists_the_first_machines_and_all_of_them_on_demand() {
        let mut cluster = Cluster::default();
        for nth in 0..300 {
            let agent = format!(
                r#"{{"agent_info":{{"id":{{"value":"S{nth}"}},"hostname":"node-{nth}"}},"pid":"slave(1)@10.0.0.1:5051"}}"#
            );
            cluster.arrive(SnapshotList::Agents, &agent, Timestamp(0)).expect("an agent");
        }
        cluster.arrived(None);
        let count = |query| {
            let found = machines(&cluster, &query);
            (found.rows.len(), found.matched)
        };
        assert_eq!(count(MachineQuery::Filter("node".to_owned())), (LISTED, 300));
        assert_eq!(count(MachineQuery::All("node".to_owned())), (300, 300));
        assert_eq!(count(MachineQuery::All("node-29".to_owned())), (11, 11));
    }
}
