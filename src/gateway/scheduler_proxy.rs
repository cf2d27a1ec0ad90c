//! Forwards `POST /api/v1/scheduler` to the leading master. The answer to SUBSCRIBE is a stream, which is passed on as it comes. Every
//! other answer is short, and is read whole before it is passed on. Parses neither calls nor events.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use mesoscope_core::mesos::calls::LONGEST_REFUSAL;
use tokio::time::timeout;

use crate::access::{PermittedCall, STREAM_ID, scheduler_headers};
use crate::audit::{AuditCaller, CallTarget, PendingWrite};
use crate::encoding::Accepted;
use crate::loop_detection;
use crate::proxy::{by_master, compressed, forwarded, not_answered, refuse_repeated, unknown_outcome};
use crate::state::{Peer, SharedState};
use crate::text_responses::plain;
use crate::upstream::UpstreamCall;

/// Maximum bytes of an answer that is no stream: 202 without a body, or a refusal in words.
const LONGEST: usize = LONGEST_REFUSAL as usize;

pub async fn call(
    State(app): State<SharedState>,
    Extension(peer): Extension<Peer>,
    caller: AuditCaller,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let pending = PendingWrite::new(app.logs.audit.as_ref(), caller, CallTarget::Scheduler, &body);
    let call = match app.access.admit_scheduler(body) {
        Ok(call) => call,
        Err(refusal) => {
            tracing::info!(%refusal, "refused");
            let answer = plain(refusal.status(), refusal.to_string());
            pending.answered(&answer);
            return answer;
        }
    };
    match refuse_repeated(&app, &call, &headers, pending) {
        Ok(mut pending) => {
            pending.sending();
            let answer = forward(&app, peer, &headers, call).await;
            pending.answered(&answer);
            answer
        }
        Err(repeated) => *repeated,
    }
}

/// Sends the call to the leading master, and builds the answer.
async fn forward(app: &SharedState, peer: Peer, headers: &HeaderMap, call: PermittedCall) -> Response<Body> {
    let mut forward = scheduler_headers(headers);
    loop_detection::copy_marks(headers, &mut forward);
    let found = match app.masters.call(&UpstreamCall { headers: forward, call }).await {
        Ok(found) => found,
        Err(why) => return not_answered(&why),
    };
    let stream_id = found.answer.headers().get(STREAM_ID).cloned();
    // Mesos refuses SUBSCRIBE with that header, and every other call without it (src/master/http.cpp, Master::Http::scheduler).
    let is_stream = !headers.contains_key(STREAM_ID) && found.answer.status() == StatusCode::OK;
    let mut answer = if is_stream {
        compressed(app, peer, &Accepted::of(headers), forwarded(found.answer))
    } else {
        match timeout(app.masters.patience(), whole(found.answer)).await {
            Ok(Some(answer)) => forwarded(answer),
            Ok(None) | Err(_) => return unknown_outcome(StatusCode::BAD_GATEWAY, BROKEN.to_owned()),
        }
    };
    answer.headers_mut().extend(stream_id.map(|id| (STREAM_ID, id)));
    by_master(&found.master, answer)
}

const BROKEN: &str =
    "The master's answer broke off, or is none of the scheduler API. Whether it carried out the call is not known.";

/// Reads the whole answer. `None` if it breaks off, or is too long.
async fn whole(answer: Response<Incoming>) -> Option<Response<Full<Bytes>>> {
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, LONGEST).collect().await.ok()?.to_bytes();
    Some(Response::from_parts(parts, Full::new(body)))
}
