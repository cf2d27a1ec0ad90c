//! Writes of a real Mesos said again to the simulated cluster, in the order in which they were made: the same status, the same words,
//! and afterwards the same weights, quotas, schedules, and as much of agents, frameworks and tasks as writes change. Ids and dates are
//! the cluster's own, and lists of what has a name come in no order.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use sim::{Recorded, Sim, Size, Target};

/// Exchanges that are not said again, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("master-weights/019-nan", "the end of the words is the JSON parser's own"),
    ("master-quota2/022-huge", "a slip of Mesos' own: it compares the number after it wrapped"),
    ("master-quota2/043-v0-GET-quota", "another API"),
    ("master-quota2/044-v0-GET-roles", "another API"),
];

struct Exchange {
    name: String,
    call: String,
    status: u16,
    body: String,
    /// Nanoseconds since the Unix epoch, of which no fraction of a second is known.
    at: i64,
}

/// The exchanges of those folders, in the order of their dates; within a second, of their names.
fn exchanges(folders: &[&str]) -> Vec<Exchange> {
    let mut all: Vec<Exchange> = folders.iter().flat_map(|folder| recorded(folder)).collect();
    // A stable sort: files of one folder stand in the order of their names already.
    all.sort_by_key(|exchange| exchange.at);
    all
}

fn recorded(folder: &str) -> Vec<Exchange> {
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
            let (call, body) = (after_head(request), after_head(response));
            Exchange { name: format!("{folder}/{stem}"), call, status, body, at: date(response) }
        })
        .filter(|exchange| EXEMPT.iter().all(|(name, _)| *name != exchange.name))
        .collect()
}

/// The time of `Date: Sun, 22 Nov 2026 00:30:15 GMT`; all recordings are of that day.
fn date(response: &str) -> i64 {
    const MIDNIGHT: i64 = 1_795_305_600;
    let date = response.lines().find_map(|line| line.strip_prefix("Date: ")).expect("an answer has a date");
    let mut clock =
        date.split(' ').nth(4).expect("a time").split(':').map(|part| part.parse::<i64>().expect("a number"));
    let mut next = || clock.next().expect("hours, minutes and seconds");
    (MIDNIGHT + (next() * 60 + next()) * 60 + next()) * 1_000_000_000
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

/// Says all of them again, each at its time, and tells how many there were and which were answered otherwise.
fn replay(sim: &mut Sim, exchanges: Vec<Exchange>, wrong: &mut Vec<String>) -> usize {
    let id = sim.state()["get_state"]["get_frameworks"].to_string();
    let ours = id.split("-0000").next().and_then(|text| text.rsplit('"').next()).expect("a framework").to_owned();
    let (mut second, mut nth) = (0, 0);
    let count = exchanges.len();
    for exchange in exchanges {
        (second, nth) = if exchange.at == second { (second, nth + 1) } else { (exchange.at, 0) };
        sim.advance(second + nth * 20_000_000);
        let call = CLUSTERS.iter().fold(exchange.call.clone(), |call, theirs| call.replace(theirs, &ours));
        let (status, body) = ask(sim, &call);
        let same = match (serde_json::from_str::<Value>(&exchange.body), serde_json::from_str::<Value>(&body)) {
            (Ok(expected), Ok(found)) => ordered(&changeable(expected)) == ordered(&changeable(found)),
            _ => exchange.body == body.trim_end(),
        };
        if status != exchange.status || !same {
            let shown = |body: &str| {
                serde_json::from_str(body).map_or(body.to_owned(), |it| ordered(&changeable(it)).to_string())
            };
            let (found, expected) = (shown(&body), shown(&exchange.body));
            wrong.push(format!("{}: {status} {found}\n    instead of {} {expected}", exchange.name, exchange.status));
        }
    }
    count
}

/// The ids of the masters that were recorded.
const CLUSTERS: [&str; 2] = ["21a98bbb-0f61-4e01-848e-a58dea2b358b", "c9862747-d47d-4710-975e-df9ae5ad25c1"];

#[test]
fn recorded_writes_are_answered_as_a_real_cluster_did() {
    let mut wrong = Vec::new();
    // One master heard of weights and quotas, another one of the rest.
    let mut sim = Sim::recorded(2);
    let test = sim.run(Recorded::Test, &[]);
    sim.run(Recorded::Alpha, &[1]);
    sim.run(Recorded::Pods, &[0]);
    let mut compared = replay(&mut sim, exchanges(&["master-weights"]), &mut wrong);
    sim.leave(&test);
    compared += replay(&mut sim, exchanges(&["master-quota2"]), &mut wrong);
    let mut sim = Sim::recorded(2);
    sim.run(Recorded::Alpha, &[0, 1]);
    compared += replay(&mut sim, exchanges(&["master-maintenance", "master-drain", "master-teardown"]), &mut wrong);
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(compared, 179);
}

/// Of an answer what writes change: agents, frameworks and tasks say much besides, which is each cluster's own.
fn changeable(mut answer: Value) -> Value {
    let Some(call) = answer["type"].as_str().map(str::to_lowercase) else { return answer };
    let content = &mut answer[call.as_str()];
    match call.as_str() {
        "get_agents" => *content = agents(content),
        "get_frameworks" => *content = frameworks(content),
        "get_tasks" => *content = tasks(content),
        "get_state" => {
            let part = |name: &str, of: fn(&Value) -> Value| (name.to_owned(), of(&content[name]));
            let parts = [part("get_agents", agents), part("get_frameworks", frameworks), part("get_tasks", tasks)];
            *content = Value::Object(parts.into_iter().collect());
        }
        "get_roles" => {
            for role in content["roles"].as_array_mut().into_iter().flatten() {
                let ids = role.get_mut("frameworks").and_then(Value::as_array_mut);
                ids.into_iter().flatten().for_each(|id| *id = json!("its framework"));
            }
        }
        // These frameworks' answers are their own.
        "get_maintenance_status" => {
            let machines = content["status"].get_mut("draining_machines").and_then(Value::as_array_mut);
            machines.into_iter().flatten().filter_map(Value::as_object_mut).for_each(|it| drop(it.remove("statuses")));
        }
        _ => {}
    }
    answer
}

/// The entries of a list, each as it is said by that.
fn each(content: &Value, list: &str, say: impl Fn(&Value) -> Value) -> Value {
    content[list].as_array().into_iter().flatten().map(say).collect()
}

/// Those fields as they are.
fn some(entry: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), entry.get(name)?.clone()))).collect()
}

