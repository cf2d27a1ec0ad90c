//! One executor: what it is, its tasks by how far they are, its container; by the master, and by its agent where that can
//! be asked.

use leptos::prelude::*;
use mesoscope_core::base::units::{Quantities, Timestamp};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::wire::detail::Executor;
use mesoscope_core::mesos::wire::own::Run;
use mesoscope_core::route::place::Place;
use mesoscope_core::route::{Route, Table};
use mesoscope_core::views;
use mesoscope_core::views::executor::ExecutorQuery;
use mesoscope_core::views::executor::{ExecutorDetail, ExecutorKey, together};

use crate::clock::AgoThere;
use crate::link::link;
use crate::parts::absent::{Sought, known_or_absent};
use crate::parts::agent_live::runs::Errands;
use crate::parts::agent_live::{AgentSession, ExecutorOwn};
use crate::parts::data_age::DataAge;
use crate::parts::detail::{Detail, fact, foreign, pairs, resources, slice, used_words};
use crate::parts::name::{agent_link, framework_link, sandbox_links};
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::panel::{Blank, Panel};

/// The page.
#[component]
pub(crate) fn ExecutorPage(key: ExecutorKey) -> impl IntoView {
    let asked = key.clone();
    let detail: Detail<ExecutorDetail> = link().watch(move || ExecutorQuery(asked.clone()));
    let host = slice(detail, |detail| detail.hostname.clone());
    let name = slice(detail, |detail| detail.framework_name.clone());
    let there = Route::AgentFramework(key.agent.clone(), key.framework.clone()).to_string();
    let (agent, framework) = (key.agent.clone(), key.framework.0.clone());
    let framework = move || name.with(|name| if name.is_empty() { framework.clone() } else { name.clone() });
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(Table::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{move || host.with(|host| agent_link(&agent, host))}</span><span class="crumb" aria-hidden="true">"/"</span>
            <a class="crumb" href=there>{framework}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{key.executor.0.clone()}</h1>
            <DataAge parts=&[Topic::Executors]/>
        </div>
        {known_or_absent(detail, sought(&key), move || known(&key, detail))}
    }
}

fn sought(key: &ExecutorKey) -> Sought {
    Sought {
        name: format!("agent {}", key.agent),
        why: "It may have left the cluster, been marked gone, or be unreachable: the master's API lists none of those, and it remembers no task of this executor. An id may also be mistyped.",
        else_where: (Route::Framework(key.framework.clone()), "Its framework"),
    }
}

fn known(key: &ExecutorKey, detail: Detail<ExecutorDetail>) -> AnyView {
    let reach = AgentSession::start(&key.agent);
    let meant = key.clone();
    // An id may be used again: the first is the one that runs, if one does.
    let run = reach.runs.slice(move |runs| runs.iter().find(|run| is(&meant, run)).cloned());
    let facts_of = slice(detail, |detail| Some(Facts::of(detail)));
    let reported = Memo::new(move |_| run.with(|run| run.as_ref().map(|run| (run.executor.clone(), run.ended))));
    let whose = key.agent.clone();
    let tasks = slice(detail, |detail| detail.tasks.rows.clone());
    let limits = slice(detail, |detail| detail.limits.clone());
    let rows = Memo::new(move |_| {
        let works = run.with(|run| run.as_ref().map(|run| run.tasks.clone()).unwrap_or_default());
        tasks.with(|tasks| together(tasks, &limits.read(), &works, &whose))
    });
    let json = slice(detail, |detail| detail.json.clone());
    let has_json = Memo::new(move |_| json.with(|json| !json.is_empty()));
    let asked = reach.runs.is_reported();
    let by_master = slice(detail, |detail| detail.row.is_some());
    let of_master = slice(detail, |detail| detail.runs.clone());
    let current = slice(detail, |detail| detail.container.clone());
    // The agent remembers tasks that the master has forgotten.
    let older = Memo::new(move |_| {
        let of_agent = run.with(|run| run.as_ref().map(|run| run.tasks.clone()).unwrap_or_default());
        let of_agent = of_agent.into_iter().map(|work| (work.run, work.updated));
        let mut all = views::executor::runs(of_master.get().into_iter().chain(of_agent));
        all.retain(|(container, _)| !current.with(|current| current == container));
        all
    });
    let nothing = move || asked.get() && reported.with(Option::is_none) && !by_master.get() && rows.with(Vec::is_empty);
    let words = "Neither the master nor the agent lists such an executor of that framework here. It may have ended long ago, its id may be mistyped, or you may not see it.";
    let (key, meant) = (StoredValue::new(key.clone()), key.clone());
    let facts = move || {
        let (of_agent, ended) = reported.get().unzip();
        facts_of.get().map(|of_master| facts(&key.read_value(), of_master, of_agent, ended, &older.read()))
    };
    let own = move || {
        let of_agent = reported.get().map(|(executor, _)| executor.resources);
        of_agent
            .or_else(|| facts_of.get().map(|facts| facts.reported.resources))
            .map(|rows| resources("Resources of the executor", &rows))
    };
    view! {
        <Show when=nothing><section class="panel"><Blank title="Nothing is known of this executor" words/></section></Show>
        {unreadable_fields(slice(detail, |detail| detail.unreadable.clone()))}
        <div class="columns">
            <Panel title="Executor">{facts}</Panel>
            <Panel title="Its own resources">{own}</Panel>
        </div>
        <Errands rows/>
        <ExecutorOwn agent=meant.agent.clone() reach
            is_meant=move |row| row.framework == meant.framework.as_str() && row.executor == meant.executor.as_str()/>
        <Show when=move || has_json.get()><Code title="As the master tells it" text=json.into()/></Show>
    }
    .into_any()
}

