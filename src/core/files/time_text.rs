//! A cursor over the bytes of a time: digits, names of months and days, clocks and zones. Each reader moves it only if it succeeds.
//!
//! Hand-written: date crates parse one given format each, and a log's format is not known beforehand.

use crate::base::civil;
use crate::base::units::Timestamp;
use crate::files::zone::DateOrder;
use crate::files::zone_names;

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Java writes a narrow no-break space before AM and PM since its locale data are Unicode's.
const NARROW_SPACE: &[u8] = "\u{202f}".as_bytes();

/// The cursor.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeText<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// Seconds east of UTC, for a time without a zone.
    pub(super) east: i64,
    /// How numbers of ambiguous dates are read.
    pub(super) order: DateOrder,
    /// Place of a zone's name that is not read, since several zones have it.
    pub(super) unread: Option<(usize, usize)>,
}

impl<'a> TimeText<'a> {
    /// Runs a reader; the cursor stays where it was if that fails.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = *self;
        let value = read(self);
        if value.is_none() {
            *self = start;
        }
        value
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn byte(&mut self, byte: u8) -> Option<()> {
        self.any(&[byte]).map(drop)
    }

    pub(super) fn any(&mut self, of: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| of.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    /// A number of so many digits at least and at most; as many as there are. With its count of digits.
    pub(super) fn digits(&mut self, least: usize, most: usize) -> Option<(i64, usize)> {
        let rest = self.bytes.get(self.at..)?;
        let count = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let value = rest.iter().take(count).fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
        self.at += count;
        Some((value, count))
    }

    /// A number of exactly so many digits, whatever follows.
    pub(super) fn number(&mut self, digits: usize) -> Option<i64> {
        self.digits(digits, digits).map(|(value, _)| value)
    }

    fn name(&mut self, of: &[&str]) -> Option<i64> {
        let name = self.bytes.get(self.at..self.at + 3)?;
        let (_, number) = of.iter().zip(1..).find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))?;
        self.at += 3;
        Some(number)
    }

    /// `Nov`.
    pub(super) fn month(&mut self) -> Option<i64> {
        self.name(&MONTHS)
    }

    /// `Sun`, `Sun,`, with the blank behind it.
    pub(super) fn weekday(&mut self) -> Option<()> {
        self.attempt(|text| {
            text.name(&WEEKDAYS)?;
            let _ = text.byte(b',');
            text.byte(b' ')
        })
    }

    /// One blank or more; a day of one digit may be padded by one.
    pub(super) fn blanks(&mut self) -> Option<()> {
        self.byte(b' ')?;
        let _ = self.byte(b' ');
        Some(())
    }

    /// Separator of a date and its time of day.
    pub(super) fn between(&mut self) -> Option<()> {
        let comma = self.byte(b',').is_some();
        match self.peek()? {
            b' ' => self.blanks(),
            b'T' | b't' | b'_' | b':' | b'-' if !comma => self.any(b"Tt_:-").map(drop),
            _ => comma.then_some(()),
        }
    }

    /// Hours, minutes, seconds, a fraction, AM or PM, and a zone; of a day that is so many after 1970.
    pub(super) fn clock(&mut self, day: i64) -> Option<Timestamp> {
        let (seconds, nanos) = self.seconds_of_day()?;
        let zone = self.zone();
        instant(day, seconds, nanos, zone)
    }

    /// The seconds of a day, and the nanoseconds of its fraction.
    pub(super) fn seconds_of_day(&mut self) -> Option<(i64, i64)> {
        let (hours, _) = self.digits(1, 2)?;
        self.byte(b':')?;
        let minutes = self.number(2)?;
        self.byte(b':')?;
        let seconds = self.number(2)?;
        let nanos = self.millis_behind_colon().unwrap_or_else(|| self.fraction());
        self.time_of_day(hours, minutes, seconds).map(|seconds| (seconds, nanos))
    }

    /// `:250`, as WebSphere and log4net write thousandths.
    fn millis_behind_colon(&mut self) -> Option<i64> {
        self.attempt(|text| {
            text.byte(b':')?;
            text.digits(3, 4).filter(|(_, digits)| *digits == 3).map(|(millis, _)| millis * 1_000_000)
        })
    }

    /// `000820` and its fraction.
    pub(super) fn compact_seconds(&mut self) -> Option<(i64, i64)> {
        let (hours, minutes, seconds) = (self.number(2)?, self.number(2)?, self.number(2)?);
        let nanos = self.fraction();
        // More digits are another number.
        self.peek().is_none_or(|byte| !byte.is_ascii_digit()).then_some(())?;
        self.time_of_day(hours, minutes, seconds).map(|seconds| (seconds, nanos))
    }

    fn time_of_day(&mut self, hours: i64, minutes: i64, seconds: i64) -> Option<i64> {
        let hours = match self.half() {
            Some(afternoon) if (1..=12).contains(&hours) => hours % 12 + if afternoon { 12 } else { 0 },
            Some(_) => return None,
            None => hours,
        };
        // A leap second is the next minute's first.
        (hours <= 23 && minutes <= 59 && seconds <= 60).then_some(hours * 3600 + minutes * 60 + seconds)
    }

    /// AM or PM: whether it is the afternoon.
    fn half(&mut self) -> Option<bool> {
        self.attempt(|text| {
            if text.bytes.get(text.at..)?.starts_with(NARROW_SPACE) {
                text.at += NARROW_SPACE.len();
            } else {
                let _ = text.byte(b' ');
            }
            let afternoon = text.any(b"AaPp")?.eq_ignore_ascii_case(&b'p');
            text.any(b"Mm")?;
            text.peek().is_none_or(|byte| !byte.is_ascii_alphanumeric()).then_some(afternoon)
        })
    }

    /// The nanoseconds of `.123` or `,123`; 0 without one.
    pub(super) fn fraction(&mut self) -> i64 {
        let mut nanos = 0;
        if self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) && self.any(b".,").is_some() {
            let mut unit = 100_000_000;
            while let Some(digit) = self.any(b"0123456789") {
                nanos += i64::from(digit - b'0') * unit;
                unit /= 10;
            }
        }
        nanos
    }

    /// Seconds east of UTC: of the zone that follows, or of the clock.
    pub(super) fn zone(&mut self) -> i64 {
        let zone = self.attempt(|text| {
            if text.any(b"Zz").is_some() {
                return text.ends_word().then_some(0);
            }
            let is_apart = text.byte(b' ').is_some();
            text.zone_name().or_else(|| {
                let (east, is_short) = text.offset(2)?;
                (!(is_apart && is_short) || text.ends_hours()).then_some(east)
            })
        });
        zone.unwrap_or_else(|| {
            self.unread = self.unread_zone().or_else(|| self.unread_hours());
            self.east
        })
    }

    /// Whether `-03` behind a blank is a zone, as Postgres and `date` name those without letters, rather than a number of something.
    fn ends_hours(&self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.strip_prefix(b" ").unwrap_or(rest) {
            [] | [b'[' | b'(' | b'<' | b'{' | b'|' | b'-' | b'"' | b']' | b')' | b'}' | b';' | b'\t', ..] => true,
            [b':' | b',', after @ ..] => after.first().is_none_or(|byte| !byte.is_ascii_digit()),
            word => {
                let (digits, capitals) = (count(word, u8::is_ascii_digit), count(word, u8::is_ascii_uppercase));
                // A year, or a level.
                digits == 4 || capitals >= 4 || (capitals == 3 && word.get(3) == Some(&b':'))
            }
        }
    }

    /// Where hours are that may be a zone's, or a number of what the word behind them says. A unit is of one or two letters.
    fn unread_hours(&self) -> Option<(usize, usize)> {
        let mut text = *self;
        text.byte(b' ')?;
        let from = text.at;
        text.offset(2)?;
        let to = text.at;
        text.byte(b' ')?;
        let word = text.bytes.get(text.at..)?;
        (count(word, u8::is_ascii_alphabetic) > 2).then_some((from, to))
    }

    /// `CET`, `UTC`, `GMT+0100`.
    fn zone_name(&mut self) -> Option<i64> {
        self.attempt(|text| {
            let name = text.capitals();
            text.at += name.len();
            if matches!(name, b"UTC" | b"GMT")
                && let Some((east, _)) = text.attempt(|text| text.offset(1))
            {
                return Some(east);
            }
            let east = zone_names::utc_offset_seconds(std::str::from_utf8(name).ok()?)?;
            text.ends_word().then_some(east)
        })
    }

    fn capitals(&self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.get(..rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count()).unwrap_or_default()
    }

    /// Where a zone is named that cannot be read.
    fn unread_zone(&self) -> Option<(usize, usize)> {
        let from = self.at + usize::from(self.peek() == Some(b' '));
        let rest = self.bytes.get(from..)?;
        let is_of_name = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_');
        let length = rest.iter().take_while(|byte| is_of_name(byte)).count();
        let name = std::str::from_utf8(rest.get(..length)?).ok()?;
        zone_names::is_unread(name).then_some((from, from + length))
    }

    fn ends_word(&self) -> bool {
        self.peek().is_none_or(|byte| !byte.is_ascii_alphanumeric() && byte != b'+' && byte != b'-')
    }

    /// `+02:00`, `+0200`, `+02`; and `+2`, if one digit is enough. With whether it is without minutes.
    fn offset(&mut self, least: usize) -> Option<(i64, bool)> {
        let sign = if self.any(b"+-")? == b'-' { -1 } else { 1 };
        let (hours, _) = self.digits(least, 2)?;
        let minutes = self.attempt(|text| {
            let _ = text.byte(b':');
            text.number(2)
        });
        let is_short = minutes.is_none();
        let minutes = minutes.unwrap_or(0);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = match rest {
            [b':' | b'.' | b',', digit, ..] if digit.is_ascii_digit() => false,
            [letter, ..] if letter.is_ascii_alphabetic() => !is_short,
            [byte, ..] => !byte.is_ascii_digit() && *byte != b'%',
            [] => true,
        };
        (hours < 15 && minutes < 60 && ends).then_some((sign * (hours * 3600 + minutes * 60), is_short))
    }
}

/// How many bytes of a kind there are at the beginning.
fn count(bytes: &[u8], is_meant: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_meant(byte)).count()
}

/// The instant of a day, the seconds of it, and a zone.
pub(super) fn instant(day: i64, seconds: i64, nanos: i64, east: i64) -> Option<Timestamp> {
    let seconds = day.checked_mul(DAY)? + seconds - east;
    Some(Timestamp(seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?))
}

/// Days since 1970 of a date; none if there is no such day.
pub(super) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_day = (1..=civil::month_length(year, month)).contains(&day) && (1970..=2260).contains(&year);
    is_day.then(|| civil::days(year, month, day))
}

/// The latest such day that is no more than one after now.
pub(super) fn days_before(month: i64, day: i64, now: Timestamp) -> Option<i64> {
    let today = now.0.saturating_add(DAY * 1_000_000_000).div_euclid(DAY * 1_000_000_000);
    let (year, ..) = civil::date(today);
    // The 29th of February may be some years ago.
    (year - 8..=year + 1).rev().filter_map(|year| days(year, month, day)).find(|found| *found <= today)
}
