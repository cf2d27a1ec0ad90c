//! One row of the axis: a machine with its window as a bar, moved and resized by pointer or keyboard.

use leptos::prelude::*;
use mesoscope_core::actions::MaintenanceWindow;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::text;
use mesoscope_core::views::time_span::TimeSpan;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use crate::clock::window_times;
use crate::parts::action::focus_on;
use crate::parts::schedule::draft::{Draft, MIN_WINDOW, TWO_HOURS};

/// Dragging snaps to this step in nanoseconds.
const STEP: i64 = MIN_WINDOW.0;
const MINUTES: Nanoseconds = Nanoseconds::from_secs(15 * 60);
const HOUR: Nanoseconds = Nanoseconds::from_secs(3600);
/// Attribute that holds the window's index.
const PLACE: &str = "data-window";

/// Index of the window, and label of the row.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) at: usize,
    pub(super) name: String,
    /// The machine with its address.
    pub(super) title: String,
}

/// The dragged part of a window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grip {
    Start,
    Whole,
    End,
}

/// Position of the axis on screen in pixels, and its time span.
#[derive(Clone, Copy)]
pub(super) struct AxisGeometry {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) span: TimeSpan,
}

impl AxisGeometry {
    /// Nanoseconds per pixel.
    fn a_pixel(self) -> f64 {
        self.span.length() as f64 / self.width.max(1.0)
    }

    /// Time at a pointer position.
    fn at(self, pointer: f64) -> f64 {
        self.span.from as f64 + (pointer - self.left) * self.a_pixel()
    }
}

/// Rounds to the nearest step.
fn steps(nanoseconds: f64) -> i64 {
    (nanoseconds / STEP as f64).round() as i64 * STEP
}

/// A drag in progress, with the window as it was at the start.
#[derive(Clone)]
pub(super) struct Drag {
    at: usize,
    grip: Grip,
    x: i32,
    window: MaintenanceWindow,
}

impl Drag {
    /// Selects the window under the pointer, and starts a drag while the schedule is edited. In the row for new
    /// windows, a drag creates one.
    pub(super) fn begin(draft: Draft, drag: RwSignal<Option<Self>>, event: &PointerEvent, ground: AxisGeometry) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        if event.button() == 0 && target.matches("[data-draw]").unwrap_or(false) {
            let start = Timestamp(steps(ground.at(f64::from(event.client_x()))));
            draft.add(MaintenanceWindow { machines: Vec::new(), start, duration: Some(MIN_WINDOW) });
            return Self::hold(draft, drag, event, Grip::End);
        }
        let bar = target.closest(&format!("[{PLACE}]")).ok().flatten();
        let at = bar.and_then(|bar| bar.get_attribute(PLACE)).and_then(|at| at.parse::<usize>().ok());
        let Some(at) = at.filter(|_| event.button() == 0) else { return };
        draft.saved_draft.chosen.set(Some(at));
        let grip = match target.class_name().as_str() {
            "start" => Grip::Start,
            "end" => Grip::End,
            _ => Grip::Whole,
        };
        Self::hold(draft, drag, event, grip);
    }

    /// Starts dragging the selected window.
    fn hold(draft: Draft, drag: RwSignal<Option<Self>>, event: &PointerEvent, grip: Grip) {
        let Some(at) = draft.saved_draft.chosen.get_untracked() else { return };
        let Some(window) = untrack(|| draft.window(at)) else { return };
        // The pointer may leave the axis and be released anywhere.
        let rows = event.current_target().and_then(|rows| rows.dyn_into::<Element>().ok());
        let _ = rows.map(|rows| rows.set_pointer_capture(event.pointer_id()));
        drag.set(Some(Self { at, grip, x: event.client_x(), window }));
    }

    /// Ends a drag. A click in the row for new windows creates one of the default length.
    pub(super) fn end(draft: Draft, drag: RwSignal<Option<Self>>) {
        let Some(Self { at, window, .. }) = drag.get_untracked() else { return };
        drag.set(None);
        let is_new = window.machines.is_empty() && window.duration == Some(MIN_WINDOW);
        if is_new && untrack(|| draft.window(at)).as_ref() == Some(&window) {
            draft.change_times(at, |window| window.duration = Some(TWO_HOURS));
        }
    }

    /// Handles a pointer move during a drag.
    pub(super) fn go_on(draft: Draft, drag: RwSignal<Option<Self>>, event: &PointerEvent, ground: AxisGeometry) {
        let Some(Self { at, grip, x, window }) = drag.get_untracked() else { return };
        if event.buttons() == 0 {
            return drag.set(None);
        }
        let pointer = f64::from(event.client_x());
        let by = Nanoseconds(steps((pointer - f64::from(x)) * ground.a_pixel()));
        let dragged = match (grip, window.duration) {
            (Grip::Start, Some(length)) => {
                let by = by.min(Nanoseconds(length.0 - STEP).max(Nanoseconds(0)));
                MaintenanceWindow { start: window.start + by, duration: Some(Nanoseconds(length.0 - by.0)), ..window }
            }
            // Dragging past the right edge removes the end.
            (Grip::End, _) if pointer > ground.left + ground.width => MaintenanceWindow { duration: None, ..window },
            (Grip::End, Some(length)) => MaintenanceWindow { duration: Some((length + by).max(MIN_WINDOW)), ..window },
            (Grip::End, None) => {
                let end = Timestamp(steps(ground.at(pointer)));
                MaintenanceWindow { duration: Some(end.since(window.start).max(MIN_WINDOW)), ..window }
            }
            (Grip::Whole | Grip::Start, _) => MaintenanceWindow { start: window.start + by, ..window },
        };
        if untrack(|| draft.window(at)).as_ref() != Some(&dragged) {
            draft.change_times(at, |now| (now.start, now.duration) = (dragged.start, dragged.duration));
        }
    }
}

