//! Keys of a terminal that do not go to its program: Ctrl+Shift with a letter, which no terminal can send.

use leptos::prelude::*;
use mesoscope_core::text::terminal as words;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::session::session;
use super::tab::TabId;
use super::tabs::tab_id;
use crate::widgets::copy::copy;

/// Handles a key; returns whether it has a meaning here.
pub(super) fn handle(id: TabId, event: &KeyboardEvent) -> bool {
    match event.key().as_str() {
        "x" | "X" => leave(id),
        "c" | "C" => copy_selection(id),
        "f" | "F" => search(id),
        _ => return false,
    }
    true
}

/// Moves the focus from the terminal to its tab.
fn leave(id: TabId) {
    let tab = document().get_element_by_id(&tab_id(id)).and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
    let _ = tab.map(|tab| tab.focus());
}

/// Copies the selected text and says so.
pub(super) fn copy_selection(id: TabId) {
    let Some(session) = session(id) else { return };
    let text = session.emulator.selection();
    if text.is_empty() {
        return session.say(words::NOTHING_SELECTED);
    }
    copy(&text, move |is_copied| session.say(if is_copied { words::COPIED } else { words::NOT_COPIED }));
}

fn search(id: TabId) {
    if let Some(session) = session(id) {
        session.show_search();
    }
}
