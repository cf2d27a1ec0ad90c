//! How far the cluster's clock is from this machine's, measured by what comes from the cluster, and what its clock says now.
//! Reads no clock: what this machine's says is an argument.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::base::civil;
use crate::base::units::{Nanoseconds, Timestamp};

/// A `Date` header tells whole seconds, rounded down.
const RESOLUTION: i64 = 1_000_000_000;
/// What is less than this is the line's own delay.
const NOISE: i64 = 2_000_000_000;
/// A difference that is worth a word.
const NOTABLE: i64 = 5_000_000_000;
/// How far two measurements of the same clock may be apart.
const SAME: i64 = 5_000_000_000;
/// Nobody wakes so late: the machine slept, or its clock was set.
const GAP: Nanoseconds = Nanoseconds::from_secs(60);
/// A time that is further from ours is no clock that is set wrong.
const MOST: i64 = 7 * 86_400_000_000_000;
const READINGS: usize = 16;
const EVENTS: usize = 3;
/// So many dates in a row tell of a clock that was set.
const SET_AFTER: usize = 3;

/// The cluster's clock minus this machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skew(pub Nanoseconds);

impl Skew {
    /// The cluster's time when this machine's clock says `ours`.
    pub fn at(self, ours: Timestamp) -> ClusterTime {
        ClusterTime(ours + self.0)
    }

    /// Skew between this clock and another, both measured from this machine.
    pub const fn from(self, other: Self) -> Self {
        Self(Nanoseconds(self.0.0.saturating_sub(other.0.0)))
    }

    /// Whether it is worth a word.
    pub const fn is_notable(self) -> bool {
        self.0.0.abs() >= NOTABLE
    }
}

/// A moment by the cluster's clock. Comparing it with what the cluster dated compares like with like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterTime(Timestamp);

impl ClusterTime {
    /// The moment, as the cluster dates things.
    pub const fn get(self) -> Timestamp {
        self.0
    }

    /// The time from `earlier` to this; nothing if it is not earlier.
    pub fn since(self, earlier: Timestamp) -> Nanoseconds {
        self.0.since(earlier)
    }
}

/// Recent measurements of the clocks' difference.
#[derive(Debug, Default)]
pub struct SkewEstimator {
    /// By `Date` headers, the newest first.
    dates: VecDeque<SkewBounds>,
    /// By how much the last events were dated later than they came, the newest first: agents date them, and some come late.
    events: VecDeque<i64>,
    /// The cluster's clock is ahead by at least so much: the master dated something so much later than now.
    floor: Option<i64>,
    /// When the last thing happened, by this machine's clock.
    last: Option<Timestamp>,
    skew: Skew,
}

/// The least and the most that the difference may be.
#[derive(Clone, Copy, Debug)]
struct SkewBounds {
    low: i64,
    high: i64,
}

impl SkewBounds {
    fn is_near(self, other: Self) -> bool {
        self.low <= other.high.saturating_add(SAME) && other.low <= self.high.saturating_add(SAME)
    }

    fn middle(self) -> i64 {
        self.low / 2 + self.high / 2
    }

    /// What is left of it above that.
    fn above(self, floor: i64) -> Self {
        Self { low: self.low.max(floor.min(self.high)), ..self }
    }

    /// The difference that it speaks for: none, where no more than noise speaks against that.
    fn likely(self) -> i64 {
        let is_right = self.low < NOISE && self.high > -NOISE;
        if is_right { 0 } else { self.middle() }
    }
}

impl SkewEstimator {
    /// Estimated difference of the clocks.
    pub fn skew(&self) -> Skew {
        self.skew
    }

