//! Writes of a real Mesos said again to the simulated cluster, in the order in which they were made: the same status, the same words,
//! and afterwards the same weights, quotas and schedules. Lists of what has a name come in no order.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sim::{Sim, Size, Target};

/// Exchanges that are not said again, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("master-weights/004-GET_ROLES", "the recorded cluster's frameworks are in it"),
    ("master-weights/019-nan", "the end of the words is the JSON parser's own"),
    ("master-quota2/022-huge", "a slip of Mesos' own: it compares the number after it wrapped"),
    ("master-quota2/023-limit-below-consumption-podrole", "the recorded cluster ran a pod in that role; see below"),
    ("master-quota2/036-GET_ROLES", "the recorded cluster's frameworks are in it"),
    ("master-quota2/043-v0-GET-quota", "another API"),
    ("master-quota2/044-v0-GET-roles", "another API"),
    ("master-maintenance/047-GET_FRAMEWORKS-inverse-offers", "the recorded cluster's frameworks are in it"),
    ("master-maintenance/048-GET_AGENTS-during-schedule", "the recorded cluster's agents are in it"),
    ("master-maintenance/052-GET_AGENTS-agent1-down", "the recorded cluster's agents are in it"),
    ("master-maintenance/053-GET_TASKS-agent1-down", "the recorded cluster's tasks are in it"),
    ("master-maintenance/054-GET_STATE-down", "the recorded cluster's tasks are in it"),
];

struct Exchange {
    name: String,
    call: String,
    status: u16,
    body: String,
}

fn exchanges(folder: &str) -> Vec<Exchange> {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/recorded").join(folder);
    let files =
        fs::read_dir(&place).expect("the recording can be listed").filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|it| it == "txt")).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let text = String::from_utf8_lossy(&fs::read(&file).expect("a recording")).replace("\r\n", "\n");
            let (request, response) = text.split_once("<<< RESPONSE (raw bytes)\n").expect("a request and its answer");
            let after_head =
                |part: &str| part.split_once("\n\n").map(|(_, body)| body.trim_end().to_owned()).unwrap_or_default();
            let status = response.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
            let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
            Exchange { name: format!("{folder}/{stem}"), call: after_head(request), status, body: after_head(response) }
        })
        .filter(|exchange| EXEMPT.iter().all(|(name, _)| *name != exchange.name))
        .collect()
}

fn ask(sim: &mut Sim, call: &str) -> (u16, String) {
    let answer = sim.answer(Target::Master, call.as_bytes());
    (answer.status, String::from_utf8_lossy(&answer.body.into_bytes()).into_owned())
}

/// With lists of objects in an order of their own.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(ordered).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), ordered(value))).collect(),
        other => other.clone(),
    }
}

/// What registered agents have, as a refusal says it, and as a number of cpus.
fn capacity(sim: &mut Sim) -> (String, f64) {
    let call = json!({"type": "UPDATE_QUOTA", "update_quota": {"quota_configs": [{"role": "probe", "guarantees": {"cpus": {"value": 1e9}}}]}});
    let (_, words) = ask(sim, &call.to_string());
    let words = words
        .split("cluster capacity '")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .expect("it says so")
        .to_owned();
    let cpus = words.split("; ").find_map(|part| part.strip_prefix("cpus:")?.parse().ok()).expect("there are cpus");
    (words, cpus)
}

/// The recorded cluster had 8 cpus; this one has others.
fn translate(text: &str, capacity: &(String, f64)) -> String {
    let (words, cpus) = capacity;
    text.replace("cpus:8; disk:16384; mem:8192", words)
        .replace("\"value\": 8.001}", &format!("\"value\": {}}}", cpus + 0.001))
        .replace("\"value\": 8}", &format!("\"value\": {cpus}}}"))
        .replace("'cpus:8.001'", &format!("'cpus:{}'", cpus + 0.001))
}

