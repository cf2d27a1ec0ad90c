//! The time of a line, in the forms that logs have: near its start, or under a key of a JSON object.
//!
//! A time without a zone is read in the clock's zone, one without a year is the latest that is not after now, and ambiguous numbers
//! are read in the clock's order of dates.

use memchr::memchr_iter;

use super::json_keys::own_keys;
use super::time_text::{TimeText, days, days_before, instant};
use super::zone::DateOrder;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::files::level::Glog;
use crate::files::zone::TimeDefaults;

/// How far into a line its time may begin; that of an access log, which follows names, may be farther behind, and a key of a JSON
/// object anywhere.
const HEAD: usize = 48;
const ACCESS_HEAD: usize = 512;
/// Keys of JSON logs (pino, zap, logback, Elastic's ECS, Docker, bunyan).
const KEYS: [&str; 9] = ["time", "ts", "timestamp", "@timestamp", "t", "date", "datetime", "asctime", "instant"];
/// A number at a line's start is a time only if it is of these last years, up to a day ahead.
const EPOCH_YEARS: Nanoseconds = Nanoseconds::from_secs(15 * 366 * 86_400);
const EPOCH_AHEAD: Nanoseconds = Nanoseconds::from_secs(86_400);

/// A time found in a line, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The point in time, in UTC.
    pub at: Timestamp,
    /// Offset in the line's text at which the time begins, in bytes.
    pub from: usize,
    /// Offset in the line's text just behind the time, in bytes.
    pub to: usize,
}

/// Placeholder for the present time, for callers that only ask whether a line has a time. Some 180 years ahead, so that no time is too late.
const UNKNOWN_NOW: Timestamp = Timestamp(7_000_000_000_000_000_000);
/// Then a number is a time from 2014 to 2036, in seconds.
const USUAL_EPOCH: std::ops::Range<i64> = 1_400_000_000..2_100_000_000;

/// A time, and what is uncertain about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ParsedStamp {
    pub(super) stamp: Stamp,
    /// In another order of dates its date would be another.
    pub(super) is_ambiguous: bool,
    /// Place of its zone's name, if that is not read.
    pub(super) unread_zone: Option<(usize, usize)>,
}

/// An instant, and whether its date would be another in another order of dates.
type Instant = (Timestamp, bool);

impl Stamp {
    /// Parses the first time near a line's start; in a JSON object, the first under a usual key of its own, or else of an object in it.
    pub fn parse(line: &str, clock: impl Into<TimeDefaults>) -> Option<Self> {
        Self::read(line, clock.into()).map(|reading| reading.stamp)
    }

    /// Whether there is a time.
    pub(super) fn is_in(line: &str) -> bool {
        Self::find(line).is_some()
    }

    /// Whether the rest of a line, of which only this beginning is here, may still say when it was written.
    pub(super) fn is_open(line: &str) -> bool {
        let text = TimeText { bytes: line.as_bytes(), at: 0, east: 0, order: DateOrder::default(), unread: None };
        is_json(line) && of_own_key(line, text, UNKNOWN_NOW).is_none()
    }

    /// Where there is a time, whenever that was.
    pub(super) fn find(line: &str) -> Option<Self> {
        Self::parse(line, UNKNOWN_NOW)
    }

    /// The time, and what is uncertain about it.
    pub(super) fn read(line: &str, clock: TimeDefaults) -> Option<ParsedStamp> {
        let (bytes, east) = (line.as_bytes(), clock.zone.seconds());
        let text = TimeText { bytes, at: 0, east, order: clock.order, unread: None };
        if Glog::parse(line).is_some() {
            return stamp(TimeText { at: 1, ..text }, |text| glog(text, clock.now));
        }
        if is_json(line)
            && let Some(found) = of_own_key(line, text, clock.now).or_else(|| of_any_key(line, text, clock.now))
        {
            return Some(found);
        }
        let near_start = starts(line.as_bytes()).find_map(|at| {
            let text = TimeText { at, ..text };
            stamp(text, |text| dated(text, clock.now)).or_else(|| {
                let is_first = line.as_bytes().iter().take(at).all(|byte| matches!(byte, b' ' | b'[' | b'('));
                is_first.then(|| stamp(text, |text| epoch(text, clock.now))).flatten()
            })
        });
        near_start.or_else(|| in_access_log(text, clock.now).filter(|_| !is_json(line)))
    }
}

