//! Conversion between moments and the time that a clock on a wall shows. Knows no zone: the caller passes how far the
//! clock is from UTC at each moment.

use super::civil;
use super::units::Timestamp;

/// Seconds of a day.
pub const DAY: i64 = 86_400;
const SECOND: i64 = 1_000_000_000;

/// Time on a wall clock, in seconds since the midnight that began 1970 there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(pub i64);

impl WallTime {
    /// Time that a clock shows at a moment; `east` is in seconds east of UTC.
    pub fn at(moment: Timestamp, east: i64) -> Self {
        Self(moment.0.div_euclid(SECOND).saturating_add(east))
    }

    /// The time `seconds` after midnight of a day; `None` if the month has no such day.
    pub fn on((year, month, day): (i64, i64, i64), seconds: i64) -> Option<Self> {
        let is_date = (1..=civil::month_length(year, month)).contains(&day);
        is_date.then(|| Self(civil::days(year, month, day) * DAY + seconds))
    }

    /// Year, month and day.
    pub fn date(self) -> (i64, i64, i64) {
        civil::date(self.0.div_euclid(DAY))
    }

    /// Seconds since midnight.
    pub fn of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    /// The moment at which the clock shows this time, by `east`, the seconds east of UTC at a moment. The first of two
    /// where the clock is put back; `None` for a time that the clock skips, or one beyond the range of timestamps.
    pub fn moment(self, east: impl Fn(Timestamp) -> i64) -> Option<Timestamp> {
        let stamp = |utc: i64| utc.checked_mul(SECOND).map(Timestamp);
        // No zone changes its offset twice within two days.
        let offsets = [self.0.checked_sub(DAY)?, self.0.checked_add(DAY)?].map(|near| stamp(near).map(&east));
        let shows = |moment: &Timestamp| Self::at(*moment, east(*moment)) == self;
        offsets.into_iter().flatten().filter_map(|east| stamp(self.0.checked_sub(east)?)).filter(shows).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;
    /// 2026-03-08 07:00 UTC and 2026-11-01 06:00 UTC: New York's clocks change.
    const CHANGES: (i64, i64) = (1_772_953_200, 1_793_512_800);

    fn new_york(at: Timestamp) -> i64 {
        let utc = at.0.div_euclid(SECOND);
        if (CHANGES.0..CHANGES.1).contains(&utc) { -4 * HOUR } else { -5 * HOUR }
    }

    fn wall(month: i64, day: i64, hour: i64, minute: i64) -> WallTime {
        WallTime::on((2026, month, day), hour * HOUR + minute * 60).expect("it is a date")
    }

    #[test]
    fn a_time_is_the_moment_at_which_the_clock_shows_it() {
        for (time, utc) in [
            (wall(11, 29, 18, 19), WallTime::on((2026, 11, 29), 23 * HOUR + 19 * 60)),
            (wall(7, 1, 0, 0), WallTime::on((2026, 7, 1), 4 * HOUR)),
            (wall(3, 8, 1, 59), WallTime::on((2026, 3, 8), 6 * HOUR + 59 * 60)),
            (wall(3, 8, 3, 0), WallTime::on((2026, 3, 8), 7 * HOUR)),
        ] {
            let moment = time.moment(new_york).expect("the clock shows it");
            assert_eq!(Some(WallTime::at(moment, 0)), utc, "{time:?}");
            assert_eq!(WallTime::at(moment, new_york(moment)), time);
        }
    }

    #[test]
    fn a_skipped_time_is_no_moment_and_one_that_comes_twice_is_the_first() {
        assert_eq!(wall(3, 8, 2, 30).moment(new_york), None);
        let first = wall(11, 1, 1, 30).moment(new_york).expect("the clock shows it twice");
        assert_eq!(first, Timestamp((CHANGES.1 - 1800) * SECOND));
    }

    #[test]
    fn what_timestamps_cannot_hold_is_no_moment() {
        assert_eq!(WallTime::on((3000, 1, 1), 0).expect("it is a date").moment(|_| 0), None);
        assert_eq!(WallTime::on((2026, 2, 29), 0), None);
        assert_eq!(WallTime(i64::MAX).moment(|_| 0), None);
    }
}
