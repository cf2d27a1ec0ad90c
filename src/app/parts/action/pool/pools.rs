//! Pools that the forms read, and the actions and refusals that they share.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::reservation::{ReservationAction, ReservationOperation};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::error_text::{NamedField, reservation_field};
use mesoscope_core::mesos::wire::pool_resource::PoolResource;
use mesoscope_core::text::{pooled, reservations as words};
use mesoscope_core::views::pools::PoolsQuery;

use super::super::ActionForm;
use super::super::agents::refusal_of_field;
use crate::actions::pool::PoolTarget;
use crate::worker_link::link;

/// Maximum number of agents whose pools a form reads. The preview looks at each before it is sent.
const READ: usize = 1000;

/// The pools of agents, each once; `None` until they are known.
pub(super) fn pools(agents: Signal<Vec<AgentId>>) -> Memo<Option<Vec<AgentPool>>> {
    let answer = link().watch(move || PoolsQuery(each_once(agents.get()).into_iter().take(READ).collect()));
    Memo::new(move |_| answer.get())
}

fn each_once(mut agents: Vec<AgentId>) -> Vec<AgentId> {
    let mut seen = BTreeSet::new();
    agents.retain(|agent| seen.insert(agent.clone()));
    agents
}

/// Why there is nothing to choose amounts of: too many agents, or agents that are not listed any more.
pub(super) fn pools_fault(agents: Vec<AgentId>, pools: Memo<Option<Vec<AgentPool>>>) -> Option<String> {
    let agents = each_once(agents).len();
    let is_gone = agents > 0 && pools.with(|pools| pools.as_ref().is_some_and(Vec::is_empty));
    let is_many = || (agents > READ).then(|| words::too_many_agents(READ));
    is_many().or_else(|| is_gone.then(|| words::NOT_LISTED.to_owned()))
}

/// The actions on those of the targets that are found, a warning with the number of the others, and an error if none is.
pub(super) fn on_found(
    form: ActionForm,
    targets: Vec<PoolTarget>,
    pools: Memo<Option<Vec<AgentPool>>>,
    of: impl Fn(&AgentPool, &PoolTarget) -> Vec<Action> + Send + Sync + 'static,
) -> ActionForm {
    let agents: Vec<AgentId> = targets.iter().map(|target| target.agent.clone()).collect();
    let found = Memo::new(move |_| {
        pools.with(|pools| {
            let pools: BTreeMap<&AgentId, &AgentPool> =
                pools.iter().flatten().map(|pool| (&pool.agent, pool)).collect();
            let one = |target: &PoolTarget| pools.get(&target.agent).map(|pool| of(pool, target)).unwrap_or_default();
            targets.iter().map(one).collect::<Vec<_>>()
        })
    });
    let missing = move || found.with(|found| found.iter().filter(|actions| actions.is_empty()).count());
    let is_none = move || pools.read().is_some() && found.with(|found| found.iter().all(Vec::is_empty));
    let fault = move || pools_fault(agents.clone(), pools).or_else(|| is_none().then(|| pooled::NONE_LEFT.to_owned()));
    let left_out = move || {
        let missing = Some(missing()).filter(|missing| *missing > 0 && pools.read().is_some() && !is_none())?;
        Some(view! { <p class="state" data-tone="warn">{words::left_out(missing)}</p> })
    };
    let base = form.view;
    let view = view! { <div role="status">{left_out}</div>{base} }.into_any();
    let actions = Signal::derive(move || found.get().into_iter().flatten().collect());
    ActionForm { actions, fault: Signal::derive(fault), view, ..form }
}

/// One action per agent and provider, since a call names resources of one provider alone.
pub(super) fn per_provider(
    agent: &AgentId,
    resources: Vec<PoolResource>,
    operation: impl Fn(Vec<PoolResource>) -> ReservationOperation,
) -> Vec<Action> {
    let mut groups: Vec<Vec<PoolResource>> = Vec::new();
    for resource in resources {
        let same = |group: &&mut Vec<PoolResource>| group.first().is_some_and(|one| one.provider == resource.provider);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(resource),
            None => groups.push(vec![resource]),
        }
    }
    groups.into_iter().map(|group| on(agent, operation(group))).collect()
}

pub(super) fn on(agent: &AgentId, operation: ReservationOperation) -> Action {
    Action::Reservation(Box::new(ReservationAction { agent: agent.clone(), operation }))
}

/// Mesos' refusal, if it is about this field.
pub(super) fn refused(refusal: RwSignal<Option<String>>, field: NamedField) -> Signal<Option<String>> {
    Signal::derive(move || refusal_of_field(refusal, reservation_field, field))
}
