//! Previews of actions, by kind of action.

use super::preview::Preview;
use super::{Action, agents, containers, legacy_quotas, pool, providers, quotas, schedule, weights};
use crate::base::ids::AgentId;
use crate::base::units::Timestamp;
use crate::cluster::Cluster;

/// The change, before the cluster as it is known at that time.
pub fn preview(cluster: &Cluster, action: &Action, now: Timestamp) -> Preview {
    let mut preview = match action {
        Action::Quotas { quotas, .. } => quotas::preview(cluster, quotas),
        Action::SetQuota { role, guarantee, .. } => legacy_quotas::set(cluster, role, guarantee),
        Action::RemoveQuota(role) => legacy_quotas::remove(cluster, role),
        Action::Weights(weights) => weights::preview(cluster, weights),
        Action::Schedule(windows) => schedule::preview(cluster, windows, cluster.time(now)),
        Action::StartMaintenance(machines) => schedule::start(cluster, machines),
        Action::StopMaintenance(machines) => schedule::stop(cluster, machines),
        Action::Drain { agent, grace, mark_gone } => agents::drain(cluster, agent, *grace, *mark_gone),
        Action::Deactivate(agent) => agents::deactivate(cluster, agent),
        Action::Reactivate(agent) => agents::reactivate(cluster, agent),
        Action::MarkGone(agent) => agents::mark_gone(cluster, agent),
        Action::Teardown(framework) => agents::teardown(cluster, framework),
        Action::LoggingLevel { level, length, .. } => agents::logging(*level, *length),
        Action::Container(action) => containers::preview(cluster, action),
        Action::Provider(action) => providers::preview(cluster, action),
        Action::Reservation(action) => pool::preview::preview(cluster, action),
    };
    preview.effects = crate::base::order::sorted(preview.effects, |a, b| b.tone.cmp(&a.tone));
    preview.subject = subject(cluster, action).filter(|name| !name.is_empty());
    preview.asked = action.topics().iter().map(|part| cluster.asked(*part)).min().flatten();
    preview
}

fn subject(cluster: &Cluster, action: &Action) -> Option<String> {
    match action {
        Action::Drain { agent, .. } | Action::LoggingLevel { agent: Some(agent), .. } => hostname(cluster, agent),
        Action::Deactivate(agent) | Action::Reactivate(agent) | Action::MarkGone(agent) => hostname(cluster, agent),
        Action::Provider(action) => hostname(cluster, &action.agent),
        Action::Reservation(action) => hostname(cluster, &action.agent),
        Action::Teardown(id) => Some(cluster.framework(id)?.name.clone()),
        Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => None,
        Action::Schedule(_) | Action::StartMaintenance(_) | Action::StopMaintenance(_) => None,
        Action::LoggingLevel { agent: None, .. } => None,
        Action::Container(action) => hostname(cluster, &action.agent),
    }
}

fn hostname(cluster: &Cluster, agent: &AgentId) -> Option<String> {
    cluster.agent(agent).map(|agent| agent.hostname.clone())
}
