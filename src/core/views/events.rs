//! The table of events: every change of the cluster since the page opened, as far as it is kept. Keeps nothing itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event_words::{self, EventState};
use super::filter::{Filter, FilterOutcome, Row};
use super::table::{Column, ColumnOrder, EmptyReasons, Facet, Sort, TableQuery, TableWindow, by_text, window};
use super::view::{Cost, Sources, View};
use crate::base::ids::TaskKey;
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::Timestamp;
use crate::cluster::Cluster;
use crate::cluster::change::{Change, ChangeKind, ChangeSource, ChangedField, Subject};
use crate::cluster::task::Task;
use crate::cluster::topic::Topic;

/// Columns of the table of events, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventColumn {
    /// Time at which the change was seen.
    Time,
    /// Kind of the object that changed.
    Kind,
    /// The object that changed, by name.
    Object,
    /// The field that changed.
    Field,
    /// Value before the change.
    Old,
    /// Value after the change.
    New,
    /// Reason of a task's status.
    Reason,
    /// Message of a task's status.
    Message,
}

impl EventColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "changed",
            Self::Kind => "kind",
            Self::Object => "object",
            Self::Field => "field",
            Self::Old => "old",
            Self::New => "new",
            Self::Reason => "reason",
            Self::Message => "message",
        }
    }
}

impl Column for EventColumn {
    type Row = EventRow;
    const ALL: &'static [Self] =
        &[Self::Time, Self::Kind, Self::Object, Self::Field, Self::Old, Self::New, Self::Reason, Self::Message];
    const DEFAULT: Sort<Self> = Sort { column: Self::Time, descending: true };
    const WORDS: &'static [&'static str] =
        &["kind", "state", "object", "field", "old", "new", "reason", "message", "framework", "agent", "role", "id"];
    const NUMBERS: &'static [&'static str] = &["changed"];
    const TOPICS: &'static [Topic] =
        &[Topic::Agents, Topic::Frameworks, Topic::Weights, Topic::Quota, Topic::Schedule, Topic::Machines];
    const COST: Cost = Cost::Tasks;
    const AGING: &'static [&'static str] = &["changed"];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, now: ClusterTime) -> TableWindow<Self::Row> {
        events(cluster, query, now)
    }
}

/// Kind of object that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventKind {
    /// A task.
    Task,
    /// An agent.
    Agent,
    /// A framework.
    Framework,
    /// A role's quota.
    Quota,
    /// A role's weight.
    Weight,
    /// Maintenance of a machine.
    Maintenance,
    /// The leading master.
    Master,
    /// A flag of the leading master.
    Flag,
    /// The connection to the master.
    Connection,
}

impl EventKind {
    fn of(change: &Change) -> Self {
        match (&change.subject, &change.what) {
            (Subject::Task { .. }, _) => Self::Task,
            (Subject::Agent { .. }, _) => Self::Agent,
            (Subject::Framework { .. }, _) => Self::Framework,
            (Subject::Role(_), ChangeKind::Field { field: ChangedField::Weight, .. }) => Self::Weight,
            (Subject::Role(_), _) => Self::Quota,
            (Subject::Machine(_), _) => Self::Maintenance,
            (Subject::Master(_), ChangeKind::Field { field: ChangedField::Flag(_), .. }) => Self::Flag,
            (Subject::Master(_), _) => Self::Master,
            (Subject::Stream, _) => Self::Connection,
        }
    }

    /// The word for it, in filters and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Agent => "agent",
            Self::Framework => "framework",
            Self::Quota => "quota",
            Self::Weight => "weight",
            Self::Maintenance => "maintenance",
            Self::Master => "master",
            Self::Flag => "flag",
            Self::Connection => "connection",
        }
    }
}

/// One event, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventRow {
    /// Sequence number since the page opened.
    pub serial: u64,
    /// Time at which the change was seen, by the cluster's clock.
    pub at: Timestamp,
    /// How the change became known.
    pub source: ChangeSource,
    /// Kind of the object.
    pub kind: EventKind,
    /// The object.
    pub subject: Subject,
    /// The state that the event brought.
    pub state: EventState,
    /// The field that changed; empty if the whole object was added, updated or removed.
    pub field: String,
    /// Value before the change; empty without a field, or if there was none.
    pub old: String,
    /// Value after the change; without a field the change itself, such as `added`.
    pub new: String,
    /// Reason of a task's status without `REASON_`; empty if none was reported.
    pub reason: String,
    /// Message of a task's status; empty if it has none.
    pub message: String,
}

