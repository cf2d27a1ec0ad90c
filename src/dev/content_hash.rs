//! Content hash of files, to detect changes. Plain FNV-1a: not for secrets.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const START: u64 = 0xcbf2_9ce4_8422_2325;
const STEP: u64 = 0x0100_0000_01b3;

/// Hashes the names and contents of these files and folders, except what `skip` names. A missing root counts as empty.
pub fn content_hash(roots: &[&str], skip: &[&str]) -> io::Result<String> {
    let mut hash = START;
    for file in files(roots, skip)? {
        hash = mix(hash, file.to_string_lossy().as_bytes());
        hash = mix(hash, &fs::read(&file)?);
    }
    Ok(format!("{hash:016x}"))
}

/// All files below the roots, sorted.
pub fn files(roots: &[&str], skip: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for root in roots {
        collect(Path::new(root), skip, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(path: &Path, skip: &[&str], found: &mut Vec<PathBuf>) -> io::Result<()> {
    if skip.iter().any(|skipped| path == Path::new(skipped)) {
        return Ok(());
    }
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), skip, found)?;
        }
    } else if path.is_file() {
        found.push(path.to_owned());
    }
    Ok(())
}

/// Mixes in the length: otherwise "ab" + "c" and "a" + "bc" would be equal.
fn mix(hash: u64, bytes: &[u8]) -> u64 {
    let length = (bytes.len() as u64).to_le_bytes();
    length.iter().chain(bytes).fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(STEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_between_names_changes_the_hash() {
        assert_ne!(mix(mix(START, b"ab"), b"c"), mix(mix(START, b"a"), b"bc"));
    }

    #[test]
    fn a_missing_root_counts_as_empty() {
        assert_eq!(files(&["no/such/folder"], &[]).expect("nothing to read"), Vec::<PathBuf>::new());
    }
}
