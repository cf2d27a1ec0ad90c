//! Index of tasks: rows, rings, and the sums that follow from them. Each is updated as a task comes, moves and goes, in
//! constant time. `fold` decides what happens to a task.

use std::collections::VecDeque;

use super::interner::Slot;
use super::task::{MasterTaskList, Task};
use super::tasks::RowId;
use super::{Cluster, Load};

impl Cluster {
    /// Adds the task beside whatever has its key.
    pub(super) fn add(&mut self, task: Task) -> RowId {
        let (agent, framework, role, labels) = (task.agent, task.framework, task.role, task.labels);
        let row = self.tasks.add(task);
        let agent = self.agents.get_mut(agent).map_or(0, |entry| push(&mut entry.rows, row));
        let framework = self.frameworks.get_mut(framework).map_or(0, |entry| push(&mut entry.rows, row));
        self.roles.get_mut(role).into_iter().for_each(|entry| entry.references += 1);
        self.labels.get_mut(labels).into_iter().for_each(|references| *references += 1);
        if let Some(task) = self.tasks.get_mut(row) {
            (task.places.agent, task.places.framework) = (agent, framework);
        }
        self.entered(row);
        row
    }

    /// Lets a task go, with all that refers to it.
    pub(super) fn forget(&mut self, row: RowId) {
        self.left(row);
        self.hand_over(row);
        self.taken_over.remove(&row);
        let Some(task) = self.tasks.remove(row) else { return };
        self.blobs.release(task.json);
        task.later.iter().for_each(|(_, blob)| self.blobs.release(*blob));
        if let Some(entry) = self.agents.get_mut(task.agent)
            && let Some(moved) = take(&mut entry.rows, task.places.agent)
            && let Some(moved) = self.tasks.get_mut(moved)
        {
            moved.places.agent = task.places.agent;
        }
        if let Some(entry) = self.frameworks.get_mut(task.framework)
            && let Some(moved) = take(&mut entry.rows, task.places.framework)
            && let Some(moved) = self.tasks.get_mut(moved)
        {
            moved.places.framework = task.places.framework;
        }
        if let Some(entry) = self.roles.get_mut(task.role) {
            entry.references = entry.references.saturating_sub(1);
        }
        self.drop_agent_slot(task.agent);
        self.drop_framework_slot(task.framework);
        self.drop_role_slot(task.role);
        self.drop_labels_slot(task.labels);
    }

    /// Its key means another task of that key from now on, where there is one.
    fn hand_over(&mut self, row: RowId) {
        let Some(task) = self.tasks.get(row).filter(|task| task.repeated) else { return };
        if self.tasks.find(task.framework, task.id()) != Some(row) {
            return;
        }
        let rows = self.frameworks.get(task.framework).map(|entry| entry.rows.as_slice()).unwrap_or_default();
        let others =
            rows.iter().filter(|other| **other != row).filter_map(|other| Some((*other, self.tasks.get(*other)?)));
        let heir = others
            .filter(|(_, other)| other.id() == task.id())
            .min_by_key(|(_, other)| (other.section, std::cmp::Reverse(other.serial)));
        if let Some((heir, _)) = heir {
            self.tasks.means(heir);
        }
    }

    /// Counts a task in its current section.
    pub(super) fn entered(&mut self, row: RowId) {
        let Some(task) = self.tasks.get(row) else { return };
        let (section, framework) = (task.section, task.framework);
        self.counts.add(task.state, section);
        match section {
            MasterTaskList::Live => {
                self.account(row, Load::add);
                self.executor_runs(row);
            }
            MasterTaskList::Unreachable | MasterTaskList::Completed => {
                self.tasks.renumber(row);
                let ring = self.frameworks.get_mut(framework).and_then(|entry| entry.ring(section));
                ring.into_iter().for_each(|ring| ring.push_back(row));
                self.trim_ring(framework, section);
            }
        }
    }

    /// Takes a task out of the counts of where it stood.
    pub(super) fn left(&mut self, row: RowId) {
        let Some(task) = self.tasks.get(row) else { return };
        let (section, framework) = (task.section, task.framework);
        self.counts.remove(task.state, section);
        match section {
            MasterTaskList::Live => {
                self.account(row, Load::remove);
                self.executor_rests(row);
            }
            MasterTaskList::Unreachable | MasterTaskList::Completed => {
                let ring = self.frameworks.get_mut(framework).and_then(|entry| entry.ring(section));
                ring.into_iter().for_each(|ring| leave(ring, row));
            }
        }
    }

