//! How one change is carried out: read again, compared, sent, and followed until the cluster shows it. Sans-IO: the page sends
//! and reads for it, and says what came.
//!
//! Mesos knows no comparing and swapping. So what stands is read anew right before sending, and if somebody else has changed it
//! since the form was opened, nothing is sent until that was seen.

use serde::{Deserialize, Serialize};

use super::plan::{Entry, Plan, Shows, differences};
use crate::api::Refusal;
use crate::units::{Nanoseconds, Timestamp};

/// After so long without its effect, what the cluster shows instead is said.
const LONG: Nanoseconds = Nanoseconds::from_secs(20);
/// What is waited for is read again after so long.
const AGAIN: Nanoseconds = Nanoseconds::from_millis(1500);
/// A read before sending that takes longer is given up.
const READING: Nanoseconds = Nanoseconds::from_secs(15);

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Somebody looks at what it will do.
    Review,
    /// What stands is read again, since then.
    Reading(Timestamp),
    /// What stands could not be read again.
    Unread,
    /// Somebody else has changed what stands: this is what stood when the form was opened.
    Changed(Vec<Entry>),
    Sending,
    /// It was taken, with that status, and the cluster does not show it yet.
    Following(u16, Timestamp),
    /// No answer came: whether it was taken is looked up.
    Lost(String, Timestamp),
    Over(Outcome),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The cluster shows it.
    Shown,
    /// It has begun, as the cluster shows, and goes on by itself.
    Begun,
    /// It was taken, and after a while the cluster shows something else: that.
    Instead(Vec<Entry>),
    /// It was taken, and nothing tells of its effect.
    Taken,
    /// Mesos said no, with its status and its words.
    Refused(u16, String),
    /// No answer came, and the cluster does not show it.
    Unknown(String),
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Nothing,
    /// Read the change's parts again.
    Read,
    Send,
}

/// One change on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    stage: Stage,
    /// What stood when the form was opened.
    base: Option<Vec<Entry>>,
    /// When it was last read on its behalf.
    read: Timestamp,
    sent: Option<Timestamp>,
}

impl Default for Course {
    fn default() -> Self {
        Self { stage: Stage::Review, base: None, read: Timestamp(0), sent: None }
    }
}

impl Course {
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// When it was sent.
    pub fn sent(&self) -> Option<Timestamp> {
        self.sent
    }

