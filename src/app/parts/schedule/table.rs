//! Table of all windows of the draft, with their changes and controls; the axis has a limited number of rows.

use leptos::prelude::*;
use mesoscope_core::actions::form::FormField;
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::text;

use super::bar::open_form;
use crate::clock::to_the_minute;
use crate::parts::schedule::draft::Draft;

/// Maximum number of machines named per window.
const NAMED: usize = 3;

/// Texts of a window.
#[derive(Clone, Default, PartialEq)]
struct Line {
    begins: String,
    ends: String,
    machines: String,
    /// What changed, and its tone.
    news: (&'static str, &'static str),
    fault: Option<String>,
}

pub(super) fn table(draft: Draft) -> AnyView {
    let lines = Memo::new(move |_| draft.shown.with(|windows| lines(windows, &draft.saved_draft.base.read())));
    let row = move |at: usize| {
        let line = Memo::new(move |_| lines.with(|lines| lines.get(at).cloned().unwrap_or_default()));
        let chosen = move || (draft.saved_draft.chosen.get() == Some(at)).then_some("");
        let name = text::schedule::window_name(at);
        let (edit, delete) = (text::schedule::window_button("Edit", at), text::schedule::window_button("Delete", at));
        view! {
            <tr data-chosen=chosen>
                <th scope="row">{name}</th>
                <td>{move || line.read().begins.clone()}</td>
                <td>{move || line.read().ends.clone()}</td>
                <td class="wrap">{move || line.read().machines.clone()}<span class="wrong">{move || line.read().fault.clone()}</span></td>
                <td><span class="state" data-tone=move || line.read().news.1>{move || line.read().news.0}</span></td>
                <td class="num"><button class="text-button" aria-label=edit on:click=move |_| open_form(draft, at)>"Edit"</button>
                    <button class="text-button" aria-label=delete on:click=move |_| draft.remove(at)>"Delete"</button></td>
            </tr>
        }
    };
    let places = move || 0..lines.read().len();
    view! {
        <div class="scroll-x draft-table" tabindex="0" role="group" aria-label="Windows of the draft"><table class="plain">
            <thead><tr><th>"Window"</th><th>"Begins"</th><th>"Ends"</th><th>"Machines"</th><th>"Change"</th><th><span class="unseen">"Actions"</span></th></tr></thead>
            <tbody><For each=places key=|at| *at children=row/></tbody></table></div>
    }
    .into_any()
}

fn lines(windows: &[MaintenanceWindow], base: &[MaintenanceWindow]) -> Vec<Line> {
    let faults = Action::Schedule(windows.to_vec()).faults();
    let line = |(at, window): (usize, &MaintenanceWindow)| Line {
        begins: to_the_minute(window.start)(),
        ends: window.duration.map_or_else(|| "no end".to_owned(), |length| to_the_minute(window.start + length)()),
        machines: text::schedule::first_hosts(&window.machines, NAMED),
        news: news(window, base),
        fault: faults
            .iter()
            .find(|fault| fault.field == FormField::Window(at))
            .map(|fault| text::actions::form_error(&fault.wrong)),
    };
    windows.iter().enumerate().map(line).collect()
}

fn news(window: &MaintenanceWindow, base: &[MaintenanceWindow]) -> (&'static str, &'static str) {
    if base.contains(window) {
        return ("unchanged", "idle");
    }
    if base.iter().any(|other| other.machines == window.machines) {
        return ("moved", "busy");
    }
    if base.iter().any(|other| other.start == window.start && other.duration == window.duration) {
        return ("machines changed", "busy");
    }
    ("added", "ok")
}
