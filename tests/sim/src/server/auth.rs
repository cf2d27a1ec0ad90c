//! Authentication, as with `--authenticate_http_readwrite` and one entry in `--http_credentials`, optionally with a bearer token.
//!
//! Responses are the recorded ones. Does no authorization.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::http::{Request, Response};
use crate::answer::reply::Target;

const SCHEDULER_REALM: &str = "mesos-master-scheduler";

/// Accepted credentials; without any, every request is accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Authenticator {
    /// `user:password`.
    pub(super) credentials: Option<String>,
    pub(super) token: Option<String>,
    /// `user:password` of a user without any permission.
    pub(super) guest: Option<String>,
}

impl Authenticator {
    /// Refuses a request with missing or wrong credentials.
    pub(super) fn refuse(&self, request: &Request, target: Target) -> Option<Response> {
        let open = self.guest.is_none() && self.credentials.is_none() && self.token.is_none();
        let said = request.header("Authorization").unwrap_or_default();
        let known = self.is_guest(request)
            || self.credentials.as_deref().is_some_and(|expected| basic(said).as_deref() == Some(expected))
            || self.token.as_deref().is_some_and(|expected| said.strip_prefix("Bearer ") == Some(expected));
        (!open && !known).then(|| self.challenge(if is_scheduler(request) { SCHEDULER_REALM } else { realm(target) }))
    }

    /// Whether the request is from the user without any permission.
    pub(super) fn is_guest(&self, request: &Request) -> bool {
        let said = request.header("Authorization").unwrap_or_default();
        self.guest.as_deref().is_some_and(|expected| basic(said).as_deref() == Some(expected))
    }

    /// Name of the authenticated user.
    pub(super) fn principal(&self, request: &Request) -> Option<String> {
        let said = request.header("Authorization")?;
        (self.credentials.is_some() || self.guest.is_some())
            .then(|| basic(said))
            .flatten()?
            .split(':')
            .next()
            .map(str::to_owned)
    }

    fn challenge(&self, realm: &str) -> Response {
        let basic = self.credentials.as_ref().or(self.guest.as_ref()).map(|_| format!("Basic realm=\"{realm}\""));
        let bearer = self.token.as_ref().map(|_| format!("Bearer realm=\"{realm}\""));
        let challenges: Vec<String> = basic.into_iter().chain(bearer).collect();
        unauthorized(challenges.join(","))
    }
}

/// 401 with a challenge.
pub(super) fn unauthorized(challenge: String) -> Response {
    Response::text(401, "401 Unauthorized.").with("WWW-Authenticate", challenge)
}

/// Whether the request is one of the scheduler API, which has a realm of its own (`--authenticate_http_frameworks`).
fn is_scheduler(request: &Request) -> bool {
    request.path.trim_end_matches('/').ends_with("/api/v1/scheduler")
}

pub(super) fn realm(target: Target) -> &'static str {
    if target == Target::Master { "mesos-master-readwrite" } else { "mesos-agent-readwrite" }
}

/// Decodes `user:password`. The scheme is case-sensitive, and a second colon is an error (recorded/auth).
fn basic(said: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(said.strip_prefix("Basic ")?).ok()?).ok()?;
    (pair.matches(':').count() == 1).then_some(pair)
}