    /// Adds or removes a live task's resources at its agent, framework and role.
    fn account(&mut self, row: RowId, change: impl Fn(&mut Load, Load)) {
        let Some(task) = self.tasks.get(row) else { return };
        let (its, whole) = (Load::of(task), self.whole);
        if let Some(entry) = self.agents.get_mut(task.agent) {
            change(&mut entry.load, its);
            let Load { tasks, used, .. } = entry.load;
            if let Some(agent) = &mut entry.known {
                (agent.tasks, agent.used) = (tasks, used);
                // A task of the snapshot is among what the master said is allocated, though the agent came before it.
                if !whole {
                    agent.used_when_reported = used;
                }
            }
        }
        if let Some(entry) = self.frameworks.get_mut(task.framework) {
            change(&mut entry.load, its);
            let Load { tasks, used, .. } = entry.load;
            entry.known.iter_mut().for_each(|framework| (framework.tasks, framework.used) = (tasks, used));
        }
        if let Some(entry) = self.roles.get_mut(task.role) {
            change(&mut entry.load, its);
        }
    }

    /// A ring that is full lets its oldest task go, as the master's does. Not before the snapshot is whole: what it holds
    /// is what the master keeps.
    fn trim_ring(&mut self, framework: Slot, section: MasterTaskList) {
        let limit = self.limits.of(section);
        while self.whole
            && let Some(ring) = self.frameworks.get_mut(framework).and_then(|entry| entry.ring(section))
            && ring.len() > limit
            && let Some(oldest) = ring.front().copied()
        {
            self.forget(oldest);
        }
    }

    /// All rings, once the limits are known.
    pub(super) fn trim(&mut self) {
        let frameworks: Vec<Slot> = self.frameworks.unsorted().map(|(slot, ..)| slot).collect();
        for framework in frameworks {
            self.trim_ring(framework, MasterTaskList::Unreachable);
            self.trim_ring(framework, MasterTaskList::Completed);
        }
        self.trim_frameworks();
    }

    /// The oldest completed frameworks go, with their tasks.
    pub(super) fn trim_frameworks(&mut self) {
        while self.whole && self.completed_frameworks.len() > self.limits.completed_frameworks {
            let Some(slot) = self.completed_frameworks.pop_front() else { return };
            self.forget_framework(slot);
        }
    }

    /// Lets a framework go, with its tasks: the master lists none without it.
    pub(super) fn forget_framework(&mut self, slot: Slot) {
        let known = self.frameworks.get_mut(slot).and_then(|entry| entry.known.take());
        known.into_iter().for_each(|framework| self.blobs.release(framework.json));
        self.rows_of_framework(slot).into_iter().for_each(|row| self.forget(row));
        self.drop_framework_slot(slot);
    }

    pub(super) fn rows_of_framework(&self, slot: Slot) -> Vec<RowId> {
        self.frameworks.get(slot).map(|entry| entry.rows.clone()).unwrap_or_default()
    }

    pub(super) fn drop_agent_slot(&mut self, slot: Slot) {
        if self.agents.get(slot).is_some_and(|entry| entry.known.is_none() && entry.rows.is_empty()) {
            self.drop_executors(|executor| executor.agent == slot);
            self.keep_host(slot);
            self.agents.remove(slot);
        }
    }

    pub(super) fn drop_framework_slot(&mut self, slot: Slot) {
        if self.frameworks.get(slot).is_some_and(|entry| entry.known.is_none() && entry.rows.is_empty()) {
            self.drop_executors(|executor| executor.framework == slot);
            self.frameworks.remove(slot);
        }
    }

    fn drop_labels_slot(&mut self, slot: Slot) {
        let Some(references) = self.labels.get_mut(slot) else { return };
        *references = references.saturating_sub(1);
        if *references == 0 {
            self.labels.remove(slot);
        }
    }

    fn drop_role_slot(&mut self, slot: Slot) {
        if self.roles.get(slot).is_some_and(|entry| entry.references == 0) {
            self.roles.remove(slot);
        }
    }
}

/// Adds a row, and returns its position.
fn push(rows: &mut Vec<RowId>, row: RowId) -> u32 {
    rows.push(row);
    u32::try_from(rows.len() - 1).unwrap_or(u32::MAX)
}

/// Takes a row out of its place; the last takes it over, if there is one.
fn take(rows: &mut Vec<RowId>, place: u32) -> Option<RowId> {
    let place = place as usize;
    if place < rows.len() {
        rows.swap_remove(place);
    }
    rows.get(place).copied()
}

/// Most that leave a ring are its oldest.
fn leave(ring: &mut VecDeque<RowId>, row: RowId) {
    if ring.front() == Some(&row) {
        ring.pop_front();
    } else if let Some(place) = ring.iter().position(|other| *other == row) {
        ring.remove(place);
    }
}
