//! An attached file or directory.

use serde_json::{Value, json};

use crate::file_content::Content;

pub(super) const DIRECTORY: u32 = 16_877;
pub(super) const FILE: u32 = 33_188;

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: String,
    /// Full `st_mode`.
    pub(super) mode: u32,
    pub(super) size: u64,
    pub(super) seed: u64,
    /// Modification time in nanoseconds.
    pub(super) modified: i64,
    pub(super) content: Content,
}

impl Entry {
    pub(super) fn is_directory(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    pub(super) fn info(&self, path: &str) -> Value {
        json!({
            "path": path,
            "nlink": if self.is_directory() { 2 } else { 1 },
            "size": self.size,
            "mtime": {"nanoseconds": whole_second(self.modified)},
            "mode": self.mode,
            "uid": "root",
            "gid": "root",
        })
    }
}

fn whole_second(nanos: i64) -> i64 {
    nanos / 1_000_000_000 * 1_000_000_000
}
