//! A search through a whole file, in the background: from where it ends upwards, and on through what is added meanwhile.
//!
//! It asks for 64 KiB at a time and holds a few of those, the places of a million lines, and a few MiB of the lines
//! themselves; of those it reads again what it let go of. A line is found or not; how often it has the pattern does not matter.
//! It works by small steps, as whoever runs it finds the time.

use std::collections::{BTreeMap, VecDeque};

use super::lines::{STRIDE, Span, cut};
use super::shelf::Shelf;
use super::sought::BOUND;
use super::task::{Counted, Task};
use super::{Found, Kept, Line, Sought, Told, WINDOW};

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
/// So many lines beside another are kept however long they are; of more, as many as stand within that.
const FEW: usize = 2;

/// A line that was found, by where it begins.
pub type Hit = u64;

/// A question: bytes from an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub offset: u64,
    pub length: u64,
    of: Of,
}

/// Which lines a question, and what is searched of its answer, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Of the block of that number.
    Block(u64),
    /// Those at the file's end.
    End,
    /// Lines that were let go of: those that begin between these; and on which side of those that are kept.
    Again { from: u64, to: u64, is_above: bool },
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
}

impl End {
    fn end(&self) -> u64 {
        self.at + self.bytes.len() as u64
    }
}

/// The search.
#[derive(Debug)]
pub struct Search {
    sought: Sought,
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
    /// The head of the block behind.
    behind: Option<Vec<u8>>,
    end: End,
    abreast: usize,
    out: Vec<Probe>,
    /// What failed.
    again: Vec<Probe>,
    hits: VecDeque<Hit>,
    /// For each of these, how many lines end before it in its block.
    lines: VecDeque<u32>,
    found: u64,
    /// The last line had no end yet when it was searched.
    unfinished: Option<Hit>,
    shelf: Shelf,
    /// What the reader lacks of lines that were let go of: above, and below.
    lacks: (bool, bool),
    /// Those came, and wait to be looked through.
    filled: Option<(Probe, Vec<u8>)>,
    task: Option<Task>,
    counts: Vec<(u64, u64)>,
    searched: u64,
}

impl Search {
    /// Begins; of a file of that size.
    pub fn new(sought: Sought, beside: usize, size: u64) -> Self {
        // The part that is searched upwards has a whole block, so that no line from below reaches through it.
        let middle = (size / WINDOW).saturating_sub(1);
        let back = if sought.is_by_entry() || beside > FEW { BOUND } else { STRIDE };
        let at = (middle * WINDOW).saturating_sub(back);
        Self {
            sought,
            beside,
            back,
            size,
            middle,
            to_ask: middle,
            turn: middle,
            early: BTreeMap::new(),
            behind: None,
            end: End { at, bytes: Vec::new(), from: middle * WINDOW, lines: 0, is_new: false },
            abreast: ABREAST,
            out: Vec::new(),
            again: Vec::new(),
            hits: VecDeque::new(),
            lines: VecDeque::new(),
            found: 0,
            unfinished: None,
            shelf: Shelf::new(KEPT),
            lacks: (false, false),
            filled: None,
            task: None,
            counts: Vec::new(),
            searched: 0,
        }
    }

    /// One of so many searches at a time, which share what there is of connections and of memory.
    pub fn share(&mut self, searches: usize) {
        self.abreast = (ABREAST / searches.max(1)).max(1);
        // A screen of the longest lines must find room.
        self.shelf.set_most((KEPT / searches.max(1)).max(KEPT / 2));
    }

    /// Keeps that many bytes of lines at most.
    pub fn keep_at_most(&mut self, bytes: usize) {
        self.shelf.set_most(bytes);
    }

    /// What is searched for.
    pub fn sought(&self) -> &Sought {
        &self.sought
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
        if self.end.end() < self.size && !self.is_out(|of| *of == Of::End) {
            return Some(Probe { offset: self.end.end(), length: WINDOW, of: Of::End });
        }
        self.to_ask = self.to_ask.checked_sub(1)?;
        Some(Probe { offset: self.to_ask * WINDOW, length: WINDOW, of: Of::Block(self.to_ask) })
    }

