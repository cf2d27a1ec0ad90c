//! How many events come: counted in buckets of a second, for a minute.

use std::collections::VecDeque;

use crate::base::units::Timestamp;

/// Events of the last minute.
#[derive(Debug, Default)]
pub(super) struct Rate {
    buckets: VecDeque<(i64, u32)>,
}

impl Rate {
    /// One more, now.
    pub(super) fn count(&mut self, now: Timestamp) {
        let second = now.0.div_euclid(1_000_000_000);
        match self.buckets.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.buckets.push_back((second, 1)),
        }
        while self.buckets.front().is_some_and(|(first, _)| second - first >= 60) {
            self.buckets.pop_front();
        }
    }

    /// How many there were since that time, of the last minute.
    pub(super) fn since(&self, at: Timestamp) -> u32 {
        let first = at.0.div_euclid(1_000_000_000);
        self.buckets.iter().filter(|(second, _)| *second >= first).map(|(_, count)| count).sum()
    }

    /// How many there were in the last minute.
    pub(super) fn a_minute(&self, now: Timestamp) -> u32 {
        let second = now.0.div_euclid(1_000_000_000);
        self.buckets.iter().filter(|(at, _)| second - at < 60).map(|(_, count)| count).sum()
    }
}
