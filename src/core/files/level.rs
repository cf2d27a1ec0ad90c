//! How grave a line is, where it says so; and what glog, which Mesos itself logs with, puts before its words.

use super::json_keys::own_keys;

/// Severity of a line, the least severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Details for developers; `TRACE`, `FINE` and `VERBOSE` count as this.
    Debug,
    /// Normal operation; `NOTICE` counts as this.
    Info,
    /// Something unexpected that did not stop the work.
    Warn,
    /// A failure; `FATAL`, `CRITICAL` and `PANIC` count as this.
    Error,
}

impl Level {
    /// Name in lower case, as addresses have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// Parses the name that addresses have.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Debug, Self::Info, Self::Warn, Self::Error].into_iter().find(|level| level.name() == name)
    }

    /// Level that a line names near its start; `None` if it names none.
    pub fn of(line: &str) -> Option<Self> {
        Self::of_beginning(line, None)
    }

    /// What a line says of itself, of which only the beginning is here. `rest` is what the rest of it says if it is JSON.
    pub(super) fn of_beginning(line: &str, rest: Option<Self>) -> Option<Self> {
        if let Some(glog) = Glog::parse(line) {
            return Some(glog.level);
        }
        if line.trim_ascii_start().starts_with('{')
            && let Some(level) = of_own_key(line).or_else(|| in_json(line)).or(rest)
        {
            return Some(level);
        }
        let end = line.char_indices().nth(160).map_or(line.len(), |(at, _)| at);
        let head = line.get(..end).unwrap_or_default();
        let mut before = "";
        let mut is_first = true;
        for word in head.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let named = matches!(before, "level" | "lvl" | "severity" | "levelname" | "loglevel");
            // The first word behind a time may be in small letters, too, and one in brackets; the parts of a time are none.
            if let Some(level) = by_word(word, named || is_first || is_bracketed(head, word)) {
                return Some(level);
            }
            is_first &= word.bytes().any(|byte| byte.is_ascii_digit());
            before = word;
        }
        None
    }
}

/// `[error]`, `<Error>`, `[core:error]`: a word that ends a bracket and begins it, or follows the name of a module there.
fn is_bracketed(line: &str, word: &str) -> bool {
    let from = word.as_ptr() as usize - line.as_ptr() as usize;
    let before = line.as_bytes().get(from.wrapping_sub(1));
    let after = line.as_bytes().get(from + word.len());
    matches!((before, after), (Some(b'[' | b':'), Some(b']')) | (Some(b'<'), Some(b'>')) | (Some(b'('), Some(b')')))
}

/// Keys of JSON logs that name a level.
const KEYS: [&str; 9] =
    ["level", "lvl", "severity", "levelname", "loglevel", "log.level", "severity_text", "@level", "@l"];

/// The level of a JSON object, or of a part of one, wherever its key is: a word, or a number as pino and bunyan write it.
pub(super) fn in_json(line: &str) -> Option<Level> {
    line.match_indices("\":").find_map(|(quote, _)| {
        // No key is longer; a line may be megabytes long.
        let head = line.get(line.floor_char_boundary(quote.saturating_sub(16))..quote)?;
        let key = head.rsplit('"').next().filter(|key| key.len() < head.len())?;
        if is_of_level(key) { value(line.get(quote + 2..)?.trim_ascii_start()) } else { None }
    })
}

/// The level under a key of the object's own.
fn of_own_key(line: &str) -> Option<Level> {
    own_keys(line).filter(|(key, _)| is_of_level(key)).find_map(|(_, at)| value(line.get(at..)?))
}

fn is_of_level(key: &str) -> bool {
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
}

fn value(value: &str) -> Option<Level> {
    match value.strip_prefix('"') {
        Some(word) => by_word(word.split(|c: char| !c.is_ascii_alphanumeric()).next()?, true),
        None => by_number(value.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?),
    }
}

/// 10 is trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
fn by_number(number: u32) -> Option<Level> {
    match number {
        10..30 => Some(Level::Debug),
        30..40 => Some(Level::Info),
        40..50 => Some(Level::Warn),
        50..=60 => Some(Level::Error),
        _ => None,
    }
}

/// A word in capitals counts anywhere; in small letters only behind `level=`.
fn by_word(word: &str, named: bool) -> Option<Level> {
    let capitals = if named { word.to_ascii_uppercase() } else { word.to_owned() };
    Some(match capitals.as_str() {
        "ERROR" | "ERR" | "FATAL" | "CRITICAL" | "CRIT" | "SEVERE" | "PANIC" | "EMERG" | "ALERT" => Level::Error,
        "WARN" | "WARNING" | "WRN" => Level::Warn,
        "INFO" | "NOTICE" | "INF" | "INFORMATION" => Level::Info,
        "DEBUG" | "TRACE" | "FINE" | "DBG" | "TRC" | "VERBOSE" => Level::Debug,
        _ => return None,
    })
}

