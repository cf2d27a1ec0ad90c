//! State that all requests share: clients for masters and agents, access checks, downloads and terminals.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::access::Access;
use crate::agent_url::AgentUrl;
use crate::agents::Agents;
use crate::args::{Args, Scheme};
use crate::compress::Compression;
use crate::forwarded::TrustedProxies;
use crate::guard::Guard;
use crate::json_log::JsonLog;
use crate::leader::Masters;
use crate::loop_detection::GatewayId;
use crate::master_url::MasterUrl;
use crate::metrics::Metrics;
use crate::network::AllowedAddresses;
use crate::page::PageSource;
use crate::progress::Downloads;
use crate::readiness::Readiness;
use crate::receive::BodyReceiver;
use crate::sent_writes::SentWrites;
use crate::session_slots::SessionSlots;
use crate::tickets::{AnnouncedDownload, AnnouncedSession, Tickets};
use crate::tls::{self, IdentityFiles, TrustError};
use crate::upstream::ScreenedUpstream;

pub type SharedState = Arc<AppState>;

#[derive(Debug)]
pub struct AppState {
    pub mark: GatewayId,
    pub masters: Arc<Masters>,
    pub agents: Agents,
    pub agent_scheme: Option<Scheme>,
    pub agent_front: Option<AgentFront>,
    agents_anywhere: ScreenedUpstream,
    /// May also connect to this machine.
    agents_nearby: ScreenedUpstream,
    pub compress: Compression,
    pub guard: Guard,
    pub trusted_proxies: TrustedProxies,
    pub access: Access,
    pub page: PageSource,
    pub tickets: Tickets<AnnouncedDownload>,
    pub session_tickets: Tickets<AnnouncedSession>,
    pub session_slots: SessionSlots,
    /// Interval of heartbeats of terminals.
    pub heartbeat: Duration,
    pub downloads: Downloads,
    pub receiver: Arc<BodyReceiver>,
    pub sent_writes: SentWrites,
    pub logs: Logs,
    pub metrics: Arc<Metrics>,
    pub readiness: Readiness,
}

/// The URL of agents that `--agents` names, and its client. The operator has chosen it, so its addresses are not limited.
#[derive(Debug)]
pub struct AgentFront {
    pub url: AgentUrl,
    pub client: ScreenedUpstream,
}

/// The logs of calls. `None` for one that is not written.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    pub audit: Option<JsonLog>,
    pub access: Option<JsonLog>,
}

impl Logs {
    /// Opens the files again.
    pub fn reopen(&self) {
        self.audit.iter().chain(&self.access).for_each(JsonLog::reopen);
    }

    /// Waits until all lines are written, for a second each at most.
    pub fn flush(&self) {
        self.audit.iter().chain(&self.access).for_each(JsonLog::flush);
    }
}

/// The client address of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Peer {
    /// Returns true if the client is on this machine.
    pub fn is_near(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

impl AppState {
    pub fn new(
        args: &Args,
        masters: Vec<MasterUrl>,
        page: PageSource,
        logs: Logs,
        metrics: Metrics,
    ) -> Result<SharedState, TrustError> {
        let own = IdentityFiles::of(args.client_cert.as_ref(), args.client_key.as_ref());
        let (tls, mark, metrics) = (tls::config(args.ca.as_ref(), own.as_ref())?, GatewayId::new(), Arc::new(metrics));
        let masters = Arc::new(Masters::new(&tls, &mark, masters, args.patience, metrics.clone()));
        let to_agents =
            |is_near| ScreenedUpstream::new(&tls, mark.clone(), AllowedAddresses::new(&args.agent_networks, is_near));
        let front = args.agent_url.clone().map(|url| AgentFront {
            url,
            client: ScreenedUpstream::new(&tls, mark.clone(), AllowedAddresses::everywhere()),
        });
        Ok(Arc::new(AppState {
            agent_front: front,
            agents: Agents::new(masters.clone()),
            agents_anywhere: to_agents(false),
            agents_nearby: to_agents(true),
            mark,
            masters,
            agent_scheme: args.agent_scheme,
            compress: args.compress,
            guard: Guard::new(args.hosts.clone()),
            trusted_proxies: TrustedProxies::new(args.trusted_proxies.clone()),
            access: args.access(),
            page,
            tickets: Tickets::default(),
            session_tickets: Tickets::default(),
            heartbeat: args.limits.heartbeat,
            session_slots: SessionSlots::new(args.limits.sessions),
            downloads: Downloads::default(),
            receiver: Arc::new(BodyReceiver::new(&args.limits)),
            sent_writes: SentWrites::default(),
            logs,
            metrics,
            readiness: Readiness::default(),
        }))
    }
}

impl AppState {
    /// Returns the client for agents. With `is_near`, it may also connect to this machine.
    pub fn to_agents(&self, is_near: bool) -> &ScreenedUpstream {
        if is_near { &self.agents_nearby } else { &self.agents_anywhere }
    }
}
