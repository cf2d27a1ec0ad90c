//! Computes the requested rows from the scroll position.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::views::scroll::{ROW_HEIGHT, RowRange, Scale};

use web_sys::HtmlDivElement;

use super::place::AwaitedTop;
use crate::hooks::{OncePerFrame, on_layout, set_if_changed};

/// Range before the box is measured: as many rows as the window could show.
pub(crate) fn initial_range() -> RowRange {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
    RowRange::at(0.0, height, ROW_HEIGHT)
}

/// Updates the range at most once a frame while scrolling.
pub(super) fn update_range(
    scroller: NodeRef<Div>,
    range: RwSignal<RowRange>,
    scale: Memo<Scale>,
    awaited: AwaitedTop,
) -> impl Fn() + Copy + 'static {
    let frame = OncePerFrame::new();
    let row_height = StoredValue::new(ROW_HEIGHT);
    let look = move || {
        frame.ask(move || {
            let (Some(scroller), Some(scale)) = (scroller.try_get_untracked().flatten(), scale.try_get_untracked())
            else {
                return;
            };
            let top = awaited.get().unwrap_or_else(|| scale.row(f64::from(scroller.scroll_top())));
            let seen = RowRange::at(top, f64::from(scroller.client_height()), row_height.get_value());
            set_if_changed(range, seen);
        });
    };
    on_layout(scroller, move || {
        row_height.set_value(
            scroller.get_untracked().and_then(|scroller| styled_row_height(&scroller)).unwrap_or(ROW_HEIGHT),
        );
        look();
    });
    look
}

/// The style sheet's `--row` in pixels: on a narrow window a row may have two lines. Not read at each scroll, which would take a layout.
fn styled_row_height(scroller: &HtmlDivElement) -> Option<f64> {
    let style = window().get_computed_style(scroller).ok()??;
    style.get_property_value("--row").ok()?.trim().strip_suffix("px")?.parse().ok()
}
