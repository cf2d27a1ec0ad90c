//! The virtual table: of 400,000 rows it holds the 60 that can be seen, and asks for others as they come near.
//! Knows neither what a row is nor where rows come from.

use leptos::html::Div;
use leptos::prelude::*;
use mesoscope::query::Window;
use web_sys::KeyboardEvent;

use super::copy::copy;

/// The height of a row in CSS pixels, as `--row` says.
const ROW: f64 = 32.0;
/// Rows asked for above and below those in sight.
const OVERSCAN: u32 = 20;
/// Rows in sight before the box has been measured.
const FIRST_SIGHT: u32 = 40;

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: u32,
    pub(crate) count: u32,
}

impl Default for Range {
    fn default() -> Self {
        Self { first: 0, count: FIRST_SIGHT + OVERSCAN }
    }
}

/// A column: how it is called, how wide it is, and what stands in it.
pub(crate) struct Column<R> {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) width: &'static str,
    /// Figures, which stand at the right.
    pub(crate) numeric: bool,
    /// Shown only where there is room.
    pub(crate) wide: bool,
    pub(crate) cell: fn(&R) -> AnyView,
}

/// What a row's keys lead to: its address, and the id that `c` copies.
pub(crate) struct Opens {
    pub(crate) href: String,
    pub(crate) id: String,
}

type Line<R> = (String, ArcRwSignal<(u32, R)>);

/// The table.
#[component]
pub(crate) fn Grid<R: Clone + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    columns: &'static [Column<R>],
    #[prop(into)] window: Signal<Option<Window<R>>>,
    /// The column and direction as the address has it: `cpus` or `-cpus`.
    sort: Signal<String>,
    on_sort: Callback<String>,
    range: RwSignal<Range>,
    key: fn(&R) -> String,
    opens: fn(&R) -> Opens,
    #[prop(into)] empty: ViewFn,
) -> impl IntoView {
    let lines = lines(window, key);
    let active = RwSignal::new(None::<u32>);
    let scroller: NodeRef<Div> = NodeRef::new();
    let matched = move || window.with(|window| window.as_ref().map_or(0, |window| window.matched));
    let before = move || window.with(|window| window.as_ref().map_or(0.0, |window| f64::from(window.first) * ROW));
    let after = move || window.with(|window| window.as_ref().map_or(0.0, below));
    let look = look(scroller, range);
    let keys = move |event: KeyboardEvent| on_key(&event, active, matched(), scroller, lines, opens);
    let nothing = move || window.with(|window| window.as_ref().is_some_and(|window| window.matched == 0 && !window.arriving));
    let headers = columns.iter().map(|column| header(column, sort, on_sort)).collect_view();
    let widths = columns.iter().map(|column| view! { <col style:width=column.width/> }).collect_view();
    view! {
        <div class="grid-box" node_ref=scroller on:scroll=move |_| look() data-matched=matched>
            <table class="grid" role="grid" tabindex="0" aria-label=label aria-rowcount=move || matched() + 1
                aria-activedescendant=move || active.get().map(|row| format!("row-{row}")) on:keydown=keys>
                <colgroup>{widths}</colgroup>
                <thead><tr role="row" aria-rowindex="1">{headers}</tr></thead>
                <tbody>
                    <tr class="space" aria-hidden="true"><td style:height=move || format!("{}px", before())></td></tr>
                    <For each=move || lines.get() key=|line| line.0.clone() let:line>{row(columns, line.1, active)}</For>
                    <tr class="space" aria-hidden="true"><td style:height=move || format!("{}px", after())></td></tr>
                </tbody>
            </table>
            <Show when=nothing>{let empty = empty.clone(); move || view! { <div class="empty" role="status">{empty.run()}</div> }}</Show>
        </div>
    }
}

fn below<R>(window: &Window<R>) -> f64 {
    let shown = window.first + u32::try_from(window.rows.len()).unwrap_or(0);
    f64::from(window.matched.saturating_sub(shown)) * ROW
}

/// A keyed row does not redraw when only its value changes, so each has a signal of its own, which is set only if it differs.
fn lines<R: Clone + PartialEq + Send + Sync + 'static>(window: Signal<Option<Window<R>>>, key: fn(&R) -> String) -> RwSignal<Vec<Line<R>>> {
    let lines = RwSignal::new(Vec::<Line<R>>::new());
    Effect::new(move |_| {
        let Some(window) = window.get() else { return };
        let old = lines.get_untracked();
        let new: Vec<Line<R>> = window.rows.into_iter().zip(window.first..).map(|(row, at)| line(&old, key(&row), (at, row))).collect();
        mark(!new.is_empty(), window.arriving);
        if !new.iter().map(|line| &line.0).eq(old.iter().map(|line| &line.0)) {
            lines.set(new);
        }
    });
    lines
}

fn line<R: Clone + PartialEq + Send + Sync + 'static>(old: &[Line<R>], key: String, value: (u32, R)) -> Line<R> {
    match old.iter().find(|(other, _)| *other == key) {
        Some((_, signal)) => {
            if *signal.read_untracked() != value {
                signal.set(value);
            }
            (key, signal.clone())
        }
        None => (key, ArcRwSignal::new(value)),
    }
}

