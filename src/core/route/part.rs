//! One part of an address: how it is escaped, and read again. Knows no route.

use std::fmt::{self, Write};

/// `None` if the query cannot be read at all, `Some(None)` if it lacks the name.
pub(super) fn value(query: &str, name: &str) -> Option<Option<String>> {
    let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    match found {
        None => Some(None),
        Some((_, text)) => decode(text).map(Some),
    }
}

/// Stands for the empty id, which a path cannot hold: no id of Mesos' is one control character.
const EMPTY: &str = "\u{0}";

/// One part of a path; see `EMPTY`.
pub(super) struct Part<'a>(pub(super) &'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A run of NULs gets one more, so that an id of NULs comes back as it was.
        if self.0.bytes().all(|byte| byte == 0) {
            f.write_str("%00")?;
        }
        write!(f, "{}", Encoded(self.0))
    }
}

pub(super) fn unescape(part: &str) -> &str {
    if part.bytes().all(|byte| byte == 0) { part.strip_prefix(EMPTY).unwrap_or(part) } else { part }
}

/// Percent-encoded but for letters, digits and what is safe and legible.
pub(super) struct Encoded<'a>(pub(super) &'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'*' => {
                    f.write_char(char::from(byte))?
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// `None` for a broken escape or bytes that are not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
