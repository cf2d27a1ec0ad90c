//! Form of the selected window: start, length and machines.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::duration::{format_duration, parse_duration};
use mesoscope_core::actions::form::{Fault, FormField};
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::text;

use super::machine_picker::machines;
use crate::clock::{from_input, to_input, zone_name};
use crate::parts::action::field::{FieldKind, field};
use crate::parts::schedule::draft::{Draft, TWO_HOURS, TypedWindow};
use crate::widgets::panel::Panel;

pub(super) fn form(draft: Draft, at: usize) -> AnyView {
    if untrack(|| draft.window(at)).is_none() {
        return ().into_any();
    }
    let text = Memo::new(move |_| length_text(draft, at));
    let is_open = Signal::derive(move || duration(draft, at).is_none());
    let wrong = Signal::derive(move || wrong_length(draft, at));
    on_cleanup(move || drop(draft.typed.try_set(TypedWindow::default())));
    let lasts = move |text: String| {
        if let Ok(length) = length(&text) {
            draft.change_one(at, |window| window.duration = Some(length));
        }
        draft.typed.update(|typed| typed.length = Some(text));
    };
    let opens = move |is_open: bool| {
        let length = length(&text.read_untracked()).unwrap_or(TWO_HOURS);
        draft.change_one(at, |window| window.duration = (!is_open).then_some(length));
    };
    let (faults, aside) = (move || faults(draft, at), move || aside(draft, at));
    let length = FieldKind { is_off: Some(is_open), ..FieldKind::default() };
    let length = field(None, length, text.into(), wrong, lasts);
    view! {
        <Panel title="The chosen window" aside=aside>
            <div class="window-form">
                <div class="times">
                    {beginning(draft, at)}
                    <label>"Lasts"{length}</label>
                    <label class="check"><input type="checkbox" prop:checked=is_open on:change=move |event| opens(event_target_checked(&event))/>"Without an end"</label>
                </div>
                {faults}
                {machines(draft, at)}
            </div>
        </Panel>
    }
    .into_any()
}

/// Parses a length. Mesos accepts a duration of 0 too (PROTOCOL.md, "UPDATE_MAINTENANCE_SCHEDULE"): an existing one stays, but a
/// new one is refused.
fn length(text: &str) -> Result<Nanoseconds, String> {
    match parse_duration(text) {
        Ok(Nanoseconds(..=0)) => Err("It lasts no time. Say how long it lasts, or delete it.".to_owned()),
        read => read.map_err(|error| error.to_string()),
    }
}

/// Field for the start.
fn beginning(draft: Draft, at: usize) -> impl IntoView {
    let is_undated = move || draft.typed.read().is_undated;
    let start = Memo::new(move |_| draft.window(at).map(|window| window.start));
    let starts = move |text: String| {
        let start = from_input(&text);
        draft.typed.update(|typed| typed.is_undated = start.is_none());
        if let Some(start) = start {
            draft.change_one(at, |window| window.start = start);
        }
    };
    view! {
        <label>{move || format!("Begins ({})", zone_name()())}<span class="typed"><input class="inline" type="datetime-local" aria-invalid=move || is_undated().then_some("true")
                        prop:value=move || start.get().map(to_input) on:change=move |event| starts(event_target_value(&event))/>
                        <span class="wrong">{move || is_undated().then_some("Not a time.")}</span></span></label>
    }
}

/// Why the draft cannot be reviewed: the fields hold an unparsed time or length.
pub(super) fn unparsed_input(draft: Draft, at: usize) -> Option<&'static str> {
    if draft.typed.read().is_undated {
        return Some("The beginning of the chosen window is no time.");
    }
    wrong_length(draft, at).map(|_| "The length of the chosen window cannot be read.")
}

fn duration(draft: Draft, at: usize) -> Option<Nanoseconds> {
    draft.window(at).and_then(|window| window.duration)
}

/// Text of the length field.
fn length_text(draft: Draft, at: usize) -> String {
    let typed = draft.typed.with(|typed| typed.length.clone());
    typed.unwrap_or_else(|| format_duration(duration(draft, at).unwrap_or(TWO_HOURS)))
}

fn wrong_length(draft: Draft, at: usize) -> Option<String> {
    duration(draft, at)?;
    length(&length_text(draft, at)).err()
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
        <button class="text-button" on:click=move |_| draft.copy(at)>"Copy the times"</button>
        <button class="text-button" title="Half of the machines into a window of their own, at the same times" on:click=move |_| draft.split(at, false)>"Split its machines"</button>
        <button class="text-button" title="Half of the machines first, then the others, each for half of the time" on:click=move |_| draft.split(at, true)>"One half after the other"</button>
        <button class="text-button" on:click=move |_| draft.remove(at)>"Delete"</button>
        <button class="text-button" on:click=move |_| draft.saved_draft.chosen.set(None)>"Close"</button>
    }
}
