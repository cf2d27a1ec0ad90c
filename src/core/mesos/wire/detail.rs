//! The objects of Mesos as their pages show them, with the fields beyond those of their rows: each object's fields are named once
//! for the pages, here, and once for the tables, in the structs that borrow. What is not as expected is left out, and recorded.

use serde::{Deserialize, Serialize};

use super::pool_resource;
use super::state::TaskState;
use super::tree::{self, JsonTree};
use crate::base::units::{Nanoseconds, Timestamp};

/// Fields of a task that its page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedTask {
    /// User that the task runs as (Task.user); empty if not reported.
    pub user: String,
    /// Resources that the task was launched with.
    pub resources: Vec<DetailedResource>,
    /// Limit of each resource, `mem` and `disk` in MiB; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    /// Keys and values of the task's labels, in Mesos' order; a key may occur twice.
    pub labels: Vec<(String, String)>,
    /// Name and visibility for service discovery (DiscoveryInfo); `None` without any.
    pub discovery: Option<(String, String)>,
    /// Ports for service discovery: number, name and protocol.
    pub ports: Vec<(i64, String, String)>,
    /// Type and image of the container, as `DOCKER nginx:1.27`; empty without a container.
    pub image: String,
    /// Names of the networks that the container joins; otherwise Docker's network mode, as `BRIDGE`.
    pub network: String,
    /// Port mappings, as `host 31000 -> 80/tcp`.
    pub port_mappings: Vec<String>,
    /// Time between SIGTERM and SIGKILL (KillPolicy.grace_period); `None` for the executor's default.
    pub grace: Option<Nanoseconds>,
    /// Health check; `None` without one.
    pub health_check: Option<TaskCheck>,
    /// The task's own check; `None` without one.
    pub check: Option<TaskCheck>,
    /// Statuses that the master keeps, oldest first.
    pub history: Vec<DetailedStatus>,
    /// Ids of the containers around the task, outermost first, its own last.
    pub containers: Vec<String>,
    /// IP addresses of the newest status, each with its network's name in brackets if it has one.
    pub addresses: Vec<String>,
}

/// A check of a task, or of its health.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskCheck {
    /// As `HTTP`.
    pub kind: String,
    /// How often it runs.
    pub seconds: Option<f64>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum CheckResult {
    /// A command's exit code.
    Exit(f64),
    /// A status of HTTP.
    Http(f64),
    /// Whether a connection could be made.
    Tcp(bool),
}

/// One status of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedStatus {
    /// The state that the status reports.
    pub state: TaskState,
    /// Time of the status (TaskStatus.timestamp); `None` if not reported.
    pub at: Option<Timestamp>,
    /// Sender of the status, as `EXECUTOR`.
    pub source: String,
    /// Reason of the status, as `COMMAND_EXECUTOR_FAILED`; empty without one.
    pub reason: String,
    /// Text for people, from the executor, the agent or the master; may be empty.
    pub message: String,
    /// Result of the health check at that time; `None` without one.
    pub healthy: Option<bool>,
    /// Result of the task's check; `None` without one.
    pub check: Option<CheckResult>,
    /// Limit of each resource whose excess ended the task; empty for other causes.
    pub limitation: Vec<(String, f64)>,
    /// Id of the task's container at that time, without its parents.
    pub container: String,
}

/// One resource, with its reservation, allocation and disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedResource {
    /// The resource's name, as `cpus`.
    pub name: String,
    /// Amount of a scalar, `mem` and `disk` in MiB; `None` for ranges and sets.
    pub scalar: Option<f64>,
    /// Ranges or set, as `[31000-31002]`; empty for a scalar.
    pub items: String,
    /// Role of the innermost reservation; empty if unreserved.
    pub reserved_for: String,
    /// Whether the reservation was made while the agent ran, rather than by its flags.
    pub dynamic: bool,
    /// Principal that created the volume, or otherwise made the reservation; empty if not reported.
    pub by: String,
    /// Role that the resource is allocated to; empty if it is not allocated.
    pub allocated_to: String,
    /// Id of the persistent volume; empty if the resource is none.
    pub volume: String,
    /// Path of the volume inside the container; empty if the resource is no volume.
    pub container_path: String,
    /// Disk that the resource is from, as `MOUNT /mnt/a` or `RAW, profile fast`; empty for the agent's root disk.
    pub source: String,
    /// Whether Mesos may take the resource back at any time.
    pub revocable: bool,
    /// Whether several tasks may use the volume at once.
    pub shared: bool,
}

