//! Form that tears down frameworks.

use mesoscope_core::actions::Action;
use mesoscope_core::base::ids::FrameworkId;
use mesoscope_core::text::dialogs;

use super::ActionForm;
use super::agents::bulk_form;

/// Builds the form.
pub(super) fn form(frameworks: Vec<(FrameworkId, String)>) -> ActionForm {
    let whom = match frameworks.as_slice() {
        [(id, name)] if name.is_empty() => id.0.clone(),
        [(_, name)] => name.clone(),
        many => dialogs::number_of(many.len(), "framework", "frameworks"),
    };
    let actions = frameworks.into_iter().map(|(id, _)| Action::Teardown(id)).collect();
    bulk_form(dialogs::teardown_title(&whom), "Tear down", actions)
}
