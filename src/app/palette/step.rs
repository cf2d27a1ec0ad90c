//! One step of the palette: a field, a list, and the keys of both. Knows no command.

use leptos::html::Input;
use leptos::prelude::*;
use mesoscope_core::text::commands;
use web_sys::KeyboardEvent;

use super::choice::Choice;
use super::row::Row;
use crate::parts::state_badges::task_state;

/// A step of the palette.
pub(super) struct Step {
    pub(super) text: RwSignal<String>,
    pub(super) rows: Signal<Vec<Row>>,
    /// Label of the field for screen readers.
    pub(super) label: &'static str,
    pub(super) placeholder: &'static str,
    /// What was chosen in the step before; `None` in the first one.
    pub(super) chip: Option<String>,
    /// Text below the list; empty for none.
    pub(super) status: Signal<String>,
    pub(super) choose: Callback<Row>,
    /// Returns to the step before.
    pub(super) back: Callback<()>,
}

impl Step {
    pub(super) fn view(self) -> AnyView {
        let Self { text, rows, label, placeholder, chip, status, choose, back } = self;
        let choice = Choice::of(rows);
        let go = move |at: usize| {
            let row = rows.with_untracked(|rows| rows.get(at).cloned());
            row.into_iter().filter(|row| row.disabled_reason.is_none()).for_each(|row| choose.run(row));
            // A command may take its own row away, as adding a favourite does: nobody misses that one.
            if choice.at.try_get_untracked() == Some(None) {
                choice.picked.set(None);
            }
        };
        let is_inner = chip.is_some();
        let pressed = move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => choice.go_down(),
                "ArrowUp" => choice.go_up(),
                // Closing restores the focus to the button: this key must not press it.
                "Enter" => choice.at.get_untracked().into_iter().for_each(go),
                "Backspace" if is_inner && text.read_untracked().is_empty() => back.run(()),
                _ => return,
            }
            event.prevent_default();
            request_animation_frame(move || reveal(choice.at));
        };
        let input: NodeRef<Input> = NodeRef::new();
        Effect::new(move |_| {
            let _ = input.get().map(|input| input.focus());
        });
        let typed = move |event| {
            text.set(event_target_value(&event));
            choice.picked.set(None);
        };
        let active = move || choice.at.get().map(|at| format!("hit-{at}"));
        let list = move || {
            rows.get().into_iter().enumerate().map(|(at, row)| option(at, row, choice, move || go(at))).collect_view()
        };
        let status = move || choice.gone().map_or_else(|| status.get(), |title| commands::gone(&title));
        view! {
            <div class="search-box">
                <div class="search-field">
                    {chip.map(|chip| view! { <button class="chip" title="Back (Backspace)" on:click=move |_| back.run(())>{chip}</button> })}
                    <input node_ref=input type="text" role="combobox" aria-label=label aria-expanded="true" aria-controls="hits" aria-autocomplete="list"
                        aria-activedescendant=active placeholder=placeholder autocomplete="off" spellcheck="false"
                        prop:value=text on:input=typed on:keydown=pressed/>
                </div>
                <ul id="hits" role="listbox" aria-label="Results">{list}</ul>
                <p class="dim" role="status">{status}</p>
            </div>
        }
        .into_any()
    }
}

/// Scrolls the chosen row into sight.
fn reveal(chosen: Memo<Option<usize>>) {
    let at = chosen.try_get_untracked().flatten().and_then(|at| document().get_element_by_id(&format!("hit-{at}")));
    let nearest = web_sys::ScrollIntoViewOptions::new();
    nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
    at.iter().for_each(|row| row.scroll_into_view_with_scroll_into_view_options(&nearest));
}

/// The row as an option of the list. A click leaves the focus in the field.
fn option(at: usize, row: Row, choice: Choice, go: impl Fn() + 'static) -> AnyView {
    let selected = move || (choice.at.get() == Some(at)).to_string();
    let is_disabled = row.disabled_reason.is_some();
    let detail = match row.disabled_reason {
        Some(reason) => view! { <span class="reason">{reason}</span> }.into_any(),
        None => view! { <span class="dim mono">{row.detail}</span> }.into_any(),
    };
    let keys = (!row.keys.is_empty()).then(|| view! { <kbd>{row.keys}</kbd> });
    view! {
        <li id=format!("hit-{at}") role="option" aria-selected=selected aria-disabled=is_disabled.then_some("true") data-danger=row.is_danger.then_some("")
            on:mousedown=|event| event.prevent_default() on:click=move |_| go() on:mousemove=move |_| choice.pick(at)>
            <small>{row.kind}</small><b>{row.title}</b>{row.state.map(task_state)}{detail}{keys}
        </li>
    }
    .into_any()
}
