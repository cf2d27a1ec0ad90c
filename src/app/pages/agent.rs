//! Page of one agent.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::cluster::role::MachineMode;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::Fetched;
use mesoscope_core::mesos::wire::detail::{self, DrainConfig};
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::text::titles;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::agent::{AgentDetail, FrameworkOnAgent};
use mesoscope_core::views::agents::AgentRow;
use mesoscope_core::views::machines::MachineQuery;
use mesoscope_core::views::tasks::TaskColumn;
use mesoscope_core::views::view::AbsentReason;

use crate::actions::{Proposal, action_store};
use crate::clock::Ago;
use crate::parts::absent::{NotFoundNotice, known_or_absent, partial_notice};
use crate::parts::action::control::{ActionChoice, action_button, action_menu};
use crate::parts::action::drain_progress::draining_view;
use crate::parts::agent_live::logging::verbosity;
use crate::parts::agent_live::runs::{ExecutorEntry, executor_tables, of_allocated};
use crate::parts::agent_live::{AgentLivePanels, AgentSession};
use crate::parts::byte_cell::{ByteUnit, used_byte_cell};
use crate::parts::capacity::CapacityPanel;
use crate::parts::containers::agent_containers;
use crate::parts::counts::task_counts;
use crate::parts::data_age::{DataAge, EmptyMasterList};
use crate::parts::detail::{
    DetailResponse, ROWS, UnreadableFields, ago_or_dash, chips, fact, not_known, pairs, resources, slice, unknown,
    untrusted_text,
};
use crate::parts::figure::known_amount;
use crate::parts::links::none;
use crate::parts::pool::PoolPanel;
use crate::parts::providers::ProvidersPanel;
use crate::parts::state_badges::agent_state;
use crate::parts::tasks::TaskLists;
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn AgentPage(id: AgentId) -> impl IntoView {
    let asked = id.clone();
    let detail: DetailResponse<AgentDetail> = link().watch(move || AgentQuery(asked.clone()));
    let is_known = Memo::new(move |_| detail.with(|detail| matches!(detail, Some(Ok(_)))));
    let host = Memo::new(move |_| detail.with(|detail| detail.as_ref().and_then(host)));
    let known_id = id.0.clone();
    let title = move || match host.get() {
        Some(host) => text::agents::name(&host, &known_id),
        None => known_id.clone(),
    };
    let state = slice(detail, |detail| Some(detail.row.state));
    let choices = slice(detail, choices);
    // An agent missing from the master's lists may still be in its registry as unreachable.
    let is_unlisted = Memo::new(move |_| detail.with(|detail| matches!(detail, Some(Err(AbsentReason::Unlisted(_))))));
    let marked = id.clone();
    let is_marked = Memo::new(move |_| action_store().journal.gone().contains(&marked));
    let mark = move || {
        is_marked.get().then(|| view! { <span class="state" data-tone="idle">"Marked gone in this tab"</span> })
    };
    let sole = id.clone();
    let by_id = move || {
        (is_unlisted.get() && !is_marked.get()).then(|| {
            let host = host.get().unwrap_or_default();
            let proposal = Proposal::Agents(AgentAction::MarkGone, vec![(sole.clone(), host)]);
            action_button(ActionChoice { name: "Mark gone", disabled_reason: None, proposal })
        })
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Agents(TableParams::default()).to_string()>"Agents"</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            {move || state.get().map(agent_state)}{partial_notice(slice(detail, |detail| detail.arriving))}
            <DataAge parts=&[Topic::Agents, Topic::Executors]/>
            <div class="tools">{mark}{move || (is_known.get() && !is_marked.get()).then(|| action_menu(choices.into()))}{by_id}</div>
        </div>
        {known_or_absent(detail, not_found_notice(&id), move || known(&id, detail))}
    }
}

/// Host of the agent, also of one that left; empty if it is not known. `None` for an id that nothing names.
fn host(answer: &Result<AgentDetail, AbsentReason>) -> Option<String> {
    match answer {
        Ok(detail) => Some(detail.row.hostname.clone()),
        Err(AbsentReason::Gone(host) | AbsentReason::Unlisted(host)) => Some(host.clone()),
        Err(AbsentReason::Arriving | AbsentReason::Unread(..) | AbsentReason::Unknown) => None,
    }
}

