//! Labelled form field with its error beside it.

use leptos::prelude::*;

/// Renders the field. `id` is the id of the input, which refers to `ID-problem` as its description.
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
