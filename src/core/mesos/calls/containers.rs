//! Containers on an agent: listed, launched, waited for, killed, removed. What goes in and out of them is `session`'s.

use crate::mesos::calls::container_path::ContainerPath;
use std::collections::BTreeMap;

use serde::Serialize;

use super::command::{CommandInfo, ContainerInfo};
use super::resource::{Resource, UnknownFields};
use super::values::Scalar;
use super::{AnswerPart, Call, EmptyReply};
use crate::base::ids::{AgentId, ContainerId};
use crate::mesos::wire::agent_api;
use crate::mesos::wire::field::fields;
use crate::mesos::wire::scalar::{Integer, Text};

/// A container that has a parent. Without one, LAUNCH_NESTED_CONTAINER is refused (PROTOCOL.md, "LAUNCH_CONTAINER"), and
/// `RemoveContainer` aborts the agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct NestedContainerId(ContainerPath);

impl NestedContainerId {
    /// A container inside another.
    pub fn new(parent: ContainerPath, value: ContainerId) -> Self {
        Self(ContainerPath { parent: Some(Box::new(parent)), value })
    }
}

/// The container has no parent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("container '{0}' is nested in none")]
pub struct NoParent(pub ContainerId);

impl TryFrom<ContainerPath> for NestedContainerId {
    type Error = NoParent;

    fn try_from(path: ContainerPath) -> Result<Self, NoParent> {
        if path.parent.is_some() { Ok(Self(path)) } else { Err(NoParent(path.value)) }
    }
}

impl From<NestedContainerId> for ContainerPath {
    fn from(nested: NestedContainerId) -> Self {
        nested.0
    }
}

/// The containers of executors, and on demand nested and standalone ones.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GetContainers {
    /// Whether containers nested in executors' containers are listed.
    pub show_nested: bool,
    /// Whether containers without an executor are listed.
    pub show_standalone: bool,
}

impl Call for GetContainers {
    const TYPE: &'static str = "GET_CONTAINERS";
    const FIELD: Option<&'static str> = Some("get_containers");
    const READS: bool = true;
    const MAY_LACK_KEY: bool = true;
    const PARTS: &'static [AnswerPart] = &[AnswerPart::list("containers")];
    type Reply<'a> = agent_api::Containers;
    type To = AgentId;

    fn longest_answer(&self) -> u64 {
        128 << 20
    }
}

/// Launches a container, standalone or nested. Answered by 202 if there is one of that id already.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchContainer {
    /// Id of the new container, chosen by the caller; nested if it has a parent.
    pub container_id: ContainerPath,
    /// Command to run; `None` for the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandInfo>,
    /// Resources of a standalone container; empty for a nested one, which shares its parent's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// Image, terminal and volumes; `None` for a container without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerInfo>,
    /// Limits by resource, beyond the requests in `resources`; empty for none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Scalar>,
}

impl Call for LaunchContainer {
    const TYPE: &'static str = "LAUNCH_CONTAINER";
    const FIELD: Option<&'static str> = Some("launch_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Launches a container inside an executor's. Deprecated: use `LaunchContainer`.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchNestedContainer {
    /// Id of the new container, with those of its parents.
    pub container_id: NestedContainerId,
    /// Command to run; `None` for the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandInfo>,
    /// Image, terminal and volumes; `None` for a container without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerInfo>,
}

impl Call for LaunchNestedContainer {
    const TYPE: &'static str = "LAUNCH_NESTED_CONTAINER";
    const FIELD: Option<&'static str> = Some("launch_nested_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Answers once the container has ended; 404 for an unknown one.
#[derive(Clone, Debug, Serialize)]
pub struct WaitContainer {
    /// The container to wait for, nested or not.
    pub container_id: ContainerPath,
}

/// End of a container (the answer to WAIT_CONTAINER).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerTermination<'a> {
    /// Wait status, as `wait(2)` gives it: exit code 3 is 768, a SIGKILL is 9. `None` if not reported.
    pub exit_status: Option<Integer>,
    /// Task state, as `TASK_FAILED`; empty if not reported.
    pub state: Text<'a>,
    /// Reason of a failure, as `REASON_CONTAINER_LIMITATION`; empty if not reported.
    pub reason: Text<'a>,
    /// Text for people about the end; empty if not reported.
    pub message: Text<'a>,
}

fields! { impl<'de> ContainerTermination<'de>;
    "exit_status" => exit_status,
    "state" => state,
    "reason" => reason,
    "message" => message,
}

/// End of a container, apart from the answer that it was in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerEnd {
    /// Wait status, for `WaitStatus::of`; `None` if not reported.
    pub status: Option<i64>,
    /// Task state, as `TASK_FAILED`; empty if not reported.
    pub state: String,
    /// Reason of a failure, as `REASON_CONTAINER_LIMITATION`; empty if not reported.
    pub reason: String,
    /// Text for people about the end; empty if not reported.
    pub message: String,
}

