//! An executor's or a task's sandbox, by who it is of: finds the folder on the agent, and goes there.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::api::files::ListFiles;
use mesoscope::api::process::GetFlags;
use mesoscope::api::{Refusal, Target};
use mesoscope::file::{Sandbox, base_name};
use mesoscope::ids::{TaskId, TaskKey};
use mesoscope::query::{Answer, Query};
use mesoscope::route::{Place, Route, Table};
use mesoscope::wire::own;

use crate::ui::ask::{NoAnswer, Question};
use crate::ui::link::{Link, link};
use crate::ui::parts::agent_link;
use crate::ui::router::{replace, route};
use crate::ui::widgets::Blank;

/// The page. The place tells the file that it leads to, the folder itself if that is empty, and which run is meant.
#[component]
pub(crate) fn SandboxPage(of: Sandbox, task: Option<TaskId>, place: Place) -> impl IntoView {
    let failed = RwSignal::new(None::<NoAnswer>);
    let (link, here) = (link(), route());
    // The master remembers in which container a task ran: an executor's id may have been used again since.
    let container = run_of(link, &of, task.as_ref(), place.run);
    let tries = RwSignal::new(0_u32);
    let search = (of.clone(), task.clone(), place.path);
    Effect::new(move |_| {
        tries.track();
        link.identity.track();
        let Some(container) = container.get() else { return };
        let (of, task, file) = search.clone();
        spawn_local_scoped_with_cancellation(async move {
            match find(link, &of, task.as_ref(), container).await {
                Ok(folder) => {
                    let path = if file.is_empty() { folder } else { format!("{folder}/{file}") };
                    replace(here, Route::AgentBrowse(of.agent, Place::of(path)));
                }
                Err(why) => failed.set(Some(why)),
            }
        });
    });
    let (agent, whose) = (of.agent.clone(), of.clone());
    let executor = Route::Executor(of.agent.clone(), of.framework.clone(), of.executor.clone()).to_string();
    let title = task.as_ref().map_or_else(|| of.executor.0.clone(), |task| task.0.clone());
    let view = move || {
        failed.get().map(|why| {
            let words = words(&why);
            let there =
                Route::Executor(whose.agent.clone(), whose.framework.clone(), whose.executor.clone()).to_string();
            view! {
                <section class="panel">
                    <Blank title=why.headline() words/>
                    <div class="blank links">
                        <button class="button" on:click=move |_| tries.update(|tries| *tries += 1)>"Try again"</button>
                        <a class="link" href=there>"The executor"</a>
                        <a class="link" href=Route::Agent(whose.agent.clone()).to_string()>"The agent"</a>
                    </div>
                </section>
            }
        })
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(Table::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{agent_link(&agent, "")}</span><span class="crumb" aria-hidden="true">"/"</span>
            <a class="crumb" href=executor>{of.executor.0.clone()}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">"Sandbox of "{title}</h1>
        </div>
        {view}
    }
}

fn words(why: &NoAnswer) -> String {
    match why {
        NoAnswer::Refused(Refusal { status: 404, words }) if words.is_empty() => {
            "The agent shows no sandbox of it any more, or none yet. Agents collect a sandbox some time after its executor has ended (--gc_delay, a week unless told otherwise), and sooner where the disk fills.".to_owned()
        }
        NoAnswer::Refused(Refusal { status: 403, .. }) => {
            "Mesos refuses it without a word: who is signed in here may not see it (the action is ACCESS_SANDBOX).".to_owned()
        }
        other => other.to_string(),
    }
}

/// The container of the run that a task was in: none before that is known, an empty one if nobody knows.
fn run_of(link: Link, of: &Sandbox, task: Option<&TaskId>, run: String) -> Memo<Option<String>> {
    let Some(task) = task.cloned().filter(|_| run.is_empty()) else { return Memo::new(move |_| Some(run.clone())) };
    let key = TaskKey { framework: of.framework.clone(), task };
    let answer = link.watch(move || Query::Task(key.clone()));
    Memo::new(move |_| match answer.get() {
        Some(Answer::Task(detail)) => {
            Some(detail.ok().and_then(|detail| detail.told.containers.first().cloned()).unwrap_or_default())
        }
        _ => None,
    })
}

/// The first folder that is there of those where it may be.
async fn find(link: Link, of: &Sandbox, task: Option<&TaskId>, container: String) -> Result<String, NoAnswer> {
    let mut runs = vec![of.latest()];
    if !container.is_empty() {
        // The latest is another run's, where a certain one is meant.
        if task.is_none() {
            runs.clear();
        }
        let flags = Question::new(&GetFlags, Target::Agent(of.agent.clone())).ask(link).await;
        let flags = flags.map(|body| own::flags(&body)).unwrap_or_default();
        let work_dir = flags.into_iter().find(|(name, _)| name == "work_dir").map(|(_, value)| value);
        runs.extend(work_dir.map(|work_dir| of.run(&work_dir, &container)));
        runs.reverse();
    }
    let folders = runs.iter().flat_map(|run| match task {
        Some(task) => Sandbox::of_task(run, task).to_vec(),
        None => vec![run.clone()],
    });
    let mut last = None;
    for folder in folders {
        debug_assert!(!base_name(&folder).is_empty(), "a folder has a name");
        let question = Question::new(&ListFiles { path: folder.clone() }, Target::Agent(of.agent.clone())).patient();
        match question.ask(link).await {
            Ok(_) => return Ok(folder),
            Err(why @ NoAnswer::Refused(Refusal { status: 404, .. })) => last = Some(why),
            Err(why) => return Err(why),
        }
    }
    Err(last.unwrap_or(NoAnswer::Refused(Refusal { status: 404, words: String::new() })))
}
