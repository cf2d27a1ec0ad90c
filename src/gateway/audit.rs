//! The audit log: one line for each call that may change something. Decides nothing about a call. `session_audit` has the lines of
//! terminals.
//!
//! A line has no secret: neither credentials nor tickets, and of a body only ids and names.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Response, StatusCode};
use mesoscope_core::mesos::calls::{OUTCOME_HEADER, OUTCOME_NOT_SENT};
use serde::Serialize;
use tokio::time::Instant;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

use crate::call_summary::CallSummary;
use crate::claimed_user;
use crate::forwarded::ProxyUser;
use crate::json_log::JsonLog;
use crate::request_id::RequestId;
use crate::state::Peer;
use crate::text_responses::{self, MASTER};

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "api")]
pub enum CallTarget {
    Master,
    Scheduler,
    Agent { agent: String },
}

/// Outcome of a call that may change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Mesos accepted it.
    Accepted,
    /// Mesos, or a proxy in front of it, refused it.
    Refused,
    /// The gateway did not send it: it is not allowed here, or no target could be reached.
    NotSent,
    /// The request was sent, and no answer of Mesos came.
    Unknown,
}

/// The one who calls.
#[derive(Clone, Debug, Serialize)]
pub struct AuditCaller {
    request: RequestId,
    peer: SocketAddr,
    /// The user that the credentials name.
    user: Option<String>,
    /// The user whom a trusted proxy has signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_user: Option<String>,
}

impl AuditCaller {
    /// Names the user of other credentials, which a terminal's ticket keeps.
    pub fn set_credentials(&mut self, headers: &HeaderMap) {
        self.user = claimed_user::of_credentials(headers);
    }
}

impl<S: Sync> FromRequestParts<S> for AuditCaller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<AuditCaller, StatusCode> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
        Ok(AuditCaller {
            request: parts.extensions.get().cloned().unwrap_or_else(RequestId::new),
            peer: peer.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?,
            user: claimed_user::of_credentials(&parts.headers),
            proxy_user: parts.extensions.get::<ProxyUser>().map(|user| user.0.clone()),
        })
    }
}

#[derive(Serialize)]
struct WriteLine<'a> {
    log: &'static str,
    time: String,
    #[serde(flatten)]
    caller: &'a AuditCaller,
    #[serde(flatten)]
    to: &'a CallTarget,
    #[serde(flatten)]
    summary: &'a CallSummary,
    outcome: Outcome,
    /// HTTP status of the answer; `None` if the client left before.
    status: Option<u16>,
    master: Option<&'a str>,
    latency_ms: u64,
}

/// A call whose line is due. If it is dropped without an answer, the client has left.
#[derive(Debug)]
pub struct PendingWrite(Option<DueLine>);

#[derive(Debug)]
struct DueLine {
    log: JsonLog,
    caller: AuditCaller,
    to: CallTarget,
    summary: CallSummary,
    started: Instant,
    /// Whether the call was passed to the client of masters and agents.
    is_sent: bool,
}

impl PendingWrite {
    /// A call that needs no line.
    pub fn none() -> PendingWrite {
        PendingWrite(None)
    }

    /// Starts the measurement of a call, which may change something.
    pub fn new(log: Option<&JsonLog>, caller: AuditCaller, to: CallTarget, body: &[u8]) -> PendingWrite {
        PendingWrite(log.map(|log| DueLine {
            log: log.clone(),
            caller,
            to,
            summary: CallSummary::of(body),
            started: Instant::now(),
            is_sent: false,
        }))
    }

    /// Notes that the call may reach its target from now on.
    pub fn sending(&mut self) {
        self.0.iter_mut().for_each(|due| due.is_sent = true);
    }

    /// Writes the line with the outcome that the answer shows.
    pub fn answered(mut self, answer: &Response<Body>) {
        if let Some(due) = self.0.take() {
            due.write(outcome(answer), Some(answer));
        }
    }
}

impl Drop for PendingWrite {
    fn drop(&mut self) {
        if let Some(due) = self.0.take() {
            due.write(if due.is_sent { Outcome::Unknown } else { Outcome::NotSent }, None);
        }
    }
}

fn outcome(answer: &Response<Body>) -> Outcome {
    match answer.headers().get(HeaderName::from_static(OUTCOME_HEADER)) {
        Some(outcome) if outcome == OUTCOME_NOT_SENT => Outcome::NotSent,
        Some(_) => Outcome::Unknown,
        None if answer.status().is_success() => Outcome::Accepted,
        // A proxy's, whose master may have got the call.
        None if matches!(answer.status(), StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT) => Outcome::Unknown,
        None => Outcome::Refused,
    }
}

impl DueLine {
    fn write(&self, outcome: Outcome, answer: Option<&Response<Body>>) {
        let master = answer.and_then(|answer| answer.headers().get(MASTER)?.to_str().ok());
        self.log.write(&WriteLine {
            log: LOG,
            time: now(),
            caller: &self.caller,
            to: &self.to,
            summary: &self.summary,
            outcome,
            status: answer.map(|answer| answer.status().as_u16()),
            master,
            latency_ms: millis(self.started),
        });
    }
}

/// Value of `log` in each line, which distinguishes it from other logs.
pub const LOG: &str = "audit";

/// The current time, as RFC 3339 has it.
pub fn now() -> String {
    let mut text = String::new();
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

pub fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Returns the agent of a request's path. It is external text.
pub fn agent(id: &str) -> CallTarget {
    CallTarget::Agent { agent: text_responses::visible(id) }
}
