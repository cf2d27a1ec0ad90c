//! No field of what a master sends can cost more than itself. Objects of a real Mesos, of which each field is replaced by each
//! form of JSON in turn, are read with all their other fields; and what could not be read is counted.

use std::fs;
use std::path::PathBuf;

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::trouble::{Category, TroubleEntry};
use mesoscope_core::cluster::Cluster;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::recordio::{self, Record, Records};
use mesoscope_core::mesos::wire;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::mesos::wire::event::Event;
use mesoscope_core::mesos::wire::field::{FromAnyJson, Lenient, Misfits};
use mesoscope_core::mesos::wire::json_form::JsonForm;
use mesoscope_core::mesos::wire::json_splitter::{SnapshotList, Splitter};
use serde_json::{Value, json};

/// One way into an object: names and indices.
#[derive(Clone, Debug)]
enum Step {
    Name(String),
    Index(usize),
}

fn recorded() -> Vec<Vec<u8>> {
    let folder = mesoscope_tests::data("fold");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the recordings are there")
        .map(|entry| entry.expect("can be listed").path().join("stream.raw"))
        .filter(|path| path.exists())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("it is there")).collect()
}

/// The recorded answers to reads of lists.
fn answers() -> Vec<Vec<u8>> {
    let folder = mesoscope_tests::data("fold");
    let scenarios =
        fs::read_dir(folder).expect("the recordings are there").map(|entry| entry.expect("can be listed").path());
    let files = scenarios.filter(|path| path.is_dir()).flat_map(|path| fs::read_dir(path).expect("it can be read"));
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.expect("can be listed").path()).collect();
    paths.retain(|path| path.display().to_string().ends_with(".json"));
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("it is there")).collect()
}

/// The richest objects of each list in the recorded answers and snapshots, and the richest events of each type.
fn samples() -> (Vec<(SnapshotList, Value)>, Vec<Value>) {
    let (mut objects, mut events) = (Vec::<(SnapshotList, String)>::new(), Vec::<String>::new());
    for answer in answers() {
        let take = &mut |list: SnapshotList, json: &[u8]| {
            objects.push((list, wire::decode_lossy::decode_lossy(json).into_owned()))
        };
        Splitter::of_answer().feed(&answer, take).expect("it is an answer");
    }
    for stream in recorded() {
        let (mut records, mut rest, mut cutter) = (Records::default(), stream.as_slice(), Splitter::default());
        while let Some(record) = records.next(&mut rest).expect("it is a stream of records") {
            match record {
                Record::Arriving(bytes) => cutter
                    .feed(bytes, &mut |list: SnapshotList, json: &[u8]| {
                        objects.push((list, wire::decode_lossy::decode_lossy(json).into_owned()))
                    })
                    .expect("it is a snapshot"),
                Record::Whole(bytes) => events.push(wire::decode_lossy::decode_lossy(bytes).into_owned()),
                Record::Opening(_) | Record::Arrived => {}
            }
        }
    }
    let lists = [
        SnapshotList::Tasks,
        SnapshotList::UnreachableTasks,
        SnapshotList::CompletedTasks,
        SnapshotList::Executors,
        SnapshotList::Frameworks,
        SnapshotList::CompletedFrameworks,
        SnapshotList::Agents,
    ];
    let richest = |all: Vec<&String>| all.into_iter().max_by_key(|json| json.len()).expect("one was recorded").clone();
    let object = |list: &SnapshotList| {
        // An agent's own list of executors does not name the agent.
        let is_whole = |json: &&String| read_object(*list, json).1;
        let all = objects.iter().filter(|(other, _)| other == list).map(|(_, json)| json).filter(is_whole).collect();
        (*list, serde_json::from_str(&richest(all)).expect("it is JSON"))
    };
    let kinds =
        ["TASK_ADDED", "TASK_UPDATED", "AGENT_ADDED", "FRAMEWORK_ADDED", "FRAMEWORK_UPDATED", "FRAMEWORK_REMOVED"];
    let event = |kind: &&str| {
        let all: Vec<&String> =
            events.iter().filter(|record| wire::event::kind(WireEncoding::Json, record.as_bytes()) == **kind).collect();
        (!all.is_empty()).then(|| serde_json::from_str(&richest(all)).expect("it is JSON"))
    };
    (lists.iter().map(object).collect(), kinds.iter().filter_map(event).collect())
}

