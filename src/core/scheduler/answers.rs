//! What the answers of calls mean, and what is acknowledged.

use super::acknowledgements::DueAcknowledgement;
use super::call_log::SchedulerMessage;
use super::io::{CallOutcome, SchedulerOutput};
use super::machine::{CallInFlight, FrameworkEnd, LinkState, Scheduler, SentCall, TearDown};
use super::numbers::{CallNumber, StreamNumber};
use super::placing::{HOLD, MOST_ATTEMPTS};
use super::run::{TaskKill, TaskPhase};
use crate::base::ids::{OfferId, TaskId};
use crate::base::units::Timestamp;
use crate::mesos::calls::scheduler::{AcknowledgeUpdate, SchedulerCall};
use crate::mesos::calls::values::Valued;
use crate::mesos::error_text;

/// Status of a call that is too large: the same call again would be, too.
const TOO_LARGE: u16 = 413;

impl Scheduler {
    pub(super) fn call_answered(&mut self, call: CallNumber, outcome: CallOutcome, now: Timestamp) {
        let Some(CallInFlight { sent, stream }) = self.in_flight.remove(&call) else { return };
        let is_late = self.is_too_late(stream, &outcome);
        match &outcome {
            // The end of the stream is about to be noticed. Offers end with their stream.
            CallOutcome::Refused(_) if is_late && stream == self.stream => self.forget_offers(),
            CallOutcome::Refused(refusal) if !is_late => self.refused_call = Some(refusal.clone()),
            CallOutcome::Refused(_) | CallOutcome::Accepted | CallOutcome::NotSent | CallOutcome::Unknown => {}
        }
        match sent {
            SentCall::Launch(tasks, offers) => {
                tasks.iter().for_each(|task| self.launch_answered(task, call, &outcome, is_late));
                if !is_late {
                    self.give_back_later(offers, &outcome, now);
                }
            }
            SentCall::Decline(_) if is_late => {}
            SentCall::Decline(offers) => self.give_back_later(offers, &outcome, now),
            SentCall::Acknowledge(task) => {
                self.acknowledgements.answered(&task, call, outcome == CallOutcome::Accepted, now);
            }
            // It is made again on the next stream.
            SentCall::TearDown if is_late => {}
            SentCall::TearDown => self.tear_down_answered(&outcome, now),
            SentCall::Other => {}
        }
        self.log.push(now, SchedulerMessage::Answer(call, outcome));
        self.is_changed = true;
    }

    /// Whether the master refused the call since its stream had ended, which the browser may notice later.
    fn is_too_late(&self, stream: StreamNumber, outcome: &CallOutcome) -> bool {
        let CallOutcome::Refused(refusal) = outcome else { return false };
        let is_of_stream = matches!(refusal.status, 400 | 403) && error_text::is_stream_gone(&refusal.words);
        stream != self.stream || !self.is_subscribed() || is_of_stream
    }

    /// A task whose launch was refused waits again. One whose launch may have taken place is asked for: it must not run twice.
    /// A launch that came too late says nothing of the task, so that it is tried again however often it was.
    fn launch_answered(&mut self, task: &TaskId, call: CallNumber, outcome: &CallOutcome, is_late: bool) {
        let Some(task) = self.tasks.get_mut(task).filter(|task| task.phase == TaskPhase::Launching(call)) else {
            return;
        };
        match outcome {
            CallOutcome::Accepted | CallOutcome::Unknown => task.phase = TaskPhase::Launched,
            CallOutcome::NotSent | CallOutcome::Refused(_) if task.kill != TaskKill::No => {
                task.phase = TaskPhase::Ended
            }
            CallOutcome::Refused(refusal)
                if refusal.status == TOO_LARGE || task.attempt >= MOST_ATTEMPTS && !is_late =>
            {
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
