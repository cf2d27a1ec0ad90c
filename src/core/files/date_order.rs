//! Dates of numbers alone: `26/11/22`, `22.11.2026`, `11/22/2026`. Which number is the day is decided by the file as a whole.

use crate::base::units::{Nanoseconds, Timestamp};
use crate::files::stamp::{ParsedStamp, Stamp};
use crate::files::zone::TimeDefaults;
use crate::files::zone::{Date, DateOrder};

/// A log says nothing of times farther ahead than this.
const AHEAD: Nanoseconds = Nanoseconds::from_secs(86_400);
/// Lines of each piece of a file that are looked at.
const LINES: usize = 200;

/// What the lines of a file say about the order of its dates.
#[derive(Clone, Debug, Default)]
pub(super) struct DateEvidence {
    /// By order: no line speaks against it; how often time went back; the latest.
    orders: [OrderEvidence; 3],
    /// Some line has an ambiguous date.
    is_needed: bool,
    /// Some line has a time.
    has_times: bool,
    /// The first of those dates.
    example: Option<String>,
    /// What the reader chose where the lines do not tell.
    chosen: Option<DateOrder>,
    /// Names of zones that are not read.
    zones: Vec<String>,
}

/// Assumed order of ambiguous dates, where no line decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// One of the ambiguous dates, as the file has it.
    pub text: String,
    /// The date that the text means in the assumed order.
    pub is_read_as: Date,
    /// Other readings of the date.
    pub others: Vec<(DateOrder, Date)>,
}

/// Names of zones that are reported at most.
const ZONES: usize = 5;

#[derive(Clone, Copy, Debug)]
struct OrderEvidence {
    refuted: u32,
    back: u32,
    latest: Timestamp,
    /// All that was read, as a number: the same where orders agree.
    all: i64,
}

impl Default for OrderEvidence {
    fn default() -> Self {
        Self { refuted: 0, back: 0, latest: Timestamp(i64::MIN), all: 0 }
    }
}

impl DateEvidence {
    /// Takes note of successive lines.
    pub(super) fn see<'a>(&mut self, lines: impl Iterator<Item = std::borrow::Cow<'a, str>>, clock: TimeDefaults) {
        let mut last = [None; 3];
        for line in lines.take(LINES) {
            let read = DateOrder::ALL.map(|order| Stamp::read(&line, TimeDefaults { order, ..clock }));
            self.has_times |= read.iter().any(Option::is_some);
            self.see_zone(&line, read[0]);
            let Some(ambiguous) = read.iter().flatten().find(|reading| reading.is_ambiguous) else { continue };
            self.is_needed = true;
            self.example.get_or_insert_with(|| date_at(&line, ambiguous.stamp.from));
            for ((evidence, last), read) in self.orders.iter_mut().zip(&mut last).zip(read) {
                let at = read.map(|reading| reading.stamp.at).filter(|at| *at < clock.now + AHEAD);
                evidence.refuted += u32::from(at.is_none());
                let Some(at) = at else { continue };
                evidence.back += u32::from(last.is_some_and(|last| at < last));
                evidence.latest = evidence.latest.max(at);
                evidence.all = evidence.all.wrapping_mul(31).wrapping_add(at.0);
                *last = Some(at);
            }
        }
    }

    /// Some line that was seen has a time.
    pub(super) fn has_times(&self) -> bool {
        self.has_times
    }

    fn see_zone(&mut self, line: &str, reading: Option<ParsedStamp>) {
        if let Some(name) = reading.and_then(|reading| reading.unread_zone).and_then(|(from, to)| line.get(from..to))
            && self.zones.len() < ZONES
            && !self.zones.iter().any(|zone| zone == name)
        {
            self.zones.push(name.to_owned());
        }
    }

    /// Names of zones that are not read, of lines that were seen.
    pub(super) fn unread_zones(&self) -> &[String] {
        &self.zones
    }

    /// Reads dates so where the lines do not tell.
    pub(super) fn choose(&mut self, order: Option<DateOrder>) {
        self.chosen = order;
    }

    /// Begins again, with another file.
    pub(super) fn forget(&mut self) {
        *self = Self { chosen: self.chosen, ..Self::default() };
    }

    /// The order that most lines allow; of several the one in which time goes back least, then the one that was chosen, then the one
    /// of the latest time.
    pub(super) fn order(&self) -> DateOrder {
        if !self.is_needed {
            return DateOrder::default();
        }
        let rank = |(order, evidence): &(DateOrder, &OrderEvidence)| {
            (evidence.refuted, evidence.back, self.chosen != Some(*order), std::cmp::Reverse(evidence.latest))
        };
        let best = DateOrder::ALL.into_iter().zip(&self.orders).min_by_key(rank);
        best.map_or(DateOrder::default(), |(order, _)| order)
    }

    /// What is assumed of the order, if the lines do not tell.
    pub(super) fn assumption(&self) -> Option<Assumption> {
        let (order, text) = (self.order(), self.example.clone()?);
        let all = || DateOrder::ALL.into_iter().zip(&self.orders);
        let (_, best) = all().find(|(other, _)| *other == order)?;
        let is_like = |other: &OrderEvidence| (other.refuted, other.back) == (best.refuted, best.back);
        let others = all().filter(|(_, other)| is_like(other) && other.all != best.all);
        let mut others: Vec<(DateOrder, Date)> =
            others.filter_map(|(other, _)| Some((other, other.date(&text)?))).collect();
        // Where a year has four digits, two of the orders are one.
        others.dedup_by(|later, earlier| {
            let is_same = later.1 == earlier.1;
            earlier.0 = if is_same { later.0 } else { earlier.0 };
            is_same
        });
        (!others.is_empty()).then_some(Assumption { is_read_as: order.date(&text)?, text, others })
    }
}

