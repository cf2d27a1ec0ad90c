//! The routes, and what their handlers share. Decides nothing itself.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{get, post};

use crate::access::Access;
use crate::agents::Agents;
use crate::args::{Args, Scheme};
use crate::base::Base;
use crate::compress::When;
use crate::guard::Guard;
use crate::leader::Masters;
use crate::mark::Mark;
use crate::network::Reach;
use crate::page::Source;
use crate::progress::Downloads;
use crate::receive::Receiver;
use crate::tickets::Tickets;
use crate::tls::{self, TrustError};
use crate::upstream::{AgentUpstream, Upstream};
use crate::{download, proxy, receive, security, statics, words};

pub type Shared = Arc<App>;

#[derive(Debug)]
pub struct App {
    pub mark: Mark,
    pub masters: Arc<Masters>,
    pub agents: Agents,
    pub agent_scheme: Option<Scheme>,
    agents_anywhere: AgentUpstream,
    /// Also to this machine.
    agents_nearby: AgentUpstream,
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
        let (tls, mark) = (tls::config(args.ca.as_deref())?, Mark::new());
        let masters = Arc::new(Masters::new(Upstream::new(&tls, mark.clone()), masters, args.patience));
        let to_agents = |is_near| AgentUpstream::new(&tls, mark.clone(), Reach::new(&args.agent_networks, is_near));
        Ok(Arc::new(App {
            agents: Agents::new(masters.clone()),
            agents_anywhere: to_agents(false),
            agents_nearby: to_agents(true),
            mark,
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

impl App {
    /// The way to agents that were named by a master on this machine, or by another one.
    pub fn to_agents(&self, is_near: bool) -> &AgentUpstream {
        if is_near { &self.agents_nearby } else { &self.agents_anywhere }
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
    if let Err(why) = app.mark.check(request.headers()) {
        tracing::warn!(%why, "refused");
        return words::plain(StatusCode::LOOP_DETECTED, why.to_string());
    }
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
