//! Keys of every page: `?` opens the help, `g` and a letter open a page. A list shows the letters after `g`.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::text::places::Place;
use web_sys::KeyboardEvent;

use super::hooks::{Timer, is_typing, on_window};
use super::router::{push, route};

/// How long `g` waits for its second key.
const WAIT: Duration = Duration::from_secs(3);
/// Elements in which letters have another meaning: a file scrolls.
const OTHERS: &str = ".file";

/// Handles the keys, and renders the list of letters.
#[component]
pub(crate) fn GoKeys() -> impl IntoView {
    let (here, waits, timer) = (route(), RwSignal::new(false), Timer::new());
    let stop = move || {
        waits.set(false);
        timer.stop();
    };
    on_window(ev::keydown, move |event| {
        let was_waiting = waits.get_untracked();
        if matches!(event.key().as_str(), "Shift") || !is_free(&event) {
            return;
        }
        stop();
        let key = event.key();
        let place = Place::ALL.into_iter().find(|place| key.chars().eq([place.key()]));
        let target = match key.as_str() {
            "?" => Some(Place::Help),
            "g" if !was_waiting && !has_file() => {
                waits.set(true);
                timer.start(WAIT, move || waits.set(false));
                None
            }
            _ => place.filter(|_| was_waiting),
        };
        if was_waiting || target.is_some() {
            event.prevent_default();
        }
        target.into_iter().for_each(|place| push(here, Route::from(place)));
    });
    move || waits.get().then(letters)
}

/// Whether the key is meant for the page: no field, dialog or file has it.
fn is_free(event: &KeyboardEvent) -> bool {
    let command = event.ctrl_key() || event.meta_key() || event.alt_key();
    let is_elsewhere = || {
        let focused = document().active_element();
        let in_dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
        let letters = event.key() != "?";
        in_dialog || letters && focused.is_some_and(|focused| focused.closest(OTHERS).ok().flatten().is_some())
    };
    !command && !event.default_prevented() && !is_typing() && !is_elsewhere()
}

/// Whether a file is on the page, whose viewer uses the letter `g`.
fn has_file() -> bool {
    document().query_selector(".file").ok().flatten().is_some()
}

fn letters() -> AnyView {
    let line = |place: Place| view! { <li><kbd>{place.key().to_string()}</kbd>{place.name()}</li> };
    view! { <div class="go-keys" role="status" aria-label="Go to"><ul>{Place::ALL.into_iter().map(line).collect_view()}</ul></div> }
        .into_any()
}