/// Renders the row.
pub(super) fn bar(draft: Draft, span: Memo<TimeSpan>, row: Row) -> AnyView {
    let Row { at, name, title } = row;
    let times = Memo::new(move |_| {
        draft.shown.with(|windows| windows.get(at).map(|window| (window.start, window.duration)).unwrap_or_default())
    });
    // Beyond an edge by more than the least width of a bar.
    let place = move |at: Timestamp| span.get().place(at.0).clamp(-10.0, 101.0);
    let left = move || place(times.get().0);
    // An open-ended window has its grip at the axis' right edge.
    let right = move || times.with(|(start, length)| length.map_or(100.0, |length| place(*start + length)));
    let of = name.clone();
    let says = move || {
        let (start, length) = times.get();
        text::schedule::bar(&of, &window_times(start, length), length.map(text::span).as_deref())
    };
    let label = says.clone();
    let chosen = move || (draft.saved_draft.chosen.get() == Some(at)).then_some("");
    let open = move || times.read().1.is_none().then_some("");
    view! {
        <div class="axis-row">
            <span title=title>{name}</span>
            <div><button class="window" data-window=at data-chosen=chosen data-open=open aria-label=label title=says aria-describedby=move || draft.is_editing().then_some("axis-hint")
                style:left=move || format!("{:.3}%", left()) style:width=move || format!("{:.3}%", (right() - left()).max(0.0))
                on:click=move |_| draft.saved_draft.chosen.set(Some(at)) on:keydown=move |event| pressed(draft, at, &event)>
                <i class="start"></i><i class="end"></i></button></div>
        </div>
    }
    .into_any()
}

fn pressed(draft: Draft, at: usize, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || !draft.is_editing_untracked() {
        return;
    }
    let step = if event.shift_key() { HOUR } else { MINUTES };
    let back = Nanoseconds(-step.0);
    match event.key().as_str() {
        "Enter" => open_form(draft, at),
        "ArrowLeft" => draft.shift(at, back),
        "ArrowRight" => draft.shift(at, step),
        "[" | "{" => draft.stretch(at, back),
        "]" | "}" => draft.stretch(at, step),
        "c" | "C" => draft.copy(at),
        "s" | "S" => draft.split(at, false),
        "o" | "O" => draft.open(at),
        "Delete" | "Backspace" => {
            draft.remove(at);
            // The focused bar is removed, so the next or previous one gets the focus.
            let next = at.min(untrack(|| draft.shown.read().len()).saturating_sub(1));
            focus_later(format!("[{PLACE}=\"{next}\"]"));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Selects the window and focuses its form.
pub(super) fn open_form(draft: Draft, at: usize) {
    draft.saved_draft.chosen.set(Some(at));
    focus_later(".window-form input".to_owned());
}

/// Focuses an element after the next frame.
fn focus_later(what: String) {
    request_animation_frame(move || focus_on(&what));
}
