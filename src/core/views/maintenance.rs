//! The maintenance of machines: the schedule, how far it is, and what frameworks say to it.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state};
use super::offers::{self, OfferRow};
use super::view::{Sources, View};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::role::{Machine, MachineMode};
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, Unknown};
use crate::mesos::calls::maintenance::MachineId;
use crate::views::view::Cost;

/// Maximum number of inverse offers on the page.
const INVERSE: usize = 500;

/// The page of the maintenance schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Windows of the schedule, by their start.
    pub windows: Vec<WindowRow>,
    /// Machines that are down, or draining, and are in no window any more.
    pub others: Vec<MachineRow>,
    /// Outstanding inverse offers of all frameworks, at most 500.
    pub inverse_offers: Vec<OfferRow>,
    /// Number of inverse offers, listed here or not.
    pub inverse_known: u32,
    /// Whether the schedule is known; if not, the absence of windows means nothing.
    pub schedule: Fetched<()>,
    /// Whether the maintenance status is known: which machines are down or draining.
    pub status: Fetched<()>,
}

/// Machines and when they will be unavailable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowRow {
    /// When the machines become unavailable, and for how long, where `None` is for ever; `None` if that cannot be read.
    pub times: Option<(Timestamp, Option<Nanoseconds>)>,
    /// Machines of the window.
    pub machines: Vec<MachineRow>,
}

/// A machine, and the agents on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineRow {
    /// Host name and address, as in the schedule or in the maintenance status.
    pub id: MachineId,
    /// Maintenance mode of the machine; `None` while the master reports it as up.
    pub mode: Fetched<Option<MachineMode>>,
    /// Agents whose machine it is to Mesos, which compares host name and address: id, host name, state, and number of
    /// live tasks.
    pub agents: Vec<(AgentId, String, AgentState, u32)>,
    /// Frameworks' answers to inverse offers: id, name, and `ACCEPT`, `DECLINE` or `UNKNOWN`.
    pub answers: Vec<(FrameworkId, String, String)>,
}

/// Asks for the maintenance of machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenanceQuery;

impl View for MaintenanceQuery {
    type Answer = Maintenance;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        maintenance(sources.cluster)
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Schedule, Topic::Machines, Topic::Agents, Topic::Frameworks]
    }

    // Another operator may change both at any time, and no event tells of it.
    fn frequent_topics(&self) -> &'static [Topic] {
        &[Topic::Schedule, Topic::Machines]
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

/// Builds the page.
fn maintenance(cluster: &Cluster) -> Maintenance {
    let hosts = Hosts::of(cluster);
    let scheduled = cluster.schedule().map(|schedule| schedule.windows.as_slice()).unwrap_or_default();
    let windows: Vec<WindowRow> = scheduled
        .iter()
        .map(|window| WindowRow {
            times: window
                .unavailability
                .map(|times| (times.start.at(), times.duration.map(|duration| duration.length()))),
            machines: window.machine_ids.iter().map(|id| hosts.machine(cluster, id)).collect(),
        })
        .collect();
    let windows = order::sorted(windows, |a, b| a.times.map(|of| of.0).cmp(&b.times.map(|of| of.0)));
    let scheduled: HashSet<&MachineId> = scheduled.iter().flat_map(|window| &window.machine_ids).collect();
    // Without the schedule, nobody knows which are in no window.
    let machines = cluster.schedule().and_then(|_| cluster.machines()).unwrap_or_default();
    let others = machines.iter().filter(|machine| !scheduled.contains(&machine.id));
    let inverse_known = cluster.frameworks().map(|framework| framework.inverse_offers.len()).sum::<usize>();
    let inverse = cluster
        .frameworks()
        .flat_map(|framework| offers::of_framework(cluster, framework).filter(|row| row.inverse.is_some()));
    Maintenance {
        windows,
        others: others.map(|other| hosts.machine(cluster, &other.id)).collect(),
        inverse_offers: inverse.take(INVERSE).collect(),
        inverse_known: u32::try_from(inverse_known).unwrap_or(u32::MAX),
        schedule: cluster.schedule().map(|_| ()),
        status: cluster.machines().map(|_| ()),
    }
}

