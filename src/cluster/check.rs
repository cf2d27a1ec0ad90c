//! Rebuilds from the rows what the fold keeps as events come, and compares. For tests.

use std::collections::HashMap;

use super::{Cluster, Section, TaskCounts};
use crate::units::Quantities;

impl Cluster {
    /// What is derived and does not agree with the rows, in words; nothing if all does.
    pub fn check(&self) -> Result<(), String> {
        let mut counts = TaskCounts::default();
        let (mut agents, mut frameworks) = (HashMap::new(), HashMap::new());
        for task in self.tasks() {
            counts.add(task.state, task.section);
            let live = if task.section == Section::Live { (1, task.used) } else { (0, Quantities::NONE) };
            for sums in [
                agents.entry(task.agent).or_insert((0, 0, Quantities::NONE)),
                frameworks.entry(task.framework).or_insert((0, 0, Quantities::NONE)),
            ] {
                *sums = (sums.0 + 1, sums.1 + live.0, sums.2 + live.1);
            }
        }
        same("counts", &self.counts, &counts)?;
        for (slot, id, entry) in self.agents.unsorted() {
            let sums = agents.remove(&slot).unwrap_or((0, 0, Quantities::NONE));
            same(id, &(entry.references, entry.tasks, entry.used), &sums)?;
            let known = entry.known.as_ref().map_or((entry.tasks, entry.used), |agent| (agent.tasks, agent.used));
            same(id, &known, &(entry.tasks, entry.used))?;
        }
        for (slot, id, entry) in self.frameworks.unsorted() {
            let sums = frameworks.remove(&slot).unwrap_or((0, 0, Quantities::NONE));
            same(id, &(entry.references, entry.tasks, entry.used), &sums)?;
            let known =
                entry.known.as_ref().map_or((entry.tasks, entry.used), |framework| (framework.tasks, framework.used));
            same(id, &known, &(entry.tasks, entry.used))?;
        }
        same("slots of tasks that are not held", &agents.len(), &0)?;
        same("slots of tasks that are not held", &frameworks.len(), &0)
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, kept: &T, rebuilt: &T) -> Result<(), String> {
    if kept == rebuilt { Ok(()) } else { Err(format!("{what}: kept {kept:?}, rebuilt {rebuilt:?}")) }
}
