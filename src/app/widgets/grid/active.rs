//! The row that keys act on. It stays the same row when others come and go; a new subject clears it.

use leptos::prelude::*;

use super::rendered_rows::RenderedRow;

/// A row at the time of its selection.
#[derive(Clone, PartialEq)]
pub(super) struct Chosen {
    subject: String,
    at: u32,
    /// Key of the row, if it was drawn.
    key: Option<String>,
    /// Whether the user has come back to it, so that another row may be at its index by now.
    is_returned: bool,
}

#[derive(Clone, Copy)]
pub(super) struct ActiveRow {
    chosen: RwSignal<Option<Chosen>>,
    subject: Signal<String>,
    rows: RwSignal<Vec<RenderedRow>>,
    /// The selected row and its current index.
    now: Memo<Option<(Chosen, u32)>>,
}

impl ActiveRow {
    pub(super) fn new(subject: Signal<String>, rows: RwSignal<Vec<RenderedRow>>) -> Self {
        let chosen = RwSignal::new(None::<Chosen>);
        let now = Memo::new(move |last: Option<&Option<(Chosen, u32)>>| {
            let chosen = chosen.get().filter(|chosen| chosen.subject == *subject.read())?;
            let is_it = |row: &&RenderedRow| Some(&row.key) == chosen.key.as_ref();
            let drawn = rows.with(|rows| rows.iter().find(is_it).map(RenderedRow::at));
            let last = last.cloned().flatten().filter(|(last, _)| *last == chosen).map(|(_, at)| at);
            let at = drawn.or(last).or((!chosen.is_returned).then_some(chosen.at))?;
            Some((chosen, at))
        });
        Self { chosen, subject, rows, now }
    }

    /// Index of the row.
    pub(super) fn get(self) -> Option<u32> {
        self.now.with(|now| now.as_ref().map(|(_, at)| *at))
    }

    pub(super) fn set(self, at: u32) {
        let key = self.rows.with_untracked(|rows| rows.iter().find(|row| row.at() == at).map(|row| row.key.clone()));
        self.chosen.set(Some(Chosen { subject: self.subject.get_untracked(), at, key, is_returned: false }));
    }

    /// The row as it was selected, if its table still exists.
    pub(super) fn chosen(self) -> Option<Chosen> {
        self.chosen.try_get_untracked().flatten()
    }

    /// Selects a row that was selected before, as soon as it is drawn.
    pub(super) fn restore(self, chosen: Option<Chosen>) {
        self.chosen.set(chosen.map(|chosen| Chosen { is_returned: true, ..chosen }));
    }

    /// Whether the row was restored.
    pub(super) fn is_returned(self) -> bool {
        self.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.is_returned))
    }
}
