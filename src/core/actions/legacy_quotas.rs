//! Quotas on masters before Mesos 1.9, which know no UPDATE_QUOTA. SET_QUOTA guarantees amounts to a role without a quota, and its
//! guarantee is also its limit. REMOVE_QUOTA takes a quota away. Neither changes one that is set (src/master/quota_handler.cpp of 1.8.1).

use std::collections::BTreeMap;

use super::preview::{Affected, Impact, ImpactKind, Preview, Progress, Severity};
use super::quota_removal::QuotaRemoval;
use super::quotas::{current, entries, no_framework, over_capacity, over_limit};
use super::{Action, RoleQuota};
use crate::base::ids::Role;
use crate::checks::eligibility::{self, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::mesos::calls::quota::RemoveQuota;

pub(super) fn set(cluster: &Cluster, role: &Role, guarantee: &BTreeMap<String, f64>) -> Preview {
    let desired = [RoleQuota { role: role.clone(), guarantees: guarantee.clone(), limits: guarantee.clone() }];
    let can = eligibility::set_and_remove_quota(cluster).and_then(|()| eligibility::configure_role(role, cluster));
    let disabled_reason = can.and_then(|()| eligibility::set_first_quota(role, cluster)).err();
    let Ok(now) = current(cluster) else {
        return Preview { disabled_reason, progress: Progress::Pending, ..Preview::new(Vec::new(), entries(&desired)) };
    };
    let before: Vec<RoleQuota> = now.get(role.as_str()).cloned().into_iter().collect();
    let mut preview = Preview::new(entries(&before), entries(&desired));
    preview.disabled_reason = disabled_reason;
    over_limit(cluster, &desired, &mut preview);
    // These masters compare a quota with what the cluster has, and not with what the role consumes.
    preview.forces.clear();
    over_capacity(cluster, now, &desired, &mut preview);
    no_framework(cluster, &desired, &mut preview);
    preview.back = Some(Action::RemoveQuota(role.clone()));
    preview
}

pub(super) fn remove(cluster: &Cluster, role: &Role) -> Preview {
    let (Ok(status), Ok(now)) = (cluster.quota(), current(cluster)) else {
        return Preview { progress: Progress::Pending, ..Preview::new(Vec::new(), Vec::new()) };
    };
    let before = now.get(role.as_str());
    let mut preview = Preview::new(entries(before.into_iter().collect::<Vec<_>>()), Vec::new());
    match RemoveQuota::new(role.clone(), status) {
        Ok(call) => preview.removal = Some(QuotaRemoval::new(role, &call)),
        Err(_) => preview.disabled_reason = Some(DisabledReason::NoQuota(role.clone())),
    }
    let can =
        eligibility::set_and_remove_quota(cluster).and_then(|()| eligibility::replace_topic(Topic::Quota, cluster));
    preview.disabled_reason = preview.disabled_reason.or(can.err());
    if let Some(before) = before {
        let removed = Impact::new(Severity::Warn, ImpactKind::QuotaRemoved(role.clone()));
        preview.effects.push(removed.on([Affected::Role(role.clone())]));
        preview.back = Some(put_back(before));
    }
    preview
}

fn put_back(before: &RoleQuota) -> Action {
    Action::SetQuota { role: before.role.clone(), guarantee: before.guarantees.clone(), force: false }
}
