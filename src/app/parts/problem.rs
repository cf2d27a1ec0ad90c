//! What is wrong, the worst first: each a sentence with a number, its likely cause below, the whole a link.

use leptos::prelude::*;
use mesoscope_core::checks::lint::{Kind, Problem};
use mesoscope_core::checks::visibility::List;
use mesoscope_core::route::{Route, Table};
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;

use crate::clock::Ago;
use crate::parts::data_age::Empty;
use crate::widgets::panel::Blank;

/// The list.
#[component]
pub(crate) fn Problems(problems: Vec<Problem>, unseen: Option<String>) -> impl IntoView {
    if let (true, Some(unseen)) = (problems.is_empty(), &unseen) {
        let words = format!("No task failed in the last 10 minutes. {unseen}.");
        return view! { <Blank title="Nothing that is known needs attention" words/> }.into_any();
    }
    if problems.is_empty() {
        return view! { <Empty list=List::Tasks title="Nothing needs attention" words="No task failed in the last 10 minutes, every agent is active, and every framework is connected."/> }.into_any();
    }
    let rows = problems.into_iter().map(|problem| {
        let since = problem.since.map(|at| view! { <Ago at/> });
        let (headline, explanation) = (text::problems::headline(&problem), text::problems::explanation(&problem));
        view! {
            <li data-tone=tone(&problem.kind)>
                <a href=place(&problem.kind).to_string()><i></i><div><b>{headline}</b>{(!explanation.is_empty()).then(|| view! { <p>{explanation}</p> })}</div><span class="age">{since}</span></a>
                {groups(&problem.kind)}
            </li>
        }
    });
    let unseen = unseen.map(|words| view! { <p class="dim note">{words}"."</p> });
    view! { <ul class="problems">{rows.collect_view()}</ul>{unseen} }.into_any()
}

/// Tasks that failed of late, to filter by.
const FAILED: &str = "list:completed -state:finished -state:killed -state:gone -state:unknown changed<=10m";

/// What failed tasks have in common, each a way to those.
fn groups(kind: &Kind) -> AnyView {
    let Kind::TasksFailing(failing) = kind else { return ().into_any() };
    let agents = failing.agents.iter().map(|(_, host, number)| (host.clone(), *number)).collect::<Vec<_>>();
    let group = |name: &'static str, field: &'static str, values: &[(String, u32)]| {
        let links = values.iter().map(|(value, number)| {
            // A filter can say no quotes.
            let wanted = if value.contains('"') { String::new() } else { Filter::toggled("", field, value) };
            let filter = format!("{FAILED} {wanted}").trim().to_owned();
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
        Kind::FrameworksDisconnected(_)
        | Kind::FrameworksRecovered(_)
        | Kind::RolesNearLimits
        | Kind::GuaranteesExceed { .. } => "warn",
        Kind::CountDiffers { .. } => "warn",
        Kind::TasksStuck(_) | Kind::RoleNearLimit { .. } | Kind::MaintenanceDue(_) => "warn",
        Kind::MachinesDown => "lost",
        Kind::AgentsDeactivated(_) | Kind::MaintenanceOver(_) => "idle",
        Kind::AgentsDraining(_) | Kind::MasterElected => "busy",
    }
}

/// Where the cause can be seen.
fn place(kind: &Kind) -> Route {
    let table = |filter: &str| Table { filter: filter.to_owned(), sort: String::new() };
    let agents = |filter: &str| Route::Agents(table(filter));
    match kind {
        Kind::TasksFailing(_) => Route::Tasks(table(FAILED)),
        Kind::TasksUnreachable => Route::Tasks(Table { filter: "state:unreachable".to_owned(), sort: String::new() }),
        Kind::CountDiffers { state, .. } => {
            Route::Tasks(Table { filter: format!("state:{}", state.name()), sort: String::new() })
        }
        Kind::TasksStuck(state) => {
            Route::Tasks(Table { filter: format!("list:live state:{}", state.name()), sort: "updated".to_owned() })
        }
        Kind::RoleNearLimit { role, .. } => Route::Roles(table(&format!("role:{role}/"))),
        Kind::RolesNearLimits | Kind::GuaranteesExceed { .. } => Route::Roles(table("quota:yes")),
        Kind::FrameworksDisconnected(_) => Route::Frameworks(table("state:disconnected")),
        Kind::FrameworksRecovered(_) => Route::Frameworks(table("state:recovered")),
        Kind::MachinesDown | Kind::MaintenanceDue(_) | Kind::MaintenanceOver(_) => Route::Maintenance,
        Kind::MasterElected => Route::Master,
        Kind::AgentsUnreachable(_) => agents("state:unreachable"),
        Kind::AgentsDisconnected(_) => agents("state:disconnected"),
        Kind::AgentsRecovered(_) => agents("state:recovered"),
        Kind::AgentsDeactivated(_) => agents("state:deactivated"),
        Kind::AgentsDraining(_) => agents("state:drain*"),
        Kind::FrameworkDisconnected { id, .. } => Route::Framework(id.clone()),
    }
}
