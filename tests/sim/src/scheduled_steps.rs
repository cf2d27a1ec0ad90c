//! Steps scheduled for later. Performs none of them.

use crate::time::SECOND;
use crate::world::task::State;

/// A step that is due later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ScheduledStep {
    /// Moves the task in a slot to a state, if the serial still matches.
    Task { slot: u32, serial: u32, to: State },
    /// The master gives up a disconnected agent.
    Lose(u32),
    /// A disconnected, unreachable or recovered agent returns.
    Return(u32),
    /// A disconnected framework subscribes again.
    Subscribe(u32),
    /// The time limit of a task on a draining agent expires.
    Drain { slot: u32, serial: u32, stubborn: bool },
    /// The master checks whether an agent is drained; `since` identifies the drain.
    Drained { agent: u32, since: i64 },
    /// The agent of a machine that is up again returns.
    Boot(u32),
    /// A step of the scheduler API.
    Scheduler(SchedulerStep),
}

/// A step of the scheduler API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SchedulerStep {
    /// The allocator offers what is free.
    Allocate,
    /// The executor of a task has started.
    Start(u32),
    /// The command of a task runs.
    Run(u32),
    /// The command of a task ends by itself.
    Exit(u32),
    /// The command of a task has exceeded its time.
    Expire(u32),
    /// The command of a task has ended after a signal: SIGKILL if `is_hard`.
    Die { serial: u32, is_hard: bool, is_expired: bool },
    /// An update that is not acknowledged is sent again; `since` identifies the sending before.
    Repeat { serial: u32, since: i64 },
    /// The failover timeout of a framework has passed; `since` identifies the end of its stream.
    Forget { framework: u32, since: i64 },
}

/// Due times of the background events.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) event: i64,
    pub(crate) agent: i64,
    pub(crate) framework: i64,
    pub(crate) offer: i64,
}

impl Next {
    pub(crate) fn after(now: i64) -> Next {
        Next { event: now, agent: now + 20 * SECOND, framework: now + 45 * SECOND, offer: now }
    }
}