    /// Notes the current time; true if the clock went back or after a gap, since it may have been changed.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let is_another = self.last.is_some_and(|last| now < last || now.since(last) > GAP);
        if is_another {
            self.start_over();
        }
        self.last = Some(now);
        is_another
    }

    /// Another master may answer from now on, with another clock: what was measured counts until something is measured again.
    pub fn start_over(&mut self) {
        *self = Self { skew: self.skew, last: self.last, ..Self::default() };
    }

    /// An answer with this `Date` header came now; its call was sent then. What is no date says nothing.
    pub fn dated(&mut self, header: &str, sent: Timestamp, now: Timestamp) {
        let Some(date) = parse_date(header) else { return };
        let low = date.0.saturating_sub(now.0);
        let high = date.0.saturating_add(RESOLUTION).saturating_sub(sent.0.min(now.0));
        if low.abs().min(high.abs()) > MOST {
            return;
        }
        self.dates.truncate(READINGS - 1);
        self.dates.push_front(SkewBounds { low, high });
        if self.was_set() {
            self.dates.truncate(SET_AFTER);
            (self.floor, self.events) = (None, VecDeque::new());
        }
        self.estimate();
    }

    /// An event came now that was dated then.
    pub fn event(&mut self, at: Timestamp, now: Timestamp) {
        let ahead = at.0.saturating_sub(now.0);
        if ahead.abs() <= MOST {
            self.events.truncate(EVENTS - 1);
            self.events.push_front(ahead);
            self.estimate();
        }
    }

    /// The master has dated something then, and it has happened by now.
    pub fn stamped(&mut self, at: Timestamp, now: Timestamp) {
        let ahead = at.0.saturating_sub(now.0);
        if (NOISE..=MOST).contains(&ahead) && self.floor.is_none_or(|floor| floor < ahead) {
            self.floor = Some(ahead);
            self.estimate();
        }
    }

    /// Whether the cluster's clock was set: some dates agree with one another, as many before them did, and they do not with
    /// those. What else was measured is of the clock as it was.
    fn was_set(&self) -> bool {
        let dates: Vec<SkewBounds> = self.dates.iter().copied().take(2 * SET_AFTER).collect();
        let [new, old] = [dates.get(..SET_AFTER), dates.get(SET_AFTER..2 * SET_AFTER)];
        let (Some([newest, new @ ..]), Some([oldest, old @ ..])) = (new, old) else { return false };
        let agree = |one: &SkewBounds, others: &[SkewBounds]| others.iter().all(|other| one.is_near(*other));
        agree(newest, new) && agree(oldest, old) && !newest.is_near(*oldest)
    }

    /// Of several that tell different times (a proxy may put its own `Date` in place of the master's), the one that agrees with
    /// what events say; else the two newest, if they agree with one another; else the most. None that the master's own dates
    /// refute.
    fn estimate(&mut self) {
        let floor = self.floor.unwrap_or(i64::MIN);
        let usable: Vec<SkewBounds> =
            self.dates.iter().copied().filter(|reading| reading.high.saturating_add(NOISE) >= floor).collect();
        let agrees =
            |reading: &&SkewBounds| self.events.iter().any(|at| reading.is_near(SkewBounds { low: *at, high: *at }));
        let newest_two = || match usable.as_slice() {
            [first, second, ..] if first.is_near(*second) => Some(first),
            _ => None,
        };
        let near = |reading: &SkewBounds| usable.iter().filter(|other| reading.is_near(**other)).count();
        // Of equally many the newest, which comes first.
        let most = || usable.iter().rev().max_by_key(|reading| near(reading));
        let chosen = usable.iter().find(agrees).or_else(newest_two).or_else(most);
        let apart = match chosen {
            Some(chosen) => narrowed(usable.iter().filter(|other| other.is_near(*chosen))).above(floor).likely(),
            None => Some(self.without_dates()).filter(|apart| apart.abs() >= NOISE).unwrap_or(0),
        };
        // What differs by as little as measurements do is no news.
        let is_news = (apart == 0) != (self.skew.0.0 == 0) || apart.abs_diff(self.skew.0.0) >= NOISE.unsigned_abs();
        if is_news {
            self.skew = Skew(Nanoseconds(apart));
        }
    }

    /// Events come late and never early: of several the one that came soonest tells most.
    fn without_dates(&self) -> i64 {
        let soonest = self.events.iter().copied().max().unwrap_or(0);
        let is_sure = soonest > 0 || self.events.len() == EVENTS;
        if is_sure { soonest.max(self.floor.unwrap_or(soonest)) } else { self.floor.unwrap_or(0) }
    }
}

