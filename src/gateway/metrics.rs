//! Metrics in the OpenMetrics format, for `GET /metrics`. README.md lists their names and units. No label has foreign text.

use std::sync::atomic::AtomicU64;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the latencies, in seconds.
const SECONDS: [f64; 15] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Kind of a request, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    route: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    method: &'static str,
    status: u16,
}

/// What failed, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UpstreamFailure {
    /// `master` or `agent`.
    target: &'static str,
    /// `unreachable`, `not_allowed`, `timeout`, `broken`, `not_ready` or `other`.
    reason: &'static str,
}

/// Bytes of compressed streams before and after compression.
#[derive(Clone, Debug, Default)]
pub struct CompressionBytes {
    pub before: Counter,
    pub after: Counter,
}

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<Route, Histogram>,
    bytes: Family<Route, Counter>,
    open: Family<Route, Gauge>,
    pub compression: CompressionBytes,
    upstream_failures: Family<UpstreamFailure, Counter>,
    pub leader_changes: Counter,
    pub terminals: Gauge,
    pub lost_lines: Counter<u64, AtomicU64>,
}

impl Route {
    /// Returns the kind of a path.
    pub fn of(path: &str) -> Route {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let route = match parts.as_slice() {
            ["api", "v1"] => "master",
            ["api", "v1", "scheduler"] => "scheduler",
            ["agent", _, "api", "v1"] => "agent",
            ["agent", _, "session", ..] => "terminal",
            ["download", ..] => "download",
            ["masters"] => "masters",
            ["metrics" | "healthz" | "readyz"] => "probe",
            _ => "page",
        };
        Route { route }
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("mesoscope"),
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            bytes: Family::default(),
            open: Family::default(),
            compression: CompressionBytes::default(),
            upstream_failures: Family::default(),
            leader_changes: Counter::default(),
            terminals: Gauge::default(),
            lost_lines: Counter::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let all = &mut self.registry;
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        all.register("build", "Version of the executable", build);
        all.register("requests", "Requests that were answered", self.requests.clone());
        let help = "Time from a request to the head of its answer";
        all.register_with_unit("request_latency", help, Unit::Seconds, self.latency.clone());
        let help = "Bodies of answers, as they were sent";
        all.register_with_unit("response", help, Unit::Bytes, self.bytes.clone());
        all.register("open_answers", "Answers in progress, of which streams last longest", self.open.clone());
        let (before, after) = (self.compression.before.clone(), self.compression.after.clone());
        all.register_with_unit("compression_input", "Streams before compression", Unit::Bytes, before);
        all.register_with_unit("compression_output", "Streams after compression", Unit::Bytes, after);
        let help = "Calls that a master or an agent did not answer";
        all.register("upstream_failures", help, self.upstream_failures.clone());
        let help = "Times that another master led than before";
        all.register("leader_changes", help, self.leader_changes.clone());
        all.register("open_terminals", "Terminals in progress", self.terminals.clone());
        let help = "Lines of the audit and access logs that were lost";
        all.register("log_lines_lost", help, self.lost_lines.clone());
    }

    /// Starts the observation of a request.
    pub fn begin(&self, route: Route) -> OpenAnswer {
        let open = self.open.get_or_create(&route).clone();
        open.inc();
        OpenAnswer { open, bytes: self.bytes.get_or_create(&route).clone() }
    }

    /// Counts the head of an answer, which came after `seconds`.
    pub fn answered(&self, route: Route, method: &Method, status: StatusCode, seconds: f64) {
        // A method is foreign text.
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::CONNECT => "CONNECT",
            _ => "other",
        };
        let labels = RequestLabels { route: route.route, method, status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.latency.get_or_create(&route).observe(seconds);
    }

    /// Counts a call that a master or an agent, the `target`, did not answer.
    pub fn upstream_failed(&self, target: &'static str, reason: &'static str) {
        self.upstream_failures.get_or_create(&UpstreamFailure { target, reason }).inc();
    }

    /// All metrics in the text format. `None` if one of them cannot be printed.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry).ok()?;
        Some(text)
    }
}

/// An answer in progress.
#[derive(Debug)]
pub struct OpenAnswer {
    open: Gauge,
    pub bytes: Counter,
}

impl Drop for OpenAnswer {
    fn drop(&mut self) {
        self.open.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_kind() {
        for (path, route) in [
            ("/api/v1", "master"),
            ("/api/v1/scheduler", "scheduler"),
            ("/agent/S1/api/v1", "agent"),
            ("/agent/S1/session", "terminal"),
            ("/agent/S1/session/abc", "terminal"),
            ("/download/abc/state", "download"),
            ("/masters", "masters"),
            ("/readyz", "probe"),
            ("/", "page"),
            ("/assets/app.js", "page"),
            ("/agent/S1/state", "page"),
        ] {
            assert_eq!(Route::of(path).route, route, "{path}");
        }
    }

    #[test]
    fn an_answer_is_open_until_it_ends() {
        let (metrics, route) = (Metrics::default(), Route::of("/"));
        let open = || metrics.text().unwrap_or_default().contains("mesoscope_open_answers{route=\"page\"} 1\n");
        let answer = metrics.begin(route);
        assert!(open());
        drop(answer);
        assert!(!open());
    }
}
