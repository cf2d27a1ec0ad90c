//! A file and those that it was before it was rotated, read through as one: `stdout.2`, `stdout.1`, `stdout`.

use super::WINDOW;
use crate::files::followed_file::ReadReply;

/// One file of a rotated chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotatedPart {
    /// The file's path, as READ_FILE takes it.
    pub path: String,
    /// Size in bytes; only the chain's last file grows.
    pub size: u64,
}

/// The files, the oldest first; the last is the one that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotatedFile {
    older: Vec<RotatedPart>,
    path: String,
}

impl RotatedFile {
    /// The file alone, or behind those that it was before.
    pub fn new(path: &str, older: Vec<RotatedPart>) -> Self {
        Self { older, path: path.to_owned() }
    }

    /// Bytes of all older files together.
    pub fn before(&self) -> u64 {
        self.older.iter().map(|part| part.size).sum()
    }

    /// The older files.
    pub fn older(&self) -> &[RotatedPart] {
        &self.older
    }

    /// File at an offset of the chain: its path, the offset in it, and the bytes to read there.
    pub fn locate(&self, mut offset: u64, length: u64) -> (&str, u64, u64) {
        for part in &self.older {
            if offset < part.size {
                return (&part.path, offset, length.min(part.size - offset).min(WINDOW));
            }
            offset -= part.size;
        }
        (&self.path, offset, length.min(WINDOW))
    }
}

/// One question about a chain: put together from as many as it takes.
#[derive(Clone, Debug)]
pub struct RotatedRead {
    chain: RotatedFile,
    offset: u64,
    length: u64,
    /// How long the file itself is must be reported, too.
    sized: bool,
    bytes: Vec<u8>,
    size: Option<u64>,
}

/// Progress of a read that spans files of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotatedReadState {
    /// Further reads are needed.
    More,
    /// The span is complete; shorter than requested only at the file's end.
    Whole {
        /// Total size of the chain in bytes; `None` if only older files were read.
        size: Option<u64>,
        /// The bytes of the whole span, in order.
        bytes: Vec<u8>,
    },
    /// An older file has changed: it was rotated meanwhile, so offsets of the chain no longer hold.
    Stale,
}

impl RotatedRead {
    /// Bytes from an offset of the chain on. With `sized` the file itself is asked in any case, since only that grows.
    pub fn new(chain: &RotatedFile, offset: u64, length: u64, sized: bool) -> Self {
        Self { chain: chain.clone(), offset, length, sized, bytes: Vec::new(), size: None }
    }

    /// Where the bytes are that it asks for.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    fn at(&self) -> u64 {
        self.offset.saturating_add(self.bytes.len() as u64)
    }

    fn rest(&self) -> u64 {
        self.length.saturating_sub(self.bytes.len() as u64)
    }

    /// Next read: a path, an offset in that file, and a length.
    pub fn next_read(&self) -> (&str, u64, u64) {
        if self.rest() == 0 && self.sized {
            return (&self.chain.path, self.at().saturating_sub(self.chain.before()), 0);
        }
        self.chain.locate(self.at(), self.rest())
    }

    /// The answer to that.
    pub fn answered(&mut self, reported: ReadReply) -> RotatedReadState {
        let before = self.chain.before();
        let asked_last = self.at() >= before || (self.rest() == 0 && self.sized);
        let (_, offset, length) = self.next_read();
        let came = reported.bytes.get(..reported.bytes.len().min(length as usize)).unwrap_or_default();
        let is_end = offset.saturating_add(came.len() as u64) >= reported.size;
        if !asked_last {
            let is_other = self.part(self.at()).is_none_or(|part| part.size != reported.size) || came.is_empty();
            if length > 0 && is_other {
                return RotatedReadState::Stale;
            }
        } else {
            self.size = Some(before.saturating_add(reported.size));
        }
        let is_over = asked_last && (is_end || came.is_empty());
        self.bytes.extend_from_slice(came);
        if is_over || (self.rest() == 0 && (self.size.is_some() || !self.sized)) {
            return RotatedReadState::Whole { size: self.size, bytes: std::mem::take(&mut self.bytes) };
        }
        RotatedReadState::More
    }

    fn part(&self, mut offset: u64) -> Option<&RotatedPart> {
        self.chain.older.iter().find(|part| {
            let is_in = offset < part.size;
            offset = offset.saturating_sub(part.size);
            is_in
        })
    }
}

/// Looks for what a file was before it was rotated: `NAME.1`, `NAME.2` and so on, each older than the one before. It asks for them
/// one by one, since a folder may hold a hundred thousand others.
#[derive(Clone, Debug)]
pub struct RotationFinder {
    path: String,
    number: u32,
    /// The youngest first.
    found: Vec<RotatedPart>,
    /// One number was not there; while files are renamed there may be such a gap.
    is_gap: bool,
    packed: CompressedState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CompressedState {
    Unknown,
    Asked,
    No,
    Yes,
}

impl RotationFinder {
    /// Starts the search for older files of a path.
    pub fn of(path: &str) -> Self {
        Self { path: path.to_owned(), number: 1, found: Vec::new(), is_gap: false, packed: CompressedState::Unknown }
    }

