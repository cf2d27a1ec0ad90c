//! Handles terminals: `POST /agent/<id>/session` returns a ticket, and `GET /agent/<id>/session/<ticket>` opens its WebSocket.
//! Checks and limits them; `session_bridge` runs them.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::header::{AUTHORIZATION, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use mesoscope_core::mesos::calls::terminal::{INPUT_CHUNK, SUBPROTOCOL, SessionRequest};

use crate::access::Refusal;
use crate::audit::AuditCaller;
use crate::loop_detection;
use crate::serve::OpenConnection;
use crate::session_agent::SessionAgent;
use crate::session_bridge::Bridge;
use crate::state::{Peer, SharedState};
use crate::text_responses::plain;
use crate::tickets::{AnnouncedSession, Ticket};

/// Maximum bytes of a request for a terminal; a command line may have 64 KiB.
const LONGEST: usize = 256 << 10;

pub async fn announce(
    State(app): State<SharedState>,
    Extension(Peer(peer)): Extension<Peer>,
    Path(agent): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let permit = match app.access.permit_exec() {
        Ok(permit) => permit,
        Err(why) => return refused(&why),
    };
    if body.len() > LONGEST {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request for a terminal is too long.");
    }
    let request = match SessionRequest::parse(&body) {
        Ok(request) => request,
        Err(why) => return plain(StatusCode::BAD_REQUEST, format!("Refused: {why}.")),
    };
    // The refusal of a WebSocket shows a browser no words.
    if let Err(why) = app.session_slots.enter(peer.ip().to_canonical(), &headers) {
        return plain(StatusCode::TOO_MANY_REQUESTS, why.to_string());
    }
    let mut kept = HeaderMap::new();
    kept.extend(headers.get(AUTHORIZATION).map(|value| (AUTHORIZATION, value.clone())));
    loop_detection::copy_marks(&headers, &mut kept);
    let subject = AnnouncedSession { agent, request, permit };
    match app.session_tickets.keep(Ticket { from: peer.ip().to_canonical(), headers: kept, subject }) {
        Some(name) => plain(StatusCode::OK, name),
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "This machine gives no random numbers."),
    }
}

/// Opens the WebSocket of a terminal and spends its ticket. Everything is checked before the upgrade.
pub async fn open(
    State(app): State<SharedState>,
    Extension(connection): Extension<OpenConnection>,
    caller: AuditCaller,
    Path((agent, ticket)): Path<(String, String)>,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response<Body> {
    if let Err(why) = app.access.permit_exec() {
        return refused(&why);
    }
    let socket = match socket {
        Ok(socket) => socket,
        Err(why) => return plain(StatusCode::BAD_REQUEST, why.body_text()),
    };
    // The guard has compared the Origin, if there is one. Every browser sends it with a WebSocket.
    if !headers.contains_key(ORIGIN) {
        return plain(
            StatusCode::FORBIDDEN,
            "A terminal is opened by this gateway's page alone: the request has no Origin.",
        );
    }
    if !offers_protocol(&headers) {
        return plain(StatusCode::BAD_REQUEST, OTHER_VERSION);
    }
    let announced = app.session_tickets.take(&ticket).filter(|ticket| ticket.subject.agent == agent);
    let Some(Ticket { from, headers, subject }) = announced else { return plain(StatusCode::NOT_FOUND, SPENT) };
    let slot = match app.session_slots.enter(from, &headers) {
        Ok(slot) => slot,
        Err(why) => return plain(StatusCode::TOO_MANY_REQUESTS, why.to_string()),
    };
    let caller = caller.with_credentials(&headers);
    let AnnouncedSession { agent, request, permit } = subject;
    let agent = SessionAgent { app, id: agent, headers, permit };
    socket
        .protocols([SUBPROTOCOL])
        .max_message_size(2 * INPUT_CHUNK)
        .max_frame_size(2 * INPUT_CHUNK)
        .on_upgrade(async move |socket| {
            Bridge { agent, request, connection, caller }.run(socket).await;
            drop(slot);
        })
        .into_response()
}

const SPENT: &str = "This terminal was opened already, or not in time. Open it again.";
const OTHER_VERSION: &str = "The page and the gateway are of different versions. Reload the page.";

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|name| name.trim() == SUBPROTOCOL)
}

fn refused(why: &Refusal) -> Response<Body> {
    tracing::info!(%why, "refused");
    plain(why.status(), why.to_string())
}