/// What all of these allow, the first of them in doubt.
fn narrowed<'a>(readings: impl Iterator<Item = &'a SkewBounds>) -> SkewBounds {
    let narrow = |all: Option<SkewBounds>, next: &SkewBounds| match all {
        None => Some(*next),
        Some(all) => {
            let both = SkewBounds { low: all.low.max(next.low), high: all.high.min(next.high) };
            Some(if both.low <= both.high { both } else { all })
        }
    };
    readings.fold(None, narrow).unwrap_or(SkewBounds { low: 0, high: 0 })
}

/// A date as HTTP writes it: `Sun, 29 Nov 2026 01:11:03 GMT` (RFC 9110, 5.6.7). By hand: a crate for dates would weigh more than
/// all else that this does.
fn parse_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let rest = text.trim().strip_suffix(" GMT")?;
    let words: Vec<&str> = rest.split(' ').collect();
    let [_, day, month, year, clock] = *words.as_slice() else { return None };
    let clock: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = *clock.as_slice() else { return None };
    let number = |text: &str, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<i64>().ok() } else { None }
    };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let (day, year) = (number(day, 2)?, number(year, 4)?);
    let (hours, minutes, seconds) = (number(hours, 2)?, number(minutes, 2)?, number(seconds, 2)?);
    let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0..=60).contains(&seconds);
    let month = i64::try_from(month).unwrap_or(0) + 1;
    let is_date = (1..=31).contains(&day) && (1970..2200).contains(&year);
    (is_time && is_date).then(|| {
        let seconds = (civil::days(year, month, day) * 24 + hours) * 3600 + minutes * 60 + seconds;
        Timestamp(0) + Nanoseconds::from_secs(seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 22 Nov 2026 00:10:29 GMT.
    const NOW: Timestamp = Timestamp(1_795_306_229_000_000_000);
    const SECOND: i64 = 1_000_000_000;

    fn after(seconds: i64) -> Timestamp {
        NOW + Nanoseconds::from_secs(seconds)
    }

    /// An answer that took a second came so many seconds from now, from a clock that is so many seconds ahead.
    fn dated(measure: &mut SkewEstimator, at: i64, ahead: i64) {
        let there = after(at + ahead).0 / SECOND;
        let (hours, minutes, seconds) = (there / 3600 % 24, there / 60 % 60, there % 60);
        let day = 22 + (there / 86_400 - NOW.0 / SECOND / 86_400);
        let header = format!("Sun, {day:02} Nov 2026 {hours:02}:{minutes:02}:{seconds:02} GMT");
        measure.tick(after(at));
        measure.dated(&header, after(at - 1), after(at));
    }

    fn seconds(measure: &SkewEstimator) -> i64 {
        (measure.skew().0.0 + SECOND / 2).div_euclid(SECOND)
    }

    #[test]
    fn dates_are_read_as_http_writes_them() {
        assert_eq!(parse_date("Sun, 22 Nov 2026 00:10:29 GMT"), Some(NOW));
        assert_eq!(parse_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(Timestamp(1_709_164_800_000_000_000)));
        for garbage in [
            "",
            "garbage",
            "Sun, 22 Nov 2026",
            "Sun, 22 Nov 2026 25:00:00 GMT",
            "Sun, xx Nov 2026 00:10:29 GMT",
            "Sun, 22 Nox 2026 00:10:29 GMT",
            "Sun, 22 Nov 99999 00:10:29 GMT",
            " GMT",
            "Sun, 2é Nov 2026 00:10:29 GMT",
        ] {
            assert_eq!(parse_date(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn a_clock_that_is_ahead_or_behind_is_measured_and_one_that_is_right_is_not_corrected() {
        for ahead in [900, -900, 0, 1, -1] {
            let mut measure = SkewEstimator::default();
            (0..20).for_each(|n| dated(&mut measure, n * 5, ahead));
            let expected = if ahead.abs() < 2 { 0 } else { ahead };
            assert!((seconds(&measure) - expected).abs() <= 1, "{ahead}: {}", seconds(&measure));
        }
    }

    #[test]
    fn garbage_changes_nothing() {
        let mut measure = SkewEstimator::default();
        dated(&mut measure, 0, 900);
        measure.dated("Thu, 01 Jan 1970 00:00:00 GMT", NOW, NOW);
        measure.dated("tomorrow", NOW, NOW);
        measure.event(Timestamp(i64::MAX), NOW);
        measure.stamped(Timestamp(i64::MIN), NOW);
        assert!((seconds(&measure) - 900).abs() <= 1);
    }

    #[test]
    fn a_proxys_own_date_does_not_hide_the_masters_clock() {
        for ahead in [900, -900] {
            let mut measure = SkewEstimator::default();
            (0..8).for_each(|n| dated(&mut measure, n, 0));
            dated(&mut measure, 8, ahead);
            measure.event(after(9 + ahead), after(9));
            dated(&mut measure, 10, 0);
            dated(&mut measure, 11, 0);
            assert!((seconds(&measure) - ahead).abs() <= 1, "{ahead}: {}", seconds(&measure));
        }
    }

    #[test]
    fn what_the_master_dated_ahead_of_now_refutes_a_date() {
        let mut measure = SkewEstimator::default();
        dated(&mut measure, 0, 0);
        measure.stamped(after(780), NOW);
        assert_eq!(seconds(&measure), 780, "at least so much");
        dated(&mut measure, 1, 900);
        assert!((seconds(&measure) - 900).abs() <= 1);
    }

    #[test]
    fn one_event_that_comes_late_is_no_clock() {
        let mut measure = SkewEstimator::default();
        dated(&mut measure, 0, 0);
        measure.event(after(-900), NOW);
        assert_eq!(seconds(&measure), 0);
        let mut measure = SkewEstimator::default();
        measure.event(after(-900), NOW);
        assert_eq!(seconds(&measure), 0);
        measure.event(after(-899), after(1));
        measure.event(after(-600), after(2));
        assert_eq!(seconds(&measure), -602, "the one that came soonest");
    }

    #[test]
    fn when_the_clusters_clock_is_set_it_is_measured_replaced() {
        for (before, then) in [(900, 0), (900, -900), (0, 900), (-900, 900)] {
            let mut measure = SkewEstimator::default();
            for n in 0..10 {
                dated(&mut measure, n, before);
                measure.event(after(n + before), after(n));
                measure.stamped(after(n + before), after(n));
            }
            assert!((seconds(&measure) - before).abs() <= 1, "{before}");
            (10..13).for_each(|n| dated(&mut measure, n, then));
            assert!((seconds(&measure) - then).abs() <= 1, "{before}, then {then}: {}", seconds(&measure));
        }
    }

    #[test]
    fn another_masters_first_date_counts() {
        for (before, then) in [(900, 0), (900, -900), (-900, 900)] {
            let mut measure = SkewEstimator::default();
            (0..16).for_each(|n| dated(&mut measure, n, before));
            measure.event(after(15 + before), after(15));
            measure.stamped(after(15 + before), after(15));
            measure.start_over();
            assert!((seconds(&measure) - before).abs() <= 1, "nothing is known of another yet");
            dated(&mut measure, 16, then);
            assert!((seconds(&measure) - then).abs() <= 1, "{before}, then {then}: {}", seconds(&measure));
        }
    }

    #[test]
    fn when_this_machines_clock_is_set_it_is_measured_replaced() {
        let mut measure = SkewEstimator::default();
        (0..16).for_each(|n| dated(&mut measure, n, 900));
        measure.stamped(after(800), after(15));
        // It was 15 minutes behind, and is right from now on.
        measure.tick(after(1000));
        dated(&mut measure, 1001, 0);
        assert_eq!(seconds(&measure), 0);
        measure.tick(NOW);
        dated(&mut measure, 1, 900);
        assert!((seconds(&measure) - 900).abs() <= 1, "back again");
    }
}
