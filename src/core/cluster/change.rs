//! The latest changes, and the latest failures: short rings that the fold fills.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId, TaskId};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::wire::state::TaskState;

const CHANGES: usize = 500;
const FAILURES: usize = 5000;

/// How long a failure counts as recent.
pub const FAILURES_KEPT: Nanoseconds = Nanoseconds::from_secs(600);

/// One change, as the feed shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Time at which the change arrived, by the cluster's clock.
    pub at: Timestamp,
    /// Sequence number since the connection, which distinguishes changes of one moment.
    pub serial: u64,
    /// The object that changed.
    pub subject: Subject,
    /// The change itself.
    pub what: ChangeKind,
}

/// The object that a change is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// A task.
    Task {
        /// The framework that the task belongs to.
        framework: FrameworkId,
        /// The task's id.
        id: TaskId,
        /// The task's name, which need not be unique.
        name: String,
    },
    /// An agent.
    Agent {
        /// The agent's id.
        id: AgentId,
        /// Host name of the agent; empty if it was never reported.
        hostname: String,
    },
    /// A framework.
    Framework {
        /// The framework's id.
        id: FrameworkId,
        /// The framework's name.
        name: String,
    },
}

/// Kind of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChangeKind {
    /// The task entered a state.
    Task {
        /// The task's state after the change.
        state: TaskState,
        /// Message of the status; empty if it has none.
        message: String,
    },
    /// The object was added to the cluster.
    Added,
    /// The object's information was updated.
    Updated,
    /// The object left the cluster.
    Removed,
}

impl Subject {
    /// The kind of object, as one word for filters and the screen.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Task { .. } => "task",
            Self::Agent { .. } => "agent",
            Self::Framework { .. } => "framework",
        }
    }

    /// Its id and its name.
    pub fn named(&self) -> (&str, &str) {
        match self {
            Self::Task { id, name, .. } => (id.as_str(), name),
            Self::Agent { id, hostname } => (id.as_str(), hostname),
            Self::Framework { id, name } => (id.as_str(), name),
        }
    }
}

impl ChangeKind {
    /// The change as one word; for a task, its state.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Task { state, .. } => state.name(),
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Removed => "removed",
        }
    }
}

/// A task that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskFailure {
    /// Time of the failure, by the cluster's clock.
    pub at: Timestamp,
    /// The agent that the task ran on.
    pub agent: AgentId,
    /// Host name of the agent at that time; empty if it was never reported.
    pub hostname: String,
    /// Reason of the failing status, such as `REASON_COMMAND_EXECUTOR_FAILED`; empty if none was reported.
    pub reason: String,
    /// Message of the failing status; empty if it has none.
    pub message: String,
}

#[derive(Debug, Default)]
pub(super) struct ChangeLog {
    changes: VecDeque<Change>,
    failures: VecDeque<TaskFailure>,
    serial: u64,
}

impl ChangeLog {
    pub(super) fn change(&mut self, at: Timestamp, subject: Subject, what: ChangeKind) {
        self.serial += 1;
        self.changes.truncate(CHANGES - 1);
        self.changes.push_front(Change { at, serial: self.serial, subject, what });
    }

    /// Inserts a failure by its time, since a snapshot reports failures in no order of time.
    pub(super) fn failure(&mut self, failure: TaskFailure) {
        let place = self.failures.partition_point(|other| other.at >= failure.at);
        if place < FAILURES {
            self.failures.truncate(FAILURES - 1);
            self.failures.insert(place, failure);
        }
    }

    pub(super) fn forget_failures(&mut self) {
        self.failures.clear();
    }

    /// Newest first.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }

    /// Newest first.
    pub(super) fn failures(&self) -> impl Iterator<Item = &TaskFailure> {
        self.failures.iter()
    }
}
