//! Finds a time in a file whose lines begin with one, by halves: some twenty windows for any size, more where stretches have no times.
//!
//! A stretch without times (a thread dump, JSON over many lines, the NULs that `copytruncate` leaves) says nothing about where the time
//! is: the search reads on behind it until it finds one. A very long one is read in samples, and the result says so.

use super::WINDOW;
use super::lines::STRIDE;
use super::styled_line::plain;
use crate::base::units::Timestamp;
use crate::files::hole::HOLE;
use crate::files::lines::Span;
use crate::files::stamp::Stamp;
use crate::files::text_format::TextFormat;
use crate::files::zone::TimeDefaults;

/// Windows of a stretch without times that are read one after the other: 4 MiB. Behind those every second, fourth, eighth is read.
const IN_ORDER: u64 = 64;
/// A range that is so long is read at once: the last line that begins in it is there with its first part.
const AT_ONCE: u64 = WINDOW - 3 * STRIDE;

/// A line whose time is behind so much of it has none.
const LONGEST_LINE: usize = 16 * WINDOW as usize;

/// The result of looking for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSearchResult {
    /// The first line that is not before the time begins at this offset, or the file ends there.
    At(u64),
    /// An offset as in `At`, but bytes before it hold no times as far as they were read.
    Near {
        /// Offset of the line in the file, in bytes.
        offset: u64,
        /// Bytes before the offset that were not searched in full.
        skipped: u64,
    },
    /// No line of the file begins with a time.
    Nowhere,
    /// The file could not be read.
    Unread,
}

impl TimeSearchResult {
    /// The offset that was found.
    pub fn offset(self) -> Option<u64> {
        match self {
            Self::At(offset) | Self::Near { offset, .. } => Some(offset),
            Self::Nowhere | Self::Unread => None,
        }
    }

    /// Bytes before it that were not read whole.
    pub fn skipped(&self) -> u64 {
        match self {
            Self::Near { skipped, .. } => *skipped,
            Self::At(_) | Self::Nowhere | Self::Unread => 0,
        }
    }
}

/// The search for the first line that is not before a time.
#[derive(Clone, Debug)]
pub struct Bisect {
    target: Timestamp,
    clock: TimeDefaults,
    format: TextFormat,
    /// The last line known to be before the time begins here, or the file does.
    low: u64,
    /// From here to `answer` no line begins with a time, as far as is known.
    high: u64,
    /// The first line known not to be before the time; the file's end if there is none.
    answer: u64,
    /// Where the stretch begins that is looked through for a time, and how many of its windows were.
    start: u64,
    blind: u64,
    probe: u64,
    /// Bytes before the answer that were passed over.
    skipped: u64,
    passed: u64,
    seen: bool,
    /// The offset, and the bytes so far, of a line that is longer than a window and whose time is not read yet.
    held: Option<(u64, Vec<u8>)>,
    found: Option<TimeSearchResult>,
}

impl Bisect {
    /// Starts a search in a file of `size` bytes. The clock completes times without a year or a zone.
    pub fn new(target: Timestamp, size: u64, clock: impl Into<TimeDefaults>) -> Self {
        let mut bisect = Self {
            target,
            clock: clock.into(),
            format: TextFormat::default(),
            low: 0,
            high: size,
            answer: size,
            start: 0,
            blind: 0,
            probe: 0,
            skipped: 0,
            passed: 0,
            seen: false,
            held: None,
            found: None,
        };
        bisect.halve();
        bisect
    }

    /// In a file of that text format.
    pub(super) fn of_format(self, format: TextFormat) -> Self {
        Self { format, ..self }
    }

    /// Offset of the next window to read; `None` once the search has ended.
    pub fn next_read(&self) -> Option<u64> {
        self.found.is_none().then_some(self.probe)
    }

    /// The result, once it is known.
    pub fn found(&self) -> Option<TimeSearchResult> {
        self.found
    }

    /// The bytes at the offset that was asked about, and the file's size.
    pub fn answered(&mut self, bytes: &[u8], size: u64) {
        let end = self.probe + bytes.len() as u64;
        let is_end = bytes.is_empty() || end >= size;
        let Some((start, mut held)) = self.held.take() else { return self.look_through(bytes, is_end) };
        self.probe = start;
        held.extend_from_slice(bytes);
        self.look_through(&held, is_end);
    }

