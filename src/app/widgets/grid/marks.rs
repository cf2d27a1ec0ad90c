//! Rows that a user has marked, to do something with all of them. They stay marked wherever they are scrolled to.

use std::collections::BTreeMap;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use crate::widgets::grid::column::RowModel;

/// What is kept of a marked row: its id, and the words of its cells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) id: String,
    pub(crate) says: Vec<String>,
}

/// The marked rows of a table, by their keys.
#[derive(Clone, Copy)]
pub(crate) struct Marks(RwSignal<BTreeMap<String, Marked>>);

impl Marks {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(BTreeMap::new()))
    }

    pub(crate) fn all(self) -> Vec<Marked> {
        self.0.read().values().cloned().collect()
    }

    pub(crate) fn clear(self) {
        self.0.update(BTreeMap::clear);
    }

    pub(crate) fn add(self, lines: &[RowModel]) {
        let marked =
            |line: &RowModel| (line.key.clone(), Marked { id: line.opens.id.clone(), says: line.says.clone() });
        self.0.update(|marks| marks.extend(lines.iter().map(marked)));
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.0.read().contains_key(key)
    }

    pub(super) fn toggle(self, line: &RowModel) {
        if self.0.read_untracked().contains_key(&line.key) {
            self.0.update(|marks| drop(marks.remove(&line.key)));
        } else {
            self.add(std::slice::from_ref(line));
        }
    }

    /// The box at the head of a row.
    pub(super) fn tick(self, line: impl Fn() -> RowModel + 'static, key: String) -> AnyView {
        let name = format!("Mark {}", line().says.first().cloned().unwrap_or_default());
        // The box says what is marked, and not what was clicked.
        let click = move |event: MouseEvent| {
            event.stop_propagation();
            self.toggle(&line());
            let is_marked = self.0.read_untracked().contains_key(&line().key);
            let box_ = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
            box_.into_iter().for_each(|input| input.set_checked(is_marked));
        };
        view! { <input type="checkbox" class="tick" tabindex="-1" aria-label=name prop:checked=move || self.has(&key) on:click=click/> }
            .into_any()
    }
}
