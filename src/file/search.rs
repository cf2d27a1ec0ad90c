//! A search through a whole file, in the background: from where it ends upwards, and on through what is added meanwhile.
//!
//! It asks for 64 KiB at a time and holds a few of those, the places of a million lines, and a few MiB of the lines
//! themselves. A line is found or not; how often it has the pattern does not matter.

use std::collections::{BTreeMap, VecDeque};

use super::lines::{STRIDE, Span, cut};
use super::shown::plain;
use super::{Glog, Level, Line, Pattern, Told, WINDOW};

/// Questions that may be out: a few more than a browser has connections, so that none of those idles.
const ABREAST: usize = 8;
/// Answers that may wait for their turn, until a slow one has come.
const EARLY: usize = 24;
/// Lines whose place is remembered; all are counted.
const PLACES: usize = 1_000_000;
/// Bytes of lines that are kept, and what a line costs besides.
const KEPT: usize = 6 << 20;
const COST: usize = 96;
/// What a line may reach into the block behind its own.
const BEHIND: usize = 2 * STRIDE as usize + 4;

/// What a line must have to be found.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    pub pattern: Option<Pattern>,
    /// At least as grave as this.
    pub level: Option<Level>,
    /// How the source begins that glog tells, as `master.cpp`; any line, if empty.
    pub source: String,
}

impl Sought {
    /// Whether that line has it.
    pub fn is_in(&self, line: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_in(line))
            && self.level.is_none_or(|least| Level::of(line).is_some_and(|level| level >= least))
            && (self.source.is_empty() || Glog::parse(line).is_some_and(|glog| glog.source.starts_with(&self.source)))
    }
}

/// A line that was found, by where it begins.
pub type Hit = u64;

/// A line that is kept: one that was found, or one beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub end: u64,
    pub bytes: Vec<u8>,
    pub is_hit: bool,
}

/// The search.
#[derive(Debug)]
pub struct Search {
    sought: Sought,
    /// How many lines before and after each are kept too.
    beside: usize,
    size: u64,
    /// Blocks below this number are searched downwards, those from it on upwards.
    middle: u64,
    /// Blocks below this number are still to be asked for.
    to_ask: u64,
    /// The block whose turn it is, and those that came before theirs.
    turn: u64,
    early: BTreeMap<u64, Vec<u8>>,
    /// The head of the block behind.
    behind: Option<Vec<u8>>,
    /// The file's end as far as it has been read: bytes from an offset on, and the line from which on it is not searched.
    end: (u64, Vec<u8>, u64),
    out: Vec<u64>,
    /// What failed.
    again: Vec<u64>,
    hits: VecDeque<Hit>,
    found: u64,
    /// The last line had no end yet when it was searched.
    unfinished: Option<Hit>,
    kept: BTreeMap<u64, Kept>,
    kept_bytes: usize,
    counts: Vec<(u64, u64)>,
    searched: u64,
}

impl Search {
    /// Begins; of a file of that size.
    pub fn new(sought: Sought, beside: usize, size: u64) -> Self {
        // The part that is searched upwards has a whole block, so that no line from below reaches through it.
        let middle = (size / WINDOW).saturating_sub(1);
        let from = (middle * WINDOW).saturating_sub(STRIDE);
        Self {
            sought,
            beside,
            size,
            middle,
            to_ask: middle,
            turn: middle,
            early: BTreeMap::new(),
            behind: None,
            end: (from, Vec::new(), middle * WINDOW),
            out: Vec::new(),
            again: Vec::new(),
            hits: VecDeque::new(),
            found: 0,
            unfinished: None,
            kept: BTreeMap::new(),
            kept_bytes: 0,
            counts: Vec::new(),
            searched: 0,
        }
    }

    /// What is searched for.
    pub fn sought(&self) -> &Sought {
        &self.sought
    }

    /// The file is at least so long.
    pub fn grow(&mut self, size: u64) {
        self.size = self.size.max(size);
    }

    /// The next question, if one may be asked now: from where, and how much.
    pub fn next_read(&mut self) -> Option<(u64, u64)> {
        if let Some(offset) = self.again.pop() {
            self.out.push(offset);
            return Some((offset, WINDOW));
        }
        if self.out.len() >= ABREAST || self.out.len() + self.early.len() >= EARLY {
            return None;
        }
        let end = self.end.0 + self.end.1.len() as u64;
        let offset = if end < self.size && !self.is_ending() {
            end
        } else {
            self.to_ask = self.to_ask.checked_sub(1)?;
            self.to_ask * WINDOW
        };
        self.out.push(offset);
        Some((offset, WINDOW))
    }

