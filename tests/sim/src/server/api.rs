//! `/api/v1` of a master or an agent: the questions that HTTP asks, in Mesos' order, then the call.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::auth;
use super::http::{JSON, Request, Response};
use crate::answer::reply::{Answer, Body, Target};
use crate::pieces::Pieces;

/// Bodies from here on are compressed, if the client takes that.
const GZIP: usize = 1024;

/// What goes back.
#[derive(Debug)]
pub(super) enum Reply {
    Whole(Response),
    /// A body that is made as it is sent.
    Pieces(Pieces),
    /// Pieces that are compressed; the length has to be known before they are sent.
    Compressed(Pieces),
    Stream,
    /// No answer, for ever.
    Nothing,
    /// The beginning of an answer, and the end of the connection.
    Half,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Reply {
        Reply::Whole(response)
    }
}

/// Refuses a request before its call is looked at.
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
        // Compared exactly, so a charset is refused too.
        Some(JSON) => None,
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

/// After a call was found valid, and before it is done, its answer has to be acceptable.
pub(super) fn accepts(request: &Request, target: Target) -> Option<Response> {
    let accept = request.header("Accept").unwrap_or("*/*");
    let json = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if json.clone().any(|kind| matches!(kind, "*/*" | "application/*" | JSON)) {
        return None;
    }
    let why = match target {
        Target::Master => "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
        Target::Agent(_) => {
            "Expecting 'Accept' to allow application/json or application/x-protobuf or application/recordio"
        }
    };
    Some(Response::text(406, why))
}

/// An answer as a response. What is refused is refused, whatever the client accepts.
pub(super) fn reply(request: &Request, target: Target, answer: Answer) -> Reply {
    if answer.status == 200
        && let Some(refusal) = accepts(request, target)
    {
        return refusal.into();
    }
    let gzip = request.header("Accept-Encoding").is_some_and(|encodings| encodings.contains("gzip"));
    match answer.body {
        Body::Stream => Reply::Stream,
        Body::Never => Reply::Nothing,
        Body::Pieces(pieces) if !gzip => Reply::Pieces(pieces),
        Body::Pieces(pieces) => Reply::Compressed(pieces),
        Body::Empty => Response::empty(answer.status).into(),
        Body::Text(text) => compress_body(Response::text(answer.status, text), gzip).into(),
        Body::Json(body) => {
            compress_body(Response { content_type: Some(JSON), body, ..Response::empty(answer.status) }, gzip).into()
        }
    }
}

fn compress_body(mut response: Response, gzip: bool) -> Response {
    if gzip && response.body.len() >= GZIP {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory does not fail; if it did, the plain body is right as well.
        if encoder.write_all(&response.body).is_ok()
            && let Ok(body) = encoder.finish()
        {
            (response.body, response.gzip) = (body, true);
        }
    }
    response
}

/// Compresses while it is made, so that the plain text of a large state is never held.
pub(super) fn compressed(mut pieces: Pieces) -> Response {
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
    Response { content_type: Some(JSON), gzip: !small, body, ..Response::empty(200) }
}