fn agents(content: &Value) -> Value {
    let agent = |entry: &Value| {
        let mut said = some(entry, &["active", "deactivated", "drain_info"]);
        said.insert("host".into(), entry["agent_info"]["hostname"].clone());
        said.insert("drains since a time".into(), entry["estimated_drain_start_time"]["nanoseconds"].is_i64().into());
        said.insert("allocated".into(), scalars(&entry["allocated_resources"]));
        Value::Object(said)
    };
    json!([each(content, "agents", agent), each(content, "recovered_agents", Value::clone)])
}

fn frameworks(content: &Value) -> Value {
    let framework = |entry: &Value| {
        let mut said = some(entry, &["active", "connected", "recovered"]);
        said.insert("roles".into(), entry["framework_info"]["roles"].clone());
        said.insert("ended at a time".into(), entry["unregistered_time"]["nanoseconds"].is_i64().into());
        said.insert("allocated".into(), scalars(&entry["allocated_resources"]));
        Value::Object(said)
    };
    json!([each(content, "frameworks", framework), each(content, "completed_frameworks", framework)])
}

fn tasks(content: &Value) -> Value {
    let task = |entry: &Value| {
        let mut said = some(entry, &["state"]);
        let agent = entry["agent_id"]["value"].as_str().and_then(|id| id.rsplit('-').next());
        said.insert("agent".into(), agent.into());
        said.insert("resources".into(), scalars(&entry["resources"]));
        let status = |status: &Value| Value::Object(some(status, &["state", "source", "reason", "message"]));
        said.insert("statuses".into(), each(entry, "statuses", status));
        Value::Object(said)
    };
    // An agent that was started again tells of tasks that are over as if they ran: the master lists them a second time.
    let over = |entry: &Value| if entry["state"] == "TASK_RUNNING" { Value::Null } else { task(entry) };
    let completed = each(content, "completed_tasks", over);
    let completed: Vec<&Value> = completed.as_array().into_iter().flatten().filter(|it| !it.is_null()).collect();
    json!([each(content, "tasks", task), each(content, "unreachable_tasks", task), completed])
}

/// Amounts by name. The recorded tasks had two ports each, which are left out.
fn scalars(resources: &Value) -> Value {
    let resources = resources.as_array().into_iter().flatten();
    let amount = |one: &Value| Some((one["name"].as_str()?.to_owned(), one["scalar"]["value"].as_f64()?.into()));
    Value::Object(resources.filter_map(amount).collect())
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
