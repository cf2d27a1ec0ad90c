//! State of the form: what is typed, where it would run, and what is wrong.

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::form::fault::{RunFault, RunField, RunFormError};
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::runs::restored;
use mesoscope_core::views::run_preview::{RunAmong, RunPreview, RunPreviewQuery};

use crate::actions::{ActionStore, action_store};
use crate::hooks::on_change;
use crate::router::route;
use crate::run_draft::{self, RunDraft};
use crate::worker_link::{WorkerLink, link};

/// The run that a form repeats.
#[derive(Clone)]
pub(crate) struct RepeatedRun {
    pub(crate) run: RunId,
    /// Whether the worker still has what the form hides.
    pub(crate) has_values: Memo<bool>,
}

/// What is typed, and what is known of where it would run.
#[derive(Clone, Copy)]
pub(super) struct RunState {
    pub(super) form: RwSignal<RunForm>,
    pub(super) among: RwSignal<RunAmong>,
    /// Whether each of the agents runs it, instead of any so many.
    pub(super) is_each: RwSignal<bool>,
    /// Whether the user has tried to run it: until then nothing is said of fields that are still empty.
    pub(super) is_tried: RwSignal<bool>,
    /// Says that the form has what was typed before; `None` if it has not.
    pub(super) restored: RwSignal<Option<String>>,
    pub(super) link: WorkerLink,
    pub(super) here: RwSignal<Route>,
    pub(super) actions: ActionStore,
    pub(super) preview: Memo<Option<RunPreview>>,
    pub(super) faults: Memo<Vec<RunFault>>,
    /// The run that this one repeats.
    pub(super) repeats: RwSignal<Option<RepeatedRun>>,
    initial: StoredValue<(RunDraft, Option<RepeatedRun>)>,
}

impl RunState {
    /// The form at that address, with what was typed there before.
    pub(super) fn new(address: String, initial: RunDraft, repeats: Option<RepeatedRun>) -> Self {
        let typed = RunDraft::load(&address).filter(|typed| *typed != initial);
        let restored = RwSignal::new(typed.as_ref().map(|typed| restored(&typed.form)));
        // What the form hides may have been typed: it is not that of the run before.
        let repeated = RwSignal::new(repeats.clone().filter(|_| typed.is_none()));
        let RunDraft { form, among, is_each } = typed.unwrap_or_else(|| initial.clone());
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
        let state = Self {
            form,
            among,
            is_each,
            is_tried: RwSignal::new(false),
            restored,
            link,
            here: route(),
            actions: action_store(),
            preview: Memo::new(move |_| answer.get()),
            faults: faults(form, is_each, repeated),
            repeats: repeated,
            initial: StoredValue::new((initial, repeats)),
        };
        state.keep(address);
        state
    }

    /// Keeps what is typed from now on. The input of one user must not be visible to the next.
    fn keep(self, address: String) {
        let typed = move || RunDraft { form: self.form.get(), among: self.among.get(), is_each: self.is_each.get() };
        on_change(typed, move |typed| match self.initial.with_value(|(initial, _)| initial == typed) {
            true => run_draft::forget(),
            false => typed.save(&address),
        });
        let signed_out = self.link.signed_out;
        on_change(move || signed_out.get(), move |_| self.reset());
    }

    /// Discards what was typed.
    pub(super) fn reset(self) {
        let (RunDraft { form, among, is_each }, repeats) = self.initial.get_value();
        self.form.set(form);
        self.among.set(among);
        self.is_each.set(is_each);
        self.repeats.set(repeats);
        self.is_tried.set(false);
        self.restored.set(None);
        run_draft::forget();
    }

    /// Whether what the form hides is that of the run before, which the worker still has.
    pub(super) fn has_values(self) -> bool {
        has_values(self.repeats)
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

fn has_values(repeats: RwSignal<Option<RepeatedRun>>) -> bool {
    repeats.with(|repeats| repeats.as_ref().is_some_and(|repeats| repeats.has_values.get()))
}

fn faults(
    form: RwSignal<RunForm>,
    is_each: RwSignal<bool>,
    repeats: RwSignal<Option<RepeatedRun>>,
) -> Memo<Vec<RunFault>> {
    Memo::new(move |_| {
        form.with(|form| {
            let count = form.count().err().filter(|_| !is_each.get());
            let count = count.map(|error| RunFault { field: RunField::Count, error });
            let unkept = form.unkept().filter(|_| !has_values(repeats));
            count.into_iter().chain(form.checked().err().unwrap_or_default()).chain(unkept).collect::<Vec<_>>()
        })
    })
}

fn count(form: &RunForm, is_each: bool) -> Option<u32> {
    // A number that cannot be read is said at its field.
    (!is_each).then(|| form.count().unwrap_or(1))
}

/// Whether something is only not typed yet.
pub(super) fn is_empty(error: &RunFormError) -> bool {
    matches!(error, RunFormError::NoCommand | RunFormError::NoUser)
}
