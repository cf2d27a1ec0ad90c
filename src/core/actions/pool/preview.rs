//! Preview of an action on reservations or volumes: the pool before and after, and why a master would refuse it now.

use super::impact::impacts;
use super::{AgentPool, amount_text};
use crate::actions::Action;
use crate::actions::preview::{Preview, PreviewEntry, PreviewSign, PreviewValue, PreviewedField, Progress, named};
use crate::actions::reservation::{ReservationAction, ReservationOperation};
use crate::checks::eligibility::DisabledReason;
use crate::checks::reservations::{PooledField, ReservationBlock};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::mesos::wire::detail;
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};

/// The preview of an action, for the cluster as it is.
pub(in crate::actions) fn preview(cluster: &Cluster, action: &ReservationAction) -> Preview {
    let (Some(agent), Some(pool)) = (cluster.agent(&action.agent), AgentPool::of(cluster, &action.agent)) else {
        let entry = vec![named(action.agent.as_str(), PreviewValue::NotListed)];
        let disabled_reason = Some(DisabledReason::AgentNotListed(action.agent.clone()));
        return Preview { disabled_reason, progress: Progress::Pending, ..Preview::new(entry.clone(), entry) };
    };
    let (taken, put) = action.conversion();
    let mut kinds: Vec<&PoolResource> = Vec::new();
    let (shown, others) = if action.takes_away() { (&taken, &put) } else { (&put, &taken) };
    for resource in shown.iter().chain(others) {
        if !kinds.iter().any(|kind| kind.is_like(resource)) {
            kinds.push(resource);
        }
    }
    let sum = |all: &[PoolResource], kind: &PoolResource| {
        let like = all.iter().filter(|resource| resource.is_like(kind));
        like.fold(kind.amount.minus(&kind.amount), |sum, resource| sum.plus(&resource.amount))
    };
    let after = |kind: &PoolResource| pool.amount_of(kind).minus(&sum(&taken, kind)).plus(&sum(&put, kind));
    let current = kinds.iter().filter_map(|kind| entry(kind, &pool.amount_of(kind))).collect();
    let desired: Vec<PreviewEntry> = kinds.iter().filter_map(|kind| entry(kind, &after(kind))).collect();
    let shows = shown.iter().filter(|resource| !resource.reservations.is_empty());
    let signs = shows.map(|resource| PreviewSign::new(field(resource), &desired)).collect();
    let name = match &action.operation {
        ReservationOperation::Destroy(volume) => volume.volume.as_ref().map(|volume| volume.id.clone()),
        _ => None,
    };
    Preview {
        disabled_reason: blocked(cluster, agent, action, &pool).err(),
        effects: impacts(cluster, action, &pool),
        back: action.back().map(|back| Action::Reservation(Box::new(back))),
        signs,
        name,
        progress: Progress::Pending,
        ..Preview::new(current, desired)
    }
}

impl ReservationAction {
    /// Whether its effect shows in what it takes, rather than in what it puts there instead.
    const fn takes_away(&self) -> bool {
        matches!(self.operation, ReservationOperation::Unreserve(_) | ReservationOperation::Destroy(_))
    }
}

fn entry(kind: &PoolResource, amount: &PoolAmount) -> Option<PreviewEntry> {
    let text = amount_text(&kind.name, amount);
    (!amount.is_none()).then(|| PreviewEntry { key: field(kind), value: PreviewValue::Typed(text) })
}

fn field(resource: &PoolResource) -> PreviewedField {
    PreviewedField::Pooled(PooledField::of(resource))
}

