//! Sum of what several actions of one kind do to tasks: each task, framework and agent is counted once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Action;
use super::placement::{Placement, place};
use super::preview::count;
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::order;
use crate::checks::eligibility::{self, AgentAction};
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, Task};

/// Frameworks that are named.
const NAMED: usize = 6;

/// What several actions do to tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BulkImpact {
    /// What happens to the live tasks.
    pub fate: TaskFate,
    /// Number of live tasks that are affected.
    pub tasks: u32,
    /// Number of unreachable tasks that are given up.
    pub given_up: u32,
    /// Number of frameworks with such tasks.
    pub frameworks: u32,
    /// Number of agents with such tasks.
    pub agents: u32,
    /// Frameworks with the most such tasks: id, name, and number of tasks.
    pub top: Vec<(FrameworkId, String, u32)>,
    /// Number of actions that a master would refuse, so that their tasks are not counted.
    pub refused: u32,
    /// Whether the tasks would fit on the rest of the cluster; `None` if they do not end, or end with their framework.
    pub placement: Option<Placement>,
}

/// What happens to the live tasks that several actions concern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskFate {
    /// They are killed, with at most these seconds to end each; `None` for the grace periods of their own kill policies.
    Killed(Option<u32>),
    /// They end at once, without a grace period.
    Gone,
    /// They are killed with their frameworks.
    TornDown,
    /// They continue.
    #[default]
    Continue,
}

/// What an action is about, as far as it concerns tasks.
enum ActionSubject<'a> {
    Agent(&'a AgentId, AgentAction),
    Framework(&'a FrameworkId),
}

/// Sums up what the actions do. `None` unless all of them concern tasks.
pub fn bulk_impact(cluster: &Cluster, actions: &[Action]) -> Option<BulkImpact> {
    let all = actions.iter().map(ActionSubject::of).collect::<Option<Vec<_>>>()?;
    let fate = all.first()?.1;
    let possible: Vec<&ActionSubject<'_>> =
        all.iter().map(|(subject, _)| subject).filter(|it| it.is_possible(cluster)).collect();
    let agents: BTreeSet<&AgentId> = order::inserted(possible.iter().filter_map(|subject| subject.agent()));
    let frameworks: BTreeSet<&FrameworkId> = order::inserted(possible.iter().filter_map(|subject| subject.framework()));
    let mut tally = Tally::default();
    let on_agents = agents.iter().flat_map(|id| cluster.tasks_of(id));
    on_agents.for_each(|task| tally.add(cluster, task));
    let of_frameworks = frameworks.iter().flat_map(|id| cluster.tasks_of_framework(id));
    of_frameworks.for_each(|task| tally.add(cluster, task));
    let moves = matches!(fate, TaskFate::Killed(_) | TaskFate::Gone) && !tally.live.is_empty();
    Some(BulkImpact {
        fate,
        tasks: count(tally.live.len()),
        given_up: if fate == TaskFate::Gone { tally.unreachable } else { 0 },
        frameworks: count(tally.frameworks.len()),
        agents: count(tally.agents.len()),
        top: tally.top(cluster),
        refused: count(all.len() - possible.len()),
        placement: moves.then(|| place(cluster, tally.live.iter().copied(), &agents)),
    })
}

impl<'a> ActionSubject<'a> {
    fn of(action: &'a Action) -> Option<(Self, TaskFate)> {
        Some(match action {
            Action::Drain { agent, mark_gone: true, .. } => (Self::Agent(agent, AgentAction::Drain), TaskFate::Gone),
            Action::Drain { agent, grace, .. } => (Self::Agent(agent, AgentAction::Drain), TaskFate::Killed(*grace)),
            Action::MarkGone(agent) => (Self::Agent(agent, AgentAction::MarkGone), TaskFate::Gone),
            Action::Deactivate(agent) => (Self::Agent(agent, AgentAction::Deactivate), TaskFate::Continue),
            Action::Teardown(framework) => (Self::Framework(framework), TaskFate::TornDown),
            Action::Quotas { .. } | Action::SetQuota { .. } | Action::RemoveQuota(_) | Action::Weights(_) => {
                return None;
            }
            Action::Schedule(_) | Action::StartMaintenance(_) | Action::StopMaintenance(_) => return None,
            Action::Reactivate(_) | Action::LoggingLevel { .. } => return None,
            Action::Container(_) | Action::Provider(_) | Action::Reservation(_) => return None,
        })
    }

    fn is_possible(&self, cluster: &Cluster) -> bool {
        match self {
            Self::Framework(id) => cluster.framework(id).is_some_and(|it| eligibility::tear_down(it).is_ok()),
            Self::Agent(id, verb) => match cluster.agent(id) {
                Some(agent) => verb.on(agent, cluster).is_ok(),
                // The master may know an agent that it does not list.
                None => *verb == AgentAction::MarkGone && !cluster.is_gone(id),
            },
        }
    }

    fn agent(&self) -> Option<&'a AgentId> {
        match self {
            Self::Agent(id, _) => Some(id),
            Self::Framework(_) => None,
        }
    }

    fn framework(&self) -> Option<&'a FrameworkId> {
        match self {
            Self::Framework(id) => Some(id),
            Self::Agent(..) => None,
        }
    }
}

/// Affected tasks, with their frameworks and agents.
#[derive(Default)]
struct Tally<'a> {
    live: Vec<&'a Task>,
    unreachable: u32,
    frameworks: BTreeMap<&'a str, u32>,
    agents: BTreeSet<&'a str>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, cluster: &'a Cluster, task: &'a Task) {
        match task.section {
            MasterTaskList::Completed => {}
            MasterTaskList::Unreachable => self.unreachable = self.unreachable.saturating_add(1),
            MasterTaskList::Live => {
                self.live.push(task);
                *self.frameworks.entry(cluster.framework_id_of(task)).or_default() += 1;
                self.agents.insert(cluster.agent_id_of(task));
            }
        }
    }

    fn top(&self, cluster: &Cluster) -> Vec<(FrameworkId, String, u32)> {
        let all: Vec<(FrameworkId, u32)> =
            self.frameworks.iter().map(|(id, tasks)| (FrameworkId::from(*id), *tasks)).collect();
        let first = order::top_n(&all, NAMED, |(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
        let named = first.into_iter().filter_map(|at| all.get(at as usize)).map(|(id, tasks)| {
            let name = cluster.framework(id).map(|framework| framework.name.clone());
            (id.clone(), name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.0.clone()), *tasks)
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests;
