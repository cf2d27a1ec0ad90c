//! A page that is a table: heading with counts, filter, rows; the address keeps filter and order.

use leptos::prelude::*;
use mesoscope::cluster::Part;
use mesoscope::query::{self, Answer, Query, Sort, TableQuery, Window};
use mesoscope::route::{Route, Table};
use mesoscope::text;

use super::Fresh;
use crate::ui::link::link;
use crate::ui::router::{push, replace, route};
use crate::ui::widgets::{Column, FilterBox, Grid, GridRow, Opens, Order, Range, Rows};

/// What makes one table another than the next.
pub(crate) struct TableOf<R: GridRow, C: query::Column> {
    pub(crate) label: &'static str,
    /// What may be typed into the filter, by example.
    pub(crate) hint: &'static str,
    pub(crate) columns: &'static [Column<R>],
    pub(crate) asks: fn(TableQuery<C>) -> Query,
    pub(crate) told: fn(Answer) -> Option<Window<R>>,
    /// The table's part of its own address.
    pub(crate) here: fn(Route) -> Option<Table>,
    pub(crate) there: fn(Table) -> Route,
    /// What of it only reads tell.
    pub(crate) parts: &'static [Part],
    pub(crate) key: fn(&R) -> String,
    pub(crate) opens: fn(&R) -> Opens,
    /// What stands there if there is nothing at all.
    pub(crate) none: (&'static str, &'static str),
}

/// The page.
#[component]
pub(crate) fn TablePage<R: GridRow, C: query::Column + Send + Sync>(table: TableOf<R, C>) -> impl IntoView {
    let TableOf { label, hint, columns, asks, told, here, there, parts, key, opens, none } = table;
    let at = route();
    let table = Memo::new(move |_| here(at.get()).unwrap_or_default());
    let range = RwSignal::new(Range::guess());
    let answer = link().watch(move || {
        let (table, Range { first, count, .. }) = (table.get(), range.get());
        asks(TableQuery { filter: table.filter, sort: Sort::<C>::parse(&table.sort), first, count })
    });
    let window = Memo::new(move |_| answer.get().and_then(told));
    let filter = Signal::derive(move || table.get().filter);
    let go = move |table: Table, to: fn(RwSignal<Route>, Route)| {
        range.update(|range| *range = range.at_the_top());
        to(at, there(table));
    };
    let on_filter = Callback::new(move |filter| go(Table { filter, ..table.get_untracked() }, replace));
    let on_sort = Callback::new(move |sort: String| {
        go(Table { sort: Sort::<C>::parse(&sort).print(), ..table.get_untracked() }, push)
    });
    // The column in force, though the address leaves the usual one out.
    let sort = Signal::derive(move || table.with(|table| Sort::<C>::parse(&table.sort).spelt()));
    let rows = Rows { window: window.into(), range, key, opens };
    view! {
        <div class="head">
            <h1 tabindex="-1">{label}" "<small role="status">{move || window.with(counted)}</small></h1>
            {(!parts.is_empty()).then(|| view! { <Fresh parts/> })}
            <FilterBox label=format!("Filter {}", label.to_lowercase()) hint value=filter on_change=on_filter/>
        </div>
        <Grid label columns rows order=Order { sort, on_sort } subject=move || table.with(|table| format!("{}\n{}", table.filter, table.sort))
            empty=move || empty(label, none, filter.get(), on_filter)/>
    }
}

fn counted<R>(window: &Option<Window<R>>) -> Option<String> {
    let window = window.as_ref()?;
    let (matched, total) = (text::count(u64::from(window.matched)), text::count(u64::from(window.total)));
    let arriving = if window.arriving { ", arriving" } else { "" };
    Some(if matched == total { format!("{total}{arriving}") } else { format!("{matched} of {total}{arriving}") })
}

fn empty(label: &str, none: (&'static str, &'static str), filter: String, on_filter: Callback<String>) -> AnyView {
    if filter.is_empty() {
        return view! { <b>{none.0}</b><p class="dim">{none.1}</p> }.into_any();
    }
    let title = format!("No {} match", label.to_lowercase());
    view! {
        <b>{title}</b>
        <p class="dim">"Nothing fits "<span class="mono">{filter}</span>". Words match any text, "<span class="mono">"name:value"</span>" one field."</p>
        <button class="button" on:click=move |_| on_filter.run(String::new())>"Clear the filter"</button>
    }
    .into_any()
}
