//! Form that runs a command on agents, with a preview of where it would run. Nothing runs before the user presses the button.

mod agents;
mod begin;
mod fields;
pub(crate) mod list;
mod outputs;
mod preview;
pub(crate) mod results;
mod state;
mod tasks;

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::text::{runs as words, titles};
use mesoscope_core::views::run_preview::RunAmong;

use self::state::{RepeatedRun, RunState};
use crate::run_draft::RunDraft;

/// Renders the form, filled in by a link.
pub(crate) fn run_form(params: &RunParams) -> AnyView {
    let mut form = RunForm { command: params.command.clone(), ..RunForm::default() };
    if !params.role.is_empty() {
        form.role.clone_from(&params.role);
    }
    if !params.count.is_empty() {
        form.count.clone_from(&params.count);
    }
    let among = match params.agents.as_slice() {
        [] => RunAmong::Filter(params.filter.clone()),
        agents => RunAmong::Chosen(agents.iter().cloned().collect::<BTreeSet<_>>()),
    };
    let is_narrowed = !params.agents.is_empty() || !params.filter.is_empty();
    let initial = RunDraft { form, among, is_each: is_narrowed && params.count.is_empty() };
    let state = RunState::new(Route::Run(params.clone()).to_string(), initial, None);
    let from_link = params.has_command().then(|| view! { <p class="terminal-link">{words::FROM_LINK}</p> });
    view! { {from_link}{content(state)} }.into_any()
}

/// Renders the form of a run that is repeated.
pub(crate) fn repeat_form(initial: RunDraft, repeats: RepeatedRun) -> AnyView {
    let address = Route::Run(RunParams::again(repeats.run.as_str())).to_string();
    content(RunState::new(address, initial, Some(repeats)))
}

fn content(state: RunState) -> AnyView {
    // No element `form`: Enter in a field would run the command.
    view! {
        {restored(state)}
        <div class="run-form" role="form" aria-label=titles::RUN>
            <div class="run-fields">{fields::command(state)}{agents::choice(state)}{fields::resources(state)}{fields::more(state)}</div>
            <div class="run-preview">{preview::panel(state)}</div>
        </div>
    }
    .into_any()
}

/// Says that the form is not as its address has it.
fn restored(state: RunState) -> AnyView {
    let note = move || {
        let words = state.restored.get()?;
        let discard = move |_| state.reset();
        Some(
            view! { <p class="dim" role="note">{words}" "<button type="button" class="text-button" on:click=discard>"Discard"</button></p> },
        )
    };
    view! { {note} }.into_any()
}
