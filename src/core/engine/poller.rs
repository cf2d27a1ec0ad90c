//! The plan of the reads beside the stream: what each is for, when it is due, how it went. Sends nothing, knows no JSON.
//!
//! Once a connection: the master and its flags. Beside a large snapshot, which tells tasks first and agents last: agents and
//! frameworks, so that their tables fill meanwhile; agents at the same time as the stream, where there is nothing to look at yet.
//! Later what no event announces (PROTOCOL.md, "Events that do not exist"), and of it only what a watched view shows. How often
//! follows from the size of the last answer, so that no part ever costs the master, or the line, more than its rate. What hints at news (`hint`) brings a read forward, but for that bound.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;

/// A snapshot of that size takes long enough to be worth two more calls.
const LARGE: u64 = 4 << 20;
/// An answer that took longer is no longer waited for.
pub const READ_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(120);
/// The wait after a first failure; it doubles with each.
const AFTER_FAILURE: Nanoseconds = Nanoseconds::from_secs(5);
const LONGEST_WAIT: Nanoseconds = Nanoseconds::from_secs(300);
/// What is stirred waits this long, so that what comes together is read once.
const DEBOUNCE: Nanoseconds = Nanoseconds::from_millis(250);
/// A stirred part may be read so many times as often as its rate says.
const HINT_SPEEDUP: i64 = 4;

/// How often a small part is read that is watched closely.
const CLOSE_INTERVAL: Nanoseconds = Nanoseconds::from_secs(5);

const AT_ONCE: Timestamp = Timestamp(i64::MIN);
/// What is asked for at the same time as the first stream.
const AHEAD: &[Topic] = &[Topic::Agents];

/// A read that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReadId(pub u32);

/// State of a topic: how fresh it is, and whether reading it fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopicStatus {
    /// Topic that the reads are of.
    pub part: Topic,
    /// When the last answer came; `None` if none has.
    pub reported: Option<Timestamp>,
    /// Since when it fails, and the last failure.
    pub failing: Option<(Timestamp, Unknown)>,
}

/// A read to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRead {
    /// Number by which the answer names the read.
    pub id: ReadId,
    /// Topic to read.
    pub part: Topic,
}

/// A read that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingRead {
    /// Topic that was read.
    pub part: Topic,
    /// When it was sent: the answer may be as old as that.
    pub at: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct TopicState {
    /// Not before this time; `None` for what is not read again.
    next: Option<Timestamp>,
    asked: Option<Timestamp>,
    reported: Option<Timestamp>,
    /// The length of the last answer.
    bytes: u64,
    failing: Option<(Timestamp, Unknown)>,
    failures: u32,
    /// Read it though no view shows it.
    forced: bool,
    /// Something happened while it was being read: the answer may not know of it.
    again: bool,
}

/// The plan.
#[derive(Debug)]
pub struct Poller {
    last: u32,
    topics: BTreeMap<Topic, TopicState>,
    under_way: BTreeMap<ReadId, PendingRead>,
    seed: u64,
    /// Before the snapshot is whole only these are read.
    early: Option<&'static [Topic]>,
    /// A page shows these as what it is about: others may change them at any time.
    close: BTreeSet<Topic>,
}

impl Poller {
    /// A plan with the seed for its jitter.
    pub fn new(seed: u64) -> Self {
        let topics = Topic::ALL.into_iter().map(|part| (part, TopicState::default())).collect();
        Self { last: 0, topics, under_way: BTreeMap::new(), seed, early: Some(&[]), close: BTreeSet::new() }
    }

    /// The first stream is asked for. A master that makes a large snapshot takes its time before the first byte.
    pub fn connecting(&mut self) {
        self.forget();
        self.early = Some(AHEAD);
        for part in AHEAD {
            self.topics.entry(*part).or_default().next = Some(AT_ONCE);
        }
    }

    /// A read failed before the stream began, which asks for the same again.
    pub fn abandon(&mut self, id: ReadId) {
        let state = self.under_way.remove(&id).and_then(|asked| self.topics.get_mut(&asked.part));
        state.into_iter().for_each(|state| state.next = None);
    }

