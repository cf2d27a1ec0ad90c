//! Page of a folder or file on the master or an agent; a lookup decides which of the two a path is.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::directory::Directory;
use mesoscope_core::files::entry::{DirEntry, Sandbox};
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::FileKind;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::{Route, TableParams};

use crate::api_client::ApiError;
use crate::clock::{AgoByBrowserClock, now_signal};
use crate::directory_listing::{CachePolicy, EntryType, find_real_path, kind, list};
use crate::directory_listing::{is_absent, is_mesos_log};
use crate::parts::files::folder::{Item, folder};
use crate::parts::files::path_notices::{agent_availability, loading_notice, not_shown_reason};
use crate::parts::files::save::download_button;
use crate::parts::files::viewer::viewer;
use crate::parts::files::viewer_context::ViewerContext;
use crate::parts::links::agent_link_by_id;
use crate::router::{browser_navigations, push, replace, route};
use crate::widgets::copy::Copy;
use crate::widgets::panel::EmptyState;
use crate::worker_link::{WorkerLink, link};

/// Result of the lookup.
#[derive(Clone, PartialEq)]
enum Found {
    Asking,
    File,
    Folder,
    Nothing(ApiError),
}

/// Renders the page; `None` is the master. A path with other files beside it is a file, wherever its task's folder is.
#[component]
pub(crate) fn BrowsePage(agent: Option<AgentId>, path: String) -> impl IntoView {
    let around = around();
    let is_file = around.place.with_untracked(|place| !place.beside.is_empty());
    let target = agent.clone().map_or(Target::Master, Target::Agent);
    let found = RwSignal::new(if is_file { Found::File } else { Found::Asking });
    let entries = RwSignal::new(Arc::<Directory>::default());
    let asked = LoadState::default();
    let link = link();
    let ask = {
        let (target, path) = (target.clone(), path.clone());
        move || {
            let (target, path) = (target.clone(), path.clone());
            asked.asks.set(true);
            spawn_local_scoped_with_cancellation(async move {
                let reported = match look(link, &target, &path, entries, asked).await {
                    Ok(reported) => reported,
                    Err(path) => return around.go.run((BrowseParams { path, ..around.place.get_untracked() }, false)),
                };
                asked.asks.set(false);
                let is_folder = found.get_untracked() == Found::Folder;
                match reported {
                    // The previous content stays, with its age.
                    Found::Nothing(why) if is_folder => asked.failed.set(Some(why)),
                    reported => {
                        asked.failed.set(None);
                        if found.get_untracked() != reported {
                            found.set(reported);
                        }
                    }
                }
            });
        }
    };
    let tries = RwSignal::new(0_u32);
    Effect::new(move |_| {
        tries.track();
        link.identity.track();
        if found.get_untracked() != Found::File {
            ask();
        }
    });
    let again = Callback::new(move |()| tries.update(|tries| *tries += 1));
    let head = head(agent.as_ref(), &path);
    let body = move || match found.get() {
        Found::Asking => loading_notice("Loading …"),
        Found::File => viewer(target.clone(), around),
        Found::Folder => folder_of(agent.clone(), &path, entries, (asked, again), around),
        Found::Nothing(why) => nothing(agent.as_ref(), &path, &why, (asked, again)),
    };
    view! { {head}<div class="browse">{body}</div> }
}

/// Looks the path up; the error names another path with the same content.
async fn look(
    link: WorkerLink,
    target: &Target,
    path: &str,
    entries: RwSignal<Arc<Directory>>,
    asked: LoadState,
) -> Result<Found, String> {
    Ok(match kind(link, target.clone(), path.to_owned()).await {
        Ok(EntryType::File(..)) => Found::File,
        Ok(EntryType::Folder) => match list(link, target, path, CachePolicy::Cached).await {
            Ok(folder) => {
                entries.set(folder);
                asked.read.set(Some(now_signal().get_untracked()));
                Found::Folder
            }
            Err(why) => Found::Nothing(why),
        },
        Err(why) if is_absent(&why) => {
            if let Some(path) = find_real_path(link, target, path).await {
                return Err(path);
            }
            Found::Nothing(why)
        }
        Err(why) => Found::Nothing(why),
    })
}

