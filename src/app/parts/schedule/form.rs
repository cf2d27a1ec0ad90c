//! Form of the selected window: begin, end and machines, with the affected frameworks beside it.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::form::{Fault, FormField};
use mesoscope_core::actions::window_time::{TimeError, other_moment, parse_end, parse_start};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::text;

use super::impact::impact;
use super::machine_picker::machines;
use crate::clock::{cluster_now_signal, in_chosen_zone, now, time_display, zoned};
use crate::hooks::on_change;
use crate::parts::action::field::{FieldKind, field};
use crate::parts::schedule::draft::{Draft, TWO_HOURS, TypedWindow};

pub(super) fn form(draft: Draft, at: usize) -> AnyView {
    if untrack(|| draft.window(at)).is_none() {
        return ().into_any();
    }
    on_cleanup(move || drop(draft.typed.try_set(TypedWindow::default())));
    // A text that was typed for one zone is no text for another.
    on_change(
        move || time_display().zone.get(),
        move |_| {
            draft.typed.update(|typed| (typed.start, typed.end) = (None, None));
        },
    );
    let faults = move || faults(draft, at);
    let left_out = move || draft.left_out.with(|machines| text::schedule::already_scheduled(machines));
    view! {
        <section class="window-panel" aria-label=text::schedule::window_name(at)>
            <header><h3>{text::schedule::window_name(at)}</h3><div class="aside">{aside(draft, at)}</div></header>
            <div class="window-form">
                <div class="window-fields">
                    <div class="times">{begins(draft, at)}{ends(draft, at)}</div>
                    {faults}
                    <div class="time-notes" role="status">{twice(draft, at, TimeEdge::Start)}{twice(draft, at, TimeEdge::End)}<p>{past(draft, at)}</p></div>
                    <p class="wrong" role="status">{left_out}</p>
                    {machines(draft, at)}
                </div>
                {impact(draft, at)}
            </div>
        </section>
    }
    .into_any()
}

fn start(draft: Draft, at: usize) -> Option<Timestamp> {
    draft.window(at).map(|window| window.start)
}

fn end(draft: Draft, at: usize) -> Option<Timestamp> {
    draft.window(at).and_then(|window| Some(window.start + window.duration?))
}

/// Begin or end of a window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeEdge {
    Start,
    End,
}

/// Says which moment is taken of a time that the clocks show twice, and offers the other.
fn twice(draft: Draft, at: usize, edge: TimeEdge) -> impl IntoView {
    let of: fn(Draft, usize) -> Option<Timestamp> = match edge {
        TimeEdge::Start => start,
        TimeEdge::End => end,
    };
    let error: fn(Draft, usize) -> Option<TimeError> = match edge {
        TimeEdge::Start => start_error,
        TimeEdge::End => end_error,
    };
    let pair = Memo::new(move |_| {
        let taken = of(draft, at).filter(|_| error(draft, at).is_none())?;
        let other = in_chosen_zone(|zone| other_moment(taken, zone))?;
        // An end is after its beginning.
        let is_end = edge == TimeEdge::Start || start(draft, at).is_some_and(|start| other > start);
        Some((taken, is_end.then_some(other)))
    });
    let take = move |other: Timestamp| {
        draft.change_times(at, |window| match edge {
            TimeEdge::Start => window.start = other,
            TimeEdge::End => window.duration = Some(other.since(window.start)),
        });
    };
    move || {
        let (taken, other) = pair.get()?;
        let taken = zoned(taken);
        let time = taken.hour_and_minute();
        let words = text::schedule::shown_twice(&time, taken.zone());
        let button = other.map(|other| {
            let label = text::schedule::take_other(&time, zoned(other).zone());
            view! { <button class="text-button" on:click=move |_| take(other)>{label}</button> }
        });
        Some(view! { <p>{words}" "{button}</p> })
    }
}

/// Note on a window that has started, or is over.
fn past(draft: Draft, at: usize) -> Memo<Option<&'static str>> {
    let now = cluster_now_signal();
    Memo::new(move |_| {
        let is_past = |time: Timestamp| time < now.get();
        // The window still has the last times that could be read.
        if start_error(draft, at).is_some() || end_error(draft, at).is_some() {
            return None;
        }
        match (start(draft, at), end(draft, at)) {
            (_, Some(end)) if is_past(end) => Some(text::schedule::IS_OVER),
            (Some(start), _) if is_past(start) => Some(text::schedule::HAS_STARTED),
            _ => None,
        }
    })
}

/// Field for the start. A valid time is applied while it is typed; the end moves with it.
fn begins(draft: Draft, at: usize) -> impl IntoView {
    let typed = Memo::new(move |_| draft.typed.with(|typed| typed.start.clone()));
    let text = move || typed.get().or_else(|| start(draft, at).map(|start| zoned(start).field())).unwrap_or_default();
    let wrong = Signal::derive(move || start_error(draft, at).map(|error| error_text(draft, at, &error)));
    let input = move |text: String| {
        if let Ok(start) = untrack(|| read_start(draft, at, &text)) {
            draft.change_one(at, |window| window.start = start);
        }
        draft.typed.update(|typed| typed.start = Some(text));
    };
    let settle = move |_| {
        if untrack(|| start_error(draft, at)).is_none() {
            _ = draft.typed.try_update(|typed| typed.start = None);
        }
    };
    let input = field(None, time_field(None), Signal::derive(text), wrong, input);
    view! { <label on:focusout=settle>"Begins"<span class="zoned">{input}<span class="dim">{zone(draft, at, start)}</span></span></label> }
}