    /// A stream begins, with a snapshot of that size. What was read before is as old as it is; what was asked for at the
    /// same time as the stream is still waited for beside a large snapshot, and not asked for again.
    pub fn begin(&mut self, size: u64) {
        const SMALL: &[Topic] = &[Topic::Master, Topic::Flags];
        const BESIDE: &[Topic] = &[Topic::Master, Topic::Flags, Topic::Agents, Topic::Frameworks];
        let (ahead, large) = (self.early == Some(AHEAD), size >= LARGE);
        self.under_way.retain(|_, _| ahead && large);
        self.early = Some(if large { BESIDE } else { SMALL });
        for (part, state) in &mut self.topics {
            let answered = ahead && AHEAD.contains(part) && state.next.is_some_and(|next| next != AT_ONCE);
            state.next = if answered { state.next } else { Some(AT_ONCE) };
            state.forced = matches!(part, Topic::Master | Topic::Flags);
            state.again = false;
        }
    }

    /// The snapshot has come whole: what it reported need not be read again for a while.
    pub fn arrived(&mut self, now: Timestamp) {
        self.early = None;
        for part in [Topic::Agents, Topic::Frameworks, Topic::Executors] {
            self.under_way.retain(|_, asked| asked.part != part);
            if let Some(state) = self.topics.get_mut(&part) {
                (state.reported, state.failing, state.failures) = (Some(now), None, 0);
                // What was read beside the snapshot is known to be long.
                state.next = Some(now + period(part, state.bytes));
            }
        }
    }

    /// The stream is gone, and with it what was asked beside it.
    pub fn forget(&mut self) {
        self.under_way.clear();
        self.early = Some(&[]);
    }

    /// Another user asks from now on: what another was reported, or refused, says nothing any more.
    pub fn start_over(&mut self) {
        self.forget();
        self.topics.values_mut().for_each(|state| *state = TopicState::default());
    }

    /// Something hints at news of these topics: they are read sooner, if a view shows them.
    pub fn hint(&mut self, topics: &[Topic], now: Timestamp) {
        for part in topics {
            let busy = self.under_way.values().any(|asked| asked.part == *part);
            if let Some(state) = self.topics.get_mut(part) {
                state.again |= busy;
                let soonest =
                    state.asked.map_or(now, |asked| asked + min_interval(*part, state.bytes)).max(now + DEBOUNCE);
                state.next = state.next.map(|next| next.min(soonest));
            }
        }
    }

    /// A user wants these read now, whether a view shows them or not.
    pub fn force(&mut self, topics: &[Topic], now: Timestamp) {
        for part in topics {
            let busy = self.under_way.values().any(|asked| asked.part == *part);
            if let Some(state) = self.topics.get_mut(part) {
                state.again |= busy;
                (state.next, state.forced) = (Some(now), true);
            }
        }
    }

    /// The part should be read though no view shows it, but for its rate.
    pub fn want(&mut self, part: Topic, now: Timestamp) {
        if let Some(state) = self.topics.get_mut(&part) {
            let soonest = state.asked.map_or(now, |asked| asked + period(part, state.bytes));
            (state.next, state.forced) = (Some(soonest.max(now)), true);
        }
    }

    /// These topics are what a page is about, as long as it is open.
    pub fn watch_closely(&mut self, topics: BTreeSet<Topic>) {
        self.close = topics;
    }

    /// Reads that are waited for too long. Each of them has failed, and the host says so.
    pub fn late(&self, now: Timestamp) -> Vec<ReadId> {
        self.under_way.iter().filter(|(_, asked)| now >= asked.at + READ_TIMEOUT).map(|(id, _)| *id).collect()
    }

    /// The reads to send now, which are then under way. `watched` are the topics that views show.
    pub fn due(&mut self, watched: &BTreeSet<Topic>, now: Timestamp) -> Vec<DueRead> {
        let due: Vec<Topic> = self.ready(watched).filter(|(_, at)| now >= *at).map(|(part, _)| part).collect();
        due.into_iter().map(|part| self.send(part, now)).collect()
    }

    /// When `due` should be asked next.
    pub fn wake_at(&self, watched: &BTreeSet<Topic>) -> Option<Timestamp> {
        let late = self.under_way.values().map(|asked| asked.at + READ_TIMEOUT);
        self.ready(watched).map(|(_, at)| at).chain(late).min()
    }

    /// What was asked; `None` if nobody waits for it any more.
    pub fn asked(&self, id: ReadId) -> Option<PendingRead> {
        self.under_way.get(&id).copied()
    }

    /// Takes a read off the plan; `None` if nobody waits for it any more.
    pub fn answered(&mut self, id: ReadId, bytes: usize, now: Timestamp) -> Option<PendingRead> {
        let asked = self.under_way.remove(&id)?;
        let jitter = self.jitter();
        let state = self.topics.get_mut(&asked.part)?;
        (state.reported, state.failing, state.failures) = (Some(now), None, 0);
        state.bytes = bytes as u64;
        let wait = period(asked.part, state.bytes);
        state.next = (!is_read_once(asked.part)).then(|| now + Nanoseconds(wait.0 + wait.0 / 5 * jitter / 255));
        if std::mem::take(&mut state.again) {
            state.next = Some(now + min_interval(asked.part, state.bytes));
        }
        Some(asked)
    }

