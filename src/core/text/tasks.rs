//! Words for tasks.

use super::{count, scalar, span};
use crate::base::ids::{FrameworkId, TaskId};
use crate::base::units::Nanoseconds;

/// Why a task is not found.
pub const NOT_FOUND: &str = "The master keeps the last 1000 completed tasks of each framework by default (flag --max_completed_tasks_per_framework). Or the id is mistyped: ids are unique only within a framework.";

/// A task with its framework, by their ids.
pub fn name(task: &TaskId, framework: &FrameworkId) -> String {
    format!("task {task} of framework {framework}")
}

/// Time between the two signals that end a task.
pub fn kill_policy(grace: Nanoseconds) -> String {
    format!("SIGKILL {} after SIGTERM", span(grace))
}

/// Limits that were exceeded, as `mem 64 MiB`.
pub fn limits(limitation: &[(String, f64)]) -> String {
    limitation.iter().map(|(name, limit)| format!("{name} {}", scalar(name, *limit))).collect::<Vec<_>>().join(", ")
}

/// How many things are left out, as `and 7 more`.
pub fn and_more(rest: usize) -> String {
    format!("and {} more", count(rest as u64))
}
