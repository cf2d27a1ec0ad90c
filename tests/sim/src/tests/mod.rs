//! Consistency of the cluster: its streams, lists, counts and sums must agree.

mod fold;
mod furnishing;
mod legacy;
mod operate;
mod recovery;
mod scheduling;
mod scheduling_refusals;
mod server;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::reply::{Body, Target};
use crate::cluster::Sim;
use crate::size::Size;

const TINY: Size = Size::Custom { agents: 3, tasks: 20, completed: 20 };
const SECOND: i64 = 1_000_000_000;
const LATER: i64 = 1_795_306_100 * SECOND;

/// A cluster after a number of seconds at that rate.
fn lived(seed: u64, size: Size, rate: f64, seconds: i64) -> Sim {
    let mut sim = Sim::new(seed, size);
    sim.set_rate(rate);
    for second in 1..=seconds {
        sim.advance(LATER + second * SECOND);
    }
    sim
}

fn events(sim: &mut Sim) -> Vec<Value> {
    std::iter::from_fn(|| sim.next_record()).map(|record| serde_json::from_slice(&record).expect("JSON")).collect()
}

fn ask(sim: &mut Sim, target: Target, call: Value) -> Value {
    let answer = sim.answer(target, call.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{call}");
    serde_json::from_slice(&answer.body.into_bytes()).expect("JSON")
}

fn list<'a>(state: &'a Value, path: &str) -> &'a Vec<Value> {
    state.pointer(path).and_then(Value::as_array).unwrap_or_else(|| panic!("no {path}"))
}

fn id<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]["value"].as_str().unwrap_or_default()
}

#[test]
fn the_seed_decides_everything() {
    let story = |seed| {
        let mut sim = lived(seed, Size::Small, 50.0, 90);
        (events(&mut sim), sim.state())
    };
    assert!(story(7) == story(7));
    assert!(story(7) != story(8));
}

#[test]
fn how_often_the_clock_is_reported_changes_nothing() {
    let mut once = Sim::new(3, TINY);
    once.set_rate(10.0);
    once.advance(LATER + 20 * SECOND);
    assert!(events(&mut once) == events(&mut lived(3, TINY, 10.0, 20)));
}

#[test]
fn a_frozen_cluster_is_still() {
    let mut sim = Sim::new(1, TINY);
    let before = sim.state();
    sim.advance(LATER + 3600 * SECOND);
    assert!(sim.next_record().is_none());
    assert_eq!(sim.state(), before);
}

#[test]
fn the_length_of_a_snapshot_is_true_and_its_pieces_are_small() {
    let sim = lived(5, Size::Small, 100.0, 60);
    let mut snapshot = sim.snapshot();
    let (length, mut bytes) = (snapshot.length(), Vec::new());
    let mut buffer = Vec::new();
    loop {
        let more = snapshot.fill(&mut buffer, 4096);
        assert!(buffer.len() < 32_768, "one object is the largest step: {}", buffer.len());
        bytes.append(&mut buffer);
        if !more {
            break;
        }
    }
    assert_eq!(bytes.len() as u64, length);
    let record: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(record["subscribed"]["get_state"], sim.state()["get_state"]);
    assert_eq!(record["subscribed"]["heartbeat_interval_seconds"], json!(15.0));
}

#[test]
fn a_snapshot_stays_what_it_was_while_life_goes_on() {
    let mut sim = Sim::new(5, TINY);
    let before = Body::Pieces(sim.snapshot()).into_bytes();
    let snapshot = sim.snapshot();
    sim.burst(50);
    assert!(Body::Pieces(snapshot).into_bytes() == before);
    assert!(Body::Pieces(sim.snapshot()).into_bytes() != before);
}

#[test]
fn a_size_decides_the_number_of_agents_and_tasks() {
    let state = Sim::new(1, Size::Small).state();
    // One agent is unreachable with its tasks.
    assert_eq!(list(&state, "/get_state/get_agents/agents").len(), 99);
    let tasks = |which: &str| list(&state, &format!("/get_state/get_tasks/{which}")).len();
    assert_eq!(tasks("tasks") + tasks("unreachable_tasks"), 1000);
    assert_eq!(tasks("completed_tasks"), 1000);
}

