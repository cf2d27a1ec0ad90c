//! One part of an address: how it is escaped, and read again. Knows no route.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// `None` if the query cannot be read at all, `Some(None)` if it lacks the name.
pub(super) fn value(query: &str, name: &str) -> Option<Option<String>> {
    let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    match found {
        None => Some(None),
        Some((_, text)) => decode(text).map(Some),
    }
}

/// Placeholder for the empty id, which a path cannot hold: no id of Mesos' is one control character.
const EMPTY: &str = "\u{0}";

/// One part of a path; see `EMPTY`.
pub(super) struct PathSegment<'a>(pub(super) &'a str);

impl fmt::Display for PathSegment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A run of NULs gets one more, so that an id of NULs comes back as it was.
        if self.0.bytes().all(|byte| byte == 0) {
            f.write_str("%00")?;
        }
        write!(f, "{}", EncodedText(self.0))
    }
}

pub(super) fn unescape(part: &str) -> &str {
    if part.bytes().all(|byte| byte == 0) { part.strip_prefix(EMPTY).unwrap_or(part) } else { part }
}

/// ASCII characters that need no escape in an address: letters, digits, and safe, legible marks.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':').remove(b'*');

/// Percent-encoded as little as is safe.
pub(super) struct EncodedText<'a>(pub(super) &'a str);

impl fmt::Display for EncodedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        utf8_percent_encode(self.0, ESCAPED).fmt(f)
    }
}

/// `None` for a broken escape or bytes that are not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let is_escape = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_whole = text.split('%').skip(1).all(is_escape);
    is_whole.then(|| percent_decode_str(text).decode_utf8().ok()).flatten().map(Cow::into_owned)
}
