//! Writes of a real Mesos said again to the simulated cluster, in the order in which they were made: the same status, the same words,
//! and afterwards the same weights, quotas, schedules, and as much of agents, frameworks and tasks as writes change. Ids and dates are
//! the cluster's own, and lists of what has a name come in no order.

use std::fs;
use std::path::PathBuf;

use mesoscope_tests::shared::alike::{changeable, ordered};
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::recorded_cluster::Recorded;
use sim::size::Size;

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
    // A stable sort: files of one folder are in the order of their names already.
    all.sort_by_key(|exchange| exchange.at);
    all
}

fn recorded(folder: &str) -> Vec<Exchange> {
    let place = mesoscope_tests::data("recorded").join(folder);
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

/// Total resources of an agent of an answer to GET_AGENTS, in no order.
fn totals(answer: &Value, hostname: &str) -> Vec<String> {
    let agents = answer["get_agents"]["agents"].as_array().expect("agents");
    let agent = agents.iter().find(|it| it["agent_info"]["hostname"] == hostname).expect("the agent is listed");
    let text = |resource: &Value| {
        let mut resource = resource.clone();
        resource.sort_all_objects();
        resource.to_string()
    };
    let mut totals: Vec<String> = agent["total_resources"].as_array().expect("resources").iter().map(text).collect();
    totals.sort();
    totals
}

/// The operator's calls of a recorded scenario, by its points. The volume's task and the framework's own operations are left out:
/// they concern no total of these agents.
#[test]
fn recorded_reservations_and_volumes_end_as_a_real_cluster_had_them() {
    let mut sim = Sim::recorded(3);
    let state = sim.state();
    let id = |hostname: &str| {
        let agents = state["get_state"]["get_agents"]["agents"].as_array().expect("agents").iter();
        let agent = agents.clone().find(|it| it["agent_info"]["hostname"] == hostname).expect("the agent is listed");
        agent["agent_info"]["id"].clone()
    };
    let held = |role: &str, name: &str, value: f64| {
        let reservations = json!([{"type": "DYNAMIC", "role": role, "principal": "ops"}]);
        json!({"name": name, "type": "SCALAR", "scalar": {"value": value}, "reservations": reservations})
    };
    let volume = |id: &str, path: &str, value: f64| {
        let mut volume = held("dbrole", "disk", value);
        volume["disk"] = json!({
            "persistence": {"id": id, "principal": "ops"},
            "volume": {"container_path": path, "mode": "RW"}
        });
        volume
    };
    let call = |kind: &str, list: &str, agent: &str, items: Vec<Value>| {
        json!({"type": kind, kind.to_lowercase(): {"agent_id": id(agent), list: items}}).to_string()
    };
    let db = vec![held("dbrole", "cpus", 1.0), held("dbrole", "mem", 512.0), held("dbrole", "disk", 2048.0)];
    let web = vec![held("web", "cpus", 2.0), held("web", "disk", 100.0)];
    let points = [
        (1, vec![call("RESERVE_RESOURCES", "resources", "agent1.local", vec![held("old", "disk", 256.0)])]),
        (
            2,
            vec![
                call("RESERVE_RESOURCES", "resources", "agent1.local", db),
                call("RESERVE_RESOURCES", "resources", "agent2.local", web),
                call(
                    "CREATE_VOLUMES",
                    "volumes",
                    "agent1.local",
                    vec![volume("vol-1", "data", 512.0), volume("vol-2", "logs", 128.0)],
                ),
            ],
        ),
        (
            4,
            vec![
                call("DESTROY_VOLUMES", "volumes", "agent1.local", vec![volume("vol-2", "logs", 128.0)]),
                call("UNRESERVE_RESOURCES", "resources", "agent2.local", vec![held("web", "cpus", 1.0)]),
            ],
        ),
    ];
    for (point, calls) in points {
        for call in calls {
            assert_eq!(ask(&mut sim, &call), (202, String::new()), "{call}");
        }
        let file = mesoscope_tests::data(format!("fold/09-reservations-quota/point-{point}.GET_AGENTS.json"));
        let recorded = serde_json::from_slice(&fs::read(file).expect("a recording")).expect("JSON");
        let answer = serde_json::from_str(&ask(&mut sim, r#"{"type":"GET_AGENTS"}"#).1).expect("JSON");
        for agent in ["agent1.local", "agent2.local"] {
            assert_eq!(totals(&answer, agent), totals(&recorded, agent), "point {point}, {agent}");
        }
    }
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
    let action = |kind: &str, field: &str| json!({"type": kind, field: {"machines": [machine]}}).to_string();
    assert_eq!(ask(&mut sim, &action("START_MAINTENANCE", "start_maintenance")).0, 200);
    assert_eq!(agents(&mut sim), before - 1);
    let mut records = std::iter::from_fn(|| sim.next_record());
    assert!(records.any(|record| String::from_utf8_lossy(&record).contains("AGENT_REMOVED")));
    assert_eq!(ask(&mut sim, &action("STOP_MAINTENANCE", "stop_maintenance")).0, 200);
    let (_, status) = ask(&mut sim, r#"{"type":"GET_MAINTENANCE_STATUS"}"#);
    assert!(!status.contains("down_machines"), "{status}");
}
