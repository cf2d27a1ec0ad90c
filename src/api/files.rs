//! Files that a process shows: its log, and on an agent the sandboxes. Whole windows at a time; follows nothing.

use serde::{Deserialize, Serialize};

use super::{Call, Target};
use crate::wire::{Integer, Text, Time};

/// The most that one READ_FILE brings, whatever length it asks for: 16 pages of 4 KiB (PROTOCOL.md B3).
pub const LARGEST_READ: u64 = 65_536;

/// The most that one READ_FILE brings anywhere: 16 pages of 64 KiB, as some processors have them.
const LARGEST_PAGES: u64 = 16 * 65_536;
/// What stands around a window's data, with room to spare.
const ENVELOPE: u64 = 4096;

/// What is in a directory. Unknown paths are refused with 404 and no word.
#[derive(Clone, Debug, Serialize)]
pub struct ListFiles {
    pub path: String,
}

/// Its entries, sorted by path; none for an empty directory, and for a path that is a file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Listing<'a> {
    #[serde(borrow)]
    pub file_infos: Vec<FileInfo<'a>>,
}

/// A file or directory, as `stat` sees it; symbolic links are followed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FileInfo<'a> {
    /// The asked path as it was typed, a slash, and the name.
    #[serde(borrow)]
    pub path: Text<'a>,
    pub nlink: Integer,
    /// Bytes.
    pub size: Integer,
    /// Whole seconds, in nanoseconds.
    pub mtime: Time,
    /// The whole `st_mode`.
    pub mode: Integer,
    /// The owner's name.
    pub uid: Text<'a>,
    /// The group's name.
    pub gid: Text<'a>,
}

impl<'a> FileInfo<'a> {
    /// Reads one entry of an answer, of which there may be hundreds of thousands.
    ///
    /// # Errors
    /// If it is none.
    pub fn decode(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Whether it is a directory (`S_IFDIR` of `S_IFMT`).
    pub const fn is_directory(&self) -> bool {
        self.mode.0 & 0o170_000 == 0o040_000
    }
}

impl Call for ListFiles {
    const TYPE: &'static str = "LIST_FILES";
    const FIELD: Option<&'static str> = Some("list_files");
    const READS: bool = true;
    type Reply<'a> = Listing<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        // A folder of 150,000 entries has 45 MB.
        256 << 20
    }
}

/// Bytes of a file, from an offset. A length of 0 asks for the size alone; none reads on to `LARGEST_READ`.
#[derive(Clone, Debug, Serialize)]
pub struct ReadFile {
    pub path: String,
    pub offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

/// A window of a file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Window<'a> {
    /// The whole file's, in bytes, whatever was read; smaller than the offset means that the file was rotated or cut.
    pub size: Integer,
    /// Base64, with padding. Empty at and past the end.
    #[serde(borrow)]
    pub data: Text<'a>,
}

impl Call for ReadFile {
    const TYPE: &'static str = "READ_FILE";
    const FIELD: Option<&'static str> = Some("read_file");
    const READS: bool = true;
    type Reply<'a> = Window<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        // Base64 has four letters for three bytes, and masters before jsonify print each slash as `\/`. Without a length the agent
        // reads 16 pages, of up to 64 KiB.
        let bytes = self.length.unwrap_or(LARGEST_PAGES).min(LARGEST_PAGES);
        2 * (bytes.div_ceil(3) * 4) + ENVELOPE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_told_from_files() {
        let file = |mode| FileInfo { mode: Integer(mode), ..FileInfo::default() };
        assert!(file(16_877).is_directory());
        assert!(!file(33_188).is_directory());
    }
}
