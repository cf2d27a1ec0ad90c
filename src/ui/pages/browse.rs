//! A folder or a file of the master or of an agent: which of the two a path is, only asking tells.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope::api::files::{ListFiles, ReadFile};
use mesoscope::api::{Refusal, Target};
use mesoscope::file::{self, Entry, Sandbox};
use mesoscope::ids::AgentId;
use mesoscope::route::{Place, Route, Table};

use crate::ui::ask::{NoAnswer, Question};
use crate::ui::link::link;
use crate::ui::parts::{Around, Item, agent_link, download_button, folder, viewer};
use crate::ui::router::{push, replace, route};
use crate::ui::widgets::{Blank, Copy};

/// What a path leads to.
#[derive(Clone, PartialEq)]
enum Found {
    Asking,
    File,
    Folder,
    Nothing(NoAnswer),
}

/// The page; without an agent, the master's. What has others beside it is a file, wherever its task's folder is.
#[component]
pub(crate) fn BrowsePage(agent: Option<AgentId>, path: String, is_file: bool) -> impl IntoView {
    let target = agent.clone().map_or(Target::Master, Target::Agent);
    let found = RwSignal::new(if is_file && agent.is_some() { Found::File } else { Found::Asking });
    let entries = RwSignal::new(Vec::<Entry>::new());
    let link = link();
    let ask = {
        let (target, path) = (target.clone(), path.clone());
        move || {
            let read = Question::new(&ReadFile { path: path.clone(), offset: 0, length: Some(0) }, target.clone());
            let list = Question::new(&ListFiles { path: path.clone() }, target.clone()).patient();
            spawn_local_scoped_with_cancellation(async move {
                let told = match read.ask(link).await {
                    Ok(_) => Found::File,
                    Err(NoAnswer::Refused(Refusal { status: 400, words })) if words.contains("directory") => {
                        match list.ask(link).await.map(|body| file::listed(&body)) {
                            Ok(Ok(listed)) => {
                                entries.set(listed);
                                Found::Folder
                            }
                            Ok(Err(why)) => Found::Nothing(NoAnswer::Broken(why.to_string())),
                            Err(why) => Found::Nothing(why),
                        }
                    }
                    Err(why) => Found::Nothing(why),
                };
                if found.get_untracked() != told {
                    found.set(told);
                }
            });
        }
    };
    let asking = RwSignal::new(0_u32);
    Effect::new(move |_| {
        asking.track();
        link.identity.track();
        if found.get_untracked() != Found::File {
            ask();
        }
    });
    let again = Callback::new(move |()| asking.update(|asking| *asking += 1));
    let around = around();
    let head = head(agent.as_ref(), &path);
    let body = move || match found.get() {
        Found::Asking => ().into_any(),
        Found::File => viewer(target.clone(), around),
        Found::Folder => folder_of(agent.clone(), &path, entries, again),
        Found::Nothing(why) => nothing(agent.as_ref(), &path, &why, again),
    };
    view! { {head}<div class="browse">{body}</div> }
}

/// The place in the address, and the way to another.
fn around() -> Around {
    let here = route();
    let place = Memo::new(move |before: Option<&Place>| match here.get() {
        Route::AgentBrowse(_, place) | Route::MasterBrowse(place) => place,
        _ => before.cloned().unwrap_or_default(),
    });
    let go = Callback::new(move |(place, push_it): (Place, bool)| {
        let there = match here.get_untracked() {
            Route::AgentBrowse(agent, _) => Route::AgentBrowse(agent, place),
            Route::MasterBrowse(_) => Route::MasterBrowse(place),
            _ => return,
        };
        if push_it { push(here, there) } else { replace(here, there) }
    });
    Around { place: place.into(), go }
}

fn there(agent: Option<&AgentId>, path: &str) -> String {
    let place = Place::of(path);
    match agent {
        Some(agent) => Route::AgentBrowse(agent.clone(), place).to_string(),
        None => Route::MasterBrowse(place).to_string(),
    }
}

