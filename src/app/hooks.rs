//! Browser hooks bound to a reactive scope: window events, timers, frames and change handlers.
//!
//! Knows nothing of the page.

use std::time::Duration;

use leptos::ev::{self, EventDescriptor};
use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use wasm_bindgen::JsCast;

/// Delay after a frame, so that the browser has painted it.
const MOMENT: Duration = Duration::from_millis(4);

/// Current time, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// Waits a number of milliseconds; 0 yields to the next task.
pub(crate) async fn wait(millis: i32) {
    let mut later = |resolve: js_sys::Function, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut later)).await;
}

/// Spawns a task that outlives its component: the result of a write must be processed whatever page is shown.
#[expect(clippy::disallowed_methods, reason = "the one place where a task is given away")]
pub(crate) fn spawn_unscoped(task: impl Future<Output = ()> + 'static) {
    leptos::task::spawn_local(task);
}

/// Calls `react` each time the value changes; reads in `react` are untracked. For side effects only: derived values are a `Memo`.
pub(crate) fn on_change<T: PartialEq + 'static>(value: impl Fn() -> T + 'static, react: impl Fn(&T) + 'static) {
    Effect::new(move |before: Option<T>| {
        let now = value();
        if before.is_some_and(|before| before != now) {
            untrack(|| react(&now));
        }
        now
    });
}

/// Calls `react` with the initial value and after each update of its sources; reads in `react` are untracked.
pub(crate) fn on_update<T: 'static>(value: impl Fn() -> T + 'static, react: impl Fn(T) + 'static) {
    Effect::new(move |_| {
        let now = value();
        untrack(|| react(now));
    });
}

/// Sets a signal if it still exists and its value differs.
pub(crate) fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
        signal.set(value);
    }
}

/// Calls `heard` for each such window event until the scope ends.
pub(crate) fn on_window<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let listener = window_event_listener(event, heard);
    on_cleanup(move || listener.remove());
}

/// Calls `look` when the element is mounted, and at each resize of the window.
pub(crate) fn on_layout(element: NodeRef<Div>, look: impl Fn() + Copy + 'static) {
    on_window(ev::resize, move |_| look());
    Effect::new(move |_| {
        if element.get().is_some() {
            look();
        }
    });
}

/// Calls `tick` periodically until the scope ends.
pub(crate) fn every(period: Duration, tick: impl Fn() + 'static) {
    let timer = set_interval_with_handle(tick, period).ok();
    on_cleanup(move || timer.iter().for_each(IntervalHandle::clear));
}

/// Whether the focus is in a field, whose keys are text.
pub(crate) fn is_typing() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| {
        element.dyn_ref::<web_sys::HtmlInputElement>().is_some_and(|input| input.type_() != "checkbox")
            || element.has_type::<web_sys::HtmlTextAreaElement>()
            || element.tag_name() == "SELECT"
    })
}

/// A timeout that a new one replaces; cancelled when the scope ends.
#[derive(Clone, Copy)]
pub(crate) struct Timer(StoredValue<Option<TimeoutHandle>>);

impl Timer {
    pub(crate) fn new() -> Self {
        let timer = Self(StoredValue::new(None));
        on_cleanup(move || timer.stop());
        timer
    }

    pub(crate) fn start(self, wait: Duration, call: impl FnOnce() + 'static) {
        self.stop();
        self.0.try_set_value(set_timeout_with_handle(call, wait).ok());
    }

    pub(crate) fn stop(self) {
        self.0.try_update_value(|timer| timer.take().iter().for_each(TimeoutHandle::clear));
    }
}

/// Coalesces draw requests into one per frame.
#[derive(Clone, Copy)]
pub(crate) struct OncePerFrame(StoredValue<bool>);

impl OncePerFrame {
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(false))
    }

    pub(crate) fn ask(self, draw: impl FnOnce() + 'static) {
        if self.0.try_update_value(|waits| std::mem::replace(waits, true)) == Some(false) {
            request_animation_frame(move || {
                if self.0.try_set_value(false).is_none() {
                    draw();
                }
            });
        }
    }
}

/// Becomes true after a delay.
pub(crate) fn has_elapsed(wait: Duration) -> ReadSignal<bool> {
    let due = RwSignal::new(false);
    set_timeout(move || _ = due.try_set(true), wait);
    due.read_only()
}

/// Renders in a later task, after the first frame was painted: a page rendered at once would block everything else.
pub(crate) fn render_after_paint(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let due = RwSignal::new(false);
    after_paint(move || _ = due.try_set(true));
    (move || due.get().then(&draw)).into_any()
}

/// Runs an action after the current changes are painted and other tasks of that frame have run: frame callbacks run before the
/// paint.
pub(crate) fn after_paint(action: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(action, MOMENT));
}
