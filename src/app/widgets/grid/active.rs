//! The row that the keys are about. When rows come and go it stays the same row, wherever it is then; another subject has none.

use leptos::prelude::*;

use super::rendered_rows::RenderedRow;

/// A row as it was chosen.
#[derive(Clone, PartialEq)]
struct Chosen {
    subject: String,
    at: u32,
    /// Its key, if it was drawn.
    key: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) struct ActiveRow {
    chosen: RwSignal<Option<Chosen>>,
    subject: Signal<String>,
    rows: RwSignal<Vec<RenderedRow>>,
    /// What was chosen, and the number of that row now.
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
            let at = drawn.or(last).unwrap_or(chosen.at);
            Some((chosen, at))
        });
        Self { chosen, subject, rows, now }
    }

    /// The row's number.
    pub(super) fn get(self) -> Option<u32> {
        self.now.with(|now| now.as_ref().map(|(_, at)| *at))
    }

    pub(super) fn set(self, at: u32) {
        let key = self.rows.with_untracked(|rows| rows.iter().find(|row| row.at() == at).map(|row| row.key.clone()));
        self.chosen.set(Some(Chosen { subject: self.subject.get_untracked(), at, key }));
    }
}
