//! Words of the page with one's own changes.

use super::span;
use crate::base::units::Nanoseconds;

/// The user that made a change.
pub fn by_user(name: &str) -> String {
    format!("by {name}")
}

/// When a change reverts by itself.
pub fn reverts_in(left: Nanoseconds) -> String {
    format!("reverts in {}", span(left))
}
