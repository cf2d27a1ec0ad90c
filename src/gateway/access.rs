//! Decides which calls may be forwarded: all of them, all but those that run commands in containers with `--no-exec`, or only reads
//! with `--read-only`. The scheduler API runs commands, so only full access has it. Does not identify callers. This is the only path
//! from a caller's bytes to an upstream call, so read-only mode never forwards raw bytes.

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use mesoscope_core::mesos::calls::containers::{LaunchContainer, LaunchNestedContainer};
use mesoscope_core::mesos::calls::read_call::{self, ReadCall, ReadCallError};
use mesoscope_core::mesos::calls::session::{AttachContainerInput, LaunchNestedContainerSession};
use mesoscope_core::mesos::calls::{self, Call};

use crate::master_url::MasterApi;
use crate::text_responses;

/// Calls that run a command in a container, or type into one.
const EXEC: [&str; 4] = [
    LaunchContainer::TYPE,
    LaunchNestedContainer::TYPE,
    LaunchNestedContainerSession::TYPE,
    AttachContainerInput::TYPE,
];

/// Headers of an agent's streaming calls (PROTOCOL.md, "Requests").
const MESSAGE_ACCEPT: HeaderName = HeaderName::from_static("message-accept");
pub const MESSAGE_CONTENT_TYPE: HeaderName = HeaderName::from_static("message-content-type");
/// Request headers that are forwarded in read-only mode. No read sends a stream of records.
const READ_HEADERS: [HeaderName; 4] = [CONTENT_TYPE, ACCEPT, AUTHORIZATION, MESSAGE_ACCEPT];
/// Request headers that are forwarded with full access.
const HEADERS: [HeaderName; 5] = [CONTENT_TYPE, ACCEPT, AUTHORIZATION, MESSAGE_ACCEPT, MESSAGE_CONTENT_TYPE];
/// Header of the scheduler API: which stream a call belongs to.
pub const STREAM_ID: HeaderName = HeaderName::from_static("mesos-stream-id");
/// Request headers that are forwarded to the scheduler API.
const SCHEDULER_HEADERS: [HeaderName; 4] = [CONTENT_TYPE, ACCEPT, AUTHORIZATION, STREAM_ID];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Full,
    /// Everything but calls that run commands in containers.
    NoExec,
    ReadOnly,
}

/// Proof that commands may be run in containers.
#[derive(Clone, Debug)]
pub struct ExecPermit(());

/// A call that may be sent to one API. The body is the caller's own bytes except in read-only mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermittedCall {
    body: Bytes,
    reads: bool,
    api: MasterApi,
}

impl PermittedCall {
    /// Creates a call of the gateway itself. A call that writes does not compile.
    pub fn read<C: Call>(call: &C) -> PermittedCall {
        const { assert!(C::READS, "the gateway itself changes nothing") };
        PermittedCall::operator(calls::request(call).into(), true)
    }

    /// Creates a call of a terminal, which the caller of the gateway has asked for.
    pub fn in_session<C: Call>(_: &ExecPermit, call: &C) -> PermittedCall {
        PermittedCall::operator(calls::request(call).into(), C::READS)
    }

    fn operator(body: Bytes, reads: bool) -> PermittedCall {
        PermittedCall { body, reads, api: MasterApi::Operator }
    }

    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// Returns the API that the call is permitted for.
    pub fn api(&self) -> MasterApi {
        self.api
    }

    /// Returns true if the call certainly changes nothing, so that a retry on another master is safe.
    pub fn reads(&self) -> bool {
        self.reads
    }
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "This gateway is read-only (it was started with --read-only): {0} changes something, or may, and was not sent."
    )]
    Writes(String),
    #[error(
        "This gateway is read-only (it was started with --read-only): it cannot tell for certain what this call does ({0}), and did not send it."
    )]
    Unclear(String),
    #[error("This gateway is read-only (it was started with --read-only): {0}. It was not sent.")]
    Nul(ReadCallError),
    #[error("This gateway runs no commands in containers (it was started with --no-exec): {0} was not sent.")]
    Exec(String),
    #[error(
        "This gateway runs no commands in containers (it was started with --no-exec): it cannot tell for certain what this call does ({0}), and did not send it."
    )]
    PerhapsExec(String),
    #[error("This gateway is read-only (it was started with --read-only): {0} {1} was not let through.")]
    Path(Method, String),
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::Nul(_) => StatusCode::BAD_REQUEST,
            Refusal::Writes(_)
            | Refusal::Unclear(_)
            | Refusal::Exec(_)
            | Refusal::PerhapsExec(_)
            | Refusal::Path(..) => StatusCode::FORBIDDEN,
        }
    }
}

