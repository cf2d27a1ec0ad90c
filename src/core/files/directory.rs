//! What a folder holds, to be narrowed and ordered again and again: hundreds of thousands of entries, at each letter that is typed. What that
//! takes is made ready once.

use crate::base::order;
use crate::files::entry::{DirEntry, base_name};
use crate::mesos::calls::files::{FileKind, RegularFile};

/// Target of a path, by the listing of the folder that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathTarget {
    /// No entry has that name.
    Nothing,
    /// The entry is a directory, whose listing can be read.
    Folder,
    /// A regular file, with its size in bytes.
    File(RegularFile, u64),
    /// A pipe, a device or a socket, which must not be opened.
    Other(FileKind),
}

/// The entries of a folder, folders first, each by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directory {
    entries: Vec<DirEntry>,
    /// Each name in small letters, one behind the other, and where each ends.
    names: String,
    ends: Vec<usize>,
}

impl Directory {
    /// Indexes the entries of a listing, and keeps their order.
    pub fn new(entries: Vec<DirEntry>) -> Self {
        let (mut names, mut ends) = (String::new(), Vec::with_capacity(entries.len()));
        for entry in &entries {
            if entry.name.is_ascii() {
                names.extend(entry.name.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                names.push_str(&entry.name.to_lowercase());
            }
            ends.push(names.len());
        }
        Self { entries, names, ends }
    }

    /// All entries in the listing's order.
    pub fn into_entries(self) -> Vec<DirEntry> {
        self.entries
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the folder is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entry by its index; `None` beyond the last.
    pub fn get(&self, nth: u32) -> Option<&DirEntry> {
        self.entries.get(nth as usize)
    }

    /// Target of a path in this folder.
    pub fn leads(&self, path: &str) -> PathTarget {
        let name = base_name(path);
        let Some(entry) = self.entries.iter().find(|entry| entry.name == name) else { return PathTarget::Nothing };
        match entry.regular_file_at(path) {
            Ok(file) => PathTarget::File(file, entry.size),
            Err(FileKind::Directory) => PathTarget::Folder,
            Err(other) => PathTarget::Other(other),
        }
    }

    /// The numbers of those whose names have all words that were typed, in the order of a column, as `size`, or backwards, as `-size`.
    pub fn ordered(&self, filter: &str, sort: &str) -> Vec<u32> {
        let words: Vec<String> = filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let mut from = 0;
        let mut has = |end: usize| {
            let name = self.names.get(std::mem::replace(&mut from, end)..end).unwrap_or_default();
            words.iter().all(|word| memchr::memmem::find(name.as_bytes(), word.as_bytes()).is_some())
        };
        let kept = (0..).zip(&self.ends).filter(|(_, end)| has(**end)).map(|(nth, _)| nth);
        let kept: Vec<u32> = kept.collect();
        let (name, back) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        let by_number = |of: fn(&DirEntry) -> u64| {
            let key = |nth: &u32| (self.get(*nth).map_or(0, of), *nth);
            let mut keyed: Vec<(u64, u32)> = kept.iter().map(key).collect();
            keyed.sort_unstable_by(|a, b| (if back { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) }).then(a.1.cmp(&b.1)));
            keyed.into_iter().map(|(_, nth)| nth).collect()
        };
        let by_text = |of: fn(&DirEntry) -> &str| {
            let text = |nth: &u32| self.get(*nth).map_or("", of);
            order::sorted(kept.clone(), |a, b| if back { text(b).cmp(text(a)) } else { text(a).cmp(text(b)) })
        };
        match name {
            "size" => by_number(|entry| entry.size),
            // Before 1970 nothing was written.
            "modified" => by_number(|entry| entry.modified.map_or(0, |at| u64::try_from(at.0).unwrap_or(0))),
            "mode" => by_number(|entry| u64::try_from(entry.mode).unwrap_or(0)),
            "links" => by_number(|entry| u64::try_from(entry.links).unwrap_or(0)),
            "owner" => by_text(|entry| &entry.owner),
            "group" => by_text(|entry| &entry.group),
            "name" => by_text(|entry| &entry.name),
            // As it came: folders first, then by name.
            _ => kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, size: u64) -> DirEntry {
        DirEntry {
            name: name.to_owned(),
            path: format!("/s/{name}"),
            size,
            owner: "root".to_owned(),
            ..DirEntry::default()
        }
    }

    #[test]
    fn entries_are_narrowed_and_ordered() {
        let folder = Directory::new(vec![entry("Ä b", 5), entry("b.LOG", 9), entry("c.log", 5), entry("d", 1)]);
        assert_eq!(folder.ordered("", ""), [0, 1, 2, 3]);
        assert_eq!(folder.ordered("log", ""), [1, 2]);
        assert_eq!(folder.ordered("LOG b", ""), [1]);
        assert_eq!(folder.ordered("ä", ""), [0]);
        // A word is looked for in one name, never across two.
        assert_eq!(folder.ordered("bb", ""), [0; 0]);
        assert_eq!(folder.ordered("", "size"), [3, 0, 2, 1]);
        assert_eq!(folder.ordered("", "-size"), [1, 0, 2, 3]);
        assert_eq!(folder.ordered("", "-name"), [0, 3, 2, 1]);
        assert_eq!(folder.ordered("o", "-owner"), [1, 2]);
    }

    #[test]
    fn only_folders_and_regular_files_are_led_to() {
        let of = |name: &str, mode| DirEntry { mode, ..entry(name, 7) };
        let folder = Directory::new(vec![of("d", 0o040_755), of("f", 0o100_644), of("pipe", 0o010_600), of("old", 0)]);
        let file = RegularFile::listed("/s/f", 0o100_644).unwrap();
        assert_eq!(folder.leads("/s/f"), PathTarget::File(file, 7));
        assert_eq!(folder.leads("/s/d/"), PathTarget::Folder);
        assert_eq!(folder.leads("/s/pipe"), PathTarget::Other(FileKind::Pipe));
        assert_eq!(folder.leads("/s/old"), PathTarget::Other(FileKind::Unknown));
        assert_eq!(folder.leads("/s/p"), PathTarget::Nothing);
        let elsewhere = PathTarget::Other(FileKind::Unknown);
        assert_eq!(folder.leads("/elsewhere/f"), elsewhere, "a file of that name in another folder may be a pipe");
    }

    #[test]
    fn many_are_ordered_in_each_way() {
        let many =
            (0..150_000_u64).map(|nth| entry(&format!("shuffle_{nth:06}.data"), nth.wrapping_mul(2_654_435_761) % 977));
        let folder = Directory::new(many.collect());
        let size = |row: &u32| folder.get(*row).unwrap().size;
        let named = folder.ordered("77", "");
        assert!(named.len() > 5_000 && named.is_sorted());
        assert!(folder.ordered("data", "-size").is_sorted_by_key(|row| std::cmp::Reverse(size(row))));
        assert!(folder.ordered("", "size").is_sorted_by_key(size));
        assert!(folder.ordered("", "-name").is_sorted_by(|a, b| a > b));
    }
}
