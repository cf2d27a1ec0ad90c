//! Numbers of failed tasks by minute, over the last hour that had failures. Knows none of the tasks.

use std::collections::BTreeMap;

use crate::base::units::{Nanoseconds, Timestamp};

/// Number of minutes whose failures are counted.
const MINUTES: usize = 60;
const MINUTE: Nanoseconds = Nanoseconds::from_secs(60);
/// How long a failure is counted.
pub(super) const FAILURES_KEPT: Nanoseconds = Nanoseconds(MINUTE.0 * MINUTES as i64);

/// Counts of failures by the minute since the epoch.
#[derive(Debug, Default)]
pub(super) struct FailureCounts(BTreeMap<i64, u32>);

impl FailureCounts {
    /// Counts a task that failed at this time, by the cluster's clock.
    pub(super) fn add(&mut self, at: Timestamp) {
        *self.0.entry(minute(at)).or_default() += 1;
        while self.0.len() > MINUTES {
            self.0.pop_first();
        }
    }

    /// Numbers of failures by minute, the oldest first; the last minute is the one that `now` is in.
    pub(super) fn by_minute(&self, now: Timestamp) -> Vec<u32> {
        let ago = (0_i64..).take(MINUTES);
        let mut counts: Vec<u32> =
            ago.map(|ago| self.0.get(&(minute(now) - ago)).copied().unwrap_or_default()).collect();
        counts.reverse();
        counts
    }
}

fn minute(at: Timestamp) -> i64 {
    at.0.div_euclid(MINUTE.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_by_minute() {
        let mut counts = FailureCounts::default();
        let at = |seconds: i64| Timestamp(seconds * 1_000_000_000);
        for seconds in [0, 59, 60, 3599, 3600, 3601] {
            counts.add(at(seconds));
        }
        let minutes = counts.by_minute(at(3599));
        assert_eq!(
            (minutes.len(), minutes.first(), minutes.get(1), minutes.last()),
            (60, Some(&2), Some(&1), Some(&1))
        );
        let minutes = counts.by_minute(at(3630));
        assert_eq!((minutes.first(), minutes.last()), (Some(&1), Some(&2)));
        assert_eq!(counts.by_minute(at(100_000)).iter().sum::<u32>(), 0);
        (0..100_000).for_each(|nth| counts.add(at(nth * 60)));
        assert_eq!(counts.0.len(), MINUTES);
    }
}
