//! The road from bytes to answers, driven natively: recorded streams of a real Mesos, and an engine whose time is an argument.

mod stream {
    mod encodings;
    mod scenarios;
}

use std::fs;
use std::path::PathBuf;

use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::checks::trouble::Category as Odd;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::task::MasterTaskList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Unknown;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{FromEngine, Status, ToEngine, ViewId};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::mesos::calls::answer::CallError;
use mesoscope_core::mesos::calls::cluster::GetTasks;
use mesoscope_core::mesos::calls::{self, Refusal};
use mesoscope_core::mesos::recordio::{self, Record, Records};
use mesoscope_core::mesos::wire;
use mesoscope_core::views::agents::{AgentColumn, AgentRow};
use mesoscope_core::views::query::Query;
use mesoscope_core::views::table::{TableQuery, TableWindow};

const TAB: Client = Client(1);
const TABLE: ViewId = ViewId(7);

/// A stream's name, and its bytes.
fn recordings() -> Vec<(String, PathBuf)> {
    let folder = mesoscope_tests::data("fold");
    let scenarios =
        fs::read_dir(folder).expect("the recordings are there").map(|entry| entry.expect("can be listed").path());
    let mut found: Vec<_> = scenarios
        .filter(|path| path.join("stream.raw").exists())
        .map(|path| (path.display().to_string(), path))
        .collect();
    found.sort();
    assert!(found.len() >= 9, "{} recordings", found.len());
    found
}

fn records(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
    let (mut stream, mut found) = (Records::default(), Vec::new());
    for chunk in chunks {
        let mut input = *chunk;
        while let Some(record) = stream.next(&mut input).expect("a real stream is one of records") {
            match record {
                Record::Opening(_) => found.push(Vec::new()),
                Record::Arriving(bytes) => found.last_mut().expect("one was opened").extend_from_slice(bytes),
                Record::Arrived => {}
                Record::Whole(bytes) => found.push(bytes.to_vec()),
            }
        }
    }
    found
}

#[test]
fn recorded_streams_read_the_same_at_every_cut() {
    for (name, path) in recordings() {
        let bytes = fs::read(path.join("stream.raw")).expect("it is there");
        let head = bytes.get(..bytes.len().min(20_000)).expect("it is so long");
        let whole = records(&[head]);
        assert!(!whole.is_empty(), "{name}");
        for cut in 0..=head.len() {
            let (front, back) = head.split_at(cut);
            assert_eq!(records(&[front, back]), whole, "{name} cut at {cut}");
        }
    }
}

/// An engine, what it wants, and the time.
struct World {
    engine: Engine,
    now: Timestamp,
    outputs: Vec<Output>,
}

impl World {
    fn new() -> Self {
        let mut world =
            Self { engine: Engine::new("test", 1), now: Timestamp(1_800_000_000_000_000_000), outputs: Vec::new() };
        world.say(ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
        world
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        while let Some(output) = self.engine.poll() {
            self.outputs.push(output);
        }
    }

    fn say(&mut self, message: ToEngine) {
        self.give(Input::FromPage(TAB, message));
    }

    fn wait(&mut self, seconds: i64) {
        self.now = self.now + Nanoseconds::from_secs(seconds);
        self.give(Input::Tick);
    }

    /// Waits as a page does that is there: it answers pings.
    fn stay(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.wait(1);
            self.say(ToEngine::Pong);
        }
    }

    fn connect(&mut self, stream: &[u8]) {
        self.give(Input::StreamOpened);
        stream.chunks(1000).for_each(|chunk| self.give(Input::StreamChunk(chunk)));
    }

    /// Statuses go out four times a second.
    fn settle(&mut self) {
        self.now = self.now + Nanoseconds::from_millis(300);
        self.give(Input::Tick);
    }

    fn opened(&self) -> usize {
        self.outputs.iter().filter(|output| matches!(output, Output::OpenStream { .. })).count()
    }

