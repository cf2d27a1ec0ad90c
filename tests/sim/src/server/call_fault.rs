//! Faults of single calls on request.
//!
//! In a write, a text such as `fault-409` triggers the fault by itself, so that failures are reachable by hand: as a role or
//! machine name.

use std::str::FromStr;

use serde_json::Value;

use super::auth;
use super::http::Response;
use crate::answer::reply::Target;

/// Prefix of a text that triggers a fault by itself.
const SENTINEL: &str = "fault-";

/// A call fault: `call/DRAIN_AGENT/503`, `once/WRITES/hang-after`, or `.../TEXT` for calls that contain that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFault {
    /// Type of the call, or `WRITES` for all writes.
    call: String,
    how: CallFailure,
    /// A text in the call, or the last part of an id: `S12`.
    names: Option<String>,
    /// Whether it applies to one call only.
    pub(super) once: bool,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallFailure {
    /// Refused with a status.
    Status(u16),
    /// Never answered: not executed (`hang`), or executed (`hang-after`).
    Hang { done: bool },
    /// Connection closed: before execution (`cut`), or afterwards within the response (`cut-after`).
    Cut { done: bool },
    /// A proxy answers with a web page: `page-403`, or `login` for status 200.
    Page(u16),
    /// A proxy redirects to its sign-on page: `sign-on`.
    SignOn,
    /// Refused in Mesos' words unless forced: `force`.
    Force,
    /// Accepted and not executed: `ignore`.
    Ignore,
    /// Answered by these records of a container's output: `garbage`, `half-record`.
    Output(&'static [u8]),
}

/// One record of output, one that is none, and bytes that are no record.
const GARBAGE: &[u8] =
    b"58\n{\"type\":\"DATA\",\"data\":{\"type\":\"STDOUT\",\"data\":\"b3V0MQo=\"}}2\n[]<html>502 Bad Gateway</html>\n";
/// One record of output, and the beginning of another.
const HALF_RECORD: &[u8] =
    b"58\n{\"type\":\"DATA\",\"data\":{\"type\":\"STDOUT\",\"data\":\"b3V0MQo=\"}}58\n{\"type\":\"DA";

impl CallFailure {
    pub(super) fn is_done(self) -> bool {
        match self {
            CallFailure::Status(_) | CallFailure::Page(_) | CallFailure::SignOn | CallFailure::Force => false,
            CallFailure::Ignore | CallFailure::Output(_) => false,
            CallFailure::Hang { done } | CallFailure::Cut { done } => done,
        }
    }
}

impl FromStr for CallFailure {
    type Err = ();

    fn from_str(name: &str) -> Result<CallFailure, ()> {
        match name {
            "hang" => Ok(CallFailure::Hang { done: false }),
            "hang-after" => Ok(CallFailure::Hang { done: true }),
            "cut" => Ok(CallFailure::Cut { done: false }),
            "cut-after" => Ok(CallFailure::Cut { done: true }),
            "login" => Ok(CallFailure::Page(200)),
            "sign-on" => Ok(CallFailure::SignOn),
            "force" => Ok(CallFailure::Force),
            "ignore" => Ok(CallFailure::Ignore),
            "garbage" => Ok(CallFailure::Output(GARBAGE)),
            "half-record" => Ok(CallFailure::Output(HALF_RECORD)),
            page if page.starts_with("page-") => {
                let code = page.trim_start_matches("page-").parse().ok();
                code.filter(|code| (400..600).contains(code)).map(CallFailure::Page).ok_or(())
            }
            code => code.parse().ok().filter(|code| (400..600).contains(code)).map(CallFailure::Status).ok_or(()),
        }
    }
}

impl FromStr for CallFault {
    type Err = ();

    fn from_str(name: &str) -> Result<CallFault, ()> {
        let (often, name) = name.split_once('/').ok_or(())?;
        let once = match often {
            "call" => false,
            "once" => true,
            _ => return Err(()),
        };
        let mut parts = name.splitn(3, '/');
        let call = parts.next().filter(|call| !call.is_empty()).ok_or(())?.to_owned();
        let how = parts.next().ok_or(())?.parse()?;
        let names = parts.next().map(str::to_owned);
        Ok(CallFault { call, how, names, once })
    }
}

impl CallFault {
    fn is_of(&self, kind: &str, call: &Value) -> bool {
        let named = |text: &str| self.names.as_deref().is_none_or(|name| text == name || is_last_part(text, name));
        let meant = self.call == kind || self.call == "WRITES" && writes(kind);
        meant && (self.names.is_none() || any_text(call, &named))
    }
}

/// Finds the fault that applies to a call, with its index; a text in the call takes precedence.
pub(super) fn trip(trips: &[CallFault], body: &[u8]) -> Option<(Option<usize>, CallFailure)> {
    let call: Value = serde_json::from_slice(body).ok()?;
    let kind = call.get("type")?.as_str()?;
    let forces = ["/update_quota/force", "/set_quota/quota_request/force"];
    let is_forced = forces.iter().any(|force| call.pointer(force) == Some(&Value::Bool(true)));
    found(trips, &call, kind).filter(|(_, how)| !(is_forced && *how == CallFailure::Force))
}

fn found(trips: &[CallFault], call: &Value, kind: &str) -> Option<(Option<usize>, CallFailure)> {
    if writes(kind)
        && let Some(how) = sentinel(call)
    {
        return Some((None, how));
    }
    let place = trips.iter().position(|trip| trip.is_of(kind, call))?;
    Some((Some(place), trips.get(place)?.how))
}

fn sentinel(call: &Value) -> Option<CallFailure> {
    let mut found = None;
    texts(call, &mut |text| found = found.or_else(|| text.strip_prefix(SENTINEL)?.parse().ok()));
    found
}

fn writes(kind: &str) -> bool {
    let reads = kind.starts_with("GET_") || kind.starts_with("WAIT_");
    !reads && !matches!(kind, "LIST_FILES" | "READ_FILE" | "SUBSCRIBE" | "ATTACH_CONTAINER_OUTPUT")
}

fn is_last_part(text: &str, name: &str) -> bool {
    text.strip_suffix(name).is_some_and(|rest| rest.ends_with('-'))
}

fn any_text(value: &Value, is: &impl Fn(&str) -> bool) -> bool {
    let mut any = false;
    texts(value, &mut |text| any |= is(text));
    any
}

/// Visits each string of a JSON value.
fn texts(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Web page of a proxy that requires a sign-in or denies access.
pub(super) fn page(status: u16) -> Response {
    let title = if status == 200 { "Sign in" } else { "Access denied" };
    let body =
        format!("<!doctype html><html><head><title>{title} &amp; more</title><style>.x{{}}</style></head></html>");
    Response { content_type: Some("text/html; charset=utf-8"), body: body.into_bytes(), ..Response::empty(status) }
}

/// Mesos' refusal of a quota that requires force (src/master/quota_handler.cpp).
pub(super) fn by_force() -> Response {
    let words = "Invalid QuotaConfig: total quota guarantees 'cpus:8.001' exceed cluster capacity 'cpus:8' (use 'force' flag to bypass this check)";
    Response::text(400, words)
}

/// Mesos' answer to a write that it accepts: operations on an agent's resources are done later, by the agent.
pub(super) fn accepted(body: &[u8]) -> Response {
    let call: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = call.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_later = kind.ends_with("SERVE_RESOURCES") || kind.contains("_VOLUME");
    Response::empty(if is_later { 202 } else { 200 })
}

/// An answer with these bytes as a container's output.
pub(super) fn output(bytes: &[u8]) -> Response {
    Response { content_type: Some("application/json"), body: bytes.to_vec(), ..Response::empty(200) }
}

/// Refusal with that status, in Mesos' words if it has any (PROTOCOL.md, "Refusals").
pub(super) fn refusal(status: u16, body: &[u8], target: Target) -> Response {
    let call: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = call.get("type").and_then(Value::as_str).unwrap_or_default();
    let id = call.pointer("/mark_agent_gone/agent_id/value").and_then(Value::as_str).unwrap_or_default();
    let words = match (status, kind) {
        (401, _) => return auth::unauthorized(format!("Basic realm=\"{}\"", auth::realm(target))),
        (403, _) => "403 Forbidden.".to_owned(),
        (404, "MARK_AGENT_GONE") => format!("Agent '{id}' not found"),
        (404, _) => "404 Not Found.".to_owned(),
        (409, "DRAIN_AGENT") => "Agent is currently being marked gone".to_owned(),
        (409, "REACTIVATE_AGENT") => "Agent removed while processing the call".to_owned(),
        (503, "MARK_AGENT_GONE") => format!("Agent '{id}' is already being transitioned to gone"),
        (503, _) if target == Target::Master => "Master has not finished recovery".to_owned(),
        (503, _) => "Agent has not finished recovery".to_owned(),
        (other, _) => format!("{other}"),
    };
    Response::text(status, words)
}
