//! What an agent knows of itself and of the work on it. The master's view of the same objects is in `cluster`.

use serde::Serialize;

use super::{AnswerPart, Call, cluster};
use crate::base::ids::AgentId;
use crate::mesos::wire::agent_api;
use crate::mesos::wire::json_form::JsonForm;

/// The agent itself.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgent;

/// An agent that answers where another one was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct WrongAgent {
    /// Empty if it does not say.
    pub hostname: String,
    /// `None` for one that has not registered.
    pub id: Option<AgentId>,
}

/// Whether GET_AGENT was answered by another agent than the one that was asked: several have had the same address, one after
/// the other. `None` also if the answer cannot be read.
pub fn wrong_agent(asked: &AgentId, answer: &str) -> Option<WrongAgent> {
    let agent_api::AgentIdentity { id, hostname, .. } = agent_api::identity(answer)?;
    let id = AgentId(id);
    let is_other = id != *asked;
    is_other.then(|| WrongAgent { hostname, id: Some(id).filter(|id| !id.as_str().is_empty()) })
}

impl Call for GetAgent {
    const TYPE: &'static str = "GET_AGENT";
    const READS: bool = true;
    type Reply<'a> = agent_api::IdentityReply;
    type To = AgentId;
}

/// All that the agent knows, at one moment.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgentState;

impl Call for GetAgentState {
    const TYPE: &'static str = "GET_STATE";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[
        AnswerPart::always("get_tasks", JsonForm::Object),
        AnswerPart::always("get_executors", JsonForm::Object),
        AnswerPart::always("get_frameworks", JsonForm::Object),
    ];
    type Reply<'a> = agent_api::Runs;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The frameworks that have, or had, work here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgentFrameworks;

impl Call for GetAgentFrameworks {
    const TYPE: &'static str = "GET_FRAMEWORKS";
    const READS: bool = true;
    /// Only `framework_info` of each is filled.
    type Reply<'a> = cluster::FrameworksReply<'a>;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The executors here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgentExecutors;

impl Call for GetAgentExecutors {
    const TYPE: &'static str = "GET_EXECUTORS";
    const READS: bool = true;
    type Reply<'a> = agent_api::AgentExecutors;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        256 << 20
    }
}

/// The tasks here.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetAgentTasks;

impl Call for GetAgentTasks {
    const TYPE: &'static str = "GET_TASKS";
    const READS: bool = true;
    const PARTS: &'static [AnswerPart] = &[
        AnswerPart::list("pending_tasks"),
        AnswerPart::list("queued_tasks"),
        AnswerPart::list("launched_tasks"),
        AnswerPart::list("terminated_tasks"),
        AnswerPart::list("completed_tasks"),
    ];
    type Reply<'a> = agent_api::AgentTasks;
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
            assert_eq!(
                wrong_agent(&"S1".into(), &answer).map(|other| other.to_string()).as_deref(),
                expected,
                "{info}"
            );
        };
        check(r#"{"id":{"value":"S1"},"hostname":"h"}"#, None);
        check(
            r#"{"id":{"value":"S9"},"hostname":"other-host"}"#,
            Some("Another agent answers at this address: other-host (S9)."),
        );
        check(r#"{"id":{"value":"S9"}}"#, Some("Another agent answers at this address: S9."));
        check(r#"{"hostname":"new"}"#, Some("Another agent answers at this address: new, which has not registered."));
        check("{}", Some("Another agent answers at this address: one that has not registered."));
        for unread in ["", "{}", r#"{"type":"GET_FLAGS"}"#, "<html>"] {
            assert_eq!(wrong_agent(&"S1".into(), unread), None, "{unread}");
        }
    }
}
