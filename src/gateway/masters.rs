//! Handles `GET /masters`: the masters, which of them leads, and how each answered last. Calls no master.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use mesoscope_core::mesos::calls::masters;

use crate::state::SharedState;

pub async fn report(State(app): State<SharedState>) -> Response<Body> {
    let mut answer = Response::new(Body::from(masters::reported(&app.masters.report())));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
