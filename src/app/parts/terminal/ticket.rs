//! Asks the gateway for the ticket of a terminal, with the user's credentials: a WebSocket cannot carry them.

use gloo_net::http::Request;
use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::terminal::{SessionRequest, session_url};
use mesoscope_core::mesos::calls::{self, answer};
use mesoscope_core::text::connection::SESSION_EXPIRED;
use mesoscope_core::text::terminal::TerminalEnd;
use web_sys::RequestRedirect;

use crate::api_client::ApiError;
use crate::worker_link::{WorkerLink, base_url};

/// Returns the ticket, or why there is none.
pub(super) async fn ticket(link: WorkerLink, agent: &AgentId, request: &SessionRequest) -> Result<String, TerminalEnd> {
    let refused = |status, words: String| TerminalEnd::Refused { status, words };
    let broken = |why: ApiError| refused(0, why.to_string());
    let post = Request::post(&session_url(&base_url(), agent)).header("Content-Type", calls::CONTENT_TYPE);
    let post = match link.identity.get_untracked() {
        Some(who) => post.header("Authorization", who.authorization.reveal()),
        None => post,
    };
    let post = post.redirect(RequestRedirect::Manual).body(request.json());
    let response = post.map_err(|_| broken(ApiError::NoConnection))?.send().await;
    let response = response.map_err(|_| broken(ApiError::NoConnection))?;
    let is_ours = response.headers().has(calls::GATEWAY_HEADER);
    let kind = response.headers().get("content-type");
    let body = response.binary().await.map_err(|_| broken(ApiError::BrokenOff))?;
    match response.status() {
        200 if is_ours => Ok(String::from_utf8_lossy(&body).trim().to_owned()),
        // A login page, or a redirect to one.
        0 | 200 => Err(refused(0, SESSION_EXPIRED.to_owned())),
        404 | 405 if !is_ours => Err(TerminalEnd::NoGateway),
        status => Err(refused(status, answer::refusal_text(status, kind.as_deref(), &body))),
    }
}
