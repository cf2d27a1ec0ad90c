//! When to try again: 1 s, doubling to 60 s, with jitter, so that a thousand pages do not come back at once.
//! Draws no rng: the seed is an argument.

use crate::base::units::Nanoseconds;

const FIRST_MILLIS: u64 = 1000;
const LAST_MILLIS: u64 = 60_000;

/// The waits between tries.
#[derive(Clone, Debug)]
pub struct Backoff {
    tries: u32,
    rng: fastrand::Rng,
}

impl Backoff {
    /// Starts at the shortest wait; the seed determines all jitter.
    pub fn new(seed: u64) -> Self {
        Self { tries: 0, rng: fastrand::Rng::with_seed(seed) }
    }

    /// Wait before the next try: between half of 1, 2, 4 … 60 s and the whole.
    pub fn next_wait(&mut self) -> Nanoseconds {
        let full = FIRST_MILLIS.saturating_mul(1 << self.tries.min(16)).min(LAST_MILLIS);
        self.tries = self.tries.saturating_add(1);
        let millis = self.rng.u64(full / 2..=full);
        Nanoseconds::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    /// A stream has been stable: the next wait is the shortest again.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_within_their_bounds() {
        let mut backoff = Backoff::new(7);
        for full in [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000] {
            let wait = backoff.next_wait().as_millis();
            assert!((full / 2..=full).contains(&wait), "{wait} of {full}");
        }
        backoff.reset();
        assert!(backoff.next_wait().as_millis() <= 1000);
    }

    #[test]
    fn seeds_differ() {
        let waits = |seed| {
            let mut backoff = Backoff::new(seed);
            [(); 4].map(|()| backoff.next_wait())
        };
        assert_ne!(waits(1), waits(2));
    }
}