/// Fields of an agent that its page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedAgent {
    /// All resources of the agent, with reservations and volumes (Agent.total_resources).
    pub resources: Vec<DetailedResource>,
    /// Capabilities of the agent, as `MULTI_ROLE`.
    pub capabilities: Vec<String>,
    /// Settings of the drain; `None` unless the agent is being drained or is drained.
    pub drain: Option<DrainConfig>,
}

/// Settings of an agent's drain (DrainConfig).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DrainConfig {
    /// Whether the agent is marked gone when its last task has ended.
    pub mark_gone: bool,
    /// Longest time that tasks get to end; `None` for their own kill policies.
    pub max_grace_period: Option<Nanoseconds>,
    /// Time at which the drain began, as the master estimates it; `None` if not reported.
    pub since: Option<Timestamp>,
}

/// Fields of a framework that its page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedFramework {
    /// Whether agents save the state of its tasks, which then survive a restart of the agent.
    pub checkpoint: bool,
    /// Capabilities of the framework, as `PARTITION_AWARE`.
    pub capabilities: Vec<String>,
    /// Keys and values of the framework's labels, in Mesos' order; a key may occur twice.
    pub labels: Vec<(String, String)>,
    /// Offer filters of each role, as JSON; empty if it has none.
    pub offer_filters: String,
    /// Offer constraints as JSON; empty if it has none. `None` if unknown: events and masters before 1.11 lack them.
    pub offer_constraints: Option<String>,
}

/// Fields of an executor that its page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailedExecutor {
    /// Id of the framework that the executor belongs to.
    pub framework: String,
    /// The executor's id (ExecutorInfo.executor_id).
    pub id: String,
    /// Display name that the framework gave the executor; may be empty.
    pub name: String,
    /// Origin of its tasks, in the framework's own words.
    pub source: String,
    /// Type of the executor: `DEFAULT` for Mesos' own, or `CUSTOM`.
    pub kind: String,
    /// Command line that starts the executor, arguments included.
    pub command: String,
    /// Resources of the executor itself, without those of its tasks.
    pub resources: Vec<DetailedResource>,
    /// Keys and values of the executor's labels, in Mesos' order; a key may occur twice.
    pub labels: Vec<(String, String)>,
}

/// An operation on resources, as the operations page shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    /// Id that the framework gave the operation; empty if it gave none.
    pub id: String,
    /// Id that Mesos gave the operation (Operation.uuid).
    pub uuid: String,
    /// Type of the operation, as `RESERVE`.
    pub kind: String,
    /// State of the latest status, as `OPERATION_FINISHED`.
    pub state: String,
    /// Message of the latest status, as the reason of a failure; may be empty.
    pub message: String,
    /// Id of the framework that asked for the operation; empty if not reported.
    pub framework: String,
    /// Id of the agent whose resources the operation changes; empty if not reported.
    pub agent: String,
}

/// Reads a task's own JSON. What is not as expected is left out.
pub fn task(json: &str) -> DetailedTask {
    tree::read(json, task_of).0
}

/// Reads an agent's own JSON. What is not as expected is left out.
pub fn agent(json: &str) -> DetailedAgent {
    tree::read(json, agent_of).0
}

/// Reads an executor's own JSON. What is not as expected is left out.
pub fn executor(json: &str) -> DetailedExecutor {
    tree::read(json, executor_of).0
}

/// Reads a framework's own JSON. What is not as expected is left out.
pub fn framework(json: &str) -> DetailedFramework {
    tree::read(json, framework_of).0
}

pub(super) fn task_of(task: JsonTree<'_>) -> DetailedTask {
    let port = |port: JsonTree<'_>| (port.integer("number"), port.text("name"), port.text("protocol"));
    let reported = DetailedTask {
        user: task.text("user"),
        resources: task.list("resources", resource),
        limits: limits(task),
        labels: labels(task, "labels.labels"),
        discovery: task.part("discovery", |found| (found.text("name"), found.name("visibility"))),
        ports: task.list("discovery.ports.ports", port),
        grace: length(task, "kill_policy.grace_period"),
        health_check: check(task, "health_check"),
        check: check(task, "check"),
        image: image(task),
        network: network(task),
        port_mappings: port_mappings(task),
        ..DetailedTask::default()
    };
    let (history, stays): (Vec<_>, Vec<_>) =
        task.list("statuses", |reported| (status(reported), container_location(reported))).into_iter().unzip();
    let newest = || stays.iter().rev().flatten();
    // The last status of a task that was nested may tell of the outer container alone, or of none.
    let lines = || newest().map(|stay| &stay.line).filter(|line| !line.is_empty());
    let line = lines().find(|line| line.len() > 1).or_else(|| lines().next());
    let addresses = newest().next().map(|stay| stay.addresses.clone()).unwrap_or_default();
    DetailedTask { containers: line.cloned().unwrap_or_default(), addresses, history, ..reported }
}

