//! The column headers: buttons that sort.

use leptos::prelude::*;

use super::{Head, Order};

pub(super) fn header(column: Head, order: Order) -> impl IntoView {
    let Order { sort, on_sort } = order;
    let (name, title, numeric) = (column.name, column.title, column.numeric);
    let sorted = Memo::new(move |_| sort.with(|sort| direction(sort, name)));
    let click = move |_| on_sort.run(next(sorted.get_untracked(), name, numeric));
    view! {
        <th role="columnheader" class:num=numeric data-wide=column.narrow.is_none().then_some("") aria-sort=move || sorted.get()
            style=("--wide", column.width) style=("--narrow", column.narrow.unwrap_or("0"))>
            <button on:click=click>{title}</button>
        </th>
    }
}

fn direction(sort: &str, name: &str) -> &'static str {
    match sort.strip_prefix('-') {
        Some(by) if by == name => "descending",
        None if sort == name => "ascending",
        _ => "none",
    }
}

/// Of figures the largest are wanted first, of words the first.
fn next(sorted: &str, name: &str, numeric: bool) -> String {
    let down = match sorted {
        "ascending" => true,
        "descending" => false,
        _ => numeric,
    };
    if down { format!("-{name}") } else { name.to_owned() }
}
