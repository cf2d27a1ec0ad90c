//! A search through a whole file, in the background: from where it ends upwards, and on through what is added meanwhile.
//!
//! It asks for 64 KiB at a time and holds a few of those, the places of a million lines, and a few MiB of the lines
//! themselves; of those it reads again what it let go of. A line is found or not; how often it has the pattern does not matter.
//! It works in small steps, as the host has time.

mod end;
mod fill;
mod settle;

use crate::files::pending::PendingLines;
use crate::files::scan_job::{HitOffset, ProbePurpose};
use std::collections::{BTreeMap, VecDeque};

use super::WINDOW;
use super::hit_cache::HitCache;
use super::lines::{STRIDE, Span};
use super::scan_job::{CountedLines, Match, ScanJob};
use super::search_query::{LogEntry, MAX_ENTRY_DISTANCE};
use crate::files::followed_file::{Line, ReadReply};
use crate::files::hit_cache::{CachedLine, CachedLines};
use crate::files::hole::Hole;
use crate::files::search_query::SearchQuery;
use crate::files::text_format::TextFormat;

/// Questions that may be out: a few more than a browser has connections, so that none of those idles.
const ABREAST: usize = 8;
/// Answers that may wait for their turn, until a slow one has come.
const EARLY: usize = 24;
/// Lines whose place is remembered; all are counted.
const PLACES: usize = 1_000_000;
/// Bytes of lines that are kept.
const KEPT: usize = 6 << 20;
/// The longest that a line may be, and so what it may reach into the block behind its own.
const LONGEST: u64 = 2 * STRIDE + 4;
/// A line is searched as one up to this length; a longer one in parts, which overlap by a window. A text is found all the same, and
/// what the line says of itself holds for all of it. An expression that spans more than a part is missed: `is_bounded` says so.
const LONGEST_LINE: usize = 16 * WINDOW as usize;
/// Rows of a long line that are kept on each side of where it was found.
const ROWS: usize = 8;
/// So many lines beside another are kept however long they are; of more, as many as fit in that.
const FEW: usize = 2;

/// A read that the search needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Offset of the first byte in the file.
    pub offset: u64,
    /// Number of bytes to read.
    pub length: u64,
    of: ProbePurpose,
}

/// The file's end, as far as it has been read.
#[derive(Debug)]
struct End {
    at: u64,
    bytes: Vec<u8>,
    /// From the line on that begins there it is not searched.
    from: u64,
    /// How many lines end between where the part that is searched downwards begins and there.
    lines: i64,
    /// Some of it was not looked at yet.
    is_new: bool,
    /// What is before it has been put before it.
    is_joined: bool,
    /// Whether the block begins within a line that is searched in parts, and that was found already.
    is_part: bool,
    is_found: bool,
    /// What the line says of itself that these bytes begin in, once its beginning was searched.
    entry: LogEntry,
}

impl End {
    fn end(&self) -> u64 {
        self.at + self.bytes.len() as u64
    }
}

/// The search.
#[derive(Debug)]
pub struct Search {
    query: SearchQuery,
    format: TextFormat,
    /// How many lines before and after each are kept too.
    beside: usize,
    /// How many bytes before a line tell all about it.
    back: u64,
    size: u64,
    /// Blocks below this number are searched downwards, those from it on upwards.
    middle: u64,
    /// Blocks below this number are still to be asked for.
    to_ask: u64,
    /// The block whose turn it is, and those that came before theirs.
    turn: u64,
    early: BTreeMap<u64, Vec<u8>>,
    /// The head of the block behind, up to the end of the line that is cut there at least.
    behind: Option<Vec<u8>>,
    /// The line that goes on there was found in a part of it.
    open: Option<HitOffset>,
    pending: PendingLines,
    is_bounded: bool,
    /// Whether the line is longer than what is searched as one.
    is_within: bool,
    /// Whether the line goes on to the file's end.
    is_last_line: bool,
    end: End,
    abreast: usize,
    out: Vec<Probe>,
    /// What failed.
    again: Vec<Probe>,
    hits: VecDeque<HitOffset>,
    /// For each of these, how many lines end before it in its block.
    lines: VecDeque<u32>,
    found: u64,
    /// The last line had no end yet when it was found: where it begins, and its hit.
    unfinished: Option<(u64, HitOffset)>,
    hit_cache: HitCache,
    /// What the reader lacks of lines that were let go of: above, and below.
    lacks: (bool, bool),
    /// Those came, and wait to be looked through.
    filled: Option<(Probe, Vec<u8>)>,
    task: Option<ScanJob>,
    counts: Vec<(u64, u64)>,
    searched: u64,
}

