//! Parses a call: JSON, then protobuf, then its fields. Each step has its own refusal (PROTOCOL.md, "Refusals").

use serde_json::Value;

use crate::answer::reply::Answer;

/// Call table of a master or an agent.
#[derive(Debug)]
pub(crate) struct Calls {
    /// Type name in refusals: `master::Call`.
    name: &'static str,
    calls: &'static [(&'static str, &'static str, &'static [&'static str])],
}

/// A valid call: its type, and its submessage if it has one.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) kind: &'static str,
    pub(crate) fields: Value,
}

impl Call {
    /// String field of the submessage by path: `agent_id.value`.
    pub(crate) fn text(&self, path: &str) -> &str {
        path.split('.').try_fold(&self.fields, |value, key| value.get(key)).and_then(Value::as_str).unwrap_or("")
    }

    /// Integer field: a number without its fraction, or a string of one; `None` if absent or of another type.
    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        int(self.fields.get(key)?)
    }
}

pub(crate) fn int(value: &Value) -> Option<i64> {
    match value {
        // Numbers above 2^63 wrap to negative ones, as in the recordings.
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_u64().map(|wrapped| wrapped as i64))
            .or_else(|| number.as_f64().map(|double| double as i64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Type, submessage if required, and the submessage's required fields.
pub(crate) const MASTER: &Calls = &Calls {
    name: "master::Call",
    calls: &[
        ("GET_HEALTH", "", &[]),
        ("GET_FLAGS", "", &[]),
        ("GET_VERSION", "", &[]),
        ("GET_METRICS", "get_metrics", &[]),
        ("GET_LOGGING_LEVEL", "", &[]),
        ("SET_LOGGING_LEVEL", "set_logging_level", &["level", "duration"]),
        ("LIST_FILES", "list_files", &["path"]),
        ("READ_FILE", "read_file", &["path", "offset"]),
        ("GET_STATE", "", &[]),
        ("GET_AGENTS", "", &[]),
        ("GET_FRAMEWORKS", "", &[]),
        ("GET_EXECUTORS", "", &[]),
        ("GET_OPERATIONS", "", &[]),
        ("GET_TASKS", "", &[]),
        ("GET_ROLES", "", &[]),
        ("GET_WEIGHTS", "", &[]),
        ("UPDATE_WEIGHTS", "update_weights", &[]),
        ("GET_MASTER", "", &[]),
        ("SUBSCRIBE", "", &[]),
        ("RESERVE_RESOURCES", "reserve_resources", &["agent_id"]),
        ("UNRESERVE_RESOURCES", "unreserve_resources", &["agent_id"]),
        ("CREATE_VOLUMES", "create_volumes", &["agent_id"]),
        ("DESTROY_VOLUMES", "destroy_volumes", &["agent_id"]),
        ("GROW_VOLUME", "grow_volume", &["volume", "addition"]),
        ("SHRINK_VOLUME", "shrink_volume", &["volume", "subtract"]),
        ("GET_MAINTENANCE_STATUS", "", &[]),
        ("GET_MAINTENANCE_SCHEDULE", "", &[]),
        ("UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule", &["schedule"]),
        ("START_MAINTENANCE", "start_maintenance", &[]),
        ("STOP_MAINTENANCE", "stop_maintenance", &[]),
        ("DRAIN_AGENT", "drain_agent", &["agent_id"]),
        ("DEACTIVATE_AGENT", "deactivate_agent", &["agent_id"]),
        ("REACTIVATE_AGENT", "reactivate_agent", &["agent_id"]),
        ("GET_QUOTA", "", &[]),
        ("UPDATE_QUOTA", "update_quota", &[]),
        ("SET_QUOTA", "set_quota", &["quota_request"]),
        ("REMOVE_QUOTA", "remove_quota", &["role"]),
        ("TEARDOWN", "teardown", &["framework_id"]),
        ("MARK_AGENT_GONE", "mark_agent_gone", &["agent_id"]),
    ],
};

pub(crate) const AGENT: &Calls = &Calls {
    name: "agent::Call",
    calls: &[
        ("GET_HEALTH", "", &[]),
        ("GET_FLAGS", "", &[]),
        ("GET_VERSION", "", &[]),
        ("GET_METRICS", "get_metrics", &[]),
        ("GET_LOGGING_LEVEL", "", &[]),
        ("SET_LOGGING_LEVEL", "set_logging_level", &["level", "duration"]),
        ("LIST_FILES", "list_files", &["path"]),
        ("READ_FILE", "read_file", &["path", "offset"]),
        ("GET_STATE", "", &[]),
        ("GET_CONTAINERS", "", &[]),
        ("GET_FRAMEWORKS", "", &[]),
        ("GET_EXECUTORS", "", &[]),
        ("GET_OPERATIONS", "", &[]),
        ("GET_TASKS", "", &[]),
        ("GET_AGENT", "", &[]),
        ("GET_RESOURCE_PROVIDERS", "", &[]),
        ("LAUNCH_NESTED_CONTAINER", "launch_nested_container", &["container_id"]),
        ("WAIT_NESTED_CONTAINER", "wait_nested_container", &["container_id"]),
        ("KILL_NESTED_CONTAINER", "kill_nested_container", &["container_id"]),
        ("REMOVE_NESTED_CONTAINER", "remove_nested_container", &["container_id"]),
        ("LAUNCH_NESTED_CONTAINER_SESSION", "launch_nested_container_session", &["container_id"]),
        ("ATTACH_CONTAINER_INPUT", "attach_container_input", &["type"]),
        ("ATTACH_CONTAINER_OUTPUT", "attach_container_output", &["container_id"]),
        ("LAUNCH_CONTAINER", "launch_container", &["container_id"]),
        ("WAIT_CONTAINER", "wait_container", &["container_id"]),
        ("KILL_CONTAINER", "kill_container", &["container_id"]),
        ("REMOVE_CONTAINER", "remove_container", &["container_id"]),
        ("ADD_RESOURCE_PROVIDER_CONFIG", "add_resource_provider_config", &["info"]),
        ("UPDATE_RESOURCE_PROVIDER_CONFIG", "update_resource_provider_config", &["info"]),
        ("REMOVE_RESOURCE_PROVIDER_CONFIG", "remove_resource_provider_config", &["type", "name"]),
        ("MARK_RESOURCE_PROVIDER_GONE", "mark_resource_provider_gone", &["resource_provider_id"]),
        ("PRUNE_IMAGES", "", &[]),
    ],
};

pub(crate) fn parse(body: &[u8], calls: &Calls) -> Result<Call, Answer> {
    let value = json(body)?;
    let Value::Object(mut call) = value else { return Err(converting("Expecting a JSON object")) };
    let name = match call.get("type") {
        Some(Value::Number(_)) => return Err(converting("Not expecting a JSON number for field 'type'")),
        Some(Value::String(name)) => name.clone(),
        _ => String::new(),
    };
    if name == "UNKNOWN" {
        return Err(Answer::not_implemented());
    }
    let known = calls.calls.iter().find(|(kind, ..)| *kind == name);
    // Mesos checks the shape of a call before its type.
    let Some((kind, field, required)) = known else { return Err(validating(calls, "type")) };
    let key = if field.is_empty() { kind.to_ascii_lowercase() } else { (*field).to_owned() };
    let fields = call.remove(&key);
    check_types(fields.as_ref())?;
    if let Some(fields) = &fields
        && let Some(missing) = required.iter().find(|name| fields.get(**name).is_none())
    {
        if *missing == "container_id" {
            return Err(Answer::refused(400, format!("Missing required fields: {field}.{missing}")));
        }
        return Err(converting(&format!("Missing required fields: {field}.{missing}")));
    }
    let nameless =
        |name: &&&str| name.ends_with("_id") && fields.as_ref().is_some_and(|it| it[**name].get("value").is_none());
    if fields.is_some()
        && let Some(name) = required.iter().find(nameless)
    {
        return Err(converting(&format!("Missing required fields: {field}.{name}.value")));
    }
    match fields {
        None if !field.is_empty() => Err(validating(calls, field)),
        fields => Ok(Call { kind, fields: fields.unwrap_or(Value::Null) }),
    }
}

/// Fields that are messages.
const MESSAGES: [&str; 4] = ["agent_id", "framework_id", "max_grace_period", "duration"];

/// Checks the field types; `path` is the only string field of file calls.
fn check_types(fields: Option<&Value>) -> Result<(), Answer> {
    let Some(Value::Object(fields)) = fields else { return Ok(()) };
    for (name, value) in fields {
        let found = match value {
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Bool(_) => "boolean",
            Value::Array(_) => "array",
            Value::Null | Value::Object(_) => continue,
        };
        if MESSAGES.contains(&name.as_str()) || (name == "path" && found == "number") {
            return Err(converting(&format!("Not expecting a JSON {found} for field '{name}'")));
        }
    }
    Ok(())
}

pub(crate) fn json(body: &[u8]) -> Result<Value, Answer> {
    let mut stream = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let refuse = |why: &str| Answer::refused(400, format!("Failed to parse body into JSON: {why}"));
    let Some(Ok(value)) = stream.next() else { return Err(refuse("syntax error at line 1 near: ")) };
    let rest = String::from_utf8_lossy(body.get(stream.byte_offset()..).unwrap_or_default());
    match rest.trim().is_empty() {
        true => Ok(value),
        false => Err(refuse(&format!("Parsed JSON included non-whitespace trailing characters: {rest}"))),
    }
}

pub(crate) fn converting(why: &str) -> Answer {
    Answer::refused(400, format!("Failed to convert JSON into Call protobuf: {why}"))
}

fn validating(calls: &Calls, field: &str) -> Answer {
    Answer::refused(400, format!("Failed to validate {}: Expecting '{field}' to be present", calls.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &str) {
        let answer = parse(body.as_bytes(), MASTER).expect_err("a refusal");
        assert_eq!(String::from_utf8(answer.body.into_bytes()).expect("text"), expected);
    }

    #[test]
    fn each_step_refuses_in_its_own_words() {
        check("", "Failed to parse body into JSON: syntax error at line 1 near: ");
        check(
            "{\"type\":\"GET_HEALTH\"} xx",
            "Failed to parse body into JSON: Parsed JSON included non-whitespace trailing characters:  xx",
        );
        check("[]", "Failed to convert JSON into Call protobuf: Expecting a JSON object");
        check("{\"type\":\"get_health\"}", "Failed to validate master::Call: Expecting 'type' to be present");
        check("{\"type\":\"GET_METRICS\"}", "Failed to validate master::Call: Expecting 'get_metrics' to be present");
        check(
            "{\"type\":\"READ_FILE\",\"read_file\":{\"path\":\"x\"}}",
            "Failed to convert JSON into Call protobuf: Missing required fields: read_file.offset",
        );
    }

    #[test]
    fn integers_come_in_many_forms() {
        for (text, expected) in
            [("1.5", Some(1)), ("\"12\"", Some(12)), ("9223372036854775808", Some(i64::MIN)), ("1e1", Some(10))]
        {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(int(&value), expected, "{text}");
        }
    }
}