    /// The path to ask about, if there is another.
    pub fn next(&self) -> Option<String> {
        match self.packed {
            CompressedState::Unknown => Some(format!("{}.{}", self.path, self.number)),
            CompressedState::Asked => Some(format!("{}.{}.gz", self.path, self.number.saturating_sub(1))),
            CompressedState::No | CompressedState::Yes => None,
        }
    }

    /// Takes the size of the probed file; `None` if there is no such file.
    pub fn answered(&mut self, size: Option<u64>) {
        match (self.packed, size) {
            (CompressedState::Unknown, Some(size)) => {
                self.found.extend(self.next().map(|path| RotatedPart { path, size }));
                self.number += 1;
                self.is_gap = false;
                if self.found.len() >= MOST {
                    self.packed = CompressedState::No;
                }
            }
            (CompressedState::Unknown, None) if !self.is_gap => {
                self.is_gap = true;
                self.number += 1;
            }
            (CompressedState::Unknown, None) => self.packed = CompressedState::Asked,
            (_, size) => self.packed = if size.is_some() { CompressedState::Yes } else { CompressedState::No },
        }
    }

    /// Still older ones are compressed, and cannot be read through.
    pub fn has_packed(&self) -> bool {
        self.packed == CompressedState::Yes
    }

    /// Files that were found, the oldest first.
    pub fn parts(self) -> Vec<RotatedPart> {
        self.found.into_iter().rev().collect()
    }
}

/// Older files that are read through at most.
const MOST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(there: &[(&str, u64)], parts: &[&str], packed: bool) {
        let mut siblings = RotationFinder::of("/s/stdout");
        let mut asked = 0;
        while let Some(path) = siblings.next() {
            asked += 1;
            siblings.answered(there.iter().find(|(name, _)| path == format!("/s/{name}")).map(|(_, size)| *size));
        }
        assert!(asked <= there.len() + 4, "{asked}");
        assert_eq!(siblings.has_packed(), packed);
        let parts: Vec<String> = parts.iter().map(|name| format!("/s/{name}")).collect();
        assert_eq!(siblings.parts().into_iter().map(|part| part.path).collect::<Vec<_>>(), parts);
    }

    #[test]
    fn what_a_file_was_before_is_looked_for() {
        check(&[], &[], false);
        check(&[("stdout.1", 10), ("stdout.2", 20)], &["stdout.2", "stdout.1"], false);
        check(&[("stdout.1", 10), ("stdout.2.gz", 3), ("stdout.3.gz", 3)], &["stdout.1"], true);
        check(&[("stdout.2", 10), ("stdout.3", 10)], &["stdout.3", "stdout.2"], false);
    }

    fn chain() -> RotatedFile {
        let part = |name: &str, size| RotatedPart { path: format!("/s/{name}"), size };
        RotatedFile::new("/s/stdout", vec![part("stdout.2", 30), part("stdout.1", 20)])
    }

    #[test]
    fn older_files_stand_before_the_file() {
        let chain = chain();
        assert_eq!(chain.before(), 50);
        assert_eq!(chain.locate(25, 64), ("/s/stdout.2", 25, 5));
        assert_eq!(chain.locate(30, 8), ("/s/stdout.1", 0, 8));
        assert_eq!(chain.locate(52, 8), ("/s/stdout", 2, 8));
    }

    #[test]
    fn a_question_about_several_files_is_put_together() {
        let mut span_read = RotatedRead::new(&chain(), 45, 10, false);
        assert_eq!(span_read.next_read(), ("/s/stdout.1", 15, 5));
        // An agent that answers more than it was asked for is not believed.
        assert_eq!(span_read.answered(ReadReply { size: 20, bytes: vec![1; 9] }), RotatedReadState::More);
        assert_eq!(span_read.next_read(), ("/s/stdout", 0, 5));
        let whole = RotatedReadState::Whole { size: Some(53), bytes: vec![1, 1, 1, 1, 1, 2, 2, 2] };
        assert_eq!(span_read.answered(ReadReply { size: 3, bytes: vec![2; 3] }), whole);
    }

    #[test]
    fn what_asks_for_the_size_asks_the_file_itself() {
        let mut span_read = RotatedRead::new(&chain(), 0, 4, true);
        assert_eq!(span_read.answered(ReadReply { size: 30, bytes: vec![1; 4] }), RotatedReadState::More);
        assert_eq!(span_read.next_read(), ("/s/stdout", 0, 0));
        let whole = RotatedReadState::Whole { size: Some(57), bytes: vec![1; 4] };
        assert_eq!(span_read.answered(ReadReply { size: 7, bytes: Vec::new() }), whole);
    }

    #[test]
    fn an_older_file_of_another_size_is_another() {
        let mut span_read = RotatedRead::new(&chain(), 0, 4, false);
        assert_eq!(span_read.answered(ReadReply { size: 31, bytes: vec![1; 4] }), RotatedReadState::Stale);
    }
}