pub(super) fn agent_of(agent: JsonTree<'_>) -> DetailedAgent {
    DetailedAgent {
        resources: agent.list("total_resources", resource),
        capabilities: capabilities(agent, "capabilities"),
        drain: agent.part("drain_info", |info| DrainConfig {
            since: length(agent, "estimated_drain_start_time").map(|since| Timestamp(since.0)),
            ..info.part("config", drain).unwrap_or_default()
        }),
    }
}

/// How an agent is drained, without since when.
pub(super) fn drain(config: JsonTree<'_>) -> DrainConfig {
    DrainConfig {
        mark_gone: config.flag("mark_gone").unwrap_or_default(),
        max_grace_period: length(config, "max_grace_period"),
        since: None,
    }
}

pub(super) fn framework_of(framework: JsonTree<'_>) -> DetailedFramework {
    let json_of = |way: &str| framework.json(way).map(|json| if json == "{}" { String::new() } else { json });
    DetailedFramework {
        checkpoint: framework.flag("framework_info.checkpoint").unwrap_or_default(),
        capabilities: capabilities(framework, "framework_info.capabilities"),
        labels: labels(framework, "framework_info.labels.labels"),
        offer_filters: json_of("framework_info.offer_filters").unwrap_or_default(),
        offer_constraints: json_of("offer_constraints"),
    }
}

/// A framework's id and name.
pub(super) fn framework_name(framework: JsonTree<'_>) -> (String, String) {
    (framework.text("framework_info.id.value"), framework.text("framework_info.name"))
}

pub(super) fn executor_of(executor: JsonTree<'_>) -> DetailedExecutor {
    let arguments = executor.texts("executor_info.command.arguments");
    let command = format!("{} {}", executor.text("executor_info.command.value"), arguments.join(" "));
    DetailedExecutor {
        framework: executor.text("executor_info.framework_id.value"),
        id: executor.text("executor_info.executor_id.value"),
        name: executor.text("executor_info.name"),
        source: executor.text("executor_info.source"),
        kind: executor.name("executor_info.type"),
        command: command.trim().to_owned(),
        resources: executor.list("executor_info.resources", resource),
        labels: labels(executor, "executor_info.labels.labels"),
    }
}

pub(super) fn resource(reported: JsonTree<'_>) -> DetailedResource {
    let newest = pool_resource::reservations(reported).into_iter().next_back().unwrap_or_default();
    let volume = pool_resource::volume(reported).unwrap_or_default();
    DetailedResource {
        name: reported.text("name"),
        scalar: reported.number("scalar.value"),
        items: items_of(reported),
        reserved_for: newest.role.0,
        dynamic: newest.is_dynamic,
        by: volume.principal.or(newest.principal).unwrap_or_default(),
        allocated_to: reported.text("allocation_info.role"),
        volume: volume.id,
        container_path: volume.container_path,
        source: source_of(reported),
        revocable: reported.has("revocable"),
        shared: reported.has("shared"),
    }
}

/// The resources that an offer is of.
pub(super) fn offer_resources(offer: JsonTree<'_>) -> Vec<DetailedResource> {
    offer.list("resources", resource)
}

/// The resources that an operation is about.
pub(super) fn operation_resources(operation: JsonTree<'_>) -> Vec<DetailedResource> {
    let of = |reported: JsonTree<'_>| {
        let many = ["resources", "volumes"].map(|list| reported.list(list, resource)).concat();
        let one = ["source", "volume", "addition"].into_iter().filter_map(|one| reported.part(one, resource));
        [many, one.collect()].concat()
    };
    operation.objects("info", of).concat()
}

