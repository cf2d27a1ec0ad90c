//! Maps an address to its page. Pages never import pages.

mod agent;
mod agent_framework;
mod agents;
mod browse;
mod diagnostics;
mod entry;
mod events;
mod executor;
mod executors;
mod framework;
mod frameworks;
mod help;
mod maintenance;
mod master;
mod my_changes;
mod offers;
mod operations;
mod overview;
mod own_frameworks;
mod roles;
mod run;
mod run_results;
mod sandbox;
mod task;
mod tasks;
mod terminal;
mod unknown;
mod volumes;

use leptos::prelude::*;
use mesoscope_core::base::ids::TaskKey;
use mesoscope_core::files::entry::Sandbox;
use mesoscope_core::route::Route;
use mesoscope_core::views::entry::EntryKey;
use mesoscope_core::views::executor::ExecutorKey;

use super::chunks::Chunk;
use super::router::route;

/// Renders the page of the address.
#[component]
pub(crate) fn Page() -> impl IntoView {
    let here = route();
    let page = Memo::new(move |_| here.read().page());
    move || match page.get() {
        Route::Overview => view! { <overview::OverviewPage/> }.into_any(),
        Route::Agents(_) => view! { <agents::AgentsPage/> }.into_any(),
        Route::Frameworks(_) => view! { <frameworks::FrameworksPage/> }.into_any(),
        Route::Tasks(_) => view! { <tasks::TasksPage/> }.into_any(),
        Route::Unknown(address) => view! { <unknown::UnknownPage address/> }.into_any(),
        other => match chunk(&other) {
            Some(chunk) => chunk.lazily(other, with_title),
            None => ().into_any(),
        },
    }
}

/// Title of a page and a notice, for a page whose code is not there.
fn with_title(page: &Route, notice: AnyView) -> AnyView {
    view! { <div class="head"><h1 tabindex="-1">{page.title(&[])}</h1></div>{notice} }.into_any()
}

/// Chunk of a page; `None` for a page whose code is always there.
fn chunk(page: &Route) -> Option<Chunk<Route>> {
    match page {
        Route::Overview | Route::Agents(_) | Route::Frameworks(_) | Route::Tasks(_) | Route::Unknown(_) => None,
        Route::Agent(_)
        | Route::AgentFramework(..)
        | Route::Executor(..)
        | Route::Framework(_)
        | Route::Task(..)
        | Route::Role(_)
        | Route::Offer(_)
        | Route::Operation(_) => Some(OBJECTS),
        Route::AgentBrowse(..) | Route::MasterBrowse(_) | Route::ExecutorBrowse(..) | Route::TaskBrowse(..) => {
            Some(FILES)
        }
        Route::Maintenance => Some(SCHEDULE),
        Route::Executors(_)
        | Route::Roles(_)
        | Route::Offers(_)
        | Route::Operations(_)
        | Route::Volumes(_)
        | Route::Events(_)
        | Route::Master
        | Route::Diagnostics
        | Route::OwnFrameworks
        | Route::MyChanges
        | Route::Run(_)
        | Route::RunResults(..)
        | Route::Help
        | Route::Terminal(..) => Some(OTHERS),
    }
}

/// Whether the code of a page is there; reactive.
pub(crate) fn is_loaded(page: &Route) -> bool {
    chunk(page).is_none_or(Chunk::is_loaded)
}

chunk! {
    /// Pages of one object.
    pub(crate) OBJECTS, objects, objects, preload_objects, object, Route
}

chunk! {
    /// Folders, files and logs.
    pub(crate) FILES, objects, files, preload_files, file, Route
}

chunk! {
    /// The maintenance schedule.
    pub(crate) SCHEDULE, others, schedule, preload_schedule, schedule_page, Route
}

chunk! {
    /// The other pages.
    pub(crate) OTHERS, others, others, preload_others, other, Route
}

fn object(page: Route) -> AnyView {
    match page {
        Route::Agent(id) => view! { <agent::AgentPage id/> }.into_any(),
        Route::AgentFramework(agent, framework) => {
            view! { <agent_framework::AgentFrameworkPage agent framework/> }.into_any()
        }
        Route::Executor(agent, framework, executor) => {
            view! { <executor::ExecutorPage key=ExecutorKey { agent, framework, executor }/> }.into_any()
        }
        Route::Framework(id) => view! { <framework::FrameworkPage id/> }.into_any(),
        Route::Task(framework, task) => view! { <task::TaskPage key=TaskKey { framework, task }/> }.into_any(),
        Route::Role(role) => view! { <entry::EntryPage key=EntryKey::Role(role)/> }.into_any(),
        Route::Offer(id) => view! { <entry::EntryPage key=EntryKey::Offer(id)/> }.into_any(),
        Route::Operation(uuid) => view! { <entry::EntryPage key=EntryKey::Operation(uuid)/> }.into_any(),
        _ => ().into_any(),
    }
}

fn file(page: Route) -> AnyView {
    match page {
        Route::AgentBrowse(agent, place) => {
            view! { <browse::BrowsePage agent=Some(agent) path=place.path/> }.into_any()
        }
        Route::MasterBrowse(place) => view! { <browse::BrowsePage agent=None path=place.path/> }.into_any(),
        Route::ExecutorBrowse(agent, framework, executor, place) => {
            let of = Sandbox { agent, framework, executor };
            view! { <sandbox::SandboxPage of task=None place/> }.into_any()
        }
        Route::TaskBrowse(agent, framework, executor, task, place) => {
            let of = Sandbox { agent, framework, executor };
            view! { <sandbox::SandboxPage of task=Some(task) place/> }.into_any()
        }
        _ => ().into_any(),
    }
}

fn schedule_page(_: Route) -> AnyView {
    view! { <maintenance::MaintenancePage/> }.into_any()
}

fn other(page: Route) -> AnyView {
    match page {
        Route::Executors(_) => view! { <executors::ExecutorsPage/> }.into_any(),
        Route::Roles(_) => view! { <roles::RolesPage/> }.into_any(),
        Route::Offers(_) => view! { <offers::OffersPage/> }.into_any(),
        Route::Operations(_) => view! { <operations::OperationsPage/> }.into_any(),
        Route::Volumes(_) => view! { <volumes::VolumesPage/> }.into_any(),
        Route::Events(_) => view! { <events::EventsPage/> }.into_any(),
        Route::Master => view! { <master::MasterPage/> }.into_any(),
        Route::Diagnostics => view! { <diagnostics::DiagnosticsPage/> }.into_any(),
        Route::OwnFrameworks => view! { <own_frameworks::OwnFrameworksPage/> }.into_any(),
        Route::MyChanges => view! { <my_changes::MyChangesPage/> }.into_any(),
        Route::Run(params) => view! { <run::RunPage params/> }.into_any(),
        Route::RunResults(id, _) => view! { <run_results::RunResultsPage id/> }.into_any(),
        Route::Help => view! { <help::HelpPage/> }.into_any(),
        Route::Terminal(place, params) => view! { <terminal::TerminalPage place params/> }.into_any(),
        _ => ().into_any(),
    }
}
