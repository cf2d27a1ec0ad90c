//! The time to the millisecond, waiting, and tasks that go on by themselves.

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;

/// The time, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// So long, or until the next task.
pub(crate) async fn wait(millis: i32) {
    let mut later = |resolve: js_sys::Function, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    };
    let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut later)).await;
}

/// Runs a task that outlives the component that began it: what was sent is heard of, whatever is shown by then.
#[expect(clippy::disallowed_methods, reason = "the one place where a task is given away")]
pub(crate) fn outliving(task: impl Future<Output = ()> + 'static) {
    leptos::task::spawn_local(task);
}
