//! The bytes of a file that are held: blocks of 64 KiB, the nearest to what is looked at, and no more than so many. Of a hole of NULs
//! one block represents all.

use std::collections::BTreeMap;
use std::ops::Range;

use super::WINDOW;
use super::hole_map::{HoleChange, HoleMap};

/// Blocks that are held: 6 MiB.
const MOST: usize = 96;

/// How many blocks behind its end a file that grows fast is still shown at.
const NEAR: u64 = 64;

/// A block of a hole.
static NULS: [u8; WINDOW as usize] = [0; WINDOW as usize];

#[derive(Clone, Debug, Default)]
pub(super) struct BlockCache {
    /// By number. A block may lack its end. None is in a hole.
    blocks: BTreeMap<u64, Vec<u8>>,
    voids: HoleMap,
}

/// What is held without a gap around an offset. Its own offsets count one block of each hole, and are those of the file up to the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CachedSpan {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    /// From which of its offsets on how many more bytes of a hole are left out; and whether some of that hole was not read.
    leaps: Vec<(u64, u64, bool)>,
}

impl CachedSpan {
    pub(super) fn end(&self) -> u64 {
        self.at + self.bytes.len() as u64
    }

    /// The file's offset of one of its own.
    pub(super) fn real(&self, own: u64) -> u64 {
        own + self.leaps.iter().filter(|(from, ..)| *from <= own).map(|(_, length, _)| length).sum::<u64>()
    }

    /// Its own offset of one of the file's.
    pub(super) fn own(&self, real: u64) -> u64 {
        let mut out = 0;
        for (from, length, _) in &self.leaps {
            if real < from + out {
                break;
            }
            if real < from + out + length {
                return from - 1;
            }
            out += length;
        }
        real - out
    }

    /// Some of a hole between two of its own offsets was not read.
    pub(super) fn is_sampled(&self, from: u64, to: u64) -> bool {
        self.leaps.iter().any(|(leap, _, is_sampled)| *is_sampled && from < *leap && *leap <= to)
    }
}

/// A block, or a hole.
#[derive(Clone, Debug)]
struct CacheSlot {
    blocks: Range<u64>,
    is_hole: bool,
}

impl BlockCache {
    /// Takes the bytes at an offset, and returns what they show about holes. Bytes that would leave a gap in their block are let go.
    pub(super) fn put(&mut self, mut offset: u64, mut bytes: &[u8]) -> Vec<HoleChange> {
        let mut seen = Vec::new();
        while !bytes.is_empty() {
            let (number, inside) = (offset / WINDOW, (offset % WINDOW) as usize);
            let (now, rest) = bytes.split_at(bytes.len().min(WINDOW as usize - inside));
            let is_nul = NULS.starts_with(now);
            // A part of a block that was read, or of one that was not and starts elsewhere, tells nothing new.
            if self.voids.hole(number).is_none() || inside == 0 {
                if is_nul && now.len() == WINDOW as usize {
                    self.blocks.remove(&number);
                    seen.push(self.voids.see(number, true));
                } else if !is_nul || self.voids.hole(number).is_none() {
                    self.extend(number, inside, now);
                    seen.extend(self.look_at(number));
                }
            }
            offset += now.len() as u64;
            bytes = rest;
        }
        seen
    }

    fn extend(&mut self, number: u64, inside: usize, bytes: &[u8]) {
        let block = self.blocks.entry(number).or_default();
        if let Some(new) = block.len().checked_sub(inside).and_then(|known| bytes.get(known..)) {
            block.extend_from_slice(new);
        }
        if block.is_empty() {
            self.blocks.remove(&number);
        }
    }

    fn look_at(&mut self, number: u64) -> Option<HoleChange> {
        let block = self.blocks.get(&number)?;
        let is_nul = block.len() as u64 == WINDOW && *block == NULS;
        if is_nul {
            self.blocks.remove(&number);
        }
        Some(self.voids.see(number, is_nul))
    }

