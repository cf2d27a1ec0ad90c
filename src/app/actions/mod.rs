//! State of changes made by this page: the open forms and their batches, the schedule draft, and the journal.
//!
//! Also decides whether changes are allowed at all.

pub(crate) mod journal;
pub(crate) mod pool;
pub(crate) mod providers;

use std::collections::BTreeMap;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::checks::eligibility::{AgentAction, DisabledReason};
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::text::{checks, own_frameworks};
use mesoscope_core::views::machines::MachineQuery;

use self::journal::Journal;
use self::pool::PoolProposal;
use self::providers::ProviderForm;
use super::hooks::{on_change, on_window, set_if_changed};
use super::run_draft;
use super::storage::{load, save};
use super::worker_link::link;

const READ_ONLY: &str = "read-only";

/// An action chosen by the user, before the form adds details.
#[derive(Clone, PartialEq)]
pub(crate) enum Proposal {
    Agents(AgentAction, Vec<(AgentId, String)>),
    Teardown(Vec<(FrameworkId, String)>),
    /// Quotas of these roles; empty for a role yet to be named.
    Quotas(Vec<Role>),
    /// Weights of roles, with input already typed.
    Weights(Vec<(Role, Option<String>)>),
    /// Takes machines down (`true`) or up.
    Machines(bool, Vec<MachineId>),
    Schedule(Vec<MaintenanceWindow>),
    /// A new maintenance window of these machines; its form is on the maintenance page.
    ScheduleFor(MachineQuery),
    /// A command to run; its form is a page of its own.
    Run(RunParams),
    LoggingLevel(Option<AgentId>, String),
    /// Resource providers or cached images of agents.
    Provider(ProviderForm),
    Container(ContainerProposal),
    /// An action on reservations or volumes.
    Pool(PoolProposal),
    /// An action that undoes another, and the hostname or framework name it concerns.
    Undo(Action, Option<String>),
}

/// A change of containers of one agent.
#[derive(Clone, PartialEq)]
pub(crate) struct ContainerProposal {
    pub(crate) agent: AgentId,
    /// Host of the agent.
    pub(crate) host: String,
    pub(crate) form: ContainerForm,
}

/// Form of a change of containers, each by the ids of the containers around it and its own.
#[derive(Clone, PartialEq)]
pub(crate) enum ContainerForm {
    Launch {
        /// The container that it is launched inside; empty for a standalone one.
        parent: Vec<String>,
        /// Whether its terminal could be attached.
        is_attachable: bool,
    },
    Kill(Vec<String>),
    Remove(Vec<Vec<String>>),
}

/// Draft of a maintenance schedule, sent only after review. Survives leaving its page.
#[derive(Clone, Copy)]
pub(crate) struct SavedDraft {
    /// Schedule at the start of editing.
    pub(crate) base: RwSignal<Vec<MaintenanceWindow>>,
    /// `None` while nothing is edited.
    pub(crate) windows: RwSignal<Option<Vec<MaintenanceWindow>>>,
    /// Index of the window in the form.
    pub(crate) chosen: RwSignal<Option<usize>>,
    /// Mesos' refusal in its own words.
    pub(crate) refusal: RwSignal<Option<String>>,
    /// Machines of a new window that was requested on another page.
    pub(crate) requested: RwSignal<Option<MachineQuery>>,
}

impl SavedDraft {
    /// Whether the draft has unsent changes.
    pub(crate) fn is_changed(self) -> bool {
        self.windows.with(|windows| windows.as_ref().is_some_and(|windows| self.base.with(|base| base != windows)))
    }
}

/// Weights typed in the table of roles, sent only after review; `None` while nothing is edited.
pub(crate) type TypedWeights = RwSignal<Option<BTreeMap<String, String>>>;

/// A form of changes, in its dialog or hidden. It provides itself to what is in its dialog.
#[derive(Clone, Copy)]
pub(crate) struct OpenForm {
    /// Number among all forms since the page was opened.
    pub(crate) number: u32,
    /// Title of the form.
    pub(crate) title: RwSignal<String>,
    /// Whether the form has user input.
    pub(crate) is_typed: RwSignal<bool>,
    /// Short progress text while a batch runs.
    pub(crate) progress: RwSignal<Option<String>>,
    /// Outcome of a batch that ended while hidden: success, and text.
    pub(crate) ended: RwSignal<Option<(bool, String)>>,
    /// Why the form's current input was refused.
    pub(crate) refused: RwSignal<Option<String>>,
}

