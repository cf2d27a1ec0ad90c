//! A framework on one agent, and one executor, with everything that the state knows of them. What only the agent knows of
//! them is not here: the page asks it.

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::executors::{self, ExecutorRow};
use super::tasks::{self, TaskRow};
use super::view::Unreadable;
use super::view::{AbsentReason, Sources, View};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::checks::trouble::PageKind;
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, Task};
use crate::cluster::topic::Topic;
use crate::mesos::wire::agent_api::{AgentTask, TaskStage};
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::state::TaskState;
use crate::mesos::wire::{self, detail};

/// Maximum number of tasks on a page; counts include the others.
const TASKS: usize = 500;
/// Maximum number of tasks whose own JSON is read.
const LOOKED_AT: usize = 50;

/// Identifies an executor in the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorKey {
    /// The agent that the executor runs on.
    pub agent: AgentId,
    /// The framework that the executor belongs to.
    pub framework: FrameworkId,
    /// The executor's id, unique within its framework on one agent.
    pub executor: ExecutorId,
}

/// The page of a framework on an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentFrameworkDetail {
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: String,
    /// The framework's name; empty if the framework was never reported.
    pub framework_name: String,
    /// Resources of its live tasks and of its executors on the agent; `None` if some of them cannot be read.
    pub used: Option<Quantities>,
    /// Its executors on the agent, each with the resources of itself and its live tasks; `None` if they cannot be read.
    pub executors: Vec<(ExecutorRow, Option<Quantities>)>,
    /// The roles that the framework is in.
    pub roles: Vec<Role>,
    /// The framework's tasks on this agent.
    pub tasks: TaskRows,
}

/// An executor's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutorDetail {
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: String,
    /// The framework's name; empty if the framework was never reported.
    pub framework_name: String,
    /// The executor as the table lists it; `None` where the master does not list it, as with the executor of a command
    /// task.
    pub row: Option<ExecutorRow>,
    /// Details from the executor's own JSON; empty ones if the master does not list it.
    pub reported: detail::DetailedExecutor,
    /// Resources of its live tasks; `None` if some of them cannot be read.
    pub used: Option<Quantities>,
    /// Id of its latest container, from its tasks' statuses; empty if none names one.
    pub container: String,
    /// Containers of its runs, the latest first, from its tasks' statuses; each with the time of the newest status.
    pub runs: Vec<(String, Option<Timestamp>)>,
    /// The executor's tasks.
    pub tasks: TaskRows,
    /// Resource limits of its newest tasks, where they have any; only the first 50 tasks are read.
    pub limits: TaskLimits,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<Misfit>,
    /// The executor as the master reported it, as JSON; empty if it did not.
    pub json: String,
}

/// Tasks of an executor, or of a framework on an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskRows {
    /// Live tasks, then unreachable, then completed ones; each section newest first, at most 500 in all.
    pub rows: Vec<TaskRow>,
    /// Number of such tasks that the state holds, listed here or not.
    pub known: u32,
    /// Number of the known tasks that are live.
    pub live: u32,
}

/// A task of an executor, merged from the master's and the agent's reports.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutorTask {
    /// The framework that the task belongs to.
    pub framework: FrameworkId,
    /// The task's id.
    pub id: TaskId,
    /// The task's name, which need not be unique.
    pub name: String,
    /// Progress of the task at its agent; derived from the master's state where the agent does not list it.
    pub stage: TaskStage,
    /// State of the task, as the master reports it; as the agent does, where only that knows the task.
    pub state: TaskState,
    /// The task's own resources, without its executor's; `None` if they cannot be read.
    pub used: Option<Quantities>,
    /// Most that it may use of each resource, by name; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    /// The role that its resources are allocated to; `None` if it cannot be read.
    pub role: Option<String>,
    /// Result of its latest health check; `None` without a health check or before its first result.
    pub healthy: Option<bool>,
    /// Time of its newest status, by the clock of its sender; `None` if none has come.
    pub updated: Option<Timestamp>,
    /// How far the clock of `updated` is ahead of the cluster's, by the agent's events; 0 where that was not measured.
    pub ahead: Nanoseconds,
    /// Message of its newest status; empty if it has none.
    pub message: String,
    /// Id of the executor that runs it.
    pub executor: ExecutorId,
    /// The agent that it runs on.
    pub agent: AgentId,
    /// Whether the master lists it, so that it has a page.
    pub known: bool,
}

/// Resource limits of tasks, by task id: names and amounts, infinite for no limit.
pub type TaskLimits = Vec<(TaskId, Vec<(String, f64)>)>;

