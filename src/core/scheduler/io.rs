//! What goes into the scheduler, and what comes out of it. The host does the second, and says the first.

use serde::{Deserialize, Serialize};

use super::numbers::{CallNumber, StreamNumber};
use super::run::{RunId, RunRequest};
use crate::base::ids::TaskId;
use crate::base::units::Timestamp;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::CallError;
use crate::mesos::calls::scheduler::{
    MessageToExecutor, OfRoles, ReconcileTasks, RequestResources, SchedulerCall, ShutDownExecutor,
};

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum SchedulerInput<'a> {
    /// The master answered 200, with this `Mesos-Stream-Id`.
    StreamOpened(StreamNumber, &'a str),
    /// The stream's next bytes.
    StreamChunk(StreamNumber, &'a [u8]),
    /// The stream could not be opened, or has ended.
    StreamEnded(StreamNumber, StreamEnd),
    /// A call was answered, or will not be. The host says this once of each call.
    CallAnswered(CallNumber, CallOutcome),
    /// A user wants something.
    Wish(Wish),
    /// Time has passed.
    Tick,
}

/// How a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// An answer that is no stream.
    Refused(Refusal),
    /// No answer, or the end of a stream.
    Closed,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallOutcome {
    /// 202: the master has taken it. It may still fail.
    Accepted,
    /// Another status: the master has not taken it.
    Refused(Refusal),
    /// No master was reached.
    NotSent,
    /// A master may have been reached.
    Unknown,
}

impl CallOutcome {
    /// What became of a call whose answer was judged so.
    pub fn of(judged: Result<(), CallError>) -> Self {
        match judged {
            Ok(()) => Self::Accepted,
            Err(CallError::Refused(refusal)) => Self::Refused(refusal),
            // The gateway refuses for good by 4xx; otherwise it has reached no master.
            Err(CallError::NotSent(refusal)) if (400..500).contains(&refusal.status) => Self::Refused(refusal),
            Err(CallError::NotSent(_)) => Self::NotSent,
            Err(CallError::Intercepted(_) | CallError::Standby) => Self::NotSent,
            Err(CallError::Unclear(_) | CallError::NotMesos { .. } | CallError::TooLong(..)) => Self::Unknown,
        }
    }
}

/// Something that a user wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Run a command. A request whose id is known already is ignored.
    Run(Box<RunRequest>),
    /// End all tasks of a run; those that wait are cancelled.
    KillRun(RunId),
    /// End a task, or cancel it if it waits.
    KillTask(TaskId),
    /// End the framework with all its tasks.
    TearDown,
    /// Let the stream go. The framework's tasks go on until its failover timeout has passed.
    Leave,
    /// Whether the framework stays when its last run has ended.
    Keep(bool),
    /// Subscribe again after `Leave`, after a refusal, although another scheduler has taken the framework, or although its failover
    /// timeout has passed.
    Reclaim,
    /// Make a call that changes nothing of what the scheduler keeps track of.
    Send(ManualCall),
}

/// A call that a user may make by hand.
#[derive(Clone, Debug, PartialEq)]
pub enum ManualCall {
    /// REVIVE.
    Revive(OfRoles),
    /// SUPPRESS.
    Suppress(OfRoles),
    /// RECONCILE.
    Reconcile(ReconcileTasks),
    /// MESSAGE.
    Message(MessageToExecutor),
    /// SHUTDOWN.
    ShutDown(ShutDownExecutor),
    /// REQUEST.
    Request(RequestResources),
}

impl From<ManualCall> for SchedulerCall {
    fn from(call: ManualCall) -> Self {
        match call {
            ManualCall::Revive(of) => Self::Revive(of),
            ManualCall::Suppress(of) => Self::Suppress(of),
            ManualCall::Reconcile(tasks) => Self::Reconcile(tasks),
            ManualCall::Message(message) => Self::Message(message),
            ManualCall::ShutDown(executor) => Self::Shutdown(executor),
            ManualCall::Request(resources) => Self::Request(resources),
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchedulerOutput {
    /// POST these bytes to the scheduler API, without `Mesos-Stream-Id`, and bring the answer's bytes as they come.
    OpenStream {
        /// Number by which inputs name the stream.
        stream: StreamNumber,
        /// The SUBSCRIBE call, as JSON.
        body: Vec<u8>,
    },
    /// Let that stream go.
    CloseStream(StreamNumber),
    /// POST a call.
    Send {
        /// Number by which its answer names it.
        call: CallNumber,
        /// Value of the header `Mesos-Stream-Id`.
        stream_id: String,
        /// The call, as JSON.
        body: Vec<u8>,
        /// Whether it must arrive after the calls before it.
        is_ordered: bool,
    },
    /// Give a `Tick` at that time; it takes the place of the one before.
    WakeAt(Timestamp),
    /// What a page shows has changed.
    Changed,
}