impl OpenForm {
    fn new(number: u32) -> Self {
        Self {
            number,
            title: RwSignal::new(String::new()),
            is_typed: RwSignal::new(false),
            progress: RwSignal::new(None),
            ended: RwSignal::new(None),
            refused: RwSignal::new(None),
        }
    }

    /// Whether closing its dialog would lose something.
    fn is_kept(self) -> bool {
        let has_failed = || self.ended.with(|ended| ended.as_ref().is_some_and(|(is_well, _)| !is_well));
        self.is_typed.get() || self.is_busy() || has_failed()
    }

    /// Whether its changes are being made.
    pub(crate) fn is_busy(self) -> bool {
        self.progress.read().is_some()
    }

    /// Whether a button reopens it while it is hidden.
    fn has_button(self) -> bool {
        self.is_kept() || self.ended.read().is_some()
    }
}

/// State of the page's changes.
#[derive(Clone, Copy)]
pub(crate) struct ActionStore {
    /// Forms with their subjects, the newest last: the one in the dialog, and hidden ones, which keep their input and run on.
    pub(crate) forms: RwSignal<Vec<(OpenForm, Proposal)>>,
    /// Number of the form in the visible dialog.
    pub(crate) shown: RwSignal<Option<u32>>,
    /// Number of the last form.
    last: StoredValue<u32>,
    /// Owns the signals of the forms, which outlast the pages that open them.
    owner: StoredValue<Owner>,
    pub(crate) saved_draft: SavedDraft,
    pub(crate) weights: TypedWeights,
    pub(crate) journal: Journal,
    read_only: RwSignal<bool>,
}

/// Provides the store to the page.
pub(crate) fn provide() {
    let saved_draft = SavedDraft {
        base: RwSignal::new(Vec::new()),
        windows: RwSignal::new(None),
        chosen: RwSignal::new(None),
        refusal: RwSignal::new(None),
        requested: RwSignal::new(None),
    };
    let actions = ActionStore {
        forms: RwSignal::new(Vec::new()),
        shown: RwSignal::new(None),
        last: StoredValue::new(0),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
        saved_draft,
        weights: RwSignal::new(None),
        journal: Journal::load(),
        read_only: RwSignal::new(load(READ_ONLY).is_some()),
    };
    provide_context(actions);
    // Another tab has toggled read-only mode.
    on_window(ev::storage, move |_| set_if_changed(actions.read_only, load(READ_ONLY).is_some()));
    // Changes of one user must not be visible to the next.
    let link = link();
    let signed_out = link.signed_out;
    on_change(move || signed_out.get(), move |_| actions.forget());
    // Leaving the page would lose the view of running changes, and unsent input.
    on_window(ev::beforeunload, move |event| {
        let weighs = || actions.weights.with(|typed| typed.as_ref().is_some_and(|typed| !typed.is_empty()));
        if untrack(|| {
            let runs = || link.status.with(|status| status.as_ref().is_some_and(|status| status.runs.is_last_page()));
            let is_at_work = |(form, _): &(OpenForm, Proposal)| form.is_busy() || form.is_typed.get();
            actions.forms.with(|forms| forms.iter().any(is_at_work))
                || actions.saved_draft.is_changed()
                || weighs()
                || runs()
        }) {
            event.prevent_default();
        }
    });
}

/// The page's action store.
pub(crate) fn action_store() -> ActionStore {
    expect_context()
}

/// The form whose dialog this is in.
pub(crate) fn own_form() -> OpenForm {
    expect_context()
}

/// Whether the server of the page forwards no changes.
pub(crate) fn is_served_read_only() -> bool {
    let meta = document().query_selector("meta[name=\"mesoscope-access\"][content=\"read-only\"]");
    meta.ok().flatten().is_some()
}

/// Whether the server of the page runs no commands in containers.
pub(crate) fn is_served_without_exec() -> bool {
    let meta = document().query_selector("meta[name=\"mesoscope-access\"][content=\"no-exec\"]");
    meta.ok().flatten().is_some()
}

