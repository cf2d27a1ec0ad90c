//! A labelled field of a form, with what is wrong with it beside it.

use leptos::prelude::*;

/// The field. `id` is the input's, which names `ID-problem` as its description.
#[component]
pub(crate) fn Field(
    label: &'static str,
    id: &'static str,
    problem: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            <p class="wrong" id=format!("{id}-problem") aria-live="polite">{problem}</p>
        </div>
    }
}
