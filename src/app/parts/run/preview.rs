//! Preview: which agents have room, what the run takes, its calls, and the button that runs it.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::Route;
use mesoscope_core::scheduler::example;
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::{own_frameworks, runs as words};
use mesoscope_core::views::run_preview::{RunAgent, RunPreview, RunRoom};

use super::begin::{begin, lacks_stream, why_not};
use super::state::RunState;
use crate::parts::data_age::DataAge;
use crate::parts::links::agent_cell;
use crate::parts::waiting::{Waiting, is_cut_off};
use crate::widgets::copy::Copy;
use crate::widgets::panel::Panel;

/// Renders the panel.
pub(super) fn panel(state: RunState) -> AnyView {
    let aside = || view! { <DataAge parts=&[Topic::Agents, Topic::Quota]/> };
    let is_cut_off = is_cut_off();
    let body = move || {
        state.preview.with(|preview| match preview {
            Some(preview) if preview.matched == 0 && is_cut_off.get() => {
                view! { <Waiting words="Agents with room appear here."/> }.into_any()
            }
            Some(preview) => shown(state, preview),
            None => view! { <p class="dim">"Looking for room …"</p> }.into_any(),
        })
    };
    view! { <Panel title="Preview" aside=aside><div class="run-body">{body}{foot(state)}</div></Panel> }.into_any()
}

fn shown(state: RunState, preview: &RunPreview) -> AnyView {
    let wanted = state.wanted();
    let tone = if preview.can_run(wanted) { None } else { Some("bad") };
    let left_out = words::left_out(preview).into_iter();
    let role = state.form.with(|form| form.role.trim().to_owned());
    let unknown_role = (!preview.is_role_known && !role.is_empty()).then(|| words::unknown_role(&role));
    let quota = preview.headroom.iter().flatten();
    let quota = quota.map(|limit| (words::headroom(limit), (!limit.is_enough()).then_some("warn")));
    let takes = (preview.tasks > 0 && preview.can_run(wanted)).then(|| (words::takes(preview), None));
    let notes: Vec<(String, Option<&'static str>)> = takes
        .into_iter()
        .chain(quota)
        .chain(words::unknown_quota(preview).map(|says| (says, Some("warn"))))
        .chain(left_out.map(|says| (says, Some("warn"))))
        .chain(unknown_role.map(|says| (says, Some("warn"))))
        .chain(words::in_maintenance(preview.in_maintenance).map(|says| (says, Some("warn"))))
        .collect();
    let notes = notes.into_iter().map(|(says, tone)| view! { <li data-tone=tone>{says}</li> }).collect_view();
    view! {
        <p class="run-headline" role="status" data-tone=tone>{words::headline(preview, wanted)}</p>
        <ul class="run-notes">{notes}</ul>
        {agents(preview)}
    }
    .into_any()
}

fn agents(preview: &RunPreview) -> Option<AnyView> {
    let line = |agent: &RunAgent| {
        let tone = match agent.room {
            RunRoom::Free => "ok",
            RunRoom::InUse(_) => "busy",
            RunRoom::TooSmall(_) | RunRoom::Inactive(_) => "warn",
        };
        let free = words::free(agent.free);
        view! {
            <tr><td>{agent_cell(&agent.id, &agent.hostname)}</td><td><span class="state" data-tone=tone>{words::room(&agent.room)}</span></td><td class="dim">{free}</td></tr>
        }
    };
    let rest = words::more_agents(preview.matched as usize, preview.agents.len());
    (!preview.agents.is_empty()).then(|| {
        view! {
            <div class="scroll-x run-room" tabindex="0" role="group" aria-label="Agents of the run"><table class="plain">
                <thead><tr><th>"Agent"</th><th>"Room"</th><th>"Free for the role"</th></tr></thead>
                <tbody>{preview.agents.iter().map(line).collect_view()}</tbody></table></div>
            {rest.map(|rest| view! { <p class="dim">{rest}</p> })}
        }
        .into_any()
    })
}

fn foot(state: RunState) -> AnyView {
    let why = Memo::new(move |_| why_not(state));
    let button =
        move || state.preview.with(|preview| preview.as_ref().map_or_else(|| "Run".to_owned(), words::run_button));
    let failover = move || {
        let timeout = state.form.with(|form| form.checked().ok().map(|spec| spec.framework.failover_timeout));
        timeout.map(|timeout| view! { <p>{words::failover(timeout)}</p> })
    };
    let lacks_stream = Memo::new(move |_| lacks_stream(state));
    let frameworks = move || {
        lacks_stream
            .get()
            .then(|| view! { <a class="link" href=Route::OwnFrameworks.to_string()>{own_frameworks::TITLE}</a> })
    };
    let root = move || state.form.with(|form| form.is_root).then(|| view! { <p data-tone="bad">{words::ROOT}</p> });
    view! {
        {root}{failover}
        <p class="dim">{words::ESTIMATE}</p>
        {calls(state)}
        <p class="run-buttons"><button class="button primary" on:click=move |_| begin(state) aria-disabled=move || why.read().is_some().then_some("true") aria-describedby="run-why">{button}</button>
            <span class="wrong" id="run-why" aria-live="polite">{move || why.get()}</span>{frameworks}</p>
    }
    .into_any()
}

/// The calls as JSON, for the first agent.
fn calls(state: RunState) -> AnyView {
    let calls = move || {
        let agent = state
            .preview
            .with(|preview| preview.as_ref().and_then(|preview| preview.targets.as_ref()?.first().cloned()));
        let spec = state.form.with(|form| form.checked().ok())?;
        let id = RunId::new("RUN").ok()?;
        let lines = example::calls(&spec, &id, &agent.unwrap_or_else(|| AgentId::from("AGENT"))).into_iter().map(|(name, json)| {
            view! { <div class="request"><span>{name}</span><code tabindex="0" role="group" aria-label=name>{json.clone()}</code><Copy text=Signal::stored(json) label="the JSON"/></div> }
        });
        Some(lines.collect_view())
    };
    let open = RwSignal::new(false);
    let body = move || open.get().then(|| view! { {calls}<p class="dim">{words::NO_CURL}</p> });
    view! {
        <details class="requests run-calls" on:toggle=move |_| open.update(|open| *open = !*open)><summary>"Calls as JSON"</summary>{body}</details>
    }
    .into_any()
}
