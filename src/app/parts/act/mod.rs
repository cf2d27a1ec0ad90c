//! Changing the cluster: the buttons that propose it, the form, what it will do, and how far it is. One way for all writes.

mod agents;
pub(crate) mod control;
pub(crate) mod dialog;
pub(crate) mod draining;
mod effects;
pub(crate) mod field;
pub(crate) mod focus;
mod logging;
mod machines;
mod many;
mod quotas;
mod review;
mod runner;
mod stage;
mod teardown;
mod weights;
pub(crate) mod words;

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::Pace;
use mesoscope_core::actions::plan::Entry;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A form: what it says now, and how it looks.
struct Form {
    title: String,
    /// What the button that sends it says.
    verb: Signal<&'static str>,
    acts: Signal<Vec<Action>>,
    /// Whether anything that was typed cannot be read, which stands beside its field; nothing is sent then.
    is_wrong: Signal<bool>,
    pace: Signal<Pace>,
    view: AnyView,
    /// Mesos' refusal of it, for the field that it is about.
    refusal: RwSignal<Option<String>>,
    /// What stands, where the form asks for that itself because the cluster's state does not tell it.
    current: Option<Signal<Vec<Entry>>>,
    /// Whether the change puts back what another did.
    puts_back: bool,
}

impl Form {
    /// One that asks nothing.
    fn plain(title: String, verb: &'static str, acts: Vec<Action>) -> Self {
        Self {
            title,
            verb: Signal::stored(verb),
            acts: Signal::stored(acts),
            is_wrong: Signal::stored(false),
            pace: Signal::stored(Pace::default()),
            view: ().into_any(),
            refusal: RwSignal::new(None),
            current: None,
            puts_back: false,
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
