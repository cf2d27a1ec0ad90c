//! Why a file, or an entry of it, is no maintenance schedule.

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
    Json(JsonError),
    #[error("Window {0} of the file {1}. Nothing is changed.")]
    Window(usize, WindowError),
    #[error("The components of the calendar are nested too deeply. Nothing is changed.")]
    Nested,
    #[error("The file has no windows. Nothing is changed: to delete a schedule, delete its windows here.")]
    Empty,
}

/// Why a text is no schedule in JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// No JSON, in the parser's words.
    #[error("{0}")]
    Syntax(String),
    #[error("it is no object with the field “windows”")]
    NoObject,
    #[error("it has no field “windows”")]
    NoWindows,
    #[error("its field “windows” is no list")]
    NoList,
}

/// What is wrong with a window in JSON; each names the object that it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("has no machines")]
    NoMachine,
    #[error("has a machine with neither a host name nor an address")]
    Unnamed,
    /// A machine that cannot be read, in the parser's words.
    #[error("has a machine that cannot be read: {0}")]
    Machine(String),
    #[error("has no nanoseconds in its {0}")]
    NoNanoseconds(&'static str),
    #[error("has nanoseconds in its {0} that are no whole number of 64 bits")]
    Nanoseconds(&'static str),
    #[error("has no {0}")]
    Missing(&'static str),
    #[error("has a field “{0}” in its {1}, which no schedule has")]
    Unknown(String, &'static str),
}