    /// The slot of a block. With `all`, each block of a hole is one.
    fn slot(&self, number: u64, all: bool) -> CacheSlot {
        match self.voids.hole(number) {
            Some(_) if all && self.voids.is_leaped(number) => CacheSlot { blocks: number..number + 1, is_hole: false },
            Some(_) if all => CacheSlot { blocks: number..number + 1, is_hole: true },
            Some(blocks) => CacheSlot { blocks, is_hole: true },
            None => CacheSlot { blocks: number..number + 1, is_hole: false },
        }
    }

    fn bytes(&self, slot: &CacheSlot) -> &[u8] {
        if slot.is_hole { &NULS } else { self.blocks.get(&slot.blocks.start).map(Vec::as_slice).unwrap_or_default() }
    }

    /// How far in its slot an offset is, where a hole counts as one block.
    fn inside(slot: &CacheSlot, offset: u64) -> u64 {
        (offset - slot.blocks.start * WINDOW).min(WINDOW - 1)
    }

    /// What is held without a gap around an offset, up to `reach` bytes to each side. With `all`, holes are held whole.
    pub(super) fn around(&self, offset: u64, reach: u64, all: bool) -> CachedSpan {
        let held = |slot: &CacheSlot| self.bytes(slot).len() as u64;
        let mut first = self.slot(offset / WINDOW, all);
        let mut inside = Self::inside(&first, offset);
        // The end of a block is the start of the next, of which nothing may be held.
        if held(&first) <= inside && !(held(&first) > 0 && held(&first) == inside) {
            let before = first.blocks.start.checked_sub(1).map(|number| self.slot(number, all));
            let Some(before) = before.filter(|before| inside == 0 && held(before) == WINDOW) else {
                return CachedSpan { at: offset, ..CachedSpan::default() };
            };
            (first, inside) = (before, WINDOW);
        }
        let mut slots = std::collections::VecDeque::from([first.clone()]);
        let (mut above, mut below) = (inside, WINDOW - inside.min(WINDOW));
        while above < reach
            && let Some(before) = first.blocks.start.checked_sub(1).map(|number| self.slot(number, all))
            && held(&before) == WINDOW
        {
            above += WINDOW;
            slots.push_front(before.clone());
            first = before;
        }
        while below < reach
            && let Some(last) = slots.back().filter(|last| held(last) == WINDOW)
        {
            let next = self.slot(last.blocks.end, all);
            if held(&next) == 0 {
                break;
            }
            below += WINDOW;
            slots.push_back(next);
        }
        self.held(slots.make_contiguous())
    }

    fn held(&self, slots: &[CacheSlot]) -> CachedSpan {
        let at = slots.first().map_or(0, |slot| slot.blocks.start * WINDOW);
        let mut held = CachedSpan { at, bytes: Vec::with_capacity(slots.len() * WINDOW as usize), leaps: Vec::new() };
        for slot in slots {
            held.bytes.extend_from_slice(self.bytes(slot));
            let more = (slot.blocks.end - slot.blocks.start - 1) * WINDOW;
            if more > 0 {
                held.leaps.push((held.end(), more, self.voids.has_leaps(&slot.blocks)));
            }
        }
        held
    }

    /// What is held of a block from an offset in it on.
    pub(super) fn from(&self, offset: u64) -> &[u8] {
        let block = self.blocks.get(&(offset / WINDOW)).map(Vec::as_slice).unwrap_or_default();
        block.get((offset % WINDOW) as usize..).unwrap_or_default()
    }

    /// What is missing within `reach` of an offset, in a file of that size: from where, and how much, the nearest first. Of a hole
    /// that is what tells how far it reaches; with `all`, its bytes themselves.
    pub(super) fn missing(&self, near: u64, reach: u64, size: u64, all: bool) -> Vec<(u64, u64)> {
        let here = self.slot(near / WINDOW, all);
        let inside = Self::inside(&here, near);
        let last = size.saturating_sub(1) / WINDOW;
        let mut blocks: Vec<(u64, u64)> = Vec::new();
        if self.voids.is_leaped(near / WINDOW) {
            blocks.push((0, near / WINDOW));
        }
        let mut next = here.blocks.start;
        for steps in 0..(inside + reach).div_ceil(WINDOW) {
            let slot = self.slot(next, all);
            let probe = if slot.is_hole && !all { self.voids.probe_below(&slot.blocks, last) } else { None };
            let probe = probe.filter(|probe| self.lacks(*probe, size).is_some());
            blocks.push((steps, probe.unwrap_or(next)));
            next = slot.blocks.end;
            if probe.is_some() || next > last {
                break;
            }
        }
        let mut slot = here;
        for steps in 1..=reach.saturating_sub(inside).div_ceil(WINDOW) {
            let probe = if slot.is_hole && !all { self.voids.probe_above(&slot.blocks) } else { None };
            let probe = probe.filter(|probe| self.lacks(*probe, size).is_some());
            let Some(before) = slot.blocks.start.checked_sub(1) else { break };
            slot = self.slot(before, all);
            blocks.push((steps, probe.unwrap_or(before)));
            if probe.is_some() {
                break;
            }
        }
        blocks.sort_by_key(|(steps, _)| *steps);
        blocks.into_iter().filter_map(|(_, number)| self.lacks(number, size)).collect()
    }

