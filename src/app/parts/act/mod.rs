//! Changing the cluster: the buttons that propose it, the form, what it will do, and how far it is. One way for all writes.

mod agents;
mod control;
mod dialog;
mod draining;
mod effects;
mod field;
mod logging;
mod machines;
mod many;
mod quotas;
mod review;
mod runner;
mod stage;
mod teardown;
mod weights;
mod words;

use leptos::prelude::*;
use mesoscope_core::actions::{Act, Entry, Pace};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

pub(crate) use self::control::{Choice as ActChoice, act_button, act_buttons};
pub(crate) use self::dialog::ActDialog;
pub(crate) use self::draining::draining_view;
pub(crate) use self::field::{Kind as FieldKind, field};
pub(crate) use self::words::{act_title, outcome_tone, outcome_words, request_view};

/// A form: what it says now, and how it looks.
struct Form {
    title: String,
    /// What the button that sends it says.
    verb: &'static str,
    acts: Signal<Vec<Act>>,
    /// Whether anything that was typed cannot be read, which stands beside its field; nothing is sent then.
    is_wrong: Signal<bool>,
    pace: Signal<Pace>,
    view: AnyView,
    /// Mesos' refusal of it, for the field that it is about.
    refusal: RwSignal<Option<String>>,
    /// What stands, where the form asks for that itself because the cluster's state does not tell it.
    stands: Option<Signal<Vec<Entry>>>,
}

impl Form {
    /// One that asks nothing.
    fn plain(title: String, verb: &'static str, acts: Vec<Act>) -> Self {
        Self {
            title,
            verb,
            acts: Signal::stored(acts),
            is_wrong: Signal::stored(false),
            pace: Signal::stored(Pace::default()),
            view: ().into_any(),
            refusal: RwSignal::new(None),
            stands: None,
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
