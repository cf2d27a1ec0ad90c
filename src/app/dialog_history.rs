//! History entry of an open dialog: Back closes the dialog and keeps the page, and a change of page closes the dialog.

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, History};

use crate::hooks::on_change;
use crate::router::route;

/// State of a dialog's history entry.
const MARK: &str = "dialog";

/// Gives an open dialog a history entry; `close` is called on Back and on a change of page, and may keep the dialog's input.
pub(crate) fn close_with_history(is_open: Signal<bool>, close: impl Fn() + Copy + 'static) {
    // Whether the page itself goes back, to remove the entry of a dialog that was closed otherwise.
    let (removes, address) = (StoredValue::new(false), StoredValue::new(String::new()));
    on_change(
        move || is_open.get(),
        move |is_open| match (is_open, is_marked()) {
            (true, false) => {
                address.set_value(hash());
                push_mark();
            }
            (true, true) => address.set_value(hash()),
            // Another page may have been opened on top.
            (false, true) => {
                removes.set_value(true);
                let _ = history().map(|history| history.back());
            }
            (false, false) => {}
        },
    );
    let here = route();
    on_change(move || here.get(), move |_| close_if(is_open, close));
    let popped = move |event: Event| {
        if removes.try_update_value(std::mem::take).unwrap_or_default() {
            return event.stop_immediate_propagation();
        }
        if !is_open.get_untracked() {
            // The entry of a dialog from which another page was opened: nothing is there.
            if is_marked() {
                let _ = history().map(|history| history.back());
            }
            return;
        }
        // The page is the same: its own listeners need not know.
        if address.with_value(|address| *address == hash()) {
            event.stop_immediate_propagation();
        }
        close();
    };
    let popped = Closure::<dyn Fn(Event)>::new(popped).into_js_value();
    // In the capture phase, it comes before the router's listener.
    let _ = window().add_event_listener_with_callback_and_bool("popstate", popped.unchecked_ref(), true);
}

fn close_if(is_open: Signal<bool>, close: impl Fn()) {
    if is_open.get_untracked() {
        close();
    }
}

fn history() -> Option<History> {
    window().history().ok()
}

fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

fn is_marked() -> bool {
    history().and_then(|history| history.state().ok()).and_then(|state| state.as_string()).as_deref() == Some(MARK)
}

/// The entry has the address of the page.
fn push_mark() {
    let _ = history().map(|history| history.push_state(&JsValue::from_str(MARK), ""));
}
