//! Effects of other quotas: roles above their limits, and guarantees that the cluster cannot keep.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::amount::format_amount;
use super::preview::{
    Affected, Impact, ImpactKind, Preview, PreviewValue, PreviewedField, Progress, QuotaBound, QuotaCheck, Severity,
};
use super::{Action, RoleQuota};
use crate::actions::preview::PreviewEntry;
use crate::base::ids::Role;
use crate::base::order;
use crate::base::units::Quantities;
use crate::checks::eligibility::{self, QuotaCalls};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, Unknown};
use crate::mesos::wire::detail;

/// The scalars that Mesos itself counts.
const COUNTED: [&str; 4] = ["cpus", "mem", "disk", "gpus"];

/// Amounts of one resource around a role's quota, in Mesos' own units: `mem` and `disk` in MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuotaAmounts {
    /// Name of the resource, such as `cpus`.
    pub resource: String,
    /// The role's guarantee; `None` if it is not set.
    pub guarantee: Option<f64>,
    /// The role's limit; `None` for no limit.
    pub limit: Option<f64>,
    /// Amount allocated to the role or reserved for it; `None` for a resource that tables do not count.
    pub consumed: Option<f64>,
    /// Sum of the guarantees of all other roles.
    pub others: f64,
    /// Amount that the registered agents have.
    pub capacity: Option<f64>,
}

/// Data for the form of a role's quota.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuotaFormAmounts {
    /// The quota calls that the master's version supports.
    pub calls: QuotaCalls,
    /// Budgets of the four counted resources, and of others in the role's quota.
    pub resources: Vec<QuotaAmounts>,
}

/// Data for the form of the role's quota.
///
/// # Errors
/// The reason why the quotas, or the calls for them, are not known: a form would take an unknown amount for an unset one.
pub fn quota_amounts(cluster: &Cluster, role: &Role) -> Fetched<QuotaFormAmounts> {
    let quotas = current(cluster)?;
    if let Err(Unknown::NotYet) = cluster.master() {
        return Err(Unknown::NotYet);
    }
    let quota = quotas.get(role.as_str()).cloned().unwrap_or_default();
    let sums = cluster.role_sums();
    let consumed = sums.get(role.as_str()).map(crate::cluster::role_sums::RoleSums::consumed).unwrap_or_default();
    let others = |resource: &str| {
        quotas
            .iter()
            .filter(|(name, _)| *name != role.as_str())
            .filter_map(|(_, quota)| quota.guarantees.get(resource))
            .fold(0.0, |sum, amount| sum + amount)
    };
    let said = quota.guarantees.keys().chain(quota.limits.keys()).map(String::as_str);
    let more: BTreeSet<&str> = order::inserted(said.filter(|name| !COUNTED.contains(name)));
    let of = |resource: &str| QuotaAmounts {
        resource: resource.to_owned(),
        guarantee: quota.guarantees.get(resource).copied(),
        limit: quota.limits.get(resource).copied(),
        consumed: scalar(consumed, resource),
        others: others(resource),
        capacity: Some(capacity(cluster, resource)),
    };
    Ok(QuotaFormAmounts {
        calls: eligibility::quota_calls(cluster),
        resources: COUNTED.into_iter().chain(more).map(of).collect(),
    })
}

pub(super) fn preview(cluster: &Cluster, desired: &[RoleQuota]) -> Preview {
    let named = || desired.iter().find_map(|quota| eligibility::configure_role(&quota.role, cluster).err());
    let disabled_reason = eligibility::update_quota(cluster)
        .and_then(|()| eligibility::replace_topic(Topic::Quota, cluster))
        .err()
        .or_else(named);
    let Ok(now) = current(cluster) else {
        // Nothing is sent before the current state is known.
        return Preview { disabled_reason, progress: Progress::Pending, ..Preview::new(Vec::new(), entries(desired)) };
    };
    let of = |role: &Role| {
        now.get(role.as_str()).cloned().unwrap_or_else(|| RoleQuota { role: role.clone(), ..RoleQuota::default() })
    };
    let before: Vec<RoleQuota> = desired.iter().map(|quota| of(&quota.role)).collect();
    let mut preview = Preview::new(entries(&before), entries(desired));
    preview.disabled_reason = disabled_reason;
    over_limit(cluster, desired, &mut preview);
    over_capacity(cluster, now, desired, &mut preview);
    no_framework(cluster, desired, &mut preview);
    preview.back = Some(Action::Quotas { quotas: before, force: false });
    preview
}

pub(super) fn no_framework(cluster: &Cluster, desired: &[RoleQuota], preview: &mut Preview) {
    // A form without a role yet has no unused one.
    let named = desired.iter().filter(|quota| !quota.role.0.is_empty());
    for quota in named.filter(|quota| !cluster.roles().contains(quota.role.as_str())) {
        let role = quota.role.clone();
        let is_guaranteed = quota.guarantees.values().any(|amount| *amount > 0.0);
        let impact = if is_guaranteed { ImpactKind::QuotaWaits(role) } else { ImpactKind::RoleUnused(role) };
        preview.effects.push(Impact::new(Severity::Note, impact));
    }
}

