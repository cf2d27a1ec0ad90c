//! Page of a framework on one agent: its executors and tasks, from the master and, if reachable, the agent.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::base::units::Quantities;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::executor::AgentFrameworkQuery;
use mesoscope_core::views::executor::{AgentFrameworkDetail, TaskLimits, merge_tasks};

use crate::parts::absent::{NotFoundNotice, known_or_absent};
use crate::parts::agent_live::runs::{ExecutorEntry, ExecutorTaskPanels, executor_tables};
use crate::parts::agent_live::{AgentSession, ExecutorLivePanels};
use crate::parts::containers::executor_containers;
use crate::parts::data_age::DataAge;
use crate::parts::detail::{DetailResponse, chips, fact, slice, unknown, usage};
use crate::parts::links::{agent_fact, agent_link, framework_link};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn AgentFrameworkPage(agent: AgentId, framework: FrameworkId) -> impl IntoView {
    let asked = (agent.clone(), framework.clone());
    let detail: DetailResponse<AgentFrameworkDetail> =
        link().watch(move || AgentFrameworkQuery(asked.0.clone(), asked.1.clone()));
    let host = slice(detail, |detail| detail.hostname.clone());
    let name = slice(detail, |detail| detail.framework_name.clone());
    let (agent_id, framework_id) = (agent.clone(), framework.clone());
    let title = move || name.with(|name| if name.is_empty() { framework_id.0.clone() } else { name.clone() });
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <span class="crumb">{move || host.with(|host| agent_link(&agent_id, host))}</span><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            <DataAge parts=&[Topic::Executors]/>
        </div>
        {known_or_absent(detail, not_found_notice(&agent, &framework), move || known(&agent, &framework, detail))}
    }
}

fn not_found_notice(agent: &AgentId, framework: &FrameworkId) -> NotFoundNotice {
    NotFoundNotice {
        name: text::agents::with_host(agent.as_str()),
        why: text::agents::UNKNOWN,
        see_also: (Route::Framework(framework.clone()), "Open framework"),
    }
}

fn known(agent: &AgentId, framework: &FrameworkId, detail: DetailResponse<AgentFrameworkDetail>) -> AnyView {
    let session = AgentSession::start(agent);
    let meant = framework.clone();
    let runs = session.runs.slice(move |runs| {
        runs.iter().filter(|run| run.executor.framework == meant.as_str()).cloned().collect::<Vec<_>>()
    });
    let facts_of = slice(detail, |detail| {
        (detail.hostname.clone(), detail.framework_name.clone(), detail.tasks.live, detail.used, detail.roles.clone())
    });
    let by_master = slice(detail, |detail| detail.executors.clone());
    let reported = session.runs.is_reported();
    let meant = framework.clone();
    let of_agent = session.lines(move |run| run.executor.framework == meant.as_str());
    let lines = Memo::new(move |_| match reported.get() {
        true => of_agent.get(),
        false => by_master.with(|rows| rows.iter().map(ExecutorEntry::reported).collect()),
    });
    let whose = agent.clone();
    let tasks = slice(detail, |detail| detail.tasks.rows.clone());
    let rows = Memo::new(move |_| {
        let works: Vec<_> = runs.with(|runs| runs.iter().flat_map(|run| run.tasks.clone()).collect());
        tasks.with(|tasks| merge_tasks(tasks, &TaskLimits::new(), &works, &whose))
    });
    let nothing = move || reported.get() && lines.with(Vec::is_empty) && rows.with(Vec::is_empty);
    let words = "Neither the master nor the agent lists tasks or executors of this framework here. They may have ended long ago, or you may not be allowed to see them. Check the ID.";
    let (whose, home, inner, meant) = (framework.clone(), agent.clone(), agent.clone(), framework.clone());
    let facts = move || {
        let (host, name, live, used, roles) = facts_of.get();
        facts(&home, &host, (&whose, &name), live, used, &roles)
    };
    let containers = executor_containers(agent.clone(), session, move |row| row.framework == meant.as_str());
    view! {
        <Panel title="Framework on this agent">{facts}</Panel>
        <Show when=nothing><section class="panel"><EmptyState title="Nothing on this agent" words/></section></Show>
        <Panel title="Executors">{executor_tables(inner, lines, reported)}</Panel>
        <ExecutorTaskPanels rows/>
        <ExecutorLivePanels agent=agent.clone() session>{containers}</ExecutorLivePanels>
    }
    .into_any()
}

fn facts(
    agent: &AgentId,
    host: &str,
    (framework, name): (&FrameworkId, &str),
    live: u32,
    used: Option<Quantities>,
    roles: &[Role],
) -> AnyView {
    let roles: Vec<String> = roles.iter().map(|role| role.0.clone()).collect();
    view! {
        <dl class="facts">
            {fact("Framework", framework_link(framework, name))}
            {fact("Agent", agent_fact(agent, host))}
            {fact("Roles", chips(&roles))}
            {fact("Live tasks", text::count(u64::from(live)))}
            {fact("Used", used.map_or_else(unknown, usage))}
        </dl>
    }
    .into_any()
}
