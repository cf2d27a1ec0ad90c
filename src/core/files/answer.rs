//! Answers to READ_FILE, read; and why an answer about files is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::files::followed_file::ReadReply;
use crate::mesos::calls::files::ReadFile;
use crate::mesos::calls::{ReplyError, reply};

/// Why an answer about files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadAnswer {
    /// The body is empty, of another type, or no JSON that fits the call.
    #[error("{0}")]
    Reply(#[from] ReplyError),
    /// The field `data` of READ_FILE is not valid base64.
    #[error("the bytes in the answer to READ_FILE are no base64")]
    Bytes,
    /// The field `size` of READ_FILE is absent, or no number of bytes.
    #[error("the answer to READ_FILE does not say how large the file is")]
    Size,
    /// The body is no JSON, or no answer to LIST_FILES.
    #[error("the answer to LIST_FILES cannot be read: it is none")]
    NoListing,
    /// The body ends before the JSON of the listing does.
    #[error("the answer to LIST_FILES cannot be read: it breaks off")]
    ListingCutOff,
    /// An element of the listing could not be decoded; the decoder's message.
    #[error("the answer to LIST_FILES cannot be read: {0}")]
    Listing(String),
}

/// Decodes the answer to READ_FILE.
pub fn reported(body: &str) -> Result<ReadReply, BadAnswer> {
    let (window, _) = reply::<ReadFile>(body)?;
    let bytes = STANDARD.decode(window.data.as_str()).map_err(|_| BadAnswer::Bytes)?;
    Ok(ReadReply { size: window.size().ok_or(BadAnswer::Size)?, bytes })
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
