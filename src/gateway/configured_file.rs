//! A file that the configuration names, and where it names it. Interprets no content.

use std::ffi::OsStr;
use std::fmt::{self, Display, Formatter};
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::secrets::{SafeText, is_pem};

/// Maximum size of a file that is read whole.
const MAX_BYTES: u64 = 4 << 20;

/// A file, and the flag, variable or key that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredFile {
    pub path: PathBuf,
    pub origin: String,
}

impl ConfiguredFile {
    /// Reads the whole file.
    ///
    /// # Errors
    /// If it cannot be read, is no regular file, or has more than 4 MiB.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        read(&self.path)
    }
}

impl Display for ConfiguredFile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", SafeText::of_path(&self.path), self.origin)
    }
}

/// Reads a whole file.
///
/// # Errors
/// If it cannot be read, is no regular file, or has more than 4 MiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    // To open a pipe without a writer, or to read a terminal, may take forever.
    check_kind(&std::fs::metadata(path)?)?;
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    check_kind(&file.metadata()?)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {} MiB: is it the right file?", MAX_BYTES >> 20),
        )),
        false => Ok(bytes),
    }
}

/// Refuses a folder, a pipe, a socket and a device.
fn check_kind(found: &Metadata) -> io::Result<()> {
    match found.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a folder, a pipe or a device: a regular file is needed",
        )),
    }
}

/// Parses the name of a file. Refuses the content of a file: an error message would repeat a private key.
#[derive(Clone, Debug)]
pub struct FileParser;

impl TypedValueParser for FileParser {
    type Value = ConfiguredFile;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<ConfiguredFile, clap::Error> {
        let origin = arg.and_then(Arg::get_long).map(|long| format!("--{long}")).unwrap_or_default();
        let parser = PathBufValueParser::new().try_map(move |path| match is_pem(&path.to_string_lossy()) {
            true => Err("expecting the name of a file, not its content"),
            false => Ok(ConfiguredFile { path, origin: origin.clone() }),
        });
        parser.parse_ref(command, arg, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_size_up_to_the_limit_is_read() {
        let path = std::env::temp_dir().join(format!("mesoscope-read-{}", std::process::id()));
        for (size, is_read) in [(0, true), (MAX_BYTES, true), (MAX_BYTES + 1, false)] {
            std::fs::write(&path, vec![b'x'; size as usize]).expect("the folder can be written");
            let found = read(&path);
            assert_eq!(found.is_ok(), is_read, "{size}");
            assert!(found.is_err() || found.is_ok_and(|bytes| bytes.len() as u64 == size));
        }
        std::fs::remove_file(&path).expect("it is there");
    }
}
