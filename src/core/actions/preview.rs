//! What a change would do to a cluster, by the kind of change.

use super::plan::Plan;
use super::{Act, agents, old_quotas, quotas, schedule, weights};
use crate::base::ids::AgentId;
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
    plan.subject = subject(cluster, act).filter(|name| !name.is_empty());
    plan.asked = act.parts().iter().map(|part| cluster.asked(*part)).min().flatten();
    plan
}

fn subject(cluster: &Cluster, act: &Act) -> Option<String> {
    match act {
        Act::Drain { agent, .. } | Act::LoggingLevel { agent: Some(agent), .. } => hostname(cluster, agent),
        Act::Deactivate(agent) | Act::Reactivate(agent) | Act::MarkGone(agent) => hostname(cluster, agent),
        Act::Teardown(id) => Some(cluster.framework(id)?.name.clone()),
        Act::Quotas { .. } | Act::SetQuota { .. } | Act::RemoveQuota(_) | Act::Weights(_) => None,
        Act::Schedule(_) | Act::StartMaintenance(_) | Act::StopMaintenance(_) => None,
        Act::LoggingLevel { agent: None, .. } => None,
    }
}

fn hostname(cluster: &Cluster, agent: &AgentId) -> Option<String> {
    cluster.agent(agent).map(|agent| agent.hostname.clone())
}
