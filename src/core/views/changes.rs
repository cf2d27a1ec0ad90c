//! The latest changes that a filter lets through.

use super::view::{Sources, View};
use crate::base::units::Timestamp;
use serde::{Deserialize, Serialize};

use super::filter::{Filter, Row};
use crate::base::ids::TaskKey;
use crate::cluster::Cluster;
use crate::cluster::change::{Change, ChangeKind, Subject};
use crate::cluster::task::Task;

/// Asks for the latest changes that the filter lets through, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesQuery {
    /// Filter in the language of [`Filter`]; empty for all changes.
    pub filter: String,
    /// Maximum number of changes.
    pub count: u32,
}

impl View for ChangesQuery {
    type Answer = Vec<Change>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        changes(sources.cluster, &self.filter, self.count)
    }
}

/// The newest changes that pass the filter, at most `count`.
fn changes(cluster: &Cluster, filter: &str, count: u32) -> Vec<Change> {
    let filter = Filter::parse(filter);
    let through =
        cluster.changes().filter(|change| filter.is_empty() || filter.matches(&ChangeItem::of(cluster, change)));
    through.take(count as usize).cloned().collect()
}

/// A change, and the task that it is about, if the state still has it.
struct ChangeItem<'a> {
    cluster: &'a Cluster,
    change: &'a Change,
    task: Option<&'a Task>,
}

impl<'a> ChangeItem<'a> {
    fn of(cluster: &'a Cluster, change: &'a Change) -> Self {
        let task = match &change.subject {
            Subject::Task { framework, id, .. } => {
                cluster.task(&TaskKey { framework: framework.clone(), task: id.clone() })
            }
            Subject::Agent { .. } | Subject::Framework { .. } => None,
        };
        Self { cluster, change, task }
    }

    fn message(&self) -> &'a str {
        match &self.change.what {
            ChangeKind::Task { message, .. } => message,
            ChangeKind::Added | ChangeKind::Updated | ChangeKind::Removed => "",
        }
    }
}

impl Row for ChangeItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let Change { subject, what, .. } = self.change;
        let (id, name) = subject.named();
        [id, name, subject.kind(), what.word(), self.message()].into_iter().any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let Change { subject, what, .. } = self.change;
        let (id, title) = subject.named();
        match (name, subject, self.task) {
            ("kind", ..) => matches(subject.kind()),
            ("state", ..) => matches(what.word()),
            ("message", ..) => matches(self.message()),
            ("framework", Subject::Task { framework, .. }, _) => {
                let name = self.cluster.framework(framework).map_or("", |framework| framework.name.as_str());
                matches(name) || matches(framework.as_str())
            }
            ("agent" | "host", Subject::Task { .. }, Some(task)) => {
                matches(self.cluster.hostname_of(task)) || matches(self.cluster.agent_id_of(task))
            }
            ("role", _, Some(task)) => self.cluster.role_of(task).is_some_and(matches),
            (kind, ..) if kind == subject.kind() => matches(title) || matches(id),
            ("id", ..) => matches(id),
            ("name" | "host", ..) => matches(title),
            _ => false,
        }
    }

    fn number(&self, _: &str) -> Option<f64> {
        None
    }
}
