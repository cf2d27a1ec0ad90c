//! Words for events: the object that changed, how the change became known, and how far back the history goes.

use super::{count, plural, short_id};
use crate::base::units::Timestamp;
use crate::cluster::change::{ChangeSource, Subject};

/// Name of the object that changed, with its kind unless it is a task.
pub fn subject(subject: &Subject) -> String {
    let (id, name) = subject.named();
    let name = if name.is_empty() { short_id(id) } else { name.to_owned() };
    match subject {
        Subject::Task { .. } => name,
        Subject::Agent { .. } => format!("agent {name}"),
        Subject::Framework { .. } => format!("framework {name}"),
        Subject::Role(_) => format!("role {name}"),
        Subject::Machine(_) => format!("machine {name}"),
        Subject::Master(_) => format!("master {name}"),
        Subject::Stream => "connection to the master".to_owned(),
    }
}

/// How a change without an event became known, and between which times it happened; `None` for an event. `time` formats a time.
pub fn found(source: ChangeSource, at: Timestamp, time: impl Fn(Timestamp) -> String) -> Option<String> {
    match source {
        ChangeSource::Event => None,
        ChangeSource::Read { topic, previous: None } => Some(format!("Found by {} at {}.", topic.call(), time(at))),
        ChangeSource::Read { topic, previous: Some(previous) } => {
            Some(format!("Found by {} at {}. It happened after {}.", topic.call(), time(at), time(previous)))
        }
        ChangeSource::Snapshot { lost } => {
            Some(format!("Found after the connection was lost. It happened between {} and {}.", time(lost), time(at)))
        }
    }
}

/// Since when changes are noted, and how changes without an event are dated. `since` is a formatted time.
pub fn noted_since(since: &str) -> String {
    format!("Since {since}. Changes without an event in Mesos are found by comparing reads.")
}

/// How many changes were dropped, and up to when. `until` is a formatted time.
pub fn dropped(is_tasks: bool, changes: u64, until: &str) -> String {
    let of = if is_tasks { "tasks" } else { "other objects" };
    let were = if changes == 1 { "was" } else { "were" };
    let changes = u32::try_from(changes)
        .map_or_else(|_| format!("{} changes", count(changes)), |changes| plural(changes, "change", "changes"));
    format!("{changes} of {of} up to {until} {were} dropped to save memory.")
}
