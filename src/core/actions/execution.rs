//! Execution of one action: read again, compare, send, and follow until the cluster shows the effect. Sans-IO: the page sends
//! and reads for it, and passes on the answers.
//!
//! Mesos has no compare-and-swap. So the current values are read again right before sending. If another user has changed them
//! since the form was opened, nothing is sent until the user has seen that.

use serde::{Deserialize, Serialize};

use super::preview::{Preview, PreviewEntry, PreviewSign, Progress, differences};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::eligibility::DisabledReason;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::{CallError, Intercepted};

/// Time without an effect after which the cluster's diverging state is reported.
const DIVERGED_AFTER: Nanoseconds = Nanoseconds::from_secs(20);
/// Time without an effect of relative amounts after which that is reported; it is watched for further.
const UNSEEN_AFTER: Nanoseconds = Nanoseconds::from_secs(10);
/// Interval between reads while an effect is awaited.
const REREAD_INTERVAL: Nanoseconds = Nanoseconds::from_millis(1500);
/// Timeout of the read before sending; one of the largest cluster takes most of a minute.
const READ_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(75);
/// Timeout of a verification read.
const VERIFY_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(75);

/// Stage of an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The user reviews the preview.
    Review,
    /// The current values are being read again, with an answer requested at this time or later.
    Reading(Timestamp),
    /// The current values could not be read again, so that nothing was sent.
    Unread,
    /// Another user has changed the current values; these are the values that the form was opened with.
    Conflict(Vec<PreviewEntry>),
    /// The request was sent, and its answer is awaited.
    Sending,
    /// Mesos accepted the action with this HTTP status at this time, and the cluster does not show it yet.
    Following(u16, Timestamp),
    /// No answer came, for this reason; reads since this time will show whether the action was done.
    ResponseLost(String, Timestamp),
    /// The execution is over.
    Over(Outcome),
}

/// Outcome of an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The cluster shows the desired values.
    Confirmed,
    /// The cluster shows that the action is in progress; it continues by itself.
    Started,
    /// Mesos accepted the action, but the cluster shows these other values.
    Diverged(Vec<PreviewEntry>),
    /// Mesos accepted the action; its effect cannot be observed.
    Accepted,
    /// Mesos accepted the action; the cluster does not show its effect yet, and may show it later.
    NotSeen,
    /// Mesos refused the action, with this HTTP status and these words.
    Refused(u16, String),
    /// The cluster does not show the action, and whether it was done is not known.
    Unknown(Uncertainty),
    /// Nothing was sent, since a master would refuse it.
    Blocked(DisabledReason),
    /// Nothing could be sent to the agent, for this reason.
    Unsent(String),
    /// An intermediary answered in place of Mesos, and forwarded nothing.
    Intercepted(Intercepted),
}

/// Reason why it is not known whether an action was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Uncertainty {
    /// No answer came, for this reason.
    Lost(String),
    /// Mesos accepted the action with this HTTP status, and the cluster could not be read since.
    Unread(u16),
    /// The page was left before an answer came.
    Left,
}

/// Reason why a sent action was not accepted, by its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// Mesos refused the action.
    Refused(Refusal),
    /// An intermediary answered in place of Mesos, and forwarded nothing.
    Intercepted(Intercepted),
    /// No answer of Mesos came, for this reason: the action may have been done.
    Lost(String),
}

impl From<CallError> for SendFailure {
    fn from(why: CallError) -> Self {
        match why {
            CallError::Refused(refusal) | CallError::NotSent(refusal) => Self::Refused(refusal),
            CallError::Intercepted(by) => Self::Intercepted(by),
            CallError::Standby => Self::Refused(Refusal { status: 307, words: why.to_string() }),
            CallError::Unclear(_) | CallError::NotMesos { .. } | CallError::TooLong(..) => Self::Lost(why.to_string()),
        }
    }
}

