//! Absolute times as text, always with the name of their zone. Knows no zone: the caller passes the offset and the name.

use crate::base::units::Timestamp;
use crate::base::wall_clock::WallTime;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZonedTime {
    at: Timestamp,
    wall: WallTime,
    zone: String,
}

impl ZonedTime {
    /// A moment in a zone that is `east` seconds east of UTC then, and has this name, as `EST`.
    pub fn new(at: Timestamp, east: i64, zone: String) -> Self {
        Self { at, wall: WallTime::at(at, east), zone }
    }

    /// Name of the zone: `EST`.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Date and time to the second: `2026-11-29 18:19:04 EST`.
    pub fn second(&self) -> String {
        format!("{} {} {}", self.date(), self.clock(), self.zone)
    }

    /// Date and time to the millisecond: `2026-11-29 18:19:04.123 EST`.
    pub fn millisecond(&self) -> String {
        let millis = self.at.0.rem_euclid(1_000_000_000) / 1_000_000;
        format!("{} {}.{millis:03} {}", self.date(), self.clock(), self.zone)
    }

    /// Date and time to the minute: `2026-11-29 18:19 EST`.
    pub fn minute(&self) -> String {
        format!("{} {}", self.field(), self.zone)
    }

    /// Text of a field beside which the zone is printed: `2026-11-29 18:19`.
    pub fn field(&self) -> String {
        format!("{} {}", self.date(), self.hour_and_minute())
    }

    /// Time of the day: `18:19:04 EST`.
    pub fn time_of_day(&self) -> String {
        format!("{} {}", self.clock(), self.zone)
    }

    /// Shortest form beside the time `now`: `18:19:04 EST` today, `11-28 18:19 EST` this year, else the date with its year.
    pub fn brief(&self, now: &Self) -> String {
        let ((year, month, day), today) = (self.wall.date(), now.wall.date());
        if (year, month, day) == today {
            self.time_of_day()
        } else if year == today.0 {
            format!("{month:02}-{day:02} {} {}", self.hour_and_minute(), self.zone)
        } else {
            self.minute()
        }
    }

    /// Time of the day to the minute, for an axis with its zone beside it: `06:00`.
    pub fn hour_and_minute(&self) -> String {
        let seconds = self.wall.of_day();
        format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
    }

    /// Month and day, with the year if it is not that of `now`: `Nov 29`, `Nov 29 2027`.
    pub fn day(&self, now: &Self) -> String {
        let (year, month, day) = self.wall.date();
        let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
        if year == now.wall.date().0 { format!("{name} {day}") } else { format!("{name} {day} {year}") }
    }

    /// Whether the time of day is midnight.
    pub fn is_midnight(&self) -> bool {
        self.wall.of_day() == 0
    }

    fn date(&self) -> String {
        let (year, month, day) = self.wall.date();
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn clock(&self) -> String {
        format!("{}:{:02}", self.hour_and_minute(), self.wall.of_day() % 60)
    }
}

/// Times of a window: `Nov 29, 02:00–04:00 UTC`, `Nov 29, 22:00 – Nov 30, 02:00 UTC`, `Nov 29, 02:00 UTC, no end`.
pub fn window(start: &ZonedTime, end: Option<&ZonedTime>, now: &ZonedTime) -> String {
    let begins = format!("{}, {}", start.day(now), start.hour_and_minute());
    let Some(end) = end else { return format!("{begins} {}, no end", start.zone) };
    let is_one_zone = start.zone == end.zone;
    if is_one_zone && start.wall.date() == end.wall.date() {
        return format!("{begins}–{} {}", end.hour_and_minute(), end.zone);
    }
    let zone = if is_one_zone { String::new() } else { format!(" {}", start.zone) };
    format!("{begins}{zone} – {}, {} {}", end.day(now), end.hour_and_minute(), end.zone)
}

/// Days of a span with their zone: `Nov 29 – Dec 1, EST`.
pub fn days(from: &ZonedTime, to: &ZonedTime, now: &ZonedTime) -> String {
    let (first, last) = (from.day(now), to.day(now));
    let days = if first == last { first } else { format!("{first} – {last}") };
    if from.zone == to.zone { format!("{days}, {}", to.zone) } else { format!("{days}, {} / {}", from.zone, to.zone) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::civil;

    const HOUR: i64 = 3600;

    /// A moment of UTC, in a zone.
    fn zoned((year, month, day): (i64, i64, i64), hour: i64, (east, zone): (i64, &str)) -> ZonedTime {
        let seconds = civil::days(year, month, day) * 86_400 + hour * HOUR;
        ZonedTime::new(Timestamp(seconds * 1_000_000_000 + 123_456_789), east * HOUR, zone.to_owned())
    }

    const UTC: (i64, &str) = (0, "UTC");
    const EST: (i64, &str) = (-5, "EST");

    #[test]
    fn each_form_has_its_zone() {
        let time = zoned((2026, 11, 29), 23, EST);
        assert_eq!(time.second(), "2026-11-29 18:00:00 EST");
        assert_eq!(time.millisecond(), "2026-11-29 18:00:00.123 EST");
        assert_eq!((time.minute(), time.field()), ("2026-11-29 18:00 EST".into(), "2026-11-29 18:00".into()));
        assert_eq!(time.time_of_day(), "18:00:00 EST");
        assert_eq!(zoned((1969, 12, 31), 23, UTC).millisecond(), "1969-12-31 23:00:00.123 UTC");
    }

    #[test]
    fn the_shortest_form_leaves_out_today_and_this_year() {
        let now = zoned((2026, 11, 30), 2, EST);
        let brief = |date, hour| zoned(date, hour, EST).brief(&now);
        assert_eq!(brief((2026, 11, 29), 23), "18:00:00 EST");
        assert_eq!(brief((2026, 11, 30), 12), "11-30 07:00 EST");
        assert_eq!(brief((2025, 11, 30), 12), "2025-11-30 07:00 EST");
    }

    #[test]
    fn a_window_has_its_day_and_its_zone_once() {
        let now = zoned((2026, 11, 29), 0, UTC);
        let check = |start: ZonedTime, end: Option<ZonedTime>, words: &str| {
            assert_eq!(window(&start, end.as_ref(), &now), words);
        };
        let at = |day, hour| zoned((2026, 11, day), hour, UTC);
        check(at(29, 2), Some(at(29, 4)), "Nov 29, 02:00–04:00 UTC");
        check(at(29, 22), Some(at(30, 2)), "Nov 29, 22:00 – Nov 30, 02:00 UTC");
        check(at(29, 2), None, "Nov 29, 02:00 UTC, no end");
        check(zoned((2027, 1, 1), 2, UTC), Some(zoned((2027, 1, 1), 4, UTC)), "Jan 1 2027, 02:00–04:00 UTC");
        // The clocks are put back within the window.
        let (start, end) = (zoned((2026, 11, 1), 5, (-4, "EDT")), zoned((2026, 11, 1), 8, EST));
        check(start.clone(), Some(end.clone()), "Nov 1, 01:00 EDT – Nov 1, 03:00 EST");
        assert_eq!(days(&start, &end, &now), "Nov 1, EDT / EST");
        assert_eq!(days(&at(29, 2), &zoned((2026, 12, 1), 2, UTC), &now), "Nov 29 – Dec 1, UTC");
    }
}
