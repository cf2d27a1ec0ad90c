//! A piece of a file on its way through a search: bytes, cut into rows and grouped into lines, and those of them that were found.
//! Asks for nothing.

use std::collections::VecDeque;
use std::ops::Range;

use super::level::{Level, in_json};
use super::lines::Span;
use super::pattern::LineEdges;
use super::search_query::{LogEntry, MAX_ENTRY_DISTANCE};
use super::styled_line::{byte_of, plain};
use crate::files::hit_cache::CachedLine;
use crate::files::pattern::Pattern;
use crate::files::search_query::SearchQuery;
use crate::files::text_format::TextFormat;

/// Bytes of lines that are looked at closer in one step; fewer where each costs what an expression costs.
const STEP: usize = 16 << 10;
const STEP_BY_REGEX: usize = 1 << 10;

/// Which lines a question, and what is searched of its answer, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProbePurpose {
    /// Of the block of that number.
    Block(u64),
    /// Those at the file's end.
    End,
    /// Lines that were let go of: those that begin between these; and on which side of those that are kept.
    Again { from: u64, to: u64, is_above: bool },
}

/// A line that was found, by where it begins.
pub type HitOffset = u64;

/// Bytes that are looked through, line by line.
#[derive(Debug)]
pub(super) struct ScanJob {
    pub(super) of: ProbePurpose,
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) spans: Vec<Span>,
    format: TextFormat,
    /// The lines, as ranges of `spans`. A first one may lack its beginning.
    lines: Vec<Range<usize>>,
    /// Lines that begin in it are searched; those before say what those belong to.
    range: Range<u64>,
    /// From here on what belongs to no line that begins in these bytes is searched as a part of one.
    part: Option<u64>,
    /// The file ends with these bytes.
    is_end: bool,
    /// Where the text may be; none where only reading line by line can tell.
    hints: Option<Vec<usize>>,
    next: usize,
    entry: LogEntry,
    /// The last line that was looked at begins in these bytes, says nothing of itself, and is so long that no line behind it belongs
    /// to one before it.
    is_mute: bool,
    /// The level that is reported by what of the last line is not in these bytes.
    rest: Option<Level>,
    /// The level that a part of a line tells, the first there.
    pub(super) part_level: Option<Level>,
    /// An expression was looked for in a part of a line.
    pub(super) is_bounded: bool,
    pub(super) found: Vec<Match>,
    /// Lines that have the pattern, and belong to one whose beginning has not been read yet.
    pub(super) pending: Vec<Match>,
    /// Up to an offset in it, so many lines end since the block of that number began.
    pub(super) counted: Option<CountedLines>,
    /// For each span, how many lines end between where that block begins and where it does.
    pub(super) counts: Vec<i64>,
}

/// A line that was found.
#[derive(Clone, Debug)]
pub(super) struct Match {
    /// The span in which it has what is searched for.
    pub(super) span: usize,
    /// The spans of the line.
    pub(super) line: Range<usize>,
    /// Of the line only a part is known.
    pub(super) is_part: bool,
    /// The line is one of a trace.
    pub(super) is_of_trace: bool,
}

/// How many lines end between where a block begins and an offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedLines {
    pub(super) block: u64,
    pub(super) at: u64,
    pub(super) lines: i64,
}

impl ScanJob {
    pub(super) fn new(
        (query, format): (&SearchQuery, TextFormat),
        of: ProbePurpose,
        at: u64,
        bytes: Vec<u8>,
        is_end: bool,
        range: Range<u64>,
    ) -> Self {
        let spans = format.cut(at, &bytes, is_end);
        // Escapes may be within a word; where there are none, only lines that have the text are looked at closer.
        let is_plain = format == TextFormat::default() && !bytes.contains(&0x1b);
        let hints = query.pattern.as_ref().filter(|_| is_plain).and_then(|pattern| pattern.hints(&bytes));
        let lines = lines(format, at, &bytes, &spans);
        Self {
            of,
            at,
            bytes,
            spans,
            format,
            lines,
            range,
            part: None,
            is_end,
            hints,
            next: 0,
            entry: LogEntry::default(),
            is_mute: false,
            rest: None,
            part_level: None,
            is_bounded: false,
            found: Vec::new(),
            pending: Vec::new(),
            counted: None,
            counts: Vec::new(),
        }
    }

    /// What belongs to no line that begins in these bytes is searched too, from an offset on.
    pub(super) fn with_part(self, part: Option<u64>) -> Self {
        Self { part, ..self }
    }

    /// What the line says of itself whose beginning these bytes lack, if they do.
    pub(super) fn within(self, before: LogEntry) -> Self {
        let begins = self.spans.first().is_none_or(|first| self.begins(first));
        Self { entry: if begins { LogEntry::default() } else { before }, ..self }
    }

