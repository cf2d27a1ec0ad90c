//! What runs on the machines of a maintenance window: agents, tasks and their frameworks.

use serde::{Deserialize, Serialize};

use super::view::{Cost, Sources, View};
use crate::actions::schedule::frameworks_on;
use crate::base::ids::FrameworkId;
use crate::base::order;
use crate::base::units::Timestamp;
use crate::mesos::calls::maintenance::MachineId;

/// Maximum number of listed frameworks.
const LISTED: usize = 50;

/// Asks what runs on these machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowImpactQuery(pub Vec<MachineId>);

/// Live work on some machines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowImpact {
    /// Number of registered agents on the machines.
    pub agents: u32,
    /// Number of live tasks.
    pub tasks: u32,
    /// Number of frameworks with live tasks there.
    pub frameworks: u32,
    /// Frameworks by their number of tasks: id, name and number; at most 50.
    pub listed: Vec<(FrameworkId, String, u32)>,
}

impl View for WindowImpactQuery {
    type Answer = WindowImpact;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let (agents, frameworks) = frameworks_on(sources.cluster, &self.0);
        let count = u32::try_from(frameworks.len()).unwrap_or(u32::MAX);
        let tasks = frameworks.values().fold(0, |sum: u32, (_, tasks)| sum.saturating_add(*tasks));
        let rows = frameworks.into_iter().map(|(id, (name, tasks))| (id, name, tasks)).collect();
        let rows =
            order::sorted(rows, |a: &(_, String, u32), b: &(_, String, u32)| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
        WindowImpact { agents, tasks, frameworks: count, listed: rows.into_iter().take(LISTED).collect() }
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Cluster;
    use crate::mesos::wire::json_splitter::SnapshotList;

    #[test]
    fn live_tasks_of_the_machines_are_counted_by_framework() {
        let mut cluster = Cluster::default();
        let mut arrive = |list, body: &str| cluster.arrive(list, body, Timestamp(0)).expect("it is read");
        for (id, host, address) in [("S1", "Node-1", 1), ("S2", "node-2", 2)] {
            let agent = format!(
                r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"{host}"}},"active":true,"pid":"slave(1)@10.0.0.{address}:5051"}}"#
            );
            arrive(SnapshotList::Agents, &agent);
        }
        for (id, name) in [("F1", "small"), ("F2", "large")] {
            let framework = format!(r#"{{"framework_info":{{"id":{{"value":"{id}"}},"name":"{name}"}}}}"#);
            arrive(SnapshotList::Frameworks, &framework);
        }
        for (nth, (framework, agent)) in [("F1", "S1"), ("F2", "S1"), ("F2", "S1"), ("F1", "S2")].iter().enumerate() {
            let task = format!(
                r#"{{"task_id":{{"value":"{nth}"}},"name":"t","framework_id":{{"value":"{framework}"}},"agent_id":{{"value":"{agent}"}},"state":"TASK_RUNNING"}}"#
            );
            arrive(SnapshotList::Tasks, &task);
        }
        cluster.arrived(None);
        let (trouble, history, frameworks) = Default::default();
        let sources = Sources { cluster: &cluster, trouble: &trouble, history: &history, frameworks: &frameworks };
        let node =
            |host: &str, address: &str| MachineId { hostname: Some(host.to_owned()), ip: Some(address.to_owned()) };
        // Mesos ignores the case of host names, and no agent is a machine of another address.
        let machines = vec![node("node-1", "10.0.0.1"), node("node-2", "10.0.0.9")];
        let impact = WindowImpactQuery(machines).answer(sources, Timestamp(0));
        let listed = vec![("F2".into(), "large".to_owned(), 2), ("F1".into(), "small".to_owned(), 1)];
        assert_eq!(impact, WindowImpact { agents: 1, tasks: 3, frameworks: 2, listed });
    }
}
