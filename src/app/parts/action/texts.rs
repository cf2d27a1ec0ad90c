//! Texts of a change: outcome, differences and request.

use leptos::prelude::*;
use mesoscope_core::actions::execution::Outcome;
use mesoscope_core::actions::preview::{Difference, PreviewEntry, PreviewValue, PreviewedField};
use mesoscope_core::actions::quota_removal::QuotaRemoval;
use mesoscope_core::actions::schedule_change::{Author, authors};
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::text;

use crate::api_client::url;
use crate::clock::window_times;
use crate::widgets::copy::Copy;

/// Outcome of a change in one sentence.
pub(crate) fn outcome_words(outcome: &Outcome) -> String {
    text::actions::outcome(outcome, || match outcome {
        Outcome::Diverged(current) => {
            let one = |entry: &PreviewEntry| format!("{}: {}", key(&entry.key), text::actions::value(&entry.value));
            current.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        _ => String::new(),
    })
}

/// Tone of an outcome.
pub(crate) fn outcome_tone(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed | Outcome::Accepted => "ok",
        Outcome::Started => "busy",
        Outcome::Diverged(_) | Outcome::Unknown(_) | Outcome::NotSeen => "warn",
        Outcome::Refused(..) | Outcome::Blocked(_) | Outcome::Unsent(_) | Outcome::Intercepted(_) => "bad",
    }
}

/// Label of a previewed value.
pub(super) fn key(key: &PreviewedField) -> String {
    match key {
        PreviewedField::Named(name) => name.clone(),
        PreviewedField::Amount(role, resource, bound) => text::actions::amount_field(role, resource, *bound),
        PreviewedField::Pooled(of) => text::pooled::field(of),
        PreviewedField::FallsBack => text::actions::REVERTS.to_owned(),
        PreviewedField::Window(start, length, _) => window_times(*start, *length),
        PreviewedField::Container(path) => text::containers::container_field(path),
        PreviewedField::Signal(_) => "Signal".to_owned(),
        PreviewedField::KeptImages => text::providers::KEPT_IMAGES.to_owned(),
    }
}

/// Text of a value; a dash if there is none.
pub(super) fn value(value: Option<&PreviewValue>) -> String {
    value.map_or_else(|| "–".to_owned(), text::actions::value)
}

/// Column headings for old and new values, before and after sending.
pub(super) const fn column_headings(is_sent: bool) -> (&'static str, &'static str) {
    if is_sent { ("Before", "After") } else { ("Current", "New") }
}

/// Table of old and new values.
///
/// `base` is the schedule at the start of a draft. Each row names who changed it, if another user has changed any.
pub(super) fn differences_table(rows: &[Difference], is_sent: bool, base: Option<&[MaintenanceWindow]>) -> AnyView {
    let authors = base.map(|base| authors(base, rows)).filter(|all| all.iter().any(|author| *author != Author::You));
    let mut authors = authors.map(Vec::into_iter);
    let by = authors.is_some().then(|| view! { <th>"Changed by"</th> });
    let (before, after) = column_headings(is_sent);
    let cell = |value: &Option<PreviewValue>| match value {
        Some(value) => text::actions::value(value).into_any(),
        None => view! { <span class="dim">"–"</span> }.into_any(),
    };
    let line = |row: &Difference| {
        let author = authors.as_mut().and_then(Iterator::next).map(author_cell);
        let kind = match (&row.before, &row.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        view! {
            <tr data-kind=kind><th scope="row">{key(&row.key)}</th><td class="wrap">{cell(&row.before)}</td><td class="wrap after">{cell(&row.after)}</td>{author}</tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Changes"><table class="plain changes">
            <thead><tr><th>"Field"</th><th>{before}</th><th>{after}</th>{by}</tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

fn author_cell(author: Author) -> AnyView {
    let tone = (author != Author::You).then_some("warn");
    view! { <td class="wrap author" data-tone=tone>{text::schedule::author(author)}</td> }.into_any()
}

/// Conflict table: base, current and desired values.
pub(super) fn conflict_table(base: &[PreviewEntry], current: &[PreviewEntry], desired: &[PreviewEntry]) -> AnyView {
    let of = |entries: &[PreviewEntry], key: &PreviewedField| {
        value(entries.iter().find(|entry| entry.key == *key).map(|entry| &entry.value))
    };
    let mut keys: Vec<&PreviewedField> = Vec::new();
    for entry in desired.iter().chain(current).chain(base) {
        if !keys.contains(&&entry.key) {
            keys.push(&entry.key);
        }
    }
    let line = |at: &&PreviewedField| {
        let (before, theirs, mine) = (of(base, at), of(current, at), of(desired, at));
        let theirs_moved = before != theirs;
        view! {
            <tr><th scope="row">{key(at)}</th><td class="wrap">{before}</td><td class="wrap" data-tone=theirs_moved.then_some("warn")>{theirs}</td><td class="wrap after">{mine}</td></tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Conflict"><table class="plain changes">
            <thead><tr><th>"Field"</th><th>"When opened"</th><th>"Current"</th><th>"New"</th></tr></thead>
            <tbody>{keys.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

/// The exact request as JSON and as curl; `None` for a request that must not be repeated, as a copied command would be.
pub(crate) fn request_view(action: &Action, removal: Option<&QuotaRemoval>) -> AnyView {
    let (Some(json), Some(curl)) =
        (action.request(removal), text::actions::curl(action, removal, &url(&action.target())))
    else {
        return view! { <p class="dim">"Shown only while the role has a quota: without one, this call aborts the master."</p> }.into_any();
    };
    let json = String::from_utf8_lossy(&json).into_owned();
    let (json_to_copy, curl_to_copy) = (json.clone(), curl.clone());
    view! {
        <div class="request"><span>"JSON"</span><code tabindex="0" role="group" aria-label="The request as JSON">{json}</code><Copy text=Signal::stored(json_to_copy) label="the JSON"/></div>
        <div class="request"><span>"curl"</span><code tabindex="0" role="group" aria-label="The request as curl">{curl}</code><Copy text=Signal::stored(curl_to_copy) label="the command"/></div>
    }
    .into_any()
}
