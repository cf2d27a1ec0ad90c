//! The table of tasks that this browser has run: one row a task, with how it ended and how long it took.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::filter::{Filter, FilterOutcome, Row};
use super::table::{Column, ColumnOrder, Facet, Sort, TableQuery, TableWindow, by_text, known_first, window};
use super::view::Sources;
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::mesos::error_text::ExitStatus;
use crate::mesos::wire::state::TaskState;
use crate::scheduler::run::{RunId, RunTask, TaskKill};

/// Columns of the table, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RunTaskColumn {
    /// Number in the run.
    Number,
    /// Host name of the agent.
    Host,
    /// State of the task.
    State,
    /// Exit code or signal.
    Exit,
    /// Time from the start to the end, or to now.
    Took,
    /// Reason of the last state.
    Reason,
    /// Text of the last state.
    Message,
    /// When it ended.
    Ended,
    /// Id of the agent.
    Agent,
    /// Id of the task.
    Id,
    /// The run.
    Run,
}

impl RunTaskColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Host => "host",
            Self::State => "state",
            Self::Exit => "exit",
            Self::Took => "took",
            Self::Reason => "reason",
            Self::Message => "message",
            Self::Ended => "ended",
            Self::Agent => "agent",
            Self::Id => "id",
            Self::Run => "run",
        }
    }
}

impl Column for RunTaskColumn {
    type Row = RunTaskRow;
    const ALL: &'static [Self] = &[
        Self::Number,
        Self::Host,
        Self::State,
        Self::Exit,
        Self::Took,
        Self::Reason,
        Self::Message,
        Self::Ended,
        Self::Agent,
        Self::Id,
        Self::Run,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Number, descending: false };
    const WORDS: &'static [&'static str] = &["state", "exit", "host", "reason", "message", "agent", "id", "run"];
    const NUMBERS: &'static [&'static str] = &["exit", "took", "number"];
    const TOPICS: &'static [Topic] = &[];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(_cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        tasks(std::iter::empty(), query)
    }

    fn answer(sources: Sources<'_>, query: &TableQuery<Self>, _now: Timestamp) -> TableWindow<Self::Row> {
        let of = |(_, hosted): (_, &crate::scheduler::hosted::HostedFramework)| {
            let framework = hosted.scheduler.id().cloned();
            hosted.scheduler.tasks().map(|task| RunTaskRow::of(task, framework.as_ref())).collect::<Vec<_>>()
        };
        tasks(sources.frameworks.iter().flat_map(of), query)
    }

    fn revision(sources: Sources<'_>) -> u64 {
        sources.frameworks.revision()
    }
}

/// What a task does, or how it ended. In the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RunTaskState {
    /// Waits for an offer.
    Waiting,
    /// Launched, without a state yet.
    Launched,
    /// Has Mesos' own state.
    Is(TaskState),
    /// Was cancelled before its launch.
    Cancelled,
    /// Was given up, since the values of its variables were not kept.
    Incomplete,
}

impl RunTaskState {
    fn of(task: &RunTask) -> Self {
        match task.state {
            _ if task.is_incomplete => Self::Incomplete,
            _ if task.waits() => Self::Waiting,
            Some(state) => Self::Is(state),
            None if task.has_ended() && task.message.is_empty() => Self::Cancelled,
            None if task.has_ended() => Self::Is(TaskState::Dropped),
            None => Self::Launched,
        }
    }

    /// The word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Launched => "launched",
            Self::Is(state) => state.name(),
            Self::Cancelled => "cancelled",
            Self::Incomplete => "incomplete",
        }
    }

    /// Whether it may still do something.
    pub fn is_live(self) -> bool {
        match self {
            Self::Waiting | Self::Launched => true,
            Self::Is(state) => !state.is_terminal() && state != TaskState::Unknown,
            Self::Cancelled | Self::Incomplete => false,
        }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RunExit {
    /// Its exit code.
    Code(u8),
    /// Name of the signal that ended it, as `Killed`.
    Signal(String),
}

impl RunExit {
    /// The code, or the signal's name.
    pub fn text(&self) -> String {
        match self {
            Self::Code(code) => code.to_string(),
            Self::Signal(name) => name.clone(),
        }
    }
}

/// One task, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunTaskRow {
    /// Its run.
    pub run: RunId,
    /// Its number in the run, from 0.
    pub number: u32,
    /// Its id.
    pub id: TaskId,
    /// Its framework's id; `None` before the master gave one.
    pub framework: Option<FrameworkId>,
    /// Agent that it runs on, or must run on; `None` while that is open.
    pub agent: Option<AgentId>,
    /// Host name of that agent; empty if not known.
    pub hostname: String,
    /// What it does, or how it ended.
    pub state: RunTaskState,
    /// How its command ended; `None` if it has not, or if Mesos does not say.
    pub exit: Option<RunExit>,
    /// Time from its start to its end; `None` while one of them is not known.
    pub took: Option<Nanoseconds>,
    /// When it began to run, or was launched.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Reason of its last state without `REASON_`; empty if there is none.
    pub reason: String,
    /// Text of its last state; while it waits, what the last offer lacked.
    pub message: String,
    /// Whether it is to be killed.
    pub is_being_killed: bool,
    /// Its executor; empty before the first update.
    pub executor: ExecutorId,
    /// Its container; empty before the first update.
    pub container: String,
    /// Names of the resources of which the last offer had too little.
    pub missing: Vec<String>,
}

