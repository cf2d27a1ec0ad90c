//! The fields of one task, agent or framework that its page shows beyond those of its row.

use serde::Deserialize;

use super::resource::Resource;
use super::scalar::{Double, DurationSeconds, Id, Integer, Text, Time};
use super::state::TaskState;

/// Of a task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TaskDetail<'a> {
    #[serde(borrow)]
    pub user: Text<'a>,
    #[serde(borrow)]
    pub resources: Vec<Resource<'a>>,
    /// By resource: what it may use at most, where that is more than it was promised.
    #[serde(borrow)]
    pub limits: std::collections::BTreeMap<Text<'a>, Limit>,
    #[serde(borrow)]
    pub labels: Labels<'a>,
    #[serde(borrow)]
    pub discovery: Option<Discovery<'a>>,
    #[serde(borrow)]
    pub container: Option<Container<'a>>,
    pub kill_policy: Option<KillPolicy>,
    #[serde(borrow)]
    pub health_check: Option<Check<'a>>,
    #[serde(borrow)]
    pub check: Option<Check<'a>>,
    #[serde(borrow)]
    pub statuses: Vec<StatusDetail<'a>>,
}

/// A limit: a number, or none (`"Infinity"`).
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Limit {
    pub value: Double,
}

/// `{"labels": [{"key": …, "value": …}]}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Labels<'a> {
    #[serde(borrow)]
    pub labels: Vec<Label<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Label<'a> {
    #[serde(borrow)]
    pub key: Text<'a>,
    #[serde(borrow)]
    pub value: Text<'a>,
}

/// How others find a task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Discovery<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    /// `FRAMEWORK`, `CLUSTER` or `EXTERNAL`.
    #[serde(borrow)]
    pub visibility: Text<'a>,
    #[serde(borrow)]
    pub ports: Ports<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ports<'a> {
    #[serde(borrow)]
    pub ports: Vec<Port<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Port<'a> {
    pub number: Integer,
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub protocol: Text<'a>,
}

/// In what a task runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Container<'a> {
    /// `MESOS` or `DOCKER`.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub docker: Option<Docker<'a>>,
    #[serde(borrow)]
    pub mesos: Option<MesosContainer<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Docker<'a> {
    #[serde(borrow)]
    pub image: Text<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MesosContainer<'a> {
    #[serde(borrow)]
    pub image: Option<Image<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Image<'a> {
    #[serde(borrow)]
    pub docker: Option<Name<'a>>,
    #[serde(borrow)]
    pub appc: Option<Name<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Name<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KillPolicy {
    pub grace_period: Time,
}

/// A check or a health check: what it does, and how often.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Check<'a> {
    /// `COMMAND`, `HTTP` or `TCP`.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    pub interval_seconds: DurationSeconds,
    pub timeout_seconds: DurationSeconds,
    pub consecutive_failures: Integer,
}

/// One status of a task, with all that its timeline shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatusDetail<'a> {
    pub state: TaskState,
    pub timestamp: Option<Double>,
    /// `SOURCE_EXECUTOR`, `SOURCE_AGENT` or `SOURCE_MASTER`.
    #[serde(borrow)]
    pub source: Text<'a>,
    #[serde(borrow)]
    pub reason: Text<'a>,
    #[serde(borrow)]
    pub message: Text<'a>,
    pub healthy: Option<bool>,
    #[serde(borrow)]
    pub check_status: Option<CheckStatus<'a>>,
    #[serde(borrow)]
    pub container_status: Option<ContainerStatus<'a>>,
    #[serde(borrow)]
    pub executor_id: Option<Id<'a>>,
    pub unreachable_time: Option<Time>,
}

/// What a check said last.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CheckStatus<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    pub command: Option<ExitCode>,
    pub http: Option<StatusCode>,
    pub tcp: Option<Succeeded>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExitCode {
    pub exit_code: Option<Integer>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatusCode {
    pub status_code: Option<Integer>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Succeeded {
    pub succeeded: Option<bool>,
}

/// The container that a status was made in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerStatus<'a> {
    #[serde(borrow)]
    pub container_id: Option<ContainerId<'a>>,
    #[serde(borrow)]
    pub network_infos: Vec<NetworkInfo<'a>>,
    pub executor_pid: Option<Integer>,
}

/// A container, inside of another if it has a parent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerId<'a> {
    #[serde(borrow)]
    pub value: Text<'a>,
    #[serde(borrow)]
    pub parent: Option<Box<ContainerId<'a>>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NetworkInfo<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub ip_addresses: Vec<IpAddress<'a>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct IpAddress<'a> {
    #[serde(borrow)]
    pub ip_address: Text<'a>,
}

/// Of an agent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AgentDetail<'a> {
    #[serde(borrow)]
    pub total_resources: Vec<Resource<'a>>,
    #[serde(borrow)]
    pub allocated_resources: Vec<Resource<'a>>,
    #[serde(borrow)]
    pub capabilities: Vec<Capability<'a>>,
    #[serde(borrow)]
    pub resource_providers: Vec<ResourceProvider<'a>>,
    pub drain_info: Option<DrainDetail>,
    pub estimated_drain_start_time: Time,
}

/// A capability; one that the v1 API has no name for comes as `{}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Capability<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResourceProvider<'a> {
    #[serde(borrow)]
    pub resource_provider_info: ResourceProviderInfo<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResourceProviderInfo<'a> {
    #[serde(borrow)]
    pub id: Option<Id<'a>>,
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// How an agent is drained.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DrainDetail {
    pub config: DrainConfig,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DrainConfig {
    pub mark_gone: bool,
    /// Reported in nanoseconds, though it is given in seconds.
    pub max_grace_period: Option<Time>,
}

/// Of a framework.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FrameworkDetail<'a> {
    #[serde(borrow)]
    pub framework_info: FrameworkInfoDetail<'a>,
    #[serde(borrow)]
    pub offer_constraints: Option<&'a serde_json::value::RawValue>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FrameworkInfoDetail<'a> {
    pub checkpoint: bool,
    #[serde(borrow)]
    pub capabilities: Vec<Capability<'a>>,
    #[serde(borrow)]
    pub labels: Labels<'a>,
    #[serde(borrow)]
    pub offer_filters: Option<&'a serde_json::value::RawValue>,
}
