//! Dates, times of day and lengths of time as RFC 5545 writes them (3.3.4 to 3.3.6), and the calendar behind them.

use crate::base::civil::{self, month_length};
use crate::base::units::Timestamp;

pub(super) const DAY: i64 = 86_400;

/// Seconds since the midnight that began 1970, by some clock on a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Local(pub(super) i64);

impl Local {
    /// The time of that day of a month, if it has such a day.
    pub(super) fn at((year, month, day): (i64, i64, i64), seconds: i64) -> Option<Self> {
        let is_date = (1..=month_length(year, month)).contains(&day);
        is_date.then(|| Self(civil::days(year, month, day) * DAY + seconds))
    }

    pub(super) fn date(self) -> (i64, i64, i64) {
        civil::date(self.0.div_euclid(DAY))
    }

    pub(super) fn time(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    pub(super) fn in_days(self, days: i64) -> Option<Self> {
        self.0.checked_add(days.checked_mul(DAY)?).map(Self)
    }
}

/// A DATE or a DATE-TIME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IcalTime {
    /// A day, which begins at its midnight.
    Day(Local),
    Time(Local),
    Utc(Local),
}

/// `20261123`, `20261123T101500`, `20261123T101500Z`.
pub(super) fn moment(text: &str) -> Option<IcalTime> {
    let Some((day, time)) = text.split_once(['T', 't']) else {
        return Local::at(calendar_day(text)?, 0).map(IcalTime::Day);
    };
    let (digits, is_utc) = time.strip_suffix(['Z', 'z']).map_or((time, false), |digits| (digits, true));
    let [hour, minute, second] = pairs(digits)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Second 60 is a leap second, and those who know none take it for second 59 (3.3.12).
    let local = Local::at(calendar_day(day)?, hour * 3600 + minute * 60 + second.min(59))?;
    Some(if is_utc { IcalTime::Utc(local) } else { IcalTime::Time(local) })
}

fn calendar_day(text: &str) -> Option<(i64, i64, i64)> {
    let (year, rest) = text.split_at_checked(4)?;
    let ([century, years], [month, day]) = (pairs(year)?, pairs(rest)?);
    Some((century * 100 + years, month, day))
}

/// Numbers of two digits each, and nothing else.
fn pairs<const N: usize>(text: &str) -> Option<[i64; N]> {
    let is_digits = text.len() == 2 * N && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut numbers = [0; N];
    for (number, pair) in numbers.iter_mut().zip(text.as_bytes().chunks(2)) {
        *number = std::str::from_utf8(pair).ok()?.parse().ok()?;
    }
    is_digits.then_some(numbers)
}

/// Seconds east of UTC: `+0100`, `-023000`.
pub(super) fn offset(text: &str) -> Option<i64> {
    let (sign, digits) =
        text.strip_prefix('+').map(|rest| (1, rest)).or_else(|| Some((-1, text.strip_prefix('-')?)))?;
    let [hours, minutes, seconds] = if digits.len() == 4 {
        let [hours, minutes] = pairs(digits)?;
        [hours, minutes, 0]
    } else {
        pairs(digits)?
    };
    (hours < 24 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// A DURATION: days are as long as the calendar has them, seconds are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IcalDuration {
    pub(super) negative: bool,
    pub(super) days: i64,
    pub(super) seconds: i64,
    /// Whether the duration counts hours, minutes or seconds.
    pub(super) timed: bool,
}

/// `P2W`, `P1DT12H`, `PT1H30M`, `-PT15M`.
pub(super) fn length(text: &str) -> Option<IcalDuration> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.strip_prefix(['P', 'p'])?.to_ascii_uppercase();
    let (date, time) = text.split_once('T').map_or((text.as_str(), None), |(date, time)| (date, Some(time)));
    let days = match date.strip_suffix('W') {
        Some(weeks) if time.is_none() => number(weeks)?.checked_mul(7)?,
        Some(_) => return None,
        None if date.is_empty() && time.is_some() => 0,
        None => number(date.strip_suffix('D')?)?,
    };
    let seconds = time.map_or(Some(0), seconds)?;
    Some(IcalDuration { negative, days, seconds, timed: time.is_some() })
}

fn seconds(time: &str) -> Option<i64> {
    let (mut rest, mut sum, mut is_any) = (time, 0_i64, false);
    for (unit, seconds) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((count, after)) = rest.split_once(unit) {
            sum = sum.checked_add(number(count)?.checked_mul(seconds)?)?;
            (rest, is_any) = (after, true);
        }
    }
    (is_any && rest.is_empty()).then_some(sum)
}

fn number(digits: &str) -> Option<i64> {
    let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| digits.parse().ok()).flatten()
}

/// A moment as Mesos counts it, if it can.
pub(super) fn timestamp(utc: i64) -> Option<Timestamp> {
    utc.checked_mul(1_000_000_000).map(Timestamp)
}

/// The moment's whole second, in UTC.
pub(super) fn second_of(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000_000)
}

/// `20261123T101500Z`.
pub(super) fn stamp(at: Timestamp) -> String {
    let local = Local(second_of(at));
    let ((year, month, day), time) = (local.date(), local.time());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time / 3600, time / 60 % 60, time % 60)
}
