//! A framework on one agent, and one executor, with everything that the state knows of them. What only the agent knows of
//! them is not here: the page asks it.

use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::executors::{self, ExecutorRow};
use super::tasks::{self, TaskRow};
use super::view::Unreadable;
use super::view::{Absent, Sources, View};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::task::{Section, Task};
use crate::cluster::topic::Topic;
use crate::mesos::wire::own::{Stage, Work};
use crate::mesos::wire::state::TaskState;
use crate::mesos::wire::{self, detail};

/// How many tasks a page lists; the counts are of all.
const TASKS: usize = 500;
/// Of how many of them the own JSON is looked at.
const LOOKED_AT: usize = 50;

/// What names an executor in the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorKey {
    pub agent: AgentId,
    pub framework: FrameworkId,
    pub executor: ExecutorId,
}

/// The page of a framework on an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentFrameworkDetail {
    /// Empty if the agent, or the framework, was never reported.
    pub hostname: String,
    pub framework_name: String,
    /// What its live tasks and its listed executors there use.
    pub used: Quantities,
    /// With what their live tasks and they themselves use.
    pub executors: Vec<(ExecutorRow, Quantities)>,
    /// The roles that the framework is in.
    pub roles: Vec<Role>,
    pub tasks: TasksThere,
}

/// An executor's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutorDetail {
    pub hostname: String,
    pub framework_name: String,
    /// Whether it runs, as far as the master tells: it lists no executor that the agent makes for a command task.
    pub row: Option<ExecutorRow>,
    pub reported: detail::Executor,
    /// What its live tasks use.
    pub used: Quantities,
    /// Its container, as its tasks tell it; empty if none does.
    pub container: String,
    /// The containers of all its runs that its tasks tell of, the latest first, and when a task of each was heard of last.
    pub runs: Vec<(String, Option<Timestamp>)>,
    pub tasks: TasksThere,
    /// Of those tasks that have limits, as far as they were looked at.
    pub limits: Limits,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<String>,
    /// The executor as the master reported it, as JSON; empty if it did not.
    pub json: String,
}

/// Tasks of one place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TasksThere {
    /// Live and unreachable ones, then completed ones; the newest first. At most 500.
    pub rows: Vec<TaskRow>,
    /// How many of them all the state knows, and how many of those are live.
    pub known: u32,
    pub live: u32,
}

/// A task of an executor, as far as master and agent tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    pub framework: FrameworkId,
    pub id: TaskId,
    pub name: String,
    pub stage: Stage,
    pub state: TaskState,
    pub used: Quantities,
    /// By resource, what it may use at most; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    pub role: String,
    pub healthy: Option<bool>,
    pub updated: Option<Timestamp>,
    pub message: String,
    pub executor: ExecutorId,
    pub agent: AgentId,
    /// Whether the master knows it, so that it has a page.
    pub known: bool,
}

/// What tasks may use at most, by their ids.
pub type Limits = Vec<(TaskId, Vec<(String, f64)>)>;

/// The master's tasks, and those that only their agent tells of, each once; the newest first. The agent knows best how far
/// a task is, since it starts them. The limits are of the master's tasks.
pub fn together(rows: &[TaskRow], limits: &Limits, works: &[Work], agent: &AgentId) -> Vec<Errand> {
    let by_agent: HashMap<(&str, &str), &Work> =
        works.iter().map(|work| ((work.framework.as_str(), work.id.as_str()), work)).collect();
    let mut known: HashSet<(&str, &str)> = HashSet::new();
    let mut all: Vec<Errand> = Vec::new();
    for row in rows {
        let key = (row.framework.as_str(), row.id.as_str());
        known.insert(key);
        // A live task's state may be newer at the agent, and an id that is used again is another task's.
        let work = by_agent.get(&key).filter(|_| row.section == Section::Live);
        let reported = limits.iter().find(|(id, _)| *id == row.id).map(|(_, limits)| limits);
        let limits = reported.or_else(|| work.map(|work| &work.limits)).cloned().unwrap_or_default();
        all.push(Errand { limits, ..of_row(row, work.map_or(stage(row), |work| work.stage)) });
    }
    let unknown = works.iter().filter(|work| !known.contains(&(work.framework.as_str(), work.id.as_str())));
    all.extend(unknown.map(|work| of_work(work, agent)));
    order::sorted(all, |a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)))
}

const fn stage(row: &TaskRow) -> Stage {
    match (row.section, row.state) {
        (Section::Completed, _) => Stage::Completed,
        (Section::Live, TaskState::Staging) => Stage::Queued,
        (Section::Live | Section::Unreachable, _) => Stage::Running,
    }
}

fn of_row(row: &TaskRow, stage: Stage) -> Errand {
    Errand {
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
        message: row.message.clone(),
        executor: row.executor.clone(),
        agent: row.agent.clone(),
        known: true,
    }
}

fn of_work(work: &Work, agent: &AgentId) -> Errand {
    Errand {
        framework: work.framework.as_str().into(),
        id: work.id.as_str().into(),
        name: work.name.clone(),
        stage: work.stage,
        state: work.state,
        used: work.used,
        limits: work.limits.clone(),
        role: work.role.clone(),
        healthy: work.healthy,
        updated: work.updated,
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
    type Answer = Result<AgentFrameworkDetail, Absent>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        agent_framework(sources.cluster, &self.0, &self.1).ok_or_else(|| sources.cluster.into())
    }

    fn parts(&self) -> &'static [Topic] {
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
        let sum = row.used + used(&its_own);
        (row, sum)
    };
    let rows: Vec<_> = cluster.executors_at(agent, framework).map(executors::row).map(with_tasks).collect();
    let own = rows.iter().fold(Quantities::NONE, |sum, (row, _)| sum + row.used);
    Some(AgentFrameworkDetail {
        hostname: cluster.hostname(agent).to_owned(),
        framework_name: name_of(cluster, framework),
        used: used(&there) + own,
        executors: order::sorted(rows, |(a, _), (b, _)| a.id.cmp(&b.id)),
        roles: cluster.framework(framework).map(|framework| framework.roles.clone()).unwrap_or_default(),
        tasks: listed(cluster, &there),
    })
}

/// Asks for one executor. Absent if the cluster knows neither the agent nor a task of the executor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorQuery(pub ExecutorKey);

impl View for ExecutorQuery {
    type Answer = Result<ExecutorDetail, Absent>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        executor(sources.cluster, &self.0).ok_or_else(|| sources.cluster.into())
    }

    fn parts(&self) -> &'static [Topic] {
        &[Topic::Executors]
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let detail = answer.as_ref().ok()?;
        Unreadable::of(
            "the page of an executor",
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
    let mut limits = Limits::new();
    let runs = runs(there.iter().take(LOOKED_AT).map(|task| {
        let reported = detail::task(&cluster.task_json(task));
        if !reported.limits.is_empty() {
            limits.push((task.id().into(), reported.limits));
        }
        (reported.containers.into_iter().next().unwrap_or_default(), task.updated)
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
        unreadable: if json.is_empty() { Vec::new() } else { wire::shape::executor_misfits(&json) },
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

fn used(tasks: &[&Task]) -> Quantities {
    live(tasks).fold(Quantities::NONE, |sum, task| sum + task.used)
}

fn live<'a>(tasks: &'a [&Task]) -> impl Iterator<Item = &'a Task> {
    tasks.iter().copied().filter(|task| task.section == Section::Live)
}

fn listed(cluster: &Cluster, tasks: &[&Task]) -> TasksThere {
    TasksThere {
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
