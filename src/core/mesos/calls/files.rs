//! Files that a process shows: its log, and on an agent the sandboxes. Whole windows at a time; follows nothing.

use serde::Serialize;

use super::{Call, Target};
use crate::mesos::wire::fault::ObjectFault;
use crate::mesos::wire::field::{Lenient, fields};
use crate::mesos::wire::scalar::{Integer, Text};
use crate::mesos::wire::time::Time;

/// The most bytes that one READ_FILE returns: 16 pages of 4 KiB (PROTOCOL.md, "READ_FILE").
pub const LARGEST_READ: u64 = 65_536;

/// The most that one READ_FILE brings anywhere: 16 pages of 64 KiB, as some processors have them.
const LARGEST_PAGES: u64 = 16 * 65_536;
/// Bytes around a window's data, with room to spare.
const ENVELOPE: u64 = 4096;

/// Lists a directory. Unknown paths are refused with 404 and no message.
#[derive(Clone, Debug, Serialize)]
pub struct ListFiles {
    /// Virtual or real path of a directory that Mesos serves.
    pub path: String,
}

/// The answer to LIST_FILES, sorted by path; empty for an empty directory, and for a path that is a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing<'a> {
    /// Entries of the directory; an entry whose `stat` failed is absent.
    pub file_infos: Vec<FileInfo<'a>>,
}

/// A file or directory, as `stat` sees it; symbolic links are followed. Only a listing makes one: its path and its mode together
/// decide whether the file may be opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileInfo<'a> {
    path: Text<'a>,
    /// Number of hard links.
    pub nlink: Integer,
    /// Size in bytes.
    pub size: Integer,
    /// Time of the last change, to the second.
    pub mtime: Time,
    mode: Integer,
    /// The owner's name.
    pub uid: Text<'a>,
    /// The group's name.
    pub gid: Text<'a>,
}

fields! { impl<'de> Listing<'de>; "file_infos" => file_infos }
fields! { impl<'de> FileInfo<'de>;
    "path" => path,
    "nlink" => nlink,
    "size" => size,
    "mtime" => mtime,
    "mode" => mode,
    "uid" => uid,
    "gid" => gid,
}

impl<'a> FileInfo<'a> {
    /// Reads one entry of an answer, of which there may be hundreds of thousands.
    ///
    /// # Errors
    /// If it is none.
    pub fn decode(json: &'a str) -> Result<Self, ObjectFault> {
        let read = serde_json::from_str::<Lenient<Self>>(json)?;
        read.value.ok_or(ObjectFault::Another)
    }

    /// The asked path as it was typed, a slash, and the name.
    pub fn path(&self) -> &str {
        self.path.as_str()
    }

    /// The whole `st_mode`.
    pub const fn mode(&self) -> i64 {
        self.mode.0
    }

    /// The path for READ_FILE.
    ///
    /// # Errors
    /// The type of an entry that is not a regular file: it must not be opened.
    pub fn regular_file(&self) -> Result<RegularFile, FileKind> {
        RegularFile::listed(self.path.as_str(), self.mode.0)
    }

    /// Whether it is a directory (`S_IFDIR` of `S_IFMT`).
    pub const fn is_directory(&self) -> bool {
        matches!(FileKind::of(self.mode.0), FileKind::Directory)
    }
}

/// The type of a file, by `S_IFMT` of its `st_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file (`S_IFREG`), the only type that may be opened.
    Regular,
    /// A directory (`S_IFDIR`).
    Directory,
    /// A named pipe (`S_IFIFO`).
    Pipe,
    /// A socket (`S_IFSOCK`).
    Socket,
    /// A character device (`S_IFCHR`).
    CharacterDevice,
    /// A block device (`S_IFBLK`).
    BlockDevice,
    /// Listings follow symbolic links, so that only one without a target could be listed as one.
    Link,
    /// The mode names no type that POSIX knows, or none was listed.
    Unknown,
}

impl FileKind {
    /// The type in a whole `st_mode`.
    pub const fn of(mode: i64) -> Self {
        match mode & 0o170_000 {
            0o100_000 => Self::Regular,
            0o040_000 => Self::Directory,
            0o010_000 => Self::Pipe,
            0o140_000 => Self::Socket,
            0o020_000 => Self::CharacterDevice,
            0o060_000 => Self::BlockDevice,
            0o120_000 => Self::Link,
            _ => Self::Unknown,
        }
    }
}

/// The path of a regular file, as READ_FILE needs it. Only a listing's entry gives one, or the name of a log.
///
/// Mesos opens the file in the one process that serves all files, and waits: an open of a named pipe without a writer
/// never returns, and no file of that agent is served any more (src/files/files.cpp, `FilesProcess::_read`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RegularFile(String);

