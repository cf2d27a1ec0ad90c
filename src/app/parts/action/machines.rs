//! Forms that take machines down or up, and the one that replaces the maintenance schedule.
//!
//! The schedule itself is edited on its own page.

use mesoscope_core::actions::{Action, MaintenanceWindow};
use mesoscope_core::mesos::calls::maintenance::MachineId;

use super::{ActionForm, number_of};
use crate::actions::action_store;

/// Builds the form for machines.
pub(super) fn form(down: bool, machines: Vec<MachineId>) -> ActionForm {
    let whom = match machines.as_slice() {
        [one] => one.to_string(),
        many => number_of(many.len(), "machine", "machines"),
    };
    if down {
        ActionForm::plain(format!("Start maintenance of {whom}"), "Take down", vec![Action::StartMaintenance(machines)])
    } else {
        ActionForm::plain(format!("Stop maintenance of {whom}"), "Take up", vec![Action::StopMaintenance(machines)])
    }
}

/// Builds the form for the whole schedule. Mesos' objections are shown in the schedule editor.
pub(super) fn schedule(windows: Vec<MaintenanceWindow>) -> ActionForm {
    let form =
        ActionForm::plain("Replace the maintenance schedule".to_owned(), "Replace", vec![Action::Schedule(windows)]);
    ActionForm { refusal: action_store().saved_draft.refusal, ..form }
}
