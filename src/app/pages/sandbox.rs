//! Redirects from an executor or task to its sandbox folder on the agent.

use std::time::Duration;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::{TaskId, TaskKey};
use mesoscope_core::files::entry::{RunSelector, Sandbox};
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::views::task::TaskQuery;
use mesoscope_core::views::view::AbsentReason;

use crate::hooks::has_elapsed;
use crate::parts::files::find_sandbox::{NoSandbox, find, run_in};
use crate::parts::files::path_notices::loading_notice;
use crate::parts::links::agent_link_by_id;
use crate::router::{replace, route};
use crate::widgets::panel::EmptyState;
use crate::worker_link::{WorkerLink, link};

/// Timeout for the cluster's data, which identifies the task's run.
const PATIENCE: Duration = Duration::from_secs(10);

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
        None => loading_notice("Loading the sandbox …"),
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{agent_link_by_id(&agent)}</span><span class="crumb" aria-hidden="true">"/"</span>
            <a class="crumb" href=executor>{of.executor.0.clone()}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">"Sandbox of "{title}</h1>
        </div>
        {view}
    }
}

/// Explains the failure, with alternatives.
fn lost(of: &Sandbox, why: &NoSandbox, lead: &dyn Fn(&str) -> Route, tries: RwSignal<u32>) -> impl IntoView + use<> {
    let target = Target::Agent(of.agent.clone());
    let (title, words) = why.words(&target);
    let away = why.availability(&target).map(|words| view! { <p class="blank more">{words}</p> });
    let latest = match why {
        NoSandbox::Unsure(folder) => {
            let there = lead(folder).to_string();
            Some(view! { <a class="link" href=there>"Latest run of the executor"</a> })
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
                <button class="button" on:click=move |_| tries.update(|tries| *tries += 1)>"Retry"</button>
                {latest}<a class="link" href=executor>"Executor"</a><a class="link" href=agent>"Agent"</a>
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
