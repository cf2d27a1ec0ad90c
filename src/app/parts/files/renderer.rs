//! Draws a file's lines, at most once a frame; redraws for new data are throttled further.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::files::viewport::RowBox;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::rows::{FileRow, RenderOptions, RenderedLines};
use crate::hooks::{OncePerFrame, now};

/// Minimum milliseconds between two redraws for new data.
const EVERY: f64 = 100.0;

/// Schedules and performs the drawing of lines.
#[derive(Clone, Copy)]
pub(super) struct Renderer {
    pub(super) sheet: NodeRef<Div>,
    rows: StoredValue<Option<RenderedLines>, LocalStorage>,
    frame: OncePerFrame,
    /// Time of the last redraw for new data, in milliseconds.
    drawn: StoredValue<f64>,
}

impl Renderer {
    pub(super) fn new() -> Self {
        Self {
            sheet: NodeRef::new(),
            rows: StoredValue::new_local(None),
            frame: OncePerFrame::new(),
            drawn: StoredValue::new(0.0),
        }
    }

    /// Calls `draw` in the next frame, once for any number of requests.
    pub(super) fn soon(self, draw: impl FnOnce() + 'static) {
        self.frame.ask(draw);
    }

    /// Calls `draw` for new data, at most ten times a second while following: each redraw costs time for every visible line.
    pub(super) fn in_time(self, follows: bool, draw: impl FnOnce() + 'static) {
        let now = now().as_millis();
        let wait = self.drawn.get_value() + EVERY - now;
        if !follows || wait <= 0.0 {
            self.drawn.set_value(now);
            self.soon(draw);
        } else if wait <= EVERY {
            // A longer wait means that a redraw is already scheduled.
            self.drawn.set_value(now + wait);
            set_timeout(move || self.soon(draw), Duration::from_millis(wait as u64));
        }
    }

    /// Draws these rows and returns their boxes; empty if the pane is not mounted.
    pub(super) fn draw(self, rows: &[FileRow], options: &RenderOptions, lives: u64) -> Vec<RowBox> {
        let Some(sheet) = self.sheet.get_untracked() else { return Vec::new() };
        let draw = |drawn: &mut Option<RenderedLines>| {
            let drawn = drawn.get_or_insert_with(|| RenderedLines::new(sheet.unchecked_into::<HtmlElement>()));
            drawn.draw(rows, options, now(), lives);
            drawn.measure()
        };
        self.rows.try_update_value(draw).unwrap_or_default()
    }

    /// Moves the rows up by a number of pixels.
    pub(super) fn shift(self, pixels: f64) {
        let sheet = self.sheet.get_untracked();
        let _ = sheet.map(|sheet| {
            let sheet: &HtmlElement = &sheet;
            sheet.style().set_property("transform", &format!("translateY({:.2}px)", -pixels))
        });
    }

    /// Reads from the drawn rows.
    pub(super) fn with_rows<T>(self, of: impl FnOnce(&RenderedLines) -> Option<T>) -> Option<T> {
        self.rows.try_with_value(|rows| rows.as_ref().and_then(of)).flatten()
    }

    /// Clears the drawn rows.
    pub(super) fn forget(self) {
        self.rows.try_set_value(None);
    }
}
