//! Task tables: common columns, and the task lists of a framework or an agent.

use leptos::prelude::*;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views;
use mesoscope_core::views::table::TableQuery;
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};

use crate::clock::utc;
use crate::icon::Icon;
use crate::parts::byte_cell::{ByteUnit, byte_cell};
use crate::parts::data_age::empty_list_text;
use crate::parts::detail::unknown;
use crate::parts::figure::{
    ago_with_skew, exact_amount, exact_bytes, known_amount, known_bytes, known_or_not, known_text, others_cell,
    time_or_nothing,
};
use crate::parts::links::{agent_cell, framework_cell, id_text, task_files};
use crate::parts::state_badges::{health_mark, task_state};
use crate::parts::waiting::waiting_rows;
use crate::widgets::copy::Copy;
use crate::widgets::grid::Grid;
use crate::widgets::grid::column::{Column, Head, Order, RowLink, RowWindow};
use crate::widgets::grid::column_choice::{ColumnChoice, column_menu};
use crate::widgets::grid::row_range::initial_range;
use crate::widgets::panel::Panel;
use crate::worker_link::link;
use mesoscope_core::views::scroll::RowRange;

type Col = Column<TaskRow>;

/// Columns of a task table.
pub(crate) static TASK_COLUMNS: [Col; 21] = [
    Col::words(TaskColumn::Name.name(), "Name", "128px", Some("auto"), |row| row.name.clone()).drawn(name),
    Col::words(TaskColumn::State.name(), "State", "104px", Some("32%"), state_words)
        .drawn(state)
        .exported_as(&[("State", |row| row.state.name().to_owned())]),
    Col::words(TaskColumn::Framework.name(), "Framework", "96px", None, |row| row.framework_name.clone())
        .drawn(|row| framework_cell(&row.framework, &row.framework_name)),
    Col::words(TaskColumn::Agent.name(), "Agent", "118px", None, |row| row.hostname.clone())
        .drawn(|row| agent_cell(&row.agent, &row.hostname)),
    Col::words(TaskColumn::Role.name(), "Role", "76px", None, |row| known_text(&row.role)).hidden_by_default(),
    Col::figures(TaskColumn::Cpus.name(), "CPUs", "52px", None, |row| known_amount(row.used, |of| of.cpus.as_f64()))
        .exported_as(&[("CPUs", |row| exact_amount(row.used, |of| of.cpus.as_f64()))]),
    Col::figures(TaskColumn::Mem.name(), "Memory", "86px", None, |row| known_bytes(row.used, |of| of.mem))
        .drawn(|row| byte_cell(row.used, |of| of.mem, ByteUnit::Mebibytes))
        .exported_as(&[("Memory (bytes)", |row| exact_bytes(row.used, |of| of.mem))]),
    Col::words(
        TaskColumn::Updated.name(),
        "Changed",
        "calc(86px + var(--date-room))",
        Some("calc(88px + var(--date-room))"),
        |row| format!("{:?}", (row.updated, row.updated_ahead())),
    )
    .drawn(last_change)
    .exported_as(&[("Changed", |row| known_or_not(row.updated, utc))]),
    Col::words(TaskColumn::Reason.name(), "Reason", "150px", None, |row| row.reason.clone()).drawn(reason),
    Col::words(TaskColumn::Message.name(), "Message", "270px", None, |row| row.message.clone()).drawn(message),
    Col::words("logs", "Sandbox", "94px", None, |row| row.id.0.clone()).drawn(logs).not_exported(),
    Col::words(TaskColumn::Health.name(), "Health", "96px", None, |row| health_words(row).to_owned())
        .drawn(|row| health_mark(row.healthy))
        .hidden_by_default(),
    Col::words(TaskColumn::Labels.name(), "Labels", "220px", None, |row| row.labels.join(" "))
        .drawn(labels)
        .hidden_by_default(),
    Col::words(TaskColumn::Id.name(), "ID", "150px", None, |row| row.id.0.clone())
        .drawn(|row| copied(row.id.as_str(), "the task's id"))
        .hidden_by_default(),
    Col::figures(TaskColumn::Disk.name(), "Disk", "96px", None, |row| known_bytes(row.used, |of| of.disk))
        .drawn(|row| byte_cell(row.used, |of| of.disk, ByteUnit::Mebibytes))
        .exported_as(&[("Disk (bytes)", |row| exact_bytes(row.used, |of| of.disk))])
        .hidden_by_default(),
    Col::figures(TaskColumn::Gpus.name(), "GPUs", "60px", None, |row| known_amount(row.used, |of| of.gpus.as_f64()))
        .exported_as(&[("GPUs", |row| exact_amount(row.used, |of| of.gpus.as_f64()))])
        .hidden_by_default(),
    Col::words(TaskColumn::Others.name(), "Others", "150px", None, |row| known_text(&row.others))
        .drawn(|row| others_cell(&known_text(&row.others)))
        .hidden_by_default(),
    Col::words(TaskColumn::Started.name(), "Started", "calc(92px + var(--date-room))", None, |row| {
        format!("{:?}", (row.started, row.ahead))
    })
    .drawn(|row| ago_with_skew(row.started, row.ahead))
    .exported_as(&[("Started", |row| time_or_nothing(row.started))])
    .hidden_by_default(),
    Col::words(TaskColumn::FrameworkId.name(), "Framework ID", "150px", None, |row| row.framework.0.clone())
        .drawn(|row| copied(row.framework.as_str(), "the framework's id"))
        .hidden_by_default(),
    Col::words(TaskColumn::AgentId.name(), "Agent ID", "150px", None, |row| row.agent.0.clone())
        .drawn(|row| copied(row.agent.as_str(), "the agent's id"))
        .hidden_by_default(),
    Col::words(TaskColumn::Executor.name(), "Executor", "150px", None, |row| row.executor.0.clone())
        .drawn(|row| copied(row.executor.as_str(), "the executor's id"))
        .hidden_by_default(),
];