/// Runs a reader where the cursor is.
fn stamp(text: TimeText<'_>, read: impl FnOnce(&mut TimeText<'_>) -> Option<Instant>) -> Option<ParsedStamp> {
    let mut rest = text;
    let (at, is_ambiguous) = read(&mut rest)?;
    let stamp = Stamp { at, from: text.at, to: rest.at };
    Some(ParsedStamp { stamp, is_ambiguous, unread_zone: rest.unread })
}

/// Where numbers and words begin, near a line's start.
fn starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    (0..bytes.len().min(HEAD)).filter(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        bytes.get(*at).is_some_and(|byte| match byte {
            b'0'..=b'9' => before.is_none_or(|byte| !byte.is_ascii_digit()),
            b'A'..=b'Z' => before.is_none_or(|byte| !byte.is_ascii_alphanumeric()),
            _ => false,
        })
    })
}

/// `1122 00:08:20.123456`, and with a year, as glog 0.6 writes it.
fn glog(text: &mut TimeText<'_>, now: Timestamp) -> Option<Instant> {
    let with_year = text.bytes.get(text.at + 4).is_some_and(u8::is_ascii_digit);
    let year = if with_year { Some(text.number(4)?) } else { None };
    let (month, day) = (text.number(2)?, text.number(2)?);
    text.byte(b' ')?;
    let day = match year {
        Some(year) => days(year, month, day)?,
        None => days_before(month, day, now)?,
    };
    text.clock(day).map(certain)
}

fn certain(at: Timestamp) -> Instant {
    (at, false)
}

/// A date and a clock, in any of the forms.
fn dated(text: &mut TimeText<'_>, now: Timestamp) -> Option<Instant> {
    let in_numbers = text.attempt(|text| {
        let (day, is_ambiguous) = numeric(text)?;
        text.between()?;
        Some((text.clock(day)?, is_ambiguous))
    });
    in_numbers
        .or_else(|| text.attempt(|text| day_month(text, now)).map(certain))
        .or_else(|| text.attempt(|text| month_day(text, now)).map(certain))
        .or_else(|| text.attempt(compact).map(certain))
}

/// `22/Nov/2026:00:08:20 +0000`, `22-Nov-2026 00:08:20`, `22 Nov 2026 00:08:20`, `22 Nov 00:08:20`, `2026-Nov-22 00:08:20`; and
/// `Sun 22 Nov 2026 12:08:20 AM UTC`.
fn day_month(text: &mut TimeText<'_>, now: Timestamp) -> Option<Timestamp> {
    let _ = text.weekday();
    let (first, digits) = text.digits(1, 4)?;
    let between = text.any(b"/- ")?;
    let month = text.month()?;
    if digits == 4 {
        text.byte(between)?;
        let (day, _) = text.digits(1, 2)?;
        text.between()?;
        return text.clock(days(first, month, day)?);
    }
    if digits > 2 {
        return None;
    }
    let year = text.attempt(|text| {
        text.byte(between)?;
        text.number(4)
    });
    let day = match year {
        Some(year) => days(year, month, first)?,
        None => days_before(month, first, now)?,
    };
    text.between()?;
    text.clock(day)
}

