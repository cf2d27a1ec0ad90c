//! Pools that the forms read, and the actions and refusals that they share.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::pool::AgentPool;
use mesoscope_core::actions::reservation::{ReservationAction, ReservationOperation};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::error_text::{NamedField, reservation_field};
use mesoscope_core::mesos::wire::pool_resource::PoolResource;
use mesoscope_core::views::pools::PoolsQuery;

use super::super::agents::refusal_of_field;
use crate::worker_link::link;

/// Maximum number of agents whose pools a form reads. The preview looks at each before it is sent.
const READ: usize = 50;

/// The pools of agents; `None` until they are known.
pub(super) fn pools(agents: Signal<Vec<AgentId>>) -> Memo<Option<Vec<AgentPool>>> {
    let answer = link().watch(move || PoolsQuery(agents.get().into_iter().take(READ).collect()));
    Memo::new(move |_| answer.get())
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
