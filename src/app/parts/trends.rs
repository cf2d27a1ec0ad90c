//! Strip of trends: running and pending tasks, failures a minute, and the allocated share of each resource.

use leptos::prelude::*;
use mesoscope_core::base::units::{Quantities, Timestamp};
use mesoscope_core::cluster::history::{Figures, Sample};
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::route::{Route, TableParams, problem};
use mesoscope_core::text;
use mesoscope_core::text::overview;
use mesoscope_core::views::overview::{Capacity, Overview};

use crate::clock::cluster_now_signal;
use crate::widgets::sparkline::{Point, Trend, TrendForm, extremes};

/// Current figures, `None` until known, and the session's samples.
#[derive(Clone, Copy)]
pub(crate) struct TrendSources {
    pub(crate) tasks: Memo<Option<TaskCounts>>,
    pub(crate) failures: Memo<Option<Vec<u32>>>,
    pub(crate) capacity: Memo<Option<Capacity>>,
    pub(crate) history: Memo<Vec<Sample>>,
}

/// Renders the strip. Its cells have fixed heights, so that nothing moves when figures arrive.
#[component]
pub(crate) fn Trends(sources: TrendSources) -> impl IntoView {
    view! {
        <section class="panel trends" aria-label="Trends">
            {counted(sources, CountTrend { name: "Running", tone: "ok", filter: "state:running", of: |tasks| tasks.running })}
            {counted(sources, CountTrend { name: "Pending", tone: "busy", filter: "state:staging,starting", of: |tasks| tasks.staging + tasks.starting })}
            {failures(sources.failures)}
            {allocated(sources)}
        </section>
    }
}

/// Failures by minute of the overview; `None` while its snapshot has brought no tasks.
pub(crate) fn failures_of(overview: &Overview) -> Option<Vec<u32>> {
    (!overview.arriving).then(|| overview.failures.clone())
}

/// A trend of a count of tasks.
struct CountTrend {
    name: &'static str,
    tone: &'static str,
    /// Finds the counted tasks.
    filter: &'static str,
    of: fn(&TaskCounts) -> u32,
}

fn counted(sources: TrendSources, CountTrend { name, tone, filter, of }: CountTrend) -> AnyView {
    let figure = move || sources.tasks.get().map_or_else(|| "–".to_owned(), |tasks| text::count(u64::from(of(&tasks))));
    let points = Memo::new(move |_| points(&sources.history.read(), |figures| f64::from(of(&figures.tasks))));
    let lines = Signal::derive(move || vec![points.get()]);
    let caption =
        Signal::derive(move || points.with(|points| range(points, sources.tasks.get().map(|tasks| of(&tasks)))));
    let href = Route::Tasks(TableParams { filter: filter.to_owned(), ..TableParams::default() }).to_string();
    view! {
        <a href=href data-tone=tone>
            <span class="name">{name}</span><b>{figure}</b>
            <Trend form=TrendForm::Line lines caption values=counts/>
        </a>
    }
    .into_any()
}

fn failures(by_minute: Memo<Option<Vec<u32>>>) -> AnyView {
    let now = cluster_now_signal();
    // The last entry is the current minute; a number a minute needs a whole one.
    let latest = |all: &Vec<u32>| all.iter().rev().nth(1).copied().unwrap_or_default();
    let figure = move || {
        by_minute.with(|all| all.as_ref().map_or_else(|| "–".to_owned(), |all| text::count(u64::from(latest(all)))))
    };
    let lines = Signal::derive(move || {
        let this_minute = (now.get_untracked().as_millis() / MINUTE).floor();
        let bar = |(ago, number): (usize, &u32)| ((this_minute - ago as f64) * MINUTE, f64::from(*number));
        let mut bars: Vec<Point> = by_minute.with(|all| all.iter().flatten().rev().enumerate().map(bar).collect());
        bars.reverse();
        vec![bars]
    });
    let caption = Signal::derive(move || {
        by_minute.with(|all| all.as_ref().map(|all| overview::failures(all))).unwrap_or_default()
    });
    let href = problem::failed_in_the_last_hour().to_string();
    view! {
        <a href=href data-tone="bad" title="Tasks that failed, were lost, dropped or in error">
            <span class="name">"Failures a minute"</span><b>{figure}</b>
            <Trend form=TrendForm::Bars lines caption values=counts/>
        </a>
    }
    .into_any()
}

const MINUTE: f64 = 60_000.0;

/// A resource's name, and its amount.
type Resource = (&'static str, fn(Quantities) -> f64);

const RESOURCES: [Resource; 4] = [
    ("CPUs", |of| of.cpus.as_f64()),
    ("Memory", |of| of.mem.as_f64()),
    ("Disk", |of| of.disk.as_f64()),
    ("GPUs", |of| of.gpus.as_f64()),
];

fn allocated(sources: TrendSources) -> AnyView {
    let shares = RESOURCES.map(|(name, of)| {
        let share = move || {
            let known = sources.capacity.get()?;
            Some(text::percent(of(known.allocated), of(known.total)))
        };
        view! { <li><span>{name}</span><b>{move || share().unwrap_or_else(|| "–".to_owned())}</b></li> }
    });
    let lines = Signal::derive(move || {
        let line = |(_, of): Resource| {
            points(&sources.history.read(), |figures| share(of(figures.allocated), of(figures.total)))
        };
        RESOURCES.map(line).to_vec()
    });
    let caption = Signal::derive(move || lines.with(|lines| spread(lines)));
    view! {
        <div class="allocated">
            <span class="name">"Allocated"</span><ul>{shares.into_iter().collect_view()}</ul>
            <Trend form=TrendForm::Shares lines caption values=named_shares/>
        </div>
    }
    .into_any()
}

/// `CPUs 21 %, Memory 4 %`.
fn named_shares(shares: &[f64]) -> String {
    let one = |((name, _), share): (&Resource, &f64)| format!("{name} {}", text::percent(*share, 1.0));
    RESOURCES.iter().zip(shares).map(one).collect::<Vec<_>>().join(", ")
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn points(history: &[Sample], of: impl Fn(&Figures) -> f64) -> Vec<Point> {
    history.iter().map(|sample| (sample.at.as_millis(), of(&sample.figures))).collect()
}

fn counts(all: &[f64]) -> String {
    text::count(all.first().copied().unwrap_or_default().max(0.0) as u64)
}

/// Range of the samples and of the number that is shown beside them, which may be newer.
fn range(points: &[Point], now: Option<u32>) -> String {
    let Some((low, high)) = extremes(points) else { return overview::SINCE_OPENED.to_owned() };
    let now = now.map(f64::from);
    let [low, high] = [now.map_or(low, |now| low.min(now)), now.map_or(high, |now| high.max(now))]
        .map(|value| text::count(value.max(0.0) as u64));
    times(points).map_or_else(String::new, |(first, last)| overview::range(&low, &high, first, last))
}

/// How long the lines are.
fn spread(lines: &[Vec<Point>]) -> String {
    let times = lines.first().and_then(|points| times(points)).filter(|(first, last)| last > first);
    times.map_or_else(|| overview::SINCE_OPENED.to_owned(), |(first, last)| text::span(last.since(first)))
}

fn times(points: &[Point]) -> Option<(Timestamp, Timestamp)> {
    let at = |point: &Point| Timestamp::from_millis(point.0);
    Some((at(points.first()?), at(points.last()?)))
}
