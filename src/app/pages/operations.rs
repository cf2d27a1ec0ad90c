//! Table of operations on resources.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::views::operations::{OperationColumn, OperationRow};

use crate::parts::links::{agent_cell, framework_cell, id_text};
use crate::parts::state_badges::operation_state;
use crate::parts::table::{TableSpec, table_page};
use crate::widgets::grid::column::{Column, RowLink};

type Col = Column<OperationRow>;

static COLUMNS: [Col; 6] = [
    Col::words(OperationColumn::Kind.name(), "Operation", "130px", Some("50%"), |row| row.kind.to_lowercase())
        .drawn(name),
    Col::words(OperationColumn::State.name(), "State", "130px", Some("50%"), |row| row.state.to_lowercase())
        .drawn(|row| operation_state(&row.state)),
    Col::words(OperationColumn::Framework.name(), "Framework", "150px", None, |row| row.framework_name.clone())
        .drawn(whose)
        .exported_as(&[
            ("Framework", |row| row.framework_name.clone()),
            ("Framework ID", |row| row.framework.0.clone()),
        ]),
    Col::words(OperationColumn::Agent.name(), "Agent", "150px", None, |row| row.hostname.clone())
        .drawn(|row| agent_cell(&row.agent, &row.hostname))
        .exported_as(&[("Agent", |row| row.hostname.clone()), ("Agent ID", |row| row.agent.0.clone())]),
    Col::words(OperationColumn::Id.name(), "ID", "220px", None, |row| row.id.clone()).drawn(|row| id_text(&row.id)),
    Col::words(OperationColumn::Message.name(), "Message", "220px", None, |row| row.message.clone()),
];

fn name(row: &OperationRow) -> AnyView {
    let there = Route::Operation(row.uuid.clone());
    view! { <a tabindex="-1" href=there.to_string()>{row.kind.to_lowercase()}</a> }.into_any()
}

fn whose(row: &OperationRow) -> AnyView {
    if row.framework.as_str().is_empty() {
        return view! { <span class="dim">"an operator"</span> }.into_any();
    }
    framework_cell(&row.framework, &row.framework_name)
}

/// Renders the page.
#[component]
pub(crate) fn OperationsPage() -> impl IntoView {
    let table: TableSpec<OperationColumn> = TableSpec {
        name: "operations",
        label: "Operations",
        hint: "kind:reserve, state:pending, agent …",
        tools: None,
        columns: &COLUMNS,
        here: |route| match route {
            Route::Operations(table) => Some(table),
            _ => None,
        },
        there: Route::Operations,
        parts: &[Topic::Operations],
        key: |row| row.uuid.clone(),
        opens: |row| RowLink::new(Route::Operation(row.uuid.clone()).to_string(), row.id.clone()),
        actions: None,
        none: (
            FilteredList::Operations,
            "No operations",
            "The master lists operations on reservations and volumes while they are pending, and until acknowledged.",
        ),
    };
    table_page(table)
}
