//! `cargo bench --bench core`: what the core costs natively, by the number of tasks: decoding and folding a snapshot, answering
//! queries, and one event. The last must not grow with the cluster. Nothing is asserted here; tests/README.md has figures.

use std::cell::RefCell;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::Input;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::map::MapQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::search::GeneralSearch;
use mesoscope_core::views::search::tasks::TaskSearch;
use mesoscope_core::views::table::{Sort, TableQuery};
use mesoscope_core::views::view::{Sources, View};
use sim::cluster::Sim;
use sim::pieces::Pieces;
use sim::size::Size;

const TASKS: [u32; 3] = [10_000, 100_000, 400_000];
const NOW: Timestamp = Timestamp(1_800_000_000_000_000_000);
/// As a browser hands them out.
const CHUNK: usize = 64 << 10;
const EVENTS: usize = 20_000;

fn main() {
    divan::main();
}

/// As many completed tasks as active ones, and ten tasks an agent.
fn cluster(tasks: u32) -> Sim {
    Sim::new(1, Size::Custom { agents: tasks / 10, tasks, completed: tasks })
}

fn snapshot(sim: &Sim) -> Vec<u8> {
    written(sim.snapshot())
}

fn written(mut pieces: Pieces) -> Vec<u8> {
    let mut bytes = format!("{}\n", pieces.length()).into_bytes();
    while pieces.fill(&mut bytes, usize::MAX) {}
    bytes
}

fn fold(bytes: &[u8]) -> Engine {
    let mut engine = Engine::new("bench", 1);
    engine.handle(
        Input::FromPage(Client(1), ToEngine::Hello { build: "bench".into(), base: "http://here/".into() }),
        NOW,
    );
    engine.handle(Input::StreamOpened, NOW);
    bytes.chunks(CHUNK).for_each(|chunk| engine.handle(Input::StreamChunk(chunk), NOW));
    while engine.poll().is_some() {}
    assert!(!engine.shown().arriving(), "the snapshot came whole");
    engine
}

#[divan::bench(args = TASKS, sample_count = 3, sample_size = 1)]
fn decode_and_fold(bencher: Bencher<'_, '_>, tasks: u32) {
    let bytes = snapshot(&cluster(tasks));
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| fold(black_box(&bytes)));
}

/// A snapshot in protobuf. Its bytes count as those of its JSON, so that the two can be compared.
#[divan::bench(args = TASKS, sample_count = 3, sample_size = 1)]
fn decode_and_fold_protobuf(bencher: Bencher<'_, '_>, tasks: u32) {
    let sim = cluster(tasks);
    let bytes = written(sim.snapshot().in_protobuf());
    bencher.counter(BytesCount::new(snapshot(&sim).len())).bench_local(|| fold(black_box(&bytes)));
}

#[divan::bench(args = TASKS, sample_count = 1000, sample_size = 20)]
fn one_event(bencher: Bencher<'_, '_>, tasks: u32) {
    let mut sim = cluster(tasks);
    let bytes = snapshot(&sim);
    sim.set_rate(1000.0);
    let mut events = Vec::new();
    let mut until = 1_795_306_100_000_000_000;
    while events.len() < EVENTS {
        until += 1_000_000_000;
        sim.advance(until);
        while let Some(record) = sim.next_record() {
            let mut event = Vec::new();
            recordio::encode(&record, &mut event);
            events.push(event);
        }
    }
    let (engine, next) = (RefCell::new(fold(&bytes)), RefCell::new(events.into_iter()));
    bencher.bench_local(|| {
        let event = next.borrow_mut().next().expect("there are as many events as samples");
        engine.borrow_mut().handle(Input::StreamChunk(&event), NOW);
    });
}

fn asked(bencher: Bencher<'_, '_>, tasks: u32, query: &impl View) {
    let engine = fold(&snapshot(&cluster(tasks)));
    let cluster: &Cluster = engine.shown();
    let (trouble, history, frameworks) = Default::default();
    let sources =
        Sources { cluster: black_box(cluster), trouble: &trouble, history: &history, frameworks: &frameworks };
    bencher.bench_local(|| query.answer(sources, NOW));
}

#[divan::bench(args = TASKS)]
fn query_overview(bencher: Bencher<'_, '_>, tasks: u32) {
    asked(bencher, tasks, &OverviewQuery);
}

#[divan::bench(args = TASKS)]
fn query_agents_filtered(bencher: Bencher<'_, '_>, tasks: u32) {
    let sort = Sort { column: AgentColumn::Cpus, descending: true };
    asked(
        bencher,
        tasks,
        &TableQuery { filter: "zone:* 7".into(), sort: sort.into(), first: 0, count: 50, values: None },
    );
}

#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn query_search(bencher: Bencher<'_, '_>, tasks: u32) {
    asked(bencher, tasks, &TaskSearch { text: "search-frontend 12".into(), rest: true });
}

#[divan::bench(args = TASKS)]
fn query_search_first(bencher: Bencher<'_, '_>, tasks: u32) {
    asked(bencher, tasks, &GeneralSearch("search-frontend 12".into()));
}

#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn query_map(bencher: Bencher<'_, '_>, tasks: u32) {
    asked(bencher, tasks, &MapQuery { group: "rack".into(), ..MapQuery::default() });
}
