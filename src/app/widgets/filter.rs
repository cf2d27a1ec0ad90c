//! The box above a table: what is typed narrows it, and what could be typed is offered. `/` leads here from anywhere on the page,
//! and any letter from the table.

use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::icon::Icon;

/// Something that could be typed.
#[derive(Clone, PartialEq)]
pub(crate) struct Suggestion {
    pub(crate) shown: String,
    /// What is said beside it, as how often it occurs.
    pub(crate) detail: String,
    /// The whole text of the box, once it is chosen.
    pub(crate) text: String,
}

/// What is offered, and whether anybody looks at it.
#[derive(Clone, Copy)]
pub(crate) struct Offered {
    pub(crate) open: RwSignal<bool>,
    pub(crate) suggestions: RwSignal<Vec<Suggestion>>,
}

/// The box; `on_change` gets what stands in it at each key.
#[component]
pub(crate) fn FilterBox(
    label: String,
    hint: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
    #[prop(optional)] offered: Option<Offered>,
) -> impl IntoView {
    let input: NodeRef<Input> = NodeRef::new();
    let slash = window_event_listener(ev::keydown, move |event| {
        let (key, command) = (event.key(), event.ctrl_key() || event.meta_key() || event.alt_key());
        if command || is_typing() {
            return;
        }
        if key == "/" {
            event.prevent_default();
            let _ = input.get_untracked().map(|input| input.focus());
        } else if key.chars().count() == 1 && key != " " && is_in_table() {
            // The letter itself comes to whoever has the focus by then.
            let _ = input.get_untracked().map(|input| input.focus());
        }
    });
    on_cleanup(move || slash.remove());
    let chosen = RwSignal::new(None::<usize>);
    let suggestions = move || {
        let offered = offered.filter(|offered| offered.open.get());
        offered.map(|offered| offered.suggestions.get()).unwrap_or_default()
    };
    let open = move |now: bool| {
        chosen.set(None);
        offered.iter().filter(|offered| offered.open.get_untracked() != now).for_each(|offered| offered.open.set(now));
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        // Nothing typed wants nothing completed: the list would only lie over the table. An arrow opens it all the same.
        open(!text.trim().is_empty());
        on_change.run(text);
    };
    let choose = move |suggestion: Suggestion| {
        chosen.set(None);
        on_change.run(suggestion.text);
        let _ = input.get_untracked().map(|input| input.focus());
    };
    let pressed = move |event: KeyboardEvent| {
        let all = untrack(suggestions);
        let step = |forward: bool| {
            let last = all.len().checked_sub(1)?;
            Some(match chosen.get_untracked() {
                None if forward => 0,
                None => last,
                Some(at) if forward => {
                    if at == last {
                        0
                    } else {
                        at + 1
                    }
                }
                Some(at) => at.checked_sub(1).unwrap_or(last),
            })
        };
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if offered.is_some() => {
                event.prevent_default();
                if offered.is_some_and(|offered| !offered.open.get_untracked()) {
                    return open(true);
                }
                chosen.set(step(event.key() == "ArrowDown"));
            }
            "Enter" => match chosen.get_untracked().and_then(|at| all.get(at).cloned()) {
                Some(suggestion) => {
                    event.prevent_default();
                    choose(suggestion);
                }
                None => open(false),
            },
            "Escape" if !all.is_empty() => open(false),
            "Escape" => on_change.run(String::new()),
            _ => {}
        }
    };
    let active = move || chosen.get().filter(|at| *at < suggestions().len()).map(|at| format!("suggestion-{at}"));
    let row = move |(at, suggestion): (usize, Suggestion)| {
        let Suggestion { shown, detail, .. } = suggestion.clone();
        let selected = move || (chosen.get() == Some(at)).to_string();
        view! {
            <li id=format!("suggestion-{at}") role="option" aria-selected=selected on:click=move |_| choose(suggestion.clone())>
                <span>{shown}</span><small>{detail}</small>
            </li>
        }
    };
    let list = move || {
        let all = suggestions();
        (!all.is_empty()).then(|| {
            // The box keeps the focus while the list is clicked.
            view! {
                <ul id="suggestions" class="suggestions" role="listbox" aria-label="What could be typed" on:pointerdown=|event| event.prevent_default()>
                    {all.into_iter().enumerate().map(row).collect_view()}
                </ul>
            }
        })
    };
    view! {
        <div class="filter" role="search">
            {Icon::Filter.view()}
            <input node_ref=input type="text" aria-label=label placeholder=hint autocomplete="off" spellcheck="false"
                role=offered.map(|_| "combobox") aria-autocomplete=offered.map(|_| "list") aria-controls=offered.map(|_| "suggestions")
                aria-expanded=move || offered.map(|_| (!suggestions().is_empty()).to_string()) aria-activedescendant=active
                prop:value=value on:input=typed on:keydown=pressed on:blur=move |_| open(false)/>
            <Show when=move || !value.read().is_empty() fallback=|| view! { <kbd aria-hidden="true">"/"</kbd> }>
                <button class="quiet" aria-label="Clear the filter" on:click=move |_| on_change.run(String::new())>{Icon::Cross.view()}</button>
            </Show>
            {list}
        </div>
    }
}

fn is_in_table() -> bool {
    document().active_element().is_some_and(|element| element.class_name() == "grid")
}

fn is_typing() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| {
        element.has_type::<web_sys::HtmlInputElement>()
            || element.has_type::<web_sys::HtmlTextAreaElement>()
            || element.tag_name() == "SELECT"
    })
}
