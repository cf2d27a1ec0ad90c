//! Form that runs a command on agents, with a preview of where it would run. Nothing runs before the user presses the button.

mod agents;
mod begin;
mod fields;
mod outputs;
mod preview;
pub(crate) mod results;
mod tasks;

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::scheduler::form::{RunFault, RunField, RunForm, RunFormError};
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::{runs as words, titles};
use mesoscope_core::views::run_preview::{RunAmong, RunPreview, RunPreviewQuery};

use crate::actions::{ActionStore, action_store};
use crate::router::route;
use crate::worker_link::{WorkerLink, link};

/// What is typed, and what is known of where it would run.
#[derive(Clone, Copy)]
struct RunState {
    form: RwSignal<RunForm>,
    among: RwSignal<RunAmong>,
    /// Whether each of the agents runs it, instead of any so many.
    is_each: RwSignal<bool>,
    /// Whether the user has tried to run it: until then nothing is said of fields that are still empty.
    is_tried: RwSignal<bool>,
    link: WorkerLink,
    here: RwSignal<Route>,
    actions: ActionStore,
    preview: Memo<Option<RunPreview>>,
    faults: Memo<Vec<RunFault>>,
    /// The run that this one repeats.
    repeats: StoredValue<Option<RunId>>,
}

impl RunState {
    fn new(form: RunForm, among: RunAmong, is_each: bool, repeats: Option<RunId>) -> Self {
        let (form, among, is_each) = (RwSignal::new(form), RwSignal::new(among), RwSignal::new(is_each));
        let link = link();
        let answer = link.watch(move || {
            form.with(|form| RunPreviewQuery {
                among: among.get(),
                count: count(form, is_each.get()),
                role: form.role().unwrap_or_else(|_| "*".into()),
                resources: form.typed_resources(),
                pool: form.pool,
            })
        });
        let faults = Memo::new(move |_| {
            form.with(|form| {
                let count = form.count().err().filter(|_| !is_each.get());
                let count = count.map(|error| RunFault { field: RunField::Count, error });
                count.into_iter().chain(form.checked().err().unwrap_or_default()).collect::<Vec<_>>()
            })
        });
        Self {
            form,
            among,
            is_each,
            is_tried: RwSignal::new(false),
            link,
            here: route(),
            actions: action_store(),
            preview: Memo::new(move |_| answer.get()),
            faults,
            repeats: StoredValue::new(repeats),
        }
    }

    /// Number of agents, where it is not each of them.
    fn wanted(self) -> Option<u32> {
        self.form.with(|form| count(form, self.is_each.get()))
    }

    /// The error of a field.
    fn problem(self, field: RunField) -> Signal<Option<String>> {
        Signal::derive(move || {
            let is_tried = self.is_tried.get();
            let is_shown = |fault: &&RunFault| fault.field == field && (is_tried || !is_empty(&fault.error));
            self.faults.with(|faults| faults.iter().find(is_shown).map(|fault| fault.error.to_string()))
        })
    }
}

fn count(form: &RunForm, is_each: bool) -> Option<u32> {
    // A number that cannot be read is said at its field.
    (!is_each).then(|| form.count().unwrap_or(1))
}

/// Whether something is only not typed yet.
fn is_empty(error: &RunFormError) -> bool {
    matches!(error, RunFormError::NoCommand | RunFormError::NoUser)
}

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
    let state = RunState::new(form, among, is_narrowed && params.count.is_empty(), None);
    let from_link = params.has_command().then(|| view! { <p class="terminal-link">{words::FROM_LINK}</p> });
    view! { {from_link}{content(state)} }.into_any()
}

/// Renders the form of a run that is repeated.
pub(crate) fn repeat_form(form: RunForm, among: RunAmong, is_each: bool, repeats: RunId) -> AnyView {
    content(RunState::new(form, among, is_each, Some(repeats)))
}

fn content(state: RunState) -> AnyView {
    // No element `form`: Enter in a field would run the command.
    view! {
        <div class="run" role="form" aria-label=titles::RUN>
            <div class="run-fields">{fields::command(state)}{agents::choice(state)}{fields::resources(state)}{fields::more(state)}</div>
            <div class="run-preview">{preview::panel(state)}</div>
        </div>
    }
    .into_any()
}
