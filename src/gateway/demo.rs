//! Runs the simulated cluster of `--demo`. The gateway treats it like any other cluster.

use crate::args::Args;
use crate::master_url::{BadMasterUrl, MasterUrl};

/// A running simulation, which stops when dropped.
pub struct Demo(sim::server::Server);

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Start(#[from] std::io::Error),
    #[error("its master has an address that cannot be used: {0}")]
    Address(#[from] BadMasterUrl),
}

pub async fn start(args: &Args) -> Result<Option<Demo>, DemoError> {
    if !args.demo {
        return Ok(None);
    }
    let (size, seed, rate) = (args.size, args.seed, args.rate);
    let config = sim::server::config::Config { size, seed, rate, is_furnished: true, ..Default::default() };
    Ok(Some(Demo(sim::server::Server::start(config).await?)))
}

impl Demo {
    pub fn masters(&self) -> Result<Vec<MasterUrl>, DemoError> {
        self.0.master_urls().iter().map(|url| url.parse().map_err(DemoError::from)).collect()
    }
}
