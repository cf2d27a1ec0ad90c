//! One agent, with everything that the state knows of it.

use serde::{Deserialize, Serialize};

use super::agents::{AgentRow, row};
use super::executors::{self, ExecutorRow};
use super::tasks::newer;
use super::volumes::{self, VolumeRow};
use crate::act::{self, Draining};
use crate::api::maintenance::MachineId;
use crate::can::{self, AgentVerb, WhyNot};
use crate::cluster::{Agent, Cluster, MachineMode, Section, Task, TaskState};
use crate::ids::{AgentId, FrameworkId, TaskId};
use crate::order;
use crate::units::{Quantities, Timestamp};
use crate::wire::detail;

/// How many of its tasks an agent's page lists; the counts are of all.
const TASKS: usize = 500;

/// An agent's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentDetail {
    pub row: AgentRow,
    pub reregistered: Option<Timestamp>,
    /// What of it is held for roles, and its volumes.
    pub held: Vec<VolumeRow>,
    /// `slave(1)@ip:port`.
    pub pid: String,
    /// As `region/zone`; empty if it has none.
    pub domain: String,
    /// Its frameworks, those with most live tasks first.
    pub frameworks: Vec<FrameworkOnAgent>,
    /// Live and unreachable tasks, then completed ones; the newest first. At most 500.
    pub tasks: Vec<TaskOnAgent>,
    /// All tasks of this agent that the state knows, listed or not.
    pub tasks_known: u32,
    /// What its own JSON tells beyond the row: reservations and volumes, capabilities, its drain.
    pub told: detail::Agent,
    /// Executors on it that the master lists, or that live tasks name.
    pub executors: Vec<ExecutorRow>,
    /// The machine's part in the maintenance schedule.
    pub maintenance: Option<(MachineMode, Option<Timestamp>)>,
    /// How far its drain is, while it drains.
    pub draining: Option<Draining>,
    /// What may be done to it now, or why not.
    pub can: Vec<(AgentVerb, Option<WhyNot>)>,
    /// Why it cannot be told to log more, if so.
    pub mute: Option<WhyNot>,
    /// The agent as the master told it, as JSON.
    pub json: String,
    /// The snapshot has not come whole: what runs on it may be more than this.
    pub arriving: bool,
}

/// A framework's share of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameworkOnAgent {
    pub id: FrameworkId,
    pub name: String,
    pub tasks: u32,
    pub used: Quantities,
}

/// A task of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskOnAgent {
    pub framework: FrameworkId,
    pub framework_name: String,
    pub id: TaskId,
    pub name: String,
    pub state: TaskState,
    pub section: Section,
    pub used: Quantities,
    /// The time of its newest status.
    pub updated: Option<Timestamp>,
    /// The newest status' message.
    pub message: String,
}

/// The agent of that id.
pub fn agent(cluster: &Cluster, id: &AgentId) -> Option<AgentDetail> {
    let agent = cluster.agent(id)?;
    let tasks: Vec<&Task> = order::sorted(cluster.tasks_of(id).collect(), |a, b| {
        a.section.cmp(&b.section).then_with(|| newer(cluster, a, b)).then_with(|| a.id().cmp(b.id()))
    });
    let json = cluster.json(agent.json);
    Some(AgentDetail {
        row: row(agent),
        can: AgentVerb::ALL.into_iter().map(|verb| (verb, verb.on(agent, cluster).err())).collect(),
        mute: can::set_logging_level(Some(agent)).err(),
        told: detail::agent(&json),
        draining: act::draining(cluster, id),
        executors: executors_on(cluster, id),
        maintenance: maintenance(cluster, agent),
        reregistered: agent.reregistered,
        held: volumes::of(agent),
        pid: agent.pid.clone(),
        domain: agent.domain.clone(),
        frameworks: frameworks(cluster, &tasks),
        tasks_known: u32::try_from(tasks.len()).unwrap_or(u32::MAX),
        tasks: tasks.iter().take(TASKS).map(|task| on_agent(cluster, task)).collect(),
        json,
        arriving: cluster.arriving(),
    })
}

fn executors_on(cluster: &Cluster, agent: &AgentId) -> Vec<ExecutorRow> {
    let rows: Vec<ExecutorRow> = cluster.executors_on(agent).map(executors::row).collect();
    order::sorted(rows, |a, b| a.framework_name.cmp(&b.framework_name).then_with(|| a.id.cmp(&b.id)))
}

fn maintenance(cluster: &Cluster, agent: &Agent) -> Option<(MachineMode, Option<Timestamp>)> {
    let is = |id: &MachineId| agent.is_on(id);
    let machine = cluster.machines().iter().find(|machine| is(&machine.id))?;
    let window = cluster.schedule().windows.iter().find(|window| window.machine_ids.iter().any(is));
    Some((machine.mode, window.map(|window| window.unavailability.start.moment())))
}

fn on_agent(cluster: &Cluster, task: &Task) -> TaskOnAgent {
    let (framework, framework_name) = cluster.framework_of(task);
    TaskOnAgent {
        framework,
        framework_name,
        id: task.id().into(),
        name: task.name().to_owned(),
        state: task.state,
        section: task.section,
        used: task.used,
        updated: task.updated,
        message: task.message().to_owned(),
    }
}

fn frameworks(cluster: &Cluster, tasks: &[&Task]) -> Vec<FrameworkOnAgent> {
    let mut shares: Vec<FrameworkOnAgent> = Vec::new();
    for task in tasks.iter().filter(|task| task.section == Section::Live) {
        let (id, name) = cluster.framework_of(task);
        match shares.iter_mut().find(|share| share.id == id) {
            Some(share) => {
                share.tasks += 1;
                share.used += task.used;
            }
            None => shares.push(FrameworkOnAgent { id, name, tasks: 1, used: task.used }),
        }
    }
    order::sorted(shares, |a, b| b.tasks.cmp(&a.tasks).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id)))
}
