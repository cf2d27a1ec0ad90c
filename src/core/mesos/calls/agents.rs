//! What an operator does to an agent through the master: drain, deactivate, reactivate, mark gone.
//! Read GET_AGENTS after any of them (PROTOCOL.md, "Events that do not exist").

use serde::Serialize;

use super::values::Valued;
use super::{Call, EmptyReply, LeadingMaster};
use crate::base::ids::AgentId;

/// Ends the agent's tasks and offers it no more, until it is reactivated or, with `mark_gone`, forever.
#[derive(Clone, Debug, Serialize)]
pub struct DrainAgent {
    /// The agent to drain; it may be registered, recovered or unreachable.
    pub agent_id: Valued<AgentId>,
    /// Longest time that tasks get to end; `None` for their own kill policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_grace_period: Option<GracePeriod>,
    /// Takes effect at once, whatever the grace period (PROTOCOL.md, "DRAIN_AGENT").
    pub mark_gone: bool,
}

/// `{"seconds": N}` (google.protobuf.Duration). What comes back in DrainConfig is a `DurationInfo`, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct GracePeriod {
    seconds: u32,
}

impl GracePeriod {
    /// A length in whole seconds.
    pub const fn from_secs(seconds: u32) -> Self {
        Self { seconds }
    }
}

impl Call for DrainAgent {
    const TYPE: &'static str = "DRAIN_AGENT";
    const FIELD: Option<&'static str> = Some("drain_agent");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Offers the agent's resources no more; its tasks go on. May be repeated.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateAgent {
    /// The agent to deactivate.
    pub agent_id: Valued<AgentId>,
}

impl Call for DeactivateAgent {
    const TYPE: &'static str = "DEACTIVATE_AGENT";
    const FIELD: Option<&'static str> = Some("deactivate_agent");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Offers a deactivated or drained agent's resources again.
#[derive(Clone, Debug, Serialize)]
pub struct ReactivateAgent {
    /// The agent to reactivate.
    pub agent_id: Valued<AgentId>,
}

impl Call for ReactivateAgent {
    const TYPE: &'static str = "REACTIVATE_AGENT";
    const FIELD: Option<&'static str> = Some("reactivate_agent");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}

/// Declares that the agent never comes back; its tasks are gone with it. May be repeated, cannot be undone.
#[derive(Clone, Debug, Serialize)]
pub struct MarkAgentGone {
    /// The agent to mark gone; it may be registered, recovered or unreachable.
    pub agent_id: Valued<AgentId>,
}

impl Call for MarkAgentGone {
    const TYPE: &'static str = "MARK_AGENT_GONE";
    const FIELD: Option<&'static str> = Some("mark_agent_gone");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = LeadingMaster;
}
