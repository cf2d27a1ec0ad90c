//! Task counts by state, each linked to its tasks.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::text::overview;

/// State name, tone and count.
type Counted = (&'static str, &'static str, fn(&TaskCounts) -> u32);
/// Total number of ended tasks by state name.
type Ended = BTreeMap<String, u64>;

const USUAL: [Counted; 9] = [
    ("staging", "busy", |counts| counts.staging),
    ("starting", "busy", |counts| counts.starting),
    ("running", "ok", |counts| counts.running),
    ("killing", "warn", |counts| counts.killing),
    ("unreachable", "lost", |counts| counts.unreachable),
    ("finished", "idle", |counts| counts.finished),
    ("failed", "bad", |counts| counts.failed),
    ("killed", "idle", |counts| counts.killed),
    ("lost", "lost", |counts| counts.lost),
];
/// Rare states, shown only if their count is not zero.
const RARE: [Counted; 4] = [
    ("error", "bad", |counts| counts.error),
    ("dropped", "lost", |counts| counts.dropped),
    ("gone", "lost", |counts| counts.gone),
    ("other", "idle", |counts| counts.other),
];

/// Terminal states, of which the master keeps the last thousand tasks per framework.
const KEPT: [&str; 7] = ["finished", "failed", "killed", "lost", "error", "dropped", "gone"];

/// Task counts by state; `also` is added to the filter of each link.
pub(crate) fn task_counts(counts: Option<TaskCounts>, also: &str) -> AnyView {
    all_counts(counts, also, &Ended::new())
}

/// Task counts of the whole cluster, with the totals of ended tasks.
pub(crate) fn cluster_task_counts(counts: Option<TaskCounts>, ended: &Ended) -> AnyView {
    all_counts(counts, "", ended)
}

fn all_counts(counts: Option<TaskCounts>, also: &str, ended: &Ended) -> AnyView {
    let known = counts.is_some();
    let counts = counts.unwrap_or_default();
    let rare = RARE.into_iter().filter(|(.., number)| number(&counts) > 0);
    let place = |name: &str| {
        Route::Tasks(TableParams { filter: format!("state:{name} {also}").trim().to_owned(), ..TableParams::default() })
    };
    let one = |(name, tone, number): Counted| {
        let total = ended.get(name).filter(|total| **total > u64::from(number(&counts)));
        let total = total.map(|total| view! { <small>{overview::ended_in_total(*total)}</small> });
        let title = KEPT.contains(&name).then_some(overview::KEPT);
        count(place(name), (name, tone), known.then(|| number(&counts)), title, total)
    };
    view! { <div class="counts">{USUAL.into_iter().chain(rare).map(one).collect_view()}</div> }.into_any()
}

/// Linked count; a dash until known.
pub(crate) fn linked_count(route: Route, name: &'static str, tone: &'static str, number: Option<u32>) -> AnyView {
    count(route, (name, tone), number, None, ())
}

fn count(
    route: Route,
    (name, tone): (&'static str, &'static str),
    number: Option<u32>,
    title: Option<&'static str>,
    below: impl IntoView + 'static,
) -> AnyView {
    let words = number.map_or_else(|| "–".to_owned(), |number| text::count(u64::from(number)));
    view! {
        <a href=route.to_string() title=title data-none=(number.unwrap_or(0) == 0).then_some("") data-tone=tone>
            <b>{words}</b><span class="state" data-tone=tone>{name}</span>{below}
        </a>
    }
    .into_any()
}
