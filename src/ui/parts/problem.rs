//! What is wrong, the worst first: each a sentence with a number, its likely cause below, the whole a link.

use leptos::prelude::*;
use mesoscope::lint::{Kind, Problem};
use mesoscope::route::{Route, Table};
use mesoscope::text;

use crate::ui::clock::Ago;
use crate::ui::widgets::Blank;

/// The list.
#[component]
pub(crate) fn Problems(problems: Vec<Problem>) -> impl IntoView {
    if problems.is_empty() {
        return view! { <Blank title="Nothing needs attention" words="No task failed in the last 10 minutes, every agent is active, and every framework is connected."/> }.into_any();
    }
    let rows = problems.into_iter().map(|problem| {
        let since = problem.since.map(|at| view! { <Ago at/> });
        let (headline, explanation) = (text::headline(&problem), text::explanation(&problem));
        view! {
            <li data-tone=tone(&problem.kind)>
                <a href=place(&problem.kind).to_string()><i></i><div><b>{headline}</b><p>{explanation}</p></div><span class="age">{since}</span></a>
            </li>
        }
    });
    view! { <ul class="problems">{rows.collect_view()}</ul> }.into_any()
}

const fn tone(kind: &Kind) -> &'static str {
    match kind {
        Kind::TasksFailing { .. } => "bad",
        Kind::TasksUnreachable | Kind::AgentsUnreachable(_) => "lost",
        Kind::AgentsDisconnected(_) | Kind::AgentsRecovered(_) | Kind::FrameworkDisconnected { .. } => "warn",
        Kind::TasksStuck(_) | Kind::RoleNearLimit { .. } | Kind::MaintenanceDue(_) => "warn",
        Kind::MachinesDown => "lost",
        Kind::AgentsDeactivated(_) => "idle",
        Kind::AgentsDraining(_) | Kind::MasterElected => "busy",
    }
}

/// Where the cause can be seen.
fn place(kind: &Kind) -> Route {
    let agents = |filter: &str| Route::Agents(Table { filter: filter.to_owned(), sort: String::new() });
    match kind {
        Kind::TasksFailing { agent: Some((id, ..)), .. } => Route::Agent(id.clone()),
        Kind::TasksFailing { agent: None, .. } => {
            Route::Tasks(Table { filter: "state:failed".to_owned(), sort: String::new() })
        }
        Kind::TasksUnreachable => Route::Tasks(Table { filter: "state:unreachable".to_owned(), sort: String::new() }),
        Kind::TasksStuck(state) => {
            Route::Tasks(Table { filter: format!("list:live state:{}", state.name()), sort: "updated".to_owned() })
        }
        Kind::RoleNearLimit { role, .. } => {
            Route::Roles(Table { filter: format!("role:\"{role}\""), sort: String::new() })
        }
        Kind::MachinesDown | Kind::MaintenanceDue(_) => Route::Maintenance,
        Kind::MasterElected => Route::Master,
        Kind::AgentsUnreachable(_) => agents("state:unreachable"),
        Kind::AgentsDisconnected(_) => agents("state:disconnected"),
        Kind::AgentsRecovered(_) => agents("state:recovered"),
        Kind::AgentsDeactivated(_) => agents("state:deactivated"),
        Kind::AgentsDraining(_) => agents("state:drain*"),
        Kind::FrameworkDisconnected { id, .. } => Route::Framework(id.clone()),
    }
}
