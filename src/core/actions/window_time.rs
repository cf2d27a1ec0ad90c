//! Begin and end of a maintenance window as a user types them: a 24-hour time, with or without a date and a zone.
//!
//! Grammar: `[date] time [zone]`. The date is `2026-11-30`, `today` or `tomorrow`; the time `2:00`, `02:00` or
//! `02:00:00`; the zone `UTC`, `Z`, or the name of the zone on screen. Knows no zone itself.

use crate::base::units::Timestamp;
use crate::base::wall_clock::{DAY, WallTime};

/// Zone on screen.
#[derive(Clone, Copy)]
pub struct ScreenZone<'a> {
    /// Seconds east of UTC at a moment.
    pub east: &'a dyn Fn(Timestamp) -> i64,
    /// Name at a moment, as `EST`.
    pub name: &'a dyn Fn(Timestamp) -> String,
}

/// Why a typed time is no moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// The field is empty.
    Empty,
    /// The text has another form.
    Unreadable,
    /// The month has no such day.
    NoSuchDay,
    /// The day is beyond the range of timestamps, which are nanoseconds in 64 bits.
    OutOfRange,
    /// The clocks of the zone skip this time.
    Skipped,
    /// The zone is neither UTC nor the one on screen.
    OtherZone(String),
    /// The end is not after the beginning.
    EndsFirst,
}

/// Parses the beginning of a window. A time without a date is on the day of `near`; `now` is for `today` and `tomorrow`.
pub fn parse_start(
    text: &str,
    (near, now): (Timestamp, Timestamp),
    zone: ScreenZone<'_>,
) -> Result<Timestamp, TimeError> {
    let typed = TypedMoment::parse(text)?;
    typed.on(typed.date_or(near, now, zone), zone)
}

/// Parses the end of a window that begins at `start`. A time without a date is the first after the beginning.
pub fn parse_end(
    text: &str,
    (start, now): (Timestamp, Timestamp),
    zone: ScreenZone<'_>,
) -> Result<Timestamp, TimeError> {
    let typed = TypedMoment::parse(text)?;
    let date = typed.date_or(start, now, zone);
    let end = typed.on(date, zone);
    let is_first = |end: &Timestamp| *end <= start;
    // Where the clocks are put back, the second of the two moments may still be after the beginning.
    let later = end.as_ref().ok().filter(|end| typed.zone.is_none() && is_first(end));
    let later = later.and_then(|end| other_moment(*end, zone)).filter(|end| !is_first(end));
    let is_next_day = typed.day == Day::Near && end.as_ref().is_ok_and(is_first);
    let end = match later {
        Some(later) => later,
        None if is_next_day => typed.on(next(date), zone)?,
        None => end?,
    };
    if end > start { Ok(end) } else { Err(TimeError::EndsFirst) }
}

/// The other moment at which the clock on screen shows the time that it shows at `at`, where it is put back; `None`
/// for a time that it shows once.
pub fn other_moment(at: Timestamp, zone: ScreenZone<'_>) -> Option<Timestamp> {
    let wall = WallTime::at(at, (zone.east)(at));
    let pair = [wall.moment(zone.east)?, second(wall, zone)?];
    let within = at.0.rem_euclid(SECOND);
    pair.into_iter().map(|moment| Timestamp(moment.0.saturating_add(within))).find(|moment| *moment != at)
}

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// A calendar date.
type CalendarDay = (i64, i64, i64);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    Date(CalendarDay),
    /// Days from today.
    Ahead(i64),
    Near,
}

/// The parts of the text.
struct TypedMoment<'a> {
    day: Day,
    /// Seconds since midnight.
    seconds: i64,
    zone: Option<&'a str>,
}

