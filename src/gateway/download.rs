//! Handles downloads: `POST /download` returns a ticket, and `GET /download/<ticket>` streams a file, or a folder as tar. Reads
//! files in windows with READ_FILE. Holds a few windows at a time, never a whole file.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::http::{Method, Response, StatusCode};
use axum::{Extension, Json};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::files;
use mesoscope_core::mesos::calls::Target;

use crate::archive_names;
use crate::file_source::{FileSource, PathKind};
use crate::pack;
use crate::proxy::{ACCEL_BUFFERING, NO_TRANSFORM};
use crate::state::{Peer, SharedState};
use crate::text_responses::plain;
use crate::tickets::{AnnouncedDownload, Ticket};

/// A requested download. Without an agent, the path is on the master.
#[derive(Debug, serde::Deserialize)]
pub struct DownloadRequest {
    agent: Option<String>,
    path: String,
}

pub async fn announce(
    State(app): State<SharedState>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    Json(DownloadRequest { agent, path }): Json<DownloadRequest>,
) -> Response<Body> {
    if path.len() > LONGEST_PATH {
        return plain(StatusCode::BAD_REQUEST, format!("No file has a path of more than {LONGEST_PATH} bytes."));
    }
    let target = agent.map_or(Target::Master, |id| Target::Agent(AgentId::from(id.as_str())));
    let mut kept = HeaderMap::new();
    kept.extend(headers.get(AUTHORIZATION).map(|value| (AUTHORIZATION, value.clone())));
    let source = FileSource { app: app.clone(), target, headers: kept };
    // Check access now, while the caller can still show the error.
    if let Err(refusal) = source.kind(&path).await {
        return refusal.answer();
    }
    let FileSource { target, headers, .. } = source;
    let subject = AnnouncedDownload { target, path };
    match app.tickets.keep(Ticket { from: peer.ip().to_canonical(), headers, subject }) {
        Some(name) => plain(StatusCode::OK, name),
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "This machine gives no random numbers."),
    }
}

/// Maximum bytes of a path, since each ticket stores one. Linux allows 4 KiB; the virtual path of a sandbox may be longer.
const LONGEST_PATH: usize = 16 * 1024;

const SPENT: &str = "This download was fetched already, or not in time. Please ask for it again.";

/// Streams a download and spends its ticket. HEAD returns only the headers and keeps the ticket.
pub async fn fetch(State(app): State<SharedState>, method: Method, Path(ticket): Path<String>) -> Response<Body> {
    if method == Method::HEAD {
        return match app.tickets.peek(&ticket, |announced| files::entry::download_name(&announced.path)) {
            Some(name) => attachment(&name, None, Body::empty()),
            None => plain(StatusCode::NOT_FOUND, SPENT),
        };
    }
    let Some(Ticket { headers, subject: AnnouncedDownload { target, path }, .. }) = app.tickets.take(&ticket) else {
        return plain(StatusCode::NOT_FOUND, SPENT);
    };
    let source = FileSource { app: app.clone(), target, headers };
    let name = files::entry::download_name(&path);
    match source.kind(&path).await {
        Ok(PathKind::File(of, size)) => {
            let bytes = app.downloads.begin(&ticket, Some(size), source.file(of, size));
            attachment(&name, Some(size), Body::from_stream(bytes))
        }
        Ok(PathKind::Folder(entries)) => {
            let bytes = app.downloads.begin(&ticket, None, pack::tar(source, &path, &name, entries));
            attachment(&format!("{name}.tar"), None, Body::from_stream(bytes))
        }
        Err(refusal) => refusal.answer(),
    }
}

/// Returns the progress of a download to any client that has its ticket.
pub async fn state(State(app): State<SharedState>, Path(name): Path<String>) -> Response<Body> {
    match app.downloads.reported(&name) {
        Some(progress) => plain(StatusCode::OK, progress.reported()),
        None => plain(StatusCode::NOT_FOUND, "No download of that name was fetched."),
    }
}

/// Stops a download.
pub async fn stop(State(app): State<SharedState>, Path(name): Path<String>) -> Response<Body> {
    let (status, words) = if app.downloads.stop(&name) {
        (StatusCode::OK, "It is stopped.")
    } else {
        (StatusCode::NOT_FOUND, "No download of that name was fetched.")
    };
    plain(status, words)
}

fn attachment(name: &str, size: Option<u64>, bytes: Body) -> Response<Body> {
    let mut answer = Response::new(bytes);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(NO_TRANSFORM));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    headers.extend(size.map(|size| (CONTENT_LENGTH, HeaderValue::from(size))));
    let encoded: String = archive_names::safe(name)
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"));
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    answer
}
