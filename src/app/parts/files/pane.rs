//! A file's lines, with the bar beside them, and below them where they stand.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::files::log::Log;
use mesoscope_core::files::search::Search;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::files::zone::DateOrder;
use mesoscope_core::text;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, KeyboardEvent, MouseEvent};

use super::copy::{Copied, copy_lines};
use super::doubts::{doubts, encoding};
use super::log_source::LogSource;
use super::path::{whereabouts, why_nothing};
use super::scroll::Scroller;
use crate::clock;
use crate::download::words;
use crate::hooks::{after, now, on_window};

/// A line: of which file of the address, where it begins there, and what it is like.
pub(super) type Linked = (usize, u64, Option<u32>);

/// What a pane does to the page around it.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    /// A line was chosen, by its file, its offset and what it is like, or none any more; whether the lines up to it are meant.
    pub(super) link: Callback<(Option<Linked>, bool)>,
    /// A key that the pane itself has no use for.
    pub(super) key: Callback<KeyboardEvent>,
    /// How ambiguous dates are to be read.
    pub(super) dates: Callback<DateOrder>,
    pub(super) paused: RwSignal<bool>,
    pub(super) wrap: RwSignal<bool>,
    /// What became of the lines that were to be copied.
    pub(super) copied: RwSignal<Copied>,
}

/// The pane. What leads to older files stands below the lines.
pub(super) fn pane(sight: Scroller, name: String, hooks: Hooks, older: impl IntoView + 'static) -> AnyView {
    on_window(ev::resize, move |_| sight.draw_soon());
    on_cleanup(move || sight.undraw());
    Effect::new(move |_| {
        sight.feeds().iter().for_each(|feed| feed.news.track());
        sight.draw_in_time();
    });
    Effect::new(move |_| {
        sight.dress.track();
        sight.only.get();
        hooks.wrap.track();
        if sight.bar.scroller.get().is_some() {
            sight.draw_soon();
        }
    });
    let click = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let number = target.filter(|target| matches!(target.class_name().as_str(), "number" | "source"));
        let line = number.and_then(|number| number.parent_element());
        let reported = |name: &str| line.as_ref()?.get_attribute(name)?.parse::<u64>().ok();
        if let Some(at) = reported("data-at") {
            let file = reported("data-file").unwrap_or(0) as usize;
            hooks.link.run((sight.line(sight.key(file, at)), event.shift_key()));
        }
    };
    let copy = move |event: ClipboardEvent| {
        if let (Some(text), Some(data)) = (sight.selected(), event.clipboard_data()) {
            event.prevent_default();
            let _ = data.set_data("text/plain", &text);
        }
    };
    let press = move |event: KeyboardEvent| {
        if !sight.pressed(&event) {
            hooks.key.run(event);
        }
    };
    let lift = move || sight.bar.lift(move || sight.draw_soon());
    let wrap = move || hooks.wrap.get().then_some("");
    let hex = move || sight.dress.with(|dress| dress.hex).then_some("");
    let numbered = move || sight.dress.with(|dress| dress.offsets).then_some("");
    view! {
        <div class="pane">
            <div class="file" class:merged=sight.stream.is_some() node_ref=sight.bar.scroller tabindex="0" role="group" aria-label=format!("{name}, text") data-wrap=wrap data-hex=hex data-offsets=numbered
                on:scroll=move |_| sight.scrolled() on:wheel=move |event| sight.wheel(&event) on:keydown=press on:click=click on:copy=copy
                on:touchstart=move |_| sight.bar.touch() on:touchend=move |_| lift() on:touchcancel=move |_| lift()>
                {no_lines(sight)}
                <div class="spacer" node_ref=sight.bar.spacer><div class="sheet"><div class="lines" node_ref=sight.renderer.sheet></div></div></div>
            </div>
            {foot(sight, hooks, older)}
        </div>
    }
    .into_any()
}

/// Why there are no lines.
fn no_lines(sight: Scroller) -> impl IntoView {
    let words = Memo::new(move |_| {
        let feeds = sight.feeds();
        feeds.iter().for_each(|feed| feed.news.track());
        let fails = feeds.iter().any(|feed| feed.failed.with(Option::is_some));
        let is_drawn = sight.top.get().is_some();
        let searches = |what: fn(&Search) -> bool| {
            feeds.iter().all(|feed| feed.log.with_value(|log| log.search().is_some_and(what)))
        };
        match sight.size.get() {
            None if fails => None,
            None => Some("Reading …"),
            Some(0) => Some("The file is empty."),
            Some(_) if is_drawn || !sight.only.get() => None,
            Some(_) if searches(|search| search.found() == 0) => Some(if searches(Search::is_done) {
                "No line has it."
            } else {
                "No line so far; the search goes on …"
            }),
            Some(_) => None,
        }
    });
    // Nothing is said in the first half second, by when most is there.
    let late = after(Duration::from_millis(500));
    let words = move || words.get().filter(|words| late.get() || !words.ends_with('…'));
    view! { <p class="no-lines dim" role="status">{words}</p> }
}

