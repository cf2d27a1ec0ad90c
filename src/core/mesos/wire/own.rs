//! What an agent tells of itself and of the work on it, and executors, which a master and an agent tell alike.
//!
//! An agent is asked by the page that shows it, so what is read here is read into a tree, as in `detail`, and for the same
//! reason. What is not as expected is left out; a figure that no isolator measures is absent, never zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::detail::{Resource, addresses, integer, items, labels, limits, line_of, number, resource, text, tree};
use super::state::TaskState;
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};

/// An executor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Executor {
    pub framework: String,
    pub id: String,
    pub name: String,
    /// Where its tasks come from, in words of the framework's own.
    pub source: String,
    /// As `DEFAULT`, Mesos' own, or `CUSTOM`.
    pub kind: String,
    /// What is run.
    pub command: String,
    /// Its own, without its tasks'.
    pub resources: Vec<Resource>,
    pub labels: Vec<(String, String)>,
}

/// How far a task is on its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It waits for its executor.
    Queued,
    /// Its executor has it.
    Running,
    Completed,
}

/// A task as its agent knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    pub framework: String,
    pub executor: String,
    pub id: String,
    pub name: String,
    pub stage: Stage,
    pub state: TaskState,
    pub used: Quantities,
    /// By resource, what it may use at most; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    pub role: String,
    /// The result of its health check, if it has one.
    pub healthy: Option<bool>,
    pub updated: Option<Timestamp>,
    pub message: String,
    /// The container that it runs in, without that one's parents.
    pub container: String,
    /// The outermost of those, which is its executor's: it tells one run of an executor from another.
    pub run: String,
}

/// An executor on its agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub executor: Executor,
    /// As far as the agent tells it.
    pub framework_name: String,
    pub ended: bool,
    /// Its queued, running and completed tasks, in this order.
    pub tasks: Vec<Work>,
}

impl Run {
    /// How many of its tasks are that far.
    pub fn count(&self, stage: Stage) -> usize {
        self.tasks.iter().filter(|task| task.stage == stage).count()
    }
}

/// A container, and what it uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Its id after those of the containers that it is nested in, outermost first.
    pub line: Vec<String>,
    /// Those of the executor that it is; a nested one tells none.
    pub framework: String,
    pub executor: String,
    pub pid: Option<i64>,
    pub addresses: Vec<String>,
    pub usage: Usage,
    /// How many processors it used on the average between this reading and the one before.
    pub cpus_now: Option<f64>,
}

/// Figures of a container. Bytes where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Seconds since 1970.
    pub at: Option<f64>,
    /// Seconds of processors that it has used since its start.
    pub cpu_seconds: Option<f64>,
    /// How many processors it is allocated.
    pub cpus: Option<f64>,
    pub mem_rss: Option<f64>,
    pub mem_limit: Option<f64>,
    pub disk_used: Option<f64>,
    pub disk_limit: Option<f64>,
    pub processes: Option<f64>,
}

/// A resource provider and what it provides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provider {
    pub id: String,
    pub kind: String,
    pub name: String,
    /// Type and name of the CSI plugin behind it; empty for a provider that has none.
    pub plugin: String,
    /// The role that its resources are reserved for by default; empty for none.
    pub reserved_for: String,
    pub resources: Vec<Resource>,
}

/// One executor's own JSON, as a master tells it.
pub fn executor(json: &str) -> Executor {
    executor_of(&tree(json))
}

/// The body of an agent's answer to GET_STATE: its executors with their tasks, those that run first.
pub fn runs(body: &str) -> Vec<Run> {
    let body = &tree(body);
    let mut tasks = tasks_by_executor(body, "/get_state");
    let names: BTreeMap<String, String> = frameworks(body);
    let mut run = |told: &Value, ended: bool| {
        let executor = executor_of(told);
        let key = (executor.framework.clone(), executor.id.clone());
        let tasks = tasks.get_mut(&key).map(|tasks| latest_run(tasks, ended)).unwrap_or_default();
        Run { framework_name: names.get(&executor.framework).cloned().unwrap_or_default(), executor, ended, tasks }
    };
    let mut all: Vec<Run> = items(body, "/get_state/get_executors/executors").map(|told| run(told, false)).collect();
    // An executor's id may have been used before: those that ended last are told last.
    let ended: Vec<&Value> = items(body, "/get_state/get_executors/completed_executors").collect();
    all.extend(ended.into_iter().rev().map(|told| run(told, true)));
    order::sorted(all, |a, b| {
        let of = |run: &Run| (run.ended, run.framework_name.clone(), run.executor.id.clone());
        of(a).cmp(&of(b))
    })
}

