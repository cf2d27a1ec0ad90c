//! The fields of one task, agent or framework that its page shows beyond those of its row.
//!
//! One object at a time is read here, and seldom: so it is read into a tree and its fields are picked by name, which takes
//! a fraction of the code that a typed reader of each message would.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::TaskState;
use crate::base::units::{Nanoseconds, Timestamp};

/// Of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub user: String,
    pub resources: Vec<Resource>,
    /// By resource, what it may use at most; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    pub labels: Vec<(String, String)>,
    /// The name and visibility under which others find it.
    pub discovery: Option<(String, String)>,
    /// Number, name and protocol.
    pub ports: Vec<(i64, String, String)>,
    /// As `DOCKER nginx:1.27`; empty without a container.
    pub image: String,
    /// Of a Docker container, as `BRIDGE`; else the networks that it is asked to join.
    pub network: String,
    /// As `host 31000 -> 80/tcp`.
    pub port_mappings: Vec<String>,
    /// How long it is given between TERM and KILL.
    pub grace: Option<Nanoseconds>,
    /// As `HTTP, every 10 s`.
    pub health_check: String,
    pub check: String,
    /// The oldest first.
    pub history: Vec<Status>,
    /// The container that it runs in, after that one's parents, outermost first.
    pub containers: Vec<String>,
    pub addresses: Vec<String>,
}

/// One status of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
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
    /// The limit that it exceeded, if that is what ended it: by resource, how much it may have.
    pub limitation: Vec<(String, f64)>,
    /// The container that it ran in then, without that one's parents.
    pub container: String,
}

/// One resource, with whose it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    pub name: String,
    /// `mem` and `disk` in MiB.
    pub scalar: Option<f64>,
    /// As `[31000-31002]`, if it is no scalar.
    pub items: String,
    /// The role that it is reserved for, as refined last; empty if for none.
    pub reserved_for: String,
    /// Reserved while the agent ran, rather than by its flags.
    pub dynamic: bool,
    /// The principal who made the volume, or reserved it.
    pub by: String,
    /// The role that it is allocated to.
    pub allocated_to: String,
    /// The id of the persistent volume that it is; empty if it is none.
    pub volume: String,
    pub container_path: String,
    /// The disk that it is of, as `MOUNT /mnt/a` or `RAW, profile fast`; empty for the agent's own root disk.
    pub source: String,
    /// It may be taken back at any time.
    pub revocable: bool,
    /// Several tasks may use it at once.
    pub shared: bool,
}

/// Of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    pub resources: Vec<Resource>,
    pub capabilities: Vec<String>,
    /// Type and name of its resource providers, and the MiB of disk that each has.
    pub providers: Vec<(String, String, f64)>,
    pub drain: Option<Drain>,
}

/// How an agent is drained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drain {
    /// It is marked gone when its last task has ended.
    pub mark_gone: bool,
    /// How long tasks are given to end. Reported in nanoseconds, though it is given in seconds.
    pub max_grace_period: Option<Nanoseconds>,
    /// When the drain began, as far as the master tells.
    pub since: Option<Timestamp>,
}

/// Of a framework.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Framework {
    pub checkpoint: bool,
    pub capabilities: Vec<String>,
    pub labels: Vec<(String, String)>,
    /// As JSON; empty if it has none.
    pub offer_filters: String,
    /// As JSON; empty if it has none. `None` where that is unknown: no event has them, nor a master older than 1.11.
    pub offer_constraints: Option<String>,
}

/// Of an operation on resources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    pub id: String,
    pub uuid: String,
    /// As `RESERVE`.
    pub kind: String,
    /// As `OPERATION_FINISHED`.
    pub state: String,
    pub message: String,
    pub framework: String,
    pub agent: String,
}

/// Reads a task's own JSON. What is not as expected is left out.
pub fn task(json: &str) -> Task {
    let task = &tree(json);
    let statuses: Vec<&Value> = items(task, "/statuses").collect();
    let container = statuses.iter().rev().find_map(|status| status.get("container_status"));
    // The last status of a task that was nested may tell of the outer container alone, or of none.
    let ids = || statuses.iter().rev().filter_map(|status| status.pointer("/container_status/container_id"));
    let id = ids().find(|id| id.get("parent").is_some()).or_else(|| ids().next());
    let port = |port: &Value| (integer(port, "/number"), text(port, "/name"), text(port, "/protocol"));
    Task {
        user: text(task, "/user"),
        resources: items(task, "/resources").map(resource).collect(),
        limits: limits(task),
        labels: labels(task, "/labels/labels"),
        discovery: task.get("discovery").map(|found| (text(found, "/name"), text(found, "/visibility"))),
        ports: items(task, "/discovery/ports/ports").map(port).collect(),
        image: image(task),
        network: network(task),
        port_mappings: port_mappings(task),
        grace: length(task, "/kill_policy/grace_period"),
        health_check: check(task, "health_check"),
        check: check(task, "check"),
        history: statuses.iter().map(|told| status(told)).collect(),
        containers: id.map(line_of).unwrap_or_default(),
        addresses: container.map(addresses).unwrap_or_default(),
    }
}

