//! Which page an address shows. Pages never import pages.

mod agent;
mod agents;
mod coming;
mod framework;
mod frameworks;
mod maintenance;
mod master;
mod offers;
mod overview;
mod roles;
mod task;
mod tasks;
mod trouble;
mod unknown;

use leptos::prelude::*;
use mesoscope::ids::TaskKey;
use mesoscope::route::Route;

use super::router::{page_of, route};

/// The page of the address.
#[component]
pub(crate) fn Page() -> impl IntoView {
    let here = route();
    let page = Memo::new(move |_| page_of(&here.read()));
    move || match page.get() {
        Route::Overview => view! { <overview::OverviewPage/> }.into_any(),
        Route::Agents(_) => view! { <agents::AgentsPage/> }.into_any(),
        Route::Agent(id) => view! { <agent::AgentPage id/> }.into_any(),
        Route::Frameworks(_) => view! { <frameworks::FrameworksPage/> }.into_any(),
        Route::Tasks(_) => view! { <tasks::TasksPage/> }.into_any(),
        Route::Framework(id) => view! { <framework::FrameworkPage id/> }.into_any(),
        Route::Task(framework, task) => view! { <task::TaskPage key=TaskKey { framework, task }/> }.into_any(),
        Route::Roles(_) => view! { <roles::RolesPage/> }.into_any(),
        Route::Offers(_) => view! { <offers::OffersPage/> }.into_any(),
        Route::Maintenance => view! { <maintenance::MaintenancePage/> }.into_any(),
        Route::Master => view! { <master::MasterPage/> }.into_any(),
        Route::Trouble => view! { <trouble::TroublePage/> }.into_any(),
        Route::Unknown(address) => view! { <unknown::UnknownPage address/> }.into_any(),
        other => view! { <coming::ComingPage route=other/> }.into_any(),
    }
}