/// Merges the master's tasks with those that only the agent reports, each once, the newest first. The stage is the
/// agent's, which knows it best; `limits` are those of the master's tasks.
pub fn merge_tasks(rows: &[TaskRow], limits: &TaskLimits, works: &[AgentTask], agent: &AgentId) -> Vec<ExecutorTask> {
    let by_agent: HashMap<(&str, &str), &AgentTask> =
        works.iter().map(|work| ((work.framework.as_str(), work.id.as_str()), work)).collect();
    let mut known: HashSet<(&str, &str)> = HashSet::new();
    let mut all: Vec<ExecutorTask> = Vec::new();
    for row in rows {
        let key = (row.framework.as_str(), row.id.as_str());
        known.insert(key);
        // A live task's state may be newer at the agent, and an id that is used again is another task's.
        let work = by_agent.get(&key).filter(|_| row.section == MasterTaskList::Live);
        let reported = limits.iter().find(|(id, _)| *id == row.id).map(|(_, limits)| limits);
        let limits = reported.or_else(|| work.map(|work| &work.limits)).cloned().unwrap_or_default();
        all.push(ExecutorTask { limits, ..of_row(row, work.map_or(stage(row), |work| work.stage)) });
    }
    let unknown = works.iter().filter(|work| !known.contains(&(work.framework.as_str(), work.id.as_str())));
    all.extend(unknown.map(|work| of_work(work, agent)));
    order::sorted(all, |a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)))
}

const fn stage(row: &TaskRow) -> TaskStage {
    match (row.section, row.state) {
        (MasterTaskList::Completed, _) => TaskStage::Completed,
        (MasterTaskList::Live, TaskState::Staging) => TaskStage::Queued,
        (MasterTaskList::Live | MasterTaskList::Unreachable, _) => TaskStage::Running,
    }
}

fn of_row(row: &TaskRow, stage: TaskStage) -> ExecutorTask {
    ExecutorTask {
        framework: row.framework.clone(),
        id: row.id.clone(),
        name: row.name.clone(),
        stage,
        state: row.state,
        used: row.used,
        limits: Vec::new(),
        role: row.role.clone(),
        healthy: row.healthy,
        updated: row.updated,
        ahead: row.updated_ahead(),
        message: row.message.clone(),
        executor: row.executor.clone(),
        agent: row.agent.clone(),
        known: true,
    }
}

fn of_work(work: &AgentTask, agent: &AgentId) -> ExecutorTask {
    ExecutorTask {
        framework: work.framework.as_str().into(),
        id: work.id.as_str().into(),
        name: work.name.clone(),
        stage: work.stage,
        state: work.state,
        used: Some(work.used),
        limits: work.limits.clone(),
        role: Some(work.role.clone()),
        healthy: work.healthy,
        updated: work.updated,
        ahead: Nanoseconds(0),
        message: work.message.clone(),
        executor: work.executor.as_str().into(),
        agent: agent.clone(),
        known: false,
    }
}

/// Asks for a framework on one agent. Absent if the cluster knows neither the agent nor a task that it had of the framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFrameworkQuery(pub AgentId, pub FrameworkId);

impl View for AgentFrameworkQuery {
    type Answer = Result<AgentFrameworkDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        agent_framework(sources.cluster, &self.0, &self.1).ok_or_else(|| sources.cluster.into())
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Executors]
    }
}

/// The framework on the agent.
fn agent_framework(cluster: &Cluster, agent: &AgentId, framework: &FrameworkId) -> Option<AgentFrameworkDetail> {
    let there = tasks_of(cluster, agent, framework, |_| true);
    if there.is_empty() && (cluster.agent(agent).is_none() || cluster.arriving()) {
        return None;
    }
    let with_tasks = |row: ExecutorRow| {
        let its_own = there.iter().copied().filter(|task| task.executor() == row.id.as_str()).collect::<Vec<_>>();
        let sum = [row.used, used(&its_own)].into_iter().sum();
        (row, sum)
    };
    let rows: Vec<_> = cluster.executors_at(agent, framework).map(executors::row).map(with_tasks).collect();
    let own = rows.iter().map(|(row, _)| row.used);
    Some(AgentFrameworkDetail {
        hostname: cluster.hostname(agent).to_owned(),
        framework_name: name_of(cluster, framework),
        used: own.chain([used(&there)]).sum(),
        executors: order::sorted(rows, |(a, _), (b, _)| a.id.cmp(&b.id)),
        roles: cluster.framework(framework).map(|framework| framework.roles.clone()).unwrap_or_default(),
        tasks: listed(cluster, &there),
    })
}

