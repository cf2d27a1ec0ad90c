//! One task, with everything that the state knows of it: its history, container, network, labels, and its pod's siblings.

use serde::{Deserialize, Serialize};

use super::resource::{self, ResourceRow};
use super::tasks::{self, TaskRow};
use crate::cluster::{Cluster, Task, TaskState};
use crate::ids::{ContainerId, ExecutorId, TaskKey};
use crate::units::{Nanoseconds, Timestamp};
use crate::wire::detail::{self, StatusDetail};

/// How many siblings a task's page lists.
const SIBLINGS: usize = 50;

/// A task's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDetail {
    pub row: TaskRow,
    pub executor: ExecutorId,
    pub user: String,
    pub resources: Vec<ResourceRow>,
    /// By resource, what it may use at most; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    pub labels: Vec<(String, String)>,
    /// The name and visibility under which others find it.
    pub discovery: Option<(String, String)>,
    /// Number, name and protocol.
    pub ports: Vec<(i64, String, String)>,
    /// As `DOCKER nginx:1.27`; empty without a container.
    pub container: String,
    /// How long it is given between TERM and KILL.
    pub grace: Option<Nanoseconds>,
    /// As `HTTP, every 10 s`.
    pub health_check: String,
    pub check: String,
    /// The oldest first.
    pub history: Vec<StatusRow>,
    /// The container that it runs in, and that one's parents, outermost first.
    pub containers: Vec<ContainerId>,
    pub addresses: Vec<String>,
    /// Other tasks of its executor, of those that the state still knows.
    pub siblings: Vec<TaskRow>,
    /// The task as the master told it, with the statuses that came since, as JSON.
    pub json: String,
}

/// One status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusRow {
    pub state: TaskState,
    pub at: Option<Timestamp>,
    /// As `EXECUTOR`.
    pub source: String,
    /// As `COMMAND_EXECUTOR_FAILED`.
    pub reason: String,
    pub message: String,
    pub healthy: Option<bool>,
    /// What its check said: `exit code 0`, `HTTP 200`, `TCP succeeded`.
    pub check: String,
}

/// The task that the key means.
pub fn task(cluster: &Cluster, key: &TaskKey) -> Option<TaskDetail> {
    let task = cluster.task(key)?;
    let json = cluster.task_json(task);
    let told: detail::TaskDetail<'_> = serde_json::from_str(&json).unwrap_or_default();
    let container = told.statuses.iter().rev().find_map(|status| status.container_status.as_ref());
    Some(TaskDetail {
        row: tasks::row(cluster, task),
        executor: task.executor().into(),
        user: told.user.as_str().to_owned(),
        resources: told.resources.iter().map(resource::row).collect(),
        limits: told.limits.iter().map(|(name, limit)| (name.as_str().to_owned(), limit.value.0)).collect(),
        labels: labels(&told.labels),
        discovery: told
            .discovery
            .as_ref()
            .map(|found| (found.name.as_str().to_owned(), found.visibility.as_str().to_owned())),
        ports: told.discovery.iter().flat_map(|found| &found.ports.ports).map(port).collect(),
        container: told.container.as_ref().map_or_else(String::new, image),
        grace: told.kill_policy.map(|policy| Nanoseconds(policy.grace_period.nanoseconds.0)),
        health_check: told.health_check.as_ref().map_or_else(String::new, check),
        check: told.check.as_ref().map_or_else(String::new, check),
        history: told.statuses.iter().map(status).collect(),
        containers: container.and_then(|container| container.container_id.as_ref()).map(line_of).unwrap_or_default(),
        addresses: container.map(addresses).unwrap_or_default(),
        siblings: siblings(cluster, task),
        json,
    })
}

/// Labels as pairs.
pub fn labels(labels: &detail::Labels<'_>) -> Vec<(String, String)> {
    labels.labels.iter().map(|label| (label.key.as_str().to_owned(), label.value.as_str().to_owned())).collect()
}

fn port(port: &detail::Port<'_>) -> (i64, String, String) {
    (port.number.0, port.name.as_str().to_owned(), port.protocol.as_str().to_owned())
}

fn image(container: &detail::Container<'_>) -> String {
    let mesos = container.mesos.as_ref().and_then(|mesos| mesos.image.as_ref());
    let mesos = mesos.and_then(|image| image.docker.as_ref().or(image.appc.as_ref())).map(|image| image.name.as_str());
    let docker = container.docker.as_ref().map(|docker| docker.image.as_str());
    [container.kind.as_str(), docker.or(mesos).unwrap_or_default()].join(" ").trim().to_owned()
}

fn check(check: &detail::Check<'_>) -> String {
    let every = check.interval_seconds.length();
    let every = if every.0 > 0 { format!(", every {} s", every.0 as f64 / 1e9) } else { String::new() };
    format!("{}{every}", check.kind.as_str())
}

fn status(told: &StatusDetail<'_>) -> StatusRow {
    let short = |text: &str, prefix: &str| text.strip_prefix(prefix).unwrap_or(text).to_owned();
    StatusRow {
        state: told.state,
        at: told.timestamp.map(|seconds| Timestamp::from_secs_f64(seconds.0)),
        source: short(told.source.as_str(), "SOURCE_"),
        reason: short(told.reason.as_str(), "REASON_"),
        message: told.message.as_str().to_owned(),
        healthy: told.healthy,
        check: told.check_status.as_ref().map_or_else(String::new, checked),
    }
}

fn checked(told: &detail::CheckStatus<'_>) -> String {
    let command = told.command.and_then(|command| command.exit_code).map(|code| format!("exit code {}", code.0));
    let http = told.http.and_then(|http| http.status_code).map(|code| format!("HTTP {}", code.0));
    let tcp =
        told.tcp.and_then(|tcp| tcp.succeeded).map(|ok| format!("TCP {}", if ok { "succeeded" } else { "failed" }));
    command.or(http).or(tcp).unwrap_or_default()
}

fn line_of(id: &detail::ContainerId<'_>) -> Vec<ContainerId> {
    let mut line: Vec<ContainerId> =
        std::iter::successors(Some(id), |id| id.parent.as_deref()).map(|id| id.value.as_str().into()).collect();
    line.reverse();
    line
}

fn addresses(container: &detail::ContainerStatus<'_>) -> Vec<String> {
    let all = container.network_infos.iter().flat_map(|network| {
        network.ip_addresses.iter().map(|address| match network.name.as_str() {
            "" => address.ip_address.as_str().to_owned(),
            name => format!("{} ({name})", address.ip_address.as_str()),
        })
    });
    all.collect()
}

fn siblings(cluster: &Cluster, task: &Task) -> Vec<TaskRow> {
    let agent = cluster.agent_of(task);
    let framework = cluster.framework_id_of(task);
    let others = cluster.tasks_of(&agent).filter(|other| {
        other.serial() != task.serial()
            && other.executor() == task.executor()
            && cluster.framework_id_of(other) == framework
    });
    let mut rows: Vec<TaskRow> = others.take(SIBLINGS).map(|other| tasks::row(cluster, other)).collect();
    rows.sort_by(|a, b| a.section.cmp(&b.section).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id)));
    rows
}