#[test]
fn recorded_writes_are_answered_as_a_real_cluster_did() {
    let mut sim = Sim::new(1, Size::Custom { agents: 2, tasks: 4, completed: 4 });
    let capacity = capacity(&mut sim);
    let mut wrong = Vec::new();
    let mut compared = 0;
    for exchange in ["master-weights", "master-quota2", "master-maintenance"].into_iter().flat_map(exchanges) {
        compared += 1;
        let (status, body) = ask(&mut sim, &translate(&exchange.call, &capacity));
        let expected = translate(&exchange.body, &capacity);
        let same = match (serde_json::from_str::<Value>(&expected), serde_json::from_str::<Value>(&body)) {
            (Ok(expected), Ok(found)) => ordered(&without_answers(expected)) == ordered(&found),
            _ => expected == body.trim_end(),
        };
        if status != exchange.status || !same {
            wrong.push(format!("{}: {status} {body}\n    instead of {} {expected}", exchange.name, exchange.status));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 100, "only {compared} exchanges were found");
}

/// What frameworks said to inverse offers is left out: these say nothing.
fn without_answers(mut body: Value) -> Value {
    let machines = body.pointer_mut("/get_maintenance_status/status/draining_machines").and_then(Value::as_array_mut);
    for machine in machines.into_iter().flatten().filter_map(Value::as_object_mut) {
        machine.remove("statuses");
    }
    body
}

#[test]
fn a_limit_below_what_is_consumed_needs_force() {
    let mut sim = Sim::new(1, Size::Small);
    let call = |force: bool| {
        json!({"type": "UPDATE_QUOTA", "update_quota": {"force": force, "quota_configs": [{"role": "data", "limits": {"cpus": {"value": 0.05}}}]}}).to_string()
    };
    let (status, words) = ask(&mut sim, &call(false));
    assert_eq!(status, 400);
    assert!(words.starts_with("Invalid QuotaConfig: Role 'data' is already consuming 'cpus:"), "{words}");
    assert!(
        words.ends_with("this is more than the requested limits 'cpus:0.05' (use 'force' flag to bypass this check)"),
        "{words}"
    );
    assert_eq!(ask(&mut sim, &call(true)).0, 200);
    let nested = json!({"type": "UPDATE_QUOTA", "update_quota": {"quota_configs": [{"role": "a/b"}]}}).to_string();
    assert_eq!(ask(&mut sim, &nested), (400, "Updating quota on nested role 'a/b' is not supported yet".to_owned()));
}

#[test]
fn a_machine_that_is_taken_down_loses_its_agent() {
    let mut sim = Sim::new(1, Size::Small);
    let schedule = ask(&mut sim, r#"{"type":"GET_MAINTENANCE_SCHEDULE"}"#).1;
    let schedule: Value = serde_json::from_str(&schedule).expect("JSON");
    let machine = schedule
        .pointer("/get_maintenance_schedule/schedule/windows/0/machine_ids/0")
        .expect("one is scheduled")
        .clone();
    let agents = |sim: &mut Sim| {
        sim.state()
            .pointer("/get_state/get_agents/agents")
            .or(sim.state().pointer("/get_agents/agents"))
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
    };
    let before = agents(&mut sim);
    let act = |kind: &str, field: &str| json!({"type": kind, field: {"machines": [machine]}}).to_string();
    assert_eq!(ask(&mut sim, &act("START_MAINTENANCE", "start_maintenance")).0, 200);
    assert_eq!(agents(&mut sim), before - 1);
    let mut records = std::iter::from_fn(|| sim.next_record());
    assert!(records.any(|record| String::from_utf8_lossy(&record).contains("AGENT_REMOVED")));
    assert_eq!(ask(&mut sim, &act("STOP_MAINTENANCE", "stop_maintenance")).0, 200);
    let (_, status) = ask(&mut sim, r#"{"type":"GET_MAINTENANCE_STATUS"}"#);
    assert!(!status.contains("down_machines"), "{status}");
}
