//! Forms that start or stop the maintenance of machines, and the one that replaces the maintenance schedule.
//!
//! The schedule itself is edited on its own page.

use leptos::prelude::*;
use mesoscope_core::actions::schedule_change::compare;
use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::text::dialogs;

use super::ActionForm;
use crate::actions::action_store;
use crate::clock::window_times;

/// Builds the form for machines.
pub(super) fn form(down: bool, machines: Vec<MachineId>) -> ActionForm {
    let whom = match machines.as_slice() {
        [one] => one.to_string(),
        many => dialogs::number_of(many.len(), "machine", "machines"),
    };
    if down {
        ActionForm::plain(
            dialogs::start_maintenance_title(&whom),
            "Start maintenance",
            vec![Action::StartMaintenance(machines)],
        )
    } else {
        ActionForm::plain(
            dialogs::stop_maintenance_title(&whom),
            "Stop maintenance",
            vec![Action::StopMaintenance(machines)],
        )
    }
}

/// Builds the form for the draft of the schedule. Mesos' objections are shown in the schedule editor.
pub(super) fn schedule(windows: Vec<MaintenanceWindow>) -> ActionForm {
    let draft = action_store().saved_draft;
    let base = draft.base.get_untracked();
    ActionForm { refusal: draft.refusal, ..schedule_form(&base, windows) }
}

/// Builds the form that reverts a schedule sent from this tab.
pub(super) fn revert_schedule(windows: Vec<MaintenanceWindow>) -> ActionForm {
    let entries = action_store().journal.read_untracked();
    let sent = entries.iter().rev().find_map(|entry| match (&entry.action, &entry.back) {
        (Action::Schedule(sent), Some(Action::Schedule(back))) if *back == windows => Some(sent.clone()),
        _ => None,
    });
    ActionForm { is_undo: true, ..schedule_form(&sent.unwrap_or_default(), windows) }
}

/// A form titled by what it changes since `base`.
fn schedule_form(base: &[MaintenanceWindow], windows: Vec<MaintenanceWindow>) -> ActionForm {
    let change = compare(base, &windows);
    // Untracked: a title that follows the time zone would build a new form, and lose its progress.
    let title = untrack(|| text::schedule::title(&change, |window| window_times(window.start, window.duration)));
    ActionForm::plain(title, text::schedule::verb(&change), vec![Action::Schedule(windows)])
}
