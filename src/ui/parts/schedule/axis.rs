//! Windows as bars on a time axis, machines as rows, now as a line. A bar is moved and stretched by dragging or by keys.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope::act::Window;
use mesoscope::text;
use mesoscope::units::{Nanoseconds, Timestamp};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::Draft;
use crate::ui::clock::{now, to_the_minute};

/// So many machines have a row.
const ROWS: usize = 150;
/// Marks along the axis.
const TICKS: i64 = 6;
/// What is dragged falls on such steps.
const STEP: i64 = 5 * 60 * 1_000_000_000;
const MINUTES: Nanoseconds = Nanoseconds::from_secs(15 * 60);
const HOUR: Nanoseconds = Nanoseconds::from_secs(3600);
const DAY: i64 = 86_400_000_000_000;

/// The stretch of time that is shown, in nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// All windows that begin or end within a year, and now.
    fn of(windows: &[Window], now: Timestamp) -> Self {
        let near = |at: &i64| at.abs_diff(now.0) < (366 * DAY).unsigned_abs();
        let times = windows.iter().flat_map(|window| {
            let end = window.duration.map_or(window.start.0.saturating_add(DAY), |length| (window.start + length).0);
            [window.start.0, end]
        });
        let times: Vec<i64> = times.filter(near).chain([now.0]).collect();
        let from = times.iter().copied().min().unwrap_or(now.0);
        let to = times.iter().copied().max().unwrap_or(now.0).max(from.saturating_add(DAY / 2));
        let margin = (to - from) / 20;
        Self { from: from - margin, to: to + margin }
    }

    fn length(self) -> i64 {
        (self.to - self.from).max(1)
    }

    /// In percent of the width.
    fn place(self, at: i64) -> f64 {
        (at.saturating_sub(self.from)) as f64 / self.length() as f64 * 100.0
    }

    /// By so much around its middle, from a quarter of an hour to ten years.
    fn zoomed(self, factor: f64) -> Self {
        let (middle, length) = (self.from / 2 + self.to / 2, self.length() as f64 * factor);
        let half = (length.clamp(9e11, 3.2e17) / 2.0) as i64;
        Self { from: middle.saturating_sub(half), to: middle.saturating_add(half) }
    }

    fn moved(self, shares: f64) -> Self {
        let by = (self.length() as f64 * shares) as i64;
        Self { from: self.from.saturating_add(by), to: self.to.saturating_add(by) }
    }
}

/// What is dragged: the window's place, what of it, where it began.
#[derive(Clone)]
struct Drag {
    at: usize,
    is_end: bool,
    x: i32,
    window: Window,
}

