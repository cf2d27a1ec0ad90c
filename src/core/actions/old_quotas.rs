//! Quotas on masters before Mesos 1.9, which know no UPDATE_QUOTA. SET_QUOTA guarantees amounts to a role without a quota, and its
//! guarantee is also its limit. REMOVE_QUOTA takes a quota away. Neither changes one that is set (src/master/quota_handler.cpp of 1.8.1).

use std::collections::BTreeMap;

use super::plan::{Effect, Impact, On, Plan, Progress, Tone};
use super::quotas::{current, entries, no_framework, over_capacity, over_limit};
use super::removal::Removal;
use super::{Action, RoleQuota};
use crate::base::ids::Role;
use crate::checks::eligibility::{self, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::mesos::calls::quota::RemoveQuota;

pub(super) fn set(cluster: &Cluster, role: &Role, guarantee: &BTreeMap<String, f64>) -> Plan {
    let desired = [RoleQuota { role: role.clone(), guarantees: guarantee.clone(), limits: guarantee.clone() }];
    let can = eligibility::set_and_remove_quota(cluster).and_then(|()| eligibility::name_role(role, cluster));
    let why_not = can.and_then(|()| eligibility::set_first_quota(role, cluster)).err();
    let Ok(now) = current(cluster) else {
        return Plan { why_not, shows: Progress::Pending, ..Plan::new(Vec::new(), entries(&desired)) };
    };
    let before: Vec<RoleQuota> = now.get(role.as_str()).cloned().into_iter().collect();
    let mut plan = Plan::new(entries(&before), entries(&desired));
    plan.why_not = why_not;
    over_limit(cluster, &desired, &mut plan);
    // These masters compare a quota with what the cluster has, and not with what the role consumes.
    plan.forces.clear();
    over_capacity(cluster, now, &desired, &mut plan);
    no_framework(cluster, &desired, &mut plan);
    plan.back = Some(Action::RemoveQuota(role.clone()));
    plan
}

pub(super) fn remove(cluster: &Cluster, role: &Role) -> Plan {
    let (Ok(status), Ok(now)) = (cluster.quota(), current(cluster)) else {
        return Plan { shows: Progress::Pending, ..Plan::new(Vec::new(), Vec::new()) };
    };
    let before = now.get(role.as_str());
    let mut plan = Plan::new(entries(before.into_iter().collect::<Vec<_>>()), Vec::new());
    match RemoveQuota::new(role.clone(), status) {
        Ok(call) => plan.removal = Some(Removal::new(role, &call)),
        Err(_) => plan.why_not = Some(DisabledReason::NoQuota(role.clone())),
    }
    let can = eligibility::set_and_remove_quota(cluster).and_then(|()| eligibility::replace(Topic::Quota, cluster));
    plan.why_not = plan.why_not.or(can.err());
    if let Some(before) = before {
        let removed = Effect::new(Tone::Warn, Impact::QuotaRemoved(role.clone()));
        plan.effects.push(removed.on([On::Role(role.clone())]));
        plan.back = Some(put_back(before));
    }
    plan
}

fn put_back(before: &RoleQuota) -> Action {
    Action::SetQuota { role: before.role.clone(), guarantee: before.guarantees.clone(), force: false }
}
