//! The cluster behind sockets: masters and agents on ports of their own.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::{Sim, Size};

#[derive(Clone, Debug)]
pub struct Config {
    pub seed: u64,
    pub size: Size,
    /// The leading master's port; 0 takes any.
    pub port: u16,
    /// What a real master is given with `--webui_dir`.
    pub webui_dir: Option<PathBuf>,
    /// One leader, the rest standbys.
    pub masters: usize,
    /// Events a second that life makes; 0 freezes the cluster.
    pub rate: f64,
    pub heartbeat: Duration,
    /// Bytes a second on a connection.
    pub bandwidth: Option<u64>,
    pub bind: IpAddr,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            seed: 1,
            size: Size::Small,
            port: 0,
            webui_dir: None,
            masters: 1,
            rate: 5.0,
            heartbeat: Duration::from_secs(15),
            bandwidth: None,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing does.
    None,
    CutMidRecord,
    /// Every stream ends with a clean end of its body, as an evicted subscriber's does.
    CloseStreams,
    Silence,
    Garbage,
    /// The leader becomes a standby, which answers 307, and the next master leads.
    Failover,
    /// Every call is answered so: 401, 403, 503.
    Status(u16),
    SlowBytes,
    StopAgent(u32),
}

/// A running cluster. Dropping it stops everything.
#[derive(Debug)]
pub struct Server {
    urls: Vec<String>,
    sim: std::sync::Mutex<Sim>,
}

impl Server {
    pub async fn start(config: Config) -> io::Result<Server> {
        let listener = TcpListener::bind((config.bind, config.port)).await?;
        let urls = vec![format!("http://{}", listener.local_addr()?)];
        Ok(Server { urls, sim: std::sync::Mutex::new(Sim::new(config.seed, config.size)) })
    }

    /// `http://host:port`, the leader first.
    pub fn master_urls(&self) -> Vec<String> {
        self.urls.clone()
    }

    pub fn fault(&self, _fault: Fault) {}

    /// Drives the cluster by hand; what it did is on its way to subscribers when this returns.
    pub fn with<R>(&self, f: impl FnOnce(&mut Sim) -> R) -> R {
        f(&mut self.sim.lock().expect("no holder of the cluster panics"))
    }

    /// How many streams are open.
    pub fn subscribers(&self) -> usize {
        0
    }
}
