//! Table figures. Zero is an empty cell, so that columns of zeros do not distract.

use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Nanoseconds, Quantities, Timestamp};
use mesoscope_core::text;

use crate::clock::{Ago, AgoWithSkew, utc};

/// Text of a value, or "not known".
pub(crate) fn known_or_not<T>(value: Option<T>, words: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "not known".to_owned(), words)
}

/// CPUs or GPUs; empty for 0.
pub(crate) fn amount_or_nothing(number: f64) -> String {
    if number == 0.0 { String::new() } else { text::amount(number) }
}

/// Memory or disk with its unit; empty for 0.
pub(crate) fn bytes_or_nothing(bytes: Bytes) -> String {
    if bytes.get() == 0 { String::new() } else { text::bytes_exactly(bytes) }
}

/// A number of cpus or gpus of resources that may not be known.
pub(crate) fn known_amount(of: Option<Quantities>, amount: fn(Quantities) -> f64) -> String {
    known_or_not(of, |of| amount_or_nothing(amount(of)))
}

/// An amount of memory or disk of resources that may not be known.
pub(crate) fn known_bytes(of: Option<Quantities>, bytes: fn(Quantities) -> Bytes) -> String {
    known_or_not(of, |of| bytes_or_nothing(bytes(of)))
}

/// An amount in a file, in full.
pub(crate) fn exact_amount(of: Option<Quantities>, amount: fn(Quantities) -> f64) -> String {
    known_or_not(of, |of| amount(of).to_string())
}

/// A number of bytes in a file.
pub(crate) fn exact_bytes(of: Option<Quantities>, bytes: fn(Quantities) -> Bytes) -> String {
    known_or_not(of, |of| bytes(of).get().to_string())
}

/// A text that may not be known.
pub(crate) fn known_text(text: &Option<String>) -> String {
    known_or_not(text.as_ref(), String::clone)
}

/// Non-scalar resources, such as ports, truncated by a narrow column.
pub(crate) fn others_cell(others: &str) -> AnyView {
    view! { <span class="mono" title=others.to_owned()>{others.to_owned()}</span> }.into_any()
}

/// Counts of non-scalar resources: `1 003 ports`.
pub(crate) fn counted_others(counts: &[(String, u64)]) -> String {
    counts.iter().map(|(name, count)| format!("{} {name}", text::count(*count))).collect::<Vec<_>>().join(", ")
}

/// Relative time; empty for `None`.
pub(crate) fn ago_or_nothing(at: Option<Timestamp>) -> AnyView {
    view! { <span class="dim">{at.map(|at| view! { <Ago at/> })}</span> }.into_any()
}

/// Relative time by a clock that is ahead of the cluster's.
pub(crate) fn ago_with_skew(at: Option<Timestamp>, ahead: Nanoseconds) -> AnyView {
    view! { <span class="dim">{at.map(|at| view! { <AgoWithSkew at ahead/> })}</span> }.into_any()
}

/// UTC time for exports; empty for `None`.
pub(crate) fn time_or_nothing(at: Option<Timestamp>) -> String {
    at.map(utc).unwrap_or_default()
}
