//! Sparkline, as small as a word. Hidden from screen readers, since its figures are beside it.

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::text;
use web_sys::{Element, PointerEvent};

use crate::clock::time_of_day;

/// Size of the drawing.
const WIDE: f64 = 100.0;
const HIGH: f64 = 24.0;

/// Line through points of milliseconds and value; empty below two points. With `scale`, a caption shows the range or the value
/// under the pointer.
#[component]
pub(crate) fn Sparkline(#[prop(into)] points: Signal<Vec<(f64, f64)>>, #[prop(optional)] scale: bool) -> impl IntoView {
    let line = Memo::new(move |_| points.with(|points| path(points)));
    let pointed = RwSignal::new(None::<f64>);
    let says = move || points.with(|points| said(points, pointed.get()));
    let moved = move |event: PointerEvent| {
        let wide = event_target::<Element>(&event).get_bounding_client_rect();
        pointed.set(Some((f64::from(event.client_x()) - wide.left()) / wide.width().max(1.0)));
    };
    let caption = scale.then_some(move || line.read().is_some().then(|| view! { <small class="dim">{says}</small> }));
    let drawing = move || {
        let line = line.get()?;
        Some(view! {
            <svg class="spark" on:pointermove=moved on:pointerleave=move |_| pointed.set(None) viewBox=format!("0 -1 {WIDE} {}", HIGH + 2.0) preserveAspectRatio="none" aria-hidden="true">
                <path class="below" d=format!("{line}V{HIGH}H0Z")/>
                <path d=line.clone()/>
            </svg>
        })
    };
    view! { {drawing}{caption} }
}

/// Caption: value and time at a relative position, or without one the minimum, maximum and duration.
fn said(points: &[(f64, f64)], at: Option<f64>) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let count = |value: f64| text::count(value.max(0.0) as u64);
    if let Some(at) = at {
        let wanted = first.0 + (last.0 - first.0) * at.clamp(0.0, 1.0);
        let near = points.iter().min_by(|a, b| (a.0 - wanted).abs().total_cmp(&(b.0 - wanted).abs())).unwrap_or(last);
        return format!("{} at {}", count(near.1), time_of_day(Timestamp::from_millis(near.0))());
    }
    let values = || points.iter().map(|point| point.1);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let span = text::age(Timestamp::from_millis(last.0).since(Timestamp::from_millis(first.0)));
    if low == high { format!("steady for {span}") } else { format!("{}–{} in {span}", count(low), count(high)) }
}

/// Path from the minimum, or zero if that is near, to the maximum.
fn path(points: &[(f64, f64)]) -> Option<String> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    let values = || points.iter().map(|point| point.1).filter(|value| value.is_finite());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if points.len() < 2 || last <= first || low > high {
        return None;
    }
    let floor = if low > 0.0 && low < high / 2.0 { 0.0 } else { low };
    let x = |at: f64| (at - first) / (last - first) * WIDE;
    let y = |value: f64| if high > floor { HIGH - (value - floor) / (high - floor) * HIGH } else { HIGH - 1.0 };
    let steps = points.iter().filter(|point| point.1.is_finite());
    let steps: Vec<String> = steps.map(|(at, value)| format!("{:.1} {:.1}", x(*at), y(*value))).collect();
    Some(format!("M{}", steps.join("L")))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_line_fills_its_box() {
        assert_eq!(path(&[(0.0, 1.0), (5.0, 3.0), (10.0, 2.0)]).as_deref(), Some("M0.0 16.0L50.0 0.0L100.0 8.0"));
        assert_eq!(path(&[(0.0, 0.0), (1.0, 0.0)]).as_deref(), Some("M0.0 23.0L100.0 23.0"));
    }

    #[wasm_bindgen_test]
    fn of_too_little_there_is_no_line() {
        assert_eq!(path(&[]), None);
        assert_eq!(path(&[(1.0, 1.0)]), None);
        assert_eq!(path(&[(0.0, f64::NAN), (1.0, f64::NAN)]), None);
    }
}