impl Outcome {
    /// Whether the action may have been done.
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Confirmed | Self::Started | Self::Diverged(_) | Self::Accepted | Self::Unknown(_) => true,
            Self::NotSeen => true,
            Self::Refused(..) | Self::Blocked(_) | Self::Unsent(_) | Self::Intercepted(_) => false,
        }
    }
}

/// The next step that the page must take for an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing to do until the next event.
    Nothing,
    /// Read the action's topics again.
    Read,
    /// Send the request.
    Send,
}

/// The execution of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    stage: Stage,
    /// Values that the form was opened with.
    base: Option<Vec<PreviewEntry>>,
    /// Whether the form was edited since, and may be about other objects.
    is_edited: bool,
    /// Time of the last read for it, and the time at which the known values were requested.
    read: Timestamp,
    asked: Option<Timestamp>,
    sent: Option<Timestamp>,
    /// Right before it was sent: whether its effect could not be observed, and the count that would fall.
    was_unobservable: bool,
    tally: Option<u32>,
    /// Values that will show its effect, from right before it was sent.
    signs: Vec<PreviewSign>,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            stage: Stage::Review,
            base: None,
            is_edited: false,
            read: Timestamp(0),
            asked: None,
            sent: None,
            was_unobservable: false,
            tally: None,
            signs: Vec::new(),
        }
    }
}

impl Execution {
    /// Current stage of the execution.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Time at which it was sent; `None` if it was not.
    pub fn sent(&self) -> Option<Timestamp> {
        self.sent
    }

