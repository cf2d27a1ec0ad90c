//! Keyboard control of the tree of containers: arrows move, expand and collapse; Enter shows details.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::state::{ContainerPanel, ContainerPath};

/// Selector of the rows of containers, without their details.
const ROWS: &str = "tr[data-row]";

impl ContainerPanel {
    /// Handles a key on the row itself; elements within handle their own.
    pub(super) fn pressed(self, event: &KeyboardEvent, path: &ContainerPath, has_inside: bool) {
        let row = event.current_target().and_then(|row| row.dyn_into::<Element>().ok());
        let is_own = event.target() == event.current_target();
        let (Some(row), true) = (row, is_own && !event.alt_key() && !event.ctrl_key() && !event.meta_key()) else {
            return;
        };
        let is_collapsed = self.collapsed.with_untracked(|collapsed| collapsed.contains(path));
        match event.key().as_str() {
            "ArrowUp" => focus(beside(&row, -1)),
            "ArrowDown" => focus(beside(&row, 1)),
            "Home" => focus(rows(&row).first().cloned()),
            "End" => focus(rows(&row).last().cloned()),
            "ArrowRight" if has_inside && is_collapsed => self.set_collapsed(path, false),
            "ArrowRight" => focus(beside(&row, 1)),
            "ArrowLeft" if has_inside && !is_collapsed => self.set_collapsed(path, true),
            "ArrowLeft" => focus(around(&row)),
            "Enter" => self.toggle(path),
            _ => return,
        }
        event.prevent_default();
    }

    pub(super) fn set_collapsed(self, path: &ContainerPath, is_collapsed: bool) {
        self.collapsed.update(|collapsed| {
            if is_collapsed {
                collapsed.insert(path.clone());
            } else {
                collapsed.remove(path);
            }
        });
    }

    /// Shows the details of a container, or hides them.
    pub(super) fn toggle(self, path: &ContainerPath) {
        self.open.update(|open| {
            if !open.remove(path) {
                open.insert(path.clone());
            }
        });
    }
}

fn rows(row: &Element) -> Vec<Element> {
    let list = row.parent_element().and_then(|body| body.query_selector_all(ROWS).ok());
    let nodes = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}

fn beside(row: &Element, step: isize) -> Option<Element> {
    let all = rows(row);
    let at = all.iter().position(|other| other == row)?;
    all.get(at.checked_add_signed(step)?).cloned()
}

/// The nearest row above with a lower level.
fn around(row: &Element) -> Option<Element> {
    let level = |row: &Element| row.get_attribute("aria-level").and_then(|level| level.parse::<usize>().ok());
    let (all, own) = (rows(row), level(row)?);
    let at = all.iter().position(|other| other == row)?;
    all.get(..at)?.iter().rev().find(|other| level(other).is_some_and(|level| level < own)).cloned()
}

fn focus(row: Option<Element>) {
    let _ = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()).map(|row| row.focus());
}
