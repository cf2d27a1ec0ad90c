//! Time axis of the schedule: windows as bars, machines as rows, now as a line.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::text;
use mesoscope_core::views::time_span::TimeSpan;

use super::bar::{AxisGeometry, Drag, Row, bar};
use crate::clock::{cluster_now as now, to_the_minute};
use crate::parts::schedule::draft::Draft;

/// Maximum number of rows; each window gets at least one, if there are not more windows.
const ROWS: usize = 150;
/// Number of ticks on the axis.
const TICKS: i64 = 6;
const MINUTE: i64 = 60_000_000_000;

/// Renders the axis.
pub(super) fn axis(draft: Draft) -> AnyView {
    let chosen = RwSignal::new(None::<TimeSpan>);
    let drag = RwSignal::new(None::<Drag>);
    let fit = Memo::new(move |before: Option<&TimeSpan>| {
        // The axis must not rescale during a drag.
        let held = before.copied().filter(|_| drag.read().is_some());
        let minute = Timestamp(now().0 / MINUTE * MINUTE);
        held.unwrap_or_else(|| draft.shown.with(|windows| TimeSpan::of(windows, minute, before.copied())))
    });
    let span = Memo::new(move |_| chosen.get().unwrap_or_else(|| fit.get()));
    let tracks: NodeRef<Div> = NodeRef::new();
    let zoom = move |factor: f64| chosen.set(Some(span.get_untracked().zoomed(factor)));
    let pan = move |shares: f64| chosen.set(Some(span.get_untracked().moved(shares)));
    let ground = move || {
        let place = tracks.get_untracked().map(|tracks| tracks.get_bounding_client_rect());
        let (left, width) = place.map_or((0.0, 1.0), |place| (place.left(), place.width()));
        AxisGeometry { left, width, span: span.get_untracked() }
    };
    let rows = Memo::new(move |_| draft.shown.with(|windows| rows(windows)));
    let more = move || {
        let windows = draft.shown.read().len();
        (windows > ROWS).then(|| view! { <p class="dim note">{format!("and {} more windows, which the table lists", text::count((windows - ROWS) as u64))}</p> })
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
    let hint = "Drag a bar, or either end of it; past the right edge it has no end. By keys: arrows move it (with Shift by an hour), [ and ] move its end, O takes the end away, C copies, S splits, Delete removes, Enter opens its form.";
    view! {
        <div class="axis" role="group" aria-label="Windows on a time axis">
            <div class="axis-tools">
                <button class="button" aria-label="Earlier" on:click=move |_| pan(-0.3)>"←"</button>
                <button class="button" aria-label="Later" on:click=move |_| pan(0.3)>"→"</button>
                <button class="button" aria-label="Closer" on:click=move |_| zoom(0.5)>"+"</button>
                <button class="button" aria-label="Farther" on:click=move |_| zoom(2.0)>"−"</button>
                <button class="button" on:click=move |_| chosen.set(None)>"Fit"</button>
                <span class="dim" id="axis-hint">{move || draft.is_editing().then_some(hint)}</span>
            </div>
            <div class="axis-head" aria-hidden="true"><div></div><div>{ticks}</div></div>
            <div class="axis-rows" on:pointerdown=move |event| Drag::begin(draft, drag, &event, ground())
                on:pointermove=move |event| Drag::go_on(draft, drag, &event, ground())
                on:pointerup=move |_| Drag::end(draft, drag) on:pointercancel=move |_| drag.set(None) on:lostpointercapture=move |_| drag.set(None)>
                <div class="axis-ground" aria-hidden="true"><div></div><div node_ref=tracks>{lines()}<i class="now" style:left=line></i></div></div>
                <For each=move || rows.get() key=Row::clone children=move |row| bar(draft, span, row)/>
                <Show when=move || draft.is_editing()><div class="axis-row"><span class="dim">"A new window"</span><div data-draw="" aria-hidden="true">"drag from its beginning to its end"</div></div></Show>
            </div>
            {more}
        </div>
    }
    .into_any()
}

/// Tick lines, as elements: browsers round gradients differently.
fn lines() -> impl IntoView {
    (1..TICKS)
        .map(|nth| view! { <i class="mark" style:left=format!("{:.3}%", nth as f64 * 100.0 / TICKS as f64)></i> })
        .collect_view()
}

/// One row per machine; for many windows, only the first machines of each.
fn rows(windows: &[mesoscope_core::actions::MaintenanceWindow]) -> Vec<Row> {
    let each = (ROWS / windows.len().max(1)).max(1);
    let of = |(at, window): (usize, &mesoscope_core::actions::MaintenanceWindow)| {
        let more = window.machines.len().saturating_sub(each);
        let row = |(nth, machine): (usize, &mesoscope_core::mesos::calls::maintenance::MachineId)| {
            let is_last = nth + 1 == each;
            let name = if more > 0 && is_last { format!("{machine} and {more} more") } else { machine.to_string() };
            Row { at, name }
        };
        let none = window.machines.is_empty().then(|| Row { at, name: "no machine yet".to_owned() });
        none.into_iter().chain(window.machines.iter().take(each).enumerate().map(row)).collect::<Vec<_>>()
    };
    windows.iter().enumerate().take(ROWS).flat_map(of).collect()
}