impl Search {
    /// Begins; of a file of that size and format.
    pub fn new(query: SearchQuery, beside: usize, size: u64, format: TextFormat) -> Self {
        // The part that is searched upwards has a whole block, so that few lines from below reach through it.
        let middle = (size / WINDOW).saturating_sub(1);
        let back = if query.is_by_entry() || beside > FEW { MAX_ENTRY_DISTANCE } else { STRIDE };
        let at = middle * WINDOW;
        let end = End {
            at,
            bytes: Vec::new(),
            from: at,
            lines: 0,
            is_new: false,
            is_joined: middle == 0,
            is_part: false,
            is_found: false,
            entry: LogEntry::OPEN,
        };
        Self {
            query,
            format,
            beside,
            back,
            size,
            middle,
            to_ask: middle,
            turn: middle,
            early: BTreeMap::new(),
            behind: None,
            open: None,
            pending: PendingLines::default(),
            is_bounded: false,
            is_within: false,
            is_last_line: true,
            end,
            abreast: ABREAST,
            out: Vec::new(),
            again: Vec::new(),
            hits: VecDeque::new(),
            lines: VecDeque::new(),
            found: 0,
            unfinished: None,
            hit_cache: HitCache::new(KEPT),
            lacks: (false, false),
            filled: None,
            task: None,
            counts: Vec::new(),
            searched: 0,
        }
    }

    /// Sets the number of simultaneous searches, which share connections and memory.
    pub fn share(&mut self, searches: usize) {
        self.abreast = (ABREAST / searches.max(1)).max(1);
        // A screen of the longest lines must find room.
        self.hit_cache.set_most((KEPT / searches.max(1)).max(KEPT / 2));
    }

    /// Keeps that many bytes of lines at most.
    pub fn keep_at_most(&mut self, bytes: usize) {
        self.hit_cache.set_most(bytes);
    }

    /// Conditions of the search.
    pub fn query(&self) -> &SearchQuery {
        &self.query
    }

    /// The file is at least so long.
    pub fn grow(&mut self, size: u64) {
        self.size = self.size.max(size);
    }

    /// The next question, if one may be asked now.
    pub fn next_read(&mut self) -> Option<Probe> {
        let probe = self.again.pop().or_else(|| self.fill()).or_else(|| self.ahead())?;
        self.out.push(probe);
        Some(probe)
    }

    fn ahead(&mut self) -> Option<Probe> {
        if self.out.len() >= self.abreast || self.out.len() + self.early.len() >= EARLY {
            return None;
        }
        if self.end.end() < self.size && !self.is_out(|of| *of == ProbePurpose::End) {
            return Some(Probe { offset: self.end.end(), length: WINDOW, of: ProbePurpose::End });
        }
        self.to_ask = self.to_ask.checked_sub(1)?;
        Some(Probe { offset: self.to_ask * WINDOW, length: WINDOW, of: ProbePurpose::Block(self.to_ask) })
    }

    /// Such a question is out, or has failed.
    fn is_out(&self, of: impl Fn(&ProbePurpose) -> bool) -> bool {
        self.out.iter().chain(&self.again).any(|probe| of(&probe.of))
    }

    /// The answer to a question; without one it is asked again. What it says is found by `work`.
    pub fn answered(&mut self, probe: Probe, reported: Option<ReadReply>) {
        let Some(nth) = self.out.iter().position(|out| *out == probe) else { return };
        self.out.swap_remove(nth);
        let Some(reported) = reported else {
            if self.is_wanted(&probe) {
                self.again.push(probe);
            }
            return;
        };
        self.grow(reported.size);
        match probe.of {
            ProbePurpose::Block(number) if number < self.turn => drop(self.early.insert(number, reported.bytes)),
            ProbePurpose::Block(_) => {}
            ProbePurpose::End => self.take_end(probe.offset, &reported.bytes),
            ProbePurpose::Again { .. } => self.filled = Some((probe, reported.bytes)),
        }
    }

