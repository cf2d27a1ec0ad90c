//! Page of one task: facts, history, container, network, and the other tasks of its pod.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, TaskKey};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files::entry::Sandbox;
use mesoscope_core::mesos::wire::detail::{self, DetailedStatus, TaskCheck};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::terminal_params::TerminalPlace;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::task::TaskDetail;
use mesoscope_core::views::task::TaskQuery;
use mesoscope_core::views::tasks::TaskRow;

use crate::clock::AgoByAgentClock;
use crate::parts::absent::{NotFoundNotice, known_or_absent};
use crate::parts::agent_live::conflicting_report::conflicting_report;
use crate::parts::containers::TaskContainers;
use crate::parts::containers::state::ContainerTask;
use crate::parts::detail::{
    DetailResponse, ROWS, UnreadableFields, ago_or_dash, chips, fact, not_known, pairs, resources, shown_of_total,
    slice, unknown, untrusted_text,
};
use crate::parts::failure::{FailedTask, failure_panel};
use crate::parts::files::end_of_file::TaskRun;
use crate::parts::files::find_sandbox::run_in;
use crate::parts::links::{agent_link, framework_link, role_link, sandbox_links, task_files};
use crate::parts::state_badges::task_state;
use crate::parts::tasks::last_change;
use crate::parts::terminal::form::terminal_link;
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::excerpt::excerpt;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;
use mesoscope_core::text::scalar;

/// Renders the page.
#[component]
pub(crate) fn TaskPage(key: TaskKey) -> impl IntoView {
    let asked = key.clone();
    let detail: DetailResponse<TaskDetail> = link().watch(move || TaskQuery(asked.clone()));
    let id = key.task.0.clone();
    let name = slice(detail, |detail| detail.row.name.clone());
    let runs = slice(detail, |detail| !detail.row.state.is_terminal());
    let there = key.clone();
    let title = move || name.with(|name| if name.is_empty() { id.clone() } else { name.clone() });
    let state = slice(detail, |detail| Some((detail.row.state, detail.row.healthy)));
    let state = move || {
        state.get().map(|(state, healthy)| {
            let sick =
                (healthy == Some(false)).then(|| view! { <span class="state" data-tone="bad">"unhealthy"</span> });
            view! { {task_state(state)} {sick} }
        })
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Tasks(TableParams::default()).to_string()>"Tasks"</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            {state}
            <div class="tools">{move || runs.get().then(|| terminal_link(TerminalPlace::Task(there.framework.clone(), there.task.clone())))}</div>
        </div>
        {known_or_absent(detail, not_found_notice(&key), move || known(detail))}
    }
}

fn not_found_notice(key: &TaskKey) -> NotFoundNotice {
    NotFoundNotice {
        name: text::tasks::name(&key.task, &key.framework),
        why: text::tasks::NOT_FOUND,
        see_also: (Route::Framework(key.framework.clone()), "Framework"),
    }
}

fn known(detail: DetailResponse<TaskDetail>) -> AnyView {
    let facts_of = slice(detail, |detail| {
        Some((
            detail.row.clone(),
            detail.executor.clone(),
            detail.reported.user.clone(),
            UnreadableFields(detail.unreadable.clone()),
        ))
    });
    let resources_of = slice(detail, |detail| {
        (detail.reported.resources.clone(), detail.reported.limits.clone(), UnreadableFields(detail.unreadable.clone()))
    });
    let history_of = slice(detail, |detail| {
        (
            detail.reported.history.clone(),
            (detail.row.agent.clone(), detail.row.ahead),
            UnreadableFields(detail.unreadable.clone()),
        )
    });
    let where_of = slice(detail, |detail| {
        let reported = detail::DetailedTask { history: Vec::new(), resources: Vec::new(), ..detail.reported.clone() };
        (reported, UnreadableFields(detail.unreadable.clone()))
    });
    let failed = slice(detail, failed_task);
    let siblings_of = slice(detail, |detail| (detail.siblings.clone(), detail.siblings_known));
    let json = slice(detail, |detail| detail.json.clone());
    let unreadable = unreadable_fields(slice(detail, |detail| detail.unreadable.clone()));
    let runs_at = slice(detail, |detail| {
        let TaskRow { agent, framework, id, state, .. } = &detail.row;
        Some((agent.clone(), framework.clone(), id.clone(), *state))
    });
    let runs_in = slice(detail, |detail| {
        let path = &detail.reported.containers;
        let is_there =
            !path.is_empty() && !detail.row.state.is_terminal() && detail.row.state != TaskState::Unreachable;
        let TaskRow { agent, framework, executor, id, name, .. } = &detail.row;
        let own = || ContainerTask {
            framework: framework.clone(),
            executor: executor.clone(),
            task: id.clone(),
            name: name.clone(),
        };
        is_there.then(|| (agent.clone(), path.clone(), own()))
    });
    view! {
        {unreadable}
        {conflicting_report(runs_at)}
        {move || failed.get().map(failure)}
        <div class="columns">
            <div class="stack"><Panel title="Task">{move || facts_of.get().map(|(row, executor, user, known)| facts(&row, executor.as_str(), &user, &known, failed.with(Option::is_some)))}</Panel>
            <Panel title="Resources">{move || resources_of.with(|(rows, limits, known)| view! { {amounts(rows, known)} {limited(limits)} })}</Panel></div>
            {move || where_of.with(|(reported, known)| place(reported.clone(), known))}
        </div>
        <Panel title="History">{move || history_of.with(|(history, clock, known)| timeline(history, clock.clone(), known))}</Panel>
        {move || runs_in.get().map(|(agent, path, task)| view! { <TaskContainers agent path task/> })}
        {move || siblings_of.with(|(siblings, known)| (!siblings.is_empty()).then(|| siblings_panel(siblings, *known)))}
        <Code title="Raw JSON" text=json.into()/>
    }
    .into_any()
}

