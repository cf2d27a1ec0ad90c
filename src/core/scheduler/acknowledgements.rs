//! Which status updates are to be acknowledged: each once, and those of a task one after another.
//!
//! An agent repeats an update until it is acknowledged, at first after 10 seconds, and holds later ones back (PROTOCOL.md,
//! "Scheduler updates").

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::numbers::CallNumber;
use crate::base::ids::{AgentId, TaskId};
use crate::base::units::{Nanoseconds, Timestamp};

/// A repetition so soon after the acknowledgement has crossed it on its way. Later ones say that it was lost.
const CROSSING: Nanoseconds = Nanoseconds::from_secs(5);
/// Tasks whose last acknowledged update is remembered.
const MOST_TASKS: usize = 20_000;

/// An update to acknowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAcknowledgement {
    /// Agent that sent it.
    pub agent: AgentId,
    /// The update's id, in base64.
    pub uuid: String,
}

/// The updates of all tasks, known or not.
#[derive(Clone, Debug, Default)]
pub struct Acknowledgements {
    tasks: BTreeMap<TaskId, TaskUpdates>,
    /// Tasks with an update that can be acknowledged now.
    ready: BTreeSet<TaskId>,
}

#[derive(Clone, Debug, Default)]
struct TaskUpdates {
    due: VecDeque<DueAcknowledgement>,
    sent: Option<(CallNumber, String)>,
    /// The last that was acknowledged, and when.
    last: Option<(String, Timestamp)>,
}

impl TaskUpdates {
    fn is_idle(&self) -> bool {
        self.due.is_empty() && self.sent.is_none()
    }

    fn awaits(&self, uuid: &str) -> bool {
        self.sent.as_ref().is_some_and(|(_, sent)| sent == uuid) || self.due.iter().any(|due| due.uuid == uuid)
    }
}

impl Acknowledgements {
    /// Takes an update with an id.
    pub fn receive(&mut self, task: &TaskId, due: DueAcknowledgement, now: Timestamp) {
        if self.tasks.len() >= MOST_TASKS && !self.tasks.contains_key(task) {
            self.tasks.retain(|_, updates| !updates.is_idle());
        }
        let updates = self.tasks.entry(task.clone()).or_default();
        let has_crossed =
            updates.last.as_ref().is_some_and(|(uuid, at)| *uuid == due.uuid && now.since(*at) < CROSSING);
        if updates.awaits(&due.uuid) || has_crossed {
            return;
        }
        updates.due.push_back(due);
        if updates.sent.is_none() {
            self.ready.insert(task.clone());
        }
    }

    /// Takes a task whose next update can be acknowledged now, with that update.
    pub fn take_ready(&mut self) -> Option<(TaskId, DueAcknowledgement)> {
        loop {
            let task = self.ready.pop_first()?;
            if let Some(due) = self.tasks.get_mut(&task).and_then(|updates| updates.due.pop_front()) {
                return Some((task, due));
            }
        }
    }

    /// The acknowledgement was sent.
    pub fn sent(&mut self, task: &TaskId, uuid: &str, call: CallNumber) {
        self.tasks.entry(task.clone()).or_default().sent = Some((call, uuid.to_owned()));
    }

    /// Takes the answer of one that was sent. One that was not taken is forgotten: the agent sends the update again.
    pub fn answered(&mut self, task: &TaskId, call: CallNumber, is_taken: bool, now: Timestamp) {
        let Some(updates) = self.tasks.get_mut(task) else { return };
        let Some((_, uuid)) = updates.sent.take_if(|(sent, _)| *sent == call) else { return };
        if is_taken {
            updates.last = Some((uuid, now));
        }
        if !updates.due.is_empty() {
            self.ready.insert(task.clone());
        }
    }

    /// The stream has ended: what is not acknowledged comes again on the next.
    pub fn forget_due(&mut self) {
        self.ready.clear();
        for updates in self.tasks.values_mut() {
            updates.due.clear();
            updates.sent = None;
        }
    }

    /// Whether every update has been acknowledged.
    pub fn is_idle(&self) -> bool {
        self.tasks.values().all(TaskUpdates::is_idle)
    }
}
