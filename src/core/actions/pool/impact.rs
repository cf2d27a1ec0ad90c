//! What an action on reservations or volumes means for roles, offers and tasks.

use super::AgentPool;
use crate::actions::preview::{Affected, Impact, ImpactKind, Severity, count};
use crate::actions::reservation::impact::ReservationImpact;
use crate::actions::reservation::{ReservationAction, ReservationOperation};
use crate::base::ids::{AgentId, Role};
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::pool_resource::{PoolResource, task_resources};

/// The action's effects on the pool as it is.
pub(super) fn impacts(cluster: &Cluster, action: &ReservationAction, pool: &AgentPool) -> Vec<Impact> {
    let mut effects = offers(action, pool);
    let note = |impact| Impact::new(Severity::Note, ImpactKind::Reservation(impact));
    match &action.operation {
        ReservationOperation::Reserve { resources, layers } => {
            let role = layers.last().map(|layer| layer.role.clone()).unwrap_or_default();
            effects.push(note(ReservationImpact::ForRole(role.clone())));
            effects.extend(unused(cluster, &role));
            effects.extend(nothing_left(resources, pool));
        }
        ReservationOperation::Unreserve(resources) => {
            let parent = |resource: &PoolResource| {
                resource.reservations.split_last().and_then(|(_, rest)| rest.last()).map(|layer| layer.role.clone())
            };
            effects.push(note(ReservationImpact::Returned(resources.first().and_then(parent))));
        }
        ReservationOperation::Create { shared, .. } => {
            effects.push(note(ReservationImpact::Outlives));
            effects.extend(shared.then(|| note(ReservationImpact::Shared)));
        }
        ReservationOperation::Destroy(volume) => {
            effects.push(Impact::new(Severity::Bad, ImpactKind::Reservation(ReservationImpact::DataLost)));
            effects.extend(users(cluster, &action.agent, volume));
        }
        ReservationOperation::Grow(volume, _) => effects.extend(users(cluster, &action.agent, volume)),
        ReservationOperation::Shrink(volume, _) => {
            effects.push(Impact::new(Severity::Warn, ImpactKind::Reservation(ReservationImpact::NotMeasured)));
            effects.extend(users(cluster, &action.agent, volume));
        }
    }
    effects
}

/// Whether offered resources are needed: the master rescinds the agent's offers until there is enough.
fn offers(action: &ReservationAction, pool: &AgentPool) -> Vec<Impact> {
    let needs_offered = |taken: &PoolResource| {
        pool.find(taken)
            .is_some_and(|item| !item.offered.is_none() && !item.free().minus(&item.offered).contains(&taken.amount))
    };
    let (taken, _) = action.conversion();
    let rescinds = taken.iter().any(needs_offered);
    rescinds.then(|| Impact::new(Severity::Note, ImpactKind::OffersRescinded)).into_iter().collect()
}

fn unused(cluster: &Cluster, role: &Role) -> Option<Impact> {
    let is_unused = !role.as_str().is_empty() && !cluster.roles().contains(role.as_str());
    is_unused.then(|| Impact::new(Severity::Warn, ImpactKind::RoleUnused(role.clone())))
}

/// Unreserved resources of which the reservation takes the last: no other role can run there without them.
fn nothing_left(resources: &[PoolResource], pool: &AgentPool) -> Vec<Impact> {
    let is_last = |taken: &&PoolResource| {
        taken.reservations.is_empty()
            && matches!(taken.name.as_str(), "cpus" | "mem")
            && pool.amount_of(taken).minus(&taken.amount).is_none()
    };
    let lint = |taken: &PoolResource| {
        let impact = ReservationImpact::NothingLeft(taken.name.clone());
        Impact::new(Severity::Warn, ImpactKind::Reservation(impact))
    };
    resources.iter().filter(is_last).map(lint).collect()
}

/// Live tasks of the agent that use the volume, by name.
fn users(cluster: &Cluster, agent: &AgentId, volume: &PoolResource) -> Option<Impact> {
    let uses = |task: &&Task| {
        task.section == MasterTaskList::Live
            && task_resources(&cluster.task_json(task)).iter().any(|resource| is_same_volume(resource, volume))
    };
    let tasks: Vec<&Task> = cluster.tasks_of(agent).filter(uses).collect();
    let on = |task: &&Task| {
        let (framework, _) = cluster.framework_of(task);
        Affected::Task(
            framework,
            task.id().into(),
            if task.name().is_empty() { task.id() } else { task.name() }.to_owned(),
        )
    };
    let id = volume.volume.as_ref().map(|volume| volume.id.clone()).unwrap_or_default();
    let impact = ImpactKind::Reservation(ReservationImpact::UsedByTasks(count(tasks.len()), id));
    (!tasks.is_empty()).then(|| Impact::new(Severity::Bad, impact).on(tasks.iter().map(on)))
}

/// Ids of volumes are unique for a role on an agent.
fn is_same_volume(one: &PoolResource, other: &PoolResource) -> bool {
    let id = |of: &PoolResource| of.volume.as_ref().map(|volume| volume.id.clone());
    id(one).is_some() && id(one) == id(other) && one.role() == other.role()
}