    /// What is before these bytes is not known. `rest` is what of the last line is not here says of it.
    pub(super) fn behind_unknown(self, rest: Option<Level>) -> Self {
        let first = self.spans.first().map_or(0, |first| first.start);
        let entry = if first == 0 { LogEntry::default() } else { LogEntry::OPEN.ending(first) };
        Self { entry, rest, ..self }
    }

    /// What the last line says of itself that was looked at.
    pub(super) fn entry(&self) -> LogEntry {
        self.entry
    }

    /// Whether no line behind the last one that was looked at belongs to it, or to one before it.
    pub(super) fn is_mute(&self) -> bool {
        self.is_mute
    }

    /// Instead of being searched, lines are found that were before.
    pub(super) fn with_known(mut self, hits: &VecDeque<HitOffset>) -> Self {
        let is_due = |line: &&Range<usize>| self.spans.get(line.start).is_some_and(|span| span.start < self.range.end);
        let known =
            self.lines.iter().filter(is_due).flat_map(|line| line.clone().map(move |span| (span, line.clone())));
        let known = known.filter(|(span, _)| {
            self.spans
                .get(*span)
                .is_some_and(|span| span.start >= self.range.start && hits.binary_search(&span.start).is_ok())
        });
        self.found = known.map(|(span, line)| Match { span, line, is_part: false, is_of_trace: false }).collect();
        self.next = self.lines.len();
        self
    }

    pub(super) fn line(&self, span: &Span) -> &[u8] {
        self.bytes.get((span.start - self.at) as usize..(span.end - self.at) as usize).unwrap_or_default()
    }

    /// A row as it is kept.
    pub(super) fn kept(&self, nth: usize, is_hit: bool) -> Option<(Span, CachedLine)> {
        let span = *self.spans.get(nth)?;
        let bytes = self.format.decode(span.start, self.line(&span)).into_owned();
        let (is_part, lines) = (!self.begins(&span), self.lines_before(nth));
        Some((span, CachedLine { end: span.end, bytes, is_hit, is_part, number: None, lines }))
    }

    /// Whether a line ends with the row.
    pub(super) fn ends_line(&self, span: &Span) -> bool {
        self.format.ends_line(self.at, &self.bytes, span.end)
    }

    /// Whether some line begins where it is searched.
    pub(super) fn lines_begin(&self) -> bool {
        let begins = |line: &Range<usize>| {
            self.spans.get(line.start).is_some_and(|span| self.range.contains(&span.start) && self.begins(span))
        };
        self.lines.iter().any(begins)
    }

    /// The rows of the line that a row is of.
    pub(super) fn line_of(&self, nth: usize) -> Option<&Range<usize>> {
        self.lines.get(self.lines.partition_point(|line| line.end <= nth))
    }

    /// The job with so much known of the piece of a file.
    pub(super) fn counted(self, block: u64, at: u64, lines: i64) -> Self {
        Self { counted: Some(CountedLines { block, at, lines }), ..self }
    }

    /// Counts the lines, as far as it is known from where on.
    pub(super) fn count(&mut self) {
        let Some(counted) = self.counted else { return };
        // The line before the first one is there with its end alone.
        let head = self.spans.first().filter(|first| counted.at < first.start && self.begins(first));
        let mut lines = i64::from(head.is_some_and(|first| first.start > self.at));
        let ends: Vec<i64> = self.spans.iter().map(|span| i64::from(self.ends_line(span))).collect();
        let count = |ends: &i64| {
            lines += ends;
            lines - ends
        };
        let counts: Vec<i64> = ends.iter().map(count).collect();
        let before = self.spans.iter().zip(&counts).zip(&ends).take_while(|((span, _), _)| span.end <= counted.at);
        let before = before.last().map_or(0, |((_, count), ends)| count + ends);
        self.counts = counts.into_iter().map(|count| count - before + counted.lines).collect();
    }

    fn begins(&self, span: &Span) -> bool {
        self.format.begins(self.at, &self.bytes, span.start)
    }

    /// How many lines end between where a block begins and where a line does; none for a part of one that is not its first.
    fn lines_before(&self, nth: usize) -> Option<(u64, i64)> {
        let span = self.spans.get(nth).filter(|span| self.begins(span));
        span.and(self.counted).map(|counted| counted.block).zip(self.counts.get(nth).copied())
    }

    fn may_have(&self, line: &Span) -> bool {
        self.hints.as_ref().is_none_or(|hints| {
            let first = hints.partition_point(|hint| self.at + (*hint as u64) < line.start);
            hints.get(first).is_some_and(|hint| self.at + (*hint as u64) < line.end)
        })
    }

    fn whole(&self, line: &Range<usize>) -> Option<Span> {
        let rows = self.spans.get(line.clone())?;
        Some(Span { start: rows.first()?.start, end: rows.last()?.end })
    }

