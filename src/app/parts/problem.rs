//! Problems, most severe first: a linked sentence with a count and its likely cause.

use leptos::prelude::*;
use mesoscope_core::checks::lint::{FailureSummary, Problem, ProblemKind};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::route::problem;
use mesoscope_core::text;
use mesoscope_core::text::{overview, problems};

use crate::clock::{Ago, cluster_now_signal};
use crate::icon::Icon;
use crate::parts::data_age::empty_list_text;

/// Renders the list; `unchecked` names topics that could not be read, `agents` is the number of active agents.
#[component]
pub(crate) fn Problems(problems: Vec<Problem>, unchecked: Option<String>, agents: Memo<u32>) -> impl IntoView {
    if problems.is_empty() {
        return view! { {move || calm(agents.get(), unchecked.as_deref())} }.into_any();
    }
    let rows = problems.into_iter().map(row);
    let unchecked = unchecked.map(|topics| view! { <p class="unchecked">{problems::not_checked(&topics)}</p> });
    view! { <ul class="problems">{rows.collect_view()}</ul>{unchecked} }.into_any()
}

/// No problem is known. Only a complete look is shown as a good sign.
fn calm(agents: u32, unchecked: Option<&str>) -> AnyView {
    let (title, words) = problems::none(agents, unchecked);
    let (title, words) = empty_list_text(FilteredList::Tasks, &title, &words);
    let sign = unchecked.is_none().then(|| view! { <span class="sign">{Icon::Done.view()}</span> });
    view! { <div class="calm">{sign}<div><b>{title}</b><p>{words}</p></div></div> }.into_any()
}

fn row(problem: Problem) -> AnyView {
    let (headline, explanation) = (problems::headline(&problem), problems::explanation(&problem));
    let explanation = (!explanation.is_empty()).then(|| view! { <p>{explanation}</p> });
    view! {
        <li data-tone=tone(&problem.kind)>
            <a href=problem::page(&problem.kind).to_string()><i></i><div><b>{headline}</b>{explanation}</div><span class="age">{age(&problem)}</span></a>
            {groups(&problem.kind)}
        </li>
    }
    .into_any()
}

fn age(problem: &Problem) -> Option<AnyView> {
    let at = problem.since?;
    if !matches!(problem.kind, ProblemKind::TasksStuck(_)) {
        return Some(view! { <Ago at/> }.into_any());
    }
    let now = cluster_now_signal();
    Some(view! { {move || overview::longest(now.get().since(at))} }.into_any())
}

/// What the failed tasks have in common, each linked to those tasks.
fn groups(kind: &ProblemKind) -> Option<AnyView> {
    let ProblemKind::TasksFailing(failing) = kind else { return None };
    let agents = failing.agents.iter().map(|(_, host, number)| (host.clone(), *number)).collect::<Vec<_>>();
    Some(
        view! {
            <dl class="groups">
                {group(failing, "Reason", "reason", &failing.reasons)}
                {group(failing, "Message", "message", &failing.messages)}
                {group(failing, "Agent", "agent", &agents)}
            </dl>
        }
        .into_any(),
    )
}

fn group(failing: &FailureSummary, name: &'static str, field: &str, values: &[(String, u32)]) -> Option<AnyView> {
    let link = |(value, number): &(String, u32)| {
        let href = problem::failed_with(failing, field, value).to_string();
        let shown = if field == "agent" { agent_name(failing, value) } else { value.clone() };
        view! { <a href=href title=value.clone()><span>{shown}</span>" "<small>{text::count(u64::from(*number))}</small></a> }
    };
    let links = values.iter().map(link).collect_view();
    (!values.is_empty()).then(|| view! { <div><dt>{name}</dt><dd>{links}</dd></div> }.into_any())
}

/// The host of an agent in the summary, whose name is its id if the host is unknown.
fn agent_name(failing: &FailureSummary, name: &str) -> String {
    let is_id = failing.agents.iter().any(|(id, host, _)| id.as_str() == name && host == name);
    text::agents::name(if is_id { "" } else { name }, name)
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
        | ProblemKind::RolesNearLimits(_)
        | ProblemKind::GuaranteesExceed { .. } => "warn",
        ProblemKind::CountDiffers { .. } => "warn",
        ProblemKind::TasksStuck(_) | ProblemKind::RoleNearLimit { .. } | ProblemKind::MaintenanceDue(_) => "warn",
        ProblemKind::MachinesDown { .. } => "lost",
        ProblemKind::AgentsDeactivated(_) | ProblemKind::MaintenanceOver(_) => "idle",
        ProblemKind::AgentsDraining(_) | ProblemKind::MasterElected => "busy",
    }
}
