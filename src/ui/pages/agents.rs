//! The table of agents.

use leptos::prelude::*;
use mesoscope::query::{AgentColumn, AgentRow, Answer, Query};
use mesoscope::route::Route;
use mesoscope::text;
use mesoscope::units::Quantities;

use crate::ui::clock::Ago;
use crate::ui::parts::{TableOf, TablePage, agent_state, bytes_meter, cpus_meter, gpus_meter};
use crate::ui::widgets::{Column, Copy, Opens};

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
    let table = TableOf {
        label: "Agents",
        hint: "host, id, state:active, zone:ams-2*, cpus>8 …",
        columns: &COLUMNS,
        asks: Query::Agents,
        told: |answer| match answer {
            Answer::Agents(window) => Some(window),
            _ => None,
        },
        here: |route| match route {
            Route::Agents(table) => Some(table),
            _ => None,
        },
        there: Route::Agents,
        key: |row| row.id.0.clone(),
        opens,
        none: ("No agents", "No agent is registered with this master."),
    };
    view! { <TablePage table/> }
}

fn opens(row: &AgentRow) -> Opens {
    Opens { href: Route::Agent(row.id.clone()).to_string(), id: row.id.0.clone() }
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
