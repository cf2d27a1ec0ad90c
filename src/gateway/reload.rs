//! Handles SIGHUP: opens the logs' files again. A process that ignored it would end.

use std::io;

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

    /// Reopens the logs at each signal. Never resolves.
    #[cfg(unix)]
    pub async fn reload(mut self, logs: &Logs) {
        while self.hangup.recv().await.is_some() {
            tracing::info!("opens the logs again");
            logs.reopen();
        }
        std::future::pending().await
    }

    #[cfg(not(unix))]
    pub fn listen() -> io::Result<ReloadSignal> {
        Ok(ReloadSignal {})
    }

    #[cfg(not(unix))]
    pub async fn reload(self, _: &Logs) {
        std::future::pending().await
    }
}
