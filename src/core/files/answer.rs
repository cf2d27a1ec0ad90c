//! Answers to READ_FILE, read; and why an answer about files is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::files::tail::Reported;
use crate::mesos::calls::files::ReadFile;
use crate::mesos::calls::{ReplyError, reply};

/// Why an answer is none.
#[derive(Debug, thiserror::Error)]
pub enum BadAnswer {
    #[error("{0}")]
    Reply(#[from] ReplyError),
    #[error("the bytes in the answer to READ_FILE are no base64")]
    Bytes,
    #[error("the answer to READ_FILE does not say how large the file is")]
    Size,
    #[error("the answer to LIST_FILES cannot be read: it is none")]
    NoListing,
    #[error("the answer to LIST_FILES cannot be read: it breaks off")]
    ListingCutOff,
    #[error("the answer to LIST_FILES cannot be read: {0}")]
    Listing(String),
}

/// What READ_FILE reported.
pub fn reported(body: &str) -> Result<Reported, BadAnswer> {
    let (window, _) = reply::<ReadFile>(body)?;
    let bytes = STANDARD.decode(window.data.as_str()).map_err(|_| BadAnswer::Bytes)?;
    Ok(Reported { size: window.size().ok_or(BadAnswer::Size)?, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(field: &str) -> Option<u64> {
        let body = format!(r#"{{"type":"READ_FILE","read_file":{{"data":""{field}}}}}"#);
        reported(&body).ok().map(|reported| reported.size)
    }

    #[test]
    fn a_file_of_an_unknown_size_is_not_empty() {
        assert_eq!(size(r#","size":0"#), Some(0));
        assert_eq!(size(r#","size":"7""#), Some(7));
        for unknown in ["", r#","size":null"#, r#","size":-1"#, r#","size":18446744073709551615"#, r#","size":{}"#] {
            assert_eq!(size(unknown), None, "{unknown}");
        }
    }
}
