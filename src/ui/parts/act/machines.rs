//! Taking machines down and up, and another maintenance schedule. The schedule itself is drawn up on its own page.

use mesoscope::act::{Act, Window};
use mesoscope::api::maintenance::MachineId;
use mesoscope::text;

use super::Form;

/// The form for machines.
pub(super) fn form(down: bool, machines: Vec<MachineId>) -> Form {
    let whom = match machines.as_slice() {
        [one] => one.to_string(),
        many => text::plural(u32::try_from(many.len()).unwrap_or(u32::MAX), "machine", "machines"),
    };
    if down {
        Form::plain(format!("Start maintenance of {whom}"), "Take down", vec![Act::StartMaintenance(machines)])
    } else {
        Form::plain(format!("Stop maintenance of {whom}"), "Take up", vec![Act::StopMaintenance(machines)])
    }
}

/// The form for the whole schedule.
pub(super) fn schedule(windows: Vec<Window>) -> Form {
    Form::plain("Replace the maintenance schedule".to_owned(), "Replace", vec![Act::Schedule(windows)])
}