/// The numbers of a date that begins there, with the signs between them.
fn date_at(line: &str, from: usize) -> String {
    let rest = line.get(from..).unwrap_or_default();
    rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '/' | '.' | '-')).take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T00:08:20Z.
    const NOW: Timestamp = Timestamp(1_795_306_100_000_000_000);

    fn check(lines: &[&str], order: DateOrder) {
        let mut evidence = DateEvidence::default();
        evidence.see(lines.iter().map(|line| (*line).into()), NOW.into());
        assert!(evidence.has_times(), "{lines:?}");
        let read = |order| {
            let clock = TimeDefaults { order, ..NOW.into() };
            lines.iter().map(|line| Stamp::parse(line, clock).map(|stamp| stamp.at)).collect::<Vec<_>>()
        };
        assert_eq!(read(evidence.order()), read(order), "{lines:?}");
        assert!(read(order).iter().all(Option::is_some), "{lines:?}");
    }

    #[test]
    fn the_file_decides_which_number_is_the_day() {
        check(&["26/11/05 10:00:00 a", "26/11/06 10:00:00 b"], DateOrder::YearFirst);
        check(&["05/06/2026 10:00:00 a", "13/06/2026 10:00:00 b"], DateOrder::DayFirst);
        check(&["06/05/2026 10:00:00 a", "06/13/2026 10:00:00 b"], DateOrder::MonthFirst);
        check(&["31.01.2026 23:59:59 a", "01.02.2026 00:00:01 b"], DateOrder::DayFirst);
        // Only one reading never goes back in time.
        check(
            &["01/09/2026 10:00:00", "01/10/2026 10:00:00", "02/10/2026 10:00:00", "01/11/2026 10:00:00"],
            DateOrder::DayFirst,
        );
        check(
            &["09/01/2026 10:00:00", "10/01/2026 10:00:00", "10/02/2026 10:00:00", "11/01/2026 10:00:00"],
            DateOrder::MonthFirst,
        );
        // A log does not speak of the future: it is not the 10th of December.
        check(&["12/10/2026 10:00:00 a"], DateOrder::DayFirst);
    }

    fn assumed(lines: &[&str], chosen: Option<DateOrder>) -> Option<Assumption> {
        let mut evidence = DateEvidence::default();
        evidence.choose(chosen);
        evidence.see(lines.iter().map(|line| (*line).into()), NOW.into());
        evidence.assumption()
    }

    #[test]
    fn what_is_assumed_is_said_and_may_be_chosen() {
        let lines = ["05/04/2026 10:00:00 a", "05/04/2026 10:00:01 b"];
        let (may, april) = (Date { year: 2026, month: 5, day: 4 }, Date { year: 2026, month: 4, day: 5 });
        let text = "05/04/2026".to_owned();
        let by_default = Assumption { text: text.clone(), is_read_as: may, others: vec![(DateOrder::DayFirst, april)] };
        assert_eq!(assumed(&lines, None), Some(by_default));
        let chosen = Assumption { text, is_read_as: april, others: vec![(DateOrder::MonthFirst, may)] };
        assert_eq!(assumed(&lines, Some(DateOrder::DayFirst)), Some(chosen));
        let short = assumed(&["05/04/06 10:00:00 a"], None).unwrap();
        assert_eq!((short.is_read_as, short.others.len()), (Date { year: 2006, month: 5, day: 4 }, 2));
        // Where the lines tell, nothing is assumed, and nothing can be chosen.
        for lines in
            [["05/04/2026 10:00:00 a", "13/04/2026 10:00:00 b"], ["05/05/2026 10:00:00", "05/05/2026 10:00:01"]]
        {
            assert_eq!(assumed(&lines, None), None);
            assert_eq!(assumed(&lines, Some(DateOrder::MonthFirst)), None);
        }
    }

    #[test]
    fn lines_without_times_decide_nothing() {
        let mut evidence = DateEvidence::default();
        evidence.see(["at foo", "", "1/2/3"].into_iter().map(Into::into), NOW.into());
        assert_eq!((evidence.order(), evidence.has_times()), (DateOrder::YearFirst, false));
    }
}
