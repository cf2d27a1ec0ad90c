//! A second user, whom a master's ACLs allow nothing: writes are refused, and reads silently omit what is hidden (recorded/acl).
//!
//! The guest's stream omits nothing.

use serde_json::{Value, json};

use crate::answer::reply::Answer;
use crate::cluster::Sim;

/// Answer for the guest; `None` if it does not differ.
pub(super) fn answer(sim: &mut Sim, body: &[u8]) -> Option<Answer> {
    let call: Value = serde_json::from_slice(body).ok()?;
    let kind = call["type"].as_str()?;
    let reported = |content: Value| Some(Answer::value(&json!({"type": kind, kind.to_lowercase(): content})));
    match kind {
        "GET_QUOTA" | "GET_MAINTENANCE_STATUS" => reported(json!({"status": {}})),
        "GET_MAINTENANCE_SCHEDULE" => reported(json!({"schedule": {}})),
        "GET_WEIGHTS" => Some(Answer::value(&json!({"type": kind}))),
        "GET_FRAMEWORKS" => reported(json!({"frameworks": [], "completed_frameworks": []})),
        "READ_FILE" | "LIST_FILES" => Some(Answer::refused(403, "")),
        // Mesos checks that the framework exists before it authorizes.
        "TEARDOWN" => sim.knows_framework(call["teardown"]["framework_id"]["value"].as_str()?).then(forbidden),
        "GET_FLAGS"
        | "SET_LOGGING_LEVEL"
        | "UPDATE_QUOTA"
        | "UPDATE_WEIGHTS"
        | "UPDATE_MAINTENANCE_SCHEDULE"
        | "START_MAINTENANCE"
        | "STOP_MAINTENANCE"
        | "MARK_AGENT_GONE"
        | "DRAIN_AGENT"
        | "DEACTIVATE_AGENT"
        | "REACTIVATE_AGENT"
        | "RESERVE_RESOURCES"
        | "UNRESERVE_RESOURCES"
        | "CREATE_VOLUMES"
        | "DESTROY_VOLUMES"
        | "GROW_VOLUME"
        | "SHRINK_VOLUME" => Some(forbidden()),
        _ => None,
    }
}

fn forbidden() -> Answer {
    Answer::refused(403, "403 Forbidden.")
}
