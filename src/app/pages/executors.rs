//! Table of executors.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::text;
use mesoscope_core::views::executors::{ExecutorColumn, ExecutorRow};

use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::figure::{exact_amount, exact_bytes, known_amount, known_bytes, known_text};
use crate::parts::links::{agent_cell, framework_cell};
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::grid::column::{Column, RowLink};

type Col = Column<ExecutorRow>;

static COLUMNS: [Col; 12] = [
    Col::words(ExecutorColumn::Id.name(), "Executor", "220px", Some("40%"), |row| row.id.0.clone())
        .drawn(|row| view! { <a tabindex="-1" class="mono" href=there(row).to_string() title=row.id.0.clone()>{row.id.0.clone()}</a> }.into_any()),
    Col::words(ExecutorColumn::Framework.name(), "Framework", "150px", Some("30%"), |row| row.framework_name.clone())
        .drawn(|row| framework_cell(&row.framework, &row.framework_name))
        .exported_as(&[("Framework", |row| row.framework_name.clone()), ("Framework ID", |row| row.framework.0.clone())]),
    Col::words(ExecutorColumn::Agent.name(), "Agent", "150px", Some("30%"), |row| row.hostname.clone())
        .drawn(|row| agent_cell(&row.agent, &row.hostname))
        .exported_as(&[("Agent", |row| row.hostname.clone()), ("Agent ID", |row| row.agent.0.clone())]),
    Col::figures(ExecutorColumn::Tasks.name(), "Live tasks", "92px", None, |row| text::count(u64::from(row.tasks))).exported_as(&[("Live tasks", |row| row.tasks.to_string())]),
    Col::figures(ExecutorColumn::Cpus.name(), "Executor CPUs", "116px", None, |row| known_amount(row.used, |of| of.cpus.as_f64())).exported_as(&[("Executor CPUs", |row| exact_amount(row.used, |of| of.cpus.as_f64()))]),
    Col::figures(ExecutorColumn::Mem.name(), "Executor memory", "132px", None, |row| known_bytes(row.used, |of| of.mem))
        .drawn(|row| byte_cell(row.used, |of| of.mem, ByteUnit::Mebibytes)).exported_as(&[("Executor memory (bytes)", |row| exact_bytes(row.used, |of| of.mem))]),
    Col::words(ExecutorColumn::Role.name(), "Role", "110px", None, |row| known_text(&row.role)),
    Col::words(ExecutorColumn::Name.name(), "Name", "150px", None, |row| row.name.clone()),
    Col::figures(ExecutorColumn::Disk.name(), "Executor disk", "112px", None, |row| known_bytes(row.used, |of| of.disk))
        .drawn(|row| byte_cell(row.used, |of| of.disk, ByteUnit::Mebibytes)).exported_as(&[("Executor disk (bytes)", |row| exact_bytes(row.used, |of| of.disk))]).hidden_by_default(),
    Col::figures(ExecutorColumn::Gpus.name(), "Executor GPUs", "116px", None, |row| known_amount(row.used, |of| of.gpus.as_f64())).exported_as(&[("Executor GPUs", |row| exact_amount(row.used, |of| of.gpus.as_f64()))]).hidden_by_default(),
    Col::words(ExecutorColumn::Kind.name(), "Type", "90px", None, |row| row.kind.to_lowercase()).hidden_by_default(),
    Col::words(ExecutorColumn::Source.name(), "Source", "160px", None, |row| row.source.clone()).hidden_by_default(),
];

fn there(row: &ExecutorRow) -> Route {
    Route::Executor(row.agent.clone(), row.framework.clone(), row.id.clone())
}

/// Renders the page.
#[component]
pub(crate) fn ExecutorsPage() -> impl IntoView {
    let table: TableSpec<ExecutorColumn> = TableSpec {
        name: "executors",
        label: "Executors",
        hint: "id, framework, agent, role:web/, tasks>4 …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Executors(table) => Some(table),
            _ => None,
        },
        there: Route::Executors,
        parts: &[Topic::Executors],
        key: |row| format!("{} {} {}", row.agent, row.framework, row.id),
        opens: |row| RowLink::new(there(row).to_string(), row.id.0.clone()),
        actions: None,
        none: (
            FilteredList::Executors,
            "No executors",
            "The master lists no executors. Executors of command tasks are listed by their agents only.",
        ),
    };
    table_page(table)
}
