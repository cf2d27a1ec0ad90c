//! Answers of the gateway's own: a status and plain words, as Mesos gives them too.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Response, StatusCode};

pub fn plain(status: StatusCode, words: impl Into<String>) -> Response<Body> {
    let mut words = words.into();
    words.push('\n');
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
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
