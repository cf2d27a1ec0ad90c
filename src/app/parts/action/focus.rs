//! Initial keyboard focus of a dialog.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, HtmlTextAreaElement};

/// Focuses the first field or the confirmation field; without either, the title, so that a screen reader starts there.
pub(super) fn focus_first(dialog: &HtmlDialogElement) {
    // The focus stays where it is in the form. When a dialog opens, the browser chooses something in its header.
    let inside = document().active_element().is_some_and(|focused| {
        let within = |selector: &str| focused.closest(selector).is_ok_and(|found| found.is_some());
        within("dialog") && !within("dialog header")
    });
    if inside || !dialog.open() {
        return;
    }
    let fields =
        ["fieldset:enabled :is(input:enabled:not([type=checkbox]), textarea)", "footer input:enabled", "header h2"];
    let first = fields.into_iter().find_map(|fields| dialog.query_selector(fields).ok().flatten());
    // A long text is read from its beginning.
    if let Some(area) = first.as_ref().and_then(|element| element.dyn_ref::<HtmlTextAreaElement>()) {
        let _ = area.set_selection_range(0, 0);
    }
    let first = first.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let _ = first.map(|element| element.focus());
}