/// A change as filters see it.
#[derive(Clone, Copy)]
pub(super) struct EventItem<'a> {
    cluster: &'a Cluster,
    change: &'a Change,
    now: ClusterTime,
}

impl<'a> EventItem<'a> {
    pub(super) fn of(cluster: &'a Cluster, change: &'a Change, now: ClusterTime) -> Self {
        Self { cluster, change, now }
    }

    /// The task that it is about, if the cluster still has it.
    fn task(self) -> Option<&'a Task> {
        match &self.change.subject {
            Subject::Task { framework, id, .. } => {
                self.cluster.task(&TaskKey { framework: framework.clone(), task: id.clone() })
            }
            Subject::Agent { .. }
            | Subject::Framework { .. }
            | Subject::Role(_)
            | Subject::Machine(_)
            | Subject::Master(_)
            | Subject::Stream => None,
        }
    }

    fn name(self) -> &'a str {
        let (id, name) = self.change.subject.named();
        if name.is_empty() { id } else { name }
    }

    fn reason(self) -> &'a str {
        let reason = self.change.reason.as_str();
        reason.strip_prefix("REASON_").unwrap_or(reason)
    }

    fn words(self) -> (Cow<'a, str>, Cow<'a, str>, Cow<'a, str>) {
        event_words::change(&self.change.what)
    }

    /// The new state, or the change of the whole object; `None` if another field changed.
    fn state(self) -> Option<Cow<'a, str>> {
        match &self.change.what {
            ChangeKind::Field { field: ChangedField::State, .. }
            | ChangeKind::Added
            | ChangeKind::Updated
            | ChangeKind::Reregistered
            | ChangeKind::Removed
            | ChangeKind::Unlisted
            | ChangeKind::Reconnected => Some(self.words().2),
            ChangeKind::Field { .. } => None,
        }
    }

    pub(super) fn row(self) -> EventRow {
        let Change { at, source, serial, subject, what, message, .. } = self.change;
        let (field, old, new) = self.words();
        EventRow {
            serial: *serial,
            at: *at,
            source: *source,
            kind: EventKind::of(self.change),
            subject: subject.clone(),
            state: event_words::state_of(what),
            field: field.into_owned(),
            old: old.into_owned(),
            new: new.into_owned(),
            reason: self.reason().to_owned(),
            message: message.clone(),
        }
    }
}

/// Fields whose values are counted.
const COUNTED: [&str; 3] = ["kind", "state", "reason"];
/// Values of a counted field that are reported.
const COMMONEST: usize = 16;

