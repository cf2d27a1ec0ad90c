//! What narrows a log to some of its lines: how grave they are, and the source file that glog tells.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope::file::{Glog, Level};
use mesoscope::route::Place;

use super::scroll::Sight;
use super::viewer::Around;

/// Only what is at least so grave.
pub(super) fn level_choice(around: Around) -> impl IntoView {
    let change = move |event| {
        let level = event_target_value(&event);
        around.go.run((Place { level, ..around.place.get_untracked() }, true));
    };
    let options = [("", "All levels"), ("info", "Info and worse"), ("warn", "Warnings and worse"), ("error", "Errors")];
    let option = move |(value, words): (&'static str, &'static str)| {
        view! { <option value=value prop:selected=move || around.place.with(|place| place.level == value)>{words}</option> }
    };
    debug_assert!(options.iter().skip(1).all(|(name, _)| Level::parse(name).is_some()), "names of levels");
    view! { <select class="button" aria-label="Levels" on:change=change>{options.map(option)}</select> }
}

/// Of glog's lines only those of a source file, by those that are on their way anyway.
pub(super) fn source_choice(active: Signal<Sight>, around: Around) -> impl IntoView {
    let sources = Memo::new(move |known: Option<&BTreeSet<String>>| {
        let mut all = known.cloned().unwrap_or_default();
        for feed in active.get().feeds() {
            feed.news.track();
            feed.log.with_value(|log| {
                let sample = String::from_utf8_lossy(log.tail().sample());
                let name = |line: &str| Some(Glog::parse(line)?.source.split(':').next()?.to_owned());
                all.extend(sample.lines().filter_map(name).take(MANY));
            });
        }
        all.extend(Some(around.place.with(|place| place.source.clone())).filter(|source| !source.is_empty()));
        all
    });
    let change = move |event| {
        let source = event_target_value(&event);
        around.go.run((Place { source, ..around.place.get_untracked() }, true));
    };
    let option = move |name: String| {
        let value = name.clone();
        view! { <option value=value.clone() prop:selected=move || around.place.with(|place| place.source == value)>{name}</option> }
    };
    move || {
        let all = sources.get();
        (!all.is_empty()).then(|| {
            view! {
                <select class="button" aria-label="Source files" on:change=change>
                    <option value="" prop:selected=move || around.place.with(|place| place.source.is_empty())>"All source files"</option>
                    {all.into_iter().map(option).collect_view()}
                </select>
            }
        })
    }
}

/// Lines of a sample that are looked at for their source.
const MANY: usize = 400;
