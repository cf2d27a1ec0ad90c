//! Frame around every page: cluster, connection and navigation.

use mesoscope_core::base::escaping;
use std::time::Duration;

use leptos::html::{Details, Main};
use leptos::prelude::*;
use mesoscope_core::base::units::{Bytes, Nanoseconds, Timestamp};
use mesoscope_core::engine::message::Status;
use mesoscope_core::engine::stream_connection::ConnectionState as State;
use mesoscope_core::files;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::text::connection::SESSION_EXPIRED;
use mesoscope_core::views::cluster_summary::ClusterSummary;

use super::account::Account;
use super::actions::action_store;
use super::clock::{self, now};
use super::download::downloads;
use super::hooks::on_change;
use super::icon::Icon;
use super::router::route;
use super::search::Search;
use super::sign_in::{SignIn, SignInRequest, sign_in_again};
use super::theme::ThemeSwitch;
use super::worker_link::link;
use crate::parts::action::dialog::ActionDialog;
use crate::times_menu::TimesMenu;

/// Renders the frame.
#[component]
pub(crate) fn Shell(children: ChildrenFn) -> impl IntoView {
    let link = link();
    let here = route();
    let page = Memo::new(move |_| here.read().page());
    let main: NodeRef<Main> = NodeRef::new();
    title_and_focus(page, main);
    // The page is rendered in a later task, after its frame.
    let is_ready = RwSignal::new(false);
    set_timeout(move || is_ready.set(true), Duration::ZERO);
    let stale = move || link.status.with(|status| status.as_ref().is_some_and(is_stale)).then_some("");
    let asks = SignInRequest::here().shown();
    let table = move || {
        let mut page = page.get();
        page.table().is_some() || matches!(page, Route::AgentBrowse(..) | Route::MasterBrowse(_))
    };
    let fills = move || (table() && !asks.get()).then_some("");
    view! {
        <div class="shell" data-stale=stale>
            <header class="bar">
                <a class="unseen" href="#main" on:click=move |event| { event.prevent_default(); focus(main, "h1"); }>"Skip to the page"</a>
                <a class="brand" href=Route::Overview.to_string() aria-label="Mesoscope, overview">{mark()}<b>"Mesoscope"</b></a>
                {cluster}
                <Search/>
                {pill}
                <Account/>
                <TimesMenu/>
                <ThemeSwitch/>
            </header>
            <ActionDialog/>
            <Rail/>
            <div class="notices"><Notice/><Clocks/></div>
            <main id="main" class="page" node_ref=main data-fill=fills>
                {move || if asks.get() { view! { <SignIn/> }.into_any() } else if is_ready.get() { children().into_any() } else { ().into_any() }}
            </main>
            {downloads().list()}
        </div>
    }
}

fn mark() -> impl IntoView {
    view! { <svg viewBox="0 0 22 22" aria-hidden="true"><circle cx="11" cy="11" r="9.2"/><path d="M4.5 13.5 8 8.5l3 4 2.6-3.6 3.9 4.6"/></svg> }
}

/// Sets the title and focuses the new page's heading for screen readers, except on the first page. A table that the user comes
/// back to has the focus instead.
fn title_and_focus(page: Memo<Route>, main: NodeRef<Main>) {
    Effect::new(move |_| {
        let name = name(&page.get());
        document().set_title(&if name.is_empty() {
            "Mesoscope".to_owned()
        } else {
            format!("{} · Mesoscope", escaping::escape_invisible(&name))
        });
    });
    on_change(
        move || page.get(),
        move |_| request_animation_frame(move || _ = focus(main, "[data-focus]") || focus(main, "h1")),
    );
}

