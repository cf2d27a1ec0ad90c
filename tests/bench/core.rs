//! `cargo bench --bench core`: what the core costs natively, by the number of tasks: decoding and folding a snapshot, answering
//! queries, and one event. The last must not grow with the cluster. Nothing is asserted here; tests/README.md has figures.

use std::cell::RefCell;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::map::MapQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::search::GeneralSearch;
use mesoscope_core::views::search::tasks::TaskSearch;
use mesoscope_core::views::table::{Order, Sort, TableQuery};
use mesoscope_core::views::tasks::TaskColumn;
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

/// One second of 500 events, with the first rows of the table of tasks on screen.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn live_second(bencher: Bencher<'_, '_>, tasks: u32) {
    let mut watched = Watched::new(tasks);
    watched.ask("", "");
    bencher.bench_local(|| watched.second());
}

/// A second of 500 events, with no table on screen.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn unwatched_second(bencher: Bencher<'_, '_>, tasks: u32) {
    let mut watched = Watched::new(tasks);
    bencher.bench_local(|| watched.second());
}

/// The first key in the filter of tasks.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn first_key(bencher: Bencher<'_, '_>, tasks: u32) {
    let watched = RefCell::new(Watched::new(tasks));
    let ask = |filter: &str| watched.borrow_mut().ask(filter, "");
    bencher.with_inputs(|| ask("")).bench_local_values(|()| ask("f"));
}

/// One more key in the filter of tasks.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn next_key(bencher: Bencher<'_, '_>, tasks: u32) {
    let watched = RefCell::new(Watched::new(tasks));
    let ask = |filter: &str| watched.borrow_mut().ask(filter, "");
    bencher.with_inputs(|| ask("front")).bench_local_values(|()| ask("fronte"));
}

/// Another order of the table of tasks.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn sort(bencher: Bencher<'_, '_>, tasks: u32) {
    let watched = RefCell::new(Watched::new(tasks));
    let ask = |sort: &str| watched.borrow_mut().ask("", sort);
    bencher.with_inputs(|| ask("")).bench_local_values(|()| ask("name"));
}

/// The next screenful of a table that scrolls.
#[divan::bench(args = TASKS, sample_count = 5, sample_size = 1)]
fn scroll(bencher: Bencher<'_, '_>, tasks: u32) {
    let watched = RefCell::new(Watched::new(tasks));
    let ask = |first: u32| watched.borrow_mut().ask_rows("", "", first);
    bencher.with_inputs(|| ask(200)).bench_local_values(|()| ask(240));
}

/// An engine, and a page that shows a table of tasks.
struct Watched {
    engine: Engine,
    sim: Sim,
    now: i64,
}

const PAGE: Client = Client(1);
const VIEW: ViewId = ViewId(1);

impl Watched {
    fn new(tasks: u32) -> Self {
        let sim = cluster(tasks);
        Self { engine: fold(&snapshot(&sim)), sim, now: NOW.0 }
    }

    fn ask(&mut self, filter: &str, sort: &str) {
        self.ask_rows(filter, sort, 0);
    }

    fn ask_rows(&mut self, filter: &str, sort: &str, first: u32) {
        let all = TableQuery::<TaskColumn>::all(60);
        let query = TableQuery { filter: filter.into(), sort: Order::parse(sort), first, ..all };
        self.give(Input::FromPage(PAGE, ToEngine::Watch(VIEW, query.into())));
        assert!(self.drain(), "a query is answered");
    }

    fn second(&mut self) {
        self.sim.set_rate(500.0);
        for _ in 0..1000 {
            self.now += 1_000_000;
            self.sim.advance(1_795_306_100_000_000_000 + self.now - NOW.0);
            while let Some(record) = self.sim.next_record() {
                let mut event = Vec::new();
                recordio::encode(&record, &mut event);
                self.give(Input::StreamChunk(&event));
            }
            self.drain();
        }
    }

    /// Whether the view was answered.
    fn drain(&mut self) -> bool {
        let mut answered = false;
        loop {
            while let Some(output) = self.engine.poll() {
                if matches!(output, Output::SendToPage(PAGE, FromEngine::View(VIEW, _))) {
                    answered = true;
                    self.give(Input::FromPage(PAGE, ToEngine::Rendered(VIEW)));
                }
            }
            if self.engine.wake_at(Timestamp(self.now)).is_none_or(|wake| wake.0 > self.now) {
                return answered;
            }
            self.give(Input::Tick);
        }
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, Timestamp(self.now));
    }
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
