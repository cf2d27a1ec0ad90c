//! Ticks of a time axis, at whole minutes, hours, days, months or years of a zone. Draws nothing.

use super::time_span::TimeSpan;
use crate::base::civil;
use crate::base::units::Timestamp;
use crate::base::wall_clock::{DAY, WallTime};

/// Steps shorter than a month, in seconds; each divides a day, or is whole days.
const STEPS: [i64; 11] = [60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
/// Steps in months.
const MONTHS: [i64; 5] = [1, 3, 6, 12, 24];
/// Days of the shortest month.
const SHORTEST_MONTH: i64 = 28;

/// A tick of the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its moment.
    pub at: Timestamp,
    /// Whether it is one of every second ticks, which a narrow axis labels alone; midnights are.
    pub is_main: bool,
}

/// Ticks within the span, at most `most`; `east` is the zone's offset in seconds east of UTC at a moment.
pub fn ticks(span: TimeSpan, most: usize, east: impl Fn(Timestamp) -> i64) -> Vec<Tick> {
    let (from, to) = (Timestamp(span.from), Timestamp(span.to));
    let walls = (WallTime::at(from, east(from)), WallTime::at(to, east(to)));
    let most = i64::try_from(most).unwrap_or(i64::MAX).max(1);
    let length = (walls.1.0 - walls.0.0).max(1);
    let fits = |step: i64| length / step < most;
    let times = match STEPS.into_iter().find(|step| fits(*step)) {
        Some(step) => by_seconds(walls, step),
        None => by_months(walls, MONTHS.into_iter().find(|step| fits(step * SHORTEST_MONTH * DAY)).unwrap_or(120)),
    };
    let tick = |(wall, is_main): (WallTime, bool)| Some(Tick { at: wall.moment(&east)?, is_main });
    times.into_iter().filter_map(tick).filter(|tick| from < tick.at && tick.at < to).collect()
}

/// Multiples of a step since midnight or, for days, since a Monday.
fn by_seconds((from, to): (WallTime, WallTime), step: i64) -> Vec<(WallTime, bool)> {
    // 1970 began with a Thursday.
    let monday = 4 * DAY;
    let first = (from.0 - monday).div_euclid(step);
    let last = (to.0 - monday).div_euclid(step);
    (first..=last + 1).map(|nth| (WallTime(nth * step + monday), nth.rem_euclid(2) == 0)).collect()
}

fn by_months((from, to): (WallTime, WallTime), step: i64) -> Vec<(WallTime, bool)> {
    let month = |wall: WallTime| {
        let (year, month, _) = wall.date();
        (year * 12 + month - 1).div_euclid(step)
    };
    let of = |nth: i64| (nth * step).div_euclid(12);
    let wall = |nth: i64| WallTime(civil::days(of(nth), (nth * step).rem_euclid(12) + 1, 1) * DAY);
    (month(from)..=month(to) + 1).map(|nth| (wall(nth), nth.rem_euclid(2) == 0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const HOUR: i64 = 3600;
    /// 2026-11-29 18:19 UTC.
    const NOW: i64 = 1_795_976_340;

    fn local(from: i64, hours: i64, most: usize, east: i64) -> Vec<(i64, i64, bool)> {
        let span = TimeSpan { from: from * SECOND, to: (from + hours * HOUR) * SECOND };
        let at = |tick: &Tick| {
            let wall = WallTime::at(tick.at, east);
            (wall.date().2, wall.of_day() / 60, tick.is_main)
        };
        ticks(span, most, |_| east).iter().map(at).collect()
    }

    #[test]
    fn two_days_have_a_tick_every_six_hours() {
        let times = local(NOW, 48, 10, 0);
        let expected =
            [(30, 0, true), (30, 360, false), (30, 720, true), (30, 1080, false), (1, 0, true), (1, 360, false)];
        assert_eq!(times.get(..6), Some(expected.as_slice()));
        assert_eq!(times.len(), 8);
        // In a zone of half an hour the ticks are still whole hours of its clock.
        assert!(local(NOW, 48, 10, 5 * HOUR + 1800).iter().all(|(_, minute, _)| minute % 360 == 0));
    }

    #[test]
    fn each_length_has_ticks_of_its_own_and_not_too_many() {
        for hours in [1, 2, 5, 12, 24, 48, 100, 400, 1000, 5000, 20_000, 87_600] {
            let count = local(NOW, hours, 10, -5 * HOUR).len();
            assert!((2..=11).contains(&count), "{hours} h: {count}");
        }
        assert!(local(NOW, 1000, 10, 0).iter().all(|(_, minute, _)| *minute == 0), "days begin at midnight");
        assert!(local(NOW, 5000, 10, 0).iter().all(|(day, minute, _)| (*day, *minute) == (1, 0)), "months");
    }

    #[test]
    fn ticks_keep_to_the_clock_where_it_changes() {
        // New York's clocks are put back on 2026-11-01 06:00 UTC.
        let change = 1_793_512_800;
        let east = |at: Timestamp| if at.0 < change * SECOND { -4 * HOUR } else { -5 * HOUR };
        let span = TimeSpan { from: (change - 24 * HOUR) * SECOND, to: (change + 24 * HOUR) * SECOND };
        let hours: Vec<i64> =
            ticks(span, 10, east).iter().map(|tick| WallTime::at(tick.at, east(tick.at)).of_day() / HOUR).collect();
        assert_eq!(hours, [6, 12, 18, 0, 6, 12, 18, 0]);
    }
}
