//! The box above a table: what is typed narrows it. `/` leads here from anywhere on the page.

use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::ui::icon::Icon;

/// The box; `on_change` gets what stands in it at each key.
#[component]
pub(crate) fn FilterBox(
    label: String,
    hint: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    let input: NodeRef<Input> = NodeRef::new();
    let slash = window_event_listener(ev::keydown, move |event| {
        if event.key() == "/" && !event.ctrl_key() && !event.meta_key() && !is_typing() {
            event.prevent_default();
            let _ = input.get_untracked().map(|input| input.focus());
        }
    });
    on_cleanup(move || slash.remove());
    let leave = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            on_change.run(String::new());
        }
    };
    view! {
        <div class="filter" role="search">
            {Icon::Filter.view()}
            <input node_ref=input type="text" aria-label=label placeholder=hint autocomplete="off" spellcheck="false"
                prop:value=value on:input=move |event| on_change.run(event_target_value(&event)) on:keydown=leave/>
            <Show when=move || !value.read().is_empty() fallback=|| view! { <kbd aria-hidden="true">"/"</kbd> }>
                <button class="quiet" aria-label="Clear the filter" on:click=move |_| on_change.run(String::new())>{Icon::Cross.view()}</button>
            </Show>
        </div>
    }
}

fn is_typing() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| {
        element.has_type::<web_sys::HtmlInputElement>() || element.has_type::<web_sys::HtmlTextAreaElement>()
    })
}
