//! Redirects from an executor or task to its sandbox folder on the agent.

use std::time::Duration;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::{TaskId, TaskKey};
use mesoscope_core::files::entry::{RunSelector, Sandbox, SandboxFolder};
use mesoscope_core::mesos::calls::{Refusal, Target};
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::views::task::TaskDetail;
use mesoscope_core::views::task::TaskQuery;
use mesoscope_core::views::view::AbsentReason;

use crate::api_client::ApiError;
use crate::directory_listing::is_absent;
use crate::directory_listing::{CachePolicy, lookup, work_dir};
use crate::hooks::has_elapsed;
use crate::parts::files::path_notices::{agent_availability, loading_notice, not_shown_reason};
use crate::parts::links::agent_link;
use crate::router::{replace, route};
use crate::widgets::panel::EmptyState;
use crate::worker_link::{WorkerLink, link};

/// Timeout for the cluster's data, which identifies the task's run.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why no sandbox was found.
#[derive(Clone, PartialEq)]
enum NoSandbox {
    /// The agent does not report where its sandboxes are.
    Flags(ApiError),
    Sandbox(ApiError),
    /// Nothing is at the usual path, and an old agent's sandbox root is unknown.
    Hidden(ApiError),
    /// A folder exists, but may belong to another run.
    Unsure(String),
}

/// Renders the page. `place` names the file to open, empty for the folder, and the run.
#[component]
pub(crate) fn SandboxPage(of: Sandbox, task: Option<TaskId>, place: BrowseParams) -> impl IntoView {
    let failed = RwSignal::new(None::<NoSandbox>);
    let (link, here) = (link(), route());
    let run = run_of(link, &of, task.as_ref(), &place.run);
    let tries = RwSignal::new(0_u32);
    let lead = {
        let (agent, place) = (of.agent.clone(), place);
        move |folder: &str| {
            let path = if place.path.is_empty() { folder.to_owned() } else { format!("{folder}/{}", place.path) };
            Route::AgentBrowse(agent.clone(), BrowseParams { path, run: String::new(), ..place.clone() })
        }
    };
    let (search, go) = ((of.clone(), task.clone()), lead.clone());
    Effect::new(move |_| {
        tries.track();
        link.identity.track();
        let Some(run) = run.get() else { return };
        let ((of, task), go) = (search.clone(), go.clone());
        spawn_local_scoped_with_cancellation(async move {
            failed.set(None);
            match find(link, &of, task.as_ref(), &run).await {
                Ok(folder) => replace(here, go(&folder)),
                Err(why) => failed.set(Some(why)),
            }
        });
    });
    let (agent, whose) = (of.agent.clone(), of.clone());
    let executor = Route::Executor(of.agent.clone(), of.framework.clone(), of.executor.clone()).to_string();
    let title = task.as_ref().map_or_else(|| of.executor.0.clone(), |task| task.0.clone());
    let view = move || match failed.get() {
        Some(why) => lost(&whose, &why, &lead, tries).into_any(),
        None => loading_notice("Asking the agent for the sandbox …"),
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{agent_link(&agent, "")}</span><span class="crumb" aria-hidden="true">"/"</span>
            <a class="crumb" href=executor>{of.executor.0.clone()}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">"Sandbox of "{title}</h1>
        </div>
        {view}
    }
}

