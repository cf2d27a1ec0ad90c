//! Offers and inverse offers: what the master has on the table for a framework. Only GET_FRAMEWORKS tells of them.

use crate::base::ids::AgentId;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::wire;
use crate::mesos::wire::time::DurationInfo;

/// Resources that a framework may take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    pub id: String,
    pub agent: AgentId,
    pub hostname: String,
    /// The role for which they are offered.
    pub role: String,
    pub resources: Quantities,
    /// What of it is no amount, as ports.
    pub pieces: wire::pieces::Pieces,
}

/// A request to free an agent before its maintenance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InverseOffer {
    pub id: String,
    pub agent: AgentId,
    /// When the agent will be unavailable.
    pub start: Option<Timestamp>,
    /// For how long; for ever without one.
    pub duration: Option<Nanoseconds>,
}

impl Offer {
    pub(super) fn reported(reported: &wire::framework::Offer<'_>) -> Self {
        Self {
            id: reported.id.as_str().to_owned(),
            agent: reported.agent_id.as_str().into(),
            hostname: reported.hostname.as_str().to_owned(),
            role: reported.role().to_owned(),
            resources: reported.resources.quantities,
            pieces: reported.resources.pieces.clone(),
        }
    }
}

impl InverseOffer {
    pub(super) fn reported(reported: &wire::framework::InverseOffer<'_>) -> Self {
        Self {
            id: reported.id.as_str().to_owned(),
            agent: reported.agent_id.as_str().into(),
            start: reported.unavailability.start.moment(),
            duration: reported.unavailability.duration.map(DurationInfo::length),
        }
    }
}