/// All fields of a value at any depth, and elements of its lists.
fn ways(value: &Value) -> Vec<Vec<Step>> {
    let below = |step: Step, value: &Value| {
        let mut all = vec![vec![step.clone()]];
        all.extend(ways(value).into_iter().map(|way| [vec![step.clone()], way].concat()));
        all
    };
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| below(Step::Name(name.clone()), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, value)| below(Step::Index(at), value)).collect(),
        _ => Vec::new(),
    }
}

/// The value with another in that place, or with nothing there.
fn with(value: &Value, way: &[Step], new: Option<&Value>) -> Value {
    let mut changed = value.clone();
    let (last, front) = way.split_last().expect("a way has a step");
    let place = front.iter().fold(&mut changed, |place, step| match step {
        Step::Name(name) => &mut place[name.as_str()],
        Step::Index(at) => &mut place[*at],
    });
    match (last, new) {
        (Step::Name(name), Some(new)) => place[name.as_str()] = new.clone(),
        (Step::Index(at), Some(new)) => place[*at] = new.clone(),
        (Step::Name(name), None) => drop(place.as_object_mut().expect("it has fields").remove(name)),
        (Step::Index(at), None) => drop(place.as_array_mut().expect("it has elements").remove(*at)),
    }
    changed
}

fn replacements() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-7),
        json!(3.25),
        json!(1e300),
        json!(u64::MAX),
        json!("some text"),
        json!(""),
        json!([]),
        json!({}),
        json!([1, "a", null, {}]),
        json!({"surely": "unknown"}),
    ]
}

/// What was read, in words; whether it says what it is; and what did not fit.
type Reading = (String, bool, Misfits);

fn read<'a, T: FromAnyJson<'a> + std::fmt::Debug>(json: &'a str) -> Reading {
    let Lenient { value, misfits } = serde_json::from_str::<Lenient<T>>(json).expect("any JSON can be read");
    (format!("{value:?}"), value.is_some_and(|value| value.has_identity()), misfits)
}

fn read_object(list: SnapshotList, json: &str) -> Reading {
    match list {
        SnapshotList::Tasks | SnapshotList::UnreachableTasks | SnapshotList::CompletedTasks => {
            read::<wire::task::ReportedTask<'_>>(json)
        }
        SnapshotList::Executors => read::<wire::agent::ReportedExecutor<'_>>(json),
        SnapshotList::Frameworks | SnapshotList::CompletedFrameworks => {
            read::<wire::framework::ReportedFramework<'_>>(json)
        }
        SnapshotList::Agents => read::<wire::agent::ReportedAgent<'_>>(json),
        other => panic!("{other:?}"),
    }
}

fn read_event(json: &str) -> Reading {
    match Event::decode(json) {
        Ok((event, misfits)) => {
            // The object's own JSON is kept as it came, whatever is in it.
            let event = match event {
                Event::TaskAdded(task, _) => format!("{task:?}"),
                Event::AgentAdded(agent, _) => format!("{agent:?}"),
                Event::FrameworkAdded(framework, _) | Event::FrameworkUpdated(framework, _) => format!("{framework:?}"),
                Event::TaskUpdated(updated) => format!("{:?}", (updated.framework_id, updated.state, updated.status)),
                other => format!("{other:?}"),
            };
            (event, true, misfits)
        }
        Err(error) => (error.to_string(), false, Misfits::default()),
    }
}

/// Replaces each field by each form, and checks that nothing else is lost.
fn check(name: &str, object: &Value, read: impl Fn(&str) -> Reading, identity: impl Fn(&[Step]) -> bool) -> usize {
    let (before, identified, misfits) = read(&object.to_string());
    assert!(identified && misfits.is_empty(), "{name}: {misfits:?}");
    let mut counted = 0;
    for way in ways(object) {
        let (without, ..) = read(&with(object, &way, None).to_string());
        for new in replacements() {
            let json = with(object, &way, Some(&new)).to_string();
            let (after, identified, misfits) = read(&json);
            assert!(identified || identity(&way), "{name} {way:?} = {new}: it is lost");
            if !identified {
                continue;
            }
            let unreadable =
                misfits.iter().all(|misfit| misfit.found != JsonForm::Number && misfit.found != JsonForm::Boolean)
                    || !misfits.iter().any(|misfit| misfit.expected == JsonForm::Text);
            if !misfits.is_empty() && unreadable && !new.is_object() && !new.is_array() {
                // That resources, or roles, are not known is said besides.
                let after = after.replace("is_unread: true", "is_unread: false");
                let after = after.replace("roles: Unreadable", "roles: Listed([])");
                assert_eq!(after, without, "{name} {way:?} = {new}: {misfits:?}");
            }
            let is = |value: &Value| std::mem::discriminant(value);
            let old = way.iter().fold(object, |value, step| match step {
                Step::Name(name) => &value[name.as_str()],
                Step::Index(at) => &value[*at],
            });
            // A name that the v1 API lacks comes as {}.
            let fits = is(old) == is(&new) || new.is_null() || new == json!({});
            // What is inside is read apart, for a search alone; a task's page names it.
            let is_apart =
                way.iter().rev().skip(1).any(|step| matches!(step, Step::Name(name) if name == "container_status"));
            if after != before && after != without && !is_apart {
                assert!(fits || !misfits.is_empty(), "{name} {way:?} = {new}: it is counted nowhere");
            }
            counted += usize::from(!misfits.is_empty());
        }
    }
    counted
}

