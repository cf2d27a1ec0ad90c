//! Why the master refuses the description of a framework, in the order and the words of src/master/master.cpp
//! (`Master::validateFramework`) and src/master/validation.cpp.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::policy::wrong_role;
use crate::cluster::Sim;

/// Longest failover timeout in seconds: what a number of nanoseconds can hold.
const LONGEST_TIMEOUT: f64 = 9.2e9;

impl Sim {
    /// Why the master refuses a framework, known or not.
    pub(super) fn wrong_framework(&self, id: &str, info: &Value, suppressed: &BTreeSet<String>) -> Option<String> {
        if let Some(why) = wrong_roles(info) {
            return Some(why);
        }
        let roles = roles(info);
        if let Some(role) = suppressed.iter().find(|role| !roles.contains(*role)) {
            return Some(format!("Suppressed role '{role}' is not contained in the list of roles"));
        }
        if self.world.framework_number(id).is_some_and(|number| !self.world.framework(number).live()) {
            return Some("Framework has been removed".to_owned());
        }
        let timeout = info["failover_timeout"].as_f64().unwrap_or_default();
        let is_valid = (-LONGEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&timeout);
        (!is_valid).then(|| format!("The framework failover_timeout ({timeout}) is invalid"))
    }
}

/// Fields that a framework keeps when it subscribes again.
pub(super) fn keep_fixed_fields(old: &Value, new: &mut Value) {
    for name in ["user", "checkpoint"] {
        new[name] = old[name].clone();
    }
}

/// Why a known framework cannot be described so.
pub(super) fn wrong_update(old: &Value, new: &Value) -> Option<String> {
    if old.get("principal") != new.get("principal") {
        return Some("Changing framework's principal is not allowed.".to_owned());
    }
    let field = |info: &Value, name: &str, absent: Value| match info.get(name).unwrap_or(&absent) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    [("user", json!("")), ("checkpoint", json!(false))].into_iter().find_map(|(name, absent)| {
        let (from, to) = (field(old, name, absent.clone()), field(new, name, absent));
        let why =
            format!("Updating 'FrameworkInfo.{name}' is unsupported; attempted to update from '{from}' to '{to}'");
        (from != to).then_some(why)
    })
}

/// What an authorizer says that allows a user nothing.
pub(super) fn not_authorized(id: &str, info: &Value) -> String {
    let roles: Vec<String> = roles(info).into_iter().collect();
    format!("Not authorized to register framework {id} with roles {{ {} }}", roles.join(", "))
}

/// Roles of a framework, in order.
fn roles(info: &Value) -> BTreeSet<String> {
    match is_multi_role(info) {
        true => strings(&info["roles"]).collect(),
        false => [info["role"].as_str().unwrap_or("*").to_owned()].into(),
    }
}

fn is_multi_role(info: &Value) -> bool {
    info["capabilities"].as_array().into_iter().flatten().any(|it| it["type"] == "MULTI_ROLE")
}

fn wrong_roles(info: &Value) -> Option<String> {
    let roles: Vec<String> = strings(&info["roles"]).collect();
    match is_multi_role(info) {
        true if info.get("role").is_some() => {
            return Some("'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable".to_owned());
        }
        false if !roles.is_empty() => {
            let why = "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
            return Some(why.to_owned());
        }
        _ => {}
    }
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<&str> = roles.iter().map(String::as_str).filter(|role| !seen.insert(*role)).collect();
    if !twice.is_empty() {
        let twice: Vec<&str> = twice.into_iter().collect();
        return Some(format!("'FrameworkInfo.roles' contains duplicate items: {{ {} }}", twice.join(", ")));
    }
    if let Some(why) = roles.iter().find_map(|role| wrong_role(role)) {
        return Some(format!("'FrameworkInfo.roles' contains invalid role: {why}"));
    }
    info["role"].as_str().and_then(wrong_role).map(|why| format!("'FrameworkInfo.role' is not a valid role: {why}"))
}

pub(super) fn strings(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}
