//! Where the reader is: the address' hash as a `Route`, and ways to go elsewhere.

use leptos::ev;
use leptos::prelude::*;
use mesoscope::route::Route;
use wasm_bindgen::JsValue;

#[derive(Clone, Copy)]
struct Here(RwSignal<Route>);

/// Begins to follow the address.
pub(crate) fn provide() {
    let here = RwSignal::new(read());
    provide_context(Here(here));
    let follow = move |_| {
        let route = read();
        if here.get_untracked() != route {
            here.set(route);
        }
    };
    let _ = window_event_listener(ev::hashchange, follow);
    let _ = window_event_listener(ev::popstate, move |_| here.set(read()));
}

fn read() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// Where the reader is.
pub(crate) fn route() -> RwSignal<Route> {
    expect_context::<Here>().0
}

/// Goes elsewhere, so that "back" leads here.
pub(crate) fn push(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}

/// The same place, said more exactly: "back" does not lead through every letter that was typed.
pub(crate) fn replace(here: RwSignal<Route>, route: Route) {
    let _ = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&route.to_string())));
    here.set(route);
}