impl From<ReadCallError> for Refusal {
    fn from(why: ReadCallError) -> Refusal {
        match why {
            ReadCallError::OtherType(kind) => Refusal::Writes(text_responses::visible(&kind)),
            ReadCallError::Nul => Refusal::Nul(why),
            ReadCallError::Json(_)
            | ReadCallError::NoType
            | ReadCallError::TwoTypes
            | ReadCallError::OtherField { .. } => Refusal::Unclear(text_responses::visible(&why.to_string())),
        }
    }
}

impl Access {
    /// Value of the meta tag in the page's head that reports the mode; `None` for full access.
    pub fn meta(self) -> Option<&'static str> {
        match self {
            Access::Full => None,
            Access::NoExec => Some("no-exec"),
            Access::ReadOnly => Some("read-only"),
        }
    }

    /// Permits a terminal, or says why not.
    pub fn permit_exec(self) -> Result<ExecPermit, Refusal> {
        let call = LaunchNestedContainerSession::TYPE.to_owned();
        match self {
            Access::Full => Ok(ExecPermit(())),
            Access::NoExec => Err(Refusal::Exec(call)),
            Access::ReadOnly => Err(Refusal::Writes(call)),
        }
    }

    /// Returns the call to send, or why it is refused.
    pub fn admit(self, headers: &HeaderMap, body: Bytes) -> Result<PermittedCall, Refusal> {
        let read = read_call(headers, &body);
        match self {
            Access::Full => Ok(PermittedCall::operator(body, read.is_ok())),
            Access::NoExec => {
                runs_nothing(headers, &body)?;
                Ok(PermittedCall::operator(body, read.is_ok()))
            }
            Access::ReadOnly => Ok(PermittedCall::operator(read?.body().into(), true)),
        }
    }

    /// Returns a call of the scheduler API to send, or why it is refused. Each may start or end tasks: SUBSCRIBE makes a framework,
    /// and a second one with its id ends the first one's stream.
    pub fn admit_scheduler(self, body: Bytes) -> Result<PermittedCall, Refusal> {
        let call = "a call of the scheduler API".to_owned();
        match self {
            Access::Full => Ok(PermittedCall { body, reads: false, api: MasterApi::Scheduler }),
            Access::NoExec => Err(Refusal::Exec(call)),
            Access::ReadOnly => Err(Refusal::Writes(call)),
        }
    }

    /// Returns the headers to forward, with only the first value of each.
    pub fn headers(self, of: &HeaderMap) -> HeaderMap {
        let names = match self {
            Access::Full | Access::NoExec => &HEADERS[..],
            Access::ReadOnly => &READ_HEADERS[..],
        };
        first_values(names, of)
    }

    /// Checks the method and path of a request. Read-only mode refuses writes, except to downloads and to paths whose calls `admit`
    /// checks. Terminals are refused by `permit_exec`.
    pub fn check_path(self, method: &Method, path: &str) -> Result<(), Refusal> {
        // Creating and stopping a download change nothing in the cluster.
        let known = path == "/download" || path.starts_with("/download/") || takes_calls(path);
        if self != Access::ReadOnly || known || matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        Err(Refusal::Path(method.clone(), text_responses::visible(path)))
    }
}

/// Returns the headers of a call of the scheduler API to forward, with only the first value of each.
pub fn scheduler_headers(of: &HeaderMap) -> HeaderMap {
    first_values(&SCHEDULER_HEADERS, of)
}

fn first_values(names: &[HeaderName], of: &HeaderMap) -> HeaderMap {
    names.iter().filter_map(|name| Some((name.clone(), of.get(name)?.clone()))).collect()
}

/// Checks that a call certainly runs no command: it is JSON that has exactly one type, which is none of `EXEC`.
fn runs_nothing(headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let kinds: Vec<_> = headers.get_all(CONTENT_TYPE).iter().collect();
    if kinds != [calls::CONTENT_TYPE] {
        return Err(Refusal::PerhapsExec(format!("it is not sent as {}", calls::CONTENT_TYPE)));
    }
    let unclear = |why: ReadCallError| Refusal::PerhapsExec(text_responses::visible(&why.to_string()));
    let kind = read_call::call_type(body).map_err(unclear)?;
    if EXEC.contains(&kind.as_str()) { Err(Refusal::Exec(kind)) } else { Ok(()) }
}

