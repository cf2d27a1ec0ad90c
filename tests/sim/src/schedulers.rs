//! State of the scheduler API: the streams of frameworks, and the commands of their tasks. Changes nothing by itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::world::cause::Cause;
use crate::world::resources::Amount;
use crate::world::task::Status;

/// What happens on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamNews {
    /// JSON of one record.
    Event(Vec<u8>),
    /// The body ends.
    End,
}

/// State of the API.
#[derive(Debug, Default)]
pub(crate) struct Schedulers {
    /// By framework number; only of frameworks that are not completed.
    pub(crate) links: BTreeMap<u32, Link>,
    /// Commands of tasks that agents know, by serial.
    pub(crate) runs: BTreeMap<u32, TaskRun>,
    pub(crate) news: VecDeque<(u64, StreamNews)>,
    pub(crate) streams: u64,
    /// Time of the next allocation, if one is scheduled.
    pub(crate) next_allocation: Option<i64>,
    /// Number of updates to lose, for tests.
    pub(crate) lost_updates: u32,
}

/// What the master keeps of a framework.
#[derive(Debug, Default)]
pub(crate) struct Link {
    pub(crate) stream: Option<(u64, String)>,
    pub(crate) suppressed: BTreeSet<String>,
    pub(crate) filters: Filters,
    /// When the last stream ended.
    pub(crate) since: i64,
}

/// Resources of an agent that a role of a framework has refused for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) amount: Amount,
    pub(crate) until: i64,
}

/// Filters by agent and role.
pub(crate) type Filters = BTreeMap<(u32, String), Filter>;

/// Command of a task, as its agent knows it.
#[derive(Debug)]
pub(crate) struct TaskRun {
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    pub(crate) phase: Phase,
    /// Updates that are not acknowledged, the oldest first. Only the first is sent.
    pub(crate) updates: VecDeque<Update>,
    /// When the first was sent last.
    pub(crate) sent_at: Option<i64>,
    /// Times that it was sent.
    pub(crate) sent: u32,
    pub(crate) grace: i64,
    pub(crate) limit: Option<i64>,
    pub(crate) failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Staging,
    Running,
    Killing,
    Ended,
}

/// Why a container cannot be launched. Names with `missing` are what does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Uri,
    Image,
    /// User that the agent's machine lacks.
    User,
    /// The task has an executor of its own.
    Executor,
}

impl Failure {
    /// Why a task cannot be launched whose commands run as that user unless they name another.
    pub(crate) fn of(task: &Value, user: &str) -> Option<Failure> {
        let user = &task["command"].get("user").and_then(Value::as_str).unwrap_or(user);
        let container = &task["container"];
        let images = [&container["mesos"]["image"]["docker"]["name"], &container["docker"]["image"]];
        let is_missing = |text: &Value| text.as_str().is_some_and(|text| text.contains("missing"));
        let uris = task["command"]["uris"].as_array().into_iter().flatten();
        match () {
            () if user.contains("missing") => Some(Failure::User),
            () if task.get("executor").is_some() => Some(Failure::Executor),
            () if images.into_iter().any(is_missing) => Some(Failure::Image),
            () if uris.into_iter().any(|uri| is_missing(&uri["value"])) => Some(Failure::Uri),
            () => None,
        }
    }

    pub(crate) fn cause(self) -> Cause {
        match self {
            Failure::Uri => Cause::Fetch,
            Failure::Image => Cause::Image,
            Failure::User => Cause::NoUser,
            Failure::Executor => Cause::ExecutorGone,
        }
    }
}

impl TaskRun {
    pub(crate) fn new(
        (framework, agent): (u32, u32),
        grace: i64,
        limit: Option<i64>,
        failure: Option<Failure>,
    ) -> TaskRun {
        let (phase, updates) = (Phase::Staging, VecDeque::new());
        TaskRun { framework, agent, phase, updates, sent_at: None, sent: 0, grace, limit, failure }
    }
}

/// Update of an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    pub(crate) status: Status,
    /// Whether the master knows it.
    pub(crate) is_known: bool,
}