    fn status(&self) -> &Status {
        let mut newest = self.outputs.iter().rev().filter_map(|output| match output {
            Output::SendToPage(TAB, FromEngine::Status(status)) => Some(status.as_ref()),
            _ => None,
        });
        newest.next().expect("a status was told")
    }

    fn tables(&self) -> Vec<TableWindow<AgentRow>> {
        let answers = self.outputs.iter().filter_map(|output| match output {
            Output::SendToPage(TAB, FromEngine::View(TABLE, bytes)) => Some(decode(bytes).expect("a window of agents")),
            _ => None,
        });
        answers.collect()
    }
}

fn snapshot(agents: &[&str]) -> Vec<u8> {
    let agents: Vec<String> = agents
        .iter()
        .map(|host| format!(r#"{{"agent_info":{{"id":{{"value":"{host}-S0"}},"hostname":"{host}"}},"active":true,"version":"1.11.0"}}"#))
        .collect();
    let json = format!(
        r#"{{"type":"SUBSCRIBED","subscribed":{{"get_state":{{"get_tasks":{{"tasks":[]}},"get_agents":{{"agents":[{}]}}}},"heartbeat_interval_seconds":15.0}}}}"#,
        agents.join(",")
    );
    record(&json)
}

fn record(json: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    recordio::encode(json.as_bytes(), &mut bytes);
    bytes
}

fn all_agents() -> Query {
    TableQuery::<AgentColumn>::all(10).into()
}

fn hosts(window: &TableWindow<AgentRow>) -> Vec<&str> {
    window.rows.iter().map(|row| row.hostname.as_str()).collect()
}

#[test]
fn a_recorded_stream_folds_to_what_the_master_answered() {
    for (name, path) in recordings() {
        let bytes = fs::read(path.join("stream.raw")).expect("it is there");
        let mut world = World::new();
        world.connect(&bytes);
        let cluster = world.engine.shown();
        assert!(!cluster.arriving(), "{name}: the snapshot came whole");
        assert_eq!(cluster.check(), Ok(()), "{name}");
        let trouble = world.engine.trouble();
        assert_eq!((trouble.of(Odd::Misfit), trouble.of(Odd::Undecodable)), (&[][..], &[][..]), "{name}");
    }
}

/// How many tasks are in each of the master's lists.
fn sections(cluster: &Cluster) -> [usize; 3] {
    [MasterTaskList::Live, MasterTaskList::Unreachable, MasterTaskList::Completed]
        .map(|section| cluster.tasks().filter(|task| task.section == section).count())
}

#[test]
fn tasks_stand_in_the_lists_where_the_master_has_them() {
    let path = mesoscope_tests::data("fold/02-pods-health");
    let bytes = fs::read(path.join("stream.raw")).expect("it is there");
    let mut points = 0;
    for point in 1..9 {
        let Ok(offset) = fs::read_to_string(path.join(format!("point-{point}.offset"))) else { continue };
        let offset: usize = offset.trim().parse().expect("an offset is a number");
        let body = fs::read(path.join(format!("point-{point}.GET_TASKS.json"))).expect("it is there");
        let text = wire::decode_lossy::decode_lossy(&body);
        let reported = calls::reply::<GetTasks>(&text).expect("a real answer").0;
        let mut world = World::new();
        world.connect(bytes.get(..offset).expect("the stream is so long"));
        assert_eq!(
            sections(world.engine.shown()),
            [reported.tasks.len(), reported.unreachable_tasks.len(), reported.completed_tasks.len()],
            "point {point}"
        );
        points += 1;
    }
    assert!(points > 0);
}

#[test]
fn rows_come_before_the_snapshot_is_whole() {
    let mut world = World::new();
    world.say(ToEngine::Watch(TABLE, all_agents()));
    let stream = snapshot(&["a", "b"]);
    let (front, back) = stream.split_at(stream.len() - 40);
    world.connect(front);
    world.say(ToEngine::Rendered(TABLE));
    world.wait(1);
    let early = world.tables().last().map(|window| (window.rows.len(), window.arriving));
    assert!(early.is_some_and(|(rows, arriving)| rows >= 1 && arriving), "{early:?}");
    assert!(matches!(world.status().link, ConnectionState::Arriving { .. }));
    world.give(Input::StreamChunk(back));
    world.say(ToEngine::Rendered(TABLE));
    world.wait(1);
    assert!(!world.tables().last().expect("it was answered").arriving);
    assert!(matches!(world.status().link, ConnectionState::Live { .. }));
}

#[test]
fn a_page_that_does_not_draw_gets_no_more_answers() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.say(ToEngine::Watch(TABLE, all_agents()));
    let reported = world.tables().len();
    for n in 0..20 {
        let event = format!(
            r#"{{"type":"AGENT_ADDED","agent_added":{{"agent":{{"agent_info":{{"id":{{"value":"n{n}"}},"hostname":"n{n}"}}}}}}}}"#
        );
        world.give(Input::StreamChunk(&record(&event)));
        world.wait(1);
        world.say(ToEngine::Pong);
    }
    assert_eq!(world.tables().len(), reported);
    world.say(ToEngine::Rendered(TABLE));
    assert_eq!(world.tables().last().expect("it was answered").matched, 21);
}

#[test]
fn silence_ends_in_a_loss_and_a_new_stream() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.stay(31);
    assert!(matches!(world.status().link, ConnectionState::Silent { .. }));
    world.stay(44);
    assert!(
        matches!(&world.status().link, ConnectionState::Lost { cause, .. } if cause.to_string().contains("heartbeat")),
        "{:?}",
        world.status()
    );
    assert_eq!(world.opened(), 1);
    world.stay(2);
    assert_eq!(world.opened(), 2);
}