/// Focuses the first such element of the page, if there is one.
fn focus(main: NodeRef<Main>, selector: &str) -> bool {
    use wasm_bindgen::JsCast;
    let found = main.get_untracked().and_then(|main| main.query_selector(selector).ok().flatten());
    found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

fn name(route: &Route) -> String {
    let name = match route {
        Route::Overview => "",
        Route::Agents(_) => "Agents",
        Route::Agent(id) => return format!("Agent {}", text::short_id(id.as_str())),
        Route::Executors(_) => "Executors",
        Route::Frameworks(_) => "Frameworks",
        Route::Framework(id) => return format!("Framework {}", text::short_id(id.as_str())),
        Route::AgentFramework(..) => "Framework",
        Route::Tasks(_) => "Tasks",
        Route::Task(..) => "Task",
        Route::Roles(_) => "Roles",
        Route::Role(role) => return format!("Role {role}"),
        Route::Offer(_) => "Offer",
        Route::Operation(_) => "Operation",
        Route::Offers(_) => "Offers",
        Route::Operations(_) => "Operations",
        Route::Volumes(_) => "Reservations and volumes",
        Route::Maintenance => "Maintenance",
        Route::Master => "Master",
        Route::Diagnostics => "Diagnostics",
        Route::Events(_) => "Events",
        Route::Journal => "Changes",
        Route::Executor(..) => "Executor",
        Route::AgentBrowse(_, place) | Route::MasterBrowse(place) => {
            return files::entry::base_name(&place.path).to_owned();
        }
        Route::ExecutorBrowse(..) | Route::TaskBrowse(..) => "Sandbox",
        Route::Unknown(_) => "Nothing is here",
    };
    name.to_owned()
}

fn is_stale(status: &Status) -> bool {
    status.standing.is_some()
        && matches!(status.link, State::Lost { .. } | State::Silent { .. } | State::Unauthorised { .. })
}

fn cluster() -> impl IntoView {
    let link = link();
    let standing =
        Memo::new(move |_| link.status.with(|status| status.as_ref().and_then(|status| status.standing.clone())));
    let name = move || {
        standing.with(|standing| {
            standing.as_ref().map(|standing| standing.cluster.clone().unwrap_or_else(|| "unnamed cluster".into()))
        })
    };
    let master = move || standing.with(|standing| standing.as_ref().and_then(|standing| standing.master.clone()));
    // A master may omit the leader.
    let words = move || {
        master().map(|master| match master.hostname.as_str() {
            "" => master.version,
            host => format!("{} · leader {host}:{}", master.version, master.port),
        })
    };
    view! { <div class="cluster"><b title=name>{name}</b><span class="dim" title=words>{words}</span></div> }
}

/// Connection status, always visible; inconspicuous while live.
fn pill() -> impl IntoView {
    let link = link();
    let view = move || match link.status.get() {
        None => ("connecting", "Connecting".to_owned(), String::new()),
        Some(status) => words(&status),
    };
    let (word, more) = (move || view().1, move || view().2);
    view! { <div class="pill" role="status" aria-label="Connection" data-link=move || view().0>{word}<span class="more dim">{more}</span></div> }
}

fn words(status: &Status) -> (&'static str, String, String) {
    match &status.link {
        State::Connecting { .. } => ("connecting", "Connecting".into(), String::new()),
        State::Arriving { bytes, of } => {
            let (number, unit) = text::bytes(Bytes::new(i64::try_from(*of).unwrap_or(i64::MAX)));
            (
                "arriving",
                format!("Arriving {}", text::percent(*bytes as f64, *of as f64)),
                format!("of {number} {unit}"),
            )
        }
        State::Live { .. } => {
            ("live", "Live".into(), format!("{} ev/min", text::count(u64::from(status.events_a_minute))))
        }
        State::Silent { .. } => ("silent", "Silent".into(), String::new()),
        State::Lost { .. } => ("lost", "Lost".into(), String::new()),
        State::Unauthorised { .. } => ("silent", "Not signed in".into(), String::new()),
    }
}

/// Connection problem.
#[derive(Clone, PartialEq)]
enum ConnectionProblem {
    /// Not connected; with the time of the next retry, if any.
    Lost(String, Option<Timestamp>),
    /// Not connected, since a login page answers; with the time of the next retry.
    Expired(String, Timestamp),
    /// Connected, but a login page answers other calls.
    PartlyExpired,
    Silent,
    /// Time of the stream request, which has no response yet.
    Unanswered(Timestamp),
    /// The master rejects the credentials, for all or some calls.
    Unauthorised(&'static str, &'static str),
}

/// A master that is not busy starts its response at once.
const SLOW: Nanoseconds = Nanoseconds::from_secs(10);
const UNANSWERED: &str = "The master has not begun its stream. It may be busy, or a proxy in between holds the stream back: it must not buffer it (nginx: proxy_buffering off).";

fn wrong(failure: Option<String>, status: Option<&Status>, expired: bool) -> Option<ConnectionProblem> {
    if let Some(words) = failure {
        return Some(ConnectionProblem::Lost(words, None));
    }
    match &status?.link {
        State::Lost { cause, retry_at, .. } if cause.is_expired() => {
            Some(ConnectionProblem::Expired(cause.to_string(), *retry_at))
        }
        State::Lost { cause, retry_at, .. } => Some(ConnectionProblem::Lost(cause.to_string(), Some(*retry_at))),
        State::Silent { .. } => Some(ConnectionProblem::Silent),
        State::Unauthorised { .. } => {
            Some(ConnectionProblem::Unauthorised("Not signed in: ", "The master wants to know who asks."))
        }
        State::Connecting { since } if now().since(*since) >= SLOW => Some(ConnectionProblem::Unanswered(*since)),
        State::Connecting { .. } | State::Arriving { .. } | State::Live { .. }
            if expired || status.is_some_and(|status| status.access.expired) =>
        {
            Some(ConnectionProblem::PartlyExpired)
        }
        State::Connecting { .. } | State::Arriving { .. } | State::Live { .. } => {
            status.filter(|status| status.access.asked).map(|_| {
                ConnectionProblem::Unauthorised("Not all is shown: ", "The master asks who wants to know a part of it.")
            })
        }
    }
}

/// Warns while the cluster's clock or its counts differ from ours.
#[component]
fn Clocks() -> impl IntoView {
    let (link, skew) = (link(), clock::skew());
    let differences = Memo::new(move |_| {
        let of = |status: &Status| status.standing.as_ref().map(|standing| standing.differences.clone());
        link.status.with(|status| status.as_ref().and_then(of)).unwrap_or_default()
    });
    let differs = move || {
        differences.get().into_iter().map(|(state, counted, held)| {
            let words = format!("{}. An update may have been lost.", text::count_differs(state, counted, held));
            view! { <section class="notice" data-link="silent" aria-label="Counts differ"><div><p role="status">{words}</p></div></section> }
        }).collect_view()
    };
    let clocks = move || {
        text::skew(skew.get()).map(|words| {
            view! { <section class="notice" data-link="silent" aria-label="The clocks differ"><div><p role="status">{words}</p></div></section> }
        })
    };
    view! { {clocks}{differs} }
}

/// Banner while the connection has a problem.
#[component]
fn Notice() -> impl IntoView {
    let link = link();
    let state =
        Memo::new(move |_| link.status.with(|status| wrong(link.failure.get(), status.as_ref(), link.expired.get())));
    let asking = SignInRequest::here();
    let asks = asking.shown();
    let stale = move || {
        link.status.with(|status| status.as_ref().filter(|status| is_stale(status)).and_then(|status| status.heard))
    };
    let age = move || stale().map(|heard| format!("What is shown is {} old. ", text::age(now().since(heard))));
    move || {
        let wrong =
            state.get().filter(|wrong| !(asks.get() && matches!(wrong, ConnectionProblem::Unauthorised(..))))?;
        let retry_at = match &wrong {
            ConnectionProblem::Lost(_, retry_at) => *retry_at,
            ConnectionProblem::Expired(_, retry_at) => Some(*retry_at),
            ConnectionProblem::PartlyExpired
            | ConnectionProblem::Silent
            | ConnectionProblem::Unanswered(_)
            | ConnectionProblem::Unauthorised(..) => None,
        };
        let waited = if let ConnectionProblem::Unanswered(since) = wrong { Some(since) } else { None };
        let countdown = move || retry_at.map(|at| format!("Trying again in {}.", text::age(at.since(now()))));
        let wait = move || waited.map(|since| format!("Asked {} ago.", text::age(now().since(since))));
        let retry = move |_| link.send(&mesoscope_core::engine::message::ToEngine::Retry);
        let (tone, headline, words, button) = match wrong {
            ConnectionProblem::Lost(words, None) => ("lost", "Not connected: ", words, ().into_any()),
            ConnectionProblem::Lost(words, Some(_)) => {
                let button = view! { <button class="button" on:click=retry>"Retry now"</button> };
                ("lost", "Not connected: ", words, button.into_any())
            }
            ConnectionProblem::Expired(words, _) => {
                let buttons = view! { {sign_in_again()}<button class="button" on:click=retry>"Retry now"</button> };
                ("lost", "Not connected: ", words, buttons.into_any())
            }
            ConnectionProblem::PartlyExpired => {
                ("silent", "Not all is shown: ", SESSION_EXPIRED.to_owned(), sign_in_again())
            }
            ConnectionProblem::Silent => {
                ("silent", "Silent: ", "The master has sent nothing for two heartbeats.".to_owned(), ().into_any())
            }
            ConnectionProblem::Unanswered(_) => ("silent", "No answer yet: ", UNANSWERED.to_owned(), ().into_any()),
            ConnectionProblem::Unauthorised(headline, words) => {
                let button = view! { <button class="button" on:click=move |_| asking.want()>"Sign in"</button> };
                ("silent", headline, words.to_owned(), button.into_any())
            }
        };
        Some(view! {
            <section class="notice" data-link=tone aria-label="What is wrong with the connection">
                <div>
                    <p role="alert"><b>{headline}</b>{words}</p>
                    <p class="since">{age}{wait}{countdown}</p>
                </div>
                {button}
            </section>
        })
    }
}

/// Navigation.
#[component]
fn Rail() -> impl IntoView {
    let link = link();
    let standing =
        Memo::new(move |_| link.status.with(|status| status.as_ref().and_then(|status| status.standing.clone())));
    let number = move |of: fn(&ClusterSummary) -> Option<u32>| {
        move || standing.with(|standing| standing.as_ref().and_then(of).map(|number| text::count(u64::from(number))))
    };
    let trouble = move || link.status.with(|status| status.as_ref().map(|status| text::count(status.trouble)));
    let actions = action_store();
    let journal = move || match actions.journal.read().len() {
        _ if actions.is_read_only() => Some("read-only".to_owned()),
        0 => None,
        changes => Some(text::count(changes as u64)),
    };
    let draft = move || actions.saved_draft.windows.read().is_some().then(|| "draft".to_owned());
    let more: NodeRef<Details> = NodeRef::new();
    let rest = || {
        view! {
            <NavLink route=Route::Maintenance icon=Icon::Maintenance name="Maintenance" number=|| None/>
            <NavLink route=Route::Offers(TableParams::default()) icon=Icon::Offers name="Offers" number=|| None/>
            <NavLink route=Route::Executors(TableParams::default()) icon=Icon::Executors name="Executors" number=|| None/>
            <NavLink route=Route::Operations(TableParams::default()) icon=Icon::Operations name="Operations" number=|| None/>
            <NavLink route=Route::Volumes(TableParams::default()) icon=Icon::Volumes name="Volumes" number=|| None/>
            <NavLink route=Route::Master icon=Icon::Master name="Master" number=|| None/>
        }
    };
    view! {
        <nav class="rail" aria-label="Pages">
            <NavLink route=Route::Overview icon=Icon::Overview name="Overview" number=|| None/>
            <NavLink route=Route::Agents(TableParams::default()) icon=Icon::Agents name="Agents" number=number(|standing| standing.agents)/>
            <NavLink route=Route::Frameworks(TableParams::default()) icon=Icon::Frameworks name="Frameworks" number=number(|standing| standing.frameworks)/>
            <NavLink route=Route::Tasks(TableParams::default()) icon=Icon::Tasks name="Tasks" number=number(|standing| standing.tasks)/>
            <NavLink rest=true route=Route::Events(TableParams::default()) icon=Icon::Clock name="Events" number=|| None/>
            <NavLink rest=true route=Route::Roles(TableParams::default()) icon=Icon::Roles name="Roles" number=number(|standing| standing.roles)/>
            <NavLink rest=true route=Route::Maintenance icon=Icon::Maintenance name="Maintenance" number=draft/>
            <NavLink rest=true route=Route::Offers(TableParams::default()) icon=Icon::Offers name="Offers" number=|| None/>
            <NavLink rest=true route=Route::Executors(TableParams::default()) icon=Icon::Executors name="Executors" number=|| None/>
            <NavLink rest=true route=Route::Operations(TableParams::default()) icon=Icon::Operations name="Operations" number=|| None/>
            <NavLink rest=true route=Route::Volumes(TableParams::default()) icon=Icon::Volumes name="Volumes" number=|| None/>
            <NavLink rest=true route=Route::Master icon=Icon::Master name="Master" number=|| None/>
            <NavLink rest=true route=Route::Journal icon=Icon::Journal name="Changes" number=journal/>
            <NavLink rest=true route=Route::Diagnostics icon=Icon::Trouble name="Diagnostics" number=trouble/>
            <details node_ref=more>
                <summary>{Icon::More.view()}"More"</summary>
                <div on:click=move |_| { let _ = more.get_untracked().map(|more| more.set_open(false)); }>
                    <NavLink route=Route::Events(TableParams::default()) icon=Icon::Clock name="Events" number=|| None/>
                    <NavLink route=Route::Roles(TableParams::default()) icon=Icon::Roles name="Roles" number=|| None/>
                    {rest()}
                    <NavLink route=Route::Journal icon=Icon::Journal name="Changes" number=journal/>
                    <NavLink route=Route::Diagnostics icon=Icon::Trouble name="Diagnostics" number=|| None/>
                </div>
            </details>
        </nav>
    }
}

/// Navigation link; `rest` links are under "More" on a narrow screen.
#[component]
fn NavLink(
    route: Route,
    icon: Icon,
    name: &'static str,
    number: impl Fn() -> Option<String> + Send + Sync + 'static,
    #[prop(optional)] rest: bool,
) -> impl IntoView {
    let here = super::router::route();
    let target = route.clone();
    let current = move || belongs(&here.read(), &target).then_some("page");
    let end = route == Route::Journal;
    view! { <a href=route.to_string() class:rest=rest class:end=end && rest aria-current=current>{icon.view()}<span>{name}</span><small>{number}</small></a> }
}

/// Whether a page belongs to a navigation link.
fn belongs(here: &Route, way: &Route) -> bool {
    let of = match here.page() {
        Route::Agent(_) | Route::AgentBrowse(..) | Route::AgentFramework(..) => Route::Agents(TableParams::default()),
        Route::MasterBrowse(_) => Route::Master,
        Route::Executor(..) | Route::ExecutorBrowse(..) | Route::TaskBrowse(..) => {
            Route::Agents(TableParams::default())
        }
        Route::Framework(_) => Route::Frameworks(TableParams::default()),
        Route::Task(..) => Route::Tasks(TableParams::default()),
        Route::Role(_) => Route::Roles(TableParams::default()),
        Route::Offer(_) => Route::Offers(TableParams::default()),
        Route::Operation(_) => Route::Operations(TableParams::default()),
        other => other,
    };
    of == *way
}
