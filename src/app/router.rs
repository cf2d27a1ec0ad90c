//! Router: the address' hash as a `Route`, navigation, and what a page keeps for a return to a history entry.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::route::Route;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::hooks::{now, on_window, set_if_changed};

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
    arrive();
    on_window(ev::hashchange, move |_| show(here, read()));
    on_window(ev::popstate, move |_| {
        leave();
        arrive();
        show(here, read());
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
    leave();
    let entry = entries(HistoryEntries::begin);
    let _ = window().history().and_then(|history| history.push_state_with_url(&entry, "", Some(&route.to_string())));
    show(here, route);
}

/// Shows a route. What has the focus on another page loses it first, while the signals of its handlers are still there: an element that
/// is removed loses the focus, too.
fn show(here: RwSignal<Route>, route: Route) {
    if here.with_untracked(|before| before.page() != route.page()) {
        let focused =
            document().active_element().filter(|focused| focused.closest("main").is_ok_and(|main| main.is_some()));
        let _ = focused.and_then(|focused| focused.dyn_into::<HtmlElement>().ok()).map(|focused| focused.blur());
    }
    set_if_changed(here, route);
}

/// Replaces the current address without a history entry, so that "back" skips each typed letter.
pub(crate) fn replace(here: RwSignal<Route>, route: Route) {
    let entry = entries(|entries| {
        entries.forget();
        JsValue::from_f64(entries.current)
    });
    let _ = window().history().and_then(|history| history.replace_state_with_url(&entry, "", Some(&route.to_string())));
    here.set(route);
}

/// What a page kept under that name when it left the current history entry; `None` at the first visit. Each is returned once.
pub(crate) fn returned<T: Any + Clone>(name: &'static str) -> Option<T> {
    entries(|entries| entries.take(name))?.downcast_ref::<T>().cloned()
}

/// Keeps the value under that name whenever a history entry is left, until the scope ends.
pub(crate) fn keep_on_leave<T: Any>(name: &'static str, value: impl Fn() -> Option<T> + 'static) {
    let read = Rc::new(move || value().map(|value| Rc::new(value) as Kept));
    let number = entries(|entries| entries.add(name, read));
    on_cleanup(move || entries(|entries| entries.keepers.retain(|keeper| keeper.number != number)));
}

/// Keeps what the page wants to keep for a return to the current entry.
fn leave() {
    let keepers = entries(|entries| entries.keepers.clone());
    let kept: Vec<_> = keepers.iter().filter_map(|keeper| Some((keeper.name, (keeper.read)()?))).collect();
    entries(|entries| entries.keep(kept));
}

/// Reads the id of the entry that the browser has gone to; a new entry gets one.
fn arrive() {
    let Ok(history) = window().history() else { return };
    match history.state().ok().and_then(|state| entry_of(&state)) {
        Some(entry) => entries(|entries| entries.current = entry),
        None => _ = history.replace_state(&entries(HistoryEntries::begin), ""),
    }
}

/// Id of an entry. That of dialogs has a state that ends with the id of the page's own.
fn entry_of(state: &JsValue) -> Option<f64> {
    state.as_f64().or_else(|| state.as_string()?.rsplit(' ').next()?.parse().ok())
}

thread_local! {
    static ENTRIES: RefCell<HistoryEntries> = RefCell::default();
}

fn entries<T>(of: impl FnOnce(&mut HistoryEntries) -> T) -> T {
    ENTRIES.with_borrow_mut(of)
}

type Kept = Rc<dyn Any>;

/// Reads what to keep while its page is shown.
#[derive(Clone)]
struct Keeper {
    number: u32,
    name: &'static str,
    read: Rc<dyn Fn() -> Option<Kept>>,
}

/// Number of kept values; older ones are dropped.
const MOST: usize = 60;

/// Values of this tab's history entries, in memory only.
#[derive(Default)]
struct HistoryEntries {
    /// Id of the current entry, which `history.state` holds too.
    current: f64,
    kept: VecDeque<(f64, &'static str, Kept)>,
    keepers: Vec<Keeper>,
    last: u32,
}

impl HistoryEntries {
    fn add(&mut self, name: &'static str, read: Rc<dyn Fn() -> Option<Kept>>) -> u32 {
        self.last += 1;
        self.keepers.push(Keeper { number: self.last, name, read });
        self.last
    }

    fn take(&mut self, name: &str) -> Option<Kept> {
        let at = self.kept.iter().position(|(entry, of, _)| *entry == self.current && *of == name)?;
        self.kept.remove(at).map(|(.., kept)| kept)
    }

    fn keep(&mut self, all: Vec<(&'static str, Kept)>) {
        let entry = self.current;
        self.forget();
        self.kept.extend(all.into_iter().map(|(name, kept)| (entry, name, kept)));
        let surplus = self.kept.len().saturating_sub(MOST);
        self.kept.drain(..surplus);
    }

    fn forget(&mut self) {
        let entry = self.current;
        self.kept.retain(|(of, ..)| *of != entry);
    }

    /// Begins an entry with a new id, which no entry of this tab has, also after a reload.
    fn begin(&mut self) -> JsValue {
        self.current = (self.current + 1.0).max(now().as_millis());
        JsValue::from_f64(self.current)
    }
}
