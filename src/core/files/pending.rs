//! Lines that have what is sought, and belong to a line whose beginning has not been read yet: the file is searched upwards, and what a
//! line says of itself is at its beginning. They count, or not, once that was read. Searches nothing.

use std::collections::VecDeque;

use super::hit_cache::CachedLine;
use super::level::Level;
use super::lines::Span;
use super::scan_job::HitOffset;

/// Lines that wait: a very long one, and those close below it, so they are few.
#[derive(Debug, Default)]
pub(super) struct PendingLines {
    /// The first in the file first.
    pub(super) lines: VecDeque<PendingLine>,
    /// The first of them is a part of the line that goes on where the search is.
    pub(super) is_open: bool,
    /// The level that the parts of that line tell that were searched, the first in the line.
    pub(super) level: Option<Level>,
}

/// A line that waits.
#[derive(Debug)]
pub(super) struct PendingLine {
    pub(super) hit: HitOffset,
    pub(super) lines: u32,
    pub(super) is_part: bool,
    /// Whether the line is one of a trace, and waits for the source alone.
    pub(super) is_of_trace: bool,
    /// The rows that are shown of it, and those beside it.
    pub(super) rows: Vec<(Span, CachedLine)>,
}