/// Actions on the agent.
fn choices(detail: &AgentDetail) -> Vec<ActionChoice> {
    let whom = (detail.row.id.clone(), detail.row.hostname.clone());
    let verbs = detail.can.iter().map(|(verb, disabled_reason)| ActionChoice {
        name: text::checks::agent_action_label(*verb),
        disabled_reason: disabled_reason.clone(),
        proposal: Proposal::Agents(*verb, vec![whom.clone()]),
    });
    let schedule = Proposal::ScheduleFor(MachineQuery::Agents(vec![whom.0.clone()]));
    let run = Proposal::Run(RunParams::on(vec![whom.0.clone()]));
    let logging = Proposal::LoggingLevel(Some(whom.0.clone()), whom.1.clone());
    verbs
        .chain([
            ActionChoice { name: titles::RUN, disabled_reason: None, proposal: run },
            ActionChoice { name: "Schedule maintenance", disabled_reason: None, proposal: schedule },
            ActionChoice { name: "Set logging level", disabled_reason: detail.mute.clone(), proposal: logging },
        ])
        .collect()
}

fn not_found_notice(id: &AgentId) -> NotFoundNotice {
    NotFoundNotice {
        name: text::agents::with_host(id.as_str()),
        why: text::agents::UNKNOWN,
        see_also: (Route::Agents(TableParams::default()), "All agents"),
    }
}

fn known(id: &AgentId, detail: DetailResponse<AgentDetail>) -> AnyView {
    let capacity = slice(detail, |detail| detail.capacity);
    let ahead = slice(detail, |detail| detail.ahead);
    let facts_of = slice(detail, |detail| Some(Facts::of(detail)));
    let frameworks_of = slice(detail, |detail| detail.frameworks.clone());
    let resources_of = slice(detail, |detail| (detail.reported.resources.clone(), detail.capacity.is_some()));
    let executors_of = slice(detail, |detail| detail.executors.clone());
    let tasks_of = slice(detail, |detail| detail.tasks);
    let json = slice(detail, |detail| detail.json.clone());
    let session = AgentSession::start(id);
    let (of_agent, reported) = (session.lines(|_| true), session.runs.is_reported());
    let lines = Memo::new(move |_| match reported.get() {
        true => of_agent.get(),
        false => executors_of.with(|rows| rows.iter().map(ExecutorEntry::reported).collect()),
    });
    let in_use = Memo::new(move |_| lines.with(|lines| in_use(lines.iter())));
    let whose = format!("agent.id:={id}");
    let (all, filter) = (Route::Tasks(TableParams { filter: whose.clone(), ..TableParams::default() }), whose.clone());
    let (agent, home, logs) = (id.clone(), id.clone(), verbosity(Some(id.clone())));
    let draining = slice(detail, |detail| detail.draining.clone());
    let drain = move || {
        let view = draining.with(|draining| draining.as_ref().map(draining_view))?;
        Some(view! { <Panel title="Drain">{view}</Panel> })
    };
    let containers = agent_containers(id.clone(), session);
    let unreadable = unreadable_fields(slice(detail, |detail| detail.unreadable.clone()));
    view! {
        {unreadable}
        {drain}
        <div class="columns">
            <Panel title="Agent">{move || facts_of.get().map(|reported| facts(reported, logs))}</Panel>
            <div class="stack">
                <CapacityPanel title="Resources" capacity in_use/>
                <Panel title="Tasks by state" aside=move || view! { <a class="link" href=all.to_string()>"View all tasks"</a> }>
                    {move || task_counts(tasks_of.get(), &filter)}
                </Panel>
            </div>
        </div>
        <TaskLists term=whose without=TaskColumn::Agent counts=tasks_of/>
        <Panel title="Frameworks">{move || frameworks_of.with(|rows| lines.with(|lines| frameworks(&agent, rows, lines)))}</Panel>
        <Panel title="Executors">{executor_tables(home, lines, reported)}</Panel>
        <AgentLivePanels id=id.clone() session ahead>{containers}</AgentLivePanels>
        <ProvidersPanel id=id.clone() session/>
        <PoolPanel id=id.clone()/>
        <Panel title="All resources">{move || resources_of.with(|(rows, is_known)| each_resource(rows, *is_known))}</Panel>
        <Code title="Raw JSON" text=json.into()/>
    }
    .into_any()
}

fn each_resource(rows: &[detail::DetailedResource], is_known: bool) -> AnyView {
    if rows.is_empty() && !is_known { unlisted() } else { resources("Resources of the agent", rows) }
}

