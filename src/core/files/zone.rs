//! The clock of times that tell no zone: how far it is from UTC. It knows no summer time; the reader of a log says what held then.

use std::fmt;

use crate::base::units::Timestamp;

/// How far the real zones are from UTC at most, in minutes.
const FARTHEST: i32 = 14 * 60;

/// Minutes east of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UtcOffset(i32);

impl UtcOffset {
    /// Zone by its minutes east of UTC; `None` beyond those in use on earth.
    pub fn east(minutes: i32) -> Option<Self> {
        (minutes.abs() <= FARTHEST).then_some(Self(minutes))
    }

    /// `UTC`, `+09:00`, `-9:30`, `+2`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("UTC").or_else(|| text.strip_prefix("utc")).unwrap_or(text);
        if text.is_empty() || text == "Z" {
            return Some(Self(0));
        }
        // A minus may have come from a text that was set in type.
        let (sign, rest) = text
            .strip_prefix('+')
            .map(|rest| (1, rest))
            .or_else(|| text.strip_prefix('-').or_else(|| text.strip_prefix('\u{2212}')).map(|rest| (-1, rest)))?;
        let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
            (Some(parts), _) => parts,
            (None, 4) => rest.split_at_checked(2)?,
            (None, _) => (rest, "0"),
        };
        let number = |text: &str| text.parse().ok().filter(|_| text.len() <= 2 && !text.starts_with(['+', '-']));
        let (hours, minutes): (i32, i32) = (number(hours)?, number(minutes)?);
        Self::east(sign * (hours * 60 + minutes)).filter(|_| minutes < 60)
    }

    /// Seconds east of UTC.
    pub(super) fn seconds(self) -> i64 {
        i64::from(self.0) * 60
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("UTC");
        }
        let minutes = self.0.abs();
        write!(f, "{}{:02}:{:02}", if self.0 < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }
}

/// Order of a numeric date's parts. A year of four digits at the start is never ambiguous.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// `26/11/22`, as Spark writes.
    #[default]
    YearFirst,
    /// `22/11/26`, `22.11.2026`.
    DayFirst,
    /// `11/22/26`, `11/22/2026`.
    MonthFirst,
}

/// A day as a log writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year with its century, as 2026.
    pub year: u32,
    /// Month, from 1.
    pub month: u32,
    /// Day of the month, from 1.
    pub day: u32,
}

impl DateOrder {
    pub(super) const ALL: [Self; 3] = [Self::YearFirst, Self::DayFirst, Self::MonthFirst];

    /// Name of the order in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::YearFirst => "year",
            Self::DayFirst => "day",
            Self::MonthFirst => "month",
        }
    }

    /// Parses the name that addresses have.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }

    /// A date of three numbers as it is read so.
    pub(super) fn date(self, text: &str) -> Option<Date> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit());
        let (first, second, third) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let (year, month, day) = match self {
            Self::YearFirst if third.len() < 4 => (first, second, third),
            Self::YearFirst | Self::DayFirst => (third, second, first),
            Self::MonthFirst => (third, first, second),
        };
        let century = if year.len() == 2 { 2000 } else { 0 };
        Some(Date { year: century + year.parse::<u32>().ok()?, month: month.parse().ok()?, day: day.parse().ok()? })
    }
}

/// Defaults for times that lack a year or a zone, or whose date is ambiguous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeDefaults {
    /// The current time: a time without a year is read as the latest that is not ahead of it.
    pub now: Timestamp,
    /// The zone that a time without one is in.
    pub zone: UtcOffset,
    /// Order in which a date such as `03/04/26` is read.
    pub order: DateOrder,
}

impl From<Timestamp> for TimeDefaults {
    fn from(now: Timestamp) -> Self {
        Self { now, zone: UtcOffset::default(), order: DateOrder::default() }
    }
}

impl TimeDefaults {
    /// The time now, in a zone.
    pub fn new(now: Timestamp, zone: UtcOffset) -> Self {
        Self { zone, ..now.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_as_they_are_written() {
        let cases =
            [("UTC", 0), ("+09:00", 540), ("-9:30", -570), ("+2", 120), ("+0530", 330), ("UTC-3", -180), ("", 0)];
        for (text, minutes) in cases {
            assert_eq!(UtcOffset::parse(text), UtcOffset::east(minutes), "{text}");
        }
        for text in ["2", "+", "+15", "+1:60", "+1:2:3", "Tokyo", "+é1", "+-1", "+ééé"] {
            assert_eq!(UtcOffset::parse(text), None, "{text}");
        }
        for minutes in [-840, -570, -1, 0, 59, 840] {
            let zone = UtcOffset::east(minutes).unwrap();
            assert_eq!(UtcOffset::parse(&zone.to_string()), Some(zone), "{zone}");
        }
    }
}
