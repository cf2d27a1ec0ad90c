//! The agents' part: the commands of tasks, from their start to their end.

use std::sync::Arc;

use crate::cluster::Sim;
use crate::scheduled_steps::SchedulerStep;
use crate::schedulers::{Failure, Phase, TaskRun};
use crate::time::SECOND;
use crate::world::cause::Cause;
use crate::world::client::LaunchedTask;
use crate::world::task::{State, Status};

/// Time between the start of an executor and that of its command.
const SETUP: i64 = SECOND / 70;
/// Time that a command takes to end on a signal.
const DEATH: i64 = SECOND / 125;

impl Sim {
    /// The executor of a task has started, unless its container cannot be launched.
    pub(super) fn start_run(&mut self, serial: u32) {
        let Some(run) = self.schedulers.runs.get(&serial).filter(|run| run.phase == Phase::Staging) else { return };
        match run.failure {
            Some(Failure::User) => {
                let is_aware = self.world.framework(run.framework).kind().partition_aware;
                let state = if is_aware { State::Dropped } else { State::Lost };
                self.end_run(serial, state, Cause::NoUser);
            }
            Some(failure) => self.end_run(serial, State::Failed, failure.cause()),
            None => {
                self.report_run(serial, State::Starting, Cause::Plain);
                self.order_scheduling(self.world.now + SETUP, SchedulerStep::Run(serial));
            }
        }
    }

    pub(super) fn begin_command(&mut self, serial: u32) {
        let now = self.world.now;
        let Some(run) = self.schedulers.runs.get_mut(&serial).filter(|run| run.phase == Phase::Staging) else { return };
        run.phase = Phase::Running;
        let limit = run.limit;
        self.note(serial, |launched| launched.started = Some(now));
        self.report_run(serial, State::Running, Cause::Plain);
        let end = self.world.launches.get(&serial).and_then(|launched| launched.script.end);
        if let Some((takes, _)) = end {
            self.order_scheduling(now.saturating_add(takes), SchedulerStep::Exit(serial));
        }
        if let Some(limit) = limit {
            self.order_scheduling(now.saturating_add(limit), SchedulerStep::Expire(serial));
        }
    }

    pub(super) fn exit_command(&mut self, serial: u32) {
        let end = self.world.launches.get(&serial).and_then(|launched| launched.script.end);
        let (Some(run), Some((_, status))) = (self.schedulers.runs.get(&serial), end) else { return };
        let state = match (run.phase, status) {
            (Phase::Running, 0) => State::Finished,
            (Phase::Running, _) => State::Failed,
            (Phase::Killing, _) => State::Killed,
            (Phase::Staging | Phase::Ended, _) => return,
        };
        self.end_run(serial, state, Cause::Exit(status));
    }

    pub(super) fn expire_command(&mut self, serial: u32) {
        // Mesos' executor does not report TASK_KILLING here.
        if let Some(run) = self.schedulers.runs.get_mut(&serial).filter(|run| run.phase == Phase::Running) {
            run.phase = Phase::Killing;
            let step = SchedulerStep::Die { serial, is_hard: false, is_expired: true };
            self.order_scheduling(self.world.now + DEATH, step);
        }
    }

    /// Kills a task: SIGTERM, and SIGKILL after the grace period if its command ignores that.
    pub(super) fn kill_command(&mut self, serial: u32, grace: Option<i64>) {
        let Some(run) = self.schedulers.runs.get(&serial) else { return };
        // The agent does not hear of it.
        if !self.world.agent(run.agent).connected() {
            return;
        }
        let grace = grace.unwrap_or(run.grace).max(0);
        let is_stubborn = self.world.launches.get(&serial).is_some_and(|launched| launched.script.is_stubborn);
        match run.phase {
            Phase::Staging => self.end_run(serial, State::Killed, Cause::Terminated),
            Phase::Running | Phase::Killing => {
                self.signal_command(serial);
                let takes = if is_stubborn { grace } else { DEATH };
                let step = SchedulerStep::Die { serial, is_hard: is_stubborn, is_expired: false };
                self.order_scheduling(self.world.now.saturating_add(takes), step);
            }
            Phase::Ended => {}
        }
    }

    fn signal_command(&mut self, serial: u32) {
        let Some(run) = self.schedulers.runs.get_mut(&serial).filter(|run| run.phase == Phase::Running) else { return };
        run.phase = Phase::Killing;
        let framework = run.framework;
        if self.world.framework(framework).kind().reported_of_killing {
            self.report_run(serial, State::Killing, Cause::Plain);
        }
    }

    pub(super) fn command_died(&mut self, serial: u32, is_hard: bool, is_expired: bool) {
        if self.schedulers.runs.get(&serial).is_none_or(|run| run.phase != Phase::Killing) {
            return;
        }
        match (is_expired, is_hard) {
            (true, _) => self.end_run(serial, State::Failed, Cause::CompletionTime),
            (false, true) => self.end_run(serial, State::Killed, Cause::Killed),
            (false, false) => self.end_run(serial, State::Killed, Cause::Terminated),
        }
    }

    fn end_run(&mut self, serial: u32, state: State, cause: Cause) {
        let now = self.world.now;
        if let Some(run) = self.schedulers.runs.get_mut(&serial) {
            run.phase = Phase::Ended;
            self.note(serial, |launched| launched.ended = Some(now));
            self.report_run(serial, state, cause);
        }
    }

    fn report_run(&mut self, serial: u32, state: State, cause: Cause) {
        self.report_status(serial, Status { state, cause, at: self.world.now });
    }

    /// Takes a status of a live task that something else than its command caused, as a drain; returns whether a client's task has
    /// that slot.
    pub(crate) fn report_of_client(&mut self, slot: u32, status: Status) -> bool {
        let task = self.world.tasks.at(slot);
        if !self.world.framework(task.framework).is_clients() {
            return false;
        }
        let serial = task.serial;
        let Some(run) = self.schedulers.runs.get_mut(&serial).filter(|run| run.phase != Phase::Ended) else {
            return true;
        };
        let is_end = !matches!(status.state, State::Staging | State::Starting | State::Running | State::Killing);
        match (is_end, status.state) {
            (true, _) => self.end_run(serial, status.state, status.cause),
            (false, state) => {
                if state == State::Killing {
                    run.phase = Phase::Killing;
                }
                self.report_status(serial, status);
            }
        }
        true
    }

    pub(super) fn note(&mut self, serial: u32, change: impl FnOnce(&mut LaunchedTask)) {
        if let Some(launched) = self.change().launches.get_mut(&serial) {
            change(Arc::make_mut(launched));
        }
    }

    /// Serial of an active task of a framework: one that the master lists, or whose end is not acknowledged.
    pub(super) fn active_task(&self, framework: u32, id: &str) -> Option<u32> {
        let of_it = self.schedulers.runs.iter().filter(|(_, run)| run.framework == framework);
        let mut named = of_it.filter(|(serial, _)| self.world.launches.get(serial).is_some_and(|it| it.id == id));
        named.find(|(serial, run)| self.is_active(**serial, run)).map(|(serial, _)| *serial)
    }

    pub(super) fn is_active(&self, serial: u32, run: &TaskRun) -> bool {
        match self.world.slot_of(run.agent, serial) {
            Some(slot) => self.world.tasks.is_live(slot, serial),
            None => !run.updates.is_empty(),
        }
    }
}
