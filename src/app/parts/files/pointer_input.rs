//! Pointer, keyboard and clipboard input of a pane.

use leptos::prelude::*;
use mesoscope_core::files::scroll_bar::LINE_HEIGHT;
use mesoscope_core::files::viewport::ScrollAnchor;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, Node, Range, WheelEvent};

use super::scroll::Scroller;

impl Scroller {
    pub(super) fn wheel(self, event: &WheelEvent) {
        // The browser handles horizontal scrolling and zoom.
        if event.ctrl_key() || event.shift_key() || event.delta_x().abs() > event.delta_y().abs() {
            return;
        }
        event.prevent_default();
        let page = self.bar.height().unwrap_or(400.0);
        self.by(match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * LINE_HEIGHT,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * page,
            _ => event.delta_y(),
        });
    }

    /// Handles a scroll key; returns whether the key was one.
    pub(super) fn pressed(self, event: &KeyboardEvent) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let page = self.bar.height().unwrap_or(400.0) - 2.0 * LINE_HEIGHT;
        match event.key().as_str() {
            "ArrowDown" => self.by(2.0 * LINE_HEIGHT),
            "ArrowUp" => self.by(-2.0 * LINE_HEIGHT),
            "PageDown" => self.by(page),
            " " => self.by(if event.shift_key() { -page } else { page }),
            "PageUp" => self.by(-page),
            "Home" => self.go(ScrollAnchor::Line(0, 0.0)),
            "End" => self.go(ScrollAnchor::End),
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// Returns the selected text as the file has it: original times, hidden bytes included, no line numbers.
    ///
    /// A hex selection returns the octets, the letters, or each as its own block.
    pub(super) fn selected(self) -> Option<String> {
        let selection = window().get_selection().ok().flatten().filter(|selection| !selection.is_collapsed())?;
        let sheet = self.renderer.sheet.get_untracked()?;
        let range = selection.get_range_at(0).ok()?;
        if !sheet.contains(Some(&range.common_ancestor_container().ok()?)) {
            return None;
        }
        let lines = sheet.query_selector_all(".line").ok()?;
        let lines = (0..lines.length()).filter_map(|nth| lines.item(nth)?.dyn_into::<Element>().ok());
        let lines = lines.filter(|line| selection.contains_node_with_allow_partial_containment(line, true) == Ok(true));
        if self.options.with_untracked(|options| options.hex) {
            let parts = |line: &Element| {
                let part = |class: &str| within(&range, &line.query_selector(class).ok().flatten()?);
                [".octets", ".letters"]
                    .iter()
                    .filter_map(|class| part(class))
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join("  ")
            };
            return Some(lines.map(|line| parts(&line)).collect::<Vec<_>>().join("\n"));
        }
        let mut bytes = Vec::new();
        lines.for_each(|line| bytes.extend(self.selected_of(&line, &range).unwrap_or_default()));
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn selected_of(self, line: &Element, range: &Range) -> Option<Vec<u8>> {
        let reported = |name: &str| line.get_attribute(name).and_then(|text| text.parse::<u64>().ok());
        let key = self.key(reported("data-file").unwrap_or(0) as usize, reported("data-at")?);
        let bytes = self.with_rows(|rows| Some(rows.bytes(key)?.to_vec()))?;
        let text = line.query_selector(".text").ok().flatten()?;
        // Length in bytes of the line's text before a selection boundary.
        let before = |node: &Node, offset: u32| {
            let part = document().create_range().ok()?;
            part.set_start(&text, 0).ok()?;
            part.set_end(node, offset).ok()?;
            Some(String::from(part.to_string()).len())
        };
        let (from, to) = (range.start_container().ok()?, range.end_container().ok()?);
        let start = if line.contains(Some(&from)) { before(&from, range.start_offset().ok()?)? } else { 0 };
        let all = self.options.with_untracked(|options| options.all);
        let start = self.with_rows(|rows| rows.byte_of(key, start, true, all))?;
        if !line.contains(Some(&to)) {
            return bytes.get(start..).map(<[u8]>::to_vec);
        }
        let end = before(&to, range.end_offset().ok()?)?;
        let end = if end == 0 { 0 } else { self.with_rows(|rows| rows.byte_of(key, end, false, all))? };
        bytes.get(start..end.max(start)).map(<[u8]>::to_vec)
    }
}

/// The selected part of an element's text.
fn within(range: &Range, element: &Element) -> Option<String> {
    let part = document().create_range().ok()?;
    part.select_node_contents(element).ok()?;
    let (from, to) = (range.start_container().ok()?, range.end_container().ok()?);
    if part.compare_point(&from, range.start_offset().ok()?) == Ok(0) {
        part.set_start(&from, range.start_offset().ok()?).ok()?;
    }
    if part.compare_point(&to, range.end_offset().ok()?) == Ok(0) {
        part.set_end(&to, range.end_offset().ok()?).ok()?;
    }
    let is_in = range.intersects_node(element) == Ok(true);
    is_in.then(|| String::from(part.to_string()))
}
