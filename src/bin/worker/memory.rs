//! The worker's memory, kept ahead of what is wanted. The allocator asks the browser for 64 KiB at a time, and each time costs
//! the browser more than the bytes that fill them: a snapshot took half as long again.

use std::arch::wasm32::memory_size;

const PAGE: usize = 64 << 10;
/// At least so much at a time. What is not written to costs nothing.
const LEAST: usize = 4 << 20;
/// Of what there is, so large a part at a time.
const PART: usize = 8;

/// Notices that the memory has grown.
pub(crate) struct Memory {
    pages: usize,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { pages: memory_size::<0>() }
    }

    /// If all that there was is used, lets it grow by a large step: what is taken and given back stays the allocator's.
    pub(crate) fn keep_ahead(&mut self) {
        let pages = memory_size::<0>();
        if pages > self.pages {
            drop(std::hint::black_box(Vec::<u8>::with_capacity((pages * PAGE / PART).max(LEAST))));
            self.pages = memory_size::<0>();
        }
    }
}
