//! Router: the address' hash as a `Route`, and navigation.

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::route::Route;
use wasm_bindgen::JsValue;

use super::hooks::{on_window, set_if_changed};

#[derive(Clone, Copy)]
struct Location {
    route: RwSignal<Route>,
    /// Number of navigations by the browser: back, a link, or a typed address.
    led: RwSignal<u32>,
}

/// Starts to follow the address.
pub(crate) fn provide() {
    let here = RwSignal::new(read());
    let led = RwSignal::new(0);
    provide_context(Location { route: here, led });
    on_window(ev::hashchange, move |_| set_if_changed(here, read()));
    on_window(ev::popstate, move |_| {
        here.set(read());
        led.update(|led| *led += 1);
    });
}

fn read() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The current route.
pub(crate) fn route() -> RwSignal<Route> {
    expect_context::<Location>().route
}

/// Counter of navigations that the browser made, not the page.
pub(crate) fn browser_navigations() -> RwSignal<u32> {
    expect_context::<Location>().led
}

/// Navigates with a history entry.
pub(crate) fn push(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}

/// Replaces the current address without a history entry, so that "back" skips each typed letter.
pub(crate) fn replace(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}
