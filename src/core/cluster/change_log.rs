//! The changes since the page opened and the numbers of failures by minute, in bounded memory. Tasks change most, so they have a ring of
//! their own: a burst of them drops no change of an agent or a quota.

use std::collections::VecDeque;

use super::change::{Change, ChangeKind, ChangeSource, ChangeValue, Subject};
use super::failure_counts::FailureCounts;
use crate::base::units::Timestamp;

const TASKS: Bounds = Bounds { changes: 50_000, bytes: 16 << 20 };
const OTHERS: Bounds = Bounds { changes: 20_000, bytes: 8 << 20 };
/// Maximum length of a text that a change keeps, in bytes. The object's own page has all of it.
const LONGEST: usize = 1000;

/// Maximum number of changes that are kept.
pub const MOST_CHANGES: usize = TASKS.changes + OTHERS.changes;

#[derive(Clone, Copy, Debug)]
struct Bounds {
    changes: usize,
    bytes: usize,
}

/// How much of the history is no longer kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Number of changes that were dropped.
    pub changes: u64,
    /// Time of the newest of them: everything after it is kept. `None` if none was dropped.
    pub until: Option<Timestamp>,
}

/// Changes of some kinds, the oldest first.
#[derive(Debug)]
struct Ring {
    bounds: Bounds,
    changes: VecDeque<Change>,
    bytes: usize,
    dropped: Dropped,
}

impl Ring {
    fn new(bounds: Bounds) -> Self {
        Self { bounds, changes: VecDeque::new(), bytes: 0, dropped: Dropped::default() }
    }

    fn push(&mut self, change: Change) {
        self.bytes += size(&change);
        self.changes.push_back(change);
        while self.changes.len() > self.bounds.changes || self.bytes > self.bounds.bytes {
            let Some(oldest) = self.changes.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(size(&oldest));
            self.dropped = Dropped { changes: self.dropped.changes + 1, until: Some(oldest.at) };
        }
    }
}

/// Memory that a change takes, in bytes, without the allocator's own.
fn size(change: &Change) -> usize {
    let (id, name) = change.subject.named();
    let framework = match &change.subject {
        Subject::Task { framework, .. } => framework.as_str().len(),
        Subject::Agent { .. }
        | Subject::Framework { .. }
        | Subject::Role(_)
        | Subject::Machine(_)
        | Subject::Master(_)
        | Subject::Stream => 0,
    };
    let values = match &change.what {
        ChangeKind::Field { old, new, .. } => value_size(old) + value_size(new),
        ChangeKind::Added
        | ChangeKind::Updated
        | ChangeKind::Reregistered
        | ChangeKind::Removed
        | ChangeKind::Unlisted
        | ChangeKind::Reconnected => 0,
    };
    size_of::<Change>() + id.len() + name.len() + framework + values + change.reason.len() + change.message.len()
}

fn value_size(value: &ChangeValue) -> usize {
    const AN_AMOUNT: usize = 64;
    match value {
        ChangeValue::Text(text) => text.len(),
        ChangeValue::Quota(quota) => AN_AMOUNT * (1 + quota.guarantees.len() + quota.limits.len()),
        ChangeValue::None
        | ChangeValue::Number(_)
        | ChangeValue::Amounts(_)
        | ChangeValue::Window(_)
        | ChangeValue::Mode(_)
        | ChangeValue::Task(_)
        | ChangeValue::Agent(_)
        | ChangeValue::Framework(_) => 0,
    }
}

/// A change that has no number yet.
#[derive(Debug)]
pub(super) struct NewChange {
    pub(super) at: Timestamp,
    pub(super) source: ChangeSource,
    pub(super) subject: Subject,
    pub(super) what: ChangeKind,
    pub(super) reason: String,
    pub(super) message: String,
}

impl NewChange {
    /// A change without a reason and a message.
    pub(super) fn of(at: Timestamp, source: ChangeSource, subject: Subject, what: ChangeKind) -> Self {
        Self { at, source, subject, what, reason: String::new(), message: String::new() }
    }
}

#[derive(Debug)]
pub(super) struct ChangeLog {
    tasks: Ring,
    others: Ring,
    failures: FailureCounts,
    serial: u64,
    /// Time since which changes are noted: the first snapshot was complete.
    began: Option<Timestamp>,
    /// Time at which the connection was lost; `None` while it is not.
    lost: Option<Timestamp>,
}

impl Default for ChangeLog {
    fn default() -> Self {
        let (tasks, others) = (Ring::new(TASKS), Ring::new(OTHERS));
        Self { tasks, others, failures: FailureCounts::default(), serial: 0, began: None, lost: None }
    }
}

