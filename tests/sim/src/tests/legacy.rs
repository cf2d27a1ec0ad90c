//! What the stock web UI reads, against the v1 answers of the same cluster.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ask, id, list, lived};
use crate::answer::reply::Target;
use crate::cluster::Sim;
use crate::size::Size;

const PORT: u16 = 5055;

fn legacy(sim: &mut Sim) -> Value {
    serde_json::from_slice(&sim.legacy_state(PORT)).expect("what the writer writes is JSON")
}

/// Id, state, number of statuses and cpus of each task by its list, and executors by agent.
fn tasks_of(state: &Value) -> BTreeMap<&str, Vec<(String, String, usize, f64)>> {
    let mut tasks: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for section in ["tasks", "unreachable_tasks", "completed_tasks"] {
        let listed = tasks.entry(section).or_default();
        match state.pointer("/get_state/get_tasks") {
            Some(v1) => listed.extend(v1[section].as_array().into_iter().flatten().map(|task| {
                let cpus = task["resources"][0]["scalar"]["value"].as_f64().unwrap_or_default();
                described(id(task, "task_id"), task, cpus)
            })),
            None => {
                let frameworks = list(state, "/frameworks").iter().chain(list(state, "/completed_frameworks"));
                listed.extend(frameworks.flat_map(|framework| list(framework, &format!("/{section}"))).map(|task| {
                    let cpus = task["resources"]["cpus"].as_f64().unwrap_or_default();
                    described(task["id"].as_str().unwrap_or_default(), task, cpus)
                }));
            }
        }
        listed.sort_by(|one, other| one.partial_cmp(other).expect("cpus are numbers"));
    }
    tasks
}

fn described(id: &str, task: &Value, cpus: f64) -> (String, String, usize, f64) {
    let statuses = task["statuses"].as_array().map_or(0, Vec::len);
    (id.to_owned(), task["state"].to_string(), statuses, cpus)
}

#[test]
fn the_legacy_state_has_the_tasks_of_the_v1_state() {
    let mut sim = lived(4, Size::Small, 50.0, 30);
    let (legacy, v1) = (legacy(&mut sim), sim.state());
    assert!(tasks_of(&v1).values().all(|tasks| !tasks.is_empty()), "there are tasks in each list");
    assert_eq!(tasks_of(&legacy), tasks_of(&v1));
}

#[test]
fn the_legacy_state_has_the_resources_of_agents_and_frameworks() {
    let mut sim = lived(4, Size::Small, 50.0, 30);
    sim.furnish();
    let state = legacy(&mut sim);
    let metrics: Value = serde_json::from_slice(&sim.legacy_metrics()).expect("what the writer writes is JSON");
    let sum =
        |of: &str, path: &str| -> f64 { list(&state, of).iter().filter_map(|one| one.pointer(path)?.as_f64()).sum() };
    let check = |name: &str, sum: f64| {
        let expected = metrics[name].as_f64().expect("there is such a metric");
        assert!((sum - expected).abs() < 1e-3 && sum > 0.0, "{name}: {sum}, not {expected}");
    };
    check("master/cpus_total", sum("/slaves", "/resources/cpus"));
    check("master/mem_used", sum("/slaves", "/used_resources/mem"));
    check("master/mem_used", sum("/frameworks", "/used_resources/mem"));
    let reserved = list(&state, "/slaves").iter().flat_map(|agent| agent["reserved_resources"].as_object()).flatten();
    let reserved: f64 = reserved.filter_map(|(_, of)| of["cpus"].as_f64()).sum();
    check("master/cpus_total", reserved + sum("/slaves", "/unreserved_resources/cpus"));
}

#[test]
fn the_legacy_state_names_the_leader_on_the_given_port() {
    let mut sim = lived(4, Size::Small, 50.0, 1);
    let state = legacy(&mut sim);
    let host =
        ask(&mut sim, Target::Master, json!({"type": "GET_MASTER"}))["get_master"]["master_info"]["hostname"].clone();
    assert_eq!((&state["leader_info"]["hostname"], &state["leader_info"]["port"]), (&host, &json!(PORT)));
}

/// As the measured one of a hundred agents and two thousand tasks, which had 2.37 MB.
#[test]
fn the_legacy_state_is_half_of_the_snapshot() {
    let mut sim = Sim::new(1, Size::Small);
    let (legacy, v1) = (sim.legacy_state(PORT).len() as f64, sim.snapshot().length() as f64);
    assert!((0.45..0.6).contains(&(legacy / v1)), "{legacy} of {v1} bytes");
}
