//! Named time zones from the browser's `Intl`: the page carries no zone database.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Date, Function, Object, Reflect};
use mesoscope_core::actions::calendar::zones::Zones;
use mesoscope_core::base::units::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

/// Formatters by zone; `None` for a zone the browser does not know.
#[derive(Default)]
pub(super) struct BrowserZones(RefCell<BTreeMap<String, Option<Function>>>);

impl Zones for BrowserZones {
    fn offset(&self, zone: &str, at: Timestamp) -> Option<i64> {
        let mut formatters = self.0.borrow_mut();
        let format = formatters.entry(zone.to_owned()).or_insert_with(|| formatter(zone)).as_ref()?;
        let second = at.0.div_euclid(1_000_000_000);
        let parts = format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(second as f64 * 1e3)).ok()?;
        let mut numbers = BTreeMap::new();
        for part in parts.dyn_into::<Array>().ok()?.iter() {
            let text = |name: &str| Reflect::get(&part, &name.into()).ok().and_then(|value| value.as_string());
            numbers.extend(text("type").zip(text("value").and_then(|value| value.parse::<u32>().ok())));
        }
        let number = |name: &str| numbers.get(name).copied();
        // `Date.UTC` counts months from 0 and maps years below 100 to the 1900s; no window is that old.
        let local = Date::utc(f64::from(number("year")?), f64::from(number("month")?) - 1.0)
            + f64::from(number("day")? - 1) * 86_400_000.0
            + f64::from(number("hour")? * 3600 + number("minute")? * 60 + number("second")?) * 1e3;
        Some((local / 1e3) as i64 - second)
    }
}

/// `new Intl.DateTimeFormat("en-US", …).formatToParts`; the constructor throws for an unknown zone.
fn formatter(zone: &str) -> Option<Function> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let options = Object::new();
    for (name, value) in [
        ("timeZone", zone),
        ("calendar", "gregory"),
        ("numberingSystem", "latn"),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "numeric"),
        ("day", "numeric"),
        ("hour", "numeric"),
        ("minute", "numeric"),
        ("second", "numeric"),
    ] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let class: Function = get(&get(&js_sys::global(), "Intl")?, "DateTimeFormat")?.dyn_into().ok()?;
    let format = Reflect::construct(&class, &Array::of2(&"en-US".into(), &options)).ok()?;
    let parts: Function = get(&format, "formatToParts")?.dyn_into().ok()?;
    Some(parts.bind0(&format))
}

/// The browser's own zone, such as `Europe/Berlin`.
pub(super) fn browser_zone() -> Option<String> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let class: Function = get(&get(&js_sys::global(), "Intl")?, "DateTimeFormat")?.dyn_into().ok()?;
    let format = Reflect::construct(&class, &Array::new()).ok()?;
    let options: Function = get(&format, "resolvedOptions")?.dyn_into().ok()?;
    get(&options.call0(&format).ok()?, "timeZone")?.as_string()
}