    /// Whether the answer is awaited: it must not be sent twice, and leaving would lose sight of it.
    pub fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Reading(_) | Stage::Sending | Stage::Following(..) | Stage::Lost(..))
    }

    /// What stood when the form was opened, once that is known.
    pub fn base(&self) -> Option<&[Entry]> {
        self.base.as_deref()
    }

    /// Somebody means it. `reads` says whether the state tells of what it changes.
    pub fn go(&mut self, reads: bool, now: Timestamp) -> Next {
        if self.is_busy() {
            return Next::Nothing;
        }
        if let Stage::Changed(_) = self.stage {
            self.base = None;
        }
        if !reads {
            return self.send(now);
        }
        (self.stage, self.read) = (Stage::Reading(now), now);
        Next::Read
    }

    fn send(&mut self, now: Timestamp) -> Next {
        (self.stage, self.sent) = (Stage::Sending, Some(now));
        Next::Send
    }

    /// The form was changed: what was said of the last try is no longer about it.
    pub fn edited(&mut self) {
        if !self.is_busy() {
            self.stage = Stage::Review;
        }
    }

    /// The plan is that now: what the form changes, before the newest that was read.
    pub fn planned(&mut self, plan: &Plan, now: Timestamp) -> Next {
        let is_fresh = |since: Timestamp| plan.asked.is_some_and(|asked| asked >= since);
        match &self.stage {
            Stage::Review if plan.asked.is_some() => {
                // What the form names only later is seen only then.
                let base = self.base.get_or_insert_default();
                let new = |entry: &&Entry| !base.iter().any(|old| old.key == entry.key);
                let new: Vec<Entry> = plan.stands.iter().filter(new).cloned().collect();
                base.extend(new);
                Next::Nothing
            }
            Stage::Reading(since) if is_fresh(*since) => {
                let base = self.base.get_or_insert_with(|| plan.stands.clone());
                // Another form may name other things; only those that were seen can have changed.
                let known: Vec<Entry> =
                    plan.stands.iter().filter(|entry| base.iter().any(|old| old.key == entry.key)).cloned().collect();
                let old: Vec<Entry> = base
                    .iter()
                    .filter(|old| plan.wanted.iter().chain(&plan.stands).any(|entry| entry.key == old.key))
                    .cloned()
                    .collect();
                if !differences(&old, &known).is_empty() {
                    self.stage = Stage::Changed(base.clone());
                    return Next::Nothing;
                }
                if plan.why_not.is_some() {
                    self.stage = Stage::Review;
                    return Next::Nothing;
                }
                self.send(now)
            }
            Stage::Following(_, since) | Stage::Lost(_, since) if is_fresh(*since) => match plan.shows {
                Shows::Done => self.over(Outcome::Shown),
                Shows::Begun => self.over(Outcome::Begun),
                Shows::Before => Next::Nothing,
            },
            _ => Next::Nothing,
        }
    }

    fn over(&mut self, outcome: Outcome) -> Next {
        self.stage = Stage::Over(outcome);
        Next::Nothing
    }

    /// An answer came, or none: then with the reason in words.
    pub fn answered(&mut self, answer: Result<u16, Result<Refusal, String>>, reads: bool, now: Timestamp) -> Next {
        self.read = now;
        self.stage = match answer {
            Ok(_) if !reads => Stage::Over(Outcome::Taken),
            Ok(status) => Stage::Following(status, now),
            Err(Ok(Refusal { status, words })) => Stage::Over(Outcome::Refused(status, words)),
            Err(Err(words)) if reads => Stage::Lost(words, now),
            Err(Err(words)) => Stage::Over(Outcome::Unknown(words)),
        };
        if matches!(self.stage, Stage::Following(..) | Stage::Lost(..)) { Next::Read } else { Next::Nothing }
    }

    /// Time has passed.
    pub fn tick(&mut self, plan: Option<&Plan>, now: Timestamp) -> Next {
        match &self.stage {
            Stage::Reading(since) if now.since(*since) > READING => {
                self.stage = Stage::Unread;
                Next::Nothing
            }
            Stage::Following(_, since) if now.since(*since) > LONG => {
                let stands = plan.map(|plan| plan.stands.clone()).unwrap_or_default();
                self.over(Outcome::Instead(stands))
            }
            Stage::Lost(words, since) if now.since(*since) > LONG => {
                let words = words.clone();
                self.over(Outcome::Unknown(words))
            }
            // One read at a time: of a large cluster an answer takes longer than the pause.
            Stage::Following(..) | Stage::Lost(..)
                if now.since(self.read) > AGAIN
                    && plan.and_then(|plan| plan.asked).is_none_or(|asked| asked >= self.read) =>
            {
                self.read = now;
                Next::Read
            }
            _ => Next::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::plan::named;

    fn plan(stands: &str, wanted: &str, asked: i64) -> Plan {
        Plan { asked: Some(Timestamp(asked)), ..Plan::new(vec![named("a", stands)], vec![named("a", wanted)]) }
    }

    #[test]
    fn it_is_read_again_then_sent_then_followed() {
        let mut course = Course::default();
        assert_eq!(course.planned(&plan("1", "2", 5), Timestamp(6)), Next::Nothing);
        assert_eq!(course.go(true, Timestamp(10)), Next::Read);
        assert_eq!(course.go(true, Timestamp(11)), Next::Nothing, "once only");
        assert_eq!(course.planned(&plan("1", "2", 9), Timestamp(12)), Next::Nothing, "an older answer says nothing");
        assert_eq!(course.planned(&plan("1", "2", 10), Timestamp(13)), Next::Send);
        assert_eq!(course.answered(Ok(200), true, Timestamp(20)), Next::Read);
        assert_eq!(course.planned(&plan("2", "2", 15), Timestamp(21)), Next::Nothing, "asked before the answer");
        course.planned(&plan("2", "2", 20), Timestamp(22));
        assert_eq!(course.stage(), &Stage::Over(Outcome::Shown));
    }

    #[test]
    fn what_somebody_else_changed_stops_it_once() {
        let mut course = Course::default();
        course.planned(&plan("1", "2", 5), Timestamp(6));
        course.go(true, Timestamp(10));
        assert_eq!(course.planned(&plan("3", "2", 10), Timestamp(11)), Next::Nothing);
        assert_eq!(course.stage(), &Stage::Changed(vec![named("a", "1")]));
        assert_eq!(course.go(true, Timestamp(20)), Next::Read, "seen, and meant all the same");
        assert_eq!(course.planned(&plan("3", "2", 20), Timestamp(21)), Next::Send);
    }

    #[test]
    fn a_lost_answer_is_looked_up() {
        let second = |seconds| Timestamp(0) + Nanoseconds::from_secs(seconds);
        let lost = || {
            let mut course = Course::default();
            course.planned(&plan("1", "2", 5), Timestamp(6));
            course.go(true, Timestamp(10));
            course.planned(&plan("1", "2", 10), Timestamp(11));
            assert_eq!(course.answered(Err(Err("cut".to_owned())), true, second(1)), Next::Read);
            course
        };
        let mut taken = lost();
        taken.planned(&plan("2", "2", second(2).0), second(2));
        assert_eq!(taken.stage(), &Stage::Over(Outcome::Shown));
        let mut not = lost();
        assert_eq!(not.tick(Some(&plan("1", "2", second(1).0)), second(3)), Next::Read);
        assert_eq!(not.tick(Some(&plan("1", "2", second(2).0)), second(5)), Next::Nothing, "one read at a time");
        not.tick(Some(&plan("1", "2", second(4).0)), second(22));
        assert_eq!(not.stage(), &Stage::Over(Outcome::Unknown("cut".to_owned())));
    }
}
