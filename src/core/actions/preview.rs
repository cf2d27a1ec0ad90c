//! Previews of actions, by kind of action.

use super::plan::Plan;
use super::{Action, agents, old_quotas, quotas, schedule, weights};
use crate::base::ids::AgentId;
use crate::base::units::Timestamp;
use crate::cluster::Cluster;

/// The change, before the cluster as it is known at that time.
pub fn plan(cluster: &Cluster, act: &Action, now: Timestamp) -> Plan {
    let mut plan = match act {
        Action::Quotas { quotas, .. } => quotas::plan(cluster, quotas),
        Action::SetQuota { role, guarantee, .. } => old_quotas::set(cluster, role, guarantee),
        Action::RemoveQuota(role) => old_quotas::remove(cluster, role),
        Action::Weights(weights) => weights::plan(cluster, weights),
        Action::Schedule(windows) => schedule::plan(cluster, windows, cluster.time(now)),
        Action::StartMaintenance(machines) => schedule::start(cluster, machines),
        Action::StopMaintenance(machines) => schedule::stop(cluster, machines),
        Action::Drain { agent, grace, mark_gone } => agents::drain(cluster, agent, *grace, *mark_gone),
        Action::Deactivate(agent) => agents::deactivate(cluster, agent),
        Action::Reactivate(agent) => agents::reactivate(cluster, agent),
        Action::MarkGone(agent) => agents::mark_gone(cluster, agent),
        Action::Teardown(framework) => agents::teardown(cluster, framework),
        Action::LoggingLevel { level, length, .. } => agents::logging(*level, *length),
    };
    plan.effects = crate::base::order::sorted(plan.effects, |a, b| b.tone.cmp(&a.tone));
    plan.subject = subject(cluster, act).filter(|name| !name.is_empty());
    plan.asked = act.parts().iter().map(|part| cluster.asked(*part)).min().flatten();
    plan
}

fn subject(cluster: &Cluster, act: &Action) -> Option<String> {
    match act {
        Action::Drain { agent, .. } | Action::LoggingLevel { agent: Some(agent), .. } => hostname(cluster, agent),
        Action::Deactivate(agent) | Action::Reactivate(agent) | Action::MarkGone(agent) => hostname(cluster, agent),
        Action::Teardown(id) => Some(cluster.framework(id)?.name.clone()),
        Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => None,
        Action::Schedule(_) | Action::StartMaintenance(_) | Action::StopMaintenance(_) => None,
        Action::LoggingLevel { agent: None, .. } => None,
    }
}

fn hostname(cluster: &Cluster, agent: &AgentId) -> Option<String> {
    cluster.agent(agent).map(|agent| agent.hostname.clone())
}
