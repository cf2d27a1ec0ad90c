//! What an agent, or a master, tells of itself, and an agent of the work on it. What objects are is read by `detail`.
//!
//! What is not as expected is left out; a figure that no isolator measures is absent, never zero.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

use super::containers::{self, Container};
use super::detail::{self, DetailedExecutor, DrainConfig};
use super::field::{FromAnyJson, Misfits};
use super::json_form::JsonForm;
use super::providers::{self, Provider};
use super::state::TaskState;
use super::tree::{self, JsonTree};
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};

/// Stage of a task on its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskStage {
    /// The task waits for its executor.
    Queued,
    /// The executor has received the task.
    Running,
    /// The task has ended, whether or not the end is acknowledged.
    Completed,
}

/// A task as its agent knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentTask {
    /// Id of the framework that the task belongs to.
    pub framework: String,
    /// Id of the task's executor; the task's own id for a command task.
    pub executor: String,
    /// The task's id (Task.task_id).
    pub id: String,
    /// Display name that the framework gave the task; may be empty.
    pub name: String,
    /// Stage of the task, by the list in which the agent reports it.
    pub stage: TaskStage,
    /// State of the task as the agent knows it.
    pub state: TaskState,
    /// Resources that are allocated to the task, not what it consumes.
    pub used: Quantities,
    /// Limit of each resource, `mem` and `disk` in MiB; infinite for no limit.
    pub limits: Vec<(String, f64)>,
    /// Role that the task's resources are allocated to; empty if not reported.
    pub role: String,
    /// The result of its health check, if it has one.
    pub healthy: Option<bool>,
    /// Time of the newest status; `None` without one.
    pub updated: Option<Timestamp>,
    /// Message of the newest status; may be empty.
    pub message: String,
    /// Id of the task's container, without its parents; empty if not reported.
    pub container: String,
    /// Id of the executor's container, which distinguishes runs of one executor; empty if not reported.
    pub run: String,
}

/// An executor on its agent.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutorRun {
    /// The executor's description.
    pub executor: DetailedExecutor,
    /// Name of the framework; empty if the agent does not report it.
    pub framework_name: String,
    /// Whether the executor has ended (GET_STATE's `completed_executors`).
    pub ended: bool,
    /// Queued, running and completed tasks of the run, in this order.
    pub tasks: Vec<AgentTask>,
}

impl ExecutorRun {
    /// Number of the run's tasks in a stage.
    pub fn count(&self, stage: TaskStage) -> usize {
        self.tasks.iter().filter(|task| task.stage == stage).count()
    }
}

/// Types of answers: the name, the value under the answer's key, and how it is read.
macro_rules! reported {
    ($($(#[$doc:meta])* $name:ident($of:ty) = $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $name(pub $of);

        impl<'de> FromAnyJson<'de> for $name {
            const EXPECTED: JsonForm = JsonForm::Object;

            fn read<D: Deserializer<'de>>(json: D, misfits: &mut Misfits) -> Result<Option<Self>, D::Error> {
                Ok(tree::field(&Value::deserialize(json)?, misfits, $read).map(Self))
            }
        }
    )*};
}

reported! {
    /// An agent's answer to GET_STATE: its executors with their tasks.
    Runs(Vec<ExecutorRun>) = runs_of;
    /// An agent's answer to GET_TASKS.
    AgentTasks(Vec<AgentTask>) = |reported| tasks_by_executor(reported, "").into_values().flatten().collect();
    /// An agent's answer to GET_EXECUTORS; executors that have ended come last.
    AgentExecutors(Vec<DetailedExecutor>) = executors_of;
    /// The answer to GET_CONTAINERS, in no particular order.
    Containers(Vec<Container>) = containers::listed;
    /// The answer to GET_VERSION: names and values.
    Version(Vec<(String, String)>) = version_of;
    /// The answer to GET_LOGGING_LEVEL: glog's verbosity, usually 0; 1 to 3 add libprocess' logs.
    LoggingLevel(Option<f64>) = level_of;
    /// The answer to GET_FLAGS: names and values, defaults included.
    Flags(Vec<(String, String)>) = flags_of;
    /// The answer to GET_METRICS, in Mesos' order. A metric without a value is left out.
    Metrics(Vec<(String, f64)>) = metrics_of;
    /// The answer to GET_RESOURCE_PROVIDERS.
    Providers(Vec<Provider>) = providers_of;
    /// The answer to GET_AGENT.
    IdentityReply(AgentIdentity) = myself_of;
}

