//! A task: compact, since there are hundreds of thousands. Ids, names, uuids and addresses derive from its serial.

use crate::rng::mix;
use crate::world::cause::Cause;
use crate::world::resources::TaskResources;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Staging,
    Starting,
    Running,
    Killing,
    Finished,
    Failed,
    Killed,
    Lost,
    Dropped,
    Unreachable,
    GoneByOperator,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Staging => "TASK_STAGING",
            State::Starting => "TASK_STARTING",
            State::Running => "TASK_RUNNING",
            State::Killing => "TASK_KILLING",
            State::Finished => "TASK_FINISHED",
            State::Failed => "TASK_FAILED",
            State::Killed => "TASK_KILLED",
            State::Lost => "TASK_LOST",
            State::Dropped => "TASK_DROPPED",
            State::Unreachable => "TASK_UNREACHABLE",
            State::GoneByOperator => "TASK_GONE_BY_OPERATOR",
        }
    }
}

/// A TaskStatus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) state: State,
    pub(crate) cause: Cause,
    pub(crate) at: i64,
}

/// Maximum number of statuses. A task has at most one per state, and here at most starting, running, killing, unreachable and its
/// end.
pub(crate) const STATUSES: usize = 5;

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) serial: u32,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    /// Index in its list.
    pub(crate) place: u32,
    pub(crate) needs: TaskResources,
    pub(crate) state: State,
    /// Index of its role in the framework.
    pub(crate) role: u8,
    /// Number of earlier uses of its id; each had its own container.
    pub(crate) again: u8,
    count: u8,
    statuses: [Status; STATUSES],
}

impl Task {
    pub(crate) fn new(serial: u32, framework: u32, agent: u32, needs: TaskResources, role: u8) -> Task {
        let none = Status { state: State::Staging, cause: Cause::Plain, at: 0 };
        let statuses = [none; STATUSES];
        Task { serial, framework, agent, place: 0, needs, state: State::Staging, role, again: 0, count: 0, statuses }
    }

    pub(crate) fn statuses(&self) -> &[Status] {
        &self.statuses[..usize::from(self.count)]
    }

    /// Applies a status as Master::updateTask does: one of equal state replaces the last, and a lost task stays lost, even on
    /// teardown.
    pub(crate) fn update(&mut self, status: Status) {
        self.state = if self.state == State::Lost { State::Lost } else { status.state };
        let last = usize::from(self.count).checked_sub(1);
        match last {
            Some(last) if self.statuses[last].state == status.state || self.statuses().len() == STATUSES => {
                self.statuses[last] = status;
            }
            _ => {
                self.statuses[usize::from(self.count)] = status;
                self.count += 1;
            }
        }
    }

    /// Removes the master's statuses, as when an agent returns with its own.
    pub(crate) fn return_to_agent(&mut self) {
        while self.statuses().last().is_some_and(|status| status.cause.is_the_masters()) {
            self.count -= 1;
        }
        self.state = self.statuses().last().map_or(State::Staging, |status| status.state);
    }

    /// Last status from an executor or agent: its state and uuid are repeated in the task.
    pub(crate) fn reported(&self) -> Option<Status> {
        self.statuses().iter().rev().find(|status| !status.cause.is_the_masters()).copied()
    }

    /// Hash for derived values.
    pub(crate) fn hash(&self, seed: u64) -> u64 {
        mix(seed, u64::from(self.serial))
    }

    /// Whether it ignores a request to end: one task in ten.
    pub(crate) fn is_stubborn(&self, seed: u64) -> bool {
        (self.hash(seed) >> 32).is_multiple_of(10)
    }
}
