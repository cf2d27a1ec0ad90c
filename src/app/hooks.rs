//! What the page asks of the browser for as long as a scope lasts: events of the window, timers, frames. And what follows a change.
//! Knows nothing of the page itself.

use std::time::Duration;

use leptos::ev::{self, EventDescriptor};
use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use wasm_bindgen::JsCast;

/// After a frame, so that the browser has painted it.
const MOMENT: Duration = Duration::from_millis(4);

/// The time, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// Waits so many milliseconds, or until the next task.
pub(crate) async fn wait(millis: i32) {
    let mut later = |resolve: js_sys::Function, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut later)).await;
}

/// Runs a task that outlives the component that began it: what was sent is heard of, whatever is shown by then.
#[expect(clippy::disallowed_methods, reason = "the one place where a task is given away")]
pub(crate) fn spawn_unscoped(task: impl Future<Output = ()> + 'static) {
    leptos::task::spawn_local(task);
}

/// Calls `react` each time the value has become another. What `react` reads is not followed. For what happens: what can be derived
/// is a `Memo`.
pub(crate) fn on_change<T: PartialEq + 'static>(value: impl Fn() -> T + 'static, react: impl Fn(&T) + 'static) {
    Effect::new(move |before: Option<T>| {
        let now = value();
        if before.is_some_and(|before| before != now) {
            untrack(|| react(&now));
        }
        now
    });
}

/// Calls `react` with the value as it is first, and each time anything that it is made of moves. What `react` reads is not followed.
pub(crate) fn on_update<T: 'static>(value: impl Fn() -> T + 'static, react: impl Fn(T) + 'static) {
    Effect::new(move |_| {
        let now = value();
        untrack(|| react(now));
    });
}

/// Sets a signal that is there, unless it has that value already.
pub(crate) fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
        signal.set(value);
    }
}

/// Calls `heard` at each such event of the window until the scope ends.
pub(crate) fn on_window<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let listener = window_event_listener(event, heard);
    on_cleanup(move || listener.remove());
}

/// Calls `look` when the element is there, and whenever the window's size changes.
pub(crate) fn on_layout(element: NodeRef<Div>, look: impl Fn() + Copy + 'static) {
    on_window(ev::resize, move |_| look());
    Effect::new(move |_| {
        if element.get().is_some() {
            look();
        }
    });
}

/// Calls `tick` again and again until the scope ends.
pub(crate) fn every(period: Duration, tick: impl Fn() + 'static) {
    let timer = set_interval_with_handle(tick, period).ok();
    on_cleanup(move || timer.iter().for_each(IntervalHandle::clear));
}

/// A call to come: a new one takes its place, and none comes once the scope has ended.
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

/// What is drawn in the next frame, once, however often that is asked.
#[derive(Clone, Copy)]
pub(crate) struct Frame(StoredValue<bool>);

impl Frame {
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

/// Whether so much time has passed.
pub(crate) fn has_elapsed(wait: Duration) -> ReadSignal<bool> {
    let due = RwSignal::new(false);
    set_timeout(move || _ = due.try_set(true), wait);
    due.read_only()
}

/// Draws what need not be there in the first frame in a task of its own, once the rest has been painted. A page that came whole
/// would hold up everything else for as long.
pub(crate) fn render_after_paint(draw: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let due = RwSignal::new(false);
    after_paint(move || _ = due.try_set(true));
    (move || due.get().then(&draw)).into_any()
}

/// Does it once what has been changed so far is on screen: what is asked for a frame comes before that is painted. And whatever else
/// waited for that frame comes first.
pub(crate) fn after_paint(action: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(action, MOMENT));
}
