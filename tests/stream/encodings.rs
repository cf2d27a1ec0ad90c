//! One real cluster in both encodings: a copy folded from protobuf equals one folded from JSON, and an object that is rendered from
//! protobuf equals the master's JSON of it. `MESOSCOPE_BOTH_DIR=DIR` checks another folder of that form.

use std::fs;
use std::path::PathBuf;

use mesoscope_core::checks::trouble::Category;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::engine::io::{AnswerSource, Input};
use mesoscope_core::engine::stream_encoding::{JsonReason, StreamEncoding};
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::decode_lossy::decode_lossy;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use mesoscope_core::mesos::wire::json_splitter::SnapshotList;
use mesoscope_core::mesos::wire::lists;
use mesoscope_core::mesos::wire::protobuf::splitter::ProtobufSplitter;
use serde_json::Value;

use super::scenarios::Copy;
use crate::{World, record, snapshot};

/// Answers with lists.
const CALLS: [&str; 4] = ["GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_TASKS"];
/// The answer that the engine requests as JSON even where it prefers protobuf, which lacks tasks.
const JSON_ONLY: &str = "GET_TASKS";

fn folder() -> PathBuf {
    std::env::var_os("MESOSCOPE_BOTH_DIR").map_or_else(|| mesoscope_tests::data("both-encodings"), PathBuf::from)
}

