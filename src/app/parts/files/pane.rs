//! One pane: a file's lines, the scroll bar, and the status line below.

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

use super::ambiguities::{ambiguity_notice, encoding_notice};
use super::copy::{CopyState, copy_lines};
use super::log_source::LogSource;
use super::merged_files;
use super::path_notices::{agent_availability, not_shown_reason};
use super::scroll::Scroller;
use crate::clock;
use crate::download::size_text;
use crate::hooks::{has_elapsed, now, on_window};

/// A linked line: its file's index in the address, its offset, and its hash.
pub(super) type LinkedLine = (usize, u64, Option<u32>);

/// Callbacks from a pane to the page.
#[derive(Clone, Copy)]
pub(super) struct PaneCallbacks {
    /// The user linked a line, or removed the link (`None`); `true` extends the link up to this line.
    pub(super) link: Callback<(Option<LinkedLine>, bool)>,
    /// A key that the pane does not handle.
    pub(super) key: Callback<KeyboardEvent>,
    /// Sets the order of ambiguous dates.
    pub(super) dates: Callback<DateOrder>,
    pub(super) paused: RwSignal<bool>,
    pub(super) wrap: RwSignal<bool>,
    /// Progress of copying the linked lines.
    pub(super) copied: RwSignal<CopyState>,
}

/// Renders the pane; `older` is placed below the lines.
pub(super) fn pane(scroller: Scroller, name: String, hooks: PaneCallbacks, older: impl IntoView + 'static) -> AnyView {
    on_window(ev::resize, move |_| scroller.draw_soon());
    on_cleanup(move || scroller.undraw());
    Effect::new(move |_| {
        scroller.log_sources().iter().for_each(|log_source| log_source.news.track());
        scroller.draw_in_time();
    });
    Effect::new(move |_| {
        scroller.options.track();
        scroller.only.get();
        scroller.log_sources().iter().for_each(|log_source| log_source.cleared.track());
        scroller.stream.into_iter().for_each(|stream| _ = stream.names());
        hooks.wrap.track();
        if scroller.bar.scroller.get().is_some() {
            scroller.draw_soon();
        }
    });
    let click = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let number = target.filter(|target| matches!(target.class_name().as_str(), "number" | "source"));
        let line = number.and_then(|number| number.parent_element());
        let reported = |name: &str| line.as_ref()?.get_attribute(name)?.parse::<u64>().ok();
        if let Some(at) = reported("data-at") {
            let file = reported("data-file").unwrap_or(0) as usize;
            hooks.link.run((scroller.line(scroller.key(file, at)), event.shift_key()));
        }
    };
    let copy = move |event: ClipboardEvent| {
        if let (Some(text), Some(data)) = (scroller.selected(), event.clipboard_data()) {
            event.prevent_default();
            let _ = data.set_data("text/plain", &text);
        }
    };
    let press = move |event: KeyboardEvent| {
        if !scroller.pressed(&event) {
            hooks.key.run(event);
        }
    };
    let lift = move || scroller.bar.lift(move || scroller.draw_soon());
    let wrap = move || hooks.wrap.get().then_some("");
    let hex = move || scroller.options.with(|options| options.hex).then_some("");
    let numbered = move || scroller.options.with(|options| options.offsets).then_some("");
    view! {
        <div class="pane">
            <div class="file" class:merged=scroller.stream.is_some() node_ref=scroller.bar.scroller tabindex="0" role="group" aria-label=format!("{name}, text") data-wrap=wrap data-hex=hex data-offsets=numbered
                on:scroll=move |_| scroller.scrolled() on:wheel=move |event| scroller.wheel(&event) on:keydown=press on:click=click on:copy=copy
                on:touchstart=move |_| scroller.bar.touch() on:touchend=move |_| lift() on:touchcancel=move |_| lift()>
                {no_lines(scroller)}
                <div class="spacer" node_ref=scroller.bar.spacer><div class="sheet"><div class="lines" node_ref=scroller.renderer.sheet></div></div></div>
            </div>
            {foot(scroller, hooks, older)}
        </div>
    }
    .into_any()
}

/// Explains why there are no lines.
fn no_lines(scroller: Scroller) -> impl IntoView {
    let words = Memo::new(move |_| {
        let log_sources = scroller.log_sources();
        log_sources.iter().for_each(|log_source| log_source.news.track());
        let fails = log_sources.iter().any(|log_source| log_source.failed.with(Option::is_some));
        let is_drawn = scroller.top.get().is_some();
        let searches = |what: fn(&Search) -> bool| {
            log_sources.iter().all(|log_source| log_source.log.with_value(|log| log.search().is_some_and(what)))
        };
        match scroller.size.get() {
            None if fails => None,
            None => Some("Loading …"),
            Some(0) => Some("The file is empty."),
            Some(_) if !is_drawn && log_sources.iter().any(|log_source| log_source.cleared.get() > 0) => {
                Some(text::log_viewer::CLEARED)
            }
            Some(_) if is_drawn || !scroller.only.get() => None,
            Some(_) if searches(|search| search.found() == 0) => {
                Some(if searches(Search::is_done) { "No matches." } else { "No matches so far …" })
            }
            Some(_) => None,
        }
    });
    // Hides progress text for the first half second, by when most reads are complete.
    let late = has_elapsed(Duration::from_millis(500));
    let words = move || words.get().filter(|words| late.get() || !words.ends_with('…'));
    view! { <p class="no-lines dim" role="status">{words}</p> }
}

