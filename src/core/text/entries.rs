//! Words for the pages of an offer, an operation and a role.

/// Why an offer has no page.
pub const NO_OFFER: &str = "Offers usually last seconds. This one was accepted, declined or rescinded.";
/// Why an operation has no page.
pub const NO_OPERATION: &str = "The master lists an operation until its final status is acknowledged.";
/// Why a role has no page.
pub const NO_ROLE: &str =
    "No framework subscribes to this role, and it has no reservation, weight or quota. The name may be mistyped.";
/// Kind of an inverse offer.
pub const INVERSE_OFFER: &str = "inverse offer: asks the framework to leave the agent";
/// Explanation of a role without a quota.
pub const NO_QUOTA: &str = "The role has no guarantee and no limit.";

/// Explanation of a quota that is not known: what is wrong with the read, and the reason.
pub fn quota_unknown(title: &str, reason: &str) -> String {
    format!("{title}: whether the role has a quota is not known. {reason}")
}
