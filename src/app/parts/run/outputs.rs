//! Outputs of a run's tasks: followed together in the log viewer, or compared.

use futures_util::StreamExt;
use futures_util::stream;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::files;
use mesoscope_core::files::entry::{RunSelector, Sandbox};
use mesoscope_core::files::merge::MergeOrder;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::ReadFile;
use mesoscope_core::mesos::wire::decode_lossy::decode_lossy;
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::scheduler::outputs::{COMPARED, SameOutput, same_outputs};
use mesoscope_core::text::{agents, run_results as words};
use mesoscope_core::views::run_tasks::RunTaskRow;

use crate::api_client::ApiRequest;
use crate::directory_listing::{CachePolicy, find_regular_file};
use crate::parts::files::find_sandbox::find;
use crate::parts::files::viewer_context::MAX_PANES;
use crate::router::{push, route};
use crate::widgets::panel::Panel;
use crate::worker_link::{WorkerLink, link};

/// Outputs that are compared.
const MOST_COMPARED: usize = 500;
/// Reads at a time.
const AT_ONCE: usize = 6;

/// Result of a comparison.
#[derive(Clone, Default, PartialEq)]
struct Comparison {
    groups: Vec<SameOutput<String>>,
    unread: usize,
}

/// Renders the panel; `rows` are the tasks that the table's filter leaves.
pub(super) fn panel(rows: Memo<Vec<RunTaskRow>>) -> AnyView {
    let (link, here) = (link(), route());
    let file = RwSignal::new("stdout");
    let comparison = RwSignal::new(None::<Comparison>);
    let said = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let owner = StoredValue::new(Owner::current());
    let with_output =
        Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| row.has_sandbox()).cloned().collect::<Vec<_>>()));
    let spawn = move |task: std::pin::Pin<Box<dyn Future<Output = ()>>>| {
        if let Some(owner) = owner.get_value() {
            owner.with(|| spawn_local_scoped_with_cancellation(task));
        }
    };
    let begin = move || {
        let rows = with_output.get_untracked();
        said.set(rows.is_empty().then(|| words::NO_OUTPUT.to_owned()));
        let is_free = !rows.is_empty() && !is_busy.get_untracked();
        is_busy.set(is_busy.get_untracked() || is_free);
        is_free.then_some(rows)
    };
    let follow = move |merged: Option<MergeOrder>| {
        let Some(rows) = begin() else { return };
        spawn(Box::pin(async move {
            let name = file.get_untracked();
            let paths = paths(link, rows.into_iter().take(MAX_PANES).collect(), name).await;
            is_busy.set(false);
            match paths {
                Ok(paths) => leads(here, paths, merged),
                Err(why) => said.set(Some(why)),
            }
        }));
    };
    let compare = move |_| {
        let Some(rows) = begin() else { return };
        spawn(Box::pin(async move {
            let compared = compared(link, rows, file.get_untracked()).await;
            is_busy.set(false);
            comparison.set(Some(compared));
        }));
    };
    let more =
        move || words::followed(MAX_PANES, with_output.with(Vec::len)).map(|says| view! { <p class="dim">{says}</p> });
    view! {
        <Panel title="Output">
            <div class="run-body">
                <div class="run-buttons">
                    <span class="facets" role="group" aria-label="File">{file_choice(file, "stdout")}{file_choice(file, "stderr")}</span>
                    <button type="button" class="button" on:click=move |_| follow(Some(MergeOrder::Arrival))>"Follow merged"</button>
                    <button type="button" class="button" on:click=move |_| follow(None)>"Follow side by side"</button>
                    <button type="button" class="button" on:click=compare>"Compare"</button>
                </div>
                {more}{busy(is_busy)}
                <p class="wrong" role="status">{move || said.get()}</p>
                {move || comparison.get().map(|compared| shown(&compared))}
            </div>
        </Panel>
    }
    .into_any()
}

fn busy(is_busy: RwSignal<bool>) -> impl IntoView {
    move || is_busy.get().then(|| view! { <p class="dim" role="status">"Reading the outputs …"</p> })
}

fn file_choice(file: RwSignal<&'static str>, name: &'static str) -> AnyView {
    let pressed = move || (file.get() == name).to_string();
    view! { <button type="button" class="facet" aria-pressed=pressed on:click=move |_| file.set(name)>{name}</button> }
        .into_any()
}

