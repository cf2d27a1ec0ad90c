//! The page of one task, with its pod's siblings.

use serde::{Deserialize, Serialize};

use super::tasks::{self, TaskRow};
use super::view::Unreadable;
use super::view::{AbsentReason, Sources, View};
use crate::base::ids::{ExecutorId, TaskKey};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::checks::trouble::PageKind;
use crate::cluster::Cluster;
use crate::cluster::task::Task;
use crate::cluster::topic::Topic;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::{self, detail};

/// Maximum number of siblings on a task's page.
const SIBLINGS: usize = 50;

/// A task's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    /// The task as the table of tasks lists it.
    pub row: TaskRow,
    /// Id of its executor; the task's own id if it runs without one.
    pub executor: ExecutorId,
    /// Details from the task's own JSON that the row lacks.
    pub reported: detail::DetailedTask,
    /// Other known tasks of its executor, at most 50.
    pub siblings: Vec<TaskRow>,
    /// Number of those tasks, listed here or not.
    pub siblings_known: u32,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<Misfit>,
    /// The task as the master reported it, with the statuses that came since, as JSON.
    pub json: String,
}

/// Asks for one task, with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskQuery(pub TaskKey);

impl View for TaskQuery {
    type Answer = Result<TaskDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        task(sources.cluster, &self.0).ok_or_else(|| sources.cluster.into())
    }

    // The counts tell of updates that were lost.
    fn topics(&self) -> &'static [Topic] {
        &[Topic::Metrics]
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let detail = answer.as_ref().ok()?;
        Unreadable::of(
            PageKind::Task,
            || format!("{} {}", detail.row.framework, detail.row.id),
            &detail.unreadable,
            &detail.json,
        )
    }
}

/// The task with this key; `None` if the cluster holds no such task.
fn task(cluster: &Cluster, key: &TaskKey) -> Option<TaskDetail> {
    let task = cluster.task(key)?;
    let json = cluster.task_json(task);
    let (siblings, siblings_known) = siblings(cluster, task);
    Some(TaskDetail {
        row: tasks::row(cluster, task),
        executor: task.executor().into(),
        reported: detail::task(&json),
        siblings,
        siblings_known,
        unreadable: wire::misfits::task_misfits(&json),
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
