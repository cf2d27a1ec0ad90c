//! Clocks of the worker; the core has none.

use mesoscope_core::base::units::Timestamp;
use wasm_bindgen::JsCast;

/// Current time.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// Monotonic milliseconds with sub-millisecond precision, for durations.
pub(crate) fn millis() -> f64 {
    js_sys::global()
        .dyn_into::<web_sys::WorkerGlobalScope>()
        .ok()
        .and_then(|scope| scope.performance())
        .map_or_else(|| now().as_millis(), |clock| clock.now())
}
