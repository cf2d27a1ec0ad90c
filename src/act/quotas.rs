//! What other quotas would do: who would be above its limit, and whether the cluster can keep all guarantees.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::amount::words;
use super::plan::{Effect, On, Plan, Tone, named};
use super::{Act, Entry, RoleQuota};
use crate::cluster::Cluster;
use crate::ids::Role;
use crate::units::Quantities;

/// The scalars that Mesos itself counts.
const COUNTED: [&str; 4] = ["cpus", "mem", "disk", "gpus"];

/// What there is of one resource for a role's quota, in Mesos' own units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    pub resource: String,
    pub guarantee: Option<f64>,
    pub limit: Option<f64>,
    /// What the role has allocated, and what is reserved for it; `None` for what nobody counts.
    pub consumed: Option<f64>,
    /// What is guaranteed to all other roles.
    pub others: f64,
    /// What the registered agents have; `None` for what nobody counts.
    pub capacity: Option<f64>,
}

/// Of each resource that matters to the role's quota, what there is.
pub fn budget(cluster: &Cluster, role: &Role) -> Vec<Budget> {
    let quotas = stands(cluster);
    let quota = quotas.get(role.as_str()).cloned().unwrap_or_default();
    let sums = cluster.role_sums();
    let consumed = sums.get(role.as_str()).map(crate::cluster::RoleSums::consumed).unwrap_or_default();
    let capacity = capacity(cluster);
    let others = |resource: &str| {
        quotas
            .iter()
            .filter(|(name, _)| *name != role.as_str())
            .filter_map(|(_, quota)| quota.guarantees.get(resource))
            .sum()
    };
    let said = quota.guarantees.keys().chain(quota.limits.keys()).map(String::as_str);
    let more: BTreeSet<&str> = said.filter(|name| !COUNTED.contains(name)).collect();
    COUNTED
        .into_iter()
        .chain(more)
        .map(|resource| Budget {
            resource: resource.to_owned(),
            guarantee: quota.guarantees.get(resource).copied(),
            limit: quota.limits.get(resource).copied(),
            consumed: scalar(consumed, resource),
            others: others(resource),
            capacity: scalar(capacity, resource),
        })
        .collect()
}

pub(super) fn plan(cluster: &Cluster, wanted: &[RoleQuota]) -> Plan {
    let now = stands(cluster);
    let of = |role: &Role| {
        now.get(role.as_str()).cloned().unwrap_or_else(|| RoleQuota { role: role.clone(), ..RoleQuota::default() })
    };
    let before: Vec<RoleQuota> = wanted.iter().map(|quota| of(&quota.role)).collect();
    // Both sides name each amount that either has, so that what goes is seen as well as what comes.
    let names: BTreeMap<&str, BTreeSet<(bool, String)>> =
        before.iter().chain(wanted).fold(BTreeMap::new(), |mut all, quota| {
            all.entry(quota.role.as_str()).or_default().extend(amounts(quota));
            all
        });
    let mut plan = Plan::new(entries(&before, &names), entries(wanted, &names));
    over_limit(cluster, wanted, &mut plan);
    over_capacity(cluster, &now, wanted, &mut plan);
    for quota in wanted.iter().filter(|quota| !cluster.roles().contains(quota.role.as_str())) {
        let words =
            format!("No framework is in role {} yet; what is guaranteed to it is kept free for one.", quota.role);
        plan.effects.push(Effect::new(Tone::Note, words));
    }
    plan.back = Some(Act::Quotas { quotas: before, force: true });
    plan
}

/// Whether it is a limit, and of what.
fn amounts(quota: &RoleQuota) -> impl Iterator<Item = (bool, String)> {
    let guarantees = quota.guarantees.keys().map(|name| (false, name.clone()));
    guarantees.chain(quota.limits.keys().map(|name| (true, name.clone())))
}