fn is(key: &ExecutorKey, run: &Run) -> bool {
    run.executor.id == key.executor.as_str() && run.executor.framework == key.framework.as_str()
}

#[derive(Clone, PartialEq)]
struct Facts {
    hostname: String,
    framework_name: String,
    reported: Executor,
    listed: bool,
    used: Quantities,
    container: String,
}

impl Facts {
    fn of(detail: &ExecutorDetail) -> Self {
        Self {
            hostname: detail.hostname.clone(),
            framework_name: detail.framework_name.clone(),
            reported: detail.reported.clone(),
            listed: detail.row.is_some(),
            used: detail.used,
            container: detail.container.clone(),
        }
    }
}

/// Runs of it under other containers, by the tasks that are remembered.
fn older_runs(key: &ExecutorKey, runs: &[(String, Option<Timestamp>)]) -> AnyView {
    let one = |(container, at): &(String, Option<Timestamp>)| {
        let ExecutorKey { agent, framework, executor } = key.clone();
        let files = sandbox_links(|file| {
            let place = Place { run: container.clone(), ..Place::of(file) };
            Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), place)
        });
        let short: String = container.chars().take(8).collect();
        view! { <div class="run"><span class="mono dim" title=container.clone()>{short}</span>" "{at.map(|at| view! { <AgoThere agent=key.agent.clone() at/> })}" "{files}</div> }
    };
    runs.iter().take(RUNS).map(one).collect_view().into_any()
}

/// Older runs that are listed.
const RUNS: usize = 10;

fn facts(
    key: &ExecutorKey,
    facts: Facts,
    of_agent: Option<Executor>,
    ended: Option<bool>,
    runs: &[(String, Option<Timestamp>)],
) -> AnyView {
    let ExecutorKey { agent, framework, executor } = key.clone();
    let reported = of_agent.unwrap_or(facts.reported);
    let (tone, word) = match (ended, facts.listed) {
        (Some(true), _) => ("idle", "ended"),
        (Some(false), _) | (None, true) => ("ok", "running"),
        (None, false) => ("idle", "not listed by the master"),
    };
    let container = facts.container;
    let container = if container.is_empty() {
        "–".into_any()
    } else {
        view! { <span class="mono">{container.clone()}</span><Copy text=Signal::stored(container) label="the container's id"/> }.into_any()
    };
    let files = sandbox_links(|file| {
        Route::ExecutorBrowse(agent.clone(), framework.clone(), executor.clone(), Place::of(file))
    });
    let id = executor.0.clone();
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the executor's id"/> })}
            {fact("State", view! { <span class="state" data-tone=tone>{word}</span> })}
            {fact("Name", foreign(&reported.name))}
            {fact("Kind", foreign(&reported.kind.to_lowercase()))}
            {fact("Source", foreign(&reported.source))}
            {fact("Role", foreign(reported.resources.first().map_or("", |first| &first.allocated_to)))}
            {fact("Framework", framework_link(&framework, &facts.framework_name))}
            {fact("Agent", agent_link(&agent, &facts.hostname))}
            {fact("Container", container)}
            {fact("Sandbox", files)}
            {(!runs.is_empty()).then(|| fact("Older runs", older_runs(key, runs)))}
            {fact("Used by its live tasks", used_words(facts.used))}
            {fact("Command", view! { <span class="mono">{foreign(&reported.command)}</span> })}
            {fact("Labels", pairs(&reported.labels))}
        </dl>
    }
    .into_any()
}
