//! What a line must have to be found. A line that says neither how grave it is nor when it was written belongs to the one before it
//! that does. The lines of a traceback, a panic or a stack trace are errors, whatever they belong to.

use crate::files::level::{Glog, Level};
use crate::files::pattern::{LineEdges, Pattern};
use crate::files::stack_trace::{TraceLine, TraceState, line_level_of_beginning};
use crate::files::stamp::Stamp;

/// How far above a line the one may end that it belongs to, in bytes: less than a block, so that a part of the file tells as much
/// as the whole.
pub(super) const MAX_ENTRY_DISTANCE: u64 = 16 << 10;
/// Lines that are kept beside each that has the text, unless the caller said how many; and at most.
const BESIDE: usize = 2;
const MOST_BESIDE: usize = 10;

/// The conditions that a line must meet to be found.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// The text or expression that a line must contain; `None` matches any line.
    pub pattern: Option<Pattern>,
    /// The lowest level that matches; `None` for any.
    pub level: Option<Level>,
    /// Prefix of glog's source, as `master.cpp`; empty matches any line.
    pub source: String,
    /// Thread id of glog; empty matches any line.
    pub thread: String,
    /// Lines of context kept before and after each hit; `None` for 2 with a pattern, and 0 for a filter by level or
    /// source alone.
    pub context: Option<usize>,
}

/// What a line says of itself, and of those below it that say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LogEntry {
    /// Where the line ends that says so.
    end: u64,
    level: Option<Level>,
    /// Of the source and of the thread.
    is_of_source: bool,
    /// The beginning of that line has not been read yet: what it says is not known.
    is_open: bool,
    /// The line is one of a trace, whose last line that says so ends there; and which line below continues it.
    trace: Option<(u64, TraceState)>,
}

impl LogEntry {
    /// That of a line whose beginning has not been read yet.
    pub(super) const OPEN: Self = Self { end: 0, level: None, is_of_source: false, is_open: true, trace: None };

    /// Whether what it says is not known yet.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the line that says so ends there.
    pub(super) fn ends_at(&self, end: u64) -> bool {
        self.end == end
    }

    /// This entry, of a line that ends there. It is so long that no line behind it continues a trace.
    pub(super) fn ending(self, end: u64) -> Self {
        Self { end, trace: None, ..self }
    }

    /// Whether the line is one of a trace.
    pub(super) fn is_of_trace(&self) -> bool {
        self.trace.is_some()
    }

    /// This entry, for a line of a trace among those that belong to it.
    pub(super) fn with_trace(self, is_of_trace: bool) -> Self {
        Self { trace: self.trace.or(is_of_trace.then_some((self.end, TraceState::Words))), ..self }
    }

    /// That of the next line, which begins and ends there. `rest` is the level that is reported by what of the line is not here.
    pub(super) fn then(self, query: &SearchQuery, (start, end): (u64, u64), line: &str, rest: Option<Level>) -> Self {
        if !query.is_by_entry() {
            return self;
        }
        let trace = TraceLine::of(line).filter(|_| Level::of_beginning(line, rest).is_none());
        // What names a failure and is very long is known by its beginning, before it is read to its end.
        let is_long = end - start >= MAX_ENTRY_DISTANCE;
        let level = line_level_of_beginning(line, rest).filter(|_| trace.is_none() || is_long);
        if level.is_some() || (trace.is_none() && Stamp::is_in(line)) {
            let is_of_source = Glog::parse(line).is_some_and(|glog| {
                glog.source.starts_with(&query.source) && (query.thread.is_empty() || glog.thread == query.thread)
            });
            return Self { end, level, is_of_source, is_open: false, trace: None };
        }
        let is_near = |end: u64| start < end + MAX_ENTRY_DISTANCE;
        let goes_on = || {
            let (end, state) = self.trace.filter(|(end, _)| is_near(*end))?;
            Some((end, state.after(line)?))
        };
        let trace = trace.map(|line| (end, line.state())).or_else(goes_on);
        let entry = if is_near(self.end) { self } else { Self::default() };
        Self { trace, ..entry }
    }
}

impl SearchQuery {
    /// Whether a single line meets the conditions.
    pub fn is_in(&self, line: &str) -> bool {
        let entry = LogEntry::default().then(self, (0, line.len() as u64), line, None);
        self.has_entry(&entry) && self.first(line, LineEdges::WHOLE).is_some()
    }

    /// Lines belong to those before them.
    pub(super) fn is_by_entry(&self) -> bool {
        self.level.is_some() || self.is_by_glog()
    }

    fn is_by_glog(&self) -> bool {
        !self.source.is_empty() || !self.thread.is_empty()
    }

    /// Lines that are kept beside each that is found.
    pub(super) fn beside(&self) -> usize {
        self.context.unwrap_or(if self.pattern.is_some() { BESIDE } else { 0 }).min(MOST_BESIDE)
    }

    /// Whether lines that belong to it have the level and the source.
    pub(super) fn has_entry(&self, entry: &LogEntry) -> bool {
        let level = if entry.is_of_trace() { Some(Level::Error) } else { entry.level };
        self.level.is_none_or(|least| level.is_some_and(|level| level >= least))
            && (!self.is_by_glog() || entry.is_of_source)
    }

    /// Whether it is not known yet if lines that belong to it have the level and the source.
    pub(super) fn waits_for(&self, entry: &LogEntry) -> bool {
        self.is_by_entry() && entry.is_open() && (self.is_by_glog() || !entry.is_of_trace())
    }

    /// Where a line, or a part of one, has the pattern first, in bytes: at its start without a pattern.
    pub(super) fn first(&self, text: &str, edges: LineEdges) -> Option<usize> {
        match &self.pattern {
            Some(pattern) => pattern.first_in_part(text, edges),
            None => Some(0),
        }
    }

    /// Whether it is looked for in the parts of a very long line, where what spans more than a part is missed.
    pub(super) fn is_bounded(&self) -> bool {
        matches!(self.pattern, Some(Pattern::Regex(_)))
    }
}
