//! Words for parts of Mesos' objects.

use std::fmt::{Display, Formatter, Result};

use crate::mesos::calls::files::FileKind;
use crate::mesos::wire::detail::{CheckResult, TaskCheck};

/// The usual name of a file's type, without an article.
pub const fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Regular => "regular file",
        FileKind::Directory => "folder",
        FileKind::Pipe => "named pipe",
        FileKind::Socket => "socket",
        FileKind::CharacterDevice => "character device",
        FileKind::BlockDevice => "block device",
        FileKind::Link => "symbolic link",
        FileKind::Unknown => "file of unknown type",
    }
}

impl Display for TaskCheck {
    /// As `HTTP, every 10 s`.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.kind)?;
        self.seconds.map_or(Ok(()), |seconds| write!(f, ", every {seconds} s"))
    }
}

impl Display for CheckResult {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Exit(code) => write!(f, "exit code {code}"),
            Self::Http(status) => write!(f, "HTTP {status}"),
            Self::Tcp(true) => f.write_str("TCP succeeded"),
            Self::Tcp(false) => f.write_str("TCP failed"),
        }
    }
}
