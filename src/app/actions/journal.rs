//! What was sent from this tab, and how it ended. It outlasts a reload, and no more than the tab: Mesos keeps no such list, and
//! another operator's changes are not in it.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::execution::{Outcome, Uncertainty};
use mesoscope_core::base::encoding::{decode, encode};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::credentials::Principal;
use serde::{Deserialize, Serialize};

use crate::storage::StorageArea;

const NAME: &str = "journal";
/// The newest are kept.
const KEPT: usize = 500;

/// A change that was sent.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JournalEntry {
    pub(crate) at: Timestamp,
    pub(crate) action: Action,
    /// The host name of the agent, or the framework's name, that it was about.
    pub(crate) subject: Option<String>,
    /// Whether the change put back another.
    pub(crate) is_undo: bool,
    /// `None` while it is on its way.
    pub(crate) outcome: Option<Outcome>,
    /// What puts it back, where anything does.
    pub(crate) back: Option<Action>,
    /// Who was signed in then, if anybody was.
    pub(crate) by: Option<Principal>,
}

impl JournalEntry {
    /// The agent that it has marked gone: Mesos says so as soon as it accepts it.
    fn gone(&self) -> Option<&AgentId> {
        match (&self.action, &self.outcome) {
            (Action::MarkGone(agent), Some(Outcome::Confirmed | Outcome::Accepted)) => Some(agent),
            (Action::Drain { agent, mark_gone: true, .. }, Some(Outcome::Confirmed)) => Some(agent),
            _ => None,
        }
    }
}

/// The entries, the newest last.
#[derive(Clone, Copy)]
pub(crate) struct Journal(RwSignal<Vec<JournalEntry>>);

impl Journal {
    /// As the tab has kept it.
    pub(super) fn load() -> Self {
        // The storage takes text alone: a letter represents each byte.
        let bytes = |text: String| text.chars().filter_map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
        let kept = StorageArea::Session.load(NAME).map(bytes);
        let mut entries: Vec<JournalEntry> = kept.and_then(|bytes: Vec<u8>| decode(&bytes).ok()).unwrap_or_default();
        for entry in entries.iter_mut().filter(|entry| entry.outcome.is_none()) {
            entry.outcome = Some(Outcome::Unknown(Uncertainty::Left));
        }
        Self(RwSignal::new(entries))
    }

    pub(crate) fn read(self) -> impl core::ops::Deref<Target = Vec<JournalEntry>> {
        self.0.read()
    }

    /// Agents that were marked gone from this tab. The master may go on to show them as unreachable.
    pub(crate) fn gone(self) -> BTreeSet<AgentId> {
        self.0.read().iter().filter_map(JournalEntry::gone).cloned().collect()
    }

    /// Notes that it was sent.
    pub(crate) fn note(self, entry: JournalEntry) {
        self.change(|entries| {
            entries.push(entry);
            let over = entries.len().saturating_sub(KEPT);
            entries.drain(..over);
        });
    }

    /// Notes how the newest entry of the change ended, or what became of it since.
    pub(crate) fn note_outcome(self, action: &Action, outcome: &Outcome) {
        let open = |entry: &JournalEntry| {
            matches!(entry.outcome, None | Some(Outcome::Started | Outcome::Unknown(_) | Outcome::Diverged(_)))
        };
        self.change(|entries| {
            if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.action == *action && open(entry)) {
                entry.outcome = Some(outcome.clone());
            }
        });
    }

    /// Deletes all entries: the user has signed out.
    pub(super) fn clear(self) {
        self.change(Vec::clear);
    }

    fn change(self, with: impl FnOnce(&mut Vec<JournalEntry>)) {
        self.0.update(with);
        let bytes = self.0.with_untracked(encode);
        let text: String = bytes.into_iter().map(char::from).collect();
        StorageArea::Session.save(NAME, Some(&text));
    }
}
