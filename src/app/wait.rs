//! The time to the millisecond, and waiting.

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;

/// The time, to the millisecond.
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
