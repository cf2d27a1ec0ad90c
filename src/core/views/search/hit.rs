//! What a search finds.

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};
use crate::mesos::wire::state::TaskState;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    pub what: Found,
    /// What it is called.
    pub title: String,
    /// What tells it from others: its id, its host, its role.
    pub detail: String,
    /// How well it fits: the larger the better.
    pub score: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Found {
    Agent(AgentId),
    Framework(FrameworkId),
    Task(FrameworkId, TaskId, TaskState),
    Executor(AgentId, FrameworkId, ExecutorId),
    Role(Role),
    /// By its id.
    Offer(String),
    /// By its UUID.
    Operation(String),
    /// By its id, which is unique on its agent and for its role.
    Volume(String),
    /// A machine that is in maintenance, or will be.
    Machine,
}
