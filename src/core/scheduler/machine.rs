//! The state of one framework, and what its inputs do. The rules are in the files beside it, by subject.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::acknowledgements::Acknowledgements;
use super::call_log::{CallLog, SchedulerMessage};
use super::io::{SchedulerInput, SchedulerOutput};
use super::numbers::{CallNumber, StreamNumber};
use super::run::{RunFramework, RunId, RunRequest, RunTask, TaskKill, TaskPhase};
use super::secrets::shown;
use crate::base::backoff::Backoff;
use crate::base::ids::{AgentId, FrameworkId, OfferId, TaskId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::Refusal;
use crate::mesos::calls::scheduler::{KillTask, SchedulerCall};
use crate::mesos::calls::values::Valued;
use crate::mesos::recordio::{Decoder, Error as RecordError, RecordPart, WHOLE_LIMIT};
use crate::mesos::wire::scheduler_event::{EventCounts, ReceivedOffer};

/// Mesos' interval of heartbeats, until the master has promised one.
pub(super) const HEARTBEAT: Nanoseconds = Nanoseconds::from_secs(15);
/// First wait before tasks that have not been heard of are asked for.
pub(super) const FIRST_RECONCILE: Nanoseconds = Nanoseconds::from_secs(15);

/// The connection to the master.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Nothing was to run yet.
    #[default]
    Idle,
    /// SUBSCRIBE was sent, or answered, and SUBSCRIBED has not come.
    Opening {
        /// When it was sent.
        since: Timestamp,
    },
    /// The stream is open.
    Subscribed {
        /// When SUBSCRIBED came.
        since: Timestamp,
        /// When anything came last.
        heard: Timestamp,
    },
    /// The stream is gone; it is opened again at `retry_at`.
    Lost {
        /// When the master was last heard of.
        since: Timestamp,
        /// When it is tried again.
        retry_at: Timestamp,
    },
    /// A user has left the stream: it is not opened again before a user asks for it. The tasks go on.
    Left {
        /// When it was left.
        since: Timestamp,
    },
    /// The framework has ended, for this scheduler at least.
    Ended(FrameworkEnd),
}

/// How a framework ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FrameworkEnd {
    /// This scheduler has torn it down.
    TornDown,
    /// Another scheduler has subscribed with its id: as another tab. Its tasks go on.
    FailedOver,
    /// The master refuses it, in Mesos' own words.
    Refused(Refusal),
    /// An operator has torn it down, or its failover timeout has passed.
    Removed,
    /// Its failover timeout has passed without a stream.
    Expired,
}

/// What is kept of a call until it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SentCall {
    Launch(Vec<TaskId>, Vec<OfferId>),
    Decline(Vec<OfferId>),
    Acknowledge(TaskId),
    TearDown,
    Other,
}

/// A call that was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallInFlight {
    pub(super) sent: SentCall,
    /// Stream that it was made on.
    pub(super) stream: StreamNumber,
}

/// Whether the framework is to be torn down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TearDown {
    #[default]
    No,
    Wanted,
    Sent,
}

/// An offer that is held, for seconds at most.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOffer {
    /// The offer.
    pub offer: ReceivedOffer,
    /// When it came.
    pub since: Timestamp,
}

/// One framework that runs commands.
#[derive(Debug)]
pub struct Scheduler {
    pub(super) framework: RunFramework,
    pub(super) id: Option<FrameworkId>,
    pub(super) link: LinkState,
    pub(super) stream: StreamNumber,
    pub(super) stream_id: String,
    pub(super) records: WholeRecords,
    pub(super) heartbeat: Nanoseconds,
    pub(super) backoff: Backoff,
    /// When the master was last heard of, while no stream is subscribed.
    pub(super) lost_since: Option<Timestamp>,
    pub(super) force: bool,
    pub(super) runs: BTreeMap<RunId, RunRequest>,
    pub(super) tasks: BTreeMap<TaskId, RunTask>,
    pub(super) offers: BTreeMap<OfferId, HeldOffer>,
    /// Offers whose ACCEPT or DECLINE the master has not taken, and when they are given back.
    pub(super) unreturned: BTreeMap<OfferId, Timestamp>,
    pub(super) acknowledgements: Acknowledgements,
    pub(super) in_flight: BTreeMap<CallNumber, CallInFlight>,
    pub(super) last_call: CallNumber,
    /// Whether the master was asked for no offers.
    pub(super) is_suppressed: bool,
    /// Whether filters may keep offers away that are wanted again.
    pub(super) needs_revive: bool,
    pub(super) tear_down: TearDown,
    pub(super) is_kept: bool,
    pub(super) reconcile_at: Option<Timestamp>,
    pub(super) reconcile_wait: Nanoseconds,
    pub(super) refused_call: Option<Refusal>,
    pub(super) log: CallLog,
    pub(super) counts: EventCounts,
    pub(super) outputs: Vec<SchedulerOutput>,
    pub(super) wake_at: Option<Timestamp>,
    pub(super) is_changed: bool,
}