/// What identifies a disk (message Resource.DiskInfo.Source in mesos.proto): its kind and where it is mounted, or its profile
/// and the name that its provider gives it.
fn source_of(reported: JsonTree<'_>) -> String {
    let of = |field: &str| reported.text(&format!("disk.source.{field}"));
    let mut words = reported.name("disk.source.type");
    for root in [of("mount.root"), of("path.root")].iter().filter(|root| !root.is_empty()) {
        words = format!("{words} {root}");
    }
    for (name, value) in [("profile", of("profile")), ("id", of("id"))] {
        if !value.is_empty() {
            words = format!("{words}, {name} {value}");
        }
    }
    words
}

/// Ranges as `[1-2,5-9]`, sets as `{a,b}`.
pub(super) fn items_of(reported: JsonTree<'_>) -> String {
    let ranges = reported.list("ranges.range", |range| format!("{}-{}", range.integer("begin"), range.integer("end")));
    let set = reported.texts("set.item");
    match (ranges.is_empty(), set.is_empty()) {
        (false, _) => format!("[{}]", ranges.join(",")),
        (true, false) => format!("{{{}}}", set.join(",")),
        (true, true) => String::new(),
    }
}

fn status(reported: JsonTree<'_>) -> DetailedStatus {
    let short = |way: &str, prefix: &str| {
        let name = reported.name(way);
        name.strip_prefix(prefix).map(str::to_owned).unwrap_or(name)
    };
    let limits =
        reported.list("limitation.resources", |resource| (resource.text("name"), resource.number("scalar.value")));
    DetailedStatus {
        state: state(reported),
        at: reported.number("timestamp").map(Timestamp::from_secs_f64),
        source: short("source", "SOURCE_"),
        reason: short("reason", "REASON_"),
        message: reported.text("message"),
        healthy: reported.flag("healthy"),
        check: reported.part("check_status", checked).flatten(),
        limitation: limits.into_iter().filter_map(|(name, most)| Some((name, most?))).collect(),
        container: reported.text("container_status.container_id.value"),
    }
}

/// The newest status of a task, and where it runs by that.
pub(super) fn latest_status(task: JsonTree<'_>) -> Option<(DetailedStatus, ContainerLocation)> {
    let all = task.list("statuses", |reported| (status(reported), container_location(reported).unwrap_or_default()));
    all.into_iter().next_back()
}

/// Of a task, or of one of its statuses.
pub(super) fn state(reported: JsonTree<'_>) -> TaskState {
    TaskState::from_name(&reported.name("state"))
}

/// Where a task or a container runs.
#[derive(Clone, Default)]
pub(super) struct ContainerLocation {
    /// The container after its parents, outermost first; empty if it is not reported.
    pub(super) line: Vec<String>,
    pub(super) addresses: Vec<String>,
    /// Its first process.
    pub(super) pid: Option<i64>,
}

/// What a task's status, or a container, tells of where it runs.
pub(super) fn container_location(reported: JsonTree<'_>) -> Option<ContainerLocation> {
    reported.part("container_status", |status| ContainerLocation {
        line: status.part("container_id", container_path).unwrap_or_default(),
        addresses: status.list("network_infos", addresses).concat(),
        pid: status.number("executor_pid").map(|_| status.integer("executor_pid")),
    })
}

/// A container after its parents, outermost first.
pub(super) fn container_path(id: JsonTree<'_>) -> Vec<String> {
    let mut line = id.part("parent", container_path).unwrap_or_default();
    line.push(id.text("value"));
    line
}

fn addresses(network: JsonTree<'_>) -> Vec<String> {
    let name = network.text("name");
    let named = |address: String| if name.is_empty() { address } else { format!("{address} ({name})") };
    network.list("ip_addresses", |address| named(address.text("ip_address")))
}

fn checked(reported: JsonTree<'_>) -> Option<CheckResult> {
    let exit = reported.number("command.exit_code").map(CheckResult::Exit);
    let http = reported.number("http.status_code").map(CheckResult::Http);
    exit.or(http).or(reported.flag("tcp.succeeded").map(CheckResult::Tcp))
}

fn check(task: JsonTree<'_>, name: &str) -> Option<TaskCheck> {
    let of = |check: JsonTree<'_>| {
        let every = check.number("interval_seconds").filter(|every| *every > 0.0);
        TaskCheck { kind: check.name("type"), seconds: every }
    };
    task.part(name, of)
}

