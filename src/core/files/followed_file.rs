//! One file that is read by windows and followed as it grows: what to ask next, and when; and what came of it.
//!
//! A poll asks for a few bytes that are known already and for what is behind them. So a file that was cut, or that is
//! another under the same name, is noticed by its size or by those bytes.

mod format;
mod screen;

use super::WINDOW;
use super::block_cache::BlockCache;
use super::hole_map::HoleChange;
use super::line_counts::LineCounts;
use super::lines::{STRIDE, Span};
use crate::base::backoff::Backoff;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::files::hole::Hole;
use crate::files::text_format::{Encoding, TextFormat};

/// How many known bytes a poll reads again.
const OVERLAP: u64 = 64;
/// Questions that may be out at a time.
const ABREAST: usize = 3;
/// How far around its place a screen looks for lines at first, and at most.
const REACH: u64 = WINDOW;
const FAR: u64 = 16 * WINDOW;
/// Bytes of the file's start that tell its encoding, and bytes from anywhere that tell the rest of its format.
const HEAD: u64 = 4;
const SAMPLE: usize = 4096;
/// No part of a line is longer, unless it is one row.
const LONGEST: u64 = 2 * STRIDE + 4;
/// Blocks of a hole that are leaped over at a time and counted: 4 GiB.
const COUNTED: u64 = 1 << 16;
/// The wait from one poll to the next is this part of how long the file has not grown.
const SHARE: i64 = 8;
/// The longest wait between two polls of a file that is on screen.
const IDLE: Nanoseconds = Nanoseconds::from_secs(5);

/// How often the file is polled for growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowMode {
    /// A user reads the end.
    Follow,
    /// A user reads elsewhere.
    Look,
    /// The file is not in view.
    Hidden,
    /// Polling has stopped, once the size is known.
    Paused,
}

/// Unit that a file is split into for display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowKind {
    /// Lines of text, by the line ends of the file's format.
    #[default]
    Lines,
    /// Rows of sixteen bytes, for binary files.
    Hex,
}

/// A read of the file that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowRead {
    /// Offset of the first byte in the file.
    pub offset: u64,
    /// Number of bytes to read; 0 asks for the size alone.
    pub length: u64,
    /// Of which file under that name.
    life: u32,
    /// How long that was known to be when it was asked.
    known: u64,
    is_poll: bool,
}

impl WindowRead {
    /// Whether the read asks how long the file is now.
    pub fn is_poll(&self) -> bool {
        self.is_poll
    }
}

/// An answer: the whole file's size, and the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadReply {
    /// Size of the whole file in bytes (READ_FILE's `size`).
    pub size: u64,
    /// The bytes from the offset that was read; fewer than asked for at the file's end.
    pub bytes: Vec<u8>,
}

/// Change that an answer caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// The answer brought nothing new.
    None,
    /// More bytes are cached, or the file has grown.
    More,
    /// The file was cut short, or another has taken its place: all that was known of it is gone.
    Replaced,
}

/// A line, or a part of a long one, and its bytes in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where in the file the line begins and ends, in bytes.
    pub span: Span,
    /// The line's text in UTF-8, whatever the file's encoding is.
    pub bytes: Vec<u8>,
    /// Line number from 1; `None` if lines before it are uncounted, or the row continues a line.
    pub number: Option<u64>,
    /// Whether the row continues the line of the row before it.
    pub is_part: bool,
    /// NUL bytes at the line's end, which `bytes` omits.
    pub hole: Hole,
}

/// Lines around a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The lines in the file's order.
    pub lines: Vec<Line>,
    /// Index of the line that holds the place; behind the last for a place at the file's end.
    pub at: usize,
    /// Whether some of the lines are still to be read.
    pub is_partial: bool,
}

/// The first bytes of the file.
#[derive(Clone, Debug)]
enum FileHead {
    Unknown,
    /// Only they can tell the format.
    Wanted,
    Known(Vec<u8>),
}

