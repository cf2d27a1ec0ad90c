//! State of the form: what is typed, where it would run, and what is wrong.

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::form::fault::{RunFault, RunField, RunFormError};
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::views::run_preview::{RunAmong, RunPreview, RunPreviewQuery};

use crate::actions::{ActionStore, action_store};
use crate::router::route;
use crate::worker_link::{WorkerLink, link};

/// What is typed, and what is known of where it would run.
#[derive(Clone, Copy)]
pub(super) struct RunState {
    pub(super) form: RwSignal<RunForm>,
    pub(super) among: RwSignal<RunAmong>,
    /// Whether each of the agents runs it, instead of any so many.
    pub(super) is_each: RwSignal<bool>,
    /// Whether the user has tried to run it: until then nothing is said of fields that are still empty.
    pub(super) is_tried: RwSignal<bool>,
    pub(super) link: WorkerLink,
    pub(super) here: RwSignal<Route>,
    pub(super) actions: ActionStore,
    pub(super) preview: Memo<Option<RunPreview>>,
    pub(super) faults: Memo<Vec<RunFault>>,
    /// The run that this one repeats.
    pub(super) repeats: StoredValue<Option<RunId>>,
}

impl RunState {
    pub(super) fn new(form: RunForm, among: RunAmong, is_each: bool, repeats: Option<RunId>) -> Self {
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
    pub(super) fn wanted(self) -> Option<u32> {
        self.form.with(|form| count(form, self.is_each.get()))
    }

    /// The error of a field.
    pub(super) fn problem(self, field: RunField) -> Signal<Option<String>> {
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
pub(super) fn is_empty(error: &RunFormError) -> bool {
    matches!(error, RunFormError::NoCommand | RunFormError::NoUser)
}
