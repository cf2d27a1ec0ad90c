//! The maintenance schedule as a file: JSON as Mesos writes it, and iCalendar (RFC 5545) with one event per window. A
//! file becomes windows, with a reason for each entry that does not; nothing is replaced.

pub mod event;
pub mod import_error;
mod json;
mod lines;
mod time;
pub mod zones;

use super::MaintenanceWindow;
use crate::actions::calendar::event::{DURATION, ENDLESS_PROPERTY, MACHINE_PROPERTY, START, seconds};
use crate::actions::calendar::import_error::{ImportError, SkipReason, SkippedEvent};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::maintenance::Schedule;

use self::zones::Zones;

/// Maximum length of a calendar's line in bytes; longer ones are folded.
const FOLD: usize = 73;

/// Contents of a file: windows, and the entries that are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    windows: Vec<MaintenanceWindow>,
    /// Entries that are no windows. The user must see them before the windows are used.
    pub left_out: Vec<SkippedEvent>,
}

impl Imported {
    /// The windows; `None` if there is none, which must not replace a schedule.
    pub fn windows(&self) -> Option<&[MaintenanceWindow]> {
        (!self.windows.is_empty()).then_some(self.windows.as_slice())
    }

    /// Number of events that are left out only because their times name no zone.
    pub fn without_zone(&self) -> usize {
        self.left_out.iter().filter(|entry| matches!(entry.why, SkipReason::Floating | SkipReason::FloatingDay)).count()
    }
}

/// The schedule as Mesos writes it.
pub fn to_json(windows: &[MaintenanceWindow]) -> String {
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
pub fn to_calendar(windows: &[MaintenanceWindow], now: Timestamp) -> String {
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
            || format!("{ENDLESS_PROPERTY}:TRUE"),
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
            line(format!("{MACHINE_PROPERTY}:{} {}", escape(&part(&machine.hostname)), escape(&part(&machine.ip))));
        }
        line("END:VEVENT".to_owned());
    }
    line("END:VCALENDAR".to_owned());
    text
}

/// Whether its seconds say all about it.
fn is_whole(window: &MaintenanceWindow) -> bool {
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

#[cfg(test)]
mod tests;
