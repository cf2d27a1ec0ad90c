//! What a user wants.

use super::io::{ManualCall, SchedulerOutput, Wish};
use super::machine::{FrameworkEnd, LinkState, Scheduler, SentCall, TearDown};
use super::run::{RunRequest, RunTask, TaskKill, TaskPhase};
use crate::base::units::Timestamp;
use crate::mesos::calls::scheduler::SchedulerCall;

impl Scheduler {
    pub(super) fn take_wish(&mut self, wish: Wish, now: Timestamp) {
        self.is_changed = true;
        match wish {
            Wish::Run(request) => self.run(*request, now),
            Wish::KillRun(run) => {
                self.tasks.values_mut().filter(|task| task.run == run).for_each(RunTask::want_kill);
            }
            Wish::KillTask(task) => {
                self.tasks.get_mut(&task).into_iter().for_each(RunTask::want_kill);
            }
            Wish::TearDown if self.tear_down == TearDown::No => {
                self.tear_down = TearDown::Wanted;
                // TEARDOWN needs a stream.
                if let LinkState::Left { .. } = self.link {
                    self.open(now);
                }
            }
            Wish::TearDown => {}
            Wish::Leave => self.leave(now),
            Wish::Keep(is_kept) => self.is_kept = is_kept,
            Wish::Reclaim => self.reclaim(now),
            Wish::Send(call) => self.send_by_hand(call, now),
        }
    }

    /// Whether another run can be wished for.
    pub fn takes_runs(&self) -> bool {
        self.tear_down == TearDown::No && !matches!(self.link, LinkState::Ended(_) | LinkState::Left { .. })
    }

    /// Whether it has a stream, or tries to open one.
    pub fn needs_stream(&self) -> bool {
        matches!(self.link, LinkState::Opening { .. } | LinkState::Subscribed { .. } | LinkState::Lost { .. })
    }

    fn run(&mut self, request: RunRequest, now: Timestamp) {
        if !self.takes_runs() || self.runs.contains_key(&request.id) {
            return;
        }
        let lacks_secrets = request.lacks_secrets();
        let tasks = request.tasks().into_iter().map(|mut task| {
            if lacks_secrets {
                task.give_up();
            }
            (task.id.clone(), task)
        });
        self.tasks.extend(tasks);
        self.runs.insert(request.id.clone(), request);
        match self.link {
            LinkState::Idle if lacks_secrets => self.tear_down = TearDown::Wanted,
            LinkState::Idle => self.open(now),
            // Filters of offers that nothing waited for must not keep this run from its agents.
            _ => self.needs_revive = true,
        }
    }

    fn reclaim(&mut self, now: Timestamp) {
        if self.may_be_reclaimed() {
            self.force = self.id.is_some();
            self.lost_since = Some(now);
            self.open(now);
        }
    }

    /// Whether subscribing again may find the framework alive.
    pub fn may_be_reclaimed(&self) -> bool {
        use FrameworkEnd::{Expired, FailedOver, Refused, Removed, TornDown};
        match &self.link {
            LinkState::Left { .. } => true,
            LinkState::Ended(FailedOver | Expired | Refused(_)) => self.id.is_some(),
            LinkState::Ended(TornDown | Removed) => false,
            LinkState::Idle | LinkState::Opening { .. } | LinkState::Subscribed { .. } | LinkState::Lost { .. } => {
                false
            }
        }
    }

    fn leave(&mut self, now: Timestamp) {
        match self.link {
            LinkState::Opening { .. } | LinkState::Subscribed { .. } => {
                self.outputs.push(SchedulerOutput::CloseStream(self.stream));
            }
            LinkState::Lost { .. } => {}
            LinkState::Idle | LinkState::Left { .. } | LinkState::Ended(_) => return,
        }
        self.lose(now);
        self.link = LinkState::Left { since: now };
    }

    fn send_by_hand(&mut self, call: ManualCall, now: Timestamp) {
        match &call {
            ManualCall::Revive(_) => self.is_suppressed = false,
            ManualCall::Suppress(_) => self.is_suppressed = true,
            _ => {}
        }
        self.send(&SchedulerCall::from(call), SentCall::Other, now);
    }
}

impl RunTask {
    /// What it runs is not known in full any more.
    pub(super) fn give_up(&mut self) {
        self.phase = TaskPhase::Ended;
        self.is_incomplete = true;
    }

    /// One that waits is cancelled at once; one that is on its way is killed when its launch was answered.
    fn want_kill(&mut self) {
        if self.kill == TaskKill::No && !self.has_ended() {
            self.kill = TaskKill::Wanted;
        }
        if self.waits() {
            self.phase = TaskPhase::Ended;
        }
    }
}
