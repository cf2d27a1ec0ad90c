//! Flags and metrics: tables of names and values, narrowed by words.

use leptos::prelude::*;
use mesoscope_core::text;

use crate::widgets::excerpt::excerpt;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::EmptyState;

/// What a list without a row says: that a filter leaves out all, or that none was sent.
pub(crate) fn no_row(of: &'static str, is_narrowed: bool) -> AnyView {
    let words = if is_narrowed { format!("No {of} matches the filter.") } else { format!("The answer has no {of}.") };
    view! { <EmptyState title="None" words/> }.into_any()
}

/// So many flags or metrics are drawn at first: those of a usual master or agent.
const NAMED: usize = 500;

/// Those whose name or value has all the words.
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

/// A figure of any kind, short.
pub(crate) fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { text::amount(value) } else { format!("{value:.4}") }
}

/// Flags, those that differ from their defaults marked, with the default.
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
            // A flag that is empty unless it is set is reported only then.
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

/// Metrics.
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
