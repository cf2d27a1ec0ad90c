//! The stream's life: opening -> subscribed -> lost, and again within the failover timeout. Decides when; does no IO.

use super::call_log::SchedulerMessage;
use super::io::{SchedulerOutput, StreamEnd};
use super::machine::{
    FIRST_RECONCILE, FrameworkEnd, HEARTBEAT, LinkState, Scheduler, SentCall, TearDown, WholeRecords,
};
use super::run::{RunFramework, RunTask, TaskKill, TaskPhase};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::Refusal;
use crate::mesos::calls::scheduler::{
    FrameworkDescription, ReconcileTasks, ReconciledTask, SchedulerCall, SchedulerSubscription,
};
use crate::mesos::calls::values::Valued;
use crate::mesos::error_text;
use crate::mesos::wire::scheduler_event::SubscribedFramework;

/// A busy master may answer late.
const ANSWER_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(60);
/// Intervals that a master may mean; another one is no promise.
const PLAUSIBLE_SECONDS: std::ops::RangeInclusive<f64> = 1.0..=3600.0;
/// Heartbeats that may be missed before the stream is given up.
const MISSED: i64 = 5;
/// A stream that lived so long was stable.
const STABLE: Nanoseconds = Nanoseconds::from_secs(30);
const LONGEST_RECONCILE: Nanoseconds = Nanoseconds::from_secs(600);
const NANOS: f64 = 1e9;

impl Scheduler {
    pub(super) fn open(&mut self, now: Timestamp) {
        self.stream.0 += 1;
        self.stream_id.clear();
        self.records = WholeRecords::default();
        self.link = LinkState::Opening { since: now };
        self.needs_revive = false;
        self.is_suppressed = !self.tasks.values().any(RunTask::waits);
        let body = self.subscription().request(self.id.as_ref());
        self.log.call(now, None, "SUBSCRIBE", &body);
        self.outputs.push(SchedulerOutput::OpenStream { stream: self.stream, body });
        self.is_changed = true;
    }

    fn subscription(&self) -> SchedulerSubscription {
        let framework = self.framework.description();
        let suppressed_roles = if self.is_suppressed { framework.roles.clone() } else { Vec::new() };
        SchedulerSubscription { framework, force: self.force, suppressed_roles }
    }

    pub(super) fn stream_opened(&mut self, id: &str) {
        self.stream_id = id.to_owned();
    }

    pub(super) fn subscribed(&mut self, event: SubscribedFramework, now: Timestamp) {
        let is_again = self.id.is_some();
        self.id = Some(event.framework);
        self.link = LinkState::Subscribed { since: now, heard: now };
        let promised = event.heartbeat_seconds.filter(|seconds| PLAUSIBLE_SECONDS.contains(seconds));
        self.heartbeat = promised.map_or(HEARTBEAT, Nanoseconds::from_secs_f64);
        self.force = false;
        self.lost_since = None;
        self.forget_offers();
        self.is_changed = true;
        if is_again {
            self.reconcile_all(now);
        }
    }

    /// The states of tasks may have changed meanwhile, and updates of the master itself are never repeated.
    fn reconcile_all(&mut self, now: Timestamp) {
        self.send(&SchedulerCall::Reconcile(ReconcileTasks::default()), SentCall::Other, now);
        self.reconcile_wait = FIRST_RECONCILE;
        self.reconcile(now, |task| task.phase == TaskPhase::Launched);
    }

    pub(super) fn reconcile(&mut self, now: Timestamp, which: impl Fn(&RunTask) -> bool) {
        let asked = |task: &RunTask| ReconciledTask {
            task_id: Valued { value: task.id.clone() },
            agent_id: task.agent.clone().map(Into::into),
        };
        let tasks: Vec<ReconciledTask> = self.tasks.values().filter(|task| which(task)).map(asked).collect();
        if !tasks.is_empty() {
            self.send(&SchedulerCall::Reconcile(ReconcileTasks { tasks }), SentCall::Other, now);
        }
    }

    pub(super) fn stream_ended(&mut self, end: StreamEnd, now: Timestamp) {
        if !matches!(self.link, LinkState::Opening { .. } | LinkState::Subscribed { .. }) {
            return;
        }
        match end {
            StreamEnd::Refused(refusal) if is_final(&refusal) => self.end(FrameworkEnd::Refused(refusal), now),
            StreamEnd::Refused(_) | StreamEnd::Closed => self.lose(now),
        }
    }

