//! Filter box of a table with suggestions. The key `/` focuses it from anywhere on the page, any
//! letter but `g` from the table.

use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use mesoscope_core::text;
use mesoscope_core::views::suggest::{Suggestion, SuggestionNote};
use web_sys::KeyboardEvent;

use crate::hooks::{is_typing, on_window, set_if_changed};
use crate::icon::Icon;

/// Suggestions, and whether their list is open.
#[derive(Clone, Copy)]
pub(crate) struct SuggestionList {
    pub(crate) open: RwSignal<bool>,
    pub(crate) suggestions: Signal<Vec<Suggestion>>,
}

/// Renders the box; `on_change` receives its text at each key.
#[component]
pub(crate) fn FilterBox(
    label: String,
    hint: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
    #[prop(optional)] offered: Option<SuggestionList>,
) -> impl IntoView {
    let input: NodeRef<Input> = NodeRef::new();
    lead_here(input);
    let completion = Completion { input, offered, chosen: RwSignal::new(None), on_change };
    let is_expanded = move || offered.map(|_| (!completion.suggestions().is_empty()).to_string());
    view! {
        <div class="filter" role="search">
            {Icon::Filter.view()}
            <input node_ref=input type="text" aria-label=label placeholder=hint autocomplete="off" spellcheck="false"
                role=offered.map(|_| "combobox") aria-autocomplete=offered.map(|_| "list") aria-controls=offered.map(|_| "suggestions")
                aria-expanded=is_expanded aria-activedescendant=move || completion.active()
                prop:value=value on:input=move |event| completion.typed(event_target_value(&event))
                on:keydown=move |event| completion.pressed(&event) on:blur=move |_| completion.open(false)/>
            <Show when=move || !value.read().is_empty() fallback=|| view! { <kbd aria-hidden="true">"/"</kbd> }>
                <button class="quiet" aria-label="Clear filter" on:click=move |_| on_change.run(String::new())>{Icon::Cross.view()}</button>
            </Show>
            {move || completion.list()}
        </div>
    }
}

/// Handles the keys that focus the box from elsewhere.
fn lead_here(input: NodeRef<Input>) {
    on_window(ev::keydown, move |event| {
        let (key, command) = (event.key(), event.ctrl_key() || event.meta_key() || event.alt_key());
        // After `g`, a letter opens a page.
        if command || event.default_prevented() || is_typing() {
            return;
        }
        if key == "/" {
            event.prevent_default();
            focus(input);
        } else if key.chars().count() == 1 && !matches!(key.as_str(), " " | "g" | "?") && is_in_table() {
            // The letter itself goes to the newly focused element.
            focus(input);
        }
    });
}

fn focus(input: NodeRef<Input>) {
    let _ = input.get_untracked().map(|input| input.focus());
}

/// Suggestion list and its selection.
#[derive(Clone, Copy)]
struct Completion {
    input: NodeRef<Input>,
    offered: Option<SuggestionList>,
    /// Text of the selected suggestion, which is followed when others come and go.
    chosen: RwSignal<Option<String>>,
    on_change: Callback<String>,
}

impl Completion {
    fn suggestions(self) -> Vec<Suggestion> {
        let offered = self.offered.filter(|offered| offered.open.get());
        offered.map(|offered| offered.suggestions.get()).unwrap_or_default()
    }

    fn open(self, now: bool) {
        // The box may lose the focus because its page is removed.
        let _ = self.chosen.try_set(None);
        self.offered.iter().for_each(|offered| set_if_changed(offered.open, now));
    }

    fn typed(self, text: String) {
        // An empty box opens no list, which would only cover the table. An arrow key still opens it.
        self.open(!text.trim().is_empty());
        self.on_change.run(text);
    }

    fn choose(self, suggestion: Suggestion) {
        self.chosen.set(None);
        self.on_change.run(suggestion.text);
        focus(self.input);
    }

    fn pressed(self, event: &KeyboardEvent) {
        let all = untrack(|| self.suggestions());
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if self.offered.is_some() => {
                event.prevent_default();
                if self.offered.is_some_and(|offered| !offered.open.get_untracked()) {
                    return self.open(true);
                }
                let next = step(untrack(|| self.at(&all)), all.len(), event.key() == "ArrowDown");
                self.chosen.set(next.and_then(|at| all.get(at)).map(|suggestion| suggestion.text.clone()));
            }
            "Enter" => match untrack(|| self.at(&all)).and_then(|at| all.get(at).cloned()) {
                Some(suggestion) => {
                    event.prevent_default();
                    self.choose(suggestion);
                }
                None => self.open(false),
            },
            "Escape" if !all.is_empty() => self.open(false),
            "Escape" => {
                self.on_change.run(String::new());
                // An empty filter has suggestions again: the list of fields would cover the rows.
                self.open(false);
            }
            _ => {}
        }
    }

    /// Index of the selected suggestion; `None` if none is, or if it is gone.
    fn at(self, all: &[Suggestion]) -> Option<usize> {
        let chosen = self.chosen.read();
        all.iter().position(|suggestion| Some(&suggestion.text) == chosen.as_ref())
    }

    /// Element id of the selected suggestion.
    fn active(self) -> Option<String> {
        self.at(&self.suggestions()).map(|at| format!("suggestion-{at}"))
    }

    fn list(self) -> Option<AnyView> {
        let all = self.suggestions();
        (!all.is_empty()).then(|| {
            let rows = all.into_iter().enumerate().map(|(at, suggestion)| self.row(at, suggestion)).collect_view();
            // A click in the list must not take the focus from the box.
            view! {
                <ul id="suggestions" class="suggestions" role="listbox" aria-label="Suggestions" on:pointerdown=|event| event.prevent_default()>
                    {rows}
                </ul>
            }
            .into_any()
        })
    }

    fn row(self, at: usize, suggestion: Suggestion) -> AnyView {
        let shown = suggestion.shown.clone();
        let detail = match suggestion.detail {
            SuggestionNote::Field => String::new(),
            SuggestionNote::Number => "compare, also < >= <=".to_owned(),
            SuggestionNote::Rows(rows) => text::count(u64::from(rows)),
        };
        let own = suggestion.text.clone();
        let selected = move || (self.chosen.read().as_ref() == Some(&own)).to_string();
        view! {
            <li id=format!("suggestion-{at}") role="option" aria-selected=selected on:click=move |_| self.choose(suggestion.clone())>
                <span>{shown}</span><small>{detail}</small>
            </li>
        }
        .into_any()
    }
}

/// Next or previous index, wrapping around; `None` if `count` is 0.
fn step(chosen: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (chosen, forward) {
        (None, true) => 0,
        (Some(at), true) if at == last => 0,
        (Some(at), true) => at + 1,
        (None, false) => last,
        (Some(at), false) => at.checked_sub(1).unwrap_or(last),
    })
}

fn is_in_table() -> bool {
    document().active_element().is_some_and(|element| element.class_name() == "grid")
}
