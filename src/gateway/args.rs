//! Command-line arguments. Starts nothing.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use sim::size::Size;

use crate::access::Access;
use crate::agent_url::AgentUrl;
use crate::compress::Compression;
use crate::configured_file::{ConfiguredFile, FileParser};
use crate::json_log::LogTarget;
use crate::limits::Limits;
use crate::log::LogFilter;
use crate::master_url::MasterUrl;
use crate::network::Network;

const EXAMPLES: &str = "\
Examples:
  mesoscope --master http://m1:5050,http://m2:5050,http://m3:5050
      in front of a cluster; the leader is found among the masters, wherever it moves
  mesoscope --master https://mesos.example.com/master --ca /etc/ssl/our-ca.pem
      masters behind a path, with a certificate of one's own authority
  mesoscope --master http://m1:5050 --listen 0.0.0.0:5080 --host console.example.com
      for others too, by any address of this machine or by that name
  mesoscope --master http://m1:5050 --read-only
      to look at the cluster and change nothing
  mesoscope --master http://m1:5050 --no-exec
      to change the cluster, but run no commands
  mesoscope --demo --size large
      in front of a simulated cluster of 10,000 agents, without a Mesos

The gateway stores no credentials: the page asks for them and every call carries its caller's own. A download or a terminal keeps its caller's in memory.
Each flag is an environment variable, too: --read-only is MESOSCOPE_READ_ONLY=true, and commas separate the values of a list.
Log: --log, or RUST_LOG where --log is not given; to stderr.";

/// A live console for Apache Mesos: serves the page and forwards its calls to the cluster.
#[derive(Debug, Parser)]
#[command(name = "mesoscope", version, after_help = EXAMPLES, max_term_width = 110)]
#[command(override_usage = "mesoscope <--master <URL[,URL...]>|--demo> [OPTIONS]")]
pub struct Args {
    /// Masters, each as http(s)://host:port[/path]. The leader may be any of them, or another master that they name
    #[arg(long = "master", value_name = "URL[,URL...]", value_delimiter = ',', value_parser = listed::<MasterUrl>)]
    pub masters: Vec<MasterUrl>,

    /// Show a simulated cluster instead
    #[arg(long, conflicts_with = "masters")]
    pub demo: bool,

    /// Size of the simulated cluster: small, medium, large, huge, or AGENTS:TASKS:COMPLETED, such as 20:300:100
    #[arg(long, conflicts_with = "masters", default_value = "small", value_parser = size)]
    pub size: Size,

    /// Seed of the simulated cluster; equal seeds give equal clusters
    #[arg(long, conflicts_with = "masters", value_name = "N", default_value = "1", value_parser = seed)]
    pub seed: u64,

    /// Events per second in the simulated cluster
    #[arg(long, conflicts_with = "masters", value_name = "N", default_value = "5", value_parser = rate)]
    pub rate: f64,

    /// Address to listen on. Port 0 selects a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5080", value_parser = listen)]
    pub listen: String,

    /// A host name that browsers may use for this gateway, besides localhost and IP addresses. May be repeated
    #[arg(long = "host", value_name = "NAME", value_parser = host)]
    pub hosts: Vec<String>,

