//! The lines around a place in a file, with what is not held of them.

use super::{FAR, FollowedFile, LONGEST, Line, REACH, RowKind, Screen};
use crate::files::block_cache::CachedSpan;
use crate::files::hex::HexRow;
use crate::files::hole::{HOLE, Hole};
use crate::files::lines::Span;

impl FollowedFile {
    /// The lines around a place, as far as they are held; what is missing is asked for next.
    pub fn screen(&mut self, place: u64, above: usize, below: usize, form: RowKind) -> Screen {
        let count = (above, below);
        let size = self.size.unwrap_or(0);
        let end = place.min(size);
        // A file that grows faster than it is read shows what was its end a moment ago.
        let place = if place > size { self.pieces.end_near(size).unwrap_or(end) } else { end };
        let mut reach = REACH;
        loop {
            let held = self.pieces.around(place, reach, form == RowKind::Hex);
            let (place, is_end) = (held.own(place), held.real(held.end()) == size);
            let rows = match form {
                RowKind::Lines => self.rows(&held, is_end),
                RowKind::Hex => HexRow::spans(held.at, &held.bytes, is_end).into(),
            };
            let (before, behind) = (place.saturating_sub(held.at), held.end().saturating_sub(place));
            let here = rows.spans.partition_point(|span| span.end <= place);
            // How far a hole reaches that is seen, is of interest too.
            let (opens, ends) = (rows.open.0 && here <= above, rows.open.1 && here + below >= rows.spans.len());
            let enough_above = (here >= above && !opens) || held.at == 0 || before < reach;
            let enough_below = (rows.spans.len() >= here + below && !ends) || is_end || behind < reach;
            let is_partial =
                (before < reach && held.at > 0 && here < above) || (!is_end && rows.spans.len() < here + below);
            if (enough_above && enough_below) || reach >= FAR {
                self.wanted = (end, reach, form == RowKind::Hex);
                return Screen { is_partial, ..self.lines(&held, &rows, here, count) };
            }
            reach *= 2;
        }
    }

    /// The lines and their parts. What is one row reaches to both sides of what is held, if there is nothing else.
    pub(super) fn rows(&self, held: &CachedSpan, is_end: bool) -> Rows {
        let (at, end) = (held.at, held.end());
        let mut rows: Rows = self.format.cut(at, &held.bytes, is_end).into();
        let spans = &mut rows.spans;
        let (first, last) = (spans.first().map_or(end, |span| span.start), spans.last().map_or(at, |span| span.end));
        let is_long = |from: u64, to: u64| to.saturating_sub(from) > LONGEST;
        if spans.is_empty() && is_long(at, end) {
            return Rows { spans: vec![Span { start: at, end }], open: (at > 0, true) };
        }
        if !spans.is_empty() && is_long(at, first) {
            spans.insert(0, Span { start: at, end: first });
            rows.open.0 = true;
        }
        if !spans.is_empty() && is_long(last, end) {
            spans.push(Span { start: last, end });
            rows.open.1 = true;
        }
        rows
    }

    fn lines(&self, held: &CachedSpan, rows: &Rows, here: usize, (above, below): (usize, usize)) -> Screen {
        let from = here.saturating_sub(above);
        let shown = rows.spans.get(from..(here + below).min(rows.spans.len())).unwrap_or_default();
        let inside = |offset: u64| usize::try_from(offset.saturating_sub(held.at)).unwrap_or(usize::MAX);
        let bytes_of = |from: u64, to: u64| held.bytes.get(inside(from)..inside(to));
        let first = shown.first().map_or(0, |span| span.start);
        let count = |from: u64, to: u64| self.format.count_between(held.at, &held.bytes, from, to);
        let before = |from: u64| if from >= held.at { count(held.own(from), first) } else { None };
        let mut number = self.counts.lines_before(held.real(first), before);
        let line = |(nth, span): (usize, &Span)| {
            let line = bytes_of(span.start, span.end).unwrap_or_default();
            let begins = self.format.begins(held.at, &held.bytes, span.start);
            let this = number.filter(|_| begins && !line.ends_with(&HOLE)).map(|before| before + 1);
            let more = u64::from(self.format.ends_line(held.at, &held.bytes, span.end));
            number = number.map(|before| before + more);
            let real = Span { start: held.real(span.start), end: held.real(span.end) };
            let text = self.format.without_hole(line);
            let length = real.end - real.start - text.len() as u64;
            let hole = Hole { length, is_open: rows.is_open(nth), is_sampled: held.is_sampled(span.start, span.end) };
            let hole = if length > 0 { hole } else { Hole::default() };
            let bytes = self.format.decode(real.start, text).into_owned();
            Line { span: real, bytes, number: this, is_part: !begins, hole }
        };
        Screen { lines: (from..).zip(shown).map(line).collect(), at: here - from, is_partial: false }
    }
}

/// What is held, cut into rows.
pub(super) struct Rows {
    pub(super) spans: Vec<Span>,
    /// Where the first begins, or the last ends, is not known.
    open: (bool, bool),
}

impl Rows {
    fn is_open(&self, nth: usize) -> bool {
        (self.open.0 && nth == 0) || (self.open.1 && nth + 1 == self.spans.len())
    }
}

impl From<Vec<Span>> for Rows {
    fn from(spans: Vec<Span>) -> Self {
        Self { spans, open: (false, false) }
    }
}
