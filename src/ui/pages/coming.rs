//! Addresses that are known and whose page is not built yet: each says what it will hold, and where to look meanwhile.

use leptos::prelude::*;
use mesoscope::route::{Route, Table};

/// The page.
#[component]
pub(crate) fn ComingPage(route: Route) -> impl IntoView {
    let (title, words) = words(&route);
    let meanwhile = meanwhile(&route);
    view! {
        <div class="head"><h1 tabindex="-1">{title}</h1></div>
        <section class="panel"><div class="blank lead"><b>"This page is not built yet"</b><p>{words}</p>{meanwhile}</div></section>
    }
}

fn words(route: &Route) -> (&'static str, &'static str) {
    match route {
        Route::AgentBrowse(..) | Route::ExecutorBrowse(..) | Route::TaskBrowse(..) => {
            ("Sandbox", "It will browse the sandbox and show its files and logs.")
        }
        _ => ("Mesoscope", ""),
    }
}

fn meanwhile(route: &Route) -> impl IntoView + use<> {
    let agent = match route {
        Route::AgentBrowse(agent, _) => Some(agent),
        Route::ExecutorBrowse(agent, ..) | Route::TaskBrowse(agent, ..) => Some(agent),
        _ => None,
    };
    let place = agent.map_or(Route::Agents(Table::default()), |agent| Route::Agent(agent.clone()));
    let name = if agent.is_some() { "the agent's page" } else { "the agents" };
    view! { <p>"Meanwhile: "<a href=place.to_string()>{name}</a>" or the "<a href=Route::Overview.to_string()>"overview"</a>"."</p> }
}