/// For `cargo measure`: when the first row and all rows were painted.
fn mark(filled: bool, arriving: bool) {
    request_animation_frame(move || {
        let Some(clock) = leptos::prelude::window().performance() else { return };
        for (name, due) in [("rows:first", filled), ("rows:all", filled && !arriving)] {
            if due && clock.get_entries_by_name(name).length() == 0 {
                let _ = clock.mark(name);
            }
        }
    });
}

fn header<R>(column: &Column<R>, sort: Signal<String>, on_sort: Callback<String>) -> impl IntoView + use<R> {
    let (name, title) = (column.name, column.title);
    let sorted = move || match sort.read().strip_prefix('-') {
        Some(by) if by == name => "descending",
        None if *sort.read() == name => "ascending",
        _ => "none",
    };
    // Figures are wanted largest first.
    let numeric = column.numeric;
    let click = move |_| {
        let down = match sorted() {
            "ascending" => true,
            "descending" => false,
            _ => numeric,
        };
        on_sort.run(if down { format!("-{name}") } else { name.to_owned() });
    };
    view! {
        <th role="columnheader" class:num=numeric data-wide=column.wide.then_some("") aria-sort=sorted>
            <button tabindex="-1" on:click=click>{title}</button>
        </th>
    }
}

fn row<R: Clone + PartialEq + Send + Sync + 'static>(columns: &'static [Column<R>], value: ArcRwSignal<(u32, R)>, active: RwSignal<Option<u32>>) -> impl IntoView {
    let at = { let value = value.clone(); move || value.read().0 };
    let cells = columns.iter().map(|column| {
        let value = value.clone();
        let cell = column.cell;
        view! { <td role="gridcell" class:num=column.numeric data-wide=column.wide.then_some("")>{move || cell(&value.read().1)}</td> }
    });
    let cells = cells.collect_view();
    let (id, index, is_active, choose) = (at.clone(), at.clone(), at.clone(), at);
    view! {
        <tr role="row" id=move || format!("row-{}", id()) aria-rowindex=move || index() + 2
            data-active=move || (active.get() == Some(is_active())).then_some("") on:click=move |_| active.set(Some(choose()))>
            {cells}
        </tr>
    }
}

/// Scrolling asks for rows once a frame.
fn look(scroller: NodeRef<Div>, range: RwSignal<Range>) -> impl Fn() + Copy + 'static {
    let waiting = StoredValue::new(false);
    let look = move || {
        if waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            waiting.try_set_value(false);
            if let Some(scroller) = scroller.get_untracked() {
                let _ = range.try_update(|range| *range = in_sight(&scroller));
            }
        });
    };
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        if scroller.get().is_some() {
            look();
        }
    });
    look
}

fn in_sight(scroller: &web_sys::HtmlDivElement) -> Range {
    let first = (f64::from(scroller.scroll_top()) / ROW) as u32;
    let count = (f64::from(scroller.client_height()) / ROW).ceil() as u32;
    let from = first.saturating_sub(OVERSCAN);
    // Whole steps, so that a scroll of a few pixels asks for nothing new.
    let from = from - from % 10;
    Range { first: from, count: first - from + count + OVERSCAN + 10 }
}

fn on_key<R: Clone + PartialEq + Send + Sync + 'static>(
    event: &KeyboardEvent,
    active: RwSignal<Option<u32>>,
    matched: u32,
    scroller: NodeRef<Div>,
    lines: RwSignal<Vec<Line<R>>>,
    opens: fn(&R) -> Opens,
) {
    let Some(scroller) = scroller.get_untracked() else { return };
    let page = (f64::from(scroller.client_height()) / ROW) as u32;
    let now = active.get_untracked();
    let last = matched.saturating_sub(1);
    let chosen = || lines.with_untracked(|lines| lines.iter().map(|line| line.1.get_untracked()).find(|value| Some(value.0) == now).map(|value| opens(&value.1)));
    let next = match event.key().as_str() {
        "ArrowDown" => now.map_or(0, |row| (row + 1).min(last)),
        "ArrowUp" => now.map_or(0, |row| row.saturating_sub(1)),
        "PageDown" => now.unwrap_or(0).saturating_add(page).min(last),
        "PageUp" => now.unwrap_or(0).saturating_sub(page),
        "Home" => 0,
        "End" => last,
        "Enter" => return chosen().into_iter().for_each(|opens| drop(leptos::prelude::window().location().set_hash(&opens.href))),
        "c" if !event.ctrl_key() && !event.meta_key() => return chosen().into_iter().for_each(|opens| copy(&opens.id)),
        _ => return,
    };
    event.prevent_default();
    if matched > 0 {
        active.set(Some(next));
        reveal(&scroller, next);
    }
}

fn reveal(scroller: &web_sys::HtmlDivElement, row: u32) {
    let top = (f64::from(row) * ROW) as i32;
    // The header covers the box's first pixels.
    let height = scroller.client_height() - 2 * ROW as i32;
    if top < scroller.scroll_top() {
        scroller.set_scroll_top(top);
    } else if top > scroller.scroll_top() + height {
        scroller.set_scroll_top(top - height);
    }
}