/// The requested rows, with counts of kinds, states and reasons among the events that match.
fn events(cluster: &Cluster, query: &TableQuery<EventColumn>, now: ClusterTime) -> TableWindow<EventRow> {
    let filter = Filter::parse(&query.filter);
    let mut blames = EmptyReasons::new(&filter);
    let mut counts: [BTreeMap<Cow<'_, str>, u32>; 3] = Default::default();
    let mut total = 0_usize;
    let items = cluster.changes().map(|change| EventItem::of(cluster, change, now)).filter(|item| {
        total += 1;
        let outcome = filter.classify(item, &COUNTED);
        let reason = Some(item.reason()).filter(|reason| !reason.is_empty()).map(Cow::Borrowed);
        let values = [Some(Cow::Borrowed(EventKind::of(item.change).name())), item.state(), reason];
        for (at, (counts, value)) in (0..).zip(counts.iter_mut().zip(values)) {
            if outcome == FilterOutcome::Through || outcome == FilterOutcome::FailsOnly(at) {
                value.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
            }
        }
        blames.note(item, outcome == FilterOutcome::Through)
    });
    let unfiltered = TableQuery { filter: String::new(), ..query.clone() };
    let newest = |a: &EventItem<'_>, b: &EventItem<'_>| b.change.serial.cmp(&a.change.serial);
    let window = window(items, &unfiltered, by_column, newest, EventItem::row);
    let facets = COUNTED.iter().zip(counts).map(|(field, counts)| facet(field, counts)).collect();
    TableWindow {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        arriving: cluster.arriving(),
        facets: if query.values.is_some() { window.facets } else { facets },
        empty_reasons: blames.reported(total),
        ..window
    }
}

fn facet(field: &str, counts: BTreeMap<Cow<'_, str>, u32>) -> Facet {
    let mut values: Vec<(String, u32)> =
        counts.into_iter().map(|(value, number)| (value.into_owned(), number)).collect();
    order::sort_by(&mut values, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(COMMONEST);
    Facet { field: field.to_owned(), values }
}

fn by_column(a: &EventItem<'_>, b: &EventItem<'_>, column: EventColumn) -> ColumnOrder {
    let (x, y) = (a.change, b.change);
    match column {
        EventColumn::Time => x.at.cmp(&y.at).then_with(|| x.serial.cmp(&y.serial)).into(),
        EventColumn::Kind => EventKind::of(x).cmp(&EventKind::of(y)).into(),
        EventColumn::Object => by_text(a.name(), b.name()),
        EventColumn::Field => by_text(&a.words().0, &b.words().0),
        EventColumn::Old => by_text(&a.words().1, &b.words().1),
        EventColumn::New => by_text(&a.words().2, &b.words().2),
        EventColumn::Reason => by_text(a.reason(), b.reason()),
        EventColumn::Message => by_text(&x.message, &y.message),
    }
}

impl Row for EventItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let (id, name) = self.change.subject.named();
        let (field, old, new) = self.words();
        let kind = EventKind::of(self.change).name();
        [id, name, kind, &field, &old, &new, self.reason(), &self.change.message].into_iter().any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let Change { subject, message, .. } = self.change;
        let (id, title) = subject.named();
        match (name, subject) {
            ("kind", _) => matches(EventKind::of(self.change).name()),
            ("state", _) => self.state().is_some_and(|state| matches(&state)),
            ("field", _) => matches(&self.words().0),
            ("old", _) => matches(&self.words().1),
            ("new", _) => matches(&self.words().2),
            ("reason", Subject::Task { .. }) => matches(self.reason()),
            ("message", Subject::Task { .. }) => matches(message),
            ("framework", Subject::Task { framework, .. }) => {
                let name = self.cluster.framework(framework).map_or("", |framework| framework.name.as_str());
                matches(name) || matches(framework.as_str())
            }
            ("agent" | "host", Subject::Task { .. }) => self
                .task()
                .is_some_and(|task| matches(self.cluster.hostname_of(task)) || matches(self.cluster.agent_id_of(task))),
            ("role", Subject::Task { .. }) => {
                self.task().and_then(|task| self.cluster.role_of(task)).is_some_and(matches)
            }
            ("task", Subject::Task { .. })
            | ("framework", Subject::Framework { .. })
            | ("role", Subject::Role(_))
            | ("agent" | "host", Subject::Agent { .. })
            | ("machine" | "host", Subject::Machine(_))
            | ("master", Subject::Master(_))
            | ("object" | "name", _) => matches(title) || matches(id),
            ("id", _) => matches(id),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        (name == "changed").then(|| self.now.since(self.change.at).as_millis() as f64 / 60_000.0)
    }
}

/// Asks how far back the history of changes goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLogQuery;

/// How far back the history of changes goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLogExtent {
    /// Time since which changes are noted; `None` before the first snapshot is complete.
    pub since: Option<Timestamp>,
    /// Number of changes of tasks that were dropped, and the time of the newest of them.
    pub dropped_tasks: Option<(u64, Timestamp)>,
    /// Number of changes of other objects that were dropped, and the time of the newest of them.
    pub dropped_others: Option<(u64, Timestamp)>,
}

impl View for EventLogQuery {
    type Answer = EventLogExtent;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let [dropped_tasks, dropped_others] =
            sources.cluster.changes_dropped().map(|dropped| dropped.until.map(|until| (dropped.changes, until)));
        EventLogExtent { since: sources.cluster.changes_since(), dropped_tasks, dropped_others }
    }
}
