//! Panel with a heading, and the empty state.

use leptos::prelude::*;

/// Renders a panel.
#[component]
pub(crate) fn Panel(title: &'static str, #[prop(optional, into)] aside: ViewFn, children: Children) -> impl IntoView {
    view! {
        <section class="panel" aria-label=title>
            <header><h2>{title}</h2><div class="aside">{move || aside.run()}</div></header>
            {children()}
        </section>
    }
}

/// Empty state: a title and the reason why there is nothing.
#[component]
pub(crate) fn EmptyState(#[prop(into)] title: String, #[prop(into)] words: String) -> impl IntoView {
    view! { <div class="blank"><b>{title}</b><p>{words}</p></div> }
}
