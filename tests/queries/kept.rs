//! A table of tasks that is kept between its answers, against one that is made from all tasks: they are equal, whatever happens to the
//! cluster, whatever is asked next, and wherever a search is interrupted.

use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{FromEngine, ToEngine, ViewId};
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::kept_state::KeptState;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::table::{Order, TableQuery, TableWindow};
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};
use mesoscope_core::views::view::View;
use proptest::prelude::*;
use sim::cluster::Sim;
use sim::size::Size;

use super::super::NOW;

/// An engine that copies a simulated cluster.
struct Copied {
    sim: Sim,
    engine: Engine,
    now: i64,
}

impl Copied {
    fn new(seed: u64, size: Size) -> Self {
        let mut copied = Self { sim: Sim::at(seed, size, NOW.0), engine: Engine::new("test", 1), now: NOW.0 };
        let hello = ToEngine::Hello { build: "test".into(), base: "http://here/".into() };
        copied.give(Input::FromPage(Client(1), hello));
        copied.connect();
        copied
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, Timestamp(self.now));
    }

    /// A snapshot, on the first stream or on another.
    fn connect(&mut self) {
        while self.sim.next_record().is_some() {}
        let mut pieces = self.sim.snapshot();
        let mut bytes = format!("{}\n", pieces.length()).into_bytes();
        while pieces.fill(&mut bytes, usize::MAX) {}
        self.give(Input::StreamOpened);
        self.give(Input::StreamChunk(&bytes));
        assert!(!self.engine.shown().arriving(), "the snapshot came whole");
    }

    fn happen(&mut self, act: Act) {
        self.now += 300_000_000;
        self.sim.advance(self.now);
        let sim = &mut self.sim;
        match act {
            Act::Burst(number) => sim.burst(number),
            Act::FailTask => drop(sim.fail_task()),
            Act::FinishTask => drop(sim.finish_task()),
            Act::RepeatTask => drop(sim.repeat_task()),
            Act::AddAgent => drop(sim.add_agent()),
            Act::RemoveAgent => drop(sim.remove_agent()),
            Act::LoseAgent => drop(sim.lose_some_agent()),
            Act::ReturnAgent => drop(sim.return_some_agent()),
            Act::AddFramework => drop(sim.add_framework()),
            Act::UpdateFramework => drop(sim.update_framework()),
            Act::RemoveFramework => drop(sim.remove_framework()),
            Act::Reconnect => {
                self.give(Input::StreamEnded(DisconnectReason::Closed));
                self.give(Input::FromPage(Client(1), ToEngine::Retry));
                return self.connect();
            }
        }
        while let Some(record) = self.sim.next_record() {
            let mut bytes = Vec::new();
            recordio::encode(&record, &mut bytes);
            self.give(Input::StreamChunk(&bytes));
        }
    }

    /// The answer from all tasks.
    fn whole(&self, query: &TableQuery<TaskColumn>) -> TableWindow<TaskRow> {
        query.answer(self.engine.sources(), Timestamp(self.now))
    }

    /// The answer from what is kept; `None` if it needs another call.
    fn kept(&self, kept: &mut KeptState, query: &TableQuery<TaskColumn>) -> Option<TableWindow<TaskRow>> {
        query.answer_kept(kept, self.engine.sources(), Timestamp(self.now))
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Burst(u32),
    FailTask,
    FinishTask,
    RepeatTask,
    AddAgent,
    RemoveAgent,
    LoseAgent,
    ReturnAgent,
    AddFramework,
    UpdateFramework,
    RemoveFramework,
    Reconnect,
}