/// Where the reader is, whether the file is followed, and what went wrong.
fn foot(sight: Scroller, hooks: Hooks, older: impl IntoView + 'static) -> impl IntoView {
    let size = move || sight.size.get().map(|size| format!("{} ({} bytes)", words(size), text::count(size)));
    let top = move || {
        let (top, size) = (sight.top.get()?, sight.size.get()?);
        Some(format!("from byte {} · {}", text::count(top), text::percent(top as f64, size as f64)))
    };
    let fresh = Memo::new(move |_| {
        let fresh = |feed: &LogSource| {
            feed.news.track();
            feed.log.with_value(Log::fresh)
        };
        let new: u64 = sight.feeds().iter().map(fresh).sum();
        (new > 0 && matches!(sight.spot.get(), ScrollAnchor::Line(..))).then_some(new)
    });
    let known = move || sight.size.get().is_some();
    let standing = move || match (hooks.paused.get(), sight.spot.get()) {
        _ if !known() => "Reading",
        (true, _) => "Paused",
        (false, ScrollAnchor::End) => "Following",
        (false, ScrollAnchor::Line(..)) => "Reading",
    };
    let fails = move || sight.feeds().iter().any(|feed| feed.failed.with(Option::is_some));
    let tone = move || match (fails(), hooks.paused.get(), sight.spot.get()) {
        (true, ..) => "bad",
        (false, false, ScrollAnchor::End) => "ok",
        (false, ..) => "idle",
    };
    let to_end = move || {
        fresh.get().map(|new| {
            view! { <button class="text-button" on:click=move |_| sight.go(ScrollAnchor::End)>{words(new)}" new: to the end"</button> }
        })
    };
    let names = sight
        .stream
        .map(|stream| stream.files.with_value(|files| files.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>()));
    let order = sight.stream.map(|stream| stream.words());
    let said = sight.feeds().into_iter().enumerate().map(|(nth, feed)| {
        let name = names.as_ref().and_then(|names| names.get(nth)).map(|name| format!("{name}: ")).unwrap_or_default();
        said(feed, name)
    });
    let said = said.collect_view();
    let without_times = move || {
        let files = sight.stream.map(|stream| stream.without_times()).unwrap_or_default();
        (!files.is_empty()).then(|| view! { <p>"No times were found in "{files.join(", ")}": these lines are not in order with the others."</p> })
    };
    view! {
        <div class="foot">
            <span class="state" data-tone=tone>{standing}</span>
            {order.map(|order| view! { <span class="dim">{order}</span> })}<span>{size}</span><span class="dim">{top}</span><span class="dim">{move || encoding(sight)}</span>{to_end}{linked(sight, hooks)}
            <div role="status">{other(sight, hooks)}{said}{without_times}{doubts(sight, hooks.dates)}</div>
            {older}
        </div>
    }
}

/// What became of a file, and why it is not read, if it is not. The name stands before it where there are several.
fn said(feed: LogSource, name: String) -> impl IntoView {
    let before = name.clone();
    let clock = clock::now_signal();
    let said = move || {
        let dismiss = move |_| feed.replaced.set(None);
        feed.replaced.get().map(|at| {
            let ago = move || {
                clock.track();
                text::age(now().since(at))
            };
            view! {
                <p>{before.clone()}"The file was cut or rotated "{ago}" ago: it begins anew. "<button class="text-button" on:click=dismiss>"Dismiss"</button></p>
            }
        })
    };
    let elsewhere = move || {
        let words =
            "The executor gives this task no folder of its own: the file is its executor's, and of all its tasks.";
        feed.is_executors.get().then(|| view! { <p>{words}</p> })
    };
    let apart = move || {
        let words = "This is the executor’s own file. Its tasks have folders of their own, below tasks.";
        feed.has_tasks_apart.get().then(|| view! { <p>{words}</p> })
    };
    let failed = move || {
        let name = name.clone();
        feed.failed.get().map(|why| {
            let (title, words) = why_nothing(&feed.target(), &feed.path.get_untracked(), &why);
            let wait = move || {
                clock.track();
                let at = feed.log.with_value(|log| log.tail().retry_at());
                at.map(|at| format!(" Tried again in {}.", text::age(at.since(now()))))
            };
            view! {
                <p class="failed"><b>{name}{title}": "</b>{words}" "{whereabouts(&feed.target(), &why)}{wait}" "<button class="text-button" on:click=move |_| feed.retry()>"Try now"</button></p>
            }
        })
    };
    view! { {elsewhere}{apart}{said}{failed} }
}

/// What is said where the line that the address leads to is no more.
fn other(sight: Scroller, hooks: Hooks) -> impl IntoView {
    let forget = move |_| hooks.link.run((None, false));
    move || {
        sight.is_other.get().then(|| {
            view! {
                <p>"Another line stands now where the linked one was: the file was cut, rotated or written anew since. "<button class="text-button" on:click=forget>"Forget the link"</button></p>
            }
        })
    }
}

/// The lines that are linked, as text: all of them, however many of them are drawn.
fn linked(sight: Scroller, hooks: Hooks) -> impl IntoView {
    let range = move || sight.dress.with(|dress| dress.linked).filter(|(_, from, to)| from < to);
    let label = move || match hooks.copied.get() {
        Copied::No => "Copy the linked lines".to_owned(),
        Copied::Reading(bytes) => format!("Reading, {} …", words(bytes)),
        Copied::Ready(_) => "Press again to copy".to_owned(),
        Copied::Whole(lines) => format!("Copied {} lines", text::count(lines)),
        Copied::Failed(why) => why,
    };
    let click = move |_| {
        if let Some((file, from, to)) = range()
            && let Some(feed) = sight.feeds().get(file)
        {
            copy_lines(*feed, (from, to), hooks.copied);
        }
    };
    move || range().is_some().then(|| view! { <button class="text-button" on:click=click>{label}</button> })
}
