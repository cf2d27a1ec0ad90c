//! Overview page: trends, then problems beside capacity, then counts, agents, roles and the latest changes.

use leptos::prelude::*;
use mesoscope_core::base::units::Quantities;
use mesoscope_core::checks::lint::Problem;
use mesoscope_core::cluster::task::TaskCounts;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::history::HistoryQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::overview::{AgentCounts, Capacity, Overview, RoleShare};

use crate::clock::Ago;
use crate::hooks::render_after_paint;
use crate::parts::capacity::{CapacityPanel, RoomLink};
use crate::parts::change_feed::ChangeFeed;
use crate::parts::counts::{cluster_task_counts, linked_count};
use crate::parts::data_age::{DataAge, unread_topics};
use crate::parts::map::Agents as AgentMap;
use crate::parts::problem::Problems;
use crate::parts::shares::RoleShares;
use crate::parts::trends::{TrendSources, Trends, failures_of};
use crate::parts::unreadable::{unknown_lists, unreadable_tasks};
use crate::parts::waiting::{Waiting, is_loading};
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// Renders the page.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let overview = link().watch(|| OverviewQuery);
    let (known, loads) = (Known::of(overview), is_loading());
    let unreadable_agents =
        Memo::new(move |_| overview.with(|overview| overview.as_ref().map_or(0, |known| known.unreadable_agents)));
    let history = link().watch(|| HistoryQuery);
    let history = Memo::new(move |_| history.get().unwrap_or_default());
    let sources = TrendSources { tasks: known.tasks, failures: known.failures, capacity: known.capacity, history };
    // What is below a list of unknown length comes with it, so that nothing moves.
    let has_problems = Memo::new(move |_| known.problems.read().is_some());
    let has_roles = Memo::new(move |_| known.roles.read().is_some());
    let below_problems =
        move || has_problems.get().then(|| view! { {tasks_panel(overview, known.tasks)}{agents_panel(known.agents)} });
    let room: RoomLink = |resource| {
        Route::Agents(TableParams {
            filter: "state:active".to_owned(),
            sort: format!("-free.{resource}"),
            ..TableParams::default()
        })
    };
    view! {
        <div class="head"><h1 tabindex="-1">"Overview "<small>{move || if loads.get() { LOADING.into_any() } else { elected().into_any() }}</small></h1><DataAge parts=PARTS/></div>
        {unknown_lists(|within| !matches!(within, "get_agents" | "get_frameworks" | "get_executors" | "get_tasks"))}
        <Trends sources/>
        <div class="columns overview">
            <div class="stack">{attention(known)}{below_problems}</div>
            <div class="stack">
                <CapacityPanel title="Capacity" capacity=known.capacity unreadable_agents room/>
                <RoleShares roles=known.roles/>
                {unreadable_tasks()}
                {move || has_roles.get().then(|| render_after_paint(|| view! { <ChangeFeed/> }.into_any()))}
            </div>
        </div>
    }
}

/// Parts of the overview, each `None` until known.
#[derive(Clone, Copy)]
struct Known {
    problems: Memo<Option<Vec<Problem>>>,
    capacity: Memo<Option<Capacity>>,
    roles: Memo<Option<(Vec<RoleShare>, Quantities)>>,
    tasks: Memo<Option<TaskCounts>>,
    failures: Memo<Option<Vec<u32>>>,
    agents: Memo<Option<AgentCounts>>,
}

impl Known {
    fn of(overview: ReadSignal<Option<Overview>>) -> Self {
        let with_agents = move |overview: &Option<Overview>| known_agents(overview).cloned();
        Self {
            // Before all have arrived, no problem is not yet a good sign.
            problems: Memo::new(move |_| {
                overview.with(|overview| {
                    let known = overview.as_ref().filter(|known| !(known.arriving && known.problems.is_empty()));
                    known.map(|known| known.problems.clone())
                })
            }),
            capacity: Memo::new(move |_| overview.with(|overview| known_agents(overview).map(|known| known.capacity))),
            // Agents arrive before their tasks, so empty roles are unknown until then.
            roles: Memo::new(move |_| {
                overview.with(|overview| {
                    let known = with_agents(overview).filter(|known| !known.arriving || !known.roles.is_empty());
                    known.map(|known| (known.roles, known.capacity.total))
                })
            }),
            // Zero counts of an arriving snapshot are unknown.
            tasks: Memo::new(move |_| {
                let reported = |known: &&Overview| !known.arriving || known.tasks != TaskCounts::default();
                overview.with(|overview| overview.as_ref().filter(reported).map(|known| known.tasks))
            }),
            failures: Memo::new(move |_| overview.with(|overview| overview.as_ref().and_then(failures_of))),
            agents: Memo::new(move |_| overview.with(|overview| known_agents(overview).map(|known| known.agents))),
        }
    }
}

/// Topics of the overview that no event updates.
const PARTS: &[Topic] =
    &[Topic::Agents, Topic::Frameworks, Topic::Metrics, Topic::Quota, Topic::Schedule, Topic::Machines];
const LOADING: &str = "Loading: partial data";

/// Tasks come first in a snapshot: without any agent, the agents are still unknown.
fn known_agents(overview: &Option<Overview>) -> Option<&Overview> {
    overview.as_ref().filter(|overview| !overview.arriving || overview.agents != AgentCounts::default())
}

fn elected() -> impl IntoView {
    let link = link();
    move || {
        let standing = link.status.get().and_then(|status| status.standing)?;
        let elected = standing.master?.elected?;
        Some(view! { "master elected "<Ago at=elected/> })
    }
}

fn attention(known: Known) -> impl IntoView {
    let unchecked = unread_topics(PARTS);
    let number = move || {
        let problems = known.problems.with(|problems| problems.as_ref().map_or(0, Vec::len));
        (problems > 0).then(|| text::count(problems as u64))
    };
    let agents = Memo::new(move |_| known.agents.with(|agents| agents.map_or(0, |agents| agents.active)));
    let content = move || match known.problems.get() {
        Some(problems) => view! { <Problems problems unchecked=unchecked.get() agents/> }.into_any(),
        None => view! { <Waiting words="Problems appear here once the master has sent its state."/> }.into_any(),
    };
    view! { <Panel title="Needs attention" aside=number>{content}</Panel> }
}

fn tasks_panel(overview: ReadSignal<Option<Overview>>, tasks: Memo<Option<TaskCounts>>) -> impl IntoView {
    let ended = Memo::new(move |_| {
        overview.with(|overview| overview.as_ref().map(|known| known.ended.clone()).unwrap_or_default())
    });
    let live = move || tasks.get().map(|tasks| text::overview::live_of(tasks.live(), tasks.all()));
    view! { <Panel title="Tasks" aside=live>{move || ended.with(|ended| cluster_task_counts(tasks.get(), ended))}</Panel> }
}

fn agents_panel(counts: Memo<Option<AgentCounts>>) -> impl IntoView {
    view! { <Panel title="Agents">{move || agents(counts.get())}{render_after_paint(|| view! { <AgentMap/> }.into_any())}</Panel> }
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