/// Load state of the page.
#[derive(Clone, Copy, Default)]
struct LoadState {
    /// Whether a request is in flight.
    asks: RwSignal<bool>,
    /// Time of the shown folder's listing, and the error of the latest attempt.
    read: RwSignal<Option<Timestamp>>,
    failed: RwSignal<Option<ApiError>>,
}

impl LoadState {
    /// Reload button with its progress.
    fn again(self, word: &'static str, again: Callback<()>) -> impl IntoView {
        let words = move || if self.asks.get() { "Loading …" } else { word };
        view! { <button class="button" aria-busy=move || self.asks.get().to_string() on:click=move |_| again.run(())>{words}</button> }
    }

    /// Notice that the shown content is stale, with the reason.
    fn stale(self, target: Target, path: String) -> impl IntoView {
        move || {
            self.failed.get().map(|why| {
                let (title, words) = not_shown_reason(&target, &path, &why);
                let age = self.read.get().map(|at| view! { <AgoByBrowserClock at/> });
                view! { <p class="stale" role="alert"><b>"Not refreshed: "{title}"."</b>" Shown as read "{age}". "<span class="dim">{words}" "{agent_availability(&target, &why)}</span></p> }
            })
        }
    }
}

/// Viewer context of the address.
fn around() -> ViewerContext {
    let here = route();
    let place = Memo::new(move |before: Option<&BrowseParams>| match here.get() {
        Route::AgentBrowse(_, place) | Route::MasterBrowse(place) => place.without_seen(),
        _ => before.cloned().unwrap_or_default(),
    });
    let go = Callback::new(move |(place, push_it): (BrowseParams, bool)| {
        let mut there = here.get_untracked();
        let (Route::AgentBrowse(_, now) | Route::MasterBrowse(now)) = &mut there else { return };
        *now = BrowseParams { seen: now.seen, ..place };
        if push_it { push(here, there) } else { replace(here, there) }
    });
    let seen_in = move || match here.get_untracked() {
        Route::AgentBrowse(_, place) | Route::MasterBrowse(place) => place.seen,
        _ => None,
    };
    let (seen, led, page) = (seen_in(), browser_navigations(), here.get_untracked().page());
    let back = Memo::new(move |before: Option<&(u32, _)>| match (led.get(), before) {
        // The browser left for another page.
        (_, Some(before)) if here.with_untracked(Route::page) != page => *before,
        (number, _) => (number, seen_in()),
    });
    let rest = Callback::new(move |seen: Option<(usize, u64)>| {
        let mut there = here.get_untracked();
        let (Route::AgentBrowse(_, now) | Route::MasterBrowse(now)) = &mut there else { return };
        if now.seen != seen {
            now.seen = seen;
            replace(here, there);
        }
    });
    ViewerContext { place: place.into(), go, seen, back: back.into(), rest }
}

fn there(agent: Option<&AgentId>, path: &str) -> String {
    let place = BrowseParams::of(path);
    match agent {
        Some(agent) => Route::AgentBrowse(agent.clone(), place).to_string(),
        None => Route::MasterBrowse(place).to_string(),
    }
}

