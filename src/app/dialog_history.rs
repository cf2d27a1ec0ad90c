//! History entry of open dialogs: Back closes the topmost one and keeps the page, and a change of page closes them.
//!
//! All open dialogs share one entry, so that a dialog may open another one.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, History};

use crate::hooks::on_change;
use crate::router::route;

/// State of the dialogs' history entry.
const MARK: &str = "dialog";

thread_local! {
    /// Numbers of the open dialogs, the topmost last.
    static OPEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Whether the page itself goes back, to remove the entry of dialogs that were closed otherwise.
    static REMOVES: Cell<bool> = const { Cell::new(false) };
    /// Number of the last dialog.
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Gives an open dialog a history entry; `close` is called on Back and on a change of page, and may keep the dialog's input.
pub(crate) fn close_with_history(is_open: Signal<bool>, close: impl Fn() + Copy + 'static) {
    let own = LAST.get() + 1;
    LAST.set(own);
    let address = StoredValue::new(String::new());
    on_change(
        move || is_open.get(),
        move |is_open| {
            OPEN.with_borrow_mut(|open| {
                open.retain(|other| *other != own);
                open.extend(is_open.then_some(own));
            });
            match (is_open, is_marked()) {
                (true, false) => {
                    address.set_value(hash());
                    push_mark();
                }
                (true, true) => address.set_value(hash()),
                // Another page may have been opened on top.
                (false, true) if top().is_none() => {
                    REMOVES.set(true);
                    go_back();
                }
                (false, _) => {}
            }
        },
    );
    let here = route();
    on_change(move || here.get(), move |_| close_if(is_open, close));
    let popped = move |event: Event| {
        if REMOVES.take() {
            // Another dialog may have opened meanwhile.
            if top().is_some() {
                push_mark();
            }
            return event.stop_immediate_propagation();
        }
        match top() {
            // The entry of a dialog from which another page was opened: nothing is there.
            None if is_marked() => {
                event.stop_immediate_propagation();
                go_back();
            }
            Some(top) if top == own => {
                // The page is the same: its own listeners need not know.
                if address.with_value(|address| *address == hash()) {
                    event.stop_immediate_propagation();
                    keep_entry();
                }
                close();
            }
            None | Some(_) => {}
        }
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

fn top() -> Option<u32> {
    OPEN.with_borrow(|open| open.last().copied())
}

/// Restores the entry for the dialogs below the topmost one, which Back closes.
fn keep_entry() {
    if OPEN.with_borrow(Vec::len) > 1 {
        push_mark();
    }
}

fn history() -> Option<History> {
    window().history().ok()
}

fn go_back() {
    let _ = history().map(|history| history.back());
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
