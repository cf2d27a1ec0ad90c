//! Field for the principal of a reservation or a volume.

use leptos::prelude::*;
use mesoscope_core::mesos::credentials::Principal;
use mesoscope_core::mesos::error_text::NamedField;
use mesoscope_core::text::reservations as words;

use super::super::field::{FieldKind, field};
use super::pools::refused;
use crate::worker_link::link;

/// The principal that is typed; at first the user that signed in.
#[derive(Clone, Copy)]
pub(super) struct PrincipalField {
    text: RwSignal<String>,
    own: StoredValue<Option<String>>,
}

impl PrincipalField {
    pub(super) fn new() -> Self {
        let own = link().identity.with_untracked(|who| match who.as_ref().map(|who| &who.who) {
            Some(Principal::User(name)) => Some(name.clone()),
            Some(Principal::Token) | None => None,
        });
        Self { text: RwSignal::new(own.clone().unwrap_or_default()), own: StoredValue::new(own) }
    }

    /// The principal; `None` for none.
    pub(super) fn principal(self) -> Option<String> {
        Some(self.text.get().trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A caller that signed in must name itself (PROTOCOL.md, "RESERVE_RESOURCES").
    pub(super) fn fault(self) -> Option<String> {
        let own = self.own.get_value()?;
        (self.principal().as_ref() != Some(&own)).then(|| words::own_principal(&own))
    }

    pub(super) fn view(self, refusal: RwSignal<Option<String>>) -> AnyView {
        let refused = refused(refusal, NamedField::Principal);
        let fault = Signal::derive(move || self.fault().or_else(|| refused.get()));
        let kind = FieldKind { placeholder: "none", ..FieldKind::default() };
        let input = field(Some("Principal".to_owned()), kind, self.text.into(), fault, move |text| self.text.set(text));
        view! { <label>"Principal"{input}</label> }.into_any()
    }
}
