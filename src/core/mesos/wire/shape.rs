//! Which fields of one object's own JSON have another form than this build expects: those that tables need, and those that
//! its page shows beside. Reads one object at a time, for its page; keeps nothing.

use serde_json::Value;

use super::detail::tree;
use super::field::{Field, Lenient, Misfits};
use crate::mesos::wire::agent::{Agent, Executor};
use crate::mesos::wire::framework::{Framework, Offer};
use crate::mesos::wire::task::Task;

/// The form of a field that only a page reads.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// An enum's name; `{}` for one that the v1 API lacks.
    Name,
    Number,
    Boolean,
    Object,
}

use Form::{Boolean, Name, Number, Object, Text};

/// By the way to it: `[]` stands for each element of a list, `*` for each value of an object.
type Shapes = &'static [(&'static str, Form)];

const TASK: Shapes = &[
    ("user", Text),
    ("limits.*.value", Number),
    ("discovery.name", Text),
    ("discovery.visibility", Name),
    ("discovery.ports.ports[].number", Number),
    ("discovery.ports.ports[].name", Text),
    ("discovery.ports.ports[].protocol", Text),
    ("kill_policy.grace_period.nanoseconds", Number),
    ("health_check.type", Name),
    ("health_check.interval_seconds", Number),
    ("check.type", Name),
    ("check.interval_seconds", Number),
    ("container.type", Name),
    ("container.docker.image", Text),
    ("container.docker.network", Name),
    ("container.docker.port_mappings[].host_port", Number),
    ("container.docker.port_mappings[].container_port", Number),
    ("container.docker.port_mappings[].protocol", Text),
    ("container.mesos.image.docker.name", Text),
    ("container.mesos.image.appc.name", Text),
    ("container.network_infos[].name", Text),
    ("container.network_infos[].port_mappings[].host_port", Number),
    ("container.network_infos[].port_mappings[].container_port", Number),
    ("statuses[].source", Name),
    ("statuses[].check_status.command.exit_code", Number),
    ("statuses[].check_status.http.status_code", Number),
    ("statuses[].check_status.tcp.succeeded", Boolean),
    ("statuses[].limitation.resources[].name", Text),
    ("statuses[].limitation.resources[].scalar.value", Number),
    ("statuses[].container_status.container_id.value", Text),
    ("statuses[].container_status.network_infos[].name", Text),
    ("statuses[].container_status.network_infos[].ip_addresses[].ip_address", Text),
];

const AGENT: Shapes = &[
    ("capabilities[].type", Name),
    ("resource_providers[].resource_provider_info.type", Text),
    ("resource_providers[].resource_provider_info.name", Text),
    ("resource_providers[].total_resources[].name", Text),
    ("resource_providers[].total_resources[].scalar.value", Number),
    ("drain_info.config.mark_gone", Boolean),
    ("drain_info.config.max_grace_period.nanoseconds", Number),
];

const FRAMEWORK: Shapes = &[
    ("framework_info.checkpoint", Boolean),
    ("framework_info.capabilities[].type", Name),
    ("framework_info.offer_filters", Object),
    ("offer_constraints", Object),
];

const EXECUTOR: Shapes = &[
    ("executor_info.command.value", Text),
    ("executor_info.labels.labels[].key", Text),
    ("executor_info.labels.labels[].value", Text),
];

/// What a page shows of each resource in a list.
const RESOURCE: Shapes = &[
    ("name", Text),
    ("scalar.value", Number),
    ("ranges.range[].begin", Number),
    ("ranges.range[].end", Number),
    ("set.item[]", Text),
    ("role", Text),
    ("reservations[].type", Name),
    ("reservations[].role", Text),
    ("reservations[].principal", Text),
    ("allocation_info.role", Text),
    ("disk.persistence.id", Text),
    ("disk.persistence.principal", Text),
    ("disk.volume.container_path", Text),
    ("revocable", Object),
    ("shared", Object),
];

/// Whether the field at that way, as `framework_info.roles`, or something in it, is among these that do not fit.
pub fn is_unreadable(misfits: &[String], way: &str) -> bool {
    misfits
        .iter()
        .filter_map(|misfit| misfit.split(": ").next())
        .any(|path| is_within(path, way) || is_within(way, path))
}

/// Of a task, in words.
pub fn task_misfits(json: &str) -> Vec<String> {
    misfits::<Task<'_>>(json, TASK, &["resources"])
}

/// Of an agent, in words.
pub fn agent_misfits(json: &str) -> Vec<String> {
    misfits::<Agent<'_>>(json, AGENT, &["total_resources", "allocated_resources"])
}

/// Of a framework, in words.
pub fn framework_misfits(json: &str) -> Vec<String> {
    misfits::<Framework<'_>>(json, FRAMEWORK, &[])
}

