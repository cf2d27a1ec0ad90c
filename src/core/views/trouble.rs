//! Problems on the way from the master to the page.

use serde::{Deserialize, Serialize};

use super::view::{Sources, View};
use crate::base::units::Timestamp;
use crate::checks::trouble::Trouble;

/// Asks for all problems since the session started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleQuery;

impl View for TroubleQuery {
    type Answer = Trouble;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        sources.trouble.clone()
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.trouble.total
    }
}