#[test]
fn the_old_state_stays_until_the_new_one_is_whole() {
    let mut world = World::new();
    world.connect(&snapshot(&["old"]));
    world.say(ToEngine::Watch(TABLE, all_agents()));
    world.give(Input::StreamEnded(DisconnectReason::BrokenOff));
    assert_eq!(hosts(world.tables().last().expect("it was answered")), ["old"]);
    world.say(ToEngine::Retry);
    let stream = snapshot(&["new", "newer"]);
    let (front, back) = stream.split_at(stream.len() - 1);
    world.connect(front);
    world.say(ToEngine::Rendered(TABLE));
    world.wait(1);
    assert_eq!(hosts(world.tables().last().expect("it was answered")), ["old"]);
    world.give(Input::StreamChunk(back));
    world.wait(1);
    assert_eq!(hosts(world.tables().last().expect("it was answered")), ["new", "newer"]);
}

#[test]
fn a_refusal_is_shown_in_mesos_own_words() {
    let mut world = World::new();
    world.give(Input::StreamEnded(DisconnectReason::Refused {
        status: 503,
        words: "Master has not finished recovery".into(),
    }));
    world.settle();
    assert!(
        matches!(&world.status().link, ConnectionState::Lost { cause, .. } if cause.to_string().contains("Master has not finished recovery"))
    );
}

#[test]
fn garbage_ends_the_stream_and_costs_nothing() {
    for garbage in [&b"HTTP/1.1 200 OK\r\n"[..], b"-3\nabc", b"\n", b"99999999999999999999999\n"] {
        let mut world = World::new();
        world.connect(garbage);
        world.settle();
        assert!(matches!(world.status().link, ConnectionState::Lost { .. }), "{garbage:?}: {:?}", world.status().link);
    }
}

#[test]
fn the_stream_goes_with_the_last_page() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.say(ToEngine::Bye);
    assert_eq!(world.outputs.iter().filter(|output| **output == Output::AbortStream).count(), 1);
    // A page that falls asleep without a goodbye is noticed by its silence.
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    (0..20).for_each(|_| world.wait(1));
    assert_eq!(world.outputs.iter().filter(|output| **output == Output::AbortStream).count(), 1);
}

