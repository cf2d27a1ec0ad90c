//! Table of agents.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::text;
use mesoscope_core::text::titles;
use mesoscope_core::views::agents::{AgentColumn, AgentRow};
use mesoscope_core::views::bulk_eligibility::BulkSubjects;
use mesoscope_core::views::machines::MachineQuery;

use crate::actions::Proposal;
use crate::actions::pool::PoolProposal;
use crate::actions::providers::ProviderForm;
use crate::parts::action::control::ActionChoice;
use crate::parts::figure::{ago_or_nothing, exact_amount, exact_bytes, known_or_not, others_cell, time_or_nothing};
use crate::parts::links::agent_cell;
use crate::parts::meter::{bytes_meter, cpus_meter, free_amount, free_bytes, gpus_meter};
use crate::parts::room::room_menu;
use crate::parts::selection::BulkActions;
use crate::parts::state_badges::agent_state;
use crate::parts::table::{FilterControl, TableSpec, table_page};
use crate::widgets::copy::Copy;
use crate::widgets::grid::column::{Column, RowLink};
use crate::widgets::grid::marks::MarkedRow;

type Col = Column<AgentRow>;

static COLUMNS: [Col; 18] = [
    Col::words(AgentColumn::Hostname.name(), "Host", "176px", Some("38%"), name)
        .drawn(|row| agent_cell(&row.id, &row.hostname))
        .exported_as(&[("Host", |row| row.hostname.clone()), ("ID", |row| row.id.0.clone())]),
    Col::words(AgentColumn::Id.name(), "ID", "100px", None, |row| row.id.0.clone())
        .drawn(id)
        .not_exported()
        .hidden_by_default(),
    Col::words(AgentColumn::State.name(), "State", "124px", Some("34%"), |row| row.state.name().to_owned())
        .drawn(|row| agent_state(row.state)),
    Col::figures(AgentColumn::Cpus.name(), "CPUs", "110px", None, |row| shares(row, |of| of.cpus.as_f64()))
        .drawn(cpus_meter)
        .sorted_by(USED)
        .exported_as(&[
            ("CPUs allocated", |row| known_or_not(row.allocated, |of| of.cpus.as_f64().to_string())),
            ("CPUs", |row| known_or_not(row.total, |of| of.cpus.as_f64().to_string())),
        ]),
    Col::figures(AgentColumn::FreeCpus.name(), "Free CPUs", "92px", None, |row| free(row, |of| of.cpus.as_f64()))
        .drawn(|row| free_amount(row, |of| of.cpus.as_f64()))
        .exported_as(&[("Free CPUs", |row| exact_amount(row.free(), |of| of.cpus.as_f64()))]),
    Col::figures(AgentColumn::Mem.name(), "Memory", "128px", Some("28%"), |row| shares(row, |of| of.mem.as_f64()))
        .drawn(|row| bytes_meter(row, |of| of.mem))
        .sorted_by(USED)
        .exported_as(&[
            ("Memory allocated (bytes)", |row| known_or_not(row.allocated, |of| of.mem.get().to_string())),
            ("Memory (bytes)", |row| known_or_not(row.total, |of| of.mem.get().to_string())),
        ]),
    Col::figures(AgentColumn::FreeMem.name(), "Free memory", "112px", None, |row| free(row, |of| of.mem.as_f64()))
        .drawn(|row| free_bytes(row, |of| of.mem))
        .exported_as(&[("Free memory (bytes)", |row| exact_bytes(row.free(), |of| of.mem))]),
    Col::figures(AgentColumn::Disk.name(), "Disk", "130px", None, |row| shares(row, |of| of.disk.as_f64()))
        .drawn(|row| bytes_meter(row, |of| of.disk))
        .sorted_by(USED)
        .exported_as(&[
            ("Disk allocated (bytes)", |row| known_or_not(row.allocated, |of| of.disk.get().to_string())),
            ("Disk (bytes)", |row| known_or_not(row.total, |of| of.disk.get().to_string())),
        ]),
    Col::figures(AgentColumn::FreeDisk.name(), "Free disk", "96px", None, |row| free(row, |of| of.disk.as_f64()))
        .drawn(|row| free_bytes(row, |of| of.disk))
        .exported_as(&[("Free disk (bytes)", |row| exact_bytes(row.free(), |of| of.disk))])
        .hidden_by_default(),
    Col::figures(AgentColumn::Gpus.name(), "GPUs", "104px", None, |row| shares(row, |of| of.gpus.as_f64()))
        .drawn(gpus_meter)
        .sorted_by(USED)
        .exported_as(&[
            ("GPUs allocated", |row| known_or_not(row.allocated, |of| of.gpus.as_f64().to_string())),
            ("GPUs", |row| known_or_not(row.total, |of| of.gpus.as_f64().to_string())),
        ]),
    Col::figures(AgentColumn::FreeGpus.name(), "Free GPUs", "92px", None, |row| free(row, |of| of.gpus.as_f64()))
        .drawn(|row| free_amount(row, |of| of.gpus.as_f64()))
        .exported_as(&[("Free GPUs", |row| exact_amount(row.free(), |of| of.gpus.as_f64()))])
        .hidden_by_default(),
    Col::words(AgentColumn::Others.name(), "Others", "150px", None, others)
        .drawn(|row| others_cell(&others(row)))
        .hidden_by_default(),
    Col::figures(AgentColumn::Tasks.name(), "Tasks", "72px", None, |row| row.tasks.to_string())
        .drawn(|row| text::count(u64::from(row.tasks)).into_any()),
    Col::words(AgentColumn::Attributes.name(), "Attributes", "136px", None, |row| row.attributes.replace('\n', " "))
        .drawn(attributes),
    Col::words(AgentColumn::Version.name(), "Version", "80px", None, |row| row.version.clone())
        .drawn(|row| row.version.clone().into_any())
        .hidden_by_default(),
    Col::words(AgentColumn::Registered.name(), "Registered", "calc(104px + var(--date-room))", None, |row| {
        format!("{:?}", row.registered)
    })
    .drawn(|row| ago_or_nothing(row.registered))
    .exported_as(&[("Registered", |row| time_or_nothing(row.registered))])
    .hidden_by_default(),
    Col::words(AgentColumn::Reregistered.name(), "Re-registered", "calc(120px + var(--date-room))", None, |row| {
        format!("{:?}", row.reregistered)
    })
    .drawn(|row| ago_or_nothing(row.reregistered))
    .exported_as(&[("Re-registered", |row| time_or_nothing(row.reregistered))])
    .hidden_by_default(),
    Col::words(AgentColumn::Domain.name(), "Fault domain", "130px", None, |row| row.domain.clone()).hidden_by_default(),
];

