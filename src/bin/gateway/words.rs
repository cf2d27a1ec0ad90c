//! Answers of the gateway's own: a status and plain words, as Mesos gives them too.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};

/// What became of a call.
pub const OUTCOME: HeaderName = HeaderName::from_static(mesoscope::api::OUTCOME);

pub fn plain(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    let mut words = words.into();
    words.push('\n');
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    // What this gateway refuses itself, it has sent to nobody, unless whoever asks for these words says otherwise.
    if !status.is_success() {
        response.headers_mut().insert(OUTCOME, HeaderValue::from_static(mesoscope::api::OUTCOME_NOT_SENT));
    }
    response
}

/// What lies at the bottom of an error: libraries wrap "connection refused" in layers that tell a reader nothing.
pub fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let words = deepest.to_string();
    // "(os error 111)" is for programmers.
    words.split(" (os error").next().unwrap_or(&words).to_owned()
}
