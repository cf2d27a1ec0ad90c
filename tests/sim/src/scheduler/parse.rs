//! Parses a call of the scheduler API: JSON, then protobuf, then its fields. Each step has its own refusal.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::answer::call::{converting, json};
use crate::answer::reply::Answer;

/// A valid call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) kind: &'static str,
    /// `framework_id`; empty if absent.
    pub(super) framework: String,
    /// Submessage of the call; null if it has none.
    pub(super) fields: Value,
}

/// Type, name of the submessage, and whether that is required.
const CALLS: [(&str, &str, bool); 18] = [
    ("SUBSCRIBE", "subscribe", true),
    ("TEARDOWN", "", false),
    ("ACCEPT", "accept", true),
    ("DECLINE", "decline", true),
    ("ACCEPT_INVERSE_OFFERS", "accept_inverse_offers", true),
    ("DECLINE_INVERSE_OFFERS", "decline_inverse_offers", true),
    ("REVIVE", "revive", false),
    ("SUPPRESS", "suppress", false),
    ("KILL", "kill", true),
    ("SHUTDOWN", "shutdown", true),
    ("ACKNOWLEDGE", "acknowledge", true),
    ("ACKNOWLEDGE_OPERATION_STATUS", "acknowledge_operation_status", true),
    ("RECONCILE", "reconcile", true),
    ("RECONCILE_OPERATIONS", "reconcile_operations", true),
    ("MESSAGE", "message", true),
    ("REQUEST", "request", true),
    ("UPDATE_FRAMEWORK", "update_framework", true),
    ("UNKNOWN", "", false),
];

/// Required fields by path; `[]` is each item of a list.
const REQUIRED: [&str; 29] = [
    "subscribe.framework_info",
    "subscribe.framework_info.user",
    "subscribe.framework_info.name",
    "accept.offer_ids[].value",
    "accept.operations[].launch.task_infos[].name",
    "accept.operations[].launch.task_infos[].task_id",
    "accept.operations[].launch.task_infos[].task_id.value",
    "accept.operations[].launch.task_infos[].agent_id",
    "accept.operations[].launch.task_infos[].agent_id.value",
    "accept.operations[].launch.task_infos[].resources[].name",
    "accept.operations[].launch.task_infos[].resources[].type",
    "accept.operations[].launch_group.executor",
    "accept.operations[].launch_group.executor.executor_id",
    "accept.operations[].launch_group.task_group",
    "decline.offer_ids[].value",
    "kill.task_id",
    "kill.task_id.value",
    "shutdown.executor_id",
    "shutdown.agent_id",
    "acknowledge.agent_id",
    "acknowledge.task_id",
    "acknowledge.uuid",
    "reconcile.tasks[].task_id",
    "reconcile.tasks[].task_id.value",
    "message.agent_id",
    "message.executor_id",
    "message.data",
    "update_framework.framework_info",
    "update_framework.framework_info.user",
];

