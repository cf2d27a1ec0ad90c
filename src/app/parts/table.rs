//! Table pages: heading with counts, filter and rows. Filter and order are kept in the address.

use leptos::prelude::*;
use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::tables;
use mesoscope_core::views;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::query::Query;
use mesoscope_core::views::table::{EmptyReason, Facet, TableQuery, TableWindow};

use super::export::{ExportChunk, ExportSource, export_menu};
use super::facets::Facets;
use super::filter_builder::filter_builder;
use super::saved_views::views_menu;
use super::selection::{BulkActions, Selection};
use super::suggest::{FilterFields, suggestions};
use crate::clock::{now_signal, time_of_day};
use crate::kept_pages::kept_pages;
use crate::parts::change_feed::event_log_extent;
use crate::parts::data_age::{DataAge, empty_list_text, not_reported};
use crate::parts::unreadable::{unknown_lists, unreadable_tasks};
use crate::parts::waiting::{is_cut_off, waiting_rows};
use crate::router::{push, replace, route};
use crate::widgets::filter::{FilterBox, SuggestionList};
use crate::widgets::grid::Grid;
use crate::widgets::grid::column::{Column, Head, Order, RowLink, RowWindow};
use crate::widgets::grid::column_choice::{AddressedColumns, ColumnChoice, column_menu};
use crate::widgets::grid::marks::Marks;
use crate::widgets::grid::row_range::initial_range;
use crate::worker_link::link;
use mesoscope_core::views::scroll::RowRange;

/// Definition of one table.
pub(crate) struct TableSpec<C: views::table::Column> {
    /// Name in exported files and stored settings.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// Example of a filter.
    pub(crate) hint: &'static str,
    pub(crate) columns: &'static [Column<C::Row>],
    /// Control of the filter that only this table has.
    pub(crate) tools: Option<fn(FilterControl) -> AnyView>,
    /// The table's parameters in its route.
    pub(crate) here: fn(Route) -> Option<TableParams>,
    pub(crate) there: fn(TableParams) -> Route,
    /// Topics of the table that only reads update.
    pub(crate) parts: &'static [Topic],
    pub(crate) key: fn(&C::Row) -> String,
    pub(crate) opens: fn(&C::Row) -> RowLink,
    /// Actions for selected rows; `None` disables selection.
    pub(crate) actions: Option<BulkActions>,
    /// Empty state of the table without any filter.
    pub(crate) none: (FilteredList, &'static str, &'static str),
}

/// Filter of a table, and the callback for a new one.
#[derive(Clone, Copy)]
pub(crate) struct FilterControl {
    pub(crate) filter: Signal<String>,
    pub(crate) on_filter: Callback<String>,
}

/// Renders a table page for any row type.
pub(crate) fn table_page<C>(table: TableSpec<C>) -> AnyView
where
    C: views::table::Column + Send + Sync,
    Query: From<TableQuery<C>>,
{
    let TableSpec { name, label, hint, columns, tools, here, there, parts, key, opens, actions, none } = table;
    let at = route();
    let table = Memo::new(move |_| here(at.get()).unwrap_or_default());
    let range = RwSignal::new(initial_range());
    let answer = link().watch(move || {
        let RowRange { first, count, .. } = range.get();
        query::<C>(table.get(), first, count)
    });
    let frozen = RwSignal::new(None::<Timestamp>);
    let missing = not_reported(parts);
    let shown = shown(answer, table, frozen, move |window| RowWindow::of(window, columns, key, opens));
    let counts = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.counts)));
    let is_arriving = Signal::derive(move || {
        // A file without rows would claim that there are none.
        let is_unknown = missing.with(Option::is_some) && counts.get().is_none_or(|(_, total, _)| total == 0);
        is_unknown || counts.get().is_none_or(|(.., arriving)| arriving)
    });
    let addressed = AddressedColumns {
        names: Signal::derive(move || table.get().columns),
        change: Callback::new(move |columns| replace(at, there(TableParams { columns, ..table.get_untracked() }))),
    };
    let filter = Signal::derive(move || table.with(|table| table.filter.clone()));
    let choice = choice::<C>(name, columns).addressed(addressed).filtered(filter);
    kept_pages().set_columns(name, Callback::new(move |()| choice.names()));
    let subject: fn(&TableParams) -> String = |table| format!("{}\n{}", C::subject(&table.filter), table.sort);
    let page = TablePage {
        label,
        hint,
        tools,
        choice,
        source: source::<C>(name, columns, table, is_arriving),
        fields: fields::<C>(),
        shown,
        frozen,
        selection: actions.map(|actions| Selection::new(actions, select_all(table, columns, key, opens), filter)),
        table,
        go: Callback::new(move |(to, push_it): (TableParams, bool)| {
            let is_new = table.with_untracked(subject) != subject(&to);
            let go = if push_it { push } else { replace };
            go(at, there(to));
            if is_new {
                range.update(|range| *range = range.at_the_top());
            }
        }),
        subject,
        spelt: |sort| views::table::Order::<C>::parse(sort).spelt(),
        printed: |sort| views::table::Order::<C>::parse(sort).print(),
        parts,
        counts,
        range,
        none,
    };
    page.view()
}

