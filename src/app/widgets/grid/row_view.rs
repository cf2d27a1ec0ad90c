//! View of a row: its cells and the target of a click.

use std::collections::BTreeSet;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::active::ActiveRow;
use super::rendered_rows::RowState;
use crate::widgets::grid::column::Head;
use crate::widgets::grid::column_choice::ColumnChoice;
use crate::widgets::grid::marks::Marks;

/// Renders a row.
pub(super) fn row_view(
    choice: ColumnChoice,
    value: ArcRwSignal<RowState>,
    active: ActiveRow,
    marks: Option<(Marks, Memo<BTreeSet<String>>)>,
) -> impl IntoView {
    let at = {
        let value = value.clone();
        Memo::new(move |_| value.read().at)
    };
    let drawn = value.clone();
    let key = value.read_untracked().row.key.clone();
    let selected = {
        let key = key.clone();
        move || marks.map(|(marks, _)| marks.has(&key).to_string())
    };
    let cells = move || {
        let tick = |nth: usize| {
            let (value, key) = (drawn.clone(), key.clone());
            let row = move || value.read_untracked().row.clone();
            marks.filter(|_| nth == 0).map(|(marks, repeated)| marks.tick(row, key, repeated))
        };
        let heads = choice.heads().into_iter().enumerate();
        heads.map(|(nth, (at, head))| cell(head, at, drawn.clone(), tick(nth))).collect_view()
    };
    let opens = {
        let value = value.clone();
        move || value.read_untracked().row.opens.href.clone()
    };
    let (opens_too, clicked) = (opens.clone(), move |event: MouseEvent| open(&event, at, active, &opens));
    view! {
        <tr role="row" aria-selected=selected id=move || format!("row-{}", at.get()) aria-rowindex=move || at.get() + 2
            data-active=move || (active.get() == Some(at.get())).then_some("") on:click=clicked
            on:auxclick=move |event| if event.button() == 1 && is_plain(&event) { beside(&opens_too()) }>
            {cells}
        </tr>
    }
}

/// A click opens the row's link, unless it hit an interactive element or selected text.
fn open(event: &MouseEvent, at: Memo<u32>, active: ActiveRow, href: &impl Fn() -> String) {
    active.set(at.get_untracked());
    if !is_plain(event) || has_text_selection() || href().is_empty() {
        return;
    }
    if event.ctrl_key() || event.meta_key() {
        beside(&href());
    } else if !event.shift_key() {
        let _ = leptos::prelude::window().location().set_hash(&href());
    }
}

/// Opens a new tab.
fn beside(href: &str) {
    if href.is_empty() {
        return;
    }
    let _ = leptos::prelude::window().open_with_url_and_target(href, "_blank");
}

fn is_plain(event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("a, button, input").ok().flatten().is_none())
}

/// Whether text is selected.
pub(super) fn has_text_selection() -> bool {
    let selection = document().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// A cell is redrawn only when its text changes. The tint has no transition: fading would repaint the table sixty times a second.
fn cell(head: Head, column: usize, value: ArcRwSignal<RowState>, tick: Option<AnyView>) -> impl IntoView {
    let says = {
        let value = value.clone();
        Memo::new(move |_| value.read().row.says.get(column).cloned().unwrap_or_default())
    };
    let touched = {
        let value = value.clone();
        move || value.read().changed.get(column).is_some_and(Option::is_some).then_some("")
    };
    let draw = move || {
        let draw = value.read_untracked().row.draw.clone();
        draw(column, says)
    };
    let view = if head.lives {
        draw().into_any()
    } else {
        (move || {
            let words = says.get();
            draw().unwrap_or_else(|| words.into_any())
        })
        .into_any()
    };
    view! { <td role="gridcell" class:num=head.numeric data-label=head.title data-wide=head.hidden_to data-touched=touched>{tick}{view}</td> }
}
