//! What events mean.

use super::acknowledgements::DueAcknowledgement;
use super::machine::{LinkState, Scheduler};
use super::run::{RunTask, TaskKill, TaskPhase};
use crate::base::units::Timestamp;
use crate::mesos::error_text;
use crate::mesos::wire::scheduler_event::{self, ReceivedFailure, ReceivedUpdate, SchedulerEvent};
use crate::mesos::wire::state::TaskState;

/// What an update does to its task.
enum UpdateEffect {
    /// Nothing: it is old, or about another launch.
    Nothing,
    /// The launch never took place.
    LaunchAgain,
    /// What became of the task is open: the master is asked.
    Ask,
    /// The task has that state.
    State,
}

impl Scheduler {
    pub(super) fn stream_chunk(&mut self, bytes: &[u8], now: Timestamp) {
        let mut input = bytes;
        // An event may end the stream; what follows is not read then.
        while matches!(self.link, LinkState::Opening { .. } | LinkState::Subscribed { .. }) {
            if let LinkState::Subscribed { heard, .. } = &mut self.link {
                *heard = now;
            }
            match self.records.next(&mut input) {
                Ok(Some(record)) => self.record(&record, now),
                Ok(None) => return,
                Err(_) => self.stream_broken(now),
            }
        }
    }

    fn record(&mut self, record: &[u8], now: Timestamp) {
        self.counts.read += 1;
        match scheduler_event::decode(record) {
            Ok(decoded) => {
                self.counts.misfits += decoded.misfits;
                self.log.event(now, decoded.event.mesos_type(), record);
                self.event(decoded.event, now);
            }
            Err(_) => {
                self.counts.broken += 1;
                self.log.event(now, "", record);
            }
        }
        self.is_changed = true;
    }

    fn event(&mut self, event: SchedulerEvent, now: Timestamp) {
        match event {
            SchedulerEvent::Subscribed(event) => self.subscribed(event, now),
            SchedulerEvent::Error(message) => self.error(message, now),
            SchedulerEvent::Unknown(_) => self.counts.unknown += 1,
            // Before SUBSCRIBED nothing else can be answered.
            _ if !self.is_subscribed() => {}
            SchedulerEvent::Offers(offers) => self.take_offers(offers, now),
            SchedulerEvent::InverseOffers(offers) => self.answer_inverse(offers, now),
            SchedulerEvent::Rescind(offer) => {
                self.offers.remove(&offer);
                self.unreturned.remove(&offer);
            }
            SchedulerEvent::Update(update) => self.update(update, now),
            SchedulerEvent::Failure(failure) => self.failure(&failure, now),
            SchedulerEvent::RescindInverseOffer(_) | SchedulerEvent::Message(_) | SchedulerEvent::Heartbeat => {}
        }
    }

    fn update(&mut self, update: ReceivedUpdate, now: Timestamp) {
        // An update is acknowledged whether its task is known or not: its agent repeats it for ever otherwise.
        if let Some(uuid) = update.uuid.clone() {
            let due = DueAcknowledgement { agent: update.agent.clone(), uuid };
            self.acknowledgements.receive(&update.task, due, now);
        }
        let Some(task) = self.tasks.get_mut(&update.task) else { return };
        match effect(task, &update) {
            UpdateEffect::Nothing => {}
            UpdateEffect::State => task.take_state(update, now),
            UpdateEffect::LaunchAgain => {
                self.launch_again(&update.task);
                self.needs_revive = true;
            }
            UpdateEffect::Ask => {
                task.phase = TaskPhase::Launched;
                self.reconcile(now, |task| task.id == update.task);
            }
        }
    }

    /// What became of the agent's tasks is asked for, since the updates of a master itself may be lost.
    fn failure(&mut self, failure: &ReceivedFailure, now: Timestamp) {
        let is_on_it =
            |task: &RunTask| task.phase == TaskPhase::Launched && task.agent.as_ref() == Some(&failure.agent);
        self.reconcile(now, is_on_it);
    }
}

fn effect(task: &RunTask, update: &ReceivedUpdate) -> UpdateEffect {
    if task.has_ended() && !task.may_come_back() {
        return UpdateEffect::Nothing;
    }
    if is_about_a_launch(update) {
        return match () {
            () if task.is_started => UpdateEffect::Nothing,
            () if error_text::is_duplicate_task(&update.message) => UpdateEffect::Ask,
            () if update.reason == "REASON_INVALID_OFFERS" && task.may_launch_again() => UpdateEffect::LaunchAgain,
            () => UpdateEffect::State,
        };
    }
    match (task.state.and_then(rank), rank(update.state)) {
        (Some(before), Some(after)) if after < before => UpdateEffect::Nothing,
        _ => UpdateEffect::State,
    }
}

/// Whether the master says that it has not launched a task, be it this one or another of the same id.
fn is_about_a_launch(update: &ReceivedUpdate) -> bool {
    update.uuid.is_none()
        && update.source == "SOURCE_MASTER"
        && matches!(update.reason.as_str(), "REASON_TASK_INVALID" | "REASON_INVALID_OFFERS")
}

/// How far a state is; `None` for one after which any other may come.
fn rank(state: TaskState) -> Option<u8> {
    Some(match state {
        TaskState::Staging => 0,
        TaskState::Starting => 1,
        TaskState::Running => 2,
        TaskState::Killing => 3,
        TaskState::Lost => return None,
        _ if state.is_terminal() => 4,
        _ => return None,
    })
}

impl RunTask {
    /// A task that the master does not know, or has lost, may be reported by its agent again.
    fn may_come_back(&self) -> bool {
        matches!(self.state, Some(TaskState::Unknown | TaskState::Lost))
    }

    fn take_state(&mut self, update: ReceivedUpdate, now: Timestamp) {
        self.is_started = self.is_started || update.uuid.is_some() || matches!(rank(update.state), Some(1..=3));
        let has_ended = update.state.is_terminal() || update.state == TaskState::Unknown;
        self.phase = if has_ended { TaskPhase::Ended } else { TaskPhase::Launched };
        if has_ended && self.kill == TaskKill::Wanted {
            self.kill = TaskKill::Sent;
        }
        let at = update.at.unwrap_or(now);
        if update.state == TaskState::Running {
            self.times.running.get_or_insert(at);
        }
        self.times.ended = has_ended.then_some(at);
        self.state = Some(update.state);
        self.message = update.message;
        self.reason = update.reason;
        self.source = update.source;
        self.at = update.at.or(self.at);
        if !update.agent.as_str().is_empty() {
            self.agent = Some(update.agent);
        }
        if !update.executor.as_str().is_empty() {
            self.executor = update.executor;
        }
        if !update.container.is_empty() {
            self.container = update.container;
        }
    }
}