/// Reads an agent's own JSON. What is not as expected is left out.
pub fn agent(json: &str) -> Agent {
    let agent = &tree(json);
    let provider = |told: &Value| {
        let disks = items(told, "/total_resources").filter(|resource| text(resource, "/name") == "disk");
        let disk = disks.filter_map(|disk| number(disk, "/scalar/value")).sum();
        (text(told, "/resource_provider_info/type"), text(told, "/resource_provider_info/name"), disk)
    };
    Agent {
        resources: items(agent, "/total_resources").map(resource).collect(),
        capabilities: capabilities(agent, "/capabilities"),
        providers: items(agent, "/resource_providers").map(provider).collect(),
        drain: agent.get("drain_info").map(|drain| Drain {
            mark_gone: flag(drain, "/config/mark_gone"),
            max_grace_period: length(drain, "/config/max_grace_period"),
            since: length(agent, "/estimated_drain_start_time").map(|since| Timestamp(since.0)),
        }),
    }
}

/// Reads a framework's own JSON. What is not as expected is left out.
pub fn framework(json: &str) -> Framework {
    let framework = &tree(json);
    let json_of = |path: &str| {
        let json = framework.pointer(path)?.to_string();
        Some(if json == "{}" { String::new() } else { json })
    };
    Framework {
        checkpoint: flag(framework, "/framework_info/checkpoint"),
        capabilities: capabilities(framework, "/framework_info/capabilities"),
        labels: labels(framework, "/framework_info/labels/labels"),
        offer_filters: json_of("/framework_info/offer_filters").unwrap_or_default(),
        offer_constraints: json_of("/offer_constraints"),
    }
}

pub(super) fn resource(told: &Value) -> Resource {
    let reservations: Vec<&Value> = items(told, "/reservations").collect();
    let newest = reservations.last();
    let role = newest.map_or_else(|| text(told, "/role"), |newest| text(newest, "/role"));
    let made_by = text(told, "/disk/persistence/principal");
    Resource {
        name: text(told, "/name"),
        scalar: number(told, "/scalar/value"),
        items: items_of(told),
        reserved_for: if role == "*" { String::new() } else { role },
        dynamic: newest.is_some_and(|newest| text(newest, "/type") == "DYNAMIC"),
        by: if made_by.is_empty() {
            newest.map_or_else(String::new, |newest| text(newest, "/principal"))
        } else {
            made_by
        },
        allocated_to: text(told, "/allocation_info/role"),
        volume: text(told, "/disk/persistence/id"),
        container_path: text(told, "/disk/volume/container_path"),
        source: source_of(told),
        revocable: told.get("revocable").is_some(),
        shared: told.get("shared").is_some(),
    }
}

/// What identifies a disk (message Resource.DiskInfo.Source in mesos.proto): its kind and where it is mounted, or its profile
/// and the name that its provider gives it.
fn source_of(told: &Value) -> String {
    let of = |path: &str| text(told, &format!("/disk/source{path}"));
    let mut words = of("/type");
    for root in [of("/mount/root"), of("/path/root")].iter().filter(|root| !root.is_empty()) {
        words = format!("{words} {root}");
    }
    for (name, value) in [("profile", of("/profile")), ("id", of("/id"))] {
        if !value.is_empty() {
            words = format!("{words}, {name} {value}");
        }
    }
    words
}

/// Ranges as `[1-2,5-9]`, sets as `{a,b}`.
fn items_of(told: &Value) -> String {
    let range = |range: &Value| format!("{}-{}", integer(range, "/begin"), integer(range, "/end"));
    let ranges: Vec<String> = items(told, "/ranges/range").map(range).collect();
    let set: Vec<String> = items(told, "/set/item").filter_map(Value::as_str).map(str::to_owned).collect();
    match (ranges.is_empty(), set.is_empty()) {
        (false, _) => format!("[{}]", ranges.join(",")),
        (true, false) => format!("{{{}}}", set.join(",")),
        (true, true) => String::new(),
    }
}

