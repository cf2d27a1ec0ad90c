//! Tasks as an answer to GET_TASKS has them: an update that the master never sent is in that answer alone (MESOS-8469, MESOS-9000).
//!
//! The answer may be ahead of the stream. So a task is changed a while later, if no event of it has come since the answer was
//! asked for: what is only late tells it better.

use std::collections::BTreeSet;

use super::task::MasterTaskList;
use super::tasks::RowId;
use crate::base::ids::TaskKey;
use crate::base::units::Timestamp;
use crate::mesos::wire::state::TaskState;

/// A read of all tasks: under way, or answered and not applied yet.
#[derive(Debug, Default)]
pub(super) struct Reread {
    /// Tasks of which an event came since it was asked for.
    pub(super) changed: BTreeSet<TaskKey>,
    /// Rows of tasks that the answer lists, and not as ended.
    pub(super) seen: BTreeSet<RowId>,
    /// Tasks that differ between the answer and the copy, in the answer's order.
    pub(super) found: Vec<RereadTask>,
    /// When it may be applied; `None` before it is whole.
    pub(super) due: Option<Timestamp>,
}

#[derive(Debug)]
pub(super) struct RereadTask {
    pub(super) key: TaskKey,
    pub(super) section: MasterTaskList,
    /// As it was sent, and is to be kept.
    pub(super) sent: Vec<u8>,
}

/// Statuses of a task that was taken over from an answer. The stream may still bring them, for an event may be later than any wait
/// for it.
#[derive(Debug)]
pub(super) struct TakenOver {
    /// States and times of its statuses.
    pub(super) statuses: Vec<(TaskState, Option<Timestamp>)>,
    /// Whether the stream had not brought the task at all.
    pub(super) is_new: bool,
}

impl TakenOver {
    /// Whether the answer had this status, or a newer one of its state in its place.
    fn has(&self, state: TaskState, at: Option<Timestamp>) -> bool {
        self.statuses.iter().any(|(known, time)| *known == state && *time >= at)
    }

    /// Whether a status is known from the answer; and whether others that are may still come.
    pub(super) fn take(&self, state: TaskState, at: Option<Timestamp>) -> (bool, bool) {
        let is_known = self.has(state, at);
        (is_known, is_known && self.statuses.last() != Some(&(state, at)))
    }
}
