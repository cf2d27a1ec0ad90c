//! Describes a call for the audit log: its type, and the ids and names that it is about. Takes nothing else from its body, since
//! commands, variables and labels may have secrets in them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::text_responses;

/// Maximum values of a summary. A maintenance schedule may have 40,000 machines.
const MOST: usize = 20;
/// Maximum depth of the body that is searched.
const DEPTH: usize = 24;
/// Names of values that say what a call is about, besides ids.
const NAMES: [&str; 5] = ["role", "hostname", "ip", "level", "user"];

/// What is known of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CallSummary {
    /// `None` if the body is not JSON, or has no type.
    pub call: Option<String>,
    /// Values by the name of their field, each once.
    pub target: BTreeMap<String, Vec<String>>,
    /// Number of further values.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl CallSummary {
    pub fn of(body: &[u8]) -> CallSummary {
        let mut summary = CallSummary::default();
        if let Ok(Value::Object(call)) = serde_json::from_slice(body) {
            summary.call = call.get("type").and_then(Value::as_str).map(text_responses::visible);
            call.iter().for_each(|(name, value)| summary.search(name, value, DEPTH));
        }
        summary
    }

    fn search(&mut self, name: &str, value: &Value, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.search(name, one, depth - 1)),
            Value::Object(fields) if name.ends_with("_id") || name.ends_with("_ids") => match id(value, DEPTH) {
                Some(id) => self.add(name, id),
                // The id of a machine is a host name and an address.
                None => fields.iter().for_each(|(name, value)| self.search(name, value, depth - 1)),
            },
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.search(name, value, depth - 1)),
            Value::String(text) if NAMES.contains(&name) => self.add(name, text.clone()),
            Value::Number(number) if NAMES.contains(&name) => self.add(name, number.to_string()),
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn add(&mut self, name: &str, value: String) {
        let (name, value) = (text_responses::visible(name), text_responses::visible(&value));
        let count: usize = self.target.values().map(Vec::len).sum();
        if self.target.get(&name).is_some_and(|values| values.contains(&value)) {
            return;
        }
        if count >= MOST {
            self.omitted += 1;
            return;
        }
        self.target.entry(name).or_default().push(value);
    }
}

/// The value of an id. That of a nested container follows its parents' ids, with dots between them.
fn id(value: &Value, depth: usize) -> Option<String> {
    let own = value.get("value")?.as_str()?;
    let parent = value.get("parent").filter(|_| depth > 0).and_then(|parent| id(parent, depth - 1));
    Some(parent.map_or_else(|| own.to_owned(), |parent| format!("{parent}.{own}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &str) {
        let summary = serde_json::to_string(&CallSummary::of(body.as_bytes())).expect("it can be printed");
        assert_eq!(summary, expected, "{body}");
    }

    #[test]
    fn a_summary_has_the_ids_and_names() {
        check(
            r#"{"type":"TEARDOWN","teardown":{"framework_id":{"value":"f"}}}"#,
            r#"{"call":"TEARDOWN","target":{"framework_id":["f"]}}"#,
        );
        check(
            r#"{"type":"START_MAINTENANCE","start_maintenance":{"machines":[{"hostname":"a","ip":"10.0.0.1"},{"hostname":"b"}]}}"#,
            r#"{"call":"START_MAINTENANCE","target":{"hostname":["a","b"],"ip":["10.0.0.1"]}}"#,
        );
        check(
            r#"{"type":"KILL_NESTED_CONTAINER","kill_nested_container":{"container_id":{"value":"c","parent":{"value":"p"}}}}"#,
            r#"{"call":"KILL_NESTED_CONTAINER","target":{"container_id":["p.c"]}}"#,
        );
        check(
            r#"{"type":"UPDATE_WEIGHTS","update_weights":{"weight_infos":[{"role":"a","weight":2},{"role":"a"}]}}"#,
            r#"{"call":"UPDATE_WEIGHTS","target":{"role":["a"]}}"#,
        );
    }

    #[test]
    fn what_is_no_call_has_no_type() {
        for body in ["", "[]", "\u{8}\u{9}", "{}", r#"{"type":8}"#, "20\n{}"] {
            check(body, r#"{"call":null,"target":{}}"#);
        }
    }

    #[test]
    fn commands_variables_and_labels_are_left_out() {
        let body = r#"{"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{"container_id":{"value":"c"},
            "command":{"value":"curl -u hunter2","environment":{"variables":[{"name":"KEY","value":"hunter2"}]},"user":"ops"},
            "labels":{"labels":[{"key":"k","value":"hunter2"}]}}}"#;
        check(body, r#"{"call":"LAUNCH_NESTED_CONTAINER","target":{"container_id":["c"],"user":["ops"]}}"#);
    }

    #[test]
    fn a_summary_is_limited() {
        let machines = (0..100).map(|n| format!(r#"{{"hostname":"m{n}"}}"#)).collect::<Vec<_>>().join(",");
        let summary = CallSummary::of(format!(r#"{{"type":"X","x":[{machines}]}}"#).as_bytes());
        assert_eq!((summary.target["hostname"].len(), summary.omitted), (MOST, 80));
        let long = "x".repeat(10_000);
        let summary = CallSummary::of(format!(r#"{{"type":"{long}","role":"{long}"}}"#).as_bytes());
        assert!(summary.call.is_some_and(|call| call.len() < 400) && summary.target["role"][0].len() < 400);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(CallSummary::of(format!(r#"{{"role":{deep}}}"#).as_bytes()), CallSummary::default());
    }

    #[test]
    fn text_cannot_leave_its_line() {
        let summary = CallSummary::of(b"{\"type\":\"A\\n\\u2028B\\u001b[31m\\u202e\",\"role\":\"\\u0085x\"}");
        assert_eq!(summary.call.as_deref(), Some(r"A\n\u{2028}B\u{1b}[31m\u{202e}"));
        assert_eq!(summary.target["role"], [r"\u{85}x"]);
    }
}
