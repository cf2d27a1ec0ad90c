//! Cells of a container's row.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;

use super::state::{ContainerPanel, ContainerPath, ContainerTask};
use crate::parts::links::sandbox_links;
use crate::widgets::meter::Meter;

/// Content of a container: an executor, a nested task, or neither if Mesos names none.
pub(super) fn who(panel: ContainerPanel, path: StoredValue<ContainerPath>, row: &Container, is_ended: bool) -> AnyView {
    let path = path.get_value();
    let task = panel.source.inside.with(|inside| inside.get(path.last()?).cloned());
    if let Some(ContainerTask { framework, task, name, .. }) = task.filter(|_| path.len() > 1) {
        let name = if name.is_empty() { task.0.clone() } else { name };
        return view! { <a href=Route::Task(framework, task.clone()).to_string() title=task.0.clone()>{name}</a> }
            .into_any();
    }
    if !row.executor.is_empty() {
        let there =
            Route::Executor(panel.agent.get_value(), row.framework.as_str().into(), row.executor.as_str().into());
        return view! { <a class="mono" href=there.to_string() title=row.executor.clone()>{row.executor.clone()}</a> }
            .into_any();
    }
    let kind = if path.len() > 1 { "nested" } else { "standalone" };
    let ended = is_ended.then(|| view! { <span class="state" data-tone="idle">"ended"</span> });
    view! { <span class="mono" title=path.last().cloned()>{text::containers::short(&path)}</span>" "<span class="dim">{kind}</span>{ended} }.into_any()
}

/// What a row is called: by its task, its executor, or its id.
pub(super) fn name(panel: ContainerPanel, path: &ContainerPath, row: &Container) -> String {
    let task = path
        .last()
        .filter(|_| path.len() > 1)
        .and_then(|id| panel.source.inside.with(|inside| inside.get(id).cloned()));
    match task {
        Some(ContainerTask { task, name, .. }) if name.is_empty() => task.0,
        Some(ContainerTask { name, .. }) => name,
        None if row.executor.is_empty() => text::containers::short(path),
        None => row.executor.clone(),
    }
}

/// Sandbox links of this executor run, of the nested task, or of another container nested in the executor's, whose sandbox is below
/// that of the container around it and stays until the container is removed. Mesos exposes no sandbox of standalone containers.
pub(super) fn files(panel: ContainerPanel, path: &ContainerPath) -> Option<AnyView> {
    let run = path.first().cloned().unwrap_or_default();
    let there = |file: &str| BrowseParams { run: run.clone(), ..BrowseParams::of(file) };
    let agent = panel.agent.get_value();
    let inside = |line: &ContainerPath| panel.source.inside.with(|inside| inside.get(line.last()?).cloned());
    if let Some(ContainerTask { framework, executor, task, .. }) = inside(path).filter(|_| path.len() > 1) {
        return Some(sandbox_links(|file| {
            Route::TaskBrowse(agent.clone(), framework.clone(), executor.clone(), task.clone(), there(file))
        }));
    }
    let (outermost, nested) = path.split_first()?;
    let outermost = panel.source.report.with(|report| report.find(std::slice::from_ref(outermost)).cloned())??;
    let below: String = nested.iter().map(|id| format!("containers/{id}/")).collect();
    let of = |file: &str| {
        let (framework, executor) = (outermost.framework.as_str().into(), outermost.executor.as_str().into());
        let path = format!("{below}{file}");
        Route::ExecutorBrowse(agent.clone(), framework, executor, there(path.trim_end_matches('/')))
    };
    (!outermost.executor.is_empty()).then(|| sandbox_links(of))
}

pub(super) fn cpus(row: &Container) -> AnyView {
    let of = row.usage.cpus.map(|cpus| format!("/ {}", text::containers::figure(cpus))).unwrap_or_default();
    match row.cpus_now {
        Some(now) => {
            let whole = row.usage.cpus.unwrap_or_default();
            view! { <Meter taken=now promised=0.0 whole figure=text::containers::processors(now) of/> }.into_any()
        }
        None if row.usage.cpu_seconds.is_some() => view! { <span class="dim">"measuring …"</span> }.into_any(),
        None => view! { <span class="dim">{format!("– {of}")}</span> }.into_any(),
    }
}

/// Bytes received and sent a second.
pub(super) fn network(row: &Container) -> AnyView {
    match (row.network_now, row.usage.network) {
        (Some(now), _) => text::containers::rate(now).into_any(),
        (None, Some(_)) => view! { <span class="dim">"measuring …"</span> }.into_any(),
        (None, None) => view! { <span class="dim">"–"</span> }.into_any(),
    }
}

/// Used bytes and limit; the limit alone if there is no measurement.
pub(super) fn bytes(used: Option<f64>, limit: Option<f64>) -> AnyView {
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