/// Each amount that is set. Amounts that print alike are equal to Mesos, which counts in thousandths.
pub(super) fn entries<'a>(quotas: impl IntoIterator<Item = &'a RoleQuota>) -> Vec<PreviewEntry> {
    let entry = |role: &Role, bound: QuotaBound, resource: &str, amount: f64| PreviewEntry {
        key: PreviewedField::Amount(role.clone(), resource.to_owned(), bound),
        value: PreviewValue::Typed(format_amount(resource, amount)),
    };
    let of = |quota: &RoleQuota| {
        let RoleQuota { role, guarantees, limits } = quota;
        let guarantees =
            guarantees.iter().map(|(resource, amount)| entry(role, QuotaBound::Guarantee, resource, *amount));
        let limits = limits.iter().map(|(resource, amount)| entry(role, QuotaBound::Limit, resource, *amount));
        guarantees.chain(limits).collect::<Vec<_>>()
    };
    quotas.into_iter().flat_map(of).collect()
}

pub(super) fn over_limit(cluster: &Cluster, desired: &[RoleQuota], preview: &mut Preview) {
    let sums = cluster.role_sums();
    for quota in desired {
        let Some(sum) = sums.get(quota.role.as_str()) else { continue };
        for (resource, limit) in &quota.limits {
            let Some(consumed) = scalar(sum.consumed(), resource) else { continue };
            if thousandths(consumed) <= thousandths(*limit) {
                continue;
            }
            let (role, resource) = (quota.role.clone(), resource.clone());
            let on = [Affected::Role(role.clone())];
            preview
                .effects
                .push(Impact::new(Severity::Warn, ImpactKind::AboveLimit(role.clone(), resource.clone())).on(on));
            preview.forces.push(QuotaCheck::OverLimit { role, resource, consumed, limit: *limit });
        }
    }
}

/// Mesos adds up the guarantees of all roles at each update, whichever roles it changes: once the sum exceeds the
/// capacity, it refuses even a reset of another role (src/master/quota_handler.cpp).
pub(super) fn over_capacity(
    cluster: &Cluster,
    now: BTreeMap<String, RoleQuota>,
    desired: &[RoleQuota],
    preview: &mut Preview,
) {
    let mut after = now;
    after.extend(desired.iter().map(|quota| (quota.role.0.clone(), quota.clone())));
    let resources: BTreeSet<&String> = order::inserted(after.values().flat_map(|quota| quota.guarantees.keys()));
    for resource in resources {
        let sum: f64 = after.values().filter_map(|quota| quota.guarantees.get(resource)).sum();
        let has = capacity(cluster, resource);
        if thousandths(sum) > thousandths(has) {
            preview.effects.push(Impact::new(Severity::Warn, ImpactKind::TooManyGuarantees(resource.clone())));
            preview.forces.push(QuotaCheck::OverCapacity {
                resource: resource.clone(),
                guaranteed: sum,
                capacity: has,
            });
        }
    }
}

fn thousandths(amount: f64) -> i64 {
    (amount * 1000.0).round() as i64
}

/// Amount of the resource that registered agents have, in Mesos' own units: a master counts no others.
fn capacity(cluster: &Cluster, resource: &str) -> f64 {
    let agents = || cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable);
    if let Some(amount) = scalar(agents().map(|agent| agent.total).sum(), resource) {
        return amount;
    }
    // What few clusters have is in no sum: it is looked up where a form names it.
    let of = |reported: detail::DetailedAgent| {
        let named = reported.resources.into_iter().filter(|reported| reported.name == resource);
        named.filter_map(|reported| reported.scalar).sum::<f64>()
    };
    agents().map(|agent| of(detail::agent(&cluster.json(agent.json)))).sum()
}

/// The amount of a resource, in Mesos' own units; `None` for a resource that is not counted.
fn scalar(quantities: Quantities, resource: &str) -> Option<f64> {
    const MEBIBYTES_A_GIBIBYTE: f64 = 1024.0;
    let amount = quantities.named(resource)?;
    Some(if matches!(resource, "mem" | "disk") { amount * MEBIBYTES_A_GIBIBYTE } else { amount })
}

/// The quotas that are set.
pub(super) fn current(cluster: &Cluster) -> Fetched<BTreeMap<String, RoleQuota>> {
    let status = cluster.quota()?;
    let mut quotas: BTreeMap<String, RoleQuota> = BTreeMap::new();
    let plain = |scalars: &BTreeMap<String, crate::mesos::calls::values::Scalar>| {
        order::inserted(scalars.iter().map(|(name, scalar)| (name.clone(), scalar.value)))
    };
    for config in status.quotas() {
        let quota = RoleQuota {
            role: config.role.clone(),
            guarantees: plain(&config.guarantees),
            limits: plain(&config.limits),
        };
        quotas.insert(config.role.0.clone(), quota);
    }
    quotas.retain(|_, quota| !(quota.guarantees.is_empty() && quota.limits.is_empty()));
    Ok(quotas)
}
