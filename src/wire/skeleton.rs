//! What is left of the first record when its lists are cut out: whether it was a snapshot, and the heartbeat's interval.

use serde::Deserialize;

use super::scalar::{Double, Text};

/// The first record without its objects.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Skeleton<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(default)]
    subscribed: Subscribed,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Subscribed {
    #[serde(default)]
    heartbeat_interval_seconds: Option<Double>,
}

impl<'a> Skeleton<'a> {
    /// Reads what `Cutter::finish` gave back.
    ///
    /// # Errors
    /// If it is no JSON.
    pub fn decode(skeleton: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(skeleton)
    }

    /// Whether the record was a snapshot.
    pub fn is_snapshot(&self) -> bool {
        self.kind.as_str() == "SUBSCRIBED"
    }

    /// Whether it was the answer to that call.
    pub fn answers(&self, call: &str) -> bool {
        self.kind.as_str() == call
    }

    /// How often the master sends a heartbeat.
    pub fn heartbeat_seconds(&self) -> Option<f64> {
        self.subscribed.heartbeat_interval_seconds.map(|seconds| seconds.0)
    }
}
