//! One agent, with everything that the state knows of it.

use leptos::prelude::*;
use mesoscope::cluster::Part;
use mesoscope::ids::AgentId;
use mesoscope::query::{AgentDetail, AgentRow, Answer, Capacity, Query};
use mesoscope::route::{Route, Table};
use mesoscope::text;

use crate::ui::clock::Ago;
use crate::ui::link::link;
use crate::ui::parts::{CapacityPanel, Fresh, agent_state, task_state};
use crate::ui::widgets::{Blank, Code, Copy, Panel};

/// The page.
#[component]
pub(crate) fn AgentPage(id: AgentId) -> impl IntoView {
    let asked = id.clone();
    let answer = link().watch(move || Query::Agent(asked.clone()));
    let detail = Memo::new(move |_| match answer.get() {
        Some(Answer::Agent(detail)) => Some(detail.map(|detail| *detail)),
        _ => None,
    });
    let title = {
        let id = id.clone();
        move || {
            detail.with(|detail| {
                detail
                    .as_ref()
                    .and_then(Option::as_ref)
                    .map_or_else(|| id.0.clone(), |detail| detail.row.hostname.clone())
            })
        }
    };
    let state = move || {
        detail.with(|detail| detail.as_ref().and_then(Option::as_ref).map(|detail| agent_state(detail.row.state)))
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(Table::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            {state}
            <Fresh parts=&[Part::Agents, Part::Executors]/>
        </div>
        {move || body(&id, detail.get())}
    }
}

fn body(id: &AgentId, detail: Option<Option<AgentDetail>>) -> AnyView {
    match detail {
        None => ().into_any(),
        Some(None) => unknown(id),
        Some(Some(detail)) => known(detail),
    }
}

fn unknown(id: &AgentId) -> AnyView {
    let words = "It may have left the cluster, been marked gone, or be unreachable: the master's API lists none of those. The id may also be mistyped.";
    view! {
        <section class="panel">
            <Blank title=format!("The master knows no agent {id}") words/>
            <div class="blank"><a class="link" href=Route::Agents(Table::default()).to_string()>"All agents"</a></div>
        </section>
    }
    .into_any()
}

fn known(detail: AgentDetail) -> AnyView {
    let json = pretty(&detail.json);
    let AgentRow { total, allocated, offered, .. } = detail.row;
    let capacity = Signal::stored(Some(Capacity { total, allocated, offered }));
    let (facts, frameworks) = (facts(&detail), frameworks(&detail));
    view! {
        <div class="columns">
            <div class="stack"><Panel title="Agent">{facts}</Panel><CapacityPanel title="Resources" capacity/></div>
            {frameworks}
        </div>
        {tasks(&detail)}
        <Code title="As the master tells it" text=json/>
    }
    .into_any()
}

fn facts(detail: &AgentDetail) -> impl IntoView + use<> {
    let row = &detail.row;
    let id = row.id.0.clone();
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let when = |at: Option<mesoscope::units::Timestamp>| {
        at.map_or_else(|| "–".into_any(), |at| view! { <Ago at/> }.into_any())
    };
    view! {
        <dl class="facts">
            <div><dt>"ID"</dt><dd><span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the agent's id"/></dd></div>
            <div><dt>"Address"</dt><dd class="mono">{or_dash(&detail.pid)}</dd></div>
            <div><dt>"Version"</dt><dd>{or_dash(&row.version)}</dd></div>
            <div><dt>"Fault domain"</dt><dd>{or_dash(&detail.domain)}</dd></div>
            <div><dt>"Registered"</dt><dd>{when(row.registered)}</dd></div>
            <div><dt>"Registered again"</dt><dd>{when(detail.reregistered)}</dd></div>
            <div><dt>"Attributes"</dt><dd>{or_dash(&row.attributes)}</dd></div>
            <div><dt>"Live tasks"</dt><dd>{text::count(u64::from(row.tasks))}</dd></div>
        </dl>
    }
}

fn frameworks(detail: &AgentDetail) -> impl IntoView + use<> {
    let rows: Vec<_> = detail.frameworks.iter().cloned().map(|share| {
        let (mem, unit) = text::bytes(share.used.mem);
        view! {
            <tr>
                <td><a href=Route::Framework(share.id.clone()).to_string()>{if share.name.is_empty() { share.id.0.clone() } else { share.name }}</a></td>
                <td class="num">{text::count(u64::from(share.tasks))}</td>
                <td class="num">{text::amount(share.used.cpus.as_f64())}</td>
                <td class="num">{mem}" "<span class="dim">{unit}</span></td>
            </tr>
        }
    }).collect();
    let none = rows.is_empty();
    view! {
        <Panel title="Frameworks on it">
            {if none { view! { <Blank title="None" words="No framework has a live task here."/> }.into_any() } else {
                view! { <div class="scroll-x"><table class="plain">
                    <thead><tr><th>"Framework"</th><th class="num">"Live tasks"</th><th class="num">"CPUs"</th><th class="num">"Memory"</th></tr></thead>
                    <tbody>{rows}</tbody></table></div> }.into_any()
            }}
        </Panel>
    }
}

fn tasks(detail: &AgentDetail) -> impl IntoView + use<> {
    let shown = detail.tasks.len();
    let known = detail.tasks_known as usize;
    let aside = if shown < known {
        format!("the newest {} of {}", text::count(shown as u64), text::count(known as u64))
    } else {
        text::count(known as u64)
    };
    let rows: Vec<_> = detail.tasks.iter().cloned().map(|task| {
        let name = if task.name.is_empty() { task.id.0.clone() } else { task.name };
        let message = task.message.clone();
        view! {
            <tr>
                <td><a href=Route::Task(task.framework, task.id.clone()).to_string() title=task.id.0.clone()>{name}</a></td>
                <td>{task_state(task.state)}</td>
                <td>{task.framework_name}</td>
                <td class="num">{text::amount(task.used.cpus.as_f64())}</td>
                <td class="dim">{task.updated.map(|at| view! { <Ago at/> })}</td>
                <td class="dim" title=message>{task.message}</td>
            </tr>
        }
    }).collect();
    let none = rows.is_empty();
    view! {
        <Panel title="Tasks" aside=move || aside.clone()>
            {if none { view! { <Blank title="None" words="The master remembers no task of this agent."/> }.into_any() } else {
                view! { <div class="scroll-x" tabindex="0" role="region" aria-label="Tasks of this agent"><table class="plain">
                    <thead><tr><th>"Task"</th><th>"State"</th><th>"Framework"</th><th class="num">"CPUs"</th><th>"Changed"</th><th>"Message"</th></tr></thead>
                    <tbody>{rows}</tbody></table></div> }.into_any()
            }}
        </Panel>
    }
}

/// Indented, if it is JSON; as it came, if it is not.
fn pretty(json: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(json);
    value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| json.to_owned())
}
