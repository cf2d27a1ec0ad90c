//! Visible columns of a table: the default set, or the user's choice, which is stored.

use leptos::prelude::*;
use mesoscope_core::views::filter::Filter;

use crate::storage::{load, save};
use crate::widgets::grid::column::Head;
use crate::widgets::grid::fit::Fit;
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
    /// The browser's own choice.
    own: RwSignal<Columns>,
    addressed: Option<AddressedColumns>,
    /// Filter of the table, whose fields are shown as well.
    filter: Option<Signal<String>>,
}

/// Columns in the page's address, which replace the browser's own choice.
#[derive(Clone, Copy)]
pub(crate) struct AddressedColumns {
    /// Names joined by commas; empty for none.
    pub(crate) names: Signal<String>,
    /// Changes the address.
    pub(crate) change: Callback<String>,
}

impl ColumnChoice {
    /// Loads the stored choice for the table of that name.
    pub(crate) fn of(table: &str, heads: Vec<Head>) -> Self {
        let name = format!("columns.{table}");
        let shown = match load(&name) {
            Some(names) => Columns::of(&heads, |head| names.split(',').any(|name| name == head.name)),
            None => Columns::of(&heads, |head| head.usual),
        };
        let (name, heads) = (StoredValue::new(name), StoredValue::new(heads));
        Self { name, heads, own: RwSignal::new(shown), addressed: None, filter: None }
    }

    /// Lets the page's address replace the browser's choice.
    pub(crate) fn addressed(self, addressed: AddressedColumns) -> Self {
        Self { addressed: Some(addressed), ..self }
    }

    /// Shows the columns that the filter asks for, besides the default ones.
    pub(crate) fn filtered(self, filter: Signal<String>) -> Self {
        Self { filter: Some(filter), ..self }
    }

    /// The default columns, and those that the filter asks for.
    fn asked(self) -> Columns {
        let filter = self.filter.map(|filter| Filter::parse(&filter.read()));
        let is_asked = |head: &Head| filter.as_ref().is_some_and(|filter| filter.asks_of(head.name));
        self.heads.with_value(|heads| Columns::of(heads, |head| head.usual || is_asked(head)))
    }

    /// Columns of the address; `None` if it names no column of this table.
    fn address_choice(self) -> Option<Columns> {
        let names = self.addressed?.names.get();
        let has = |head: &Head| names.split(',').any(|name| name == head.name);
        self.heads.with_value(|heads| heads.iter().any(has).then(|| Columns::of(heads, has)))
    }

    fn shown(self) -> Columns {
        let own = || Some(self.own.get()).filter(|own| *own != self.usual()).unwrap_or_else(|| self.asked());
        self.address_choice().unwrap_or_else(own)
    }

    pub(crate) fn shown_untracked(self) -> Columns {
        untrack(|| self.shown())
    }

    /// Names of the visible columns, joined by commas.
    pub(crate) fn names(self) -> String {
        untrack(|| self.names_of(self.shown()))
    }

    fn names_of(self, columns: Columns) -> String {
        self.heads.with_value(|heads| {
            let shown = heads.iter().enumerate().filter(|(at, _)| columns.has(*at));
            shown.map(|(_, head)| head.name).collect::<Vec<_>>().join(",")
        })
    }

    /// Visible columns with their indices. A phone shows the most important of the default columns, a screen of medium width those
    /// that fit, and each screen all chosen ones.
    pub(super) fn heads(self) -> Vec<(usize, Head)> {
        let shown = self.shown();
        let is_chosen = shown != self.asked();
        self.heads.with_value(|heads| {
            let mut fit = Fit::around(heads.iter().enumerate().filter(|(at, _)| shown.has(*at)).map(|(_, head)| head));
            let shown = heads.iter().copied().enumerate().filter(|(at, _)| shown.has(*at));
            let mut fitted = |head: Head| match is_chosen {
                true => Head { narrow: Some(head.width), ..head },
                false => Head { hidden_to: fit.hidden_to(&head), ..head },
            };
            shown.map(|(at, head)| (at, fitted(head))).collect()
        })
    }

    fn usual(self) -> Columns {
        self.heads.with_value(|heads| Columns::of(heads, |head| head.usual))
    }

    /// Changes the columns of the address, if it has any, else the browser's choice.
    fn choose(self, columns: Columns) {
        match self.addressed.filter(|_| untrack(|| self.address_choice()).is_some()) {
            Some(addressed) => addressed.change.run(self.names_of(columns)),
            None => self.choose_own(columns),
        }
    }

    fn choose_own(self, columns: Columns) {
        self.own.set(columns);
        let names = (columns != self.usual()).then(|| self.names_of(columns));
        self.name.with_value(|name| save(name, names.as_deref()));
    }

    /// Shows the default columns, here and wherever the address names none.
    fn reset(self) {
        self.choose_own(self.usual());
        let named = self.addressed.filter(|addressed| !addressed.names.read_untracked().is_empty());
        named.iter().for_each(|addressed| addressed.change.run(String::new()));
    }
}

/// Column menu.
pub(crate) fn column_menu(choice: ColumnChoice) -> AnyView {
    let content = move || {
        let boxes = choice.heads.get_value().into_iter().enumerate().map(|(at, head)| check(choice, at, head));
        view! {
            <div class="checks" role="group" aria-label="Columns">{boxes.collect_view()}</div>
            <button class="text-button" on:click=move |_| choice.reset()>"Reset columns"</button>
        }
    };
    view! { <Menu label="Columns" title=|| "Columns" content/> }.into_any()
}

fn check(choice: ColumnChoice, at: usize, head: Head) -> impl IntoView {
    let change = move |_| choice.choose(Columns(choice.shown_untracked().0 ^ 1 << at));
    view! {
        <label>
            <input type="checkbox" disabled=at == 0 autofocus=at == 1 prop:checked=move || choice.shown().has(at) on:change=change/>
            {head.title}
        </label>
    }
}
