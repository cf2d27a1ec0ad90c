//! The page of one agent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::agents::{AgentRow, row};
use super::executors::{self, ExecutorRow};
use super::overview::Capacity;
use super::view::Unreadable;
use super::view::{AbsentReason, Sources, View};
use super::volumes::{self, VolumeRow};
use crate::actions;
use crate::actions::draining::DrainProgress;
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::order;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::checks::eligibility::{self, AgentAction, DisabledReason};
use crate::checks::trouble::PageKind;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::executor::PlacedExecutor;
use crate::cluster::role::MachineMode;
use crate::cluster::task::{MasterTaskList, TaskCounts};
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Fetched;
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::{self, detail};

/// An agent's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentDetail {
    /// The agent as the table of agents lists it.
    pub row: AgentRow,
    /// Start of its current state; `None` if the change was neither seen nor reported.
    pub since: Option<Timestamp>,
    /// Time of its last reregistration, `GetAgents.Agent.reregistered_time`; `None` if none was reported.
    pub reregistered: Option<Timestamp>,
    /// Its libprocess address, such as `slave(1)@10.0.0.7:5051`.
    pub pid: String,
    /// Its fault domain as `region/zone`; empty if it has none.
    pub domain: String,
    /// Its frameworks, those with most live tasks first.
    pub frameworks: Vec<FrameworkOnAgent>,
    /// Its tasks by state. `None` where none has come while the snapshot arrives.
    pub tasks: Option<TaskCounts>,
    /// Details from its own JSON that the row lacks: reservations and volumes, capabilities, its drain.
    pub reported: detail::DetailedAgent,
    /// Type and name of its resource providers, and the MiB of disk that each has.
    pub providers: Vec<(String, String, f64)>,
    /// Executors on it that the master lists or that live tasks name, each with the resources of itself and its live
    /// tasks; `None` if they cannot be read.
    pub executors: Vec<(ExecutorRow, Option<Quantities>)>,
    /// The machine's maintenance mode and the start of its window; `None` while the machine is up.
    pub maintenance: Fetched<Option<(MachineMode, Option<Timestamp>)>>,
    /// Progress of its drain; `None` unless it is draining.
    pub draining: Option<DrainProgress>,
    /// Every action on agents, with the reason why it is disabled now; `None` if it is enabled.
    pub can: Vec<(AgentAction, Option<DisabledReason>)>,
    /// Why its logging level cannot be changed; `None` if it can.
    pub mute: Option<DisabledReason>,
    /// How far its clock is ahead of the cluster's; 0 where that was not measured.
    pub ahead: Nanoseconds,
    /// Its resources, summed. `None` if a list among them cannot be read.
    pub capacity: Option<Capacity>,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<Misfit>,
    /// The agent as the master reported it, as JSON.
    pub json: String,
    /// Whether the snapshot is incomplete, so that more may run on the agent than is listed.
    pub arriving: bool,
}

/// A framework's share of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameworkOnAgent {
    /// The framework's id.
    pub id: FrameworkId,
    /// The framework's name, `FrameworkInfo.name`; empty while the framework itself was not reported.
    pub name: String,
    /// The user that its tasks run as by default, `FrameworkInfo.user`; empty while the framework itself was not
    /// reported.
    pub user: String,
    /// All roles that the framework subscribes to; empty while the framework itself was not reported.
    pub roles: Vec<Role>,
    /// Number of its live tasks on this agent.
    pub tasks: u32,
    /// Number of its executors on this agent.
    pub executors: u32,
    /// Resources of its live tasks and of its executors here; `None` if some of them cannot be read.
    pub allocated: Option<Quantities>,
}

/// Asks for one agent, with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentQuery(pub AgentId);

impl View for AgentQuery {
    type Answer = Result<AgentDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let cluster = sources.cluster;
        agent(cluster, &self.0).ok_or_else(|| match AbsentReason::from(cluster) {
            AbsentReason::Unknown if cluster.is_gone(&self.0) => {
                AbsentReason::Gone(cluster.hostname(&self.0).to_owned())
            }
            AbsentReason::Unknown if may_exist(cluster, &self.0) => {
                AbsentReason::Unlisted(cluster.hostname(&self.0).to_owned())
            }
            absent => absent,
        })
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Executors, Topic::Machines, Topic::Schedule, Topic::Metrics]
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let detail = answer.as_ref().ok()?;
        Unreadable::of(PageKind::Agent, || detail.row.id.0.clone(), &detail.unreadable, &detail.json)
    }
}

/// Whether an agent that no list has is there, or was: the master lists an unreachable agent by its tasks alone.
fn may_exist(cluster: &Cluster, id: &AgentId) -> bool {
    let was_reported = !cluster.hostname(id).is_empty() || cluster.tasks_of(id).next().is_some();
    let unlisted = || {
        let listed = cluster.agents().filter(|agent| agent.unreachable).count();
        cluster.unreachable_agents_reported().is_some_and(|all| all as usize > listed)
    };
    was_reported || is_masters_id(id) && unlisted()
}

