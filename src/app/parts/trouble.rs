//! Recorded troubles by kind: count, first time, cause and first occurrence.

use leptos::prelude::*;
use mesoscope_core::checks::trouble::{LostStream, TroubleEntry};
use mesoscope_core::text;

use crate::clock::{AgoByBrowserClock, time_of_day};
use crate::widgets::panel::{EmptyState, Panel};

/// Panel of trouble kinds. `none` is the empty text, `unnamed` the name of an entry without one.
#[component]
pub(crate) fn TroubleKinds(
    title: &'static str,
    none: &'static str,
    unnamed: &'static str,
    kinds: Signal<Vec<TroubleEntry>>,
) -> impl IntoView {
    let total = move || kinds.with(|kinds| kinds.iter().map(|kind| kind.count).sum::<u64>());
    let aside = move || Some(total()).filter(|total| *total > 0).map(text::count);
    // A row is redrawn only when its trouble occurs again; the others stay readable.
    let key = |kind: &TroubleEntry| (kind.what.to_string(), why(kind), kind.count);
    let empty = move || kinds.with(Vec::is_empty);
    view! {
        <Panel title aside>
            <Show when=move || !empty() fallback=move || view! { <EmptyState title="None" words=none/> }>
                <ul class="trouble" tabindex="0" aria-label=title>
                    <For each=move || kinds.get() key let:kind>{kind_row(kind, unnamed)}</For>
                </ul>
            </Show>
        </Panel>
    }
}

fn why(kind: &TroubleEntry) -> Option<String> {
    kind.why.as_ref().map(ToString::to_string)
}

fn kind_row(kind: TroubleEntry, unnamed: &'static str) -> impl IntoView {
    let name = Some(kind.what.to_string()).filter(|name| !name.is_empty()).unwrap_or_else(|| unnamed.to_owned());
    let (count, first, last) = (kind.count, kind.first, kind.last);
    let since = (count > 1).then(|| view! { <span>"first "<AgoByBrowserClock at=first/></span> });
    let why = why(&kind).map(|why| view! { <p>{why}</p> });
    let label = text::diagnostics::first_bytes(&name);
    let head = Some(kind.head).filter(|head| !head.is_empty());
    let head = head.map(|head| view! { <pre class="code" tabindex="0" role="group" aria-label=label>{head}</pre> });
    view! {
        <li>
            <div class="what"><b>{name}</b><span>{format!("{} ×", text::count(count))}</span><span class="dim when"><AgoByBrowserClock at=last/>{since}</span></div>
            {why}
            {head}
        </li>
    }
}

/// Lost streams, newest first.
#[component]
pub(crate) fn LostStreams(losses: Signal<Vec<LostStream>>) -> impl IntoView {
    let number = move || losses.with(Vec::len);
    let aside = move || Some(number()).filter(|number| *number > 0).map(|number| text::count(number as u64));
    view! {
        <Panel title="Lost connections" aside>
            <Show when=move || { number() > 0 } fallback=|| view! { <EmptyState title="None" words="The connection has not been lost since this browser opened the cluster."/> }>
                <ul class="trouble" tabindex="0" aria-label="Lost connections">
                    <For each=move || losses.get() key=|loss| loss.at let:loss>{loss_row(loss)}</For>
                </ul>
            </Show>
        </Panel>
    }
}

fn loss_row(loss: LostStream) -> impl IntoView {
    view! {
        <li><div class="what"><b>{time_of_day(loss.at)}</b><span>{loss.cause.to_string()}</span><span class="dim when"><AgoByBrowserClock at=loss.at/></span></div></li>
    }
}
