//! Outstanding offers and inverse offers to a framework. Only GET_FRAMEWORKS lists them.

use crate::base::ids::AgentId;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::wire;
use crate::mesos::wire::time::DurationInfo;

/// An offer: resources of one agent that a framework may take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// The offer's id, `OfferID.value`.
    pub id: String,
    /// The agent whose resources it offers.
    pub agent: AgentId,
    /// Host name of that agent, `Offer.hostname`.
    pub hostname: String,
    /// The role that the resources are offered to.
    pub role: String,
    /// Offered amounts.
    pub resources: Quantities,
    /// Offered resources that are no amounts, such as ports.
    pub pieces: wire::non_scalars::NonScalars,
}

/// A request to free an agent before its maintenance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InverseOffer {
    /// The inverse offer's id, `OfferID.value`.
    pub id: String,
    /// The agent that is to be freed.
    pub agent: AgentId,
    /// Start of the unavailability; `None` if its times cannot be read.
    pub start: Option<Timestamp>,
    /// Length of the unavailability; `None` for ever, or without a start.
    pub duration: Option<Nanoseconds>,
}

impl Offer {
    pub(super) fn reported(reported: &wire::framework::ReportedOffer<'_>) -> Self {
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
    pub(super) fn reported(reported: &wire::framework::ReportedInverseOffer<'_>) -> Self {
        Self {
            id: reported.id.as_str().to_owned(),
            agent: reported.agent_id.as_str().into(),
            start: reported.unavailability.map(|times| times.start.at()),
            duration: reported.unavailability.and_then(|times| times.duration).map(DurationInfo::length),
        }
    }
}
