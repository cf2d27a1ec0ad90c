//! Charts as small as a word or a line of text. Hidden from screen readers, since their figures are beside them.

use leptos::prelude::*;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::text::overview;
use web_sys::{Element, PointerEvent};

use crate::clock::time_of_day;

/// Size of the drawing.
const WIDE: f64 = 100.0;
const HIGH: f64 = 24.0;

/// A time in milliseconds, and the value at that time.
pub(crate) type Point = (f64, f64);

/// Where a chart's vertical axis begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// At zero, so that heights compare as the values do.
    Zero,
    /// At the least value: a counter of millions shows how it grows. The area below is not filled, and the caller says the range.
    Least,
}

/// Line through points; empty below two points.
#[component]
pub(crate) fn Sparkline(axis: Axis, #[prop(into)] points: Signal<Vec<Point>>) -> impl IntoView {
    let line = Memo::new(move |_| points.with(|points| path(points, axis.range(points)?)));
    let below = move |line: &str| (axis == Axis::Zero).then(|| view! { <path class="below" d=area(line)/> });
    move || {
        let line = line.get()?;
        Some(view! {
            <svg class="spark" viewBox=VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
                {below(&line)}
                <path d=line.clone()/>
            </svg>
        })
    }
}

/// Path of the area between a line and the lower edge.
fn area(line: &str) -> String {
    format!("{line}V{HIGH}H0Z")
}

const VIEW_BOX: &str = "0 -1 100 26";

/// How a trend is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrendForm {
    /// One line, from zero.
    Line,
    /// Lines of shares from 0 to 1, over a common range from zero.
    Shares,
    /// A bar for each value, from zero.
    Bars,
}

/// Chart of a fixed height over a line of text: the caption, or the values under the pointer. All lines have the same times.
#[component]
pub(crate) fn Trend(
    form: TrendForm,
    #[prop(into)] lines: Signal<Vec<Vec<Point>>>,
    #[prop(into)] caption: Signal<String>,
    /// Text of the values of all lines at one time.
    values: fn(&[f64]) -> String,
) -> impl IntoView {
    let pointed = RwSignal::new(None::<f64>);
    let moved = move |event: PointerEvent| {
        let wide = event_target::<Element>(&event).get_bounding_client_rect();
        pointed.set(Some((f64::from(event.client_x()) - wide.left()) / wide.width().max(1.0)));
    };
    let below = move || {
        let at = pointed.get().and_then(|ratio| lines.with(|lines| nearest(lines, ratio)));
        at.map_or_else(
            || caption.get(),
            |(at, all)| overview::value_at(&values(&all), &time_of_day(Timestamp::from_millis(at))()),
        )
    };
    view! {
        <span class="trend-chart" on:pointermove=moved on:pointerleave=move |_| pointed.set(None)>
            <svg class="spark" data-form=matches!(form, TrendForm::Bars).then_some("bars") viewBox=VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
                {move || lines.with(|lines| drawing(form, lines))}
            </svg>
        </span>
        <small>{below}</small>
    }
}

fn drawing(form: TrendForm, lines: &[Vec<Point>]) -> AnyView {
    let line = |points: &Vec<Point>, range: (f64, f64), has_area: bool| {
        let line = path(points, range)?;
        let below = has_area.then(|| view! { <path class="below" d=area(&line)/> });
        Some(view! { <g>{below}<path d=line.clone()/></g> }.into_any())
    };
    match form {
        TrendForm::Line => {
            lines.iter().map(|points| line(points, Axis::Zero.range(points)?, true)).collect_view().into_any()
        }
        TrendForm::Shares => {
            let top = highest_share(lines);
            lines.iter().map(|points| line(points, (0.0, top), false)).collect_view().into_any()
        }
        TrendForm::Bars => lines.first().map(|points| view! { <g><path class="bars" d=bars(points)/></g> }).into_any(),
    }
}

/// Time and values of the samples nearest to a relative position.
fn nearest(lines: &[Vec<Point>], ratio: f64) -> Option<(f64, Vec<f64>)> {
    let points = lines.first()?;
    let (first, last) = (points.first()?.0, points.last()?.0);
    let wanted = first + (last - first) * ratio.clamp(0.0, 1.0);
    let distance = |point: &Point| (point.0 - wanted).abs();
    let (at, point) = points.iter().enumerate().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))?;
    Some((point.0, lines.iter().map(|points| points.get(at).map_or(0.0, |point| point.1)).collect()))
}

