//! `mesoscope`: serves the page and forwards its calls to the cluster. Keeps no cluster state except agent ids and addresses, and
//! never a whole answer. Keeps no credentials except those of downloads: for 30 s while pending, then while they run.
//!
//! Modules in reading order: the command line, the server and its routes, access checks, the page, and the way to masters and
//! agents.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]

mod args;
mod config;
mod config_error;
mod config_file;
mod config_origin;
mod configured_file;
mod demo;
mod log;
mod secrets;
pub(crate) mod state;

mod access_log;
mod activity;
mod audit;
mod call_summary;
mod claimed_user;
mod json_log;
mod metrics;
mod observe;
mod probes;
mod readiness;
mod request_id;

mod connection_slots;
mod limits;
mod receive;
mod reload;
mod router;
mod serve;

mod access;
mod behind_proxy;
mod forwarded;
mod guard;
mod security;
mod text_responses;

mod encoding;
mod page;
mod static_files;

mod compress;
mod encoder;

mod address;
mod agent_cache;
mod agent_url;
mod agents;
mod agents_reader;
mod archive_names;
mod contacts;
mod download;
mod file_source;
mod leader;
mod loop_detection;
mod master_url;
mod masters;
mod network;
mod pack;
mod progress;
mod proxy;
mod scheduler_proxy;
mod sent_writes;
mod server_tls;
mod session;
mod session_agent;
mod session_audit;
mod session_bridge;
mod session_input;
mod session_output;
mod session_slots;
mod tarball;
mod tickets;
mod tls;
mod upstream;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::config::Configuration;
use crate::config_origin::Origin;
use crate::json_log::{JsonLog, LogTarget};
use crate::master_url::MasterUrl;
use crate::metrics::Metrics;
use crate::secrets::SafeText;
use crate::server_tls::ServerTls;
use crate::state::{AppState, Logs, SharedState};
use crate::tls::IdentityFiles;

#[tokio::main]
async fn main() -> ExitCode {
    let configuration = match config::read() {
        Ok(configuration) => configuration,
        Err(error) => return ExitCode::from(error.report()),
    };
    log::start(configuration.args.log.clone());
    if let Some(why) = configuration.ignored_rust_log() {
        tracing::warn!("RUST_LOG has no effect: {why}");
    }
    for name in config::unknown_variables(std::env::vars_os().map(|(name, _)| name)) {
        tracing::warn!("no flag belongs to the variable {name}: it has no effect");
    }
    let done = match configuration.args.check {
        true => check(&configuration).await,
        false => run(&configuration).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "mesoscope: {error}");
            ExitCode::from(2)
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("cannot listen on {0} ({1}): {2}; choose another address")]
    Listen(SafeText, Origin, std::io::Error),
    #[error("cannot start the simulated cluster: {0}")]
    Demo(#[from] demo::DemoError),
    #[error("cannot read the certificates: {0}")]
    Trust(#[from] tls::TrustError),
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
    #[error("cannot write the log {0} ({1}): {2}")]
    Log(LogTarget, Origin, std::io::Error),
    #[error("cannot serve the folder {0} ({1}): {2}")]
    Page(SafeText, Origin, std::io::Error),
    #[error("the page in this executable is broken: {0}")]
    Embedded(std::io::Error),
    #[error("cannot write to stdout: {0}")]
    Output(std::io::Error),
}

async fn run(configuration: &Configuration) -> Result<(), StartError> {
    let args = &configuration.args;
    let refused = |error| StartError::Listen(SafeText::of(&args.listen), configuration.origin("listen"), error);
    let listener = TcpListener::bind(&args.listen).await.map_err(refused)?;
    let here = listener.local_addr().map_err(refused)?;
    let demo = demo::start(args).await?;
    let masters = demo.as_ref().map_or_else(|| Ok(args.masters.clone()), demo::Demo::masters)?;
    let metrics = Metrics::default();
    let logs = open_logs(configuration, |target| JsonLog::start(target, metrics.lost_lines.clone()))?;
    let (app, tls) = prepare(configuration, masters, logs.clone(), metrics)?;
    let stop = serve::ShutdownSignal::listen().map_err(StartError::Signals)?;
    let reload = reload::ReloadSignal::listen().map_err(StartError::Signals)?;
    say_where(if tls.is_some() { "https" } else { "http" }, here);
    tokio::select! {
        () = serve::serve(listener, tls.clone(), router::router(app), &args.limits, stop) => {}
        () = reload::reload(reload, &logs, tls, args.limits.reload) => {}
    }
    logs.flush();
    Ok(())
}

/// Opens the logs of calls with `open`, which returns `None` for one that is not written.
fn open_logs(
    configuration: &Configuration,
    open: impl Fn(&LogTarget) -> std::io::Result<Option<JsonLog>>,
) -> Result<Logs, StartError> {
    let open = |flag, target: &LogTarget| {
        open(target).map_err(|error| StartError::Log(target.clone(), configuration.origin(flag), error))
    };
    let args = &configuration.args;
    Ok(Logs { audit: open("audit-log", &args.audit_log)?, access: open("access-log", &args.access_log)? })
}

/// Reads all files that the arguments name. Opens no connection.
fn prepare(
    configuration: &Configuration,
    masters: Vec<MasterUrl>,
    logs: Logs,
    metrics: Metrics,
) -> Result<(SharedState, Option<Arc<ServerTls>>), StartError> {
    let args = &configuration.args;
    let tls = IdentityFiles::of(args.tls_cert.as_ref(), args.tls_key.as_ref()).map(ServerTls::new).transpose()?;
    let page = match &args.page {
        Some(folder) => page::PageSource::folder(folder, args.access())
            .map_err(|error| StartError::Page(SafeText::of_path(folder), configuration.origin("page"), error))?,
        None => page::PageSource::embedded(args.access()).map_err(StartError::Embedded)?,
    };
    Ok((AppState::new(args, masters, page, logs, metrics)?, tls))
}

/// Does what a start does, except that it neither listens, nor starts a cluster, nor creates files. Prints the configuration.
async fn check(configuration: &Configuration) -> Result<(), StartError> {
    let args = &configuration.args;
    let found = tokio::net::lookup_host(&args.listen).await.map(|mut addresses| addresses.next());
    let found = found.and_then(|found| found.ok_or(std::io::ErrorKind::AddrNotAvailable.into()));
    found.map_err(|error| StartError::Listen(SafeText::of(&args.listen), configuration.origin("listen"), error))?;
    let logs = open_logs(configuration, |target| target.check().map(|()| None))?;
    prepare(configuration, args.masters.clone(), logs, Metrics::default())?;
    let mut out = std::io::stdout().lock();
    match out.write_all(configuration.print().as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(StartError::Output),
    }
}

/// Prints the gateway's URL. Scripts and tests wait for this line, so it is flushed; write errors are ignored.
fn say_where(scheme: &str, mut here: std::net::SocketAddr) {
    let everywhere = here.ip().is_unspecified();
    if everywhere {
        here.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "Mesoscope is at {scheme}://{here}/");
    if everywhere {
        let _ = writeln!(out, "It listens on every address of this machine.");
    }
    let _ = out.flush();
}
