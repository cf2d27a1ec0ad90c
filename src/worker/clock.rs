//! The worker's clocks; the core has none of its own.

use mesoscope_core::base::units::Timestamp;
use wasm_bindgen::JsCast;

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// Milliseconds, finer than the time of day tells them, to measure how long something took.
pub(crate) fn millis() -> f64 {
    js_sys::global()
        .dyn_into::<web_sys::WorkerGlobalScope>()
        .ok()
        .and_then(|scope| scope.performance())
        .map_or_else(|| now().as_millis(), |clock| clock.now())
}
