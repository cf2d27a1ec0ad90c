//! Stretches of a file whose blocks have nothing but NULs. Such a hole may have gigabytes: only its first blocks are read one by one,
//! behind those ever longer leaps are made, and its edge is found by halves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Blocks of a hole that are read one after the other: 4 MiB. From there on half of what is known of it is leaped over.
const IN_ORDER: u64 = 64;
/// So many blocks with text are remembered.
const TEXTS: usize = 4096;

/// What is known of a file's holes, by numbers of blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct HoleMap {
    /// From a block up to another: all of them are taken for NULs.
    holes: BTreeMap<u64, u64>,
    /// What of that was leaped over, and not read.
    leaps: BTreeMap<u64, u64>,
    /// Blocks that were read and are no part of a hole.
    texts: BTreeSet<u64>,
}

/// What a block that was read changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HoleChange {
    Text,
    /// These are a part of a hole from now on.
    Hole(Range<u64>),
    /// There is text among these blocks, which a hole was taken to have: nothing is known of the others.
    Broken(Range<u64>),
}

impl HoleMap {
    /// The hole that a block is in.
    pub(super) fn hole(&self, block: u64) -> Option<Range<u64>> {
        within(&self.holes, block)
    }

    /// The block was taken for a part of a hole and never read.
    pub(super) fn is_leaped(&self, block: u64) -> bool {
        within(&self.leaps, block).is_some()
    }

    /// Some of a hole was not read.
    pub(super) fn has_leaps(&self, hole: &Range<u64>) -> bool {
        self.leaps.range(hole.clone()).next().is_some()
    }

    /// A block was read: it has nothing but NULs, or something else.
    pub(super) fn see(&mut self, block: u64, is_nul: bool) -> HoleChange {
        match (is_nul, self.hole(block)) {
            (true, Some(_)) => {
                self.confirm(block);
                HoleChange::Hole(block..block + 1)
            }
            (true, None) => HoleChange::Hole(self.join(block)),
            (false, hole) => {
                if self.texts.len() >= TEXTS {
                    self.forget_texts();
                }
                self.texts.insert(block);
                hole.map_or(HoleChange::Text, |hole| self.split(hole, block))
            }
        }
    }

    /// Forgets blocks with text but those nearest to holes, which tell how far these reach.
    fn forget_texts(&mut self) {
        let long = self.holes.iter().filter(|(from, to)| *to - *from >= IN_ORDER);
        let beside = |(from, to): (&u64, &u64)| {
            [self.texts.range(..*from).next_back().copied(), self.texts.range(*to..).next().copied()]
        };
        self.texts = long.flat_map(beside).flatten().collect();
        if self.texts.len() > TEXTS / 2 {
            self.texts.clear();
        }
    }

    #[cfg(test)]
    pub(super) fn is_text(&self, block: u64) -> bool {
        self.texts.contains(&block)
    }

    fn confirm(&mut self, block: u64) {
        if let Some(leap) = within(&self.leaps, block) {
            self.leaps.remove(&leap.start);
            self.put_leap(leap.start..block);
            self.put_leap(block + 1..leap.end);
        }
    }

    fn put_leap(&mut self, leap: Range<u64>) {
        if !leap.is_empty() {
            self.leaps.insert(leap.start, leap.end);
        }
    }

    /// A new block of a hole, and what was leaped over to come there.
    fn join(&mut self, block: u64) -> Range<u64> {
        self.texts.remove(&block);
        let below = self.holes.range(..block).next_back().map(|(from, to)| *from..*to);
        let above = self.holes.range(block..).next().map(|(from, to)| *from..*to);
        let is_near = |hole: &Range<u64>, gap: &Range<u64>| {
            let leap = if hole.end - hole.start < IN_ORDER { 0 } else { (hole.end - hole.start) / 2 };
            gap.end - gap.start <= leap && self.texts.range(gap.clone()).next().is_none()
        };
        let below = below.filter(|hole| is_near(hole, &(hole.end..block)));
        let above = above.filter(|hole| is_near(hole, &(block + 1..hole.start)));
        let taken = below.as_ref().map_or(block, |hole| hole.end)..above.as_ref().map_or(block + 1, |hole| hole.start);
        self.put_leap(taken.start..block);
        self.put_leap(block + 1..taken.end);
        let from = below.map_or(block, |hole| hole.start);
        let to = above.map_or(block + 1, |hole| {
            self.holes.remove(&hole.start);
            hole.end
        });
        self.holes.insert(from, to);
        taken
    }

