//! Draws a file's lines: once a frame at most, and news less often still.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope_core::files::viewport::RowBox;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::rows::{FileRow, RenderOptions, RenderedLines};
use crate::hooks::{Frame, now};

/// Milliseconds from one time that news is drawn to the next.
const EVERY: f64 = 100.0;

/// What draws the lines.
#[derive(Clone, Copy)]
pub(super) struct Renderer {
    pub(super) sheet: NodeRef<Div>,
    rows: StoredValue<Option<RenderedLines>, LocalStorage>,
    frame: Frame,
    /// When news was drawn last, in milliseconds.
    drawn: StoredValue<f64>,
}

impl Renderer {
    pub(super) fn new() -> Self {
        Self {
            sheet: NodeRef::new(),
            rows: StoredValue::new_local(None),
            frame: Frame::new(),
            drawn: StoredValue::new(0.0),
        }
    }

    /// Calls it in the next frame, however often that is asked.
    pub(super) fn soon(self, draw: impl FnOnce() + 'static) {
        self.frame.ask(draw);
    }

    /// Calls it for news: ten times a second where the end is followed, since nobody reads faster, and each time costs every line on
    /// screen.
    pub(super) fn in_time(self, follows: bool, draw: impl FnOnce() + 'static) {
        let now = now().as_millis();
        let wait = self.drawn.get_value() + EVERY - now;
        if !follows || wait <= 0.0 {
            self.drawn.set_value(now);
            self.soon(draw);
        } else if wait <= EVERY {
            // Where it is longer, another is on its way already.
            self.drawn.set_value(now + wait);
            set_timeout(move || self.soon(draw), Duration::from_millis(wait as u64));
        }
    }

    /// Draws just these rows, and measures them; nothing where there is no place for them.
    pub(super) fn draw(self, rows: &[FileRow], options: &RenderOptions, lives: u64) -> Vec<RowBox> {
        let Some(sheet) = self.sheet.get_untracked() else { return Vec::new() };
        let draw = |drawn: &mut Option<RenderedLines>| {
            let drawn = drawn.get_or_insert_with(|| RenderedLines::new(sheet.unchecked_into::<HtmlElement>()));
            drawn.draw(rows, options, now(), lives);
            drawn.measure()
        };
        self.rows.try_update_value(draw).unwrap_or_default()
    }

    /// Moves the rows up by so many pixels.
    pub(super) fn shift(self, pixels: f64) {
        let sheet = self.sheet.get_untracked();
        let _ = sheet.map(|sheet| {
            let sheet: &HtmlElement = &sheet;
            sheet.style().set_property("transform", &format!("translateY({:.2}px)", -pixels))
        });
    }

    /// What is drawn.
    pub(super) fn with_rows<T>(self, of: impl FnOnce(&RenderedLines) -> Option<T>) -> Option<T> {
        self.rows.try_with_value(|rows| rows.as_ref().and_then(of)).flatten()
    }

    /// Nothing is drawn any more.
    pub(super) fn forget(self) {
        self.rows.try_set_value(None);
    }
}