    fn look_through(&mut self, bytes: &[u8], is_end: bool) {
        let mut lines = self.format.lines(self.probe, bytes, is_end);
        let open = lines.pop_if(|line| !is_end && self.is_open(bytes, line));
        let is_first = open.is_some_and(|line| line.start < self.high && self.before(line.start) <= self.probe);
        if is_first && bytes.len() < LONGEST_LINE {
            self.held = Some((self.probe, bytes.to_vec()));
            self.probe += bytes.len() as u64;
            return;
        }
        let stamped = self.stamped(bytes, &lines);
        self.seen |= !stamped.is_empty();
        let later = stamped.iter().find(|(start, at)| (self.low..self.high).contains(start) && *at >= self.target);
        let earlier = stamped.iter().rev().find(|(start, at)| *start < self.high && *at < self.target);
        let read =
            open.filter(|_| !is_first).map_or_else(|| read_to(self.format, self.probe, bytes), |line| line.start);
        match (later, earlier) {
            // Nothing is between the two.
            (Some((start, _)), Some((before, _))) if before < start => {
                self.passed = 0;
                self.came_later(*start, self.low);
            }
            (Some((start, _)), _) => self.came_later(*start, self.start),
            (None, Some((start, _))) => self.came_earlier(*start, read, is_end),
            (None, None) => self.look_on(read, is_end),
        }
    }

    /// Those of these lines that have a time.
    fn stamped(&self, bytes: &[u8], lines: &[Span]) -> Vec<(u64, Timestamp)> {
        let one =
            |line: &Span| Some((line.start, self.read_line(bytes, line, |text| Stamp::parse(text, self.clock))?.at));
        lines.iter().filter_map(one).collect()
    }

    fn read_line<T>(&self, bytes: &[u8], line: &Span, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = bytes.get((line.start - self.probe) as usize..(line.end - self.probe) as usize)?;
        read(&plain(&self.format.decode(line.start, text)))
    }

    /// Whether what is not here of a line may say its time.
    fn is_open(&self, bytes: &[u8], line: &Span) -> bool {
        let ends = self.format.ends_line(self.probe, bytes, line.end);
        !ends && self.read_line(bytes, line, |text| Stamp::is_open(text).then_some(())).is_some()
    }

    /// A line is not before the time; what is still to be read ends at `high`.
    fn came_later(&mut self, start: u64, high: u64) {
        (self.answer, self.skipped) = (start, self.passed);
        self.high = high.max(self.low);
        self.halve();
    }

    /// A line is before the time, and all up to it.
    fn came_earlier(&mut self, start: u64, read: u64, is_end: bool) {
        let is_known = start <= self.low;
        self.low = self.low.max(start);
        if is_end || read >= self.high {
            return self.finish();
        }
        if is_known {
            // The same bytes would come again.
            self.probe = self.before(read);
            return;
        }
        self.halve();
    }

    /// The window reported no time: the next one is asked, or one farther on.
    fn look_on(&mut self, read: u64, is_end: bool) {
        self.blind += 1;
        if is_end || read >= self.high {
            self.skipped += self.passed;
            self.high = self.start.max(self.low);
            return self.halve();
        }
        let step = self.blind.checked_sub(IN_ORDER).map_or(0, |far| WINDOW << far.min(30));
        let next = read.saturating_add(step).min(self.high.saturating_sub(WINDOW)).max(read);
        self.passed += next - read;
        self.probe = self.before(next);
    }

    /// From where it is seen that a line begins at an offset.
    fn before(&self, offset: u64) -> u64 {
        self.format.align(offset.saturating_sub(HOLE.len() as u64 + self.format.width()))
    }

    fn halve(&mut self) {
        (self.blind, self.passed) = (0, 0);
        if self.high <= self.low {
            return self.finish();
        }
        let is_last = self.high - self.low <= AT_ONCE;
        self.start = if is_last { self.low } else { self.low.midpoint(self.high) };
        self.probe = self.before(self.start);
    }

    fn finish(&mut self) {
        let at = match self.skipped {
            0 => TimeSearchResult::At(self.answer),
            skipped => TimeSearchResult::Near { offset: self.answer, skipped },
        };
        self.found = Some(if self.seen { at } else { TimeSearchResult::Nowhere });
    }
}

/// Up to where all lines of a window were seen that begin in it. What is left of it is the beginning of one; or of a hole, if it is
/// longer than any part of a line.
fn read_to(format: TextFormat, at: u64, bytes: &[u8]) -> u64 {
    let end = at + bytes.len() as u64;
    format.last_start(at, bytes).filter(|start| start + 3 * STRIDE > end).unwrap_or(end)
}
