//! Limits on time, connections and memory for callers. Enforces none itself.

use std::time::Duration;

use clap::Args;

/// The limits. Their flags are hidden, because only tests need to change them.
#[derive(Clone, Debug, Args)]
pub struct Limits {
    /// Maximum number of concurrent connections
    #[arg(long = "limit-connections", hide = true, default_value = "512", value_parser = count)]
    pub connections: usize,

    /// Maximum connections of one peer that have sent no complete request head
    #[arg(long = "limit-headless", hide = true, default_value = "128", value_parser = count)]
    pub headless: usize,

    /// Timeout in milliseconds for a request's head, and between two requests
    #[arg(long = "limit-head", hide = true, default_value = "30000", value_parser = millis)]
    pub head: Duration,

    /// Timeout in milliseconds between two pieces of a request's body
    #[arg(long = "limit-body-idle", hide = true, default_value = "10000", value_parser = millis)]
    pub body_idle: Duration,

    /// Timeout in milliseconds for a whole request body
    #[arg(long = "limit-body", hide = true, default_value = "30000", value_parser = millis)]
    pub body: Duration,

    /// Maximum bytes of all request bodies in memory
    #[arg(long = "limit-bodies", hide = true, default_value = "67108864", value_parser = count)]
    pub bodies: usize,

    /// Timeout in milliseconds for a body that waits for memory
    #[arg(long = "limit-memory", hide = true, default_value = "2000", value_parser = millis)]
    pub memory: Duration,

    /// Maximum number of concurrent terminals; one caller may have a quarter of them
    #[arg(long = "limit-sessions", hide = true, default_value = "64", value_parser = count)]
    pub sessions: usize,

    /// Interval in milliseconds of heartbeats to agents and browsers with open terminals
    #[arg(long = "limit-heartbeat", hide = true, default_value = "15000", value_parser = millis)]
    pub heartbeat: Duration,

    /// Interval in milliseconds of checks for a new certificate
    #[arg(long = "limit-reload", hide = true, default_value = "10000", value_parser = millis)]
    pub reload: Duration,
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "expecting a whole number".to_owned())
}

fn millis(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_millis).map_err(|_| "expecting milliseconds".to_owned())
}
