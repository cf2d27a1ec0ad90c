//! Names the flag, the variable or the key that a configured value comes from. Reads no values.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use crate::secrets::SafeText;

pub const PREFIX: &str = "MESOSCOPE_";

/// Where a value comes from. A flag has its long name, without dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(String),
    Variable(String),
    Key { key: String, file: PathBuf },
    RustLog,
    Default,
}

impl Origin {
    /// Returns the words that `--check` prints after a value, on one line.
    pub fn comment(&self) -> String {
        match self {
            Origin::Key { file, .. } => SafeText::of_path(file).to_string(),
            Origin::Flag(_) | Origin::Variable(_) | Origin::RustLog | Origin::Default => self.to_string(),
        }
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(long) => write!(f, "--{long}"),
            Origin::Variable(long) => f.write_str(&variable(long)),
            Origin::Key { key, file } => write!(f, "'{key}' in {}", SafeText::of_path(file)),
            Origin::RustLog => f.write_str("RUST_LOG"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// Returns the variable of a flag.
pub fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.to_ascii_uppercase().replace('-', "_"))
}