fn status(told: &Value) -> Status {
    let short = |path: &str, prefix: &str| {
        let text = text(told, path);
        text.strip_prefix(prefix).map(str::to_owned).unwrap_or(text)
    };
    Status {
        state: TaskState::from_name(&text(told, "/state")),
        at: number(told, "/timestamp").map(Timestamp::from_secs_f64),
        source: short("/source", "SOURCE_"),
        reason: short("/reason", "REASON_"),
        message: text(told, "/message"),
        healthy: told.get("healthy").and_then(Value::as_bool),
        check: told.get("check_status").map(checked).unwrap_or_default(),
        limitation: items(told, "/limitation/resources")
            .filter_map(|resource| Some((text(resource, "/name"), number(resource, "/scalar/value")?)))
            .collect(),
        container: text(told, "/container_status/container_id/value"),
    }
}

fn checked(told: &Value) -> String {
    let code = |path: &str, word: &str| number(told, path).map(|code| format!("{word} {code}"));
    let tcp = told.pointer("/tcp/succeeded").and_then(Value::as_bool);
    let tcp = tcp.map(|succeeded| format!("TCP {}", if succeeded { "succeeded" } else { "failed" }));
    code("/command/exit_code", "exit code").or_else(|| code("/http/status_code", "HTTP")).or(tcp).unwrap_or_default()
}

fn check(task: &Value, name: &str) -> String {
    let Some(check) = task.get(name) else { return String::new() };
    let every = number(check, "/interval_seconds").filter(|every| *every > 0.0);
    format!("{}{}", text(check, "/type"), every.map(|every| format!(", every {every} s")).unwrap_or_default())
}

fn image(task: &Value) -> String {
    let paths = ["/container/docker/image", "/container/mesos/image/docker/name", "/container/mesos/image/appc/name"];
    let image = paths.into_iter().map(|path| text(task, path)).find(|image| !image.is_empty());
    format!("{} {}", text(task, "/container/type"), image.unwrap_or_default()).trim().to_owned()
}

fn network(task: &Value) -> String {
    let docker = text(task, "/container/docker/network");
    let names: Vec<String> = items(task, "/container/network_infos").map(|network| text(network, "/name")).collect();
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if docker.is_empty() || !names.is_empty() { names.join(", ") } else { docker }
}

/// Docker's, and those of the networks that a container of Mesos' own joins.
fn port_mappings(task: &Value) -> Vec<String> {
    let networks = items(task, "/container/network_infos").flat_map(|network| items(network, "/port_mappings"));
    let one = |port: &Value| {
        let protocol = text(port, "/protocol");
        let protocol = if protocol.is_empty() { String::new() } else { format!("/{protocol}") };
        format!("host {} -> {}{protocol}", integer(port, "/host_port"), integer(port, "/container_port"))
    };
    items(task, "/container/docker/port_mappings").chain(networks).map(one).collect()
}

/// By resource, what a task may use at most; infinite for no limit.
pub(super) fn limits(task: &Value) -> Vec<(String, f64)> {
    let all = task.get("limits").and_then(Value::as_object).into_iter().flatten();
    all.map(|(name, value)| (name.clone(), number(value, "/value").unwrap_or(f64::INFINITY))).collect()
}

/// A container after its parents, outermost first.
pub(super) fn line_of(id: &Value) -> Vec<String> {
    let mut line: Vec<String> =
        std::iter::successors(Some(id), |id| id.get("parent")).map(|id| text(id, "/value")).collect();
    line.reverse();
    line
}

pub(super) fn addresses(container: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for network in items(container, "/network_infos") {
        let name = text(network, "/name");
        for address in items(network, "/ip_addresses").map(|address| text(address, "/ip_address")) {
            all.push(if name.is_empty() { address } else { format!("{address} ({name})") });
        }
    }
    all
}

pub(super) fn labels(told: &Value, path: &str) -> Vec<(String, String)> {
    items(told, path).map(|label| (text(label, "/key"), text(label, "/value"))).collect()
}

/// Their names; one that the v1 API has no name for comes as `{}`.
fn capabilities(told: &Value, path: &str) -> Vec<String> {
    let name = |capability: &Value| {
        let name = text(capability, "/type");
        if name.is_empty() { "(unnamed)".to_owned() } else { name }
    };
    items(told, path).map(name).collect()
}

pub(super) fn tree(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

pub(super) fn items<'a>(told: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> {
    told.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn text(told: &Value, path: &str) -> String {
    told.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(told: &Value, path: &str) -> bool {
    told.pointer(path).and_then(Value::as_bool).unwrap_or(false)
}

/// A number, or a text of one: a limit may be `"Infinity"`.
pub(super) fn number(told: &Value, path: &str) -> Option<f64> {
    let value = told.pointer(path)?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

pub(super) fn integer(told: &Value, path: &str) -> i64 {
    let value = told.pointer(path);
    let whole = value.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()));
    whole.unwrap_or_default()
}

fn length(told: &Value, path: &str) -> Option<Nanoseconds> {
    told.pointer(path).map(|length| Nanoseconds(integer(length, "/nanoseconds")))
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
