//! What is left of the first record when its lists are cut out: whether it was a snapshot, and the heartbeat's interval.

use std::collections::BTreeMap;

use super::field::{Lenient, Misfits, Present, fields};
use super::scalar::Double;

/// The first record without its objects.
#[derive(Clone, Debug, Default)]
pub struct Skeleton {
    kind: String,
    heartbeat_seconds: Option<f64>,
    misfits: Misfits,
}

#[derive(Default)]
struct SkeletonRecord {
    kind: String,
    subscribed: Subscribed,
}

#[derive(Default)]
struct Subscribed {
    heartbeat_interval_seconds: Option<Double>,
    get_state: SkeletonLists,
}

/// What lists are left of: none of them may be anything else.
#[derive(Default)]
struct SkeletonLists {
    get_tasks: BTreeMap<String, Nothing>,
    get_executors: BTreeMap<String, Nothing>,
    get_frameworks: BTreeMap<String, Nothing>,
    get_agents: BTreeMap<String, Nothing>,
}

type Nothing = Vec<Present>;

fields! { impl<'de> SkeletonRecord; "type" => kind, "subscribed" => subscribed }
fields! { impl<'de> Subscribed;
    "heartbeat_interval_seconds" => heartbeat_interval_seconds,
    "get_state" => get_state,
}
fields! { impl<'de> SkeletonLists;
    "get_tasks" => get_tasks,
    "get_executors" => get_executors,
    "get_frameworks" => get_frameworks,
    "get_agents" => get_agents,
}

impl Skeleton {
    /// Reads what `Cutter::finish` gave back.
    ///
    /// # Errors
    /// If it is no JSON.
    pub fn decode(skeleton: &str) -> Result<Self, serde_json::Error> {
        let Lenient { value, misfits } = serde_json::from_str::<Lenient<SkeletonRecord>>(skeleton)?;
        let SkeletonRecord { kind, subscribed } = value.unwrap_or_default();
        Ok(Self { kind, heartbeat_seconds: subscribed.heartbeat_interval_seconds.map(|seconds| seconds.0), misfits })
    }

    /// Fields of another form than expected, as lists that are no lists.
    pub fn misfits(&self) -> &Misfits {
        &self.misfits
    }

    /// Whether the record was a snapshot.
    pub fn is_snapshot(&self) -> bool {
        self.kind == "SUBSCRIBED"
    }

    /// The record's type; empty if it names none.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it was the answer to that call.
    pub fn answers(&self, call: &str) -> bool {
        self.kind == call
    }

    /// Interval of the master's heartbeats in seconds; `None` if not reported.
    pub fn heartbeat_seconds(&self) -> Option<f64> {
        self.heartbeat_seconds
    }
}
