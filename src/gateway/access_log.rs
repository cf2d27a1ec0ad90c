//! The access log: one line for each request, at the end of its answer. Written only if `--access-log` asks for it.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Method, Request};
use serde::Serialize;
use tokio::time::Instant;

use crate::audit::{millis, now};
use crate::claimed_user;
use crate::forwarded::ProxyUser;
use crate::json_log::JsonLog;
use crate::request_id::RequestId;
use crate::text_responses;

#[derive(Serialize)]
struct AccessLine<'a> {
    log: &'static str,
    time: String,
    request: &'a RequestId,
    peer: Option<SocketAddr>,
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_user: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    protocol: &'a str,
    /// HTTP status; `None` if the client left before the answer.
    status: Option<u16>,
    /// Bytes of the answer's body, as they were sent.
    bytes: u64,
    /// Time to the head of the answer.
    latency_ms: u64,
    /// Time to the end of the answer.
    duration_ms: u64,
}

/// A request whose line is written when this is dropped.
#[derive(Debug)]
pub struct AccessEntry {
    log: JsonLog,
    request: RequestId,
    peer: Option<SocketAddr>,
    user: Option<String>,
    proxy_user: Option<String>,
    method: Method,
    path: String,
    protocol: String,
    started: Instant,
    latency_ms: Option<u64>,
    status: Option<u16>,
    pub bytes: u64,
}

impl AccessEntry {
    pub fn new(log: &JsonLog, id: &RequestId, peer: Option<SocketAddr>, request: &Request<Body>) -> AccessEntry {
        AccessEntry {
            log: log.clone(),
            request: id.clone(),
            peer,
            user: claimed_user::of_credentials(request.headers()),
            proxy_user: request.extensions().get::<ProxyUser>().map(|user| user.0.clone()),
            method: request.method().clone(),
            path: text_responses::visible(&without_ticket(request.uri().path())),
            protocol: format!("{:?}", request.version()),
            started: Instant::now(),
            latency_ms: None,
            status: None,
            bytes: 0,
        }
    }

    pub fn answered(&mut self, status: u16) {
        (self.status, self.latency_ms) = (Some(status), Some(millis(self.started)));
    }
}

impl Drop for AccessEntry {
    fn drop(&mut self) {
        let duration_ms = millis(self.started);
        self.log.write(&AccessLine {
            log: "access",
            time: now(),
            request: &self.request,
            peer: self.peer,
            user: self.user.as_deref(),
            proxy_user: self.proxy_user.as_deref(),
            method: self.method.as_str(),
            path: &self.path,
            protocol: &self.protocol,
            status: self.status,
            bytes: self.bytes,
            latency_ms: self.latency_ms.unwrap_or(duration_ms),
            duration_ms,
        });
    }
}

/// Replaces the ticket of a path, which is a secret for as long as it is valid.
fn without_ticket(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let at = match parts.as_slice() {
        ["", "download", _, ..] => 2,
        ["", "agent", _, "session", _, ..] => 4,
        _ => return path.to_owned(),
    };
    if let Some(ticket) = parts.get_mut(at) {
        *ticket = "TICKET";
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_are_left_out() {
        for (path, shown) in [
            ("/download/abc", "/download/TICKET"),
            ("/download/abc/state", "/download/TICKET/state"),
            ("/agent/S1/session/abc", "/agent/S1/session/TICKET"),
            ("/agent/S1/session", "/agent/S1/session"),
            ("/download", "/download"),
            ("/api/v1", "/api/v1"),
        ] {
            assert_eq!(without_ticket(path), shown);
        }
    }
}
