//! A file's lines, with the bar beside them, and below them where they stand.

use leptos::ev;
use leptos::prelude::*;
use mesoscope::text;
use mesoscope::units::Bytes;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, KeyboardEvent, MouseEvent};

use super::feed::now;
use super::scroll::{Sight, Spot};
use crate::ui::clock;

/// What a pane does to the page around it.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    /// A line was chosen, by its offset; whether the lines up to it are meant.
    pub(super) link: Callback<(u64, bool)>,
    /// A key that the pane itself has no use for.
    pub(super) key: Callback<KeyboardEvent>,
    pub(super) paused: RwSignal<bool>,
    pub(super) wrap: RwSignal<bool>,
}

/// The pane.
pub(super) fn pane(sight: Sight, name: String, hooks: Hooks) -> AnyView {
    let resized = window_event_listener(ev::resize, move |_| sight.draw_soon());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        sight.feed.news.track();
        sight.dress.track();
        sight.only.track();
        hooks.wrap.track();
        if sight.scroller.get().is_some() {
            sight.draw_soon();
        }
    });
    let click = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let number = target.filter(|target| target.class_name() == "number");
        let line = number.and_then(|number| number.parent_element()?.get_attribute("data-at")?.parse().ok());
        line.into_iter().for_each(|line| hooks.link.run((line, event.shift_key())));
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
    let wrap = move || hooks.wrap.get().then_some("");
    let hex = move || sight.dress.with(|dress| dress.hex).then_some("");
    let numbered = move || sight.dress.with(|dress| dress.offsets).then_some("");
    view! {
        <div class="pane">
            <div class="file" node_ref=sight.scroller tabindex="0" role="group" aria-label=format!("{name}, text") data-wrap=wrap data-hex=hex data-offsets=numbered
                on:scroll=move |_| sight.scrolled() on:wheel=move |event| sight.wheel(&event) on:keydown=press on:click=click on:copy=copy
                on:touchstart=move |_| sight.touch(true) on:touchend=move |_| sight.touch(false)>
                <div class="spacer" node_ref=sight.spacer><div class="sheet"><div class="lines" node_ref=sight.sheet></div></div></div>
            </div>
            {foot(sight, hooks)}
        </div>
    }
    .into_any()
}

/// Where the reader is, whether the file is followed, and what went wrong.
fn foot(sight: Sight, hooks: Hooks) -> impl IntoView {
    let feed = sight.feed;
    let size = move || feed.size.get().map(|size| format!("{} ({} bytes)", words(size), text::count(size)));
    let top = move || {
        let (top, size) = (sight.top.get()?, feed.size.get()?);
        Some(format!("from byte {} · {}", text::count(top), text::percent(top as f64, size as f64)))
    };
    let empty = move || (feed.size.get() == Some(0)).then_some("The file is empty.");
    let fresh = Memo::new(move |_| {
        let left = sight.left.get().filter(|_| matches!(sight.spot.get(), Spot::Line(..)))?;
        feed.size.get()?.checked_sub(left).filter(|new| *new > 0)
    });
    let standing = move || match (hooks.paused.get(), sight.spot.get()) {
        (true, _) => "Paused",
        (false, Spot::End) => "Following",
        (false, Spot::Line(..)) => "Reading",
    };
    let tone = move || match (feed.failed.with(Option::is_some), hooks.paused.get(), sight.spot.get()) {
        (true, ..) => "bad",
        (false, false, Spot::End) => "ok",
        (false, ..) => "idle",
    };
    let to_end = move || {
        fresh.get().map(|new| {
            view! { <button class="text-button" on:click=move |_| sight.go(Spot::End)>{words(new)}" new: to the end"</button> }
        })
    };
    let failed = move || {
        feed.failed.get().map(|why| {
            let clock = clock::now_signal();
            let wait = move || {
                clock.track();
                let at = feed.source.with_value(|source| source.tail.retry_at());
                at.map(|at| format!(" Tried again in {}.", text::age(at.since(now()))))
            };
            view! {
                <p class="failed"><b>{why.of(&feed.target())}": "</b>{why.to_string()}{wait}" "<button class="text-button" on:click=move |_| feed.retry()>"Try now"</button></p>
            }
        })
    };
    let said = move || feed.said.get().map(|said| view! { <p>{said}</p> });
    view! {
        <div class="foot">
            <span class="state" data-tone=tone>{standing}</span>
            <span>{size}</span><span class="dim">{top}</span><span class="dim">{empty}</span>{to_end}
            <div role="status">{said}{failed}</div>
        </div>
    }
}

/// A size, in the unit that suits it.
pub(super) fn words(bytes: u64) -> String {
    let (number, unit) = text::bytes(Bytes::new(i64::try_from(bytes).unwrap_or(i64::MAX)));
    format!("{number} {unit}")
}
