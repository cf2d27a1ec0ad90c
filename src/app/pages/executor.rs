//! Page of one executor: facts, tasks by stage and its container, from the master and, if reachable, its agent.

use leptos::prelude::*;
use mesoscope_core::base::units::{Quantities, Timestamp};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::wire::agent_api::ExecutorRun;
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::mesos::wire::detail::DetailedExecutor;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::terminal_params::TerminalPlace;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::views;
use mesoscope_core::views::executor::ExecutorQuery;
use mesoscope_core::views::executor::{ExecutorDetail, ExecutorKey, merge_tasks};

use crate::clock::AgoByAgentClock;
use crate::parts::absent::{NotFoundNotice, known_or_absent};
use crate::parts::agent_live::runs::ExecutorTaskPanels;
use crate::parts::agent_live::{AgentSession, ExecutorLivePanels};
use crate::parts::containers::executor_containers;
use crate::parts::data_age::DataAge;
use crate::parts::detail::{
    DetailResponse, UnreadableFields, fact, not_known, pairs, resources, slice, unknown, untrusted_text, usage,
};
use crate::parts::links::{agent_fact, agent_link, framework_link, none, sandbox_links};
use crate::parts::terminal::form::terminal_link;
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn ExecutorPage(key: ExecutorKey) -> impl IntoView {
    let asked = key.clone();
    let detail: DetailResponse<ExecutorDetail> = link().watch(move || ExecutorQuery(asked.clone()));
    let host = slice(detail, |detail| detail.hostname.clone());
    let name = slice(detail, |detail| detail.framework_name.clone());
    let there = Route::AgentFramework(key.agent.clone(), key.framework.clone()).to_string();
    let (agent, framework) = (key.agent.clone(), key.framework.0.clone());
    let terminal = TerminalPlace::Executor(key.agent.clone(), key.framework.clone(), key.executor.clone());
    let framework = move || name.with(|name| if name.is_empty() { framework.clone() } else { name.clone() });
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{move || host.with(|host| agent_link(&agent, host))}</span><span class="crumb" aria-hidden="true">"/"</span>
            <a class="crumb" href=there>{framework}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{key.executor.0.clone()}</h1>
            <DataAge parts=&[Topic::Executors]/>
            <div class="tools">{terminal_link(terminal)}</div>
        </div>
        {known_or_absent(detail, not_found_notice(&key), move || known(&key, detail))}
    }
}

fn not_found_notice(key: &ExecutorKey) -> NotFoundNotice {
    NotFoundNotice {
        name: format!("agent {}", key.agent),
        why: "It may have left the cluster, been marked gone, or be unreachable: the master's API lists none of those, and it remembers no task of this executor. An id may also be mistyped.",
        see_also: (Route::Framework(key.framework.clone()), "Its framework"),
    }
}

/// Words for an executor that nobody lists.
const NOT_FOUND: &str = "Neither the master nor the agent lists it. It may have ended long ago, or you may not be allowed to see it. Check the ID.";

fn known(key: &ExecutorKey, detail: DetailResponse<ExecutorDetail>) -> AnyView {
    let session = AgentSession::start(&key.agent);
    let meant = key.clone();
    // Executor ids may be reused: the first run is the running one, if any.
    let run = session.runs.slice(move |runs| runs.iter().find(|run| is(&meant, run)).cloned());
    let facts_of = slice(detail, |detail| Some(Facts::of(detail)));
    let reported = Memo::new(move |_| run.with(|run| run.as_ref().map(|run| (run.executor.clone(), run.ended))));
    let whose = key.agent.clone();
    let tasks = slice(detail, |detail| detail.tasks.rows.clone());
    let limits = slice(detail, |detail| detail.limits.clone());
    let rows = Memo::new(move |_| {
        let works = run.with(|run| run.as_ref().map(|run| run.tasks.clone()).unwrap_or_default());
        tasks.with(|tasks| merge_tasks(tasks, &limits.read(), &works, &whose))
    });
    let json = slice(detail, |detail| detail.json.clone());
    let has_json = Memo::new(move |_| json.with(|json| !json.is_empty()));
    let asked = session.runs.is_reported();
    let by_master = slice(detail, |detail| detail.row.is_some());
    let of_master = slice(detail, |detail| detail.runs.clone());
    let current = slice(detail, |detail| detail.container.clone());
    // The agent keeps tasks that the master has forgotten.
    let older = Memo::new(move |_| {
        let of_agent = run.with(|run| run.as_ref().map(|run| run.tasks.clone()).unwrap_or_default());
        let of_agent = of_agent.into_iter().map(|work| (work.run, work.updated));
        let mut all = views::executor::runs(of_master.get().into_iter().chain(of_agent));
        all.retain(|(container, _)| !current.with(|current| current == container));
        all
    });
    let unread = slice(detail, |detail| detail.unreadable.clone());
    let nothing = move || asked.get() && reported.with(Option::is_none) && !by_master.get() && rows.with(Vec::is_empty);
    let containers = containers(key, session);
    let (key, meant) = (StoredValue::new(key.clone()), key.clone());
    let facts = move || {
        let (of_agent, ended) = reported.get().unzip();
        facts_of.get().map(|of_master| facts(&key.read_value(), of_master, of_agent, ended, &older.read()))
    };
    let own = move || {
        let of_agent = reported.get().map(|(executor, _)| executor.resources);
        let rows = of_agent.or_else(|| facts_of.get().map(|facts| facts.reported.resources))?;
        let is_unread = unread.with(|fields| UnreadableFields(fields.clone()).lacks("executor_info.resources"));
        match (rows.is_empty(), is_unread) {
            (true, true) => Some(not_known("The executor's resources cannot be read.")),
            (true, false) => None,
            (false, _) => Some(resources("Resources of the executor", &rows)),
        }
    };
    let own = move || own().map(|own| view! { <Panel title="Executor resources">{own}</Panel> });
    view! {
        <Show when=nothing><section class="panel"><EmptyState title="Executor not found" words=NOT_FOUND/></section></Show>
        {unreadable_fields(unread)}
        <div class="columns">
            <Panel title="Executor">{facts}</Panel>
            {own}
        </div>
        <ExecutorTaskPanels rows/>
        <ExecutorLivePanels agent=meant.agent.clone() session>{containers}</ExecutorLivePanels>
        <Show when=move || has_json.get()><Code title="Raw JSON" text=json.into()/></Show>
    }
    .into_any()
}