impl ActionStore {
    /// Opens the form of an action. A hidden form of the same action is shown again.
    pub(crate) fn propose(self, proposal: Proposal) {
        if let Proposal::ScheduleFor(machines) = proposal {
            self.saved_draft.requested.set(Some(machines));
            let _ = window().location().set_hash(&Route::Maintenance.to_string());
            return;
        }
        if let Proposal::Run(params) = proposal {
            let _ = window().location().set_hash(&Route::Run(params).to_string());
            return;
        }
        let is_same = |(form, other): &&(OpenForm, Proposal)| *other == proposal && untrack(|| form.is_kept());
        let same = self.forms.with_untracked(|forms| forms.iter().find(is_same).map(|(form, _)| form.number));
        let number = same.unwrap_or_else(|| self.open(proposal));
        self.shown.set(Some(number));
    }

    fn open(self, proposal: Proposal) -> u32 {
        self.last.update_value(|last| *last += 1);
        let form = self.owner.with_value(|owner| owner.with(|| OpenForm::new(self.last.get_value())));
        self.forms.update(|forms| forms.push((form, proposal)));
        form.number
    }

    /// Hidden forms with something to come back to.
    pub(crate) fn hidden(self) -> Vec<OpenForm> {
        let shown = self.shown.get();
        let is_hidden = |form: &OpenForm| shown != Some(form.number) && form.has_button();
        self.forms.with(|forms| forms.iter().map(|(form, _)| *form).filter(is_hidden).collect())
    }

    /// Shows a hidden form again.
    pub(crate) fn reopen(self, form: OpenForm) {
        // A good end is read now, and needs no button any more.
        form.ended.update(|ended| _ = ended.take_if(|(is_well, _)| *is_well));
        self.shown.set(Some(form.number));
    }

    /// Hides the dialog. Its form is discarded once the dialog is closed, if nothing is lost with it.
    pub(crate) fn hide(self) {
        self.shown.set(None);
    }

    /// The dialog of a form is closed.
    pub(crate) fn closed(self, form: OpenForm) {
        if self.shown.get_untracked() == Some(form.number) {
            self.hide();
        }
        if !untrack(|| form.has_button()) {
            self.forms.update(|forms| forms.retain(|(other, _)| other.number != form.number));
        }
    }

    /// Hides the dialog and discards the form's input. Running changes go on.
    pub(crate) fn give_up(self, form: OpenForm) {
        if !untrack(|| form.is_busy()) {
            form.is_typed.set(false);
            form.ended.set(None);
        }
        self.hide();
    }

    /// Whether a form is that of a maintenance schedule.
    pub(crate) fn is_schedule(self, form: OpenForm) -> bool {
        let is_it = |(other, proposal): &(OpenForm, Proposal)| {
            other.number == form.number && matches!(proposal, Proposal::Schedule(_))
        };
        self.forms.with_untracked(|forms| forms.iter().any(is_it))
    }

    /// Clears journal, input and drafts. Running requests continue in the background.
    fn forget(self) {
        self.shown.set(None);
        self.forms.set(Vec::new());
        self.saved_draft.windows.set(None);
        self.saved_draft.chosen.set(None);
        self.saved_draft.refusal.set(None);
        self.saved_draft.requested.set(None);
        self.weights.set(None);
        self.journal.clear();
        run_draft::forget();
    }

    /// Why no change is possible from here; `None` if changes are allowed.
    pub(crate) fn disabled_reason(self) -> Option<DisabledReason> {
        if is_served_read_only() {
            return Some(DisabledReason::ServedReadOnly);
        }
        self.read_only.get().then_some(DisabledReason::SwitchedReadOnly)
    }

    /// Why no command can be run from here; `None` if it can be tried.
    pub(crate) fn run_refusal(self) -> Option<String> {
        let without_exec = is_served_without_exec().then(|| own_frameworks::NO_EXEC.to_owned());
        self.disabled_reason().map(|why| checks::disabled_reason_with_source(&why)).or(without_exec)
    }

    pub(crate) fn is_read_only(self) -> bool {
        self.read_only.get() || is_served_read_only()
    }

    pub(crate) fn set_read_only(self, is_on: bool) {
        self.read_only.set(is_on);
        save(READ_ONLY, is_on.then_some("yes"));
    }
}
