//! The rows that are drawn. A keyed row does not redraw when only its value changes, so each has a signal of its own.

use leptos::prelude::*;
use mesoscope::query::Window;

use super::{Column, Row};

/// A row: its key, and its number and value.
#[derive(Clone)]
pub(super) struct Line<R: Row> {
    pub(super) key: String,
    pub(super) value: ArcRwSignal<(u32, R)>,
}

pub(super) struct Lines;

impl Lines {
    /// The lines of the window as it is; those that stay keep their signals.
    pub(super) fn follow<R: Row>(window: Signal<Option<Window<R>>>, key: fn(&R) -> String) -> RwSignal<Vec<Line<R>>> {
        let lines = RwSignal::new(Vec::<Line<R>>::new());
        Effect::new(move |_| {
            let Some(window) = window.get() else { return };
            let arriving = window.arriving;
            let old = lines.get_untracked();
            let new: Vec<_> =
                window.rows.into_iter().zip(window.first..).map(|(row, at)| line(&old, key(&row), (at, row))).collect();
            mark(!new.is_empty(), arriving);
            if !new.iter().map(|line| &line.key).eq(old.iter().map(|line| &line.key)) {
                lines.set(new);
            }
        });
        lines
    }
}

fn line<R: Row>(old: &[Line<R>], key: String, value: (u32, R)) -> Line<R> {
    let Some(kept) = old.iter().find(|line| line.key == key) else {
        return Line { key, value: ArcRwSignal::new(value) };
    };
    if *kept.value.read_untracked() != value {
        kept.value.set(value);
    }
    kept.clone()
}

/// For `cargo measure`: when the first row and all rows were painted.
fn mark(filled: bool, arriving: bool) {
    request_animation_frame(move || {
        let Some(clock) = leptos::prelude::window().performance() else { return };
        for (name, due) in [("rows:first", filled), ("rows:all", filled && !arriving)] {
            if due && clock.get_entries_by_name(name).length() == 0 {
                let _ = clock.mark(name);
            }
        }
    });
}

/// A row's view.
pub(super) fn row<R: Row>(
    columns: &'static [Column<R>],
    value: ArcRwSignal<(u32, R)>,
    active: RwSignal<Option<u32>>,
    arriving: Memo<bool>,
) -> impl IntoView {
    let cells = columns.iter().map(|column| cell(column, value.clone(), arriving)).collect_view();
    let at = Memo::new(move |_| value.read().0);
    view! {
        <tr role="row" id=move || format!("row-{}", at.get()) aria-rowindex=move || at.get() + 2
            data-active=move || (active.get() == Some(at.get())).then_some("") on:click=move |_| active.set(Some(at.get_untracked()))>
            {cells}
        </tr>
    }
}

/// A cell is drawn anew only when what it says has changed; then it is tinted for a moment, unless all is new anyway.
fn cell<R: Row>(column: &'static Column<R>, value: ArcRwSignal<(u32, R)>, arriving: Memo<bool>) -> impl IntoView {
    let says = {
        let value = value.clone();
        Memo::new(move |old: Option<&(String, u32)>| {
            let text = (column.says)(&value.read().1);
            let changes =
                old.map_or(0, |(before, changes)| changes + u32::from(*before != text && !arriving.get_untracked()));
            (text, changes)
        })
    };
    // Two names for one motion: under its own name it would not begin again.
    let touched = move || match says.read().1 {
        0 => None,
        changes if changes % 2 == 0 => Some("even"),
        _ => Some("odd"),
    };
    let view = move || {
        let words = says.with(|says| says.0.clone());
        column.cell.map_or_else(|| words.into_any(), |cell| cell(&value.read_untracked().1))
    };
    view! { <td role="gridcell" class:num=column.numeric data-wide=column.narrow.is_none().then_some("") data-touched=touched>{view}</td> }
}