/// An agent's answer to GET_AGENT.
#[derive(Clone, Debug, Default)]
pub struct AgentIdentity {
    /// The agent's id; empty until it has registered.
    pub id: String,
    /// The host's name, as the agent registers it.
    pub hostname: String,
    /// Settings of the drain; `None` unless the agent is being drained or is drained.
    pub drain: Option<DrainConfig>,
}

/// The body of an answer to GET_AGENT. `None` if it is none.
pub fn identity(body: &str) -> Option<AgentIdentity> {
    let is_answer = |reported: JsonTree<'_>| reported.text("type") == "GET_AGENT";
    tree::read(body, |reported| is_answer(reported).then(|| reported.part("get_agent", myself_of).unwrap_or_default()))
        .0
}

fn myself_of(reported: JsonTree<'_>) -> AgentIdentity {
    AgentIdentity {
        id: reported.text("agent_info.id.value"),
        hostname: reported.text("agent_info.hostname"),
        drain: reported.part("drain_config", detail::drain),
    }
}

fn executors_of(reported: JsonTree<'_>) -> Vec<DetailedExecutor> {
    ["executors", "completed_executors"].map(|list| reported.list(list, detail::executor_of)).concat()
}

fn version_of(reported: JsonTree<'_>) -> Vec<(String, String)> {
    reported.named_texts("version_info")
}

fn level_of(reported: JsonTree<'_>) -> Option<f64> {
    reported.number("level")
}

fn flags_of(reported: JsonTree<'_>) -> Vec<(String, String)> {
    reported.identified("flags", |flag| (flag.text("name"), flag.text("value")), |(name, _)| !name.is_empty())
}

