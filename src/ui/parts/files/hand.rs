//! What the reader's hand does to a file's lines: the wheel, keys and fingers move them, and what is selected is copied.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, WheelEvent};

use super::scroll::{HEIGHT, Sight, Spot};

impl Sight {
    pub(super) fn touch(self, is_down: bool) {
        if is_down {
            self.touching.set_value(true);
            return;
        }
        // A flick goes on for a while.
        set_timeout(
            move || {
                if self.touching.try_set_value(false).is_none() {
                    self.draw_soon();
                }
            },
            Duration::from_millis(1500),
        );
    }

    pub(super) fn wheel(self, event: &WheelEvent) {
        // Sideways, and to zoom, it is the browser's.
        if event.ctrl_key() || event.shift_key() || event.delta_x().abs() > event.delta_y().abs() {
            return;
        }
        event.prevent_default();
        let page = self.scroller.get_untracked().map_or(400.0, |scroller| f64::from(scroller.client_height()));
        self.by(match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * HEIGHT,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * page,
            _ => event.delta_y(),
        });
    }

    /// Whether the key was one that moves.
    pub(super) fn pressed(self, event: &KeyboardEvent) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let page =
            self.scroller.get_untracked().map_or(400.0, |scroller| f64::from(scroller.client_height())) - 2.0 * HEIGHT;
        match event.key().as_str() {
            "ArrowDown" => self.by(2.0 * HEIGHT),
            "ArrowUp" => self.by(-2.0 * HEIGHT),
            "PageDown" => self.by(page),
            " " => self.by(if event.shift_key() { -page } else { page }),
            "PageUp" => self.by(-page),
            "Home" => self.go(Spot::Line(0, 0.0)),
            "End" => self.go(Spot::End),
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// What is selected, as the file has it: without numbers, and lines of theirs joined where they were cut.
    pub(super) fn selected(self) -> Option<String> {
        let selection = window().get_selection().ok().flatten().filter(|selection| !selection.is_collapsed())?;
        let sheet = self.sheet.get_untracked()?;
        let range = selection.get_range_at(0).ok()?;
        if !sheet.contains(Some(&range.common_ancestor_container().ok()?)) {
            return None;
        }
        let lines = sheet.query_selector_all(".line").ok()?;
        let mut text = String::new();
        for line in (0..lines.length()).filter_map(|nth| lines.item(nth)?.dyn_into::<web_sys::Element>().ok()) {
            if !selection.contains_node_with_allow_partial_containment(&line, true).unwrap_or(false) {
                continue;
            }
            let part = document().create_range().ok()?;
            part.select_node_contents(&line).ok()?;
            let (from, to) = (range.start_container().ok()?, range.end_container().ok()?);
            if line.contains(Some(&from)) {
                part.set_start(&from, range.start_offset().ok()?).ok()?;
            }
            let is_last = line.contains(Some(&to));
            if is_last {
                part.set_end(&to, range.end_offset().ok()?).ok()?;
            }
            text.push_str(&String::from(part.to_string()));
            if !is_last && !line.has_attribute("data-cut") {
                text.push('\n');
            }
        }
        Some(text)
    }
}