/// `Nov 22 00:08:20` (syslog), `Sun Nov 22 00:08:20.123 2026` (Apache), `Sun Nov 22 00:08:20 UTC 2026` (date), and
/// `Nov 22, 2026 12:08:20 AM` (java.util.logging).
fn month_day(text: &mut TimeText<'_>, now: Timestamp) -> Option<Timestamp> {
    let _ = text.weekday();
    let month = text.month()?;
    text.blanks()?;
    let (day, _) = text.digits(1, 2)?;
    let year = text.attempt(|text| {
        let _ = text.byte(b',');
        text.byte(b' ')?;
        let year = text.number(4)?;
        text.between().map(|()| year)
    });
    if let Some(year) = year {
        return text.clock(days(year, month, day)?);
    }
    text.blanks()?;
    let (seconds, nanos) = text.seconds_of_day()?;
    let zone = text.zone();
    let year = text.attempt(|text| {
        text.at = text.unread.map_or(text.at, |(_, to)| to);
        text.byte(b' ')?;
        let year = text.number(4)?;
        text.peek().is_none_or(|byte| !byte.is_ascii_alphanumeric()).then_some(year)
    });
    let day = match year {
        Some(year) => days(year, month, day)?,
        None => days_before(month, day, now)?,
    };
    instant(day, seconds, nanos, zone)
}

/// `20261122T000820Z`, `20261122 00:08:20`, and `261122 0:08:20`, as MySQL wrote it.
fn compact(text: &mut TimeText<'_>) -> Option<Timestamp> {
    let (_, digits) = text.attempt(|text| text.digits(6, 9)).filter(|(_, digits)| matches!(digits, 6 | 8))?;
    text.at -= digits;
    let year = if digits == 8 { text.number(4)? } else { 2000 + text.number(2)? };
    let day = days(year, text.number(2)?, text.number(2)?)?;
    text.between()?;
    let with_colons = text.attempt(|text| text.clock(day));
    if with_colons.is_some() || digits == 6 {
        return with_colons;
    }
    let (seconds, nanos) = text.compact_seconds()?;
    let zone = text.zone();
    instant(day, seconds, nanos, zone)
}

