//! Recorded scenarios of a real Mesos: the copy, at each quiescent point, against what the master answered there.
//! The folders are those of tests/data/fold and, if it is set, of `MESOSCOPE_FOLD_DIR`; the format is reported in its INDEX.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use mesoscope_core::base::units::{Nanoseconds, Quantities, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::checks::trouble::{Category, Trouble};
use mesoscope_core::cluster::Cluster;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::ReadFailure;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{FailedRead, Input, Output};
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::decode_lossy::decode_lossy;
use mesoscope_core::mesos::wire::encoded::WireEncoding;
use serde_json::Value;

use mesoscope_tests::shared::compare::{Knows, compare};
use mesoscope_tests::shared::picture::{Picture, content};

use crate::records;

const TAB: Client = Client(1);
/// Calls that the engine requests in protobuf.
const IN_PROTOBUF: [&str; 3] = ["GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS"];

#[test]
fn the_copy_is_what_the_master_answers() {
    let folders = scenarios();
    assert!(folders.len() >= 9, "{} scenarios", folders.len());
    let mut failures = Vec::new();
    for folder in folders {
        println!("{}", folder.display());
        let scenario = Scenario::read(folder);
        for cut in Cut::ALL {
            scenario.run(cut, WireEncoding::Json, &mut failures);
        }
        for cut in Cut::ALL.into_iter().filter(|cut| *cut != Cut::Recorded) {
            scenario.run(cut, WireEncoding::Protobuf, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

fn scenarios() -> Vec<PathBuf> {
    let own = mesoscope_tests::data("fold");
    let more = std::env::var_os("MESOSCOPE_FOLD_DIR").map(|folder| mesoscope_tests::root().join(folder));
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in [Some(own), more].into_iter().flatten() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let entries = entries.map(|entry| entry.expect("can be listed").path());
        found.extend(entries.filter(|path| path.join("meta.json").is_file()));
    }
    found.sort();
    found
}

/// How the bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// As they were received.
    Recorded,
    Whole,
    /// In pieces of so many bytes.
    Pieces(usize),
}

impl Cut {
    const ALL: [Self; 5] = [Self::Recorded, Self::Whole, Self::Pieces(1), Self::Pieces(61), Self::Pieces(4096)];
}

struct Point {
    number: u32,
    stream: String,
    offset: usize,
}

struct Scenario {
    folder: PathBuf,
    name: String,
    points: Vec<Point>,
}

impl Scenario {
    fn read(folder: PathBuf) -> Self {
        let meta: Value = serde_json::from_slice(&fs::read(folder.join("meta.json")).expect("meta.json can be read"))
            .expect("meta.json is JSON");
        let points = meta.get("points").and_then(Value::as_object).expect("meta.json has points");
        let mut points: Vec<Point> = points
            .iter()
            .map(|(number, point)| {
                let offset = folder.join(format!("point-{number}.offset"));
                let offset =
                    fs::read_to_string(&offset).unwrap_or_else(|error| panic!("{}: {error}", offset.display()));
                Point {
                    number: number.parse().expect("points are numbered"),
                    stream: point.get("stream").and_then(Value::as_str).unwrap_or("stream.raw").to_owned(),
                    offset: offset.trim().parse().expect("an offset is a number"),
                }
            })
            .collect();
        points.sort_by_key(|point| point.number);
        assert!(!points.is_empty(), "{}: no points", folder.display());
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { folder, name, points }
    }

    /// Runs the recording, or what it is in protobuf.
    fn run(&self, cut: Cut, encoding: WireEncoding, failures: &mut Vec<String>) {
        let mut streams: Vec<&str> = self.points.iter().map(|point| point.stream.as_str()).collect();
        streams.dedup();
        let mut copy = Copy::new();
        for stream in streams {
            let recorded = fs::read(self.folder.join(stream)).expect("the stream is there");
            let bytes = in_encoding(encoding, &recorded);
            let cuts = self.cuts(stream, bytes.len(), cut);
            copy.open(self.first_answers(stream));
            let mut at = 0;
            for point in self.points.iter().filter(|point| point.stream == stream) {
                let offset = in_encoding(encoding, &recorded[..point.offset]).len();
                copy.feed(&bytes, at, offset, &cuts);
                at = offset;
                self.check(point, (cut, encoding), &mut copy, failures);
            }
            // A stream that goes on is fed to its end, so that the next begins as it did.
            copy.feed(&bytes, at, bytes.len(), &cuts);
            copy.end();
        }
    }

    /// What is read once, when a stream begins, does not change as long as the master lives.
    fn first_answers(&self, stream: &str) -> BTreeMap<String, Vec<u8>> {
        let point = self.points.iter().find(|point| point.stream == stream).expect("a stream has points");
        let read = |call: &str| Some((call.to_owned(), self.answer(point, call)?));
        ["GET_MASTER", "GET_FLAGS"].into_iter().filter_map(read).collect()
    }

    fn answer(&self, point: &Point, call: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(format!("point-{}.{call}.json", point.number))).ok()
    }

    /// Where the pieces end.
    fn cuts(&self, stream: &str, len: usize, cut: Cut) -> Vec<usize> {
        match cut {
            Cut::Whole => vec![len],
            Cut::Pieces(size) => (size..len).step_by(size).chain([len]).collect(),
            Cut::Recorded => {
                let file = self.folder.join(Path::new(stream).with_extension("chunks"));
                let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                let sizes = text.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
                let mut end = 0;
                let ends = sizes.map(|size| {
                    end += size;
                    end
                });
                ends.collect()
            }
        }
    }

    fn check(&self, point: &Point, (cut, encoding): (Cut, WireEncoding), copy: &mut Copy, failures: &mut Vec<String>) {
        let answer = |call: &str| self.answer(point, call);
        let reported = |call: &str| answer(call).map_or(Value::Null, |body| content(&body));
        let reported = Picture::reported(
            &reported("GET_TASKS"),
            &reported("GET_FRAMEWORKS"),
            &reported("GET_AGENTS"),
            &reported("GET_EXECUTORS"),
        );

        let place = format!("{} point {} ({cut:?}, {encoding:?})", self.name, point.number);
        let mut report = |step: &str, copy: &Copy, knows: Knows| {
            let cluster = copy.engine.shown();
            if let Err(why) = cluster.check() {
                failures.push(format!("{place}, {step}: what is derived: {why}"));
            }
            let outcome = compare(&Picture::folded(cluster), &reported, knows);
            // Once is enough.
            if (cut, encoding) == (Cut::Whole, WireEncoding::Json) {
                println!("  point {}, {step}: {} differences", point.number, outcome.differences.len());
                outcome.exceptions.iter().for_each(|line| println!("    by a rule: {line}"));
            }
            failures.extend(outcome.differences.into_iter().map(|line| format!("{place}, {step}: {line}")));
        };
        report("the fold alone", copy, Knows::Events);
        copy.read_all(&|call: &str| {
            let recorded = answer(call)?;
            let is_json = encoding == WireEncoding::Json || !IN_PROTOBUF.contains(&call);
            Some(if is_json {
                recorded
            } else {
                sim::protobuf::message("master.Response", decode_lossy(&recorded).as_bytes())
            })
        });
        report("fold and reconcile", copy, Knows::EventsAndReads);
        // The third comparison, after a full re-read, is left out: the plan has none, a new stream is the only one.
        failures.extend(beside(copy, &answer).into_iter().map(|line| format!("{place}, {line}")));
        failures.extend(roles(copy).into_iter().map(|line| format!("{place}, {line}")));
        failures.extend(unreachable(copy).into_iter().map(|line| format!("{place}, {line}")));
        let trouble = copy.engine.trouble();
        for sort in [Category::Unknown, Category::Misfit, Category::Undecodable, Category::Misread] {
            failures.extend(trouble.of(sort).iter().map(|kind| format!("{place}: {sort:?}: {kind:?}")));
        }
    }
}

/// The records in that encoding. What follows the last whole one is left out of protobuf.
fn in_encoding(encoding: WireEncoding, recorded: &[u8]) -> Vec<u8> {
    if encoding == WireEncoding::Json {
        return recorded.to_vec();
    }
    let mut encoded = Vec::new();
    for record in records(&[recorded]) {
        recordio::encode(&sim::protobuf::message("master.Event", decode_lossy(&record).as_bytes()), &mut encoded);
    }
    encoded
}

/// What is read whole: as many of each as the master reported.
fn beside(copy: &Copy, answer: &impl Fn(&str) -> Option<Vec<u8>>) -> Vec<String> {
    let cluster = copy.engine.shown();
    let count = |call: &str, path: &str| {
        let body = answer(call)?;
        Some(content(&body).pointer(path).and_then(Value::as_array).map_or(0, Vec::len))
    };
    let machines = |list: &str| count("GET_MAINTENANCE_STATUS", &format!("/status/{list}"));
    let pairs = [
        ("roles", cluster.roles_reported().map_or(0, <[_]>::len), count("GET_ROLES", "/roles")),
        ("weights", cluster.weights().map_or(0, BTreeMap::len), count("GET_WEIGHTS", "/weight_infos")),
        ("quotas", cluster.quota().map_or(0, |quota| quota.configs().len()), count("GET_QUOTA", "/status/configs")),
        (
            "windows",
            cluster.schedule().map_or(0, |schedule| schedule.windows.len()),
            count("GET_MAINTENANCE_SCHEDULE", "/schedule/windows"),
        ),
        (
            "machines",
            cluster.machines().map_or(0, <[_]>::len),
            machines("draining_machines").zip(machines("down_machines")).map(|(a, b)| a + b),
        ),
        ("operations", cluster.operations().map_or(0, <[_]>::len), count("GET_OPERATIONS", "/operations")),
        ("metrics", cluster.metrics().map_or(0, BTreeMap::len), count("GET_METRICS", "/metrics")),
    ];
    let differ = pairs.into_iter().filter_map(|(what, here, there)| Some((what, here, there?)));
    differ
        .filter(|(_, here, there)| here != there)
        .map(|(what, here, there)| format!("{what}: {here} here, {there} there"))
        .collect()
}

/// What the overview says of roles is what the master says of them: GET_ROLES counts what is allocated to a role and to those below it,
/// and what is offered to their frameworks, together.
fn roles(copy: &Copy) -> Vec<String> {
    let cluster = copy.engine.shown();
    let mut own: BTreeMap<&str, Quantities> = cluster.allocated_by_role();
    for offer in cluster.frameworks().flat_map(|framework| &framework.offers) {
        *own.entry(offer.role.as_str()).or_default() += offer.resources;
    }
    let here = |name: &str| -> Quantities {
        let is_within =
            |role: &str| role.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        own.iter().filter(|(role, _)| is_within(role)).map(|(_, held)| *held).sum()
    };
    let reported = cluster.roles_reported().unwrap_or_default();
    let differ = reported.iter().map(|role| (role, here(&role.name.0))).filter(|(role, here)| *here != role.resources);
    differ.map(|(role, here)| format!("the role {}: {here:?} here, {:?} there", role.name, role.resources)).collect()
}

/// The master counts TASK_UNREACHABLE alone, though TASK_LOST is in the list too.
fn unreachable(copy: &Copy) -> Option<String> {
    let cluster = copy.engine.shown();
    let (here, there) = (
        f64::from(cluster.task_counts().unreachable_by_state()),
        *cluster.metrics().ok()?.get("master/tasks_unreachable")?,
    );
    (here != there).then(|| format!("unreachable tasks: {here} here, {there} there"))
}

/// An engine with a page that never sleeps, a time of its own, and the reads that it waits for.
pub(super) struct Copy {
    engine: Engine,
    now: Timestamp,
    reads: Vec<(ReadId, String)>,
    /// Answered at once.
    at_once: BTreeMap<String, Vec<u8>>,
}

impl Copy {
    pub(super) fn new() -> Self {
        let mut copy = Self {
            engine: Engine::new("test", 1),
            now: Timestamp(1_800_000_000_000_000_000),
            reads: Vec::new(),
            at_once: BTreeMap::new(),
        };
        let hello = ToEngine::Hello { build: "test".into(), base: "http://here/".into() };
        copy.give(Input::FromPage(TAB, hello));
        copy
    }

    pub(super) fn cluster(&self) -> &Cluster {
        self.engine.shown()
    }

    pub(super) fn trouble(&self) -> &Trouble {
        self.engine.trouble()
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Read { id, body, .. } => {
                    let call: Value = serde_json::from_slice(&body).expect("a request is JSON");
                    let call = call["type"].as_str().expect("a request has a type").to_owned();
                    match self.at_once.get(&call) {
                        Some(body) => self.engine.handle(Input::ReadFinished(id, Ok(body)), self.now),
                        None => self.reads.push((id, call)),
                    }
                }
                Output::OpenStream { .. } => self.reads.clear(),
                Output::AbortStream | Output::SendToPage(..) | Output::Hosted { .. } => {}
            }
        }
    }

    pub(super) fn open(&mut self, at_once: BTreeMap<String, Vec<u8>>) {
        self.at_once = at_once;
        self.give(Input::FromPage(TAB, ToEngine::Retry));
        self.give(Input::StreamOpened);
    }

    fn end(&mut self) {
        self.give(Input::StreamEnded(DisconnectReason::Closed));
    }

    /// The bytes from `from` to `to`, cut where `cuts` say.
    pub(super) fn feed(&mut self, bytes: &[u8], from: usize, to: usize, cuts: &[usize]) {
        let mut at = from;
        for end in cuts.iter().copied().filter(|end| *end > from).chain([to]) {
            let end = end.min(to);
            if end > at {
                self.give(Input::StreamChunk(&bytes[at..end]));
                at = end;
            }
        }
    }

    /// All parts are read, and answered as the master did at that time.
    pub(super) fn read_all(&mut self, answer: &impl Fn(&str) -> Option<Vec<u8>>) {
        self.now = self.now + Nanoseconds::from_secs(1);
        self.give(Input::FromPage(TAB, ToEngine::Pong));
        let mut asked: BTreeSet<String> = std::mem::take(&mut self.at_once).into_keys().collect();
        self.give(Input::FromPage(TAB, ToEngine::Reread(Topic::ALL.to_vec())));
        while let Some((id, call)) = self.reads.pop() {
            match answer(&call) {
                Some(body) => self.give(Input::ReadFinished(id, Ok(&body))),
                None => self.give(Input::ReadFinished(id, Err(FailedRead::silent(ReadFailure::NoConnection)))),
            }
            asked.insert(call);
        }
        for part in Topic::ALL {
            assert!(asked.contains(part.call()), "{} was not read: {asked:?}", part.call());
        }
    }
}
