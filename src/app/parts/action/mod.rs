//! Changes to the cluster: action buttons, form, preview and progress. All writes go this way.

mod agents;
mod batch_review;
mod bulk_impact;
mod container_reader;
mod containers;
pub(crate) mod control;
pub(crate) mod dialog;
pub(crate) mod drain_progress;
mod effects;
pub(crate) mod field;
pub(crate) mod focus;
mod logging;
mod machines;
mod outcome;
mod pool;
mod providers;
mod quotas;
mod review;
mod runner;
mod stage;
mod teardown;
pub(crate) mod texts;
mod weights;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::BatchOptions;
use mesoscope_core::actions::preview::PreviewEntry;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A form's current state and view.
struct ActionForm {
    title: String,
    /// Label of the button that sends the request.
    verb: Signal<&'static str>,
    actions: Signal<Vec<Action>>,
    /// First error of the input; nothing can be sent while there is one.
    fault: Signal<Option<String>>,
    pace: Signal<BatchOptions>,
    view: AnyView,
    /// Mesos' refusal, for the field it concerns.
    refusal: RwSignal<Option<String>>,
    /// The current values, if the form reads them itself because the cluster's state lacks them.
    current: Option<Signal<Vec<PreviewEntry>>>,
    /// Whether the change undoes another one.
    is_undo: bool,
}

impl ActionForm {
    /// Creates a form without fields.
    fn plain(title: String, verb: &'static str, actions: Vec<Action>) -> Self {
        Self {
            title,
            verb: Signal::stored(verb),
            actions: Signal::stored(actions),
            fault: Signal::stored(None),
            pace: Signal::stored(BatchOptions::default()),
            view: ().into_any(),
            refusal: RwSignal::new(None),
            current: None,
            is_undo: false,
        }
    }
}

/// Focuses the first element that matches a selector, if there is one.
pub(crate) fn focus_on(what: &str) {
    let element = document().query_selector(what).ok().flatten().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let _ = element.map(|element| element.focus());
}
