//! Lines of a file, whole, from the one that begins at an offset to the one that begins at another: bytes as the file has them. A
//! last line without an end ends a window behind its start.

use super::{Told, WINDOW};

/// Reads them.
#[derive(Clone, Debug)]
pub struct Excerpt {
    from: u64,
    /// Where the last of them begins.
    to: u64,
    bytes: Vec<u8>,
    is_over: bool,
}

impl Excerpt {
    /// The lines that begin at the two offsets, and all between.
    pub fn new(from: u64, to: u64) -> Self {
        Self { from: from.min(to), to: from.max(to), bytes: Vec::new(), is_over: false }
    }

    /// From where to read next, a window long; none once all is there.
    pub fn next_read(&self) -> Option<u64> {
        (!self.is_over).then(|| self.at())
    }

    fn at(&self) -> u64 {
        self.from + self.bytes.len() as u64
    }

    /// Bytes read so far.
    pub fn read(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// What stands there, and how long the file is.
    pub fn answered(&mut self, told: Told) {
        self.bytes.extend_from_slice(told.bytes.get(..told.bytes.len().min(WINDOW as usize)).unwrap_or_default());
        let is_end = told.bytes.is_empty() || self.at() >= told.size;
        let last = usize::try_from(self.to - self.from).unwrap_or(usize::MAX);
        let rest = self.bytes.get(last..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map(|lf| lf + 1);
        if let Some(end) = end.or((is_end || rest.len() as u64 > WINDOW).then_some(rest.len())) {
            self.bytes.truncate(last.saturating_add(end));
            self.is_over = true;
        }
    }

    /// What was read.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cut;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn lines_are_read_whole(lengths in prop::collection::vec(0..9000usize, 1..60), from in 0..60usize, to in 0..60usize, ends in any::<bool>()) {
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
                let mut excerpt = Excerpt::new(from.start, to.start);
                while let Some(at) = excerpt.next_read() {
                    let at = at as usize;
                    let bytes = file[at..(at + WINDOW as usize).min(file.len())].to_vec();
                    excerpt.answered(Told { size: file.len() as u64, bytes });
                }
                let (first, last) = (from.start.min(to.start) as usize, from.start.max(to.start) as usize);
                let end = file[last..].iter().position(|byte| *byte == b'\n').map_or(file.len(), |lf| last + lf + 1);
                prop_assert_eq!(excerpt.into_bytes(), &file[first..end]);
            }
        }
    }
}
