//! Short names of the browser's time zone, such as `EST`, from its `Intl`.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use js_sys::Intl::DateTimeFormat;
use js_sys::{Array, Date, Object, Reflect};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::base::wall_clock::WallTime;
use wasm_bindgen::JsValue;

/// English locales with names of their own regions' zones; elsewhere each of them has `GMT+9` and the like.
const LOCALES: [&str; 6] = ["en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "en-ZA"];

thread_local! {
    static FORMATS: OnceCell<Vec<DateTimeFormat>> = const { OnceCell::new() };
    /// Names by offset and year: a zone has one name for an offset in a year.
    static NAMES: RefCell<BTreeMap<(i64, i64), String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Name of the browser's zone at a moment, when it is `east` seconds east of UTC: `EST`, `CET`, `UTC+9`.
pub(super) fn local(at: Timestamp, east: i64) -> String {
    let year = WallTime::at(at, east).date().0;
    NAMES.with(|names| names.borrow_mut().entry((east, year)).or_insert_with(|| find(at)).clone())
}

fn find(at: Timestamp) -> String {
    let date = Date::new(&at.as_millis().into());
    FORMATS.with(|formats| {
        let formats = formats.get_or_init(|| LOCALES.into_iter().map(format).collect());
        let mut names = formats.iter().filter_map(|format| name(format, &date));
        let first = names.next().unwrap_or_default();
        let own = std::iter::once(first.clone()).chain(names).find(|name| !name.starts_with("GMT") || name == "GMT");
        own.unwrap_or_else(|| first.replacen("GMT", "UTC", 1))
    })
}

fn format(locale: &str) -> DateTimeFormat {
    let options = Object::new();
    let _ = Reflect::set(&options, &"timeZoneName".into(), &"short".into());
    DateTimeFormat::new(&Array::of1(&locale.into()), &options)
}

fn name(format: &DateTimeFormat, date: &Date) -> Option<String> {
    let text = |part: &JsValue, name: &str| Reflect::get(part, &name.into()).ok()?.as_string();
    let parts = format.format_to_parts(date);
    let part = parts.iter().find(|part| text(part, "type").as_deref() == Some("timeZoneName"))?;
    text(&part, "value")
}
