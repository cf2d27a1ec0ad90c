//! The sum of what several actions do to tasks, for their dialog.

use serde::{Deserialize, Serialize};

use super::view::{Cost, Sources, View};
use crate::actions::Action;
use crate::actions::bulk_impact::{BulkImpact, bulk_impact};
use crate::base::units::Timestamp;
use crate::cluster::topic::Topic;

/// Asks for the sum of what actions of one kind do to tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkImpactQuery {
    /// A number that is returned with the answer, to match it with its query.
    pub number: u32,
    /// The actions, all of one kind.
    pub actions: Vec<Action>,
}

impl View for BulkImpactQuery {
    type Answer = (u32, Option<BulkImpact>);

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        (self.number, bulk_impact(sources.cluster, &self.actions))
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Frameworks]
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}
