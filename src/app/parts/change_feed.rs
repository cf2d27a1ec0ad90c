//! Live feed of the newest events, with a filter and a pause button, and what the feed and the table of events share.

use leptos::prelude::*;
use mesoscope_core::cluster::change::Subject;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::changes::ChangesQuery;
use mesoscope_core::views::events::{EventLogQuery, EventRow};

use super::state_badges::event_state;
use crate::clock::{time_of_day, zoned};
use crate::widgets::TINT;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Number of events shown at first, and added per request.
const FIRST: u32 = 30;

/// Renders the feed.
#[component]
pub(crate) fn ChangeFeed() -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let most = RwSignal::new(FIRST);
    let events = link().watch(move || ChangesQuery { filter: filter.get(), count: most.get() });
    let held = RwSignal::new(None::<Vec<EventRow>>);
    let shown = move || held.get().or_else(|| events.get()).unwrap_or_default();
    let hold = move |_| held.update(|held| *held = if held.is_some() { None } else { events.get_untracked() });
    let word = move || if held.read().is_some() { "Resume" } else { "Pause" };
    let typed = move |event| {
        held.set(None);
        filter.set(event_target_value(&event));
    };
    let blank = move || {
        if filter.read().trim().is_empty() {
            view! { <EmptyState title="No changes yet" words="Changes of tasks, agents, frameworks and roles appear here."/> }.into_any()
        } else {
            view! { <EmptyState title="No matches" words="No event matches this filter."/> }.into_any()
        }
    };
    let all = move || Route::Events(TableParams { filter: filter.get(), ..TableParams::default() }).to_string();
    let aside = move || {
        view! {
            <input type="search" class="inline wide" aria-label="Filter the events" placeholder="state:failed, agent:a1, role:eng …" autocomplete="off" spellcheck="false"
                prop:value=move || filter.get() on:input=typed/>
            <button class="text-button" on:click=hold>{word}</button>
            <a class="link" href=all>"View all"</a>
        }
    };
    let newest = newest_at_first(shown);
    view! {
        <Panel title="Events" aside=aside>
            <Show when=move || !shown().is_empty() fallback=blank>
                <ul class="feed" tabindex="0" aria-label="Latest events">
                    <For each=shown key=|event| event.serial let:event>{line(&event, newest)}</For>
                    <Show when=move || events.with(|events| events.as_ref().is_some_and(|events| events.len() as u32 == most.get())) && held.read().is_none()>
                        <li class="more"><button class="text-button" on:click=move |_| most.update(|most| *most *= 3)>"Show older events"</button></li>
                    </Show>
                </ul>
            </Show>
        </Panel>
    }
}

/// Number of the newest event that has been shown. Events up to it are not new, whether they were shown at first or by request.
fn newest_at_first(shown: impl Fn() -> Vec<EventRow> + Send + Sync + 'static) -> StoredValue<Option<u64>> {
    let newest = StoredValue::new(None);
    Effect::new(move |_| {
        let first = shown().first().map(|event| event.serial);
        newest.update_value(|newest: &mut Option<u64>| *newest = (*newest).max(first));
    });
    newest
}

fn line(event: &EventRow, newest: StoredValue<Option<u64>>) -> impl IntoView + use<> {
    let name = subject_name(&event.subject);
    let is_new = newest.get_value().is_some_and(|newest| event.serial > newest);
    let (state, new) = (event.state, event.new.clone());
    let changed = (!event.field.is_empty() && event.field != "state").then(|| event.field.clone());
    let (title, full, at, message) = (event.message.clone(), name.clone(), event.at, event.message.clone());
    let touched = RwSignal::new(is_new);
    if is_new {
        set_timeout(move || _ = touched.try_set(false), TINT);
    }
    let object = match subject_route(&event.subject) {
        Some(route) => view! { <a href=route.to_string() title=full>{name}</a> }.into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    view! {
        <li data-touched=move || touched.get().then_some("")>
            <time>{time_of_day(at)}</time>
            <div class="what">{object}{changed.map(|field| view! { <span class="dim">{field}</span> })}{event_state(state, &new)}<span class="message" title=title>{message}</span></div>
        </li>
    }
}

/// Name of an event's object, with its kind unless it is a task.
pub(crate) fn subject_name(subject: &Subject) -> String {
    text::events::subject(subject)
}

/// Page of an event's object; `None` for the connection.
pub(crate) fn subject_route(subject: &Subject) -> Option<Route> {
    Some(match subject {
        Subject::Task { framework, id, .. } => Route::Task(framework.clone(), id.clone()),
        Subject::Agent { id, .. } => Route::Agent(id.clone()),
        Subject::Framework { id, .. } => Route::Framework(id.clone()),
        Subject::Role(role) => Route::Role(role.clone()),
        Subject::Machine(_) => Route::Maintenance,
        Subject::Master(_) => Route::Master,
        Subject::Stream => return None,
    })
}

/// How far back the history goes, above the table of events.
pub(crate) fn event_log_extent() -> AnyView {
    let answer = link().watch(|| EventLogQuery);
    let lines = move || {
        let extent = answer.get().unwrap_or_default();
        let dropped = |is_tasks: bool, dropped: Option<_>| {
            dropped.map(|(changes, until)| text::events::dropped(is_tasks, changes, &zoned(until).time_of_day()))
        };
        let lines = [
            extent.since.map(|since| text::events::noted_since(&zoned(since).minute())),
            dropped(true, extent.dropped_tasks),
            dropped(false, extent.dropped_others),
        ];
        lines.into_iter().flatten().map(|line| view! { <p class="dim">{line}</p> }).collect_view()
    };
    view! { <div>{lines}</div> }.into_any()
}
