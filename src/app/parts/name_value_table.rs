//! Tables of flags and metrics with a word filter.

use leptos::prelude::*;
use mesoscope_core::text;

use crate::widgets::excerpt::excerpt;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::EmptyState;

/// Empty state: the filter hides all, or the response has none.
pub(crate) fn no_row(of: &'static str, is_narrowed: bool) -> AnyView {
    let words = if is_narrowed { format!("No {of} matches the filter.") } else { format!("The answer has no {of}.") };
    view! { <EmptyState title="None" words/> }.into_any()
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

/// Short text of a number.
pub(crate) fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { text::amount(value) } else { format!("{value:.4}") }
}

/// Table of flags; those that differ from their default are marked, with the default.
pub(crate) fn flags_table(
    rows: Vec<(String, String)>,
    is_narrowed: bool,
    default: fn(&str) -> Option<&'static str>,
) -> AnyView {
    if rows.is_empty() {
        return no_row("flag", is_narrowed);
    }
    let line = move |(name, value): &(String, String)| {
        let mark = match default(name) {
            Some(default) if default == value => None,
            Some(was) => {
                let was = if was.is_empty() { "(empty)" } else { was };
                Some(view! { <small class="was"><span class="state" data-tone="busy">"changed"</span>" from "<span class="mono">{was}</span></small> }.into_any())
            }
            None if mesoscope_core::mesos::defaults::follows_from_the_machine(name) => None,
            // A flag without a default is only reported when set.
            None => Some(view! { <small class="was"><span class="state" data-tone="busy">"set"</span>"; no default is known"</small> }.into_any()),
        };
        view! { <tr><td class="mono" title=name.clone()>{name.clone()}</td><td class="wrap">{excerpt(value)}{mark}</td></tr> }.into_any()
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Flags, listed"><table class="plain">
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
        return no_row("metric", is_narrowed);
    }
    let line = |(name, value): &(String, String)| {
        view! { <tr><td class="mono" title=name.clone()>{name.clone()}</td><td class="wrap">{excerpt(value)}</td></tr> }
            .into_any()
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Metrics, listed"><table class="plain">
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
