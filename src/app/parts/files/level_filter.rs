//! Filters a log by level, by glog source and by glog thread.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::files::level::{Glog, Level};
use mesoscope_core::text;

use super::scroll::Scroller;
use crate::parts::files::viewer_context::ViewerContext;
use crate::widgets::menu::Menu;

/// Select for the minimum level.
pub(super) fn level_choice(around: ViewerContext) -> impl IntoView {
    let change = move |event| {
        let level = event_target_value(&event);
        around.step(|place| place.level = level);
    };
    let options = [("", "All levels"), ("info", "Info and above"), ("warn", "Warning and above"), ("error", "Errors")];
    let option = move |(value, words): (&'static str, &'static str)| {
        view! { <option value=value prop:selected=move || around.place.with(|place| place.level == value)>{words}</option> }
    };
    debug_assert!(options.iter().skip(1).all(|(name, _)| Level::parse(name).is_some()), "names of levels");
    view! { <select class="button" aria-label="Levels" on:change=change>{options.map(option)}</select> }
}

/// Menu that filters glog lines by source and thread, with the values seen so far. Shown if a file has glog lines or a filter is
/// set.
pub(super) fn source_menu(active: Signal<Scroller>, around: ViewerContext) -> impl IntoView {
    let seen = Memo::new(move |known: Option<&Seen>| {
        let mut all = known.cloned().unwrap_or_default();
        for log_source in active.get().log_sources() {
            log_source.news.track();
            log_source.log.with_value(|log| {
                let sample = log.tail().sample();
                let sample = String::from_utf8_lossy(&sample);
                for glog in sample.lines().take(MANY).filter_map(Glog::parse) {
                    all.0.extend(glog.source.split(':').next().map(str::to_owned));
                    all.1.insert(glog.thread.to_owned());
                }
            });
        }
        all
    });
    let chosen = Memo::new(move |_| around.place.with(|place| (place.source.clone(), place.thread.clone())));
    let is_there = Memo::new(move |_| seen.with(|seen| !seen.0.is_empty()) || chosen.get() != Default::default());
    let title = move || {
        let words = match chosen.get() {
            (source, thread) if source.is_empty() && thread.is_empty() => "Source".to_owned(),
            (source, thread) if thread.is_empty() => format!("Source: {source}"),
            (source, thread) => text::log_viewer::source_and_thread(&source, &thread),
        };
        words.replace("  ", " ").into_any()
    };
    let content = move || {
        let (sources, threads) = seen.get_untracked();
        let (source, thread) = chosen.get_untracked();
        let of_source = move |text: String| around.step(|place| place.source = text);
        let of_thread = move |text: String| around.step(|place| place.thread = text);
        view! {
            {choice("log-source", "Source (prefix)", "master.cpp:11", source, sources, of_source)}
            {choice("log-thread", "Thread", "12345", thread, threads, of_thread)}
        }
        .into_any()
    };
    let menu = move || is_there.get().then(|| view! { <Menu label="Source" title content/> });
    menu.into_any()
}

/// Glog sources, then threads.
type Seen = (BTreeSet<String>, BTreeSet<String>);

/// A text field that suggests the values seen.
fn choice(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    offered: BTreeSet<String>,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let list = format!("{id}s");
    let change = move |event| choose(event_target_value(&event).trim().to_owned());
    let offered = offered.into_iter().map(|value| view! { <option value=value></option> }).collect_view();
    view! {
        <div class="field">
            <label for=id>{label}</label><input id=id type="text" autocomplete="off" spellcheck="false" placeholder=hint list=list.clone() value=value on:change=change/>
            <datalist id=list>{offered}</datalist>
        </div>
    }
    .into_any()
}

/// Number of sample lines inspected for their source.
const MANY: usize = 400;