/// Breadcrumbs: the server, then each part of the path as a link.
fn head(agent: Option<&AgentId>, path: &str) -> impl IntoView + use<> {
    let slash = || view! { <span class="crumb" aria-hidden="true">"/"</span> };
    let whose = match agent {
        Some(agent) => view! {
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a>{slash()}
            <span class="crumb">{agent_link_by_id(agent)}</span>
        }
        .into_any(),
        None => view! { <a class="crumb" href=Route::Master.to_string()>"Master"</a> }.into_any(),
    };
    let owner = files::entry::Owner::of(path);
    let root = owner.as_ref().map_or(0, |owner| owner.root);
    let executor = owner.zip(agent).map(|(owner, agent)| {
        let there = Route::Executor(agent.clone(), owner.framework.into(), owner.executor.into());
        view! { {slash()}<a class="crumb" href=there.to_string() title=owner.executor.to_owned()>{owner.executor.to_owned()}</a> }
    });
    // Mesos attaches its log under a path without real folders.
    let is_log = is_mesos_log(path);
    let parts = files::entry::crumbs(path).into_iter().filter(|(_, path)| path.len() >= root && !is_log);
    let mut parts: Vec<(String, String)> = parts.map(|(name, path)| (name.to_owned(), path.to_owned())).collect();
    let last = parts.pop().map_or_else(|| path.to_owned(), |(name, _)| name);
    let crumb = |(nth, (name, path)): (usize, (String, String))| {
        // The folder's name is a container id, meaningless to users.
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

/// Parent folder of a path; `None` above a sandbox, where Mesos exposes nothing.
fn above(path: &str) -> Option<&str> {
    let is_inside = files::entry::Owner::of(path).is_none_or(|owner| path.trim_end_matches('/').len() > owner.root);
    files::entry::parent(path).filter(|_| is_inside)
}

fn folder_of(
    agent: Option<AgentId>,
    path: &str,
    entries: RwSignal<Arc<Directory>>,
    (asked, again): (LoadState, Callback<()>),
    around: ViewerContext,
) -> AnyView {
    let target = agent.clone().map_or(Target::Master, Target::Agent);
    let up = above(path).map(|parent| there(agent.as_ref(), parent));
    let whose = target.clone();
    let item = Callback::new(move |entry: DirEntry| {
        let leads = matches!(entry.kind(), FileKind::Regular | FileKind::Directory);
        let href = leads.then(|| there(agent.as_ref(), entry.path()));
        Item { href, entry, target: whose.clone() }
    });
    let (whose, at) = (target.clone(), path.to_owned());
    let tools = move || {
        let save = download_button(whose.clone(), at.clone(), "Download as tar");
        view! { {save}{asked.again("Refresh", again)} }
    };
    let (whose, at) = (target, path.to_owned());
    let stale = move || asked.stale(whose.clone(), at.clone()).into_any();
    folder(
        entries.into(),
        item,
        Signal::stored(path.to_owned()),
        Signal::stored(up),
        (tools.into(), stale.into()),
        around,
    )
}

/// Explains why nothing is shown, with a retry button.
fn nothing(agent: Option<&AgentId>, path: &str, why: &ApiError, (asked, again): (LoadState, Callback<()>)) -> AnyView {
    let target = agent.cloned().map_or(Target::Master, Target::Agent);
    let (title, words) = not_shown_reason(&target, path, why);
    let up = above(path).filter(|_| !is_mesos_log(path)).map(|parent| there(agent, parent));
    let home = agent.map_or(Route::Master, |agent| Route::Agent(agent.clone())).to_string();
    let owner = files::entry::Owner::of(path).zip(agent).map(|(owner, agent)| Sandbox {
        agent: agent.clone(),
        framework: owner.framework.into(),
        executor: owner.executor.into(),
    });
    let executor = owner.map(|of| {
        let there = Route::Executor(of.agent, of.framework, of.executor).to_string();
        view! { <a class="link" href=there>"Executor"</a> }
    });
    let name = if agent.is_some() { "Agent" } else { "Master" };
    view! {
        <section class="panel">
            <EmptyState title words/>
            <p class="blank more">{agent_availability(&target, why)}</p>
            <div class="blank links">
                {asked.again("Retry", again)}
                {up.map(|up| view! { <a class="link" href=up>"Parent folder"</a> })}{executor}<a class="link" href=home>{name}</a>
            </div>
        </section>
    }
    .into_any()
}
