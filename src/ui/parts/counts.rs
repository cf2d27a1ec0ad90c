//! Counts by state, each of which leads to what it counts.

use leptos::prelude::*;
use mesoscope::query::TaskCounts;
use mesoscope::route::{Route, Table};
use mesoscope::text;

/// Tasks by state, each count a link to them; `also` narrows the links.
pub(crate) fn task_counts(counts: Option<TaskCounts>, also: &str) -> AnyView {
    let known = counts.is_some();
    let counts = counts.unwrap_or_default();
    let figures = [
        ("staging", "busy", counts.staging),
        ("starting", "busy", counts.starting),
        ("running", "ok", counts.running),
        ("killing", "warn", counts.killing),
        ("unreachable", "lost", counts.unreachable),
        ("finished", "idle", counts.finished),
        ("failed", "bad", counts.failed),
        ("killed", "idle", counts.killed),
        ("lost", "lost", counts.lost),
    ];
    // What is rare is shown when it is there.
    let rare = [
        ("error", "bad", counts.error),
        ("dropped", "lost", counts.dropped),
        ("gone", "lost", counts.gone),
        ("other", "idle", counts.other),
    ];
    let figures = figures.into_iter().chain(rare.into_iter().filter(|(.., number)| *number > 0));
    let place = |name: &str| {
        Route::Tasks(Table { filter: format!("state:{name} {also}").trim().to_owned(), sort: String::new() })
    };
    view! { <div class="counts">{figures.map(|(name, tone, number)| figure(place(name), name, tone, known.then_some(number))).collect_view()}</div> }.into_any()
}

/// A count that leads to what it counts; a dash where it is not known yet.
pub(crate) fn figure(route: Route, name: &'static str, tone: &'static str, number: Option<u32>) -> impl IntoView {
    let words = number.map_or_else(|| "–".to_owned(), |number| text::count(u64::from(number)));
    view! {
        <a href=route.to_string() data-none=(number.unwrap_or(0) == 0).then_some("")>
            <b>{words}</b><span class="state" data-tone=tone>{name}</span>
        </a>
    }
}
