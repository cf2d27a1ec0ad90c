//! What was typed in this tab to run a command. Kept while its page is reloaded or left; keeps no secrets, and no more than one form.

use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::views::run_preview::RunAmong;
use serde::{Deserialize, Serialize};

use crate::storage::StorageArea;

const NAME: &str = "run-form";

/// The input of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunDraft {
    pub(crate) form: RunForm,
    pub(crate) among: RunAmong,
    /// Whether each of the agents runs it, instead of any so many.
    pub(crate) is_each: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptDraft {
    /// Address of the form.
    address: String,
    draft: RunDraft,
}

impl RunDraft {
    /// What was typed at that address; `None` if nothing was.
    pub(crate) fn load(address: &str) -> Option<Self> {
        let kept: KeptDraft = serde_json::from_str(&StorageArea::Session.load(NAME)?).ok()?;
        (kept.address == address).then_some(kept.draft)
    }

    /// Keeps what was typed at that address, in place of what was typed at another.
    pub(crate) fn save(&self, address: &str) {
        let draft = Self { form: self.form.without_secrets(), ..self.clone() };
        if let Ok(text) = serde_json::to_string(&KeptDraft { address: address.to_owned(), draft }) {
            let _ = StorageArea::Session.save(NAME, Some(&text));
        }
    }
}

/// Forgets what was typed.
pub(crate) fn forget() {
    let _ = StorageArea::Session.save(NAME, None);
}
