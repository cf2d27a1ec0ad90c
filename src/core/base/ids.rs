//! Identities as types, so that an agent's id cannot be where a framework's belongs.
//! Says nothing about what an id looks like: Mesos takes any text, and so do these.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// An agent, for as long as its registration lasts.
    AgentId
    /// A framework.
    FrameworkId
    /// A task: unique within its framework, and only while it is active (MESOS-6779).
    TaskId
    /// An executor: unique within its framework on one agent.
    ExecutorId
    /// A container.
    ContainerId
    /// An offer of an agent's resources, or an inverse offer, for as long as it is outstanding.
    OfferId
    /// A role, hierarchical ones with slashes.
    Role
}

/// Identity of a task in the whole cluster, while it is active.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskKey {
    /// The framework that launched the task.
    pub framework: FrameworkId,
    /// The task's id, which is unique only within that framework.
    pub task: TaskId,
}