impl ContainerEnd {
    /// The body of an answer to WAIT_CONTAINER or, of a nested container, WAIT_NESTED_CONTAINER. `None` if it is neither.
    pub fn of(body: &str) -> Option<Self> {
        let standalone = || super::reply::<WaitContainer>(body).ok();
        let (end, _) = super::reply::<WaitNestedContainer>(body).ok().or_else(standalone)?;
        Some(Self {
            status: end.exit_status.map(|status| status.0),
            state: end.state.as_str().to_owned(),
            reason: end.reason.as_str().to_owned(),
            message: end.message.as_str().to_owned(),
        })
    }
}

impl Call for WaitContainer {
    const TYPE: &'static str = "WAIT_CONTAINER";
    const FIELD: Option<&'static str> = Some("wait_container");
    const READS: bool = true;
    type Reply<'a> = ContainerTermination<'a>;
    type To = AgentId;
}

/// Waits for a nested container. Deprecated: use `WaitContainer`.
#[derive(Clone, Debug, Serialize)]
pub struct WaitNestedContainer {
    /// The nested container to wait for.
    pub container_id: NestedContainerId,
}

impl Call for WaitNestedContainer {
    const TYPE: &'static str = "WAIT_NESTED_CONTAINER";
    const FIELD: Option<&'static str> = Some("wait_nested_container");
    const READS: bool = true;
    type Reply<'a> = ContainerTermination<'a>;
    type To = AgentId;
}

/// Sends a signal to a container, SIGKILL if none is named.
#[derive(Clone, Debug, Serialize)]
pub struct KillContainer {
    /// The container to signal, nested or not.
    pub container_id: ContainerPath,
    /// Number of the signal; `None` for SIGKILL (9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

impl Call for KillContainer {
    const TYPE: &'static str = "KILL_CONTAINER";
    const FIELD: Option<&'static str> = Some("kill_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Kills a nested container. Deprecated: use `KillContainer`.
#[derive(Clone, Debug, Serialize)]
pub struct KillNestedContainer {
    /// The nested container to signal.
    pub container_id: NestedContainerId,
    /// Number of the signal; `None` for SIGKILL (9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
}

impl Call for KillNestedContainer {
    const TYPE: &'static str = "KILL_NESTED_CONTAINER";
    const FIELD: Option<&'static str> = Some("kill_nested_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Removes an ended container and its sandbox. Of a container without a parent it aborts the agent (PROTOCOL.md,
/// "Calls that abort Mesos"), so it takes only nested ones.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveContainer {
    container_id: NestedContainerId,
}

impl RemoveContainer {
    /// Builds the call for a nested container.
    pub const fn new(container_id: NestedContainerId) -> Self {
        Self { container_id }
    }
}

impl Call for RemoveContainer {
    const TYPE: &'static str = "REMOVE_CONTAINER";
    const FIELD: Option<&'static str> = Some("remove_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Removes a nested container. Deprecated: use `RemoveContainer`. An unknown container is answered by 200.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveNestedContainer {
    /// The nested container to remove; it must have ended.
    pub container_id: NestedContainerId,
}

impl Call for RemoveNestedContainer {
    const TYPE: &'static str = "REMOVE_NESTED_CONTAINER";
    const FIELD: Option<&'static str> = Some("remove_nested_container");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}

/// Frees the images that no container uses.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PruneImages {
    /// Images that are kept although no container uses them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_images: Vec<Image>,
}

/// An image: its type, and under the type's name in lower case the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Image {
    /// Image format: DOCKER or APPC.
    #[serde(rename = "type")]
    pub kind: String,
    /// Fields under `docker` or `appc`, which name the image; kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl Image {
    /// A Docker image by its name, as `mysql:latest`.
    pub fn docker(name: &str) -> Self {
        let rest = UnknownFields::from_iter([("docker".to_owned(), serde_json::json!({ "name": name }))]);
        Self { kind: "DOCKER".to_owned(), rest }
    }
}

impl Call for PruneImages {
    const TYPE: &'static str = "PRUNE_IMAGES";
    const FIELD: Option<&'static str> = Some("prune_images");
    const READS: bool = false;
    type Reply<'a> = EmptyReply;
    type To = AgentId;
}
