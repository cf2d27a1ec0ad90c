//! Forwards `POST /api/v1` to the leading master and `POST /agent/<agent id>/api/v1` to that agent. Passes on a short list of
//! headers both ways, and streams answers. Does not parse answers.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue,
    LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{Request, Response, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Incoming};
use tokio::time::Instant;
use tower::BoxError;

use crate::access::PermittedCall;
use crate::agent_cache::AgentAddress;
use crate::agents::NoAgent;
use crate::audit::{self, AuditCaller, CallTarget, PendingWrite};
use crate::compress::compress;
use crate::encoding::{Accepted, Coding};
use crate::leader::NoLeader;
use crate::loop_detection;
use crate::master_url::MasterUrl;
use crate::state::{AgentFront, Peer, SharedState};
use crate::text_responses::{self, MASTER, OUTCOME, plain};
use crate::upstream::{UpstreamCall, UpstreamError};

/// Header that turns off response buffering in nginx and other proxies, so that streams arrive without delay.
pub const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// `Cache-Control` value of streams: proxies must not cache or transform them.
pub const NO_TRANSFORM: &str = "no-store, no-transform";

/// The answer to a repeated write.
const REPEATED: &str = "The connection broke, and the browser sent the call again. It was forwarded once; whether it was done is not known.";

pub async fn master(
    State(app): State<SharedState>,
    Extension(peer): Extension<Peer>,
    caller: AuditCaller,
    request: Request<Body>,
) -> Response<Body> {
    let (ask, accepted, mut pending) = match admit_request(&app, caller, CallTarget::Master, request).await {
        Ok(taken) => taken,
        Err(refusal) => return refusal,
    };
    pending.sending();
    let answer = match app.masters.call(&ask).await {
        Ok(found) => compressed(&app, peer, &accepted, by_master(&found.master, forwarded(found.answer))),
        Err(why) => not_answered(&why),
    };
    pending.answered(&answer);
    answer
}

/// Names the master that answered.
pub fn by_master(master: &MasterUrl, mut answer: Response<Body>) -> Response<Body> {
    let who = HeaderValue::from_str(&master.to_string());
    answer.headers_mut().extend(who.ok().map(|who| (MASTER, who)));
    answer
}

/// Builds an answer for a call that no leading master answered.
pub fn not_answered(why: &NoLeader) -> Response<Body> {
    if why.is_perhaps_done() {
        return unknown_outcome(why.status(), why.to_string());
    }
    let mut answer = plain(why.status(), why.to_string());
    if why.is_masters_own() {
        answer.headers_mut().remove(OUTCOME);
    }
    answer
}

pub async fn agent(
    State(app): State<SharedState>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
    caller: AuditCaller,
    request: Request<Body>,
) -> Response<Body> {
    let (ask, accepted, mut pending) = match admit_request(&app, caller, audit::agent(&id), request).await {
        Ok(taken) => taken,
        Err(refusal) => return refusal,
    };
    pending.sending();
    let answer = match call_agent(&app, &id, &ask).await {
        Ok(answer) => compressed(&app, peer, &accepted, forwarded(answer)),
        Err(failure) => failure.answer(),
    };
    pending.answered(&answer);
    answer
}

pub async fn only_post() -> Response<Body> {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "Calls are sent with POST.");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    answer
}

