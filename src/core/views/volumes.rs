//! The table of reservations and persistent volumes, of all agents.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, window};
use crate::actions::pool::selector::PoolSelector;
use crate::base::ids::{AgentId, Role};
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::Quantities;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::topic::Topic;
use crate::mesos::wire::resource_totals::Reserved;

/// Columns of the table of volumes, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VolumeColumn {
    /// The agent, by host name.
    Agent,
    /// The role that it is reserved for.
    Role,
    /// Static or dynamic reservation, volume or shared volume.
    Kind,
    /// Id of the persistent volume.
    Volume,
    /// Path of the volume in its task's sandbox.
    Path,
    /// The principal that made the reservation.
    Principal,
    /// Reserved processors.
    Cpus,
    /// Reserved memory.
    Mem,
    /// Reserved disk space.
    Disk,
    /// Reserved graphics processors.
    Gpus,
    /// Reserved resources that are no amounts, such as ports.
    Others,
    /// Allocated share of the reservation.
    Used,
}

impl VolumeColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Kind => "kind",
            Self::Volume => "volume",
            Self::Path => "path",
            Self::Principal => "principal",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Others => "others",
            Self::Used => "used",
        }
    }
}

impl Column for VolumeColumn {
    type Row = VolumeRow;
    const ALL: &'static [Self] = &[
        Self::Agent,
        Self::Role,
        Self::Kind,
        Self::Volume,
        Self::Path,
        Self::Principal,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Others,
        Self::Used,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Agent, descending: false };
    const WORDS: &'static [&'static str] = &["role", "kind", "agent", "volume", "principal", "path", "others", "used"];
    const NUMBERS: &'static [&'static str] = &["cpus", "mem", "disk", "gpus"];
    const TOPICS: &'static [Topic] = &[Topic::Agents];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        volumes(cluster, query)
    }
}

/// Kind of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ReservationKind {
    /// A static reservation, by the agent's flag `--resources`.
    Static,
    /// A dynamic reservation, made while the agent ran.
    Dynamic,
    /// A persistent volume.
    Volume,
    /// A persistent volume that several tasks may use at once, `Resource.shared`.
    SharedVolume,
}

impl ReservationKind {
    /// The word for it in filters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::Volume => "volume",
            Self::SharedVolume => "shared",
        }
    }
}

/// One reservation or persistent volume, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VolumeRow {
    /// The agent that has the resources.
    pub agent: AgentId,
    /// Host name of the agent; empty if it was never reported.
    pub hostname: String,
    /// Which of the agent's resources they are.
    pub what: PoolSelector,
    /// The role that they are reserved for, as refined last.
    pub role: Role,
    /// Whether it is a static reservation, a dynamic one, a volume, or a shared volume.
    pub kind: ReservationKind,
    /// The volume's id; empty for a reservation.
    pub volume: String,
    /// Path of the volume in a task's container; empty for a reservation.
    pub container_path: String,
    /// The principal that made the reservation, `ReservationInfo.principal`; empty if none was reported.
    pub principal: String,
    /// Reserved amounts.
    pub held: Quantities,
    /// Reserved resources that are no amounts, as `ports [31000-31002]`; empty if there are none.
    pub others: String,
    /// Allocated amounts of it, as the master reported them last.
    pub allocated: Quantities,
    /// Allocated resources of it that are no amounts, as `ports [31000-31002]`; empty if none are allocated.
    pub others_allocated: String,
}

#[derive(Clone, Copy)]
struct VolumeItem<'a> {
    agent: &'a Agent,
    reserved: &'a Reserved,
}