    /// A proxy whose Forwarded and X-Forwarded-For, -Host, -Proto and -Prefix headers are true: a network such as 10.0.0.0/8, or an
    /// address. May be repeated. Its host names are still those of --host. Default: no such header is read
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = listed::<Network>)]
    pub trusted_proxies: Vec<Network>,

    /// Forward only calls that read, and refuse all others. The cluster cannot be changed through this gateway
    #[arg(long)]
    pub read_only: bool,

    /// Run no commands in containers: no terminals, no scheduler API, and none of the calls that launch a container or type into one
    #[arg(long)]
    pub no_exec: bool,

    /// URL scheme for calls to agents. Default: the scheme of the master that reported them
    #[arg(long, value_name = "SCHEME")]
    pub agent_scheme: Option<Scheme>,

    /// URL at which each agent is reached, with {id} in place of its id, such as https://dcos.example/agent/{id}. Default: the address
    /// that the master reports
    #[arg(long = "agents", value_name = "URL", conflicts_with_all = ["agent_scheme", "agent_networks"])]
    pub agent_url: Option<AgentUrl>,

    /// A network of agents, such as 10.0.0.0/8; calls to agents go nowhere else. May be repeated. Default: any address, but this
    /// machine only if a master runs on it
    #[arg(long = "agent-network", value_name = "CIDR", conflicts_with = "demo", value_parser = listed::<Network>)]
    pub agent_networks: Vec<Network>,

    /// A PEM file of certificates to trust for https, instead of the public authorities. Each is an authority, or a master's or an
    /// agent's own certificate, self-signed or not. Names and dates are always checked
    #[arg(long, value_name = "FILE", value_parser = FileParser)]
    pub ca: Option<ConfiguredFile>,

    /// Serve HTTPS and HTTP/2 with the certificate in this PEM file, which its chain may follow. The file is read again when it
    /// changes
    #[arg(long, value_name = "FILE", value_parser = FileParser)]
    pub tls_cert: Option<ConfiguredFile>,

    /// The PEM file of the private key for --tls-cert
    #[arg(long, value_name = "FILE", value_parser = FileParser)]
    pub tls_key: Option<ConfiguredFile>,

    /// A PEM file of the certificate that the gateway shows to masters and agents that want one
    #[arg(long, value_name = "FILE", value_parser = FileParser)]
    pub client_cert: Option<ConfiguredFile>,

    /// The PEM file of the private key for --client-cert
    #[arg(long, value_name = "FILE", value_parser = FileParser)]
    pub client_key: Option<ConfiguredFile>,

    /// When to compress streams to the browser. auto: unless the browser is on this machine, where compression costs more than it
    /// saves. Behind a reverse proxy or a tunnel, use always
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub compress: Compression,

    /// Seconds to wait for a master to start its answer before another master is tried
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub patience: Duration,

    /// Serve this folder instead of the built-in page; its files are read again for each request (for development)
    #[arg(long, value_name = "DIR")]
    pub page: Option<PathBuf>,

    /// Read more flags from a TOML file. Its keys are the flags' names, such as read-only = true. The command line takes precedence
    /// over the environment, and the environment over the file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Check the flags, the environment, the file and all files that they name. Print the result as a file for --config, and exit
    #[arg(long)]
    pub check: bool,

    /// Where to write the audit log, a line of JSON for each write and each terminal: stdout (or -), none, or a file, which is opened
    /// again on SIGHUP
    #[arg(long, value_name = "FILE", default_value = "stdout")]
    pub audit_log: LogTarget,

    /// Where to write the access log, a line of JSON for each request: stdout (or -), none, or a file, which is opened again on
    /// SIGHUP
    #[arg(long, value_name = "FILE", default_value = "none")]
    pub access_log: LogTarget,

    /// Log level: off, error, warn, info, debug, trace, or target=level,... with warn for other targets. Default: RUST_LOG, or warn
    #[arg(long, value_name = "LEVEL", default_value = "warn", hide_default_value = true)]
    pub log: LogFilter,

    #[command(flatten)]
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

impl Args {
    pub fn access(&self) -> Access {
        match (self.read_only, self.no_exec) {
            (true, _) => Access::ReadOnly,
            (false, true) => Access::NoExec,
            (false, false) => Access::Full,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("expecting a number of seconds from 1 to 3600".into()),
    }
}

/// The parser's own error repeats the text, which may have a secret.
fn size(text: &str) -> Result<Size, &'static str> {
    text.parse().map_err(|_| "expecting small, medium, large, huge, or AGENTS:TASKS:COMPLETED, such as 20:300:100")
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expecting a whole number from 0 to {}", u64::MAX))
}

/// A name may be resolved only at the start. So `--check` resolves it, too.
fn listen(text: &str) -> Result<String, String> {
    let fits = |(host, port): (&str, &str)| !host.is_empty() && port.parse::<u16>().is_ok();
    match text.rsplit_once(':').is_some_and(fits) {
        true => Ok(text.to_owned()),
        false => Err("expecting ADDRESS:PORT, such as 127.0.0.1:5080 or [::]:5080".into()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=1e6).contains(&rate) => Ok(rate),
        _ => Err("expecting events a second, from 0 to 1000000".into()),
    }
}

/// Parses a value of a list, which may have blanks around it: `A, B`.
fn listed<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.trim().parse()
}

fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if text.is_empty() || !text.chars().all(fits) {
        return Err("expecting a host name, without scheme, port or path".into());
    }
    Ok(text.to_ascii_lowercase())
}
