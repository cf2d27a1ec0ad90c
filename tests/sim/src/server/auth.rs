//! Who is let in, as with `--authenticate_http_readwrite` and one entry in `--http_credentials`; a bearer token may be another way.
//! The answers are recorded ones; who may see what is not asked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::http::{Request, Response};
use crate::answer::reply::Target;

/// What opens the door. Where there is neither, everybody comes in.
#[derive(Clone, Debug, Default)]
pub(super) struct Authenticator {
    /// `user:password`.
    pub(super) credentials: Option<String>,
    pub(super) token: Option<String>,
    /// `user:password` of one who comes in, and may do nothing.
    pub(super) guest: Option<String>,
}

impl Authenticator {
    /// Refuses who does not say who they are, or says it wrongly.
    pub(super) fn refuse(&self, request: &Request, target: Target) -> Option<Response> {
        let open = self.guest.is_none() && self.credentials.is_none() && self.token.is_none();
        let said = request.header("Authorization").unwrap_or_default();
        let known = self.is_guest(request)
            || self.credentials.as_deref().is_some_and(|expected| basic(said).as_deref() == Some(expected))
            || self.token.as_deref().is_some_and(|expected| said.strip_prefix("Bearer ") == Some(expected));
        (!open && !known).then(|| self.challenge(target))
    }

    /// Whether it is the one who may do nothing.
    pub(super) fn is_guest(&self, request: &Request) -> bool {
        let said = request.header("Authorization").unwrap_or_default();
        self.guest.as_deref().is_some_and(|expected| basic(said).as_deref() == Some(expected))
    }

    fn challenge(&self, target: Target) -> Response {
        let realm = realm(target);
        let basic = self.credentials.as_ref().or(self.guest.as_ref()).map(|_| format!("Basic realm=\"{realm}\""));
        let bearer = self.token.as_ref().map(|_| format!("Bearer realm=\"{realm}\""));
        let challenges: Vec<String> = basic.into_iter().chain(bearer).collect();
        unauthorized(challenges.join(","))
    }
}

/// 401, with a challenge.
pub(super) fn unauthorized(challenge: String) -> Response {
    Response::text(401, "401 Unauthorized.").with("WWW-Authenticate", challenge)
}

pub(super) fn realm(target: Target) -> &'static str {
    if target == Target::Master { "mesos-master-readwrite" } else { "mesos-agent-readwrite" }
}

/// `user:password`. The scheme's case counts, and a second colon is one too many (recorded/auth).
fn basic(said: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(said.strip_prefix("Basic ")?).ok()?).ok()?;
    (pair.matches(':').count() == 1).then_some(pair)
}
