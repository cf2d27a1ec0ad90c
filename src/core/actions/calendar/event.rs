//! Events of a calendar as windows, each with the reason if it is none. Guesses nothing: what could be read in two ways is left out.

use super::lines::{Component, Property, unescape};
use super::time::second_of;
use super::time::{IcalDuration, IcalTime, length, moment, timestamp};
use super::zones::{Definition, Zone, Zones};
use crate::actions::MaintenanceWindow;
use crate::actions::calendar::import_error::{SkipReason, SkippedEvent};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::maintenance::MachineId;

/// Letters of an event's name.
const NAME: usize = 60;

/// A calendar, and the zones in which its times are.
struct Calendar<'a> {
    zones: Vec<(&'a str, Option<Definition>)>,
    /// The zone that the calendar names for times that name none.
    own: Option<&'a str>,
    /// The one that the user chose for them, if the calendar names none either.
    floating: Option<&'a str>,
    known: &'a dyn Zones,
    is_cancelled: bool,
}

/// The property that names a machine: its host name and its address, with a space between.
pub(super) const MACHINE_PROPERTY: &str = "X-MESOS-MACHINE";

/// Says `TRUE` of a window without an end: to other calendars an event without an end takes no time.
pub(super) const ENDLESS_PROPERTY: &str = "X-MESOS-ENDLESS";

/// The start and the length in nanoseconds, where seconds do not say them exactly.
pub(super) const START: &str = "X-MESOS-START";

pub(super) const DURATION: &str = "X-MESOS-DURATION";

/// The seconds in which it begins and ends: what a calendar can say of it.
pub(super) fn seconds(window: &MaintenanceWindow) -> (i64, Option<i64>) {
    (second_of(window.start), window.duration.map(|length| second_of(window.start + length)))
}

/// `host ip`, either of which may be `-`, or one of them alone.
pub(super) fn machine(text: &str) -> Option<MachineId> {
    let mut parts = text.split_whitespace();
    let id = match (parts.next()?, parts.next(), parts.next()) {
        (one, None, None) => MachineId::named(one),
        (hostname, Some(ip), None) => {
            let part = |part: &str| Some(part.to_owned()).filter(|part| part != "-");
            MachineId { hostname: part(hostname), ip: part(ip) }
        }
        _ => return None,
    };
    // Between commas there are several machines, of which one would be made.
    let is_one = |part: &str| part != "-" && !part.contains([',', ';']);
    (id != MachineId::default() && is_one(id.host()) && is_one(id.address())).then_some(id)
}

/// The windows of all calendars of a file, in its order, and what is none.
pub(super) fn windows(
    file: &Component,
    known: &dyn Zones,
    floating: Option<&str>,
) -> (Vec<MaintenanceWindow>, Vec<SkippedEvent>) {
    let (mut windows, mut left_out) = (Vec::new(), Vec::new());
    for (nth, component) in file.parts.iter().enumerate() {
        if component.name != "VCALENDAR" {
            left_out.push(SkippedEvent { name: named(component, nth + 1), why: SkipReason::NotInCalendar });
            continue;
        }
        let calendar = Calendar::of(component, known, floating);
        let entries = component.parts.iter().filter(|part| part.name != "VTIMEZONE" && !part.name.starts_with("X-"));
        for (nth, part) in entries.enumerate() {
            match calendar.window(part) {
                Ok(window) => windows.push(window),
                Err(why) => left_out.push(SkippedEvent { name: named(part, nth + 1), why }),
            }
        }
        let unread = component.unread.clone().map(SkipReason::Unread);
        let cut = component.is_cut.then_some(SkipReason::Cut);
        left_out.extend(unread.into_iter().chain(cut).map(|why| SkippedEvent { name: named(component, nth + 1), why }));
    }
    if let Some(line) = &file.unread {
        left_out.push(SkippedEvent { name: line.clone(), why: SkipReason::NotInCalendar });
    }
    (windows, left_out)
}

/// An event by its summary, else by its place.
fn named(event: &Component, nth: usize) -> String {
    let summary = event.value("SUMMARY").map(unescape).unwrap_or_default();
    let summary: String = summary.chars().take(NAME).collect();
    if summary.trim().is_empty() { format!("{} {nth}", event.name) } else { summary }
}