/// Of an executor, in words.
pub fn executor_misfits(json: &str) -> Vec<String> {
    misfits::<Executor<'_>>(json, EXECUTOR, &["executor_info.resources"])
}

/// What of a message, as far as tables read it, has another form than expected.
pub fn own_misfits<'a, T: Field<'a>>(json: &'a str) -> Misfits {
    serde_json::from_str::<Lenient<T>>(json).map(|read| read.misfits).unwrap_or_default()
}

/// Of a message that no page reads more of than tables do, in words.
pub fn misfits_of<'a, T: Field<'a>>(json: &'a str) -> Vec<String> {
    misfits::<T>(json, &[], &[])
}

/// Of an offer, in words.
pub fn offer_misfits(json: &str) -> Vec<String> {
    misfits::<Offer<'_>>(json, &[], &["resources"])
}

fn misfits<'a, T: Field<'a>>(json: &'a str, shapes: Shapes, resources: &[&str]) -> Vec<String> {
    let row = own_misfits::<T>(json);
    let mut all: Vec<String> = row.iter().map(ToString::to_string).collect();
    let tree = tree(json);
    let mut found = |path: String, words: &str| {
        // A field inside one that does not fit has been said with it.
        if !all.iter().any(|other| is_within(&path, other.split(": ").next().unwrap_or_default())) {
            all.push(format!("{path}: {words}"));
        }
    };
    for (path, form) in shapes {
        walk(&tree, path, *form, String::new(), &mut found);
    }
    for list in resources {
        for (path, form) in RESOURCE {
            walk(&tree, &format!("{list}[].{path}"), *form, String::new(), &mut found);
        }
    }
    all
}

fn is_within(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Follows the way as far as it is there.
fn walk(value: &Value, way: &str, form: Form, at: String, found: &mut impl FnMut(String, &str)) {
    if value.is_null() {
        return;
    }
    let joined = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    if let Some(rest) = way.strip_prefix("[]") {
        let Value::Array(items) = value else { return found(at.clone(), &instead(value, "a list")) };
        let rest = rest.trim_start_matches('.');
        for (index, item) in items.iter().enumerate() {
            walk(item, rest, form, format!("{at}[{index}]"), found);
        }
        return;
    }
    if way.is_empty() {
        return leaf(value, form, at, found);
    }
    let Value::Object(fields) = value else { return found(at.clone(), &instead(value, "an object")) };
    let end = way.find(['.', '[']).unwrap_or(way.len());
    let (name, rest) = way.split_at_checked(end).unwrap_or((way, ""));
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    if name == "*" {
        fields.iter().for_each(|(name, value)| walk(value, rest, form, joined(name), found));
    } else if let Some(value) = fields.get(name) {
        walk(value, rest, form, joined(name), found);
    }
}

fn leaf(value: &Value, form: Form, at: String, found: &mut impl FnMut(String, &str)) {
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let (fits, expected) = match form {
        Text => (value.is_string(), "a text"),
        Name => (value.is_string() || value.as_object().is_some_and(|fields| fields.is_empty()), "a name"),
        Number => (value.is_number() || value.as_str().is_some_and(is_number), "a number"),
        Boolean => (value.is_boolean(), "a boolean"),
        Object => (value.is_object(), "an object"),
    };
    if !fits {
        found(at, &instead(value, expected));
    }
}

fn instead(value: &Value, expected: &str) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{found}, not {expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_unreadable_with_all_that_is_in_it_and_around_it() {
        let misfits =
            ["statuses[0].healthy: a text, not a boolean".to_owned(), "container: a number, not an object".to_owned()];
        let check = |way: &str, expected| assert_eq!(is_unreadable(&misfits, way), expected, "{way}");
        check("statuses", true);
        check("container.docker.image", true);
        check("status", false);
        check("containers", false);
        check("user", false);
    }

    #[test]
    fn a_page_names_each_field_once() {
        let json = r#"{"task_id":{"value":"t"},"framework_id":{"value":"f"},"container":5,"user":[],
            "resources":[{"name":"cpus","scalar":{"value":1}},{"name":"ports","ranges":{"range":"[1-2]"}},7],
            "statuses":[{"state":"TASK_RUNNING","source":{},"healthy":"yes","check_status":{"http":{"status_code":"x"}}}],
            "limits":{"mem":{"value":"Infinity"},"cpus":3},"health_check":{"type":{"a":1}}}"#;
        let expected = [
            "resources[1].ranges.range: a text, not a list",
            "resources[2]: a number, not an object",
            "statuses[0].healthy: a text, not a boolean",
            "user: a list, not a text",
            "limits.cpus: a number, not an object",
            "health_check.type: an object, not a name",
            "container: a number, not an object",
            "statuses[0].check_status.http.status_code: a text, not a number",
        ];
        assert_eq!(task_misfits(json), expected);
    }
}
