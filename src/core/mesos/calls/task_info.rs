//! A task as LAUNCH describes it: a command without an executor of its own. Knows no offers.

use serde::Serialize;
use serde_json::{Value, json};

use super::command::{CommandInfo, ContainerInfo};
use super::resource::{Resource, UnknownFields};
use super::values::{Labels, Valued};
use crate::base::ids::{AgentId, TaskId};
use crate::base::units::Nanoseconds;

/// A task of a command. The agent runs it in Mesos' own executor, whose id is the task's.
///
/// It always has a command: a master answers a task without one with TASK_ERROR.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TaskInfo {
    /// Name for people.
    pub name: String,
    /// Id of the task, unique among the framework's active tasks.
    pub task_id: Valued<TaskId>,
    /// Agent that the offers are from.
    pub agent_id: Valued<AgentId>,
    /// Resources of the offers that the task takes.
    pub resources: Vec<Resource>,
    /// What to run.
    pub command: CommandInfo,
    /// Container to run it in; `None` for one without an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerInfo>,
    /// Labels of the task; `None` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// How it is killed; `None` for the executor's default of 3 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kill_policy: Option<KillPolicy>,
    /// Time after which the executor kills it, as TASK_FAILED; `None` for no limit. Since Mesos 1.7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_time: Option<NanosecondsInfo>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// How a task is killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KillPolicy {
    /// Time between SIGTERM and SIGKILL.
    pub grace_period: NanosecondsInfo,
}

/// A length of time (DurationInfo), always in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NanosecondsInfo {
    /// The length.
    pub nanoseconds: i64,
}

impl From<Nanoseconds> for NanosecondsInfo {
    fn from(length: Nanoseconds) -> Self {
        Self { nanoseconds: length.0.max(0) }
    }
}

impl From<Nanoseconds> for KillPolicy {
    fn from(grace_period: Nanoseconds) -> Self {
        Self { grace_period: grace_period.into() }
    }
}

impl ContainerInfo {
    /// A container of Mesos' own with the root file system of a Docker image, as `alpine:3`.
    pub fn with_docker_image(name: &str) -> Self {
        let image = json!({"image": {"type": "DOCKER", "docker": {"name": name}}});
        let mut container = Self { kind: "MESOS".to_owned(), ..Self::default() };
        container.rest.insert("mesos".to_owned(), image);
        container
    }

    /// A container that Docker's daemon runs from an image, as `alpine:3`, in the agent's network.
    pub fn of_docker(image: &str) -> Self {
        let mut container = Self { kind: "DOCKER".to_owned(), ..Self::default() };
        container.rest.insert("docker".to_owned(), json!({"image": image}));
        container
    }
}

impl Resource {
    /// The resource as a task takes it from an offer to that role.
    pub fn allocated(mut self, role: &str) -> Self {
        self.allocation_info = Some(super::resource::AllocationInfo { role: Some(role.into()), ..Default::default() });
        self
    }
}

/// A message as JSON.
pub(super) fn as_value(info: &impl Serialize) -> Value {
    serde_json::to_value(info).unwrap_or_default()
}
