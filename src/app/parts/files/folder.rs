//! Directory listing as a table: folders first by default, with a text filter.

use leptos::ev;
use leptos::prelude::*;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::FileKind;
use std::sync::Arc;

use mesoscope_core::base::units::Bytes;
use mesoscope_core::files::directory::Directory;
use mesoscope_core::files::entry::{DirEntry, permissions};
use mesoscope_core::text;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

use super::save::save_icon;
use crate::clock::{Ago, AgoByAgentClock};
use crate::hooks::on_window;
use crate::parts::files::viewer_context::ViewerContext;
use crate::widgets::copy::Copy;
use crate::widgets::filter::FilterBox;
use crate::widgets::grid::Grid;
use crate::widgets::grid::column::{Column, Order, RowLink, RowWindow};
use crate::widgets::grid::column_choice::{ColumnChoice, column_menu};
use crate::widgets::grid::row_range::initial_range;
use mesoscope_core::views::scroll::RowRange;

/// A directory entry with its link.
#[derive(Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) entry: DirEntry,
    /// `None` for a pipe, a device or a socket, which must not be opened.
    pub(crate) href: Option<String>,
    pub(crate) target: Target,
}

static COLUMNS: [Column<Item>; 8] = [
    Column::words("name", "Name", "auto", Some("auto"), |item: &Item| {
        if item.entry.is_folder { format!("{}/", item.entry.name) } else { item.entry.name.clone() }
    })
    .drawn(|item| {
        let slash = if item.entry.is_folder { "/" } else { "" };
        let name = item.entry.name.clone();
        match item.href.clone() {
            Some(href) => view! { <a href=href title=name.clone()>{name.clone()}{slash}</a> }.into_any(),
            None => view! { <span title=name.clone()>{name.clone()}</span> }.into_any(),
        }
    }),
    Column::figures("size", "Size", "110px", Some("84px"), |item: &Item| {
        match item.entry.kind() {
            FileKind::Directory => return String::new(),
            FileKind::Regular => {}
            other => return text::objects::file_kind(other).to_owned(),
        }
        let (number, unit) = text::bytes(Bytes::new(i64::try_from(item.entry.size).unwrap_or(i64::MAX)));
        format!("{number} {unit}")
    }),
    Column::words("modified", "Changed", "140px", Some("92px"), |item: &Item| {
        item.entry.modified.map(|at| at.0.to_string()).unwrap_or_default()
    })
    .drawn(|item| {
        let changed = |at| match item.target.clone() {
            Target::Agent(agent) => view! { <span class="dim"><AgoByAgentClock agent at/></span> }.into_any(),
            Target::Master => view! { <span class="dim"><Ago at/></span> }.into_any(),
        };
        item.entry.modified.map(changed).into_any()
    }),
    Column::words("mode", "Mode", "120px", None, |item: &Item| permissions(item.entry.mode()))
        .drawn(|item| view! { <span class="mono dim">{permissions(item.entry.mode())}</span> }.into_any()),
    Column::words("owner", "Owner", "100px", None, |item: &Item| item.entry.owner.clone()),
    Column::words("group", "Group", "100px", None, |item: &Item| item.entry.group.clone()),
    Column::words("get", "", "96px", Some("44px"), |item: &Item| item.entry.path().to_owned()).drawn(|item| {
        let path = item.entry.path().to_owned();
        let save = item.href.as_ref().map(|_| save_icon(item.target.clone(), path.clone(), item.entry.is_folder));
        view! { <span class="id">{save}<Copy text=Signal::stored(path) label="the path" in_table=true/></span> }
            .into_any()
    }),
    Column::figures("links", "Links", "70px", None, |item: &Item| item.entry.links.to_string()).hidden_by_default(),
];