/// Address of a task's page.
pub(crate) fn task_url(row: &TaskRow) -> String {
    Route::Task(row.framework.clone(), row.id.clone()).to_string()
}

fn name(row: &TaskRow) -> AnyView {
    let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
    view! { <a tabindex="-1" href=task_url(row) title=name.clone()>{name.clone()}</a> }.into_any()
}

/// Time of the newest change.
pub(crate) fn last_change(row: &TaskRow) -> AnyView {
    if row.updated.is_none() { unknown() } else { ago_with_skew(row.updated, row.updated_ahead()) }
}

fn copied(id: &str, label: &'static str) -> AnyView {
    view! { <span class="id">{id_text(id)}<Copy text=Signal::stored(id.to_owned()) label in_table=true/></span> }
        .into_any()
}

fn logs(row: &TaskRow) -> AnyView {
    let link = |file: &'static str, icon: Icon, name: &'static str| {
        let there = task_files(row, file).to_string();
        view! { <a tabindex="-1" class="quiet" href=there title=name aria-label=name>{icon.view()}</a> }
    };
    view! {
        <span class="sandbox">
            {link("", Icon::Folder, "Files")}{link("stderr", Icon::ErrorLog, "stderr")}{link("stdout", Icon::Log, "stdout")}
        </span>
    }
    .into_any()
}

/// The state, and that the task is unhealthy if it is.
fn state_words(row: &TaskRow) -> String {
    let health = if row.healthy == Some(false) { "unhealthy" } else { "" };
    [row.state.name(), health].join(" ")
}

fn state(row: &TaskRow) -> AnyView {
    let is_sick = row.healthy == Some(false) && row.state == TaskState::Running;
    if is_sick {
        return view! { <span class="state" data-tone="bad" title="running, unhealthy"><span class="unseen">"running, "</span>"unhealthy"</span> }
            .into_any();
    }
    task_state(row.state)
}

/// The reason, shortened before its last word: reasons differ there.
fn reason(row: &TaskRow) -> AnyView {
    let (head, tail) = row.reason.rfind('_').map_or(("", row.reason.as_str()), |at| row.reason.split_at(at));
    view! { <span class="middle" title=row.reason.clone()><span>{head.to_owned()}</span><span>{tail.to_owned()}</span></span> }
        .into_any()
}

fn health_words(row: &TaskRow) -> &'static str {
    match row.healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "",
    }
}

/// Maximum number of labels per cell; the task's page has all.
const LABELS: usize = 20;