fn file(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A quiescent point: its number, and how many bytes of each stream had come by then.
struct Point {
    number: u32,
    json: usize,
    protobuf: usize,
}

fn points() -> Vec<Point> {
    let meta = |number: u32| fs::read(folder().join(format!("point-{number}.meta.json"))).ok();
    let all: Vec<Point> = (1..)
        .map_while(|number| meta(number).map(|meta| (number, meta)))
        .map(|(number, meta)| {
            let meta: Value = serde_json::from_slice(&meta).expect("it is JSON");
            let offset = |name: &str| meta[name].as_u64().and_then(|at| usize::try_from(at).ok()).expect("an offset");
            Point { number, json: offset("json_offset"), protobuf: offset("protobuf_offset") }
        })
        .collect();
    assert!(!all.is_empty(), "{} has no points", folder().display());
    all
}

/// All that the copy holds of its objects, and their JSON. Where an object is stored says nothing.
fn facts(cluster: &Cluster) -> Vec<(String, Value)> {
    let fact = |held: String, json: String| {
        let json: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        (without_places(&held), json)
    };
    let mut all: Vec<(String, Value)> =
        cluster.tasks().map(|task| fact(format!("{task:?}"), cluster.task_json(task))).collect();
    all.extend(cluster.agents().map(|agent| fact(format!("{agent:?}"), cluster.json(agent.json))));
    all.extend(cluster.frameworks().map(|framework| fact(format!("{framework:?}"), cluster.json(framework.json))));
    all.extend(cluster.executors().map(|placed| {
        let json = cluster.json(placed.executor.json);
        let json = if json.is_empty() { "null".to_owned() } else { json };
        fact(format!("{} {} {} {:?}", placed.framework, placed.agent, placed.id, placed.executor), json)
    }));
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

/// Without what says where an object is stored, or when it came: the two snapshots list tasks in another order.
fn without_places(held: &str) -> String {
    let mut text = held.to_owned();
    for (begin, end) in [("StoredJson {", '}'), ("RowPositions {", '}'), ("Slot(", ')'), ("serial: ", ',')] {
        let mut pieces = text.split(begin);
        let first = pieces.next().unwrap_or_default().to_owned();
        text = pieces.fold(first, |text, piece| text + piece.split_once(end).map_or("", |(_, rest)| rest));
    }
    text
}

/// What stays different between the master's JSON and a rendering: an event's agent has `checkpoint` in protobuf alone, since v1 has
/// no such field, and the master prints v1.
fn comparable(mut json: Value) -> Value {
    if let Some(info) = json.pointer_mut("/agent_info").and_then(Value::as_object_mut) {
        info.remove("checkpoint");
    }
    json
}

fn assert_same(json: &Cluster, protobuf: &Cluster, what: &str) {
    assert_eq!(protobuf.check(), Ok(()), "{what}");
    let (expected, found) = (facts(json), facts(protobuf));
    assert_eq!(found.len(), expected.len(), "{what}");
    assert!(!found.is_empty(), "{what}");
    for ((held, shown), (expected_held, expected_shown)) in found.into_iter().zip(expected) {
        assert_eq!(held, expected_held, "{what}");
        assert_eq!(comparable(shown), comparable(expected_shown), "{what}: {held}");
    }
}

fn copy(stream: &[u8]) -> Copy {
    let mut copy = Copy::new();
    copy.open(Default::default());
    copy.feed(stream, 0, stream.len(), &[]);
    copy
}

#[test]
fn both_streams_fold_to_the_same_copy_at_every_point() {
    let (json, protobuf) = (file("stream-json.raw"), file("stream-protobuf.raw"));
    for point in points() {
        let (json, protobuf) = (copy(&json[..point.json]), copy(&protobuf[..point.protobuf]));
        assert_same(json.cluster(), protobuf.cluster(), &format!("point {}", point.number));
    }
}

#[test]
fn answers_in_both_encodings_are_taken_over_alike() {
    let (json, protobuf) = (file("stream-json.raw"), file("stream-protobuf.raw"));
    for point in points() {
        let read = |stream: &[u8], ending: &str| {
            let mut copy = copy(stream);
            copy.read_all(&|call| {
                let ending = if call == JSON_ONLY { "json" } else { ending };
                CALLS.contains(&call).then(|| file(&format!("point-{}.{call}.{ending}", point.number)))
            });
            copy
        };
        let (json, protobuf) = (read(&json[..point.json], "json"), read(&protobuf[..point.protobuf], "pb"));
        assert_same(json.cluster(), protobuf.cluster(), &format!("point {} with reads", point.number));
        // An object of an answer is the master's own message in both encodings.
        let agents = |copy: &Copy| -> Vec<Value> {
            let all = copy.cluster().agents();
            all.map(|agent| serde_json::from_str(&copy.cluster().json(agent.json)).expect("JSON")).collect()
        };
        assert_eq!(agents(&protobuf), agents(&json), "point {}", point.number);
    }
}

#[test]
fn an_answer_renders_as_the_master_prints_it() {
    for point in points() {
        for call in CALLS.iter().chain(&["GET_STATE"]) {
            let name = format!("point-{}.{call}", point.number);
            let (expected, body) = (file(&format!("{name}.json")), file(&format!("{name}.pb")));
            let rendered = lists::protobuf_answer(&body).text();
            let [expected, rendered] = [&*String::from_utf8_lossy(&expected), &*rendered]
                .map(|json| without_empty_lists(&serde_json::from_str(json).expect("JSON")));
            assert_eq!(rendered, without_tasks_of_completed_frameworks(expected, &point), "{name}");
        }
    }
}

/// What protobuf lacks of tasks (PROTOCOL.md, "Protobuf").
fn without_tasks_of_completed_frameworks(mut json: Value, point: &Point) -> Value {
    let frameworks: Value =
        serde_json::from_slice(&file(&format!("point-{}.GET_FRAMEWORKS.json", point.number))).expect("JSON");
    let active = frameworks["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    let is_active =
        |task: &Value| active.iter().any(|framework| framework["framework_info"]["id"] == task["framework_id"]);
    for path in ["/get_state/get_tasks", "/get_tasks"] {
        let Some(lists) = json.pointer_mut(path).and_then(Value::as_object_mut) else { continue };
        let Some(Value::Array(mut completed)) = lists.remove("completed_tasks") else { continue };
        completed.retain(is_active);
        if !completed.is_empty() {
            lists.insert("completed_tasks".to_owned(), Value::Array(completed));
        }
    }
    json
}

/// The master prints some lists though they are empty; in protobuf an empty list is an absent one.
fn without_empty_lists(json: &Value) -> Value {
    match json {
        Value::Object(fields) => {
            let is_kept = |(_, value): &(&String, &Value)| value.as_array().is_none_or(|list| !list.is_empty());
            fields.iter().filter(is_kept).map(|(name, value)| (name.clone(), without_empty_lists(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_empty_lists).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_stream_of_protobuf_folds_the_same_at_every_cut() {
    let stream = file("stream-protobuf.raw");
    let whole = facts(copy(&stream).cluster());
    let pieces = |cuts: &[usize]| {
        let mut copy = Copy::new();
        copy.open(Default::default());
        copy.feed(&stream, 0, stream.len(), cuts);
        facts(copy.cluster())
    };
    let every: Vec<usize> = (1..stream.len()).collect();
    assert!(pieces(&every) == whole, "byte by byte");
    for cut in (1..stream.len()).step_by(97) {
        assert!(pieces(&[cut]) == whole, "cut at {cut}");
    }
}

#[test]
fn a_snapshot_of_protobuf_is_split_the_same_at_every_cut() {
    let stream = file("stream-protobuf.raw");
    let begin = stream.iter().position(|byte| *byte == b'\n').expect("a record's size") + 1;
    let size: usize = std::str::from_utf8(&stream[..begin - 1]).expect("digits").parse().expect("a size");
    let snapshot = &stream[begin..begin + size];
    let split = |pieces: [&[u8]; 2]| {
        let (mut splitter, mut elements) = (ProtobufSplitter::of_record(), Vec::new());
        for piece in pieces {
            let mut take = |list: SnapshotList, _: &'static _, bytes: &[u8]| elements.push((list, bytes.to_vec()));
            splitter.feed(piece, &mut take).expect("it can be split");
        }
        let (skeleton, unknown) = splitter.finish().expect("it is whole");
        assert!(skeleton.is_snapshot() && skeleton.misfits().is_empty() && unknown.is_empty());
        assert_eq!(skeleton.heartbeat_seconds(), Some(15.0));
        elements
    };
    let whole = split([snapshot, &[]]);
    assert!(whole.len() > 5, "{} elements", whole.len());
    for cut in 0..=snapshot.len() {
        let (head, tail) = snapshot.split_at(cut);
        assert!(split([head, tail]) == whole, "cut at {cut}");
        let mut splitter = ProtobufSplitter::of_record();
        let fed = splitter.feed(head, &mut |_: SnapshotList, _: &'static _, _: &[u8]| ());
        assert!(
            fed.is_ok() && ([0, 2, snapshot.len()].contains(&cut) || splitter.finish().is_err()),
            "it ends at {cut}"
        );
    }
}

/// A field of protobuf: a number, or bytes.
fn varint(number: u64, value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for mut rest in [number << 3, value] {
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
    let mut field = varint(number, content.len() as u64);
    // The tag of a field with bytes differs from that of a number by its last bits.
    field[0] |= 2;
    field.extend_from_slice(content);
    field
}

#[test]
fn numbers_without_a_name_are_kept_shown_and_counted() {
    let id = bytes(1, b"t");
    let status = [bytes(1, &id), varint(2, 99), bytes(20, b"new"), varint(10, 77)].concat();
    let task = [
        bytes(1, b"name"),
        bytes(2, &id),
        bytes(3, &bytes(1, b"f")),
        bytes(5, &bytes(1, b"a")),
        varint(6, 55),
        bytes(8, &status),
        varint(31, u64::MAX),
        varint(31, 1),
    ];
    let event = [varint(1, 2), bytes(3, &bytes(1, &task.concat()))].concat();
    let mut copy = copy(&file("stream-protobuf.raw"));
    let mut stream = Vec::new();
    recordio::encode(&event, &mut stream);
    copy.feed(&stream, 0, stream.len(), &[]);
    let cluster = copy.cluster();
    let task = cluster.tasks().find(|task| task.id() == "t").expect("the task is there");
    let json: Value = serde_json::from_str(&cluster.task_json(task)).expect("JSON");
    assert_eq!(json["31"], serde_json::json!([u64::MAX, 1]));
    assert_eq!(json["state"], 55);
    assert_eq!(
        json["statuses"][0],
        serde_json::json!({"task_id": {"value": "t"}, "state": 99, "reason": 77, "20": "new"})
    );
    let counted: Vec<String> =
        copy.trouble().unknown.iter().filter_map(|kind| Some(kind.why.as_ref()?.to_string())).collect();
    let expected = [
        "TaskState has a value 55, which has no name here",
        "TaskState has a value 99, which has no name here",
        "TaskStatus has a field number 20, which has no name here",
        "TaskStatus.Reason has a value 77, which has no name here",
        "Task has a field number 31, which has no name here",
    ];
    assert_eq!(counted, expected);
}

#[test]
fn invalid_text_in_protobuf_is_shown_as_escapes_and_counted() {
    let id = bytes(1, b"t");
    let task =
        [bytes(1, b"na\xffme"), bytes(2, &id), bytes(3, &bytes(1, b"f")), bytes(5, &bytes(1, b"a")), varint(6, 1)]
            .concat();
    let mut copy = copy(&file("stream-protobuf.raw"));
    let mut stream = Vec::new();
    recordio::encode(&[varint(1, 2), bytes(3, &bytes(1, &task))].concat(), &mut stream);
    copy.feed(&stream, 0, stream.len(), &[]);
    let cluster = copy.cluster();
    let task = cluster.tasks().find(|task| task.id() == "t").expect("the task is there");
    let json: Value = serde_json::from_str(&cluster.task_json(task)).expect("JSON");
    assert_eq!(json["name"], *decode_lossy(b"na\xffme"));
    assert_eq!(copy.trouble().of(Category::LossilyDecoded).len(), 1);
}

fn protobuf_world() -> World {
    let mut world = World::new();
    world.engine.prefer(WireEncoding::Protobuf);
    world
}

#[test]
fn json_is_read_where_protobuf_was_asked_for() {
    let mut world = protobuf_world();
    world.connect(&snapshot(&["a"]));
    world.settle();
    assert_eq!(world.status().encoding, StreamEncoding::Json(JsonReason::Answered));
    let mut world = protobuf_world();
    world.give(Input::ContentType(AnswerSource::Stream, "application/x-protobuf"));
    world.connect(&file("stream-protobuf.raw"));
    world.settle();
    assert_eq!(world.status().encoding, StreamEncoding::Protobuf);
    assert!(world.status().is_whole);
}

#[test]
fn bytes_that_are_no_protobuf_are_asked_for_as_json() {
    let mut world = protobuf_world();
    world.give(Input::ContentType(AnswerSource::Stream, "application/x-protobuf"));
    world.connect(&record("{\"type\":\"SUBSCRIBED\"}"));
    world.settle();
    assert_eq!((world.opened(), world.status().encoding), (2, StreamEncoding::Json(JsonReason::Unreadable)));
}
