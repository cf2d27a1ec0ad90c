//! Runs of commands by the frameworks of this browser: their list, and one run with its tasks.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::ids::{FrameworkId, Role};
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::disconnect::DisconnectReason;
use crate::mesos::calls::Refusal;
use crate::mesos::wire::state::TaskState;
use crate::scheduler::hosted::HostedFramework;
use crate::scheduler::hosted_io::{FrameworkKey, KeepingState};
use crate::scheduler::machine::LinkState;
use crate::scheduler::run::{RunAs, RunCommand, RunFramework, RunId, RunRequest, RunTask};

/// Asks for all runs of this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsQuery;

/// All runs of this browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunsAnswer {
    /// The runs, the newest first.
    pub runs: Vec<RunRow>,
    /// How the browser keeps them.
    pub keeping: KeepingState,
}

/// A run in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Name of its tasks.
    pub name: String,
    /// What it runs.
    pub command: RunCommand,
    /// Role of its framework.
    pub role: Role,
    /// User that it runs as.
    pub user: RunAs,
    /// Its framework.
    pub framework: FrameworkKey,
    /// When it started.
    pub started: Timestamp,
    /// When its last task ended; `None` while one has not, or if no time is known.
    pub ended: Option<Timestamp>,
    /// Its tasks in numbers.
    pub counts: RunCounts,
}

/// Tasks of a run in numbers. Each task is in one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// Wait for an offer.
    pub waiting: u32,
    /// Launched, and not reported as running.
    pub starting: u32,
    /// Run, are being killed, or are unreachable.
    pub running: u32,
    /// Finished: exit status 0.
    pub finished: u32,
    /// Failed, lost, refused or otherwise gone.
    pub failed: u32,
    /// Killed, or cancelled before their launch.
    pub killed: u32,
}

impl RunCounts {
    /// All tasks.
    pub const fn total(self) -> u32 {
        self.live() + self.finished + self.failed + self.killed
    }

    /// Tasks that have not ended.
    pub const fn live(self) -> u32 {
        self.waiting + self.starting + self.running
    }

    /// One task, which waits or runs.
    pub const fn of_one(is_waiting: bool) -> Self {
        let (waiting, running) = if is_waiting { (1, 0) } else { (0, 1) };
        Self { waiting, starting: 0, running, finished: 0, failed: 0, killed: 0 }
    }

    /// Counts tasks.
    pub fn of<'a>(tasks: impl Iterator<Item = &'a RunTask>) -> Self {
        let mut counts = Self::default();
        for task in tasks {
            *counts.of_task(task) += 1;
        }
        counts
    }

    fn of_task(&mut self, task: &RunTask) -> &mut u32 {
        if task.waits() {
            return &mut self.waiting;
        }
        match task.state {
            _ if task.is_incomplete => &mut self.failed,
            Some(TaskState::Finished) => &mut self.finished,
            Some(TaskState::Killed) => &mut self.killed,
            None if task.has_ended() && task.message.is_empty() => &mut self.killed,
            Some(TaskState::Running | TaskState::Killing | TaskState::Unreachable) if !task.has_ended() => {
                &mut self.running
            }
            _ if task.has_ended() => &mut self.failed,
            _ => &mut self.starting,
        }
    }
}

impl View for RunsQuery {
    type Answer = RunsAnswer;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> RunsAnswer {
        let of = |(key, hosted)| rows(key, hosted);
        let mut runs: Vec<RunRow> = sources.frameworks.iter().flat_map(of).collect();
        order::sort_by(&mut runs, |a, b| b.started.cmp(&a.started).then_with(|| a.id.cmp(&b.id)));
        RunsAnswer { runs, keeping: sources.frameworks.keeping().clone() }
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.frameworks.revision()
    }
}

fn rows<'a>(key: &'a FrameworkKey, hosted: &'a HostedFramework) -> impl Iterator<Item = RunRow> + 'a {
    hosted.scheduler.runs().map(|request| row(key, hosted, request))
}

fn row(key: &FrameworkKey, hosted: &HostedFramework, request: &RunRequest) -> RunRow {
    let tasks = || hosted.scheduler.tasks().filter(|task| task.run == request.id);
    let counts = RunCounts::of(tasks());
    let last = tasks().filter_map(|task| task.times.ended).max();
    let framework = hosted.scheduler.framework();
    RunRow {
        id: request.id.clone(),
        name: request.name.clone(),
        command: request.command.clone(),
        role: framework.role.clone(),
        user: request.user.clone().unwrap_or_else(|| framework.user.clone()),
        framework: key.clone(),
        started: hosted.started.get(&request.id).copied().unwrap_or(hosted.link_since),
        ended: last.filter(|_| counts.live() == 0),
        counts,
    }
}

/// Asks for one run with its tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunQuery {
    /// The run.
    pub run: RunId,
}

/// One run with its tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAnswer {
    /// The run in short.
    pub row: RunRow,
    /// What was asked for. Values of environment variables, and passwords in addresses, are hidden.
    pub request: RunRequest,
    /// Whether the worker still has those values, so that the run can be repeated without typing them.
    pub has_values: bool,
    /// Its framework's description.
    pub framework: RunFramework,
    /// Its framework's id; `None` before the master gave one.
    pub framework_id: Option<FrameworkId>,
    /// Connection of its framework.
    pub link: LinkState,
    /// Why the last stream ended, while there is none.
    pub why: Option<DisconnectReason>,
    /// The last call that the master refused, if any.
    pub refused_call: Option<Refusal>,
    /// The tasks, in the order of their numbers.
    pub tasks: Vec<RunTask>,
}

impl View for RunQuery {
    /// `None` if this browser has no such run, or another tab has it.
    type Answer = Option<RunAnswer>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Option<RunAnswer> {
        let (key, hosted) = sources.frameworks.of_run(&self.run)?;
        let scheduler = &hosted.scheduler;
        let request = scheduler.runs().find(|request| request.id == self.run)?;
        let mut tasks: Vec<RunTask> = scheduler.tasks().filter(|task| task.run == self.run).cloned().collect();
        order::sort_by_key(&mut tasks, |task| task.number);
        Some(RunAnswer {
            row: row(key, hosted, request),
            has_values: !request.lacks_secrets(),
            request: request.without_secrets(),
            framework: scheduler.framework().clone(),
            framework_id: scheduler.id().cloned(),
            link: scheduler.link().clone(),
            why: hosted.why.clone(),
            refused_call: scheduler.refused_call().cloned(),
            tasks,
        })
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.frameworks.revision()
    }
}

/// What would be lost if the last tab were closed now, for all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsSummary {
    /// Frameworks of this browser.
    pub frameworks: u32,
    /// Those that have not ended.
    pub open: u32,
    /// Tasks that have not ended, of frameworks whose stream is to be open.
    pub live_tasks: u32,
    /// How long these tasks go on without a page, at least; zero where they are not kept.
    pub outlive: Nanoseconds,
    /// Open pages of this browser that share the frameworks.
    pub pages: u32,
}

impl RunsSummary {
    /// Whether tasks lose their scheduler when a page is closed.
    pub const fn is_last_page(&self) -> bool {
        self.live_tasks > 0 && self.pages <= 1
    }
}
