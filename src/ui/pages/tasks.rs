//! The table of tasks: live, unreachable and completed.

use leptos::prelude::*;
use mesoscope::query::{Answer, Query, TaskColumn, TaskRow};
use mesoscope::route::Route;

use crate::ui::parts::{
    TableOf, agent_link, ago_or_nothing, amount_or_nothing, bytes_or_nothing, framework_link, id_text, table_page,
    task_files, task_state, time_or_nothing,
};
use crate::ui::widgets::{Column, Copy, Opens};

type Col = Column<TaskRow>;

static COLUMNS: [Col; 17] = [
    Col::words(TaskColumn::Name.name(), "Name", "150px", Some("42%"), |row| row.name.clone()).drawn(name),
    Col::words(TaskColumn::State.name(), "State", "120px", Some("34%"), |row| row.state.name().to_owned())
        .drawn(|row| task_state(row.state)),
    Col::words(TaskColumn::Framework.name(), "Framework", "112px", None, |row| row.framework_name.clone())
        .drawn(|row| framework_link(&row.framework, &row.framework_name)),
    Col::words(TaskColumn::Agent.name(), "Agent", "144px", None, |row| row.hostname.clone())
        .drawn(|row| agent_link(&row.agent, &row.hostname)),
    Col::words(TaskColumn::Role.name(), "Role", "96px", None, |row| row.role.clone())
        .drawn(|row| row.role.clone().into_any()),
    Col::figures(TaskColumn::Cpus.name(), "CPUs", "64px", Some("24%"), |row| amount_or_nothing(row.used.cpus.as_f64()))
        .in_file(&[("CPUs", |row| row.used.cpus.as_f64().to_string())]),
    Col::figures(TaskColumn::Mem.name(), "Memory", "84px", None, |row| bytes_or_nothing(row.used.mem))
        .in_file(&[("Memory (bytes)", |row| row.used.mem.get().to_string())]),
    Col::words(TaskColumn::Health.name(), "Health", "86px", None, |row| health_words(row).to_owned()).drawn(health),
    Col::words(TaskColumn::Updated.name(), "Changed", "92px", None, |row| format!("{:?}", row.updated))
        .drawn(|row| ago_or_nothing(row.updated))
        .in_file(&[("Changed", |row| time_or_nothing(row.updated))]),
    Col::words(TaskColumn::Message.name(), "Message", "110px", None, |row| row.message.clone()).drawn(message),
    Col::words(TaskColumn::Reason.name(), "Reason", "190px", None, |row| row.reason.clone()).at_need(),
    Col::words(TaskColumn::Labels.name(), "Labels", "220px", None, |row| row.labels.join(" ")).drawn(labels).at_need(),
    Col::words("logs", "Logs", "124px", None, |row| row.id.0.clone()).drawn(logs).not_in_file(),
    Col::words(TaskColumn::Id.name(), "ID", "150px", None, |row| row.id.0.clone()).drawn(id).at_need(),
    Col::figures(TaskColumn::Disk.name(), "Disk", "84px", None, |row| bytes_or_nothing(row.used.disk))
        .in_file(&[("Disk (bytes)", |row| row.used.disk.get().to_string())])
        .at_need(),
    Col::figures(TaskColumn::Gpus.name(), "GPUs", "60px", None, |row| amount_or_nothing(row.used.gpus.as_f64()))
        .in_file(&[("GPUs", |row| row.used.gpus.as_f64().to_string())])
        .at_need(),
    Col::words(TaskColumn::Started.name(), "Started", "92px", None, |row| format!("{:?}", row.started))
        .drawn(|row| ago_or_nothing(row.started))
        .in_file(&[("Started", |row| time_or_nothing(row.started))])
        .at_need(),
];

/// The page.
#[component]
pub(crate) fn TasksPage() -> impl IntoView {
    let table = TableOf {
        name: "tasks",
        label: "Tasks",
        hint: "name, id, state:failed, framework:web*, agent:a01*, role:dev, label:tier=*, list:live, health:unhealthy, cpus>4 …",
        columns: &COLUMNS,
        asks: Query::Tasks,
        told: |answer| match answer {
            Answer::Tasks(window) => Some(window),
            _ => None,
        },
        here: |route| match route {
            Route::Tasks(table) => Some(table),
            _ => None,
        },
        there: Route::Tasks,
        parts: &[],
        key: |row| row.serial.to_string(),
        opens: |row| Opens { href: place(row), id: row.id.0.clone() },
        acts: None,
        none: ("No tasks", "No framework has started a task that this master remembers."),
    };
    table_page(table)
}

fn place(row: &TaskRow) -> String {
    Route::Task(row.framework.clone(), row.id.clone()).to_string()
}

fn name(row: &TaskRow) -> AnyView {
    let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
    view! { <a tabindex="-1" href=place(row) title=name.clone()>{name.clone()}</a> }.into_any()
}

fn id(row: &TaskRow) -> AnyView {
    let full = row.id.0.clone();
    view! { <span class="id">{id_text(&full)}<Copy text=Signal::stored(full) label="the task's id" in_table=true/></span> }.into_any()
}

fn logs(row: &TaskRow) -> AnyView {
    let link =
        |name: &'static str| view! { <a tabindex="-1" class="mono" href=task_files(row, name).to_string()>{name}</a> };
    view! { {link("stderr")}" "{link("stdout")} }.into_any()
}

fn health_words(row: &TaskRow) -> &'static str {
    match row.healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "",
    }
}

fn health(row: &TaskRow) -> AnyView {
    let tone = row.healthy.map(|healthy| if healthy { "ok" } else { "bad" });
    tone.map(|tone| view! { <span class="state" data-tone=tone>{health_words(row)}</span> }).into_any()
}

fn labels(row: &TaskRow) -> AnyView {
    let all = row.labels.join("\n");
    let chips = row.labels.iter().map(|label| view! { <span class="chip">{label.clone()}</span> }).collect_view();
    view! { <span title=all>{chips}</span> }.into_any()
}

fn message(row: &TaskRow) -> AnyView {
    view! { <span class="dim" title=row.message.clone()>{row.message.clone()}</span> }.into_any()
}
