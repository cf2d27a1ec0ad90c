//! The states of a task (include/mesos/v1/mesos.proto, TaskState).

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// What a task is doing, or how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TaskState {
    Staging,
    Starting,
    Running,
    Killing,
    Unreachable,
    Finished,
    Failed,
    Killed,
    Error,
    Lost,
    Dropped,
    Gone,
    GoneByOperator,
    /// Mesos' own TASK_UNKNOWN: the master does not know the task.
    Unknown,
    /// A state that this build has no name for; its name stands in the object's JSON.
    #[default]
    Unrecognised,
}

impl TaskState {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 15] = [
        Self::Staging,
        Self::Starting,
        Self::Running,
        Self::Killing,
        Self::Unreachable,
        Self::Finished,
        Self::Failed,
        Self::Killed,
        Self::Error,
        Self::Lost,
        Self::Dropped,
        Self::Gone,
        Self::GoneByOperator,
        Self::Unknown,
        Self::Unrecognised,
    ];

    /// Reads Mesos' name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "TASK_STAGING" => Self::Staging,
            "TASK_STARTING" => Self::Starting,
            "TASK_RUNNING" => Self::Running,
            "TASK_KILLING" => Self::Killing,
            "TASK_UNREACHABLE" => Self::Unreachable,
            "TASK_FINISHED" => Self::Finished,
            "TASK_FAILED" => Self::Failed,
            "TASK_KILLED" => Self::Killed,
            "TASK_ERROR" => Self::Error,
            "TASK_LOST" => Self::Lost,
            "TASK_DROPPED" => Self::Dropped,
            "TASK_GONE" => Self::Gone,
            "TASK_GONE_BY_OPERATOR" => Self::GoneByOperator,
            "TASK_UNKNOWN" => Self::Unknown,
            _ => Self::Unrecognised,
        }
    }

    /// Mesos' name; a state that this build has no name for has none.
    pub const fn mesos_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Staging => "TASK_STAGING",
            Self::Starting => "TASK_STARTING",
            Self::Running => "TASK_RUNNING",
            Self::Killing => "TASK_KILLING",
            Self::Unreachable => "TASK_UNREACHABLE",
            Self::Finished => "TASK_FINISHED",
            Self::Failed => "TASK_FAILED",
            Self::Killed => "TASK_KILLED",
            Self::Error => "TASK_ERROR",
            Self::Lost => "TASK_LOST",
            Self::Dropped => "TASK_DROPPED",
            Self::Gone => "TASK_GONE",
            Self::GoneByOperator => "TASK_GONE_BY_OPERATOR",
            Self::Unknown => "TASK_UNKNOWN",
            Self::Unrecognised => return None,
        })
    }

    /// The word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Killing => "killing",
            Self::Unreachable => "unreachable",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Killed => "killed",
            Self::Error => "error",
            Self::Lost => "lost",
            Self::Dropped => "dropped",
            Self::Gone => "gone",
            Self::GoneByOperator => "gone by operator",
            Self::Unknown => "unknown",
            Self::Unrecognised => "unrecognised",
        }
    }

    /// Whether the task has ended for good (src/common/protobuf_utils.cpp, isTerminalState). TASK_UNREACHABLE and TASK_UNKNOWN are not.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Finished
            | Self::Failed
            | Self::Killed
            | Self::Error
            | Self::Lost
            | Self::Dropped
            | Self::Gone
            | Self::GoneByOperator => true,
            Self::Staging
            | Self::Starting
            | Self::Running
            | Self::Killing
            | Self::Unreachable
            | Self::Unknown
            | Self::Unrecognised => false,
        }
    }

    /// Whether it ended in a way that somebody should look at.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Error | Self::Lost | Self::Dropped)
    }
}

impl<'de> Deserialize<'de> for TaskState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(StateVisitor)
        } else {
            deserializer.deserialize_u8(StateVisitor)
        }
    }
}

struct StateVisitor;

impl<'de> Visitor<'de> for StateVisitor {
    type Value = TaskState;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a task's state")
    }
    fn visit_str<E>(self, name: &str) -> Result<TaskState, E> {
        Ok(TaskState::from_name(name))
    }
    /// Between worker and page it is a number.
    fn visit_u64<E>(self, number: u64) -> Result<TaskState, E> {
        Ok(usize::try_from(number).ok().and_then(|number| TaskState::ALL.get(number).copied()).unwrap_or_default())
    }
    fn visit_unit<E>(self) -> Result<TaskState, E> {
        Ok(TaskState::Unrecognised)
    }
    /// A name that the v1 API lacks comes as `{}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TaskState, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(TaskState::Unrecognised)
    }
}

impl Serialize for TaskState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}