/// The file.
#[derive(Clone, Debug)]
pub struct FollowedFile {
    pieces: BlockCache,
    size: Option<u64>,
    /// Some bytes of the file, and their offset: each poll reads them again.
    tip: (u64, Vec<u8>),
    next_tip: Option<NextTip>,
    counts: LineCounts,
    format: TextFormat,
    /// What the reader chose.
    encoding: Option<Encoding>,
    head: FileHead,
    /// Enough text was seen to tell the format.
    is_learnt: bool,
    /// Some text is to be read for its format, though no screen needs it.
    is_sample_wanted: bool,
    /// Some of it was seen to be Windows-1252.
    is_windows: bool,
    /// Returns were seen to end lines among those that end with LF.
    has_returns: bool,
    /// What a screen needs: its place, how far around it, and whether that is all of a hole.
    wanted: (u64, u64, bool),
    pace: FollowMode,
    is_quiet: bool,
    out: Vec<WindowRead>,
    life: u32,
    poll_at: Timestamp,
    grew: Timestamp,
    backoff: Backoff,
    /// Nothing is asked before that, since the last question failed.
    retry_at: Option<Timestamp>,
}

/// A later tip, which no poll brought.
#[derive(Clone, Debug)]
struct NextTip {
    tip: (u64, Vec<u8>),
    /// Answers of polls until it counts: of one that was asked after it came.
    polls: u8,
}

