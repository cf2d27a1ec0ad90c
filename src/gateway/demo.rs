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
    let mut config = sim::server::config::Config { size: args.size, is_furnished: true, ..Default::default() };
    config.seed = args.seed.unwrap_or(config.seed);
    config.rate = args.rate.unwrap_or(config.rate);
    Ok(Some(Demo(sim::server::Server::start(config).await?)))
}

impl Demo {
    pub fn masters(&self) -> Result<Vec<MasterUrl>, DemoError> {
        self.0.master_urls().iter().map(|url| url.parse().map_err(DemoError::from)).collect()
    }
}