    fn is_wanted(&self, probe: &Probe) -> bool {
        match probe.of {
            ProbePurpose::Block(number) => number < self.turn,
            ProbePurpose::End => true,
            // It is thought out again.
            ProbePurpose::Again { .. } => false,
        }
    }

    /// The start of what is at an offset, for the block before it: to the end of the line that is cut there.
    fn head(&self, at: u64, bytes: &[u8]) -> Vec<u8> {
        let least = if self.beside > FEW { MAX_ENTRY_DISTANCE } else { LONGEST };
        let line = self.format.line_ends(at, bytes).next().map_or(bytes.len() as u64, |end| end - at);
        let length = (line.max(least) as usize).min(LONGEST_LINE).min(bytes.len());
        bytes.get(..length).unwrap_or_default().to_vec()
    }

    /// Looks through a little of what has come; whether there is more of it.
    pub fn work(&mut self) -> bool {
        if self.task.is_none() {
            self.task = self.fill_task();
        }
        if self.task.is_none() {
            self.task = self.end_task().or_else(|| self.block_task());
        }
        let Some(task) = &mut self.task else { return false };
        if task.go_on(&self.query)
            && let Some(task) = self.task.take()
        {
            self.finish(task);
        }
        true
    }

    /// Bytes before a block: enough to tell all about its lines. None before they have come.
    fn bytes_before(&self, number: u64) -> Option<Vec<u8>> {
        let due = (number * WINDOW).saturating_sub(self.back);
        let mut blocks: Vec<&[u8]> = Vec::new();
        let mut first = number;
        while let Some(next) = first.checked_sub(1) {
            let block = self.early.get(&next)?;
            first = next;
            blocks.push(block);
            let begins = self.format.line_ends(first * WINDOW, block).any(|end| end <= due);
            // What a line says of itself is at its start.
            if !self.query.is_by_entry() || begins || blocks.len() * WINDOW as usize >= LONGEST_LINE {
                break;
            }
        }
        blocks.reverse();
        let (at, bytes) = (first * WINDOW, blocks.concat());
        let line = self.format.line_ends(at, &bytes).take_while(|end| *end <= due).last();
        let from = match (line, self.query.is_by_entry()) {
            // With its line end, from which it is seen that a line begins there.
            (Some(start), true) => start.saturating_sub(self.format.end_width()),
            (None, true) => at,
            (_, false) => due.max(at),
        };
        Some(bytes.get((from - at) as usize..).unwrap_or_default().to_vec())
    }

    /// A block is searched once what is before it and behind it is there.
    fn block_task(&mut self) -> Option<ScanJob> {
        let behind = self.behind.clone()?;
        let number = self.turn.checked_sub(1)?;
        let before = self.bytes_before(number)?;
        let block = self.early.remove(&number)?;
        let start = number * WINDOW;
        let beside = (before.last().copied(), behind.first().copied());
        self.counts.extend(self.format.count_lines(start, &block, beside).map(|lines| (number, lines)));
        self.searched += block.len() as u64;
        let begins = self.format.line_ends(start, &block).next().is_some();
        let at = start - before.len() as u64;
        let all = [block.as_slice(), &behind].concat();
        self.behind = Some(self.head(start, &all));
        // A block within a very long line is a part of it, with a window of what follows; the first of those with all of that.
        let was_within = self.is_within && !begins && number > 0;
        self.is_within = !begins && all.len() > LONGEST_LINE;
        let length = if was_within { all.len().min(2 * WINDOW as usize) } else { all.len() };
        let end = start + if self.is_within { length as u64 } else { WINDOW };
        let part = Some(start).filter(|_| self.is_within && number > 0);
        let bytes = [before.as_slice(), all.get(..length).unwrap_or_default()].concat();
        let is_end = length == all.len() && start + length as u64 >= self.size;
        let task = ScanJob::new((&self.query, self.format), ProbePurpose::Block(number), at, bytes, is_end, start..end);
        Some(task.with_part(part).behind_unknown(self.level_of_rest()).counted(number, start, 0))
    }