/// `I1122 00:08:20.123456 12345 master.cpp:1103] words`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glog<'a> {
    /// The line's level, from its first letter: `I`, `W`, `E` or `F`.
    pub level: Level,
    /// `1122 00:08:20.123456`: month and day, without a zone, and without a year but in later versions of glog.
    pub time: &'a str,
    /// Id of the thread that wrote the line, as `12345`.
    pub thread: &'a str,
    /// `master.cpp:1103`.
    pub source: &'a str,
    /// The message behind `] `.
    pub words: &'a str,
}

impl<'a> Glog<'a> {
    /// Parses a line; `None` if it does not begin in glog's form.
    pub fn parse(line: &'a str) -> Option<Self> {
        let level = match line.as_bytes().first()? {
            b'I' => Level::Info,
            b'W' => Level::Warn,
            b'E' | b'F' => Level::Error,
            _ => return None,
        };
        let time = line.get(1..).filter(|rest| {
            let shape = rest.as_bytes();
            let is = |at: usize, byte: u8| shape.get(at) == Some(&byte);
            let digits = shape.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
            matches!(digits, 4 | 8) && is(digits, b' ') && is(digits + 3, b':')
        })?;
        let (head, words) = time.split_once("] ").or_else(|| Some((time.strip_suffix(']')?, "")))?;
        let mut parts = head.split(' ').filter(|part| !part.is_empty());
        let (day, clock) = (parts.next()?, parts.next()?);
        let time = head.get(..head.find(clock)? + clock.len())?;
        debug_assert!(time.starts_with(day));
        let (thread, source) = (parts.next()?, parts.next()?);
        source.contains(':').then_some(Self { level, time, thread, source, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glog() {
        let line = "W1122 00:08:20.123456  12345 master.cpp:1103] Agent is [gone] now";
        let glog = Glog::parse(line).unwrap();
        assert_eq!((glog.level, glog.time, glog.thread), (Level::Warn, "1122 00:08:20.123456", "12345"));
        assert_eq!((glog.source, glog.words), ("master.cpp:1103", "Agent is [gone] now"));
        for other in ["", "I", "Into the wild", "I1122 00:08", "E1122 00:08:20.1 x] y", "I1122 00:08:20.1 1 x.cpp:1]y"]
        {
            assert_eq!(Glog::parse(other), None, "{other}");
        }
    }

    #[test]
    fn levels() {
        let cases = [
            ("2026-11-22 ERROR no", Some(Level::Error)),
            ("level=warn msg=x", Some(Level::Warn)),
            ("{\"level\":\"error\"}", Some(Level::Error)),
            ("[WARNING] x", Some(Level::Warn)),
            ("no error here", None),
            ("2026-11-22T11:00:41.106Z  warn id=7", Some(Level::Warn)),
            ("ERRORS are", None),
            ("E1122 00:08:20.1 1 x.cpp:1] INFO", Some(Level::Error)),
            ("[Sun Nov 22 00:08:20.123456 2026] [core:error] [pid 7] x", Some(Level::Error)),
            ("2026.11.22 00:08:20.123456 [ 1 ] {} <Information> x", Some(Level::Info)),
            ("2026.11.22 00:08:20.123456 [ 1 ] {} <Error> x", Some(Level::Error)),
            ("{\"level\":30,\"time\":1795306100500,\"msg\":\"ERROR\"}", Some(Level::Info)),
            ("{\"level\":50,\"time\":1795306100500}", Some(Level::Error)),
            ("{\"msg\":\"level:\", \"log.level\": \"WARN\"}", Some(Level::Warn)),
            ("{\"err\":{\"level\":\"error\"},\"level\":30}", Some(Level::Info)),
            ("{\"err\":{\"level\":\"error\"},\"msg\":\"x\"}", Some(Level::Error)),
            ("{\"@t\":\"2026-11-22T00:08:20Z\",\"@l\":\"Fatal\",\"@m\":\"ERROR\"}", Some(Level::Error)),
            ("{\"@t\":\"2026-11-22T00:08:20Z\",\"@l\":\"Warning\",\"@m\":\"ERROR\"}", Some(Level::Warn)),
            ("SEVERE: x", Some(Level::Error)),
            ("an (unhandled) error", None),
            ("", None),
        ];
        for (line, level) in cases {
            assert_eq!(Level::of(line), level, "{line}");
        }
    }
}
