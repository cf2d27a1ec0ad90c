//! Reservations and volumes as targets of commands.

use serde::{Deserialize, Serialize};

use super::rank::{SearchTexts, score};
use crate::actions::pool::selector::PoolSelector;
use crate::base::order;
use crate::base::units::{Bytes, Quantities};
use crate::checks::eligibility::DisabledReason;
use crate::checks::reservations::ReservationBlock;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::mesos::wire::resource_totals::Reserved;
use crate::views::ignore_case::Needle;
use crate::views::search::hit::{CommandTarget, HitTarget};

/// A command on a reservation or a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReservedAction {
    /// Removes a dynamic reservation.
    Unreserve,
    /// Creates a volume of reserved disk.
    CreateVolume,
    /// Grows or shrinks a volume.
    Resize,
    /// Destroys a volume.
    Destroy,
}

impl ReservedAction {
    /// Whether the action is about that kind of object at all.
    fn is_about(self, reserved: &Reserved) -> bool {
        let is_volume = !reserved.volume.is_empty();
        match self {
            Self::Unreserve => !is_volume,
            Self::CreateVolume => !is_volume && reserved.quantities.disk > Bytes::default(),
            Self::Resize | Self::Destroy => is_volume,
        }
    }

    /// Why the action is impossible now, as far as the sums of an agent show it. Its form checks the rest.
    fn block(self, reserved: &Reserved, agent: &Agent) -> Option<ReservationBlock> {
        let mut allocated = agent.reserved_allocated.iter().filter(|other| other.is_same(reserved));
        let is_in_use = allocated.any(|same| same.quantities != Quantities::NONE);
        match self {
            Self::Unreserve if !reserved.dynamic => Some(ReservationBlock::Static),
            Self::Resize if reserved.shared => Some(ReservationBlock::SharedVolume),
            Self::Resize if is_in_use => Some(ReservationBlock::VolumeInUse),
            Self::Destroy if is_in_use => Some(ReservationBlock::VolumeInUse),
            Self::Unreserve | Self::CreateVolume | Self::Resize | Self::Destroy => None,
        }
    }
}

/// The best targets by eligibility, score and name. Without words, only those that can be changed now.
pub(super) fn targets(cluster: &Cluster, action: ReservedAction, words: &[Needle], most: usize) -> Vec<CommandTarget> {
    let all = cluster.agents().flat_map(|agent| agent.reserved.iter().map(move |reserved| (agent, reserved)));
    let found = all.filter(|(_, reserved)| action.is_about(reserved)).filter_map(|(agent, reserved)| {
        let block = action.block(reserved, agent);
        let texts = SearchTexts {
            name: name(reserved),
            own: &[&reserved.role, &agent.hostname, agent.id.as_str()],
            said: &[&reserved.principal, &reserved.container_path],
            owners: &[],
        };
        let score = score(words, texts)?;
        (block.is_none() || !words.is_empty()).then_some((score, agent, reserved, block))
    });
    let mut found = order::sorted(found.collect(), |a: &(u32, &Agent, &Reserved, Option<ReservationBlock>), b| {
        let by_score = a.3.is_some().cmp(&b.3.is_some()).then(b.0.cmp(&a.0));
        by_score.then_with(|| (name(a.2), &a.1.hostname, &a.1.id).cmp(&(name(b.2), &b.1.hostname, &b.1.id)))
    });
    found.truncate(most);
    let target = |(_, agent, reserved, block): (u32, &Agent, &Reserved, Option<ReservationBlock>)| CommandTarget {
        what: HitTarget::Reserved(agent.id.clone(), agent.hostname.clone(), PoolSelector::of_reserved(reserved)),
        title: name(reserved).to_owned(),
        detail: detail(agent, reserved),
        disabled_reason: block.map(|why| DisabledReason::Reservation(Box::new(why))),
    };
    found.into_iter().map(target).collect()
}

/// The volume's id, or the role of a reservation.
fn name(reserved: &Reserved) -> &str {
    if reserved.volume.is_empty() { &reserved.role } else { &reserved.volume }
}

/// What distinguishes it from others of that name, as `web · node-1 · ops`.
fn detail(agent: &Agent, reserved: &Reserved) -> String {
    let role = if reserved.volume.is_empty() { "" } else { &reserved.role };
    let host = if agent.hostname.is_empty() { agent.id.as_str() } else { &agent.hostname };
    let parts = [role, host, &reserved.principal];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
