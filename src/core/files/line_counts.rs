//! How many lines of a file end before its blocks, for the numbers of lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::WINDOW;

/// How many lines end before each block, from the file's start on as far as all has been counted.
#[derive(Clone, Debug, Default)]
pub(super) struct LineCounts {
    /// Lines before the block after the one of that number.
    sums: Vec<u64>,
    /// Of blocks farther on.
    apart: BTreeMap<u64, u64>,
    /// Blocks that were counted where others nearby are only taken to have none.
    sure: BTreeSet<u64>,
}

impl LineCounts {
    pub(super) fn put(&mut self, block: u64, lines: u64) {
        if block >= self.sums.len() as u64 {
            self.apart.insert(block, lines);
        }
        self.join();
    }

    fn join(&mut self) {
        while let Some(lines) = self.apart.remove(&(self.sums.len() as u64)) {
            self.sums.push(self.sums.last().copied().unwrap_or(0) + lines);
        }
    }

    /// A block was counted, and is not only taken to have no line ends.
    pub(super) fn be_sure(&mut self, block: u64) {
        self.sure.insert(block);
    }

    /// In these blocks more lines may end than was taken, but for those that were counted.
    pub(super) fn forget(&mut self, blocks: Range<u64>) {
        let first = usize::try_from(blocks.start).unwrap_or(usize::MAX).min(self.sums.len());
        let mut before = first.checked_sub(1).and_then(|last| self.sums.get(last)).copied().unwrap_or(0);
        for (number, sum) in (first as u64..).zip(self.sums.split_off(first)) {
            self.apart.insert(number, sum - before);
            before = sum;
        }
        let sure = &self.sure;
        self.apart.retain(|block, _| !blocks.contains(block) || sure.contains(block));
        self.sure.retain(|block| !blocks.contains(block));
        self.join();
    }

    /// Lines that end before a block.
    pub(super) fn before(&self, block: u64) -> Option<u64> {
        match usize::try_from(block).ok()?.checked_sub(1) {
            None => Some(0),
            Some(last) => self.sums.get(last).copied(),
        }
    }

    /// Lines that end before the offset; `more` counts those from an offset on up to it, if it can.
    pub(super) fn lines_before(&self, offset: u64, more: impl FnOnce(u64) -> Option<u64>) -> Option<u64> {
        let block = usize::try_from(offset / WINDOW).ok()?.min(self.sums.len());
        let known = block.checked_sub(1).and_then(|last| self.sums.get(last)).copied().unwrap_or(0);
        Some(known + more(block as u64 * WINDOW)?)
    }
}
