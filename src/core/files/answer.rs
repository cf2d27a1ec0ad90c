//! Answers to READ_FILE, read; and why an answer about files is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::files::tail::Told;
use crate::mesos::calls::files::ReadFile;
use crate::mesos::calls::{ReplyError, reply};

/// Why an answer is none.
#[derive(Debug, thiserror::Error)]
pub enum BadAnswer {
    #[error("{0}")]
    Reply(#[from] ReplyError),
    #[error("the bytes in the answer to READ_FILE are no base64")]
    Bytes,
    #[error("the answer to LIST_FILES cannot be read: {0}")]
    Listing(String),
}

/// What READ_FILE told.
pub fn told(body: &str) -> Result<Told, BadAnswer> {
    let window = reply::<ReadFile>(body)?;
    let bytes = STANDARD.decode(window.data.as_str()).map_err(|_| BadAnswer::Bytes)?;
    Ok(Told { size: u64::try_from(window.size.0).unwrap_or(0), bytes })
}