/// The tasks in the body of an answer to GET_TASKS, by an agent.
pub fn tasks(body: &str) -> Vec<Work> {
    tasks_by_executor(&tree(body), "").into_values().flatten().collect()
}

/// What an agent reports of a task otherwise than the master.
#[derive(Clone, Debug, PartialEq)]
pub enum Contrary {
    /// The agent does not list a task that the master reports as running on it.
    Unlisted,
    /// The agent reports another state, since that time by its own clock.
    State(TaskState, Option<Timestamp>),
}

/// How what an agent reports of a task differs from the state that the master reports. `None` where both agree, and where an agent
/// has forgotten a task that has ended.
pub fn contrary(tasks: &[Work], framework: &str, id: &str, state: TaskState) -> Option<Contrary> {
    let its = tasks.iter().filter(|task| task.framework == framework && task.id == id);
    // An id may have been used before.
    match its.max_by_key(|task| (task.stage != Stage::Completed, task.updated)) {
        Some(task) => (task.state != state).then_some(Contrary::State(task.state, task.updated)),
        None if state.is_terminal() || state == TaskState::Unreachable => None,
        None => Some(Contrary::Unlisted),
    }
}

/// Takes the tasks of an executor's latest run out of all that one of that id had; of one that runs, those that are not over are.
fn latest_run(tasks: &mut Vec<Work>, ended: bool) -> Vec<Work> {
    let is_live = |task: &&Work| !ended && task.stage != Stage::Completed;
    let told = |task: &&Work| !task.run.is_empty();
    let newest = tasks.iter().filter(told).max_by_key(|task| task.updated);
    let run = tasks.iter().filter(is_live).find(told).or(newest).map(|task| task.run.clone()).unwrap_or_default();
    let (mine, others) = std::mem::take(tasks)
        .into_iter()
        .partition(|task| task.run.is_empty() || task.run == run || (!ended && task.stage != Stage::Completed));
    *tasks = others;
    mine
}

/// The body of an answer to GET_CONTAINERS, each nested one after that which it is in. `before` is the reading before it.
pub fn containers(body: &str, before: &[Container]) -> Vec<Container> {
    let all: Vec<Container> = items(&tree(body), "/get_containers/containers").map(container).collect();
    let mut all = order::sorted(all, |a, b| a.line.cmp(&b.line));
    for container in &mut all {
        let earlier = before.iter().find(|earlier| earlier.line == container.line);
        container.cpus_now =
            earlier.and_then(|earlier| cpus_between(&earlier.usage, &container.usage, earlier.cpus_now));
    }
    all
}

/// The body of an answer to GET_VERSION: names and values, the version itself first.
pub fn version(body: &str) -> Vec<(String, String)> {
    let told = tree(body);
    let told = told.pointer("/get_version/version_info").and_then(Value::as_object);
    let texts = told.into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let (mut all, rest): (Vec<_>, Vec<_>) = texts.partition(|(name, _)| name == "version");
    all.extend(rest);
    all
}

/// The body of an answer to GET_LOGGING_LEVEL: its one value, by name.
pub fn logging_level(body: &str) -> Vec<(String, String)> {
    let level = number(&tree(body), "/get_logging_level/level");
    level.map(|level| ("verbosity".to_owned(), level.to_string())).into_iter().collect()
}

/// The body of an answer to GET_FLAGS: names and values.
pub fn flags(body: &str) -> Vec<(String, String)> {
    items(&tree(body), "/get_flags/flags").map(|flag| (text(flag, "/name"), text(flag, "/value"))).collect()
}

/// The body of an answer to GET_METRICS, by name. A metric that has no value now is left out.
pub fn metrics(body: &str) -> Vec<(String, f64)> {
    let body = tree(body);
    let one = |metric: &Value| Some((text(metric, "/name"), number(metric, "/value")?));
    order::sorted(items(&body, "/get_metrics/metrics").filter_map(one).collect(), |(a, _), (b, _)| a.cmp(b))
}

/// The body of an answer to GET_RESOURCE_PROVIDERS.
pub fn providers(body: &str) -> Vec<Provider> {
    let one = |told: &Value| Provider {
        id: text(told, "/resource_provider_info/id/value"),
        kind: text(told, "/resource_provider_info/type"),
        name: text(told, "/resource_provider_info/name"),
        plugin: plugin_of(told),
        reserved_for: items(told, "/resource_provider_info/default_reservations")
            .last()
            .map_or_else(String::new, |newest| text(newest, "/role")),
        resources: items(told, "/total_resources").map(resource).collect(),
    };
    items(&tree(body), "/get_resource_providers/resource_providers").map(one).collect()
}

