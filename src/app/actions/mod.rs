//! State of changes made by this page: the current form or batch, the schedule draft, and the journal.
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
use mesoscope_core::text::dialogs::ChosenOver;
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

/// State of the page's changes.
#[derive(Clone, Copy)]
pub(crate) struct ActionStore {
    /// Subject of the dialog, visible or hidden.
    pub(crate) proposal: RwSignal<Option<Proposal>>,
    /// Action chosen while another form was in use.
    pub(crate) next: RwSignal<Option<Proposal>>,
    /// Whether the dialog is visible; a hidden one keeps its batch running and its input.
    pub(crate) shown: RwSignal<bool>,
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
        proposal: RwSignal::new(None),
        next: RwSignal::new(None),
        shown: RwSignal::new(false),
        title: RwSignal::new(String::new()),
        is_typed: RwSignal::new(false),
        progress: RwSignal::new(None),
        ended: RwSignal::new(None),
        refused: RwSignal::new(None),
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
            actions.progress.read().is_some()
                || actions.is_typed.get()
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
    /// Opens the form of an action. A running batch or a form with input is shown first.
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
        let is_kept = self.is_kept();
        match self.proposal.get_untracked() {
            Some(other) if is_kept => self.next.set((other != proposal).then_some(proposal)),
            _ => self.open(proposal),
        }
        self.shown.set(true);
    }

    fn open(self, proposal: Proposal) {
        self.is_typed.set(false);
        self.ended.set(None);
        self.refused.set(None);
        self.proposal.set(Some(proposal));
    }

    /// Whether closing the dialog would lose something.
    fn is_kept(self) -> bool {
        self.is_typed.get_untracked()
            || self.progress.read_untracked().is_some()
            || self.ended.with_untracked(|ended| ended.as_ref().is_some_and(|(is_well, _)| !is_well))
    }

    /// What is in the way of another action that was chosen; `None` without one. A failed change is kept, but was sent.
    pub(crate) fn chosen_over(self) -> Option<ChosenOver> {
        self.next.read().as_ref()?;
        Some(match (self.progress.read().is_some(), self.is_typed.get() && self.refused.read().is_none()) {
            (true, _) => ChosenOver::Running,
            (false, true) => ChosenOver::Unsent,
            (false, false) => ChosenOver::Sent,
        })
    }

    /// Hides the dialog; discards it if nothing would be lost.
    pub(crate) fn hide(self) {
        self.shown.set(false);
        if !self.is_kept() {
            self.give_up();
        }
    }

    /// Discards the input and opens the action chosen meanwhile.
    pub(crate) fn give_up(self) {
        if self.progress.read_untracked().is_some() {
            return self.shown.set(false);
        }
        match self.next.try_update(Option::take).flatten() {
            Some(next) => self.open(next),
            None => {
                self.shown.set(false);
                self.is_typed.set(false);
                self.ended.set(None);
                self.proposal.set(None);
            }
        }
    }

    /// Clears journal, input and drafts. Running requests continue in the background.
    fn forget(self) {
        self.next.set(None);
        self.shown.set(false);
        self.is_typed.set(false);
        self.progress.set(None);
        self.ended.set(None);
        self.refused.set(None);
        self.proposal.set(None);
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
