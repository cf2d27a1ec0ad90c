//! Row selection for bulk actions. Rows stay selected when they are scrolled out of view.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use mesoscope_core::text::tables::select_row;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::rendered_rows::RenderedRow;
use crate::widgets::grid::column::RowModel;

/// A selected row: its key, id and cell texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MarkedRow {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) says: Vec<String>,
}

/// Selected rows by key.
pub(super) type MarkedRows = BTreeMap<String, MarkedRow>;

/// Texts of the first column that several of the drawn rows have.
pub(super) fn repeated(rows: RwSignal<Vec<RenderedRow>>) -> Memo<BTreeSet<String>> {
    Memo::new(move |_| {
        let (mut once, mut repeated) = (BTreeSet::new(), BTreeSet::new());
        for row in rows.read().iter() {
            let first = row.state.read().row.says.first().cloned().unwrap_or_default();
            if !once.insert(first.clone()) {
                repeated.insert(first);
            }
        }
        repeated
    })
}

/// Selection of a table.
#[derive(Clone, Copy)]
pub(crate) struct Marks(RwSignal<MarkedRows>);

impl Marks {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(BTreeMap::new()))
    }

    pub(crate) fn all(self) -> Vec<MarkedRow> {
        self.0.read().values().cloned().collect()
    }

    pub(crate) fn clear(self) {
        self.0.update(BTreeMap::clear);
    }

    pub(crate) fn add(self, rows: &[RowModel]) {
        let marked = |row: &RowModel| {
            (row.key.clone(), MarkedRow { key: row.key.clone(), id: row.opens.id.clone(), says: row.says.clone() })
        };
        self.0.update(|marks| marks.extend(rows.iter().map(marked)));
    }

    /// All selected rows, for a return to the table.
    pub(super) fn rows(self) -> MarkedRows {
        self.0.try_get_untracked().unwrap_or_default()
    }

    pub(super) fn restore(self, rows: MarkedRows) {
        self.0.set(rows);
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.0.read().contains_key(key)
    }

    pub(super) fn toggle(self, row: &RowModel) {
        if self.0.read_untracked().contains_key(&row.key) {
            self.0.update(|marks| drop(marks.remove(&row.key)));
        } else {
            self.add(std::slice::from_ref(row));
        }
    }

    /// Checkbox of a row.
    pub(super) fn tick(
        self,
        row: impl Fn() -> RowModel + Clone + Send + 'static,
        key: String,
        repeated: Memo<BTreeSet<String>>,
    ) -> AnyView {
        let named = row.clone();
        let name = move || repeated.with(|repeated| select_row(&named().name(repeated)));
        // The checkbox shows the state of the selection, not of the click.
        let click = move |event: MouseEvent| {
            event.stop_propagation();
            self.toggle(&row());
            let is_marked = self.0.read_untracked().contains_key(&row().key);
            let box_ = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
            box_.into_iter().for_each(|input| input.set_checked(is_marked));
        };
        view! { <input type="checkbox" class="tick" tabindex="-1" aria-label=name prop:checked=move || self.has(&key) on:click=click/> }
            .into_any()
    }
}