impl VolumeItem<'_> {
    fn kind(&self) -> ReservationKind {
        match self.reserved.dynamic {
            _ if !self.reserved.volume.is_empty() && self.reserved.shared => ReservationKind::SharedVolume,
            _ if !self.reserved.volume.is_empty() => ReservationKind::Volume,
            true => ReservationKind::Dynamic,
            false => ReservationKind::Static,
        }
    }

    fn in_use(&self) -> Option<&Reserved> {
        self.agent.reserved_allocated.iter().find(|other| other.is_same(self.reserved))
    }

    fn allocated(&self) -> Quantities {
        self.in_use().map_or(Quantities::NONE, |same| same.quantities)
    }

    fn others_allocated(&self) -> String {
        self.in_use().map_or_else(String::new, |same| same.pieces.to_string())
    }

    fn is_used(&self) -> bool {
        self.in_use().is_some_and(|same| same.quantities != Quantities::NONE || !same.pieces.is_empty())
    }

    fn share(&self) -> f64 {
        self.allocated().largest_share_of(self.reserved.quantities)
    }

    fn row(self) -> VolumeRow {
        VolumeRow {
            agent: self.agent.id.clone(),
            hostname: self.agent.hostname.clone(),
            what: PoolSelector::of_reserved(self.reserved),
            role: self.reserved.role.as_str().into(),
            kind: self.kind(),
            volume: self.reserved.volume.clone(),
            container_path: self.reserved.container_path.clone(),
            principal: self.reserved.principal.clone(),
            held: self.reserved.quantities,
            others: self.reserved.pieces.to_string(),
            allocated: self.allocated(),
            others_allocated: self.others_allocated(),
        }
    }
}

/// The requested rows.
fn volumes(cluster: &Cluster, query: &TableQuery<VolumeColumn>) -> TableWindow<VolumeRow> {
    let of = |agent| move |reserved| VolumeItem { agent, reserved };
    let items = cluster.agents().flat_map(|agent| agent.reserved.iter().map(of(agent)));
    TableWindow { arriving: cluster.arriving(), ..window(items, query, by_column, tie, VolumeItem::row) }
}

/// Reservations and volumes of one agent.
pub(super) fn of(agent: &Agent) -> Vec<VolumeRow> {
    let items: Vec<VolumeItem<'_>> = agent.reserved.iter().map(|reserved| VolumeItem { agent, reserved }).collect();
    order::sorted(items, tie).into_iter().map(VolumeItem::row).collect()
}

fn tie(a: &VolumeItem<'_>, b: &VolumeItem<'_>) -> Ordering {
    let key = |of: &VolumeItem<'_>| (of.agent.hostname.clone(), of.agent.id.clone(), of.reserved.role.clone());
    key(a).cmp(&key(b)).then_with(|| a.kind().cmp(&b.kind())).then_with(|| a.reserved.volume.cmp(&b.reserved.volume))
}

fn by_column(a: &VolumeItem<'_>, b: &VolumeItem<'_>, column: VolumeColumn) -> ColumnOrder {
    let (one, other) = (a.reserved, b.reserved);
    match column {
        VolumeColumn::Agent => by_text(&a.agent.hostname, &b.agent.hostname),
        VolumeColumn::Role => one.role.cmp(&other.role).into(),
        VolumeColumn::Kind => a.kind().cmp(&b.kind()).into(),
        VolumeColumn::Volume => by_text(&one.volume, &other.volume),
        VolumeColumn::Path => by_text(&one.container_path, &other.container_path),
        VolumeColumn::Principal => by_text(&one.principal, &other.principal),
        VolumeColumn::Cpus => one.quantities.cpus.cmp(&other.quantities.cpus).into(),
        VolumeColumn::Mem => one.quantities.mem.cmp(&other.quantities.mem).into(),
        VolumeColumn::Disk => one.quantities.disk.cmp(&other.quantities.disk).into(),
        VolumeColumn::Gpus => one.quantities.gpus.cmp(&other.quantities.gpus).into(),
        VolumeColumn::Others => by_text(&one.pieces.to_string(), &other.pieces.to_string()),
        VolumeColumn::Used => a.share().total_cmp(&b.share()).into(),
    }
}

impl Row for VolumeItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let Reserved { role, principal, volume, container_path, .. } = self.reserved;
        [self.agent.hostname.as_str(), role, self.kind().name(), volume, container_path, principal]
            .into_iter()
            .any(&mut *contains)
            || contains(&self.reserved.pieces.to_string())
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "agent" | "host" => matches(&self.agent.hostname) || matches(self.agent.id.as_str()),
            "role" => matches(&self.reserved.role),
            // A shared volume is a volume as well.
            "kind" if self.kind() == ReservationKind::SharedVolume => {
                matches(ReservationKind::Volume.name()) || matches(self.kind().name())
            }
            "kind" => matches(self.kind().name()),
            "volume" => matches(&self.reserved.volume),
            "path" => matches(&self.reserved.container_path),
            "principal" => matches(&self.reserved.principal),
            "others" => matches(&self.reserved.pieces.to_string()),
            "used" => matches(if self.is_used() { "yes" } else { "no" }),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.reserved.quantities.named(name)
    }
}