    /// A read failed: its part grows older, and the others are none the worse.
    pub fn failed(&mut self, id: ReadId, why: Unknown, now: Timestamp) -> Option<PendingRead> {
        let asked = self.under_way.remove(&id)?;
        self.fail(asked.part, why, now);
        Some(asked)
    }

    /// The answer has come, and could not be read: what was read before stays as old as it is.
    pub fn misread(&mut self, id: ReadId, bytes: usize, why: Unknown, now: Timestamp) {
        let Some(asked) = self.under_way.remove(&id) else { return };
        self.topics.get_mut(&asked.part).into_iter().for_each(|state| state.bytes = bytes as u64);
        self.fail(asked.part, why, now);
    }

    fn fail(&mut self, part: Topic, why: Unknown, now: Timestamp) {
        let Some(state) = self.topics.get_mut(&part) else { return };
        let since = state.failing.take().map_or(now, |(since, _)| since);
        state.failing = Some((since, why));
        state.failures = state.failures.saturating_add(1);
        let wait = AFTER_FAILURE.0.saturating_mul(1 << state.failures.min(10).saturating_sub(1)).min(LONGEST_WAIT.0);
        // What is read once has no period, and no view shows it; without it rings are longer than the master's.
        let least = if is_read_once(part) { Nanoseconds(0) } else { period(part, state.bytes) };
        state.forced |= is_read_once(part);
        state.next = Some(now + Nanoseconds(wait.max(least.0)));
    }

    /// State of each topic that was ever read, or that should have been.
    pub fn status(&self) -> Vec<TopicStatus> {
        let known = self.topics.iter().filter(|(_, state)| state.reported.is_some() || state.failing.is_some());
        known
            .map(|(part, state)| TopicStatus { part: *part, reported: state.reported, failing: state.failing.clone() })
            .collect()
    }

    /// What could be read, and from when on.
    fn ready<'a>(&'a self, watched: &'a BTreeSet<Topic>) -> impl Iterator<Item = (Topic, Timestamp)> + 'a {
        let may = move |part: &Topic| self.early.is_none_or(|early| early.contains(part));
        let busy = |part: &Topic| self.under_way.values().any(|asked| asked.part == *part);
        self.topics
            .iter()
            .filter(move |(part, state)| may(part) && !busy(part) && (state.forced || watched.contains(part)))
            .filter_map(|(part, state)| Some((*part, self.soonest(*part, state)?)))
    }

    /// When the part is read next: sooner where it is watched closely, but for its rate, and while reading it does not fail.
    fn soonest(&self, part: Topic, state: &TopicState) -> Option<Timestamp> {
        let next = state.next?;
        let is_close = self.close.contains(&part) && state.failing.is_none();
        let close =
            state.asked.filter(|_| is_close).map(|asked| asked + CLOSE_INTERVAL.max(at_rate(rate(part), state.bytes)));
        Some(close.map_or(next, |close| next.min(close)))
    }

    fn send(&mut self, part: Topic, now: Timestamp) -> DueRead {
        self.last = self.last.wrapping_add(1);
        self.under_way.insert(ReadId(self.last), PendingRead { part, at: now });
        if let Some(state) = self.topics.get_mut(&part) {
            (state.asked, state.forced) = (Some(now), false);
        }
        DueRead { id: ReadId(self.last), part }
    }

    /// From 0 to 255, so that many pages do not ask at once.
    fn jitter(&mut self) -> i64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::from((self.seed >> 56) as u8)
    }
}

/// What does not change as long as the master lives.
fn is_read_once(part: Topic) -> bool {
    matches!(part, Topic::Master | Topic::Flags)
}

/// How often a small part is read.
fn base(part: Topic) -> Nanoseconds {
    Nanoseconds::from_secs(match part {
        Topic::Agents | Topic::Frameworks | Topic::Metrics => 10,
        Topic::Roles | Topic::Machines | Topic::Operations => 15,
        Topic::Executors | Topic::Weights | Topic::Quota | Topic::Schedule => 30,
        Topic::Tasks => 60,
        Topic::Master | Topic::Flags => 300,
    })
}