/// Least and greatest value.
pub(crate) fn extremes(points: &[Point]) -> Option<(f64, f64)> {
    let values = || points.iter().map(|point| point.1).filter(|value| value.is_finite());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    (low <= high).then_some((low, high))
}

impl Axis {
    /// Lower and upper end of the axis.
    fn range(self, points: &[Point]) -> Option<(f64, f64)> {
        let (low, high) = extremes(points)?;
        Some(match self {
            Self::Zero => (low.min(0.0), high.max(0.0)),
            Self::Least => (low, high),
        })
    }
}

/// The next quarter above all shares, so that the scale rarely changes.
fn highest_share(lines: &[Vec<Point>]) -> f64 {
    let highest = lines.iter().filter_map(|points| extremes(points)).map(|(_, high)| high).fold(0.0, f64::max);
    (highest * 4.0).ceil().max(1.0) / 4.0
}

/// Path of a line within a range of values.
fn path(points: &[Point], (floor, top): (f64, f64)) -> Option<String> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    if points.len() < 2 || last <= first {
        return None;
    }
    let x = |at: f64| (at - first) / (last - first) * WIDE;
    let y = |value: f64| if top > floor { HIGH - (value - floor) / (top - floor) * HIGH } else { HIGH - 1.0 };
    let steps = points.iter().filter(|point| point.1.is_finite());
    let steps: Vec<String> = steps.map(|(at, value)| format!("{:.1} {:.1}", x(*at), y(*value))).collect();
    (!steps.is_empty()).then(|| format!("M{}", steps.join("L")))
}

/// Path of bars from zero, which fill the width. A value that is not zero has a height that can be seen.
fn bars(points: &[Point]) -> String {
    let high = extremes(points).map_or(1.0, |(_, high)| high.max(1.0));
    let step = WIDE / points.len().max(1) as f64;
    let bar = |(at, point): (usize, &Point)| {
        let tall = if point.1 > 0.0 { (point.1 / high * HIGH).max(2.0) } else { 0.5 };
        format!("M{:.2},{HIGH}v-{tall:.1}h{:.2}v{tall:.1}z", at as f64 * step, step * 0.75)
    };
    points.iter().enumerate().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn drawn(axis: Axis, points: &[Point]) -> Option<String> {
        path(points, axis.range(points)?)
    }

    #[wasm_bindgen_test]
    fn a_line_fills_its_box() {
        assert_eq!(
            drawn(Axis::Zero, &[(0.0, 1.0), (5.0, 3.0), (10.0, 2.0)]).as_deref(),
            Some("M0.0 16.0L50.0 0.0L100.0 8.0")
        );
        assert_eq!(drawn(Axis::Zero, &[(0.0, 0.0), (1.0, 0.0)]).as_deref(), Some("M0.0 23.0L100.0 23.0"));
    }

    #[wasm_bindgen_test]
    fn a_small_change_of_a_large_number_is_small() {
        let points = [(0.0, 967.0), (1.0, 965.0)];
        assert_eq!(drawn(Axis::Zero, &points).as_deref(), Some("M0.0 0.0L100.0 0.0"));
        assert_eq!(drawn(Axis::Least, &points).as_deref(), Some("M0.0 0.0L100.0 24.0"));
        assert_eq!(drawn(Axis::Zero, &[(0.0, -2.0), (1.0, 2.0)]).as_deref(), Some("M0.0 24.0L100.0 0.0"));
    }

    #[wasm_bindgen_test]
    fn of_too_little_there_is_no_line() {
        assert_eq!(drawn(Axis::Zero, &[]), None);
        assert_eq!(drawn(Axis::Zero, &[(1.0, 1.0)]), None);
        assert_eq!(drawn(Axis::Zero, &[(0.0, f64::NAN), (1.0, f64::NAN)]), None);
    }

    #[wasm_bindgen_test]
    fn shares_have_a_scale_of_quarters() {
        assert_eq!(highest_share(&[vec![(0.0, 0.21)], vec![(0.0, 0.26)]]), 0.5);
        assert_eq!(highest_share(&[]), 0.25);
    }

    #[wasm_bindgen_test]
    fn bars_begin_at_zero() {
        assert_eq!(bars(&[(0.0, 0.0), (1.0, 4.0)]), "M0.00,24v-0.5h37.50v0.5zM50.00,24v-24.0h37.50v24.0z");
    }
}
