//! What a server is started with.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::size::Size;

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
    /// The masters' version of Mesos; one before 1.9 has other calls for quotas.
    pub version: String,
    pub heartbeat: Duration,
    /// Bytes a second on a connection.
    pub bandwidth: Option<u64>,
    pub bind: IpAddr,
    /// `user:password` that master and agents ask for.
    pub credentials: Option<String>,
    /// A bearer token that they take as well, or instead.
    pub token: Option<String>,
    /// `user:password` of one more, whom the ACLs allow nothing.
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