/// Whether a master would give such an id: its own, then `-S` and a number.
pub fn is_masters_id(id: &AgentId) -> bool {
    let number = id.as_str().rsplit_once("-S").map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The agent with this id; `None` if the cluster lists no such agent.
fn agent(cluster: &Cluster, id: &AgentId) -> Option<AgentDetail> {
    let agent = cluster.agent(id)?;
    let held = volumes::of(agent);
    let json = cluster.json(agent.json);
    let unreadable = if agent.recovered { Vec::new() } else { wire::misfits::agent_misfits(&json) };
    let row = row(agent);
    Some(AgentDetail {
        capacity: capacity(&row, &held),
        row,
        since: agent.since(),
        can: AgentAction::ALL.into_iter().map(|verb| (verb, verb.on(agent, cluster).err())).collect(),
        mute: eligibility::set_logging_level(Some(agent)).err(),
        reported: detail::agent(&json),
        providers: providers(&json),
        draining: actions::draining::draining(cluster, id),
        executors: executors_on(cluster, id),
        maintenance: maintenance(cluster, agent),
        reregistered: agent.reregistered,
        pid: agent.pid.clone(),
        ahead: cluster.agent_ahead(id),
        domain: agent.domain.clone(),
        frameworks: frameworks(cluster, id),
        tasks: cluster.counts_of(cluster.tasks_of(id)),
        unreadable,
        json,
        arriving: cluster.arriving(),
    })
}

fn providers(json: &str) -> Vec<(String, String, f64)> {
    let in_short = |provider: wire::providers::Provider| {
        let disk = provider.disk();
        (provider.kind, provider.name, disk)
    };
    wire::providers::of_agent(json).into_iter().map(in_short).collect()
}

fn capacity(row: &AgentRow, held: &[VolumeRow]) -> Option<Capacity> {
    let reserved = held.iter().map(|row| row.held).sum();
    let (total, allocated, offered) = (row.total?, row.allocated?, row.offered?);
    Some(Capacity { total, allocated, offered, reserved, withheld: Quantities::NONE })
}

fn executors_on(cluster: &Cluster, agent: &AgentId) -> Vec<(ExecutorRow, Option<Quantities>)> {
    let mut used: BTreeMap<(&str, &str), Option<Quantities>> = BTreeMap::new();
    for task in cluster.tasks_of(agent).filter(|task| task.section == MasterTaskList::Live) {
        add(used.entry((cluster.framework_id_of(task), task.executor())).or_insert(NOTHING), task.used());
    }
    let row = |placed: PlacedExecutor<'_>| {
        let mut sum = used.get(&(placed.framework, placed.id)).copied().unwrap_or(NOTHING);
        add(&mut sum, placed.executor.used);
        (executors::row(placed), sum)
    };
    let rows = cluster.executors_on(agent).map(row).collect();
    order::sorted(rows, |(a, _): &(ExecutorRow, Option<Quantities>), (b, _)| {
        a.framework_name.cmp(&b.framework_name).then_with(|| a.id.cmp(&b.id))
    })
}

fn maintenance(cluster: &Cluster, agent: &Agent) -> Fetched<Option<(MachineMode, Option<Timestamp>)>> {
    let is = |id: &MachineId| agent.is_of(id);
    let machine = cluster.machines()?.iter().find(|machine| is(&machine.id));
    let windows = cluster.schedule().map(|schedule| schedule.windows.as_slice()).unwrap_or_default();
    let window = windows.iter().find(|window| window.machine_ids.iter().any(is));
    let start = window.and_then(|window| window.unavailability).map(|times| times.start.at());
    Ok(machine.map(|machine| (machine.mode, start)))
}

/// A sum of nothing, which is known.
const NOTHING: Option<Quantities> = Some(Quantities::NONE);

/// A sum with something that is not known is not known.
fn add(sum: &mut Option<Quantities>, used: Option<Quantities>) {
    *sum = sum.zip(used).map(|(sum, used)| sum + used);
}

/// Frameworks with a live task or an executor on the agent, those with most tasks first.
fn frameworks(cluster: &Cluster, agent: &AgentId) -> Vec<FrameworkOnAgent> {
    let mut shares: BTreeMap<&str, (u32, u32, Option<Quantities>)> = BTreeMap::new();
    let none = (0, 0, NOTHING);
    for task in cluster.tasks_of(agent).filter(|task| task.section == MasterTaskList::Live) {
        let (tasks, _, allocated) = shares.entry(cluster.framework_id_of(task)).or_insert(none);
        *tasks += 1;
        add(allocated, task.used());
    }
    for placed in cluster.executors_on(agent) {
        let (_, executors, allocated) = shares.entry(placed.framework).or_insert(none);
        *executors += 1;
        add(allocated, placed.executor.used);
    }
    let share = |(id, (tasks, executors, allocated)): (&str, (u32, u32, Option<Quantities>))| {
        let id = FrameworkId::from(id);
        let known = cluster.framework(&id);
        let (name, user) = known.map(|known| (known.name.clone(), known.user.clone())).unwrap_or_default();
        let roles = known.map(|known| known.roles.clone()).unwrap_or_default();
        FrameworkOnAgent { id, name, user, roles, tasks, executors, allocated }
    };
    let shares = shares.into_iter().map(share).collect();
    order::sorted(shares, |a, b| b.tasks.cmp(&a.tasks).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id)))
}
