//! The table of agents.

use leptos::prelude::*;
use mesoscope::query::{AgentColumn, AgentRow, AgentsQuery, Answer, Query, Sort, Window};
use mesoscope::route::{Route, Table};
use mesoscope::text;

use crate::ui::clock::Ago;
use crate::ui::link::link;
use crate::ui::parts::{agent_state, bytes_meter, cpus_meter, gpus_meter};
use crate::ui::router::{push, replace, route};
use crate::ui::widgets::{Column, Copy, FilterBox, Grid, Opens, Range};

static COLUMNS: [Column<AgentRow>; 11] = [
    Column { name: AgentColumn::Hostname.name(), title: "Host", width: "164px", numeric: false, wide: false, cell: host },
    Column { name: AgentColumn::Id.name(), title: "ID", width: "96px", numeric: false, wide: true, cell: id },
    Column { name: AgentColumn::State.name(), title: "State", width: "124px", numeric: false, wide: false, cell: |row| agent_state(row.state) },
    Column { name: AgentColumn::Cpus.name(), title: "CPUs", width: "132px", numeric: true, wide: false, cell: cpus_meter },
    Column { name: AgentColumn::Mem.name(), title: "Memory", width: "156px", numeric: true, wide: true, cell: |row| bytes_meter(row.allocated.mem, row.offered.mem, row.total.mem) },
    Column { name: AgentColumn::Disk.name(), title: "Disk", width: "152px", numeric: true, wide: true, cell: |row| bytes_meter(row.allocated.disk, row.offered.disk, row.total.disk) },
    Column { name: AgentColumn::Gpus.name(), title: "GPUs", width: "106px", numeric: true, wide: true, cell: gpus_meter },
    Column { name: AgentColumn::Tasks.name(), title: "Tasks", width: "64px", numeric: true, wide: false, cell: |row| text::count(u64::from(row.tasks)).into_any() },
    Column { name: AgentColumn::Attributes.name(), title: "Attributes", width: "210px", numeric: false, wide: true, cell: attributes },
    Column { name: AgentColumn::Version.name(), title: "Version", width: "72px", numeric: false, wide: true, cell: |row| row.version.clone().into_any() },
    Column { name: AgentColumn::Registered.name(), title: "Registered", width: "100px", numeric: false, wide: true, cell: registered },
];

/// The page.
#[component]
pub(crate) fn AgentsPage() -> impl IntoView {
    let here = route();
    let table = Memo::new(move |_| match here.get() {
        Route::Agents(table) => table,
        _ => Table::default(),
    });
    let range = RwSignal::new(Range::default());
    let answer = link().watch(move || {
        let (table, Range { first, count }) = (table.get(), range.get());
        Query::Agents(AgentsQuery { filter: table.filter, sort: Sort::<AgentColumn>::parse(&table.sort), first, count })
    });
    let window = Signal::derive(move || match answer.get() {
        Some(Answer::Agents(window)) => Some(window),
        _ => None,
    });
    let filter = Signal::derive(move || table.get().filter);
    // The column in force, though the address leaves the usual one out.
    let sort = Signal::derive(move || if table.read().sort.is_empty() { AgentColumn::Hostname.name().to_owned() } else { table.get().sort });
    let on_filter = Callback::new(move |filter| replace(here, Route::Agents(Table { filter, ..table.get_untracked() })));
    let on_sort = Callback::new(move |sort: String| {
        push(here, Route::Agents(Table { sort: Sort::<AgentColumn>::parse(&sort).print(), ..table.get_untracked() }));
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">"Agents"<small role="status">{move || window.with(counted)}</small></h1>
            <FilterBox label="Filter agents" hint="host, id, state:active, zone:ams-2*, cpus>8 …" value=filter on_change=on_filter/>
        </div>
        <Grid label="Agents" columns=&COLUMNS window sort on_sort range key=|row| row.id.0.clone() opens empty=move || empty(filter.get(), on_filter)/>
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
    view! { <span class="id"><span class="mono dim" title=full.clone()>{text::short_id(&full)}</span><Copy text=Signal::stored(full) label="the agent's id"/></span> }.into_any()
}

fn attributes(row: &AgentRow) -> AnyView {
    view! { <span class="dim" title=row.attributes.clone()>{row.attributes.clone()}</span> }.into_any()
}

fn registered(row: &AgentRow) -> AnyView {
    view! { <span class="dim">{row.registered.map(|at| view! { <Ago at/> })}</span> }.into_any()
}
