//! Overview page: problems first, then capacity, counts, agents, roles and the latest changes.

use leptos::prelude::*;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::history::HistoryQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::overview::{AgentCounts, Overview};

use crate::clock::{Ago, time_of_day};
use crate::hooks::render_after_paint;
use crate::parts::capacity::CapacityPanel;
use crate::parts::change_feed::ChangeFeed;
use crate::parts::counts::{linked_count, task_counts_over_time};
use crate::parts::data_age::{DataAge, unread_topics};
use crate::parts::map::Agents as AgentMap;
use crate::parts::problem::Problems;
use crate::parts::shares::RoleShares;
use crate::parts::unreadable::{unknown_lists, unreadable_tasks};
use crate::widgets::panel::{EmptyState, Panel};
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let overview = link().watch(|| OverviewQuery);
    let problems =
        Memo::new(move |_| overview.with(|overview| overview.as_ref().map(|overview| overview.problems.clone())));
    let capacity =
        Memo::new(move |_| overview.with(|overview| known_agents(overview).map(|overview| overview.capacity)));
    let roles = Memo::new(move |_| {
        // Agents arrive before their tasks, so empty roles are unknown until then.
        let reported = |known: &&Overview| !known.arriving || !known.roles.is_empty();
        overview.with(|overview| {
            known_agents(overview).filter(reported).map(|known| (known.roles.clone(), known.capacity.total))
        })
    });
    let unreadable_agents =
        Memo::new(move |_| overview.with(|overview| overview.as_ref().map_or(0, |known| known.unreadable_agents)));
    let unseen = unread_topics(PARTS);
    let history = link().watch(|| HistoryQuery);
    let history = Memo::new(move |_| history.get().unwrap_or_default());
    let tasks = Memo::new(move |_| {
        overview.with(|overview| {
            // Zero counts of an arriving snapshot are unknown.
            let reported = |overview: &&Overview| !overview.arriving || overview.tasks != TaskCounts::default();
            let counts = overview.as_ref().filter(reported).map(|overview| overview.tasks);
            (counts, overview.as_ref().map(|overview| overview.ended.clone()).unwrap_or_default())
        })
    });
    let span = move || {
        let first = history.with(|samples| samples.first().map(|sample| sample.at))?;
        Some(view! { "lines: since "{time_of_day(first)} })
    };
    view! {
        <div class="head"><h1 tabindex="-1">"Overview "<small>{move || if overview.with(is_arriving) { ARRIVING.into_any() } else { elected().into_any() }}</small></h1><DataAge parts=PARTS/></div>
        {unknown_lists(|within| !matches!(within, "get_agents" | "get_frameworks" | "get_executors" | "get_tasks"))}
        <div class="columns">
            <Panel title="Needs attention" aside=move || number(problems)>{move || attention(problems.get(), overview.with(arriving), unseen.get())}</Panel>
            <div class="stack"><CapacityPanel title="Capacity" capacity unreadable_agents/><RoleShares roles/>{unreadable_tasks()}</div>
        </div>
        <Panel title="Tasks" aside=span>{move || tasks.with(|(counts, ended)| task_counts_over_time(*counts, ended, history))}</Panel>
        <Panel title="Agents">{move || agents(overview.with(|overview| known_agents(overview).map(|overview| overview.agents)))}{render_after_paint(|| view! { <AgentMap/> }.into_any())}</Panel>
        {render_after_paint(|| view! { <ChangeFeed/> }.into_any())}
    }
}

/// Topics of the overview that no event updates.
const PARTS: &[Topic] =
    &[Topic::Agents, Topic::Frameworks, Topic::Metrics, Topic::Quota, Topic::Schedule, Topic::Machines];
const ARRIVING: &str = "figures are of what has come so far";

/// Tasks come first in a snapshot: without any agent, the agents are still unknown.
fn known_agents(overview: &Option<Overview>) -> Option<&Overview> {
    overview.as_ref().filter(|overview| !overview.arriving || overview.agents != AgentCounts::default())
}

fn is_arriving(overview: &Option<Overview>) -> bool {
    overview.as_ref().is_some_and(|overview| overview.arriving)
}

fn elected() -> impl IntoView {
    let link = link();
    move || {
        let standing = link.status.get().and_then(|status| status.standing)?;
        let elected = standing.master?.elected?;
        Some(view! { "master elected "<Ago at=elected/> })
    }
}

fn arriving(overview: &Option<Overview>) -> bool {
    overview.as_ref().is_none_or(|overview| overview.arriving)
}

fn number(problems: Memo<Option<Vec<mesoscope_core::checks::lint::Problem>>>) -> Option<String> {
    problems
        .with(|problems| problems.as_ref().map(Vec::len))
        .filter(|number| *number > 0)
        .map(|number| text::count(number as u64))
}

fn attention(
    problems: Option<Vec<mesoscope_core::checks::lint::Problem>>,
    arriving: bool,
    unseen: Option<String>,
) -> AnyView {
    match problems {
        Some(problems) if !(arriving && problems.is_empty()) => view! { <Problems problems unseen/> }.into_any(),
        _ => view! { <EmptyState title="Reading the cluster" words="What needs attention is known once the master's state has come whole."/> }.into_any(),
    }
}

fn agents(counts: Option<AgentCounts>) -> impl IntoView {
    let known = counts.is_some();
    let counts = counts.unwrap_or_default();
    let figures = [
        ("active", "ok", counts.active),
        ("draining", "busy", counts.draining),
        ("drained", "idle", counts.drained),
        ("deactivated", "idle", counts.deactivated),
        ("disconnected", "warn", counts.disconnected),
        ("recovered", "warn", counts.recovered),
        ("unreachable", "lost", counts.unreachable),
    ];
    let place = |name: &str| Route::Agents(TableParams { filter: format!("state:{name}"), ..TableParams::default() });
    view! { <div class="counts">{figures.map(|(name, tone, number)| linked_count(place(name), name, tone, known.then_some(number))).collect_view()}</div> }
}
