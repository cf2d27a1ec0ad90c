//! Tasks as an answer to GET_TASKS has them: an update that the master never sent is in that answer alone (MESOS-8469, MESOS-9000).
//!
//! The answer may be ahead of the stream. So a task is changed a while later, if no event of it has come since the answer was
//! asked for: what is only late tells it better.

use std::collections::BTreeSet;

use super::task::MasterTaskList;
use super::tasks::RowId;
use crate::base::ids::TaskKey;
use crate::base::units::Timestamp;

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
