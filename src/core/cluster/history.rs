//! History over the session's time: numbers of tasks by state and allocated resources, as a bounded number of samples at growing
//! intervals, and since when roles are near their limits. Knows neither the source of the figures nor how they are drawn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::ids::Role;
use crate::base::order;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::cluster::task::TaskCounts;

/// Maximum number of samples; then every second one is dropped, and the interval doubles.
const SAMPLES: usize = 240;
const FIRST: Nanoseconds = Nanoseconds::from_secs(5);

/// The cluster's figures at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Numbers of tasks by state.
    pub tasks: TaskCounts,
    /// All resources of reachable agents.
    pub total: Quantities,
    /// The part of them that is allocated to tasks and executors.
    pub allocated: Quantities,
}

/// The cluster's figures, with the time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Time of the sample, by this machine's clock.
    pub at: Timestamp,
    /// Figures at that time.
    pub figures: Figures,
}

/// Samples and warnings of the session so far.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    samples: Vec<Sample>,
    every: Nanoseconds,
    due: Timestamp,
    revision: u64,
    /// Roles near their limits at the last look, and since when; `None` for those that were so at the first.
    near: Option<BTreeMap<Role, Option<Timestamp>>>,
}

impl Default for History {
    fn default() -> Self {
        Self { samples: Vec::new(), every: FIRST, due: Timestamp(i64::MIN), revision: 0, near: None }
    }
}

impl History {
    /// Takes a sample of `figures`, if one is due.
    pub fn sample(&mut self, figures: impl FnOnce() -> Figures, now: Timestamp) {
        if now < self.due {
            return;
        }
        if self.samples.len() >= SAMPLES {
            let mut kept = true;
            self.samples.retain(|_| {
                kept = !kept;
                !kept
            });
            self.every = self.every + self.every;
        }
        self.samples.push(Sample { at: now, figures: figures() });
        self.due = now + self.every;
        self.revision += 1;
    }

    /// Notes the roles that are near their limits now.
    pub fn near(&mut self, roles: impl Iterator<Item = Role>, now: Timestamp) {
        let before = self.near.take();
        let since = |role: &Role| match &before {
            None => None,
            Some(before) => before.get(role).copied().unwrap_or(Some(now)),
        };
        self.near = Some(order::inserted(roles.map(|role| (since(&role), role)).map(|(since, role)| (role, since))));
    }

    /// Time at which the role came near its limit; `None` if that was not seen, or it is not near.
    pub fn near_since(&self, role: &Role) -> Option<Timestamp> {
        self.near.as_ref()?.get(role).copied().flatten()
    }

    /// When the next sample is due.
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// All samples, the oldest first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// A number that changes with each sample.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_near_its_limit_since_it_was_seen_to_come_near() {
        let mut history = History::default();
        let mut look = |roles: &[&str], second: i64| {
            history.near(roles.iter().map(|role| Role::from(*role)), Timestamp(second));
            [history.near_since(&"a".into()), history.near_since(&"b".into())].map(|since| since.map(|at| at.0))
        };
        assert_eq!(look(&["a"], 1), [None, None], "it may have been so for long");
        assert_eq!(look(&["a", "b"], 2), [None, Some(2)]);
        assert_eq!(look(&["a", "b"], 3), [None, Some(2)]);
        assert_eq!(look(&["b"], 4), [None, Some(2)]);
        assert_eq!(look(&["a"], 5), [Some(5), None]);
    }

    #[test]
    fn samples_are_bounded_and_span_the_whole_time() {
        let mut history = History::default();
        for second in 0..100_000 {
            history.sample(Figures::default, Timestamp(second * 1_000_000_000));
        }
        let at: Vec<i64> = history.samples().iter().map(|sample| sample.at.0 / 1_000_000_000).collect();
        assert!(at.len() <= SAMPLES && at.len() > SAMPLES / 2, "{}", at.len());
        assert_eq!(at.first(), Some(&0));
        assert!(at.last().is_some_and(|last| *last > 99_000));
        assert!(at.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
