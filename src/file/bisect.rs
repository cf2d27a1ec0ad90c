//! A time in a file whose lines begin with one: found by halves, some twenty questions for any size.

use super::lines::cut;
use super::shown::plain;
use super::{Clock, Stamp, WINDOW};
use crate::units::Timestamp;

/// Windows that are looked through for a time before a place counts as having none.
const PATIENCE: u64 = 4;

/// What came of looking for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighted {
    /// The first line that is not before it begins there; or the file ends.
    At(u64),
    /// No line of the file begins with a time.
    Nowhere,
    /// The file could not be read.
    Unread,
}

/// The search for the first line that is not before a time.
#[derive(Clone, Debug)]
pub struct Bisect {
    target: Timestamp,
    clock: Clock,
    /// The line sought begins between these.
    low: u64,
    high: u64,
    /// Where the next question is asked, and how many windows before it told no time.
    probe: u64,
    blind: u64,
    seen: bool,
    found: Option<Sighted>,
}

impl Bisect {
    /// In a file of that size. The clock tells the year and the zone of times that have none.
    pub fn new(target: Timestamp, size: u64, clock: impl Into<Clock>) -> Self {
        let clock = clock.into();
        let mut bisect = Self { target, clock, low: 0, high: size, probe: 0, blind: 0, seen: false, found: None };
        bisect.halve();
        bisect
    }

    /// From where to read next, a window long; none once it is found.
    pub fn next_read(&self) -> Option<u64> {
        self.found.is_none().then_some(self.probe)
    }

    /// What came of it, once that is known.
    pub fn found(&self) -> Option<Sighted> {
        self.found
    }

    /// The bytes at the offset that was asked about, and the file's size.
    pub fn answered(&mut self, bytes: &[u8], size: u64) {
        let end = self.probe + bytes.len() as u64;
        let spans = cut(self.probe, bytes, end >= size);
        let stamped = spans.iter().filter_map(|span| {
            let line = bytes.get((span.start - self.probe) as usize..(span.end - self.probe) as usize)?;
            Some((span.start, Stamp::parse(&plain(line), self.clock)?.at))
        });
        let stamped: Vec<(u64, Timestamp)> = stamped.collect();
        self.seen |= !stamped.is_empty();
        let is_last = self.high - self.low <= WINDOW;
        match (stamped.first(), is_last) {
            (_, true) => {
                let first = stamped.iter().find(|(start, at)| *start >= self.low && *at >= self.target);
                let place = first.map_or(self.high, |(start, _)| *start);
                self.found = Some(if self.seen { Sighted::At(place) } else { Sighted::Nowhere });
            }
            (Some((start, at)), false) if *at < self.target => {
                self.low = *start.max(&self.low);
                self.halve();
            }
            (Some(_), false) => {
                self.high = self.probe - self.blind * WINDOW;
                self.halve();
            }
            (None, false) if self.blind + 1 < PATIENCE && end < self.high && !bytes.is_empty() => {
                self.blind += 1;
                self.probe = end;
            }
            // A stretch without times is taken for what stands before it.
            (None, false) => {
                self.high = self.probe - self.blind * WINDOW;
                self.halve();
            }
        }
    }

    fn halve(&mut self) {
        self.blind = 0;
        self.probe =
            if self.high - self.low <= WINDOW { self.low.saturating_sub(1) } else { self.low.midpoint(self.high) };
    }
}