/// Field for the end, or none.
fn ends(draft: Draft, at: usize) -> impl IntoView {
    let typed = Memo::new(move |_| draft.typed.with(|typed| typed.end.clone()));
    let is_open = Signal::derive(move || draft.window(at).is_some_and(|window| window.duration.is_none()));
    let text = move || typed.get().or_else(|| end(draft, at).map(|end| zoned(end).field())).unwrap_or_default();
    let wrong = Signal::derive(move || end_error(draft, at).map(|error| error_text(draft, at, &error)));
    let input = move |text: String| {
        if let Ok(length) = untrack(|| read_end(draft, at, &text)) {
            draft.change_one(at, |window| window.duration = Some(length));
        }
        draft.typed.update(|typed| typed.end = Some(text));
    };
    let settle = move |_| {
        if untrack(|| end_error(draft, at)).is_none() {
            _ = draft.typed.try_update(|typed| typed.end = None);
        }
    };
    let opens = move |event| {
        let length = draft.typed.with_untracked(|typed| typed.length).unwrap_or(TWO_HOURS);
        let is_open = event_target_checked(&event);
        draft.typed.update(|typed| typed.end = None);
        draft.change_one(at, |window| window.duration = (!is_open).then_some(length));
    };
    let length = move || {
        let is_read = start_error(draft, at).is_none() && end_error(draft, at).is_none();
        draft.window(at).filter(|_| is_read).and_then(|window| window.duration).map(text::span)
    };
    let input = field(None, time_field(Some(is_open)), Signal::derive(text), wrong, input);
    view! {
        <label on:focusout=settle>"Ends"<span class="zoned">{input}<span class="dim">{zone(draft, at, end)}</span><span class="dim">{length}</span></span></label>
        <label class="check"><input type="checkbox" prop:checked=is_open on:change=opens/>"No end"</label>
    }
}

const fn time_field(is_off: Option<Signal<bool>>) -> FieldKind {
    FieldKind { is_short: false, mode: None, placeholder: "2026-11-30 14:00", is_off, known: None }
}

/// Draws the name of the zone at one of the window's times.
fn zone(
    draft: Draft,
    at: usize,
    of: fn(Draft, usize) -> Option<Timestamp>,
) -> impl Fn() -> String + Send + Sync + 'static {
    move || of(draft, at).map(|time| zoned(time).zone().to_owned()).unwrap_or_default()
}

fn read_start(draft: Draft, at: usize, text: &str) -> Result<Timestamp, TimeError> {
    let now = untrack(now);
    let near = start(draft, at).unwrap_or(now);
    in_chosen_zone(|zone| parse_start(text, (near, now), zone))
}

fn read_end(draft: Draft, at: usize, text: &str) -> Result<Nanoseconds, TimeError> {
    let now = untrack(now);
    let start = start(draft, at).unwrap_or(now);
    in_chosen_zone(|zone| parse_end(text, (start, now), zone)).map(|end| end.since(start))
}

/// Error of the start as typed. A focused field loses the focus when its page is left: by then there is no draft any more.
fn start_error(draft: Draft, at: usize) -> Option<TimeError> {
    let text = draft.typed.try_with(|typed| typed.start.clone())??;
    read_start(draft, at, &text).err()
}

/// Error of the end as typed; see [`start_error`].
fn end_error(draft: Draft, at: usize) -> Option<TimeError> {
    let text = draft.typed.try_with(|typed| typed.end.clone())??;
    read_end(draft, at, &text).err()
}

fn error_text(draft: Draft, at: usize, error: &TimeError) -> String {
    text::schedule::time_error(error, &zone(draft, at, start)())
}

/// Why the draft cannot be reviewed: a field of the window holds no time.
pub(super) fn unparsed_input(draft: Draft, at: usize) -> Option<String> {
    let error = start_error(draft, at).or_else(|| end_error(draft, at))?;
    Some(error_text(draft, at, &error))
}

/// Errors of the window.
fn faults(draft: Draft, at: usize) -> impl IntoView + use<> {
    let all = draft.shown.with(|windows| Action::Schedule(windows.clone()).faults());
    let here = |fault: &Fault| fault.field == FormField::Window(at);
    all.into_iter()
        .filter(here)
        .map(|fault| view! { <p class="wrong">{text::actions::form_error(&fault.wrong)}</p> })
        .collect_view()
}

/// Buttons for the window.
fn aside(draft: Draft, at: usize) -> impl IntoView {
    view! {
        <button class="text-button" title="Adds a window at the same times, for other machines" on:click=move |_| draft.copy(at)>"Duplicate"</button>
        <button class="text-button" title="Moves half of the machines to a second window at the same times" on:click=move |_| draft.split(at, false)>"Split"</button>
        <button class="text-button" title="Half of the machines first, then the others, each for half of the time" on:click=move |_| draft.split(at, true)>"Split in sequence"</button>
        <button class="text-button" on:click=move |_| draft.remove(at)>"Delete"</button>
        <button class="text-button" on:click=move |_| draft.saved_draft.chosen.set(None)>"Close"</button>
    }
}
