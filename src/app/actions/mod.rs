//! What is being changed by this page: one change, or one run of many, at a time; the draft of a maintenance schedule; the
//! journal of all that was sent. Whether anything may be changed at all.

pub(crate) mod journal;

use std::collections::BTreeMap;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::checks::eligibility::{AgentAction, DisabledReason};
use mesoscope_core::mesos::calls::maintenance::MachineId;

use self::journal::Journal;
use super::hooks::{on_change, on_window, set_if_changed};
use super::link::link;
use super::storage::{load, save};

const READ_ONLY: &str = "read-only";

/// What a user wants to change, before the form says how.
#[derive(Clone, PartialEq)]
pub(crate) enum Proposal {
    Agents(AgentAction, Vec<(AgentId, String)>),
    Teardown(Vec<(FrameworkId, String)>),
    /// Quotas of these roles; of one that is still to be named, if there is none.
    Quotas(Vec<Role>),
    /// Weights, and what was typed for them already.
    Weights(Vec<(Role, Option<String>)>),
    /// Takes machines down, or up again.
    Machines(bool, Vec<MachineId>),
    Schedule(Vec<MaintenanceWindow>),
    LoggingLevel(Option<AgentId>, String),
    /// A change that puts back another, and the host or the framework's name that it is about.
    Undo(Action, Option<String>),
}

/// Another maintenance schedule, of which nothing is sent before it was reviewed. It outlasts the page on which it is drawn up.
#[derive(Clone, Copy)]
pub(crate) struct SavedDraft {
    /// What stood when the editing began.
    pub(crate) base: RwSignal<Vec<MaintenanceWindow>>,
    /// `None` while nothing is edited.
    pub(crate) windows: RwSignal<Option<Vec<MaintenanceWindow>>>,
    /// The window that the form is about, by its place.
    pub(crate) chosen: RwSignal<Option<usize>>,
    /// Mesos' refusal of it, in its words.
    pub(crate) refusal: RwSignal<Option<String>>,
}

impl SavedDraft {
    /// Whether something would be lost with it.
    pub(crate) fn is_changed(self) -> bool {
        self.windows.with(|windows| windows.as_ref().is_some_and(|windows| self.base.with(|base| base != windows)))
    }
}

/// Weights that are typed in the table of roles, by role, of which nothing is sent before it was reviewed; `None` while nothing is
/// edited.
pub(crate) type TypedWeights = RwSignal<Option<BTreeMap<String, String>>>;

/// The page's changes.
#[derive(Clone, Copy)]
pub(crate) struct ActionStore {
    /// What the dialog is about, in sight or not.
    pub(crate) proposal: RwSignal<Option<Proposal>>,
    /// What was chosen while another form was still in use.
    pub(crate) next: RwSignal<Option<Proposal>>,
    /// Whether the dialog is in sight: a run goes on without, and what was typed stays.
    pub(crate) shown: RwSignal<bool>,
    /// What the form is called.
    pub(crate) title: RwSignal<String>,
    /// Whether something was typed, or chosen, in the form.
    pub(crate) is_typed: RwSignal<bool>,
    /// How the run is, in a few words, while one is on its way.
    pub(crate) progress: RwSignal<Option<String>>,
    /// How it ended out of sight: whether well, and in words.
    pub(crate) ended: RwSignal<Option<(bool, String)>>,
    /// How what the form says now was sent in vain, in words.
    pub(crate) refused: RwSignal<Option<String>>,
    pub(crate) saved_draft: SavedDraft,
    pub(crate) weights: TypedWeights,
    pub(crate) journal: Journal,
    read_only: RwSignal<bool>,
}

/// Makes them available.
pub(crate) fn provide() {
    let saved_draft = SavedDraft {
        base: RwSignal::new(Vec::new()),
        windows: RwSignal::new(None),
        chosen: RwSignal::new(None),
        refusal: RwSignal::new(None),
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
    // Another tab of the browser has turned the switch.
    on_window(ev::storage, move |_| set_if_changed(actions.read_only, load(READ_ONLY).is_some()));
    // What a user has changed, or was about to, is none of the next one's business.
    let signed_out = link().signed_out;
    on_change(move || signed_out.get(), move |_| actions.forget());
    // Leaving the page would lose sight of what is on its way, and lose what was typed or drawn up.
    on_window(ev::beforeunload, move |event| {
        let weighs = || actions.weights.with(|typed| typed.as_ref().is_some_and(|typed| !typed.is_empty()));
        if untrack(|| {
            actions.progress.read().is_some() || actions.is_typed.get() || actions.saved_draft.is_changed() || weighs()
        }) {
            event.prevent_default();
        }
    });
}

/// The page's changes.
pub(crate) fn action_store() -> ActionStore {
    expect_context()
}

/// Whether what serves the page passes on nothing that changes anything.
pub(crate) fn is_served_read_only() -> bool {
    let meta = document().query_selector("meta[name=\"mesoscope-access\"][content=\"read-only\"]");
    meta.ok().flatten().is_some()
}

impl ActionStore {
    /// Opens the form for it. One that is on its way, or that holds what was typed, is shown first.
    pub(crate) fn propose(self, proposal: Proposal) {
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

    /// Whether the dialog would lose something with what it is about.
    fn is_kept(self) -> bool {
        self.is_typed.get_untracked()
            || self.progress.read_untracked().is_some()
            || self.ended.with_untracked(|ended| ended.as_ref().is_some_and(|(is_well, _)| !is_well))
    }

    /// Hides the dialog. What nothing would be lost with is over.
    pub(crate) fn hide(self) {
        self.shown.set(false);
        if !self.is_kept() {
            self.give_up();
        }
    }

    /// Drops what was typed, and goes on to what was chosen meanwhile.
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

    /// Forgets what was sent, typed and drawn up. What is on its way goes on, out of sight.
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
        self.weights.set(None);
        self.journal.clear();
    }

    /// Why nothing at all can be changed from here.
    pub(crate) fn disabled_reason(self) -> Option<DisabledReason> {
        if is_served_read_only() {
            return Some(DisabledReason::ServedReadOnly);
        }
        self.read_only.get().then_some(DisabledReason::SwitchedReadOnly)
    }

    pub(crate) fn is_read_only(self) -> bool {
        self.read_only.get() || is_served_read_only()
    }

    pub(crate) fn set_read_only(self, is_on: bool) {
        self.read_only.set(is_on);
        save(READ_ONLY, is_on.then_some("yes"));
    }
}
