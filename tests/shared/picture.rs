//! A cluster in short, so that two of them can be compared by id: the one that was folded, and the one that the master tells.

use std::collections::{BTreeMap, BTreeSet};

use mesoscope_core::base::units::{Quantities, Timestamp};
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::agent::{self, DrainState};
use mesoscope_core::cluster::framework;
use mesoscope_core::cluster::task::MasterTaskList;
use mesoscope_core::mesos::wire;
use serde_json::Value;

/// A framework's id and a task's.
pub type Key = (String, String);

#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub section: MasterTaskList,
    pub state: String,
    pub agent: String,
    pub resources: Value,
    /// The states of its statuses.
    pub statuses: Vec<String>,
    /// The state of the update that waits for an acknowledgement. The master's alone.
    pub unacknowledged: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Framework {
    pub name: String,
    pub user: String,
    pub roles: Vec<String>,
    pub recovered: bool,
    pub completed: bool,
    /// What no event tells, or not always.
    pub active: bool,
    pub connected: bool,
    pub registered: i64,
    pub reregistered: i64,
    pub unregistered: i64,
    pub allocated: Quantities,
    pub offered: Quantities,
    pub offers: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agent {
    pub hostname: String,
    pub pid: String,
    pub version: String,
    pub recovered: bool,
    /// What no event tells.
    pub active: bool,
    pub deactivated: bool,
    pub drain: Option<String>,
    pub total: Quantities,
    pub allocated: Quantities,
    pub offered: Quantities,
    pub registered: i64,
    pub reregistered: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Ids may repeat.
    pub tasks: BTreeMap<Key, Vec<Task>>,
    /// Of each framework, in their order.
    pub completed_tasks: BTreeMap<String, Vec<String>>,
    pub frameworks: BTreeMap<String, Framework>,
    /// In their order.
    pub completed_frameworks: Vec<String>,
    pub agents: BTreeMap<String, Agent>,
    /// By framework, agent and id.
    pub executors: BTreeSet<(String, String, String)>,
}

impl Picture {
    /// Of what was folded. Agents that are gone from the master's list, and stay on screen for the sake of their unreachable
    /// tasks, are left out.
    pub fn folded(cluster: &Cluster) -> Self {
        let mut picture = Self::default();
        for task in cluster.tasks() {
            let json: Value = serde_json::from_str(&cluster.task_json(task)).expect("a task is JSON");
            let key = (cluster.framework_of(task).0.0, task.id().to_owned());
            let reported = reported_task(&json, task.section);
            assert_eq!(Some(reported.state.as_str()), task.state.mesos_name(), "the row and its JSON are of one state");
            assert_eq!(reported.agent, cluster.agent_of(task).0);
            picture.tasks.entry(key).or_default().push(Task { unacknowledged: None, ..reported });
        }
        for framework in cluster.frameworks() {
            picture.frameworks.insert(framework.id.0.clone(), folded_framework(framework));
            let ended = cluster.completed_tasks_of(&framework.id).map(|task| task.id().to_owned()).collect::<Vec<_>>();
            if !ended.is_empty() {
                picture.completed_tasks.insert(framework.id.0.clone(), ended);
            }
        }
        picture.completed_frameworks = cluster.completed_frameworks().map(|framework| framework.id.0.clone()).collect();
        for agent in cluster.agents().filter(|agent| !agent.unreachable) {
            picture.agents.insert(agent.id.0.clone(), folded_agent(agent));
        }
        picture.executors = cluster
            .executors()
            .map(|placed| (placed.framework.to_owned(), placed.agent.to_owned(), placed.id.to_owned()))
            .collect();
        picture
    }

    /// Of the master's own answers: the content of GET_TASKS, GET_FRAMEWORKS, GET_AGENTS and GET_EXECUTORS.
    pub fn reported(tasks: &Value, frameworks: &Value, agents: &Value, executors: &Value) -> Self {
        let mut picture = Self::default();
        for (list, section) in [
            ("tasks", MasterTaskList::Live),
            ("unreachable_tasks", MasterTaskList::Unreachable),
            ("completed_tasks", MasterTaskList::Completed),
        ] {
            for json in items(tasks, list) {
                let (framework, id) = (text(json, "/framework_id/value"), text(json, "/task_id/value"));
                if section == MasterTaskList::Completed {
                    picture.completed_tasks.entry(framework.clone()).or_default().push(id.clone());
                }
                picture.tasks.entry((framework, id)).or_default().push(reported_task(json, section));
            }
        }
        for (list, completed) in [("frameworks", false), ("completed_frameworks", true)] {
            for json in items(frameworks, list) {
                let id = text(json, "/framework_info/id/value");
                if completed {
                    picture.completed_frameworks.push(id.clone());
                }
                picture.frameworks.insert(id, reported_framework(json, completed));
            }
        }
        for json in items(agents, "agents") {
            picture.agents.insert(text(json, "/agent_info/id/value"), reported_agent(json));
        }
        for json in items(agents, "recovered_agents") {
            let hostname = text(json, "/hostname");
            let total = quantities(json.get("resources"));
            picture
                .agents
                .insert(text(json, "/id/value"), Agent { hostname, recovered: true, total, ..Agent::default() });
        }
        picture.executors = items(executors, "executors")
            .map(|json| {
                let info = |path: &str| text(json, &format!("/executor_info/{path}/value"));
                (info("framework_id"), text(json, "/agent_id/value"), info("executor_id"))
            })
            .collect();
        picture
    }
}

fn folded_framework(framework: &framework::Framework) -> Framework {
    Framework {
        name: framework.name.clone(),
        user: framework.user.clone(),
        roles: framework.roles.iter().map(|role| role.0.clone()).collect(),
        recovered: framework.recovered,
        completed: framework.completed(),
        active: framework.active,
        connected: framework.connected,
        registered: nanos(framework.registered),
        reregistered: nanos(framework.reregistered),
        unregistered: nanos(framework.unregistered),
        allocated: framework.allocated().unwrap_or_default(),
        offered: framework.offered().unwrap_or_default(),
        offers: framework.offers.iter().map(|offer| offer.id.clone()).collect(),
    }
}

fn folded_agent(agent: &agent::Agent) -> Agent {
    Agent {
        hostname: agent.hostname.clone(),
        pid: agent.pid.clone(),
        version: agent.version.clone(),
        recovered: agent.recovered,
        active: agent.active,
        deactivated: agent.deactivated,
        drain: agent.drain.map(|drain| match drain {
            DrainState::Draining => "DRAINING".to_owned(),
            DrainState::Drained => "DRAINED".to_owned(),
        }),
        total: agent.total,
        allocated: agent.allocated(),
        offered: agent.offered,
        registered: nanos(agent.registered),
        reregistered: nanos(agent.reregistered),
    }
}

fn nanos(at: Option<Timestamp>) -> i64 {
    at.map_or(0, |at| at.0)
}

fn reported_task(json: &Value, section: MasterTaskList) -> Task {
    let states = json.get("statuses").and_then(Value::as_array).into_iter().flatten();
    Task {
        section,
        state: text(json, "/state"),
        agent: text(json, "/agent_id/value"),
        resources: json.get("resources").cloned().unwrap_or(Value::Null),
        statuses: states.map(|status| text(status, "/state")).collect(),
        unacknowledged: json.get("status_update_state").and_then(Value::as_str).map(str::to_owned),
    }
}

fn reported_framework(json: &Value, completed: bool) -> Framework {
    let info = json.get("framework_info").unwrap_or(&Value::Null);
    let roles: Vec<String> = items(info, "roles").filter_map(Value::as_str).map(str::to_owned).collect();
    let old = info.get("role").and_then(Value::as_str).unwrap_or("*").to_owned();
    let is = |name: &str| json.get(name).and_then(Value::as_bool).unwrap_or(false);
    Framework {
        name: text(info, "/name"),
        user: text(info, "/user"),
        roles: if roles.is_empty() { vec![old] } else { roles },
        recovered: is("recovered"),
        completed,
        active: is("active"),
        connected: is("connected"),
        registered: moment(json, "registered_time"),
        reregistered: moment(json, "reregistered_time"),
        unregistered: moment(json, "unregistered_time"),
        allocated: quantities(json.get("allocated_resources")),
        offered: quantities(json.get("offered_resources")),
        offers: items(json, "offers").map(|offer| text(offer, "/id/value")).collect(),
    }
}

fn reported_agent(json: &Value) -> Agent {
    let is = |name: &str| json.get(name).and_then(Value::as_bool).unwrap_or(false);
    Agent {
        hostname: text(json, "/agent_info/hostname"),
        pid: text(json, "/pid"),
        version: text(json, "/version"),
        recovered: false,
        active: is("active"),
        deactivated: is("deactivated"),
        drain: json.pointer("/drain_info/state").and_then(Value::as_str).map(str::to_owned),
        total: quantities(json.get("total_resources")),
        allocated: quantities(json.get("allocated_resources")),
        offered: quantities(json.get("offered_resources")),
        registered: moment(json, "registered_time"),
        reregistered: moment(json, "reregistered_time"),
    }
}

/// Read apart from `wire`, which is under test.
fn quantities(resources: Option<&Value>) -> Quantities {
    let all = resources.and_then(Value::as_array).into_iter().flatten();
    all.map(|resource| {
        let value = resource.pointer("/scalar/value").and_then(Value::as_f64).unwrap_or(0.0);
        Quantities::of(resource.get("name").and_then(Value::as_str).unwrap_or(""), value)
    })
    .sum()
}

fn items<'a>(json: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    json.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn text(json: &Value, path: &str) -> String {
    json.pointer(path).and_then(Value::as_str).unwrap_or("").to_owned()
}

fn moment(json: &Value, name: &str) -> i64 {
    json.get(name).and_then(|time| time.get("nanoseconds")).and_then(Value::as_i64).unwrap_or(0)
}

/// The content of an answer, made text as the engine makes it.
pub fn content(body: &[u8]) -> Value {
    let answer: Value = serde_json::from_str(&wire::decode_lossy::decode_lossy(body)).expect("a real answer is JSON");
    let kind = answer.get("type").and_then(Value::as_str).unwrap_or("").to_lowercase();
    answer.get(&kind).cloned().unwrap_or(Value::Null)
}
