//! What the answers of calls mean, and what is acknowledged.

use super::acknowledgements::DueAcknowledgement;
use super::call_log::SchedulerMessage;
use super::io::{CallOutcome, SchedulerOutput};
use super::machine::{FrameworkEnd, LinkState, Scheduler, SentCall, TearDown};
use super::numbers::CallNumber;
use super::placing::{HOLD, MOST_ATTEMPTS};
use super::run::{TaskKill, TaskPhase};
use crate::base::ids::{OfferId, TaskId};
use crate::base::units::Timestamp;
use crate::mesos::calls::scheduler::{AcknowledgeUpdate, SchedulerCall};
use crate::mesos::calls::values::Valued;

/// Status of a call that is too large: the same call again would be, too.
const TOO_LARGE: u16 = 413;

impl Scheduler {
    pub(super) fn call_answered(&mut self, call: CallNumber, outcome: CallOutcome, now: Timestamp) {
        let Some(sent) = self.in_flight.remove(&call) else { return };
        if let CallOutcome::Refused(refusal) = &outcome {
            self.refused_call = Some(refusal.clone());
        }
        match sent {
            SentCall::Launch(tasks, offers) => {
                tasks.iter().for_each(|task| self.launch_answered(task, call, &outcome));
                self.give_back_later(offers, &outcome, now);
            }
            SentCall::Decline(offers) => self.give_back_later(offers, &outcome, now),
            SentCall::Acknowledge(task) => {
                self.acknowledgements.answered(&task, call, outcome == CallOutcome::Accepted, now);
            }
            SentCall::TearDown => self.tear_down_answered(&outcome, now),
            SentCall::Other => {}
        }
        self.log.push(now, SchedulerMessage::Answer(call, outcome));
        self.is_changed = true;
    }

    /// A task whose launch was refused waits again. One whose launch may have taken place is asked for: it must not run twice.
    fn launch_answered(&mut self, task: &TaskId, call: CallNumber, outcome: &CallOutcome) {
        let Some(task) = self.tasks.get_mut(task).filter(|task| task.phase == TaskPhase::Launching(call)) else {
            return;
        };
        match outcome {
            CallOutcome::Accepted | CallOutcome::Unknown => task.phase = TaskPhase::Launched,
            CallOutcome::NotSent | CallOutcome::Refused(_) if task.kill != TaskKill::No => {
                task.phase = TaskPhase::Ended
            }
            CallOutcome::Refused(refusal) if task.attempt >= MOST_ATTEMPTS || refusal.status == TOO_LARGE => {
                task.message.clone_from(&refusal.words);
                task.phase = TaskPhase::Ended;
            }
            CallOutcome::NotSent | CallOutcome::Refused(_) => {
                task.phase = TaskPhase::Waiting;
                task.agent = None;
                task.attempt += 1;
            }
        }
    }

    /// Offers that the master still counts as held are declined after a moment.
    fn give_back_later(&mut self, offers: Vec<OfferId>, outcome: &CallOutcome, now: Timestamp) {
        if self.is_subscribed() && *outcome != CallOutcome::Accepted {
            self.unreturned.extend(offers.into_iter().map(|offer| (offer, now + HOLD)));
        }
    }

    /// TEARDOWN ends the stream without an event.
    fn tear_down_answered(&mut self, outcome: &CallOutcome, now: Timestamp) {
        if matches!(self.link, LinkState::Ended(_)) {
            return;
        }
        match outcome {
            CallOutcome::Accepted => {
                self.outputs.push(SchedulerOutput::CloseStream(self.stream));
                self.end(FrameworkEnd::TornDown, now);
            }
            // The refusal is shown; a user may ask again.
            CallOutcome::Refused(_) => {
                self.tear_down = TearDown::No;
                self.is_kept = true;
            }
            CallOutcome::NotSent | CallOutcome::Unknown => self.lose_for_tear_down(now),
        }
    }

    /// Whether the framework is gone, the next stream says.
    fn lose_for_tear_down(&mut self, now: Timestamp) {
        if self.is_subscribed() {
            self.outputs.push(SchedulerOutput::CloseStream(self.stream));
            self.lose(now);
        }
    }

    pub(super) fn send_acknowledgements(&mut self, now: Timestamp) {
        while let Some((task, DueAcknowledgement { agent, uuid })) = self.acknowledgements.take_ready() {
            let acknowledge = AcknowledgeUpdate {
                agent_id: agent.into(),
                task_id: Valued { value: task.clone() },
                uuid: uuid.clone(),
            };
            let sent = self.send(&SchedulerCall::Acknowledge(acknowledge), SentCall::Acknowledge(task.clone()), now);
            if let Some(call) = sent {
                self.acknowledgements.sent(&task, &uuid, call);
            }
        }
    }
}
