//! Weights and quotas: reads, and writes with Mesos' refusals (PROTOCOL.md, "UPDATE_WEIGHTS", "UPDATE_QUOTA").

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::call::Call;
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::world::cluster::World;
use crate::world::policy::{Quota, Scalars, map};

const TRILLION: f64 = 1e12;
/// Limit of mem and disk in MiB.
const EXABYTE: f64 = 1_099_511_627_776.0;

pub(super) fn weights(world: &World) -> Answer {
    let infos: Vec<Value> =
        world.policy.weights.iter().map(|(role, weight)| json!({"weight": weight, "role": role})).collect();
    if infos.is_empty() {
        return Answer::value(&json!({"type": "GET_WEIGHTS"}));
    }
    Answer::value(&json!({"type": "GET_WEIGHTS", "get_weights": {"weight_infos": infos}}))
}

pub(super) fn update_weights(sim: &mut Sim, call: &Call) -> Answer {
    let mut weights = Vec::new();
    for (nth, info) in list(&call.fields, "weight_infos").iter().enumerate() {
        let Some(weight) = info.get("weight") else {
            return missing(&format!("update_weights.weight_infos[{nth}].weight"));
        };
        match number(weight, "weight") {
            Ok(weight) => weights.push((text(info, "role"), weight)),
            Err(refusal) => return refusal,
        }
    }
    for (role, weight) in &weights {
        if let Some(why) = wrong_role(role) {
            let why = format!("Failed to validate update weights request JSON: Invalid role '{role}': {why}");
            return Answer::refused(400, why);
        }
        if *weight <= 0.0 {
            return Answer::refused(
                400,
                format!(
                    "Failed to validate update weights request JSON for role '{role}': Invalid weight '{}': Weights must be positive",
                    plain(*weight)
                ),
            );
        }
    }
    let world = sim.change();
    let roles: Vec<String> = weights.iter().map(|(role, _)| role.clone()).collect();
    let offered = |framework: u32| {
        world.frameworks[framework as usize].kind().roles.iter().any(|role| roles.iter().any(|changed| changed == role))
    };
    // All offers, since all shares change (src/master/weights_handler.cpp).
    if (0..world.frameworks.len() as u32).any(offered) {
        world.withdraw_offers(|_| true);
    }
    world.policy.weights.extend(weights);
    Answer::done()
}

pub(super) fn quota(world: &World) -> Answer {
    let (mut infos, mut configs) = (Vec::new(), Vec::new());
    for (role, quota) in &world.policy.quotas {
        let (mut info, mut config) = (json!({"role": role}), json!({"role": role}));
        if !quota.guarantees.is_empty() {
            let scalar =
                |(name, value): (&String, &f64)| json!({"name": name, "type": "SCALAR", "scalar": {"value": value}});
            info["guarantee"] = quota.guarantees.iter().map(scalar).collect();
            config["guarantees"] = map(&quota.guarantees);
        }
        if !quota.limits.is_empty() {
            config["limits"] = map(&quota.limits);
        }
        infos.push(info);
        configs.push(config);
    }
    let status = match configs.is_empty() {
        true => json!({}),
        false if world.is_before_1_9() => json!({"infos": infos}),
        false => json!({"infos": infos, "configs": configs}),
    };
    Answer::value(&json!({"type": "GET_QUOTA", "get_quota": {"status": status}}))
}

pub(super) fn update_quota(sim: &mut Sim, call: &Call) -> Answer {
    if sim.world.is_before_1_9() {
        return unknown_call();
    }
    let mut wanted: Vec<(String, Quota)> = Vec::new();
    for (nth, config) in list(&call.fields, "quota_configs").iter().enumerate() {
        if config.get("role").is_none() {
            return missing(&format!("update_quota.quota_configs[{nth}].role"));
        }
        match (scalars(config, "guarantees"), scalars(config, "limits")) {
            (Ok(mut guarantees), Ok(limits)) => {
                // A guarantee of 0 is none, but a limit of 0 is a limit.
                guarantees.retain(|_, value| *value != 0.0);
                wanted.push((text(config, "role"), Quota { guarantees, limits }));
            }
            (Err(refusal), _) | (_, Err(refusal)) => return refusal,
        }
    }
    let force = match call.fields.get("force") {
        Some(Value::Bool(force)) => *force,
        Some(Value::String(force)) => force == "true",
        _ => false,
    };
    let refused = |why: String| Answer::refused(400, format!("Invalid QuotaConfig: {why}"));
    for (role, quota) in &wanted {
        if role.contains('/') {
            return Answer::refused(400, format!("Updating quota on nested role '{role}' is not supported yet"));
        }
        if let Some(why) = wrong_quota(role, quota) {
            return refused(why);
        }
        if !force && let Some(why) = consumed_more(&sim.world, role, quota) {
            return refused(why);
        }
    }
    let mut quotas = sim.world.policy.quotas.clone();
    quotas.extend(wanted);
    if !force && let Some(why) = exceeds(&sim.world, &quotas) {
        return refused(why);
    }
    sim.change().policy.quotas = quotas;
    Answer::done()
}

/// Refusal of a JSON call with a type that the master does not know.
fn unknown_call() -> Answer {
    Answer::refused(400, "Failed to convert JSON into Call protobuf: Failed to find enum for 'UPDATE_QUOTA'")
}

