//! One agent, with everything that the state knows of it.

use leptos::prelude::*;
use mesoscope::can::AgentVerb;
use mesoscope::cluster::{MachineMode, Part};
use mesoscope::ids::AgentId;
use mesoscope::query::{
    Absent, AgentDetail, AgentRow, Answer, Capacity, ExecutorRow, FrameworkOnAgent, Query, TaskOnAgent,
};
use mesoscope::route::{Place, Route, Table};
use mesoscope::text;
use mesoscope::units::{Quantities, Timestamp};
use mesoscope::wire::detail::{self, Drain};

use crate::ui::acts::Proposal;
use crate::ui::clock::Ago;
use crate::ui::link::link;
use crate::ui::parts::{
    ActChoice, AgentOwn, CapacityPanel, Detail, Fresh, Sought, act_button, act_buttons, agent_state, chips,
    draining_view, fact, framework_link, held, known_or_absent, or_dash, pairs, resources, slice, so_far, task_state,
    verbosity, when,
};
use crate::ui::widgets::{Blank, Code, Copy, Panel};

/// The page.
#[component]
pub(crate) fn AgentPage(id: AgentId) -> impl IntoView {
    let asked = id.clone();
    let answer = link().watch(move || Query::Agent(asked.clone()));
    let detail: Detail<AgentDetail> = Memo::new(move |_| match answer.get() {
        Some(Answer::Agent(detail)) => Some(detail.map(|detail| *detail)),
        _ => None,
    });
    let is_known = Memo::new(move |_| detail.with(|detail| matches!(detail, Some(Ok(_)))));
    let name = slice(detail, |detail| detail.row.hostname.clone());
    let known_id = id.0.clone();
    let title = move || name.with(|name| if name.is_empty() { known_id.clone() } else { name.clone() });
    let state = slice(detail, |detail| Some(detail.row.state));
    let choices = slice(detail, choices);
    // One that the master's lists lack may still be in its registry, as one that it cannot reach.
    let is_unknown = Memo::new(move |_| detail.with(|detail| matches!(detail, Some(Err(Absent::Unknown)))));
    let sole = id.clone();
    let by_id = move || {
        is_unknown.get().then(|| {
            let proposal = Proposal::Agents(AgentVerb::MarkGone, vec![(sole.clone(), String::new())]);
            act_button(ActChoice { name: "Mark gone", why_not: None, proposal })
        })
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(Table::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            {move || state.get().map(agent_state)}{so_far(slice(detail, |detail| detail.arriving))}
            <Fresh parts=&[Part::Agents, Part::Executors]/>
            <div class="tools">{move || is_known.get().then(|| act_buttons(choices.into()))}{by_id}</div>
        </div>
        {known_or_absent(detail, sought(&id), move || known(&id, detail))}
    }
}

/// What may be done to it.
fn choices(detail: &AgentDetail) -> Vec<ActChoice> {
    let whom = (detail.row.id.clone(), detail.row.hostname.clone());
    let verbs = detail.can.iter().map(|(verb, why_not)| ActChoice {
        name: verb.name(),
        why_not: why_not.clone(),
        proposal: Proposal::Agents(*verb, vec![whom.clone()]),
    });
    let logging = Proposal::LoggingLevel(Some(whom.0.clone()), whom.1.clone());
    verbs.chain([ActChoice { name: "Logging level", why_not: detail.mute.clone(), proposal: logging }]).collect()
}

fn sought(id: &AgentId) -> Sought {
    Sought {
        name: format!("agent {id}"),
        why: "It may have left the cluster, been marked gone, or be unreachable: the master's API lists none of those. The id may also be mistyped.",
        else_where: (Route::Agents(Table::default()), "All agents"),
    }
}

fn known(id: &AgentId, detail: Detail<AgentDetail>) -> AnyView {
    let capacity = slice(detail, |detail| {
        let AgentRow { total, allocated, offered, .. } = detail.row;
        let reserved = detail.held.iter().map(|row| row.held).sum();
        Some(Capacity { total, allocated, offered, reserved, withheld: Quantities::NONE })
    });
    let facts_of = slice(detail, |detail| Some(Facts::of(detail)));
    let frameworks_of = slice(detail, |detail| detail.frameworks.clone());
    let held_of = slice(detail, |detail| detail.held.clone());
    let resources_of = slice(detail, |detail| detail.told.resources.clone());
    let executors_of = slice(detail, |detail| detail.executors.clone());
    let tasks_of = slice(detail, |detail| (detail.tasks.clone(), detail.tasks_known));
    let known = slice(detail, |detail| (detail.tasks.len() as u64, u64::from(detail.tasks_known)));
    let aside = move || match known.get() {
        (shown, known) if shown < known => format!("the newest {} of {}", text::count(shown), text::count(known)),
        (_, known) => text::count(known),
    };
    let json = slice(detail, |detail| detail.json.clone());
    let (agent, logs) = (id.clone(), verbosity(Some(id.clone())));
    let draining = slice(detail, |detail| detail.draining.clone());
    let drain = move || {
        let view = draining.with(|draining| draining.as_ref().map(draining_view))?;
        Some(view! { <Panel title="Drain">{view}</Panel> })
    };
    view! {
        {drain}
        <div class="columns">
            <div class="stack">
                <Panel title="Agent">{move || facts_of.get().map(|told| facts(told, logs))}</Panel>
                <CapacityPanel title="Resources" capacity/>
            </div>
            <div class="stack">
                <Panel title="Frameworks on it">{move || frameworks_of.with(|rows| frameworks(&agent, rows))}</Panel>
                <Panel title="Executors on it">{move || executors_of.with(|rows| executors(rows))}</Panel>
            </div>
        </div>
        <AgentOwn id=id.clone()/>
        <Panel title="Reservations and volumes">{move || held_of.with(|rows| held(rows))}</Panel>
        <Panel title="Each resource">{move || resources_of.with(|rows| resources("Resources of the agent", rows))}</Panel>
        <Panel title="Tasks" aside=aside>{move || tasks_of.with(|(rows, _)| tasks(rows))}</Panel>
        <Code title="As the master tells it" text=json.into()/>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
struct Facts {
    row: AgentRow,
    reregistered: Option<Timestamp>,
    pid: String,
    domain: String,
    told: detail::Agent,
    maintenance: Option<(MachineMode, Option<Timestamp>)>,
}

impl Facts {
    fn of(detail: &AgentDetail) -> Self {
        Self {
            row: detail.row.clone(),
            reregistered: detail.reregistered,
            pid: detail.pid.clone(),
            domain: detail.domain.clone(),
            told: detail::Agent { resources: Vec::new(), ..detail.told.clone() },
            maintenance: detail.maintenance,
        }
    }
}

fn facts(facts: Facts, logs: Memo<String>) -> AnyView {
    let row = facts.row;
    let id = row.id.0.clone();
    let attributes: Vec<String> =
        row.attributes.split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let log = Route::AgentBrowse(row.id.clone(), Place::of("/slave/log"));
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the agent's id"/> })}
            {fact("Address", view! { <span class="mono">{or_dash(&facts.pid)}</span> })}
            {fact("Version", or_dash(&row.version))}
            {fact("Fault domain", or_dash(&facts.domain))}
            {fact("Registered", when(row.registered))}
            {fact("Registered again", when(facts.reregistered))}
            {fact("Live tasks", text::count(u64::from(row.tasks)))}
            {fact("Drain", facts.told.drain.map_or_else(|| "–".into_any(), drain))}
            {fact("Maintenance", facts.maintenance.map_or_else(|| "–".into_any(), maintenance))}
            {fact("Attributes", chips(&attributes))}
            {fact("Capabilities", chips(&facts.told.capabilities))}
            {fact("Resource providers", pairs(&facts.told.providers))}
            {fact("Verbosity of its log", logs)}
            {fact("Log", view! { <a class="link" href=log.to_string()>"Its own log"</a> })}
        </dl>
    }
    .into_any()
}

fn drain(drain: Drain) -> AnyView {
    let grace = drain.max_grace_period.map(|grace| format!(", grace period at most {}", text::age(grace)));
    let gone = if drain.mark_gone { ", then marked gone" } else { "" };
    let since = drain.since.map(|at| view! { "since "<Ago at/> });
    view! { <span>{since}{gone}{grace}</span> }.into_any()
}

fn maintenance((mode, start): (MachineMode, Option<Timestamp>)) -> AnyView {
    let word = match mode {
        MachineMode::Draining => "scheduled",
        MachineMode::Down => "down",
    };
    let start = start.map(|at| view! { " from "{when(Some(at))} });
    view! { <a class="link" href=Route::Maintenance.to_string()>{word}</a>{start} }.into_any()
}

fn frameworks(agent: &AgentId, rows: &[FrameworkOnAgent]) -> AnyView {
    if rows.is_empty() {
        return view! { <Blank title="None" words="No framework has a live task here."/> }.into_any();
    }
    let line = |share: &FrameworkOnAgent| {
        let (mem, unit) = text::bytes(share.used.mem);
        let name = if share.name.is_empty() { share.id.0.clone() } else { share.name.clone() };
        view! {
            <tr>
                <td><a href=Route::AgentFramework(agent.clone(), share.id.clone()).to_string() title="Its executors and tasks here">{name}</a></td>
                <td class="num">{text::count(u64::from(share.tasks))}</td>
                <td class="num">{text::amount(share.used.cpus.as_f64())}</td>
                <td class="num">{mem}" "<span class="dim">{unit}</span></td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Frameworks on this agent"><table class="plain">
            <thead><tr><th>"Framework"</th><th class="num">"Live tasks"</th><th class="num">"CPUs"</th><th class="num">"Memory"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

fn executors(rows: &[ExecutorRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <Blank title="None" words="The master lists no executor here. Those of the command executor it never lists."/> }.into_any();
    }
    let line = |row: &ExecutorRow| {
        view! {
            <tr>
                <td><a class="mono" href=Route::Executor(row.agent.clone(), row.framework.clone(), row.id.clone()).to_string() title=row.id.0.clone()>{row.id.0.clone()}</a></td>
                <td>{framework_link(&row.framework, &row.framework_name)}</td>
                <td class="num">{text::count(u64::from(row.tasks))}</td>
                <td class="num">{text::amount(row.used.cpus.as_f64())}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Executors on this agent"><table class="plain">
            <thead><tr><th>"Executor"</th><th>"Framework"</th><th class="num">"Live tasks"</th><th class="num">"CPUs"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}

fn tasks(rows: &[TaskOnAgent]) -> AnyView {
    if rows.is_empty() {
        return view! { <Blank title="None" words="The master remembers no task of this agent."/> }.into_any();
    }
    let line = |task: &TaskOnAgent| {
        let name = if task.name.is_empty() { task.id.0.clone() } else { task.name.clone() };
        view! {
            <tr>
                <td><a href=Route::Task(task.framework.clone(), task.id.clone()).to_string() title=task.id.0.clone()>{name}</a></td>
                <td>{task_state(task.state)}</td>
                <td>{framework_link(&task.framework, &task.framework_name)}</td>
                <td class="num">{text::amount(task.used.cpus.as_f64())}</td>
                <td class="dim">{task.updated.map(|at| view! { <Ago at/> })}</td>
                <td class="dim" title=task.message.clone()>{task.message.clone()}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Tasks of this agent"><table class="plain">
            <thead><tr><th>"Task"</th><th>"State"</th><th>"Framework"</th><th class="num">"CPUs"</th><th>"Changed"</th><th>"Message"</th></tr></thead>
            <tbody>{rows.iter().map(line).collect_view()}</tbody></table></div>
    }
    .into_any()
}
