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
use crate::mesos::wire::detail::DetailedStatus;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::state::TaskState;
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

impl TaskDetail {
    /// How the task failed; `None` if it did not.
    pub fn failure(&self) -> Option<FailureDetail> {
        let row = &self.row;
        let newest = FailureDetail {
            state: row.state,
            reason: row.reason.clone(),
            message: row.message.clone(),
            at: row.updated,
            is_by_cluster: row.is_by_cluster,
            ..FailureDetail::default()
        };
        has_failed(row.state, row.healthy).then(|| newest.completed(&self.reported.history))
    }
}

impl FailureDetail {
    /// Adds what only the statuses before the newest one say.
    fn completed(mut self, history: &[DetailedStatus]) -> Self {
        let of_state = || history.iter().rev().filter(|status| status.state == self.state);
        // The newest status, as of a reconciliation, may have no reason.
        let reason = of_state().map(|status| &status.reason).find(|reason| !reason.is_empty());
        let limitation = of_state().map(|status| &status.limitation).find(|limits| !limits.is_empty());
        let has_run = history.iter().any(|status| !status.container.is_empty());
        let (reason, limitation) = (reason.cloned(), limitation.cloned().unwrap_or_default());
        self.never_started = matches!(self.state, TaskState::Error | TaskState::Dropped) && !has_run;
        self.limitation = limitation;
        if self.reason.is_empty() {
            self.reason = reason.unwrap_or_default();
        }
        self
    }
}

/// Whether a task failed or was lost, or was killed while it was unhealthy.
const fn has_failed(state: TaskState, healthy: Option<bool>) -> bool {
    match state {
        TaskState::Failed
        | TaskState::Error
        | TaskState::Lost
        | TaskState::Dropped
        | TaskState::Gone
        | TaskState::GoneByOperator
        | TaskState::Unreachable => true,
        TaskState::Killed => matches!(healthy, Some(false)),
        TaskState::Staging
        | TaskState::Starting
        | TaskState::Running
        | TaskState::Killing
        | TaskState::Finished
        | TaskState::Unknown
        | TaskState::Unrecognised => false,
    }
}

/// How a task failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FailureDetail {
    /// The state that the task failed with.
    pub state: TaskState,
    /// Reason of that state, without `REASON_`; empty if it has none.
    pub reason: String,
    /// Message of the newest status; empty if it has none.
    pub message: String,
    /// Time of the newest status; `None` if not known.
    pub at: Option<Timestamp>,
    /// Whether `at` is by the cluster's clock, else by the agent's.
    pub is_by_cluster: bool,
    /// Limit of each resource whose excess ended the task; empty for other causes.
    pub limitation: Vec<(String, f64)>,
    /// Whether the task never had a container, so that it has no files.
    pub never_started: bool,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: TaskState, reason: &str, container: &str) -> DetailedStatus {
        let history = serde_json::json!({"statuses": [{
            "state": state.mesos_name(),
            "reason": format!("REASON_{reason}"),
            "container_status": {"container_id": {"value": container}},
        }]});
        let mut status = detail::task(&history.to_string()).history.remove(0);
        status.reason = reason.to_owned();
        status
    }

    #[test]
    fn a_failure_is_explained_by_the_statuses_of_its_state() {
        let limited = DetailedStatus {
            limitation: vec![("mem".to_owned(), 64.0)],
            ..status(TaskState::Failed, "CONTAINER_LIMITATION_MEMORY", "c")
        };
        let running = status(TaskState::Running, "TASK_HEALTH_CHECK_STATUS_UPDATED", "c");
        let newest = FailureDetail { state: TaskState::Failed, ..FailureDetail::default() };
        let failure = newest.clone().completed(&[running.clone(), limited.clone(), status(TaskState::Failed, "", "c")]);
        assert_eq!(failure.reason, "CONTAINER_LIMITATION_MEMORY");
        assert_eq!((failure.limitation, failure.never_started), (vec![("mem".to_owned(), 64.0)], false));
        assert_eq!(newest.clone().completed(&[running]).reason, "", "the reason of another state explains nothing");
        let own = FailureDetail { reason: "OWN".to_owned(), ..newest }.completed(&[limited]);
        assert_eq!(own.reason, "OWN");
    }

    #[test]
    fn a_task_without_a_container_never_started() {
        let failure = |state, container: &str| {
            FailureDetail { state, ..FailureDetail::default() }.completed(&[status(state, "", container)]).never_started
        };
        assert!(failure(TaskState::Error, "") && failure(TaskState::Dropped, ""));
        assert!(!failure(TaskState::Error, "c") && !failure(TaskState::Failed, ""));
    }

    #[test]
    fn which_states_are_failures() {
        let failed: Vec<&str> =
            TaskState::ALL.into_iter().filter(|state| has_failed(*state, None)).map(TaskState::name).collect();
        assert_eq!(failed, ["unreachable", "failed", "error", "lost", "dropped", "gone", "gone by operator"]);
        assert!(has_failed(TaskState::Killed, Some(false)) && !has_failed(TaskState::Running, Some(false)));
    }
}
