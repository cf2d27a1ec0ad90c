//! Results of a search.

use serde::{Deserialize, Serialize};

use crate::actions::pool::selector::PoolSelector;
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};
use crate::checks::eligibility::DisabledReason;
use crate::mesos::wire::state::TaskState;

/// One result of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The object that was found.
    pub what: HitTarget,
    /// Name of the object, such as a host name or a task's name.
    pub title: String,
    /// Text that distinguishes it from objects with that name: its id, its host, its role.
    pub detail: String,
    /// Relevance: the larger the better.
    pub score: u32,
}

/// The object that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HitTarget {
    /// An agent, by its id.
    Agent(AgentId),
    /// A framework, by its id.
    Framework(FrameworkId),
    /// A task: its framework, its id and its state.
    Task(FrameworkId, TaskId, TaskState),
    /// An executor: its agent, its framework and its id.
    Executor(AgentId, FrameworkId, ExecutorId),
    /// A role, by its full name.
    Role(Role),
    /// An offer, by its id.
    Offer(String),
    /// An operation, by its UUID.
    Operation(String),
    /// A persistent volume, by its id, which is unique on its agent and for its role.
    Volume(String),
    /// A reservation or volume of an agent, as the target of a command: the agent, its host, and which one it is.
    Reserved(AgentId, String, PoolSelector),
    /// A machine that is in maintenance, or will be.
    Machine,
}

/// An object that a command may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandTarget {
    /// The object.
    pub what: HitTarget,
    /// Name of the object, such as a host name; its id if it has no name.
    pub title: String,
    /// Its id; empty for a role.
    pub detail: String,
    /// Why it cannot be changed now; `None` if it can.
    pub disabled_reason: Option<DisabledReason>,
}

impl From<Hit> for CommandTarget {
    fn from(Hit { what, title, detail, .. }: Hit) -> Self {
        Self { what, title, detail, disabled_reason: None }
    }
}
