//! The maintenance schedule as a file: JSON as Mesos writes it, and iCalendar (RFC 5545), an event a window, for other calendars
//! to show. What another calendar wrote is read as far as it says when and which machines.

use super::Window;
use crate::api::maintenance::{MachineId, Schedule};
use crate::units::{Nanoseconds, Timestamp};

/// The property that names a machine: its host name and its address, with a space between.
const MACHINE: &str = "X-MESOS-MACHINE";
/// A line of a calendar is folded behind so many bytes.
const FOLD: usize = 73;

/// Why a file is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("This is neither a maintenance schedule in JSON nor an iCalendar file.")]
    Neither,
    #[error("The JSON is no maintenance schedule: {0}.")]
    Json(String),
    #[error("Event {0} does not say when it begins, or not so that it can be understood.")]
    Time(usize),
    #[error("Event {0} names no machine (in a line that begins with X-MESOS-MACHINE).")]
    Machines(usize),
    #[error("Event {0} does not say when it ends so that it can be understood.")]
    End(usize),
    #[error("The times of event {0} are in the zone {1}, and this reads only UTC: times that end with Z.")]
    Zone(usize, String),
    #[error("Event {0} recurs ({1}), and a maintenance window does not.")]
    Recurs(usize, String),
    #[error("Window {0} has no unavailability, so that it would have no times.")]
    NoTimes(usize),
}

/// The schedule as Mesos writes it.
pub fn to_json(windows: &[Window]) -> String {
    let schedule = Schedule { windows: windows.iter().map(Into::into).collect() };
    serde_json::to_string_pretty(&schedule).unwrap_or_default()
}

/// Reads either form.
///
/// # Errors
/// In words, with the event that is wrong.
pub fn read_schedule(text: &str) -> Result<Vec<Window>, ImportError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('{') {
        let json =
            serde_json::from_str::<serde_json::Value>(text).map_err(|error| ImportError::Json(error.to_string()))?;
        // The whole answer, or the schedule in it.
        let inner = json.get("get_maintenance_schedule").unwrap_or(&json);
        let inner = inner.get("schedule").unwrap_or(inner);
        if inner.get("windows").is_none() && inner.as_object().is_none_or(|fields| !fields.is_empty()) {
            return Err(ImportError::Json("it has no windows".to_owned()));
        }
        // A field that is missing would be a time of nothing: since 1970, and for ever.
        let windows = inner.get("windows").and_then(serde_json::Value::as_array);
        let timeless = |window: &serde_json::Value| window.pointer("/unavailability/start/nanoseconds").is_none();
        if let Some(at) = windows.and_then(|windows| windows.iter().position(timeless)) {
            return Err(ImportError::NoTimes(at + 1));
        }
        let schedule: Schedule = serde::Deserialize::deserialize(inner)
            .map_err(|error: serde_json::Error| ImportError::Json(error.to_string()))?;
        return Ok(schedule.windows.iter().map(Window::from).collect());
    }
    if text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return events(text);
    }
    Err(ImportError::Neither)
}

/// The schedule as a calendar, written at that time. A window without an end is an event without one.
pub fn to_calendar(windows: &[Window], now: Timestamp) -> String {
    let mut text = String::new();
    let mut line = |content: String| fold(&mut text, &content);
    line("BEGIN:VCALENDAR".to_owned());
    line("VERSION:2.0".to_owned());
    line("PRODID:-//Mesoscope//Maintenance//EN".to_owned());
    for (place, window) in windows.iter().enumerate() {
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}-{place}@mesoscope", window.start.0));
        line(format!("DTSTAMP:{}", stamp(now)));
        line(format!("DTSTART:{}", stamp(window.start)));
        if let Some(length) = window.duration {
            line(format!("DTEND:{}", stamp(window.start + length)));
        }
        let machines: Vec<String> = window.machines.iter().map(ToString::to_string).collect();
        line(format!("SUMMARY:{}", escape(&format!("Maintenance: {}", machines.join(", ")))));
        for machine in &window.machines {
            let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
            line(format!("{MACHINE}:{} {}", escape(&part(&machine.hostname)), escape(&part(&machine.ip))));
        }
        line("END:VEVENT".to_owned());
    }
    line("END:VCALENDAR".to_owned());
    text
}

