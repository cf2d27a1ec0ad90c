//! Values of metrics.

use mesoscope_core::text::metrics;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        metrics::value("master/disk_total", 2_473_268_224.0),
        metrics::value("master/cpus_used", 1.0),
        metrics::value("master/mem_percent", 0.433),
        metrics::value("master/uptime_secs", 22_946.45),
        metrics::value("registrar/state_store_ms/p99", 0.433),
        metrics::value("master/tasks_running", 22_946.0),
    ]
}
