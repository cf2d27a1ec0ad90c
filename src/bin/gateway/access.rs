//! What may be asked: everything, or with `--read-only` what reads. Does not know who asks.
//! A call's type is read as Mesos reads it, or not at all: what cannot be made out for certain is refused.

use std::fmt;

use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{Method, StatusCode};
use mesoscope::api;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// What the page finds in its head where nothing can be changed.
pub const NOTICE: &str = "<meta name=\"mesoscope-access\" content=\"read-only\">";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Full,
    ReadOnly,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "This gateway is read-only (it was started with --read-only): {0} changes something, or may, and was not sent."
    )]
    Writes(String),
    #[error(
        "This gateway is read-only (it was started with --read-only): what this call does could not be made out ({0}), and it was not sent."
    )]
    Unclear(String),
    #[error("This gateway is read-only (it was started with --read-only): {0} {1} was not let through.")]
    Path(Method, String),
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        StatusCode::FORBIDDEN
    }
}

impl Access {
    /// Whether a call with such a body may be sent on.
    pub fn check(self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        if self == Access::Full {
            return Ok(());
        }
        // Mesos compares the whole value; protobuf and streams of records are not looked into.
        let kinds: Vec<_> = headers.get_all(CONTENT_TYPE).iter().collect();
        if kinds != [api::CONTENT_TYPE] {
            return Err(Refusal::Unclear(format!("it is not sent as {}", api::CONTENT_TYPE)));
        }
        let kind = match serde_json::from_slice::<Typed>(body) {
            Ok(Typed(kind)) => kind,
            Err(why) => return Err(Refusal::Unclear(why.to_string())),
        };
        if api::reads(&kind) { Ok(()) } else { Err(Refusal::Writes(printable(&kind))) }
    }

    /// Whether something may be sent to an address that is no call's.
    pub fn check_path(self, method: &Method, path: &str) -> Result<(), Refusal> {
        // A ticket for a download reads, and so does whoever stops that.
        let known = path == "/download" || path.starts_with("/download/") || path.ends_with("/api/v1");
        if self == Access::Full || known || matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        Err(Refusal::Path(method.clone(), printable(path)))
    }
}

/// A call's type: the one text under the one key `type` of an object that is the whole body.
struct Typed(String);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TypeVisitor)
    }
}

struct TypeVisitor;

impl<'de> Visitor<'de> for TypeVisitor {
    type Value = Typed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a call: an object with a type")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Typed, A::Error> {
        let mut kind = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "type" {
                map.next_value::<IgnoredAny>()?;
            } else if kind.replace(map.next_value::<String>()?).is_some() {
                return Err(A::Error::custom("it has two types"));
            }
        }
        kind.map(Typed).ok_or_else(|| A::Error::custom("it has no type"))
    }
}

/// Words of others, for an answer that is plain text.
fn printable(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(kind: &str, body: &str) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(kind).expect("it is printable"));
        Access::ReadOnly.check(&headers, body.as_bytes())
    }

    #[test]
    fn reads_are_let_through() {
        for body in [
            r#"{"type":"GET_STATE"}"#,
            r#" {"get_metrics":{"timeout":{"nanoseconds":1}}, "type" : "GET_METRICS"} "#,
            r#"{"\u0074ype":"SUBSCRIBE"}"#,
            r#"{"type":"READ_FILE","read_file":{"path":"/x","offset":0,"type":"TEARDOWN"}}"#,
        ] {
            assert_eq!(asked("application/json", body), Ok(()), "{body}");
        }
    }

    #[test]
    fn writes_are_refused_by_name() {
        for name in ["TEARDOWN", "REMOVE_QUOTA", "LAUNCH_NESTED_CONTAINER_SESSION", "NEW_CALL", "UNKNOWN"] {
            let refusal = asked("application/json", &format!("{{\"type\":\"{name}\"}}"));
            assert_eq!(refusal, Err(Refusal::Writes(name.into())));
        }
    }

    #[test]
    fn what_cannot_be_made_out_is_refused() {
        for (kind, body) in [
            ("application/json", ""),
            ("application/json", "GET_STATE"),
            ("application/json", "[]"),
            ("application/json", "{}"),
            ("application/json", r#"{"type":7}"#),
            ("application/json", r#"{"type":null}"#),
            ("application/json", r#"{"type":"GET_STATE","type":"TEARDOWN"}"#),
            ("application/json", r#"{"type":"TEARDOWN","t\u0079pe":"GET_STATE"}"#),
            ("application/json", r#"{"type":"GET_STATE"} {"type":"TEARDOWN"}"#),
            ("application/json", "\u{feff}{\"type\":\"GET_STATE\"}"),
            ("application/json; charset=utf-8", r#"{"type":"GET_STATE"}"#),
            ("application/x-protobuf", "\x08\x09"),
            ("application/recordio", "20\n{\"type\":\"GET_STATE\"}"),
        ] {
            assert!(matches!(asked(kind, body), Err(Refusal::Unclear(_))), "{kind} {body}");
        }
        assert!(Access::ReadOnly.check(&HeaderMap::new(), br#"{"type":"GET_STATE"}"#).is_err());
        assert_eq!(Access::Full.check(&HeaderMap::new(), b"anything"), Ok(()));
    }

    #[test]
    fn other_addresses_take_nothing() {
        let check = |path: &str| Access::ReadOnly.check_path(&Method::POST, path);
        assert!(check("/api/v1").is_ok() && check("/agent/x/api/v1").is_ok() && check("/download").is_ok());
        assert!(check("/master/teardown").is_err() && check("/").is_err());
        assert!(Access::ReadOnly.check_path(&Method::GET, "/anything").is_ok());
        assert!(Access::Full.check_path(&Method::POST, "/master/teardown").is_ok());
    }
}
