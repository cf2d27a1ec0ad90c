//! Common trait of all views: a question about the cluster, its answer, and its cost.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::units::Timestamp;
use crate::checks::trouble::{PageKind, Trouble};
use crate::cluster::Cluster;
use crate::cluster::history::History;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;
use crate::mesos::wire::field::Misfit;
use crate::scheduler::hosted::HostedFrameworks;
use crate::views::kept_state::KeptState;

/// Everything that answers are made from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The state of the cluster.
    pub cluster: &'a Cluster,
    /// Problems with calls and with answers that could not be read.
    pub trouble: &'a Trouble,
    /// Samples over the session's time.
    pub history: &'a History,
    /// The frameworks of this browser.
    pub frameworks: &'a HostedFrameworks,
}

/// A question that a page asks about the cluster, with its answer and its cost.
pub trait View: Clone + Debug + PartialEq {
    /// Type of the answer.
    type Answer: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Answers from the sources. `now` is this machine's clock: compare the cluster's times with `Cluster::time`
    /// instead.
    fn answer(&self, sources: Sources<'_>, now: Timestamp) -> Self::Answer;

    /// Answers from the sources and from what is kept of the last answer, which is equal to [`View::answer`]; `None` if the answer
    /// needs another call, so that a long search does not hold up all else.
    fn answer_kept(&self, _kept: &mut KeptState, sources: Sources<'_>, now: Timestamp) -> Option<Self::Answer> {
        Some(self.answer(sources, now))
    }

    /// Topics that the view shows and that no event reports; they are read while a page shows it.
    fn topics(&self) -> &'static [Topic] {
        &[]
    }

    /// Topics that are read more often than others while a page shows the view.
    fn frequent_topics(&self) -> &'static [Topic] {
        &[]
    }

    /// Amount of work per answer.
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

    /// Whether the answer may wait for those of other views.
    fn is_low_priority(&self) -> bool {
        false
    }

    /// The query for all rows of the table.
    fn whole(&self) -> Self {
        self.clone()
    }

    /// Whether the answer is empty only because the snapshot has just started.
    fn is_blank(_answer: &Self::Answer) -> bool {
        false
    }

    /// Fields of the answer's object that could not be read; `None` if all could.
    fn unreadable(_answer: &Self::Answer) -> Option<Unreadable> {
        None
    }
}

/// Amount of work per answer, which decides how often it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Little work: answered as often as the state changes.
    Small,
    /// Work on all tasks.
    Tasks,
    /// Heavy work, done once a second at most.
    Slow,
}

/// An object with a page of its own, and its fields that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The kind of page.
    pub what: PageKind,
    /// The object's id, for the report.
    pub id: String,
    /// Each unreadable field, with the reason.
    pub fields: Vec<Misfit>,
    /// The object as the master reported it, as JSON.
    pub json: String,
}

impl Unreadable {
    /// A report if there are unreadable fields.
    pub(super) fn of(what: PageKind, id: impl Fn() -> String, fields: &[Misfit], json: &str) -> Option<Self> {
        (!fields.is_empty()).then(|| Self { what, id: id(), fields: fields.to_vec(), json: json.to_owned() })
    }
}

/// Reason why there is no answer about an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AbsentReason {
    /// The snapshot is incomplete, and the part received so far lacks the object.
    Arriving,
    /// The topic that would list the object is not known.
    Unread(Topic, Unknown),
    /// The cluster lists no such object.
    Unknown,
    /// An unlisted agent that an operator marked gone, according to its tasks. With its last host, empty if none was reported.
    Gone(String),
    /// An agent that no list has, but that is there or was: tasks name it, a list had it before, or the master counts more unreachable
    /// agents than it lists. With its last host, empty if none was reported.
    Unlisted(String),
}

impl From<&Cluster> for AbsentReason {
    /// The reason why the cluster lacks an object that its snapshot would bring.
    fn from(cluster: &Cluster) -> Self {
        if cluster.arriving() { Self::Arriving } else { Self::Unknown }
    }
}
