//! A panel with its heading, and the words of an empty one.

use leptos::prelude::*;

/// A panel.
#[component]
pub(crate) fn Panel(title: &'static str, #[prop(optional, into)] aside: ViewFn, children: Children) -> impl IntoView {
    view! {
        <section class="panel" aria-label=title>
            <header><h2>{title}</h2><div class="aside">{move || aside.run()}</div></header>
            {children()}
        </section>
    }
}

/// Text shown where there is nothing, and why.
#[component]
pub(crate) fn EmptyState(#[prop(into)] title: String, #[prop(into)] words: String) -> impl IntoView {
    view! { <div class="blank"><b>{title}</b><p>{words}</p></div> }
}