fn is_id(way: &[Step]) -> bool {
    let name = |step: &Step| {
        matches!(step, Step::Name(name) if ["value", "id", "task_id", "framework_id", "agent_id",
        "executor_id", "agent_info", "framework_info", "executor_info", "status", "task", "agent", "framework"].contains(&name.as_str())
        || name.starts_with("task_") || name.starts_with("agent_") || name.starts_with("framework_") || name == "type")
    };
    way.iter().all(name)
}

#[test]
fn any_field_in_any_form_costs_only_itself() {
    let (objects, events) = samples();
    let mut counted = 0;
    for (list, object) in &objects {
        counted += check(&format!("{list:?}"), object, |json| read_object(*list, json), is_id);
    }
    for event in &events {
        counted += check(&format!("{}", event["type"]), event, read_event, is_id);
    }
    assert!(objects.len() == 7 && events.len() >= 4 && counted > 1000, "{} events, {counted} counted", events.len());
}

const PAGE: Client = Client(1);

fn engine(snapshot: &str) -> Engine {
    let mut engine = Engine::new("test", 1);
    let now = Timestamp(1_800_000_000_000_000_000);
    engine.handle(Input::FromPage(PAGE, ToEngine::Hello { build: "test".into(), base: String::new() }), now);
    engine.handle(Input::StreamOpened, now);
    let mut stream = Vec::new();
    recordio::encode(snapshot.as_bytes(), &mut stream);
    stream.chunks(777).for_each(|chunk| engine.handle(Input::StreamChunk(chunk), now));
    engine
}

fn snapshot(state: &str) -> String {
    format!(r#"{{"type":"SUBSCRIBED","subscribed":{{"get_state":{state},"heartbeat_interval_seconds":15.0}}}}"#)
}

#[test]
fn objects_in_the_form_of_the_older_api_stay_and_their_fields_are_named() {
    let agents = r#"[
        {"agent_info":{"id":{"value":"S0"},"hostname":"one"},"registered_time":1443995289.19981},
        {"agent_info":{"id":{"value":"S1"},"hostname":"two"},"total_resources":{"cpus":4,"mem":1024}},
        {"agent_info":{"id":{"value":"S2"},"hostname":"three","attributes":[{"name":"rack","type":"TEXT","text":{"value":106}}]}}]"#;
    let framework = r#"{"framework_info":{"id":{"value":"F"},"name":"marathon"},"offered_resources":{"cpus":0},"allocated_resources":"none"}"#;
    let task = r#"{"task_id":{"value":"t"},"framework_id":{"value":"F"},"agent_id":{"value":"S0"},"state":"TASK_RUNNING",
        "resources":[{"name":"cpus","scalar":{"value":1}},{"name":"mem","scalar":{"value":[1]}}]}"#;
    let engine = engine(&snapshot(&format!(
        r#"{{"get_agents":{{"agents":{agents}}},"get_frameworks":{{"frameworks":[{framework}]}},"get_tasks":{{"tasks":[{task}]}}}}"#
    )));
    let cluster: &Cluster = engine.shown();
    let mut hosts: Vec<&str> = cluster.agents().map(|agent| agent.hostname.as_str()).collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["one", "three", "two"]);
    assert_eq!(cluster.agent(&"S2".into()).map(|agent| agent.attributes.as_str()), Some("rack:106"));
    assert_eq!(cluster.frameworks().map(|framework| framework.name.as_str()).collect::<Vec<_>>(), ["marathon"]);
    assert_eq!(cluster.tasks().map(|task| (task.id(), task.used())).collect::<Vec<_>>(), [("t", None)]);
    let named: Vec<String> =
        engine.trouble().of(Category::Field).iter().map(|kind| format!("{}: {}", kind.what, why(kind))).collect();
    let expected = [
        "an agent of the snapshot: registered_time: a number, not an object",
        "an agent of the snapshot: total_resources: an object, not a list of resources",
        "an agent of the snapshot: agent_info.attributes[].text.value: a number, not a text",
        "a framework of the snapshot: offered_resources: an object, not a list of resources",
        "a framework of the snapshot: allocated_resources: a text, not a list of resources",
        "a task of the snapshot: resources[].scalar.value: a list, not an amount",
    ];
    assert_eq!(named, expected);
    assert_eq!(cluster.check(), Ok(()));
}

