//! A long life: the memory of a copy follows what the cluster holds, and not what has happened.
//!
//! A file of its own, since it looks at the memory of the whole process. `MESOSCOPE_EVENTS=N` makes it so many events rather than a
//! million.

use std::env;
use std::fs;

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::cluster::change_log::MOST_CHANGES;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::overview::OverviewQuery;
use sim::answer::reply::{Body, Target};
use sim::cluster::Sim;
use sim::size::Size;

const EVENTS: u64 = 1_000_000;
/// By then everything is as full as it gets.
const FULL: f64 = 0.2;
const SIZE: Size = Size::Custom { agents: 40, tasks: 300, completed: 500 };
/// Completed tasks of a framework, unreachable ones, and completed frameworks that the master keeps.
const RINGS: (usize, usize, usize) = (100, 100, 10);
const RATE: i64 = 200;
const SECOND: i64 = 1_000_000_000;
const TAB: Client = Client(1);
/// An object's JSON and what came since, compressed: a task's is some 600 bytes, an agent's 900. Blocks of which half is let go
/// still exist, so there is room for twice that and more.
const BYTES_AN_OBJECT: usize = 4_000;

/// What the copy holds, and what the process does.
#[derive(Clone, Copy, Debug)]
struct Held {
    tasks: usize,
    objects: usize,
    json: usize,
    /// Of the process: bytes that are in memory. None where /proc is not.
    resident: Option<usize>,
}

struct Life {
    sim: Sim,
    engine: Engine,
    now: i64,
    events: u64,
}

#[test]
fn memory_stays_flat_in_a_million_events() {
    let events = env::var("MESOSCOPE_EVENTS").map_or(EVENTS, |text| text.parse().expect("a number of events"));
    let mut life = Life::begin();
    life.go_on((events as f64 * FULL) as u64);
    let early = life.held();
    life.go_on(events);
    let late = life.held();
    println!("{early:?}\n{late:?}");
    life.check(&late);
    let state = life.sim.state();
    let tasks = &state["get_state"]["get_tasks"];
    let reported =
        ["tasks", "unreachable_tasks", "completed_tasks"].map(|list| tasks[list].as_array().map_or(0, Vec::len));
    assert_eq!(late.tasks, reported.iter().sum::<usize>(), "the copy holds what the master holds");
    if let (Some(before), Some(after)) = (early.resident, late.resident) {
        // Allocators keep some of what was freed; a byte an event would be a megabyte.
        assert!(after < before + before / 10 + (4 << 20), "{early:?}, then {late:?}");
    }
}

impl Life {
    fn begin() -> Life {
        let mut sim = Sim::new(1, SIZE);
        sim.keep(RINGS.0, RINGS.1, RINGS.2);
        let mut life = Life { sim, engine: Engine::new("test", 1), now: 1_795_306_100 * SECOND, events: 0 };
        life.give(Input::FromPage(TAB, ToEngine::Hello { build: "test".into(), base: "http://here/".into() }));
        life.give(Input::FromPage(TAB, ToEngine::Watch(ViewId(1), OverviewQuery.into())));
        life.give(Input::StreamOpened);
        let snapshot = Body::Pieces(life.sim.snapshot()).into_bytes();
        life.feed(&snapshot);
        life.sim.set_rate(RATE as f64);
        life
    }

    /// Until so many events have come since the beginning.
    fn go_on(&mut self, until: u64) {
        while self.events < until {
            self.now += SECOND;
            self.sim.advance(self.now);
            // Beside tasks, which come and go by themselves.
            match self.events % 7 {
                0 => drop(self.sim.lose_some_agent()),
                1 => drop(self.sim.return_some_agent()),
                2 => drop((self.sim.add_framework(), self.sim.remove_framework())),
                3 => drop((self.sim.add_agent(), self.sim.remove_agent())),
                4 => drop(self.sim.repeat_task()),
                _ => drop(self.sim.add_short_task()),
            }
            while let Some(record) = self.sim.next_record() {
                self.events += 1;
                self.feed(&record);
            }
            self.give(Input::FromPage(TAB, ToEngine::Rendered(ViewId(1))));
        }
    }

    fn feed(&mut self, record: &[u8]) {
        let mut framed = Vec::new();
        recordio::encode(record, &mut framed);
        self.give(Input::StreamChunk(&framed));
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, Timestamp(self.now));
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Read { id, body, .. } => {
                    let answer = self.sim.answer(Target::Master, &body).body.into_bytes();
                    self.engine.handle(Input::ReadFinished(id, Ok(&answer)), Timestamp(self.now));
                }
                Output::SendToPage(_, FromEngine::Ping) => {
                    self.engine.handle(Input::FromPage(TAB, ToEngine::Pong), Timestamp(self.now));
                }
                Output::OpenStream { .. } | Output::SendToPage(..) | Output::Hosted { .. } => {}
                Output::AbortStream => panic!("the stream is lost"),
            }
        }
    }

    fn held(&self) -> Held {
        let copy = self.engine.shown();
        let tasks = copy.tasks().count();
        let objects = tasks + copy.agents().count() + copy.frameworks().count() + copy.executors().count();
        Held { tasks, objects, json: copy.json_held(), resident: resident() }
    }

    /// Rings are no longer than they may be, and of JSON there is what the objects take.
    fn check(&self, held: &Held) {
        let copy = self.engine.shown();
        copy.check().expect("what is derived agrees with the rows");
        for framework in copy.frameworks() {
            assert!(copy.completed_tasks_of(&framework.id).count() <= RINGS.0, "{}", framework.id);
        }
        assert!(copy.completed_frameworks().count() <= RINGS.2);
        assert!(copy.changes().count() <= MOST_CHANGES);
        assert!(held.json < held.objects * BYTES_AN_OBJECT, "{held:?}");
    }
}

/// The second number of /proc/self/statm, in pages of 4 KiB.
fn resident() -> Option<usize> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}
