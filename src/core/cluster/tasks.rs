//! All tasks by row, and the newest of each key. Knows nothing of what happens to a task.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::interner::Slot;
use super::row_changes::RowChanges;
use super::task::Task;

/// A task's row, for as long as the task is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowId(u32);

impl RowId {
    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn number(self) -> u32 {
        self.0
    }
}

/// Rows lie in pages of 4,096: one list of 800,000 rows that doubles would leave its halves behind in wasm's memory.
const PAGE: usize = 1 << 12;

#[derive(Debug, Default)]
struct Pages(Vec<Vec<Option<Task>>>);

impl Pages {
    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PAGE + last.len())
    }

    fn push(&mut self, task: Option<Task>) {
        if self.0.last().is_none_or(|last| last.len() == PAGE) {
            self.0.push(Vec::with_capacity(PAGE));
        }
        if let Some(last) = self.0.last_mut() {
            last.push(task);
        }
    }

    fn get(&self, row: RowId) -> Option<&Task> {
        self.0.get(row.0 as usize / PAGE)?.get(row.0 as usize % PAGE)?.as_ref()
    }

    fn place(&mut self, row: RowId) -> Option<&mut Option<Task>> {
        self.0.get_mut(row.0 as usize / PAGE)?.get_mut(row.0 as usize % PAGE)
    }

    fn iter(&self) -> impl Iterator<Item = &Option<Task>> {
        self.0.iter().flatten()
    }
}

#[derive(Debug, Default)]
pub(super) struct Tasks {
    rows: Pages,
    free: Vec<RowId>,
    /// Newest task by framework and id.
    index: HashTable<RowId>,
    hasher: DefaultHashBuilder,
    serial: u64,
    pub(super) changes: RowChanges,
}

impl Tasks {
    /// Reserves room for this number of tasks, since a growing index visits all of them again.
    pub(super) fn reserve(&mut self, tasks: usize) {
        let (rows, hasher) = (&self.rows, &self.hasher);
        self.index.reserve(tasks, |row| hash_of(rows, hasher, *row));
    }

    /// Adds a task. Its key means it from now on, unless it has ended and another of its key has not.
    pub(super) fn add(&mut self, mut task: Task) -> RowId {
        self.serial += 1;
        task.serial = self.serial;
        let hash = self.hasher.hash_one((task.framework, task.id()));
        let row = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            RowId(u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX))
        });
        let rows = &mut self.rows;
        match self.index.find_mut(hash, |other| is(rows, *other, task.framework, task.id())) {
            Some(known) => {
                task.repeated = true;
                let other = rows.place(*known).and_then(Option::as_mut);
                other.into_iter().for_each(|other| other.repeated = true);
                if rows.get(*known).is_none_or(|other| task.section <= other.section) {
                    *known = row;
                }
            }
            None => {
                let (rows, hasher) = (&self.rows, &self.hasher);
                self.index.insert_unique(hash, row, |other| hash_of(rows, hasher, *other));
            }
        }
        if let Some(place) = self.rows.place(row) {
            *place = Some(task);
        }
        self.changes.note(row.0);
        row
    }

    /// The task has come to the end of its ring. Of a snapshot it may have come before others that had ended already.
    pub(super) fn renumber(&mut self, row: RowId) {
        self.serial += 1;
        let serial = self.serial;
        self.get_mut(row).into_iter().for_each(|task| task.serial = serial);
    }

    /// The key of a task means it from now on.
    pub(super) fn means(&mut self, row: RowId) {
        let Some(task) = self.rows.get(row) else { return };
        let hash = self.hasher.hash_one((task.framework, task.id()));
        let rows = &self.rows;
        let known = self.index.find_mut(hash, |other| is(rows, *other, task.framework, task.id()));
        match known {
            Some(known) => *known = row,
            None => {
                let hasher = &self.hasher;
                self.index.insert_unique(hash, row, |other| hash_of(rows, hasher, *other));
            }
        }
    }

    /// The task of a key: a live one, else an unreachable one, else the newest that has ended (PROTOCOL.md, "TASK_UPDATED").
    pub(super) fn find(&self, framework: Slot, id: &str) -> Option<RowId> {
        self.index.find(self.hasher.hash_one((framework, id)), |row| is(&self.rows, *row, framework, id)).copied()
    }

    /// A number above all those of rows.
    pub(super) fn numbers(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Number of tasks held.
    pub(super) fn count(&self) -> usize {
        self.rows.len() - self.free.len()
    }

    pub(super) fn get(&self, row: RowId) -> Option<&Task> {
        self.rows.get(row)
    }

    /// The task, which counts as changed.
    pub(super) fn get_mut(&mut self, row: RowId) -> Option<&mut Task> {
        self.changes.note(row.0);
        self.rows.place(row)?.as_mut()
    }

    /// Takes the task out.
    pub(super) fn remove(&mut self, row: RowId) -> Option<Task> {
        let task = self.get(row)?;
        let hash = self.hasher.hash_one((task.framework, task.id()));
        if let Ok(entry) = self.index.find_entry(hash, |other| *other == row) {
            entry.remove();
        }
        self.free.push(row);
        self.changes.note(row.0);
        self.rows.place(row)?.take()
    }

    pub(super) fn unsorted(&self) -> impl Iterator<Item = &Task> {
        self.rows.iter().flatten()
    }

    pub(super) fn unsorted_rows(&self) -> impl Iterator<Item = (RowId, &Task)> {
        self.rows.iter().zip(0..).filter_map(|(task, at)| task.as_ref().map(|task| (RowId(at), task)))
    }
}

fn is(rows: &Pages, row: RowId, framework: Slot, id: &str) -> bool {
    rows.get(row).is_some_and(|task| task.framework == framework && task.id() == id)
}

fn hash_of(rows: &Pages, hasher: &DefaultHashBuilder, row: RowId) -> u64 {
    rows.get(row).map_or(0, |task| hasher.hash_one((task.framework, task.id())))
}
