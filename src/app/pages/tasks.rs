//! Table of tasks: live, unreachable and completed.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::Route;
use mesoscope_core::views::tasks::TaskColumn;

use crate::parts::table::{TableSpec, table_page};
use crate::parts::tasks::{TASK_COLUMNS, task_url};
use crate::widgets::grid::column::RowLink;

/// Renders the page.
#[component]
pub(crate) fn TasksPage() -> impl IntoView {
    let table: TableSpec<TaskColumn> = TableSpec {
        name: "tasks",
        label: "Tasks",
        hint: "name, id, state:failed, framework:web*, agent:a01*, role:dev, label:tier=*, list:live, health:unhealthy, cpus>4 …",
        tools: None,
        columns: &TASK_COLUMNS,
        here: |route| match route {
            Route::Tasks(table) => Some(table),
            _ => None,
        },
        there: Route::Tasks,
        parts: &[],
        key: |row| row.serial.to_string(),
        opens: |row| RowLink::new(task_url(row), row.id.0.clone()),
        actions: None,
        none: (FilteredList::Tasks, "No tasks", "No framework has started a task that this master remembers."),
    };
    table_page(table)
}