/// Asks for one executor. Absent if the cluster knows neither the agent nor a task of the executor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorQuery(pub ExecutorKey);

impl View for ExecutorQuery {
    type Answer = Result<ExecutorDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        executor(sources.cluster, &self.0).ok_or_else(|| sources.cluster.into())
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Executors]
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let detail = answer.as_ref().ok()?;
        Unreadable::of(
            PageKind::Executor,
            || format!("{} {}", detail.reported.framework, detail.reported.id),
            &detail.unreadable,
            &detail.json,
        )
    }
}

/// The executor of that key.
fn executor(cluster: &Cluster, key: &ExecutorKey) -> Option<ExecutorDetail> {
    let ExecutorKey { agent, framework, executor } = key;
    let there = tasks_of(cluster, agent, framework, |task| task.executor() == executor.as_str());
    if there.is_empty() && (cluster.agent(agent).is_none() || cluster.arriving()) {
        return None;
    }
    let placed = cluster.executors_at(agent, framework).find(|placed| placed.id == executor.as_str());
    let json = placed.map(|placed| cluster.json(placed.executor.json)).unwrap_or_default();
    let mut limits = TaskLimits::new();
    let runs = runs(there.iter().take(LOOKED_AT).map(|task| {
        let reported = detail::task(&cluster.task_json(task));
        if !reported.limits.is_empty() {
            limits.push((task.id().into(), reported.limits));
        }
        (reported.containers.into_iter().next().unwrap_or_default(), task.updated())
    }));
    Some(ExecutorDetail {
        hostname: cluster.hostname(agent).to_owned(),
        framework_name: name_of(cluster, framework),
        row: placed.map(executors::row),
        reported: detail::executor(&json),
        used: used(&there),
        // That of a pod's task is nested in it.
        container: runs.first().map(|(container, _)| container.clone()).unwrap_or_default(),
        runs,
        limits,
        tasks: listed(cluster, &there),
        unreadable: if json.is_empty() { Vec::new() } else { wire::misfits::executor_misfits(&json) },
        json,
    })
}

/// Each container once, with the latest of its times; in the order in which they were first reported.
pub fn runs(reported: impl Iterator<Item = (String, Option<Timestamp>)>) -> Vec<(String, Option<Timestamp>)> {
    let mut all: Vec<(String, Option<Timestamp>)> = Vec::new();
    for (container, at) in reported.filter(|(container, _)| !container.is_empty()) {
        match all.iter_mut().find(|(known, _)| *known == container) {
            Some((_, latest)) => *latest = at.max(*latest),
            None => all.push((container, at)),
        }
    }
    all
}

fn name_of(cluster: &Cluster, framework: &FrameworkId) -> String {
    cluster.framework(framework).map(|framework| framework.name.clone()).unwrap_or_default()
}

fn tasks_of<'a>(
    cluster: &'a Cluster,
    agent: &AgentId,
    framework: &FrameworkId,
    is_meant: impl Fn(&Task) -> bool,
) -> Vec<&'a Task> {
    let there = cluster.tasks_of(agent).filter(|task| cluster.framework_id_of(task) == framework.as_str());
    order::sorted(there.filter(|task| is_meant(task)).collect(), |a, b| {
        a.section.cmp(&b.section).then_with(|| tasks::newer(cluster, a, b)).then_with(|| b.serial().cmp(&a.serial()))
    })
}

fn used(tasks: &[&Task]) -> Option<Quantities> {
    live(tasks).map(Task::used).sum()
}

fn live<'a>(tasks: &'a [&Task]) -> impl Iterator<Item = &'a Task> {
    tasks.iter().copied().filter(|task| task.section == MasterTaskList::Live)
}

fn listed(cluster: &Cluster, tasks: &[&Task]) -> TaskRows {
    TaskRows {
        rows: tasks.iter().take(TASKS).map(|task| tasks::row(cluster, task)).collect(),
        known: u32::try_from(tasks.len()).unwrap_or(u32::MAX),
        live: u32::try_from(live(tasks).count()).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_once() {
        let reported = [("b", 5), ("a", 9), ("", 7), ("b", 8)];
        let reported = reported.map(|(container, at)| (container.to_owned(), Some(Timestamp(at))));
        assert_eq!(
            runs(reported.into_iter()),
            [("b".to_owned(), Some(Timestamp(8))), ("a".to_owned(), Some(Timestamp(9)))]
        );
    }
}