fn fold(text: &mut String, content: &str) {
    let mut width = 0;
    for letter in content.chars() {
        if width + letter.len_utf8() > FOLD {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(letter);
        width += letter.len_utf8();
    }
    text.push_str("\r\n");
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

#[derive(Default)]
struct Event {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    length: Option<Nanoseconds>,
    machines: Vec<MachineId>,
}

fn events(text: &str) -> Result<Vec<Window>, ImportError> {
    let unfolded = text.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("\n\t", "");
    let mut windows = Vec::new();
    let mut event: Option<Event> = None;
    let mut number = 0;
    for line in unfolded.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value, zone) =
            (name.split(';').next().unwrap_or(name).to_ascii_uppercase(), value.trim(), zone(name));
        match (name.as_str(), &mut event) {
            ("BEGIN", _) if value.eq_ignore_ascii_case("VEVENT") => {
                number += 1;
                event = Some(Event::default());
            }
            ("END", Some(ended)) if value.eq_ignore_ascii_case("VEVENT") => {
                let start = ended.start.ok_or(ImportError::Time(number))?;
                if ended.machines.is_empty() {
                    return Err(ImportError::Machines(number));
                }
                if ended.end.is_some_and(|end| end < start) {
                    return Err(ImportError::End(number));
                }
                let duration = ended.length.or_else(|| ended.end.map(|end| end.since(start)));
                windows.push(Window { machines: std::mem::take(&mut ended.machines), start, duration });
                event = None;
            }
            ("DTSTART" | "DTEND", Some(_)) if !is_utc(&zone) => return Err(ImportError::Zone(number, zone)),
            ("RRULE" | "RDATE" | "RECURRENCE-ID", Some(_)) => {
                return Err(ImportError::Recurs(number, value.chars().take(60).collect()));
            }
            ("DTSTART", Some(event)) => event.start = moment(value),
            ("DTEND", Some(event)) => event.end = Some(moment(value).ok_or(ImportError::End(number))?),
            ("DURATION", Some(event)) => event.length = Some(length(value).ok_or(ImportError::End(number))?),
            (MACHINE, Some(event)) => event.machines.extend(machine(&unescape(value))),
            _ => {}
        }
    }
    Ok(windows)
}

/// The time zone among a line's parameters: `DTSTART;TZID=Europe/Berlin`.
fn zone(name: &str) -> String {
    let of = |parameter: &str| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("TZID").then(|| value.trim_matches('"').to_owned())
    };
    name.split(';').skip(1).find_map(of).unwrap_or_default()
}

fn is_utc(zone: &str) -> bool {
    let last = zone.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
    matches!(last.as_str(), "" | "UTC" | "GMT" | "ZULU" | "UCT")
}

fn machine(text: &str) -> Option<MachineId> {
    let (hostname, ip) = text.rsplit_once(' ').unwrap_or((text, "-"));
    let part = |part: &str| Some(part.trim().to_owned()).filter(|part| !part.is_empty() && part != "-");
    let id = MachineId { hostname: part(hostname), ip: part(ip) };
    (id != MachineId::default()).then_some(id)
}

/// `PT1H30M`, `P1D`, `P2W`.
fn length(text: &str) -> Option<Nanoseconds> {
    let mut sum = 0_i64;
    let mut number = String::new();
    for letter in text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?.chars() {
        let seconds = match letter {
            'T' => continue,
            '0'..='9' => {
                number.push(letter);
                continue;
            }
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        sum = sum.checked_add(std::mem::take(&mut number).parse::<i64>().ok()?.checked_mul(seconds)?)?;
    }
    Some(Nanoseconds::from_secs(sum))
}

/// `20261123T101500Z`; a day alone begins at its midnight. Without a Z the time is taken as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1678..=2261).contains(&year) {
        return None;
    }
    let time =
        if digits.len() >= 12 { part(8, 10)? * 3600 + part(10, 12)? * 60 + part(12, 14).unwrap_or(0) } else { 0 };
    let seconds = days(year, month, day) * 86_400 + time;
    Some(Timestamp(0) + Nanoseconds::from_secs(seconds))
}