impl Scheduler {
    /// A framework that has not subscribed; the seed determines when lost streams are opened again.
    pub fn new(framework: RunFramework, seed: u64) -> Self {
        Self {
            framework,
            id: None,
            link: LinkState::Idle,
            stream: StreamNumber::default(),
            stream_id: String::new(),
            records: WholeRecords::default(),
            heartbeat: HEARTBEAT,
            backoff: Backoff::new(seed),
            lost_since: None,
            force: false,
            runs: BTreeMap::new(),
            tasks: BTreeMap::new(),
            offers: BTreeMap::new(),
            unreturned: BTreeMap::new(),
            acknowledgements: Acknowledgements::default(),
            in_flight: BTreeMap::new(),
            last_call: CallNumber::default(),
            is_suppressed: false,
            needs_revive: false,
            tear_down: TearDown::No,
            is_kept: false,
            reconcile_at: None,
            reconcile_wait: FIRST_RECONCILE,
            refused_call: None,
            log: CallLog::default(),
            counts: EventCounts::default(),
            outputs: Vec::new(),
            wake_at: None,
            is_changed: false,
        }
    }

    /// Takes what happened at that time, and returns what is to be done.
    pub fn handle(&mut self, now: Timestamp, input: SchedulerInput<'_>) -> Vec<SchedulerOutput> {
        match input {
            SchedulerInput::StreamOpened(stream, id) if stream == self.stream => self.stream_opened(id),
            SchedulerInput::StreamChunk(stream, bytes) if stream == self.stream => self.stream_chunk(bytes, now),
            SchedulerInput::StreamEnded(stream, end) if stream == self.stream => self.stream_ended(end, now),
            // A stream that was let go of.
            SchedulerInput::StreamOpened(..) | SchedulerInput::StreamChunk(..) | SchedulerInput::StreamEnded(..) => {}
            SchedulerInput::CallAnswered(call, outcome) => self.call_answered(call, outcome, now),
            SchedulerInput::Wish(wish) => self.take_wish(wish, now),
            SchedulerInput::Tick => self.tick(now),
        }
        self.settle(now);
        self.take_outputs()
    }

    /// Sends what can be sent now.
    fn settle(&mut self, now: Timestamp) {
        if self.is_subscribed() {
            self.send_acknowledgements(now);
            self.place(now);
            self.watch(now);
            self.send_kills(now);
            self.finish(now);
        } else {
            self.reconcile_at = None;
        }
        self.end_without_stream();
    }

    fn take_outputs(&mut self) -> Vec<SchedulerOutput> {
        let wake_at = self.next_deadline();
        if wake_at != self.wake_at {
            self.wake_at = wake_at;
            self.outputs.extend(wake_at.map(SchedulerOutput::WakeAt));
        }
        if std::mem::take(&mut self.is_changed) {
            self.outputs.push(SchedulerOutput::Changed);
        }
        std::mem::take(&mut self.outputs)
    }

    pub(super) fn is_subscribed(&self) -> bool {
        matches!(self.link, LinkState::Subscribed { .. }) && self.id.is_some()
    }

    /// Sends a call. Without a stream nothing is sent.
    pub(super) fn send(&mut self, call: &SchedulerCall, kept: SentCall, now: Timestamp) -> Option<CallNumber> {
        let id = self.id.as_ref().filter(|_| self.is_subscribed())?;
        let body = call.request(id);
        self.last_call.0 += 1;
        let number = self.last_call;
        self.log.call(now, Some(number), call.mesos_type(), &shown(call, &body));
        self.in_flight.insert(number, CallInFlight { sent: kept, stream: self.stream });
        // Those of a task wait for each other's answers.
        let is_ordered = !matches!(call, SchedulerCall::Acknowledge(_));
        self.outputs.push(SchedulerOutput::Send { call: number, stream_id: self.stream_id.clone(), body, is_ordered });
        self.is_changed = true;
        Some(number)
    }

    /// Ends the framework for this scheduler. What has not ended is never heard of again.
    pub(super) fn end(&mut self, how: FrameworkEnd, now: Timestamp) {
        self.log.push(now, SchedulerMessage::StreamEnded);
        self.forget_offers();
        self.acknowledgements.forget_due();
        self.reconcile_at = None;
        self.link = LinkState::Ended(how);
        self.is_changed = true;
    }

