//! Builds the tar blocks around file contents: headers, links and the end. Does not read files.

use std::io;

use mesoscope_core::files::entry::DirEntry;

pub const BLOCK: u64 = 512;

/// Returns the header blocks of an entry with `size` bytes; a long name takes more than one block. A folder's name ends with a
/// slash.
pub fn header(name: &str, size: u64, entry: &DirEntry) -> io::Result<Vec<u8>> {
    blocks(name, size, entry.mode(), head(entry))
}

fn blocks(name: &str, size: u64, mode: i64, mut header: tar::Header) -> io::Result<Vec<u8>> {
    header.set_size(size);
    header.set_mode(u32::try_from(mode & 0o7777).unwrap_or(0o644));
    header.set_entry_type(if name.ends_with('/') { tar::EntryType::Directory } else { tar::EntryType::Regular });
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name, io::empty())?;
    Ok(std::mem::take(builder.get_mut()))
}

/// Returns a symbolic link to another entry of the archive, relative to the link's own folder.
pub fn link(name: &str, to: &str, entry: &DirEntry) -> io::Result<Vec<u8>> {
    let mut header = head(entry);
    header.set_size(0);
    header.set_mode(0o777);
    header.set_entry_type(tar::EntryType::Symlink);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_link(&mut header, name, to)?;
    Ok(std::mem::take(builder.get_mut()))
}

/// Returns the list of missing entries, if any, and the end-of-archive blocks.
pub fn end(left_out: &[String]) -> io::Result<Vec<u8>> {
    let mut end = Vec::new();
    if !left_out.is_empty() {
        let text = format!("These were left out:\n{}\n", left_out.join("\n"));
        end = blocks("LEFT-OUT.txt", text.len() as u64, 0o644, head(&DirEntry::default()))?;
        end.extend_from_slice(text.as_bytes());
        end.resize(end.len().next_multiple_of(BLOCK as usize), 0);
    }
    end.extend_from_slice(&[0; 2 * BLOCK as usize]);
    Ok(end)
}

fn head(entry: &DirEntry) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_mtime(entry.modified.map_or(0, |at| u64::try_from(at.0 / 1_000_000_000).unwrap_or(0)));
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_a_tar_leads_to_what_is_in_it() {
        let mut bytes = link("run/tasks/t", "../containers/c", &DirEntry::default()).expect("a header");
        bytes.extend([0; 1024]);
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entry = archive.entries().expect("a tar").next().expect("an entry").expect("it is whole");
        assert_eq!(entry.path().expect("a path").display().to_string(), "run/tasks/t");
        assert_eq!(
            entry.link_name().expect("a link").map(|to| to.display().to_string()).as_deref(),
            Some("../containers/c")
        );
    }
}
