//! File contents generated from a seed, so that any byte of ten gigabytes is available at no cost.
//!
//! A growing file consists of pages of 4 KiB with whole lines each, written over the time it took to fill them.

use crate::rng::{mix, pick};
use crate::time::{SECOND, date};

pub(crate) const PAGE: u64 = 4096;

/// Content of a file.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Exactly these bytes.
    Fixed(Vec<u8>),
    /// Lines of a kind, written at a rate in bytes per second since a time. The file begins at byte `begin` of them.
    Lines { kind: Kind, since: i64, rate: u64, begin: u64 },
    /// Binary data.
    Noise,
    /// A single endless line.
    Endless,
    /// A one-line JSON array of objects, `RECORD` bytes each.
    Records(u64),
}

/// Length of a record in bytes.
pub(crate) const RECORD: u64 = 64;

/// Format of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The glog format, as in Mesos' own logs.
    Glog,
    Service,
    /// With ANSI colours.
    Coloured,
    /// A progress bar that overwrites itself.
    Progress,
    /// ISO 8859-1, not valid UTF-8.
    Latin,
    /// One JSON object per line, some of them long.
    Json,
    /// A mix of difficult content: line ends of Windows and other tools, multi-byte letters, NULs, exact colours, styles across
    /// lines, unterminated sequences.
    Mixed,
}

impl Content {
    /// Reads the bytes from `from` to `to`.
    pub(crate) fn read(&self, seed: u64, from: u64, to: u64) -> Vec<u8> {
        match self {
            Content::Fixed(bytes) => {
                let end = (to as usize).min(bytes.len());
                bytes[(from as usize).min(end)..end].to_vec()
            }
            Content::Noise => (from..to)
                .map(|at| if at < 4 { b"\x7fELF"[at as usize] } else { (mix(seed, at / 8) >> (at % 8 * 8)) as u8 })
                .map(|byte| if byte < 60 { 0 } else { byte })
                .collect(),
            Content::Endless => {
                (from..to).map(|at| if at % 11 == 10 { b',' } else { b'0' + (mix(seed, at) % 10) as u8 }).collect()
            }
            Content::Records(count) => {
                let records = from / RECORD..to.div_ceil(RECORD);
                let bytes: Vec<u8> = records.flat_map(|nth| record(nth, *count, mix(seed, nth))).collect();
                let skip = (from % RECORD) as usize;
                bytes[skip..skip + (to - from) as usize].to_vec()
            }
            Content::Lines { kind, since, rate, begin } => {
                let (from, to) = (from + begin, to + begin);
                let mut bytes = Vec::with_capacity((to - from) as usize);
                for page in from / PAGE..to.div_ceil(PAGE) {
                    let start = page * PAGE;
                    let text = filled(*kind, mix(seed, page), *since, start, *rate);
                    let cut = |at: u64| (at.saturating_sub(start) as usize).min(text.len());
                    bytes.extend_from_slice(&text[cut(from)..cut(to)]);
                }
                bytes
            }
        }
    }
}

fn record(nth: u64, count: u64, hash: u64) -> Vec<u8> {
    let begin = if nth == 0 { '[' } else { ',' };
    let text = format!("{begin}{{\"key\":\"{nth:08}\",\"of\":[{},{}]}}", hash % 1000, hash % 7);
    let mut bytes = text.into_bytes();
    bytes.resize(RECORD as usize, b' ');
    if nth + 1 == count {
        bytes[RECORD as usize - 1] = b']';
    }
    bytes
}

/// A page of lines, padded with blanks at the end of the last one.
fn filled(kind: Kind, seed: u64, since: i64, start: u64, rate: u64) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::with_capacity(PAGE as usize);
    for nth in 0.. {
        let written = start + text.len() as u64;
        let at = since + (written as i128 * i128::from(SECOND) / i128::from(rate.max(1))) as i64;
        let line = line(kind, mix(seed, nth), at);
        if text.len() + line.len() + 2 > PAGE as usize {
            break;
        }
        text.extend_from_slice(&line);
    }
    let ends = text.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let behind = text.split_off(text.len() - ends);
    text.resize(PAGE as usize - ends, b' ');
    text.extend(behind);
    text
}

