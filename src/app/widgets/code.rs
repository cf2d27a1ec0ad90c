//! Verbatim text: JSON, a request, a log line. Never markup.

use leptos::prelude::*;
use mesoscope_core::base::indent::indented;
use mesoscope_core::text::verbatim;

use crate::widgets::copy::Copy;

/// Text with a heading, a copy button and a search field. Rendered only while open, since it may be long.
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
            <Show when=move || open.get()><Lines title text/></Show>
        </section>
    }
}

#[component]
fn Lines(title: &'static str, text: Signal<String>) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    // Text that is not JSON stays unchanged.
    let shown = Memo::new(move |_| text.with(|text| indented(text).unwrap_or_else(|_| text.clone())));
    let found = Memo::new(move |_| {
        let sought = sought.read().to_lowercase();
        let fits = |line: &str| !sought.is_empty() && line.to_lowercase().contains(&sought);
        shown.with(|text| text.lines().enumerate().filter(|(_, line)| fits(line)).map(|(at, _)| at).collect::<Vec<_>>())
    });
    let step = move |forward: bool| {
        let count = found.with_untracked(Vec::len).max(1);
        at.update(|at| *at = if forward { (*at + 1) % count } else { (*at + count - 1) % count });
    };
    let typed = move |event| {
        sought.set(event_target_value(&event));
        at.set(0);
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => step(!event.shift_key()),
        "Escape" => sought.set(String::new()),
        _ => {}
    };
    let says = move || {
        let (found, at) = (found.with(Vec::len), at.get());
        if sought.read().is_empty() { String::new() } else { verbatim::lines_found(at, found) }
    };
    let text: NodeRef<leptos::html::Pre> = NodeRef::new();
    let marked = move || {
        let (sought, current) = (sought.get().to_lowercase(), at.get());
        found.with(|found| shown.with(|text| marked(text, &sought, found, found.get(current).copied())))
    };
    Effect::new(move |_| {
        at.track();
        found.track();
        let here = text.get().and_then(|text| text.query_selector("[aria-current]").ok().flatten());
        here.into_iter().for_each(|here| here.scroll_into_view_with_scroll_into_view_options(&nearest()));
    });
    view! {
        <div class="code-search">
            <input class="inline" type="search" aria-label=verbatim::search_in(title) placeholder="Search" autocomplete="off" spellcheck="false"
                prop:value=move || sought.get() on:input=typed on:keydown=pressed/>
            <span class="dim" role="status">{says}</span>
        </div>
        <pre node_ref=text class="code" tabindex="0" role="group" aria-label=format!("{title}, text")>{marked}</pre>
    }
}

/// Highlights the search text in the lines that contain it; `current` is the line of the current hit.
fn marked(text: &str, sought: &str, found: &[usize], current: Option<usize>) -> AnyView {
    if found.is_empty() {
        return text.to_owned().into_any();
    }
    let line = |(number, line): (usize, &str)| {
        let hit = found.binary_search(&number).is_ok();
        let place = line.to_lowercase().find(sought).filter(|_| hit);
        let parts = place.and_then(|place| {
            let end = place + sought.len();
            Some((line.get(..place)?, line.get(place..end)?, line.get(end..)?))
        });
        match parts {
            Some((before, word, after)) => {
                let here = (Some(number) == current).then_some("true");
                view! { {before.to_owned()}<mark aria-current=here>{word.to_owned()}</mark>{after.to_owned()}"\n" }
                    .into_any()
            }
            None => format!("{line}\n").into_any(),
        }
    };
    text.lines().enumerate().map(line).collect_view().into_any()
}

/// Scrolls no further than necessary, without animation.
fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