    fn finish(&mut self, mut task: ScanJob) {
        task.counted = task.counted.or_else(|| self.counted(&task));
        task.count();
        self.is_bounded |= task.is_bounded;
        match task.of {
            ProbePurpose::Block(number) => {
                self.turn = number;
                self.settle(&task);
                self.count(&task, FileEnd::Front);
                self.keep(&task);
            }
            ProbePurpose::End => {
                self.keep_after_known(&task);
                self.settle_end(&task);
                self.count(&task, FileEnd::Back);
                self.keep(&task);
                self.end_of(&task);
            }
            ProbePurpose::Again { from, is_above: true, .. } => {
                (self.hit_cache.from, self.hit_cache.torn.0) = (from, false);
                // Whether the reader lacks more is known once these are looked at.
                self.lacks.0 &= task.found.is_empty();
                self.keep(&task);
            }
            ProbePurpose::Again { to, is_above: false, .. } => {
                (self.hit_cache.to, self.hit_cache.torn.1) = (to, false);
                self.lacks.1 &= task.found.is_empty();
                if to >= self.end.from {
                    self.all_below();
                }
                self.keep(&task);
            }
        }
    }

    /// How many lines end before the first line found, if that is known; that line is read again.
    fn counted(&self, task: &ScanJob) -> Option<CountedLines> {
        let start = task.found.iter().find_map(|found| task.spans.get(found.span))?.start;
        let nth = self.hits.binary_search(&start).ok()?;
        let block = (start / WINDOW).min(self.middle);
        let lines = self.lines.get(nth).filter(|lines| **lines != u32::MAX);
        lines.map(|lines| CountedLines { block, at: start, lines: i64::from(*lines) })
    }

    fn count(&mut self, task: &ScanJob, to: FileEnd) {
        let place = |found: &Match| {
            let lines = task.counts.get(found.span).and_then(|lines| u32::try_from(*lines).ok());
            Some((task.spans.get(found.span)?.start, lines.unwrap_or(u32::MAX)))
        };
        match to {
            FileEnd::Front => {
                task.found.iter().rev().filter_map(|found| Some((found, place(found)?))).for_each(|(found, place)| {
                    let goes_on = found.is_part || task.spans.get(found.line.end).is_none();
                    self.count_front(place, goes_on, found.is_part);
                });
                if task.lines_begin() {
                    (self.open, self.is_last_line) = (None, false);
                }
            }
            FileEnd::Back => {
                task.found.iter().filter_map(|found| Some((found, place(found)?))).for_each(|(found, place)| {
                    self.count_back(place, found.is_part);
                })
            }
        }
    }

    /// A hit before all others. That of a line which was found in a part of it takes the place of that.
    fn count_front(&mut self, (hit, lines): (HitOffset, u32), goes_on: bool, is_part: bool) {
        if let Some(open) = self.open.take_if(|_| goes_on)
            && self.hits.front() == Some(&open)
        {
            self.hits.pop_front();
            self.lines.pop_front();
            self.found -= 1;
        }
        self.found += 1;
        if self.hits.len() < PLACES {
            self.hits.push_front(hit);
            self.lines.push_front(lines);
        }
        self.open = if is_part { Some(hit) } else { self.open };
        self.end.is_found |= goes_on && self.is_last_line;
    }

    fn count_back(&mut self, (hit, lines): (HitOffset, u32), is_part: bool) {
        if is_part {
            if std::mem::replace(&mut self.end.is_found, true) {
                return;
            }
            self.open = Some(hit);
        }
        self.found += 1;
        self.hits.push_back(hit);
        self.lines.push_back(lines);
        if self.hits.len() > PLACES {
            self.hits.pop_front();
            self.lines.pop_front();
        }
    }

    fn keep(&mut self, task: &ScanJob) {
        let mut hits: Vec<&Match> = task.found.iter().collect();
        // Nearest to what is kept already first: should there be no room, the others go.
        if !matches!(task.of, ProbePurpose::Again { is_above: false, .. } | ProbePurpose::End) {
            hits.reverse();
        }
        for found in hits {
            let rows: Vec<_> = self.rows_of(task, found).collect();
            rows.into_iter().for_each(|(span, kept)| self.hit_cache.put(&span, kept));
        }
    }