    /// A question about the end is out.
    fn is_ending(&self) -> bool {
        self.out.iter().chain(&self.again).any(|offset| *offset >= self.end.0)
    }

    /// The answer to the question about that offset; without one it is asked again.
    pub fn answered(&mut self, offset: u64, told: Option<Told>) {
        self.out.retain(|out| *out != offset);
        let below = offset.is_multiple_of(WINDOW) && offset / WINDOW < self.middle && offset < self.end.0;
        match told {
            Some(told) => {
                self.grow(told.size);
                if below && offset / WINDOW < self.turn {
                    self.early.insert(offset / WINDOW, told.bytes);
                    self.take_turns();
                } else if !below {
                    self.take_end(offset, &told.bytes);
                }
            }
            None => self.again.push(offset),
        }
    }

    fn take_end(&mut self, offset: u64, bytes: &[u8]) {
        if offset != self.end.0 + self.end.1.len() as u64 || bytes.is_empty() {
            return;
        }
        self.end.1.extend_from_slice(bytes);
        self.searched += bytes.len() as u64;
        if self.behind.is_none() {
            let head = usize::try_from((self.middle * WINDOW).saturating_sub(self.end.0)).unwrap_or(0);
            let whole = self.end.1.get(head..).unwrap_or_default();
            self.behind = Some(whole.get(..whole.len().min(BEHIND)).unwrap_or_default().to_vec());
        }
        if let Some(again) = self.unfinished.take().filter(|again| self.hits.back() == Some(again)) {
            self.hits.pop_back();
            self.found -= 1;
            self.kept.entry(again).and_modify(|kept| kept.is_hit = false);
        }
        let (at, bytes, from) = std::mem::take(&mut self.end);
        let is_end = at + bytes.len() as u64 >= self.size;
        let spans = cut(at, &bytes, is_end);
        // The last line may have been kept before it was whole.
        if let (Some(kept), Some(span)) = (self.kept.get_mut(&from), spans.iter().find(|span| span.start == from)) {
            kept.end = span.end;
            kept.bytes = bytes.get((span.start - at) as usize..(span.end - at) as usize).unwrap_or_default().to_vec();
        }
        let ended = |span: &Span| byte_before(at, &bytes, span.end) == Some(b'\n');
        let last = spans.last().copied();
        self.search(at, &bytes, &spans, from..u64::MAX, Where::Back);
        let from = match last {
            Some(last) if is_end && !ended(&last) => {
                self.unfinished = self.hits.back().copied().filter(|hit| *hit == last.start);
                last.start
            }
            Some(last) => last.end.max(from),
            None => from,
        };
        // A stride before it is what its own lines are cut by.
        let keep = from.saturating_sub(2 * STRIDE).max(at);
        let rest = bytes.get(usize::try_from(keep - at).unwrap_or(usize::MAX)..).unwrap_or_default().to_vec();
        self.end = (keep, rest, from);
        self.take_turns();
    }

    /// A block is searched once the one before it is there, whose end tells where its first line begins.
    fn take_turns(&mut self) {
        while let Some(behind) = self.behind.clone() {
            let Some(number) = self.turn.checked_sub(1) else { return };
            let before = match number.checked_sub(1) {
                Some(before) => match self.early.get(&before) {
                    Some(bytes) => {
                        bytes.get(bytes.len().saturating_sub(STRIDE as usize)..).unwrap_or_default().to_vec()
                    }
                    None => return,
                },
                None => Vec::new(),
            };
            let Some(block) = self.early.remove(&number) else { return };
            let at = number * WINDOW - before.len() as u64;
            self.counts.push((number, memchr::memchr_iter(b'\n', &block).count() as u64));
            self.searched += block.len() as u64;
            self.behind = Some(block.get(..block.len().min(BEHIND)).unwrap_or_default().to_vec());
            let bytes = [before, block, behind].concat();
            let spans = cut(at, &bytes, false);
            self.search(at, &bytes, &spans, number * WINDOW..(number + 1) * WINDOW, Where::Front);
            self.turn = number;
        }
    }