    /// Looks through some lines; whether those were the last.
    pub(super) fn go_on(&mut self, query: &SearchQuery) -> bool {
        let mut looked = 0;
        let step = if matches!(query.pattern, Some(Pattern::Regex(_))) { STEP_BY_REGEX } else { STEP };
        while let Some(line) = self.lines.get(self.next).cloned() {
            let Some(whole) = self.whole(&line).filter(|whole| whole.start < self.range.end) else { return true };
            looked += self.look(query, &line, whole);
            self.next += 1;
            if looked > step {
                return false;
            }
        }
        true
    }

    /// Looks at a line; how many bytes that were.
    fn look(&mut self, query: &SearchQuery, line: &Range<usize>, whole: Span) -> usize {
        let begins = self.begins(&whole);
        let in_range = begins && whole.start >= self.range.start;
        let may_have = in_range && self.may_have(&whole);
        let edges = LineEdges { begins, ends: self.ends(line) };
        let mut looked = 0;
        if may_have || (begins && query.is_by_entry()) {
            let bytes = self.format.decode(whole.start, self.line(&whole)).into_owned();
            let text = plain(&bytes);
            looked += bytes.len();
            let rest = self.rest.filter(|_| !edges.ends);
            self.entry = self.entry.then(query, (whole.start, whole.end), &text, rest);
            self.is_mute = !self.entry.ends_at(whole.end) && whole.end - whole.start >= MAX_ENTRY_DISTANCE;
            if may_have && self.may_be_of(query) {
                self.is_bounded |= !edges.ends && query.is_bounded();
                self.note(query.first(&text, edges), query, line.clone(), whole, (&bytes, false));
            }
        }
        if !begins {
            (self.entry, self.is_mute) = (self.entry.ending(whole.end), false);
        }
        if !in_range && let Some(from) = self.part {
            looked += self.look_at_part(query, line, from, edges);
        }
        looked
    }

    /// Whether lines that belong to the last one that says something of itself are meant, as far as that is known.
    fn may_be_of(&self, query: &SearchQuery) -> bool {
        query.has_entry(&self.entry) || query.waits_for(&self.entry)
    }

    /// Whether a line ends in these bytes.
    fn ends(&self, line: &Range<usize>) -> bool {
        let is_last = line.end == self.spans.len();
        let ends = |span: &Span| self.ends_line(span) || !is_last;
        (is_last && self.is_end) || self.spans.get(line.end.saturating_sub(1)).is_some_and(ends)
    }

    /// Looks at the part of a line that begins there.
    fn look_at_part(&mut self, query: &SearchQuery, line: &Range<usize>, from: u64, edges: LineEdges) -> usize {
        let first = self.spans.partition_point(|span| span.start < from).clamp(line.start, line.end);
        let rows = first..line.end;
        let Some(part) = self.whole(&rows) else { return 0 };
        let may_have = self.may_have(&part) && self.may_be_of(query);
        if !may_have && query.level.is_none() {
            return 0;
        }
        let bytes = self.format.decode(part.start, self.line(&part)).into_owned();
        let text = plain(&bytes);
        self.part_level = self.part_level.or_else(|| query.level.and_then(|_| in_json(&text)));
        if may_have {
            let edges = LineEdges { begins: edges.begins && first == line.start, ..edges };
            self.is_bounded |= query.is_bounded();
            self.note(query.first(&text, edges), query, rows, part, (&bytes, true));
        }
        bytes.len()
    }

    /// Notes that a line, or a part of one, has what is query at an offset of its text.
    fn note(
        &mut self,
        offset: Option<usize>,
        query: &SearchQuery,
        line: Range<usize>,
        whole: Span,
        (bytes, is_part): (&[u8], bool),
    ) {
        let Some(offset) = offset else { return };
        let span = self.span_at(&line, whole, bytes, byte_of(bytes, true, offset));
        let found = Match { span, line, is_part, is_of_trace: self.entry.is_of_trace() };
        if query.has_entry(&self.entry) && !query.waits_for(&self.entry) {
            self.found.push(found);
        } else {
            self.pending.push(found);
        }
    }

    /// The row of a line in which an offset of its decoded bytes is.
    fn span_at(&self, line: &Range<usize>, whole: Span, bytes: &[u8], offset: usize) -> usize {
        let at = whole.start + self.format.encoded_offset(bytes, whole.end - whole.start, offset);
        let rows = self.spans.get(line.clone()).unwrap_or_default();
        line.start + rows.partition_point(|row| row.end <= at).min(rows.len().saturating_sub(1))
    }
}

/// The spans, grouped into lines.
fn lines(format: TextFormat, at: u64, bytes: &[u8], spans: &[Span]) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    for (nth, span) in spans.iter().enumerate() {
        match lines.last_mut().filter(|_| !format.begins(at, bytes, span.start)) {
            Some(line) => line.end = nth + 1,
            None => lines.push(nth..nth + 1),
        }
    }
    lines
}
