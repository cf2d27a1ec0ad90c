//! Configuration of a server.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::size::Size;

#[derive(Clone, Debug)]
pub struct Config {
    pub seed: u64,
    pub size: Size,
    /// Port of the leading master; 0 picks a free one.
    pub port: u16,
    /// Value of a real master's `--webui_dir`.
    pub webui_dir: Option<PathBuf>,
    /// Number of masters: one leader, the rest standbys.
    pub masters: usize,
    /// Background events per second; 0 freezes the cluster.
    pub rate: f64,
    /// Whether it shows what a demonstration needs: `Sim::furnish`.
    pub is_furnished: bool,
    /// Mesos version of the masters; before 1.9 the quota calls differ.
    pub version: String,
    pub heartbeat: Duration,
    /// Bytes per second on each connection.
    pub bandwidth: Option<u64>,
    pub bind: IpAddr,
    /// Required `user:password` of master and agents.
    pub credentials: Option<String>,
    /// Bearer token that is accepted as well, or instead.
    pub token: Option<String>,
    /// `user:password` of a second user, whom the ACLs allow nothing.
    pub guest: Option<String>,
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
            is_furnished: false,
            version: "1.11.0".to_owned(),
            heartbeat: Duration::from_secs(15),
            bandwidth: None,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            credentials: None,
            guest: None,
            token: None,
        }
    }
}