    fn search(&mut self, at: u64, bytes: &[u8], spans: &[Span], range: std::ops::Range<u64>, to: Where) {
        // Escapes may stand within a word; where there are none, only lines that have the text are looked at closer.
        let hints =
            self.sought.pattern.as_ref().filter(|_| !bytes.contains(&0x1b)).and_then(|pattern| pattern.hints(bytes));
        let may_have = |span: &Span| {
            hints.as_ref().is_none_or(|hints| {
                let first = hints.partition_point(|hint| at + (*hint as u64) < span.start);
                hints.get(first).is_some_and(|hint| at + (*hint as u64) < span.end)
            })
        };
        let line = |span: &Span| bytes.get((span.start - at) as usize..(span.end - at) as usize).unwrap_or_default();
        let inside = spans.iter().enumerate().filter(|(_, span)| range.contains(&span.start));
        let found: Vec<usize> = inside
            .filter(|(_, span)| may_have(span) && self.sought.is_in(&plain(line(span))))
            .map(|(nth, _)| nth)
            .collect();
        self.found += found.len() as u64;
        let starts = found.iter().filter_map(|nth| spans.get(*nth)).map(|span| span.start);
        match to {
            Where::Front => starts.rev().for_each(|hit| {
                if self.hits.len() < PLACES {
                    self.hits.push_front(hit);
                }
            }),
            Where::Back => starts.for_each(|hit| {
                self.hits.push_back(hit);
                if self.hits.len() > PLACES {
                    self.hits.pop_front();
                }
            }),
        }
        for nth in found {
            let beside = nth.saturating_sub(self.beside)..(nth + 1 + self.beside).min(spans.len());
            for other in beside {
                if let Some(span) = spans.get(other) {
                    self.keep(span, line(span), other == nth);
                }
            }
        }
    }

    fn keep(&mut self, span: &Span, bytes: &[u8], is_hit: bool) {
        match self.kept.get_mut(&span.start) {
            Some(kept) => kept.is_hit |= is_hit,
            None if self.kept_bytes < KEPT => {
                self.kept_bytes += bytes.len() + COST;
                self.kept.insert(span.start, Kept { end: span.end, bytes: bytes.to_vec(), is_hit });
            }
            None => {}
        }
    }

    /// Goes no farther down; what is added at the end is searched still.
    pub fn stop(&mut self) {
        (self.to_ask, self.turn) = (0, 0);
        self.again.clear();
        self.early.clear();
    }

    /// How many lines have been found so far.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// How much of the file has been searched, and how long it is.
    pub fn progress(&self) -> (u64, u64) {
        (self.searched.min(self.size), self.size)
    }

    /// All of the file as it is now has been searched.
    pub fn is_done(&self) -> bool {
        self.turn == 0 && self.end.0 + self.end.1.len() as u64 >= self.size
    }

    /// The place of the nearest hit after an offset, or before it.
    pub fn after(&self, offset: u64) -> Option<Hit> {
        self.hits.get(self.hits.partition_point(|hit| *hit <= offset)).copied()
    }

    /// The nearest before an offset.
    pub fn before(&self, offset: u64) -> Option<Hit> {
        self.hits.get(self.hits.partition_point(|hit| *hit < offset).checked_sub(1)?).copied()
    }

    /// Which of the hits found so far it is, from 1, and how many there are.
    pub fn rank(&self, offset: u64) -> usize {
        self.hits.partition_point(|hit| *hit <= offset)
    }

    /// Lines that were kept around a place: up to so many before it, and from it on; and whether any are kept farther away.
    pub fn kept(&self, place: u64, above: usize, below: usize) -> (Vec<(u64, Kept)>, usize) {
        let own = |(start, kept): (&u64, &Kept)| (*start, kept.clone());
        let mut lines: Vec<(u64, Kept)> = self.kept.range(..place).rev().take(above).map(own).collect();
        lines.reverse();
        let at = lines.len();
        lines.extend(self.kept.range(place..).take(below).map(own));
        (lines, at)
    }

    /// Some lines are counted, but no longer kept: there are too many.
    pub fn is_full(&self) -> bool {
        self.kept_bytes >= KEPT
    }

    /// How many lines end in blocks that were read; told once.
    pub fn counts(&mut self) -> Vec<(u64, u64)> {
        std::mem::take(&mut self.counts)
    }
}

impl From<(u64, Kept)> for Line {
    fn from((start, kept): (u64, Kept)) -> Self {
        Self { span: Span { start, end: kept.end }, bytes: kept.bytes, number: None }
    }
}

enum Where {
    Front,
    Back,
}

fn byte_before(at: u64, bytes: &[u8], offset: u64) -> Option<u8> {
    bytes.get(usize::try_from(offset.checked_sub(at + 1)?).ok()?).copied()
}
