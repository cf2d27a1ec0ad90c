//! Whether the copy and the master say the same, by id. The exceptions of PROTOCOL.md, "Limits of the stream", do not occur here:
//! they are for updates without acknowledgement, and for what a master does without an event.

use mesoscope_core::cluster::Cluster;
use serde_json::Value;

use super::compare::{Knows, compare};
use super::picture::Picture;

/// Shown of what differs, frameworks and agents before tasks; the rest is counted.
const SHOWN: usize = 10;

/// What differs from the content of an answer to GET_STATE.
///
/// # Errors
/// If the copy is not in agreement with itself.
pub fn differences(cluster: &Cluster, state: &Value) -> Result<Vec<String>, String> {
    cluster.check()?;
    let reported =
        Picture::reported(&state["get_tasks"], &state["get_frameworks"], &state["get_agents"], &state["get_executors"]);
    let outcome = compare(&Picture::folded(cluster), &reported, Knows::EventsAndReads);
    Ok(outcome.differences.into_iter().chain(outcome.exceptions).collect())
}

/// An error with the first of them, if there are any.
pub fn report(differences: Vec<String>) -> Result<(), String> {
    if differences.is_empty() {
        return Ok(());
    }
    let shown = differences.iter().rev().take(SHOWN).map(|line| format!("  {}", short(line)));
    Err(format!("{} differences, of the last:\n{}", differences.len(), shown.collect::<Vec<_>>().join("\n")))
}

/// A task's resources as the master tells them are longer than all else that differs.
fn short(line: &str) -> String {
    let mut pieces = line.split("resources: Array [");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |short, piece| short + piece.split_once("], statuses").map_or(piece, |(_, rest)| rest))
}
