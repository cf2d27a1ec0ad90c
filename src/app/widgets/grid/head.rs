//! Column headers: sort buttons, with Shift as a secondary key; plain text for an unsortable column.

use leptos::prelude::*;
use mesoscope_core::text::tables;

use crate::widgets::grid::column::{Head, Order};

/// `is_covered` while actions on selected rows are in the place of the headers.
pub(super) fn header(column: Head, order: Order, is_covered: Signal<bool>) -> AnyView {
    let Order { sort, on_sort } = order;
    let (name, title, numeric) = (column.name, column.title, column.numeric);
    let wide = column.hidden_to;
    if !column.sorts {
        return view! {
            <th role="columnheader" class:num=numeric data-wide=wide style=("--wide", column.width) style=("--narrow", column.narrow.unwrap_or("0"))>
                <span>{title}</span>
            </th>
        }
        .into_any();
    }
    let place = Memo::new(move |_| sort.with(|sort| place(sort, name)));
    let click = move |event: web_sys::MouseEvent| {
        let next = next(place.get_untracked(), name, numeric);
        let first = sort.with_untracked(|sort| keys(sort).next().map(str::to_owned));
        match first.filter(|first| event.shift_key() && key(first).0 != name) {
            Some(first) => on_sort.run(format!("{first},{next}")),
            None => on_sort.run(next),
        }
    };
    let direction = move || match place.get() {
        Some((_, true)) => "descending",
        Some((_, false)) => "ascending",
        None => "none",
    };
    // A screen reader expects `aria-sort` on one header only.
    let reported = move || if place.get().is_some_and(|(nth, _)| nth > 0) { "none" } else { direction() };
    let second = move || place.get().filter(|(nth, _)| *nth > 0).map(|_| direction());
    let by = move || column.sorted_by.filter(|_| place.read().is_some()).map(|by| view! { <small>{by}</small> });
    view! {
        <th role="columnheader" class:num=numeric data-wide=wide aria-sort=reported data-second=second
            style=("--wide", column.width) style=("--narrow", column.narrow.unwrap_or("0"))>
            <button tabindex=move || is_covered.get().then_some("-1") title=tables::sort_hint(title, column.sorted_by) on:click=click><span>{title}</span>{by}</button>
        </th>
    }
    .into_any()
}

fn keys(sort: &str) -> impl Iterator<Item = &str> {
    sort.split(',').filter(|key| !key.is_empty())
}

/// Column of a sort key, and whether it is descending.
fn key(key: &str) -> (&str, bool) {
    key.strip_prefix('-').map_or((key, false), |name| (name, true))
}

/// Position of the column among the sort keys, and whether it is descending.
fn place(sort: &str, name: &str) -> Option<(usize, bool)> {
    keys(sort).map(key).enumerate().find(|(_, (by, _))| *by == name).map(|(nth, (_, descending))| (nth, descending))
}

/// Next sort key: figures start descending, words ascending.
fn next(place: Option<(usize, bool)>, name: &str, numeric: bool) -> String {
    let down = place.map_or(numeric, |(_, descending)| !descending);
    if down { format!("-{name}") } else { name.to_owned() }
}
