//! Next steps that a finished batch offers, in place of its form.

use super::Action;
use super::batch::Batch;
use crate::base::ids::AgentId;

/// A next step after a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum FollowUp {
    /// Return these agents to the offers.
    Reactivate(Vec<AgentId>),
    /// Schedule the maintenance of these agents' machines.
    ScheduleMaintenance(Vec<AgentId>),
    /// Undo the only action of the batch by this one.
    Revert(Action),
}

impl Batch {
    /// The next steps for actions that are wholly done; empty while the batch is busy.
    pub fn follow_ups(&self) -> Vec<FollowUp> {
        if self.is_busy() {
            return Vec::new();
        }
        let agents = |of: fn(&Action) -> Option<&AgentId>| -> Vec<AgentId> {
            let done = (0..self.actions().len()).filter(|at| self.is_done(*at) && self.was_accepted(*at));
            done.filter_map(|at| of(self.actions().get(at)?)).cloned().collect()
        };
        let (inactive, drained) = (agents(withdrawn), agents(drained));
        let mut steps = Vec::new();
        if !inactive.is_empty() {
            steps.push(FollowUp::Reactivate(inactive));
        } else if let [action] = self.actions() {
            // A drain in progress cannot be undone: Mesos reactivates an agent only once it is drained.
            steps.extend(self.back(0).filter(|_| withdrawn(action).is_none()).map(FollowUp::Revert));
        }
        if !drained.is_empty() {
            steps.push(FollowUp::ScheduleMaintenance(drained));
        }
        steps
    }
}

/// The agent that the action takes out of the offers, and that can come back.
fn withdrawn(action: &Action) -> Option<&AgentId> {
    match action {
        Action::Deactivate(agent) => Some(agent),
        other => drained(other),
    }
}

/// The agent that the action drains, and that can come back.
fn drained(action: &Action) -> Option<&AgentId> {
    match action {
        Action::Drain { agent, mark_gone: false, .. } => Some(agent),
        Action::Drain { .. } | Action::Deactivate(_) | Action::Reactivate(_) | Action::MarkGone(_) => None,
        Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => None,
        Action::Schedule(_) | Action::StartMaintenance(_) | Action::StopMaintenance(_) => None,
        Action::Teardown(_) | Action::LoggingLevel { .. } => None,
        Action::Container(_) | Action::Provider(_) | Action::Reservation(_) => None,
    }
}
