//! The latest changes, and the latest failures: short rings that the fold fills.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId, TaskId};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::wire::state::TaskState;

const CHANGES: usize = 500;
const FAILURES: usize = 5000;

/// How long a failure is remembered.
pub const FAILURES_KEPT: Nanoseconds = Nanoseconds::from_secs(600);

/// One change, as the feed shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// When it came.
    pub at: Timestamp,
    /// Its number since the connection, which tells it from others of the same moment.
    pub serial: u64,
    pub subject: Subject,
    pub what: What,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    Task { framework: FrameworkId, id: TaskId, name: String },
    Agent { id: AgentId, hostname: String },
    Framework { id: FrameworkId, name: String },
}

/// How it changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// A task is in this state now; the status' message, or nothing.
    Task {
        state: TaskState,
        message: String,
    },
    Added,
    Updated,
    Removed,
}

impl Subject {
    /// What it is, in a word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Task { .. } => "task",
            Self::Agent { .. } => "agent",
            Self::Framework { .. } => "framework",
        }
    }

    /// Its id, and what it is called.
    pub fn named(&self) -> (&str, &str) {
        match self {
            Self::Task { id, name, .. } => (id.as_str(), name),
            Self::Agent { id, hostname } => (id.as_str(), hostname),
            Self::Framework { id, name } => (id.as_str(), name),
        }
    }
}

impl What {
    /// What happened, in a word; of a task its state.
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
pub struct Failure {
    pub at: Timestamp,
    pub agent: AgentId,
    /// The agent's name then; empty if it was never reported.
    pub hostname: String,
    /// As `REASON_COMMAND_EXECUTOR_FAILED`; empty if none was reported.
    pub reason: String,
    pub message: String,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    changes: VecDeque<Change>,
    failures: VecDeque<Failure>,
    serial: u64,
}

impl Log {
    pub(super) fn change(&mut self, at: Timestamp, subject: Subject, what: What) {
        self.serial += 1;
        self.changes.truncate(CHANGES - 1);
        self.changes.push_front(Change { at, serial: self.serial, subject, what });
    }

    /// Failures of a snapshot come in no order of time, so they are placed.
    pub(super) fn failure(&mut self, failure: Failure) {
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
    pub(super) fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.failures.iter()
    }
}
