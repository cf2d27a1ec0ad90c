//! `/api/v1` of a master or an agent: HTTP checks in Mesos' order, then the call.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::auth;
use super::http::{JSON, RECORDIO, Request, Response};
use super::shared::Subscription;
use crate::answer::reply::{Answer, Body, Target};
use crate::containers::{Followed, Following};
use crate::pieces::Pieces;
use crate::protobuf::{self, Encoding};

/// Minimum body size in bytes for compression, if the client accepts it.
const GZIP: usize = 1024;

/// Reply to a request.
#[derive(Debug)]
pub(super) enum Reply {
    Whole(Response),
    /// A body that is generated while it is sent.
    Pieces(Pieces),
    /// Compressed pieces; their length must be known before sending.
    Compressed(Pieces),
    Stream(Encoding),
    /// Stream of the scheduler API: number, id and subscription.
    Scheduler(u64, String, Subscription),
    /// Output or end of a container, and whether the output is requested as RecordIO.
    Following(Following, bool),
    /// No reply, ever.
    Nothing,
    /// The beginning of a reply, then the end of the connection.
    Half,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Reply {
        Reply::Whole(response)
    }
}

/// Checks a request before its call is parsed; returns a refusal.
pub(super) fn refuse(request: &Request, target: Target, status: Option<u16>) -> Option<Response> {
    if let Some(status) = status {
        return Some(failed(status, target));
    }
    if request.method != "POST" {
        let method = &request.method;
        let why = format!("405 Method Not Allowed. Expecting one of {{ 'POST' }}, but received '{method}'.");
        return Some(Response::text(405, why).with("Allow", "POST"));
    }
    let kinds = match target {
        Target::Master => "application/json or application/x-protobuf",
        Target::Agent(_) => "application/json or application/x-protobuf or application/recordio",
    };
    match request.header("Content-Type") {
        None => Some(Response::text(400, "Expecting 'Content-Type' to be present")),
        // Mesos compares exactly, so it refuses a charset parameter too.
        Some(JSON) => None,
        Some(RECORDIO) if request.is_stream && matches!(target, Target::Agent(_)) => None,
        Some(_) => Some(Response::text(415, format!("Expecting 'Content-Type' of {kinds}"))),
    }
}

fn failed(status: u16, target: Target) -> Response {
    match status {
        401 => auth::unauthorized(format!("Basic realm=\"{}\"", auth::realm(target))),
        403 => Response::text(403, "403 Forbidden."),
        503 => Response::text(503, "Master has not finished recovery"),
        other => Response::text(other, format!("{other}")),
    }
}

/// Whether the Accept header allows JSON.
pub(super) fn accepts_json(request: &Request) -> bool {
    let accept = request.header("Accept").unwrap_or("*/*");
    let mut kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| matches!(kind, "*/*" | "application/*" | JSON))
}

/// The encoding of the answer: JSON unless only protobuf is accepted. The simulated agents speak JSON alone.
fn encoding(request: &Request, target: Target) -> Option<Encoding> {
    let accepts_protobuf = request.header("Accept") == Some(Encoding::Protobuf.content_type());
    match (accepts_json(request), target) {
        (true, _) => Some(Encoding::Json),
        (false, Target::Master) if accepts_protobuf => Some(Encoding::Protobuf),
        (false, _) => None,
    }
}

/// Checks the Accept header after the call was validated and before it is executed; returns a refusal.
pub(super) fn accepts(request: &Request, target: Target) -> Option<Response> {
    encoding(request, target).is_none().then(|| not_acceptable(target))
}

fn not_acceptable(target: Target) -> Response {
    let why = match target {
        Target::Master => "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
        Target::Agent(_) => {
            "Expecting 'Accept' to allow application/json or application/x-protobuf or application/recordio"
        }
    };
    Response::text(406, why)
}

/// Converts an answer to a response. A refusal is sent whatever the client accepts.
pub(super) fn reply(request: &Request, target: Target, answer: Answer) -> Reply {
    let is_recordio = request.header("Accept") == Some(RECORDIO);
    if let Body::Following(following @ Following { what: Followed::Output { .. }, .. }) = &answer.body
        && is_recordio
    {
        return Reply::Following(following.clone(), true);
    }
    if answer.status == 200
        && let Some(refusal) = accepts(request, target)
    {
        return refusal.into();
    }
    let gzip = request.header("Accept-Encoding").is_some_and(|encodings| encodings.contains("gzip"));
    let encoding = encoding(request, target).unwrap_or(Encoding::Json);
    let body = match answer.body {
        Body::Pieces(pieces) if encoding == Encoding::Protobuf => Body::Pieces(pieces.in_protobuf()),
        Body::Json(json) if encoding == Encoding::Protobuf => Body::Json(protobuf::message("master.Response", &json)),
        body => body,
    };
    match body {
        Body::Stream => Reply::Stream(encoding),
        Body::Never => Reply::Nothing,
        Body::Following(following) => Reply::Following(following, false),
        Body::Pieces(pieces) if !gzip => Reply::Pieces(pieces),
        Body::Pieces(pieces) => Reply::Compressed(pieces),
        Body::Empty => Response::empty(answer.status).into(),
        Body::Text(text) => compress_body(Response::text(answer.status, text), gzip).into(),
        Body::Json(body) => {
            let content_type = Some(encoding.content_type());
            compress_body(Response { content_type, body, ..Response::empty(answer.status) }, gzip).into()
        }
    }
}

fn compress_body(mut response: Response, gzip: bool) -> Response {
    if gzip && response.body.len() >= GZIP {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory does not fail; otherwise the plain body is correct too.
        if encoder.write_all(&response.body).is_ok()
            && let Ok(body) = encoder.finish()
        {
            (response.body, response.gzip) = (body, true);
        }
    }
    response
}

/// Compresses while generating, so that the plain text of a large state is never held.
pub(super) fn compressed(mut pieces: Pieces) -> Response {
    let content_type = Some(pieces.encoding().content_type());
    let small = pieces.length() < GZIP as u64;
    let mut encoder = GzEncoder::new(Vec::new(), if small { Compression::none() } else { Compression::fast() });
    let mut plain = Vec::new();
    let mut whole = Vec::new();
    loop {
        let more = pieces.fill(&mut plain, 64 << 10);
        match small {
            true => whole.append(&mut plain),
            // Writing to memory does not fail.
            false => drop(encoder.write_all(&plain)),
        }
        plain.clear();
        if !more {
            break;
        }
    }
    let body = if small { whole } else { encoder.finish().unwrap_or_default() };
    Response { content_type, gzip: !small, body, ..Response::empty(200) }
}