const WORDS: &[&str] = &[
    "request served",
    "cart updated",
    "cache refreshed",
    "connection returned to the pool",
    "lease renewed",
    "batch committed",
    "session opened",
    "index page flushed",
    "token issued",
    "heartbeat acknowledged",
    "shard 14 assigned",
    "retry scheduled",
];
const BAD: &[&str] = &[
    "upstream timed out after 2000 ms",
    "connection reset by peer",
    "checksum of block 7 differs",
    "no space left for spill",
];
const PLACES: &[&str] = &["http.Handler", "pool.Leases", "store.Index", "io.Spill", "auth.Tokens", "net.Peer"];

fn line(kind: Kind, hash: u64, at: i64) -> Vec<u8> {
    let grave = hash % 40;
    let said = LineContent {
        time: Clock::of(at),
        hash,
        grave,
        words: if grave < 2 { pick(BAD, hash >> 8) } else { pick(WORDS, hash >> 8) },
        number: hash >> 16 & 0xffff,
        millis: hash >> 32 & 0x3ff,
    };
    match kind {
        Kind::Glog => said.glog(),
        Kind::Service => said.service(),
        Kind::Coloured => said.in_colours(),
        Kind::Progress => said.progress(),
        Kind::Latin => said.in_latin_1(),
        Kind::Mixed => said.mixed(),
        Kind::Json => said.json(),
    }
}

/// Content of a line, independent of its format.
struct LineContent {
    time: Clock,
    hash: u64,
    /// Severity; lower is worse, 0 is an error.
    grave: u64,
    words: &'static str,
    number: u64,
    millis: u64,
}

impl LineContent {
    fn glog(self) -> Vec<u8> {
        let Self { time, hash, grave, words, number, .. } = self;
        let letter = match grave {
            0 => 'E',
            1..4 => 'W',
            _ => 'I',
        };
        let source = pick(
            &["master.cpp:11031", "slave.cpp:5302", "hierarchical.cpp:1853", "http.cpp:1436", "replica.cpp:712"],
            hash >> 24,
        );
        let Clock { month, day, hour, minute, second, micros, .. } = time;
        format!("{letter}{month:02}{day:02} {hour:02}:{minute:02}:{second:02}.{micros:06} {} {source}] {words} ({number})\n", 4000 + hash % 32)
            .into_bytes()
    }

    fn service(self) -> Vec<u8> {
        let Self { time, hash, grave, words, number, millis } = self;
        let level = match grave {
            0 => "ERROR",
            1..4 => "WARN ",
            4..9 => "DEBUG",
            _ => "INFO ",
        };
        let place = pick(PLACES, hash >> 24);
        let mut text = format!("{time} {level} [{place}] {words} id={number:x} took={millis}ms\n");
        if grave == 0 {
            text.push_str(&format!("java.io.IOException: {words}\n\tat {place}.call({place}.java:{})\n\tat java.lang.Thread.run(Thread.java:750)\n", millis + 1));
        }
        text.into_bytes()
    }

    fn in_colours(self) -> Vec<u8> {
        let Self { time, grave, words, number, millis, .. } = self;
        let (code, level) = match grave {
            0 => ("1;31", "error"),
            1..4 => ("33", "warn"),
            4..9 => ("2", "debug"),
            _ => ("32", "info"),
        };
        format!("\x1b[2m{time}\x1b[0m \x1b[{code}m{level:>5}\x1b[0m {words} \x1b[36mid\x1b[0m=\x1b[4m{number:x}\x1b[0m \x1b[38;5;208mtook\x1b[0m={millis}ms\n")
            .into_bytes()
    }

    fn progress(self) -> Vec<u8> {
        let Self { number, millis, .. } = self;
        let mut text = String::new();
        for step in 0..=10 {
            text.push_str(&format!("part-{:05}: {:3} % [{:<10}]\r", number, step * 10, "#".repeat(step)));
        }
        text.push_str(&format!("part-{number:05}: done in {millis} ms         \n"));
        text.into_bytes()
    }

