//! Streams of this browser's frameworks: how many there may be at once.

use serde::{Deserialize, Serialize};

use super::hosted::{HostedFramework, HostedFrameworks};
use super::run::RunFramework;

/// Streams that frameworks of one browser may have at once. A browser opens six connections to an HTTP/1.1 server; the cluster's own
/// stream needs one of them, and calls and downloads share the rest.
pub const MOST_STREAMS: usize = 3;

/// The frameworks that have a stream, or try to open one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkStreams {
    open: usize,
    /// Those that take further runs.
    taking_runs: Vec<RunFramework>,
}

impl FrameworkStreams {
    /// Streams of these frameworks.
    pub fn of(frameworks: &HostedFrameworks) -> Self {
        let open: Vec<&HostedFramework> =
            frameworks.iter().map(|(_, hosted)| hosted).filter(|hosted| hosted.scheduler.needs_stream()).collect();
        let taking_runs = open.iter().filter(|hosted| hosted.scheduler.takes_runs());
        let taking_runs = taking_runs.map(|hosted| hosted.scheduler.framework().clone()).collect();
        Self { open: open.len(), taking_runs }
    }

    /// Whether one more may be opened.
    pub fn has_free(&self) -> bool {
        self.open < MOST_STREAMS
    }

    /// Whether a run of a framework with that description can begin: on a stream that is open, or on one more.
    pub fn has_one_for(&self, framework: &RunFramework) -> bool {
        self.has_free() || self.taking_runs.contains(framework)
    }
}
