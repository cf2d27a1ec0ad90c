//! Visible columns of a table: the default set, or the user's choice, which is stored.

use leptos::prelude::*;

use crate::storage::{load, save};
use crate::widgets::grid::column::Head;
use crate::widgets::menu::Menu;

/// A set of column indices.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns(u64);

impl Columns {
    fn of(heads: &[Head], has: impl Fn(&Head) -> bool) -> Self {
        let first = 1;
        Self(heads.iter().enumerate().filter(|(_, head)| has(head)).fold(first, |set, (at, _)| set | 1 << at))
    }

    pub(crate) fn has(self, at: usize) -> bool {
        self.0 & 1 << at != 0
    }
}

/// Columns of a table and the visible ones. The first is always visible: it links the row's object.
#[derive(Clone, Copy)]
pub(crate) struct ColumnChoice {
    /// Storage key.
    name: StoredValue<String>,
    heads: StoredValue<Vec<Head>>,
    shown: RwSignal<Columns>,
}

impl ColumnChoice {
    /// Loads the stored choice for the table of that name.
    pub(crate) fn of(table: &str, heads: Vec<Head>) -> Self {
        let name = format!("columns.{table}");
        let shown = match load(&name) {
            Some(names) => Columns::of(&heads, |head| names.split(',').any(|name| name == head.name)),
            None => Columns::of(&heads, |head| head.usual),
        };
        Self { name: StoredValue::new(name), heads: StoredValue::new(heads), shown: RwSignal::new(shown) }
    }

    pub(crate) fn shown_untracked(self) -> Columns {
        self.shown.get_untracked()
    }

    /// Visible columns with their indices.
    pub(super) fn heads(self) -> Vec<(usize, Head)> {
        let shown = self.shown.get();
        self.heads.with_value(|heads| heads.iter().copied().enumerate().filter(|(at, _)| shown.has(*at)).collect())
    }

    fn usual(self) -> Columns {
        self.heads.with_value(|heads| Columns::of(heads, |head| head.usual))
    }

    fn choose(self, columns: Columns) {
        self.shown.set(columns);
        let names: Vec<_> = untrack(|| self.heads()).iter().map(|(_, head)| head.name).collect();
        let names = (columns != self.usual()).then(|| names.join(","));
        self.name.with_value(|name| save(name, names.as_deref()));
    }
}

/// Column menu.
pub(crate) fn column_menu(choice: ColumnChoice) -> AnyView {
    let content = move || {
        let boxes = choice.heads.get_value().into_iter().enumerate().map(|(at, head)| check(choice, at, head));
        view! {
            <div class="checks" role="group" aria-label="Columns">{boxes.collect_view()}</div>
            <button class="text-button" on:click=move |_| choice.choose(choice.usual())>"Reset columns"</button>
        }
    };
    view! { <Menu label="Columns" title=|| "Columns" content/> }.into_any()
}

fn check(choice: ColumnChoice, at: usize, head: Head) -> impl IntoView {
    let change = move |_| choice.choose(Columns(choice.shown.get_untracked().0 ^ 1 << at));
    view! {
        <label>
            <input type="checkbox" disabled=at == 0 autofocus=at == 1 prop:checked=move || choice.shown.get().has(at) on:change=change/>
            {head.title}
        </label>
    }
}