/// Explains the failure, with alternatives.
fn lost(of: &Sandbox, why: &NoSandbox, lead: &dyn Fn(&str) -> Route, tries: RwSignal<u32>) -> impl IntoView + use<> {
    let target = Target::Agent(of.agent.clone());
    let (title, words) = match why {
        NoSandbox::Sandbox(why) if is_absent(why) => {
            let words = "The agent shows no sandbox of it any more, or none yet. Agents collect a sandbox some time after its executor has ended (--gc_delay, a week unless told otherwise), and sooner where the disk fills.";
            (why.of(&target), words.to_owned())
        }
        NoSandbox::Sandbox(why) => not_shown_reason(&target, "", why),
        NoSandbox::Flags(ApiError::Refused(Refusal { status: 403, .. })) => {
            let words = "The folder of a certain run stands below the agent's --work_dir, and who is signed in here may not see that (the action is VIEW_FLAGS).";
            ("Not allowed", words.to_owned())
        }
        NoSandbox::Flags(why) => (why.of(&target), why.to_string()),
        NoSandbox::Hidden(why) => {
            let words = format!(
                "The agent shows no sandbox of it under the usual path: it was collected, or there is none yet. Agents before 1.5 show it below their --work_dir alone, which is not known: {}: {why}",
                why.of(&target)
            );
            ("No sandbox is shown", words)
        }
        NoSandbox::Unsure(_) => {
            let words = "The master does not say in which container this task ran: it has forgotten the task, or was never told. The executor's latest run may be another.";
            ("It is not known which sandbox it had", words.to_owned())
        }
    };
    let away = match why {
        NoSandbox::Flags(why) | NoSandbox::Sandbox(why) => {
            agent_availability(&target, why).map(|words| view! { <p class="blank more">{words}</p> })
        }
        NoSandbox::Unsure(_) | NoSandbox::Hidden(_) => None,
    };
    let latest = match why {
        NoSandbox::Unsure(folder) => {
            let there = lead(folder).to_string();
            Some(view! { <a class="link" href=there>"The executor's latest run"</a> })
        }
        NoSandbox::Flags(_) | NoSandbox::Hidden(_) | NoSandbox::Sandbox(_) => None,
    };
    let executor = Route::Executor(of.agent.clone(), of.framework.clone(), of.executor.clone()).to_string();
    let agent = Route::Agent(of.agent.clone()).to_string();
    view! {
        <section class="panel">
            <EmptyState title words/>
            {away}
            <div class="blank links">
                <button class="button" on:click=move |_| tries.update(|tries| *tries += 1)>"Try again"</button>
                {latest}<a class="link" href=executor>"The executor"</a><a class="link" href=agent>"The agent"</a>
            </div>
        </section>
    }
}

/// Selects the run; `None` until known. The master remembers a task's container: the executor's id may have been reused since.
fn run_of(link: WorkerLink, of: &Sandbox, task: Option<&TaskId>, run: &str) -> Memo<Option<RunSelector>> {
    let certain = match (run.is_empty(), task) {
        (false, _) => Some(RunSelector::Of { container: run.to_owned(), inner: Vec::new() }),
        (true, None) => Some(RunSelector::Latest),
        (true, Some(_)) => None,
    };
    let Some(task) = task.cloned().filter(|_| certain.is_none()) else { return Memo::new(move |_| certain.clone()) };
    let key = TaskKey { framework: of.framework.clone(), task };
    let answer = link.watch(move || TaskQuery(key.clone()));
    let late = has_elapsed(PATIENCE);
    Memo::new(move |_| match answer.get() {
        Some(Ok(detail)) => Some(run_in(&detail)),
        Some(Err(AbsentReason::Unknown)) => Some(RunSelector::Unknown),
        _ => late.get().then_some(RunSelector::Unknown),
    })
}

fn run_in(detail: &TaskDetail) -> RunSelector {
    match detail.reported.containers.as_slice() {
        [container, inner @ ..] => RunSelector::Of { container: container.clone(), inner: inner.to_vec() },
        // A live task belongs to the latest run of its executor.
        [] if !detail.row.state.is_terminal() => RunSelector::Latest,
        [] => RunSelector::Unknown,
    }
}

/// Finds the first existing folder among the candidates.
async fn find(link: WorkerLink, of: &Sandbox, task: Option<&TaskId>, run: &RunSelector) -> Result<String, NoSandbox> {
    let target = Target::Agent(of.agent.clone());
    match run {
        RunSelector::Of { .. } => {
            let work_dir = work_dir(link, &target).await.map_err(NoSandbox::Flags)?;
            first(link, &target, of.folders(task, run, &work_dir)).await
        }
        // Agents before Mesos 1.5 expose the latest run only below their --work_dir.
        RunSelector::Latest | RunSelector::Unknown => match first(link, &target, of.folders(task, run, "")).await {
            Err(NoSandbox::Sandbox(why)) if is_absent(&why) => match work_dir(link, &target).await {
                Ok(work_dir) => first(link, &target, of.folders(task, run, &work_dir)).await,
                Err(flags) => Err(NoSandbox::Hidden(flags)),
            },
            found => found,
        },
    }
}

async fn first(link: WorkerLink, target: &Target, folders: Vec<SandboxFolder>) -> Result<String, NoSandbox> {
    let mut last = ApiError::Refused(Refusal { status: 404, words: String::new() });
    for folder in folders {
        match lookup(link, target, &folder.path, CachePolicy::Fresh).await {
            Ok(_) if folder.is_its_own => return Ok(folder.path),
            Ok(_) => return Err(NoSandbox::Unsure(folder.path)),
            Err(why) if is_absent(&why) => last = why,
            Err(why) => return Err(NoSandbox::Sandbox(why)),
        }
    }
    Err(NoSandbox::Sandbox(last))
}
