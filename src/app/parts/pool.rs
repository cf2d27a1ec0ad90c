//! Panel of an agent's reservations and volumes: its pool as bars, and a table with the actions on each.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::actions::pool::preview::resize_block;
use mesoscope_core::actions::pool::selector::PoolSelector;
use mesoscope_core::actions::pool::{AgentPool, PoolItem};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::checks::reservations::{PooledField, ReservationBlock};
use mesoscope_core::checks::visibility::FilteredList;
use mesoscope_core::mesos::wire::pool_resource::PoolResource;
use mesoscope_core::route::Route;
use mesoscope_core::text::{pooled, reservations as words};
use mesoscope_core::views::pools::PoolsQuery;

use crate::actions::Proposal;
use crate::actions::pool::{PoolProposal, PoolTarget};
use crate::parts::action::control::{ActionChoice, action_button, action_list, row_action_button};
use crate::parts::data_age::EmptyMasterList;
use crate::parts::detail::{ROWS, not_known};
use crate::parts::pool_bars::pool_bars;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// Renders the panel.
#[component]
pub(crate) fn PoolPanel(id: AgentId) -> impl IntoView {
    let answer = link().watch(move || PoolsQuery(vec![id.clone()]));
    let pool = Memo::new(move |_| answer.with(|pools| pools.as_ref()?.first().cloned()));
    let reserve = move || {
        let (agent, hostname) =
            pool.with(|pool| pool.as_ref().map(|pool| (pool.agent.clone(), pool.hostname.clone())))?;
        let proposal = PoolProposal::Reserve { agents: vec![(agent, hostname)], role: None, from: Vec::new() };
        let disabled_reason = pool.with(pool_unknown);
        Some(action_button(ActionChoice { name: "Reserve", disabled_reason, proposal: Proposal::Pool(proposal) }))
    };
    let content = move || {
        pool.with(|pool| {
            let pool = pool.as_ref()?;
            Some(match pool.is_known || !pool.items.is_empty() {
                true => view! { {pool_bars(pool)}{table(pool)} }.into_any(),
                false => not_known("A list of its resources cannot be read."),
            })
        })
    };
    view! { <Panel title="Reservations and volumes" aside=reserve>{content}</Panel> }
}

fn pool_unknown(pool: &Option<AgentPool>) -> Option<DisabledReason> {
    let is_known = pool.as_ref().is_some_and(|pool| pool.is_known);
    (!is_known).then(unknown_pool)
}

fn unknown_pool() -> DisabledReason {
    DisabledReason::Reservation(Box::new(ReservationBlock::PoolUnknown))
}

/// A row: a volume, or the resources with the same reservations.
#[derive(Clone, PartialEq)]
struct PoolRow {
    items: Vec<PoolItem>,
    target: PoolTarget,
}

fn rows(pool: &AgentPool) -> Vec<PoolRow> {
    let mut rows: Vec<PoolRow> = Vec::new();
    let mut places = BTreeMap::new();
    for item in pool.items.iter().filter(|item| !item.resource.reservations.is_empty()) {
        let what = PoolSelector::of(&item.resource);
        let at = *places.entry(what.clone()).or_insert(rows.len());
        match rows.get_mut(at) {
            Some(row) => row.items.push(item.clone()),
            None => {
                let target = PoolTarget { agent: pool.agent.clone(), hostname: pool.hostname.clone(), what };
                rows.push(PoolRow { items: vec![item.clone()], target });
            }
        }
    }
    rows
}

fn table(pool: &AgentPool) -> AnyView {
    let rows = rows(pool);
    if rows.is_empty() {
        return view! { <EmptyMasterList list=FilteredList::Reservations title="No reservations" words="The agent has no reservations and no persistent volumes."/> }.into_any();
    }
    let unknown = (!pool.is_known).then(unknown_pool);
    let line = move |row: &PoolRow| line(row, unknown.clone());
    let says = |row: &PoolRow| row.items.iter().map(|item| pooled::field(&PooledField::of(&item.resource))).collect();
    let frame = |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label="Reservations and volumes, listed"><table class="plain pool-table">
                <thead><tr><th>"Role"</th><th>"Kind"</th><th>"Volume"</th><th>"Reserved"</th><th>"Allocated"</th><th>"Principal and labels"</th><th>"Actions"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    long_list(ListExtent::first("reservations and volumes", ROWS), Signal::stored(rows), says, line, frame)
}