    /// Such a question is out, or has failed.
    fn is_out(&self, of: impl Fn(&Of) -> bool) -> bool {
        self.out.iter().chain(&self.again).any(|probe| of(&probe.of))
    }

    /// Lines are read again that were let go of, and that the reader has come to.
    fn fill(&mut self) -> Option<Probe> {
        let is_filling = self.is_out(|of| matches!(of, Of::Again { .. })) || self.filled.is_some();
        if is_filling || self.task.as_ref().is_some_and(|task| matches!(task.of, Of::Again { .. })) {
            return None;
        }
        let above = if self.lacks.0 { self.fill_above() } else { None };
        if above.is_some() || !self.lacks.1 {
            return above;
        }
        self.fill_below()
    }

    /// What is read before and behind lines, so that all is known of them and of those that stand beside them.
    fn margins(&self) -> (u64, u64) {
        {
            let beside = self.beside.min(FEW) as u64 * LONGEST;
            (self.back + beside, LONGEST + beside)
        }
    }

    fn fill_above(&mut self) -> Option<Probe> {
        let border = self.shelf.from.checked_sub(1)? + 1;
        let hit = self.before(border);
        let (before, after) = self.margins();
        let window = |to: u64| {
            let offset = (to + after).saturating_sub(WINDOW).next_multiple_of(STRIDE);
            let from = if offset == 0 { 0 } else { offset + before };
            (offset, from)
        };
        let (offset, from) = window(border);
        // What was found, but is remembered no more, may be anywhere.
        let is_lost = self.found > self.hits.len() as u64;
        let (offset, from, to) = match hit {
            Some(hit) if !self.shelf.torn.0 && hit < from => {
                let to = (hit + after).min(border);
                let (offset, from) = window(to);
                (offset, from, to)
            }
            None if !self.shelf.torn.0 && !is_lost => {
                self.shelf.from = 0;
                return None;
            }
            Some(_) | None => (offset, from, border),
        };
        let length = (to + after - offset).min(WINDOW);
        Some(Probe { offset, length, of: Of::Again { from, to, is_above: true } })
    }

    fn fill_below(&mut self) -> Option<Probe> {
        let border = self.shelf.to;
        let hit = self.from(border);
        let to_end = hit.is_none() && !self.shelf.torn.1;
        if border == u64::MAX || border >= self.end.from || to_end {
            self.all_below();
            return None;
        }
        let (before, after) = self.margins();
        let window = |from: u64| {
            let offset = from.saturating_sub(before) / STRIDE * STRIDE;
            (offset, offset + WINDOW - after)
        };
        let (offset, to) = window(border);
        let (offset, from, to) = match hit {
            Some(hit) if !self.shelf.torn.1 && hit >= to => {
                let from = hit.saturating_sub(after).max(border);
                let (offset, to) = window(from);
                (offset, from, to)
            }
            Some(_) | None => (offset, border, to),
        };
        Some(Probe { offset, length: WINDOW, of: Of::Again { from, to, is_above: false } })
    }

    /// All that was found behind what is kept is kept, too; the last line, if it is one that has no end, once it is searched again.
    fn all_below(&mut self) {
        if self.shelf.to != u64::MAX {
            self.shelf.to = u64::MAX;
            self.end.is_new = true;
        }
    }

    /// The answer to a question; without one it is asked again. What it says is found by `work`.
    pub fn answered(&mut self, probe: Probe, told: Option<Told>) {
        let Some(nth) = self.out.iter().position(|out| *out == probe) else { return };
        self.out.swap_remove(nth);
        let Some(told) = told else {
            if self.is_wanted(&probe) {
                self.again.push(probe);
            }
            return;
        };
        self.grow(told.size);
        match probe.of {
            Of::Block(number) if number < self.turn => drop(self.early.insert(number, told.bytes)),
            Of::Block(_) => {}
            Of::End => self.take_end(probe.offset, &told.bytes),
            Of::Again { .. } => self.filled = Some((probe, told.bytes)),
        }
    }