impl<'a> Calendar<'a> {
    fn of(calendar: &'a Component, known: &'a dyn Zones, floating: Option<&'a str>) -> Self {
        let mut zones: Vec<(&str, Option<Definition>)> = Vec::new();
        for part in calendar.parts.iter().filter(|part| part.name == "VTIMEZONE") {
            let (Some(name), definition) = (part.value("TZID"), Definition::read(part)) else { continue };
            match zones.iter_mut().find(|(known, _)| *known == name) {
                // Two that differ under one name say nothing.
                Some((_, before)) if *before != definition => *before = None,
                Some(_) => {}
                None => zones.push((name, definition)),
            }
        }
        let own = calendar.value("X-WR-TIMEZONE").filter(|name| !name.is_empty());
        let is_cancelled = calendar.value("METHOD").is_some_and(|method| method.eq_ignore_ascii_case("CANCEL"));
        Self { zones, own, floating, known, is_cancelled }
    }

    fn window(&self, event: &Component) -> Result<MaintenanceWindow, SkipReason> {
        if event.name != "VEVENT" {
            return Err(SkipReason::NoEvent(event.name.clone()));
        }
        check_whole(event)?;
        if self.is_cancelled || event.value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            return Err(SkipReason::Cancelled);
        }
        let machines = machines(event)?;
        let start = event.all("DTSTART").next().ok_or(SkipReason::NoStart)?;
        let begins = self.time(start)?;
        let is_endless = event.value(ENDLESS_PROPERTY).is_some_and(|value| value.eq_ignore_ascii_case("TRUE"));
        let end = match (event.all("DTEND").next(), event.all("DURATION").next()) {
            (Some(_), Some(_)) => return Err(SkipReason::TwoEnds),
            (Some(end), None) => Some(self.end(end, begins)?),
            (None, Some(lasts)) => Some(begins.after(lasts)?),
            (None, None) if is_endless => None,
            (None, None) => match begins.at {
                IcalTime::Day(day) => {
                    Some(begins.zone.utc(day.in_days(1).ok_or(SkipReason::Range)?).ok_or(SkipReason::Range)?)
                }
                IcalTime::Time(_) | IcalTime::Utc(_) => return Err(SkipReason::NoEnd),
            },
        };
        if end.is_some() && is_endless {
            return Err(SkipReason::TwoEnds);
        }
        exact(event, machines, begins.utc, end)
    }

    fn end(&self, end: &Property, begins: Begin<'_>) -> Result<i64, SkipReason> {
        let is_day = |at| matches!(at, IcalTime::Day(_));
        if moment(end.value.trim()).is_some_and(|at| is_day(at) != is_day(begins.at)) {
            return Err(SkipReason::MixedDays);
        }
        let ends = self.time(end)?;
        if ends.utc < begins.utc { Err(SkipReason::EndsBefore) } else { Ok(ends.utc) }
    }

    /// The time in a property, and its zone.
    fn time<'b>(&'b self, property: &'b Property) -> Result<Begin<'b>, SkipReason> {
        let wrong = || SkipReason::Time(property.name.clone(), property.value.chars().take(NAME).collect());
        let at = moment(property.value.trim()).ok_or_else(wrong)?;
        let kind = property.param("VALUE").unwrap_or(if matches!(at, IcalTime::Day(_)) { "DATE" } else { "DATE-TIME" });
        let is_day = matches!(at, IcalTime::Day(_));
        if !kind.eq_ignore_ascii_case(if is_day { "DATE" } else { "DATE-TIME" }) {
            return Err(wrong());
        }
        let zone = property.param("TZID").filter(|zone| !zone.is_empty());
        let (local, zone) = match at {
            IcalTime::Utc(local) => {
                zone.filter(|zone| !is_utc(zone)).map_or(Ok(()), |zone| Err(SkipReason::TwoZones(zone.to_owned())))?;
                (local, Zone::Utc)
            }
            IcalTime::Day(local) | IcalTime::Time(local) => {
                let chosen = || self.floating.map(|name| Zone::Named(name, self.known));
                let none = if is_day { SkipReason::FloatingDay } else { SkipReason::Floating };
                (local, zone.or(self.own).map(|name| self.zone(name)).or_else(|| chosen().map(Ok)).ok_or(none)??)
            }
        };
        let utc = zone.utc(local).filter(|utc| timestamp(*utc).is_some());
        match (utc, zone) {
            (Some(utc), _) => Ok(Begin { at, zone, utc }),
            (None, Zone::Named(name, known)) if known.offset(name, Timestamp(0)).is_none() => {
                Err(SkipReason::UnknownZone(name.to_owned()))
            }
            (None, _) => Err(SkipReason::Range),
        }
    }

    fn zone<'b>(&'b self, name: &'b str) -> Result<Zone<'b>, SkipReason> {
        match self.zones.iter().find(|(known, _)| *known == name) {
            Some((_, Some(definition))) => Ok(Zone::Defined(definition)),
            Some((_, None)) => Err(SkipReason::Zone(name.to_owned())),
            None if is_utc(name) => Ok(Zone::Utc),
            None if is_area_and_location(name) => Ok(Zone::Named(name, self.known)),
            None => Err(SkipReason::UnknownZone(name.to_owned())),
        }
    }
}