fn wrong_quota(role: &str, quota: &Quota) -> Option<String> {
    if let Some(why) = wrong_role(role) {
        return Some(format!("Invalid 'QuotaConfig.role': {why}"));
    }
    let kinds = [("guarantee", &quota.guarantees), ("limit", &quota.limits)];
    for (kind, scalars) in kinds {
        if scalars.values().any(|value| *value < 0.0) {
            return Some(format!("Invalid {kind} configuration {}: Negative values not supported", printed(scalars)));
        }
    }
    for (kind, scalars) in kinds {
        for (name, value) in scalars {
            let bytes = name == "mem" || name == "disk";
            let (most, words) = if bytes { (EXABYTE, "1 exabyte") } else { (TRILLION, "1 trillion") };
            if *value > most {
                let one = Scalars::from([(name.clone(), *value)]);
                return Some(format!(
                    "Invalid 'QuotaConfig.{kind}s': {} is invalid: values greater than {words} ({}) are not supported",
                    printed(&one),
                    plain(most)
                ));
            }
        }
    }
    let over = |(name, value): (&String, &f64)| quota.limits.get(name).is_some_and(|limit| value > limit);
    quota.guarantees.iter().any(over).then(|| {
        format!(
            "'QuotaConfig.guarantees' {} is not contained within the 'QuotaConfig.limits' {}",
            message(&quota.guarantees),
            message(&quota.limits)
        )
    })
}

fn consumed_more(world: &World, role: &str, quota: &Quota) -> Option<String> {
    let consumed = world.consumed(role).scalars();
    let more = |(name, limit): (&String, &f64)| consumed.get(name).is_some_and(|used| used > limit);
    quota.limits.iter().any(more).then(|| {
        format!(
            "Role '{role}' is already consuming '{}'; this is more than the requested limits '{}' (use 'force' flag to bypass this check)",
            quantities(&consumed),
            quantities(&quota.limits)
        )
    })
}

fn exceeds(world: &World, quotas: &BTreeMap<String, Quota>) -> Option<String> {
    let capacity = world.total().scalars();
    let mut guaranteed = Scalars::new();
    for (name, value) in quotas.values().flat_map(|quota| &quota.guarantees) {
        *guaranteed.entry(name.clone()).or_default() += value;
    }
    let more = |(name, value): (&String, &f64)| *value > capacity.get(name).copied().unwrap_or(0.0) + 1e-9;
    guaranteed.iter().any(more).then(|| {
        format!(
            "total quota guarantees '{}' exceed cluster capacity '{}' (use 'force' flag to bypass this check)",
            quantities(&guaranteed),
            quantities(&capacity)
        )
    })
}

/// Why a role name is invalid (src/common/roles.cpp).
pub(crate) fn wrong_role(role: &str) -> Option<String> {
    match role {
        "" => return Some("Role names cannot be the empty string".to_owned()),
        "*" => return None,
        _ if role.starts_with('/') => return Some(format!("Role '{role}' cannot start with a slash")),
        _ if role.ends_with('/') => return Some(format!("Role '{role}' cannot end with a slash")),
        _ if role.contains("//") => return Some(format!("Role '{role}' cannot contain two adjacent slashes")),
        _ => {}
    }
    role.split('/').find_map(|part| match part {
        "." | ".." | "*" => Some(format!("Role '{role}' cannot include '{part}' as a component")),
        _ if part.starts_with('-') => Some(format!("Role component '{part}' is invalid because it starts with a dash")),
        _ if part.contains(|letter: char| letter.is_ascii_whitespace() || letter == '\u{8}' || letter == '\u{b}') => {
            Some(format!("Role component '{part}' is invalid because it contains backspace or whitespace"))
        }
        _ => None,
    })
}

fn scalars(config: &Value, key: &str) -> Result<Scalars, Answer> {
    let fields = config.get(key).and_then(Value::as_object);
    let one = |(name, value): (&String, &Value)| {
        let value = value.get("value").map_or(Ok(0.0), |value| number(value, "value"))?;
        Ok((name.clone(), value))
    };
    fields.into_iter().flatten().map(one).collect()
}

/// Parses a number, or a string of one.
fn number(value: &Value, field: &str) -> Result<f64, Answer> {
    match value {
        Value::Number(number) => Ok(number.as_f64().unwrap_or_default()),
        Value::String(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
            let why = format!(
                "Failed to parse '{text}' as a JSON number for field '{field}': syntax error at line 1 near: {text}"
            );
            Answer::refused(400, format!("Failed to convert JSON into Call protobuf: {why}"))
        }),
        _ => Err(Answer::refused(
            400,
            format!("Failed to convert JSON into Call protobuf: Not expecting a JSON value for field '{field}'"),
        )),
    }
}

pub(super) fn missing(path: &str) -> Answer {
    Answer::refused(400, format!("Failed to convert JSON into Call protobuf: Missing required fields: {path}"))
}

pub(super) fn list<'a>(fields: &'a Value, key: &str) -> &'a [Value] {
    fields.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text(fields: &Value, key: &str) -> String {
    fields.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Mesos' map format: `{'cpus': -1, 'mem': 5}`.
fn printed(scalars: &Scalars) -> String {
    let all: Vec<String> = scalars.iter().map(|(name, value)| format!("'{name}': {}", plain(*value))).collect();
    format!("{{{}}}", all.join(", "))
}

/// Mesos' message format: `{ cpus: 2, mem: 5 }`.
fn message(scalars: &Scalars) -> String {
    let all: Vec<String> = scalars.iter().map(|(name, value)| format!("{name}: {}", plain(*value))).collect();
    format!("{{ {} }}", all.join(", "))
}

/// Mesos' quantities format to three decimals: `cpus:8; mem:8192`.
pub(super) fn quantities(scalars: &Scalars) -> String {
    let round = |value: f64| plain((value * 1000.0).round() / 1000.0);
    let all: Vec<String> = scalars.iter().map(|(name, value)| format!("{name}:{}", round(*value))).collect();
    all.join("; ")
}

fn plain(value: f64) -> String {
    format!("{value}")
}
