//! What is due later. Does none of it.

use crate::time::SECOND;
use crate::world::task::State;

/// What has started and is due later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ScheduledStep {
    /// The task in that slot, if it is still that one, goes on to the state.
    Task { slot: u32, serial: u32, to: State },
    /// The master gives a disconnected agent up.
    Lose(u32),
    /// A disconnected, unreachable or recovered agent is back.
    Return(u32),
    /// A framework that was disconnected subscribes again.
    Subscribe(u32),
    /// The time is up that a task has in which its agent drains.
    Drain { slot: u32, serial: u32, stubborn: bool },
    /// The master looks whether an agent has drained, that began to at that time.
    Drained { agent: u32, since: i64 },
    /// The agent of a machine that is up again is back.
    Boot(u32),
}

/// When life's own events are next due.
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