/// Names of UTC itself.
fn is_utc(zone: &str) -> bool {
    let zone = zone.to_ascii_uppercase();
    matches!(zone.strip_prefix("ETC/").unwrap_or(&zone), "UTC" | "GMT" | "Z" | "ZULU" | "UCT" | "UNIVERSAL")
}

/// `Europe/Berlin`. Names without a slash are abbreviations and old aliases: browsers know them, but each takes one of the zones that
/// a name as CST or IST may mean.
fn is_area_and_location(zone: &str) -> bool {
    zone.split_once('/').is_some_and(|(area, location)| !area.is_empty() && !location.is_empty())
}

/// When an event begins: as it is written, in which zone, and in seconds since 1970.
#[derive(Clone, Copy)]
struct Begin<'a> {
    at: IcalTime,
    zone: Zone<'a>,
    utc: i64,
}

impl Begin<'_> {
    /// The end of what lasts so. Days are the calendar's, which summer time makes longer and shorter; hours are exact
    /// (RFC 5545, 3.3.6).
    fn after(self, lasts: &Property) -> Result<i64, SkipReason> {
        let wrong = || SkipReason::Time(lasts.name.clone(), lasts.value.chars().take(NAME).collect());
        let IcalDuration { negative, days, seconds, timed } = length(lasts.value.trim()).ok_or_else(wrong)?;
        if negative {
            return Err(SkipReason::EndsBefore);
        }
        let local = match self.at {
            IcalTime::Day(_) if timed => return Err(wrong()),
            IcalTime::Day(local) | IcalTime::Time(local) | IcalTime::Utc(local) => local,
        };
        // A start in a gap is not where its zone's clock would put it: only whole days are counted by that clock.
        let begins =
            if days == 0 { Some(self.utc) } else { local.in_days(days).and_then(|local| self.zone.utc(local)) };
        begins.and_then(|utc| utc.checked_add(seconds)).ok_or(SkipReason::Range)
    }
}

/// Checks that each line was read, that unique properties occur once, and that the event does not recur.
fn check_whole(event: &Component) -> Result<(), SkipReason> {
    if let Some(line) = &event.unread {
        return Err(SkipReason::Unread(line.clone()));
    }
    if event.is_cut {
        return Err(SkipReason::Cut);
    }
    for name in ["RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID"] {
        if let Some(property) = event.all(name).next() {
            return Err(SkipReason::Recurs(format!(
                "{name}:{}",
                property.value.chars().take(NAME).collect::<String>()
            )));
        }
    }
    let once = ["DTSTART", "DTEND", "DURATION", "STATUS", START, DURATION, ENDLESS_PROPERTY];
    let twice = once.into_iter().find(|name| event.all(name).nth(1).is_some());
    twice.map_or(Ok(()), |name| Err(SkipReason::Twice(name)))
}

fn machines(event: &Component) -> Result<Vec<MachineId>, SkipReason> {
    let read = |property: &Property| {
        machine(&unescape(&property.value)).ok_or_else(|| SkipReason::Machine(property.value.clone()))
    };
    let machines = event.all(MACHINE_PROPERTY).map(read).collect::<Result<Vec<_>, _>>()?;
    if machines.is_empty() { Err(SkipReason::NoMachine) } else { Ok(machines) }
}

/// The window, to the nanosecond if the file has that and the event was not moved since.
fn exact(
    event: &Component,
    machines: Vec<MachineId>,
    begins: i64,
    ends: Option<i64>,
) -> Result<MaintenanceWindow, SkipReason> {
    let start = timestamp(begins).ok_or(SkipReason::Range)?;
    let end = ends.map(|ends| timestamp(ends).ok_or(SkipReason::Range)).transpose()?;
    let plain = MaintenanceWindow { machines, start, duration: end.map(|end| end.since(start)) };
    let number = |name: &str| event.value(name).and_then(|value| value.parse::<i64>().ok());
    let start = number(START).map_or(plain.start, Timestamp);
    let written = MaintenanceWindow { start, duration: number(DURATION).map(Nanoseconds), ..plain.clone() };
    Ok(if seconds(&written) == seconds(&plain) { written } else { plain })
}