/// Status line: position, follow state and errors.
fn foot(scroller: Scroller, hooks: PaneCallbacks, older: impl IntoView + 'static) -> impl IntoView {
    let size = move || scroller.size.get().map(|size| text::log_viewer::size_with_bytes(&size_text(size), size));
    let top = move || {
        let (top, size) = (scroller.top.get()?, scroller.size.get()?);
        let is_line = matches!(scroller.anchor.get(), ScrollAnchor::Line(..));
        let share = is_line.then(|| text::percent(top as f64, size as f64))?;
        Some(view! { <span class="dim" title=text::log_viewer::from_byte(top)>{share}</span> })
    };
    let fresh = Memo::new(move |_| {
        let fresh = |log_source: &LogSource| {
            log_source.news.track();
            log_source.log.with_value(Log::unseen_bytes)
        };
        let new: u64 = scroller.log_sources().iter().map(fresh).sum();
        (new > 0 && matches!(scroller.anchor.get(), ScrollAnchor::Line(..))).then_some(new)
    });
    let known = move || scroller.size.get().is_some();
    let standing = move || match (hooks.paused.get(), scroller.anchor.get()) {
        _ if !known() => "Loading",
        (false, ScrollAnchor::End) => "Following",
        (true, _) | (false, ScrollAnchor::Line(..)) => "Paused",
    };
    let fails = move || scroller.log_sources().iter().any(|log_source| log_source.failed.with(Option::is_some));
    let tone = move || match (fails(), hooks.paused.get(), scroller.anchor.get()) {
        (true, ..) => "bad",
        (false, false, ScrollAnchor::End) => "ok",
        (false, ..) => "idle",
    };
    let to_end = move || {
        fresh.get().map(|new| {
            view! { <button class="text-button" on:click=move |_| scroller.go(ScrollAnchor::End)>{text::log_viewer::new_below(&size_text(new))}</button> }
        })
    };
    let order = scroller.stream.map(|stream| stream.words());
    let is_merged = scroller.stream.is_some();
    let said = scroller.log_sources().into_iter().map(|log_source| said(log_source, is_merged)).collect_view();
    let without_times = move || {
        let files = scroller.stream.map(|stream| stream.without_times()).unwrap_or_default();
        (!files.is_empty()).then(|| view! { <p>{text::log_viewer::without_times(&files)}</p> })
    };
    view! {
        <div class="foot">
            <span class="state" data-tone=tone>{standing}</span>
            {order.map(|order| view! { <span class="dim">{order}</span> })}<span>{size}</span>{top}<span class="dim">{move || encoding_notice(scroller)}</span>{to_end}{linked(scroller, hooks)}
            <div role="status">{other(scroller, hooks)}{said}{without_times}{ambiguity_notice(scroller, hooks.dates)}</div>
            {older}
        </div>
    }
}

/// Notices about a file: replaced, or unreadable. The name is before them if several files are
/// merged.
fn said(log_source: LogSource, is_merged: bool) -> impl IntoView {
    let before = move || if is_merged { format!("{}: ", merged_files::name(log_source)) } else { String::new() };
    let clock = clock::now_signal();
    let said = move || {
        let dismiss = move |_| log_source.replaced.set(None);
        log_source.replaced.get().map(|at| {
            let words = move || {
                clock.track();
                text::log_viewer::replaced(&before(), &text::age(now().since(at)))
            };
            view! {
                <p>{words}<button class="text-button" on:click=dismiss>"Dismiss"</button></p>
            }
        })
    };
    let failed = move || {
        log_source.failed.get().map(|why| {
            let (title, words) = not_shown_reason(&log_source.target(), &log_source.path.get_untracked(), &why);
            let wait = move || {
                clock.track();
                let at = log_source.log.with_value(|log| log.tail().retry_at());
                at.map(|at| format!(" {}", text::files::next_attempt(&text::age(at.since(now())))))
            };
            view! {
                <p class="failed"><b>{before}{title}": "</b>{words}" "{agent_availability(&log_source.target(), &why)}{wait}" "<button class="text-button" on:click=move |_| log_source.retry()>"Retry now"</button></p>
            }
        })
    };
    view! { {said}{failed} }
}

/// Notice that the linked line was replaced by another.
fn other(scroller: Scroller, hooks: PaneCallbacks) -> impl IntoView {
    let forget = move |_| hooks.link.run((None, false));
    move || {
        scroller.is_other.get().then(|| {
            view! {
                <p>{text::log_viewer::LINE_REPLACED}<button class="text-button" on:click=forget>"Remove the link"</button></p>
            }
        })
    }
}

/// Button that copies all linked lines, including those not drawn.
fn linked(scroller: Scroller, hooks: PaneCallbacks) -> impl IntoView {
    let range = move || scroller.options.with(|options| options.linked).filter(|(_, from, to)| from < to);
    let label = move || match hooks.copied.get() {
        CopyState::Idle => "Copy linked lines".to_owned(),
        CopyState::Reading(bytes) => text::log_viewer::reading_copy(&size_text(bytes)),
        CopyState::NeedsPress(_) => "Press again to copy".to_owned(),
        CopyState::Done(lines) => text::log_viewer::copied_lines(lines),
        CopyState::Failed(why) => why,
    };
    let click = move |_| {
        if let Some((file, from, to)) = range()
            && let Some(log_source) = scroller.log_sources().get(file)
        {
            copy_lines(*log_source, (from, to), hooks.copied);
        }
    };
    move || range().is_some().then(|| view! { <button class="text-button" on:click=click>{label}</button> })
}
