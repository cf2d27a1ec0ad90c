//! Makes text of bytes that are not UTF-8: Mesos passes invalid bytes on as they came (tests/data/fold/13-invalid-utf8),
//! and serde_json refuses the whole object then. Understands no JSON.

use std::borrow::Cow;
use std::fmt::Write;

/// The bytes as text. Each bad byte becomes U+FFFD and its two hex digits, so that ids which differ stay different.
pub fn decode_lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(mended(bytes)),
    }
}

/// The text of a body, and whether anything had to be mended.
pub fn text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let text = decode_lossy(bytes);
    let mended = matches!(text, Cow::Owned(_));
    (text, mended)
}

fn mended(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push(char::REPLACEMENT_CHARACTER);
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_text_is_borrowed() {
        assert!(matches!(decode_lossy("ä".as_bytes()), Cow::Borrowed("ä")));
    }

    #[test]
    fn bad_bytes_stay_distinct() {
        assert_eq!(decode_lossy(b"a\xffb"), "a\u{fffd}ffb");
        assert_ne!(decode_lossy(b"\xfe"), decode_lossy(b"\xff"));
        assert_eq!(decode_lossy(b"\xe2\x82"), "\u{fffd}e2\u{fffd}82");
    }
}
