//! The latest changes as they happen; the reader can hold them still.

use leptos::prelude::*;
use mesoscope::cluster::{Change, Subject, What};
use mesoscope::route::Route;

use super::state::task_state;
use crate::ui::clock::time_of_day;
use crate::ui::widgets::{Blank, Panel, TINT};

/// The feed.
#[component]
pub(crate) fn Changes(#[prop(into)] changes: Signal<Vec<Change>>) -> impl IntoView {
    let held = RwSignal::new(None::<Vec<Change>>);
    let shown = move || held.get().unwrap_or_else(|| changes.get());
    let hold = move |_| held.update(|held| *held = if held.is_some() { None } else { Some(changes.get_untracked()) });
    let word = move || if held.read().is_some() { "Go on" } else { "Pause" };
    let none = move || shown().is_empty();
    view! {
        <Panel title="Changes" aside=move || view! { <button class="text-button" on:click=hold>{word}</button> }>
            <Show when=move || !none() fallback=|| view! { <Blank title="Nothing has changed" words="What happens to tasks, agents and frameworks from now on appears here."/> }>
                <ul class="feed" tabindex="0" aria-label="Latest changes">
                    <For each=shown key=|change| change.serial let:change>{line(&change)}</For>
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
        What::Task { state, message } => (task_state(*state), message.clone()),
        What::Added => (view! { <span class="state" data-tone="ok">"added"</span> }.into_any(), String::new()),
        What::Updated => (view! { <span class="state" data-tone="busy">"updated"</span> }.into_any(), String::new()),
        What::Removed => (view! { <span class="state" data-tone="idle">"removed"</span> }.into_any(), String::new()),
    };
    let (title, full) = (message.clone(), name.clone());
    let new = RwSignal::new(true);
    set_timeout(move || _ = new.try_set(false), TINT);
    view! {
        <li data-touched=move || new.get().then_some("")>
            <time>{time_of_day(change.at)}</time>
            <div class="what"><a href=route.to_string() title=full>{name}</a>{what}<span class="message" title=title>{message}</span></div>
        </li>
    }
}
