//! Metrics explorer: filter, pinned metrics on top, and a sparkline of each since the page was opened.

use std::cell::RefCell;
use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::text;

use crate::clock::now_signal;
use crate::parts::data_age::not_reported;
use crate::parts::name_value_table::{breakable, no_metrics};
use crate::storage::{load, save};
use crate::widgets::panel::Panel;
use crate::widgets::sparkline::{Axis, Sparkline, extremes};

const PINNED: &str = "metrics.pinned";
/// Values kept per metric: one hour at one per ten seconds.
const KEPT: usize = 360;

/// History of each metric, oldest first, as seconds and value.
type Past = BTreeMap<String, Vec<(f64, f64)>>;

#[derive(Clone, Copy)]
struct Metrics {
    past: Memo<Past>,
    pinned: RwSignal<Vec<String>>,
}

thread_local! {
    /// History of the master's metrics while its page was open, kept for the next visit.
    static OF_MASTER: RefCell<Past> = const { RefCell::new(Past::new()) };
}

/// Explorer of the reported metrics, filtered by `words`. The master's history is kept while the console is open.
#[component]
pub(crate) fn MetricsExplorer(
    #[prop(into)] metrics: Signal<Vec<(String, f64)>>,
    #[prop(into)] words: Signal<Vec<String>>,
    #[prop(optional)] of_master: bool,
) -> impl IntoView {
    let pinned = load(PINNED).map(|names| names.lines().map(str::to_owned).collect()).unwrap_or_default();
    let all = Metrics { past: past(metrics, of_master), pinned: RwSignal::new(pinned) };
    if of_master {
        on_cleanup(move || all.past.try_get_untracked().into_iter().for_each(|past| OF_MASTER.set(past)));
    }
    let names = Memo::new(move |_| {
        let words = words.get();
        let fits = |name: &String| words.iter().all(|word| name.to_lowercase().contains(word.as_str()));
        metrics.with(|metrics| metrics.iter().map(|(name, _)| name.clone()).filter(fits).collect::<Vec<_>>())
    });
    let unread = not_reported(if of_master { &[Topic::Metrics] } else { &[] });
    // The reason for missing metrics is shown beside it.
    let none = move || unread.with(Option::is_none).then(|| no_metrics(words.with(|words| !words.is_empty())));
    let shown_pins = Memo::new(move |_| {
        let known = all.past.read();
        all.pinned.read().iter().filter(|name| known.contains_key(*name)).cloned().collect::<Vec<_>>()
    });
    view! {
        <Show when=move || !shown_pins.read().is_empty()>
            <Panel title="Pinned metrics">
                <div class="counts pins"><For each=move || shown_pins.get() key=String::clone let:name>{all.tile(name)}</For></div>
            </Panel>
        </Show>
        <Panel title="Metrics" aside=move || if of_master { "Sparklines while this page was open, each over its own range" } else { "Sparklines since you opened this page, each over its own range" }>
            <Show when=move || !names.read().is_empty() fallback=none>
                <div class="scroll-x" tabindex="0" role="group" aria-label="Metrics, listed"><table class="plain metrics">
                    <thead><tr><th>"Metric"</th><th class="num">"Value"</th><th>"Since opened"</th><th>"Pin"</th></tr></thead>
                    <tbody><For each=move || names.get() key=String::clone let:name>{all.row(name)}</For></tbody>
                </table></div>
            </Show>
        </Panel>
    }
}

/// Appends the current values to the history.
fn past(metrics: Signal<Vec<(String, f64)>>, of_master: bool) -> Memo<Past> {
    let now = now_signal();
    Memo::new_owning(move |last: Option<Past>| {
        let mut past = last.unwrap_or_else(|| if of_master { OF_MASTER.take() } else { Past::new() });
        let at = now.get_untracked().as_millis() / 1000.0;
        metrics.with(|metrics| metrics.iter().for_each(|(name, value)| note(&mut past, name, at, *value)));
        (past, true)
    })
}

fn note(past: &mut Past, name: &str, at: f64, value: f64) {
    let points = match past.get_mut(name) {
        Some(points) => points,
        None => past.entry(name.to_owned()).or_default(),
    };
    // Keeps one point per second.
    points.retain(|point| point.0 < at);
    if points.len() >= KEPT {
        points.remove(0);
    }
    points.push((at, value));
}

impl Metrics {
    fn value(self, name: String) -> impl Fn() -> String {
        move || {
            self.past
                .with(|past| past.get(&name)?.last().map(|(_, value)| text::metrics::value(&name, *value)))
                .unwrap_or_default()
        }
    }

    /// Points of a sparkline; empty if the value never changed.
    fn points(self, name: String) -> Signal<Vec<(f64, f64)>> {
        Signal::derive(move || {
            let points = self.past.with(|past| past.get(&name).cloned()).unwrap_or_default();
            let first = points.first().map(|point| point.1);
            if points.iter().any(|point| Some(point.1) != first) { points } else { Vec::new() }
        })
    }

    /// Range of a sparkline, whose axis begins at its least value.
    fn range(self, name: String, points: Signal<Vec<(f64, f64)>>) -> impl Fn() -> Option<String> {
        move || {
            let (low, high) = points.with(|points| extremes(points))?;
            Some(text::metrics::range(&text::metrics::value(&name, low), &text::metrics::value(&name, high)))
        }
    }

    fn toggle(self, name: &str) {
        self.pinned.update(|pinned| match pinned.iter().position(|other| other == name) {
            Some(at) => drop(pinned.remove(at)),
            None => pinned.push(name.to_owned()),
        });
        self.pinned.with_untracked(|pinned| save(PINNED, (!pinned.is_empty()).then(|| pinned.join("\n")).as_deref()));
    }

    fn row(self, name: String) -> impl IntoView {
        let (value, points, wanted, asked) =
            (self.value(name.clone()), self.points(name.clone()), name.clone(), name.clone());
        let pressed = move || self.pinned.with(|pinned| pinned.contains(&wanted)).to_string();
        view! {
            <tr><td class="mono" title=name.clone()>{breakable(&name)}</td><td class="num">{value}</td><td class="since" title=self.range(name.clone(), points)><Sparkline axis=Axis::Least points/></td>
                <td><button class="text-button" aria-pressed=pressed aria-label=format!("Pin {name}") on:click=move |_| self.toggle(&asked)>"Pin"</button></td></tr>
        }
    }

    fn tile(self, name: String) -> impl IntoView {
        let (value, points, asked) = (self.value(name.clone()), self.points(name.clone()), name.clone());
        view! {
            <div>
                <b>{value}</b><span class="name mono" title=name.clone()>{breakable(&name)}</span><span title=self.range(name.clone(), points)><Sparkline axis=Axis::Least points/></span>
                <button class="text-button" aria-label=format!("Unpin {name}") on:click=move |_| self.toggle(&asked)>"Unpin"</button>
            </div>
        }
    }
}