/// Reads a call of that authenticated user, if there is one.
pub(super) fn parse(body: &[u8], user: Option<&str>) -> Result<Call, Answer> {
    let call = json(body)?;
    if !call.is_object() {
        return Err(converting("Expecting a JSON object"));
    }
    if let Some(missing) = REQUIRED.iter().find_map(|path| missing(&call, path, String::new())) {
        return Err(converting(&format!("Missing required fields: {missing}")));
    }
    let uuid = call.pointer("/acknowledge/uuid").and_then(Value::as_str).map(decoded).transpose()?;
    let id = |path: &str| call.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let kind = call["type"].as_str().unwrap_or_default();
    let known = CALLS.iter().find(|(known, ..)| *known == kind && kind != "UNKNOWN");
    let Some((kind, field, is_required)) = known else { return Err(validating("Expecting 'type' to be present")) };
    let expecting = |field: &str| validating(&format!("Expecting '{field}' to be present"));
    if *kind == "SUBSCRIBE" {
        if call.get("subscribe").is_none() {
            return Err(expecting("subscribe"));
        }
        if id("/framework_id/value") != id("/subscribe/framework_info/id/value") {
            return Err(validating("'framework_id' differs from 'subscribe.framework_info.id'"));
        }
        let principal = call.pointer("/subscribe/framework_info/principal").and_then(Value::as_str);
        if let (Some(user), Some(principal)) = (user, principal)
            && user != principal
        {
            return Err(validating(&other_principal(user, principal)));
        }
    } else if call.get("framework_id").is_none() {
        return Err(expecting("framework_id"));
    }
    if *is_required && call.get(field).is_none() {
        return Err(expecting(field));
    }
    if *kind == "UPDATE_FRAMEWORK" && id("/framework_id/value") != id("/update_framework/framework_info/id/value") {
        return Err(validating("'framework_id' differs from 'update_framework.framework_info.id'"));
    }
    if *kind == "ACKNOWLEDGE" && uuid.is_some_and(|uuid| uuid.len() != 16) {
        return Err(validating("Not a valid UUID"));
    }
    Ok(Call {
        kind,
        framework: id("/framework_id/value").to_owned(),
        fields: call.get(field).cloned().unwrap_or_default(),
    })
}

/// Why a user may not act for a framework of that principal.
pub(super) fn other_principal(user: &str, principal: &str) -> String {
    format!("Authenticated principal '{user}' does not match principal '{principal}' set in `FrameworkInfo`")
}

fn validating(why: &str) -> Answer {
    Answer::refused(400, format!("Failed to validate scheduler::Call: {why}"))
}

fn decoded(text: &str) -> Result<Vec<u8>, Answer> {
    let is_wrong = |letter: &char| !(letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '='));
    let why = match text.chars().find(is_wrong) {
        Some(letter) => format!("Invalid character '{letter}'"),
        None => match STANDARD.decode(text) {
            Ok(bytes) => return Ok(bytes),
            Err(_) => "Invalid padding".to_owned(),
        },
    };
    Err(converting(&format!("Failed to base64 decode bytes field 'uuid': {why}")))
}

/// Path of the first required field that is absent although its parent is present.
fn missing(value: &Value, path: &str, before: String) -> Option<String> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let (name, is_list) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let here = if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
    match (value.get(name), rest) {
        (None, None) => Some(here),
        (None, Some(_)) | (Some(_), None) => None,
        (Some(items), Some(rest)) if is_list => {
            let items = items.as_array().into_iter().flatten().enumerate();
            items.into_iter().find_map(|(nth, item)| missing(item, rest, format!("{here}[{nth}]")))
        }
        (Some(inner), Some(rest)) => missing(inner, rest, here),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_refuses_in_its_own_words() {
        let conversion = "Failed to convert JSON into Call protobuf: ";
        let validation = "Failed to validate scheduler::Call: ";
        for (body, prefix, why) in [
            (r#"{"type":"SUBSCRIBE","subscribe":{}}"#, conversion, "Missing required fields: subscribe.framework_info"),
            (
                r#"{"type":"ACCEPT","framework_id":{"value":"f"},"accept":{"offer_ids":[{"value":"o"},{}]}}"#,
                conversion,
                "Missing required fields: accept.offer_ids[1].value",
            ),
            (r#"{"type":"NOPE"}"#, validation, "Expecting 'type' to be present"),
            (r#"{"type":"REVIVE"}"#, validation, "Expecting 'framework_id' to be present"),
            (r#"{"type":"KILL","framework_id":{"value":"f"}}"#, validation, "Expecting 'kill' to be present"),
            (
                r#"{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"u","name":"n","principal":"other"}}}"#,
                validation,
                "Authenticated principal 'ops' does not match principal 'other' set in `FrameworkInfo`",
            ),
        ] {
            let answer = parse(body.as_bytes(), Some("ops")).expect_err("a refusal");
            assert_eq!(String::from_utf8(answer.body.into_bytes()).expect("text"), format!("{prefix}{why}"), "{body}");
        }
    }
}
