//! Quota calls of masters before Mesos 1.9: SET_QUOTA for a role without a quota, and REMOVE_QUOTA. Later masters still know both
//! (src/master/quota_handler.cpp and src/master/quota.cpp of 1.8.1; PROTOCOL.md, "SET_QUOTA").

use serde_json::Value;

use super::policy::{list, quantities, text, wrong_role};
use crate::answer::call::Call;
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::world::cluster::World;
use crate::world::policy::{Quota, Scalars};

/// Sets a guarantee, which is also the limit.
pub(super) fn set(sim: &mut Sim, call: &Call) -> Answer {
    let request = call.fields.get("quota_request").cloned().unwrap_or_default();
    let role = text(&request, "role");
    let resources = list(&request, "guarantee");
    if let Some(why) = wrong(&sim.world, &role, resources) {
        return Answer::refused(400, format!("Failed to validate set quota request: {why}"));
    }
    if role.contains('/') {
        return Answer::refused(400, format!("Setting quota on nested role '{role}' is not supported yet"));
    }
    let guarantees: Scalars = resources.iter().filter_map(scalar).collect();
    let quota = Quota { limits: guarantees.clone(), guarantees };
    let is_forced = request.get("force") == Some(&Value::Bool(true));
    if !is_forced && let Some(why) = exceeds(&sim.world, &quota) {
        let words = format!("Quota guarantees overcommit the cluster (use 'force' to bypass this check): {why}");
        return Answer::refused(409, words);
    }
    sim.change().policy.quotas.insert(role, quota);
    Answer::done()
}

/// Removes a quota. A real master aborts if the role has none (PROTOCOL.md, "Calls that abort Mesos"); this one reports that
/// instead.
pub(super) fn remove(sim: &mut Sim, call: &Call) -> Answer {
    let role = call.text("role").to_owned();
    match sim.change().policy.quotas.remove(&role) {
        Some(_) => Answer::done(),
        None => Answer::refused(500, format!("a real master aborts at REMOVE_QUOTA of '{role}', which has none")),
    }
}

fn wrong(world: &World, role: &str, resources: &[Value]) -> Option<String> {
    if let Some(why) = wrong_role(role) {
        return Some(format!("QuotaInfo with invalid role: {why}"));
    }
    if role == "*" && world.is_before_1_9() {
        return Some("QuotaInfo must not specify the default '*' role".to_owned());
    }
    if resources.is_empty() {
        return Some("QuotaInfo with empty 'guarantee'".to_owned());
    }
    if resources.iter().filter_map(scalar).any(|(_, value)| value < 0.0) {
        return Some("QuotaInfo with invalid resource: Invalid scalar resource: value < 0".to_owned());
    }
    let has_quota = world.policy.quotas.contains_key(role);
    has_quota.then(|| format!("Cannot set quota for role '{role}' which already has quota"))
}

fn scalar(resource: &Value) -> Option<(String, f64)> {
    Some((text(resource, "name"), resource.pointer("/scalar/value")?.as_f64()?))
}

fn exceeds(world: &World, quota: &Quota) -> Option<String> {
    let capacity = world.total().scalars();
    let mut guaranteed = Scalars::new();
    for (name, value) in world.policy.quotas.values().chain([quota]).flat_map(|quota| &quota.guarantees) {
        *guaranteed.entry(name.clone()).or_default() += value;
    }
    let more = |(name, value): (&String, &f64)| *value > capacity.get(name).copied().unwrap_or(0.0) + 1e-9;
    guaranteed.iter().any(more).then(|| {
        format!(
            "Total quota guarantees '{}' exceed cluster capacity '{}'",
            quantities(&guaranteed),
            quantities(&capacity)
        )
    })
}