    /// What is missing of a block.
    fn lacks(&self, number: u64, size: u64) -> Option<(u64, u64)> {
        let is_known = self.voids.hole(number).is_some() && !self.voids.is_leaped(number);
        let start = number * WINDOW + self.blocks.get(&number).map_or(0, Vec::len) as u64;
        let end = ((number + 1) * WINDOW).min(size);
        (start < end && !is_known).then(|| (start, end - start))
    }

    /// A byte, if it is held, or in a hole.
    pub(super) fn byte(&self, offset: u64) -> Option<u8> {
        let is_nul = self.voids.hole(offset / WINDOW).is_some();
        if is_nul { Some(0) } else { self.from(offset).first().copied() }
    }

    /// A block of which nothing is missing, and which is in no hole.
    pub(super) fn whole(&self, number: u64) -> Option<&[u8]> {
        self.blocks.get(&number).filter(|block| block.len() as u64 == WINDOW).map(Vec::as_slice)
    }

    /// A block is taken for a part of a hole and was never read.
    pub(super) fn is_leaped(&self, number: u64) -> bool {
        self.voids.is_leaped(number)
    }

    /// A block that was leaped over has text.
    pub(super) fn break_hole(&mut self, number: u64) -> Option<HoleChange> {
        self.voids.is_leaped(number).then(|| self.voids.see(number, false))
    }

    /// The last byte that is held, if that is among the last few blocks of a file of that size.
    pub(super) fn end_near(&self, size: u64) -> Option<u64> {
        let text = self.blocks.last_key_value().map(|(number, block)| number * WINDOW + block.len() as u64);
        let hole = self.voids.last().map(|number| (number + 1) * WINDOW);
        let end = text.max(hole)?;
        (end + NEAR * WINDOW >= size).then_some(end)
    }

    /// The first block of which more than that is held, and which is in no hole; the first at all, or one of a hole, if there is none.
    pub(super) fn first(&self, least: usize) -> &[u8] {
        let none: &[u8] = if self.voids.last().is_some() { &NULS } else { &[] };
        let long = self.blocks.values().find(|block| block.len() > least);
        long.or(self.blocks.values().next()).map_or(none, Vec::as_slice)
    }

