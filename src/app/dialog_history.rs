//! History entry of open dialogs: Back closes the topmost one and keeps the page, and a change of page closes them.
//!
//! All open dialogs share one entry, so that a dialog may open another one.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, History};

use crate::hooks::on_change;
use crate::router::route;

/// State of the dialogs' history entry while one is open, followed by the state of the page's own entry below it.
const OPENED: &str = "dialog ";
/// Its state once all are closed. Going back would remove the entry, but only some time later: a link that is followed until
/// then would be undone.
const CLOSED: &str = "closed ";

thread_local! {
    /// Numbers of the open dialogs, the topmost last.
    static OPEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// The page's own entry and its address, while the entry of closed dialogs above it is the current one.
    static BELOW: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    /// States of pages whose entry of closed dialogs was passed on the way back: it is passed once more on the way forward.
    static PASSED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    /// Number of the last dialog.
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Gives an open dialog a history entry; `close` is called on Back and on a change of page, and may keep the dialog's input.
pub(crate) fn close_with_history(is_open: Signal<bool>, close: impl Fn() + Copy + 'static) {
    let own = LAST.get() + 1;
    LAST.set(own);
    // After a reload, none is open.
    if top().is_none() {
        mark_closed();
    }
    let address = StoredValue::new(String::new());
    on_change(
        move || is_open.get(),
        move |is_open| {
            OPEN.with_borrow_mut(|open| {
                open.retain(|other| *other != own);
                open.extend(is_open.then_some(own));
            });
            if *is_open {
                address.set_value(hash());
                mark_opened();
            } else if top().is_none() {
                mark_closed();
            }
        },
    );
    let here = route();
    on_change(move || here.get(), move |_| close_if(is_open, close));
    let popped = move |event: Event| {
        let below = BELOW.take();
        match (top(), mark()) {
            // The entry of closed dialogs: the page would not change.
            (None, Some(page)) => {
                event.stop_immediate_propagation();
                pass_closed(page);
            }
            // The page's own entry, from there.
            (None, None) if below.is_some_and(|below| below == (state(), hash())) => {
                event.stop_immediate_propagation();
                go_back();
            }
            (Some(top), _) if top == own => {
                // The page is the same: its own listeners need not know.
                if address.with_value(|address| *address == hash()) {
                    event.stop_immediate_propagation();
                    keep_entry();
                }
                close();
            }
            _ => {}
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
        mark_opened();
    }
}

/// Makes the current entry that of open dialogs, or adds one above the page's own, with the same address.
fn mark_opened() {
    BELOW.set(None);
    let Some(history) = history() else { return };
    let _ = match mark() {
        Some(page) => history.replace_state(&JsValue::from_str(&format!("{OPENED}{page}")), ""),
        None => {
            PASSED.with_borrow_mut(|passed| passed.remove(&state()));
            history.push_state(&JsValue::from_str(&format!("{OPENED}{}", state())), "")
        }
    };
}

/// Goes on in the direction in which the entry of closed dialogs was reached.
fn pass_closed(page: String) {
    let is_forward = PASSED.with_borrow_mut(|passed| passed.remove(&page) || !passed.insert(page));
    if is_forward { go_forward() } else { go_back() }
}

/// Makes the current entry that of closed dialogs. Another page may have been opened on top of it.
fn mark_closed() {
    let (Some(history), Some(page)) = (history(), mark()) else { return };
    let _ = history.replace_state(&JsValue::from_str(&format!("{CLOSED}{page}")), "");
    BELOW.set(Some((page, hash())));
}

/// State of the page's own entry, if the current one is that of dialogs.
fn mark() -> Option<String> {
    let state = state();
    state.strip_prefix(OPENED).or_else(|| state.strip_prefix(CLOSED)).map(str::to_owned)
}

/// State of the current entry as a text; the router's is a number.
fn state() -> String {
    let state = history().and_then(|history| history.state().ok()).unwrap_or_default();
    state.as_string().or_else(|| state.as_f64().map(|entry| entry.to_string())).unwrap_or_default()
}

fn history() -> Option<History> {
    window().history().ok()
}

fn go_back() {
    let _ = history().map(|history| history.back());
}

fn go_forward() {
    let _ = history().map(|history| history.forward());
}

fn hash() -> String {
    window().location().hash().unwrap_or_default()
}
