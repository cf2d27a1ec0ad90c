//! How much time, room and memory the gateway gives its callers. Enforces nothing itself.

use std::time::Duration;

use clap::Args;

/// The limits. Their flags are hidden: tests shorten them, nobody else should need to.
#[derive(Clone, Debug, Args)]
pub struct Limits {
    /// Connections at the same time
    #[arg(long = "limit-connections", hide = true, default_value = "512")]
    pub connections: usize,

    /// Connections of one peer that have sent no complete head yet
    #[arg(long = "limit-headless", hide = true, default_value = "128")]
    pub headless: usize,

    /// Milliseconds for a request's head, and between two requests
    #[arg(long = "limit-head", hide = true, default_value = "30000", value_parser = millis)]
    pub head: Duration,

    /// Milliseconds between two pieces of a request's body
    #[arg(long = "limit-body-idle", hide = true, default_value = "10000", value_parser = millis)]
    pub body_idle: Duration,

    /// Milliseconds for a whole request's body
    #[arg(long = "limit-body", hide = true, default_value = "30000", value_parser = millis)]
    pub body: Duration,

    /// Bytes of all bodies that are kept at the same time
    #[arg(long = "limit-bodies", hide = true, default_value = "67108864")]
    pub bodies: usize,

    /// Milliseconds that a body waits for memory
    #[arg(long = "limit-memory", hide = true, default_value = "2000", value_parser = millis)]
    pub memory: Duration,
}

fn millis(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_millis).map_err(|_| "expecting milliseconds".to_owned())
}
