//! The cluster's figures over the session's time.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::units::Timestamp;
use crate::cluster::history::Sample;

/// Asks for the session's samples, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryQuery;

impl View for HistoryQuery {
    type Answer = Vec<Sample>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        sources.history.samples().to_vec()
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.history.revision()
    }
}
