//! The scroll bar beside a file's lines, as an element. What it reports of our own setting it is no news.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::files::scroll_bar::ScrollBarMetrics;
use web_sys::{Element, HtmlElement};

use crate::hooks::Timer;

/// A flick goes on for so long, or until the next touch.
const FLICK: Duration = Duration::from_millis(1500);

/// The bar.
#[derive(Clone, Copy)]
pub(super) struct ScrollBar {
    pub(super) scroller: NodeRef<Div>,
    pub(super) spacer: NodeRef<Div>,
    /// Where it was set to.
    set_to: StoredValue<i32>,
    /// A finger moves the lines.
    touching: StoredValue<bool>,
    flick: Timer,
}

/// How the reader has moved it.
pub(super) enum Moved {
    /// By so many pixels of the lines.
    By(f64),
    /// To a byte; to the end without.
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

    /// The height of the box, once it is there.
    pub(super) fn height(self) -> Option<f64> {
        self.scroller.get_untracked().map(|scroller| f64::from(scroller.client_height()))
    }

    /// Sets it, unless a finger is on it.
    pub(super) fn set(self, bar: ScrollBarMetrics, height: f64) {
        let (Some(scroller), Some(spacer)) = (self.scroller.get_untracked(), self.spacer.get_untracked()) else {
            return;
        };
        let spacer: &HtmlElement = &spacer;
        let _ = spacer.style().set_property("height", &format!("{:.0}px", height + bar.room));
        let _ = scroller.set_attribute("data-at", &format!("{:.0}", bar.at));
        if !self.touching.get_value() && (scroller.scroll_top() - bar.top).abs() > 1 {
            scroller.set_scroll_top(bar.top);
            // Browsers set it to a pixel of the device, which is what they report.
            self.set_to.set_value(scroller.scroll_top());
        }
    }

    /// Scrolls sideways, if an element of the lines is out of sight, so that it comes a third from the left.
    pub(super) fn show_sideways(self, element: &Element) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let (width, outer) = (f64::from(scroller.client_width()), scroller.get_bounding_client_rect());
        let inner = element.get_bounding_client_rect();
        let left = inner.left() - outer.left();
        if left < 0.0 || left + inner.width().min(width) > width {
            scroller.set_scroll_left(scroller.scroll_left() + (left - width / 3.0) as i32);
        }
    }

    /// How the reader has moved it, beside so many bytes; a finger moves the lines and not the bar.
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

    /// A finger is there.
    pub(super) fn touch(self) {
        self.flick.stop();
        self.touching.set_value(true);
    }

    /// The finger has gone; `rest` is called when the lines have come to rest.
    pub(super) fn lift(self, rest: impl FnOnce() + 'static) {
        self.touching.set_value(true);
        self.flick.start(FLICK, move || {
            if self.touching.try_set_value(false).is_none() {
                rest();
            }
        });
    }

    /// Its place on the page is gone.
    pub(super) fn forget(self) {
        self.set_to.try_set_value(0);
    }
}