    /// Lets go of what is farthest from the offset.
    pub(super) fn trim(&mut self, near: u64) {
        while self.blocks.len() > MOST {
            let near = self.voids.rank(near / WINDOW);
            let ends = [self.blocks.first_key_value(), self.blocks.last_key_value()].map(|end| end.map(|(at, _)| *at));
            let far = ends.into_iter().flatten().max_by_key(|at| self.voids.rank(*at).abs_diff(near));
            let Some(far) = far else { return };
            self.blocks.remove(&far);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Bytes held.
    pub(super) fn held_bytes(&self) -> usize {
        self.blocks.values().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_put_is_found_without_gaps() {
        let mut pieces = BlockCache::default();
        pieces.put(0, &[1; 100]);
        pieces.put(90, &[2; 20]);
        assert_eq!(pieces.around(50, 10, false).bytes.len(), 110);
        pieces.put(200, &[3; 5]);
        let held = pieces.around(50, 1000, false);
        assert_eq!((held.at, held.bytes), (0, [vec![1; 100], vec![2; 10]].concat()), "a gap is not bridged");
        assert_eq!(pieces.missing(0, 400, 300, false), [(110, 190)]);
    }

    #[test]
    fn no_more_is_held_than_may_be() {
        let mut pieces = BlockCache::default();
        for block in 0..200 {
            pieces.put(block * WINDOW, &vec![1; WINDOW as usize]);
        }
        pieces.trim(150 * WINDOW);
        assert_eq!(pieces.held_bytes(), MOST * WINDOW as usize);
        assert!(pieces.around(150 * WINDOW, 10, false).bytes.len() >= WINDOW as usize);
    }

    #[test]
    fn one_block_is_for_a_hole() {
        let mut pieces = BlockCache::default();
        for (block, byte) in [1, 0, 0, 0, 2].into_iter().enumerate() {
            pieces.put(block as u64 * WINDOW, &vec![byte; WINDOW as usize]);
        }
        let held = pieces.around(10, 3 * WINDOW, false);
        assert_eq!((held.at, held.bytes.len() as u64, pieces.held_bytes() as u64), (0, 3 * WINDOW, 2 * WINDOW));
        for (own, real) in [(0, 0), (WINDOW, WINDOW), (2 * WINDOW, 4 * WINDOW), (3 * WINDOW, 5 * WINDOW)] {
            assert_eq!((held.real(own), held.own(real)), (real, own));
        }
        assert_eq!(held.own(3 * WINDOW), 2 * WINDOW - 1);
        assert_eq!(pieces.around(10, 5 * WINDOW, true).bytes.len() as u64, 5 * WINDOW);
    }

    /// Reads around a block until nothing is missing there; how many blocks that took.
    fn explore(pieces: &mut BlockCache, texts: &BTreeSet<u64>, last: u64, block: u64, most: usize) -> usize {
        let (near, size) = (block * WINDOW, (last + 1) * WINDOW);
        for asked in 0..most {
            let Some((offset, _)) = pieces.missing(near, 4 * WINDOW, size, false).first().copied() else {
                return asked;
            };
            let text = [&b"text"[..], &NULS[4..]].concat();
            pieces.put(offset, if texts.contains(&(offset / WINDOW)) { &text } else { &NULS });
            pieces.trim(near);
        }
        most
    }

    /// Where what a block is in ends is known to both sides.
    fn is_closed(pieces: &BlockCache, last: u64, block: u64) -> bool {
        let Some(hole) = pieces.voids.hole(block) else { return true };
        let is_text = |block: u64| pieces.voids.is_text(block) && pieces.voids.hole(block).is_none();
        hole.start.checked_sub(1).is_none_or(is_text) && (hole.end > last || is_text(hole.end))
    }

    #[test]
    fn a_hole_that_another_was_read_behind_is_closed() {
        let (mut pieces, texts) = (BlockCache::default(), (1000..1010).collect());
        pieces.put(1000 * WINDOW, b"text");
        pieces.put(999 * WINDOW, &NULS);
        assert_eq!(pieces.voids.hole(999), Some(999..1000));
        assert!(explore(&mut pieces, &texts, 1009, 0, 1000) < 150);
        assert_eq!(pieces.voids.hole(0), Some(0..1000));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_hole_is_closed_wherever_the_reader_was(
            runs in prop::collection::vec((1..1500u64, 1..4u64), 1..5), places in prop::collection::vec((any::<prop::sample::Index>(), 1..90usize), 1..8),
        ) {
            let mut last = 0;
            let mut texts = BTreeSet::new();
            for (hole, text) in runs {
                texts.extend(last + hole..last + hole + text);
                last += hole + text;
            }
            let mut pieces = BlockCache::default();
            // The reader leaves some places before all is read.
            for (place, most) in &places {
                explore(&mut pieces, &texts, last - 1, place.index(last as usize) as u64, *most);
            }
            for (place, _) in places {
                let block = place.index(last as usize) as u64;
                let asked = explore(&mut pieces, &texts, last - 1, block, 1000);
                prop_assert!(asked < 300, "{block}: {asked}");
                prop_assert!(is_closed(&pieces, last - 1, block), "{block}: {:?}", pieces.voids.hole(block));
            }
        }
    }
}
