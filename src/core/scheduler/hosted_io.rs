//! What pages and the host say to the frameworks of this browser, and what these want done.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::io::SchedulerOutput;
use super::numbers::{CallNumber, StreamNumber};
use super::run::{RunFramework, RunId, RunRequest};
use crate::base::ids::TaskId;
use crate::checks::disconnect::DisconnectReason;
use crate::mesos::calls::answer::CallError;

/// This browser's name for a framework: the id of its first run. It has one before the master has given it an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FrameworkKey(pub RunId);

/// What a user wants of the frameworks of this browser. Nothing here happens without a click.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RunMessage {
    /// Run a command. A request whose id is known already is ignored.
    Begin(Box<BeginRun>),
    /// End all tasks of a run; those that wait are cancelled.
    KillRun(RunId),
    /// End a task, or cancel it if it waits.
    KillTask(RunId, TaskId),
    /// End a framework with all its tasks.
    TearDown(FrameworkKey),
    /// Let a framework's stream go. Its tasks go on until its failover timeout has passed.
    Leave(FrameworkKey),
    /// Subscribe again: after `Leave`, or after another scheduler took it.
    Resume(FrameworkKey),
    /// Whether a framework stays when its last run has ended.
    Keep(FrameworkKey, bool),
    /// Take a framework that has ended off the list, with its runs.
    Forget(FrameworkKey),
}

/// A run to begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeginRun {
    /// The framework that runs it. One that is described alike and takes runs is used; otherwise there is a new one.
    pub framework: RunFramework,
    /// The run. Its id is new: the page draws it.
    pub request: RunRequest,
    /// A run that this one repeats: what is `HIDDEN` is taken from it. A run that still lacks something launches nothing.
    pub repeats: Option<RunId>,
}

/// One thing that happened to a framework of this browser.
#[derive(Debug)]
pub enum HostedInput<'a> {
    /// The master answered 200, with this `Mesos-Stream-Id`.
    StreamOpened(StreamNumber, &'a str),
    /// The stream's next bytes.
    StreamChunk(StreamNumber, &'a [u8]),
    /// The stream could not be opened, or has ended.
    StreamEnded(StreamNumber, DisconnectReason),
    /// A call was answered, or will not be.
    CallAnswered(CallNumber, Result<(), CallFailure>),
    /// The browser had kept this framework, and no other worker has it: it is this one's from now on.
    Claimed(&'a [u8]),
    /// Another worker of this browser has claimed it.
    TakenOver,
}

/// Why a call was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// An answer that is none of Mesos', or a refusal.
    Answer(CallError),
    /// No answer: the connection broke, or there was none.
    NoConnection,
}

/// One thing to do for a framework of this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostedOutput {
    /// Open or close its stream, or send a call: after what was to be kept before is kept.
    Do(FrameworkKey, SchedulerOutput),
    /// Keep this, under a claim that others respect; it takes the place of what was kept before.
    Keep(FrameworkKey, Vec<u8>),
    /// Keep it no more.
    Discard(FrameworkKey),
    /// Give up the claim: another worker may have it.
    Release(FrameworkKey),
    /// Whether pages are open has changed: without any the worker is about to end, and its claims with it.
    Pages(bool),
    /// Claim what is kept under this scope, now and from time to time. What is kept from now on belongs to it.
    Scope(String),
}

/// How the browser keeps frameworks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepingState {
    /// The browser refuses to keep anything: a reload loses all frameworks.
    pub is_refused: bool,
    /// Frameworks of this browser that another tab has: only there they can be seen.
    pub elsewhere: BTreeSet<FrameworkKey>,
}