/// Sums a list of resources by name, in thousandths; ports are counted.
fn sum(resources: &Value, into: &mut BTreeMap<String, i64>) {
    for resource in resources.as_array().into_iter().flatten() {
        let amount = match resource["scalar"]["value"].as_f64() {
            Some(value) => (value * 1000.0).round() as i64,
            None => {
                let ranges = resource["ranges"]["range"].as_array().expect("ranges");
                ranges
                    .iter()
                    .map(|range| range["end"].as_i64().unwrap_or(0) - range["begin"].as_i64().unwrap_or(0) + 1)
                    .sum()
            }
        };
        *into.entry(resource["name"].as_str().unwrap_or_default().to_owned()).or_default() += amount;
    }
}

#[test]
fn what_is_allocated_is_what_tasks_and_executors_hold() {
    let mut sim = lived(6, Size::Small, 200.0, 60);
    let roles = ask(&mut sim, Target::Master, json!({"type": "GET_ROLES"}));
    let state = sim.state()["get_state"].take();
    let (mut tasks, mut agents, mut frameworks, mut by_role, mut offered) = Default::default();
    for task in list(&state, "/get_tasks/tasks") {
        sum(&task["resources"], &mut tasks);
    }
    for executor in list(&state, "/get_executors/executors") {
        sum(&executor["executor_info"]["resources"], &mut tasks);
    }
    for agent in list(&state, "/get_agents/agents") {
        sum(&agent["allocated_resources"], &mut agents);
        let (mut total, mut busy) = (BTreeMap::new(), BTreeMap::new());
        sum(&agent["total_resources"], &mut total);
        sum(&agent["allocated_resources"], &mut busy);
        sum(&agent["offered_resources"], &mut busy);
        sum(&agent["offered_resources"], &mut offered);
        assert!(busy.iter().all(|(name, amount)| *amount <= total[name]), "{agent}");
    }
    for framework in list(&state, "/get_frameworks/frameworks") {
        sum(&framework["allocated_resources"], &mut frameworks);
    }
    for role in list(&roles, "/get_roles/roles") {
        sum(&role["resources"], &mut by_role);
    }
    assert_eq!(tasks, agents);
    for name in ["cpus", "mem", "disk"] {
        assert_eq!(tasks[name], frameworks[name], "{name}");
        assert_eq!(by_role[name], tasks[name] + offered.get(name).copied().unwrap_or(0), "{name}");
    }
}

#[test]
fn the_metrics_agree_with_the_state() {
    let mut sim = lived(6, Size::Small, 200.0, 60);
    sim.set_subscribers(3);
    let answer = ask(&mut sim, Target::Master, json!({"type": "GET_METRICS", "get_metrics": {}}));
    let metrics = list(&answer, "/get_metrics/metrics").iter();
    let metrics: BTreeMap<&str, f64> =
        metrics.map(|it| (it["name"].as_str().expect("a name"), it["value"].as_f64().expect("a number"))).collect();
    let state = sim.state()["get_state"].take();
    let agents = list(&state, "/get_agents/agents");
    let frameworks = list(&state, "/get_frameworks/frameworks");
    let tasks = list(&state, "/get_tasks/tasks");
    let check = |name: &str, expected: usize| assert_eq!(metrics[name], expected as f64, "{name}");
    check("master/slaves_active", agents.iter().filter(|agent| agent["active"] == true).count());
    check("master/slaves_inactive", agents.iter().filter(|agent| agent["active"] == false).count());
    check("master/frameworks_active", frameworks.iter().filter(|framework| framework["active"] == true).count());
    check("master/frameworks_disconnected", frameworks.iter().filter(|it| it["connected"] == false).count());
    check("master/tasks_running", tasks.iter().filter(|task| task["state"] == "TASK_RUNNING").count());
    check("master/tasks_staging", tasks.iter().filter(|task| task["state"] == "TASK_STAGING").count());
    check("master/operator_event_stream_subscribers", 3);
    let (mut total, mut used) = Default::default();
    agents.iter().for_each(|agent| sum(&agent["total_resources"], &mut total));
    agents.iter().for_each(|agent| sum(&agent["allocated_resources"], &mut used));
    for name in ["cpus", "mem", "disk", "gpus"] {
        check(&format!("master/{name}_total"), total.get(name).copied().unwrap_or(0) as usize / 1000);
        let thousandths = (metrics[format!("master/{name}_used").as_str()] * 1000.0).round() as i64;
        assert_eq!(thousandths, used.get(name).copied().unwrap_or(0), "{name}");
    }
}

