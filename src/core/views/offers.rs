//! The table of offers and inverse offers.

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, known_first, window};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::framework::Framework;
use crate::cluster::offer::{InverseOffer, Offer};
use crate::cluster::topic::Topic;

/// Columns of the table of offers, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OfferColumn {
    /// The offer's id.
    Id,
    /// `offer` or `inverse`.
    Kind,
    /// The framework that it is made to, by name.
    Framework,
    /// The agent whose resources it offers, by host name.
    Agent,
    /// The role that the resources are offered to.
    Role,
    /// Offered processors.
    Cpus,
    /// Offered memory.
    Mem,
    /// Offered disk space.
    Disk,
    /// Offered graphics processors.
    Gpus,
    /// Offered resources that are no amounts, such as ports.
    Others,
    /// Start of the unavailability, for inverse offers.
    Start,
    /// Length of the unavailability, for inverse offers.
    Duration,
}

impl OfferColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Kind => "kind",
            Self::Framework => "framework",
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Others => "others",
            Self::Start => "start",
            Self::Duration => "duration",
        }
    }
}

impl Column for OfferColumn {
    type Row = OfferRow;
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Kind,
        Self::Framework,
        Self::Agent,
        Self::Role,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Others,
        Self::Start,
        Self::Duration,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Framework, descending: false };
    const WORDS: &'static [&'static str] = &["framework", "agent", "role", "kind", "others", "id"];
    const NUMBERS: &'static [&'static str] = &["cpus", "mem", "disk", "gpus"];
    const TOPICS: &'static [Topic] = &[Topic::Frameworks];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        offers(cluster, query)
    }
}

/// One offer, or one inverse offer: a request to free an agent before its maintenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferRow {
    /// The offer's id, `OfferID.value`.
    pub id: String,
    /// The framework that it is made to.
    pub framework: FrameworkId,
    /// Name of the framework that it is made to.
    pub framework_name: String,
    /// The agent whose resources it offers, or that is to be freed.
    pub agent: AgentId,
    /// Host name of the agent; empty for an inverse offer whose agent was never reported.
    pub hostname: String,
    /// The role that the resources are offered to; empty for an inverse offer.
    pub role: String,
    /// Offered amounts; none for an inverse offer.
    pub resources: Quantities,
    /// Offered resources that are no amounts, as `ports [31000-31002]`.
    pub others: String,
    /// When the agent will be unavailable, for an inverse offer; `None` for an offer.
    pub inverse: Option<Unavailable>,
}

/// When an agent will be unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unavailable {
    /// Start of the unavailability; `None` if its times cannot be read.
    pub start: Option<Timestamp>,
    /// Length of the unavailability; `None` for ever, or without a start.
    pub duration: Option<Nanoseconds>,
}

#[derive(Clone, Copy)]
struct OfferItem<'a> {
    framework: &'a Framework,
    what: EitherOffer<'a>,
    hostname: &'a str,
}

#[derive(Clone, Copy)]
enum EitherOffer<'a> {
    Offer(&'a Offer),
    Inverse(&'a InverseOffer),
}

impl<'a> OfferItem<'a> {
    fn of(cluster: &'a Cluster, framework: &'a Framework) -> impl Iterator<Item = Self> {
        let offer =
            move |offer: &'a Offer| OfferItem { framework, what: EitherOffer::Offer(offer), hostname: &offer.hostname };
        let inverse = move |offer: &'a InverseOffer| OfferItem {
            framework,
            what: EitherOffer::Inverse(offer),
            hostname: cluster.hostname(&offer.agent),
        };
        framework.offers.iter().map(offer).chain(framework.inverse_offers.iter().map(inverse))
    }

    fn id(self) -> &'a str {
        match self.what {
            EitherOffer::Offer(offer) => &offer.id,
            EitherOffer::Inverse(offer) => &offer.id,
        }
    }

    fn kind(self) -> &'static str {
        match self.what {
            EitherOffer::Offer(_) => "offer",
            EitherOffer::Inverse(_) => "inverse",
        }
    }

    fn agent(self) -> &'a AgentId {
        match self.what {
            EitherOffer::Offer(offer) => &offer.agent,
            EitherOffer::Inverse(offer) => &offer.agent,
        }
    }

    fn role(self) -> &'a str {
        match self.what {
            EitherOffer::Offer(offer) => &offer.role,
            EitherOffer::Inverse(_) => "",
        }
    }

    fn resources(self) -> Quantities {
        match self.what {
            EitherOffer::Offer(offer) => offer.resources,
            EitherOffer::Inverse(_) => Quantities::NONE,
        }
    }

    fn others(self) -> String {
        match self.what {
            EitherOffer::Offer(offer) => offer.pieces.to_string(),
            EitherOffer::Inverse(_) => String::new(),
        }
    }

    fn inverse(self) -> Option<Unavailable> {
        match self.what {
            EitherOffer::Offer(_) => None,
            EitherOffer::Inverse(offer) => Some(Unavailable { start: offer.start, duration: offer.duration }),
        }
    }

    fn row(self) -> OfferRow {
        OfferRow {
            id: self.id().to_owned(),
            framework: self.framework.id.clone(),
            framework_name: self.framework.name.clone(),
            agent: self.agent().clone(),
            hostname: self.hostname.to_owned(),
            role: self.role().to_owned(),
            resources: self.resources(),
            others: self.others(),
            inverse: self.inverse(),
        }
    }
}

