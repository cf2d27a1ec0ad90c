//! A task: compact, since there are hundreds of thousands. Ids, names, uuids and addresses are derived from its serial.

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
            State::Unreachable => "TASK_UNREACHABLE",
            State::GoneByOperator => "TASK_GONE_BY_OPERATOR",
        }
    }
}

/// One TaskStatus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) state: State,
    pub(crate) cause: Cause,
    pub(crate) at: i64,
}

/// A task has one status a state at most, and no life here has more than five (starting, running, killing, unreachable, its end).
pub(crate) const STATUSES: usize = 5;

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) serial: u32,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    /// Its place in the list that it is in.
    pub(crate) place: u32,
    pub(crate) needs: TaskResources,
    pub(crate) state: State,
    /// Which of its framework's roles it runs in.
    pub(crate) role: u8,
    /// How often its id was used before; each time it ran in a container of its own.
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

    /// Takes a status as Master::updateTask does: one with the last one's state replaces it, and what was lost stays lost, though
    /// its framework is torn down.
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

    /// Forgets what the master said of it, as when its agent returns with what it knows itself.
    pub(crate) fn return_to_agent(&mut self) {
        while self.statuses().last().is_some_and(|status| status.cause.is_the_masters()) {
            self.count -= 1;
        }
        self.state = self.statuses().last().map_or(State::Staging, |status| status.state);
    }

    /// The last status that an executor or agent sent: its state and uuid are in the task too.
    pub(crate) fn reported(&self) -> Option<Status> {
        self.statuses().iter().rev().find(|status| !status.cause.is_the_masters()).copied()
    }

    /// What is derived of it and not stored.
    pub(crate) fn hash(&self, seed: u64) -> u64 {
        mix(seed, u64::from(self.serial))
    }

    /// Whether it does not end when it is reported to: one task in ten.
    pub(crate) fn is_stubborn(&self, seed: u64) -> bool {
        (self.hash(seed) >> 32).is_multiple_of(10)
    }
}
