//! Words for what went wrong on the way and stopped nothing.

use std::fmt::{Display, Formatter, Result};

use crate::checks::trouble::{Origin, PageKind, Reason};
use crate::mesos::wire::json_splitter::SnapshotList;
use crate::mesos::wire::lists::ListedKind;
use crate::mesos::wire::unknown_numbers::UnknownNumber;

impl Display for Origin {
    /// Nothing for a record without a type.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Record(kind) => f.write_str(kind),
            Self::Snapshot => f.write_str("the snapshot"),
            Self::Entry(list) => write!(f, "{} of the snapshot", entry(*list)),
            Self::Value => f.write_str("a value in a list of the snapshot"),
            Self::Listed(kind) => f.write_str(listed(*kind)),
            Self::Read(part) => f.write_str(part.call()),
            Self::Answer(part) => write!(f, "the answer to {}", part.call()),
            Self::Page(kind) => write!(f, "the page of {}", page(*kind)),
        }
    }
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Field(misfit) => misfit.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Object(why) => why.fmt(f),
            Self::Event(why) => why.fmt(f),
            Self::Early => f.write_str("it came before the snapshot, and is skipped"),
            Self::UnknownTask => f.write_str("it changes a task that the master has not listed, and is left out"),
            Self::Read(why) => why.fmt(f),
        }
    }
}

impl Display for UnknownNumber {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Field { of, number } => write!(f, "{of} has a field number {number}, which has no name here"),
            Self::Name { of, number } => write!(f, "{of} has a value {number}, which has no name here"),
        }
    }
}

const fn entry(list: SnapshotList) -> &'static str {
    match list {
        SnapshotList::Tasks => "a task",
        SnapshotList::UnreachableTasks => "an unreachable task",
        SnapshotList::CompletedTasks => "a completed task",
        SnapshotList::Executors => "an executor",
        SnapshotList::Frameworks => "a framework",
        SnapshotList::CompletedFrameworks => "a completed framework",
        SnapshotList::Agents => "an agent",
        SnapshotList::RecoveredAgents => "a recovered agent",
        SnapshotList::OrphanTasks => "an orphan task",
        SnapshotList::OrphanExecutors => "an orphan executor",
        SnapshotList::RecoveredFrameworks => "a recovered framework",
        SnapshotList::Other => "an object",
    }
}

const fn listed(kind: ListedKind) -> &'static str {
    match kind {
        ListedKind::Task => "a task",
        ListedKind::Agent => "an agent",
        ListedKind::Framework => "a framework",
        ListedKind::CompletedFramework => "a completed framework",
        ListedKind::RecoveredFramework => "a recovered framework",
        ListedKind::Executor => "an executor",
        ListedKind::OrphanExecutor => "an orphan executor",
        ListedKind::Operation => "an operation",
    }
}

const fn page(kind: PageKind) -> &'static str {
    match kind {
        PageKind::Agent => "an agent",
        PageKind::Framework => "a framework",
        PageKind::Executor => "an executor",
        PageKind::Task => "a task",
        PageKind::Entry => "an offer, operation or role",
    }
}
