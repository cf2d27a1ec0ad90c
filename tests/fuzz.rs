//! The fuzz targets as an ordinary test: what was found once, and seeded nonsense made from real records.
//! cargo-fuzz looks further and by coverage; `cargo verify` runs it where it is installed.

mod fuzz {
    pub mod entries;
}

use std::fs;
use std::path::PathBuf;

use fuzz::entries;
use mesoscope_core::mesos::recordio::{Record, Records};
use sim::rng::Rng;

const ROUNDS: usize = 100_000;
const LONGEST: usize = 4096;

/// What is likely to be understood at all: records, addresses, and pieces of their grammar.
const SEEDS: [&str; 14] = [
    "\x0320\n{\"type\":\"HEARTBEAT\"}121\n{\"type\":\"X\"}",
    "\x01115\n{\"type\":\"UNKNOWN\"}0\n",
    "{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":{\"get_tasks\":{\"tasks\":[{\"task_id\":{\"value\":\"a\\\"]\"}},{}]},\"get_agents\":{\"agents\":[{}]}},\"heartbeat_interval_seconds\":15.0}}",
    "{\"type\":\"TASK_UPDATED\",\"task_updated\":{\"framework_id\":{\"value\":\"f\"},\"state\":\"TASK_RUNNING\",\"status\":{\"timestamp\":1e300,\"uuid\":\"\"}}}",
    "{\"type\":\"AGENT_ADDED\",\"agent_added\":{\"agent\":{\"active\":true,\"agent_info\":{\"hostname\":\"h\",\"id\":{\"value\":\"S0\"},\"resources\":[{\"name\":\"cpus\",\"scalar\":{\"value\":-0.5},\"type\":\"SCALAR\"}]}}}}",
    "#/agents?filter=state%3Aactive&sort=-cpus",
    "#/agents/S0/frameworks/F%2F1/executors/e%23/tasks/t%3F/browse",
    "#/slaves/%ff/browse?path=%2Fa%20b",
    "18446744073709551616\n",
    "-1\n",
    "00000000000000000000001\nx",
    "{}[],:\"\\u0000",
    "\u{fffd}\u{7f}\u{0}",
    "%25%2",
];

/// Some of a seed, with bytes changed, dropped, doubled, or another seed in its middle.
fn nonsense(dice: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..dice.below(6) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 if !bytes.is_empty() => bytes[at] = dice.below(256) as u8,
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, seeds[dice.below(seeds.len())].iter().copied())),
            3 => bytes.extend_from_within(at..),
            _ => bytes.insert(at, b"\"\\{}[]:,%\n0"[dice.below(11)]),
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

/// Everything that cargo-fuzz found once is in findings/TARGET, a file each.
fn check(target: &str, entry: fn(&[u8])) {
    check_seeds(target, &SEEDS.map(|seed| seed.as_bytes().to_vec()), entry);
}

fn check_seeds(target: &str, seeds: &[Vec<u8>], entry: fn(&[u8])) {
    for file in findings(target) {
        entry(&fs::read(&file).expect("a finding can be read"));
    }
    let mut dice = Rng::new(0x6d65_736f_7363_6f70);
    for round in 0..ROUNDS {
        let bytes = nonsense(&mut dice, seeds);
        let outcome = std::panic::catch_unwind(|| entry(&bytes));
        assert!(outcome.is_ok(), "{target}, round {round}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

fn findings(target: &str) -> Vec<PathBuf> {
    let folder = mesoscope_tests::root().join("tests/fuzz/findings").join(target);
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn recordio() {
    check("recordio", entries::recordio);
}

#[test]
fn event() {
    check("event", entries::event);
}

/// Records and answers of a real master.
#[test]
fn protobuf() {
    let file = |name: &str| fs::read(mesoscope_tests::data("both-encodings").join(name)).expect("it is there");
    let mut seeds =
        vec![file("point-1.GET_FRAMEWORKS.pb"), file("point-1.GET_EXECUTORS.pb"), file("point-3.GET_AGENTS.pb")];
    let (stream, mut records) = (file("stream-protobuf.raw"), Records::default());
    let mut rest = &*stream;
    while let Ok(Some(record)) = records.next(&mut rest) {
        match record {
            Record::Arriving(bytes) | Record::Whole(bytes) => seeds.push(bytes[..bytes.len().min(LONGEST)].to_vec()),
            Record::Opening(_) | Record::Arrived => {}
        }
    }
    assert!(seeds.len() > 20, "{} seeds", seeds.len());
    check_seeds("protobuf", &seeds, entries::protobuf);
}

#[test]
fn route() {
    check("route", entries::route);
}