    /// What was leaped over around a block with text is unknown again.
    fn split(&mut self, hole: Range<u64>, block: u64) -> HoleChange {
        let gone = within(&self.leaps, block).unwrap_or(block..block + 1);
        self.leaps.remove(&gone.start);
        self.holes.remove(&hole.start);
        for part in [hole.start..gone.start, gone.end..hole.end] {
            if !part.is_empty() {
                self.holes.insert(part.start, part.end);
            }
        }
        HoleChange::Broken(gone)
    }

    /// The block to read to learn how far a hole reaches down, of those up to the file's last; none where the next one tells.
    pub(super) fn probe_below(&self, hole: &Range<u64>, last: u64) -> Option<u64> {
        let length = hole.end - hole.start;
        let farthest = hole.end.saturating_add(length / 2).min(last);
        let text = self.texts.range(hole.end..).next().copied();
        let other = self.holes.range(hole.end..).next().map(|(from, _)| *from);
        let known = text.into_iter().chain(other).min().filter(|known| *known <= farthest);
        let probe = known.map_or(farthest, |known| hole.end.midpoint(known));
        (length >= IN_ORDER && probe > hole.end).then_some(probe)
    }

    /// The block to read to learn how far a hole reaches up; none where the one before it tells.
    pub(super) fn probe_above(&self, hole: &Range<u64>) -> Option<u64> {
        let length = hole.end - hole.start;
        let next = hole.start.checked_sub(1)?;
        let farthest = next.saturating_sub(length / 2);
        let text = self.texts.range(..=next).next_back().copied();
        let other = self.holes.range(..hole.start).next_back().map(|(_, to)| to - 1);
        let known = text.max(other).filter(|known| *known >= farthest);
        let probe = known.map_or(farthest, |known| known + (next - known).div_ceil(2));
        (length >= IN_ORDER && probe < next).then_some(probe)
    }

    /// How many blocks there are before one, if each hole counts as one.
    pub(super) fn rank(&self, block: u64) -> u64 {
        let left_out = |(from, to): (&u64, &u64)| (*to).min(block + 1) - from - 1;
        block - self.holes.range(..=block).map(left_out).sum::<u64>()
    }

    /// The last block that is known to be in a hole.
    pub(super) fn last(&self) -> Option<u64> {
        self.holes.last_key_value().map(|(_, to)| to - 1)
    }
}

fn within(ranges: &BTreeMap<u64, u64>, block: u64) -> Option<Range<u64>> {
    let (from, to) = ranges.range(..=block).next_back()?;
    (block < *to).then_some(*from..*to)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a hole from one of its blocks on until both its edges are known.
    fn explore(hole: &Range<u64>, last: u64, start: u64) -> (Range<u64>, usize) {
        let mut voids = HoleMap::default();
        let mut read = BTreeSet::from([start]);
        voids.see(start, hole.contains(&start));
        loop {
            let known = voids.hole(start).expect("it is in a hole");
            let below = voids.probe_below(&known, last).unwrap_or(known.end);
            let above = voids.probe_above(&known).or(known.start.checked_sub(1));
            let next = [Some(below), above].into_iter().flatten().find(|block| *block <= last && !read.contains(block));
            let Some(next) = next else { return (known, read.len()) };
            read.insert(next);
            voids.see(next, hole.contains(&next));
        }
    }

    #[test]
    fn a_hole_is_measured_with_few_blocks() {
        for (hole, last, start) in [
            (0..960, 1600, 0),
            (300..380, 400, 310),
            (300..380, 379, 379),
            (5..1_000_000, 2_000_000, 999_999),
            (0..1 << 40, 1 << 41, 77),
            (0..3, 10, 1),
        ] {
            let (known, read) = explore(&hole, last, start);
            assert_eq!(known, hole);
            assert!(read < 64 + 180, "{hole:?}: {read}");
        }
    }

    #[test]
    fn text_in_what_was_leaped_over_ends_the_hole() {
        let mut voids = HoleMap::default();
        for block in 0..64 {
            voids.see(block, true);
        }
        assert_eq!(voids.probe_below(&(0..64), 1000), Some(96));
        assert_eq!(voids.see(96, true), HoleChange::Hole(64..97));
        assert!(voids.has_leaps(&(0..97)) && voids.is_leaped(80) && !voids.is_leaped(96));
        assert_eq!((voids.rank(97), voids.rank(100), voids.rank(96)), (1, 4, 0));
        assert_eq!(voids.see(80, true), HoleChange::Hole(80..81));
        assert_eq!(voids.see(70, false), HoleChange::Broken(64..80));
        assert_eq!((voids.hole(10), voids.hole(75), voids.hole(85)), (Some(0..64), None, Some(80..97)));
    }
}