fn containers(key: &ExecutorKey, session: AgentSession) -> AnyView {
    let ExecutorKey { agent, framework, executor } = key.clone();
    let is_meant = move |row: &Container| row.framework == framework.as_str() && row.executor == executor.as_str();
    executor_containers(agent, session, is_meant)
}

fn is(key: &ExecutorKey, run: &ExecutorRun) -> bool {
    run.executor.id == key.executor.as_str() && run.executor.framework == key.framework.as_str()
}

#[derive(Clone, PartialEq)]
struct Facts {
    hostname: String,
    framework_name: String,
    reported: DetailedExecutor,
    listed: bool,
    /// By the master; empty if that does not list the executor.
    role: Option<String>,
    used: Option<Quantities>,
    container: String,
}

impl Facts {
    fn of(detail: &ExecutorDetail) -> Self {
        Self {
            hostname: detail.hostname.clone(),
            framework_name: detail.framework_name.clone(),
            reported: detail.reported.clone(),
            listed: detail.row.is_some(),
            role: detail.row.as_ref().map_or(Some(String::new()), |row| row.role.clone()),
            used: detail.used,
            container: detail.container.clone(),
        }
    }
}

/// Earlier runs under other containers, derived from known tasks.
fn older_runs(key: &ExecutorKey, runs: &[(String, Option<Timestamp>)]) -> AnyView {
    let one = |(container, at): &(String, Option<Timestamp>)| {
        let ExecutorKey { agent, framework, executor } = key.clone();
        let files = sandbox_links(|file| {
            let place = BrowseParams { run: container.clone(), ..BrowseParams::of(file) };
            Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), place)
        });
        let short: String = container.chars().take(8).collect();
        view! { <div class="run"><span class="mono dim" title=container.clone()>{short}</span>" "{at.map(|at| view! { <AgoByAgentClock agent=key.agent.clone() at/> })}" "{files}</div> }
    };
    runs.iter().take(RUNS).map(one).collect_view().into_any()
}

/// Maximum number of listed earlier runs.
const RUNS: usize = 10;

fn facts(
    key: &ExecutorKey,
    facts: Facts,
    of_agent: Option<DetailedExecutor>,
    ended: Option<bool>,
    runs: &[(String, Option<Timestamp>)],
) -> AnyView {
    let ExecutorKey { agent, framework, executor } = key.clone();
    let role = match &of_agent {
        Some(reported) => Some(reported.resources.first().map_or(String::new(), |first| first.allocated_to.clone())),
        None => facts.role,
    };
    let reported = of_agent.unwrap_or(facts.reported);
    let (tone, word) = match (ended, facts.listed) {
        (Some(true), _) => ("idle", "ended"),
        (Some(false), _) | (None, true) => ("ok", "running"),
        (None, false) => ("idle", "not listed by the master"),
    };
    let container = facts.container;
    let container = if container.is_empty() {
        none()
    } else {
        view! { <span class="mono">{container.clone()}</span><Copy text=Signal::stored(container) label="the container's id"/> }.into_any()
    };
    let files = sandbox_links(|file| {
        Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), BrowseParams::of(file))
    });
    let id = executor.0.clone();
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the executor's id"/> })}
            {fact("State", view! { <span class="state" data-tone=tone>{word}</span> })}
            {fact("Name", untrusted_text(&reported.name))}
            {fact("Kind", untrusted_text(&reported.kind.to_lowercase()))}
            {fact("Source", untrusted_text(&reported.source))}
            {fact("Role", role.as_deref().map_or_else(unknown, untrusted_text))}
            {fact("Framework", framework_link(&framework, &facts.framework_name))}
            {fact("Agent", agent_fact(&agent, &facts.hostname))}
            {fact("Container", container)}
            {fact("Sandbox", files)}
            {(!runs.is_empty()).then(|| fact("Older runs", older_runs(key, runs)))}
            {fact("Used by tasks", facts.used.map_or_else(unknown, usage))}
            {fact("Command", view! { <span class="mono">{untrusted_text(&reported.command)}</span> })}
            {fact("Labels", pairs(&reported.labels))}
        </dl>
    }
    .into_any()
}
