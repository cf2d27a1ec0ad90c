//! Table of agents.

use leptos::prelude::*;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::agents::{AgentColumn, AgentRow};
use mesoscope_core::views::bulk_eligibility::BulkSubjects;

use crate::actions::Proposal;
use crate::parts::action::control::ActionChoice;
use crate::parts::figure::{ago_or_nothing, known_or_not, others_cell, time_or_nothing};
use crate::parts::meter::{bytes_meter, cpus_meter, gpus_meter};
use crate::parts::selection::BulkActions;
use crate::parts::state_badges::agent_state;
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::copy::Copy;
use crate::widgets::grid::column::{Column, RowLink};
use crate::widgets::grid::marks::MarkedRow;

type Col = Column<AgentRow>;

static COLUMNS: [Col; 14] = [
    Col::words(AgentColumn::Hostname.name(), "Host", "168px", Some("40%"), |row| row.hostname.clone()).drawn(host),
    Col::words(AgentColumn::Id.name(), "ID", "100px", None, |row| row.id.0.clone()).drawn(id),
    Col::words(AgentColumn::State.name(), "State", "124px", Some("33%"), |row| row.state.name().to_owned())
        .drawn(|row| agent_state(row.state)),
    Col::figures(AgentColumn::Cpus.name(), "CPUs", "106px", Some("27%"), |row| shares(row, |of| of.cpus.as_f64()))
        .drawn(cpus_meter)
        .exported_as(&[
            ("CPUs allocated", |row| known_or_not(row.allocated, |of| of.cpus.as_f64().to_string())),
            ("CPUs", |row| known_or_not(row.total, |of| of.cpus.as_f64().to_string())),
        ]),
    Col::figures(AgentColumn::Mem.name(), "Memory", "126px", None, |row| shares(row, |of| of.mem.as_f64()))
        .drawn(|row| bytes_meter(row, |of| of.mem))
        .exported_as(&[
            ("Memory allocated (bytes)", |row| known_or_not(row.allocated, |of| of.mem.get().to_string())),
            ("Memory (bytes)", |row| known_or_not(row.total, |of| of.mem.get().to_string())),
        ]),
    Col::figures(AgentColumn::Disk.name(), "Disk", "130px", None, |row| shares(row, |of| of.disk.as_f64()))
        .drawn(|row| bytes_meter(row, |of| of.disk))
        .exported_as(&[
            ("Disk allocated (bytes)", |row| known_or_not(row.allocated, |of| of.disk.get().to_string())),
            ("Disk (bytes)", |row| known_or_not(row.total, |of| of.disk.get().to_string())),
        ]),
    Col::figures(AgentColumn::Gpus.name(), "GPUs", "76px", None, |row| shares(row, |of| of.gpus.as_f64()))
        .drawn(gpus_meter)
        .exported_as(&[
            ("GPUs allocated", |row| known_or_not(row.allocated, |of| of.gpus.as_f64().to_string())),
            ("GPUs", |row| known_or_not(row.total, |of| of.gpus.as_f64().to_string())),
        ]),
    Col::words(AgentColumn::Others.name(), "Others", "150px", None, others)
        .drawn(|row| others_cell(&others(row)))
        .hidden_by_default(),
    Col::figures(AgentColumn::Tasks.name(), "Tasks", "62px", None, |row| row.tasks.to_string())
        .drawn(|row| text::count(u64::from(row.tasks)).into_any()),
    Col::words(AgentColumn::Attributes.name(), "Attributes", "134px", None, |row| row.attributes.replace('\n', " "))
        .drawn(attributes),
    Col::words(AgentColumn::Version.name(), "Version", "70px", None, |row| row.version.clone())
        .drawn(|row| row.version.clone().into_any()),
    Col::words(AgentColumn::Registered.name(), "Registered", "88px", None, |row| format!("{:?}", row.registered))
        .drawn(|row| ago_or_nothing(row.registered))
        .exported_as(&[("Registered", |row| time_or_nothing(row.registered))]),
    Col::words(AgentColumn::Reregistered.name(), "Registered again", "128px", None, |row| {
        format!("{:?}", row.reregistered)
    })
    .drawn(|row| ago_or_nothing(row.reregistered))
    .exported_as(&[("Registered again", |row| time_or_nothing(row.reregistered))])
    .hidden_by_default(),
    Col::words(AgentColumn::Domain.name(), "Fault domain", "130px", None, |row| row.domain.clone()).hidden_by_default(),
];

/// Bulk actions; each agent reports its own disabled reason.
fn marked(rows: Vec<MarkedRow>) -> Vec<ActionChoice> {
    let whom = |row: &MarkedRow| (row.id.as_str().into(), row.says.first().cloned().unwrap_or_default());
    let whom: Vec<_> = rows.iter().map(whom).collect();
    let choice = |verb: AgentAction| ActionChoice {
        name: text::checks::agent_action_label(verb),
        disabled_reason: None,
        proposal: Proposal::Agents(verb, whom.clone()),
    };
    AgentAction::ALL.into_iter().map(choice).collect()
}

fn whom(rows: &[MarkedRow]) -> BulkSubjects {
    BulkSubjects::Agents(rows.iter().map(|row| row.id.as_str().into()).collect())
}

/// Text that changes whenever the meter does.
fn shares(row: &AgentRow, of: fn(&Quantities) -> f64) -> String {
    format!("{:?}", [row.allocated, row.offered, row.total].map(|amounts| amounts.as_ref().map(of)))
}

/// Non-scalar resources, such as ports.
fn others(row: &AgentRow) -> String {
    row.others.clone().unwrap_or_else(|| "not known".to_owned())
}

/// Renders the page.
#[component]
pub(crate) fn AgentsPage() -> impl IntoView {
    let table: TableSpec<AgentColumn> = TableSpec {
        name: "agents",
        label: "Agents",
        hint: "host, id, state:active, zone:ams-2*, free.cpus>8 …",
        columns: &COLUMNS,
        here: |route| match route {
            Route::Agents(table) => Some(table),
            _ => None,
        },
        there: Route::Agents,
        parts: &[Topic::Agents],
        key: |row| row.id.0.clone(),
        opens,
        actions: Some(BulkActions { marked, whom, always: || ().into_any() }),
        none: (FilteredList::Agents, "No agents", "No agent is registered with this master."),
    };
    table_page(table)
}

fn opens(row: &AgentRow) -> RowLink {
    RowLink { href: Route::Agent(row.id.clone()).to_string(), id: row.id.0.clone() }
}

fn host(row: &AgentRow) -> AnyView {
    view! { <a tabindex="-1" href=Route::Agent(row.id.clone()).to_string() title=row.hostname.clone()>{row.hostname.clone()}</a> }.into_any()
}

fn id(row: &AgentRow) -> AnyView {
    let full = row.id.0.clone();
    view! { <span class="id"><span class="mono dim" title=full.clone()>{text::short_id(&full)}</span><Copy text=Signal::stored(full) label="the agent's id" in_table=true/></span> }.into_any()
}

fn attributes(row: &AgentRow) -> AnyView {
    view! { <span class="dim" title=row.attributes.clone()>{row.attributes.replace('\n', " ")}</span> }.into_any()
}
