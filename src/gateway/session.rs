//! Handles terminals: `POST /agent/<id>/session` returns a ticket, and `GET /agent/<id>/session/<ticket>` opens its WebSocket.
//! Checks and limits them; `session_bridge` runs them.

use std::net::IpAddr;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::header::{AUTHORIZATION, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use mesoscope_core::mesos::calls::terminal::{BadSessionRequest, INPUT_CHUNK, SUBPROTOCOL, SessionRequest};

use crate::access::Refusal;
use crate::audit::AuditCaller;
use crate::loop_detection;
use crate::serve::OpenConnection;
use crate::session_agent::SessionAgent;
use crate::session_audit::TerminalAudit;
use crate::session_bridge::Bridge;
use crate::session_slots::NoSlot;
use crate::state::{Peer, SharedState};
use crate::text_responses::plain;
use crate::tickets::{AnnouncedSession, Ticket};

/// Maximum bytes of a request for a terminal; a command line may have 64 KiB.
const LONGEST: usize = 256 << 10;

/// A terminal that the gateway refuses.
struct RefusedTerminal {
    status: StatusCode,
    words: String,
    /// The words, or shorter ones, in the logs.
    reason: String,
}

/// Returns a ticket for a terminal.
pub async fn announce(
    State(app): State<SharedState>,
    Extension(Peer(peer)): Extension<Peer>,
    caller: AuditCaller,
    Path(agent): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut line = TerminalAudit::new(app.logs.audit.as_ref(), caller, &agent);
    match ticket(&app, peer.ip().to_canonical(), agent, &headers, &body, &mut line) {
        Ok(name) => {
            line.cancel();
            plain(StatusCode::OK, name)
        }
        Err(why) => why.answer(line),
    }
}

fn ticket(
    app: &SharedState,
    from: IpAddr,
    agent: String,
    headers: &HeaderMap,
    body: &[u8],
    line: &mut TerminalAudit,
) -> Result<String, RefusedTerminal> {
    let request = (body.len() <= LONGEST).then(|| SessionRequest::parse(body));
    if let Some(Ok(request)) = &request {
        line.runs(request);
    }
    let permit = app.access.permit_exec()?;
    let too_long = || RefusedTerminal::new(StatusCode::PAYLOAD_TOO_LARGE, "The request for a terminal is too long.");
    let request = request.ok_or_else(too_long)?;
    let request = request.map_err(unreadable)?;
    // The refusal of a WebSocket shows a browser no words.
    drop(app.session_slots.enter(from, headers)?);
    let mut kept = HeaderMap::new();
    kept.extend(headers.get(AUTHORIZATION).map(|value| (AUTHORIZATION, value.clone())));
    loop_detection::copy_marks(headers, &mut kept);
    let subject = AnnouncedSession { agent, request, permit };
    let name = app.session_tickets.keep(Ticket { from, headers: kept, subject });
    name.ok_or_else(|| RefusedTerminal::new(StatusCode::INTERNAL_SERVER_ERROR, "This machine gives no random numbers."))
}

fn unreadable(why: BadSessionRequest) -> RefusedTerminal {
    let refused = RefusedTerminal::new(StatusCode::BAD_REQUEST, format!("Refused: {why}."));
    match why {
        // The parser's words may repeat a part of a command.
        BadSessionRequest::Json(_) => RefusedTerminal { reason: "The request cannot be read.".to_owned(), ..refused },
        BadSessionRequest::Container | BadSessionRequest::Command | BadSessionRequest::User => refused,
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
    let mut line = TerminalAudit::new(app.logs.audit.as_ref(), caller, &agent);
    let allowed = checked(&app, &headers, socket).and_then(|socket| {
        let ticket = spent(&app, &agent, &ticket)?;
        line.has_credentials(&ticket.headers);
        line.runs(&ticket.subject.request);
        let slot = app.session_slots.enter(ticket.from, &ticket.headers)?;
        Ok((socket, ticket, slot))
    });
    let (socket, Ticket { headers, subject, .. }, slot) = match allowed {
        Ok(allowed) => allowed,
        Err(why) => return why.answer(line),
    };
    let AnnouncedSession { agent, request, permit } = subject;
    let agent = SessionAgent { app, id: agent, headers, permit };
    socket
        .protocols([SUBPROTOCOL])
        .max_message_size(2 * INPUT_CHUNK)
        .max_frame_size(2 * INPUT_CHUNK)
        .on_upgrade(async move |socket| {
            Bridge { agent, request, connection, line }.run(socket).await;
            drop(slot);
        })
        .into_response()
}

/// Checks a request for a WebSocket, apart from its ticket.
fn checked(
    app: &SharedState,
    headers: &HeaderMap,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<WebSocketUpgrade, RefusedTerminal> {
    app.access.permit_exec()?;
    let socket = socket.map_err(|why| RefusedTerminal::new(StatusCode::BAD_REQUEST, why.body_text()))?;
    // The guard has compared the Origin, if there is one. Every browser sends it with a WebSocket.
    if !headers.contains_key(ORIGIN) {
        return Err(RefusedTerminal::new(StatusCode::FORBIDDEN, NO_ORIGIN));
    }
    if !offers_protocol(headers) {
        return Err(RefusedTerminal::new(StatusCode::BAD_REQUEST, OTHER_VERSION));
    }
    Ok(socket)
}

/// Takes the ticket of an agent's terminal.
fn spent(app: &SharedState, agent: &str, ticket: &str) -> Result<Ticket<AnnouncedSession>, RefusedTerminal> {
    let announced = app.session_tickets.take(ticket).filter(|ticket| ticket.subject.agent == agent);
    announced.ok_or_else(|| RefusedTerminal::new(StatusCode::NOT_FOUND, SPENT))
}

impl RefusedTerminal {
    fn new(status: StatusCode, words: impl Into<String>) -> RefusedTerminal {
        let words = words.into();
        RefusedTerminal { status, reason: words.clone(), words }
    }

    /// Writes the audit line of the refusal, and returns its answer.
    fn answer(self, line: TerminalAudit) -> Response<Body> {
        tracing::info!(why = %self.reason, "refused");
        line.refused(self.status, self.reason);
        plain(self.status, self.words)
    }
}

impl From<Refusal> for RefusedTerminal {
    fn from(why: Refusal) -> RefusedTerminal {
        RefusedTerminal::new(why.status(), why.to_string())
    }
}

impl From<NoSlot> for RefusedTerminal {
    fn from(why: NoSlot) -> RefusedTerminal {
        RefusedTerminal::new(StatusCode::TOO_MANY_REQUESTS, why.to_string())
    }
}

const NO_ORIGIN: &str = "A terminal is opened by this gateway's page alone: the request has no Origin.";
const SPENT: &str = "This terminal was opened already, or not in time. Open it again.";
const OTHER_VERSION: &str = "The page and the gateway are of different versions. Reload the page.";

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|name| name.trim() == SUBPROTOCOL)
}