impl FollowedFile {
    /// A file of which nothing is known. The seed is for the waits between tries.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self {
            pieces: BlockCache::default(),
            size: None,
            tip: (0, Vec::new()),
            next_tip: None,
            counts: LineCounts::default(),
            format: TextFormat::default(),
            encoding: None,
            head: FileHead::Unknown,
            is_learnt: false,
            is_sample_wanted: false,
            is_windows: false,
            has_returns: false,
            wanted: (0, 0, false),
            pace: FollowMode::Look,
            is_quiet: false,
            out: Vec::new(),
            life: 0,
            poll_at: now,
            grew: now,
            backoff: Backoff::new(seed),
            retry_at: None,
        }
    }

    /// The file's size, once it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// When it is tried again, after a question that failed; none if there is nothing that it would ask then.
    pub fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at.filter(|_| self.polls() || self.gap().is_some())
    }

    /// When it was last seen to grow.
    pub fn grew(&self) -> Timestamp {
        self.grew
    }

    /// How often the file is polled for growth.
    pub fn pace(&self) -> FollowMode {
        self.pace
    }

    /// Whether the file is read no more often for growing.
    pub fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Number of times that another file has replaced it.
    pub fn life(&self) -> u32 {
        self.life
    }

    /// Bytes held.
    pub fn held(&self) -> usize {
        self.pieces.held_bytes()
    }

    /// Looks for growth as eagerly as that, at once if it is more eager than before.
    pub fn set_pace(&mut self, pace: FollowMode, now: Timestamp) {
        if pace != self.pace {
            self.pace = pace;
            self.poll_at = now;
            if pace == FollowMode::Paused {
                self.freeze();
            }
        }
    }

    /// Ends the file where its end is shown: bytes that are behind that, and not held yet, would move a paused view.
    fn freeze(&mut self) {
        let Some(size) = self.size else { return };
        let Some(end) = self.pieces.end_near(size).filter(|end| *end < size && *end <= self.wanted.0) else { return };
        let held = self.pieces.around(end, REACH, false);
        let last = self.rows(&held, false).spans.last().map(|span| held.real(span.end));
        self.size = last.or(self.size);
    }

    /// An answer without what was added since the file is paused.
    pub(super) fn until_paused(&self, offset: u64, reported: ReadReply) -> ReadReply {
        let Some(size) = self.size.filter(|_| self.pace == FollowMode::Paused) else { return reported };
        let mut bytes = reported.bytes;
        bytes.truncate(usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX));
        ReadReply { size: reported.size.min(size), bytes }
    }

    /// Reads a file no more often for growing. Mesos' own log grows by being read, since it logs each call.
    pub fn keep_quiet(&mut self) {
        self.is_quiet = true;
    }

    /// Tries again now.
    pub fn retry(&mut self, now: Timestamp) {
        self.retry_at = None;
        self.poll_at = now;
    }

    /// The next question, if one is due. It is answered by `answered`, once.
    pub fn next_read(&mut self, now: Timestamp) -> Option<WindowRead> {
        if self.retry_at.is_some_and(|at| at > now) || self.out.len() >= ABREAST {
            return None;
        }
        let read = self.gap().or_else(|| self.poll(now))?;
        self.out.push(read);
        Some(read)
    }

    /// When something is due, if nothing happens before. After all that was due was asked, nothing that has passed wakes the caller.
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.out.len() >= ABREAST {
            return None;
        }
        let poll = self.polls().then_some(self.poll_at);
        match self.retry_at {
            Some(at) if self.gap().is_some() => Some(at),
            Some(at) => poll.map(|poll| poll.max(at)),
            None => poll,
        }
    }

    /// Growth is looked for, and no such question is out.
    fn polls(&self) -> bool {
        (self.pace != FollowMode::Paused || self.size.is_none()) && !self.out.iter().any(|read| read.is_poll)
    }

    fn gap(&self) -> Option<WindowRead> {
        let (near, reach, all) = self.wanted;
        let known = self.size?;
        if matches!(self.head, FileHead::Wanted) && !self.out.iter().any(|read| read.offset == 0) {
            return Some(WindowRead { offset: 0, length: HEAD, life: self.life, known, is_poll: false });
        }
        let gaps = self.pieces.missing(near, reach, known, all);
        let free = |(offset, _): &(u64, u64)| !self.out.iter().any(|read| read.offset / WINDOW == offset / WINDOW);
        let (offset, length) = gaps.into_iter().chain(self.sample_gap(known)).find(free)?;
        Some(WindowRead { offset, length, life: self.life, known, is_poll: false })
    }

    fn poll(&self, now: Timestamp) -> Option<WindowRead> {
        let known = self.size.is_some();
        if !self.polls() || self.poll_at > now {
            return None;
        }
        let size = self.size.unwrap_or(0);
        let (at, tip) = &self.tip;
        let offset = if tip.is_empty() { size.saturating_sub(OVERLAP) } else { *at };
        // How long it is, is all that a reader needs who looks elsewhere, or who is far behind: the end is read by itself.
        let length = match self.pace {
            _ if !known => 0,
            FollowMode::Follow if size.saturating_sub(offset) < WINDOW => WINDOW,
            FollowMode::Follow | FollowMode::Look | FollowMode::Hidden | FollowMode::Paused => OVERLAP,
        };
        Some(WindowRead { offset, length, life: self.life, known: size, is_poll: true })
    }

    /// An answer came, or, without one, the question failed.
    pub fn answered(&mut self, read: WindowRead, reported: Option<ReadReply>, now: Timestamp) -> FileChange {
        self.out.retain(|out| *out != read);
        let Some(reported) = reported else {
            if self.retry_at.is_none_or(|at| at <= now) {
                self.retry_at = Some(now + self.backoff.next_wait());
            }
            return FileChange::None;
        };
        self.retry_at = None;
        self.backoff.reset();
        // A poll that was out when the file was paused would show what was added meanwhile.
        let is_paused = self.pace == FollowMode::Paused && self.size.is_some();
        if read.life != self.life || (is_paused && read.is_poll) {
            return FileChange::None;
        }
        let change = if self.is_another(read, &reported) {
            self.replaced(read, reported, now)
        } else {
            self.take(read, self.until_paused(read.offset, reported), now)
        };
        if read.is_poll {
            self.poll_at = now + self.wait(now);
            self.move_tip();
        }
        change
    }

    /// A tip that was not polled tells only that part of the file from another. It counts once the tip before it was polled again.
    fn move_tip(&mut self) {
        let Some(mut next) = self.next_tip.take() else { return };
        next.polls -= 1;
        if next.polls > 0 {
            self.next_tip = Some(next);
        } else if next.tip.0 > self.tip.0 {
            self.tip = next.tip;
        }
    }

    fn is_another(&self, read: WindowRead, reported: &ReadReply) -> bool {
        let Some(size) = self.size else { return false };
        // Answers may overtake each other: that it is shorter than a later one reported says nothing.
        if reported.size < size {
            return reported.size < read.known;
        }
        if !read.is_poll {
            return false;
        }
        // Another answer may have moved the tip since this was asked: what is held there tells as well.
        let (at, tip) = &self.tip;
        let known = if read.offset == *at { tip.as_slice() } else { self.pieces.from(read.offset) };
        let known = known.iter().take(OVERLAP as usize);
        known.zip(&reported.bytes).any(|(known, seen)| known != seen)
    }

    fn replaced(&mut self, read: WindowRead, reported: ReadReply, now: Timestamp) -> FileChange {
        self.pieces.clear();
        self.tip.1.clear();
        self.next_tip = None;
        self.counts = LineCounts::default();
        (self.format, self.head, self.is_learnt) = (TextFormat::default(), FileHead::Unknown, false);
        (self.is_windows, self.has_returns) = (false, false);
        self.life += 1;
        self.size = Some(reported.size);
        self.grew = now;
        self.wanted = (0, 0, false);
        if reported.size >= read.offset {
            self.hold(read, &reported);
        }
        FileChange::Replaced
    }

    fn take(&mut self, read: WindowRead, reported: ReadReply, now: Timestamp) -> FileChange {
        let size = self.size.unwrap_or(0);
        // Only a poll tells growth. If each answer did, a file that is always written to would always lack the bytes of the time that
        // the last answer took: its end would never be held, and what is missing would be asked for without a pause.
        let size_now = if read.is_poll || self.size.is_none() { reported.size.max(size) } else { size };
        let grew = size_now > size || self.size.is_none();
        if size_now > size {
            self.grew = now;
        }
        self.size = Some(size_now);
        self.hold(read, &reported);
        self.pieces.trim(self.wanted.0);
        let is_gap = !read.is_poll && !reported.bytes.is_empty();
        if grew || is_gap { FileChange::More } else { FileChange::None }
    }

    fn hold(&mut self, read: WindowRead, reported: &ReadReply) {
        let (offset, length) = (read.offset, reported.bytes.len());
        let seen = self.pieces.put(offset, &reported.bytes);
        self.learn_format(offset, &reported.bytes);
        self.see_format(self.format.with_returns(&reported.bytes));
        seen.into_iter().for_each(|seen| self.count_hole(seen));
        let end = offset + length as u64;
        // The end as it is now, for any caller: a poll alone would fall behind for good after one large burst.
        let is_later = Some(end) == self.size && end > self.tip.0 + self.tip.1.len() as u64;
        if (is_later && (read.is_poll || length as u64 >= OVERLAP)) || self.tip.1.is_empty() {
            let from = length.saturating_sub(OVERLAP as usize);
            let tip = (offset + from as u64, reported.bytes.get(from..).unwrap_or_default().to_vec());
            if read.is_poll || self.tip.1.is_empty() {
                self.tip = tip;
            } else {
                self.next_tip = Some(NextTip { tip, polls: 1 + u8::from(self.out.iter().any(|out| out.is_poll)) });
            }
        }
        // What begins or ends a block may tell of the one beside it whether a line ends there.
        for number in (offset / WINDOW).saturating_sub(1)..=end.div_ceil(WINDOW) {
            self.count_block(number);
        }
    }

    fn count_block(&mut self, number: u64) {
        let Some(block) = self.pieces.whole(number) else { return };
        let start = number * WINDOW;
        let before = start.checked_sub(1).and_then(|before| self.pieces.byte(before));
        let beside = (before, self.pieces.byte(start + WINDOW));
        if let Some(lines) = self.format.count_lines(start, block, beside) {
            self.counts.put(number, lines);
        }
    }

    /// A hole has no line ends.
    fn count_hole(&mut self, seen: HoleChange) {
        match seen {
            HoleChange::Text => {}
            HoleChange::Hole(blocks) if blocks.end - blocks.start > COUNTED => {}
            HoleChange::Hole(blocks) => blocks.for_each(|number| self.counts.put(number, 0)),
            HoleChange::Broken(blocks) => self.counts.forget(blocks),
        }
    }

    /// The wait from this poll to the next: short where the file has just grown, longer the longer it has not.
    fn wait(&self, now: Timestamp) -> Nanoseconds {
        let least = Nanoseconds::from_millis(match self.pace {
            FollowMode::Follow if !self.is_quiet => 250,
            FollowMode::Follow | FollowMode::Look => 2000,
            FollowMode::Hidden | FollowMode::Paused => return Nanoseconds::from_secs(30),
        });
        Nanoseconds(now.since(self.grew).0 / SHARE).clamp(least, IDLE)
    }

    /// The number of a line, from 1, before which so many end since a block began; none before all that come before are counted.
    pub(super) fn number(&self, block: u64, lines: i64) -> Option<u64> {
        self.counts.before(block)?.checked_add_signed(lines + 1)
    }

    /// Takes the number of line ends of a whole block, counted elsewhere.
    pub fn counted(&mut self, block: u64, lines: u64) {
        if lines > 0
            && let Some(seen) = self.pieces.break_hole(block)
        {
            self.count_hole(seen);
        }
        if self.pieces.is_leaped(block) {
            self.counts.be_sure(block);
        }
        self.counts.put(block, lines);
    }
}
