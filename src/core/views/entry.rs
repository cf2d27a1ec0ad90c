//! The page of one offer, operation or role: its row, its resources or relations, and its own JSON.

use serde::{Deserialize, Serialize};

use super::offers::{self, OfferRow};
use super::operations::{self, OperationRow};
use super::roles::{self, RoleColumn, RoleRow};
use super::table::{Column, TableQuery};
use super::view::Unreadable;
use super::view::{AbsentReason, Sources, View};
use crate::base::ids::{FrameworkId, Role};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::checks::trouble::PageKind;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;
use crate::mesos::calls;
use crate::mesos::wire::detail::DetailedResource;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::{self, extract, lists};

/// Identifies an offer, an operation or a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKey {
    /// An offer or an inverse offer, by its id.
    Offer(String),
    /// An operation, by its UUID.
    Operation(String),
    /// A role, by its full name, such as `eng/web`.
    Role(Role),
}

impl EntryKey {
    /// The topics of the state without which it is not known whether there is such an entry.
    const fn own_topics(&self) -> &'static [Topic] {
        match self {
            Self::Offer(_) => &[Topic::Frameworks],
            Self::Operation(_) => &[Topic::Operations],
            Self::Role(_) => &[Topic::Roles, Topic::Weights, Topic::Quota],
        }
    }
}

/// An entry, with its JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryDetail {
    /// The row that the table shows, with the topics that only this page shows.
    pub what: EntryKind,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<Misfit>,
    /// Its own JSON from each read that returned it.
    pub json: Vec<(Topic, String)>,
}

/// The entry itself, by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntryKind {
    /// An offer or inverse offer, and its resources one by one.
    Offer(OfferRow, Vec<DetailedResource>),
    /// An operation, and the resources that it is about.
    Operation(OperationRow, Vec<DetailedResource>),
    /// A role and its relations.
    Role {
        /// The role as the table of roles lists it.
        row: Box<RoleRow>,
        /// Frameworks in the role that are not completed, by name.
        frameworks: Vec<(FrameworkId, String)>,
        /// Child roles, without their own children.
        below: Vec<Role>,
    },
}

/// Asks for one offer, operation or role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryQuery(pub EntryKey);

impl View for EntryQuery {
    type Answer = Result<EntryDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let cluster = sources.cluster;
        // What only a read tells is not absent before that.
        let unread = |part: &Topic| {
            let never = || cluster.asked(*part).is_none().then_some(&Unknown::NotYet);
            let why = cluster.unknown(*part).or_else(never)?;
            Some(AbsentReason::Unread(*part, why.clone()))
        };
        let absent = || self.0.own_topics().iter().find_map(unread).unwrap_or_else(|| cluster.into());
        entry(cluster, &self.0).ok_or_else(absent)
    }

    fn topics(&self) -> &'static [Topic] {
        match self.0 {
            EntryKey::Role(_) => <RoleColumn as Column>::TOPICS,
            EntryKey::Offer(_) | EntryKey::Operation(_) => self.0.own_topics(),
        }
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let entry = answer.as_ref().ok()?;
        let (_, json) = entry.json.first()?;
        let id = || json.chars().take(200).collect();
        Unreadable::of(PageKind::Entry, id, &entry.unreadable, json)
    }
}

/// The entry with this key; `None` if the cluster lists no such entry.
fn entry(cluster: &Cluster, key: &EntryKey) -> Option<EntryDetail> {
    match key {
        EntryKey::Offer(id) => offer(cluster, id),
        EntryKey::Operation(uuid) => operation(cluster, uuid),
        EntryKey::Role(name) => role(cluster, name),
    }
}

fn offer(cluster: &Cluster, id: &str) -> Option<EntryDetail> {
    let (framework, row) = offers::find(cluster, id)?;
    let json = cluster.json(framework.json);
    let own = extract::offer(&json, id).or_else(|| extract::inverse_offer(&json, id)).unwrap_or_default();
    Some(EntryDetail {
        what: EntryKind::Offer(row, extract::offer_resources(own)),
        json: reported(Topic::Frameworks, Some(own)),
        unreadable: wire::misfits::offer_misfits(own),
    })
}

fn operation(cluster: &Cluster, uuid: &str) -> Option<EntryDetail> {
    let row = operations::find(cluster, uuid)?;
    let own = cluster.body(Topic::Operations).and_then(|body| extract::operation(body, uuid)).unwrap_or_default();
    Some(EntryDetail {
        what: EntryKind::Operation(row, extract::operation_resources(own)),
        json: reported(Topic::Operations, Some(own)),
        unreadable: lists::operation_misfits(own),
    })
}

fn role(cluster: &Cluster, name: &Role) -> Option<EntryDetail> {
    let all = TableQuery { sort: RoleColumn::DEFAULT.into(), ..TableQuery::all(u32::MAX) };
    let rows = roles::roles(cluster, &all).rows;
    let row = Box::new(rows.iter().find(|row| row.name == *name)?.clone());
    let below = rows.into_iter().map(|row| row.name).filter(|other| other.parent() == Some(name.as_str()));
    let mut frameworks: Vec<(FrameworkId, String)> = cluster
        .frameworks()
        .filter(|framework| !framework.completed() && framework.roles.contains(name))
        .map(|framework| (framework.id.clone(), framework.name.clone()))
        .collect();
    order::sort_by(&mut frameworks, |a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    let of = |part, pick: fn(&'_ str, &str) -> Option<String>| {
        reported(part, cluster.body(part).and_then(|body| pick(body, name.as_str())).as_deref())
    };
    let roles = of(Topic::Roles, |body, name| extract::role(body, name).map(str::to_owned));
    let quota = of(Topic::Quota, |body, name| extract::quota(body, name).map(str::to_owned));
    let json = [roles, quota].concat();
    let misfits = json.iter().flat_map(|(part, json)| match part {
        Topic::Roles => wire::misfits::misfits_of::<calls::cluster::RoleInfo<'_>>(json),
        _ => wire::misfits::misfits_of::<calls::quota::QuotaConfig>(json),
    });
    let unreadable = misfits.collect();
    Some(EntryDetail { what: EntryKind::Role { row, frameworks, below: below.collect() }, json, unreadable })
}

fn reported(part: Topic, json: Option<&str>) -> Vec<(Topic, String)> {
    json.filter(|json| !json.is_empty()).map(|json| (part, json.to_owned())).into_iter().collect()
}
