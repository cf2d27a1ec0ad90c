//! What a change would do to a cluster, by the kind of change.

use super::plan::Plan;
use super::{Act, agents, old_quotas, quotas, schedule, weights};
use crate::base::units::Timestamp;
use crate::cluster::Cluster;

/// The change, before the cluster as it is known at that time.
pub fn plan(cluster: &Cluster, act: &Act, now: Timestamp) -> Plan {
    let mut plan = match act {
        Act::Quotas { quotas, .. } => quotas::plan(cluster, quotas),
        Act::SetQuota { role, guarantee, .. } => old_quotas::set(cluster, role, guarantee),
        Act::RemoveQuota(role) => old_quotas::remove(cluster, role),
        Act::Weights(weights) => weights::plan(cluster, weights),
        Act::Schedule(windows) => schedule::plan(cluster, windows, cluster.time(now)),
        Act::StartMaintenance(machines) => schedule::start(cluster, machines),
        Act::StopMaintenance(machines) => schedule::stop(cluster, machines),
        Act::Drain { agent, grace, mark_gone } => agents::drain(cluster, agent, *grace, *mark_gone),
        Act::Deactivate(agent) => agents::deactivate(cluster, agent),
        Act::Reactivate(agent) => agents::reactivate(cluster, agent),
        Act::MarkGone(agent) => agents::mark_gone(cluster, agent),
        Act::Teardown(framework) => agents::teardown(cluster, framework),
        Act::LoggingLevel { level, length, .. } => agents::logging(*level, *length),
    };
    plan.effects = crate::base::order::sorted(plan.effects, |a, b| b.tone.cmp(&a.tone));
    plan.asked = act.parts().iter().map(|part| cluster.asked(*part)).min().flatten();
    plan
}