fn image(task: JsonTree<'_>) -> String {
    let ways = ["container.docker.image", "container.mesos.image.docker.name", "container.mesos.image.appc.name"];
    let images = ways.map(|way| task.text(way));
    let image = images.into_iter().find(|image| !image.is_empty());
    format!("{} {}", task.name("container.type"), image.unwrap_or_default()).trim().to_owned()
}

fn network(task: JsonTree<'_>) -> String {
    let docker = task.name("container.docker.network");
    let mut names = task.list("container.network_infos", |network| network.text("name"));
    names.retain(|name| !name.is_empty());
    if docker.is_empty() || !names.is_empty() { names.join(", ") } else { docker }
}

/// Docker's, and those of the networks that a container of Mesos' own joins.
fn port_mappings(task: JsonTree<'_>) -> Vec<String> {
    let one = |port: JsonTree<'_>| {
        let protocol = port.text("protocol");
        let protocol = if protocol.is_empty() { String::new() } else { format!("/{protocol}") };
        format!("host {} -> {}{protocol}", port.integer("host_port"), port.integer("container_port"))
    };
    let of = |reported: JsonTree<'_>| reported.list("port_mappings", one);
    let docker = task.part("container.docker", of).unwrap_or_default();
    [docker, task.list("container.network_infos", of).concat()].concat()
}

/// By resource, what a task may use at most; infinite for no limit.
pub(super) fn limits(task: JsonTree<'_>) -> Vec<(String, f64)> {
    task.fields("limits", |name, most| (name.to_owned(), most.number("value").unwrap_or(f64::INFINITY)))
}

fn labels(reported: JsonTree<'_>, way: &str) -> Vec<(String, String)> {
    reported.list(way, |label| (label.text("key"), label.text("value")))
}

/// Their names; one that the v1 API has no name for comes as `{}`.
fn capabilities(reported: JsonTree<'_>, way: &str) -> Vec<String> {
    let named = |name: String| if name.is_empty() { "(unnamed)".to_owned() } else { name };
    reported.list(way, |capability| named(capability.name("type")))
}

fn length(reported: JsonTree<'_>, way: &str) -> Option<Nanoseconds> {
    reported.part(way, |length| Nanoseconds(length.integer("nanoseconds")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_tells_what_it_exceeded_and_where_it_ran() {
        let json = r#"{"container":{"type":"DOCKER","docker":{"image":"nginx","network":"BRIDGE",
            "port_mappings":[{"host_port":31000,"container_port":80,"protocol":"tcp"},{"host_port":31001,"container_port":81}]}},
            "statuses":[{"state":"TASK_RUNNING","container_status":{"container_id":{"value":"c1"}}},
            {"state":"TASK_FAILED","reason":"REASON_CONTAINER_LIMITATION_MEMORY",
            "limitation":{"resources":[{"name":"mem","type":"SCALAR","scalar":{"value":512}}]}}]}"#;
        let task = task(json);
        assert_eq!((task.image.as_str(), task.network.as_str()), ("DOCKER nginx", "BRIDGE"));
        assert_eq!(task.port_mappings, ["host 31000 -> 80/tcp", "host 31001 -> 81"]);
        let [running, failed] = task.history.as_slice() else { panic!("{:?}", task.history) };
        assert_eq!((running.container.as_str(), failed.container.as_str()), ("c1", ""));
        assert_eq!(failed.limitation, [("mem".to_owned(), 512.0)]);
    }

    #[test]
    fn offer_constraints_that_an_event_leaves_out_are_unknown() {
        let constraints = |json: &str| framework(json).offer_constraints;
        assert_eq!(constraints(r#"{"framework_info":{"name":"f"}}"#), None);
        assert_eq!(constraints(r#"{"offer_constraints":{}}"#), Some(String::new()));
        let some = r#"{"role_constraints":{"dev":{}}}"#;
        assert_eq!(constraints(&format!(r#"{{"offer_constraints":{some}}}"#)).as_deref(), Some(some));
    }

    #[test]
    fn a_container_of_mesos_own_joins_networks() {
        let task = task(
            r#"{"container":{"type":"MESOS","network_infos":[{"name":"blue","port_mappings":[{"host_port":1,"container_port":2}]}]}}"#,
        );
        assert_eq!(
            (task.network.as_str(), task.port_mappings.as_slice()),
            ("blue", ["host 1 -> 2".to_owned()].as_slice())
        );
    }
}