impl<'a> TypedMoment<'a> {
    fn parse(text: &'a str) -> Result<Self, TimeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TimeError::Empty);
        }
        let cuts = [text.split_once([' ', ',']), text.split_once('T')].into_iter().flatten();
        let dated = |(first, rest)| Some((day(first)?, rest));
        let (day, rest) = cuts.into_iter().find_map(dated).unwrap_or((Day::Near, text));
        let words: Vec<&str> = rest.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let (time, zone) = match words.as_slice() {
            [time] => match time.strip_suffix(['Z', 'z']) {
                Some(time) => (time, Some("UTC")),
                None => (*time, None),
            },
            [time, zone] => (*time, Some(*zone)),
            _ => return Err(TimeError::Unreadable),
        };
        Ok(Self { day, seconds: seconds(time).ok_or(TimeError::Unreadable)?, zone })
    }

    /// The typed date, else the one on which `near` is.
    fn date_or(&self, near: Timestamp, now: Timestamp, zone: ScreenZone<'_>) -> CalendarDay {
        let on = |at: Timestamp| WallTime::at(at, if self.is_utc() { 0 } else { (zone.east)(at) });
        match self.day {
            Day::Date(date) => date,
            Day::Ahead(days) => WallTime(on(now).0.saturating_add(days * DAY)).date(),
            Day::Near => on(near).date(),
        }
    }

    fn on(&self, date: CalendarDay, zone: ScreenZone<'_>) -> Result<Timestamp, TimeError> {
        let wall = WallTime::on(date, self.seconds).ok_or(TimeError::NoSuchDay)?;
        if self.is_utc() {
            return wall.moment(|_| 0).ok_or(TimeError::OutOfRange);
        }
        // No time of year 9999 is a timestamp, while a skipped one is so in UTC.
        wall.moment(|_| 0).ok_or(TimeError::OutOfRange)?;
        let moment = wall.moment(zone.east).ok_or(TimeError::Skipped)?;
        match self.zone {
            // Where the clocks are put back, the name says which of the two moments is meant.
            Some(name) if !(zone.name)(moment).eq_ignore_ascii_case(name) => second(wall, zone)
                .filter(|moment| (zone.name)(*moment).eq_ignore_ascii_case(name))
                .ok_or_else(|| TimeError::OtherZone(name.to_owned())),
            _ => Ok(moment),
        }
    }

    fn is_utc(&self) -> bool {
        self.zone.is_some_and(|zone| zone.eq_ignore_ascii_case("UTC"))
    }
}

/// The later of two moments at which the clock shows a time.
fn second(wall: WallTime, zone: ScreenZone<'_>) -> Option<Timestamp> {
    let later = (zone.east)(WallTime(wall.0.checked_add(DAY)?).moment(|_| 0)?);
    let moment = wall.moment(|_| later)?;
    (WallTime::at(moment, (zone.east)(moment)) == wall).then_some(moment)
}

fn next((year, month, day): CalendarDay) -> CalendarDay {
    WallTime::on((year, month, day), DAY).map_or((year, month, day), WallTime::date)
}

fn day(word: &str) -> Option<Day> {
    match word.to_ascii_lowercase().as_str() {
        "today" => return Some(Day::Ahead(0)),
        "tomorrow" => return Some(Day::Ahead(1)),
        _ => {}
    }
    let mut parts = word.split('-');
    let date = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    (parts.next().is_none() && word.split('-').next()?.len() == 4).then_some(Day::Date(date))
}

