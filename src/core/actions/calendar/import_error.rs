//! Reasons why a file, or an entry of it, is no maintenance schedule.

/// An entry of a file that is no valid window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedEvent {
    /// Name of the entry in the file, or else its position.
    pub name: String,
    /// The reason why it is left out.
    pub why: SkipReason,
}

/// Reason why an entry of a calendar is no valid window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// A component other than VEVENT; its name.
    #[error("It is a {0}, and no event.")]
    NoEvent(String),
    /// An event outside of VCALENDAR.
    #[error("It is outside of any calendar.")]
    NotInCalendar,
    /// A content line that cannot be parsed.
    #[error("This line of it cannot be read: “{0}”.")]
    Unread(String),
    /// The file ends inside the entry.
    #[error("The file ends before it does.")]
    Cut,
    /// A property that may occur once occurs again; its name.
    #[error("It has more than one {0}.")]
    Twice(&'static str),
    /// `STATUS:CANCELLED`.
    #[error("It is cancelled.")]
    Cancelled,
    /// A recurring event; the property that makes it recur.
    #[error("It recurs ({0}), and a maintenance window does not.")]
    Recurs(String),
    /// No `X-MESOS-MACHINE` property.
    #[error("It has no machine: no line begins with X-MESOS-MACHINE.")]
    NoMachine,
    /// An `X-MESOS-MACHINE` property that names no machine; its value.
    #[error("“{0}” names no machine.")]
    Machine(String),
    /// No `DTSTART` property.
    #[error("It does not say when it begins.")]
    NoStart,
    /// A time in a form that RFC 5545 does not allow: the property, and its value.
    #[error("Its {0} is “{1}”, which RFC 5545 does not allow there.")]
    Time(String, String),
    /// Times without a time zone.
    #[error("Its times name no time zone.")]
    Floating,
    /// A whole day without a time zone.
    #[error("It is about whole days, and names no time zone.")]
    FloatingDay,
    /// A `TZID` that is neither defined in the file nor known otherwise, or that may mean several zones.
    #[error(
        "Its time zone “{0}” is not certain: the file does not define it, and it is no known name such as “Europe/Berlin”."
    )]
    UnknownZone(String),
    /// A `TZID` whose VTIMEZONE in the file cannot be read.
    #[error("The file's definition of its time zone “{0}” cannot be read.")]
    Zone(String),
    /// A time in UTC that has a `TZID` as well; the zone.
    #[error("Its time is in UTC, and names the zone “{0}”.")]
    TwoZones(String),
    /// Neither an end nor a duration, and no `X-MESOS-ENDLESS:TRUE`.
    #[error("It neither ends nor lasts. A window without an end has the line X-MESOS-ENDLESS:TRUE.")]
    NoEnd,
    /// More than one statement of the end.
    #[error("It says in two ways when it ends.")]
    TwoEnds,
    /// A date at one end and a time at the other.
    #[error("It begins with a day and ends at a time, or the other way round.")]
    MixedDays,
    /// An end before the start.
    #[error("It ends before it begins.")]
    EndsBefore,
    /// A time beyond the 64-bit nanoseconds of Mesos.
    #[error("It is too far from now for Mesos.")]
    Range,
}

/// Reason why a file is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Neither JSON nor iCalendar.
    #[error("This is neither a maintenance schedule in JSON nor an iCalendar file. Nothing is changed.")]
    Neither,
    /// Bytes that are neither UTF-8 nor UTF-16.
    #[error("The file is no text in UTF-8 or UTF-16. Nothing is changed.")]
    Text,
    /// JSON that is no schedule.
    #[error("The JSON is no maintenance schedule: {0}. Nothing is changed.")]
    Json(JsonError),
    /// A window of a JSON file, by its number from 1, that cannot be read.
    #[error("Window {0} of the file {1}. Nothing is changed.")]
    Window(usize, WindowError),
    /// Components of the calendar nested beyond the limit.
    #[error("The components of the calendar are nested too deeply. Nothing is changed.")]
    Nested,
    /// A file without windows.
    #[error("The file has no windows. Nothing is changed: to delete a schedule, delete its windows here.")]
    Empty,
}

/// Reason why a text is no schedule in JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Invalid JSON, in the parser's words.
    #[error("{0}")]
    Syntax(String),
    /// JSON other than an object with the field `windows`.
    #[error("it is no object with the field “windows”")]
    NoObject,
    /// An object without the field `windows`.
    #[error("it has no field “windows”")]
    NoWindows,
    /// A field `windows` that is no list.
    #[error("its field “windows” is no list")]
    NoList,
}

/// Error in a window in JSON; texts name the object with the error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No machines.
    #[error("has no machines")]
    NoMachine,
    /// A machine with neither host name nor address.
    #[error("has a machine with neither a host name nor an address")]
    Unnamed,
    /// A machine that cannot be read, in the parser's words.
    #[error("has a machine that cannot be read: {0}")]
    Machine(String),
    /// No `nanoseconds` in the start or the duration; which of them.
    #[error("has no nanoseconds in its {0}")]
    NoNanoseconds(&'static str),
    /// A value of `nanoseconds` that is no 64-bit integer; of start or duration.
    #[error("has nanoseconds in its {0} that are no whole number of 64 bits")]
    Nanoseconds(&'static str),
    /// A missing object; its name.
    #[error("has no {0}")]
    Missing(&'static str),
    /// A field that no schedule has, and the object that has it.
    #[error("has a field “{0}” in its {1}, which no schedule has")]
    Unknown(String, &'static str),
}
