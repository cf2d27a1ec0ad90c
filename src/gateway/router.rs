//! The routes and the middleware that they share. Makes no decisions itself.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{any, get, post};

use crate::state::SharedState;
use crate::{
    behind_proxy, download, masters, observe, probes, proxy, receive, scheduler_proxy, security, session, static_files,
    text_responses,
};

pub fn router(app: SharedState) -> Router {
    // A path of the proxy must be taken off before the routes are compared.
    let honour = middleware::from_fn_with_state(app.clone(), behind_proxy::honour);
    Router::new().fallback_service(routes(app)).layer(honour)
}

fn routes(app: SharedState) -> Router {
    Router::new()
        .route("/api/v1", post(proxy::master).fallback(proxy::only_post))
        .route("/api/v1/scheduler", post(scheduler_proxy::call).fallback(proxy::only_post))
        .route("/agent/{id}/api/v1", post(proxy::agent).fallback(proxy::only_post))
        .route("/agent/{id}/session", post(session::announce).fallback(proxy::only_post))
        .route("/agent/{id}/session/{ticket}", any(session::open))
        .route("/download", post(download::announce).fallback(proxy::only_post))
        .route("/download/{ticket}", get(download::fetch))
        .route("/download/{ticket}/state", get(download::state).post(download::stop))
        .route("/masters", get(masters::report))
        .route("/metrics", get(probes::metrics))
        .route("/healthz", get("ok\n"))
        .route("/readyz", get(probes::ready))
        .fallback(static_files::serve)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.receiver.clone(), receive::receive))
        .layer(middleware::from_fn_with_state(app.clone(), guarded))
        .layer(middleware::from_fn(behind_proxy::answer))
        .layer(middleware::map_response(security::harden))
        .layer(middleware::from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

async fn guarded(State(app): State<SharedState>, request: Request, next: Next) -> Response<Body> {
    if let Err(why) = app.mark.check(request.headers()) {
        tracing::warn!(%why, "refused");
        return text_responses::plain(StatusCode::LOOP_DETECTED, why.to_string());
    }
    if let Err(refusal) = app.guard.check(&request) {
        tracing::info!(%refusal, "refused");
        let why = format!("Refused: {refusal}.");
        let is_visit = text_responses::is_page_load(&request);
        return if is_visit {
            text_responses::page(refusal.status(), &why)
        } else {
            text_responses::plain(refusal.status(), why)
        };
    }
    match app.access.check_path(request.method(), request.uri().path()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => text_responses::plain(refusal.status(), refusal.to_string()),
    }
}
