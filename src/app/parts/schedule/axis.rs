//! Time axis of the schedule: windows as bars, machines as rows, now as a line.
//!
//! Shows 48 hours at first; the others are a button away. Its height is bounded, so that thousands of machines scroll inside.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::actions::MaintenanceWindow;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::text;
use mesoscope_core::text::times;
use mesoscope_core::views::time_span::TimeSpan;
use mesoscope_core::views::time_ticks::{Tick, ticks};

use super::bar::{AxisGeometry, Drag, Row, bar};
use crate::clock::{cluster_now as now, in_chosen_zone, zoned};
use crate::hooks::on_change;
use crate::parts::schedule::draft::Draft;

/// Maximum number of rows; each window gets at least one, if there are not more windows.
const ROWS: usize = 150;
/// Maximum number of ticks on the axis.
const TICKS: usize = 10;
const HINT: &str = "Drag a bar to move it, or one of its ends; drag past the right edge for an open-ended window. Keys: arrows move it by 15 min (with Shift by 1 h), [ and ] move its end, O toggles the end, C duplicates, S splits, Delete removes, Enter opens its form.";

/// Visible part of the axis, with its controls.
#[derive(Clone, Copy)]
struct Axis {
    draft: Draft,
    /// Span chosen by the user; `None` for the first view.
    chosen: RwSignal<Option<TimeSpan>>,
    drag: RwSignal<Option<Drag>>,
    span: Memo<TimeSpan>,
}

/// Renders the axis.
pub(super) fn axis(draft: Draft) -> AnyView {
    let chosen = RwSignal::new(None::<TimeSpan>);
    let drag = RwSignal::new(None::<Drag>);
    let first = Memo::new(move |before: Option<&TimeSpan>| {
        // The axis must not move during a drag.
        let held = before.copied().filter(|_| drag.read().is_some());
        held.unwrap_or_else(|| TimeSpan::first(now()))
    });
    let span = Memo::new(move |_| chosen.get().unwrap_or_else(|| first.get()));
    let axis = Axis { draft, chosen, drag, span };
    axis.follow_the_chosen();
    let tracks: NodeRef<Div> = NodeRef::new();
    let ground = move || {
        let place = tracks.get_untracked().map(|tracks| tracks.get_bounding_client_rect());
        let (left, width) = place.map_or((0.0, 1.0), |place| (place.left(), place.width()));
        AxisGeometry { left, width, span: span.get_untracked() }
    };
    let rows = Memo::new(move |_| draft.shown.with(|windows| rows(windows)));
    let more = move || {
        let windows = draft.shown.read().len();
        (windows > ROWS).then(|| view! { <p class="dim note">{text::schedule::windows_left_out(windows - ROWS)}</p> })
    };
    let line = move || format!("{:.3}%", span.get().place(now().0));
    view! {
        <div class="axis" role="group" aria-label="Windows on a time axis">
            {axis.tools()}
            <div class="axis-scroll">
                <div class="axis-head" aria-hidden="true"><div>{axis.days()}</div><div>{axis.labels()}</div></div>
                <div class="axis-rows" on:pointerdown=move |event| Drag::begin(draft, drag, &event, ground())
                    on:pointermove=move |event| Drag::go_on(draft, drag, &event, ground())
                    on:pointerup=move |_| Drag::end(draft, drag) on:pointercancel=move |_| drag.set(None) on:lostpointercapture=move |_| drag.set(None)>
                    <div class="axis-ground" aria-hidden="true"><div></div><div node_ref=tracks>{axis.marks()}<i class="now" style:left=line></i></div></div>
                    <For each=move || rows.get() key=Row::clone children=move |row| bar(draft, span, row)/>
                    <Show when=move || draft.is_editing()><div class="axis-row"><span class="dim">"New window"</span><div data-draw="" aria-hidden="true">"Drag to add a window"</div></div></Show>
                </div>
            </div>
            {more}
        </div>
    }
    .into_any()
}

impl Axis {
    /// Moves the view when the selected window gets times outside it, as by its form.
    fn follow_the_chosen(self) {
        let Self { draft, chosen, drag, span } = self;
        let start = move || {
            let at = draft.saved_draft.chosen.get()?;
            draft.shown.with(|windows| Some((at, windows.get(at)?.start)))
        };
        on_change(start, move |start| {
            let Some((_, start)) = *start else { return };
            let before = span.get_untracked();
            let shown = before.showing(start);
            if shown != before && drag.read_untracked().is_none() {
                chosen.set(Some(shown));
            }
        });
    }

