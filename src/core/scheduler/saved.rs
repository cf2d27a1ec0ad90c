//! What a browser keeps of a framework, so that its runs can be picked up again within the failover timeout.

use serde::{Deserialize, Serialize};

use super::machine::{LinkState, Scheduler};
use super::run::{RunFramework, RunRequest, RunTask, TaskPhase};
use crate::base::ids::FrameworkId;
use crate::base::units::Timestamp;

/// A framework with its runs, as it was at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedScheduler {
    /// The framework.
    pub framework: RunFramework,
    /// Its id.
    pub id: FrameworkId,
    /// The runs.
    pub runs: Vec<RunRequest>,
    /// Their tasks.
    pub tasks: Vec<RunTask>,
    /// When the master was last heard of.
    pub heard: Timestamp,
}

impl Scheduler {
    /// What is to be kept; `None` for a framework without an id, and for one that has ended.
    pub fn saved(&self, now: Timestamp) -> Option<SavedScheduler> {
        let heard = match self.link {
            LinkState::Idle | LinkState::Ended(_) => return None,
            LinkState::Subscribed { heard, .. } => heard,
            LinkState::Lost { since, .. } => since,
            LinkState::Opening { .. } => self.lost_since.unwrap_or(now),
        };
        Some(SavedScheduler {
            framework: self.framework.clone(),
            id: self.id.clone()?,
            runs: self.runs.values().cloned().collect(),
            tasks: self.tasks.values().cloned().collect(),
            heard,
        })
    }

    /// Picks a framework up again. A `Tick` opens its stream, or finds that its failover timeout has passed.
    pub fn resumed(saved: SavedScheduler, seed: u64) -> Self {
        let mut scheduler = Self::new(saved.framework, seed);
        scheduler.id = Some(saved.id);
        scheduler.runs = saved.runs.into_iter().map(|run| (run.id.clone(), run)).collect();
        // The answer of a launch was not heard: it may have taken place.
        let launched = |mut task: RunTask| {
            if let TaskPhase::Launching(_) = task.phase {
                task.phase = TaskPhase::Launched;
            }
            (task.id.clone(), task)
        };
        scheduler.tasks = saved.tasks.into_iter().map(launched).collect();
        scheduler.lost_since = Some(saved.heard);
        scheduler.link = LinkState::Lost { since: saved.heard, retry_at: saved.heard };
        scheduler
    }
}
