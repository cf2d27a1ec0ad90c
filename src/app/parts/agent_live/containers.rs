//! Containers of an agent with their usage and limits.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use mesoscope_core::base::units::Bytes;
use mesoscope_core::mesos::wire::agent_api::{AgentTask, ExecutorRun, TaskStage};
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;

use crate::parts::data_age::EmptyAgentList;
use crate::parts::links::sandbox_links;
use crate::widgets::copy::Copy;
use crate::widgets::meter::Meter;

/// Tasks by their container's id.
pub(super) type TasksByContainer = BTreeMap<String, ContainerTask>;

#[derive(Clone, PartialEq)]
pub(super) struct ContainerTask {
    framework: FrameworkId,
    executor: ExecutorId,
    task: TaskId,
    name: String,
}

/// Maps each container to its running task.
pub(super) fn tasks_by_container(runs: &[ExecutorRun]) -> TasksByContainer {
    let tasks = runs.iter().flat_map(|run| &run.tasks).filter(|task| task.stage == TaskStage::Running);
    let one = |task: &AgentTask| {
        let inhabitant = ContainerTask {
            framework: task.framework.as_str().into(),
            executor: task.executor.as_str().into(),
            task: task.id.as_str().into(),
            name: task.name.clone(),
        };
        (task.container.clone(), inhabitant)
    };
    tasks.map(one).collect()
}

/// Table of containers. A row stays as long as its container; its figures update.
#[component]
pub(super) fn Containers(agent: AgentId, rows: Memo<Vec<Container>>, inside: Memo<TasksByContainer>) -> impl IntoView {
    let none = Memo::new(move |_| rows.with(Vec::is_empty));
    let lines = move || rows.with(|rows| rows.iter().map(|row| row.line.clone()).collect::<Vec<_>>());
    let agent = StoredValue::new(agent);
    let row = move |line: Vec<String>| {
        let row =
            Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.line == line).cloned()).unwrap_or_default());
        let depth = row.with_untracked(|row| row.line.len() > 1);
        view! {
            <tr>
                <td data-nested=depth.then_some("")>{move || row.with(|row| who(agent.get_value(), row, &inside.read()))}</td>
                <td class="num">{move || row.with(cpus)}</td>
                <td class="num">{move || row.with(|row| bytes(row.usage.mem_rss, row.usage.mem_limit))}</td>
                <td class="num">{move || row.with(|row| bytes(row.usage.disk_used, row.usage.disk_limit))}</td>
                <td>{move || row.with(|row| files(&agent.read_value(), row, &inside.read()))}</td>
                <td>{move || row.with(id)}</td>
                <td class="num">{move || row.with(|row| row.pid)}</td>
                <td class="mono">{move || row.with(|row| row.addresses.join(", "))}</td>
            </tr>
        }
    };
    let table = move || {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Containers, listed"><table class="plain">
                <thead><tr><th>"Executor, and tasks inside"</th><th class="num">"CPUs in use"</th><th class="num">"Memory in use"</th><th class="num">"Disk in use"</th><th>"Sandbox"</th><th>"Container"</th><th class="num">"PID"</th><th>"Addresses"</th></tr></thead>
                <tbody><For each=lines key=Clone::clone children=row/></tbody></table></div>
        }
    };
    move || {
        if none.get() {
            view! { <EmptyAgentList words="No container runs here."/> }.into_any()
        } else {
            table().into_any()
        }
    }
}

/// Content of a container: an executor, a nested task, or neither if Mesos names none.
fn who(agent: AgentId, row: &Container, inside: &TasksByContainer) -> AnyView {
    let own = row.line.last().and_then(|id| inside.get(id));
    if let Some(ContainerTask { framework, task, name, .. }) = own.filter(|_| row.line.len() > 1) {
        let name = if name.is_empty() { task.0.clone() } else { name.clone() };
        return view! { <a href=Route::Task(framework.clone(), task.clone()).to_string() title=task.0.clone()>{name}</a> }.into_any();
    }
    if row.executor.is_empty() {
        let word = if row.line.len() > 1 { "nested" } else { "standalone" };
        return view! { <span class="dim">{word}</span> }.into_any();
    }
    let there = Route::Executor(agent, row.framework.as_str().into(), row.executor.as_str().into());
    view! { <a class="mono" href=there.to_string() title=row.executor.clone()>{row.executor.clone()}</a> }.into_any()
}

/// Sandbox links of this executor run, or of the nested task. Mesos exposes no sandbox of other containers.
fn files(agent: &AgentId, row: &Container, inside: &TasksByContainer) -> Option<AnyView> {
    let run = row.line.first().cloned().unwrap_or_default();
    let there = |file: &str| BrowseParams { run: run.clone(), ..BrowseParams::of(file) };
    if row.line.len() > 1 {
        let ContainerTask { framework, executor, task, .. } = inside.get(row.line.last()?)?.clone();
        return Some(sandbox_links(|file| {
            Route::TaskBrowse(agent.clone(), framework.clone(), executor.clone(), task.clone(), there(file))
        }));
    }
    let of = |file: &str| {
        let (framework, executor) = (row.framework.as_str().into(), row.executor.as_str().into());
        Route::ExecutorBrowse(agent.clone(), framework, executor, there(file))
    };
    (!row.executor.is_empty()).then(|| sandbox_links(of))
}

fn cpus(row: &Container) -> AnyView {
    let of = row.usage.cpus.map(|cpus| format!("/ {}", text::amount(cpus))).unwrap_or_default();
    match row.cpus_now {
        Some(now) => {
            let whole = row.usage.cpus.unwrap_or_default();
            view! { <Meter taken=now promised=0.0 whole figure=format!("{now:.2}") of/> }.into_any()
        }
        None if row.usage.cpu_seconds.is_some() => view! { <span class="dim">"measuring …"</span> }.into_any(),
        None => view! { <span class="dim">{format!("– {of}")}</span> }.into_any(),
    }
}

/// Used bytes and limit; the limit alone if there is no measurement.
fn bytes(used: Option<f64>, limit: Option<f64>) -> AnyView {
    let whole = |bytes: f64| Bytes::new(bytes as i64);
    let words = |bytes: f64| {
        let (number, unit) = text::bytes(whole(bytes));
        format!("{number} {unit}")
    };
    match (used, limit) {
        (Some(used), Some(limit)) => {
            let (figure, of) = (text::bytes_like(whole(used), whole(limit)), format!("/ {}", words(limit)));
            view! { <Meter taken=used promised=0.0 whole=limit figure of/> }.into_any()
        }
        (Some(used), None) => words(used).into_any(),
        (None, Some(limit)) => view! { <span class="dim">{format!("– / {}", words(limit))}</span> }.into_any(),
        (None, None) => view! { <span class="dim">"–"</span> }.into_any(),
    }
}

/// Shortened container id, with a button that copies all of it.
fn id(row: &Container) -> AnyView {
    let id = row.line.last().cloned().unwrap_or_default();
    let short: String = id.chars().take(8).collect();
    let label = "the container's id";
    view! { <span class="id"><span class="mono dim" title=id.clone()>{short}</span><Copy text=Signal::stored(id) label/></span> }.into_any()
}
