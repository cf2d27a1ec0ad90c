//! Keyboard control of a table.
//!
//! Arrows and page keys move, Enter opens, Ctrl+C copies the id or cell, with Shift the row. Space selects; the menu key opens the
//! row's menu; letters go to the filter.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDivElement, HtmlElement, KeyboardEvent};

use super::active::ActiveRow;
use super::rendered_rows::RenderedRow;
use super::row_view::has_text_selection;
use crate::widgets::copy::copy;
use crate::widgets::grid::column::RowModel;
use crate::widgets::grid::column_choice::ColumnChoice;
use crate::widgets::grid::marks::Marks;
use crate::widgets::menu::ROW_MENU;
use mesoscope_core::views::scroll::Scale;

#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// The active row.
    pub(super) active: ActiveRow,
    /// Index of the active cell; `None` for the whole row.
    pub(super) column: RwSignal<Option<usize>>,
    pub(super) marks: Option<Marks>,
    pub(super) choice: ColumnChoice,
    pub(super) scroller: NodeRef<Div>,
    pub(super) rows: RwSignal<Vec<RenderedRow>>,
    pub(super) matched: Memo<u32>,
    pub(super) scale: Memo<Scale>,
    /// Result of the last key, shown for a moment.
    pub(super) said: RwSignal<Option<String>>,
}

impl Keys {
    pub(super) fn pressed(self, event: &KeyboardEvent) {
        let (command, key) = (event.ctrl_key() || event.meta_key(), event.key());
        if event.alt_key() {
            return;
        }
        if command {
            if key.eq_ignore_ascii_case("c") && !has_text_selection() {
                self.copy(event);
            }
            return;
        }
        // A button in the table handles Enter itself.
        let own = event.target() == event.current_target();
        match key.as_str() {
            "Enter" if own => {
                let leads = self.chosen().map(|row| row.opens.href).filter(|href| !href.is_empty());
                leads.into_iter().for_each(|href| drop(window().location().set_hash(&href)));
            }
            " " if own && self.marks.is_some() => {
                event.prevent_default();
                let row = self.chosen();
                self.marks.into_iter().zip(row).for_each(|(marks, row)| marks.toggle(&row));
            }
            "ArrowLeft" | "ArrowRight" if own => {
                event.prevent_default();
                self.across(key == "ArrowRight");
            }
            "ContextMenu" if own => self.open_menu(event),
            "F10" if own && event.shift_key() => self.open_menu(event),
            "Escape" => self.column.set(None),
            key => {
                let Some(next) = self.next(key) else { return };
                event.prevent_default();
                self.active.set(next);
                let _ = self.scroller.get_untracked().map(|scroller| self.reveal(&scroller, next));
            }
        }
    }

    /// Opens the menu of the active row, if rows have one, and moves the focus there.
    fn open_menu(self, event: &KeyboardEvent) {
        let row = untrack(|| self.active.get()).and_then(|row| document().get_element_by_id(&format!("row-{row}")));
        let button = row.and_then(|row| row.query_selector("[popovertarget]").ok().flatten());
        let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) else { return };
        event.prevent_default();
        button.click();
        let panel = document().get_element_by_id(ROW_MENU).and_then(|panel| panel.dyn_into::<HtmlElement>().ok());
        panel.into_iter().for_each(|panel| _ = panel.focus());
    }

    fn chosen(self) -> Option<RowModel> {
        let active = untrack(|| self.active.get())?;
        self.rows.with_untracked(|rows| {
            let mut shown = rows.iter().map(|row| row.state.read_untracked());
            shown.find(|shown| shown.at == active).map(|shown| shown.row.clone())
        })
    }

    /// Moves between cells; moving back from the first one returns to the row.
    fn across(self, forward: bool) {
        let last = untrack(|| self.choice.heads()).len().saturating_sub(1);
        self.column.update(|column| {
            *column = match *column {
                None if forward => Some(0),
                Some(at) if forward => Some((at + 1).min(last)),
                None | Some(0) => None,
                Some(at) => Some(at - 1),
            };
        });
    }

    /// Copies and reports that for a moment.
    fn copy(self, event: &KeyboardEvent) {
        let Some(row) = self.chosen() else { return };
        event.prevent_default();
        let shown = untrack(|| self.choice.heads());
        let says = |at: usize| row.says.get(at).cloned().unwrap_or_default();
        let (text, what) = match self.column.get_untracked().and_then(|column| shown.get(column)) {
            _ if event.shift_key() => {
                (shown.iter().map(|(at, _)| says(*at)).collect::<Vec<_>>().join("\t"), "the row".to_owned())
            }
            Some((at, _)) => (says(*at), says(*at)),
            None => (row.opens.id.clone(), row.opens.id.clone()),
        };
        let said = self.said;
        copy(&text, move |is_copied| {
            let words =
                if is_copied { format!("Copied {what}") } else { "The browser does not let the page copy".to_owned() };
            said.try_set(Some(words));
            set_timeout(move || drop(said.try_set(None)), Duration::from_millis(1500));
        });
    }

    /// Row that a navigation key leads to.
    fn next(self, key: &str) -> Option<u32> {
        let last = self.matched.get_untracked().checked_sub(1)?;
        let height = self.scroller.get_untracked().map_or(0.0, |scroller| f64::from(scroller.client_height()));
        let page = self.scale.get_untracked().rows_in(height) as u32;
        let now = untrack(|| self.active.get());
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
        let rows = scale.rows_in(f64::from(scroller.client_height()));
        let (top, bottom) = (scale.scroll(row), scale.scroll(row + 1.0 - rows));
        if top < seen {
            scroller.set_scroll_top(top as i32);
        } else if bottom > seen {
            scroller.set_scroll_top(bottom.ceil() as i32);
        }
    }
}