fn blocked(
    cluster: &Cluster,
    agent: &Agent,
    action: &ReservationAction,
    pool: &AgentPool,
) -> Result<(), DisabledReason> {
    if agent.unreachable {
        return Err(DisabledReason::Unreachable);
    }
    if agent.recovered {
        return Err(DisabledReason::NotBack);
    }
    let block = |why: ReservationBlock| Err(DisabledReason::Reservation(Box::new(why)));
    if !pool.is_known {
        return block(ReservationBlock::PoolUnknown);
    }
    if let Some(why) = incapable(cluster, agent, action) {
        return block(why);
    }
    possible(action, pool)?;
    let (taken, _) = action.conversion();
    let missing = taken.iter().find_map(|resource| unavailable(resource, &taken, pool));
    missing.map_or(Ok(()), block)
}

/// Whether the master takes the action at all, before it looks at what is free.
fn possible(action: &ReservationAction, pool: &AgentPool) -> Result<(), DisabledReason> {
    match &action.operation {
        ReservationOperation::Create { disk, volume, .. } => {
            let is_taken = pool.items.iter().map(|item| &item.resource).any(|other| {
                other.role() == disk.role() && other.volume.as_ref().is_some_and(|other| other.id == volume.id)
            });
            let why = || DisabledReason::Reservation(Box::new(ReservationBlock::VolumeExists(volume.id.clone())));
            if is_taken { Err(why()) } else { Ok(()) }
        }
        ReservationOperation::Grow(volume, _) | ReservationOperation::Shrink(volume, _) => {
            resize_block(volume).map_or(Ok(()), |why| Err(DisabledReason::Reservation(Box::new(why))))
        }
        ReservationOperation::Reserve { .. }
        | ReservationOperation::Unreserve(_)
        | ReservationOperation::Destroy(_) => Ok(()),
    }
}

/// Why that much of the resource is not there, or not free; `None` if it is.
fn unavailable(resource: &PoolResource, taken: &[PoolResource], pool: &AgentPool) -> Option<ReservationBlock> {
    let Some(item) = pool.find(resource) else {
        return Some(ReservationBlock::Missing(PooledField::of(resource)));
    };
    let free = item.free();
    if resource.volume.is_some() && !item.allocated.is_none() {
        return Some(ReservationBlock::VolumeInUse);
    }
    let like = taken.iter().filter(|other| other.is_like(resource));
    let wanted = like.fold(resource.amount.minus(&resource.amount), |sum, other| sum.plus(&other.amount));
    if resource.is_indivisible() && wanted != item.resource.amount {
        let whole = amount_text(&resource.name, &item.resource.amount);
        return Some(ReservationBlock::OnlyWhole(PooledField::of(resource), whole));
    }
    if free.contains(&wanted) {
        return None;
    }
    let [wanted, free] = [wanted, free].map(|amount| amount_text(&resource.name, &amount));
    Some(ReservationBlock::NotFree { of: PooledField::of(resource), wanted, free })
}

/// Why a volume can never be resized: Mesos resizes those on root and PATH disks of the agent alone (src/master/validation.cpp).
pub fn resize_block(volume: &PoolResource) -> Option<ReservationBlock> {
    let is_whole_disk = volume.source.as_ref().is_some_and(|disk| disk.kind != "PATH");
    match () {
        () if volume.shared => Some(ReservationBlock::SharedVolume),
        () if volume.provider.is_some() || is_whole_disk => Some(ReservationBlock::NotResizable),
        () => None,
    }
}

/// The capability that the agent lacks for the action. An agent that reports no capabilities at all is not judged.
fn incapable(cluster: &Cluster, agent: &Agent, action: &ReservationAction) -> Option<ReservationBlock> {
    let needed = match &action.operation {
        ReservationOperation::Grow(..) | ReservationOperation::Shrink(..) => "RESIZE_VOLUME",
        ReservationOperation::Reserve { layers, .. } if layers.len() > 1 => "RESERVATION_REFINEMENT",
        _ => return None,
    };
    let known = detail::agent(&cluster.json(agent.json)).capabilities;
    let knows = known.is_empty() || known.iter().any(|name| name == needed);
    (!knows).then(|| ReservationBlock::NoCapability(needed.to_owned()))
}