/// The axis.
pub(super) fn axis(draft: Draft) -> AnyView {
    let wanted = RwSignal::new(None::<Span>);
    let fit = Memo::new(move |_| Span::of(&draft.shown(), Timestamp(now().0 / 60_000_000_000 * 60_000_000_000)));
    // What is dragged must not move the ground below it.
    let span = Memo::new(move |_| wanted.get().unwrap_or_else(|| fit.get()));
    let drag = RwSignal::new(None::<Drag>);
    let tracks: NodeRef<Div> = NodeRef::new();
    let zoom = move |factor: f64| wanted.set(Some(span.get_untracked().zoomed(factor)));
    let pan = move |shares: f64| wanted.set(Some(span.get_untracked().moved(shares)));
    let moved = move |event: PointerEvent| {
        let Some(Drag { at, is_end, x, window }) = drag.get_untracked() else { return };
        let width = tracks.get_untracked().map_or(1.0, |tracks| f64::from(tracks.client_width().max(1)));
        let raw = f64::from(event.client_x() - x) / width * span.get_untracked().length() as f64;
        let by = Nanoseconds((raw / STEP as f64).round() as i64 * STEP);
        draft.change_one(at, |now| {
            if is_end {
                now.duration = window.duration.map(|length| Nanoseconds((length + by).0.max(STEP)));
            } else {
                now.start = window.start + by;
            }
        });
    };
    let rows = move || {
        let (windows, span) = (draft.shown(), span.get());
        let all = windows
            .iter()
            .enumerate()
            .flat_map(|(at, window)| window.machines.iter().map(move |machine| (at, window, machine)));
        let none = windows.iter().enumerate().filter(|(_, window)| window.machines.is_empty());
        let drawn = all.take(ROWS).map(|(at, window, machine)| row(draft, drag, span, at, window, machine.to_string()));
        let empty = none.map(|(at, window)| row(draft, drag, span, at, window, "no machine yet".to_owned()));
        drawn.chain(empty).collect_view()
    };
    let more = move || {
        let machines: usize = draft.shown().iter().map(|window| window.machines.len()).sum();
        (machines > ROWS).then(|| view! { <p class="dim note">{format!("and {} more machines", text::count((machines - ROWS) as u64))}</p> })
    };
    let ticks = move || {
        let span = span.get();
        let tick = |nth: i64| {
            let at = span.from + span.length() / TICKS * nth + span.length() / TICKS / 2;
            view! { <span style:left=format!("{:.3}%", span.place(at))>{to_the_minute(Timestamp(at))}</span> }
        };
        (0..TICKS).map(tick).collect_view()
    };
    let line = move || format!("{:.3}%", span.get().place(now().0));
    view! {
        <div class="axis" role="group" aria-label="Windows on a time axis">
            <div class="axis-tools">
                <button class="button" aria-label="Earlier" on:click=move |_| pan(-0.3)>"←"</button>
                <button class="button" aria-label="Later" on:click=move |_| pan(0.3)>"→"</button>
                <button class="button" aria-label="Closer" on:click=move |_| zoom(0.5)>"+"</button>
                <button class="button" aria-label="Farther" on:click=move |_| zoom(2.0)>"−"</button>
                <button class="button" on:click=move |_| wanted.set(None)>"Fit"</button>
                <span class="dim">{move || draft.is_editing().then_some("Drag a bar, or its end; or focus it: ← → move, with Shift by an hour, [ ] shorten and extend, C copies, S splits, Delete removes.")}</span>
            </div>
            <div class="axis-head" aria-hidden="true"><div></div><div>{ticks}</div></div>
            <div class="axis-rows" on:pointermove=moved on:pointerup=move |_| drag.set(None) on:pointercancel=move |_| drag.set(None)>
                <div class="axis-ground" aria-hidden="true"><div></div><div node_ref=tracks><i class="now" style:left=line></i></div></div>
                {rows}
            </div>
            {more}
        </div>
    }
    .into_any()
}

fn row(draft: Draft, drag: RwSignal<Option<Drag>>, span: Span, at: usize, window: &Window, machine: String) -> AnyView {
    let end = window.duration.map(|length| (window.start + length).0);
    let (left, right) =
        (span.place(window.start.0).clamp(-1.0, 101.0), span.place(end.unwrap_or(i64::MAX)).clamp(-1.0, 101.0));
    let length =
        window.duration.map_or_else(|| "without an end".to_owned(), |length| format!("for {}", text::span(length)));
    let says = format!("{machine}, from {} {length}", to_the_minute(window.start));
    let chosen = move || (draft.chosen.get() == Some(at)).then_some("");
    let whole = window.clone();
    let down = move |event: PointerEvent| {
        draft.chosen.set(Some(at));
        if !draft.windows.with_untracked(Option::is_some) || event.button() != 0 {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_end = target.is_some_and(|target| target.class_list().contains("end"));
        drag.set(Some(Drag { at, is_end, x: event.client_x(), window: whole.clone() }));
    };
    let key = move |event: KeyboardEvent| pressed(draft, at, &event);
    let open = window.duration.is_none().then_some("");
    view! {
        <div class="axis-row">
            <span title=machine.clone()>{machine.clone()}</span>
            <div><button class="window" data-chosen=chosen data-open=open style:left=format!("{left:.3}%") style:width=format!("{:.3}%", (right - left).max(0.0))
                aria-label=says.clone() title=says on:pointerdown=down on:keydown=key>
                <i class="end"></i></button></div>
        </div>
    }
    .into_any()
}

fn pressed(draft: Draft, at: usize, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    if key == "Enter" || key == " " {
        draft.chosen.set(Some(at));
    }
    if !draft.windows.with_untracked(Option::is_some) {
        return;
    }
    let step = if event.shift_key() { HOUR } else { MINUTES };
    let back = Nanoseconds(-step.0);
    match key.as_str() {
        "ArrowLeft" => draft.shift(at, back),
        "ArrowRight" => draft.shift(at, step),
        "[" | "{" => draft.stretch(at, back),
        "]" | "}" => draft.stretch(at, step),
        "c" | "C" => draft.copy(at),
        "s" | "S" => draft.split(at),
        "Delete" | "Backspace" => draft.remove(at),
        _ => return,
    }
    event.prevent_default();
}
