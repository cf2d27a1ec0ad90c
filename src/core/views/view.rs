//! What all views are: a question about the cluster, how it is answered, and what that costs.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::units::Timestamp;
use crate::checks::trouble::Trouble;
use crate::cluster::Cluster;
use crate::cluster::history::History;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;

/// What answers are made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub cluster: &'a Cluster,
    /// What went wrong on the way.
    pub trouble: &'a Trouble,
    pub history: &'a History,
}

/// A question that a page asks about the cluster, and how it is answered.
pub trait View: Clone + Debug + PartialEq {
    /// What the page gets.
    type Answer: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The answer from the sources as they are. It compares no time of the cluster with `now`, which is this machine's:
    /// `Cluster::time` has the cluster's.
    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer;

    /// The parts of the state that it shows and that no event tells of: they are read while a page shows it.
    fn parts(&self) -> &'static [Topic] {
        &[]
    }

    /// The parts that are read more often than others while a page shows it.
    fn close_parts(&self) -> &'static [Topic] {
        &[]
    }

    /// How much work an answer is.
    fn cost(&self) -> Cost {
        Cost::Small
    }

    /// A number that changes whenever the answer may.
    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.cluster.revision()
    }

    /// Whether the answer changes with time alone.
    fn ages(&self) -> bool {
        false
    }

    /// Whether the answer waits for a turn after those of other views.
    fn gives_way(&self) -> bool {
        false
    }

    /// What asks for all rows in place of some.
    fn whole(&self) -> Self {
        self.clone()
    }

    /// Whether the answer is empty only because the snapshot has just started.
    fn is_blank(_answer: &Self::Answer) -> bool {
        false
    }

    /// What of the one object that the answer is about could not be read.
    fn unreadable(_answer: &Self::Answer) -> Option<Unreadable> {
        None
    }
}

/// How much work an answer is, which decides how often it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Small,
    /// All tasks are looked at.
    Tasks,
    /// Work that is done once a second at most.
    Slow,
}

/// An object of which a page is shown, and what of it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// As `the page of a task`.
    pub what: &'static str,
    pub id: String,
    /// Each field, and why.
    pub fields: Vec<String>,
    pub json: String,
}

impl Unreadable {
    /// What could not be read, if anything.
    pub(super) fn of(what: &'static str, id: impl Fn() -> String, fields: &[String], json: &str) -> Option<Self> {
        (!fields.is_empty()).then(|| Self { what, id: id(), fields: fields.to_vec(), json: json.to_owned() })
    }
}

/// Why there is no answer about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Absent {
    /// The cluster's state has not come whole, and what has come does not have it.
    Arriving,
    /// The part of the state that would tell of it is not known.
    Unread(Topic, Unknown),
    /// The cluster does not know it.
    Unknown,
    /// An agent that is on no list, and whose tasks tell that an operator has marked it gone.
    Gone,
}

impl From<&Cluster> for Absent {
    /// Why the cluster does not have something that its snapshot would bring.
    fn from(cluster: &Cluster) -> Self {
        if cluster.arriving() { Self::Arriving } else { Self::Unknown }
    }
}
