//! Form that tears down frameworks.

use mesoscope_core::actions::Action;
use mesoscope_core::base::ids::FrameworkId;

use super::agents::bulk_form;
use super::{ActionForm, number_of};

/// Builds the form.
pub(super) fn form(frameworks: Vec<(FrameworkId, String)>) -> ActionForm {
    let whom = match frameworks.as_slice() {
        [(id, name)] if name.is_empty() => id.0.clone(),
        [(_, name)] => name.clone(),
        many => number_of(many.len(), "framework", "frameworks"),
    };
    let actions = frameworks.into_iter().map(|(id, _)| Action::Teardown(id)).collect();
    bulk_form(format!("Tear down {whom}"), "Tear down", actions)
}
