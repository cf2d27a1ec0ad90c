//! Changing the cluster: the buttons that propose it, the form, what it will do, and how far it is. One way for all writes.

mod agents;
mod control;
mod dialog;
mod effects;
mod logging;
mod machines;
mod quotas;
mod review;
mod runner;
mod stage;
mod teardown;
mod weights;
mod words;

use leptos::prelude::*;
use mesoscope::act::{Act, Pace};

pub(crate) use self::control::{Choice as ActChoice, act_button, act_buttons};
pub(crate) use self::dialog::ActDialog;
pub(crate) use self::words::request_view;

/// A form: what it says now, and how it looks.
struct Form {
    title: String,
    /// What the button that sends it says.
    verb: &'static str,
    acts: Signal<Vec<Act>>,
    /// What is wrong with what was typed, in words; nothing is sent then.
    faults: Signal<Vec<String>>,
    pace: Signal<Pace>,
    view: AnyView,
    /// Mesos' refusal of it, for the field that it is about.
    refusal: RwSignal<Option<String>>,
}

impl Form {
    /// One that asks nothing.
    fn plain(title: String, verb: &'static str, acts: Vec<Act>) -> Self {
        Self {
            title,
            verb,
            acts: Signal::stored(acts),
            faults: Signal::stored(Vec::new()),
            pace: Signal::stored(Pace::default()),
            view: ().into_any(),
            refusal: RwSignal::new(None),
        }
    }
}
