//! The state machine against the small master, over many seeds: whatever is lost, cut or repeated, each task runs at most once, each
//! update is acknowledged, no offer is held for long, and the framework is torn down.

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use mesoscope_core::scheduler::run::RunId;
use serde_json::Value;

use super::machine::{framework, request, stream};
use super::master::Master;

const STEP: i64 = 100;
/// Faults end here, so that everything can come to its end.
const FAULTS_UNTIL: i64 = 120_000;
const UNTIL: i64 = 1_500_000;

struct World {
    scheduler: Scheduler,
    master: Master,
    seed: u64,
    now: i64,
    stream: Option<StreamNumber>,
    has_faults: bool,
    wake_at: Option<Timestamp>,
    calls: Vec<(CallNumber, Value)>,
}

impl World {
    fn new(seed: u64, has_faults: bool) -> Self {
        let master = Master::with_agents(3);
        let scheduler = Scheduler::new(framework(), seed);
        let (stream, wake_at, calls) = Default::default();
        Self {
            scheduler,
            master,
            seed: seed.wrapping_mul(2).wrapping_add(1),
            now: 0,
            stream,
            has_faults,
            wake_at,
            calls,
        }
    }

    /// Whether something with one chance in so many happens (splitmix64).
    fn chance(&mut self, in_so_many: u64) -> bool {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).is_multiple_of(in_so_many)
    }

    fn fault(&mut self, in_so_many: u64) -> bool {
        self.has_faults && self.now < FAULTS_UNTIL && self.chance(in_so_many)
    }

    fn time(&self) -> Timestamp {
        Timestamp(0) + Nanoseconds::from_millis(self.now)
    }

    fn input(&mut self, input: SchedulerInput<'_>) {
        let time = self.time();
        for output in self.scheduler.handle(time, input) {
            match output {
                SchedulerOutput::OpenStream { stream, .. } => self.stream = Some(stream),
                SchedulerOutput::CloseStream(stream) => self.stream = self.stream.filter(|open| *open != stream),
                SchedulerOutput::Send { call, body, .. } => {
                    self.calls.push((call, serde_json::from_slice(&body).unwrap()))
                }
                SchedulerOutput::WakeAt(at) => self.wake_at = Some(at),
                SchedulerOutput::Changed => {}
            }
        }
    }

    fn send(&mut self, events: &[Value]) {
        let Some(open) = self.stream else { return };
        for event in events {
            // A master's own update may be lost on a busy link; an agent's is repeated.
            let is_lost = event["type"] == "UPDATE" && self.fault(10);
            if !is_lost {
                self.input(SchedulerInput::StreamChunk(open, &stream(&[&event.to_string()])));
            }
        }
    }

    fn open(&mut self, known: Option<StreamNumber>) {
        if self.stream != known && self.stream.is_some() {
            let events = self.master.subscribe();
            self.send(&events);
        }
    }

    fn step(&mut self) {
        let before = self.stream;
        self.now += STEP;
        if self.wake_at.is_some_and(|at| at <= self.time()) {
            self.input(SchedulerInput::Tick);
        }
        self.open(before);
        if self.fault(200) {
            self.cut();
        }
        if self.stream.is_some() {
            let mut events = self.master.events(self.now);
            if self.now % 15_000 == 0 {
                events.push(serde_json::json!({"type": "HEARTBEAT"}));
            }
            if self.fault(5) {
                events.extend(self.master.rescind());
            }
            self.send(&events);
        }
        for (number, call) in std::mem::take(&mut self.calls) {
            self.answer(number, &call);
        }
    }

    fn cut(&mut self) {
        if let Some(open) = self.stream.take() {
            self.input(SchedulerInput::StreamEnded(open, StreamEnd::Closed));
        }
    }

    fn answer(&mut self, number: CallNumber, call: &Value) {
        let (is_lost, is_answer_lost) = (self.fault(8), self.fault(8));
        let is_late = self.fault(8) && call["type"] == "ACKNOWLEDGE";
        let events = if is_lost || is_late || self.stream.is_none() { Vec::new() } else { self.master.take(call) };
        let outcome = match (is_lost || self.stream.is_none(), is_answer_lost) {
            (true, true) => CallOutcome::NotSent,
            (_, true) | (true, false) => CallOutcome::Unknown,
            // Taken by the master, and lost on the way to the agent.
            (false, false) => CallOutcome::Accepted,
        };
        self.send(&events);
        self.input(SchedulerInput::CallAnswered(number, outcome));
    }

    fn run(&mut self) {
        self.input(SchedulerInput::Wish(Wish::Run(Box::new(request("a", 3)))));
        self.open(None);
        while self.now < UNTIL && !matches!(self.scheduler.link(), LinkState::Ended(_)) {
            self.step();
            if self.now == 5_000 {
                self.input(SchedulerInput::Wish(Wish::Run(Box::new(request("b", 2)))));
            }
            if self.now == 6_000 && self.has_faults {
                self.input(SchedulerInput::Wish(Wish::KillRun(RunId::new("b").unwrap())));
            }
            self.check_offers();
        }
    }

    /// Offers are held for three seconds; those that a lost call was about for three more each time.
    fn check_offers(&self) {
        let longest = self.master.outstanding.values().map(|(_, since)| self.now - since).max().unwrap_or_default();
        let most = if self.has_faults { 60_000 } else { 3_500 };
        assert!(longest <= most, "an offer was held for {longest} ms");
        assert!(self.scheduler.offers().all(|held| self.time().since(held.since) <= Nanoseconds::from_millis(3_500)));
    }
}

#[test]
fn without_faults_everything_happens_exactly_once() {
    for seed in 0..50 {
        let mut world = World::new(seed, false);
        world.run();
        assert_eq!(world.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown), "seed {seed}");
        assert!(world.master.executions.values().all(|times| *times == 1), "seed {seed}");
        assert!(world.master.acknowledged.values().all(|times| *times == 1), "seed {seed}");
        assert!(world.master.is_all_acknowledged() && world.master.is_torn_down, "seed {seed}");
        assert!(world.now < 30_000, "seed {seed}: {} ms", world.now);
    }
}

#[test]
fn with_faults_nothing_runs_twice_and_everything_ends() {
    let (mut cut, mut gone) = (0, 0);
    for seed in 0..1000 {
        let mut world = World::new(seed, true);
        world.run();
        let ended = world.scheduler.link();
        assert_eq!(ended, &LinkState::Ended(FrameworkEnd::TornDown), "seed {seed}: {:?}", world.scheduler);
        assert!(world.scheduler.tasks().all(|task| task.has_ended()), "seed {seed}");
        assert!(
            world.master.executions.values().all(|times| *times == 1),
            "seed {seed}: {:?}",
            world.master.executions
        );
        cut += usize::from(world.scheduler.log().entries().count() > 100);
        gone += world.master.launches_with_gone_offers;
    }
    assert!(cut > 100 && gone > 100, "the faults happen: {cut}, {gone}");
}
