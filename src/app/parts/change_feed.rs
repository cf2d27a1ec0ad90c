//! Live feed of changes, with a filter and a pause button.

use leptos::prelude::*;
use mesoscope_core::cluster::change::{Change, ChangeKind, Subject};
use mesoscope_core::route::Route;
use mesoscope_core::views::changes::ChangesQuery;

use super::state_badges::task_state;
use crate::clock::time_of_day;
use crate::widgets::TINT;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Number of changes shown at first, and added per request.
const FIRST: u32 = 30;

/// Renders the feed.
#[component]
pub(crate) fn ChangeFeed() -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let most = RwSignal::new(FIRST);
    let changes = link().watch(move || ChangesQuery { filter: filter.get(), count: most.get() });
    let held = RwSignal::new(None::<Vec<Change>>);
    let shown = move || held.get().or_else(|| changes.get()).unwrap_or_default();
    let hold = move |_| held.update(|held| *held = if held.is_some() { None } else { changes.get_untracked() });
    let word = move || if held.read().is_some() { "Go on" } else { "Pause" };
    let typed = move |event| {
        held.set(None);
        filter.set(event_target_value(&event));
    };
    let blank = move || {
        if filter.read().trim().is_empty() {
            view! { <EmptyState title="Nothing has changed" words="What happens to tasks, agents and frameworks from now on appears here."/> }.into_any()
        } else {
            view! { <EmptyState title="No change fits" words="None of the latest changes has this. New ones that do appear here."/> }.into_any()
        }
    };
    let aside = move || {
        view! {
            <input type="search" class="inline wide" aria-label="Filter the changes" placeholder="state:failed, agent:a1, role:eng …" autocomplete="off" spellcheck="false"
                prop:value=move || filter.get() on:input=typed/>
            <button class="text-button" on:click=hold>{word}</button>
        }
    };
    view! {
        <Panel title="Changes" aside=aside>
            <Show when=move || !shown().is_empty() fallback=blank>
                <ul class="feed" tabindex="0" aria-label="Latest changes">
                    <For each=shown key=|change| change.serial let:change>{line(&change)}</For>
                    <Show when=move || changes.with(|changes| changes.as_ref().is_some_and(|changes| changes.len() as u32 == most.get())) && held.read().is_none()>
                        <li class="more"><button class="text-button" on:click=move |_| most.update(|most| *most *= 3)>"Show older changes"</button></li>
                    </Show>
                </ul>
            </Show>
        </Panel>
    }
}

fn line(change: &Change) -> impl IntoView + use<> {
    let (route, name) = match &change.subject {
        Subject::Task { framework, id, name } => {
            (Route::Task(framework.clone(), id.clone()), if name.is_empty() { id.to_string() } else { name.clone() })
        }
        Subject::Agent { id, hostname } => (Route::Agent(id.clone()), format!("agent {hostname}")),
        Subject::Framework { id, name } => (Route::Framework(id.clone()), format!("framework {name}")),
    };
    let (what, message) = match &change.what {
        ChangeKind::Task { state, message } => (task_state(*state), message.clone()),
        ChangeKind::Added => (view! { <span class="state" data-tone="ok">"added"</span> }.into_any(), String::new()),
        ChangeKind::Updated => {
            (view! { <span class="state" data-tone="busy">"updated"</span> }.into_any(), String::new())
        }
        ChangeKind::Removed => {
            (view! { <span class="state" data-tone="idle">"removed"</span> }.into_any(), String::new())
        }
    };
    let (title, full, at) = (message.clone(), name.clone(), change.at);
    let new = RwSignal::new(true);
    set_timeout(move || _ = new.try_set(false), TINT);
    view! {
        <li data-touched=move || new.get().then_some("")>
            <time>{time_of_day(at)}</time>
            <div class="what"><a href=route.to_string() title=full>{name}</a>{what}<span class="message" title=title>{message}</span></div>
        </li>
    }
}
