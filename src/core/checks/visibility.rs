//! Whether the master's lists may lack objects. Mesos leaves out what the caller may not see, and does not say so
//! (docs/authorization.md), so an empty list proves nothing. Other answers may contradict it. Judges no list that has entries.

use serde::{Deserialize, Serialize};

use crate::base::units::Quantities;
use crate::cluster::Cluster;

/// A list that the master shortens to what the caller may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilteredList {
    /// Tasks: active, unreachable and completed ones (GET_TASKS).
    Tasks,
    /// Frameworks, those that have ended included (GET_FRAMEWORKS).
    Frameworks,
    /// Registered agents (GET_AGENTS).
    Agents,
    /// Executors on registered agents (GET_EXECUTORS).
    Executors,
    /// Roles with a framework, a weight, a quota or reservations (GET_ROLES).
    Roles,
    /// Quotas of roles (GET_QUOTA).
    Quotas,
    /// Offers that frameworks have not answered yet (GET_FRAMEWORKS).
    Offers,
    /// Operations on resources (GET_OPERATIONS).
    Operations,
    /// Reservations and volumes, among the agents' resources (GET_AGENTS).
    Reservations,
    /// Machines of the maintenance schedule (GET_MAINTENANCE_SCHEDULE).
    Machines,
}

impl FilteredList {
    /// Plural noun for the objects of the list, as `tasks`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Frameworks => "frameworks",
            Self::Agents => "agents",
            Self::Executors => "executors",
            Self::Roles => "roles",
            Self::Quotas => "quotas",
            Self::Offers => "offers",
            Self::Operations => "operations",
            Self::Reservations => "reservations",
            Self::Machines => "machines",
        }
    }
}

/// Evidence from another answer that an empty list hides objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// The master's metrics counted so many, when they were last read.
    Counted(u32),
    /// Tasks that are listed refer to some.
    Referenced,
    /// Agents have resources allocated.
    Allocated,
}

/// How much of the cluster the caller may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum VisibilityLevel {
    /// The master has neither ACLs nor an authorizer of its own.
    Whole,
    /// The master's flags are not known.
    #[default]
    Unknown,
    /// Calls carry credentials, one was forbidden, or the master has ACLs.
    Restricted,
}

/// How much the caller may see, and which lists hide objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    /// How much the caller may see, by the credentials, refused reads and the master's flags.
    pub sight: VisibilityLevel,
    /// Whether the snapshot has arrived whole. Before that, an empty list means nothing.
    pub is_whole: bool,
    /// Lists without an entry that another answer contradicts.
    pub contradicted: Vec<(FilteredList, Evidence)>,
}

impl Visibility {
    /// The visibility of a cluster; `is_known` where the caller is known to the master, or a read was forbidden.
    pub fn of(cluster: &Cluster, is_known: bool) -> Self {
        let by_flags = cluster.flags().map_or(VisibilityLevel::Unknown, sight);
        let sight = if is_known { VisibilityLevel::Restricted } else { by_flags };
        let is_whole = !cluster.arriving();
        Self { sight, is_whole, contradicted: if is_whole { contradicted(cluster) } else { Vec::new() } }
    }

    /// Whether a list may lack objects.
    pub fn may_be_filtered(&self) -> bool {
        self.sight != VisibilityLevel::Whole
    }

    /// Whether something says that lists lack objects, beside that it cannot be excluded.
    pub fn is_noticed(&self) -> bool {
        match self.sight {
            VisibilityLevel::Whole => false,
            VisibilityLevel::Unknown => !self.contradicted.is_empty(),
            VisibilityLevel::Restricted => true,
        }
    }

    /// Evidence that the list is not really empty; `None` without any.
    pub fn evidence(&self, list: FilteredList) -> Option<Evidence> {
        self.contradicted.iter().find_map(|(other, evidence)| (*other == list).then_some(*evidence))
    }
}

/// The sight that the master's flags leave to a caller without credentials. Mesos' own authorizer, `local`, lets everybody see
/// everything where it has no ACLs.
fn sight(flags: &[(String, String)]) -> VisibilityLevel {
    let flag = |name: &str| flags.iter().find_map(|(other, value)| (other == name).then_some(value.as_str()));
    match (flag("acls").unwrap_or_default(), flag("authorizers")) {
        ("", Some("local")) => VisibilityLevel::Whole,
        ("", None) => VisibilityLevel::Unknown,
        (_, Some(_) | None) => VisibilityLevel::Restricted,
    }
}

