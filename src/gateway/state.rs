//! State that all requests share: clients for masters and agents, access checks, downloads and terminals.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::access::Access;
use crate::agents::Agents;
use crate::args::{Args, Scheme};
use crate::compress::Compression;
use crate::guard::Guard;
use crate::json_log::JsonLog;
use crate::leader::Masters;
use crate::loop_detection::GatewayId;
use crate::master_url::MasterUrl;
use crate::network::AllowedAddresses;
use crate::page::PageSource;
use crate::progress::Downloads;
use crate::receive::BodyReceiver;
use crate::sent_writes::SentWrites;
use crate::session_slots::SessionSlots;
use crate::tickets::{AnnouncedDownload, AnnouncedSession, Tickets};
use crate::tls::{self, TrustError};
use crate::upstream::ScreenedUpstream;

pub type SharedState = Arc<AppState>;

#[derive(Debug)]
pub struct AppState {
    pub mark: GatewayId,
    pub masters: Arc<Masters>,
    pub agents: Agents,
    pub agent_scheme: Option<Scheme>,
    agents_anywhere: ScreenedUpstream,
    /// May also connect to this machine.
    agents_nearby: ScreenedUpstream,
    pub compress: Compression,
    pub guard: Guard,
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
    pub fn new(args: &Args, masters: Vec<MasterUrl>, page: PageSource, logs: Logs) -> Result<SharedState, TrustError> {
        let (tls, mark) = (tls::config(args.ca.as_deref())?, GatewayId::new());
        let masters = Arc::new(Masters::new(&tls, &mark, masters, args.patience));
        let to_agents =
            |is_near| ScreenedUpstream::new(&tls, mark.clone(), AllowedAddresses::new(&args.agent_networks, is_near));
        Ok(Arc::new(AppState {
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
            session_tickets: Tickets::default(),
            heartbeat: args.limits.heartbeat,
            session_slots: SessionSlots::new(args.limits.sessions),
            downloads: Downloads::default(),
            receiver: Arc::new(BodyReceiver::new(&args.limits)),
            sent_writes: SentWrites::default(),
            logs,
        }))
    }
}

impl AppState {
    /// Returns the client for agents. With `is_near`, it may also connect to this machine.
    pub fn to_agents(&self, is_near: bool) -> &ScreenedUpstream {
        if is_near { &self.agents_nearby } else { &self.agents_anywhere }
    }
}