#[derive(Clone, Debug)]
enum Step {
    Happen(Act),
    /// The filter is typed further.
    Type(&'static str),
    Filter(&'static str),
    Sort(&'static str),
    Scroll(u32),
    /// The table is answered, as far as one call goes.
    Call,
    /// The table is answered.
    Answer,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1..30_u32).prop_map(Act::Burst),
        4 => prop::sample::select(vec![Act::FailTask, Act::FinishTask, Act::RepeatTask]),
        4 => prop::sample::select(vec![
            Act::AddAgent, Act::RemoveAgent, Act::LoseAgent, Act::ReturnAgent,
            Act::AddFramework, Act::UpdateFramework, Act::RemoveFramework,
        ]),
        1 => Just(Act::Reconnect),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let typed = [
        "a",
        "e",
        "1",
        "-",
        "t",
        " ",
        " state:",
        "f",
        " -x",
        " cpus>0",
        " role:=",
        " agent:a",
        " nothing-has-this",
        " fiel:d",
    ];
    let filters = [
        "",
        "a",
        "task",
        "state:fa",
        "state:run",
        "-state:finished",
        "label:",
        "framework:a -b",
        "cpus>0.5",
        "no-row-has-this",
        "list:live 1",
        "x:y",
        "x:1 state:failed",
        "reason:lost",
        "changed<1m",
        "framework.id:=none",
        "health:healthy,unknown",
    ];
    let sorts: Vec<&'static str> = "-updated updated name -name state agent,-name -agent framework role -role cpus,id -mem health -started reason \
         message label -label framework.id agent.id executor others disk gpus id,-updated"
        .split_whitespace()
        .collect();
    prop_oneof![
        6 => act().prop_map(Step::Happen),
        3 => prop::sample::select(typed.to_vec()).prop_map(Step::Type),
        2 => prop::sample::select(filters.to_vec()).prop_map(Step::Filter),
        2 => prop::sample::select(sorts).prop_map(Step::Sort),
        2 => prop_oneof![0..20_u32, 0..900_u32].prop_map(Step::Scroll),
        4 => Just(Step::Call),
        4 => Just(Step::Answer),
    ]
}

/// Calls until there is an answer, and compares it.
fn answered(copied: &Copied, state: &mut KeptState, query: &TableQuery<TaskColumn>) {
    let answer = (0..100_000).find_map(|_| copied.kept(state, query)).expect("a search comes to its end");
    assert_eq!(answer, copied.whole(query), "{query:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_kept_table_equals_one_that_is_made_from_all_tasks(
        seed in 0..1000_u64,
        rows_at_once in prop_oneof![1..40_usize, Just(1_000_usize), Just(usize::MAX)],
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut copied = Copied::new(seed, Size::Custom { agents: 12, tasks: 700, completed: 500 });
        let mut state = KeptState::in_slices(rows_at_once);
        let mut query = TableQuery::<TaskColumn>::all(30);
        for step in steps {
            match step {
                Step::Happen(act) => copied.happen(act),
                Step::Type(text) => query.filter.push_str(text),
                Step::Filter(text) => query.filter = text.into(),
                Step::Sort(text) => query.sort = Order::parse(text),
                Step::Scroll(first) => query.first = first,
                Step::Call => {
                    let answer = copied.kept(&mut state, &query);
                    prop_assert!(answer.is_none_or(|answer| answer == copied.whole(&query)), "{query:?}");
                }
                Step::Answer => answered(&copied, &mut state, &query),
            }
        }
        answered(&copied, &mut state, &query);
    }
}

#[test]
fn a_new_key_interrupts_the_search_for_the_last() {
    let mut copied = Copied::new(5, Size::Custom { agents: 100, tasks: 25_000, completed: 25_000 });
    let query = |filter: &str| TableQuery { filter: filter.into(), ..TableQuery::<TaskColumn>::all(10) };
    let page = Client(1);
    let answers = |copied: &mut Copied| {
        let outputs = std::iter::from_fn(|| copied.engine.poll());
        let answers = outputs.filter_map(|output| match output {
            Output::SendToPage(_, FromEngine::View(ViewId(1), bytes)) => Some(bytes),
            _ => None,
        });
        answers.map(|bytes| decode::<TableWindow<TaskRow>>(&bytes).expect("a window of tasks")).collect::<Vec<_>>()
    };
    let watch = |filter: &str| ToEngine::Watch(ViewId(1), Query::from(query(filter)));
    copied.give(Input::FromPage(page, watch("a")));
    assert_eq!(answers(&mut copied), [], "the search is not over");
    let due = copied.engine.wake_at(Timestamp(copied.now));
    assert!(due.is_some_and(|due| due.0 <= copied.now), "it goes on at once");
    copied.give(Input::FromPage(page, watch("a 7")));
    let mut answer = Vec::new();
    for _ in 0..10 {
        copied.give(Input::Tick);
        answer.extend(answers(&mut copied));
    }
    assert_eq!(answer, [copied.whole(&query("a 7"))], "only the last key is answered, once");
}
