//! A file in memory as its agent serves it, and a search that reads all of it.

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::search_query::SearchQuery;
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

pub fn hits(search: &Search) -> Vec<u64> {
    std::iter::successors(search.from(0), |hit| search.from(hit + 1)).collect()
}

pub fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}
