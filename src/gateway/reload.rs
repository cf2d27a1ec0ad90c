//! Reads the certificate again when it changes, and on SIGHUP, which also opens the log files again. Without a handler, SIGHUP would end
//! the process.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::server_tls::ServerTls;
use crate::state::Logs;

/// Listens from its creation on.
pub struct ReloadSignal {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
}

impl ReloadSignal {
    #[cfg(unix)]
    pub fn listen() -> io::Result<ReloadSignal> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(ReloadSignal { hangup: signal(SignalKind::hangup())? })
    }

    #[cfg(unix)]
    async fn received(&mut self) {
        if self.hangup.recv().await.is_none() {
            std::future::pending().await
        }
    }

    #[cfg(not(unix))]
    pub fn listen() -> io::Result<ReloadSignal> {
        Ok(ReloadSignal {})
    }

    #[cfg(not(unix))]
    async fn received(&mut self) {
        std::future::pending().await
    }
}

/// Reloads at each signal, and looks for a new certificate every `period`. Never resolves.
pub async fn reload(mut signal: ReloadSignal, logs: &Logs, tls: Option<Arc<ServerTls>>, period: Duration) {
    let mut checks = interval(period);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = signal.received() => logs.reopen(),
            _ = checks.tick(), if tls.is_some() => {}
        }
        tls.iter().for_each(|tls| tls.reload());
    }
}
