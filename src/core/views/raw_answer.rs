//! The answer to a read, as the master sent it.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;

/// Asks for the latest answer for a topic, as JSON. The answer is empty if none has come, or if it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawAnswerQuery(pub Topic);

impl View for RawAnswerQuery {
    type Answer = String;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        sources.cluster.body(self.0).unwrap_or_default().to_owned()
    }

    fn topics(&self) -> &'static [Topic] {
        match self.0 {
            Topic::Schedule => &[Topic::Schedule],
            Topic::Machines => &[Topic::Machines],
            _ => &[],
        }
    }
}
