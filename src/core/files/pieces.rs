//! The bytes of a file that are held: blocks of 64 KiB, the nearest to what is looked at, and no more than so many.

use std::collections::BTreeMap;

use super::WINDOW;

/// Blocks that are held: 6 MiB.
const MOST: usize = 96;

/// How many blocks behind its end a file that grows fast is still shown at.
const NEAR: u64 = 64;

#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    /// By number. A block may lack its end.
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Pieces {
    /// Takes what stands at an offset. Bytes that would leave a gap in their block are let go.
    pub(super) fn put(&mut self, mut offset: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (number, inside) = (offset / WINDOW, (offset % WINDOW) as usize);
            let (now, rest) = bytes.split_at(bytes.len().min(WINDOW as usize - inside));
            let block = self.blocks.entry(number).or_default();
            if let Some(new) = block.len().checked_sub(inside).and_then(|known| now.get(known..)) {
                block.extend_from_slice(new);
            }
            if block.is_empty() {
                self.blocks.remove(&number);
            }
            offset += now.len() as u64;
            bytes = rest;
        }
    }

    /// What is held without a gap around an offset, up to `reach` bytes to each side: where it begins, and the bytes.
    pub(super) fn around(&self, offset: u64, reach: u64) -> (u64, Vec<u8>) {
        let held = |number: u64| self.blocks.get(&number).map_or(0, Vec::len) as u64;
        let is_whole = |number: u64| held(number) == WINDOW;
        let mut first = offset / WINDOW;
        // The end of a block is the start of the next, of which nothing may be held.
        if held(first) <= offset % WINDOW && !(held(first) > 0 && held(first) == offset % WINDOW) {
            if !offset.is_multiple_of(WINDOW) || first == 0 || !is_whole(first - 1) {
                return (offset, Vec::new());
            }
            first -= 1;
        }
        let mut last = first;
        while first > 0 && first * WINDOW + reach > offset && is_whole(first - 1) {
            first -= 1;
        }
        while (last + 1) * WINDOW < offset + reach && is_whole(last) && held(last + 1) > 0 {
            last += 1;
        }
        let mut bytes = Vec::with_capacity(((last - first + 1) * WINDOW) as usize);
        self.blocks.range(first..=last).for_each(|(_, block)| bytes.extend_from_slice(block));
        (first * WINDOW, bytes)
    }

    /// What is missing between two offsets of a file of that size: from where, and how much. Nearest to `near` first.
    pub(super) fn missing(&self, (from, to): (u64, u64), near: u64, size: u64) -> Vec<(u64, u64)> {
        let to = to.min(size);
        let mut reads: Vec<(u64, u64)> = (from / WINDOW..to.div_ceil(WINDOW))
            .filter_map(|number| {
                let start = number * WINDOW + self.blocks.get(&number).map_or(0, Vec::len) as u64;
                let end = ((number + 1) * WINDOW).min(size);
                (start < end).then(|| (start, end - start))
            })
            .collect();
        reads.sort_by_key(|(start, _)| (start / WINDOW).abs_diff(near / WINDOW));
        reads
    }

    /// A block of which nothing is missing.
    pub(super) fn whole(&self, number: u64) -> Option<&[u8]> {
        self.blocks.get(&number).filter(|block| block.len() as u64 == WINDOW).map(Vec::as_slice)
    }

    /// The last byte that is held, if that is among the last few blocks of a file of that size.
    pub(super) fn end_near(&self, size: u64) -> Option<u64> {
        let (number, block) = self.blocks.last_key_value()?;
        let end = number * WINDOW + block.len() as u64;
        (end + NEAR * WINDOW >= size).then_some(end)
    }

    /// The first block that is held.
    pub(super) fn first(&self) -> &[u8] {
        self.blocks.first_key_value().map(|(_, block)| block.as_slice()).unwrap_or_default()
    }

    /// Lets go of what is farthest from the offset.
    pub(super) fn trim(&mut self, near: u64) {
        while self.blocks.len() > MOST {
            let near = near / WINDOW;
            let ends = [self.blocks.first_key_value(), self.blocks.last_key_value()].map(|end| end.map(|(at, _)| *at));
            let Some(far) = ends.into_iter().flatten().max_by_key(|at| at.abs_diff(near)) else { return };
            self.blocks.remove(&far);
        }
    }

    pub(super) fn clear(&mut self) {
        self.blocks.clear();
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.blocks.values().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_without_gaps() {
        let mut pieces = Pieces::default();
        pieces.put(0, &[1; 100]);
        pieces.put(90, &[2; 20]);
        assert_eq!(pieces.around(50, 10).1.len(), 110);
        pieces.put(200, &[3; 5]);
        assert_eq!(pieces.around(50, 1000), (0, [vec![1; 100], vec![2; 10]].concat()), "a gap is not bridged");
        assert_eq!(pieces.missing((0, 400), 0, 300), [(110, 190)]);
    }

    #[test]
    fn no_more_is_held_than_may_be() {
        let mut pieces = Pieces::default();
        for block in 0..200 {
            pieces.put(block * WINDOW, &vec![0; WINDOW as usize]);
        }
        pieces.trim(150 * WINDOW);
        assert_eq!(pieces.held(), MOST * WINDOW as usize);
        assert!(pieces.around(150 * WINDOW, 10).1.len() >= WINDOW as usize);
    }
}