impl RunTaskRow {
    /// The task of a framework with that id as a row.
    pub fn of(task: &RunTask, framework: Option<&FrameworkId>) -> Self {
        let exit = ExitStatus::of_message(&task.message).map(|exit| match exit {
            ExitStatus::Code(code) => RunExit::Code(code),
            ExitStatus::Signal(name) => RunExit::Signal(name.to_owned()),
        });
        let state = RunTaskState::of(task);
        // Mesos says nothing of a command that exited with 0 but that it has finished.
        let exit = exit.or((state == RunTaskState::Is(TaskState::Finished)).then_some(RunExit::Code(0)));
        let started = task.times.running.or(task.times.launched);
        let took = started.zip(task.times.ended).map(|(start, end)| Nanoseconds(end.since(start).0.max(0)));
        Self {
            run: task.run.clone(),
            number: task.number,
            id: task.id.clone(),
            framework: framework.cloned(),
            agent: task.agent.clone().or_else(|| task.target.clone()),
            hostname: task.hostname.clone(),
            state,
            exit: exit.filter(|_| task.has_ended()),
            took,
            started,
            ended: task.times.ended,
            reason: task.reason.strip_prefix("REASON_").unwrap_or(&task.reason).to_owned(),
            message: task.message.clone(),
            is_being_killed: task.kill != TaskKill::No && !task.has_ended(),
            executor: task.executor.clone(),
            container: task.container.clone(),
            missing: task.unfit.iter().flat_map(|unfit| unfit.missing.clone()).filter(|_| task.waits()).collect(),
        }
    }

    /// Whether it has a sandbox to look into: its agent has started its executor.
    pub fn has_sandbox(&self) -> bool {
        self.framework.is_some() && !self.container.is_empty()
    }
}

fn tasks(all: impl Iterator<Item = RunTaskRow>, query: &TableQuery<RunTaskColumn>) -> TableWindow<RunTaskRow> {
    let all: Vec<RunTaskRow> = all.collect();
    let tie = |a: &&RunTaskRow, b: &&RunTaskRow| (&a.run, a.number).cmp(&(&b.run, b.number));
    let window = window(all.iter(), query, |a, b, column| by_column(a, b, column), tie, Clone::clone);
    let values = query.values.is_none().then(|| states(&all, &query.filter));
    TableWindow { facets: values.map_or(window.facets, |states| vec![states]), ..window }
}

/// The states of the rows that pass the filter without its words on states.
fn states(all: &[RunTaskRow], filter: &str) -> Facet {
    let filter = Filter::parse(filter);
    let mut counts: BTreeMap<RunTaskState, u32> = BTreeMap::new();
    for row in all.iter().filter(|row| filter.classify(row, &["state"]) != FilterOutcome::Out) {
        *counts.entry(row.state).or_default() += 1;
    }
    Facet {
        field: "state".to_owned(),
        values: counts.into_iter().map(|(state, count)| (state.name().to_owned(), count)).collect(),
    }
}

fn by_column(a: &RunTaskRow, b: &RunTaskRow, column: RunTaskColumn) -> ColumnOrder {
    match column {
        RunTaskColumn::Number => a.number.cmp(&b.number).into(),
        RunTaskColumn::Host => by_text(&a.hostname, &b.hostname),
        RunTaskColumn::State => a.state.cmp(&b.state).into(),
        RunTaskColumn::Exit => known_first(a.exit.as_ref(), b.exit.as_ref(), Ord::cmp),
        RunTaskColumn::Took => known_first(a.took, b.took, Ord::cmp),
        RunTaskColumn::Reason => by_text(&a.reason, &b.reason),
        RunTaskColumn::Message => by_text(&a.message, &b.message),
        RunTaskColumn::Ended => known_first(a.ended, b.ended, Ord::cmp),
        RunTaskColumn::Agent => by_text(agent(a), agent(b)),
        RunTaskColumn::Id => a.id.cmp(&b.id).into(),
        RunTaskColumn::Run => a.run.cmp(&b.run).into(),
    }
}

fn agent(row: &RunTaskRow) -> &str {
    row.agent.as_ref().map(AgentId::as_str).unwrap_or_default()
}