/// Parses a call that certainly reads. Mesos compares the whole content type and parses any other as protobuf or records.
fn read_call(headers: &HeaderMap, body: &[u8]) -> Result<ReadCall, Refusal> {
    let kinds: Vec<_> = headers.get_all(CONTENT_TYPE).iter().collect();
    if kinds != [calls::CONTENT_TYPE] {
        return Err(Refusal::Unclear(format!("it is not sent as {}", calls::CONTENT_TYPE)));
    }
    Ok(ReadCall::parse(body)?)
}

fn takes_calls(path: &str) -> bool {
    let rest = path.strip_prefix("/agent/");
    let agent = rest.and_then(|rest| rest.strip_suffix("/api/v1").or_else(|| rest.strip_suffix("/session")));
    path == "/api/v1" || path == "/api/v1/scheduler" || agent.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of_kind(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(kind).expect("it is printable"))])
    }

    fn asked(kind: &str, body: &str) -> Result<String, Refusal> {
        let admitted = Access::ReadOnly.admit(&of_kind(kind), Bytes::copy_from_slice(body.as_bytes()))?;
        assert!(admitted.reads());
        Ok(String::from_utf8(admitted.body().to_vec()).expect("what is printed is text"))
    }

    #[test]
    fn reads_are_printed_from_what_was_parsed() {
        for (body, sent) in [
            (r#"{"type":"GET_STATE"}"#, r#"{"type":"GET_STATE"}"#),
            (
                r#" {"get_metrics":{"timeout":{"nanoseconds":1}}, "type" : "GET_METRICS"} "#,
                r#"{"type":"GET_METRICS","get_metrics":{"timeout":{"nanoseconds":1}}}"#,
            ),
            (r#"{"\u0074ype":"SUBSC\u0052IBE"}"#, r#"{"type":"SUBSCRIBE"}"#),
        ] {
            assert_eq!(asked("application/json", body).as_deref(), Ok(sent), "{body}");
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
    fn ambiguous_calls_are_refused() {
        for (kind, body) in [
            ("application/json", ""),
            ("application/json", "GET_STATE"),
            ("application/json", "[]"),
            ("application/json", "{}"),
            ("application/json", r#"{"type":7}"#),
            ("application/json", r#"{"type":null}"#),
            ("application/json", r#"{"type":"GET_STATE","type":"TEARDOWN"}"#),
            ("application/json", r#"{"type":"TEARDOWN","t\u0079pe":"GET_STATE"}"#),
            ("application/json", r#"{"type":"GET_VERSION","type\u0000":"LAUNCH_CONTAINER"}"#),
            ("application/json", r#"{"type":"GET_STATE","teardown":{}}"#),
            ("application/json", r#"{"type":"GET_STATE"} {"type":"TEARDOWN"}"#),
            ("application/json", "\u{feff}{\"type\":\"GET_STATE\"}"),
            ("application/json; charset=utf-8", r#"{"type":"GET_STATE"}"#),
            ("application/x-protobuf", "\x08\x09"),
            ("application/recordio", "20\n{\"type\":\"GET_STATE\"}"),
        ] {
            assert!(matches!(asked(kind, body), Err(Refusal::Unclear(_))), "{kind} {body}");
        }
        let body = Bytes::from_static(br#"{"type":"GET_STATE"}"#);
        assert!(Access::ReadOnly.admit(&HeaderMap::new(), body.clone()).is_err());
        let mut twice = of_kind("application/json");
        twice.append(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        assert!(Access::ReadOnly.admit(&twice, body).is_err());
    }

    #[test]
    fn with_full_access_the_body_is_the_callers_own() {
        for (kind, body, reads) in [
            ("application/json", r#" {"type":"GET_STATE"}"#, true),
            ("application/json", r#"{"type":"GET_STATE","new":1}"#, false),
            ("application/json", r#"{"type":"GET_STATE","type\u0000":"TEARDOWN"}"#, false),
            ("application/json", r#"{"type":"TEARDOWN"}"#, false),
            ("application/json", "anything", false),
            ("application/x-protobuf", r#"{"type":"GET_STATE"}"#, false),
        ] {
            let admitted = Access::Full.admit(&of_kind(kind), Bytes::from_static(body.as_bytes()));
            assert_eq!(
                admitted,
                Ok(PermittedCall::operator(Bytes::from_static(body.as_bytes()), reads)),
                "{kind} {body}"
            );
        }
    }

    #[test]
    fn without_exec_only_calls_that_certainly_run_nothing_are_sent() {
        let admitted =
            |kind, body: &'static str| Access::NoExec.admit(&of_kind(kind), Bytes::from_static(body.as_bytes()));
        for (body, reads) in [
            (r#"{"type":"GET_STATE"}"#, true),
            (r#"{"type":"TEARDOWN","teardown":{}}"#, false),
            (r#"{"type":"KILL_NESTED_CONTAINER"}"#, false),
        ] {
            let sent = admitted("application/json", body);
            assert_eq!(sent, Ok(PermittedCall::operator(Bytes::from_static(body.as_bytes()), reads)), "{body}");
        }
        for kind in EXEC {
            let body: &str = Box::leak(format!(r#"{{"type":"{kind}"}}"#).into_boxed_str());
            assert_eq!(admitted("application/json", body), Err(Refusal::Exec(kind.into())));
        }
        for (kind, body) in [
            ("application/json", ""),
            ("application/json", "{}"),
            ("application/json", r#"{"type":8}"#),
            ("application/json", r#"{"type":"GET_STATE","type":"LAUNCH_CONTAINER"}"#),
            ("application/json", r#"{"type":"GET_STATE","type\u0000":"LAUNCH_CONTAINER"}"#),
            ("application/json", r#"{"type":"LAUNCH_CONTAINER\u0000"}"#),
            ("application/json", r#"{"type":"GET_STATE"}{"type":"LAUNCH_CONTAINER"}"#),
            ("application/x-protobuf", "\x08\x09"),
            ("application/recordio", r#"{"type":"GET_STATE"}"#),
        ] {
            assert!(matches!(admitted(kind, body), Err(Refusal::PerhapsExec(_))), "{kind} {body}");
        }
        assert!(Access::NoExec.permit_exec().is_err() && Access::ReadOnly.permit_exec().is_err());
    }

    #[test]
    fn the_scheduler_api_needs_full_access() {
        let body = Bytes::from_static(br#"{"type":"SUBSCRIBE"}"#);
        let admitted = Access::Full.admit_scheduler(body.clone()).expect("it is permitted");
        assert_eq!((admitted.api(), admitted.reads(), admitted.body()), (MasterApi::Scheduler, false, body.clone()));
        for (access, flag) in [(Access::NoExec, "--no-exec"), (Access::ReadOnly, "--read-only")] {
            let refusal = access.admit_scheduler(body.clone()).expect_err("it is refused");
            assert_eq!(refusal.status(), StatusCode::FORBIDDEN);
            let words = refusal.to_string();
            assert!(words.contains(flag) && words.contains("a call of the scheduler API"), "{words}");
        }
        assert_eq!(STREAM_ID.as_str(), calls::scheduler::STREAM_ID_HEADER.to_ascii_lowercase());
        assert_eq!(MasterApi::Scheduler.path().trim_start_matches('/'), calls::scheduler::SCHEDULER_PATH);
    }

    #[test]
    fn a_refusal_shows_what_cannot_be_seen() {
        let refusal = asked("application/json", r#"{"type":"GET_STATE","type\u0000\u202e":1}"#);
        let words = refusal.expect_err("it has an unknown field").to_string();
        assert!(words.contains(r"unknown field `type\0\u{202e}`"), "{words}");
    }

    #[test]
    fn other_paths_are_refused() {
        let check = |path: &str| Access::ReadOnly.check_path(&Method::POST, path);
        for path in ["/api/v1", "/api/v1/scheduler", "/agent/x/api/v1", "/download"] {
            assert!(check(path).is_ok(), "{path}");
        }
        for path in ["/master/teardown", "/", "//api/v1", "/master/api/v1", "/agent//api/v1", "/agent/a/b/api/v1"] {
            assert!(check(path).is_err(), "{path}");
        }
        assert!(Access::ReadOnly.check_path(&Method::GET, "/anything").is_ok());
        assert!(Access::Full.check_path(&Method::POST, "/master/teardown").is_ok());
    }
}
