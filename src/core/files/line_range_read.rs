//! Lines of a file, whole, from the one that has an offset to the one that has another: bytes as the file has them.

use super::WINDOW;
use crate::files::followed_file::ReadReply;
use crate::files::text_format::TextFormat;

/// Lines longer than this are copied in part: 16 MiB.
const MOST: u64 = 256 * WINDOW;

/// Reads them.
#[derive(Clone, Debug)]
pub struct LineRangeRead {
    format: TextFormat,
    /// Where the first of them begins, as far as is known; and whether that is so.
    from: u64,
    begins: bool,
    /// Where the last of them begins, or a part of it.
    to: u64,
    bytes: Vec<u8>,
    is_over: bool,
}

impl LineRangeRead {
    /// The lines that have the two offsets, and all between. An offset may be within a long line.
    pub fn new(from: u64, to: u64, format: TextFormat) -> Self {
        let (from, to) = (from.min(to), from.max(to));
        Self { format, from, begins: from == 0, to, bytes: Vec::new(), is_over: false }
    }

    /// Offset of the next window to read; `None` once all is read.
    pub fn next_read(&self) -> Option<u64> {
        let next = if self.begins { self.end() } else { self.from.saturating_sub(WINDOW) };
        (!self.is_over).then_some(next)
    }

    fn end(&self) -> u64 {
        self.from + self.bytes.len() as u64
    }

    /// Offset at which the bytes that were read begin.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// Bytes read so far.
    pub fn read(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Takes the answer to the read: the bytes and the file's size.
    pub fn answered(&mut self, reported: ReadReply) {
        let reported = ReadReply { bytes: reported.bytes.into_iter().take(WINDOW as usize).collect(), ..reported };
        if self.begins { self.take_after(&reported) } else { self.take_before(&reported) }
    }

    /// Looks for where the line begins.
    fn take_before(&mut self, reported: &ReadReply) {
        let at = self.from.saturating_sub(WINDOW);
        let before = reported.bytes.get(..(self.from - at) as usize).unwrap_or(&reported.bytes);
        // The next byte tells whether a return before it ends a line.
        let around = [before, self.bytes.get(..1).unwrap_or_default()].concat();
        let start = self.format.line_starts(at, &around).into_iter().rfind(|start| *start <= at + before.len() as u64);
        let start = start.or(self.format.begins(at, before, at).then_some(at)).unwrap_or(at);
        let is_start = start > at || start == 0 || self.to - at > MOST || before.is_empty();
        let line = before.get((start - at) as usize..).unwrap_or_default();
        self.bytes.splice(..0, line.iter().copied());
        (self.from, self.begins) = (start.min(self.from), is_start);
    }

    fn take_after(&mut self, reported: &ReadReply) {
        self.bytes.extend_from_slice(&reported.bytes);
        let is_end = reported.bytes.is_empty() || self.end() >= reported.size;
        let last = usize::try_from(self.to - self.from).unwrap_or(usize::MAX);
        let rest = self.bytes.get(last..).unwrap_or_default();
        let mut ends = self.format.line_ends(self.from, &self.bytes);
        let end = ends.find(|end| *end > self.to).map(|end| (end - self.to) as usize);
        drop(ends);
        if let Some(end) = end.or((is_end || rest.len() as u64 > MOST).then_some(rest.len())) {
            self.bytes.truncate(last.saturating_add(end));
            self.is_over = true;
        }
    }

    /// The bytes that were read.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::lines::cut;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn lines_are_read_whole(lengths in prop::collection::vec(prop_oneof![0..9000usize, 60_000..300_000usize], 1..40), from in 0..60usize, to in 0..60usize, ends in any::<bool>()) {
            let mut file = Vec::new();
            for length in lengths {
                file.extend(std::iter::repeat_n(b'x', length));
                file.push(b'\n');
            }
            if !ends {
                file.pop();
            }
            let spans = cut(0, &file, true);
            if let (Some(from), Some(to)) = (spans.get(from % spans.len().max(1)), spans.get(to % spans.len().max(1))) {
                let mut excerpt = LineRangeRead::new(from.start, to.start, TextFormat::default());
                while let Some(at) = excerpt.next_read() {
                    let at = at as usize;
                    let bytes = file[at..(at + WINDOW as usize).min(file.len())].to_vec();
                    excerpt.answered(ReadReply { size: file.len() as u64, bytes });
                }
                let (first, last) = (from.start.min(to.start) as usize, from.start.max(to.start) as usize);
                let first = file[..first].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf + 1);
                let end = file[last..].iter().position(|byte| *byte == b'\n').map_or(file.len(), |lf| last + lf + 1);
                prop_assert_eq!(excerpt.into_bytes(), &file[first..end]);
            }
        }
    }
}
