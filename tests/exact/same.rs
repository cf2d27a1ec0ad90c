//! Whether the copy and the master say the same, by id. The exceptions of PROTOCOL.md's B7 are none here: they are for updates that
//! nobody acknowledges, and for what a master does without an event.

use mesoscope::cluster::Cluster;
use serde_json::Value;

use super::compare::{Knows, compare};
use super::picture::Picture;

/// Shown of what differs; the rest is counted.
const SHOWN: usize = 10;

/// Against the content of an answer to GET_STATE.
pub fn check(cluster: &Cluster, state: &Value) -> Result<(), String> {
    cluster.check()?;
    let told = Picture::told(
        &state["get_tasks"],
        &state["get_frameworks"],
        &state["get_agents"],
        &state["get_executors"],
    );
    let outcome = compare(&Picture::folded(cluster), &told, Knows::EventsAndReads);
    report(outcome.differences.into_iter().chain(outcome.exceptions).collect())
}

/// An error with the first of them, if there are any.
pub fn report(differences: Vec<String>) -> Result<(), String> {
    if differences.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = differences.iter().take(SHOWN).map(|line| format!("  {line}")).collect();
    Err(format!("{} differences:\n{}", differences.len(), shown.join("\n")))
}