#[derive(Debug, thiserror::Error)]
pub enum AgentCallError {
    #[error(transparent)]
    NoAgent(#[from] NoAgent),
    #[error("The agent at {0} {1}.")]
    Failed(String, UpstreamError),
    #[error("The agent could not be reached.\n{}", .0.join("\n"))]
    Unreachable(Vec<String>),
    #[error("The agent could not be reached.\n{}", .0.join("\n"))]
    Loop(Vec<String>),
    #[error("The agent gave no address that can be used.")]
    NoAddress,
}

impl AgentCallError {
    fn answer(self) -> Response<Body> {
        let words = self.to_string();
        if let AgentCallError::Failed(..) = self {
            return unknown_outcome(StatusCode::BAD_GATEWAY, words);
        }
        match self {
            AgentCallError::NoAgent(NoAgent::Unknown(_)) => plain(StatusCode::NOT_FOUND, words),
            AgentCallError::NoAgent(NoAgent::NoLeader(no_leader)) => plain(no_leader.status(), words),
            AgentCallError::NoAgent(NoAgent::Refused(answer)) => forwarded(*answer),
            AgentCallError::NoAgent(NoAgent::Busy) => plain(StatusCode::SERVICE_UNAVAILABLE, words),
            AgentCallError::Loop(_) => plain(StatusCode::LOOP_DETECTED, words),
            AgentCallError::NoAgent(NoAgent::Unreadable(_))
            | AgentCallError::Failed(..)
            | AgentCallError::Unreachable(_)
            | AgentCallError::NoAddress => plain(StatusCode::BAD_GATEWAY, words),
        }
    }
}

/// Builds an answer for a call that may or may not have reached its target. The caller must check the result.
pub fn unknown_outcome(status: StatusCode, words: String) -> Response<Body> {
    with_outcome(mesoscope_core::mesos::calls::OUTCOME_UNKNOWN, plain(status, words))
}

fn with_outcome(outcome: &'static str, mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(OUTCOME, HeaderValue::from_static(outcome));
    answer
}

/// Sends a call to an agent. If the known address is unreachable, looks up the agent again and retries at its new address.
pub async fn call_agent(app: &SharedState, id: &str, ask: &UpstreamCall) -> Result<Response<Incoming>, AgentCallError> {
    if let Some(front) = &app.agent_front {
        return call_front(app, front, id, ask).await;
    }
    let come = Instant::now();
    let home = app.agents.find(id, &ask.headers, come).await?;
    match try_addresses(app, id, &home, ask).await {
        Err(AgentCallError::Unreachable(tried)) if home.reading.started < come => {
            let now = app.agents.find_replaced(id, &ask.headers, come).await?;
            if now.address == home.address {
                return Err(AgentCallError::Unreachable(tried));
            }
            try_addresses(app, id, &now, ask).await
        }
        other => other,
    }
}

/// Sends a call to an agent through the URL of `--agents`.
async fn call_front(
    app: &SharedState,
    front: &AgentFront,
    id: &str,
    ask: &UpstreamCall,
) -> Result<Response<Incoming>, AgentCallError> {
    let unknown = || AgentCallError::NoAgent(NoAgent::Unknown(text_responses::visible(id)));
    let url = front.url.api(id).ok_or_else(unknown)?;
    let at = url.authority().map(ToString::to_string).unwrap_or_default();
    match front.client.post(url, ask).await {
        Ok(answer) if answer.status() == StatusCode::LOOP_DETECTED => {
            Err(AgentCallError::Loop(vec![format!("{at} leads back to this gateway")]))
        }
        Ok(answer) => Ok(answer),
        Err(error) => {
            app.metrics.upstream_failed("agent", error.reason());
            Err(match error {
                UpstreamError::Broken(_) => AgentCallError::Failed(at, error),
                UpstreamError::Unreachable(_) | UpstreamError::AddressNotAllowed(_) => {
                    AgentCallError::Unreachable(vec![format!("{at} {error}")])
                }
            })
        }
    }
}

async fn try_addresses(
    app: &SharedState,
    id: &str,
    home: &AgentAddress,
    ask: &UpstreamCall,
) -> Result<Response<Incoming>, AgentCallError> {
    let scheme = app.agent_scheme.map_or(&*home.reading.scheme, |scheme| scheme.name());
    let (mut tried, mut loops) = (Vec::new(), false);
    for url in home.urls(scheme) {
        let at = url.authority().map(ToString::to_string).unwrap_or_default();
        let answered = app.to_agents(home.reading.is_near).post(url, ask).await;
        if let Err(error) = &answered {
            app.metrics.upstream_failed("agent", error.reason());
        }
        match answered {
            Ok(answer) if answer.status() == StatusCode::LOOP_DETECTED => {
                loops = true;
                tried.push(format!("{at} leads back to this gateway"));
            }
            Ok(answer) => {
                app.agents.worked(id, home, &at);
                return Ok(answer);
            }
            Err(error @ (UpstreamError::Unreachable(_) | UpstreamError::AddressNotAllowed(_))) => {
                tried.push(format!("{at} {error}"))
            }
            Err(error @ UpstreamError::Broken(_)) => return Err(AgentCallError::Failed(at, error)),
        }
    }
    Err(match tried.is_empty() {
        true => AgentCallError::NoAddress,
        false if loops => AgentCallError::Loop(tried),
        false => AgentCallError::Unreachable(tried),
    })
}

/// Returns the call to forward, with its allowed headers, the encodings that the client accepts, and the audit line that is due.
/// Fails with a refusal if the call is not allowed.
async fn admit_request(
    app: &SharedState,
    caller: AuditCaller,
    to: CallTarget,
    request: Request<Body>,
) -> Result<(UpstreamCall, Accepted, PendingWrite), Response<Body>> {
    let (parts, body) = request.into_parts();
    let accepted = Accepted::of(&parts.headers);
    // `receive` has already read the body within its limits.
    let broken = |_| plain(StatusCode::BAD_REQUEST, "The call broke off.");
    let body = body.collect().await.map_err(broken)?.to_bytes();
    let pending = |body: &[u8]| PendingWrite::new(app.logs.audit.as_ref(), caller, to, body);
    let (call, pending) = match app.access.admit(&parts.headers, body.clone()) {
        Ok(call) if call.reads() => (call, PendingWrite::none()),
        Ok(call) => (call, pending(&body)),
        Err(refusal) => {
            tracing::info!(%refusal, "refused");
            let answer = plain(refusal.status(), refusal.to_string());
            pending(&body).answered(&answer);
            return Err(answer);
        }
    };
    let pending = refuse_repeated(app, &call, &parts.headers, pending).map_err(|answer| *answer)?;
    let mut headers = app.access.headers(&parts.headers);
    loop_detection::copy_marks(&parts.headers, &mut headers);
    // Mesos supports only gzip; a gzipped answer is forwarded unchanged.
    if accepted.takes(Coding::Gzip) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok((UpstreamCall { headers, call }, accepted, pending))
}

/// Answers a write that was forwarded already.
pub fn refuse_repeated(
    app: &SharedState,
    call: &PermittedCall,
    headers: &HeaderMap,
    pending: PendingWrite,
) -> Result<PendingWrite, Box<Response<Body>>> {
    if call.reads() || !app.sent_writes.is_repeated(headers) {
        return Ok(pending);
    }
    tracing::info!("refused a write that the browser sent again");
    let answer = unknown_outcome(StatusCode::BAD_GATEWAY, REPEATED.to_owned());
    pending.answered(&answer);
    Err(Box::new(answer))
}

/// Passes an answer on, with a short list of its headers.
pub fn forwarded<B>(answer: Response<B>) -> Response<Body>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let (parts, body) = answer.into_parts();
    // An unfollowed redirect would lead the browser past this gateway.
    if parts.status.is_redirection() {
        let host = parts
            .headers
            .get(LOCATION)
            .and_then(|place| place.to_str().ok()?.parse::<Uri>().ok()?.host().map(str::to_owned));
        let to = host.map_or_else(String::new, |host| format!(" to {host}"));
        let words = format!("The answer was a redirect ({}){to}.", parts.status);
        return with_outcome(mesoscope_core::mesos::calls::OUTCOME_REDIRECT, plain(StatusCode::BAD_GATEWAY, words));
    }
    let size = body.size_hint().exact();
    let mut passed = Response::new(Body::new(body));
    *passed.status_mut() = parts.status;
    let headers = passed.headers_mut();
    // The page compares the master's `Date` with the browser's clock.
    for name in [CONTENT_TYPE, CONTENT_ENCODING, DATE, RETRY_AFTER] {
        headers.extend(parts.headers.get(&name).map(|value| (name, value.clone())));
    }
    let is_stream = size.is_none();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if is_stream { NO_TRANSFORM } else { "no-store" }));
    if is_stream {
        headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    }
    if parts.headers.contains_key(WWW_AUTHENTICATE) {
        headers.insert(WWW_AUTHENTICATE, challenge(&parts.headers));
    }
    passed
}

/// Returns a challenge that opens no browser pop-up, because browsers ignore unknown schemes. Keeps the realm, which shows whether
/// a master or an agent refused.
fn challenge(headers: &HeaderMap) -> HeaderValue {
    let theirs = headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let realm = theirs.split_once("realm=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("mesos");
    let ours = HeaderValue::from_str(&format!("Mesoscope realm=\"{realm}\""));
    ours.unwrap_or(HeaderValue::from_static("Mesoscope realm=\"mesos\""))
}

/// Compresses a stream to a browser on another machine.
pub fn compressed(app: &SharedState, peer: Peer, accepted: &Accepted, answer: Response<Body>) -> Response<Body> {
    match app.compress.coding(accepted, peer.is_near()) {
        Some(coding) => compress(answer, coding, &app.metrics.compression),
        None => answer,
    }
}
