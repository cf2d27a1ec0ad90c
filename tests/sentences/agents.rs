//! Agents by their hosts, and objects that are absent.

use mesoscope_core::base::units::{Bytes, Cpus, Gpus, Nanoseconds, Quantities};
use mesoscope_core::text::{absent, agents, executors, resources};

use crate::{Sentence, listed};

const ID: &str = "c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3";

pub fn all() -> Vec<Sentence> {
    let some = Quantities {
        cpus: Cpus::from_scalar(1.0),
        mem: Bytes::from_mebibytes(8192.0),
        disk: Bytes::from_mebibytes(512.0),
        gpus: Gpus::from_scalar(2.0),
    };
    listed![
        agents::name("db.example", ID),
        agents::name("", ID),
        agents::hint("db.example", ID),
        agents::hint("", ID),
        agents::with_host("db.example"),
        agents::drain_terms(Some(Nanoseconds::from_secs(60)), true),
        agents::drain_terms(None, false),
        agents::provider("local_ssd", 400.0 * 1024.0),
        agents::provider("local_ssd", 0.0),
        agents::verbosity(None, None),
        agents::verbosity(Some("0"), None),
        agents::verbosity(Some("2"), None),
        agents::verbosity(Some("3"), Some(Nanoseconds::from_secs(290))),
        agents::UNLISTED,
        agents::UNKNOWN,
        executors::task_counts([Some(2), Some(1), Some(40)]),
        executors::hint("e1", "web", "marathon"),
        absent::not_listed("agent db.example", false),
        absent::not_listed("agent db.example", true),
        absent::marked_gone("agent db.example"),
        absent::GONE,
        absent::loading("task t", true),
        absent::loading("task t", false),
        absent::loading_hint(true),
        absent::loading_hint(false),
        resources::quantities(some),
        resources::volume("vol-1", "data"),
    ]
}
