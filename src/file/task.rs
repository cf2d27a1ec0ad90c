//! A piece of a file on its way through a search: bytes, cut into lines, and those of them that were found. Asks for nothing.

use std::ops::Range;

use super::lines::Span;
use super::search::Of;
use super::shown::plain;
use super::sought::Entry;
use super::{Pattern, Sought};

/// Bytes of lines that are looked at closer in one step; fewer where each costs what an expression costs.
const STEP: usize = 16 << 10;
const STEP_BY_REGEX: usize = 1 << 10;

/// Bytes that are looked through, line by line.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) of: Of,
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) spans: Vec<Span>,
    /// Lines that begin in it are searched; those before say what those belong to.
    range: Range<u64>,
    /// Where the text may be; none where only reading line by line can tell.
    hints: Option<Vec<usize>>,
    next: usize,
    entry: Entry,
    pub(super) found: Vec<usize>,
    /// Up to an offset in it, so many lines end since the block of that number began.
    pub(super) counted: Option<Counted>,
    /// For each line, how many end between where that block begins and where it does.
    pub(super) lines: Vec<i64>,
}

/// How many lines end between where a block begins and an offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) block: u64,
    pub(super) at: u64,
    pub(super) lines: i64,
}

impl Task {
    pub(super) fn new(sought: &Sought, of: Of, at: u64, bytes: Vec<u8>, spans: Vec<Span>, range: Range<u64>) -> Self {
        // Escapes may stand within a word; where there are none, only lines that have the text are looked at closer.
        let hints =
            sought.pattern.as_ref().filter(|_| !bytes.contains(&0x1b)).and_then(|pattern| pattern.hints(&bytes));
        Self {
            of,
            at,
            bytes,
            spans,
            range,
            hints,
            next: 0,
            entry: Entry::default(),
            found: Vec::new(),
            counted: None,
            lines: Vec::new(),
        }
    }

    pub(super) fn line(&self, span: &Span) -> &[u8] {
        self.bytes.get((span.start - self.at) as usize..(span.end - self.at) as usize).unwrap_or_default()
    }

    /// The same of a piece of a file of which so much is known.
    pub(super) fn counted(self, block: u64, at: u64, lines: i64) -> Self {
        Self { counted: Some(Counted { block, at, lines }), ..self }
    }

    /// Counts the lines, as far as it is known from where on.
    pub(super) fn count(&mut self) {
        let Some(counted) = self.counted else { return };
        let ends = |span: &Span| i64::from(self.line(span).last() == Some(&b'\n'));
        // The line before the first one is there with its end alone.
        let head = self.spans.first().filter(|first| counted.at < first.start && self.is_begun(first));
        let mut lines = i64::from(head.is_some_and(|first| first.start > self.at));
        let count = |span: &Span| {
            lines += ends(span);
            lines - ends(span)
        };
        let counts: Vec<i64> = self.spans.iter().map(count).collect();
        let before = self.spans.iter().zip(&counts).take_while(|(span, _)| span.end <= counted.at);
        let before = before.last().map_or(0, |(span, count)| count + ends(span));
        self.lines = counts.into_iter().map(|count| count - before + counted.lines).collect();
    }

    fn is_begun(&self, span: &Span) -> bool {
        let before = span.start.checked_sub(self.at + 1).and_then(|at| self.bytes.get(usize::try_from(at).ok()?));
        span.start == 0 || before == Some(&b'\n')
    }

    /// How many lines end between where a block begins and where a line does; none for a part of one that is not its first.
    pub(super) fn lines_before(&self, nth: usize) -> Option<(u64, i64)> {
        let span = self.spans.get(nth).filter(|span| self.is_begun(span));
        span.and(self.counted).map(|counted| counted.block).zip(self.lines.get(nth).copied())
    }

    fn may_have(&self, span: &Span) -> bool {
        self.hints.as_ref().is_none_or(|hints| {
            let first = hints.partition_point(|hint| self.at + (*hint as u64) < span.start);
            hints.get(first).is_some_and(|hint| self.at + (*hint as u64) < span.end)
        })
    }

    /// Looks through some lines; whether those were the last.
    pub(super) fn go_on(&mut self, sought: &Sought) -> bool {
        let mut looked = 0;
        let step = if matches!(sought.pattern, Some(Pattern::Regex(_))) { STEP_BY_REGEX } else { STEP };
        while let Some(span) = self.spans.get(self.next).copied().filter(|span| span.start < self.range.end) {
            let may_have = span.start >= self.range.start && self.may_have(&span);
            if may_have || sought.is_by_entry() {
                let line = plain(self.line(&span));
                looked += line.len();
                let entry = self.entry.then(sought, span.start, &line);
                if may_have && sought.has(&entry, &line) {
                    self.found.push(self.next);
                }
                self.entry = entry;
            }
            self.next += 1;
            if looked > step {
                return false;
            }
        }
        true
    }
}