    /// Whether it is in progress: it must not be sent twice, and leaving the page would lose track of it.
    pub fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Reading(_) | Stage::Sending | Stage::Following(..) | Stage::ResponseLost(..))
    }

    /// Whether it was sent, and perhaps done, so that its preconditions no longer matter.
    pub fn is_sent(&self) -> bool {
        match &self.stage {
            Stage::Review | Stage::Reading(_) | Stage::Unread | Stage::Conflict(_) => false,
            Stage::Sending | Stage::Following(..) | Stage::ResponseLost(..) => true,
            Stage::Over(outcome) => outcome.may_be_done(),
        }
    }

    /// Values that the form was opened with; `None` until they are known.
    pub fn base(&self) -> Option<&[PreviewEntry]> {
        self.base.as_deref()
    }

    /// Starts on the user's confirmation. `since` is the earliest request time of a read to compare with before
    /// sending; `None` where no read shows the effect.
    pub fn go(&mut self, since: Option<Timestamp>, now: Timestamp) -> NextStep {
        if self.is_busy() {
            return NextStep::Nothing;
        }
        if let Stage::Conflict(_) = self.stage {
            self.base = None;
        }
        let Some(since) = since else { return self.send(now) };
        (self.stage, self.read) = (Stage::Reading(since), now);
        // The next tick compares it with what is known, where that is new enough.
        if self.asked.is_some_and(|asked| asked >= since) { NextStep::Nothing } else { NextStep::Read }
    }

    fn send(&mut self, now: Timestamp) -> NextStep {
        (self.stage, self.sent) = (Stage::Sending, Some(now));
        NextStep::Send
    }

    /// Returns to the review after an edit of the form, unless the execution is in progress.
    pub fn edited(&mut self) {
        if !self.is_busy() {
            self.stage = Stage::Review;
            self.is_edited = true;
        }
    }

    /// Takes over a new preview.
    pub fn planned(&mut self, preview: &Preview, now: Timestamp) -> NextStep {
        let is_fresh = |since: Timestamp| preview.asked.is_some_and(|asked| asked >= since);
        self.asked = preview.asked;
        match &self.stage {
            Stage::Review if preview.asked.is_some() => {
                self.see(preview);
                NextStep::Nothing
            }
            Stage::Reading(since) if is_fresh(*since) => {
                self.see(preview);
                let base = self.base.clone().unwrap_or_default();
                if !differences(&about(&base, preview), &preview.current).is_empty() {
                    self.stage = Stage::Conflict(base);
                    return NextStep::Nothing;
                }
                if let Some(why) = &preview.disabled_reason {
                    return self.over(Outcome::Blocked(why.clone()));
                }
                (self.was_unobservable, self.tally) = (preview.progress == Progress::Unobservable, preview.tally);
                self.signs.clone_from(&preview.signs);
                self.send(now)
            }
            Stage::Following(_, since) | Stage::ResponseLost(_, since) if is_fresh(*since) => {
                match self.progress(preview) {
                    Progress::Applied => self.over(Outcome::Confirmed),
                    Progress::Started => self.over(Outcome::Started),
                    Progress::Unobservable => self.unobservable(preview),
                    Progress::Pending => NextStep::Nothing,
                }
            }
            Stage::Over(Outcome::Started) if is_fresh(self.read) => match preview.progress {
                Progress::Applied => self.over(Outcome::Confirmed),
                // Another operator reactivated the agent, or it is gone: it does not go on by itself.
                Progress::Pending => self.over(Outcome::Diverged(preview.current.clone())),
                Progress::Started | Progress::Unobservable => NextStep::Nothing,
            },
            // It came late.
            Stage::Over(Outcome::Unknown(_) | Outcome::Diverged(_) | Outcome::NotSeen)
                if is_fresh(self.read) && self.progress(preview) == Progress::Applied =>
            {
                self.over(Outcome::Confirmed)
            }
            _ => NextStep::Nothing,
        }
    }

    /// Progress of the action once it was sent: by its signs, if it has any.
    fn progress(&self, preview: &Preview) -> Progress {
        match self.signs.iter().all(|sign| sign.shows_in(&preview.current)) {
            _ if self.signs.is_empty() => preview.progress,
            true => Progress::Applied,
            false => Progress::Pending,
        }
    }

    /// Handles an effect that cannot be observed. If it could be before sending, its absence is the effect: an agent
    /// marked gone has left the list. A fallen count shows it, too.
    fn unobservable(&mut self, preview: &Preview) -> NextStep {
        let has_fallen = self.tally.zip(preview.tally).is_some_and(|(before, now)| now < before);
        match &self.stage {
            _ if !self.was_unobservable || has_fallen => self.over(Outcome::Confirmed),
            // Of one whose answer was lost nobody knows more.
            Stage::Following(..) if self.tally.is_none() => self.over(Outcome::Accepted),
            _ => NextStep::Nothing,
        }
    }

    /// Notes the values that the form starts with: at first all, later only those that an edit added. Other new values
    /// are changes by another user.
    fn see(&mut self, preview: &Preview) {
        let Some(base) = &mut self.base else {
            (self.base, self.is_edited) = (Some(preview.current.clone()), false);
            return;
        };
        if std::mem::take(&mut self.is_edited) && !preview.is_whole {
            let new = |entry: &&PreviewEntry| !base.iter().any(|old| old.key == entry.key);
            let new: Vec<PreviewEntry> = preview.current.iter().filter(new).cloned().collect();
            base.extend(new);
        }
    }

    fn over(&mut self, outcome: Outcome) -> NextStep {
        // What it changed itself is what the next one begins with.
        if matches!(outcome, Outcome::Confirmed | Outcome::Started) {
            self.base = None;
        }
        self.stage = Stage::Over(outcome);
        NextStep::Nothing
    }

    /// Takes over the answer, or its absence.
    pub fn answered(&mut self, answer: Result<u16, SendFailure>, reads: bool, now: Timestamp) -> NextStep {
        self.read = now;
        self.stage = match answer {
            Ok(_) if !reads => Stage::Over(Outcome::Accepted),
            Ok(status) => Stage::Following(status, now),
            Err(SendFailure::Refused(Refusal { status, words })) => Stage::Over(Outcome::Refused(status, words)),
            Err(SendFailure::Intercepted(by)) => Stage::Over(Outcome::Intercepted(by)),
            Err(SendFailure::Lost(words)) if reads => Stage::ResponseLost(words, now),
            Err(SendFailure::Lost(words)) => Stage::Over(Outcome::Unknown(Uncertainty::Lost(words))),
        };
        if matches!(self.stage, Stage::Following(..) | Stage::ResponseLost(..)) {
            NextStep::Read
        } else {
            NextStep::Nothing
        }
    }

    /// Ends an execution that was not sent.
    pub fn not_sent(&mut self, outcome: Outcome) {
        self.stage = Stage::Over(outcome);
    }

    /// Takes over current values that were requested for it after it was sent. Unchanged values prove nothing if the
    /// answer was lost.
    pub fn looked_up(&mut self, reported: Vec<PreviewEntry>, preview: &Preview) {
        let is_desired = reported.iter().all(|entry| preview.desired.contains(entry));
        let was_there = reported.iter().all(|entry| preview.current.contains(entry));
        self.stage = match &self.stage {
            Stage::Over(Outcome::Accepted) if is_desired => Stage::Over(Outcome::Confirmed),
            Stage::Over(Outcome::Accepted) => Stage::Over(Outcome::Diverged(reported)),
            Stage::Over(Outcome::Unknown(_)) if is_desired && !was_there => Stage::Over(Outcome::Confirmed),
            other => other.clone(),
        };
    }

    /// Advances the clock.
    pub fn tick(&mut self, preview: Option<&Preview>, now: Timestamp) -> NextStep {
        let is_fresh = |since: Timestamp| preview.and_then(|preview| preview.asked).is_some_and(|asked| asked >= since);
        match (&self.stage, preview) {
            (Stage::Reading(since), Some(preview)) if is_fresh(*since) => return self.planned(preview, now),
            _ => {}
        }
        match &self.stage {
            Stage::Reading(_) if now.since(self.read) > READ_TIMEOUT => {
                self.stage = Stage::Unread;
                NextStep::Nothing
            }
            // Only what was read since can say that it is not there.
            Stage::Following(_, since)
                if now.since(*since) > DIVERGED_AFTER
                    && is_fresh(*since)
                    && preview.is_some_and(|it| it.progress == Progress::Unobservable) =>
            {
                self.over(Outcome::Accepted)
            }
            Stage::Following(_, since)
                if !self.signs.is_empty() && now.since(*since) > UNSEEN_AFTER && is_fresh(*since) =>
            {
                self.over(Outcome::NotSeen)
            }
            Stage::Following(_, since) if now.since(*since) > DIVERGED_AFTER && is_fresh(*since) => {
                let current = preview.map(|preview| preview.current.clone()).unwrap_or_default();
                self.over(Outcome::Diverged(current))
            }
            Stage::Following(status, since) if now.since(*since) > VERIFY_TIMEOUT => {
                let doubt = Uncertainty::Unread(*status);
                self.over(Outcome::Unknown(doubt))
            }
            Stage::ResponseLost(words, since)
                if now.since(*since) > if is_fresh(*since) { DIVERGED_AFTER } else { VERIFY_TIMEOUT } =>
            {
                let doubt = Uncertainty::Lost(words.clone());
                self.over(Outcome::Unknown(doubt))
            }
            // One read at a time: of a large cluster an answer takes longer than the pause.
            Stage::Following(..) | Stage::ResponseLost(..)
                if now.since(self.read) > REREAD_INTERVAL
                    && preview.and_then(|preview| preview.asked).is_none_or(|asked| asked >= self.read) =>
            {
                self.read = now;
                NextStep::Read
            }
            _ => NextStep::Nothing,
        }
    }
}

/// The base values that the preview is about. Values that are neither current nor desired do not matter, unless the
/// preview is whole.
fn about(base: &[PreviewEntry], preview: &Preview) -> Vec<PreviewEntry> {
    let concerns = |old: &&PreviewEntry| {
        preview.is_whole || preview.current.iter().chain(&preview.desired).any(|entry| entry.key == old.key)
    };
    base.iter().filter(concerns).cloned().collect()
}

#[cfg(test)]
mod tests;
