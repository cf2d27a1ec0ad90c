//! The tables of offers and inverse offers.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, Sort, TableQuery, Window, window};
use crate::cluster::{Cluster, Framework, InverseOffer, Offer};
use crate::ids::{AgentId, FrameworkId};
use crate::units::{Nanoseconds, Quantities, Timestamp};

/// The columns, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OfferColumn {
    Id,
    Framework,
    Agent,
    Role,
    Cpus,
    Mem,
    Disk,
    Gpus,
}

impl OfferColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Framework => "framework",
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
        }
    }
}

impl Column for OfferColumn {
    const ALL: &'static [Self] =
        &[Self::Id, Self::Framework, Self::Agent, Self::Role, Self::Cpus, Self::Mem, Self::Disk, Self::Gpus];
    const DEFAULT: Sort<Self> = Sort { column: Self::Framework, descending: false };
    const WORDS: &'static [&'static str] = &["framework", "agent", "role", "id"];
    const NUMBERS: &'static [&'static str] = &["cpus", "mem", "disk", "gpus"];
    fn name(self) -> &'static str {
        Self::name(self)
    }
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferRow {
    pub id: String,
    pub framework: FrameworkId,
    pub framework_name: String,
    pub agent: AgentId,
    pub hostname: String,
    pub role: String,
    pub resources: Quantities,
}

/// One inverse offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InverseOfferRow {
    pub id: String,
    pub framework: FrameworkId,
    pub framework_name: String,
    pub agent: AgentId,
    pub hostname: String,
    pub start: Option<Timestamp>,
    pub duration: Option<Nanoseconds>,
}

#[derive(Clone, Copy)]
struct Item<'a> {
    framework: &'a Framework,
    offer: &'a Offer,
}

/// The rows asked for.
pub fn offers(cluster: &Cluster, query: &TableQuery<OfferColumn>) -> Window<OfferRow> {
    let items =
        cluster.frameworks().flat_map(|framework| framework.offers.iter().map(move |offer| Item { framework, offer }));
    let tie = |a: &Item<'_>, b: &Item<'_>| a.offer.id.cmp(&b.offer.id);
    let window = window(items, query, by_column, tie, |item| row(item.framework, item.offer));
    Window { arriving: cluster.arriving(), ..window }
}

/// The offer as a row.
pub fn row(framework: &Framework, offer: &Offer) -> OfferRow {
    OfferRow {
        id: offer.id.clone(),
        framework: framework.id.clone(),
        framework_name: framework.name.clone(),
        agent: offer.agent.clone(),
        hostname: offer.hostname.clone(),
        role: offer.role.clone(),
        resources: offer.resources,
    }
}

/// The inverse offer as a row.
pub fn inverse_row(cluster: &Cluster, framework: &Framework, offer: &InverseOffer) -> InverseOfferRow {
    InverseOfferRow {
        id: offer.id.clone(),
        framework: framework.id.clone(),
        framework_name: framework.name.clone(),
        agent: offer.agent.clone(),
        hostname: cluster.hostname(&offer.agent).to_owned(),
        start: offer.start,
        duration: offer.duration,
    }
}

fn by_column(a: &Item<'_>, b: &Item<'_>, column: OfferColumn) -> Ordering {
    let (x, y) = (a.offer, b.offer);
    match column {
        OfferColumn::Id => x.id.cmp(&y.id),
        OfferColumn::Framework => a.framework.name.cmp(&b.framework.name),
        OfferColumn::Agent => x.hostname.cmp(&y.hostname),
        OfferColumn::Role => x.role.cmp(&y.role),
        OfferColumn::Cpus => x.resources.cpus.cmp(&y.resources.cpus),
        OfferColumn::Mem => x.resources.mem.cmp(&y.resources.mem),
        OfferColumn::Disk => x.resources.disk.cmp(&y.resources.disk),
        OfferColumn::Gpus => x.resources.gpus.cmp(&y.resources.gpus),
    }
}

impl Row for Item<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        [&self.offer.id, &self.offer.hostname, &self.offer.role, &self.framework.name]
            .into_iter()
            .any(|text| contains(text))
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "id" | "offer" => matches(&self.offer.id),
            "framework" => matches(&self.framework.name) || matches(self.framework.id.as_str()),
            "agent" | "host" => matches(&self.offer.hostname) || matches(self.offer.agent.as_str()),
            "role" => matches(&self.offer.role),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.offer.resources.named(name)
    }
}
