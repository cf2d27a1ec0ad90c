//! The keyboard in a table: arrows and pages move, Enter opens, `c` copies.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{HtmlDivElement, KeyboardEvent};

use super::lines::Drawn;
use super::{Opens, ROW, Scale};
use crate::ui::widgets::copy;

#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// The number of the row that the keys are about.
    pub(super) active: RwSignal<Option<u32>>,
    pub(super) scroller: NodeRef<Div>,
    pub(super) lines: RwSignal<Vec<Drawn>>,
    pub(super) matched: Memo<u32>,
    pub(super) scale: Memo<Scale>,
    /// What the last key did, for a moment.
    pub(super) said: RwSignal<Option<String>>,
}

impl Keys {
    pub(super) fn pressed(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        // A button in the table has its own use for Enter.
        let own = event.target() == event.current_target();
        match event.key().as_str() {
            "Enter" if own => {
                self.chosen().into_iter().for_each(|opens| drop(window().location().set_hash(&opens.href)))
            }
            "c" if own => self.chosen().into_iter().for_each(|opens| self.copied(&opens.id)),
            key => {
                let Some(next) = self.next(key) else { return };
                event.prevent_default();
                self.active.set(Some(next));
                let _ = self.scroller.get_untracked().map(|scroller| self.reveal(&scroller, next));
            }
        }
    }

    fn chosen(self) -> Option<Opens> {
        let active = self.active.get_untracked()?;
        self.lines.with_untracked(|lines| {
            let mut shown = lines.iter().map(|line| line.value.read_untracked());
            shown.find(|shown| shown.at == active).map(|shown| shown.line.opens.clone())
        })
    }

    /// Copies, and says so for a moment.
    fn copied(self, id: &str) {
        copy(id);
        self.said.set(Some(format!("Copied {id}")));
        set_timeout(move || drop(self.said.try_set(None)), Duration::from_millis(1500));
    }

    /// The row that a key leads to.
    fn next(self, key: &str) -> Option<u32> {
        let last = self.matched.get_untracked().checked_sub(1)?;
        let page = self.scroller.get_untracked().map_or(1, |scroller| rows_of(&scroller) as u32);
        let now = self.active.get_untracked();
        Some(match key {
            "ArrowDown" => now.map_or(0, |row| row.saturating_add(1)).min(last),
            "ArrowUp" => now.map_or(0, |row| row.saturating_sub(1)).min(last),
            "PageDown" => now.unwrap_or(0).saturating_add(page).min(last),
            "PageUp" => now.unwrap_or(0).saturating_sub(page).min(last),
            "Home" => 0,
            "End" => last,
            _ => return None,
        })
    }

    fn reveal(self, scroller: &HtmlDivElement, row: u32) {
        let (scale, row) = (self.scale.get_untracked(), f64::from(row));
        let seen = f64::from(scroller.scroll_top());
        let (top, bottom) = (scale.scroll(row), scale.scroll(row + 1.0 - rows_of(scroller)));
        if top < seen {
            scroller.set_scroll_top(top as i32);
        } else if bottom > seen {
            scroller.set_scroll_top(bottom.ceil() as i32);
        }
    }
}

/// Whole rows that the box shows below its header, which covers the first of its pixels.
fn rows_of(scroller: &HtmlDivElement) -> f64 {
    (f64::from(scroller.client_height()) / ROW - 1.0).floor().max(1.0)
}