/// One response as shown.
struct TableAnswer {
    /// Table parameters and first row of the response.
    place: (TableParams, u32),
    facets: Vec<Facet>,
    /// Why the filter matches nothing.
    empty_reasons: Vec<EmptyReason>,
    counts: (u32, u32, bool),
    seen: RowWindow,
}

/// Shows each response; while frozen, only one for other parameters or another first row.
fn shown<R: Send + Sync + Clone + 'static>(
    answer: ReadSignal<Option<TableWindow<R>>>,
    table: Memo<TableParams>,
    frozen: RwSignal<Option<Timestamp>>,
    seen: impl Fn(TableWindow<R>) -> RowWindow + Send + Sync + 'static,
) -> Memo<Option<TableAnswer>> {
    Memo::new_owning(move |last: Option<Option<TableAnswer>>| {
        let (last, is_frozen) = (last.flatten(), frozen.get().is_some());
        let Some(mut window) = answer.get() else { return (last, false) };
        let place = (table.get_untracked(), window.first);
        if is_frozen && last.as_ref().is_some_and(|last| last.place == place) {
            return (last, false);
        }
        let (facets, empty_reasons) = (std::mem::take(&mut window.facets), std::mem::take(&mut window.empty_reasons));
        let counts = (window.matched, window.total, window.arriving);
        (Some(TableAnswer { place, facets, empty_reasons, counts, seen: seen(window) }), true)
    })
}

/// Selects all rows that match the filter.
fn select_all<C>(
    table: Memo<TableParams>,
    columns: &'static [Column<C::Row>],
    key: fn(&C::Row) -> String,
    opens: fn(&C::Row) -> RowLink,
) -> Callback<Marks>
where
    C: views::table::Column + Send + Sync,
    Query: From<TableQuery<C>>,
{
    Callback::new(move |marks: Marks| {
        link().export(query::<C>(table.get_untracked(), 0, 0).into(), move |bytes| {
            let Ok(window) = decode::<TableWindow<C::Row>>(&bytes) else { return false };
            let more = window.arriving;
            marks.add(&RowWindow::of(window, columns, key, opens).rows);
            more
        });
    })
}

/// Query for the rows from an index on.
fn query<C: views::table::Column>(table: TableParams, first: u32, count: u32) -> TableQuery<C> {
    let sort = views::table::Order::<C>::parse(&table.sort);
    TableQuery { filter: table.filter, sort, first, count, values: None }
}

fn choice<C: views::table::Column>(name: &'static str, columns: &'static [Column<C::Row>]) -> ColumnChoice {
    let head = |column: &Column<C::Row>| Head { sorts: sorts::<C>(column.name), ..column.head() };
    ColumnChoice::of(name, columns.iter().map(head).collect())
}

/// Export source of the table.
fn source<C>(
    name: &'static str,
    columns: &'static [Column<C::Row>],
    table: Memo<TableParams>,
    arriving: Signal<bool>,
) -> ExportSource
where
    C: views::table::Column + Send + Sync,
    Query: From<TableQuery<C>>,
{
    ExportSource {
        name,
        query: Callback::new(move |()| query::<C>(table.get_untracked(), 0, 0).into()),
        piece: Callback::new(move |(bytes, shown, form): (Vec<u8>, _, _)| {
            decode(&bytes).map(|rows| ExportChunk::of(&rows, columns, shown, form)).ok()
        }),
        arriving,
    }
}

/// Filter fields of the table.
pub(crate) fn fields<C>() -> FilterFields
where
    C: views::table::Column + Send + Sync,
    Query: From<TableQuery<C>>,
{
    FilterFields {
        words: C::WORDS,
        numbers: C::NUMBERS,
        values: Callback::new(move |(filter, field, part): (String, String, String)| {
            TableQuery::<C>::values(filter, &field, &part).into()
        }),
        read: |bytes| decode::<TableWindow<C::Row>>(bytes).map(|window| window.facets.into_iter().next()),
    }
}

/// Whether the engine can sort by that column.
fn sorts<C: views::table::Column>(name: &str) -> bool {
    C::ALL.iter().any(|column| column.name() == name)
}

