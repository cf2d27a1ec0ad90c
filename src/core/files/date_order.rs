//! Dates of numbers alone: `26/11/22`, `22.11.2026`, `11/22/2026`. Which number is the day is decided by the file as a whole.

use crate::base::units::{Nanoseconds, Timestamp};
use crate::files::stamp::Stamp;
use crate::files::zone::Clock;
use crate::files::zone::DateOrder;

/// A log says nothing of times farther ahead than this.
const AHEAD: Nanoseconds = Nanoseconds::from_secs(86_400);
/// Lines of each piece of a file that are looked at.
const LINES: usize = 200;

/// What the lines of a file say about the order of its dates.
#[derive(Clone, Debug, Default)]
pub(super) struct DateEvidence {
    /// By order: no line speaks against it; how often time went back; the latest.
    orders: [Evidence; 3],
    /// Some line has an ambiguous date.
    is_needed: bool,
    /// Some line has a time.
    has_times: bool,
}

#[derive(Clone, Copy, Debug)]
struct Evidence {
    refuted: u32,
    back: u32,
    latest: Timestamp,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { refuted: 0, back: 0, latest: Timestamp(i64::MIN) }
    }
}

impl DateEvidence {
    /// Takes note of successive lines.
    pub(super) fn see<'a>(&mut self, lines: impl Iterator<Item = std::borrow::Cow<'a, str>>, clock: Clock) {
        let mut last = [None; 3];
        for line in lines.take(LINES) {
            let read = DateOrder::ALL.map(|order| Stamp::read(&line, Clock { order, ..clock }));
            self.has_times |= read.iter().any(Option::is_some);
            if !read.iter().flatten().any(|(_, is_ambiguous)| *is_ambiguous) {
                continue;
            }
            self.is_needed = true;
            for ((evidence, last), read) in self.orders.iter_mut().zip(&mut last).zip(read) {
                let at = read.map(|(stamp, _)| stamp.at).filter(|at| *at < clock.now + AHEAD);
                evidence.refuted += u32::from(at.is_none());
                let Some(at) = at else { continue };
                evidence.back += u32::from(last.is_some_and(|last| at < last));
                evidence.latest = evidence.latest.max(at);
                *last = Some(at);
            }
        }
    }

    /// Some line that was seen has a time.
    pub(super) fn has_times(&self) -> bool {
        self.has_times
    }

    /// The order that most lines allow; of several the one in which time goes back least, then the one of the latest time.
    pub(super) fn order(&self) -> DateOrder {
        if !self.is_needed {
            return DateOrder::default();
        }
        let best = DateOrder::ALL
            .into_iter()
            .zip(&self.orders)
            .min_by_key(|(_, evidence)| (evidence.refuted, evidence.back, std::cmp::Reverse(evidence.latest)));
        best.map_or(DateOrder::default(), |(order, _)| order)
    }
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
            let clock = Clock { order, ..NOW.into() };
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

    #[test]
    fn lines_without_times_decide_nothing() {
        let mut evidence = DateEvidence::default();
        evidence.see(["at foo", "", "1/2/3"].into_iter().map(Into::into), NOW.into());
        assert_eq!((evidence.order(), evidence.has_times()), (DateOrder::YearFirst, false));
    }
}