fn unlisted() -> AnyView {
    not_known("A list of its resources cannot be read.")
}

#[derive(Clone, PartialEq)]
struct Facts {
    row: AgentRow,
    since: Option<Timestamp>,
    reregistered: Option<Timestamp>,
    pid: String,
    domain: String,
    reported: detail::DetailedAgent,
    providers: Vec<(String, String, f64)>,
    maintenance: Fetched<Option<(MachineMode, Option<Timestamp>)>>,
    tasks: Option<TaskCounts>,
    unreadable: Vec<Misfit>,
}

impl Facts {
    fn of(detail: &AgentDetail) -> Self {
        Self {
            row: detail.row.clone(),
            tasks: detail.tasks,
            unreadable: detail.unreadable.clone(),
            since: detail.since,
            reregistered: detail.reregistered,
            pid: detail.pid.clone(),
            domain: detail.domain.clone(),
            reported: detail::DetailedAgent { resources: Vec::new(), ..detail.reported.clone() },
            providers: detail.providers.clone(),
            maintenance: detail.maintenance.clone(),
        }
    }
}

fn facts(facts: Facts, logs: Memo<String>) -> AnyView {
    let (row, known) = (facts.row, UnreadableFields(facts.unreadable));
    let id = row.id.0.clone();
    let attributes: Vec<String> = row.attributes.lines().map(str::to_owned).collect();
    let provider = |(kind, name, disk): &(String, String, f64)| (kind.clone(), text::agents::provider(name, *disk));
    let providers: Vec<(String, String)> = facts.providers.iter().map(provider).collect();
    let log = Route::AgentBrowse(row.id.clone(), BrowseParams::of("/slave/log"));
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the agent's id"/> })}
            {known.fact("pid", "Address", view! { <span class="mono">{untrusted_text(&facts.pid)}</span> })}
            {known.fact("version", "Version", untrusted_text(&row.version))}
            {known.fact("agent_info.domain", "Fault domain", untrusted_text(&facts.domain))}
            {known.fact("registered_time", "Registered", ago_or_dash(row.registered))}
            {known.fact("reregistered_time", "Re-registered", ago_or_dash(facts.reregistered))}
            {facts.since.map(|at| fact("In this state", ago_or_dash(Some(at))))}
            {fact("Live tasks", facts.tasks.map_or_else(unknown, |tasks| text::count(u64::from(tasks.live())).into_any()))}
            {known.fact("drain_info", "Drain", facts.reported.drain.map_or_else(none, drain))}
            {fact("Maintenance", match facts.maintenance {
                Ok(Some(part)) => maintenance(part),
                Ok(None) => none(),
                Err(why) => view! { <span class="dim" title=text::checks::reason(&why)>{text::checks::unknown(&why)}</span> }.into_any(),
            })}
            {known.fact("agent_info.attributes", "Attributes", chips(&attributes))}
            {known.fact("capabilities", "Capabilities", chips(&facts.reported.capabilities))}
            {known.fact("resource_providers", "Resource providers", pairs(&providers))}
            {fact("Log verbosity", logs)}
            {fact("Log", view! { <a class="link" href=log.to_string()>"Agent log"</a> })}
        </dl>
    }
    .into_any()
}

fn drain(drain: DrainConfig) -> AnyView {
    let terms = text::agents::drain_terms(drain.max_grace_period, drain.mark_gone);
    let since = drain.since.map(|at| view! { "since "<Ago at/> });
    view! { <span>{since}{terms}</span> }.into_any()
}

fn maintenance((mode, start): (MachineMode, Option<Timestamp>)) -> AnyView {
    let word = match mode {
        MachineMode::Draining => "scheduled",
        MachineMode::Down => "down",
    };
    let start = start.map(|at| view! { " · "{ago_or_dash(Some(at))} });
    view! { <a class="link" href=Route::Maintenance.to_string()>{word}</a>{start} }.into_any()
}

/// Total usage of the executors' containers, as far as reported.
fn in_use<'a>(lines: impl Iterator<Item = &'a ExecutorEntry>) -> [Option<f64>; 3] {
    let add = |sum: Option<f64>, of: Option<f64>| of.map(|of| of + sum.unwrap_or_default()).or(sum);
    lines.fold([None; 3], |[cpus, mem, disk], line| {
        let [of_cpus, of_mem, of_disk] = line.uses;
        [add(cpus, of_cpus), add(mem, of_mem), add(disk, of_disk)]
    })
}