/// The requested rows.
fn offers(cluster: &Cluster, query: &TableQuery<OfferColumn>) -> TableWindow<OfferRow> {
    let items = cluster.frameworks().flat_map(|framework| OfferItem::of(cluster, framework));
    let tie = |a: &OfferItem<'_>, b: &OfferItem<'_>| a.id().cmp(b.id());
    let window = window(items, query, by_column, tie, OfferItem::row);
    TableWindow { arriving: cluster.arriving(), ..window }
}

/// The offers and inverse offers of one framework.
pub fn of_framework<'a>(cluster: &'a Cluster, framework: &'a Framework) -> impl Iterator<Item = OfferRow> {
    OfferItem::of(cluster, framework).map(OfferItem::row)
}

/// The offer or inverse offer with this id, and the framework that it is made to.
pub fn find<'a>(cluster: &'a Cluster, id: &str) -> Option<(&'a Framework, OfferRow)> {
    let mut all = cluster.frameworks().flat_map(|framework| OfferItem::of(cluster, framework));
    all.find(|item| item.id() == id).map(|item| (item.framework, item.row()))
}

fn by_column(a: &OfferItem<'_>, b: &OfferItem<'_>, column: OfferColumn) -> ColumnOrder {
    let (x, y) = (a.resources(), b.resources());
    match column {
        OfferColumn::Id => a.id().cmp(b.id()).into(),
        OfferColumn::Kind => a.kind().cmp(b.kind()).into(),
        OfferColumn::Framework => by_text(&a.framework.name, &b.framework.name),
        OfferColumn::Agent => by_text(a.hostname, b.hostname),
        OfferColumn::Role => by_text(a.role(), b.role()),
        OfferColumn::Cpus => x.cpus.cmp(&y.cpus).into(),
        OfferColumn::Mem => x.mem.cmp(&y.mem).into(),
        OfferColumn::Disk => x.disk.cmp(&y.disk).into(),
        OfferColumn::Gpus => x.gpus.cmp(&y.gpus).into(),
        OfferColumn::Others => by_text(&a.others(), &b.others()),
        OfferColumn::Start => known_first(start(a), start(b), Ord::cmp),
        // What has no end is longest.
        OfferColumn::Duration => {
            let length = |item: &OfferItem<'_>| item.inverse().map(|of| of.duration.map_or(i64::MAX, |of| of.0));
            known_first(length(a), length(b), Ord::cmp)
        }
    }
}

/// Start of the unavailability of an inverse offer.
fn start(item: &OfferItem<'_>) -> Option<Timestamp> {
    item.inverse()?.start
}

impl Row for OfferItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        [self.id(), self.hostname, self.role(), &self.framework.name, self.kind()].into_iter().any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "id" | "offer" => matches(self.id()),
            "kind" => matches(self.kind()),
            "framework" => matches(&self.framework.name) || matches(self.framework.id.as_str()),
            "agent" | "host" => matches(self.hostname) || matches(self.agent().as_str()),
            "role" => matches(self.role()),
            "others" => matches(&self.others()),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.resources().named(name)
    }
}
