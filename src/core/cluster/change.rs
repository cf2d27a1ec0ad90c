//! A change of the cluster: when and how it was seen, of which object, and its two sides. Has no words for it, and keeps none.

use serde::{Deserialize, Serialize};

use super::agent::AgentStatus;
use super::framework::FrameworkStatus;
use super::role::MachineMode;
use super::topic::Topic;
use crate::base::ids::{AgentId, FrameworkId, Role, TaskId};
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::calls::quota::QuotaConfig;
use crate::mesos::wire::state::TaskState;
use crate::mesos::wire::time::Unavailability;

/// One change of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Time at which the change was seen, by the cluster's clock.
    pub at: Timestamp,
    /// How the change became known.
    pub source: ChangeSource,
    /// Sequence number since the page opened, which distinguishes changes of one moment.
    pub serial: u64,
    /// The object that changed.
    pub subject: Subject,
    /// The change itself.
    pub what: ChangeKind,
    /// Reason of a task's status, such as `REASON_COMMAND_EXECUTOR_FAILED`; empty if none was reported.
    pub reason: String,
    /// Message of a task's status; empty if it has none.
    pub message: String,
}

/// How a change became known. Mesos sends events for a few kinds only (PROTOCOL.md, "Events that do not exist").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeSource {
    /// The master sent an event.
    Event,
    /// An answer to a read differs from what was known.
    Read {
        /// The topic that was read.
        topic: Topic,
        /// Time of the read before, so that the change came after it; `None` if that was the snapshot.
        previous: Option<Timestamp>,
    },
    /// The snapshot after a lost connection differs from what was known before.
    Snapshot {
        /// Time at which the connection was lost.
        lost: Timestamp,
    },
}

/// The object that a change is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// A task.
    Task {
        /// The framework that the task belongs to.
        framework: FrameworkId,
        /// The task's id.
        id: TaskId,
        /// The task's name, which need not be unique.
        name: String,
    },
    /// An agent.
    Agent {
        /// The agent's id.
        id: AgentId,
        /// Host name of the agent; empty if it was never reported.
        hostname: String,
    },
    /// A framework.
    Framework {
        /// The framework's id.
        id: FrameworkId,
        /// The framework's name.
        name: String,
    },
    /// A role, whose quota or weight changed.
    Role(Role),
    /// A machine, whose maintenance changed.
    Machine(MachineId),
    /// The leading master, as `host:port`.
    Master(String),
    /// The stream of events from the master.
    Stream,
}

impl Subject {
    /// Its id and its name.
    pub fn named(&self) -> (&str, &str) {
        match self {
            Self::Task { id, name, .. } => (id.as_str(), name),
            Self::Agent { id, hostname } => (id.as_str(), hostname),
            Self::Framework { id, name } => (id.as_str(), name),
            Self::Role(role) => (role.as_str(), role.as_str()),
            Self::Machine(machine) if machine.host().is_empty() => (machine.address(), machine.address()),
            Self::Machine(machine) => (machine.address(), machine.host()),
            Self::Master(address) => (address, address),
            Self::Stream => ("", ""),
        }
    }
}

/// Kind of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeKind {
    /// The object was added to the cluster.
    Added,
    /// The master sent an update of the object in which nothing differs that is kept.
    Updated,
    /// An agent registered again after it was unreachable or restarted, or a framework subscribed again.
    Reregistered,
    /// The object left the cluster.
    Removed,
    /// The object is listed no more, and no event said why.
    Unlisted,
    /// The stream of events came back.
    Reconnected,
    /// A field has another value.
    Field {
        /// The field.
        field: ChangedField,
        /// Value before the change.
        old: ChangeValue,
        /// Value after the change.
        new: ChangeValue,
    },
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedField {
    /// State of a task, an agent or a framework.
    State,
    /// All resources of an agent.
    Resources,
    /// Version of Mesos.
    Version,
    /// An agent's attributes.
    Attributes,
    /// Host name of an agent.
    Hostname,
    /// An agent's libprocess address.
    Address,
    /// Fault domain of an agent.
    Domain,
    /// Name of a framework.
    Name,
    /// Roles that a framework subscribes to.
    Roles,
    /// Quota of a role.
    Quota,
    /// Weight of a role.
    Weight,
    /// Maintenance window of a machine.
    Window,
    /// Maintenance mode of a machine.
    Mode,
    /// The master that leads.
    Leader,
    /// A flag of the master, by name.
    Flag(Box<str>),
}

/// One side of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeValue {
    /// There is none.
    None,
    /// Text as Mesos reports it.
    Text(Box<str>),
    /// A number, such as a weight.
    Number(f64),
    /// Resources.
    Amounts(Quantities),
    /// A quota.
    Quota(Box<QuotaConfig>),
    /// A maintenance window; `None` if a part of it cannot be read.
    Window(Option<Unavailability>),
    /// A maintenance mode.
    Mode(MachineMode),
    /// A task's state.
    Task(TaskState),
    /// An agent's state.
    Agent(AgentStatus),
    /// A framework's state.
    Framework(FrameworkStatus),
}

impl ChangeValue {
    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}
