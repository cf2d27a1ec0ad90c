//! Whether bulk actions are enabled for any object of a selection, and which objects no longer exist. Previews have the
//! reason for each object.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::view::{Sources, View};
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::checks::eligibility::{self, AgentAction, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;

/// Largest selection that is checked one by one. Among more objects the action is nearly always possible for one, and
/// its preview says which.
const LOOKED_AT: usize = 300;

/// Objects selected for a bulk action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkSubjects {
    /// Agents, by id.
    Agents(Vec<AgentId>),
    /// Frameworks, by id.
    Frameworks(Vec<FrameworkId>),
    /// Roles, by their full names.
    Roles(Vec<Role>),
    /// Reservations and volumes. Their own forms say which are gone.
    Reservations,
}

/// Asks which actions are disabled for all selected objects, which objects no longer exist, and how many a filter hides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkEligibilityQuery {
    /// The selected objects.
    pub whom: BulkSubjects,
    /// The filter of their table.
    pub filter: String,
}

/// Actions that are disabled for all selected objects, and the objects that no longer exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkEligibility {
    /// Per action, in the order of its verbs: why it is disabled for all of them; `None` if it is enabled for at least
    /// one.
    pub disabled_reason: Vec<Option<DisabledReason>>,
    /// Ids, or names of roles, that the cluster does not list. Empty while it is not known what it lists.
    pub unlisted: BTreeSet<String>,
    /// Number of selected agents or frameworks that the filter hides: an action would change what nobody sees.
    pub hidden: u32,
}

impl View for BulkEligibilityQuery {
    type Answer = BulkEligibility;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let Self { whom, filter } = self;
        let unlisted = if sources.cluster.arriving() { BTreeSet::new() } else { unlisted(sources.cluster, whom) };
        let hidden = hidden(sources.cluster, whom, &Filter::parse(filter));
        BulkEligibility { disabled_reason: cannot(sources.cluster, whom), unlisted, hidden }
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents]
    }
}

fn unlisted(cluster: &Cluster, whom: &BulkSubjects) -> BTreeSet<String> {
    match whom {
        BulkSubjects::Agents(ids) => missing(ids, AgentId::as_str, |id| cluster.agent(id).is_some()),
        BulkSubjects::Frameworks(ids) => missing(ids, FrameworkId::as_str, |id| cluster.framework(id).is_some()),
        BulkSubjects::Reservations => BTreeSet::new(),
        BulkSubjects::Roles(_) if cluster.roles_reported().is_err() => BTreeSet::new(),
        BulkSubjects::Roles(names) => {
            let listed = super::roles::names(cluster);
            missing(names, Role::as_str, |name| listed.contains(name.as_str()))
        }
    }
}

fn hidden(cluster: &Cluster, whom: &BulkSubjects, filter: &Filter) -> u32 {
    let hidden = match whom {
        _ if filter.is_empty() => 0,
        BulkSubjects::Agents(ids) => {
            ids.iter().filter_map(|id| cluster.agent(id)).filter(|agent| !filter.matches(agent)).count()
        }
        BulkSubjects::Frameworks(ids) => {
            super::frameworks::items(cluster, ids).filter(|item| !filter.matches(item)).count()
        }
        BulkSubjects::Roles(_) | BulkSubjects::Reservations => 0,
    };
    u32::try_from(hidden).unwrap_or(u32::MAX)
}

fn missing<T>(ids: &[T], text: fn(&T) -> &str, is_listed: impl Fn(&T) -> bool) -> BTreeSet<String> {
    order::inserted(ids.iter().filter(|id| !is_listed(id)).map(|id| text(id).to_owned()))
}

fn cannot(cluster: &Cluster, whom: &BulkSubjects) -> Vec<Option<DisabledReason>> {
    match whom {
        BulkSubjects::Agents(ids) => {
            let verb = |verb: AgentAction| none_of(ids, |id| Some(verb.on(cluster.agent(id)?, cluster)));
            AgentAction::ALL.into_iter().map(verb).collect()
        }
        BulkSubjects::Roles(_) | BulkSubjects::Reservations => Vec::new(),
        BulkSubjects::Frameworks(ids) => vec![none_of(ids, |id| Some(eligibility::tear_down(cluster.framework(id)?)))],
    }
}

/// The last reason, if the action is disabled for every known object.
fn none_of<T>(ids: &[T], can: impl Fn(&T) -> Option<Result<(), DisabledReason>>) -> Option<DisabledReason> {
    if ids.len() > LOOKED_AT {
        return None;
    }
    ids.iter().filter_map(can).try_fold(None, |_, can| can.err().map(Some)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_splitter::SnapshotList;

    fn cluster() -> Cluster {
        let mut cluster = Cluster::default();
        let agent = r#"{"agent_info":{"id":{"value":"S1"},"hostname":"node-1"},"active":true}"#;
        let framework = r#"{"framework_info":{"id":{"value":"F1"},"roles":["web"]},"active":true}"#;
        cluster.arrive(SnapshotList::Agents, agent, Timestamp(1)).expect("it is an agent");
        cluster.arrive(SnapshotList::Frameworks, framework, Timestamp(1)).expect("it is a framework");
        cluster
    }

    #[test]
    fn what_has_left_the_cluster_is_unlisted_whatever_its_kind() {
        let mut cluster = cluster();
        cluster.arrived(None);
        let check = |whom: BulkSubjects, expected: &[&str]| {
            assert_eq!(unlisted(&cluster, &whom).iter().map(String::as_str).collect::<Vec<_>>(), expected, "{whom:?}");
        };
        check(BulkSubjects::Agents(vec!["S1".into(), "S2".into()]), &["S2"]);
        check(BulkSubjects::Frameworks(vec!["F2".into(), "F1".into()]), &["F2"]);
        check(BulkSubjects::Roles(vec!["web".into(), "db".into()]), &[]);
        cluster.report_roles(Vec::new());
        let whom = BulkSubjects::Roles(vec!["web".into(), "db".into()]);
        assert_eq!(unlisted(&cluster, &whom), ["db".to_owned()].into(), "once the roles are read");
    }
}
