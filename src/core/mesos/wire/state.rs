//! The states of a task (include/mesos/v1/mesos.proto, TaskState).

use std::borrow::Cow;

use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize, Serializer};

use super::field::{FieldValue, FromAnyJson, Misfits};
use super::json_form::JsonForm;
use super::scalar::is_empty;

/// State of a task (TaskState).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TaskState {
    /// TASK_STAGING: accepted by the master, not yet started by an executor.
    Staging,
    /// TASK_STARTING: the executor is preparing the task.
    Starting,
    /// TASK_RUNNING: the task runs.
    Running,
    /// TASK_KILLING: the task was asked to end, and has not ended yet.
    Killing,
    /// TASK_UNREACHABLE: the master cannot reach the agent; the task may still run.
    Unreachable,
    /// TASK_FINISHED: ended successfully.
    Finished,
    /// TASK_FAILED: ended with a failure.
    Failed,
    /// TASK_KILLED: ended because it was killed.
    Killed,
    /// TASK_ERROR: never started, since its description is invalid.
    Error,
    /// TASK_LOST: lost, as frameworks without PARTITION_AWARE see it; may run again.
    Lost,
    /// TASK_DROPPED: never started, since the launch failed on its way.
    Dropped,
    /// TASK_GONE: ended with its agent, which was terminated or removed; does not run any more.
    Gone,
    /// TASK_GONE_BY_OPERATOR: on an agent that an operator marked gone; assumed not to run.
    GoneByOperator,
    /// Mesos' own TASK_UNKNOWN: the master does not know the task.
    Unknown,
    /// A state that this build does not know; the object's JSON has its name.
    #[default]
    Unrecognised,
}

impl TaskState {
    /// All states in the order of their numbers.
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

    /// Whether it ended in a way that a user should look at.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Error | Self::Lost | Self::Dropped)
    }
}

impl<'de> FromAnyJson<'de> for TaskState {
    const EXPECTED: JsonForm = JsonForm::TaskState;

    fn of_text(name: Cow<'de, str>) -> FieldValue<Self> {
        FieldValue::Expected(Self::from_name(&name))
    }
    /// A name that the v1 API lacks comes as `{}`.
    fn of_map<A: MapAccess<'de>>(map: A, _: &mut Misfits) -> Result<FieldValue<Self>, A::Error> {
        Ok(if is_empty(map)? { FieldValue::Expected(Self::Unrecognised) } else { FieldValue::Unreadable })
    }
}

/// What crosses the worker's border is the state's number.
impl<'de> Deserialize<'de> for TaskState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        Ok(Self::ALL.get(usize::from(number)).copied().unwrap_or_default())
    }
}

impl Serialize for TaskState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}