fn labels(row: &TaskRow) -> AnyView {
    let first = row.labels.iter().take(LABELS);
    let rest = row.labels.len().saturating_sub(LABELS);
    let rest = (rest > 0).then(|| text::tasks::and_more(rest));
    let title: Vec<&str> = first.clone().chain(&rest).map(String::as_str).collect();
    let chips = first.map(|label| view! { <span class="chip">{label.clone()}</span> }).collect_view();
    view! { <span title=title.join("\n")>{chips}<small class="dim">{rest.clone()}</small></span> }.into_any()
}

fn message(row: &TaskRow) -> AnyView {
    view! { <span class="dim" title=row.message.clone()>{row.message.clone()}</span> }.into_any()
}

/// Empty state of a task list.
fn none() -> AnyView {
    let usual = "No tasks in this list.";
    let (title, words) = empty_list_text(FilteredList::Tasks, "None", usual);
    let words = (words != usual).then(|| view! { <p class="dim">{words}</p> });
    view! { <p class="dim">{title}</p>{words} }.into_any()
}

/// Maximum height in rows; longer lists scroll.
const IN_SIGHT: u32 = 14;

/// A task list: filter word, title and count.
struct TaskList {
    name: &'static str,
    title: &'static str,
    count: fn(&TaskCounts) -> u32,
}

const LISTS: [TaskList; 3] = [
    TaskList { name: "live", title: "Live", count: TaskCounts::live },
    TaskList { name: "unreachable", title: "Unreachable", count: |counts| counts.unreachable },
    TaskList { name: "completed", title: "Completed", count: TaskCounts::completed },
];

/// Tasks that match a filter term, by list. The column `without` is omitted, since it is equal in each row.
#[component]
pub(crate) fn TaskLists(
    term: String,
    without: TaskColumn,
    /// Task counts by state, if the page has them.
    #[prop(optional)]
    counts: Option<Memo<Option<TaskCounts>>>,
) -> impl IntoView {
    let list = RwSignal::new("live");
    let (sort, range) = (RwSignal::new(String::new()), RwSignal::new(initial_range()));
    let filter = Memo::new(move |_| format!("{term} list:{}", list.get()));
    let answer = link().watch(move || {
        let RowRange { first, count, .. } = range.get();
        let sort = views::table::Order::<TaskColumn>::parse(&sort.read());
        TableQuery { filter: filter.get(), sort, first, count, values: None }
    });
    let opens = |row: &TaskRow| RowLink::new(task_url(row), row.id.0.clone());
    let seen = move |window| RowWindow::of(window, &TASK_COLUMNS, |row| row.serial.to_string(), opens);
    let seen = Memo::new_with_compare(move |_| answer.get().map(seen), |_, _| true);
    let usual = |column: &Column<TaskRow>| {
        let head = column.head();
        Head { usual: head.usual && head.name != without.name(), ..head }
    };
    let choice = ColumnChoice::of(&format!("tasks.{}", without.name()), TASK_COLUMNS.iter().map(usual).collect());
    let tabs = LISTS.map(|TaskList { name, title, count }| {
        let count = move || counts?.get().map(|counts| text::count(u64::from(count(&counts))));
        let click = move |_| {
            list.set(name);
            range.update(|range| *range = range.at_the_top());
        };
        view! { <button class="facet" aria-pressed=move || (list.get() == name).to_string() on:click=click>{title}" "<small>{count}</small></button> }
    });
    let spelt = Signal::derive(move || views::table::Order::<TaskColumn>::parse(&sort.read()).spelt());
    let on_sort = Callback::new(move |to: String| {
        range.update(|range| *range = range.at_the_top());
        sort.set(to);
    });
    let whole = move || {
        Route::Tasks(TableParams { filter: filter.get(), sort: sort.get(), ..TableParams::default() }).to_string()
    };
    let rows = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(0, |seen| seen.matched)).clamp(3, IN_SIGHT));
    view! {
        <Panel title="Tasks" aside=move || view! { {column_menu(choice)}<a class="link" href=whole>"Open in Tasks"</a> }>
            <div class="narrowed facets" role="group" aria-label="Lists of tasks">
                {tabs}
            </div>
            <div class="within" style:height=move || format!("calc({} * var(--row) + 32px)", rows.get())>
                <Grid label="Tasks" choice seen=seen.into() range order=Order { sort: spelt, on_sort } marks=None
                    subject=move || format!("{}\n{}", filter.read(), sort.read())
                    waiting=waiting_rows empty=none/>
            </div>
        </Panel>
    }
}
