//! Lines that a search found, and those beside them, as far as they are kept: those nearest to where the reader is. What is let go
//! of is remembered as a stretch at each end; the search reads it again when the reader comes there.

use std::collections::BTreeMap;

use crate::files::lines::Span;

/// What a line costs besides its bytes.
const COST: usize = 96;

/// A cached line: a hit, or a line of context beside one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedLine {
    /// Offset in the file just behind the line, in bytes; its line end is included.
    pub end: u64,
    /// The line's bytes in UTF-8.
    pub bytes: Vec<u8>,
    /// Whether the search found this line; false for a line of context beside a hit.
    pub is_hit: bool,
    /// Whether the row continues the line of the row before it.
    pub is_part: bool,
    /// Line number from 1; `None` if lines before it are uncounted.
    pub number: Option<u64>,
    /// How many lines end between where a block begins, of that number, and where it does.
    pub(super) lines: Option<(u64, i64)>,
}

/// Cached lines around a place of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CachedLines {
    /// The lines in the file's order, each with the offset at which it begins.
    pub lines: Vec<(u64, CachedLine)>,
    /// Index of the first line at the place or behind it.
    pub at: usize,
    /// Hits before the first line are yet to be read again.
    pub more_above: bool,
    /// Hits behind the last line are yet to be read again.
    pub more_below: bool,
}

#[derive(Debug)]
pub(super) struct HitCache {
    lines: BTreeMap<u64, CachedLine>,
    bytes: usize,
    most: usize,
    /// Lines that begin before the first of these, or at the second or behind it, were let go of, whichever there were.
    pub(super) from: u64,
    pub(super) to: u64,
    /// Just beside the borders there may be lines that were let go of.
    pub(super) torn: (bool, bool),
    near: u64,
}

impl HitCache {
    /// Of so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { lines: BTreeMap::new(), bytes: 0, most, from: 0, to: u64::MAX, torn: (false, false), near: u64::MAX }
    }

    pub(super) fn set_most(&mut self, most: usize) {
        self.most = most;
        self.trim();
    }

    pub(super) fn put(&mut self, span: &Span, kept: CachedLine) {
        if !(self.from..self.to).contains(&span.start) {
            return;
        }
        if let Some(known) = self.lines.get_mut(&span.start) {
            known.is_hit |= kept.is_hit;
            known.lines = known.lines.or(kept.lines);
            return;
        }
        self.bytes += kept.bytes.len() + COST;
        self.lines.insert(span.start, kept);
        self.trim();
    }

    /// The last line of a file may have been kept before it was whole.
    pub(super) fn mend(&mut self, span: &Span, bytes: &[u8]) {
        if let Some(kept) = self.lines.get_mut(&span.start) {
            self.bytes += bytes.len().saturating_sub(kept.bytes.len());
            (kept.end, kept.bytes) = (span.end, bytes.to_vec());
        }
    }

    /// The last line, which begins there, is to be searched again, and no hit until then.
    pub(super) fn unmark(&mut self, start: u64) {
        self.lines.range_mut(start..).for_each(|(_, kept)| kept.is_hit = false);
    }

    /// The bytes of a line, if it is kept.
    pub(super) fn line(&self, start: u64) -> Option<&[u8]> {
        self.lines.get(&start).map(|kept| kept.bytes.as_slice())
    }

    fn trim(&mut self) {
        while self.bytes > self.most && self.lines.len() > 1 {
            let first = self.lines.first_key_value().map_or(0, |(start, _)| *start);
            let last = self.lines.last_key_value().map_or(0, |(start, _)| *start);
            let gone = if self.near.abs_diff(first) >= self.near.abs_diff(last) {
                self.torn.0 = true;
                let gone = self.lines.pop_first();
                self.from = gone.as_ref().map_or(self.from, |(_, kept)| kept.end);
                gone
            } else {
                self.torn.1 = true;
                self.to = last;
                self.lines.pop_last()
            };
            self.bytes -= gone.map_or(0, |(_, kept)| kept.bytes.len() + COST);
        }
    }

    /// Begins again at a place.
    fn move_to(&mut self, place: u64, unknown: u64, end: u64) {
        self.lines.clear();
        self.bytes = 0;
        // What was not searched yet comes by itself, before and behind.
        (self.from, self.torn.0) = if place <= unknown { (0, false) } else { (place, true) };
        (self.to, self.torn.1) = if place >= end { (u64::MAX, false) } else { (place, true) };
    }

    /// The lines around a place, where the reader is from now on; and whether all was let go of for that. Lines that begin before
    /// `unknown` or behind `end` were not searched yet.
    pub(super) fn around(
        &mut self,
        place: u64,
        (above, below): (usize, usize),
        (unknown, end): (u64, u64),
    ) -> (CachedLines, bool) {
        self.near = place;
        let here = place.max(unknown).min(end);
        let is_away = here < self.from || here > self.to;
        if is_away {
            self.move_to(here, unknown, end);
        }
        let own = |(start, kept): (&u64, &CachedLine)| (*start, kept.clone());
        let mut lines: Vec<(u64, CachedLine)> = self.lines.range(..place).rev().take(above).map(own).collect();
        lines.reverse();
        let at = lines.len();
        lines.extend(self.lines.range(place..).take(below).map(own));
        let more_above = at < above && self.from > 0;
        let more_below = lines.len() - at < below && self.to != u64::MAX;
        (CachedLines { lines, at, more_above, more_below }, is_away)
    }
}