/// Bytes a second that a part may cost, on the average.
fn rate(part: Topic) -> i64 {
    match part {
        Topic::Agents | Topic::Tasks => 400_000,
        Topic::Frameworks | Topic::Executors => 100_000,
        _ => 25_000,
    }
}

/// How often a part is read whose answers are so long.
fn period(part: Topic, bytes: u64) -> Nanoseconds {
    base(part).max(at_rate(rate(part), bytes))
}

/// The least time between two reads of it.
fn min_interval(part: Topic, bytes: u64) -> Nanoseconds {
    Nanoseconds::from_secs(1).max(at_rate(rate(part) * HINT_SPEEDUP, bytes))
}

fn at_rate(rate: i64, bytes: u64) -> Nanoseconds {
    Nanoseconds::from_millis(i64::try_from(bytes).unwrap_or(i64::MAX).saturating_mul(1000) / rate.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::unknown::ReadFailure;
    use crate::mesos::wire::fault::AnswerFault;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + Nanoseconds::from_secs(seconds)
    }

    fn shown(topics: &[Topic]) -> BTreeSet<Topic> {
        topics.iter().copied().collect()
    }

    fn live() -> Poller {
        let mut plan = Poller::new(7);
        plan.begin(100);
        for due in plan.due(&shown(&[]), at(0)) {
            plan.answered(due.id, 100, at(0));
        }
        plan.arrived(at(0));
        plan
    }

    fn topics(due: &[DueRead]) -> Vec<Topic> {
        due.iter().map(|due| due.part).collect()
    }

    #[test]
    fn only_what_is_shown_is_read() {
        let mut plan = live();
        assert_eq!(topics(&plan.due(&shown(&[]), at(100))), []);
        assert_eq!(topics(&plan.due(&shown(&[Topic::Quota]), at(100))), [Topic::Quota]);
        assert_eq!(topics(&plan.due(&shown(&[Topic::Quota]), at(101))), [], "it is under way");
        assert_eq!(topics(&plan.due(&shown(&[Topic::Agents]), at(101))), [Topic::Agents]);
    }

    #[test]
    fn beside_a_large_snapshot_tables_are_read_at_once() {
        let mut plan = Poller::new(7);
        plan.begin(LARGE);
        let all = shown(&Topic::ALL);
        assert_eq!(topics(&plan.due(&all, at(0))), [Topic::Master, Topic::Flags, Topic::Agents, Topic::Frameworks]);
        plan.begin(LARGE - 1);
        assert_eq!(topics(&plan.due(&all, at(0))), [Topic::Master, Topic::Flags]);
    }

    #[test]
    fn agents_are_asked_for_at_the_same_time_as_the_first_stream() {
        let all = shown(&Topic::ALL);
        for (size, kept) in [(LARGE, true), (LARGE - 1, false)] {
            let mut plan = Poller::new(7);
            assert_eq!(topics(&plan.due(&all, at(0))), [], "there is no stream");
            plan.connecting();
            assert_eq!(topics(&plan.due(&shown(&[Topic::Quota]), at(0))), [], "they are not shown");
            let due = plan.due(&all, at(0));
            let [DueRead { id, part: Topic::Agents }] = due.as_slice() else { panic!("{due:?}") };
            plan.begin(size);
            assert_eq!(plan.asked(*id).is_some(), kept, "a small snapshot is there before them");
            assert!(!topics(&plan.due(&all, at(1))).contains(&Topic::Agents));
        }
        // An answer that came before the stream need not be asked for again; what was refused is.
        for (answered, again) in [(true, false), (false, true)] {
            let mut plan = Poller::new(7);
            plan.connecting();
            let id = plan.due(&all, at(0)).first().expect("it is due").id;
            if answered {
                plan.answered(id, 100, at(1));
            } else {
                plan.abandon(id);
            }
            assert_eq!(topics(&plan.due(&all, at(1))), [], "not twice before there is a stream");
            plan.begin(LARGE);
            assert_eq!(topics(&plan.due(&all, at(1))).contains(&Topic::Agents), again);
        }
    }

    #[test]
    fn a_large_answer_makes_the_next_read_later() {
        let mut plan = live();
        let agents = shown(&[Topic::Agents]);
        let due = plan.due(&agents, at(10));
        plan.answered(due.first().expect("it is due").id, 80_000_000, at(10));
        assert_eq!(plan.due(&agents, at(209)), []);
        // Stirred, it may come four times as soon, and no sooner.
        plan.hint(&[Topic::Agents], at(20));
        assert_eq!(plan.due(&agents, at(59)), []);
        assert_eq!(topics(&plan.due(&agents, at(61))), [Topic::Agents]);
    }

    #[test]
    fn a_failure_is_kept_apart_and_tried_less_and_less() {
        let mut plan = live();
        let both = shown(&[Topic::Quota, Topic::Weights]);
        let (mut now, mut tries) = (at(30), 0);
        while now < at(630) {
            for due in plan.due(&both, now) {
                if due.part == Topic::Quota {
                    tries += 1;
                    plan.failed(due.id, Unknown::Refused("no".into()), now);
                } else {
                    plan.answered(due.id, 10, now);
                }
            }
            now = now + Nanoseconds::from_secs(1);
        }
        assert!((4..=8).contains(&tries), "{tries}");
        let quota = plan.status().into_iter().find(|status| status.part == Topic::Quota).expect("it is known");
        assert_eq!((quota.reported, quota.failing), (None, Some((at(30), Unknown::Refused("no".to_owned())))));
        let weights = plan.status().into_iter().find(|status| status.part == Topic::Weights).expect("it is known");
        assert!(weights.failing.is_none() && weights.reported.is_some_and(|reported| reported > at(570)));
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_no_answer_and_is_tried_less_and_less() {
        let mut plan = live();
        let operations = shown(&[Topic::Operations]);
        let why = Unknown::Failed(ReadFailure::Answer(AnswerFault::Empty));
        let tries = (30..630).filter(|second| {
            let due = plan.due(&operations, at(*second));
            due.iter().for_each(|due| plan.misread(due.id, 10, why.clone(), at(*second)));
            !due.is_empty()
        });
        assert!((4..=8).contains(&tries.count()));
        let status = plan.status().into_iter().find(|status| status.part == Topic::Operations).expect("it is known");
        assert_eq!((status.reported, status.failing), (None, Some((at(30), why))));
    }

    #[test]
    fn what_a_page_is_about_is_read_sooner_but_for_its_rate() {
        let mut plan = live();
        let schedule = shown(&[Topic::Schedule]);
        let due = plan.due(&schedule, at(10));
        plan.answered(due.first().expect("it is due").id, 1000, at(10));
        assert_eq!(plan.due(&schedule, at(16)), [], "nobody has its page open");
        plan.watch_closely(BTreeSet::from([Topic::Schedule]));
        assert_eq!(plan.due(&schedule, at(14)), []);
        let due = plan.due(&schedule, at(15));
        assert_eq!(topics(&due), [Topic::Schedule]);
        plan.answered(due.first().expect("it is due").id, 500_000, at(15));
        assert_eq!(plan.due(&schedule, at(34)), [], "20 s at 25 KB/s");
        assert_eq!(topics(&plan.due(&schedule, at(35))), [Topic::Schedule]);
    }

    #[test]
    fn what_happens_during_a_read_makes_it_come_again() {
        let mut plan = live();
        let agents = shown(&[Topic::Agents]);
        let due = plan.due(&agents, at(10));
        plan.hint(&[Topic::Agents], at(11));
        plan.answered(due.first().expect("it is due").id, 10, at(11));
        assert_eq!(topics(&plan.due(&agents, at(12))), [Topic::Agents]);
    }

    #[test]
    fn an_answer_that_never_comes_is_late() {
        let mut plan = live();
        let quota = shown(&[Topic::Quota]);
        let due = plan.due(&quota, at(1));
        assert_eq!(plan.wake_at(&quota), Some(at(121)));
        assert_eq!((plan.late(at(120)), plan.late(at(121))), (vec![], vec![due.first().expect("it was sent").id]));
        assert_eq!(plan.due(&quota, at(121)), [], "it is waited for");
    }

    #[test]
    fn what_is_forced_is_read_though_nobody_shows_it() {
        let mut plan = live();
        plan.force(&[Topic::Weights, Topic::Flags], at(5));
        assert_eq!(topics(&plan.due(&shown(&[]), at(5))), [Topic::Flags, Topic::Weights]);
        assert_eq!(plan.due(&shown(&[]), at(6)), []);
    }

    #[test]
    fn flags_that_could_not_be_read_are_asked_for_again() {
        let mut plan = Poller::new(7);
        plan.begin(100);
        for due in plan.due(&shown(&[]), at(0)) {
            plan.failed(due.id, Unknown::Failed(ReadFailure::BrokenOff), at(1));
        }
        plan.arrived(at(1));
        assert_eq!(plan.due(&shown(&[]), at(5)), []);
        assert_eq!(topics(&plan.due(&shown(&[]), at(6))), [Topic::Master, Topic::Flags]);
    }
}
