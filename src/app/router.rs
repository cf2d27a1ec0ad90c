//! Where the reader is: the address' hash as a `Route`, and ways to go elsewhere.

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::route::Route;
use wasm_bindgen::JsValue;

use super::hooks::{on_window, set_if_changed};

#[derive(Clone, Copy)]
struct Location {
    route: RwSignal<Route>,
    /// How often the browser led here by itself: by "back", a link, or what was typed into its address bar.
    led: RwSignal<u32>,
}

/// Begins to follow the address.
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

/// Where the reader is.
pub(crate) fn route() -> RwSignal<Route> {
    expect_context::<Location>().route
}

/// Moves when the browser led somewhere by itself, and not the page.
pub(crate) fn browser_navigations() -> RwSignal<u32> {
    expect_context::<Location>().led
}

/// Goes elsewhere, so that "back" leads here.
pub(crate) fn push(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}

/// Replaces the current address by one that says the place more exactly: "back" does not lead through every letter that was typed.
pub(crate) fn replace(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}
