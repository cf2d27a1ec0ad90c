//! Conversion of local times to UTC, by a VTIMEZONE of the file (RFC 5545, 3.6.5) or by the zones that the caller
//! knows. Knows no zone itself.

use super::lines::Component;
use super::time::{DAY, IcalTime, Local, moment, offset};
use crate::base::civil::{days, month_length};
use crate::base::units::Timestamp;

/// The zones that are known outside: in a browser those of its `Intl`.
pub trait Zones {
    /// Offset of a named zone at a moment, in seconds east of UTC; `None` if there is no such zone.
    fn offset(&self, zone: &str, at: Timestamp) -> Option<i64>;
}

/// A zone in which times are written.
#[derive(Clone, Copy)]
pub(super) enum Zone<'a> {
    Utc,
    /// The file says what it is.
    Defined(&'a Definition),
    Named(&'a str, &'a dyn Zones),
}

impl Zone<'_> {
    fn offset(self, utc: i64) -> Option<i64> {
        match self {
            Self::Utc => Some(0),
            Self::Defined(definition) => Some(definition.offset(utc)),
            Self::Named(name, zones) => zones.offset(name, super::time::timestamp(utc)?),
        }
    }

    /// The moment of a time on a wall, in seconds since 1970. Of a time that comes twice it is the first; one that is skipped counts
    /// by the offset before the gap (RFC 5545, 3.3.5).
    pub(super) fn utc(self, Local(local): Local) -> Option<i64> {
        // No zone changes its offset twice within two days.
        let before = self.offset(local.checked_sub(DAY)?)?;
        let after = self.offset(local.checked_add(DAY)?)?;
        let (first, second) = (local.checked_sub(before)?, local.checked_sub(after)?);
        let is_so = |utc: i64, offset: i64| self.offset(utc) == Some(offset);
        Some(match (is_so(first, before), is_so(second, after)) {
            (true, true) => first.min(second),
            (false, true) => second,
            (true | false, false) => first,
        })
    }
}

/// A VTIMEZONE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    observances: Vec<Observance>,
}

/// A STANDARD or DAYLIGHT: from its onsets on, the clock is `to`; before them it is `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Observance {
    start: Local,
    from: i64,
    to: i64,
    dates: Vec<Local>,
    rule: Option<Rule>,
}

/// The one recurrence that zones have: a day of each year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    month: i64,
    day: YearDay,
    /// The last moment that may be an onset, in UTC.
    until: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum YearDay {
    Of(i64),
    /// The nth weekday of the month, from its end if negative; Monday is 0.
    Nth(i64, i64),
    /// The weekday that is one of these days of the month.
    Among(i64, Vec<i64>),
}

impl Definition {
    /// Reads a VTIMEZONE. `None` if anything in it is not understood: a zone that is read in part is another zone.
    pub(super) fn read(zone: &Component) -> Option<Self> {
        if zone.unread.is_some() || zone.is_cut {
            return None;
        }
        let parts = zone.parts.iter().filter(|part| part.name == "STANDARD" || part.name == "DAYLIGHT");
        let observances = parts.map(Observance::read).collect::<Option<Vec<_>>>()?;
        (!observances.is_empty()).then_some(Self { observances })
    }

    fn offset(&self, utc: i64) -> i64 {
        let started = self.observances.iter().filter_map(|of| Some((of.last_onset(utc)?, of.to)));
        let first = || self.observances.iter().min_by_key(|of| of.start.0 - of.from).map(|of| of.from);
        started.max_by_key(|(onset, _)| *onset).map(|(_, to)| to).or_else(first).unwrap_or(0)
    }
}

impl Observance {
    fn read(part: &Component) -> Option<Self> {
        let one = |name| part.value(name).filter(|_| part.all(name).nth(1).is_none());
        if part.unread.is_some() || part.is_cut || part.all("EXRULE").chain(part.all("EXDATE")).next().is_some() {
            return None;
        }
        let IcalTime::Time(start) = moment(one("DTSTART")?)? else { return None };
        let dates = part.all("RDATE").flat_map(|dates| dates.value.split(','));
        let dates = dates.map(|date| match moment(date.trim())? {
            IcalTime::Time(local) => Some(local),
            IcalTime::Day(_) | IcalTime::Utc(_) => None,
        });
        let rule = match part.all("RRULE").count() {
            0 => None,
            1 => Some(Rule::read(one("RRULE")?, start)?),
            _ => return None,
        };
        Some(Self {
            start,
            from: offset(one("TZOFFSETFROM")?)?,
            to: offset(one("TZOFFSETTO")?)?,
            dates: dates.collect::<Option<_>>()?,
            rule,
        })
    }