/// A framework on an agent: running with its usage, or ended and known only to the agent.
#[derive(Clone)]
enum OnAgent {
    Runs(FrameworkOnAgent, [Option<f64>; 3]),
    Ended(FrameworkId, String),
}

impl OnAgent {
    fn all(rows: &[FrameworkOnAgent], lines: &[ExecutorEntry]) -> Vec<Self> {
        let runs = |share: &FrameworkOnAgent| {
            Self::Runs(share.clone(), in_use(lines.iter().filter(|line| line.framework == share.id)))
        };
        let mut ended: Vec<&ExecutorEntry> =
            lines.iter().filter(|line| rows.iter().all(|row| row.id != line.framework)).collect();
        ended.dedup_by(|a, b| a.framework == b.framework);
        let ended = ended.into_iter().map(|line| Self::Ended(line.framework.clone(), line.framework_name.clone()));
        rows.iter().map(runs).chain(ended).collect()
    }

    fn name(&self) -> String {
        let (Self::Runs(FrameworkOnAgent { id, name, .. }, _) | Self::Ended(id, name)) = self;
        if name.is_empty() { id.0.clone() } else { name.clone() }
    }
}

fn frameworks(agent: &AgentId, rows: &[FrameworkOnAgent], lines: &[ExecutorEntry]) -> AnyView {
    let all = OnAgent::all(rows, lines);
    if all.is_empty() {
        return view! { <EmptyMasterList list=FilteredList::Frameworks title="No frameworks" words="No framework has a live task or an executor on this agent."/> }.into_any();
    }
    let agent = agent.clone();
    let draw = move |row: &OnAgent| framework_row(&agent, row);
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Frameworks on this agent"><table class="plain">
                <thead><tr><th>"Framework"</th><th>"User"</th><th>"Roles"</th><th class="num">"Live tasks"</th><th class="num">"Executors"</th>
                    <th class="num">"CPUs"</th><th class="num">"Memory"</th><th class="num">"Disk"</th><th class="num">"GPUs"</th><th>"ID"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("frameworks", ROWS), Signal::stored(all), OnAgent::name, draw, frame)
}

fn framework_row(agent: &AgentId, row: &OnAgent) -> AnyView {
    let here = |id: &FrameworkId| Route::AgentFramework(agent.clone(), id.clone()).to_string();
    let short = |id: &FrameworkId| {
        let (whole, label) = (id.0.clone(), "the framework's id");
        view! { <span class="id"><span class="mono dim" title=whole.clone()>{text::short_id(&whole)}</span><Copy text=Signal::stored(whole) label/></span> }
    };
    let (id, user, roles, tasks, executors, allocated, [cpus, mem, disk]) = match row {
        OnAgent::Runs(FrameworkOnAgent { id, user, roles, tasks, executors, allocated, .. }, used) => {
            (id, user, roles, tasks, executors, allocated, *used)
        }
        OnAgent::Ended(id, _) => {
            return view! {
                <tr>
                    <td><a href=here(id) title="Ended executors and tasks on this agent">{row.name()}</a></td>
                    <td class="dim" colspan="8">"no longer runs here"</td>
                    <td>{short(id)}</td>
                </tr>
            }
            .into_any();
        }
    };
    view! {
        <tr>
            <td><a href=here(id) title="Executors and tasks on this agent">{row.name()}</a></td>
            <td>{user.clone()}</td>
            <td>{text::listed(roles.iter().map(Role::as_str), 20)}</td>
            <td class="num">{text::count(u64::from(*tasks))}</td>
            <td class="num">{text::count(u64::from(*executors))}</td>
            <td class="num">{of_allocated(cpus.map(|cpus| format!("{cpus:.2}")), known_amount(*allocated, |of| of.cpus.as_f64()))}</td>
            <td class="num">{used_byte_cell(mem, *allocated, |of| of.mem, ByteUnit::Gibibytes)}</td>
            <td class="num">{used_byte_cell(disk, *allocated, |of| of.disk, ByteUnit::Gibibytes)}</td>
            <td class="num">{known_amount(*allocated, |of| of.gpus.as_f64())}</td>
            <td>{short(id)}</td>
        </tr>
    }
    .into_any()
}