    fn is_wanted(&self, probe: &Probe) -> bool {
        match probe.of {
            Of::Block(number) => number < self.turn,
            Of::End => true,
            // It is thought out anew.
            Of::Again { .. } => false,
        }
    }

    fn take_end(&mut self, offset: u64, bytes: &[u8]) {
        if offset != self.end.end() || bytes.is_empty() {
            return;
        }
        self.end.bytes.extend_from_slice(bytes);
        self.end.is_new = true;
        self.searched += bytes.len() as u64;
        if self.behind.is_none() {
            let head = usize::try_from((self.middle * WINDOW).saturating_sub(self.end.at)).unwrap_or(0);
            self.behind = Some(self.head(self.end.bytes.get(head..).unwrap_or_default()));
        }
    }

    /// The start of a block, for the one before it.
    fn head(&self, block: &[u8]) -> Vec<u8> {
        let length = if self.beside > FEW { BOUND } else { LONGEST };
        block.get(..block.len().min(length as usize)).unwrap_or_default().to_vec()
    }

    fn fill_task(&mut self) -> Option<Task> {
        let (probe, bytes) = self.filled.take()?;
        let Of::Again { from, to, is_above } = probe.of else { return None };
        // The borders may have moved meanwhile.
        let is_same = if is_above { to <= self.shelf.from && self.shelf.from != 0 } else { from >= self.shelf.to };
        let is_end = probe.offset + bytes.len() as u64 >= self.size;
        let spans = cut(probe.offset, &bytes, is_end);
        // A line that was found just outside has some beside it that are meant.
        let index = |at: u64| spans.partition_point(|span| span.start < at);
        let start = |nth: usize| spans.get(nth).map_or(u64::MAX, |span| span.start);
        let first = start(index(from).saturating_sub(self.beside));
        let range = first..start(index(to) + self.beside).min(self.end.from);
        is_same.then(|| Task::new(&self.sought, probe.of, probe.offset, bytes, spans, range))
    }

    /// Looks through a little of what has come; whether there is more of it.
    pub fn work(&mut self) -> bool {
        if self.task.is_none() {
            self.task = self.fill_task();
        }
        if self.task.is_none() {
            self.task = if self.end.is_new { Some(self.end_task()) } else { self.block_task() };
        }
        let Some(task) = &mut self.task else { return false };
        if task.go_on(&self.sought)
            && let Some(task) = self.task.take()
        {
            self.finish(task);
        }
        true
    }

    fn end_task(&mut self) -> Task {
        self.end.is_new = false;
        if let Some(again) = self.unfinished.take().filter(|again| self.hits.back() == Some(again)) {
            self.hits.pop_back();
            self.lines.pop_back();
            self.found -= 1;
            self.shelf.unmark(again);
        }
        let End { at, bytes, from, .. } = &self.end;
        let spans = cut(*at, bytes, self.end.end() >= self.size);
        if let Some(span) = spans.iter().find(|span| span.start == *from) {
            let line = bytes.get((span.start - at) as usize..(span.end - at) as usize);
            self.shelf.mend(span, line.unwrap_or_default());
        }
        Task::new(&self.sought, Of::End, *at, bytes.clone(), spans, *from..u64::MAX).counted(
            self.middle,
            *from,
            self.end.lines,
        )
    }