fn line(row: &PoolRow, unknown: Option<DisabledReason>) -> AnyView {
    let Some(first) = row.items.first().map(|item| &item.resource) else { return ().into_any() };
    let newest = first.reservations.last().cloned().unwrap_or_default();
    let parents: Vec<String> = first.reservations.iter().rev().skip(1).map(|layer| layer.role.0.clone()).collect();
    let refined = (!parents.is_empty()).then(|| view! { <span class="dim">{words::refined(&parents)}</span> });
    let volume = first.volume.as_ref().map(|volume| words::volume(&PooledField::of(first), volume));
    let all = |of: fn(&PoolItem) -> PoolResource| {
        let all: Vec<PoolResource> = row.items.iter().map(of).filter(|resource| !resource.amount.is_none()).collect();
        if all.is_empty() { "0".to_owned() } else { words::amounts(&all) }
    };
    let reserved = all(|item| item.resource.clone());
    let allocated = all(|item| item.resource.of(item.allocated.clone()));
    let choices = choices(&row.items, &row.target, unknown);
    view! {
        <tr>
            <td data-label="Role"><a class="link" href=Route::Role(newest.role.clone()).to_string()>{newest.role.to_string()}</a>" "{refined}</td>
            <td data-label="Kind">{words::kind(first)}</td><td class="wrap" data-label="Volume">{volume}</td>
            <td class="wrap" data-label="Reserved">{reserved}</td><td class="wrap" data-label="Allocated">{allocated}</td>
            <td class="wrap" data-label="Principal and labels">{newest.marks()}</td>
            <td class="row-actions" data-label="Actions">{choices.into_iter().map(row_action_button).collect_view()}</td>
        </tr>
    }
    .into_any()
}

/// Actions on a reservation or volume of an agent, from the agent's pool: the menu of a row of the table of all agents.
pub(crate) fn row_choices(target: PoolTarget) -> impl IntoView {
    let agent = target.agent.clone();
    let answer = link().watch(move || PoolsQuery(vec![agent.clone()]));
    let choices = Memo::new(move |_| {
        answer.with(|pools| {
            let pools = pools.as_ref()?;
            let items: Vec<PoolItem> = pools.iter().flat_map(|pool| selected(pool, &target)).collect();
            let is_known = pools.first().is_none_or(|pool| pool.is_known) || !items.is_empty();
            Some(choices(&items, &target, (!is_known).then(unknown_pool)))
        })
    });
    let list = Signal::derive(move || choices.get().unwrap_or_default());
    move || match choices.with(Option::is_some) {
        true => action_list(list),
        false => view! { <p class="dim">"Loading …"</p> }.into_any(),
    }
}

fn selected(pool: &AgentPool, target: &PoolTarget) -> Vec<PoolItem> {
    pool.items.iter().filter(|item| target.what.selects(&item.resource)).cloned().collect()
}

/// Actions on resources that are one volume, or have one reservation.
fn choices(items: &[PoolItem], target: &PoolTarget, unknown: Option<DisabledReason>) -> Vec<ActionChoice> {
    let gone = items.is_empty().then(|| DisabledReason::Reservation(Box::new(ReservationBlock::NoneLeft)));
    let choice = |name, why: Option<ReservationBlock>, proposal: PoolProposal| ActionChoice {
        name,
        disabled_reason: unknown
            .clone()
            .or_else(|| gone.clone())
            .or(why.map(|why| DisabledReason::Reservation(Box::new(why)))),
        proposal: Proposal::Pool(proposal),
    };
    if target.is_volume() {
        let in_use = items.iter().any(|item| !item.allocated.is_none()).then_some(ReservationBlock::VolumeInUse);
        let fixed = items.iter().find_map(|item| resize_block(&item.resource));
        return vec![
            choice("Resize", fixed.or_else(|| in_use.clone()), PoolProposal::ResizeVolume(target.clone())),
            // A volume in use opens the form too, which names its tasks.
            choice("Destroy", None, PoolProposal::DestroyVolumes(vec![target.clone()])),
        ];
    }
    let layers = |item: &PoolItem| item.resource.reservations.clone();
    let from = items.first().map(layers).unwrap_or_default();
    let several = items.iter().any(|item| layers(item) != from).then_some(ReservationBlock::SeveralReservations);
    let fixed = (!target.is_dynamic()).then_some(ReservationBlock::Static);
    let no_disk = (!items.iter().any(|item| item.resource.name == "disk")).then_some(ReservationBlock::NoDisk);
    let agents = vec![(target.agent.clone(), target.hostname.clone())];
    vec![
        choice("Refine or move", several, PoolProposal::Reserve { agents, role: None, from }),
        choice("Create volume", no_disk, PoolProposal::CreateVolume(target.clone())),
        choice("Unreserve", fixed, PoolProposal::Unreserve(vec![target.clone()])),
    ]
}