fn plugin_of(told: &Value) -> String {
    let of = |field: &str| text(told, &format!("/resource_provider_info/storage/plugin/{field}"));
    format!("{} {}", of("type"), of("name")).trim().to_owned()
}

fn executor_of(told: &Value) -> Executor {
    let arguments: Vec<String> =
        items(told, "/executor_info/command/arguments").filter_map(Value::as_str).map(str::to_owned).collect();
    let command = format!("{} {}", text(told, "/executor_info/command/value"), arguments.join(" "));
    Executor {
        framework: text(told, "/executor_info/framework_id/value"),
        id: text(told, "/executor_info/executor_id/value"),
        name: text(told, "/executor_info/name"),
        source: text(told, "/executor_info/source"),
        kind: text(told, "/executor_info/type"),
        command: command.trim().to_owned(),
        resources: items(told, "/executor_info/resources").map(resource).collect(),
        labels: labels(told, "/executor_info/labels/labels"),
    }
}

fn frameworks(body: &Value) -> BTreeMap<String, String> {
    let lists = ["frameworks", "completed_frameworks"].map(|list| format!("/get_state/get_frameworks/{list}"));
    let name = |told: &Value| (text(told, "/framework_info/id/value"), text(told, "/framework_info/name"));
    lists.iter().flat_map(|list| items(body, list).map(name)).collect()
}

fn tasks_by_executor(body: &Value, within: &str) -> BTreeMap<(String, String), Vec<Work>> {
    let mut all: BTreeMap<(String, String), Vec<Work>> = BTreeMap::new();
    for (list, stage) in [
        ("pending_tasks", Stage::Queued),
        ("queued_tasks", Stage::Queued),
        ("launched_tasks", Stage::Running),
        // Ended, with updates that nobody has acknowledged yet.
        ("terminated_tasks", Stage::Completed),
        ("completed_tasks", Stage::Completed),
    ] {
        for told in items(body, &format!("{within}/get_tasks/{list}")) {
            let work = work(told, stage);
            all.entry((work.framework.clone(), work.executor.clone())).or_default().push(work);
        }
    }
    for tasks in all.values_mut() {
        let sorted = |a: &Work, b: &Work| a.stage.cmp(&b.stage).then_with(|| b.updated.cmp(&a.updated));
        *tasks = order::sorted(std::mem::take(tasks), sorted);
    }
    all
}

fn work(told: &Value, stage: Stage) -> Work {
    let latest = items(told, "/statuses").last();
    let id = text(told, "/task_id/value");
    let executor = text(told, "/executor_id/value");
    let scalar = |told: &Value| Some(Quantities::of(&text(told, "/name"), number(told, "/scalar/value")?));
    let mut used = Quantities::default();
    items(told, "/resources").filter_map(scalar).for_each(|part| used += part);
    Work {
        framework: text(told, "/framework_id/value"),
        // A command task's executor, which the agent makes itself, has the task's id.
        executor: if executor.is_empty() { id.clone() } else { executor },
        id,
        name: text(told, "/name"),
        stage,
        state: TaskState::from_name(&text(told, "/state")),
        used,
        limits: limits(told),
        role: items(told, "/resources").next().map(|first| text(first, "/allocation_info/role")).unwrap_or_default(),
        healthy: latest.and_then(|status| status.get("healthy")?.as_bool()),
        updated: latest.and_then(|status| number(status, "/timestamp")).map(Timestamp::from_secs_f64),
        message: latest.map(|status| text(status, "/message")).unwrap_or_default(),
        container: latest.map(|status| text(status, "/container_status/container_id/value")).unwrap_or_default(),
        run: latest
            .and_then(|status| status.pointer("/container_status/container_id"))
            .and_then(|id| line_of(id).into_iter().next())
            .unwrap_or_default(),
    }
}

fn container(told: &Value) -> Container {
    // Only its status has its parents (PROTOCOL.md, "GET_CONTAINERS").
    let id = told.pointer("/container_status/container_id").or_else(|| told.get("container_id"));
    Container {
        line: id.map(line_of).unwrap_or_default(),
        framework: text(told, "/framework_id/value"),
        executor: text(told, "/executor_id/value"),
        pid: told.pointer("/container_status/executor_pid").map(|_| integer(told, "/container_status/executor_pid")),
        addresses: told.get("container_status").map(addresses).unwrap_or_default(),
        usage: told.get("resource_statistics").map(usage).unwrap_or_default(),
        cpus_now: None,
    }
}