fn metrics_of(reported: JsonTree<'_>) -> Vec<(String, f64)> {
    let metric = |metric: JsonTree<'_>| (metric.text("name"), metric.number("value"));
    let all = reported.identified("metrics", metric, |(name, _)| !name.is_empty());
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn providers_of(reported: JsonTree<'_>) -> Vec<Provider> {
    reported.list("resource_providers", providers::provider)
}

/// The body of an agent's answer to GET_STATE: its executors with their tasks, those that run first.
pub fn runs(body: &str) -> Vec<ExecutorRun> {
    answer(body, "get_state", runs_of)
}

fn runs_of(state: JsonTree<'_>) -> Vec<ExecutorRun> {
    let mut tasks = tasks_by_executor(state, "get_tasks.");
    let frameworks = |list: &str| state.list(&format!("get_frameworks.{list}"), detail::framework_name);
    let names: BTreeMap<String, String> =
        order::inserted(frameworks("frameworks").into_iter().chain(frameworks("completed_frameworks")));
    let mut run = |executor: DetailedExecutor, ended: bool| {
        let key = (executor.framework.clone(), executor.id.clone());
        let tasks = tasks.get_mut(&key).map(|tasks| latest_run(tasks, ended)).unwrap_or_default();
        ExecutorRun {
            framework_name: names.get(&executor.framework).cloned().unwrap_or_default(),
            executor,
            ended,
            tasks,
        }
    };
    let executors = |list: &str| state.list(&format!("get_executors.{list}"), detail::executor_of).into_iter();
    let mut all: Vec<ExecutorRun> = executors("executors").map(|executor| run(executor, false)).collect();
    // An executor's id may have been used before: those that ended last are reported last.
    all.extend(executors("completed_executors").rev().map(|executor| run(executor, true)));
    order::sorted(all, |a, b| {
        let of = |run: &ExecutorRun| (run.ended, run.framework_name.clone(), run.executor.id.clone());
        of(a).cmp(&of(b))
    })
}

/// The tasks in the body of an answer to GET_TASKS, by an agent.
pub fn tasks(body: &str) -> Vec<AgentTask> {
    answer(body, "get_tasks", |reported| tasks_by_executor(reported, "")).into_values().flatten().collect()
}

/// The value under the answer's key; nothing where the key is absent, as in an empty answer.
fn answer<T: Default>(body: &str, key: &str, read: impl FnOnce(JsonTree<'_>) -> T) -> T {
    tree::read(body, |reported| reported.part(key, read)).0.unwrap_or_default()
}

/// Difference between an agent's and the master's report of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Contradiction {
    /// The agent does not list a task that the master reports as running on it.
    Unlisted,
    /// The agent reports another state, since that time by its own clock.
    State(TaskState, Option<Timestamp>),
}

/// Compares an agent's report of a task with the master's state. `None` if both agree, or the agent has forgotten a
/// task that has ended.
pub fn contradiction(tasks: &[AgentTask], framework: &str, id: &str, state: TaskState) -> Option<Contradiction> {
    let its = tasks.iter().filter(|task| task.framework == framework && task.id == id);
    // An id may have been used before.
    match its.max_by_key(|task| (task.stage != TaskStage::Completed, task.updated)) {
        Some(task) => (task.state != state).then_some(Contradiction::State(task.state, task.updated)),
        None if state.is_terminal() || state == TaskState::Unreachable => None,
        None => Some(Contradiction::Unlisted),
    }
}

/// Takes the tasks of an executor's latest run out of all that one of that id had; of one that runs, those that are not over are.
fn latest_run(tasks: &mut Vec<AgentTask>, ended: bool) -> Vec<AgentTask> {
    let is_live = |task: &&AgentTask| !ended && task.stage != TaskStage::Completed;
    let reported = |task: &&AgentTask| !task.run.is_empty();
    let newest = tasks.iter().filter(reported).max_by_key(|task| task.updated);
    let run = tasks.iter().filter(is_live).find(reported).or(newest).map(|task| task.run.clone()).unwrap_or_default();
    let (mine, others) = std::mem::take(tasks)
        .into_iter()
        .partition(|task| task.run.is_empty() || task.run == run || (!ended && task.stage != TaskStage::Completed));
    *tasks = others;
    mine
}

/// The body of an answer to GET_VERSION: names and values, the version itself first.
pub fn version(body: &str) -> Vec<(String, String)> {
    let texts = answer(body, "get_version", version_of);
    let (mut all, rest): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(name, _)| name == "version");
    all.extend(rest);
    all
}

/// The body of an answer to GET_LOGGING_LEVEL: its one value, by name.
pub fn logging_level(body: &str) -> Vec<(String, String)> {
    let level = answer(body, "get_logging_level", level_of);
    level.map(|level| ("verbosity".to_owned(), level.to_string())).into_iter().collect()
}

/// The body of an answer to GET_FLAGS: names and values.
pub fn flags(body: &str) -> Vec<(String, String)> {
    answer(body, "get_flags", flags_of)
}

/// The body of an answer to GET_METRICS, by name. A metric that has no value now is left out.
pub fn metrics(body: &str) -> Vec<(String, f64)> {
    order::sorted(answer(body, "get_metrics", metrics_of), |(a, _), (b, _)| a.cmp(b))
}

/// The body of an answer to GET_RESOURCE_PROVIDERS.
pub fn providers(body: &str) -> Vec<Provider> {
    answer(body, "get_resource_providers", providers_of)
}