/// Source of updates that the master created.
const MASTER: &str = "MASTER";

/// A timestamp by the agent's clock, or by the master's for its own updates.
fn moment(at: Option<Timestamp>, (agent, ahead): (AgentId, Nanoseconds), by_master: bool) -> AnyView {
    match at {
        Some(at) if !by_master => view! { <AgoByAgentClock agent at ahead/> }.into_any(),
        at => ago_or_dash(at),
    }
}

fn failed_task(detail: &TaskDetail) -> Option<FailedTask> {
    let row = &detail.row;
    let (agent, framework, executor) = (row.agent.clone(), row.framework.clone(), row.executor.clone());
    let sandbox = Sandbox { agent, framework, executor };
    let run = TaskRun { sandbox, task: row.id.clone(), run: run_in(detail) };
    detail.failure().map(|failure| FailedTask { row: row.clone(), failure, run })
}

fn failure(of: FailedTask) -> AnyView {
    let clock = (of.row.agent.clone(), of.row.ahead);
    let at = of.failure.at.map_or_else(unknown, |at| moment(Some(at), clock, of.failure.is_by_cluster));
    failure_panel(of, at)
}

fn facts(row: &TaskRow, executor: &str, user: &str, known: &UnreadableFields, is_failed: bool) -> AnyView {
    let clock = (row.agent.clone(), row.ahead);
    let changed = row.updated.map_or_else(unknown, |at| moment(Some(at), clock.clone(), row.is_by_cluster));
    let id = row.id.0.clone();
    let health = row.healthy.map(|healthy| if healthy { "healthy" } else { "unhealthy" });
    let started = row.started.map(|at| moment(Some(at), clock, false));
    // The panel of the failure has the message.
    let message = if is_failed { None } else { text_unless_empty(&row.message) };
    let files = sandbox_links(|file| task_files(row, file));
    let run = Route::Executor(row.agent.clone(), row.framework.clone(), executor.into());
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the task's id"/> })}
            {fact("Framework", framework_link(&row.framework, &row.framework_name))}
            {fact("Agent", agent_link(&row.agent, &row.hostname))}
            {fact("Executor", view! { <a class="mono" href=run.to_string()>{executor.to_owned()}</a> })}
            {fact("Role", row.role.as_deref().map_or_else(unknown, role_link))}
            {fact_if(known, "user", "User", text_unless_empty(user))}
            {fact_if(known, "statuses", "Health", health)}
            {fact_if(known, "statuses", "Started", started)}
            {known.fact("statuses", "Changed", changed)}
            {fact_if(known, "statuses", "Message", message)}
            {fact("Sandbox", files)}
        </dl>
    }
    .into_any()
}

/// A fact that is left out if it has no value, unless its value cannot be read.
fn fact_if(
    known: &UnreadableFields,
    way: &str,
    name: &'static str,
    value: Option<impl IntoView + 'static>,
) -> Option<AnyView> {
    (value.is_some() || known.lacks(way)).then(|| known.fact(way, name, value))
}

fn text_unless_empty(text: &str) -> Option<AnyView> {
    (!text.is_empty()).then(|| untrusted_text(text))
}

fn amounts(rows: &[detail::DetailedResource], known: &UnreadableFields) -> AnyView {
    if rows.is_empty() && known.lacks("resources") {
        return not_known("The resources of the task cannot be read.");
    }
    resources("Resources of the task", rows)
}

fn limited(limits: &[(String, f64)]) -> Option<AnyView> {
    (!limits.is_empty()).then(|| {
        let all = limits.iter().map(|(name, limit)| (name.clone(), scalar(name, *limit))).collect::<Vec<_>>();
        view! { <dl class="facts">{fact("Limits", pairs(&all))}</dl> }.into_any()
    })
}