fn stamp(at: Timestamp) -> String {
    let seconds = at.0.div_euclid(1_000_000_000);
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let time = seconds.rem_euclid(86_400);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

/// Days since 1970 of a date in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, shifted) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of so many days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn machine() -> impl Strategy<Value = MachineId> {
        ("[a-z0-9.,;\\\\-]{1,90}", any::<[u8; 4]>()).prop_map(|(hostname, [a, b, c, d])| MachineId {
            hostname: Some(format!("h{hostname}")),
            ip: Some(format!("{a}.{b}.{c}.{d}")),
        })
    }

    fn window() -> impl Strategy<Value = Window> {
        let length = prop::option::of(0_i64..10_000_000).prop_map(|seconds| seconds.map(Nanoseconds::from_secs));
        (prop::collection::vec(machine(), 1..4), -1_000_000_000_i64..8_000_000_000, length).prop_map(
            |(machines, start, duration)| Window {
                machines,
                start: Timestamp(0) + Nanoseconds::from_secs(start),
                duration,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(windows in prop::collection::vec(window(), 0..5)) {
            prop_assert_eq!(read_schedule(&to_calendar(&windows, Timestamp(0))), Ok(windows.clone()));
            prop_assert_eq!(read_schedule(&to_json(&windows)), Ok(windows));
        }

        #[test]
        fn any_file_is_read_without_harm(text in ".*", times in "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:[0-9TZ]{0,20}\nDURATION:P[0-9TWDHMS]{0,30}\nX-MESOS-MACHINE:[a ]*\nEND:VEVENT\n") {
            let _ = read_schedule(&text);
            let _ = read_schedule(&times);
        }
    }

    #[test]
    fn what_others_write_is_read() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=UTC:20261123T101500Z\r\nDURATION:PT1H30M\r\nX-MESOS-MACHINE:host1 10.0\r\n .0.1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let window = Window {
            machines: vec![MachineId { hostname: Some("host1".to_owned()), ip: Some("10.0.0.1".to_owned()) }],
            start: Timestamp(1_795_428_900_000_000_000),
            duration: Some(Nanoseconds::from_secs(5400)),
        };
        assert_eq!(read_schedule(text), Ok(vec![window]));
        assert_eq!(read_schedule("hello"), Err(ImportError::Neither));
        assert_eq!(read_schedule("{\"a\":1}"), Err(ImportError::Json("it has no windows".to_owned())));
        assert_eq!(read_schedule("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT"), Err(ImportError::Time(1)));
        let event = |lines: &str| {
            let head = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nX-MESOS-MACHINE:h 10.0.0.1\n";
            read_schedule(&format!("{head}{lines}\nEND:VEVENT\nEND:VCALENDAR"))
        };
        let at = "DTSTART:20261123T101500Z\n";
        let hour = Ok(Some(Nanoseconds::from_secs(3600)));
        let length = |lines: &str| event(&format!("{at}{lines}")).map(|windows| windows[0].duration);
        assert_eq!(length("DURATION:+PT1H"), hour);
        assert_eq!(length("DTEND;TZID=\"UTC\":20261123T111500"), hour);
        assert_eq!(length("DTEND:soon"), Err(ImportError::End(1)));
        assert_eq!(length("DTEND:20261123T091500Z"), Err(ImportError::End(1)));
        assert_eq!(length("DURATION:P1X"), Err(ImportError::End(1)));
        assert_eq!(length("RRULE:FREQ=WEEKLY"), Err(ImportError::Recurs(1, "FREQ=WEEKLY".to_owned())));
        let berlin = "DTSTART;TZID=Europe/Berlin:20261123T101500\n";
        assert_eq!(event(berlin), Err(ImportError::Zone(1, "Europe/Berlin".to_owned())));
        let timeless = r#"{"windows":[{"machine_ids":[{"hostname":"h"}]}]}"#;
        assert_eq!(read_schedule(timeless), Err(ImportError::NoTimes(1)));
    }
}
