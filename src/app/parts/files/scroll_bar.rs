//! The scroll bar element of a pane. Scroll events caused by its own setter are ignored.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::files::scroll_bar::ScrollBarMetrics;
use web_sys::{Element, HtmlElement};

use crate::hooks::Timer;

/// Time that a flick continues, unless the next touch ends it.
const FLICK: Duration = Duration::from_millis(1500);

/// The scroll bar.
#[derive(Clone, Copy)]
pub(super) struct ScrollBar {
    pub(super) scroller: NodeRef<Div>,
    pub(super) spacer: NodeRef<Div>,
    /// The value set last.
    set_to: StoredValue<i32>,
    /// Whether a finger is scrolling the lines.
    touching: StoredValue<bool>,
    flick: Timer,
}

/// A move of the scroll bar by the user.
pub(super) enum Moved {
    /// Scrolls the lines by pixels.
    By(f64),
    /// Jumps to a byte; `None` is the end.
    To(Option<u64>),
}

impl ScrollBar {
    pub(super) fn new() -> Self {
        Self {
            scroller: NodeRef::new(),
            spacer: NodeRef::new(),
            set_to: StoredValue::new(0),
            touching: StoredValue::new(false),
            flick: Timer::new(),
        }
    }

    /// Height of the viewport; `None` until mounted.
    pub(super) fn height(self) -> Option<f64> {
        self.scroller.get_untracked().map(|scroller| f64::from(scroller.client_height()))
    }

    /// Sets the scroll bar, unless a finger is on it.
    pub(super) fn set(self, bar: ScrollBarMetrics, height: f64) {
        let (Some(scroller), Some(spacer)) = (self.scroller.get_untracked(), self.spacer.get_untracked()) else {
            return;
        };
        let spacer: &HtmlElement = &spacer;
        let _ = spacer.style().set_property("height", &format!("{:.0}px", height + bar.room));
        let _ = scroller.set_attribute("data-at", &format!("{:.0}", bar.at));
        if !self.touching.get_value() && (scroller.scroll_top() - bar.top).abs() > 1 {
            scroller.set_scroll_top(bar.top);
            // Browsers round to a device pixel and report that value.
            self.set_to.set_value(scroller.scroll_top());
        }
    }

    /// Scrolls an element horizontally into view, at a third from the left.
    pub(super) fn show_sideways(self, element: &Element) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let (width, outer) = (f64::from(scroller.client_width()), scroller.get_bounding_client_rect());
        let inner = element.get_bounding_client_rect();
        let left = inner.left() - outer.left();
        if left < 0.0 || left + inner.width().min(width) > width {
            scroller.set_scroll_left(scroller.scroll_left() + (left - width / 3.0) as i32);
        }
    }

    /// Returns how the user has moved the scroll bar of a file of `size` bytes. Touch scrolls the lines instead of the bar.
    pub(super) fn moved(self, size: u64) -> Option<Moved> {
        let scroller = self.scroller.get_untracked()?;
        let top = scroller.scroll_top();
        let by = top - self.set_to.get_value();
        if by.abs() <= 1 {
            return None;
        }
        self.set_to.set_value(top);
        let room = f64::from(scroller.scroll_height() - scroller.client_height());
        Some(if self.touching.get_value() {
            Moved::By(f64::from(by))
        } else {
            Moved::To(ScrollBarMetrics::moved_to(f64::from(top), room, size))
        })
    }

    /// A touch started.
    pub(super) fn touch(self) {
        self.flick.stop();
        self.touching.set_value(true);
    }

    /// The touch ended; `rest` is called when the lines come to rest.
    pub(super) fn lift(self, rest: impl FnOnce() + 'static) {
        self.touching.set_value(true);
        self.flick.start(FLICK, move || {
            if self.touching.try_set_value(false).is_none() {
                rest();
            }
        });
    }

    /// Resets the scroll bar when the pane is unmounted.
    pub(super) fn forget(self) {
        self.set_to.try_set_value(0);
    }
}