    fn tools(self) -> impl IntoView {
        let Self { draft, chosen, span, .. } = self;
        let zoom = move |factor: f64| chosen.set(Some(span.get_untracked().zoomed(factor)));
        let pan = move |shares: f64| chosen.set(Some(span.get_untracked().moved(shares)));
        let all = move |_| {
            let now = untrack(now);
            chosen.set(Some(draft.shown.with_untracked(|windows| TimeSpan::of(windows, now, None))));
        };
        view! {
            <div class="axis-tools">
                <button class="button" aria-label="Earlier" on:click=move |_| pan(-0.3)>"←"</button>
                <button class="button" aria-label="Later" on:click=move |_| pan(0.3)>"→"</button>
                <button class="button" aria-label="Zoom in" on:click=move |_| zoom(0.5)>"+"</button>
                <button class="button" aria-label="Zoom out" on:click=move |_| zoom(2.0)>"−"</button>
                <button class="button" title="From 2 hours ago, for 48 hours" on:click=move |_| chosen.set(None)>"48 h"</button>
                <button class="button" on:click=all>"All windows"</button>
                {self.out_of_view(false)}{self.out_of_view(true)}
                <span class="dim" id="axis-hint">{move || draft.is_editing().then_some(HINT)}</span>
            </div>
        }
    }

    /// Button to the nearest window before or after the visible part, with the number of windows there.
    fn out_of_view(self, is_later: bool) -> impl IntoView {
        let Self { draft, chosen, span, .. } = self;
        let starts = Memo::new(move |_| {
            let span = span.get();
            draft
                .shown
                .with(|windows| windows.iter().filter_map(|window| outside(window, span, is_later)).collect::<Vec<_>>())
        });
        let go = move |_| {
            let nearest = starts.with_untracked(|starts| {
                if is_later { starts.iter().min().copied() } else { starts.iter().max().copied() }
            });
            nearest.into_iter().for_each(|at| chosen.set(Some(span.get_untracked().showing(at))));
        };
        move || {
            let number = starts.read().len();
            (number > 0).then(|| view! { <button class="text-button" on:click=go>{text::schedule::windows_out_of_view(number, is_later)}</button> })
        }
    }

    /// Days of the visible part, with the zone of the ticks.
    fn days(self) -> impl Fn() -> String + Send + Sync + 'static {
        move || {
            // Of the time now the year matters alone.
            let (span, now) = (self.span.get(), zoned(untrack(now)));
            times::days(&zoned(Timestamp(span.from)), &zoned(Timestamp(span.to)), &now)
        }
    }

    fn labels(self) -> impl Fn() -> AnyView + Send + Sync + 'static {
        move || {
            let (span, today) = (self.span.get(), zoned(untrack(now)));
            let tick = |tick: Tick| {
                let at = zoned(tick.at);
                let words = if at.is_midnight() { at.day(&today) } else { at.hour_and_minute() };
                let is_main = tick.is_main.then_some("");
                view! { <span style=("--at", format!("{:.3}", span.place(tick.at.0))) data-main=is_main>{words}</span> }
            };
            in_chosen_zone(|zone| ticks(span, TICKS, zone.east)).into_iter().map(tick).collect_view().into_any()
        }
    }

    /// Tick lines, as elements: browsers round gradients differently.
    fn marks(self) -> impl Fn() -> AnyView + Send + Sync + 'static {
        move || {
            let span = self.span.get();
            let mark = |tick: Tick| {
                let is_day = zoned(tick.at).is_midnight().then_some("");
                view! { <i class="mark" data-day=is_day style:left=format!("{:.3}%", span.place(tick.at.0))></i> }
            };
            in_chosen_zone(|zone| ticks(span, TICKS, zone.east)).into_iter().map(mark).collect_view().into_any()
        }
    }
}

/// A moment of a window that is wholly before or after the visible part, to move to.
fn outside(window: &MaintenanceWindow, span: TimeSpan, is_later: bool) -> Option<Timestamp> {
    let end = window.duration.map_or(i64::MAX, |length| (window.start + length).0);
    let is_outside = if is_later { window.start.0 >= span.to } else { end <= span.from };
    is_outside.then_some(window.start)
}

/// One row per machine; for many windows, only the first machines of each.
fn rows(windows: &[MaintenanceWindow]) -> Vec<Row> {
    let each = (ROWS / windows.len().max(1)).max(1);
    let of = |(at, window): (usize, &MaintenanceWindow)| {
        let more = window.machines.len().saturating_sub(each);
        let row = |(nth, machine): (usize, &mesoscope_core::mesos::calls::maintenance::MachineId)| {
            let host = text::schedule::host(machine);
            let is_last = nth + 1 == each;
            let name = if more > 0 && is_last { text::schedule::and_more(host, more) } else { host.to_owned() };
            Row { at, name, title: machine.to_string() }
        };
        let none =
            window.machines.is_empty().then(|| Row { at, name: "no machine yet".to_owned(), title: String::new() });
        none.into_iter().chain(window.machines.iter().take(each).enumerate().map(row)).collect::<Vec<_>>()
    };
    windows.iter().enumerate().take(ROWS).flat_map(of).collect()
}
