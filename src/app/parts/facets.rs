//! Facets: values and their counts as toggles of a table's filter.

use leptos::prelude::*;
use mesoscope_core::base::order;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::table::Facet;

use super::state_badges::task_tone;
use super::suggest::FilterFields;
use crate::widgets::menu::Menu;

/// Facet counts, the current filter, and the callback for a new one.
#[derive(Clone, Copy)]
pub(crate) struct Facets {
    pub(crate) counts: Memo<Vec<Facet>>,
    /// Whether rows are still loading.
    pub(crate) arriving: Signal<bool>,
    pub(crate) fields: FilterFields,
    pub(crate) filter: Signal<String>,
    pub(crate) on_filter: Callback<String>,
}

const MENUS: [(&str, &str); 7] = [
    ("kind", "Kind"),
    ("framework", "Framework"),
    ("agent", "Agent"),
    ("role", "Role"),
    ("label", "Label"),
    ("reason", "Reason"),
    ("health", "Health"),
];

impl Facets {
    /// Renders states as buttons, each other field as a menu.
    pub(crate) fn view(self) -> AnyView {
        view! {
            <div class="facets" role="group" aria-label="Filter by value">
                <span class="menus">
                    <For each=move || self.menus() key=|(field, _)| *field let((field, label))>{self.menu(field, label)}</For>
                </span>
                <span class="states">{self.values("state")}</span>
            </div>
        }
        .into_any()
    }

    /// The counted fields that have a menu, with their labels.
    fn menus(self) -> Vec<(&'static str, &'static str)> {
        self.counts.with(|facets| {
            let is_counted = |(field, _): &(&str, &str)| facets.iter().any(|facet| facet.field == *field);
            MENUS.into_iter().filter(is_counted).collect()
        })
    }

    fn menu(self, field: &'static str, label: &'static str) -> AnyView {
        let chosen = Memo::new(move |_| {
            let filter = self.filter.with(|filter| Filter::parse(filter));
            self.names(field, &[]).into_iter().filter(|name| filter.wants(field, name)).collect::<Vec<_>>()
        });
        let title = move || match chosen.read().split_first() {
            Some((first, [])) => view! { {label}": "<b>{first.clone()}</b> }.into_any(),
            Some((first, rest)) => view! { {label}": "<b>{first.clone()}</b>" +"{rest.len()} }.into_any(),
            None => label.into_any(),
        };
        let content = move || self.menu_values(field, label);
        view! { <Menu label title content/> }.into_any()
    }

    /// The commonest values, or those that contain the text of a search.
    fn menu_values(self, field: &'static str, label: &'static str) -> AnyView {
        let part = RwSignal::new(String::new());
        let asked = move || (Filter::without(&self.filter.read(), field), field.to_owned(), part.get());
        let searched = move || {
            let found = self.fields.watch(asked);
            let counts = Memo::new(move |_| found.get().into_iter().collect::<Vec<_>>());
            let is_empty = Memo::new(move |_| counts.with(|facets| facets.iter().all(|facet| facet.values.is_empty())));
            let none = move || is_empty.get().then(|| view! { <p class="dim note" role="status">"No matches."</p> });
            view! { {Self { counts, ..self }.values(field)}{none} }
        };
        let is_searching = Memo::new(move |_| !part.read().is_empty());
        let values = move || if is_searching.get() { searched().into_any() } else { self.values(field) };
        let input = move |event| part.set(event_target_value(&event));
        view! {
            <input class="inline" type="search" aria-label=format!("Search {label}") placeholder="Search" autocomplete="off" spellcheck="false" autofocus=true
                prop:value=move || part.get() on:input=input/>
            <div class="values">{values}</div>
        }
        .into_any()
    }

    fn values(self, field: &'static str) -> AnyView {
        let names =
            Memo::new(move |last: Option<&Vec<String>>| self.names(field, last.map(Vec::as_slice).unwrap_or_default()));
        view! { <For each=move || names.get() key=|name| name.clone() let:name>{self.value(field, name)}</For> }
            .into_any()
    }

    /// Toggle of one value. Its button stays as long as the value does, and keeps the focus.
    fn value(self, field: &'static str, name: String) -> AnyView {
        let (asked, wanted, counted, shown) = (name.clone(), name.clone(), name.clone(), name);
        let count = Memo::new(move |_| self.count(field, &counted));
        let pressed =
            Memo::new(move |_| self.filter.with(|filter| Filter::parse(filter).wants(field, &wanted)).to_string());
        let click = move |_| {
            let filter = self.filter.with_untracked(|filter| Filter::toggled(filter, field, &asked));
            self.on_filter.run(filter);
        };
        let tone = TaskState::ALL.into_iter().find(|state| field == "state" && state.name() == shown).map(task_tone);
        view! {
            <button class="facet" aria-pressed=move || pressed.get() on:click=click>
                <span class:state=tone.is_some() data-tone=tone>{shown}</span>" "<small>{move || text::count(u64::from(count.get()))}</small>
            </button>
        }
        .into_any()
    }

    /// Values of the field: states in lifecycle order, others by count. Those that were shown keep their place, and a state stays
    /// when no row has it any more: buttons do not move away under a click.
    fn names(self, field: &str, shown: &[String]) -> Vec<String> {
        let names: Vec<String> = self.with(field, |facet| facet.values.iter().map(|(name, _)| name.clone()).collect());
        let is_state = field == "state";
        let kept: Vec<String> = shown.iter().filter(|name| is_state || names.contains(name)).cloned().collect();
        let new: Vec<String> = names.into_iter().filter(|name| !kept.contains(name)).collect();
        let place = |name: &String| TaskState::ALL.iter().position(|state| state.name() == name);
        let by_place = |names| order::sorted(names, |a, b| place(a).cmp(&place(b)));
        match is_state {
            true if self.arriving.get() => by_place([kept, new].concat()),
            true => [kept, by_place(new)].concat(),
            false => [kept, new].concat(),
        }
    }

    fn count(self, field: &str, name: &str) -> u32 {
        self.with(field, |facet| facet.values.iter().find(|(value, _)| value == name).map_or(0, |(_, count)| *count))
    }

    fn with<T: Default>(self, field: &str, tell: impl FnOnce(&Facet) -> T) -> T {
        self.counts.with(|facets| facets.iter().find(|facet| facet.field == field).map(tell)).unwrap_or_default()
    }
}