/// What columns of meters are sorted by.
const USED: &str = "% used";

/// Text that changes whenever the free amount or its tooltip does.
fn free(row: &AgentRow, of: fn(&Quantities) -> f64) -> String {
    format!("{:?} {}", row.free().as_ref().map(of), row.state.name())
}

/// Bulk actions; each agent reports its own disabled reason.
fn marked(rows: Vec<MarkedRow>) -> Vec<ActionChoice> {
    let whom = |row: &MarkedRow| (row.id.as_str().into(), row.says.first().cloned().unwrap_or_default());
    let whom: Vec<_> = rows.iter().map(whom).collect();
    let choice = |verb: AgentAction| ActionChoice {
        name: text::checks::agent_action_label(verb),
        disabled_reason: None,
        proposal: Proposal::Agents(verb, whom.clone()),
    };
    let ids = whom.iter().map(|(id, _)| AgentId::clone(id)).collect();
    let schedule = ActionChoice {
        name: "Schedule maintenance",
        disabled_reason: None,
        proposal: Proposal::ScheduleFor(MachineQuery::Agents(ids)),
    };
    let prune = Proposal::Provider(ProviderForm::Prune(whom.clone()));
    let prune = ActionChoice { name: "Prune images", disabled_reason: None, proposal: prune };
    let reserve = PoolProposal::Reserve { agents: whom.clone(), role: None, from: Vec::new() };
    let reserve = ActionChoice { name: "Reserve", disabled_reason: None, proposal: Proposal::Pool(reserve) };
    let run = Proposal::Run(RunParams::on(whom.iter().map(|(id, _)| id.clone()).collect()));
    let run = ActionChoice { name: titles::RUN, disabled_reason: None, proposal: run };
    AgentAction::ALL.into_iter().map(choice).chain([schedule, prune, reserve, run]).collect()
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

/// Room for a task, and a command on the agents of the filter.
fn tools(control: FilterControl) -> AnyView {
    let run = move || Route::Run(RunParams::matching(&control.filter.get())).to_string();
    view! { {room_menu(control)}<a class="button" href=run>{titles::RUN}" …"</a> }.into_any()
}

/// Renders the page.
#[component]
pub(crate) fn AgentsPage() -> impl IntoView {
    let table: TableSpec<AgentColumn> = TableSpec {
        name: "agents",
        label: "Agents",
        hint: "host, id, state:active, zone:ams-2*, free.cpus>8 …",
        tools: Some(tools),
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
    RowLink::new(Route::Agent(row.id.clone()).to_string(), row.id.0.clone())
}

fn name(row: &AgentRow) -> String {
    text::agents::name(&row.hostname, row.id.as_str())
}

fn id(row: &AgentRow) -> AnyView {
    let full = row.id.0.clone();
    view! { <span class="id"><span class="mono dim" title=full.clone()>{text::short_id(&full)}</span><Copy text=Signal::stored(full) label="the agent's id" in_table=true/></span> }.into_any()
}

fn attributes(row: &AgentRow) -> AnyView {
    view! { <span class="dim" title=row.attributes.clone()>{row.attributes.replace('\n', " ")}</span> }.into_any()
}