fn leads(here: RwSignal<Route>, paths: Vec<(AgentId, String)>, merged: Option<MergeOrder>) {
    let mut paths = paths.into_iter();
    let Some((agent, path)) = paths.next() else { return };
    let beside: Vec<(AgentId, String)> = paths.collect();
    let merged = merged.filter(|_| !beside.is_empty());
    push(here, Route::AgentBrowse(agent, BrowseParams { beside, merged, ..BrowseParams::of(path) }));
}

/// Paths of a file in the sandboxes. If none is found, the reason of the first.
async fn paths(link: WorkerLink, rows: Vec<RunTaskRow>, file: &str) -> Result<Vec<(AgentId, String)>, String> {
    let found: Vec<_> = stream::iter(rows).map(|row| path(link, row, file)).buffered(AT_ONCE).collect().await;
    let mut first = None;
    let mut paths = Vec::new();
    for path in found {
        match path {
            Ok(path) => paths.push(path),
            Err(why) => _ = first.get_or_insert(why),
        }
    }
    match first {
        Some(why) if paths.is_empty() => Err(why),
        _ => Ok(paths),
    }
}

async fn path(link: WorkerLink, row: RunTaskRow, file: &str) -> Result<(AgentId, String), String> {
    let (Some(agent), Some(framework)) = (row.agent, row.framework) else { return Err(words::NO_OUTPUT.to_owned()) };
    let of = Sandbox { agent: agent.clone(), framework, executor: row.executor };
    let run = RunSelector::Of { container: row.container, inner: Vec::new() };
    let folder = find(link, &of, Some(&row.id), &run).await;
    let folder = folder.map_err(|why| why.words(&Target::Agent(agent.clone())).1)?;
    Ok((agent, format!("{folder}/{file}")))
}

async fn compared(link: WorkerLink, rows: Vec<RunTaskRow>, file: &str) -> Comparison {
    let all = rows.len();
    let rows = stream::iter(rows.into_iter().take(MOST_COMPARED));
    let read = move |row: RunTaskRow| async move {
        let host = agents::name(&row.hostname, row.agent.as_ref().map(AgentId::as_str).unwrap_or_default());
        Some((host, output(link, row, file).await?))
    };
    let outputs: Vec<Option<(String, String)>> = rows.map(read).buffered(AT_ONCE).collect().await;
    let outputs: Vec<(String, String)> = outputs.into_iter().flatten().collect();
    Comparison { unread: all.saturating_sub(outputs.len()), groups: same_outputs(&outputs) }
}

async fn output(link: WorkerLink, row: RunTaskRow, file: &str) -> Option<String> {
    let (agent, path) = path(link, row, file).await.ok()?;
    let target = Target::Agent(agent);
    let file = find_regular_file(link, &target, &path, CachePolicy::Cached).await.ok()?;
    let body = ApiRequest::new(&ReadFile::window(&file, 0, COMPARED as u64), target).ask(link).await.ok()?;
    let reported = files::answer::reported(&body).ok()?;
    let bytes = reported.bytes.get(..reported.bytes.len().min(COMPARED)).unwrap_or_default();
    Some(decode_lossy(bytes).into_owned())
}

fn shown(compared: &Comparison) -> AnyView {
    let group = |group: &SameOutput<String>| {
        let difference = words::difference(group).map(|says| {
            let lines = group.first_difference.clone().map(|(_, usual, own)| {
                view! { <p class="run-line mono"><del>{usual}</del><ins>{own}</ins></p> }
            });
            view! { <p class="dim">{says}</p>{lines} }
        });
        let text = if group.text.is_empty() { words::EMPTY.to_owned() } else { group.text.clone() };
        view! {
            <li><b>{words::count_of(group.tasks.len())}</b>" "<span>{words::hosts(group)}</span>{difference}
                <details><summary>"Output"</summary><pre class="output" tabindex="0" role="group" aria-label="Output">{text}</pre></details></li>
        }
    };
    view! {
        <p class="run-headline" role="status">{words::same(&compared.groups, compared.unread)}</p>
        <ol class="run-notes">{compared.groups.iter().map(group).collect_view()}</ol>
        <p class="dim">{words::COMPARED}</p>
    }
    .into_any()
}