fn usage(told: &Value) -> Usage {
    let (user, system) = (number(told, "/cpus_user_time_secs"), number(told, "/cpus_system_time_secs"));
    Usage {
        at: number(told, "/timestamp"),
        cpu_seconds: user.or(system).map(|_| user.unwrap_or_default() + system.unwrap_or_default()),
        cpus: number(told, "/cpus_soft_limit").or_else(|| number(told, "/cpus_limit")),
        mem_rss: number(told, "/mem_rss_bytes"),
        mem_limit: number(told, "/mem_limit_bytes").or_else(|| number(told, "/mem_soft_limit_bytes")),
        disk_used: number(told, "/disk_used_bytes"),
        disk_limit: number(told, "/disk_limit_bytes"),
        processes: number(told, "/processes"),
    }
}

/// Two readings of the same moment tell no more than the one before did.
fn cpus_between(earlier: &Usage, later: &Usage, known: Option<f64>) -> Option<f64> {
    let passed = later.at? - earlier.at?;
    let used = later.cpu_seconds? - earlier.cpu_seconds?;
    if passed > 0.0 { Some((used / passed).max(0.0)) } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(at: f64, user: f64) -> String {
        format!(
            r#"{{"type":"GET_CONTAINERS","get_containers":{{"containers":[
            {{"container_id":{{"value":"in"}},"container_status":{{"container_id":{{"value":"in","parent":{{"value":"out"}}}},"executor_pid":8}},
              "resource_statistics":{{"timestamp":{at},"cpus_soft_limit":0.1}}}},
            {{"framework_id":{{"value":"f"}},"executor_id":{{"value":"e"}},"container_id":{{"value":"out"}},
              "resource_statistics":{{"timestamp":{at},"cpus_user_time_secs":{user},"cpus_system_time_secs":0.5,"mem_rss_bytes":132431872}}}}]}}}}"#
        )
    }

    #[test]
    fn a_nested_container_stands_below_its_own() {
        let all = containers(&told(10.0, 1.0), &[]);
        let lines: Vec<String> = all.iter().map(|container| container.line.join("/")).collect();
        assert_eq!(lines, ["out", "out/in"]);
        assert_eq!(all[1].usage, Usage { at: Some(10.0), cpus: Some(0.1), ..Usage::default() });
        assert_eq!((all[1].pid, all[0].usage.mem_rss), (Some(8), Some(132_431_872.0)));
    }

    #[test]
    fn processors_in_use_are_told_by_two_readings() {
        let first = containers(&told(10.0, 1.0), &[]);
        assert_eq!(first[0].cpus_now, None);
        let second = containers(&told(14.0, 2.0), &first);
        assert_eq!((second[0].cpus_now, second[1].cpus_now), (Some(0.25), None));
        let same = containers(&told(14.0, 2.0), &second);
        assert_eq!(same[0].cpus_now, Some(0.25), "the same figures again are not rest");
    }

    #[test]
    fn a_provider_has_its_plugin_and_its_disks() {
        let body = r#"{"get_resource_providers":{"resource_providers":[{"resource_provider_info":{"id":{"value":"22d25a71"},
            "type":"org.apache.mesos.rp.local.storage","name":"test","default_reservations":[{"type":"DYNAMIC","role":"storage"}],
            "storage":{"plugin":{"type":"org.apache.mesos.csi.test","name":"test_csi_plugin"}}},
            "total_resources":[{"name":"disk","scalar":{"value":2048.0},"disk":{"source":{"type":"RAW","profile":"fast"}}},
              {"name":"disk","scalar":{"value":64.0},"disk":{"source":{"type":"MOUNT","mount":{"root":"./csi/v"},"id":"v"}}}]},
            {"resource_provider_info":{"name":"bare"}}]}}"#;
        let [one, bare] = providers(body).try_into().expect("there are two");
        assert_eq!(
            (one.plugin.as_str(), one.reserved_for.as_str()),
            ("org.apache.mesos.csi.test test_csi_plugin", "storage")
        );
        let disks: Vec<_> = one.resources.iter().map(|disk| (disk.scalar, disk.source.as_str())).collect();
        assert_eq!(disks, [(Some(2048.0), "RAW, profile fast"), (Some(64.0), "MOUNT ./csi/v, id v")]);
        assert_eq!(bare, Provider { name: "bare".to_owned(), ..Provider::default() });
    }

    #[test]
    fn an_agent_may_contradict_its_master() {
        let task = |id: &str, state: &str, at: u32| {
            format!(
                r#"{{"task_id":{{"value":"{id}"}},"framework_id":{{"value":"f"}},"state":"{state}","statuses":[{{"timestamp":{at}.0}}]}}"#
            )
        };
        let body = format!(
            r#"{{"type":"GET_TASKS","get_tasks":{{"launched_tasks":[{},{}],"completed_tasks":[{},{}]}}}}"#,
            task("runs", "TASK_RUNNING", 5),
            task("again", "TASK_RUNNING", 2),
            task("over", "TASK_FAILED", 7),
            task("again", "TASK_KILLED", 9),
        );
        let check = |id, state, expected| assert_eq!(contrary(&tasks(&body), "f", id, state), expected, "{id}");
        check("runs", TaskState::Running, None);
        check("again", TaskState::Running, None);
        check("over", TaskState::Running, Some(Contrary::State(TaskState::Failed, Some(Timestamp(7_000_000_000)))));
        check("runs", TaskState::Lost, Some(Contrary::State(TaskState::Running, Some(Timestamp(5_000_000_000)))));
        check("none", TaskState::Running, Some(Contrary::Unlisted));
        check("none", TaskState::Finished, None);
        check("none", TaskState::Unreachable, None);
    }

    #[test]
    fn tasks_stand_with_their_executor() {
        let body = r#"{"get_state":{"get_tasks":{"queued_tasks":[{"task_id":{"value":"q"},"framework_id":{"value":"f"},"executor_id":{"value":"e"},"state":"TASK_STAGING"}],
            "launched_tasks":[{"task_id":{"value":"c"},"framework_id":{"value":"f"},"state":"TASK_RUNNING","resources":[{"name":"cpus","scalar":{"value":0.5}}]}]},
            "get_executors":{"executors":[{"executor_info":{"executor_id":{"value":"e"},"framework_id":{"value":"f"}}}],
              "completed_executors":[{"executor_info":{"executor_id":{"value":"c"},"framework_id":{"value":"f"},"source":"c"}}]},
            "get_frameworks":{"frameworks":[{"framework_info":{"id":{"value":"f"},"name":"web"}}]}}}"#;
        let all = runs(body);
        let counts = |run: &Run| [Stage::Queued, Stage::Running, Stage::Completed].map(|stage| run.count(stage));
        assert_eq!((all[0].executor.id.as_str(), all[0].ended, counts(&all[0])), ("e", false, [1, 0, 0]));
        assert_eq!((all[1].executor.id.as_str(), all[1].ended, counts(&all[1])), ("c", true, [0, 1, 0]));
        assert_eq!((all[1].framework_name.as_str(), all[1].tasks[0].used.cpus.as_f64()), ("web", 0.5));
    }

    #[test]
    fn each_run_of_an_executor_has_its_own_tasks() {
        let task = |id: &str, list: &str, container: &str, at: u32| {
            let status = format!(
                r#"{{"container_status":{{"container_id":{{"value":"n","parent":{{"value":"{container}"}}}}}},"timestamp":{at}.0}}"#
            );
            format!(
                r#""{list}":[{{"task_id":{{"value":"{id}"}},"framework_id":{{"value":"f"}},"executor_id":{{"value":"e"}},"statuses":[{status}]}}]"#
            )
        };
        let executor = r#"{"executor_info":{"executor_id":{"value":"e"},"framework_id":{"value":"f"}}}"#;
        let (live, done) = (task("new", "launched_tasks", "c3", 30), task("old", "completed_tasks", "c1", 10));
        let between = task("between", "terminated_tasks", "c2", 20);
        let body = format!(
            r#"{{"get_state":{{"get_tasks":{{{live},{between},{done}}},"get_executors":{{"executors":[{executor}],"completed_executors":[{executor},{executor},{executor}]}}}}}}"#
        );
        let told: Vec<(bool, Vec<String>)> = runs(&body)
            .into_iter()
            .map(|run| (run.ended, run.tasks.into_iter().map(|task| task.run).collect()))
            .collect();
        let of = |ended, run: &[&str]| (ended, run.iter().map(|run| (*run).to_owned()).collect::<Vec<_>>());
        assert_eq!(told, [of(false, &["c3"]), of(true, &["c2"]), of(true, &["c1"]), of(true, &[])]);
    }

    #[test]
    fn anything_is_an_answer() {
        for body in ["", "{}", "[]", "null", r#"{"get_containers":{"containers":[1,{}]},"get_flags":{"flags":{}}}"#] {
            assert!(runs(body).is_empty() && flags(body).is_empty() && metrics(body).is_empty(), "{body}");
            assert!(version(body).is_empty() && providers(body).is_empty());
            let _ = containers(body, &[]);
        }
    }
}
