//! How many lines of a file end before its blocks, for the numbers of lines.

use std::collections::BTreeMap;

use super::WINDOW;

/// How many lines end before each block, from the file's start on as far as all has been counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// Lines before the block after the one of that number.
    sums: Vec<u64>,
    /// Of blocks farther on.
    apart: BTreeMap<u64, u64>,
}

impl Counts {
    pub(super) fn put(&mut self, block: u64, lines: u64) {
        if block >= self.sums.len() as u64 {
            self.apart.insert(block, lines);
        }
        while let Some(lines) = self.apart.remove(&(self.sums.len() as u64)) {
            self.sums.push(self.sums.last().copied().unwrap_or(0) + lines);
        }
    }

    /// From a block on others may be there than were counted.
    pub(super) fn forget(&mut self, block: u64) {
        self.sums.truncate(usize::try_from(block).unwrap_or(usize::MAX));
        drop(self.apart.split_off(&block));
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
