//! Page of one framework: facts, task counts, resources and offers.

use std::collections::BTreeSet;

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::base::units::Quantities;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::files::entry::Sandbox;
use mesoscope_core::mesos::wire::detail;
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views;
use mesoscope_core::views::framework::FrameworkDetail;
use mesoscope_core::views::framework::FrameworkQuery;
use mesoscope_core::views::frameworks::FrameworkRow;
use mesoscope_core::views::own_frameworks::OwnFrameworksQuery;
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};

use crate::actions::Proposal;
use crate::parts::absent::{NotFoundNotice, known_or_absent, partial_notice};
use crate::parts::action::control::{ActionChoice, action_button};
use crate::parts::counts::task_counts;
use crate::parts::data_age::DataAge;
use crate::parts::detail::{
    DetailResponse, UnreadableFields, ago_or_dash, chips, fact, not_known, pairs, shown_of_total, slice, untrusted_text,
};
use crate::parts::figure::known_or_not;
use crate::parts::links::{none, web_link};
use crate::parts::offer::{inverse_offers_panel, offers};
use crate::parts::state_badges::framework_state;
use crate::parts::tasks::TaskLists;
use crate::parts::unreadable::unreadable_fields;
use crate::widgets::code::Code;
use crate::widgets::copy::Copy;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn FrameworkPage(id: FrameworkId) -> impl IntoView {
    let asked = id.clone();
    let detail: DetailResponse<FrameworkDetail> = link().watch(move || FrameworkQuery(asked.clone()));
    let is_known = Memo::new(move |_| detail.with(|detail| matches!(detail, Some(Ok(_)))));
    let name = slice(detail, |detail| detail.row.name.clone());
    let known_id = id.0.clone();
    let title = move || name.with(|name| if name.is_empty() { known_id.clone() } else { name.clone() });
    let state = slice(detail, |detail| Some(detail.row.state));
    let disabled_reason = slice(detail, |detail| detail.disabled_reason.clone());
    let asked = id.clone();
    let teardown = move || {
        let (name, disabled_reason) = (name.get(), disabled_reason.get());
        let proposal = Proposal::Teardown(vec![(asked.clone(), name)]);
        is_known.get().then(|| action_button(ActionChoice { name: "Tear down", disabled_reason, proposal }))
    };
    view! {
        <div class="head">
            <a class="crumb" href=Route::Frameworks(TableParams::default()).to_string()>"Frameworks"</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{title}</h1>
            {move || state.get().map(framework_state)}{partial_notice(slice(detail, |detail| detail.arriving))}
            {own_mark(id.clone())}
            <DataAge parts=&[Topic::Frameworks]/>
            <div class="tools">{teardown}</div>
        </div>
        {known_or_absent(detail, not_found_notice(&id), move || known(&id, detail))}
    }
}

/// Link to the frameworks of this browser, if this is one of them.
fn own_mark(id: FrameworkId) -> AnyView {
    let own = link().watch(|| OwnFrameworksQuery);
    let is_own = Memo::new(move |_| {
        own.with(|own| own.as_ref().is_some_and(|own| own.frameworks.iter().any(|own| own.id.as_ref() == Some(&id))))
    });
    let mark = || view! { <a class="link" href=Route::OwnFrameworks.to_string()>"of this browser"</a> };
    (move || is_own.get().then(mark)).into_any()
}

fn not_found_notice(id: &FrameworkId) -> NotFoundNotice {
    NotFoundNotice {
        name: format!("framework {id}"),
        why: "The master remembers its last completed frameworks only. Check the ID.",
        see_also: (Route::Frameworks(TableParams::default()), "All frameworks"),
    }
}