impl RegularFile {
    /// The path, where `mode` says that a regular file has it; else the type that it has. `mode` is from a listing.
    ///
    /// # Errors
    /// The type of a file that is not regular. A path with a NUL is of unknown type: Mesos would open what is before it.
    pub(crate) fn listed(path: &str, mode: i64) -> Result<Self, FileKind> {
        match FileKind::of(mode) {
            FileKind::Regular if path.contains('\0') => Err(FileKind::Unknown),
            FileKind::Regular => Ok(Self(path.to_owned())),
            other => Err(other),
        }
    }

    /// The log that a master or an agent writes. It is served under a path of its own, which no listing contains.
    pub fn log(path: &str) -> Option<Self> {
        matches!(path, "/master/log" | "/slave/log").then(|| Self(path.to_owned()))
    }

    /// The path, as it is sent.
    pub fn path(&self) -> &str {
        &self.0
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

/// Bytes of a file, from an offset. A length of 0 asks for the size alone; an answer holds `LARGEST_READ` at most.
#[derive(Clone, Debug, Serialize)]
pub struct ReadFile {
    path: RegularFile,
    offset: u64,
    length: u64,
}

impl ReadFile {
    /// Reads `length` bytes from `offset` on.
    pub fn window(file: &RegularFile, offset: u64, length: u64) -> Self {
        Self { path: file.clone(), offset, length }
    }

    /// Asks whether a folder has this path: Mesos refuses to read it with "Cannot read a directory" (400). The path is
    /// sent with `/.` behind it, which leads to a folder or to nothing: no pipe is ever opened. `None` for a path with a NUL, at
    /// which Mesos would end it.
    pub fn folder_probe(path: &str) -> Option<Self> {
        let path = (!path.contains('\0')).then(|| format!("{}/.", path.trim_end_matches('/')))?;
        Some(Self { path: RegularFile(path), offset: 0, length: 0 })
    }
}

/// A window of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileChunk<'a> {
    /// The whole file's, in bytes, whatever was read; smaller than the offset means that the file was rotated or cut.
    size: Option<Integer>,
    /// Base64, with padding. Empty at and past the end.
    pub data: Text<'a>,
}

fields! { impl<'de> FileChunk<'de>; "size" => size, "data" => data }

impl FileChunk<'_> {
    /// The whole file's size. `None` if it is missing or no such number: a file whose size is not known is not empty.
    pub fn size(&self) -> Option<u64> {
        self.size.and_then(|size| u64::try_from(size.0).ok())
    }
}

impl Call for ReadFile {
    const TYPE: &'static str = "READ_FILE";
    const FIELD: Option<&'static str> = Some("read_file");
    const READS: bool = true;
    type Reply<'a> = FileChunk<'a>;
    type To = Target;

    fn longest_answer(&self) -> u64 {
        // Base64 has four letters for three bytes, and masters before jsonify print each slash as `\/`. An agent
        // reads 16 pages at most, of up to 64 KiB.
        let bytes = self.length.min(LARGEST_PAGES);
        2 * (bytes.div_ceil(3) * 4) + ENVELOPE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_reported_from_files() {
        let file = |mode| FileInfo { mode: Integer(mode), ..FileInfo::default() };
        assert!(file(16_877).is_directory());
        assert!(!file(33_188).is_directory());
    }

    #[test]
    fn only_regular_files_can_be_read() {
        let listed = |mode| RegularFile::listed("/s/x", mode).map(|file| file.path().to_owned());
        assert_eq!(listed(0o100_644), Ok("/s/x".to_owned()));
        for (mode, kind) in [
            (0o040_755, FileKind::Directory),
            (0o010_600, FileKind::Pipe),
            (0o140_755, FileKind::Socket),
            (0o020_666, FileKind::CharacterDevice),
            (0o060_660, FileKind::BlockDevice),
            (0o120_777, FileKind::Link),
            (0o644, FileKind::Unknown),
            (0, FileKind::Unknown),
            (-1, FileKind::Unknown),
        ] {
            assert_eq!(listed(mode), Err(kind), "{mode:o}");
        }
        assert!(RegularFile::log("/slave/log").is_some() && RegularFile::log("/slave/log/x").is_none());
        let probe = serde_json::to_string(&ReadFile::folder_probe("/s/pipe/").unwrap()).unwrap();
        assert!(ReadFile::folder_probe("/s/pipe\0x").is_none());
        assert_eq!(RegularFile::listed("/s/pipe\0x", 0o100_644), Err(FileKind::Unknown));
        assert_eq!(probe, r#"{"path":"/s/pipe/.","offset":0,"length":0}"#);
    }
}