fn entries(quotas: &[RoleQuota], names: &BTreeMap<&str, BTreeSet<(bool, String)>>) -> Vec<Entry> {
    let entry = |quota: &RoleQuota, (is_limit, resource): &(bool, String)| {
        let (kind, amounts, none) =
            if *is_limit { ("limit", &quota.limits, "none") } else { ("guarantee", &quota.guarantees, "none") };
        let value = amounts.get(resource).map_or_else(|| none.to_owned(), |amount| words(resource, *amount));
        named(format!("{} · {resource} {kind}", quota.role), value)
    };
    quotas
        .iter()
        .flat_map(|quota| names.get(quota.role.as_str()).into_iter().flatten().map(move |name| entry(quota, name)))
        .collect()
}

fn over_limit(cluster: &Cluster, wanted: &[RoleQuota], plan: &mut Plan) {
    let sums = cluster.role_sums();
    for quota in wanted {
        let Some(sum) = sums.get(quota.role.as_str()) else { continue };
        for (resource, limit) in &quota.limits {
            let Some(consumed) = scalar(sum.consumed(), resource).filter(|consumed| consumed > limit) else { continue };
            let role = &quota.role;
            plan.forces.push(format!(
                "{role} consumes {} of {resource} already, more than its new limit of {}.",
                words(resource, consumed),
                words(resource, *limit)
            ));
            let says = format!(
                "{role} would be above its limit of {resource}: nothing is killed, but it is offered no more until it is below."
            );
            plan.effects.push(Effect::new(Tone::Warn, says).on([On::Role(role.clone())]));
        }
    }
}

fn over_capacity(cluster: &Cluster, now: &BTreeMap<String, RoleQuota>, wanted: &[RoleQuota], plan: &mut Plan) {
    let mut after = now.clone();
    after.extend(wanted.iter().map(|quota| (quota.role.0.clone(), quota.clone())));
    let total = |quotas: &BTreeMap<String, RoleQuota>, resource: &str| -> f64 {
        quotas.values().filter_map(|quota| quota.guarantees.get(resource)).sum()
    };
    let capacity = capacity(cluster);
    let resources: BTreeSet<&String> = wanted.iter().flat_map(|quota| quota.guarantees.keys()).collect();
    for resource in resources {
        let (sum, had) = (total(&after, resource), total(now, resource));
        let has = scalar(capacity, resource).unwrap_or(f64::INFINITY);
        if sum > has && sum > had {
            plan.forces.push(format!(
                "All guarantees of {resource} together, {}, are more than the cluster has: {}.",
                words(resource, sum),
                words(resource, has)
            ));
            let says = format!("Not all guarantees of {resource} could be kept at once.");
            plan.effects.push(Effect::new(Tone::Warn, says));
        }
    }
}

/// What agents that are registered have: a master counts no others.
fn capacity(cluster: &Cluster) -> Quantities {
    cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable).map(|agent| agent.total).sum()
}

/// In Mesos' own units.
fn scalar(quantities: Quantities, resource: &str) -> Option<f64> {
    const MEBIBYTES_A_GIBIBYTE: f64 = 1024.0;
    let amount = quantities.named(resource)?;
    Some(if matches!(resource, "mem" | "disk") { amount * MEBIBYTES_A_GIBIBYTE } else { amount })
}

/// The quotas that are set. What an old master tells as infos is a guarantee, and a limit of as much.
fn stands(cluster: &Cluster) -> BTreeMap<String, RoleQuota> {
    let Some(status) = cluster.quota() else { return BTreeMap::new() };
    let mut quotas: BTreeMap<String, RoleQuota> = BTreeMap::new();
    for info in status.infos() {
        let amounts: BTreeMap<String, f64> =
            info.guarantee.iter().map(|amount| (amount.name.clone(), amount.scalar.value)).collect();
        let quota = RoleQuota { role: info.role.clone(), guarantees: amounts.clone(), limits: amounts };
        quotas.insert(info.role.0.clone(), quota);
    }
    let plain = |scalars: &BTreeMap<String, crate::api::values::Scalar>| {
        scalars.iter().map(|(name, scalar)| (name.clone(), scalar.value)).collect()
    };
    for config in status.configs() {
        let quota = RoleQuota {
            role: config.role.clone(),
            guarantees: plain(&config.guarantees),
            limits: plain(&config.limits),
        };
        quotas.insert(config.role.0.clone(), quota);
    }
    quotas.retain(|_, quota| !(quota.guarantees.is_empty() && quota.limits.is_empty()));
    quotas
}
