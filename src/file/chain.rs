//! A file and those that it was before it was rotated, read through as one: `stdout.2`, `stdout.1`, `stdout`.

use super::{Entry, WINDOW};

/// A file of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub path: String,
    /// Bytes. Only the last grows.
    pub size: u64,
}

/// The files, the oldest first; the last is the one that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    older: Vec<Part>,
    path: String,
}

impl Chain {
    /// The file alone, or behind those that it was before.
    pub fn new(path: &str, older: Vec<Part>) -> Self {
        Self { older, path: path.to_owned() }
    }

    /// How many bytes stand before the file itself.
    pub fn before(&self) -> u64 {
        self.older.iter().map(|part| part.size).sum()
    }

    /// The older files.
    pub fn older(&self) -> &[Part] {
        &self.older
    }

    /// Which file a question is about: its path, the offset in it, and how much of it may be read there.
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

/// What a file was before it was rotated, the oldest first: `NAME.1` is younger than `NAME.2`. Compressed ones are left out.
pub fn siblings(name: &str, folder: &[Entry]) -> Vec<Part> {
    let number = |entry: &Entry| -> Option<u32> { entry.name.strip_prefix(name)?.strip_prefix('.')?.parse().ok() };
    let mut parts: Vec<(u32, Part)> = folder
        .iter()
        .filter(|entry| !entry.is_folder)
        .filter_map(|entry| Some((number(entry)?, Part { path: entry.path.clone(), size: entry.size })))
        .collect();
    parts.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    parts.into_iter().map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_files_stand_before_the_file() {
        let entry =
            |name: &str, size| Entry { name: name.into(), path: format!("/s/{name}"), size, ..Entry::default() };
        let folder = [
            entry("stdout", 5),
            entry("stdout.1", 10),
            entry("stdout.10", 30),
            entry("stdout.2", 20),
            entry("stdout.1.gz", 3),
        ];
        let parts = siblings("stdout", &folder);
        assert_eq!(parts.iter().map(|part| part.size).collect::<Vec<_>>(), [30, 20, 10]);
        let chain = Chain::new("/s/stdout", parts);
        assert_eq!(chain.before(), 60);
        assert_eq!(chain.locate(25, 64), ("/s/stdout.10", 25, 5));
        assert_eq!(chain.locate(30, 8), ("/s/stdout.2", 0, 8));
        assert_eq!(chain.locate(62, 8), ("/s/stdout", 2, 8));
    }
}