    /// A block is searched once the one before it is there, whose end tells where its first line begins.
    fn block_task(&mut self) -> Option<Task> {
        let behind = self.behind.clone()?;
        let number = self.turn.checked_sub(1)?;
        let before = match number.checked_sub(1) {
            Some(before) => {
                let bytes = self.early.get(&before)?;
                bytes.get(bytes.len().saturating_sub(self.back as usize)..).unwrap_or_default().to_vec()
            }
            None => Vec::new(),
        };
        let block = self.early.remove(&number)?;
        let at = number * WINDOW - before.len() as u64;
        self.counts.push((number, memchr::memchr_iter(b'\n', &block).count() as u64));
        self.searched += block.len() as u64;
        self.behind = Some(self.head(&block));
        let bytes = [before, block, behind].concat();
        let spans = cut(at, &bytes, false);
        let range = number * WINDOW..(number + 1) * WINDOW;
        let task = Task::new(&self.sought, Of::Block(number), at, bytes, spans, range);
        Some(task.counted(number, number * WINDOW, 0))
    }

    fn finish(&mut self, mut task: Task) {
        task.counted = task.counted.or_else(|| self.counted(&task));
        task.count();
        match task.of {
            Of::Block(number) => {
                self.turn = number;
                self.count(&task, Where::Front);
                self.keep(&task);
            }
            Of::End => {
                self.keep_after_known(&task);
                self.count(&task, Where::Back);
                self.keep(&task);
                self.end_of(&task);
            }
            Of::Again { from, is_above: true, .. } => {
                (self.shelf.from, self.shelf.torn.0) = (from, false);
                // Whether the reader lacks more is known once these are looked at.
                self.lacks.0 &= task.found.is_empty();
                self.keep(&task);
            }
            Of::Again { to, is_above: false, .. } => {
                (self.shelf.to, self.shelf.torn.1) = (to, false);
                self.lacks.1 &= task.found.is_empty();
                if to >= self.end.from {
                    self.all_below();
                }
                self.keep(&task);
            }
        }
    }

    /// How many lines end before the first line found, if that is known; that line is read again.
    fn counted(&self, task: &Task) -> Option<Counted> {
        let start = task.found.iter().find_map(|nth| task.spans.get(*nth))?.start;
        let nth = self.hits.binary_search(&start).ok()?;
        let block = (start / WINDOW).min(self.middle);
        let lines = self.lines.get(nth).filter(|lines| **lines != u32::MAX);
        lines.map(|lines| Counted { block, at: start, lines: i64::from(*lines) })
    }

    /// Where the file's end is to be searched from next.
    fn end_of(&mut self, task: &Task) {
        let end = task.at + task.bytes.len() as u64;
        let from = match task.spans.last() {
            Some(last) if last.end == end && task.line(last).last() != Some(&b'\n') && end >= self.size => {
                self.unfinished = self.hits.back().copied().filter(|hit| *hit == last.start);
                last.start
            }
            Some(last) => last.end.max(self.end.from),
            None => self.end.from,
        };
        // What stands before a line tells all about it; and a stride before that is what those lines are cut by.
        let last = task.lines.last().copied().unwrap_or(self.end.lines);
        let is_over = |last: &&Span| last.end == from && task.line(last).last() == Some(&b'\n');
        self.end.lines = last + i64::from(task.spans.last().filter(is_over).is_some());
        let keep = from.saturating_sub(self.back + STRIDE).max(self.end.at);
        self.end.bytes.drain(..usize::try_from(keep - self.end.at).unwrap_or(0).min(self.end.bytes.len()));
        (self.end.at, self.end.from) = (keep, from);
    }

    fn count(&mut self, task: &Task, to: Where) {
        self.found += task.found.len() as u64;
        let told = |nth: &usize| {
            let lines = task.lines.get(*nth).and_then(|lines| u32::try_from(*lines).ok());
            Some((task.spans.get(*nth)?.start, lines.unwrap_or(u32::MAX)))
        };
        let found = task.found.iter().filter_map(told);
        match to {
            Where::Front => found.rev().for_each(|(hit, lines)| {
                if self.hits.len() < PLACES {
                    self.hits.push_front(hit);
                    self.lines.push_front(lines);
                }
            }),
            Where::Back => found.for_each(|(hit, lines)| {
                self.hits.push_back(hit);
                self.lines.push_back(lines);
                if self.hits.len() > PLACES {
                    self.hits.pop_front();
                    self.lines.pop_front();
                }
            }),
        }
    }

