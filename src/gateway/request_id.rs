//! The id of a request, by which an answer, the logs and a proxy's logs are joined.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, HeaderValue};
use serde::Serialize;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Maximum length of an id that a trusted proxy gives.
const LONGEST: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestId(String);

impl RequestId {
    /// Returns an id that no other request has.
    pub fn new() -> RequestId {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        RequestId(format!("{:016x}", KEY.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))))
    }

    /// Takes a trusted proxy's id over, if it has only letters, digits and the signs of a UUID.
    pub fn of_proxy(value: &HeaderValue) -> Option<RequestId> {
        let text = value.to_str().ok()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        ((1..=LONGEST).contains(&text.len()) && text.bytes().all(fits)).then(|| RequestId(text.to_owned()))
    }

    pub fn value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        assert_ne!(RequestId::new(), RequestId::new());
    }

    #[test]
    fn a_proxys_id_is_plain() {
        let of = |text: &str| RequestId::of_proxy(&HeaderValue::from_str(text).expect("it is printable")).is_some();
        assert!(of("41bc30b2-e948-458f-a39c-5c8bc14f0c7f") && of("a_b.c"));
        assert!(!of("") && !of("a b") && !of("\"") && !of(&"x".repeat(LONGEST + 1)));
    }
}
