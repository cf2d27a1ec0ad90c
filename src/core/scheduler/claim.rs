//! Whose a kept framework is: several workers of a browser may have the same storage, and two schedulers of one framework would end
//! each other's streams. A worker claims a framework for some seconds, and renews its claim.

use crate::base::units::{Nanoseconds, Timestamp};

/// Workers renew their claims so often.
pub const RENEW_EVERY: Nanoseconds = Nanoseconds::from_secs(3);
/// A claim ends so long after it was renewed.
const LASTS: Nanoseconds = Nanoseconds::from_secs(10);
/// A worker without pages is about to end.
const LASTS_WITHOUT_PAGES: Nanoseconds = Nanoseconds::from_secs(1);

/// A worker's claim to a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The worker's random name.
    pub holder: String,
    /// When the claim ends unless it is renewed.
    pub until: Timestamp,
}

/// Whose a framework is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// This worker's.
    Own,
    /// Nobody's, or a worker's that renewed its claim no more.
    Free,
    /// Another worker's.
    Others,
}

impl Claim {
    /// A claim of that worker from now on.
    pub fn new(holder: &str, has_pages: bool, now: Timestamp) -> Self {
        let lasts = if has_pages { LASTS } else { LASTS_WITHOUT_PAGES };
        Self { holder: holder.to_owned(), until: now + lasts }
    }

    /// Whose the framework is, as `worker` sees it.
    pub fn state(&self, worker: &str, now: Timestamp) -> ClaimState {
        match () {
            () if self.holder == worker => ClaimState::Own,
            // A claim beyond all claims is of a clock that was wrong.
            () if self.until <= now || self.until > now + LASTS => ClaimState::Free,
            () => ClaimState::Others,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_is_not_renewed_ends() {
        let at = |seconds| Timestamp(0) + Nanoseconds::from_secs(seconds);
        let claim = Claim::new("a", true, at(100));
        for (worker, seconds, state) in [
            ("a", 101, ClaimState::Own),
            ("a", 200, ClaimState::Own),
            ("b", 101, ClaimState::Others),
            ("b", 109, ClaimState::Others),
            ("b", 110, ClaimState::Free),
            ("b", 99, ClaimState::Free),
        ] {
            assert_eq!(claim.state(worker, at(seconds)), state, "{worker} at {seconds} s");
        }
        assert_eq!(Claim::new("a", false, at(100)).state("b", at(101)), ClaimState::Free);
    }
}