#[test]
fn an_agent_answers_every_read_about_itself() {
    let mut sim = lived(6, Size::Small, 50.0, 30);
    let agent = Target::Agent(20);
    for call in
        ["GET_HEALTH", "GET_FLAGS", "GET_VERSION", "GET_LOGGING_LEVEL", "GET_OPERATIONS", "GET_RESOURCE_PROVIDERS"]
    {
        assert_eq!(ask(&mut sim, agent, json!({"type": call}))["type"], call);
    }
    ask(&mut sim, agent, json!({"type": "GET_METRICS", "get_metrics": {}}));
    let state = ask(&mut sim, agent, json!({"type": "GET_STATE"}));
    let me = ask(&mut sim, agent, json!({"type": "GET_AGENT"}));
    let mine = id(&me["get_agent"]["agent_info"], "id").to_owned();
    let known = sim.state();
    let of_master =
        list(&known, "/get_state/get_tasks/tasks").iter().filter(|task| id(task, "agent_id") == mine).count();
    let count = |which: &str| list(&state, &format!("/get_state/get_tasks/{which}")).len();
    assert_eq!(count("launched_tasks") + count("queued_tasks"), of_master);
    assert_eq!(list(&state, "/get_state/get_executors/executors").len(), of_master);
    let containers = ask(&mut sim, agent, json!({"type": "GET_CONTAINERS", "get_containers": {"show_nested": true}}));
    assert!(list(&containers, "/get_containers/containers").len() >= count("launched_tasks"));
}

#[test]
fn a_sandbox_is_found_by_the_virtual_path_and_its_log_is_read() {
    let mut sim = Sim::new(6, TINY);
    let state = ask(&mut sim, Target::Agent(0), json!({"type": "GET_STATE"}));
    let executor = &list(&state, "/get_state/get_executors/executors")[0]["executor_info"];
    let root =
        format!("/frameworks/{}/executors/{}/runs/latest", id(executor, "framework_id"), id(executor, "executor_id"));
    let listed = ask(&mut sim, Target::Agent(0), json!({"type": "LIST_FILES", "list_files": {"path": root}}));
    let paths: Vec<&str> = list(&listed, "/list_files/file_infos")
        .iter()
        .filter_map(|info| info["path"].as_str()?.strip_prefix(&root))
        .collect();
    assert!(
        ["/conf", "/stderr", "/stdout"].iter().all(|path| paths.contains(path)) || paths.contains(&"/tasks"),
        "{paths:?}"
    );
    let call = |path: &str| json!({"type": "READ_FILE", "read_file": {"path": path, "offset": 0, "length": 160}});
    let read = ask(&mut sim, Target::Agent(0), call(&format!("{root}/stdout")));
    assert!(
        read["read_file"]["size"].as_i64() > Some(0)
            && read["read_file"]["data"].as_str().is_some_and(|it| it.len() > 100)
    );
    for (path, status) in [("/nowhere", 404), (root.as_str(), 400), (&format!("{root}/none"), 404)] {
        assert_eq!(sim.answer(Target::Agent(0), call(path).to_string().as_bytes()).status, status, "{path}");
    }
}

#[test]
fn agents_drain_and_come_back() {
    let mut sim = Sim::new(6, TINY);
    let agent = json!({"value": sim.world.agent_id_text(1)});
    let write = |kind: &str, key: &str, sim: &mut Sim| {
        let call = json!({"type": kind, key: {"agent_id": agent}});
        sim.answer(Target::Master, call.to_string().as_bytes()).status
    };
    assert_eq!(write("REACTIVATE_AGENT", "reactivate_agent", &mut sim), 400);
    assert_eq!(write("DRAIN_AGENT", "drain_agent", &mut sim), 200);
    assert_eq!(write("REACTIVATE_AGENT", "reactivate_agent", &mut sim), 400);
    sim.set_rate(50.0);
    sim.advance(LATER + 20 * SECOND);
    assert_eq!(write("REACTIVATE_AGENT", "reactivate_agent", &mut sim), 200);
    assert_eq!(write("MARK_AGENT_GONE", "mark_agent_gone", &mut sim), 200);
    assert_eq!(write("DEACTIVATE_AGENT", "deactivate_agent", &mut sim), 400);
}