/// State history, oldest first, with the duration of each state.
fn timeline(history: &[DetailedStatus], clock: (AgentId, Nanoseconds), known: &UnreadableFields) -> AnyView {
    if history.is_empty() && known.lacks("statuses") {
        return not_known("The statuses of the task cannot be read.");
    }
    if history.is_empty() {
        return view! { <EmptyState title="No status yet" words="The master has received no status of this task."/> }
            .into_any();
    }
    let ends = history.iter().skip(1).map(|next| next.at).chain([None]);
    let history: Vec<(DetailedStatus, Option<Timestamp>)> = history.iter().cloned().zip(ends).collect();
    let line = move |(status, end): &(DetailedStatus, Option<Timestamp>)| {
        let lasted = status.at.zip(*end).map(|(from, to)| text::span(to.since(from)));
        let tone = task_state(status.state);
        let limits = text::tasks::limits(&status.limitation);
        let exceeded = (!limits.is_empty()).then(|| view! { <small class="was">"limit exceeded: "{limits}</small> });
        let health = status.healthy.map(|healthy| if healthy { "healthy" } else { "unhealthy" });
        let check = status.check.map(|check| check.to_string());
        let checked: Vec<String> = health.map(str::to_owned).into_iter().chain(check).collect();
        view! {
            <tr>
                <td class="dim">{status.at.map(|at| moment(Some(at), clock.clone(), status.source == MASTER))}</td>
                <td>{tone}</td>
                <td class="num dim">{lasted}</td>
                <td class="dim">{status.source.to_lowercase()}</td>
                <td class="mono">{status.reason.clone()}</td>
                <td>{checked.join(", ")}</td>
                <td class="wrap">{excerpt(&status.message)}{exceeded}</td>
                <td class="mono dim" title=status.container.clone()>{status.container.chars().take(8).collect::<String>()}</td>
            </tr>
        }
        .into_any()
    };
    let says = |(status, _): &(DetailedStatus, Option<Timestamp>)| {
        [status.state.name(), &status.source, &status.reason, &status.message].join(" ")
    };
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="History of the task"><table class="plain">
                <thead><tr><th>"When"</th><th>"State"</th><th class="num">"Lasted"</th><th>"Source"</th><th>"Reason"</th><th>"Checks"</th><th>"Message"</th><th>"Container"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::last("statuses", ROWS), Signal::stored(history), says, line, frame)
}

/// Container, network and labels, as far as the task has them; nothing if it has none.
fn place(place: detail::DetailedTask, known: &UnreadableFields) -> Option<AnyView> {
    let inner = place.containers.last().cloned();
    let line = place.containers.join(" / ");
    let container = inner.map(|inner| {
        view! { <span class="mono">{line}</span><Copy text=Signal::stored(inner) label="the container's id"/> }
    });
    let found = place.discovery.map(|(name, visibility)| format!("{name} ({})", visibility.to_lowercase()));
    let ports: Vec<(String, String)> = place
        .ports
        .into_iter()
        .map(|(number, name, protocol)| (format!("{name} {protocol}").trim().to_owned(), number.to_string()))
        .map(|(name, number)| if name.is_empty() { (number, String::new()) } else { (name, number) })
        .collect();
    let some_chips = |words: &[String]| (!words.is_empty()).then(|| chips(words));
    let some_pairs = |of: &[(String, String)]| (!of.is_empty()).then(|| pairs(of));
    let words = |text: Option<String>| text.and_then(|text| text_unless_empty(&text));
    let facts: Vec<AnyView> = [
        fact_if(known, "statuses", "Container", container),
        fact_if(known, "container", "Image", text_unless_empty(&place.image)),
        fact_if(known, "container", "Network", text_unless_empty(&place.network)),
        fact_if(known, "container", "Port mappings", some_chips(&place.port_mappings)),
        fact_if(known, "statuses", "Addresses", some_chips(&place.addresses)),
        fact_if(known, "discovery", "Discovery", words(found)),
        fact_if(known, "discovery", "Ports", some_pairs(&ports)),
        fact_if(known, "labels", "Labels", some_pairs(&place.labels)),
        fact_if(known, "kill_policy", "Kill policy", words(place.grace.map(text::tasks::kill_policy))),
        fact_if(known, "health_check", "Health check", words(place.health_check.as_ref().map(TaskCheck::to_string))),
        fact_if(known, "check", "Check", words(place.check.as_ref().map(TaskCheck::to_string))),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!facts.is_empty())
        .then(|| view! { <Panel title="Container, network, labels"><dl class="facts">{facts}</dl></Panel> }.into_any())
}

fn siblings_panel(siblings: &[TaskRow], known: u32) -> AnyView {
    let line = |row: &TaskRow| {
        let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
        view! {
            <tr>
                <td><a href=Route::Task(row.framework.clone(), row.id.clone()).to_string() title=row.id.0.clone()>{name}</a></td>
                <td>{task_state(row.state)}</td>
                <td class="dim">{last_change(row)}</td>
                <td class="dim" title=row.message.clone()>{row.message.clone()}</td>
            </tr>
        }
    };
    let lines = siblings.iter().map(line).collect_view();
    let shown = siblings.len();
    view! {
        <Panel title="Other tasks of this executor" aside=move || shown_of_total(shown, known)>
            <div class="scroll-x" tabindex="0" role="group" aria-label="Other tasks of this executor"><table class="plain">
                <thead><tr><th>"Task"</th><th>"State"</th><th>"Changed"</th><th>"Message"</th></tr></thead>
                <tbody>{lines}</tbody></table></div>
        </Panel>
    }
    .into_any()
}