/// Seconds since 1970, or their thousandths, millionths or billionths, near now.
fn epoch(text: &mut TimeText<'_>, now: Timestamp) -> Option<Instant> {
    let (value, digits) = text.digits(10, 19)?;
    let unit = match digits {
        10 => 1_000_000_000,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    let whole = value.checked_mul(unit)?;
    let at = Timestamp(whole.checked_add(if digits == 19 { 0 } else { text.fraction() * unit / 1_000_000_000 })?);
    let ends = text.peek().is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-' | b'_'));
    let is_near = match now {
        UNKNOWN_NOW => USUAL_EPOCH.contains(&(at.0 / 1_000_000_000)),
        now => at < now + EPOCH_AHEAD && now.since(at) < EPOCH_YEARS,
    };
    (ends && is_near).then(|| certain(at))
}

pub(super) fn is_json(line: &str) -> bool {
    line.trim_ascii_start().starts_with('{')
}

fn is_of_time(key: &str) -> bool {
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// The value under a key of the object's own that JSON logs put their time under.
fn of_own_key(line: &str, text: TimeText<'_>, now: Timestamp) -> Option<ParsedStamp> {
    own_keys(line).filter(|(key, _)| is_of_time(key)).find_map(|(_, at)| value(TimeText { at, ..text }, now))
}

/// The value under such a key of an object in it.
fn of_any_key(line: &str, text: TimeText<'_>, now: Timestamp) -> Option<ParsedStamp> {
    line.match_indices("\":").find_map(|(quote, _)| {
        let key = line.get(..quote)?.rsplit('"').next().filter(|key| is_of_time(key));
        let mut text = TimeText { at: key.map(|_| quote + 2)?, ..text };
        let _ = text.blanks();
        value(text, now)
    })
}

fn value(mut text: TimeText<'_>, now: Timestamp) -> Option<ParsedStamp> {
    let _ = text.byte(b'"');
    stamp(text, |text| dated(text, now)).or_else(|| stamp(text, |text| epoch(text, now)))
}

/// `HOST ADDRESS - USER [22/Nov/2026:00:08:20 +0000] "GET`, where the names before the time are of any length. What is in quotes, or
/// is in a line that is indented, quotes another log.
fn in_access_log(text: TimeText<'_>, now: Timestamp) -> Option<ParsedStamp> {
    let head = text.bytes.get(..text.bytes.len().min(ACCESS_HEAD))?;
    head.first().filter(|byte| !byte.is_ascii_whitespace())?;
    memchr_iter(b'[', head).find_map(|bracket| {
        let before = head.get(..bracket).filter(|before| before.ends_with(b" "))?;
        let is_quote = |at: &usize| !before.get(..*at).is_some_and(|before| before.ends_with(b"\\"));
        let is_outside = memchr_iter(b'"', before).filter(is_quote).count().is_multiple_of(2);
        let time = TimeText { at: bracket + 1, ..text };
        let found = stamp(time, |text| day_month(text, now).map(certain)).filter(|_| is_outside)?;
        let end = found.unread_zone.map_or(found.stamp.to, |(_, to)| to);
        text.bytes.get(end..)?.starts_with(b"] \"").then_some(found)
    })
}

/// A day since 1970, and whether another order of its numbers would make it another.
type NumericDay = (i64, bool);

/// Three numbers with the same sign between them.
fn numeric(text: &mut TimeText<'_>) -> Option<NumericDay> {
    text.attempt(|text| {
        let (first, first_digits) = text.digits(1, 4)?;
        let between = text.any(b"-/.")?;
        let (second, second_digits) = text.digits(1, 2)?;
        text.byte(between)?;
        let (third, third_digits) = text.digits(1, 4)?;
        match (first_digits, second_digits, third_digits) {
            (4, 1..=2, 1..=2) => Some((days(first, second, third)?, false)),
            (1..=2, 1..=2, 4) => {
                let (month, day) = if text.order == DateOrder::MonthFirst { (first, second) } else { (second, first) };
                Some((days(third, month, day)?, true))
            }
            (2, 2, 2) => {
                let (year, month, day) = match text.order {
                    DateOrder::YearFirst => (first, second, third),
                    DateOrder::DayFirst => (third, second, first),
                    DateOrder::MonthFirst => (third, first, second),
                };
                Some((days(2000 + year, month, day)?, true))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::zone::DateOrder;
    use crate::files::zone::UtcOffset;

    /// 2026-11-22T00:08:20Z.
    const NOW: i64 = 1_795_306_100;

    fn check(line: &str, seconds: f64, text: &str) {
        check_in(DateOrder::YearFirst, line, seconds, text);
    }

    fn check_in(order: DateOrder, line: &str, seconds: f64, text: &str) {
        let clock = TimeDefaults { order, ..TimeDefaults::from(Timestamp(NOW * 1_000_000_000)) };
        let stamp = Stamp::parse(line, clock).unwrap_or_else(|| panic!("{line}"));
        assert_eq!((stamp.at.0 / 1_000_000, &line[stamp.from..stamp.to]), ((seconds * 1000.0) as i64, text), "{line}");
    }

    #[test]
    fn the_forms_that_logs_have() {
        let now = NOW as f64;
        check("2026-11-22T00:08:20Z x", now, "2026-11-22T00:08:20Z");
        check("2026-11-22T02:08:20.500+02:00 x", now + 0.5, "2026-11-22T02:08:20.500+02:00");
        check("[2026-11-22 00:08:20,250] x", now + 0.25, "2026-11-22 00:08:20,250");
        check("2026/11/21 23:08:20 x", now - 3600.0, "2026/11/21 23:08:20");
        check("{\"ts\":\"2026-11-22T00:08:20Z\"}", now, "2026-11-22T00:08:20Z");
        check("10.0.0.1 - - [22/Nov/2026:00:08:20 +0000] \"GET", now, "22/Nov/2026:00:08:20 +0000");
        check("I1122 00:08:20.250000 12345 a.cpp:1] x", now + 0.25, "1122 00:08:20.250000");
        check("Nov 22 00:08:20 host x", now, "Nov 22 00:08:20");
        check("E1231 00:08:20.0 1 a.cpp:1] x", now - 326.0 * 86_400.0, "1231 00:08:20.0");
    }

    #[test]
    fn forms_of_well_known_programs() {
        let now = NOW as f64;
        for (line, seconds, text) in [
            ("26/11/22 00:08:20 INFO SparkContext: x", now, "26/11/22 00:08:20"),
            ("22-Nov-2026 00:08:20.123 INFO [main] org.apache.catalina", now + 0.123, "22-Nov-2026 00:08:20.123"),
            ("[Sun Nov 22 00:08:20.123456 2026] [core:error] x", now + 0.123, "Sun Nov 22 00:08:20.123456 2026"),
            ("Nov 22, 2026 12:08:20 AM com.foo.Bar run", now, "Nov 22, 2026 12:08:20 AM"),
            ("Nov 22, 2026, 12:08:20\u{202f}AM com.foo.Bar run", now, "Nov 22, 2026, 12:08:20\u{202f}AM"),
            ("Nov 21, 2026 1:08:20 PM com.foo.Bar run", now - 39_600.0, "Nov 21, 2026 1:08:20 PM"),
            ("1795306100 x", now, "1795306100"),
            ("[1795306100.250] x", now + 0.25, "1795306100.250"),
            ("1795306100500 x", now + 0.5, "1795306100500"),
            ("1795306100500000,x", now + 0.5, "1795306100500000"),
            ("{\"level\":\"info\",\"ts\":1795306100.5,\"msg\":\"x\"}", now + 0.5, "1795306100.5"),
            ("{\"level\":30,\"time\":1795306100500,\"pid\":1,\"msg\":\"x\"}", now + 0.5, "1795306100500"),
            (
                "{\"msg\":\"2020-01-01 00:00:00\", \"@timestamp\": \"2026-11-22T00:08:20Z\"}",
                now,
                "2026-11-22T00:08:20Z",
            ),
            ("2026.11.22 00:08:20.123456 [ 1 ] {} <Information> x", now + 0.123, "2026.11.22 00:08:20.123456"),
            ("20261122T000820Z x", now, "20261122T000820Z"),
            ("20261122T000820.5+0100 x", now + 0.5 - 3600.0, "20261122T000820.5+0100"),
            ("20261122-00:08:20 x", now, "20261122-00:08:20"),
            ("20261122 000820 x", now, "20261122 000820"),
            ("261122  0:08:20 [Note] x", now, "261122  0:08:20"),
            ("I20261122 00:08:20.250000 12345 a.cpp:1] x", now + 0.25, "20261122 00:08:20.250000"),
            ("123:M 22 Nov 2026 00:08:20.500 * Ready", now + 0.5, "22 Nov 2026 00:08:20.500"),
            ("Sun Nov 22 00:08:20 UTC 2026", now, "Sun Nov 22 00:08:20 UTC 2026"),
            ("Sun 22 Nov 2026 12:08:20 AM UTC", now, "Sun 22 Nov 2026 12:08:20 AM UTC"),
            ("Sun, 22 Nov 2026 01:08:20 +0100 x", now, "Sun, 22 Nov 2026 01:08:20 +0100"),
            ("2026-11-22 00:08:20.123 UTC [7] LOG: x", now + 0.123, "2026-11-22 00:08:20.123 UTC"),
            ("2026-11-22 00:08:20,123 [main] INFO x", now + 0.123, "2026-11-22 00:08:20,123"),
            ("time=\"2026-11-22T00:08:20Z\" level=info", now, "2026-11-22T00:08:20Z"),
            ("2026-Nov-22 00:08:20.123 x", now + 0.123, "2026-Nov-22 00:08:20.123"),
            ("22.11.2026 00:08:20 x", now, "22.11.2026 00:08:20"),
            ("2026-11-21 19:08:20.123 EST [1] LOG: x", now + 0.123, "2026-11-21 19:08:20.123 EST"),
            ("Sun Nov 22 01:08:20 CET 2026 x", now, "Sun Nov 22 01:08:20 CET 2026"),
            ("Sun Nov 22 2026 01:08:20 GMT+0100 (CET)", now, "Sun Nov 22 2026 01:08:20 GMT+0100"),
            ("2026-11-22 05:38:20 UTC+5:30 x", now, "2026-11-22 05:38:20 UTC+5:30"),
            ("2026-11-21 20:08:20 EDT", now, "2026-11-21 20:08:20 EDT"),
            ("Nov 21, 2026 4:08:20 PM PST x", now, "Nov 21, 2026 4:08:20 PM PST"),
            ("2026-11-22 00:08:20 ESTABLISHED x", now, "2026-11-22 00:08:20"),
            ("2026-11-22 00:08:20 CST x", now, "2026-11-22 00:08:20"),
        ] {
            check(line, seconds, text);
        }
    }

    #[test]
    fn a_zone_follows_thousandths_behind_a_colon() {
        let now = NOW as f64;
        check_in(
            DateOrder::MonthFirst,
            "[11/22/26 1:08:20:250 CET] 0000001a WSServer A",
            now + 0.25,
            "11/22/26 1:08:20:250 CET",
        );
        check_in(
            DateOrder::MonthFirst,
            "[11/22/26 12:08:20:250 AM GMT] 0000001a A",
            now + 0.25,
            "11/22/26 12:08:20:250 AM GMT",
        );
        check_in(
            DateOrder::DayFirst,
            "[22.11.26 05:38:20:250 GMT+05:30] 0000001a A",
            now + 0.25,
            "22.11.26 05:38:20:250 GMT+05:30",
        );
        check("2026-11-22 00:08:20:250 x", now + 0.25, "2026-11-22 00:08:20:250");
        check("2026-11-22T01:08:20:250+01:00 x", now + 0.25, "2026-11-22T01:08:20:250+01:00");
        check("2026-11-22 00:08:20:2500 x", now, "2026-11-22 00:08:20");
        check("2026-11-22 00:08:20: x", now, "2026-11-22 00:08:20");
    }

    #[test]
    fn a_number_of_something_is_no_zone() {
        let now = NOW as f64;
        for (behind, read, hours) in [
            ("-10 C", "", 0.0),
            (" -10 C", "", 0.0),
            (" +05 dB", "", 0.0),
            (" +05 %", "", 0.0),
            (" +05%", "", 0.0),
            (" -10C", "", 0.0),
            ("-10C", "", 0.0),
            (" -10.5 C", "", 0.0),
            (" -10,5 C", "", 0.0),
            (" -10 degrees", "", 0.0),
            (" +1 x", "", 0.0),
            (" -03 [123] LOG:  x", " -03", -3.0),
            (" -03 LOG:  x", " -03", -3.0),
            (" -03 ERROR x", " -03", -3.0),
            (" -03", " -03", -3.0),
            (" -03: x", " -03", -3.0),
            (" -03] x", " -03", -3.0),
            ("-03 C", "-03", -3.0),
            ("+05] x", "+05", 5.0),
            (" +0530 C", " +0530", 5.5),
            (" -03:00 C", " -03:00", -3.0),
            (" +0100INFO x", " +0100", 1.0),
            (" UTC+5 C", " UTC+5", 5.0),
        ] {
            let line = format!("2026-11-22 00:08:20{behind}");
            // A number at once behind the seconds is no number of something.
            let (read, hours) = if behind == "-10 C" { ("-10", -10.0) } else { (read, hours) };
            check(&line, now - hours * 3600.0, &format!("2026-11-22 00:08:20{read}"));
        }
        check("Sun Nov 22 00:08:20 -03 2026 x", now + 3.0 * 3600.0, "Sun Nov 22 00:08:20 -03 2026");
    }

    #[test]
    fn an_objects_own_keys_come_before_those_within_it() {
        let now = NOW as f64;
        let (own, text) = ("\"ts\":\"2026-11-22T00:08:20Z\"", "2026-11-22T00:08:20Z");
        let long = "q\\\"{[\\\\".repeat(40_000);
        for line in [
            format!(
                "{{\"level\":30,\"job\":{{\"date\":\"2020-01-01 00:00:00\",\"t\":1577836800}},\"msg\":\"x\",{own}}}"
            ),
            format!("{{\"jobs\":[{{\"time\":\"2020-01-01 00:00:00\"}},[1]],{own}}}"),
            format!("  {{ \"msg\": \"{{\\\"time\\\":\\\"2020-01-01 00:00:00\\\"}}\", \"a\":{{}}, {own} }}"),
            format!("{{\"time\":\"soon\",\"body\":\"{long}\",{own}}}"),
            format!("{{\"job\":{{\"date\":\"2020-01-01 00:00:00\"}},\"body\":\"{long}\",{own}"),
            format!("{{\"meta\":{{\"level\":30,{own}}},\"msg\":\"x\"}}"),
            "{\"Level\":\"Error\",\"Timestamp\":\"2026-11-22T00:08:20Z\"}".to_owned(),
        ] {
            check(&line, now, text);
        }
    }

    #[test]
    fn an_access_logs_time_is_behind_names_of_any_length() {
        let (now, text) = (NOW as f64, "22/Nov/2026:01:08:20 +0100");
        for head in [
            "10.0.0.1 - -".to_owned(),
            "console.internal.prod.example.com:443 203.0.113.195 - -".to_owned(),
            "203.0.113.195, 70.41.3.18, 150.172.238.178 - -".to_owned(),
            "\"203.0.113.195, 70.41.3.18, 150.172.238.178\" - -".to_owned(),
            "2001:0db8:85a3:0000:0000:8a2e:0370:7334 - frank.miller".to_owned(),
            "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:8443 10.0.0.1 - frank.\\\"miller".to_owned(),
            format!("{}.example.com 10.0.0.1 - -", "h".repeat(253)),
        ] {
            check(&format!("{head} [{text}] \"GET / HTTP/1.1\" 200 5"), now, text);
        }
        let far = format!("{} - - [{text}] \"GET / HTTP/1.1\" 200 5", "h".repeat(600));
        assert_eq!(Stamp::parse(&far, Timestamp(NOW * 1_000_000_000)), None);
    }

    #[test]
    fn zones_that_are_not_read_are_named() {
        let zone = |line: &str| {
            let (from, to) = Stamp::read(line, Timestamp(NOW * 1_000_000_000).into())?.unread_zone?;
            line.get(from..to).map(str::to_owned)
        };
        assert_eq!(zone("2026-11-22 00:08:20 CST x"), Some("CST".to_owned()));
        assert_eq!(zone("Sun Nov 22 00:08:20 IST 2026 x"), Some("IST".to_owned()));
        assert_eq!(zone("2026-11-22 00:08:20.123 Europe/Berlin x"), Some("Europe/Berlin".to_owned()));
        assert_eq!(zone("[22 Nov 2026 0:08:20:250 IST] 0000001a x"), Some("IST".to_owned()));
        assert_eq!(zone("2026-11-22 00:08:20 -03 user@db LOG: x"), Some("-03".to_owned()));
        for read in
            ["-10 C", "+05 dB", "-3", "-03 [1]", "CET", "INFO", "CSTX", "UTC", "+01:00", "Z", "a/b", "", "http/x"]
        {
            assert_eq!(zone(&format!("2026-11-22 00:08:20 {read} x")), None, "{read}");
        }
    }

    #[test]
    fn a_year_behind_a_zone_that_is_not_read_is_read() {
        check("Sun Nov 23 00:08:20 CST 2025 x", (NOW - 364 * 86_400) as f64, "Sun Nov 23 00:08:20 CST 2025");
    }

    #[test]
    fn ambiguous_dates_follow_the_order_of_the_file() {
        let day = |line: &str, order| {
            let clock = TimeDefaults { order, ..TimeDefaults::from(Timestamp(NOW * 1_000_000_000)) };
            Stamp::read(line, clock)
                .map(|reading| (reading.stamp.at.0 / 86_400_000_000_000 - 20_000, reading.is_ambiguous))
        };
        // 2026-05-06, 2006-05-26 and 2026-06-05.
        assert_eq!(day("05/06/2026 00:00:00", DateOrder::MonthFirst), Some((579, true)));
        assert_eq!(day("05/06/2026 00:00:00", DateOrder::DayFirst), Some((609, true)));
        assert_eq!(day("05/06/26 00:00:00", DateOrder::DayFirst), Some((609, true)));
        assert_eq!(day("26/05/06 00:00:00", DateOrder::YearFirst), Some((579, true)));
        assert_eq!(day("2026/05/06 00:00:00", DateOrder::DayFirst), Some((579, false)));
        assert_eq!(day("26/13/06 00:00:00", DateOrder::YearFirst), None);
    }

    #[test]
    fn what_tells_no_zone_is_read_by_the_one_that_was_chosen() {
        let clock = TimeDefaults {
            zone: UtcOffset::parse("+09:00").unwrap(),
            ..TimeDefaults::from(Timestamp(NOW * 1_000_000_000))
        };
        let at = |line: &str| Stamp::parse(line, clock).map(|stamp| stamp.at.0 / 1_000_000_000 - NOW);
        assert_eq!(at("I1122 09:08:20.000000 1 a.cpp:1] x"), Some(0));
        assert_eq!(at("Nov 22 09:08:21 host x"), Some(1));
        assert_eq!(at("2026-11-22 09:08:22 x"), Some(2));
        assert_eq!(at("2026-11-22T00:08:23Z x"), Some(3));
        assert_eq!(at("2026-11-21T23:08:24-01:00 x"), Some(4));
    }

    #[test]
    fn no_time() {
        for line in [
            "    10.0.0.1 some.very.long.host.name.example.com said - - [22/Nov/2026:00:08:20 +0000] \"GET",
            "the upstream has answered with a line that said: \"10.0.0.1 - - [22/Nov/2026:00:08:20 +0000] \"GET",
            "an.internal.host.of.production.example.com since [22/Nov/2026:00:08:20 +0000] is up",
            "{\"message\":\"203.0.113.195, 70.41.3.18, 150.172.238.178 - - [22/Nov/2026:00:08:20 +0000] \\\"GET",
            "{\"timeouts\":{\"times\":\"of production, and of what is like it\",\"since\":\"2026-11-22T00:08:20Z\"}}",
            "",
            "x",
            "2026",
            "2026-13-01T00:00:00Z",
            "2026-02-30 00:00:00",
            "12026-11-22 00:00:00",
            "2026-11-22 25:00:00",
            "é",
            "1234567890123456789012 bytes",
            "1234567890 bytes",
            "17953061001 x",
            "1795306100ms x",
            "10.0.0.1 00:08:20",
            "1.2.3.4",
            "May be",
            "{\"timeout\":1795306100,\"msg\":\"x\"}",
        ] {
            assert_eq!(Stamp::parse(line, Timestamp(NOW * 1_000_000_000)), None, "{line}");
        }
    }
}