/// Whose it is, and each part of the path with a link to it.
fn head(agent: Option<&AgentId>, path: &str) -> impl IntoView + use<> {
    let slash = || view! { <span class="crumb" aria-hidden="true">"/"</span> };
    let whose = match agent {
        Some(agent) => view! {
            <a class="crumb" href=Route::Agents(Table::default()).to_string()>"Agents"</a>{slash()}
            <span class="crumb">{agent_link(agent, "")}</span>
        }
        .into_any(),
        None => view! { <a class="crumb" href=Route::Master.to_string()>"Master"</a> }.into_any(),
    };
    let owner = file::Owner::of(path);
    let root = owner.as_ref().map_or(0, |owner| owner.root);
    let executor = owner.zip(agent).map(|(owner, agent)| {
        let there = Route::Executor(agent.clone(), owner.framework.into(), owner.executor.into());
        view! { {slash()}<a class="crumb" href=there.to_string() title=owner.executor.to_owned()>{owner.executor.to_owned()}</a> }
    });
    // Mesos attaches its log under a path whose folders are none.
    let is_log = matches!(path, "/slave/log" | "/master/log");
    let parts = file::crumbs(path).into_iter().filter(|(_, path)| path.len() >= root && !is_log);
    let mut parts: Vec<(String, String)> = parts.map(|(name, path)| (name.to_owned(), path.to_owned())).collect();
    let last = parts.pop().map_or_else(|| path.to_owned(), |(name, _)| name);
    let crumb = |(nth, (name, path)): (usize, (String, String))| {
        // A run's folder is called by its container, which says nothing to anybody.
        let name = if nth == 0 && root > 0 { "sandbox".to_owned() } else { name };
        view! { {slash()}<a class="crumb" href=there(agent, &path) title=path>{name}</a> }
    };
    let is_root = root > 0 && parts.is_empty();
    let crumbs = parts.clone().into_iter().enumerate().map(crumb).collect_view();
    let last = match (is_log, is_root) {
        (true, _) => "Log".to_owned(),
        (false, true) => "Sandbox".to_owned(),
        (false, false) => last,
    };
    view! {
        <div class="head">
            {whose}{executor}{crumbs}{slash()}<h1 tabindex="-1">{last}</h1><Copy text=Signal::stored(path.to_owned()) label="the path"/>
        </div>
    }
}

fn folder_of(agent: Option<AgentId>, path: &str, entries: RwSignal<Vec<Entry>>, again: Callback<()>) -> AnyView {
    let target = agent.clone().map_or(Target::Master, Target::Agent);
    let up = file::Owner::of(path).is_none_or(|owner| path.trim_end_matches('/').len() > owner.root);
    let up = file::parent(path).filter(|_| up).map(|parent| there(agent.as_ref(), parent));
    let whose = target.clone();
    let items = Memo::new(move |_| {
        entries.with(|entries| {
            let item = |entry: &Entry| Item {
                href: there(agent.as_ref(), &entry.path),
                entry: entry.clone(),
                target: whose.clone(),
            };
            entries.iter().map(item).collect::<Vec<_>>()
        })
    });
    let (whose, at) = (target.clone(), path.to_owned());
    let tools = move || {
        let save = download_button(whose.clone(), at.clone(), "Download as tar");
        view! { {save}<button class="button" on:click=move |_| again.run(())>"Refresh"</button> }
    };
    folder(items.into(), Signal::stored(path.to_owned()), Signal::stored(up), tools.into())
}

/// Why nothing is shown, and what may be tried.
fn nothing(agent: Option<&AgentId>, path: &str, why: &NoAnswer, again: Callback<()>) -> AnyView {
    let is_log = matches!(path, "/slave/log" | "/master/log");
    let words = match why {
        NoAnswer::Refused(Refusal { status: 404, words }) if words.is_empty() && is_log => {
            "It writes no log to a file, or shows none: Mesos does so only where it was started with --log_dir or --external_log_file."
                .to_owned()
        }
        NoAnswer::Refused(Refusal { status: 404, words }) if words.is_empty() => {
            "The sandbox may have been collected: agents remove it some time after its executor has ended (--gc_delay, a week unless told otherwise), and sooner where the disk fills. Or the file was never written, or was rotated away, or the path is mistyped."
                .to_owned()
        }
        NoAnswer::Refused(Refusal { status: 403, .. }) => {
            let action = if is_log { "ACCESS_MESOS_LOG" } else { "ACCESS_SANDBOX" };
            format!("Mesos refuses it without a word: who is signed in here may not see it (the action is {action}).")
        }
        NoAnswer::Refused(Refusal { status: 400, words }) if words.contains("inaccessible") => {
            format!("It leads out of what is shown there, as a link to a volume does. In Mesos' words: {words}")
        }
        other => other.to_string(),
    };
    let title = match why {
        NoAnswer::Refused(Refusal { status: 400, words }) if words.contains("inaccessible") => "Outside the sandbox",
        other => other.of(&agent.cloned().map_or(Target::Master, Target::Agent)),
    };
    let up = file::parent(path).filter(|_| !is_log).map(|parent| there(agent, parent));
    let home = agent.map_or(Route::Master, |agent| Route::Agent(agent.clone())).to_string();
    let owner = file::Owner::of(path).zip(agent).map(|(owner, agent)| Sandbox {
        agent: agent.clone(),
        framework: owner.framework.into(),
        executor: owner.executor.into(),
    });
    let executor = owner.map(|of| {
        let there = Route::Executor(of.agent, of.framework, of.executor).to_string();
        view! { <a class="link" href=there>"Its executor"</a> }
    });
    let name = if agent.is_some() { "The agent" } else { "The master" };
    view! {
        <section class="panel">
            <Blank title words/>
            <div class="blank links">
                <button class="button" on:click=move |_| again.run(())>"Try again"</button>
                {up.map(|up| view! { <a class="link" href=up>"The folder above"</a> })}{executor}<a class="link" href=home>{name}</a>
            </div>
        </section>
    }
    .into_any()
}