    /// What is shown of a line that was found: its rows nearby, and those of other lines.
    fn rows_of<'a>(&self, task: &'a ScanJob, found: &Match) -> impl Iterator<Item = (Span, CachedLine)> + use<'a> {
        let Match { span: nth, line, .. } = found;
        let rows = nth.saturating_sub(ROWS).max(line.start)..(nth + 1 + ROWS).min(line.end);
        let (first, last) = (nth.saturating_sub(self.beside), nth + 1 + self.beside);
        let all = first.min(rows.start)..last.max(rows.end).min(task.spans.len());
        all.filter_map(move |other| task.kept(other, rows.contains(&other)))
    }

    /// Lines at the end beside a hit that was found before they came, or before they were dropped.
    fn keep_after_known(&mut self, task: &ScanJob) {
        let first = task.spans.partition_point(|span| span.start < self.end.from);
        for nth in first.saturating_sub(self.beside)..first {
            let is_hit = task.spans.get(nth).is_some_and(|span| self.hits.binary_search(&span.start).is_ok());
            for other in (first..(nth + 1 + self.beside).min(task.spans.len())).filter(|_| is_hit) {
                if let Some((span, kept)) = task.kept(other, false) {
                    self.hit_cache.put(&span, kept);
                }
            }
        }
    }

    /// Goes no farther down; what is added at the end is searched still.
    pub fn stop(&mut self) {
        (self.to_ask, self.turn) = (0, 0);
        self.again.retain(|probe| probe.of == ProbePurpose::End);
        self.early.clear();
        self.end.is_joined = true;
        if self.task.as_ref().is_some_and(|task| matches!(task.of, ProbePurpose::Block(_))) {
            self.task = None;
        }
    }

    /// Number of lines found so far.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// An expression was looked for in lines that are longer than is searched as one: in parts, so it may have been missed.
    pub fn is_bounded(&self) -> bool {
        self.is_bounded
    }

    /// Bytes searched so far, and the file's size.
    pub fn progress(&self) -> (u64, u64) {
        (self.searched.min(self.size), self.size)
    }

    /// Whether the file has been searched to its current end.
    pub fn is_done(&self) -> bool {
        self.turn == 0 && self.end.end() >= self.size && !self.end.is_new && self.task.is_none()
    }

    /// Whether more is left to search than what a growing file has just received.
    pub fn is_going(&self) -> bool {
        self.turn > 0 || self.end.end() + WINDOW < self.size || (self.searched == 0 && self.size > 0)
    }

    /// The first line found that begins at an offset or behind it.
    pub fn from(&self, offset: u64) -> Option<HitOffset> {
        self.hits.get(self.hits.partition_point(|hit| *hit < offset)).copied()
    }

    /// The last that begins before an offset.
    pub fn before(&self, offset: u64) -> Option<HitOffset> {
        self.hits.get(self.hits.partition_point(|hit| *hit < offset).checked_sub(1)?).copied()
    }

    /// Rank of a hit, from 1 at the file's start; `None` if not all hits before it are remembered.
    pub fn rank(&self, hit: HitOffset) -> Option<u64> {
        let nth = self.hits.partition_point(|other| *other < hit);
        (self.hits.get(nth) == Some(&hit)).then_some(self.found - self.hits.len() as u64 + nth as u64 + 1)
    }

    /// A line that was found, if it is kept.
    pub fn line(&self, hit: HitOffset) -> Option<&[u8]> {
        self.hit_cache.line(hit)
    }

    /// Lines that were found, and those beside them, around a place: up to so many before it, and from it on. The reader is there.
    pub fn around(&mut self, place: u64, above: usize, below: usize) -> CachedLines {
        let unknown = self.turn * WINDOW;
        let (found, is_away) = self.hit_cache.around(place, (above, below), (unknown, self.end.from));
        // The last line, if it has no end yet, is to be kept again.
        self.end.is_new |= is_away && self.hit_cache.to == u64::MAX;
        self.lacks = (found.more_above, found.more_below);
        found
    }

    /// Newly counted blocks, each with its number of line ends; returned once.
    pub fn counts(&mut self) -> Vec<(u64, u64)> {
        std::mem::take(&mut self.counts)
    }
}

impl From<(u64, CachedLine)> for Line {
    fn from((start, kept): (u64, CachedLine)) -> Self {
        let span = Span { start, end: kept.end };
        Self { span, bytes: kept.bytes, number: kept.number, is_part: kept.is_part, hole: Hole::default() }
    }
}

enum FileEnd {
    Front,
    Back,
}
