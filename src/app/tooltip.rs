//! A text that is cut for want of room says all of it when it is pointed at.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::hooks::on_window;

/// What may be cut.
const CUT: &str = "td, th, dd, h1, .crumb, .cluster span, .chip, .axis-row > span";
/// Marks a title that is given here.
const OURS: &str = "data-cut";

/// Begins to watch the pointer and the focus.
pub(crate) fn provide() {
    on_window(ev::pointerover, |event| reported(&event));
    on_window(ev::focusin, |event| reported(&event));
}

fn reported(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(cell) = target.and_then(|target| target.closest(CUT).ok().flatten()) else { return };
    let is_ours = cell.has_attribute(OURS);
    // A title inside says it already, or more.
    let has_title = cell.has_attribute("title") || cell.query_selector("[title]").ok().flatten().is_some();
    if cell.scroll_width() > cell.client_width() && (is_ours || !has_title) {
        let _ = cell.set_attribute("title", cell.text_content().unwrap_or_default().trim());
        let _ = cell.set_attribute(OURS, "");
    } else if is_ours {
        let _ = cell.remove_attribute("title");
        let _ = cell.remove_attribute(OURS);
    }
}
