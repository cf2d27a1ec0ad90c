//! Task counts by state, each linked to its tasks, with a sparkline if the history is known.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::cluster::history::Sample;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;

use crate::widgets::sparkline::Sparkline;

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
    all_counts(counts, also, &Ended::new(), None)
}

/// Task counts of the whole cluster, with sparklines and the totals of ended tasks.
pub(crate) fn task_counts_over_time(counts: Option<TaskCounts>, ended: &Ended, history: Memo<Vec<Sample>>) -> AnyView {
    all_counts(counts, "", ended, Some(history))
}

fn all_counts(counts: Option<TaskCounts>, also: &str, ended: &Ended, history: Option<Memo<Vec<Sample>>>) -> AnyView {
    let known = counts.is_some();
    let counts = counts.unwrap_or_default();
    let rare = RARE.into_iter().filter(|(.., number)| number(&counts) > 0);
    let place = |name: &str| {
        Route::Tasks(TableParams { filter: format!("state:{name} {also}").trim().to_owned(), ..TableParams::default() })
    };
    let one = |(name, tone, number): Counted| {
        let points = move |history: Memo<Vec<Sample>>| {
            history.with(|samples| {
                samples.iter().map(|sample| (sample.at.as_millis(), f64::from(number(&sample.tasks)))).collect()
            })
        };
        let line = history.map(|history| Signal::derive(move || points(history)));
        let kept =
            KEPT.contains(&name).then(|| kept(name, ended.get(name).map(|all| (*all).max(u64::from(number(&counts))))));
        figure_over_time(
            place(name),
            name,
            tone,
            known.then(|| number(&counts)),
            view! { {kept}{line.map(|points| view! { <Sparkline points scale=true/> })} },
        )
    };
    view! { <div class="counts">{USUAL.into_iter().chain(rare).map(one).collect_view()}</div> }.into_any()
}

/// Explains that the count covers only kept tasks, with the total.
fn kept(name: &'static str, ended: Option<u64>) -> AnyView {
    let title = format!(
        "The master keeps the last of each framework's, by default 1,000 of all that ended. The larger number counts all that are {name} since this master was elected."
    );
    let words = ended.map_or_else(|| "kept".to_owned(), |ended| format!("kept of {}", text::count(ended)));
    view! { <small class="dim" title=title>{words}</small> }.into_any()
}

/// Linked count; a dash until known.
pub(crate) fn linked_count(route: Route, name: &'static str, tone: &'static str, number: Option<u32>) -> AnyView {
    figure_over_time(route, name, tone, number, ())
}

fn figure_over_time(
    route: Route,
    name: &'static str,
    tone: &'static str,
    number: Option<u32>,
    below: impl IntoView + 'static,
) -> AnyView {
    let words = number.map_or_else(|| "–".to_owned(), |number| text::count(u64::from(number)));
    view! {
        <a href=route.to_string() data-none=(number.unwrap_or(0) == 0).then_some("") data-tone=tone>
            <b>{words}</b><span class="state" data-tone=tone>{name}</span>{below}
        </a>
    }
    .into_any()
}