fn tasks_by_executor(reported: JsonTree<'_>, within: &str) -> BTreeMap<(String, String), Vec<AgentTask>> {
    let mut all: BTreeMap<(String, String), Vec<AgentTask>> = BTreeMap::new();
    for (list, stage) in [
        ("pending_tasks", TaskStage::Queued),
        ("queued_tasks", TaskStage::Queued),
        ("launched_tasks", TaskStage::Running),
        // Ended, with updates that nobody has acknowledged yet.
        ("terminated_tasks", TaskStage::Completed),
        ("completed_tasks", TaskStage::Completed),
    ] {
        for work in reported.list(&format!("{within}{list}"), |task| work(task, stage)) {
            all.entry((work.framework.clone(), work.executor.clone())).or_default().push(work);
        }
    }
    for tasks in all.values_mut() {
        let sorted = |a: &AgentTask, b: &AgentTask| a.stage.cmp(&b.stage).then_with(|| b.updated.cmp(&a.updated));
        *tasks = order::sorted(std::mem::take(tasks), sorted);
    }
    all
}

fn work(reported: JsonTree<'_>, stage: TaskStage) -> AgentTask {
    let (status, stay) = detail::latest_status(reported).unwrap_or_default();
    let resources = reported.list("resources", detail::resource);
    let id = reported.text("task_id.value");
    let executor = reported.text("executor_id.value");
    AgentTask {
        framework: reported.text("framework_id.value"),
        // A command task's executor, which the agent makes itself, has the task's id.
        executor: if executor.is_empty() { id.clone() } else { executor },
        id,
        name: reported.text("name"),
        stage,
        state: detail::state(reported),
        used: resources.iter().map(|one| Quantities::of(&one.name, one.scalar.unwrap_or_default())).sum(),
        limits: detail::limits(reported),
        role: resources.into_iter().next().map(|first| first.allocated_to).unwrap_or_default(),
        healthy: status.healthy,
        updated: status.at,
        message: status.message,
        container: status.container,
        run: stay.line.into_iter().next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (one.plugin.as_str(), one.default_reservations.as_slice()),
            ("org.apache.mesos.csi.test test_csi_plugin", &["dynamic storage".to_owned()][..])
        );
        let disks: Vec<_> = one.resources.iter().map(|disk| (disk.scalar, disk.source.as_str())).collect();
        assert_eq!(disks, [(Some(2048.0), "RAW, profile fast"), (Some(64.0), "MOUNT ./csi/v, id v")]);
        let json = r#"{"name":"bare"}"#.to_owned();
        assert_eq!(bare, Provider { name: "bare".to_owned(), json, ..Provider::default() });
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
        let check = |id, state, expected| assert_eq!(contradiction(&tasks(&body), "f", id, state), expected, "{id}");
        check("runs", TaskState::Running, None);
        check("again", TaskState::Running, None);
        check(
            "over",
            TaskState::Running,
            Some(Contradiction::State(TaskState::Failed, Some(Timestamp(7_000_000_000)))),
        );
        check("runs", TaskState::Lost, Some(Contradiction::State(TaskState::Running, Some(Timestamp(5_000_000_000)))));
        check("none", TaskState::Running, Some(Contradiction::Unlisted));
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
        let counts = |run: &ExecutorRun| {
            [TaskStage::Queued, TaskStage::Running, TaskStage::Completed].map(|stage| run.count(stage))
        };
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
        let reported: Vec<(bool, Vec<String>)> = runs(&body)
            .into_iter()
            .map(|run| (run.ended, run.tasks.into_iter().map(|task| task.run).collect()))
            .collect();
        let of = |ended, run: &[&str]| (ended, run.iter().map(|run| (*run).to_owned()).collect::<Vec<_>>());
        assert_eq!(reported, [of(false, &["c3"]), of(true, &["c2"]), of(true, &["c1"]), of(true, &[])]);
    }

    #[test]
    fn anything_is_an_answer() {
        for body in ["", "{}", "[]", "null", r#"{"get_flags":{"flags":{}}}"#] {
            assert!(runs(body).is_empty() && flags(body).is_empty() && metrics(body).is_empty(), "{body}");
            assert!(version(body).is_empty() && providers(body).is_empty());
        }
    }
}