    /// The stream is gone without a last word.
    pub(super) fn lose(&mut self, now: Timestamp) {
        let since = match self.link {
            LinkState::Subscribed { since, heard } => {
                if heard.since(since) >= STABLE {
                    self.backoff.reset();
                }
                // Whenever the master has noticed, it is asked once at least.
                now
            }
            LinkState::Lost { since, .. } => since,
            _ => self.lost_since.unwrap_or(now),
        };
        self.lost_since = Some(since);
        self.log.push(now, SchedulerMessage::StreamEnded);
        self.forget_offers();
        self.acknowledgements.forget_due();
        // The answer of TEARDOWN may be lost with the stream: it is asked again, and the framework may be gone then.
        if self.tear_down == TearDown::Sent {
            self.tear_down = TearDown::Wanted;
        }
        self.link = LinkState::Lost { since, retry_at: now + self.backoff.next_wait() };
        self.is_changed = true;
    }

    fn let_go(&mut self, now: Timestamp) {
        self.outputs.push(SchedulerOutput::CloseStream(self.stream));
        self.lose(now);
    }

    /// The bytes are no records.
    pub(super) fn stream_broken(&mut self, now: Timestamp) {
        self.counts.broken += 1;
        self.let_go(now);
    }

    pub(super) fn error(&mut self, message: String, now: Timestamp) {
        self.outputs.push(SchedulerOutput::CloseStream(self.stream));
        let how = if error_text::is_failed_over(&message) {
            FrameworkEnd::FailedOver
        } else if error_text::is_removed(&message) && self.tear_down != TearDown::No {
            FrameworkEnd::TornDown
        } else if error_text::is_removed(&message) {
            FrameworkEnd::Removed
        } else {
            FrameworkEnd::Refused(Refusal { status: 200, words: message })
        };
        self.end(how, now);
    }

    pub(super) fn tick(&mut self, now: Timestamp) {
        match self.link {
            LinkState::Opening { since } if now >= since + ANSWER_TIMEOUT => self.let_go(now),
            LinkState::Subscribed { heard, .. } if now >= heard + self.patience() => self.let_go(now),
            LinkState::Lost { since, .. } | LinkState::Left { since }
                if self.id.is_some() && now > since + self.framework.failover_timeout =>
            {
                self.end(FrameworkEnd::Expired, now);
            }
            LinkState::Lost { retry_at, .. } if now >= retry_at => self.open(now),
            _ => {}
        }
    }

    fn patience(&self) -> Nanoseconds {
        Nanoseconds(self.heartbeat.0.saturating_mul(MISSED))
    }

    /// Asks for tasks that were launched and not heard of, and for those that do not end: a master's own update, and a KILL, may be lost.
    pub(super) fn watch(&mut self, now: Timestamp) {
        let is_doubted =
            |task: &RunTask| task.phase == TaskPhase::Launched && (!task.is_started || task.kill != TaskKill::No);
        if !self.tasks.values().any(is_doubted) {
            self.reconcile_at = None;
            self.reconcile_wait = FIRST_RECONCILE;
            return;
        }
        let at = *self.reconcile_at.get_or_insert(now + self.reconcile_wait);
        if now >= at {
            self.reconcile(now, is_doubted);
            self.tasks
                .values_mut()
                .filter(|task| task.kill == TaskKill::Sent)
                .for_each(|task| task.kill = TaskKill::Wanted);
            self.reconcile_wait = Nanoseconds(self.reconcile_wait.0.saturating_mul(2)).min(LONGEST_RECONCILE);
            self.reconcile_at = Some(now + self.reconcile_wait);
        }
    }

    /// The next time at which something is to be done without an input.
    pub(super) fn next_deadline(&self) -> Option<Timestamp> {
        let of_link = match self.link {
            LinkState::Opening { since } => Some(since + ANSWER_TIMEOUT),
            LinkState::Subscribed { heard, .. } => Some(heard + self.patience()),
            LinkState::Lost { since, retry_at } => {
                let expires = self.id.is_some().then(|| since + self.framework.failover_timeout + Nanoseconds(1));
                Some(expires.map_or(retry_at, |expires| expires.min(retry_at)))
            }
            LinkState::Left { since } => {
                self.id.is_some().then(|| since + self.framework.failover_timeout + Nanoseconds(1))
            }
            LinkState::Idle | LinkState::Ended(_) => None,
        };
        [of_link, self.reconcile_at, self.offers_due()].into_iter().flatten().min()
    }
}

impl RunFramework {
    pub(super) fn description(&self) -> FrameworkDescription {
        FrameworkDescription {
            user: self.user.name().to_owned(),
            name: self.name.clone(),
            roles: vec![self.role.clone()],
            failover_timeout: self.failover_timeout.0.max(0) as f64 / NANOS,
            checkpoint: true,
            capabilities: FrameworkDescription::capabilities(),
        }
    }
}

/// Whether the master means the call itself. A master that starts, a proxy or a gateway answer otherwise for a while.
fn is_final(refusal: &Refusal) -> bool {
    matches!(refusal.status, 400 | 401 | 403 | 405 | 406 | 415)
}
