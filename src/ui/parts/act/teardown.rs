//! Ending a framework.

use mesoscope::act::Act;
use mesoscope::ids::FrameworkId;

use super::Form;

/// The form.
pub(super) fn form(id: FrameworkId, name: &str) -> Form {
    let name = if name.is_empty() { id.as_str() } else { name };
    Form::plain(format!("Tear down {name}"), "Tear down", vec![Act::Teardown(id.clone())])
}
