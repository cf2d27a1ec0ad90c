//! The cluster behind sockets: masters and agents on their own ports.

mod api;
mod auth;
pub mod call_fault;
mod clock;
pub mod config;
mod connection;
mod control;
pub mod fault;
mod guest;
mod http;
mod pipe;
mod session;
mod shared;
mod stream;
mod webui;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cluster::Sim;
use crate::server::clock::now_nanos;
use crate::server::config::Config;
use crate::server::connection::Listener;
use crate::server::fault::Fault;
use crate::server::shared::Shared;

/// Maximum number of agent ports; beyond, several agents share one as `slave(1)`, `slave(2)` and so on.
const AGENT_PORTS: u32 = 200;
/// Interval at which the cluster advances without requests.
const TICK: Duration = Duration::from_millis(20);

/// A running cluster. Dropping it stops everything.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    urls: Vec<String>,
    /// Dropping it ends every task of the server.
    stop: watch::Sender<()>,
}

impl Server {
    /// Starts the server and returns when all ports listen; fails if a port is in use.
    pub async fn start(config: Config) -> io::Result<Server> {
        let mut masters = vec![TcpListener::bind((config.bind, config.port)).await?];
        for _ in 1..config.masters.max(1) {
            masters.push(TcpListener::bind((config.bind, 0)).await?);
        }
        let mut agents = Vec::new();
        for _ in 0..config.size.agents().clamp(1, AGENT_PORTS) {
            agents.push(TcpListener::bind((config.bind, 0)).await?);
        }
        let (master_ports, agent_ports) = (ports(&masters)?, ports(&agents)?);
        let host = reachable(config.bind);
        let urls = master_ports.iter().map(|port| format!("http://{host}:{port}")).collect();
        let sim = found(&config, &host, &master_ports, agent_ports).await?;
        let server = Server {
            shared: Arc::new(Shared::new(sim, master_ports, host, &config)),
            urls,
            stop: watch::Sender::new(()),
        };
        server.listen(masters, Listener::Master);
        server.listen(agents, Listener::Agents);
        server.live();
        Ok(server)
    }

    /// URLs of the masters, first leader first: `http://host:port`.
    pub fn master_urls(&self) -> Vec<String> {
        self.urls.clone()
    }

    pub fn fault(&self, fault: Fault) {
        self.shared.fault(&fault);
    }

    /// Triggers events by hand; their records are on the way to subscribers on return.
    /// Number of call faults that have not happened yet, or last.
    pub fn faults_left(&self) -> usize {
        self.shared.faults_left()
    }

    pub fn with<R>(&self, f: impl FnOnce(&mut Sim) -> R) -> R {
        self.shared.with(f)
    }

    /// Number of open streams.
    pub fn subscribers(&self) -> usize {
        self.shared.subscribers()
    }

    fn listen(&self, listeners: Vec<TcpListener>, who: fn(usize) -> Listener) {
        for (place, listener) in listeners.into_iter().enumerate() {
            self.spawn(accept(Arc::clone(&self.shared), listener, who(place), self.stop.subscribe()));
        }
    }

    fn live(&self) {
        let shared = Arc::clone(&self.shared);
        self.spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                shared.with(|_| ());
            }
        });
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(until_stopped(self.stop.subscribe(), task));
    }
}

async fn until_stopped(mut stop: watch::Receiver<()>, task: impl Future<Output = ()>) {
    tokio::select! {
        _ = stop.changed() => {}
        () = task => {}
    }
}

async fn accept(shared: Arc<Shared>, listener: TcpListener, who: Listener, stop: watch::Receiver<()>) {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                let serving = connection::serve(Arc::clone(&shared), who, socket);
                // A closed connection is no error of the server and is not reported.
                tokio::spawn(until_stopped(stop.clone(), async move { drop(serving.await) }));
            }
            // Probably out of file handles, which become free again.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Creates the cluster on a separate thread, since a huge one takes a while.
async fn found(config: &Config, host: &str, masters: &[u16], agents: Vec<u16>) -> io::Result<Sim> {
    let (seed, size, rate) = (config.seed, config.size, config.rate);
    let (version, is_furnished) = (config.version.clone(), config.is_furnished);
    let (host, master) = (host.to_owned(), masters.first().copied().unwrap_or_default());
    let founding = tokio::task::spawn_blocking(move || {
        let mut sim = Sim::at(seed, size, now_nanos());
        sim.place(host, master, agents);
        sim.set_version(&version);
        if is_furnished {
            sim.furnish();
        }
        sim.set_rate(rate);
        sim
    });
    founding.await.map_err(io::Error::other)
}

fn ports(listeners: &[TcpListener]) -> io::Result<Vec<u16>> {
    listeners.iter().map(|listener| listener.local_addr().map(|address| address.port())).collect()
}

/// Address that clients can reach: loopback for an unspecified address.
fn reachable(bind: IpAddr) -> String {
    if bind.is_unspecified() { Ipv4Addr::LOCALHOST.to_string() } else { bind.to_string() }
}
