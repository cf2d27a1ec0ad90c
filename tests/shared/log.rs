//! A file in memory as its agent serves it, and a search that reads all of it.

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::level::Level;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
use mesoscope_core::files::stack_trace::{TraceLine, TraceState, line_level};
use mesoscope_core::files::stamp::Stamp;
use mesoscope_core::files::text_format::TextFormat;

/// 2026-11-22T00:00:00Z.
pub const MIDNIGHT: i64 = 1_795_305_600;
pub const NOW: Timestamp = Timestamp((MIDNIGHT + 100_000) * 1_000_000_000);

pub fn read(file: &[u8], offset: u64, length: u64) -> ReadReply {
    let from = (offset as usize).min(file.len());
    let to = (from + length.min(WINDOW) as usize).min(file.len());
    ReadReply { size: file.len() as u64, bytes: file[from..to].to_vec() }
}

pub fn search_all(file: &[u8], sought: &SearchQuery, format: TextFormat) -> Search {
    let mut search = Search::new(sought.clone(), 0, file.len() as u64, format);
    finish(&mut search, file);
    search
}

pub fn finish(search: &mut Search, file: &[u8]) {
    search.grow(file.len() as u64);
    loop {
        let probes: Vec<_> = std::iter::from_fn(|| search.next_read()).collect();
        if probes.is_empty() && !search.work() {
            return;
        }
        for probe in probes {
            search.answered(probe, Some(read(file, probe.offset, probe.length)));
        }
        while search.work() {}
    }
}

/// Levels of lines, for a reader that sees the whole file: a line that says neither its level nor its time has the level of the last
/// one that does, and the lines of a trace are errors.
#[derive(Default)]
pub struct LevelReader {
    entry: (u64, Option<Level>),
    trace: Option<(u64, TraceState)>,
}

/// How far above a line the one may end that it belongs to.
const FAR: u64 = 16 << 10;

impl LevelReader {
    /// Level of the next line, which begins and ends there.
    pub fn next(&mut self, (start, end): (u64, u64), text: &str) -> Option<Level> {
        let traced = TraceLine::of(text).filter(|_| Level::of(text).is_none() && end - start < FAR);
        let own = line_level(text).filter(|_| traced.is_none());
        if own.is_some() || (traced.is_none() && Stamp::parse(text, NOW).is_some()) {
            (self.entry, self.trace) = ((end, own), None);
            return own;
        }
        if start >= self.entry.0 + FAR {
            self.entry = (0, None);
        }
        self.trace = match (traced, self.trace) {
            (Some(line), _) => Some((end, line.state())),
            (None, Some((end, state))) if start < end + FAR => state.after(text).map(|state| (end, state)),
            (None, _) => None,
        };
        if self.trace.is_some() { Some(Level::Error) } else { self.entry.1 }
    }
}

pub fn hits(search: &Search) -> Vec<u64> {
    std::iter::successors(search.from(0), |hit| search.from(hit + 1)).collect()
}

pub fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}
