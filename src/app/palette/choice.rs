//! The chosen row of a list in the palette, which stays the same row when others come and go.

use leptos::prelude::*;

use super::row::Row;

/// The row that Enter chooses: the first, until keys or the pointer pick one. That one is followed when rows come and go,
/// so that Enter never chooses another in its place.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    rows: Signal<Vec<Row>>,
    pub(super) picked: RwSignal<Option<Row>>,
    /// Index of the row; `None` without rows, or while the picked one is gone.
    pub(super) at: Memo<Option<usize>>,
}

impl Choice {
    pub(super) fn of(rows: Signal<Vec<Row>>) -> Self {
        let picked = RwSignal::new(None::<Row>);
        let at = Memo::new(move |_| {
            rows.with(|rows| match &*picked.read() {
                Some(picked) => rows.iter().position(|row| row.is(picked)),
                None => (!rows.is_empty()).then_some(0),
            })
        });
        Self { rows, picked, at }
    }

    /// Picks the row at an index.
    pub(super) fn pick(self, at: usize) {
        self.rows.with_untracked(|rows| rows.get(at).cloned()).into_iter().for_each(|row| self.picked.set(Some(row)));
    }

    fn last(self) -> usize {
        self.rows.with_untracked(Vec::len).saturating_sub(1)
    }

    pub(super) fn go_down(self) {
        let next = self.at.get_untracked().map_or(0, |at| at + 1);
        self.pick(if next > self.last() { 0 } else { next });
    }

    pub(super) fn go_up(self) {
        self.pick(self.at.get_untracked().and_then(|at| at.checked_sub(1)).unwrap_or_else(|| self.last()));
    }

    /// Title of the picked row, if it is gone.
    pub(super) fn gone(self) -> Option<String> {
        let picked = self.picked.get()?;
        self.at.get().is_none().then_some(picked.title)
    }
}