fn known(id: &FrameworkId, detail: DetailResponse<FrameworkDetail>) -> AnyView {
    let facts_of = slice(detail, |detail| Some(Facts::of(detail)));
    let uses_of = slice(detail, |detail| Some((detail.row.allocated, detail.row.offered, detail.row.share)));
    let tasks_of = slice(detail, |detail| detail.tasks);
    let offers_of = slice(detail, |detail| {
        (detail.offers.clone(), detail.row.offers, UnreadableFields(detail.unreadable.clone()).lacks("offers"))
    });
    let inverse_of = slice(detail, |detail| (detail.inverse_offers.clone(), detail.inverse_known));
    let json = slice(detail, |detail| detail.json.clone());
    // Running tasks change all the time; the link keeps those at the opening of the page.
    let running = slice(detail, |detail| detail.running.iter().map(log_of).collect::<Vec<_>>());
    let logs = Memo::new(move |before: Option<&Option<String>>| {
        before.cloned().flatten().or_else(|| running.with(|running| side_by_side(running)))
    });
    let logs = move || logs.get().map(|there| view! { <a class="link" href=there>"Logs side by side"</a> });
    let filter = format!("framework.id:={id}");
    let whose = filter.clone();
    let all = Route::Tasks(TableParams { filter: filter.clone(), ..TableParams::default() });
    let unreadable = unreadable_fields(slice(detail, |detail| detail.unreadable.clone()));
    view! {
        {unreadable}
        <div class="columns">
            <Panel title="Framework">{move || facts_of.get().map(facts)}</Panel>
            <div class="stack">
                <Panel title="Resources">{move || uses_of.get().map(|(allocated, offered, share)| uses(allocated, offered, share))}</Panel>
                <Panel title="Tasks by state" aside=move || view! { {logs}<a class="link" href=all.to_string()>"View all tasks"</a> }>
                    {move || task_counts(tasks_of.get(), &filter)}
                </Panel>
            </div>
        </div>
        <TaskLists term=whose without=TaskColumn::Framework counts=tasks_of/>
        <Panel title="Offers" aside=move || offers_of.with(|(rows, known, lacks)| (!lacks).then(|| shown_of_total(rows.len(), *known)))>
            {move || offers_of.with(|(rows, _, lacks)| if *lacks { not_known("The framework's offers cannot be read.") } else { offers(rows) })}
        </Panel>
        {move || inverse_of.with(|(rows, known)| inverse_offers_panel(rows, *known))}
        <Code title="Raw JSON" text=json.into()/>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
struct Facts {
    row: FrameworkRow,
    failover_timeout: mesoscope_core::base::units::Nanoseconds,
    reported: detail::DetailedFramework,
    agents: u32,
    unreadable: Vec<Misfit>,
}

impl Facts {
    fn of(detail: &FrameworkDetail) -> Self {
        Self {
            row: FrameworkRow {
                allocated: None,
                offered: None,
                share: None,
                tasks: 0,
                offers: 0,
                ..detail.row.clone()
            },
            failover_timeout: detail.failover_timeout,
            reported: detail.reported.clone(),
            agents: detail.agents,
            unreadable: detail.unreadable.clone(),
        }
    }
}

fn facts(facts: Facts) -> AnyView {
    let (row, known) = (facts.row, UnreadableFields(facts.unreadable));
    let id = row.id.0.clone();
    view! {
        <dl class="facts">
            {fact("ID", view! { <span class="mono">{id.clone()}</span><Copy text=Signal::stored(id) label="the framework's id"/> })}
            {known.fact("framework_info.user", "User", untrusted_text(&row.user))}
            {known.fact("framework_info.principal", "Principal", untrusted_text(&row.principal))}
            {known.fact("framework_info.hostname", "Host", untrusted_text(&row.hostname))}
            {known.fact("framework_info.webui_url", "Web UI", if row.webui_url.is_empty() { none() } else { web_link(&row.webui_url, &row.webui_url) })}
            {known.fact("framework_info.roles", "Roles", role_tree(&row.roles))}
            {known.fact("registered_time", "Registered", ago_or_dash(row.registered))}
            {known.fact("reregistered_time", "Re-registered", ago_or_dash(row.reregistered.filter(|at| Some(*at) != row.registered)))}
            {known.fact("unregistered_time", "Ended", ago_or_dash(row.unregistered))}
            {known.fact("framework_info.failover_timeout", "Failover timeout", text::span(facts.failover_timeout))}
            {known.fact("framework_info.checkpoint", "Checkpoint", if facts.reported.checkpoint { "yes" } else { "no" })}
            {fact("Agents with live tasks", text::count(u64::from(facts.agents)))}
            {known.fact("framework_info.capabilities", "Capabilities", chips(&facts.reported.capabilities))}
            {known.fact("framework_info.labels", "Labels", pairs(&facts.reported.labels))}
            {known.fact("framework_info.offer_filters", "Offer filters", view! { <span class="mono">{untrusted_text(&facts.reported.offer_filters)}</span> })}
            {fact("Offer constraints", constraints(facts.reported.offer_constraints.as_deref()))}
        </dl>
    }
    .into_any()
}

fn constraints(json: Option<&str>) -> AnyView {
    match json {
        Some(json) => view! { <span class="mono">{untrusted_text(json)}</span> }.into_any(),
        None => view! { <span class="dim">"not known"</span> }.into_any(),
    }
}

/// Role tree of the framework; ancestors that are not its own roles are dimmed.
fn role_tree(roles: &[Role]) -> AnyView {
    let own: BTreeSet<&Role> = roles.iter().collect();
    let all = views::roles::with_ancestors(roles.iter()).into_iter();
    let all: Vec<(Role, usize, bool)> = all.map(|(role, depth)| (role.clone(), depth, own.contains(&role))).collect();
    let one = |(role, depth, is_in): &(Role, usize, bool)| {
        let (depth, is_in) = (*depth, *is_in);
        let there = Route::Role(role.clone()).to_string();
        let last = role.as_str().rsplit('/').next().unwrap_or_default().to_owned();
        let indent = format!("{}px", depth.min(12) * 14);
        view! {
            <li style:padding-left=indent>
                {if is_in { view! { <a class="link" href=there title=role.to_string()>{last}</a> }.into_any() } else { view! { <span class="dim">{last}"/"</span> }.into_any() }}
            </li>
        }
        .into_any()
    };
    if roles.is_empty() {
        return none();
    }
    let frame = |roles: AnyView| view! { <ul class="tree">{roles}</ul> }.into_any();
    long_list(ListExtent::first("roles", 12), Signal::stored(all), |(role, ..)| role.to_string(), one, frame)
}

fn uses(allocated: Option<Quantities>, offered: Option<Quantities>, share: Option<f64>) -> AnyView {
    let line = |name, of: fn(Option<Quantities>) -> String| {
        view! { <tr><td>{name}</td><td class="num">{of(allocated)}</td><td class="num">{of(offered)}</td></tr> }
    };
    view! {
        <div class="scroll-x"><table class="plain">
            <thead><tr><th>"Resource"</th><th class="num">"Allocated"</th><th class="num">"Offered"</th></tr></thead>
            <tbody>
                {line("CPUs", |all| known_or_not(all, |of| text::amount(of.cpus.as_f64())))}
                {line("Memory", |all| known_or_not(all, |of| text::bytes_briefly(of.mem)))}
                {line("Disk", |all| known_or_not(all, |of| text::bytes_briefly(of.disk)))}
                {line("GPUs", |all| known_or_not(all, |of| text::amount(of.gpus.as_f64())))}
            </tbody></table></div>
        <dl class="facts">{fact("Largest share of the cluster", known_or_not(share, |share| text::percent(share, 1.0)))}</dl>
    }
    .into_any()
}

/// Location of a task's stdout.
fn log_of(row: &TaskRow) -> (AgentId, String) {
    let (agent, framework, executor) = (row.agent.clone(), row.framework.clone(), row.executor.clone());
    let own = Sandbox { agent: agent.clone(), framework, executor }.of_task(&row.id);
    (agent, format!("{own}/stdout"))
}

/// Address of the first log with the others side by side.
fn side_by_side(logs: &[(AgentId, String)]) -> Option<String> {
    let ((agent, path), beside) = logs.split_first()?;
    Some(
        Route::AgentBrowse(agent.clone(), BrowseParams { beside: beside.to_vec(), ..BrowseParams::of(path) })
            .to_string(),
    )
}