/// Seconds since midnight of `H:MM`, `HH:MM` or `HH:MM:SS`.
fn seconds(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let seconds = parts.next().map_or(Some(0), |seconds| digits(seconds, 2))?;
    let is_time = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    is_time.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// A number of at most so many digits.
fn digits(text: &str, most: usize) -> Option<i64> {
    let is_number = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;
    /// 2026-03-08 07:00 UTC and 2026-11-01 06:00 UTC: New York's clocks change.
    const CHANGES: (i64, i64) = (1_772_953_200, 1_793_512_800);

    fn east(at: Timestamp) -> i64 {
        if (CHANGES.0..CHANGES.1).contains(&(at.0 / 1_000_000_000)) { -4 * HOUR } else { -5 * HOUR }
    }

    fn name(at: Timestamp) -> String {
        if east(at) == -4 * HOUR { "EDT".to_owned() } else { "EST".to_owned() }
    }

    const NEW_YORK: ScreenZone<'_> = ScreenZone { east: &east, name: &name };

    fn utc(date: CalendarDay, hour: i64, minute: i64) -> Timestamp {
        WallTime::on(date, hour * HOUR + minute * 60).and_then(|wall| wall.moment(|_| 0)).expect("it is a moment")
    }

    #[track_caller]
    fn check_start(text: &str, expected: Result<Timestamp, TimeError>) {
        // Half past nine in the evening of the 29th in New York, which is the 30th in UTC.
        let now = utc((2026, 11, 30), 2, 30);
        assert_eq!(parse_start(text, (now, now), NEW_YORK), expected, "{text}");
    }

    #[track_caller]
    fn check_end(start: Timestamp, text: &str, expected: Result<Timestamp, TimeError>) {
        assert_eq!(parse_end(text, (start, start), NEW_YORK), expected, "{text}");
    }

    #[test]
    fn a_time_is_in_the_zone_on_screen_or_in_utc() {
        check_start("2026-12-01 02:00", Ok(utc((2026, 12, 1), 7, 0)));
        check_start("2026-12-01T02:00", Ok(utc((2026, 12, 1), 7, 0)));
        check_start("2026-12-01 2:05 EST", Ok(utc((2026, 12, 1), 7, 5)));
        check_start("2026-12-01 02:00 utc", Ok(utc((2026, 12, 1), 2, 0)));
        check_start("2026-12-01T02:00:30Z", Ok(Timestamp(utc((2026, 12, 1), 2, 0).0 + 30_000_000_000)));
        check_start("2026-12-01 02:00 CET", Err(TimeError::OtherZone("CET".to_owned())));
    }

    #[test]
    fn a_time_without_a_date_is_on_the_day_of_its_zone() {
        check_start("23:00", Ok(utc((2026, 11, 30), 4, 0)));
        check_start("23:00Z", Ok(utc((2026, 11, 30), 23, 0)));
        check_start("today 23:00", Ok(utc((2026, 11, 30), 4, 0)));
        check_start("Tomorrow, 02:00", Ok(utc((2026, 11, 30), 7, 0)));
        check_start("tomorrow 02:00 UTC", Ok(utc((2026, 12, 1), 2, 0)));
    }

    #[test]
    fn other_texts_are_no_times() {
        check_start(" ", Err(TimeError::Empty));
        for text in
            ["2", "soon", "25:00", "24:00", "12:60", "2:00 pm EST", "11/30/2026 02:00", "26-11-30 02:00", "１２:00"]
        {
            check_start(text, Err(TimeError::Unreadable));
        }
        check_start("2026-02-29 02:00", Err(TimeError::NoSuchDay));
        check_start("9999-01-01 02:00", Err(TimeError::OutOfRange));
        check_start("1600-01-01 02:00 UTC", Err(TimeError::OutOfRange));
        check_start("2026-13-01 02:00", Err(TimeError::NoSuchDay));
    }

    #[test]
    fn a_changed_clock_is_minded() {
        check_start("2027-03-14 02:30", Ok(utc((2027, 3, 14), 7, 30)));
        check_start("2026-03-08 02:30", Err(TimeError::Skipped));
        check_start("2026-11-01 01:30", Ok(utc((2026, 11, 1), 5, 30)));
        check_start("2026-11-01 01:30 EST", Ok(utc((2026, 11, 1), 6, 30)));
        check_start("2026-11-01 01:30 EDT", Ok(utc((2026, 11, 1), 5, 30)));
    }

    #[test]
    fn a_time_that_comes_twice_has_another_moment() {
        let (first, last) = (utc((2026, 11, 1), 5, 30), utc((2026, 11, 1), 6, 30));
        assert_eq!(other_moment(first, NEW_YORK), Some(last));
        assert_eq!(other_moment(last, NEW_YORK), Some(first));
        let within = |at: Timestamp| Timestamp(at.0 + 42);
        assert_eq!(other_moment(within(first), NEW_YORK), Some(within(last)));
        for once in [utc((2026, 11, 1), 4, 59), utc((2026, 11, 1), 7, 0), utc((2026, 3, 8), 7, 0)] {
            assert_eq!(other_moment(once, NEW_YORK), None, "{once:?}");
        }
        let in_utc = ScreenZone { east: &|_| 0, name: &|_| "UTC".to_owned() };
        assert_eq!(other_moment(first, in_utc), None);
    }

    #[test]
    fn an_end_in_the_hour_that_comes_twice_is_after_its_beginning() {
        // 01:45 EDT, a quarter of an hour before the clocks show 01:00 again.
        let start = utc((2026, 11, 1), 5, 45);
        check_end(start, "01:30", Ok(utc((2026, 11, 1), 6, 30)));
        check_end(start, "2026-11-01 01:45", Ok(utc((2026, 11, 1), 6, 45)));
        check_end(start, "2026-11-01 01:30 EDT", Err(TimeError::EndsFirst));
        check_end(start, "2026-11-01 01:50", Ok(utc((2026, 11, 1), 5, 50)));
        check_end(start, "01:40 EDT", Err(TimeError::OtherZone("EDT".to_owned())));
        check_end(utc((2026, 11, 1), 6, 45), "2026-11-01 01:30", Err(TimeError::EndsFirst));
    }

    #[test]
    fn an_end_is_after_its_beginning() {
        // Ten in the evening in New York.
        let start = utc((2026, 11, 30), 3, 0);
        check_end(start, "23:00", Ok(utc((2026, 11, 30), 4, 0)));
        check_end(start, "02:00", Ok(utc((2026, 11, 30), 7, 0)));
        check_end(start, "22:00", Ok(utc((2026, 12, 1), 3, 0)));
        check_end(start, "02:00Z", Ok(utc((2026, 12, 1), 2, 0)));
        check_end(start, "2026-11-29 22:00", Err(TimeError::EndsFirst));
        check_end(start, "2026-11-29 21:00", Err(TimeError::EndsFirst));
        // The last day of a month.
        check_end(utc((2026, 12, 1), 3, 0), "02:00", Ok(utc((2026, 12, 1), 7, 0)));
    }
}