/// Renders the table. `tools` are placed beside the filter; `up` is the link to the parent folder.
pub(crate) fn folder(
    entries: Signal<Arc<Directory>>,
    item: Callback<DirEntry, Item>,
    path: Signal<String>,
    up: Signal<Option<String>>,
    (tools, notice): (ViewFn, ViewFn),
    around: ViewerContext,
) -> AnyView {
    let range = RwSignal::new(initial_range());
    let filter = Memo::new(move |_| around.place.with(|place| place.filter.clone()));
    let sort = Memo::new(move |_| around.place.with(|place| place.sort.clone()));
    let choice = ColumnChoice::of("files", COLUMNS.iter().map(Column::head).collect());
    let order = Memo::new(move |_| entries.with(|entries| entries.ordered(&filter.read(), &sort.read())));
    let seen = Memo::new(move |_| {
        let RowRange { first, count, .. } = range.get();
        let order = order.read();
        let first = (first as usize).min(order.len());
        let shown = order.get(first..(first + count as usize).min(order.len())).unwrap_or_default();
        entries.with(|entries| {
            let rows = shown.iter().filter_map(|nth| entries.get(*nth)).map(|entry| item.run(entry.clone())).collect();
            Window { matched: order.len() as u32, first: first as u32, rows }
        })
    });
    let seen = Signal::derive(move || Some(seen.with(Window::seen)));
    let counts = move || counted(entries.with(|entries| entries.len()) as u64, order.read().len() as u64);
    let on_filter = Callback::new(move |text| around.change(|place| place.filter = text));
    let on_sort = Callback::new(move |name| around.change(|place| place.sort = name));
    let above =
        move || up.get().map(|up| view! { <a class="button" href=up title="Parent folder (Backspace)">"↑ Up"</a> });
    let press = move |event: KeyboardEvent| go_up(&event, up);
    keys_everywhere();
    let empty = move || empty(&filter.read(), on_filter);
    view! {
        <div class="folder" on:keydown=press>
            <div class="folder-tools">
                {above}
                <FilterBox label="Filter the folder".to_owned() hint="name" value=filter.into() on_change=on_filter/>
                <span class="dim" role="status">{counts}</span>
                <div class="menus">{tools.run()}{column_menu(choice)}</div>
            </div>
            {notice.run()}
            <Grid marks=None label="Files" choice seen range order=Order { sort: sort.into(), on_sort } subject=path empty/>
        </div>
    }
    .into_any()
}

fn counted(all: u64, matched: u64) -> String {
    text::log_viewer::entries(all, matched)
}

fn empty(filter: &str, on_filter: Callback<String>) -> AnyView {
    if filter.is_empty() {
        return view! { <b>"The folder is empty."</b> }.into_any();
    }
    view! { <b>"No matches."</b><button class="button" on:click=move |_| on_filter.run(String::new())>"Clear filter"</button> }.into_any()
}

/// Backspace opens the parent folder, unless the user types in a field.
fn go_up(event: &KeyboardEvent, up: Signal<Option<String>>) {
    let typing = event.target() != event.current_target() && event_target_is_input(event);
    if let Some(up) = up.get_untracked().filter(|_| event.key() == "Backspace" && !typing) {
        event.prevent_default();
        let _ = window().location().set_hash(&up);
    }
}

/// Forwards navigation keys to the table from anywhere on the page, except from elements that use these keys themselves.
fn keys_everywhere() {
    on_window(ev::keydown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_elsewhere = target.is_some_and(|target| target.matches(OTHERS).unwrap_or(true));
        let command = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.default_prevented() || is_elsewhere || command || !MOVING.contains(&event.key().as_str()) {
            return;
        }
        let table = document().query_selector(".folder .grid").ok().flatten();
        if let Some(table) = table.and_then(|table| table.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            let _ = table.focus();
            let same = KeyboardEventInit::new();
            same.set_key(&event.key());
            same.set_bubbles(true);
            same.set_cancelable(true);
            let same = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &same);
            let _ = same.map(|same| table.dispatch_event(&same));
        }
    });
}

const MOVING: [&str; 7] = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "Backspace"];
/// Elements that handle keys themselves.
const OTHERS: &str =
    "input, select, textarea, button, a, summary, dialog, dialog *, [popover], [popover] *, [tabindex='0']";

fn event_target_is_input(event: &KeyboardEvent) -> bool {
    event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>())
}

#[derive(Clone, PartialEq)]
struct Window {
    matched: u32,
    first: u32,
    rows: Vec<Item>,
}

impl Window {
    fn seen(&self) -> RowWindow {
        let Self { matched, first, rows } = self.clone();
        let window = mesoscope_core::views::table::TableWindow {
            matched,
            total: matched,
            first,
            rows,
            arriving: false,
            facets: Vec::new(),
            empty_reasons: Vec::new(),
        };
        let opens = |item: &Item| RowLink::new(item.href.clone().unwrap_or_default(), item.entry.path().to_owned());
        RowWindow::of(window, &COLUMNS, |item| item.entry.path().to_owned(), opens)
    }
}
