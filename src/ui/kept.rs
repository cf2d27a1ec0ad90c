//! What the browser keeps until next time, where it lets anything be kept; otherwise it lasts as long as the page.

use leptos::prelude::window;

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under that name.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(&format!("mesoscope.{name}")).ok().flatten()
}

/// Keeps it, or, if there is nothing to keep, forgets.
pub(crate) fn keep(name: &str, value: Option<&str>) {
    let name = format!("mesoscope.{name}");
    let _ = storage().map(|storage| match value {
        Some(value) => storage.set_item(&name, value),
        None => storage.remove_item(&name),
    });
}
