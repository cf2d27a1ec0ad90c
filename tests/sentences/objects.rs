//! Pages of single objects, roles, and text that is shown verbatim.

use mesoscope_core::base::units::Bytes;
use mesoscope_core::text::{entries, roles, verbatim};

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    listed![
        entries::NO_OFFER,
        entries::NO_OPERATION,
        entries::NO_ROLE,
        entries::INVERSE_OFFER,
        entries::NO_QUOTA,
        entries::quota_unknown("Cannot read quotas", "The connection broke off."),
        roles::weight_of("eng/web"),
        roles::new_weights(0),
        roles::new_weights(1),
        roles::new_weights(7),
        roles::descendants(1, "eng"),
        verbatim::search_in("Raw JSON"),
        verbatim::lines_found(0, 0),
        verbatim::lines_found(0, 1),
        verbatim::lines_found(2, 1004),
        verbatim::show_whole(Bytes::new(123_456)),
    ]
}
