//! Menu for jumping to a place in a file: top, end, byte offset or time.

use leptos::prelude::*;
use mesoscope_core::files::bisect::TimeSearchResult;
use mesoscope_core::files::go_to::{TypedTime, parse_offset};
use mesoscope_core::files::log::Log;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::text;
use web_sys::KeyboardEvent;

use super::go_to_line::line_field;
use super::log_source::LogSource;
use super::scroll::Scroller;
use crate::clock::{self, Clocks};
use crate::download::size_text;
use crate::parts::files::viewer_context::ViewerContext;
use crate::parts::files::visible_rows::TargetTime;
use crate::widgets::copy::copy;
use crate::widgets::menu::Menu;

/// Renders the button and its popup.
pub(super) fn jump_menu(active: Signal<Scroller>, around: ViewerContext) -> AnyView {
    let mistyped = RwSignal::new(None::<&'static str>);
    let reported = RwSignal::new(None::<&'static str>);
    let found = Memo::new(move |_| {
        active.get().log_sources().iter().map(|log_source| log_source.found.get()).collect::<Vec<_>>()
    });
    // A byte jump makes an earlier "not found" result obsolete.
    let left = RwSignal::new(Vec::new());
    let not_found = move || found.with(|found| left.with(|left| left != found).then(|| not_found(found)).flatten());
    let wrong = move || mistyped.get().or_else(not_found);
    let sampled =
        Memo::new(move |_| found.with(|found| found.iter().flatten().map(TimeSearchResult::skipped).sum::<u64>()));
    let to_byte = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            match parse_offset(&event_target_value(&event), active.get_untracked().size.get_untracked().unwrap_or(0)) {
                Some(at) => {
                    mistyped.set(None);
                    left.set(found.get_untracked());
                    active.get_untracked().reveal(at);
                }
                None => mistyped.set(Some("Not a byte offset. Use 4096, 0x1000 or 50 %.")),
            }
        }
    };
    let clocks = clock::clocks();
    let to_time = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            match time(&event_target_value(&event), clocks) {
                Some(wanted) => {
                    mistyped.set(None);
                    left.set(Vec::new());
                    active.get_untracked().seek(wanted, around.place.with_untracked(|place| place.zone));
                }
                None => mistyped.set(Some("Not a time. Use 14:05, 2026-11-22 14:05:00 or 10 min ago.")),
            }
        }
    };
    let content = move || {
        let scroller = active.get_untracked();
        view! {
            <div class="buttons">
                <button class="button" on:click=move |_| scroller.go(ScrollAnchor::Line(0, 0.0))>"Top"</button>
                <button class="button" on:click=move |_| scroller.go(ScrollAnchor::End)>"End"</button>
                <button class="button" on:click=move |_| link_here(active.get_untracked(), around, reported)>"Copy link to this position"</button>
            </div>
            {line_field(active)}
            <div class="field"><label for="to-byte">"Byte offset or percent"</label><input id="to-byte" type="text" inputmode="numeric" autocomplete="off" placeholder="4096 or 50 %, then Enter" on:keydown=to_byte/></div>
            <div class="field"><label for="to-time">"Time ("{clock::zone_name()}")"</label><input id="to-time" type="text" autocomplete="off" placeholder="14:05 or 10 min ago, then Enter" on:keydown=to_time/></div>
            <p class="wrong" role="status">{wrong}</p>
            <p role="status">{move || reported.get()}</p>
            <p role="status">{move || Some(sampled.get()).filter(|skipped| *skipped > 0).map(|skipped| text::log_viewer::sampled(&size_text(skipped)))}</p>
            {finding(active)}
        }
    };
    view! { <Menu label="Go to" title=|| "Go to" content/> }.into_any()
}

fn not_found(found: &[Option<TimeSearchResult>]) -> Option<&'static str> {
    if found.contains(&Some(TimeSearchResult::Unread)) {
        return Some("The time was not found: the file could not be read.");
    }
    let is_nowhere = found.iter().all(|found| *found == Some(TimeSearchResult::Nowhere));
    is_nowhere.then_some("The time was not found: no line begins with a known time format.")
}

/// Shows the progress of the time search, with a stop button.
fn finding(active: Signal<Scroller>) -> impl IntoView {
    let asked = Memo::new(move |_| {
        let log_sources = active.get().log_sources();
        log_sources.iter().for_each(|log_source| log_source.news.track());
        let one = |log_source: &LogSource| log_source.log.with_value(Log::finding).map(|(_, asked)| asked);
        log_sources.iter().filter_map(one).reduce(|a, b| a + b)
    });
    let stop = move |_| {
        active.get_untracked().log_sources().into_iter().for_each(LogSource::forget_time);
        active.get_untracked().stay();
    };
    move || {
        asked.get().map(|asked| {
            let words = text::log_viewer::finding_time(asked);
            view! { <p role="status">{words}<button class="text-button" on:click=stop>"Stop"</button></p> }
        })
    }
}

/// Writes the first visible line to the address and copies the link.
fn link_here(scroller: Scroller, around: ViewerContext, reported: RwSignal<Option<&'static str>>) {
    let Some(line) = scroller.first_line() else { return };
    // The link leads to the line; the reader's own position would override it.
    around.rest.run(None);
    around.change(|place| place.link(Some(line)));
    let words = |is_copied| {
        if is_copied { "Copied." } else { "The browser does not allow copying. The address bar has the link." }
    };
    copy(&window().location().href().unwrap_or_default(), move |is_copied| {
        let _ = reported.try_set(Some(words(is_copied)));
    });
}

/// Parses a user's time: a time of today, a date with time, or a duration before now.
fn time(text: &str, clocks: Clocks) -> Option<TargetTime> {
    match TypedTime::parse(text)? {
        TypedTime::Ago(length) => Some(TargetTime::Ago(length, clocks)),
        TypedTime::Date(text) => clock::parse(text).map(TargetTime::At),
    }
}
