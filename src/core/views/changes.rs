//! The newest events, for the feed on the overview.

use serde::{Deserialize, Serialize};

use super::events::{EventItem, EventRow};
use super::filter::Filter;
use super::view::{Sources, View};
use crate::base::units::Timestamp;

/// Asks for the newest events that pass the filter, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesQuery {
    /// Filter in the language of [`Filter`]; empty for all events.
    pub filter: String,
    /// Maximum number of events.
    pub count: u32,
}

impl View for ChangesQuery {
    type Answer = Vec<EventRow>;

    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer {
        let (cluster, filter) = (sources.cluster, Filter::parse(&self.filter));
        let now = cluster.time(now);
        let items = cluster.changes().map(|change| EventItem::of(cluster, change, now));
        let through = items.filter(|item| filter.is_empty() || filter.matches(item));
        through.take(self.count as usize).map(EventItem::row).collect()
    }
}
