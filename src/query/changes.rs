//! The latest changes that a filter lets through.

use super::filter::{Filter, Row};
use crate::cluster::{Change, Cluster, Subject, What};

/// How many are told.
const CHANGES: usize = 60;

/// The newest first.
pub fn changes(cluster: &Cluster, filter: &str) -> Vec<Change> {
    let filter = Filter::parse(filter);
    cluster.changes().filter(|change| filter.matches(*change)).take(CHANGES).cloned().collect()
}

impl Row for Change {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let (id, name) = self.subject.named();
        let message = match &self.what {
            What::Task { message, .. } => message.as_str(),
            What::Added | What::Updated | What::Removed => "",
        };
        [id, name, self.subject.kind(), self.what.word(), message].into_iter().any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let (id, title) = self.subject.named();
        match (name, &self.what, &self.subject) {
            ("kind", ..) => matches(self.subject.kind()),
            ("state", ..) => matches(self.what.word()),
            ("message", What::Task { message, .. }, _) => matches(message),
            ("framework", _, Subject::Task { framework, .. }) => matches(framework.as_str()),
            (kind, ..) if kind == self.subject.kind() => matches(title) || matches(id),
            ("id", ..) => matches(id),
            ("name" | "host", ..) => matches(title),
            _ => false,
        }
    }

    fn number(&self, _: &str) -> Option<f64> {
        None
    }
}
