//! The page's clock: one coarse `now` for all ages, and times in the reader's own zone.

use std::time::Duration;

use leptos::prelude::*;
use mesoscope::text;
use mesoscope::units::Timestamp;

#[derive(Clone, Copy)]
struct Now(RwSignal<Timestamp>);

/// Starts the clock.
pub(crate) fn provide() {
    let now = RwSignal::new(read());
    provide_context(Now(now));
    set_interval(move || now.set(read()), Duration::from_secs(1));
}

/// The time, to the second.
pub(crate) fn now() -> Timestamp {
    expect_context::<Now>().0.get()
}

/// A function that tells the time, for closures that run where there is no context.
pub(crate) fn now_signal() -> RwSignal<Timestamp> {
    expect_context::<Now>().0
}

fn read() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}

/// The time of day, as `21:12:04`, in the reader's zone.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    let date = date(at);
    format!("{:02}:{:02}:{:02}", date.get_hours(), date.get_minutes(), date.get_seconds())
}

/// A time as `2026-11-22 21:12:04.123`, in the reader's zone.
pub(crate) fn local(at: Timestamp) -> String {
    let date = date(at);
    let day = format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date());
    format!("{day} {}.{:03}", time_of_day(at), date.get_milliseconds())
}

/// A time for machines to read, as `2026-11-22T21:12:04.000Z`.
pub(crate) fn utc(at: Timestamp) -> String {
    date(at).to_iso_string().into()
}

/// The day, as `2026-11-22`, in the reader's zone.
pub(crate) fn today() -> String {
    let date = date(read());
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&at.as_millis().into())
}

/// How long ago, with the exact local time beside it.
#[component]
pub(crate) fn Ago(at: Timestamp) -> impl IntoView {
    let exact = date(at);
    let now = now_signal();
    let iso = exact.to_iso_string().as_string().unwrap_or_default();
    let local = exact.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED).as_string().unwrap_or_default();
    view! { <time datetime=iso title=local>{move || format!("{} ago", text::age(now.get().since(at)))}</time> }
}
