//! The maintenance schedule as a file: JSON as Mesos writes it, and iCalendar (RFC 5545), an event a window, for other calendars
//! to show. Replaces nothing: what a file says becomes windows, with a reason for each entry that does not.

mod event;
mod json;
mod lines;
mod time;
pub mod zones;

use super::Window;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::maintenance::{MachineId, Schedule};

use self::zones::Zones;

/// The property that names a machine: its host name and its address, with a space between.
const MACHINE: &str = "X-MESOS-MACHINE";
/// Says `TRUE` of a window without an end: to other calendars an event without an end takes no time.
const ENDLESS: &str = "X-MESOS-ENDLESS";
/// The start and the length in nanoseconds, where seconds do not say them exactly.
const START: &str = "X-MESOS-START";
const DURATION: &str = "X-MESOS-DURATION";
/// A line of a calendar is folded behind so many bytes.
const FOLD: usize = 73;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    windows: Vec<Window>,
    /// What of the file is no window. A reader must have seen it before the windows are used.
    pub left_out: Vec<LeftOut>,
}

impl Imported {
    /// The windows; `None` if there is none, which must not replace a schedule.
    pub fn windows(&self) -> Option<&[Window]> {
        (!self.windows.is_empty()).then_some(self.windows.as_slice())
    }

    /// How many events are left out only because their times name no zone.
    pub fn without_zone(&self) -> usize {
        self.left_out.iter().filter(|entry| matches!(entry.why, Why::Floating | Why::FloatingDay)).count()
    }
}

/// An entry of a file that is no window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// As the file names it, else by its place.
    pub name: String,
    pub why: Why,
}

/// Why an entry of a calendar is no window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("It is a {0}, and no event.")]
    NoEvent(String),
    #[error("It is outside of any calendar.")]
    NotInCalendar,
    #[error("This line of it cannot be read: “{0}”.")]
    Unread(String),
    #[error("The file ends before it does.")]
    Cut,
    #[error("It has more than one {0}.")]
    Twice(&'static str),
    #[error("It is cancelled.")]
    Cancelled,
    #[error("It recurs ({0}), and a maintenance window does not.")]
    Recurs(String),
    #[error("It has no machine: no line begins with X-MESOS-MACHINE.")]
    NoMachine,
    #[error("“{0}” names no machine.")]
    Machine(String),
    #[error("It does not say when it begins.")]
    NoStart,
    #[error("Its {0} is “{1}”, which RFC 5545 does not allow there.")]
    Time(String, String),
    #[error("Its times name no time zone.")]
    Floating,
    #[error("It is about whole days, and names no time zone.")]
    FloatingDay,
    #[error("Its time zone “{0}” is not known.")]
    UnknownZone(String),
    #[error("The file's definition of its time zone “{0}” cannot be read.")]
    Zone(String),
    #[error("Its time is in UTC, and names the zone “{0}”.")]
    TwoZones(String),
    #[error("It neither ends nor lasts. A window without an end has the line X-MESOS-ENDLESS:TRUE.")]
    NoEnd,
    #[error("It says in two ways when it ends.")]
    TwoEnds,
    #[error("It begins with a day and ends at a time, or the other way round.")]
    MixedDays,
    #[error("It ends before it begins.")]
    EndsBefore,
    #[error("It is too far from now for Mesos.")]
    Range,
}

/// Why a file is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("This is neither a maintenance schedule in JSON nor an iCalendar file. Nothing is changed.")]
    Neither,
    #[error("The file is no text in UTF-8 or UTF-16. Nothing is changed.")]
    Text,
    #[error("The JSON is no maintenance schedule: {0}. Nothing is changed.")]
    Json(String),
    #[error("Window {0} of the file {1}. Nothing is changed.")]
    Window(usize, String),
    #[error("The components of the calendar are nested too deeply. Nothing is changed.")]
    Nested,
    #[error("The file has no windows. Nothing is changed: to delete a schedule, delete its windows here.")]
    Empty,
}

