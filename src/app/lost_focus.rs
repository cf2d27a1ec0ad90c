//! Keeps the keyboard focus in a list when the row that had it is removed: without this, the browser forgets where the user was.
//!
//! Remembers the place of the focused row, not its element: a table may be drawn again as a whole.

use std::cell::RefCell;

use js_sys::Array;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, FocusEvent, HtmlElement, MutationObserver, MutationObserverInit};

use crate::hooks::on_window;
use crate::widgets::menu::ROW_MENU;

/// A focused element within a row, and the place of the row.
struct FocusedRow {
    element: Element,
    /// Address of the page.
    hash: String,
    /// Label of the panel with the table; `None` outside of panels.
    panel: Option<String>,
    /// Whether the table is a grid, which itself has the focus.
    is_grid: bool,
    /// Index of the row in the panel.
    row: usize,
    /// Index of the cell in the row.
    cell: usize,
}

thread_local! {
    static FOCUSED: RefCell<Option<FocusedRow>> = const { RefCell::new(None) };
    /// Id of the menu that had the focus last; `None` once something else has it, other than a dialog.
    static MENU: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Starts to follow the focus.
pub(crate) fn provide() {
    on_window(ev::focusin, |event: FocusEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        // A menu or a dialog that was opened from a row belongs to it.
        let Some(element) = target else { return };
        let around = |selector: &str| element.closest(selector).ok().flatten();
        if let Some(menu) = around("[popover]") {
            MENU.set(Some(menu.id()));
        } else if around("dialog").is_none() {
            MENU.set(None);
            FOCUSED.set(focused_row(element));
        }
    });
    // Some browsers report nothing when a focused element is removed, and others do so before it is gone.
    on_window(ev::focusout, |_: FocusEvent| check_later());
    let Some(body) = document().body() else { return };
    let changed = Closure::<dyn FnMut(Array)>::new(|_: Array| {
        if FOCUSED.with_borrow(|focused| focused.as_ref().is_some_and(|row| !row.element.is_connected())) {
            check_later();
        }
    });
    let what = MutationObserverInit::new();
    what.set_child_list(true);
    what.set_subtree(true);
    if let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) {
        let _ = observer.observe_with_options(&body, &what);
    }
    changed.forget();
}

/// Gives the focus back to the row or menu from which a dialog was opened, or to what is in its place: the row there, the button
/// that reopens a hidden dialog, the heading.
pub(crate) fn restore_after_dialog() {
    request_animation_frame(|| {
        if !is_lost() {
            return;
        }
        let element = FOCUSED.with_borrow(|focused| focused.as_ref().map(|row| row.element.clone()));
        let element = element.filter(|element| element.is_connected());
        focus(menu_button().or(element));
        check();
        if is_lost() {
            let found = |selector: &str| document().query_selector(selector).ok().flatten();
            focus(found(".act-back:last-of-type").or_else(|| found("main h1")));
        }
    });
}

/// The button of the menu that had the focus before the dialog.
fn menu_button() -> Option<Element> {
    let id = MENU.with_borrow(Clone::clone)?;
    let buttons = document().query_selector(&format!("[popovertarget=\"{id}\"]")).ok().flatten();
    buttons.filter(|_| id != ROW_MENU)
}

fn check_later() {
    request_animation_frame(check);
}

/// Moves the focus if its row is gone. An element that is still there has lost it because of the user.
fn check() {
    if !is_lost() {
        return;
    }
    let Some(row) = FOCUSED.take() else { return };
    let is_here = window().location().hash().is_ok_and(|hash| hash == row.hash);
    if is_here && !row.element.is_connected() {
        focus(in_its_place(&row));
    }
}

/// Whether nothing has the focus. A dialog has it while it is open; a closed one still seems to until the next frame is drawn.
fn is_lost() -> bool {
    let is_open = document().query_selector("dialog[open]").is_ok_and(|open| open.is_some());
    let is_closed = |active: &Element| active.closest("dialog:not([open])").is_ok_and(|dialog| dialog.is_some());
    !is_open && document().active_element().is_none_or(|active| active.tag_name() == "BODY" || is_closed(&active))
}

fn focused_row(element: Element) -> Option<FocusedRow> {
    let panel = panel_of(&element);
    let row = outermost_row(&element)?;
    let is_grid = row.closest(".grid").ok().flatten().is_some();
    let cells = all(&row, ":scope > *");
    let cell = cells.iter().position(|cell| cell.contains(Some(&element))).unwrap_or_default();
    // Details below a row are part of it.
    let is_detail = row.class_list().contains("more");
    let own = if is_detail { row.previous_element_sibling().unwrap_or(row) } else { row };
    let at = if is_grid { 0 } else { rows(panel.as_ref()).iter().position(|other| *other == own).unwrap_or_default() };
    let hash = window().location().hash().unwrap_or_default();
    let label = panel.and_then(|panel| panel.get_attribute("aria-label"));
    Some(FocusedRow { element, hash, panel: label, is_grid, row: at, cell })
}

fn in_its_place(row: &FocusedRow) -> Option<Element> {
    let page = || document().query_selector("main").ok().flatten();
    let heading = || page().and_then(|page| page.query_selector("h1").ok().flatten());
    if row.is_grid {
        return page().and_then(|page| page.query_selector(".grid").ok().flatten()).or_else(heading);
    }
    let has_label = |panel: &Element| panel.get_attribute("aria-label") == row.panel;
    let panel = page().and_then(|page| all(&page, "section[aria-label]").into_iter().find(has_label));
    let rows = rows(panel.as_ref());
    let next = rows.get(row.row.min(rows.len().saturating_sub(1)));
    let table = || panel.as_ref().and_then(|panel| panel.query_selector("[tabindex='0']").ok().flatten());
    next.and_then(|next| focusable(next, row.cell)).or_else(table).or_else(heading)
}

/// The row itself, or the control in that cell, or the first one.
fn focusable(row: &Element, cell: usize) -> Option<Element> {
    const CONTROLS: &str = "button, a[href], input";
    if row.has_attribute("tabindex") {
        return Some(row.clone());
    }
    let of_cell = || all(row, ":scope > *").get(cell)?.query_selector(CONTROLS).ok().flatten();
    of_cell().or_else(|| row.query_selector(CONTROLS).ok().flatten())
}

fn panel_of(element: &Element) -> Option<Element> {
    element.closest("section[aria-label]").ok().flatten()
}

/// Rows of the panel's tables, without details of rows and tables within rows.
fn rows(panel: Option<&Element>) -> Vec<Element> {
    let rows = panel.map(|panel| all(panel, "tbody tr:not(.more)")).unwrap_or_default();
    rows.into_iter().filter(|row| outermost_row(row).as_ref() == Some(row)).collect()
}

fn outermost_row(element: &Element) -> Option<Element> {
    let around = |row: &Element| row.parent_element().and_then(|parent| parent.closest("tbody tr").ok().flatten());
    std::iter::successors(element.closest("tbody tr").ok().flatten(), around).last()
}

fn all(within: &Element, selector: &str) -> Vec<Element> {
    let list = within.query_selector_all(selector).ok();
    let nodes = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}

fn focus(element: Option<Element>) {
    let _ = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()).map(|element| element.focus());
}