    /// Tears down a framework whose runs have all ended.
    fn finish(&mut self, now: Timestamp) {
        let has_ended = !self.runs.is_empty() && self.tasks.values().all(RunTask::has_ended);
        if has_ended && !self.is_kept && self.tear_down == TearDown::No && self.acknowledgements.is_idle() {
            self.tear_down = TearDown::Wanted;
        }
        if self.tear_down == TearDown::Wanted {
            self.tear_down = TearDown::Sent;
            self.send(&SchedulerCall::Teardown, SentCall::TearDown, now);
        }
    }

    /// A framework that never subscribed needs no call to end.
    fn end_without_stream(&mut self) {
        let has_none = matches!(self.link, LinkState::Idle | LinkState::Lost { .. }) && self.id.is_none();
        if has_none && self.tear_down == TearDown::Wanted {
            self.link = LinkState::Ended(FrameworkEnd::TornDown);
            self.is_changed = true;
        }
    }

    /// Offers are of one stream.
    pub(super) fn forget_offers(&mut self) {
        self.offers.clear();
        self.unreturned.clear();
    }

    fn send_kills(&mut self, now: Timestamp) {
        let is_due = |task: &&RunTask| task.kill == TaskKill::Wanted && task.phase == TaskPhase::Launched;
        let due: Vec<TaskId> = self.tasks.values().filter(is_due).map(|task| task.id.clone()).collect();
        for id in due {
            let Some(task) = self.tasks.get_mut(&id) else { continue };
            task.kill = TaskKill::Sent;
            let kill = KillTask {
                task_id: Valued { value: id.clone() },
                agent_id: task.agent.clone().map(Into::into),
                kill_policy: None,
            };
            self.send(&SchedulerCall::Kill(kill), SentCall::Other, now);
        }
    }

    /// The framework's description.
    pub fn framework(&self) -> &RunFramework {
        &self.framework
    }

    /// The framework's id; `None` before the first SUBSCRIBED.
    pub fn id(&self) -> Option<&FrameworkId> {
        self.id.as_ref()
    }

    /// State of the connection.
    pub fn link(&self) -> &LinkState {
        &self.link
    }

    /// The runs, in the order of their ids.
    pub fn runs(&self) -> impl Iterator<Item = &RunRequest> {
        self.runs.values()
    }

    /// Tasks of all runs, in the order of their ids.
    pub fn tasks(&self) -> impl Iterator<Item = &RunTask> {
        self.tasks.values()
    }

    /// Offers that are held.
    pub fn offers(&self) -> impl Iterator<Item = &HeldOffer> {
        self.offers.values()
    }

    /// The last calls and events.
    pub fn log(&self) -> &CallLog {
        &self.log
    }

    /// What the stream brought, in numbers.
    pub fn counts(&self) -> &EventCounts {
        &self.counts
    }

    /// The last refusal of a call; `None` if all were taken. A call that came after the end of its stream is not refused for itself:
    /// the next stream makes good for it.
    pub fn refused_call(&self) -> Option<&Refusal> {
        self.refused_call.as_ref()
    }

    /// Whether it stays when its last run has ended.
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Whether closing the page now leaves tasks without a scheduler.
    pub fn has_live_tasks(&self) -> bool {
        !matches!(self.link, LinkState::Ended(_)) && self.tasks.values().any(|task| !task.has_ended())
    }

    pub(super) fn agents_in_use(&self) -> BTreeSet<&AgentId> {
        order::inserted(self.tasks.values().filter(|task| task.is_live()).filter_map(|task| task.agent.as_ref()))
    }
}

/// Records that are held whole. What is held is never more than what has come.
#[derive(Debug, Default)]
pub(super) struct WholeRecords {
    decoder: Decoder,
    held: Vec<u8>,
}

impl WholeRecords {
    /// Takes the next record from the front of `input`; `None` means that more input is needed.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Vec<u8>>, RecordError> {
        while let Some(part) = self.decoder.next(input)? {
            match part {
                RecordPart::Begin(size) if size > WHOLE_LIMIT => {
                    return Err(self.decoder.fail(RecordError::TooLarge { size, limit: WHOLE_LIMIT }));
                }
                RecordPart::Begin(_) => {}
                RecordPart::Bytes(bytes) => self.held.extend_from_slice(bytes),
                RecordPart::End => return Ok(Some(std::mem::take(&mut self.held))),
            }
        }
        Ok(None)
    }
}