/// The page, independent of its row type.
struct TablePage {
    label: &'static str,
    hint: &'static str,
    tools: Option<fn(FilterControl) -> AnyView>,
    choice: ColumnChoice,
    source: ExportSource,
    fields: FilterFields,
    shown: Memo<Option<TableAnswer>>,
    /// Time since which the rows are frozen.
    frozen: RwSignal<Option<Timestamp>>,
    selection: Option<Selection>,
    table: Memo<TableParams>,
    /// Navigates to other parameters; `true` adds a history entry.
    go: Callback<(TableParams, bool)>,
    /// What the table is about: another one scrolls to the top.
    subject: fn(&TableParams) -> String,
    /// `spelt` expands the address' sort order with its default; `printed` shortens it again.
    spelt: fn(&str) -> String,
    printed: fn(&str) -> String,
    parts: &'static [Topic],
    counts: Memo<Option<(u32, u32, bool)>>,
    range: RwSignal<RowRange>,
    none: (FilteredList, &'static str, &'static str),
}

/// A part of the shown response; the default before the first one.
fn slice<T: Default + PartialEq + Send + Sync + 'static>(
    shown: Memo<Option<TableAnswer>>,
    of: fn(&TableAnswer) -> T,
) -> Memo<T> {
    Memo::new(move |_| shown.with(|shown| shown.as_ref().map(of).unwrap_or_default()))
}

impl TablePage {
    fn view(self) -> AnyView {
        let Self {
            label,
            hint,
            tools,
            choice,
            source,
            fields,
            shown,
            frozen,
            selection,
            table,
            go,
            subject,
            spelt,
            printed,
            parts,
            counts,
            range,
            none,
        } = self;
        let facets = slice(shown, |shown| shown.facets.clone());
        let empty_reasons = slice(shown, |shown| shown.empty_reasons.clone());
        let seen = move |_: Option<&_>| shown.with(|shown| shown.as_ref().map(|shown| shown.seen.clone()));
        let seen = Memo::new_with_compare(seen, |_, _| true);
        let filter = Signal::derive(move || table.get().filter);
        let on_filter = Callback::new(move |filter| go.run((TableParams { filter, ..table.get_untracked() }, false)));
        let on_sort = Callback::new(move |sort: String| {
            go.run((TableParams { sort: printed(&sort), ..table.get_untracked() }, true));
        });
        let on_facet = Callback::new(move |filter| go.run((TableParams { filter, ..table.get_untracked() }, true)));
        let untold = not_reported(parts);
        // Rows that are only hidden by the filter are known.
        let is_blank = move || counts.get().is_none_or(|(_, total, _)| total == 0);
        let open = RwSignal::new(false);
        let offered = SuggestionList { open, suggestions: suggestions(fields, filter, open) };
        let sort = Signal::derive(move || table.with(|table| spelt(&table.sort)));
        let matched = Memo::new(move |_| counts.get().map_or(0, |(matched, ..)| matched));
        let is_selecting = selection.map(Selection::is_open).map_or_else(|| Signal::stored(false), Into::into);
        view! {
            <div class="head">
                <h1 tabindex="-1">{label}" "<small role="status">{counted(counts, untold)}</small></h1>{navigation_count(source.name, counts)}
                {(!parts.is_empty()).then(|| view! { <DataAge parts/> })}
                <div class="tools">{tools.map(|tools| tools(FilterControl { filter, on_filter: on_facet }))}{filter_builder(fields, filter, on_facet)}{freeze(frozen)}{column_menu(choice)}{views_menu()}{export_menu(source, choice)}</div>
                <FilterBox label=format!("Filter {}", label.to_lowercase()) hint value=filter on_change=on_filter offered/>
                {selection.map(Selection::always)}
                {move || empty_reasons.with(|empty_reasons| no_field(empty_reasons))}
                {has_facets(source.name).then(|| Facets { counts: facets, arriving: source.arriving, fields, filter, on_filter: on_facet }.view())}
            </div>
            <div class="table-notices">{unknown_lists(lists_of(source.name))}{(source.name == "roles").then(unreadable_tasks)}{(source.name == "events").then(event_log_extent)}</div>
            <Grid label choice seen=seen.into() range order=Order { sort, on_sort } marks=selection.map(|selection| selection.marks)
                covered=is_selecting selection=move || selection.map(|selection| selection.bar(matched)) subject=move || table.with(subject)
                waiting=waiting_rows empty=move || empty(label, none, untold.get().filter(|_| is_blank()), filter.get(), empty_reasons, on_filter)/>
        }
        .into_any()
    }
}

/// The counts beside the heading. Without a connection, rows of which none has arrived are not known.
fn counted(
    counts: Memo<Option<(u32, u32, bool)>>,
    untold: Memo<Option<(String, String)>>,
) -> impl Fn() -> Option<String> + Send + Sync + 'static {
    let is_cut_off = is_cut_off();
    move || {
        let (matched, total, arriving) = counts.get()?;
        let waits_in_vain = total == 0 && is_cut_off.get();
        let is_unknown = waits_in_vain || untold.read().is_some();
        Some(tables::counted(matched, total, arriving && !waits_in_vain, is_unknown))
    }
}