    fn in_latin_1(self) -> Vec<u8> {
        let Self { time, number, .. } = self;
        [
            format!("{time} INFO  ").into_bytes(),
            b"gr\xf6\xdfe caf\xe9 d\xe9j\xe0 vu ".to_vec(),
            format!("{number}\n").into_bytes(),
        ]
        .concat()
    }

    fn mixed(self) -> Vec<u8> {
        let Self { time, hash, words, number, .. } = self;
        match hash % 8 {
            0 => format!("{time} INFO  ended as on Windows\r\n").into_bytes(),
            1 => format!("{time} INFO  ended twice\r\r\n").into_bytes(),
            2 => format!("{time} INFO  größer als 東京 {} пять 🚀🚀\n", "ü".repeat(number as usize % 70)).into_bytes(),
            // Few enough NULs that the file still counts as text.
            3 if hash % 32 == 3 => format!("{time} WARN  a NUL \0 behind words\n").into_bytes(),
            4 => format!(
                "{time} INFO  \x1b[38;2;250;120;40mexact\x1b[0m \x1b[48;2;30;60;190;38;5;229mon blue\x1b[0m {number}\n"
            )
            .into_bytes(),
            5 => format!("{time} INFO  \x1b[1;35ma style\nthat lasts\nfor three lines\x1b[0m\n").into_bytes(),
            6 => format!("{time} INFO  \x1b]0;a title without an end\n").into_bytes(),
            _ => format!("{time} INFO  {words} \x1b[12\n").into_bytes(),
        }
    }

    fn json(self) -> Vec<u8> {
        let Self { time, grave, words, number, .. } = self;
        let level = match grave {
            0 => "error",
            1..4 => "warn",
            _ => "info",
        };
        format!("{{\"ts\":\"{time}\",\"level\":\"{level}\",\"msg\":\"{words}\",\"id\":{number},\"labels\":{{\"zone\":\"a\",\"html\":\"<b>&amp;</b>\"}}}}\n").into_bytes()
    }
}

/// A UTC calendar time.
#[derive(Clone, Copy, Debug)]
struct Clock {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
}

impl Clock {
    fn of(nanos: i64) -> Clock {
        let (seconds, micros) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND) / 1000);
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(days);
        Clock { year, month, day, hour: of_day / 3600, minute: of_day / 60 % 60, second: of_day % 60, micros }
    }
}

/// `2026-11-22T00:08:20.123Z`
impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Clock { year, month, day, hour, minute, second, micros } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", micros / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_a_log_is_the_same_as_in_the_whole() {
        for kind in [Kind::Glog, Kind::Service, Kind::Coloured, Kind::Progress, Kind::Latin, Kind::Json, Kind::Mixed] {
            let content = Content::Lines { kind, since: 1_795_306_100 * SECOND, rate: 100, begin: 5000 };
            let whole = content.read(7, 0, 20_000);
            assert_eq!(whole.len(), 20_000);
            for (from, to) in [(0, 1), (3095, 3097), (4000, 13_000), (19_999, 20_000)] {
                assert_eq!(content.read(7, from, to), whole[from as usize..to as usize]);
            }
        }
    }

    #[test]
    fn no_line_is_blank() {
        for kind in [Kind::Glog, Kind::Service, Kind::Coloured, Kind::Progress, Kind::Latin, Kind::Json, Kind::Mixed] {
            let content = Content::Lines { kind, since: 1_795_306_100 * SECOND, rate: 100, begin: 0 };
            let text = content.read(7, 0, 10 * PAGE);
            let blank = text.split_inclusive(|byte| *byte == b'\n').position(|line| line.trim_ascii().is_empty());
            assert_eq!((blank, text.last()), (None, Some(&b'\n')), "{kind:?}");
        }
    }

    #[test]
    fn a_line_says_when_it_was_written() {
        let content = Content::Lines { kind: Kind::Service, since: 1_795_306_100 * SECOND, rate: PAGE, begin: 0 };
        let page = content.read(1, 10 * PAGE, 11 * PAGE);
        assert!(page.starts_with(b"2026-11-22T00:08:30.000Z "), "{}", String::from_utf8_lossy(&page[..60]));
    }
}