/// Index of agents and machines, since thousands of machines are looked up among thousands of agents.
struct Hosts<'a> {
    /// Agents by host name in lower case.
    agents: HashMap<String, Vec<&'a Agent>>,
    machines: Fetched<HashMap<&'a MachineId, &'a Machine>>,
}

impl<'a> Hosts<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        let mut agents: HashMap<String, Vec<&Agent>> = HashMap::new();
        for agent in cluster.agents() {
            agents.entry(agent.hostname.to_ascii_lowercase()).or_default().push(agent);
        }
        let machines = cluster.machines().map(|all| all.iter().map(|machine| (&machine.id, machine)).collect());
        Self { agents, machines }
    }

    fn agents_on(&self, id: &MachineId) -> Vec<&'a Agent> {
        let found = self.agents.get(&id.host().to_ascii_lowercase()).into_iter().flatten().copied();
        let found = found.filter(|agent| agent.is_of(id)).collect();
        order::sorted(found, |a: &&Agent, b: &&Agent| a.hostname.cmp(&b.hostname).then_with(|| a.id.cmp(&b.id)))
    }

    fn machine(&self, cluster: &Cluster, id: &MachineId) -> MachineRow {
        let known = self.machines.as_ref().map(|machines| machines.get(id).copied());
        let agent = |agent: &Agent| (agent.id.clone(), agent.hostname.clone(), state(agent), agent.tasks);
        let name = |id: &FrameworkId| cluster.framework(id).map(|framework| framework.name.clone()).unwrap_or_default();
        MachineRow {
            id: id.clone(),
            mode: known.map(|machine| machine.map(|machine| machine.mode)).map_err(Unknown::clone),
            agents: self.agents_on(id).into_iter().map(agent).collect(),
            answers: known
                .ok()
                .flatten()
                .into_iter()
                .flat_map(|machine| &machine.answers)
                .map(|(framework, answer, _)| (framework.clone(), name(framework), answer.clone()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions;
    use crate::actions::preview::{ImpactKind, NameList, Progress};
    use crate::actions::{Action, MaintenanceWindow};
    use crate::checks::eligibility;
    use crate::mesos::wire::field;
    use crate::mesos::wire::json_splitter::SnapshotList;
    use crate::views::agent::AgentQuery;
    use crate::views::machines::{MachineQuery, machines};

    const NOW: Timestamp = Timestamp(1_800_000_000_000_000_000);

    /// An agent of this name, and a schedule that names its machine in another case.
    fn cluster(agent: &str, scheduled: &str, mode: &str) -> Cluster {
        cluster_of(agent, &format!(r#"{{"hostname":"{scheduled}","ip":"10.0.0.1"}}"#), mode)
    }

    fn cluster_of(agent: &str, id: &str, mode: &str) -> Cluster {
        let mut cluster = Cluster::default();
        let agent = format!(
            r#"{{"agent_info":{{"id":{{"value":"S1"}},"hostname":"{agent}"}},"active":true,"pid":"slave(1)@10.0.0.1:5051"}}"#
        );
        cluster.arrive(SnapshotList::Agents, &agent, NOW).expect("an agent");
        cluster.arrived(None);
        let window =
            format!(r#"{{"windows":[{{"machine_ids":[{id}],"unavailability":{{"start":{{"nanoseconds":1}}}}}}]}}"#);
        cluster.report_schedule(field::read(&window).expect("a schedule"));
        let machine = if mode == "draining_machines" { format!(r#"{{"id":{id}}}"#) } else { id.to_owned() };
        let status = format!(r#"{{"status":{{"{mode}":[{machine}]}}}}"#);
        cluster.report_machines(&field::read(&status).expect("a status"), NOW);
        cluster
    }

    #[test]
    fn a_machine_named_in_another_case_is_its_agents_own() {
        let cluster = cluster("Node-1.Example.COM", "node-1.example.com", "draining_machines");
        let page = maintenance(&cluster);
        let row = page.windows.first().and_then(|window| window.machines.first()).expect("a machine");
        assert_eq!((row.mode.clone(), row.agents.len()), (Ok(Some(MachineMode::Draining)), 1));
        assert!(page.others.is_empty(), "it is in a window");
        let agent = cluster.agent(&"S1".into()).expect("it is there");
        assert_eq!(eligibility::start_maintenance(&agent.machine(), &cluster), Ok(()));
        assert!(matches!(
            eligibility::AgentAction::Drain.on(agent, &cluster),
            Err(eligibility::DisabledReason::Scheduled(_))
        ));
        let found = machines(&cluster, &MachineQuery::Hosts(vec!["NODE-1.example.com".to_owned()]));
        assert!(found.unknown.is_empty() && found.rows.iter().all(|row| row.mode == Ok(Some(MachineMode::Draining))));
        let windows =
            vec![actions::MaintenanceWindow { machines: vec![agent.machine()], start: Timestamp(1), duration: None }];
        assert_eq!(
            actions::dry_run::preview(&cluster, &Action::Schedule(windows), NOW).progress,
            Progress::Applied,
            "nothing else is scheduled"
        );
    }

    #[test]
    fn a_machine_without_its_host_or_its_address_is_no_agents() {
        for half in [r#"{"hostname":"node-1"}"#, r#"{"ip":"10.0.0.1"}"#, r#"{"hostname":"node-1","ip":""}"#] {
            for mode in ["draining_machines", "down_machines"] {
                let cluster = cluster_of("node-1", half, mode);
                let page = maintenance(&cluster);
                let row = page.windows.first().and_then(|window| window.machines.first()).expect("a machine");
                assert!(row.agents.is_empty() && row.id.is_half_named(), "{half}");
                let detail = {
                    let (trouble, history, frameworks) = Default::default();
                    AgentQuery("S1".into()).answer(
                        Sources { cluster: &cluster, trouble: &trouble, history: &history, frameworks: &frameworks },
                        NOW,
                    )
                }
                .expect("it is listed");
                assert_eq!(detail.maintenance, Ok(None), "{half}");
                let start = Action::StartMaintenance(vec![row.id.clone()]);
                let effects = actions::dry_run::preview(&cluster, &start, NOW).effects;
                let kinds: Vec<_> = effects.into_iter().map(|effect| effect.impact).collect();
                assert_eq!(
                    kinds,
                    [ImpactKind::HalfNamed(NameList { first: vec![row.id.to_string()], more: 0 })],
                    "{half}"
                );
            }
        }
    }

    #[test]
    fn a_window_with_a_time_that_cannot_be_read_has_none() {
        let good = r#"{"start":{"nanoseconds":1},"duration":{"nanoseconds":2}}"#;
        for odd in [r#"{"start":{"nanoseconds":1},"duration":"1hrs"}"#, r#"{"start":5}"#, "{}", "null", "7"] {
            let window =
                |times: &str| format!(r#"{{"machine_ids":[{{"hostname":"a","ip":"b"}}],"unavailability":{times}}}"#);
            let body = format!(r#"{{"windows":[{},{}]}}"#, window(good), window(odd));
            let mut cluster = Cluster::default();
            cluster.report_schedule(field::read(&body).expect("a schedule"));
            let times: Vec<_> = maintenance(&cluster).windows.into_iter().map(|window| window.times).collect();
            assert_eq!(times, [None, Some((Timestamp(1), Some(Nanoseconds(2))))], "{odd}");
            let known = cluster.schedule().expect("it is known").windows.iter().filter_map(MaintenanceWindow::reported);
            assert_eq!(known.count(), 1, "{odd}");
        }
    }

    #[test]
    fn a_machine_that_is_down_is_known_in_any_case() {
        let cluster = cluster("node-1", "NODE-1", "down_machines");
        let agent = cluster.agent(&"S1".into()).expect("it is there").machine();
        assert_eq!(eligibility::mode(&agent, &cluster), Ok(Some(MachineMode::Down)));
        assert_eq!(
            actions::dry_run::preview(&cluster, &Action::StartMaintenance(vec![agent]), NOW).progress,
            Progress::Applied
        );
    }
}