    /// The last onset that is not after the moment.
    fn last_onset(&self, utc: i64) -> Option<i64> {
        let onset = |local: Local| local.0 - self.from;
        let (year, ..) = Local(utc).date();
        let ruled = self.rule.iter().flat_map(|rule| {
            let last = rule.until.map_or(year, |until| Local(until).date().0.min(year)) + 1;
            let within = move |utc: &i64| rule.until.is_none_or(|until| *utc <= until);
            let on = move |year| rule.in_year(year, self.start.time()).filter(|at| *at > self.start).map(onset);
            // One year more on either side: years begin at other times in other zones.
            (last - 3..=last).filter_map(on).filter(within)
        });
        let dated = self.dates.iter().chain([&self.start]).map(|local| onset(*local));
        dated.chain(ruled).filter(|onset| *onset <= utc).max()
    }
}

impl Rule {
    /// `FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU`, and what else names one day of each year.
    fn read(text: &str, start: Local) -> Option<Self> {
        let (_, start_month, start_day) = start.date();
        let (mut month, mut until, mut by_day, mut among) = (start_month, None, None, Vec::new());
        let mut is_yearly = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=')?;
            match (key.to_ascii_uppercase().as_str(), value.to_ascii_uppercase().as_str()) {
                ("FREQ", "YEARLY") => is_yearly = true,
                ("INTERVAL", "1") | ("WKST", _) => {}
                ("BYMONTH", value) => month = value.parse().ok().filter(|month| (1..=12).contains(month))?,
                ("BYDAY", value) => by_day = Some(weekday(value)?),
                ("BYMONTHDAY", value) => among = value.split(',').map(day_of_month).collect::<Option<_>>()?,
                ("UNTIL", value) => match moment(value)? {
                    IcalTime::Utc(Local(utc)) => until = Some(utc),
                    IcalTime::Day(_) | IcalTime::Time(_) => return None,
                },
                _ => return None,
            }
        }
        let day = match (by_day, among.as_slice()) {
            (Some((0, _)), []) => return None,
            (Some((0, day)), days) if days.len() <= 7 => YearDay::Among(day, among),
            (Some((nth, day)), []) => YearDay::Nth(nth, day),
            (None, []) => YearDay::Of(start_day),
            (None, [day]) => YearDay::Of(*day),
            (Some(_) | None, _) => return None,
        };
        is_yearly.then_some(Self { month, day, until })
    }

    /// The onset of a year, at that time of its day.
    fn in_year(&self, year: i64, time: i64) -> Option<Local> {
        let length = month_length(year, self.month);
        // 1970 began with a Thursday.
        let weekday = |day: i64| (days(year, self.month, day) + 3).rem_euclid(7);
        let day = match &self.day {
            YearDay::Of(day) => *day,
            YearDay::Nth(nth, desired) if *nth > 0 => 1 + (desired - weekday(1)).rem_euclid(7) + (nth - 1) * 7,
            YearDay::Nth(nth, desired) => length - (weekday(length) - desired).rem_euclid(7) + (nth + 1) * 7,
            YearDay::Among(desired, among) => {
                *among.iter().find(|day| (1..=length).contains(*day) && weekday(**day) == *desired)?
            }
        };
        Local::at((year, self.month, day), time)
    }
}

fn day_of_month(text: &str) -> Option<i64> {
    text.parse().ok().filter(|day| (1..=31).contains(day))
}

/// `SU` is (0, 6), `-1SU` is (-1, 6).
fn weekday(text: &str) -> Option<(i64, i64)> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|name| *name == day)?;
    let nth: i64 =
        if nth.is_empty() { 0 } else { nth.parse().ok().filter(|nth| (-5..=5).contains(nth) && *nth != 0)? };
    Some((nth, i64::try_from(day).ok()?))
}