/// The number that the navigation shows for the table, if the heading's is another: tasks and frameworks that have ended are rows, too.
fn navigation_count(table: &'static str, counts: Memo<Option<(u32, u32, bool)>>) -> impl IntoView {
    let status = link().status;
    let live = Memo::new(move |_| {
        status.with(|status| {
            let standing = status.as_ref()?.standing.as_ref()?;
            match table {
                "tasks" => standing.tasks,
                "frameworks" => standing.frameworks,
                _ => None,
            }
        })
    });
    move || {
        let (matched, total, arriving) = counts.get()?;
        let words = tables::live_rows(live.get()?);
        (matched == total && !arriving).then(|| view! { <span class="dim">{words}</span> })
    }
}

/// Whether values of the table's rows are counted. Their line is there before the counts, so that no row moves when they arrive.
fn has_facets(table: &str) -> bool {
    matches!(table, "tasks" | "events")
}

/// Whether an answer's object contains lists of the table's page.
fn lists_of(table: &str) -> fn(&str) -> bool {
    match table {
        "agents" => |within| within == "get_agents",
        "frameworks" => |within| within == "get_frameworks",
        "executors" => |within| within == "get_executors",
        "tasks" => |within| within == "get_tasks",
        _ => |_| false,
    }
}

/// Button that pauses and resumes updates of the rows.
fn freeze(frozen: RwSignal<Option<Timestamp>>) -> AnyView {
    let now = now_signal();
    let click = move |_| frozen.update(|frozen| *frozen = frozen.is_none().then(|| now.get_untracked()));
    let words = move || tables::pause_label(frozen.get().map(|at| time_of_day(at)()).as_deref());
    view! {
        <button class="button" aria-pressed=move || frozen.read().is_some().to_string() on:click=click
            title="Rows on screen stop changing. Rows that you scroll to are loaded as they are then.">{words}</button>
    }
    .into_any()
}

/// Hint about filter words that look like a field but are none here.
fn no_field(empty_reasons: &[EmptyReason]) -> Option<AnyView> {
    let line = |reason: &EmptyReason| Some(view! { <p class="dim">{tables::no_field(reason)?}</p> });
    let lines: Vec<_> = empty_reasons.iter().filter_map(line).collect();
    (!lines.is_empty()).then(|| view! { <div class="no-field" role="status">{lines}</div> }.into_any())
}

fn empty(
    label: &str,
    none: (FilteredList, &'static str, &'static str),
    untold: Option<(String, String)>,
    filter: String,
    empty_reasons: Memo<Vec<EmptyReason>>,
    on_filter: Callback<String>,
) -> AnyView {
    if let Some((title, why)) = untold {
        return view! { <b>{title}</b><p class="dim">{why}</p> }.into_any();
    }
    if filter.is_empty() {
        let (title, words) = empty_list_text(none.0, none.1, none.2);
        return view! { <b>{title}</b><p class="dim">{words}</p> }.into_any();
    }
    let hidden = empty_list_text(none.0, none.1, none.2).1;
    let hidden = (hidden != none.2).then(|| view! { <p class="dim">{hidden}</p> });
    let (title, typed) = (tables::no_rows_match(&label.to_lowercase()), filter.clone());
    let rows = label.to_lowercase();
    let reasons = move || {
        let (rows, typed) = (rows.clone(), typed.clone());
        empty_reasons
            .get()
            .into_iter()
            .filter_map(move |empty_reasons| reason(&empty_reasons, &rows, &typed, on_filter))
            .collect_view()
    };
    view! {
        <b>{title}</b>
        <p class="dim">"The filter is "<span class="mono">{filter}</span>". A word matches any text, "<span class="mono">"name:value"</span>" one field."</p>
        {hidden}
        <ul class="reasons">{reasons}</ul>
        <button class="button" on:click=move |_| on_filter.run(String::new())>"Clear filter"</button>
    }
    .into_any()
}

/// How one word of the filter contributes to the empty result, with a button that removes it.
fn reason(empty_reasons: &EmptyReason, rows: &str, filter: &str, on_filter: Callback<String>) -> Option<AnyView> {
    let (word, says) = (&empty_reasons.word, tables::empty_reason(empty_reasons, rows)?);
    let without = Filter::flipped(filter, word);
    Some(view! {
        <li><span class="mono">{word.clone()}</span>" – "{says}" "<button class="text-button" on:click=move |_| on_filter.run(without.clone())>"Remove"</button></li>
    }
    .into_any())
}
