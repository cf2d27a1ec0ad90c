//! Tooltip with the full text of a truncated element.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::hooks::on_window;

/// Elements that may be truncated.
const CUT: &str = "td, th, dd, h1, .crumb, .cluster span, .chip, .axis-row > span";
/// Marks titles that were set here.
const OURS: &str = "data-cut";

/// Starts to observe pointer and focus.
pub(crate) fn provide() {
    on_window(ev::pointerover, |event| reported(&event));
    on_window(ev::focusin, |event| reported(&event));
}

fn reported(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(cell) = target.and_then(|target| target.closest(CUT).ok().flatten()) else { return };
    let is_ours = cell.has_attribute(OURS);
    // An existing title inside is at least as informative.
    let has_title = cell.has_attribute("title") || cell.query_selector("[title]").ok().flatten().is_some();
    if cell.scroll_width() > cell.client_width() && (is_ours || !has_title) {
        let _ = cell.set_attribute("title", cell.text_content().unwrap_or_default().trim());
        let _ = cell.set_attribute(OURS, "");
    } else if is_ours {
        let _ = cell.remove_attribute("title");
        let _ = cell.remove_attribute(OURS);
    }
}