impl ChangeLog {
    pub(super) fn change(&mut self, change: NewChange) {
        let NewChange { at, source, subject, what, reason, message } = change;
        self.serial += 1;
        let (what, reason, message) = (shortened_values(what), shortened(reason), shortened(message));
        let ring = if matches!(subject, Subject::Task { .. }) { &mut self.tasks } else { &mut self.others };
        ring.push(Change { at, source, serial: self.serial, subject, what, reason, message });
    }

    /// Notes that a snapshot is complete: what differs from now on has changed.
    pub(super) fn begin(&mut self, at: Timestamp) {
        self.began.get_or_insert(at);
    }

    pub(super) fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// Notes that the connection is lost, if it was not before.
    pub(super) fn lose(&mut self, at: Timestamp) {
        self.lost.get_or_insert(at);
    }

    /// Takes over the changes of an older copy. Gives the time at which its connection was lost.
    pub(super) fn follow(&mut self, old: &mut Self) -> Option<Timestamp> {
        let Self { tasks, others, serial, began, lost, .. } = std::mem::take(old);
        (self.tasks, self.others, self.serial) = (tasks, others, serial);
        self.began = began.or(self.began);
        lost
    }

    /// How many changes were dropped: of tasks, and of all other objects.
    pub(super) fn dropped(&self) -> [Dropped; 2] {
        [self.tasks.dropped, self.others.dropped]
    }

    /// Newest first.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        let mut tasks = self.tasks.changes.iter().rev().peekable();
        let mut others = self.others.changes.iter().rev().peekable();
        std::iter::from_fn(move || match (tasks.peek(), others.peek()) {
            (Some(task), Some(other)) if task.serial < other.serial => others.next(),
            (None, _) => others.next(),
            (Some(_), _) => tasks.next(),
        })
    }

    /// Counts a task that failed at this time, by the cluster's clock.
    pub(super) fn failure(&mut self, at: Timestamp) {
        self.failures.add(at);
    }

    pub(super) fn forget_failures(&mut self) {
        self.failures = FailureCounts::default();
    }

    pub(super) fn failures(&self) -> &FailureCounts {
        &self.failures
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

fn shortened_values(what: ChangeKind) -> ChangeKind {
    let value = |value: ChangeValue| match value {
        ChangeValue::Text(text) => ChangeValue::Text(shortened(text.into()).into()),
        other => other,
    };
    match what {
        ChangeKind::Field { field, old, new } => ChangeKind::Field { field, old: value(old), new: value(new) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::change::ChangedField;

    fn task(at: i64, message: &str) -> NewChange {
        let subject = Subject::Task { framework: "f".into(), id: "t".into(), name: "web".to_owned() };
        let state = |state| ChangeValue::Task(state);
        use crate::mesos::wire::state::TaskState::{Failed, Running};
        let what = ChangeKind::Field { field: ChangedField::State, old: state(Running), new: state(Failed) };
        let source = ChangeSource::Event;
        NewChange { at: Timestamp(at), source, subject, what, reason: String::new(), message: message.to_owned() }
    }

    fn role(at: i64) -> NewChange {
        let what =
            ChangeKind::Field { field: ChangedField::Weight, old: ChangeValue::None, new: ChangeValue::Number(2.0) };
        NewChange::of(Timestamp(at), ChangeSource::Event, Subject::Role("eng".into()), what)
    }

    #[test]
    fn the_newest_comes_first_whatever_its_kind() {
        let mut log = ChangeLog::default();
        [task(1, ""), role(2), task(3, ""), task(4, ""), role(5)].into_iter().for_each(|change| log.change(change));
        let at: Vec<i64> = log.changes().map(|change| change.at.0).collect();
        assert_eq!(at, [5, 4, 3, 2, 1]);
    }

    #[test]
    fn a_burst_of_tasks_is_bounded_and_drops_no_other_change() {
        let mut log = ChangeLog::default();
        log.change(role(0));
        for at in 1..=(TASKS.changes as i64 + 7) {
            log.change(task(at, ""));
        }
        assert_eq!(log.changes().count(), TASKS.changes + 1);
        let until = Some(Timestamp(7));
        assert_eq!(log.dropped(), [Dropped { changes: 7, until }, Dropped::default()]);
        assert_eq!(log.changes().last().map(|change| change.at), Some(Timestamp(0)), "the role's weight is kept");
    }

    #[test]
    fn long_messages_are_bounded_by_their_bytes() {
        let mut log = ChangeLog::default();
        let message = "é".repeat(100_000);
        for at in 0..20_000 {
            log.change(task(at, &message));
        }
        let held: usize = log.changes().map(size).sum();
        assert!(held <= TASKS.bytes && held > TASKS.bytes / 2, "{held}");
        let newest = log.changes().next().expect("there is one");
        assert_eq!((newest.message.chars().count(), newest.message.ends_with("é…")), (LONGEST / 2 + 1, true));
        let [tasks, others] = log.dropped();
        assert_eq!((tasks.changes + log.changes().count() as u64, others.changes), (20_000, 0));
    }
}
