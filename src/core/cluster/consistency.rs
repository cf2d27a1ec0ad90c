//! Rebuilds from the rows what the fold keeps as events come, and compares. For tests.

use std::collections::HashMap;

use super::executor::ExecutorSlotKey;
use super::interner::Slot;
use super::tasks::RowId;
use super::{Cluster, Load};
use crate::cluster::task::{MasterTaskList, Task, TaskCounts};

impl Cluster {
    /// Compares what is derived with the rows.
    ///
    /// # Errors
    /// The first that does not agree.
    pub fn check(&self) -> Result<(), Inconsistency> {
        let mut counts = TaskCounts::default();
        let (mut agents, mut frameworks, mut roles) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut executors: HashMap<ExecutorSlotKey, u32> = HashMap::new();
        for (row, task) in self.tasks.unsorted_rows() {
            counts.add(task.state, task.section);
            let live = task.section == MasterTaskList::Live;
            let load = if live { Load::of(task) } else { Load::default() };
            add(agents.entry(task.agent).or_default(), row, load);
            add(frameworks.entry(task.framework).or_default(), row, load);
            add(roles.entry(task.role).or_default(), row, load);
            if live && task.has_executor {
                let id = task.executor().into();
                *executors.entry(ExecutorSlotKey { framework: task.framework, agent: task.agent, id }).or_default() +=
                    1;
            }
        }
        same("counts", &self.counts, &counts)?;
        for (slot, id, entry) in self.agents.unsorted() {
            let (rows, load) = agents.remove(&slot).unwrap_or_default();
            same(id, &(sorted(&entry.rows), entry.load), &(rows, load))?;
            let known =
                entry.known.as_ref().map_or(load, |agent| Load { tasks: agent.tasks, used: agent.used, ..load });
            same(id, &known, &load)?;
        }
        for (slot, id, entry) in self.frameworks.unsorted() {
            let (rows, load) = frameworks.remove(&slot).unwrap_or_default();
            let of = |section| {
                rows.iter().copied().filter(move |row| self.tasks.get(*row).is_some_and(|task| task.section == section))
            };
            for (ring, section) in
                [(&entry.completed, MasterTaskList::Completed), (&entry.unreachable, MasterTaskList::Unreachable)]
            {
                same(id, &sorted(&ring.iter().copied().collect::<Vec<_>>()), &of(section).collect())?;
                same(id, &(self.whole && ring.len() > self.limits.of(section)), &false)?;
            }
            same(id, &(sorted(&entry.rows), entry.load), &(rows.clone(), load))?;
            let known =
                entry.known.as_ref().map_or(load, |known| Load { tasks: known.tasks, used: known.used, ..load });
            same(id, &known, &load)?;
        }
        for (slot, id, entry) in self.roles.unsorted() {
            let (rows, load) = roles.remove(&slot).unwrap_or_default();
            same(id, &(entry.references as usize, entry.load), &(rows.len(), load))?;
        }
        for (key, executor) in self.executors.unsorted() {
            same(&key.id, &executor.tasks, &executors.remove(key).unwrap_or(0))?;
        }
        same("executors", &executors.len(), &0)?;
        same("slots", &(agents.len(), frameworks.len(), roles.len()), &(0, 0, 0))?;
        self.check_keys()
    }

    /// A key means its live task, else its unreachable one, else the newest that has ended.
    fn check_keys(&self) -> Result<(), Inconsistency> {
        let mut best: HashMap<(Slot, &str), &Task> = HashMap::new();
        for task in self.tasks() {
            let rank = |task: &Task| (task.section, std::cmp::Reverse(task.serial));
            let known = best.entry((task.framework, task.id())).or_insert(task);
            if rank(task) < rank(known) {
                *known = task;
            }
        }
        for ((framework, id), task) in best {
            let found = self.tasks.find(framework, id).and_then(|row| self.tasks.get(row));
            same(id, &found.map(|found| found.serial), &Some(task.serial))?;
        }
        Ok(())
    }
}

fn add(sums: &mut (Vec<RowId>, Load), row: RowId, load: Load) {
    sums.0.push(row);
    sums.1.add(load);
}

fn sorted(rows: &[RowId]) -> Vec<RowId> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

/// Something derived that is kept other than it is rebuilt from the rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: kept {kept}, rebuilt {rebuilt}")]
pub struct Inconsistency {
    what: String,
    kept: String,
    rebuilt: String,
}

impl From<Inconsistency> for String {
    fn from(found: Inconsistency) -> Self {
        found.to_string()
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, kept: &T, rebuilt: &T) -> Result<(), Inconsistency> {
    if kept == rebuilt {
        return Ok(());
    }
    Err(Inconsistency { what: what.to_owned(), kept: format!("{kept:?}"), rebuilt: format!("{rebuilt:?}") })
}
