//! What a browser keeps of a framework, so that its runs can be picked up again within the failover timeout.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::machine::{FrameworkEnd, LinkState, Scheduler};
use super::run::{RunFramework, RunId, RunRequest, RunTask, TaskPhase};
use crate::base::ids::FrameworkId;
use crate::base::order;
use crate::base::units::Timestamp;

/// A framework with its runs, as it was at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedScheduler {
    /// The framework.
    pub framework: RunFramework,
    /// Its id; `None` for one that was refused before it had one.
    pub id: Option<FrameworkId>,
    /// The runs.
    pub runs: Vec<RunRequest>,
    /// Their tasks.
    pub tasks: Vec<RunTask>,
    /// When the master was last heard of.
    pub heard: Timestamp,
    /// Its connection.
    pub link: SavedLink,
}

/// The connection of a framework that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedLink {
    /// The stream is opened again when a worker picks the framework up.
    Open,
    /// A user has left it.
    Left,
    /// The framework has ended. What became of its tasks is kept.
    Ended(FrameworkEnd),
}

impl Scheduler {
    /// What is to be kept; `None` for a framework without an id that has not ended. Secrets are left out.
    pub fn saved(&self, now: Timestamp) -> Option<SavedScheduler> {
        let (heard, link) = match &self.link {
            LinkState::Idle => return None,
            LinkState::Subscribed { heard, .. } => (*heard, SavedLink::Open),
            LinkState::Lost { since, .. } => (*since, SavedLink::Open),
            LinkState::Opening { .. } => (self.lost_since.unwrap_or(now), SavedLink::Open),
            LinkState::Left { since } => (*since, SavedLink::Left),
            LinkState::Ended(end) => (self.lost_since.unwrap_or(now), SavedLink::Ended(end.clone())),
        };
        if self.id.is_none() && !matches!(link, SavedLink::Ended(_)) {
            return None;
        }
        Some(SavedScheduler {
            framework: self.framework.clone(),
            id: self.id.clone(),
            runs: self.runs.values().map(RunRequest::without_secrets).collect(),
            tasks: self.tasks.values().cloned().collect(),
            heard,
            link,
        })
    }

    /// Picks a framework up again. A `Tick` opens its stream, or finds that its failover timeout has passed.
    pub fn resumed(saved: SavedScheduler, seed: u64) -> Self {
        let mut scheduler = Self::new(saved.framework, seed);
        scheduler.id = saved.id;
        scheduler.runs = order::inserted(saved.runs.into_iter().map(|run| (run.id.clone(), run)));
        // What waits cannot be launched as it was asked for.
        let incomplete: BTreeSet<RunId> =
            order::inserted(scheduler.runs.values().filter(|run| run.lacks_secrets()).map(|run| run.id.clone()));
        // The answer of a launch was not heard: it may have taken place.
        let launched = |mut task: RunTask| {
            if let TaskPhase::Launching(_) = task.phase {
                task.phase = TaskPhase::Launched;
            }
            if task.waits() && incomplete.contains(&task.run) {
                task.give_up();
            }
            (task.id.clone(), task)
        };
        scheduler.tasks = order::inserted(saved.tasks.into_iter().map(launched));
        scheduler.lost_since = Some(saved.heard);
        scheduler.link = match saved.link {
            SavedLink::Open => LinkState::Lost { since: saved.heard, retry_at: saved.heard },
            SavedLink::Left => LinkState::Left { since: saved.heard },
            SavedLink::Ended(end) => LinkState::Ended(end),
        };
        scheduler
    }
}