impl Row for RunTaskRow {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let exit = self.exit.as_ref().map(RunExit::text).unwrap_or_default();
        [self.hostname.as_str(), agent(self), self.state.name(), &exit, &self.reason, &self.message, self.id.as_str()]
            .into_iter()
            .any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "host" | "hostname" => matches(&self.hostname),
            "state" => matches(self.state.name()),
            "exit" => self.exit.as_ref().is_some_and(|exit| matches(&exit.text())),
            "reason" => matches(&self.reason),
            "message" => matches(&self.message),
            "agent" => matches(agent(self)),
            "id" => matches(self.id.as_str()),
            "run" => matches(self.run.as_str()),
            "number" => matches(&self.number.to_string()),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match (name, &self.exit) {
            ("exit", Some(RunExit::Code(code))) => Some(f64::from(*code)),
            ("took", _) => self.took.map(|took| took.0 as f64 / 1e9),
            ("number", _) => Some(f64::from(self.number)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduler::run::{TaskPhase, TaskTimes, UnfitOffer};
    use crate::views::table::Order;

    fn task(number: u32, state: Option<TaskState>, message: &str) -> RunTask {
        let run = RunId::new("r1").expect("an id");
        let is_over = state.is_some_and(TaskState::is_terminal);
        RunTask {
            id: run.task(number, 1),
            run,
            number,
            attempt: 1,
            target: Some("S1".into()),
            agent: state.map(|_| AgentId::from("S1")),
            hostname: format!("host{number}"),
            phase: match state {
                None => TaskPhase::Waiting,
                Some(_) if is_over => TaskPhase::Ended,
                Some(_) => TaskPhase::Launched,
            },
            kill: TaskKill::No,
            state,
            message: message.to_owned(),
            reason: "REASON_COMMAND_EXECUTOR_FAILED".to_owned(),
            source: String::new(),
            at: None,
            is_started: state.is_some(),
            executor: ExecutorId::default(),
            container: String::new(),
            unfit: Some(UnfitOffer { agent: "S1".into(), missing: vec!["cpus".to_owned()] }),
            times: TaskTimes {
                launched: Some(Timestamp(1)),
                running: Some(Timestamp(2_000_000_000)),
                ended: is_over.then_some(Timestamp(5_000_000_000)),
            },
            is_incomplete: false,
        }
    }

    fn rows() -> Vec<RunTaskRow> {
        let tasks = [
            task(0, Some(TaskState::Finished), "Command exited with status 0"),
            task(1, Some(TaskState::Failed), "Command exited with status 7"),
            task(2, Some(TaskState::Failed), "Command terminated with signal Killed"),
            task(3, Some(TaskState::Running), ""),
            task(4, None, ""),
            RunTask { phase: TaskPhase::Ended, ..task(5, None, "") },
        ];
        tasks.iter().map(|task| RunTaskRow::of(task, None)).collect()
    }

    fn numbers(filter: &str, sort: &str) -> Vec<u32> {
        let sort = Order::parse(sort);
        let query = TableQuery { filter: filter.to_owned(), sort, ..TableQuery::<RunTaskColumn>::all(100) };
        tasks(rows().into_iter(), &query).rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn a_row_says_how_its_command_ended() {
        let rows = rows();
        let exits: Vec<Option<String>> = rows.iter().map(|row| row.exit.as_ref().map(RunExit::text)).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(exits, [text("0"), text("7"), text("Killed"), None, None, None]);
        let states: Vec<&str> = rows.iter().map(|row| row.state.name()).collect();
        assert_eq!(states, ["finished", "failed", "failed", "running", "waiting", "cancelled"]);
        assert_eq!(rows[1].took, Some(Nanoseconds::from_secs(3)), "from its start, not from its launch");
        assert_eq!((rows[3].took, rows[1].reason.as_str()), (None, "COMMAND_EXECUTOR_FAILED"));
        assert_eq!((rows[4].missing.as_slice(), rows[3].missing.as_slice()), (&["cpus".to_owned()][..], &[][..]));
    }

    #[test]
    fn rows_are_filtered_and_sorted() {
        assert_eq!(numbers("exit>0", ""), [1]);
        assert_eq!(numbers("exit:killed", ""), [2]);
        assert_eq!(numbers("state:failed,waiting", "-number"), [4, 2, 1]);
        assert_eq!(numbers("host:host3", ""), [3]);
        assert_eq!(numbers("run:=r1 took>2", ""), [0, 1, 2]);
        assert_eq!(numbers("run:=r2", ""), [0_u32; 0]);
        assert_eq!(numbers("", "-exit"), [2, 1, 0, 3, 4, 5], "rows without an exit come last");
    }

    #[test]
    fn states_are_counted_without_the_words_that_ask_for_them() {
        let query = TableQuery { filter: "state:failed host".to_owned(), ..TableQuery::<RunTaskColumn>::all(100) };
        let window = tasks(rows().into_iter(), &query);
        let counted: Vec<(&str, u32)> =
            window.facets[0].values.iter().map(|(state, count)| (state.as_str(), *count)).collect();
        assert_eq!(counted, [("waiting", 1), ("running", 1), ("finished", 1), ("failed", 2), ("cancelled", 1)]);
        assert_eq!((window.matched, window.total), (2, 6));
    }
}
