//! Which tasks changed lately, so that a table that is kept between its answers looks at those alone.

use std::collections::VecDeque;

/// Number of changes that are kept: of a few seconds in a busy cluster, which a table that is shown does not miss.
const KEPT: usize = 1 << 14;

/// The latest changes of tasks, oldest first.
#[derive(Debug, Default)]
pub(super) struct RowChanges {
    /// Differs from one numbering of the tasks to the next, and whenever all tasks may have changed.
    epoch: u64,
    /// Number of changes that are no longer kept.
    dropped: u64,
    rows: VecDeque<u32>,
}

/// A place in the sequence of changes: what had changed by then is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePosition {
    epoch: u64,
    seen: u64,
}

impl RowChanges {
    /// Notes that a task came, changed or went.
    pub(super) fn note(&mut self, row: u32) {
        if self.rows.back() == Some(&row) {
            return;
        }
        if self.rows.len() == KEPT {
            self.rows.pop_front();
            self.dropped += 1;
        }
        self.rows.push_back(row);
    }

    /// Notes that any task may have changed.
    pub(super) fn note_all(&mut self) {
        self.epoch += 1;
        self.dropped = self.position().seen;
        self.rows.clear();
    }

    /// Takes the place of another copy's changes, whose tasks have other numbers.
    pub(super) fn follow(&mut self, old: &Self) {
        self.epoch = self.epoch.max(old.epoch);
        self.note_all();
    }

    pub(super) fn position(&self) -> ChangePosition {
        ChangePosition { epoch: self.epoch, seen: self.dropped + self.rows.len() as u64 }
    }

    /// Rows that changed since then, some of them more than once; `None` if not all of those changes are kept.
    pub(super) fn since(&self, position: ChangePosition) -> Option<impl Iterator<Item = u32> + use<'_>> {
        let known = position.seen.checked_sub(self.dropped).filter(|_| position.epoch == self.epoch)?;
        Some(self.rows.iter().skip(usize::try_from(known).ok()?).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(changes: &RowChanges, position: ChangePosition) -> Option<Vec<u32>> {
        changes.since(position).map(Iterator::collect)
    }

    #[test]
    fn changes_since_a_position_are_listed_while_they_are_kept() {
        let mut changes = RowChanges::default();
        let first = changes.position();
        [3, 3, 1, 3].into_iter().for_each(|row| changes.note(row));
        let second = changes.position();
        changes.note(7);
        assert_eq!((since(&changes, first), since(&changes, second)), (Some(vec![3, 1, 3, 7]), Some(vec![7])));
        assert_eq!(since(&changes, changes.position()), Some(Vec::new()));
        (0..KEPT as u32 - 1).for_each(|row| changes.note(row));
        assert_eq!((since(&changes, first), since(&changes, second).map(|rows| rows.len())), (None, Some(KEPT)));
    }

    #[test]
    fn no_position_outlives_a_change_of_all_tasks() {
        let mut changes = RowChanges::default();
        changes.note(1);
        let before = changes.position();
        changes.note_all();
        assert_eq!(since(&changes, before), None);
        let mut next = RowChanges::default();
        next.follow(&changes);
        assert_eq!((since(&next, before), since(&next, changes.position())), (None, None));
        assert_eq!(since(&next, next.position()), Some(Vec::new()));
    }
}
