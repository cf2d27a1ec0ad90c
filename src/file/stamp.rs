//! The time that a line begins with, in the forms that logs have.
//!
//! What tells no zone is in the one that it is read by, and what tells no year is of the latest that is not after now.

use super::{Clock, Glog};
use crate::units::{Nanoseconds, Timestamp};

/// How far into a line its time may begin.
const HEAD: usize = 48;
const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time, and where in the line it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub at: Timestamp,
    pub from: usize,
    pub to: usize,
}

impl Stamp {
    /// The first time near the start of a line.
    pub fn parse(line: &str, clock: impl Into<Clock>) -> Option<Self> {
        Self::by(line, clock.into())
    }

    fn by(line: &str, clock: Clock) -> Option<Self> {
        let (now, east) = (clock.now, clock.zone.seconds());
        let bytes = line.as_bytes();
        if let Some(glog) = Glog::parse(line) {
            let mut text = Text { bytes: glog.time.as_bytes(), at: 0, east };
            let (month, day) = (text.number(2)?, text.number(2)?);
            text.byte(b' ')?;
            let at = text.clock(days_before(month, day, now)?)?;
            return Some(Self { at, from: 1, to: 1 + text.at });
        }
        if let Some(stamp) = syslog(bytes, (now, east)) {
            return Some(stamp);
        }
        let starts = (0..bytes.len().min(HEAD)).filter(|at| {
            let alone =
                at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|byte| !byte.is_ascii_digit());
            alone && bytes.get(*at).is_some_and(u8::is_ascii_digit)
        });
        starts.filter_map(|from| dated(bytes, from, east)).next()
    }
}

/// `2026-11-22T00:08:20.123Z`, `2026/11/22 00:08:20`, `22/Nov/2026:00:08:20 +0000`.
fn dated(bytes: &[u8], from: usize, east: i64) -> Option<Stamp> {
    let mut text = Text { bytes, at: from, east };
    let iso = |text: &mut Text<'_>| {
        let year = text.number(4)?;
        let between = text.any(b"-/")?;
        let month = text.number(2)?;
        text.byte(between)?;
        let day = text.number(2)?;
        text.any(b"T t")?;
        days(year, month, day)
    };
    let clf = |text: &mut Text<'_>| {
        let day = text.number(2)?;
        text.byte(b'/')?;
        let month = text.month()?;
        text.byte(b'/')?;
        let year = text.number(4)?;
        text.byte(b':')?;
        days(year, month, day)
    };
    let day = iso(&mut text).or_else(|| {
        text.at = from;
        clf(&mut text)
    })?;
    let at = text.clock(day)?;
    Some(Stamp { at, from, to: text.at })
}

/// `Nov 22 00:08:20`.
fn syslog(bytes: &[u8], (now, east): (Timestamp, i64)) -> Option<Stamp> {
    let mut text = Text { bytes, at: 0, east };
    let month = text.month()?;
    text.byte(b' ')?;
    let day = if text.byte(b' ').is_some() { text.number(1)? } else { text.number(2)? };
    text.byte(b' ')?;
    let at = text.clock(days_before(month, day, now)?)?;
    Some(Stamp { at, from: 0, to: text.at })
}

struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Seconds east of UTC, where no zone is told.
    east: i64,
}

impl Text<'_> {
    fn byte(&mut self, byte: u8) -> Option<()> {
        self.any(&[byte]).map(drop)
    }

    fn any(&mut self, of: &[u8]) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied().filter(|byte| of.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let text = self.bytes.get(self.at..self.at + digits)?;
        let value =
            text.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')));
        self.at += digits;
        value
    }

    fn month(&mut self) -> Option<i64> {
        let name = self.bytes.get(self.at..self.at + 3)?;
        self.at += 3;
        MONTHS.iter().zip(1..).find(|(month, _)| month.as_bytes() == name).map(|(_, number)| number)
    }

    /// Hours, minutes, seconds, a fraction if there is one, and a zone if there is one.
    fn clock(&mut self, day: i64) -> Option<Timestamp> {
        let hours = self.number(2)?;
        self.byte(b':')?;
        let minutes = self.number(2)?;
        self.byte(b':')?;
        let seconds = self.number(2)?;
        if hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        let mut nanos = 0;
        if self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) && self.any(b".,").is_some() {
            let mut unit = 100_000_000;
            while let Some(digit) = self.any(b"0123456789") {
                nanos += i64::from(digit - b'0') * unit;
                unit /= 10;
            }
        }
        let zone = self.zone();
        let seconds = day.checked_mul(DAY)? + hours * 3600 + minutes * 60 + seconds - zone;
        Some(Timestamp(seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?))
    }

    /// Seconds east of UTC.
    fn zone(&mut self) -> i64 {
        let start = self.at;
        if self.any(b"Zz").is_some() {
            return 0;
        }
        let _ = self.byte(b' ');
        let mut read = || {
            let sign = if self.any(b"+-")? == b'-' { -1 } else { 1 };
            let hours = self.number(2)?;
            let _ = self.byte(b':');
            let minutes = self.number(2)?;
            (hours < 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
        };
        let zone = read();
        if zone.is_none() {
            self.at = start;
        }
        zone.unwrap_or(self.east)
    }
}

/// Days since 1970 of a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=2260).contains(&year) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The latest such day that is no more than one after now.
fn days_before(month: i64, day: i64, now: Timestamp) -> Option<i64> {
    let today = (now + Nanoseconds::from_secs(DAY)).0.div_euclid(DAY * 1_000_000_000);
    let year = 1970 + today * 400 / 146_097;
    [year + 1, year, year - 1].into_iter().filter_map(|year| days(year, month, day)).find(|found| *found <= today)
}

#[cfg(test)]
mod tests {
    use super::super::Zone;
    use super::*;

    /// 2026-11-22T00:08:20Z.
    const NOW: i64 = 1_795_306_100;

    fn check(line: &str, seconds: f64, text: &str) {
        let stamp = Stamp::parse(line, Timestamp(NOW * 1_000_000_000)).unwrap_or_else(|| panic!("{line}"));
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
    fn what_tells_no_zone_is_read_by_the_one_that_was_chosen() {
        let clock = Clock { now: Timestamp(NOW * 1_000_000_000), zone: Zone::parse("+09:00").unwrap() };
        let at = |line: &str| Stamp::parse(line, clock).map(|stamp| stamp.at.0 / 1_000_000_000 - NOW);
        assert_eq!(at("I1122 09:08:20.000000 1 a.cpp:1] x"), Some(0));
        assert_eq!(at("Nov 22 09:08:21 host x"), Some(1));
        assert_eq!(at("2026-11-22 09:08:22 x"), Some(2));
        assert_eq!(at("2026-11-22T00:08:23Z x"), Some(3));
        assert_eq!(at("2026-11-21T23:08:24-01:00 x"), Some(4));
    }

    #[test]
    fn no_time() {
        for line in ["", "x", "2026", "2026-13-01T00:00:00Z", "12026-11-22 00:00:00", "2026-11-22 25:00:00", "é"] {
            assert_eq!(Stamp::parse(line, Timestamp(0)), None, "{line}");
        }
    }
}
