//! What an agent knows of itself and of the work on it. The master's view of the same objects is in `cluster`.

use serde::{Deserialize, Serialize};

use super::values::DurationInfo;
use super::{Call, cluster};
use crate::base::ids::AgentId;
use crate::mesos::wire;
use crate::mesos::wire::agent::AgentInfo;
use crate::mesos::wire::scalar::Time;

/// The agent itself.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgent;

/// What it says of itself, and how it is being drained, if it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Myself<'a> {
    #[serde(borrow)]
    pub agent_info: AgentInfo<'a>,
    pub drain_config: Option<DrainConfig>,
    pub estimated_drain_start_time: Option<Time>,
}

/// An agent that answers where another one was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Another agent answers at this address: {}.", .0)]
pub struct Stranger(String);

/// Whether GET_AGENT was answered by another agent than the one that was asked: several have had the same address, one after
/// the other. `None` also if the answer cannot be read.
pub fn stranger(asked: &AgentId, answer: &str) -> Option<Stranger> {
    let myself = super::reply::<GetAgent>(answer).ok()?.agent_info;
    let hostname = myself.hostname.as_str();
    match myself.id.as_str() {
        id if id == asked.as_str() => None,
        "" if hostname.is_empty() => Some(Stranger("one that has not registered".to_owned())),
        "" => Some(Stranger(format!("{hostname}, which has not registered"))),
        id if hostname.is_empty() => Some(Stranger(id.to_owned())),
        id => Some(Stranger(format!("{hostname} ({id})"))),
    }
}

/// How an agent is drained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DrainConfig {
    /// In nanoseconds, although DRAIN_AGENT sets it in seconds (PROTOCOL.md, "DRAIN_AGENT").
    pub max_grace_period: Option<DurationInfo>,
    pub mark_gone: bool,
}

impl Call for GetAgent {
    const TYPE: &'static str = "GET_AGENT";
    const READS: bool = true;
    type Reply<'a> = Myself<'a>;
    type To = AgentId;
}

/// All that the agent knows, at one moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetState;

/// The three parts.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct State<'a> {
    #[serde(borrow)]
    pub get_tasks: Tasks<'a>,
    #[serde(borrow)]
    pub get_executors: Executors<'a>,
    #[serde(borrow)]
    pub get_frameworks: cluster::Frameworks<'a>,
}

impl Call for GetState {
    const TYPE: &'static str = "GET_STATE";
    const READS: bool = true;
    type Reply<'a> = State<'a>;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The frameworks that have, or had, work here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetFrameworks;

impl Call for GetFrameworks {
    const TYPE: &'static str = "GET_FRAMEWORKS";
    const READS: bool = true;
    /// Only `framework_info` of each is filled.
    type Reply<'a> = cluster::Frameworks<'a>;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The executors here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetExecutors;

/// Them, without the agent's id, and those that have ended.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Executors<'a> {
    #[serde(borrow)]
    pub executors: Vec<wire::agent::Executor<'a>>,
    #[serde(borrow)]
    pub completed_executors: Vec<wire::agent::Executor<'a>>,
}

impl Call for GetExecutors {
    const TYPE: &'static str = "GET_EXECUTORS";
    const READS: bool = true;
    type Reply<'a> = Executors<'a>;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The tasks here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetTasks;

/// Tasks by how far they are.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Tasks<'a> {
    /// No executor was launched for them yet.
    #[serde(borrow)]
    pub pending_tasks: Vec<wire::task::Task<'a>>,
    /// Their executor has not registered yet.
    #[serde(borrow)]
    pub queued_tasks: Vec<wire::task::Task<'a>>,
    /// With their executor.
    #[serde(borrow)]
    pub launched_tasks: Vec<wire::task::Task<'a>>,
    /// Ended, with updates that wait for an acknowledgement.
    #[serde(borrow)]
    pub terminated_tasks: Vec<wire::task::Task<'a>>,
    /// Ended and acknowledged.
    #[serde(borrow)]
    pub completed_tasks: Vec<wire::task::Task<'a>>,
}

impl Call for GetTasks {
    const TYPE: &'static str = "GET_TASKS";
    const READS: bool = true;
    type Reply<'a> = Tasks<'a>;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_known_by_its_id() {
        let check = |info: &str, expected: Option<&str>| {
            let answer = format!(r#"{{"type":"GET_AGENT","get_agent":{{"agent_info":{info}}}}}"#);
            assert_eq!(stranger(&"S1".into(), &answer).map(|other| other.0).as_deref(), expected, "{info}");
        };
        check(r#"{"id":{"value":"S1"},"hostname":"h"}"#, None);
        check(r#"{"id":{"value":"S9"},"hostname":"other-host"}"#, Some("other-host (S9)"));
        check(r#"{"id":{"value":"S9"}}"#, Some("S9"));
        check(r#"{"hostname":"new"}"#, Some("new, which has not registered"));
        check("{}", Some("one that has not registered"));
        for unread in ["", "{}", r#"{"type":"GET_FLAGS"}"#, "<html>"] {
            assert_eq!(stranger(&"S1".into(), unread), None, "{unread}");
        }
    }
}