const TASKS: &[&str] = &[
    "master/tasks_staging",
    "master/tasks_starting",
    "master/tasks_running",
    "master/tasks_killing",
    "master/tasks_unreachable",
];
const FRAMEWORKS: &[&str] = &["master/frameworks_connected", "master/frameworks_disconnected"];
const AGENTS: &[&str] = &["master/slaves_connected", "master/slaves_disconnected"];

fn contradicted(cluster: &Cluster) -> Vec<(FilteredList, Evidence)> {
    let tasks = cluster.task_counts();
    let (has_tasks, has_live) = (cluster.tasks_held() > 0, tasks.live() + tasks.unreachable > 0);
    let has_frameworks = cluster.frameworks().next().is_some();
    let allocated = || cluster.agents().any(|agent| agent.allocated() != Quantities::NONE);
    let allocated = (!has_live && allocated()).then_some(Evidence::Allocated);
    let referenced = has_tasks.then_some(Evidence::Referenced);
    let has_offers = cluster.frameworks().any(|framework| !framework.offers.is_empty());
    let has_operations = cluster.operations().map_or(true, |operations| !operations.is_empty());
    let has_quotas = cluster.quota().map_or(true, |quota| !(quota.configs().is_empty() && quota.infos().is_empty()));
    [
        (!has_live).then(|| (FilteredList::Tasks, counted(cluster, TASKS).or(allocated))),
        (!has_frameworks)
            .then(|| (FilteredList::Frameworks, counted(cluster, FRAMEWORKS).or(referenced).or(allocated))),
        cluster.agents().next().is_none().then(|| (FilteredList::Agents, counted(cluster, AGENTS).or(referenced))),
        (!has_offers).then(|| (FilteredList::Offers, counted(cluster, &["master/outstanding_offers"]))),
        (!has_operations).then(|| (FilteredList::Operations, counted(cluster, &["master/operations/pending"]))),
        (!has_quotas).then(|| (FilteredList::Quotas, quotas_counted(cluster))),
    ]
    .into_iter()
    .flatten()
    .filter_map(|(list, evidence)| Some((list, evidence?)))
    .collect()
}

/// The sum of gauges of the master's.
fn counted(cluster: &Cluster, names: &[&str]) -> Option<Evidence> {
    let metrics = cluster.metrics().ok()?;
    let gauge = |name: &&str| metrics.get(*name).filter(|count| (0.0..4e9).contains(*count));
    let sum: f64 = names.iter().filter_map(gauge).sum();
    (sum >= 1.0).then_some(Evidence::Counted(sum as u32))
}

/// Roles whose quota the allocator measures: it does so only where one is set.
fn quotas_counted(cluster: &Cluster) -> Option<Evidence> {
    let metrics = cluster.metrics().ok()?;
    let role = |name: &String| {
        let (role, of) = name.strip_prefix("allocator/mesos/quota/roles/")?.split_once("/resources/")?;
        (of.ends_with("/guarantee") || of.ends_with("/limit")).then(|| role.to_owned())
    };
    let mut roles: Vec<String> = metrics.keys().filter_map(role).collect();
    roles.dedup();
    (!roles.is_empty()).then(|| Evidence::Counted(u32::try_from(roles.len()).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_whether_everybody_sees_everything() {
        let check = |flags: &[(&str, &str)], expected| {
            let flags: Vec<_> = flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(sight(&flags), expected, "{flags:?}");
        };
        check(&[("authorizers", "local")], VisibilityLevel::Whole);
        check(&[("authorizers", "local"), ("acls", "")], VisibilityLevel::Whole);
        check(&[("authorizers", "local"), ("acls", "{\"permissive\":false}")], VisibilityLevel::Restricted);
        check(&[("authorizers", "com_example_Authorizer")], VisibilityLevel::Restricted);
        check(&[("cluster", "c")], VisibilityLevel::Unknown);
        check(&[], VisibilityLevel::Unknown);
    }
}
