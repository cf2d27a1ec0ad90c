//! Tables of flags and metrics with a word filter.

use leptos::prelude::*;
use mesoscope_core::mesos::defaults::FlagDefault;
use mesoscope_core::text;

use crate::widgets::excerpt::excerpt;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::EmptyState;

/// Empty state of metrics: the filter hides all, or the answer has none.
pub(crate) fn no_metrics(is_narrowed: bool) -> AnyView {
    let words = if is_narrowed { "No metrics match this filter." } else { "The answer has no metrics." };
    view! { <EmptyState title="No metrics" words/> }.into_any()
}

/// A name that wraps after a slash or an underscore.
pub(crate) fn breakable(name: &str) -> AnyView {
    name.split_inclusive(['/', '_']).map(|part| view! { {part.to_owned()}<wbr/> }).collect_view().into_any()
}

/// Number of flags or metrics drawn at first: enough for a typical master or agent.
const NAMED: usize = 500;

/// Items whose name or value contains all words.
pub(crate) fn filter_by_words<T>(
    all: &[T],
    words: &[String],
    of: impl Fn(&T) -> (String, String),
) -> Vec<(String, String)> {
    let fits = |(name, value): &(String, String)| {
        let (name, value) = (name.to_lowercase(), value.to_lowercase());
        words.iter().all(|word| name.contains(word) || value.contains(word))
    };
    all.iter().map(of).filter(fits).collect()
}

/// Panel body of flags: a switch that leaves only those that differ from their default, and a table with the defaults.
#[component]
pub(crate) fn FlagTable(
    #[prop(into)] flags: Signal<Vec<(String, String)>>,
    #[prop(into)] words: Signal<Vec<String>>,
    default: fn(&str) -> FlagDefault,
) -> impl IntoView {
    let only = RwSignal::new(false);
    let differs = move |(name, value): &(String, String)| default(name).differs(value);
    let number = Memo::new(move |_| flags.with(|flags| flags.iter().filter(|flag| differs(flag)).count()));
    let rows = move || {
        let (words, only) = (words.get(), only.get());
        let mut rows = flags.with(|flags| filter_by_words(flags, &words, Clone::clone));
        rows.retain(|flag| !only || differs(flag));
        if rows.is_empty() {
            let words = text::flags::none_listed(!words.is_empty(), only);
            return view! { <EmptyState title="No flags" words/> }.into_any();
        }
        flag_rows(rows, default)
    };
    let counted = move || text::flags::differing(number.get(), flags.with(Vec::len));
    view! {
        <div class="flag-switch">
            <label><input type="checkbox" prop:checked=move || only.get() on:change=move |event| only.set(event_target_checked(&event))/>" Differs from default"</label>
            <small class="dim">{counted}</small>
        </div>
        {rows}
    }
}

fn flag_rows(rows: Vec<(String, String)>, default: fn(&str) -> FlagDefault) -> AnyView {
    let line = move |(name, value): &(String, String)| {
        let tone = matches!(default(name), FlagDefault::Value(_)).then_some("busy").unwrap_or("idle");
        let note = text::flags::note(default(name), value);
        let note =
            note.map(|note| view! { <small class="was"><span class="state" data-tone=tone>{note}</span></small> });
        view! { <tr><td class="mono" title=name.clone()>{breakable(name)}</td><td class="wrap">{excerpt(value)}{note}</td></tr> }.into_any()
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Flags, listed"><table class="plain named">
                <thead><tr><th>"Flag"</th><th>"Value"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("flags", NAMED), Signal::stored(rows), says, line, frame)
}

/// Table of metrics.
pub(crate) fn named_table(rows: Vec<(String, String)>, is_narrowed: bool) -> AnyView {
    if rows.is_empty() {
        return no_metrics(is_narrowed);
    }
    let line = |(name, value): &(String, String)| {
        view! { <tr><td class="mono" title=name.clone()>{breakable(name)}</td><td class="wrap">{excerpt(value)}</td></tr> }
            .into_any()
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Metrics, listed"><table class="plain named">
                <thead><tr><th>"Metric"</th><th>"Value"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("values", NAMED), Signal::stored(rows), says, line, frame)
}

fn says((name, value): &(String, String)) -> String {
    format!("{name} {value}")
}
