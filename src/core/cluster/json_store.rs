//! The objects as they came, compressed block by block: at 40,000 agents their JSON is 1.8 GB.
//! A block is opened for the one object that is looked at, and goes when none of its objects is left.

use lz4_flex::block::{compress_into, decompress, get_maximum_output_size};

/// Larger blocks compress better and open slower.
const BLOCK: usize = 64 << 10;

/// Where an object lies as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredJson {
    block: u32,
    start: u32,
    len: u32,
}

/// All blocks.
#[derive(Debug, Default)]
pub(super) struct JsonStore {
    blocks: Vec<JsonBlock>,
    free: Vec<u32>,
    /// The block that is being filled, as it came.
    open: Vec<u8>,
    open_live: u32,
    /// Its number, if it has one already.
    open_block: Option<u32>,
    scratch: Vec<u8>,
}

#[derive(Debug, Default)]
struct JsonBlock {
    compressed: Box<[u8]>,
    /// Bytes before compression.
    size: usize,
    /// Objects in it that are still referred to.
    live: u32,
}

impl JsonStore {
    /// Keeps an object: parts that follow one another.
    pub(super) fn keep(&mut self, object: [&[u8]; 2]) -> StoredJson {
        let block = self.open_number();
        let start = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        object.iter().for_each(|part| self.open.extend_from_slice(part));
        self.open_live += 1;
        let length = object.iter().map(|part| part.len()).sum::<usize>();
        let blob = StoredJson { block, start, len: u32::try_from(length).unwrap_or(u32::MAX) };
        if self.open.len() >= BLOCK {
            self.close();
        }
        blob
    }

    /// The object as it was kept; empty if it was let go.
    pub(super) fn open(&self, blob: StoredJson) -> Vec<u8> {
        let range = blob.start as usize..(blob.start as usize).saturating_add(blob.len as usize);
        if self.open_block == Some(blob.block) {
            return self.open.get(range).unwrap_or_default().to_vec();
        }
        let Some(block) = self.blocks.get(blob.block as usize) else { return Vec::new() };
        let bytes = decompress(&block.compressed, block.size).unwrap_or_default();
        bytes.get(range).unwrap_or_default().to_vec()
    }

    /// Lets an object go.
    pub(super) fn release(&mut self, blob: StoredJson) {
        if blob == StoredJson::default() {
            return;
        }
        if self.open_block == Some(blob.block) {
            self.open_live = self.open_live.saturating_sub(1);
            return;
        }
        let Some(block) = self.blocks.get_mut(blob.block as usize) else { return };
        block.live = block.live.saturating_sub(1);
        if block.live == 0 && block.size > 0 {
            *block = JsonBlock::default();
            self.free.push(blob.block);
        }
    }

    /// Bytes held, compressed.
    pub(super) fn held(&self) -> usize {
        self.open.len() + self.blocks.iter().map(|block| block.compressed.len()).sum::<usize>()
    }

    fn open_number(&mut self) -> u32 {
        *self.open_block.get_or_insert_with(|| {
            self.free.pop().unwrap_or_else(|| {
                // Block 0 stays empty, so that the default blob refers to nothing.
                if self.blocks.is_empty() {
                    self.blocks.push(JsonBlock::default());
                }
                self.blocks.push(JsonBlock::default());
                u32::try_from(self.blocks.len() - 1).unwrap_or(u32::MAX)
            })
        })
    }

    fn close(&mut self) {
        let Some(number) = self.open_block.take() else { return };
        let live = std::mem::take(&mut self.open_live);
        self.scratch.resize(get_maximum_output_size(self.open.len()), 0);
        let written = compress_into(&self.open, &mut self.scratch).unwrap_or(0);
        let compressed = self.scratch.get(..written).unwrap_or_default().into();
        let size = self.open.len();
        self.open.clear();
        if self.open.capacity() > 2 * BLOCK {
            (self.open, self.scratch) = (Vec::new(), Vec::new());
        }
        match self.blocks.get_mut(number as usize) {
            Some(_) if live == 0 => self.free.push(number),
            Some(block) => *block = JsonBlock { compressed, size, live },
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found() {
        let mut blobs = JsonStore::default();
        let texts: Vec<String> = (0..5000).map(|n| format!("{{\"task\":{n},\"name\":\"web-{}\"}}", n % 7)).collect();
        let kept: Vec<StoredJson> = texts.iter().map(|text| blobs.keep([text.as_bytes(), b""])).collect();
        assert!(texts.iter().zip(&kept).all(|(text, blob)| blobs.open(*blob) == text.as_bytes()));
        assert!(blobs.held() < texts.iter().map(String::len).sum::<usize>());
    }

    #[test]
    fn what_is_let_go_frees_its_block() {
        let mut blobs = JsonStore::default();
        for _ in 0..50 {
            let kept: Vec<StoredJson> =
                (0..5000).map(|n| blobs.keep([format!("{n} and some more text").as_bytes(), b""])).collect();
            kept.into_iter().for_each(|blob| blobs.release(blob));
        }
        assert!(
            blobs.blocks.len() < 6 && blobs.held() <= BLOCK,
            "{} blocks, {} bytes",
            blobs.blocks.len(),
            blobs.held()
        );
    }

    #[test]
    fn the_default_is_nothing() {
        let mut blobs = JsonStore::default();
        blobs.keep([b"x", b""]);
        blobs.release(StoredJson::default());
        assert_eq!(blobs.open(StoredJson::default()), b"");
    }
}
