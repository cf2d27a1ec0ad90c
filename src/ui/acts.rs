//! What is being changed by this page, and what was: one change, or one run of many, at a time; and the journal of all.
//! Whether anything may be changed at all.

use leptos::prelude::*;
use mesoscope::act::{Act, Window};
use mesoscope::api::maintenance::MachineId;
use mesoscope::can::{AgentVerb, WhyNot};
use mesoscope::ids::{AgentId, FrameworkId, Role};
use mesoscope::units::Timestamp;

use super::kept::{keep, kept};

const READ_ONLY: &str = "read-only";
/// The journal keeps so many.
const KEPT: usize = 500;

/// What somebody wants to change, before the form says how.
#[derive(Clone, PartialEq)]
pub(crate) enum Proposal {
    Agents(AgentVerb, Vec<(AgentId, String)>),
    Teardown(FrameworkId, String),
    /// Quotas of these roles; of one that is still to be named, if there is none.
    Quotas(Vec<Role>),
    Weights(Vec<Role>),
    /// Takes machines down, or up again.
    Machines(bool, Vec<MachineId>),
    Schedule(Vec<Window>),
    LoggingLevel(Option<AgentId>, String),
    /// A change that the journal puts back.
    Back(Act),
}

/// A change that was sent.
#[derive(Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) act: Act,
    /// In a few words: what, and of whom.
    pub(crate) title: String,
    /// `None` while it is on its way.
    pub(crate) outcome: Option<(bool, String)>,
    /// What puts it back, where anything does.
    pub(crate) back: Option<Act>,
}

/// The page's changes.
#[derive(Clone, Copy)]
pub(crate) struct Acts {
    /// What the dialog is about.
    pub(crate) proposal: RwSignal<Option<Proposal>>,
    /// Whether the dialog is in sight: a run goes on without.
    pub(crate) shown: RwSignal<bool>,
    /// How the run is, in a few words, while one is on its way.
    pub(crate) progress: RwSignal<Option<String>>,
    /// The newest last.
    pub(crate) journal: RwSignal<Vec<Entry>>,
    read_only: RwSignal<bool>,
}

/// Makes them available.
pub(crate) fn provide() {
    let acts = Acts {
        proposal: RwSignal::new(None),
        shown: RwSignal::new(false),
        progress: RwSignal::new(None),
        journal: RwSignal::new(Vec::new()),
        read_only: RwSignal::new(kept(READ_ONLY).is_some()),
    };
    provide_context(acts);
}

/// The page's changes.
pub(crate) fn acts() -> Acts {
    expect_context()
}

/// Whether what serves the page passes on nothing that changes anything.
pub(crate) fn is_forced() -> bool {
    let meta = document().query_selector("meta[name=\"mesoscope-access\"][content=\"read-only\"]");
    meta.ok().flatten().is_some()
}

impl Acts {
    /// Opens the form for it, unless another change is on its way: then that is shown.
    pub(crate) fn propose(self, proposal: Proposal) {
        if self.progress.get_untracked().is_none() {
            self.proposal.set(Some(proposal));
        }
        self.shown.set(true);
    }

    /// Why nothing at all can be changed from here.
    pub(crate) fn closed(self) -> Option<WhyNot> {
        let no = |words: &str, source: &str| Some(WhyNot { words: words.to_owned(), source: source.to_owned() });
        if is_forced() {
            return no("This console is served read-only.", "mesoscope --read-only");
        }
        if self.read_only.get() {
            return no("The read-only switch is on.", "this browser");
        }
        None
    }

    pub(crate) fn is_read_only(self) -> bool {
        self.read_only.get() || is_forced()
    }

    pub(crate) fn set_read_only(self, is_on: bool) {
        self.read_only.set(is_on);
        keep(READ_ONLY, is_on.then_some("yes"));
    }

    /// Notes that it was sent.
    pub(crate) fn note(self, entry: Entry) {
        self.journal.update(|journal| {
            journal.push(entry);
            let over = journal.len().saturating_sub(KEPT);
            journal.drain(..over);
        });
    }

    /// Notes how the newest entry of the change ended.
    pub(crate) fn note_outcome(self, act: &Act, is_well: bool, words: String) {
        self.journal.update(|journal| {
            if let Some(entry) = journal.iter_mut().rev().find(|entry| entry.act == *act && entry.outcome.is_none()) {
                entry.outcome = Some((is_well, words));
            }
        });
    }
}