/// The schedule as Mesos writes it.
pub fn to_json(windows: &[Window]) -> String {
    let schedule = Schedule { windows: windows.iter().map(Into::into).collect() };
    serde_json::to_string_pretty(&schedule).unwrap_or_default()
}

/// Reads either form. Times that name no zone, also days, are in the zone `floating`; without one they are left out.
///
/// # Errors
/// In words, if the file is no schedule at all or has nothing in it.
pub fn read_schedule(bytes: &[u8], zones: &dyn Zones, floating: Option<&str>) -> Result<Imported, ImportError> {
    let bytes = utf8(bytes)?;
    let bytes = bytes.trim_ascii();
    let imported = if bytes.starts_with(b"{") || bytes.starts_with(b"[") {
        Imported { windows: json::windows(text(bytes)?)?, left_out: Vec::new() }
    } else {
        let unfolded = lines::unfold(bytes);
        let unfolded = text(&unfolded)?;
        if !unfolded.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
            return Err(ImportError::Neither);
        }
        let file = lines::components(unfolded).ok_or(ImportError::Nested)?;
        let (windows, left_out) = event::windows(&file, zones, floating);
        Imported { windows, left_out }
    };
    if imported == Imported::default() { Err(ImportError::Empty) } else { Ok(imported) }
}

/// The text in UTF-8, without its byte order mark.
fn utf8(bytes: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, ImportError> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
        text.map(|text| text.into_bytes().into()).ok_or(ImportError::Text)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => Ok(rest.into()),
    }
}

fn text(bytes: &[u8]) -> Result<&str, ImportError> {
    std::str::from_utf8(bytes).map_err(|_| ImportError::Text)
}

/// The schedule as a calendar, written at that time.
pub fn to_calendar(windows: &[Window], now: Timestamp) -> String {
    let mut text = String::new();
    let mut line = |content: String| fold(&mut text, &content);
    line("BEGIN:VCALENDAR".to_owned());
    line("VERSION:2.0".to_owned());
    line("PRODID:-//Mesoscope//Maintenance//EN".to_owned());
    for (place, window) in windows.iter().enumerate() {
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}-{place}@mesoscope", window.start.0));
        line(format!("DTSTAMP:{}", time::stamp(now)));
        line(format!("DTSTART:{}", time::stamp(window.start)));
        line(window.duration.map_or_else(
            || format!("{ENDLESS}:TRUE"),
            |length| format!("DTEND:{}", time::stamp(window.start + length)),
        ));
        if !is_whole(window) {
            line(format!("{START}:{}", window.start.0));
            window.duration.into_iter().for_each(|length| line(format!("{DURATION}:{}", length.0)));
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

/// The seconds in which it begins and ends: what a calendar can say of it.
fn seconds(window: &Window) -> (i64, Option<i64>) {
    (time::second_of(window.start), window.duration.map(|length| time::second_of(window.start + length)))
}

/// Whether its seconds say all about it.
fn is_whole(window: &Window) -> bool {
    let (start, end) = seconds(window);
    let whole = |second: i64| time::timestamp(second);
    let length = end.and_then(|end| Some(Nanoseconds(whole(end)?.0.checked_sub(whole(start)?.0)?)));
    whole(start) == Some(window.start) && length == window.duration
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

/// As TEXT. A carriage return would end the line, and TEXT has no way to write it: it is a line feed then.
fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

fn machine(text: &str) -> Option<MachineId> {
    let (hostname, ip) = text.rsplit_once(' ').unwrap_or((text, "-"));
    let part = |part: &str| Some(part.trim().to_owned()).filter(|part| !part.is_empty() && part != "-");
    let id = MachineId { hostname: part(hostname), ip: part(ip) };
    (id != MachineId::default()).then_some(id)
}

#[cfg(test)]
mod tests;
