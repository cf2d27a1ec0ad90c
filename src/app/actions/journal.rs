//! Journal of changes sent from this tab, with their outcomes.
//!
//! Kept across reloads, until the tab is closed. Mesos has no such list, and other operators' changes are not in it.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::execution::{Outcome, Uncertainty};
use mesoscope_core::actions::preview::{PreviewEntry, PreviewSign};
use mesoscope_core::base::encoding::{decode, encode};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::credentials::Principal;
use serde::{Deserialize, Serialize};

use crate::storage::StorageArea;

const NAME: &str = "journal";
/// Maximum number of entries; the newest are kept.
const KEPT: usize = 500;

/// A change that was sent.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JournalEntry {
    pub(crate) at: Timestamp,
    /// Without its secrets.
    pub(crate) action: Action,
    /// Hostname of the agent, or name of the framework.
    pub(crate) subject: Option<String>,
    /// Whether the change undoes another one.
    pub(crate) is_undo: bool,
    /// `None` while in progress.
    pub(crate) outcome: Option<Outcome>,
    /// Action that undoes the change, if there is one.
    pub(crate) back: Option<Action>,
    /// Values by which the cluster would show an effect that comes late; empty if the change itself tells.
    pub(crate) signs: Vec<PreviewSign>,
    /// Principal at that time, if signed in.
    pub(crate) by: Option<Principal>,
}

impl JournalEntry {
    /// Whether the change was accepted without an effect so far, and these current values show one now.
    pub(crate) fn has_late_effect(&self, current: &[PreviewEntry]) -> bool {
        self.is_awaited() && self.signs.iter().all(|sign| sign.shows_in(current))
    }

    /// Whether an effect may come late.
    pub(crate) fn is_awaited(&self) -> bool {
        self.outcome == Some(Outcome::NotSeen) && !self.signs.is_empty()
    }

    /// The agent that the change has marked gone: final as soon as Mesos accepts it.
    fn gone(&self) -> Option<&AgentId> {
        match (&self.action, &self.outcome) {
            (Action::MarkGone(agent), Some(Outcome::Confirmed | Outcome::Accepted)) => Some(agent),
            (Action::Drain { agent, mark_gone: true, .. }, Some(Outcome::Confirmed)) => Some(agent),
            _ => None,
        }
    }
}

/// Entries, newest last.
#[derive(Clone, Copy)]
pub(crate) struct Journal(RwSignal<Vec<JournalEntry>>);

impl Journal {
    /// Loads the entries from the tab's storage.
    pub(super) fn load() -> Self {
        // Storage only takes text: each character encodes one byte.
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

    pub(crate) fn read_untracked(self) -> impl core::ops::Deref<Target = Vec<JournalEntry>> {
        self.0.read_untracked()
    }

    /// Agents marked gone from this tab. The master may still list them as unreachable.
    pub(crate) fn gone(self) -> BTreeSet<AgentId> {
        self.0.read().iter().filter_map(JournalEntry::gone).cloned().collect()
    }

    /// Records a sent change.
    pub(crate) fn note(self, entry: JournalEntry) {
        let entry = JournalEntry { action: entry.action.without_secrets(), ..entry };
        self.change(|entries| {
            entries.push(entry);
            let over = entries.len().saturating_sub(KEPT);
            entries.drain(..over);
        });
    }

    /// Records the outcome of the newest open entry of a change.
    pub(crate) fn note_outcome(self, action: &Action, outcome: &Outcome) {
        let open = |entry: &JournalEntry| match &entry.outcome {
            None | Some(Outcome::Started | Outcome::Unknown(_) | Outcome::Diverged(_) | Outcome::NotSeen) => true,
            Some(Outcome::Confirmed | Outcome::Accepted | Outcome::Refused(..)) => false,
            Some(Outcome::Blocked(_) | Outcome::Unsent(_) | Outcome::Intercepted(_)) => false,
        };
        let action = action.without_secrets();
        self.change(|entries| {
            if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.action == action && open(entry)) {
                entry.outcome = Some(outcome.clone());
            }
        });
    }

    /// Records effects that came late, by the current values of each change.
    pub(crate) fn note_late_effects(self, current: &[(Action, Vec<PreviewEntry>)]) {
        let of = |entry: &JournalEntry| current.iter().find(|(action, _)| *action == entry.action);
        let is_late = |entry: &JournalEntry| of(entry).is_some_and(|(_, values)| entry.has_late_effect(values));
        if self.read_untracked().iter().any(is_late) {
            self.change(|entries| {
                let late = entries.iter_mut().filter(|entry| is_late(entry));
                late.for_each(|entry| entry.outcome = Some(Outcome::Confirmed));
            });
        }
    }

    /// Deletes all entries after sign-out.
    pub(super) fn clear(self) {
        self.change(Vec::clear);
    }

    fn change(self, with: impl FnOnce(&mut Vec<JournalEntry>)) {
        self.0.update(with);
        let bytes = self.0.with_untracked(|entries| encode(&entries.iter().map(stored).collect::<Vec<_>>()));
        let text: String = bytes.into_iter().map(char::from).collect();
        let _ = StorageArea::Session.save(NAME, Some(&text));
    }
}

/// The entry as the tab's storage keeps it. What a revert would send again may have secrets: after a reload there is none.
fn stored(entry: &JournalEntry) -> JournalEntry {
    JournalEntry { back: entry.back.clone().filter(|back| !back.has_secrets()), ..entry.clone() }
}
