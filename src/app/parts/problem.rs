//! Problems, most severe first: a linked sentence with a count and its likely cause.

use leptos::prelude::*;
use mesoscope_core::checks::lint::{Problem, ProblemKind};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;

use crate::clock::Ago;
use crate::parts::data_age::EmptyMasterList;
use crate::widgets::panel::EmptyState;

/// Renders the list.
#[component]
pub(crate) fn Problems(problems: Vec<Problem>, unseen: Option<String>) -> impl IntoView {
    if let (true, Some(unseen)) = (problems.is_empty(), &unseen) {
        let words = format!("No task failed in the last 10 minutes. {unseen}.");
        return view! { <EmptyState title="Nothing that is known needs attention" words/> }.into_any();
    }
    if problems.is_empty() {
        return view! { <EmptyMasterList list=FilteredList::Tasks title="Nothing needs attention" words="No task failed in the last 10 minutes, every agent is active, and every framework is connected."/> }.into_any();
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

/// Filter for recently failed tasks.
const FAILED: &str = "list:completed -state:finished -state:killed -state:gone -state:unknown changed<=10m";

/// What the failed tasks have in common, each linked to those tasks.
fn groups(kind: &ProblemKind) -> AnyView {
    let ProblemKind::TasksFailing(failing) = kind else { return ().into_any() };
    let agents = failing.agents.iter().map(|(_, host, number)| (host.clone(), *number)).collect::<Vec<_>>();
    let group = |name: &'static str, field: &'static str, values: &[(String, u32)]| {
        let links = values.iter().map(|(value, number)| {
            // A filter cannot contain quotes.
            let wanted = if value.contains('"') { String::new() } else { Filter::word(field, value) };
            let filter = format!("{FAILED} {wanted}").trim().to_owned();
            let href = Route::Tasks(TableParams { filter, ..TableParams::default() }).to_string();
            view! { <a href=href title=value.clone()><span>{value.clone()}</span>" "<small>{text::count(u64::from(*number))}</small></a> }
        });
        (!values.is_empty()).then(|| view! { <div><dt>{name}</dt><dd>{links.collect_view()}</dd></div> })
    };
    view! { <dl class="groups">{group("Reason", "reason", &failing.reasons)}{group("Message", "message", &failing.messages)}{group("Agent", "agent", &agents)}</dl> }
        .into_any()
}

const fn tone(kind: &ProblemKind) -> &'static str {
    match kind {
        ProblemKind::TasksFailing(_) => "bad",
        ProblemKind::TasksUnreachable | ProblemKind::AgentsUnreachable(_) => "lost",
        ProblemKind::AgentsDisconnected(_)
        | ProblemKind::AgentsRecovered(_)
        | ProblemKind::FrameworkDisconnected { .. } => "warn",
        ProblemKind::FrameworksDisconnected(_)
        | ProblemKind::FrameworksRecovered(_)
        | ProblemKind::RolesNearLimits
        | ProblemKind::GuaranteesExceed { .. } => "warn",
        ProblemKind::CountDiffers { .. } => "warn",
        ProblemKind::TasksStuck(_) | ProblemKind::RoleNearLimit { .. } | ProblemKind::MaintenanceDue(_) => "warn",
        ProblemKind::MachinesDown { .. } => "lost",
        ProblemKind::AgentsDeactivated(_) | ProblemKind::MaintenanceOver(_) => "idle",
        ProblemKind::AgentsDraining(_) | ProblemKind::MasterElected => "busy",
    }
}

/// Route to the cause of a problem.
fn place(kind: &ProblemKind) -> Route {
    let table = |filter: &str| TableParams { filter: filter.to_owned(), ..TableParams::default() };
    let agents = |filter: &str| Route::Agents(table(filter));
    match kind {
        ProblemKind::TasksFailing(_) => Route::Tasks(table(FAILED)),
        ProblemKind::TasksUnreachable => {
            Route::Tasks(TableParams { filter: "state:unreachable".to_owned(), ..TableParams::default() })
        }
        ProblemKind::CountDiffers { state, .. } => {
            Route::Tasks(TableParams { filter: format!("state:{}", state.name()), ..TableParams::default() })
        }
        ProblemKind::TasksStuck(state) => Route::Tasks(TableParams {
            filter: format!("list:live state:{}", state.name()),
            sort: "updated".to_owned(),
            ..TableParams::default()
        }),
        ProblemKind::RoleNearLimit { role, .. } => Route::Roles(table(&format!("role:{role}/"))),
        ProblemKind::RolesNearLimits | ProblemKind::GuaranteesExceed { .. } => Route::Roles(table("quota:yes")),
        ProblemKind::FrameworksDisconnected(_) => Route::Frameworks(table("state:disconnected")),
        ProblemKind::FrameworksRecovered(_) => Route::Frameworks(table("state:recovered")),
        ProblemKind::MachinesDown { .. } | ProblemKind::MaintenanceDue(_) | ProblemKind::MaintenanceOver(_) => {
            Route::Maintenance
        }
        ProblemKind::MasterElected => Route::Master,
        ProblemKind::AgentsUnreachable(_) => agents("state:unreachable"),
        ProblemKind::AgentsDisconnected(_) => agents("state:disconnected"),
        ProblemKind::AgentsRecovered(_) => agents("state:recovered"),
        ProblemKind::AgentsDeactivated(_) => agents("state:deactivated"),
        ProblemKind::AgentsDraining(_) => agents("state:drain*"),
        ProblemKind::FrameworkDisconnected { id, .. } => Route::Framework(id.clone()),
    }
}
