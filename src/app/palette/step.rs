//! One step of the palette: a field, a list, and the keys of both. Knows no command.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::row::{Row, option};

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
        let chosen = RwSignal::new(0_usize);
        let go = move |at: usize| {
            let row = rows.with_untracked(|rows| rows.get(at).cloned());
            row.into_iter().filter(|row| row.disabled_reason.is_none()).for_each(|row| choose.run(row));
        };
        let last = move || rows.with_untracked(Vec::len).saturating_sub(1);
        let is_inner = chip.is_some();
        let pressed = move |event: KeyboardEvent| {
            let now = chosen.get_untracked();
            match event.key().as_str() {
                "ArrowDown" => chosen.set(if now >= last() { 0 } else { now + 1 }),
                "ArrowUp" => chosen.set(now.checked_sub(1).unwrap_or_else(last)),
                // Closing restores the focus to the button: this key must not press it.
                "Enter" => go(now),
                "Backspace" if is_inner && text.read_untracked().is_empty() => back.run(()),
                _ => return,
            }
            event.prevent_default();
            request_animation_frame(move || reveal(chosen));
        };
        let input: NodeRef<Input> = NodeRef::new();
        Effect::new(move |_| {
            let _ = input.get().map(|input| input.focus());
        });
        let typed = move |event| {
            text.set(event_target_value(&event));
            chosen.set(0);
        };
        let active = move || rows.with(|rows| (chosen.get() < rows.len()).then(|| format!("hit-{}", chosen.get())));
        let list = move || {
            rows.get().into_iter().enumerate().map(|(at, row)| option(at, row, chosen, move || go(at))).collect_view()
        };
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
fn reveal(chosen: RwSignal<usize>) {
    let at = chosen.try_get_untracked().and_then(|at| document().get_element_by_id(&format!("hit-{at}")));
    let nearest = web_sys::ScrollIntoViewOptions::new();
    nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
    at.iter().for_each(|row| row.scroll_into_view_with_scroll_into_view_options(&nearest));
}
