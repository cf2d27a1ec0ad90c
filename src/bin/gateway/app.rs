//! The routes, and what their handlers share. Decides nothing itself.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Response;
use axum::middleware::{self, Next};
use axum::routing::{get, post};

use crate::access::Access;
use crate::agents::Agents;
use crate::args::{Args, Scheme};
use crate::base::Base;
use crate::compress::When;
use crate::guard::Guard;
use crate::leader::Masters;
use crate::page::Source;
use crate::progress::Downloads;
use crate::receive::Receiver;
use crate::tickets::Tickets;
use crate::tls::TrustError;
use crate::upstream::Upstream;
use crate::{download, proxy, receive, security, statics, words};

pub type Shared = Arc<App>;

#[derive(Debug)]
pub struct App {
    pub upstream: Upstream,
    pub masters: Arc<Masters>,
    pub agents: Agents,
    pub agent_scheme: Option<Scheme>,
    pub compress: When,
    pub guard: Guard,
    pub access: Access,
    pub page: Source,
    pub tickets: Tickets,
    pub downloads: Downloads,
    pub receiver: Receiver,
}

/// The other end of a browser's connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Peer {
    /// Whether it is this machine.
    pub fn is_near(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

impl App {
    pub fn new(args: &Args, masters: Vec<Base>, page: Source) -> Result<Shared, TrustError> {
        let upstream = Upstream::new(args.ca.as_deref())?;
        let masters = Arc::new(Masters::new(upstream.clone(), masters, args.patience));
        Ok(Arc::new(App {
            agents: Agents::new(masters.clone()),
            upstream,
            masters,
            agent_scheme: args.agent_scheme,
            compress: args.compress,
            guard: Guard::new(args.hosts.clone()),
            access: args.access(),
            page,
            tickets: Tickets::default(),
            downloads: Downloads::default(),
            receiver: Receiver::new(&args.limits),
        }))
    }
}

pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/api/v1", post(proxy::master).fallback(proxy::only_post))
        .route("/agent/{id}/api/v1", post(proxy::agent).fallback(proxy::only_post))
        .route("/download", post(download::announce).fallback(proxy::only_post))
        .route("/download/{ticket}", get(download::fetch))
        .route("/download/{ticket}/state", get(download::state).post(download::stop))
        .route("/healthz", get("ok\n"))
        .fallback(statics::serve)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), receive::receive))
        .layer(middleware::from_fn_with_state(app.clone(), guarded))
        .layer(middleware::map_response(security::harden))
        .with_state(app)
}

async fn guarded(State(app): State<Shared>, request: Request, next: Next) -> Response<Body> {
    if let Err(refusal) = app.guard.check(&request) {
        tracing::info!(%refusal, "refused");
        let why = format!("Refused: {refusal}.");
        let is_visit = words::is_visit(&request);
        return if is_visit { words::page(refusal.status(), &why) } else { words::plain(refusal.status(), why) };
    }
    match app.access.check_path(request.method(), request.uri().path()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => words::plain(refusal.status(), refusal.to_string()),
    }
}