#[test]
fn values_that_serde_json_refuses_cost_only_themselves() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let agent = |id: &str, more: &str| {
        format!(r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"{id}-host"}},"version":"1.2",{more}}}"#)
    };
    let agents = [
        agent(
            "e400",
            r#""total_resources":[{"name":"cpus","scalar":{"value":1e400}},{"name":"mem","scalar":{"value":2}}]"#,
        ),
        agent("nan", r#""registered_time":{"nanoseconds":NaN}"#),
        agent("surrogate", r#""pid":"slave\ud800""#),
        agent("deep", &format!(r#""drain_info":{deep}"#)),
        agent("twice", r#""active":true,"active":true"#),
    ];
    let engine = engine(&snapshot(&format!(r#"{{"get_agents":{{"agents":[{}]}}}}"#, agents.join(","))));
    assert_eq!(engine.shown().agents().filter(|agent| agent.version == "1.2").count(), agents.len());
    let mem = engine.shown().agent(&"e400".into()).map(|agent| (agent.total.mem.get(), agent.total.cpus.as_f64()));
    assert_eq!(mem, Some((2 << 20, 0.0)));
    assert!(engine.trouble().count(Category::Field) >= 3, "{:?}", engine.trouble());
    assert_eq!(engine.trouble().count(Category::Undecodable), 0);
}

#[test]
fn implausible_amounts_do_not_spoil_sums() {
    let agent = |id: &str, cpus: &str| {
        format!(
            r#"{{"agent_info":{{"id":{{"value":"{id}"}}}},"total_resources":[{{"name":"cpus","scalar":{{"value":{cpus}}}}},{{"name":"cpus","scalar":{{"value":1}}}}]}}"#
        )
    };
    let odd = ["-4", "1e308", "\"NaN\"", "\"Infinity\"", "1e400", "\"-Infinity\"", "true"];
    let agents: Vec<String> = odd.iter().enumerate().map(|(at, cpus)| agent(&format!("S{at}"), cpus)).collect();
    let engine = engine(&snapshot(&format!(r#"{{"get_agents":{{"agents":[{}]}}}}"#, agents.join(","))));
    assert_eq!(engine.shown().total().cpus.as_f64(), odd.len() as f64);
    assert_eq!(engine.trouble().count(Category::Field), odd.len() as u64);
}

#[test]
fn what_has_no_id_is_counted_and_left_out() {
    let engine = engine(&snapshot(
        r#"{"get_agents":{"agents":[{"agent_info":{"hostname":"a"}},7,{"agent_info":{"id":{"value":"S"}}},[]]},
            "get_tasks":{"tasks":[{"task_id":{"value":"t"}},{"task_id":{"value":"t"},"framework_id":{"value":"F"}}],"completed_tasks":{"a":1}},
            "get_frameworks":{"frameworks":[{"framework_info":{"id":{"value":""}}}]}}"#,
    ));
    let cluster = engine.shown();
    assert_eq!((cluster.agents().count(), cluster.tasks_held(), cluster.frameworks().count()), (1, 1, 0));
    assert_eq!((engine.trouble().count(Category::Misfit), engine.trouble().count(Category::Field)), (5, 1));
    assert_eq!(
        why(&engine.trouble().fields[0]),
        "subscribed.get_state.get_tasks.completed_tasks: an object, not a list"
    );
}

fn why(kind: &TroubleEntry) -> String {
    kind.why.as_ref().map(ToString::to_string).unwrap_or_default()
}