    fn keep(&mut self, task: &Task) {
        let mut hits = task.found.clone();
        // Nearest to what is kept already first: should there be no room, the others go.
        if !matches!(task.of, Of::Again { is_above: false, .. } | Of::End) {
            hits.reverse();
        }
        for nth in hits {
            for other in nth.saturating_sub(self.beside)..(nth + 1 + self.beside).min(task.spans.len()) {
                if let Some(span) = task.spans.get(other) {
                    self.shelf.put(span, task.line(span), other == nth, task.lines_before(other));
                }
            }
        }
    }

    /// Lines at the end that stand beside one which was found before they came, or before they were let go of.
    fn keep_after_known(&mut self, task: &Task) {
        let first = task.spans.partition_point(|span| span.start < self.end.from);
        for nth in first.saturating_sub(self.beside)..first {
            let is_hit = task.spans.get(nth).is_some_and(|span| self.hits.binary_search(&span.start).is_ok());
            for other in (first..(nth + 1 + self.beside).min(task.spans.len())).filter(|_| is_hit) {
                if let Some(span) = task.spans.get(other) {
                    self.shelf.put(span, task.line(span), false, task.lines_before(other));
                }
            }
        }
    }

    /// Goes no farther down; what is added at the end is searched still.
    pub fn stop(&mut self) {
        (self.to_ask, self.turn) = (0, 0);
        self.again.retain(|probe| probe.of == Of::End);
        self.early.clear();
        if self.task.as_ref().is_some_and(|task| matches!(task.of, Of::Block(_))) {
            self.task = None;
        }
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
        self.turn == 0 && self.end.end() >= self.size && !self.end.is_new && self.task.is_none()
    }

    /// There is more to search than what a file that is written to has always just got.
    pub fn is_going(&self) -> bool {
        self.turn > 0 || self.end.end() + WINDOW < self.size || (self.searched == 0 && self.size > 0)
    }

    /// The first line found that begins at an offset or behind it.
    pub fn from(&self, offset: u64) -> Option<Hit> {
        self.hits.get(self.hits.partition_point(|hit| *hit < offset)).copied()
    }

    /// The last that begins before an offset.
    pub fn before(&self, offset: u64) -> Option<Hit> {
        self.hits.get(self.hits.partition_point(|hit| *hit < offset).checked_sub(1)?).copied()
    }

    /// Which of the lines found so far one is, from 1 at the file's start; none where not all of those are remembered.
    pub fn rank(&self, hit: Hit) -> Option<u64> {
        let nth = self.hits.partition_point(|other| *other < hit);
        (self.hits.get(nth) == Some(&hit)).then_some(self.found - self.hits.len() as u64 + nth as u64 + 1)
    }

    /// A line that was found, if it is kept.
    pub fn line(&self, hit: Hit) -> Option<&[u8]> {
        self.shelf.line(hit)
    }

    /// Lines that were found, and those beside them, around a place: up to so many before it, and from it on. The reader is there.
    pub fn around(&mut self, place: u64, above: usize, below: usize) -> Found {
        let unknown = self.turn * WINDOW;
        let (found, is_away) = self.shelf.around(place, (above, below), (unknown, self.end.from));
        // The last line, if it has no end yet, is to be kept again.
        self.end.is_new |= is_away && self.shelf.to == u64::MAX;
        self.lacks = (found.more_above, found.more_below);
        found
    }

    /// How many lines end in blocks that were read; told once.
    pub fn counts(&mut self) -> Vec<(u64, u64)> {
        std::mem::take(&mut self.counts)
    }
}

impl From<(u64, Kept)> for Line {
    fn from((start, kept): (u64, Kept)) -> Self {
        Self { span: Span { start, end: kept.end }, bytes: kept.bytes, number: kept.number }
    }
}

enum Where {
    Front,
    Back,
}
