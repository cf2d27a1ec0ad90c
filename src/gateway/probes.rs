//! Handles `GET /metrics` and `GET /readyz`, for monitoring.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::http::{Response, StatusCode};

use crate::state::SharedState;
use crate::text_responses::plain;

const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

pub async fn metrics(State(app): State<SharedState>) -> Response<Body> {
    let Some(text) = app.metrics.text() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "The metrics cannot be printed.");
    };
    let mut answer = Response::new(Body::from(text));
    answer.headers_mut().insert(CONTENT_TYPE, OPEN_METRICS);
    not_stored(answer)
}

pub async fn ready(State(app): State<SharedState>) -> Response<Body> {
    not_stored(match app.readiness.check(&app.masters).await {
        Ok(words) => plain(StatusCode::OK, words),
        Err(words) => plain(StatusCode::SERVICE_UNAVAILABLE, words),
    })
}

fn not_stored(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
