//! One task, with everything that the state knows of it, and its pod's siblings.

use serde::{Deserialize, Serialize};

use super::tasks::{self, TaskRow};
use crate::base::ids::{ExecutorId, TaskKey};
use crate::base::order;
use crate::cluster::Cluster;
use crate::cluster::task::Task;
use crate::mesos::wire::{self, detail};

/// How many siblings a task's page lists.
const SIBLINGS: usize = 50;

/// A task's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    pub row: TaskRow,
    pub executor: ExecutorId,
    pub told: detail::Task,
    /// Other tasks of its executor, of those that the state still knows.
    pub siblings: Vec<TaskRow>,
    /// How many of those there are, listed or not.
    pub siblings_known: u32,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<String>,
    /// The task as the master told it, with the statuses that came since, as JSON.
    pub json: String,
}

/// The task that the key means.
pub fn task(cluster: &Cluster, key: &TaskKey) -> Option<TaskDetail> {
    let task = cluster.task(key)?;
    let json = cluster.task_json(task);
    let (siblings, siblings_known) = siblings(cluster, task);
    Some(TaskDetail {
        row: tasks::row(cluster, task),
        executor: task.executor().into(),
        told: detail::task(&json),
        siblings,
        siblings_known,
        unreadable: wire::shape::task_misfits(&json),
        json,
    })
}

fn siblings(cluster: &Cluster, task: &Task) -> (Vec<TaskRow>, u32) {
    let agent = cluster.agent_of(task);
    let framework = cluster.framework_id_of(task);
    let others = cluster.tasks_of(&agent).filter(|other| {
        other.serial() != task.serial()
            && other.executor() == task.executor()
            && cluster.framework_id_of(other) == framework
    });
    let others = order::sorted(others.collect(), |a: &&Task, b: &&Task| {
        a.section.cmp(&b.section).then_with(|| a.name().cmp(b.name())).then_with(|| a.id().cmp(b.id()))
    });
    let rows = others.iter().take(SIBLINGS).map(|other| tasks::row(cluster, other)).collect();
    (rows, u32::try_from(others.len()).unwrap_or(u32::MAX))
}