#[test]
fn what_is_new_in_a_stream_is_counted() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.give(Input::StreamChunk(&record(r#"{"type":"OFFER_ADDED"}"#)));
    world.give(Input::StreamChunk(&record("nonsense")));
    world.settle();
    let trouble = world.engine.trouble();
    assert_eq!((trouble.count(Odd::Unknown), trouble.count(Odd::Undecodable)), (1, 1));
    assert!(matches!(world.status().link, ConnectionState::Live { .. }));
}

#[test]
fn a_stream_that_ends_inside_a_record_says_so() {
    let mut world = World::new();
    let stream = snapshot(&["a"]);
    world.connect(&stream);
    world.give(Input::StreamChunk(b"200\n{\"type\""));
    world.give(Input::StreamEnded(DisconnectReason::Closed));
    world.settle();
    assert!(
        matches!(&world.status().link, ConnectionState::Lost { cause, .. } if cause.to_string().contains("inside a record"))
    );
    // The same end between two records is a clean one: the master closes the oldest of too many streams.
    let mut world = World::new();
    world.connect(&stream);
    world.give(Input::StreamEnded(DisconnectReason::Closed));
    world.settle();
    assert!(
        matches!(&world.status().link, ConnectionState::Lost { cause, .. } if cause.to_string().contains("closed the stream"))
    );
}

#[test]
fn a_record_over_the_limit_ends_the_stream_before_it_is_held() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.give(Input::StreamChunk(b"67108865\n{"));
    world.settle();
    assert!(matches!(world.status().link, ConnectionState::Lost { .. }), "{:?}", world.status().link);
    assert!(world.engine.shown().agents().next().is_some(), "what was there is there still");
}

#[test]
fn tries_come_later_and_later_until_a_stream_is_stable() {
    let mut world = World::new();
    let mut waits = Vec::new();
    for _ in 0..9 {
        world.give(Input::StreamEnded(DisconnectReason::NoConnection));
        let from = world.now;
        let before = world.opened();
        while world.opened() == before {
            world.now = world.now + Nanoseconds::from_millis(100);
            world.give(Input::Tick);
            world.say(ToEngine::Pong);
        }
        waits.push(world.now.since(from).as_millis());
    }
    assert!(waits.first().is_some_and(|first| (500..=1600).contains(first)), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= 61_000) && waits.last().is_some_and(|last| *last > 29_000), "{waits:?}");
    world.connect(&snapshot(&["a"]));
    for _ in 0..31 {
        world.stay(1);
        world.give(Input::StreamChunk(&record(r#"{"type":"HEARTBEAT"}"#)));
    }
    world.give(Input::StreamEnded(DisconnectReason::Closed));
    let before = world.opened();
    world.stay(2);
    assert_eq!(world.opened(), before + 1, "a stable stream resets the wait");
}

#[test]
fn a_page_that_was_frozen_finds_its_old_state_and_a_new_stream() {
    let mut world = World::new();
    world.say(ToEngine::Watch(TABLE, all_agents()));
    world.connect(&snapshot(&["old"]));
    // A browser may freeze a page in the background: it answers nothing for minutes, and the master is let go.
    (0..300).for_each(|_| world.wait(1));
    assert_eq!(world.outputs.iter().filter(|output| **output == Output::AbortStream).count(), 1);
    let before = world.opened();
    world.say(ToEngine::Pong);
    assert_eq!(world.opened(), before + 1);
    world.say(ToEngine::Rendered(TABLE));
    assert_eq!(hosts(world.tables().last().expect("it was answered")), ["old"]);
    world.connect(&snapshot(&["new"]));
    world.say(ToEngine::Rendered(TABLE));
    world.wait(1);
    assert_eq!(hosts(world.tables().last().expect("it was answered")), ["new"]);
}

#[test]
fn a_new_snapshot_frees_the_old_ones_memory() {
    let mut world = World::new();
    let hosts: Vec<String> = (0..2000).map(|n| format!("host-{n}")).collect();
    let stream = snapshot(&hosts.iter().map(String::as_str).collect::<Vec<_>>());
    world.connect(&stream);
    let held = world.engine.shown().json_held();
    for _ in 0..20 {
        world.give(Input::StreamEnded(DisconnectReason::Closed));
        world.say(ToEngine::Retry);
        world.connect(&stream);
    }
    assert_eq!(world.engine.shown().json_held(), held);
    assert_eq!(world.engine.shown().agents().count(), 2000);
}

#[test]
fn a_read_that_fails_degrades_its_part_alone() {
    let mut world = World::new();
    world.connect(&snapshot(&["a"]));
    world.say(ToEngine::Reread(vec![Topic::Quota, Topic::Weights]));
    for (id, body) in reads(&world) {
        if body.contains("GET_QUOTA") {
            world.give(Input::ReadFinished(
                id,
                Err(CallError::Refused(Refusal { status: 403, words: "Not authorized".into() }).into()),
            ));
        } else if body.contains("GET_WEIGHTS") {
            world.give(Input::ReadFinished(id, Ok(br#"{"type":"GET_WEIGHTS"}"#)));
        }
    }
    world.settle();
    let status = |part| world.status().topics.iter().find(|status| status.part == part);
    assert!(status(Topic::Quota).is_some_and(|quota| {
        quota.failing.as_ref().is_some_and(|(_, why)| *why == Unknown::Refused("Not authorized".into()))
    }));
    assert!(status(Topic::Weights).is_some_and(|weights| weights.failing.is_none() && weights.reported.is_some()));
    assert!(matches!(world.status().link, ConnectionState::Live { .. }));
}

/// What was asked by reads.
fn reads(world: &World) -> Vec<(ReadId, String)> {
    let read = |output: &Output| match output {
        Output::Read { id, body, .. } => Some((*id, String::from_utf8_lossy(body).into_owned())),
        _ => None,
    };
    world.outputs.iter().filter_map(read).collect()
}

/// What the reads of these parts are answered with, each in its turn.
fn answer_reads(world: &mut World, answers: &[(&str, &str)]) {
    let reads = reads(world);
    for (call, answer) in answers {
        let (id, _) = reads.iter().rev().find(|(_, body)| body.contains(call)).expect("it was asked");
        world.give(Input::ReadFinished(*id, Ok(answer.as_bytes())));
    }
}

#[test]
fn an_answer_that_is_older_than_an_event_brings_nothing_back() {
    let mut world = World::new();
    world.connect(&snapshot(&["a", "b"]));
    let framework = r#"{"framework_info":{"id":{"value":"f"},"name":"web"},"active":true,"connected":true}"#;
    world.give(Input::StreamChunk(&record(&format!(
        r#"{{"type":"FRAMEWORK_ADDED","framework_added":{{"framework":{framework}}}}}"#
    ))));
    world.wait(1);
    world.say(ToEngine::Reread(vec![Topic::Agents, Topic::Frameworks]));
    world.wait(1);
    world
        .give(Input::StreamChunk(&record(r#"{"type":"AGENT_REMOVED","agent_removed":{"agent_id":{"value":"a-S0"}}}"#)));
    world.give(Input::StreamChunk(&record(
        r#"{"type":"FRAMEWORK_REMOVED","framework_removed":{"framework_info":{"id":{"value":"f"},"name":"web"}}}"#,
    )));
    let agent = |id: &str| format!(r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"{id}"}},"active":true}}"#);
    let agents = format!(r#"{{"type":"GET_AGENTS","get_agents":{{"agents":[{},{}]}}}}"#, agent("a-S0"), agent("b-S0"));
    let frameworks = format!(r#"{{"type":"GET_FRAMEWORKS","get_frameworks":{{"frameworks":[{framework}]}}}}"#);
    answer_reads(&mut world, &[("GET_AGENTS", &agents), ("GET_FRAMEWORKS", &frameworks)]);
    let cluster = world.engine.shown();
    assert_eq!(cluster.agents().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["b-S0"]);
    assert!(cluster.framework(&"f".into()).is_some_and(|framework| framework.completed()));
    // An answer that was asked for later knows better.
    world.wait(2);
    world.say(ToEngine::Reread(vec![Topic::Agents]));
    answer_reads(&mut world, &[("GET_AGENTS", &agents)]);
    assert_eq!(world.engine.shown().agents().count(), 2);
}
