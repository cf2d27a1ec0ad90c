//! The table of agents.

use leptos::prelude::*;
use mesoscope::query::{AgentColumn, AgentRow, AgentsQuery, Answer, Query, Sort, Window};
use mesoscope::route::{Route, Table};
use mesoscope::text;
use mesoscope::units::Quantities;

use crate::ui::clock::Ago;
use crate::ui::link::link;
use crate::ui::parts::{agent_state, bytes_meter, cpus_meter, gpus_meter};
use crate::ui::router::{push, replace, route};
use crate::ui::widgets::{Column, Copy, FilterBox, Grid, Opens, Order, Range, Rows};

static COLUMNS: [Column<AgentRow>; 11] = [
    words(AgentColumn::Hostname, "Host", "168px", Some("44%"), |row| row.hostname.clone(), host),
    words(AgentColumn::Id, "ID", "100px", None, |row| row.id.0.clone(), id),
    words(
        AgentColumn::State,
        "State",
        "124px",
        Some("33%"),
        |row| row.state.name().to_owned(),
        |row| agent_state(row.state),
    ),
    figures(AgentColumn::Cpus, "CPUs", "100px", Some("23%"), |row| shares(row, |of| of.cpus.as_f64()), cpus_meter),
    figures(
        AgentColumn::Mem,
        "Memory",
        "126px",
        None,
        |row| shares(row, |of| of.mem.as_f64()),
        |row| bytes_meter(row.allocated.mem, row.offered.mem, row.total.mem),
    ),
    figures(
        AgentColumn::Disk,
        "Disk",
        "130px",
        None,
        |row| shares(row, |of| of.disk.as_f64()),
        |row| bytes_meter(row.allocated.disk, row.offered.disk, row.total.disk),
    ),
    figures(AgentColumn::Gpus, "GPUs", "76px", None, |row| shares(row, |of| of.gpus.as_f64()), gpus_meter),
    figures(
        AgentColumn::Tasks,
        "Tasks",
        "62px",
        None,
        |row| row.tasks.to_string(),
        |row| text::count(u64::from(row.tasks)).into_any(),
    ),
    words(AgentColumn::Attributes, "Attributes", "160px", None, |row| row.attributes.clone(), attributes),
    words(
        AgentColumn::Version,
        "Version",
        "70px",
        None,
        |row| row.version.clone(),
        |row| row.version.clone().into_any(),
    ),
    words(AgentColumn::Registered, "Registered", "92px", None, |row| format!("{:?}", row.registered), registered),
];

type Cell = fn(&AgentRow) -> AnyView;
type Says = fn(&AgentRow) -> String;

const fn words(
    column: AgentColumn,
    title: &'static str,
    width: &'static str,
    narrow: Option<&'static str>,
    says: Says,
    cell: Cell,
) -> Column<AgentRow> {
    Column { name: column.name(), title, width, narrow, numeric: false, says, cell }
}

const fn figures(
    column: AgentColumn,
    title: &'static str,
    width: &'static str,
    narrow: Option<&'static str>,
    says: Says,
    cell: Cell,
) -> Column<AgentRow> {
    Column { numeric: true, ..words(column, title, width, narrow, says, cell) }
}

/// What a meter shows.
fn shares(row: &AgentRow, of: fn(&Quantities) -> f64) -> String {
    format!("{} {} {}", of(&row.allocated), of(&row.offered), of(&row.total))
}

/// The page.
#[component]
pub(crate) fn AgentsPage() -> impl IntoView {
    let here = route();
    let table = Memo::new(move |_| match here.get() {
        Route::Agents(table) => table,
        _ => Table::default(),
    });
    let range = RwSignal::new(Range::guess());
    let answer = link().watch(move || {
        let (table, Range { first, count, .. }) = (table.get(), range.get());
        Query::Agents(AgentsQuery { filter: table.filter, sort: Sort::<AgentColumn>::parse(&table.sort), first, count })
    });
    let window = Memo::new(move |_| match answer.get() {
        Some(Answer::Agents(window)) => Some(window),
        _ => None,
    });
    let filter = Signal::derive(move || table.get().filter);
    let go = move |table: Table, to: fn(RwSignal<Route>, Route)| {
        range.update(|range| *range = range.at_the_top());
        to(here, Route::Agents(table));
    };
    let on_filter = Callback::new(move |filter| go(Table { filter, ..table.get_untracked() }, replace));
    let on_sort = Callback::new(move |sort: String| {
        go(Table { sort: Sort::<AgentColumn>::parse(&sort).print(), ..table.get_untracked() }, push)
    });
    // The column in force, though the address leaves the usual one out.
    let sort = Signal::derive(move || {
        table.with(
            |table| if table.sort.is_empty() { AgentColumn::Hostname.name().to_owned() } else { table.sort.clone() },
        )
    });
    let rows = Rows { window: window.into(), range, key: |row: &AgentRow| row.id.0.clone(), opens };
    view! {
        <div class="head">
            <h1 tabindex="-1">"Agents "<small role="status">{move || window.with(counted)}</small></h1>
            <FilterBox label="Filter agents" hint="host, id, state:active, zone:ams-2*, cpus>8 …" value=filter on_change=on_filter/>
        </div>
        <Grid label="Agents" columns=&COLUMNS rows order=Order { sort, on_sort } subject=move || table.with(|table| format!("{}\n{}", table.filter, table.sort))
            empty=move || empty(filter.get(), on_filter)/>
    }
}

fn opens(row: &AgentRow) -> Opens {
    Opens { href: Route::Agent(row.id.clone()).to_string(), id: row.id.0.clone() }
}

fn counted(window: &Option<Window<AgentRow>>) -> Option<String> {
    let window = window.as_ref()?;
    let (matched, total) = (text::count(u64::from(window.matched)), text::count(u64::from(window.total)));
    let arriving = if window.arriving { ", arriving" } else { "" };
    Some(if matched == total { format!("{total}{arriving}") } else { format!("{matched} of {total}{arriving}") })
}

fn empty(filter: String, on_filter: Callback<String>) -> AnyView {
    if filter.is_empty() {
        return view! { <b>"No agents"</b><p class="dim">"No agent is registered with this master."</p> }.into_any();
    }
    view! {
        <b>"No agent matches"</b>
        <p class="dim">"Nothing fits "<span class="mono">{filter}</span>". Words match any text, "<span class="mono">"name:value"</span>" one field."</p>
        <button class="button" on:click=move |_| on_filter.run(String::new())>"Clear the filter"</button>
    }
    .into_any()
}

fn host(row: &AgentRow) -> AnyView {
    view! { <a tabindex="-1" href=Route::Agent(row.id.clone()).to_string() title=row.hostname.clone()>{row.hostname.clone()}</a> }.into_any()
}

fn id(row: &AgentRow) -> AnyView {
    let full = row.id.0.clone();
    view! { <span class="id"><span class="mono dim" title=full.clone()>{text::short_id(&full)}</span><Copy text=Signal::stored(full) label="the agent's id" in_table=true/></span> }.into_any()
}

fn attributes(row: &AgentRow) -> AnyView {
    view! { <span class="dim" title=row.attributes.clone()>{row.attributes.clone()}</span> }.into_any()
}

fn registered(row: &AgentRow) -> AnyView {
    view! { <span class="dim">{row.registered.map(|at| view! { <Ago at/> })}</span> }.into_any()
}
