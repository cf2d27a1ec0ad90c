//! Changing the cluster: the buttons that propose it, the form, what it will do, and how far it is. One way for all writes.

mod agents;
mod batch_review;
pub(crate) mod control;
pub(crate) mod dialog;
pub(crate) mod drain_progress;
mod effects;
pub(crate) mod field;
pub(crate) mod focus;
mod logging;
mod machines;
mod quotas;
mod review;
mod runner;
mod stage;
mod teardown;
mod weights;
pub(crate) mod words;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::BatchOptions;
use mesoscope_core::actions::preview::PreviewEntry;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A form: what it says now, and how it looks.
struct ActionForm {
    title: String,
    /// What the button that sends it says.
    verb: Signal<&'static str>,
    actions: Signal<Vec<Action>>,
    /// Whether anything that was typed cannot be read, which is beside its field; nothing is sent then.
    is_wrong: Signal<bool>,
    pace: Signal<BatchOptions>,
    view: AnyView,
    /// Mesos' refusal of it, for the field that it is about.
    refusal: RwSignal<Option<String>>,
    /// The current value, where the form asks for that itself because the cluster's state does not tell it.
    current: Option<Signal<Vec<PreviewEntry>>>,
    /// Whether the change puts back what another did.
    is_undo: bool,
}

impl ActionForm {
    /// One that asks nothing.
    fn plain(title: String, verb: &'static str, actions: Vec<Action>) -> Self {
        Self {
            title,
            verb: Signal::stored(verb),
            actions: Signal::stored(actions),
            is_wrong: Signal::stored(false),
            pace: Signal::stored(BatchOptions::default()),
            view: ().into_any(),
            refusal: RwSignal::new(None),
            current: None,
            is_undo: false,
        }
    }
}

/// How many of them, in words: `5 agents`.
fn number_of(count: usize, one: &str, many: &str) -> String {
    mesoscope_core::text::plural(u32::try_from(count).unwrap_or(u32::MAX), one, many)
}

/// Gives the focus to the first of these, if there is one.
pub(crate) fn focus_on(what: &str) {
    let element = document().query_selector(what).ok().flatten().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let _ = element.map(|element| element.focus());
}
