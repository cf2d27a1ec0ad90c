//! What is wrong, the worst first: each a sentence with a number, its likely cause below, the whole a link.

use leptos::prelude::*;
use mesoscope::lint::{Kind, Problem};
use mesoscope::query::Filter;
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
                <a href=place(&problem.kind).to_string()><i></i><div><b>{headline}</b>{(!explanation.is_empty()).then(|| view! { <p>{explanation}</p> })}</div><span class="age">{since}</span></a>
                {groups(&problem.kind)}
            </li>
        }
    });
    view! { <ul class="problems">{rows.collect_view()}</ul> }.into_any()
}

/// What failed tasks have in common, each a way to those.
fn groups(kind: &Kind) -> AnyView {
    let Kind::TasksFailing(failing) = kind else { return ().into_any() };
    let agents = failing.agents.iter().map(|(_, host, number)| (host.clone(), *number)).collect::<Vec<_>>();
    let group = |name: &'static str, field: &'static str, values: &[(String, u32)]| {
        let links = values.iter().map(|(value, number)| {
            // A filter can say no quotes.
            let wanted = if value.contains('"') { String::new() } else { Filter::toggled("", field, value) };
            let filter = format!("list:completed -state:finished {wanted}").trim().to_owned();
            let href = Route::Tasks(Table { filter, sort: String::new() }).to_string();
            view! { <a href=href title=value.clone()><span>{value.clone()}</span>" "<small>{text::count(u64::from(*number))}</small></a> }
        });
        (!values.is_empty()).then(|| view! { <div><dt>{name}</dt><dd>{links.collect_view()}</dd></div> })
    };
    view! { <dl class="groups">{group("Reason", "reason", &failing.reasons)}{group("Message", "message", &failing.messages)}{group("Agent", "agent", &agents)}</dl> }
        .into_any()
}

const fn tone(kind: &Kind) -> &'static str {
    match kind {
        Kind::TasksFailing(_) => "bad",
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
        Kind::TasksFailing(_) => Route::Tasks(Table {
            filter: "list:completed -state:finished -state:killed".to_owned(),
            sort: String::new(),
        }),
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
