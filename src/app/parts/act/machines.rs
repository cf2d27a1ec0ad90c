//! Taking machines down and up, and another maintenance schedule. The schedule itself is drawn up on its own page.

use mesoscope_core::actions::{Action, Window};
use mesoscope_core::mesos::calls::maintenance::MachineId;

use super::{Form, number_of};
use crate::acts::acts;

/// The form for machines.
pub(super) fn form(down: bool, machines: Vec<MachineId>) -> Form {
    let whom = match machines.as_slice() {
        [one] => one.to_string(),
        many => number_of(many.len(), "machine", "machines"),
    };
    if down {
        Form::plain(format!("Start maintenance of {whom}"), "Take down", vec![Action::StartMaintenance(machines)])
    } else {
        Form::plain(format!("Stop maintenance of {whom}"), "Take up", vec![Action::StopMaintenance(machines)])
    }
}

/// The form for the whole schedule. What Mesos says against it is reported where it was drawn up.
pub(super) fn schedule(windows: Vec<Window>) -> Form {
    let form = Form::plain("Replace the maintenance schedule".to_owned(), "Replace", vec![Action::Schedule(windows)]);
    Form { refusal: acts().sketch.refusal, ..form }
}
