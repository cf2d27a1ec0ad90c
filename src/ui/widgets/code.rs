//! A text that is shown as it is: JSON, a request, a log line. Never markup.

use leptos::prelude::*;

use super::Copy;

/// The text, with a heading and a way to copy it. Long as it may be, it is drawn only while it is open.
#[component]
pub(crate) fn Code(title: &'static str, text: Signal<String>) -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |_| open.update(|open| *open = !*open);
    let word = move || if open.get() { "Hide" } else { "Show" };
    view! {
        <section class="panel" aria-label=title>
            <header>
                <h2>{title}</h2>
                <div class="aside"><button class="text-button" aria-expanded=move || open.get().to_string() on:click=toggle>{word}</button><Copy text label="the JSON"/></div>
            </header>
            <Show when=move || open.get()>
                <pre class="code" tabindex="0" role="group" aria-label=format!("{title}, text")>{move || pretty(&text.read())}</pre>
            </Show>
        </section>
    }
}

/// Indented, if it is JSON; as it came, if it is not.
fn pretty(json: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(json);
    value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| json.to_owned())
}
