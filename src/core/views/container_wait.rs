//! What an agent's refusal means to a request that waits for the end of a container.

use crate::mesos::calls::Refusal;

/// What follows from a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitRefusal {
    /// A gateway or a proxy gave up. A wait changes nothing, so it may be repeated.
    Repeat,
    /// The agent no longer knows the container, so it has ended, and nobody knows how.
    EndLost,
    /// The agent refuses.
    Refused,
}

impl WaitRefusal {
    /// Reads a refusal of WAIT_CONTAINER or WAIT_NESTED_CONTAINER. An agent keeps the exit status of nested containers only.
    pub fn of(refusal: &Refusal, is_nested: bool) -> Self {
        match refusal.status {
            502..=504 => Self::Repeat,
            404 if !is_nested => Self::EndLost,
            _ => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_outlasts_gateways_and_says_what_is_lost() {
        let check = |status: u16, is_nested: bool, expected: WaitRefusal| {
            let refusal = Refusal { status, words: "Container c cannot be found".to_owned() };
            assert_eq!(WaitRefusal::of(&refusal, is_nested), expected, "{status}");
        };
        for status in [502, 503, 504] {
            check(status, true, WaitRefusal::Repeat);
            check(status, false, WaitRefusal::Repeat);
        }
        check(404, false, WaitRefusal::EndLost);
        check(404, true, WaitRefusal::Refused);
        check(403, false, WaitRefusal::Refused);
        check(500, false, WaitRefusal::Refused);
    }
}
