//! How many tasks were in which state over the session's time: a bounded number of samples, at intervals that grow with the time.
//! Knows neither where counts come from nor how they are drawn.

use serde::{Deserialize, Serialize};

use crate::cluster::TaskCounts;
use crate::units::{Nanoseconds, Timestamp};

/// Samples that are kept at most; then every second one goes, and the interval doubles.
const SAMPLES: usize = 240;
const FIRST: Nanoseconds = Nanoseconds::from_secs(5);

/// The counts at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub at: Timestamp,
    pub tasks: TaskCounts,
}

/// The samples so far.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    samples: Vec<Sample>,
    every: Nanoseconds,
    due: Timestamp,
    revision: u64,
}

impl Default for History {
    fn default() -> Self {
        Self { samples: Vec::new(), every: FIRST, due: Timestamp(i64::MIN), revision: 0 }
    }
}

impl History {
    /// Takes a sample, if one is due.
    pub fn sample(&mut self, tasks: &TaskCounts, now: Timestamp) {
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
        self.samples.push(Sample { at: now, tasks: *tasks });
        self.due = now + self.every;
        self.revision += 1;
    }

    /// When the next sample is due.
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// The oldest first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Moves with each sample.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_bounded_and_span_the_whole_time() {
        let mut history = History::default();
        for second in 0..100_000 {
            history.sample(&TaskCounts::default(), Timestamp(second * 1_000_000_000));
        }
        let at: Vec<i64> = history.samples().iter().map(|sample| sample.at.0 / 1_000_000_000).collect();
        assert!(at.len() <= SAMPLES && at.len() > SAMPLES / 2, "{}", at.len());
        assert_eq!(at.first(), Some(&0));
        assert!(at.last().is_some_and(|last| *last > 99_000));
        assert!(at.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
