//! A text that is shown as it is: JSON, a request, a log line. Never markup.

use leptos::prelude::*;

use super::Copy;

/// The text, with a heading and a way to copy it.
#[component]
pub(crate) fn Code(title: &'static str, text: String) -> impl IntoView {
    let copied = text.clone();
    view! {
        <section class="panel" aria-label=title>
            <header><h2>{title}</h2><div class="aside"><Copy text=Signal::stored(copied) label="the JSON"/></div></header>
            <pre class="code" tabindex="0" role="group" aria-label=format!("{title}, text")>{text}</pre>
        </section>
    }
}
