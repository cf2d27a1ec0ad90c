//! Previews of changes of containers. Only the agent knows its containers, so the state before and after comes from its own answers,
//! and not from the cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::container_action::{ContainerAction, ContainerChange, ContainerState, SIGKILL, ends};
use super::container_form::ContainerFormError;
use super::preview::{
    Affected, Impact, ImpactKind, Preview, PreviewEntry, PreviewValue, PreviewedField, Progress, Severity, count,
};
use super::{Action, amount};
use crate::base::units::Timestamp;
use crate::checks::eligibility::{ContainerObstacle, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::task::MasterTaskList;
use crate::mesos::wire::containers::Container;
use crate::mesos::wire::detail;

/// What an agent's answers showed of its containers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerReading {
    /// Time of the request.
    pub asked: Timestamp,
    /// Paths of the listed containers.
    pub running: BTreeSet<Vec<String>>,
    /// Paths of the listed containers that are executors'.
    pub executors: BTreeSet<Vec<String>>,
    /// Whether the agent keeps the exit status of a container that it does not list, by path (WAIT_NESTED_CONTAINER).
    pub kept: BTreeMap<Vec<String>, bool>,
    /// Paths of containers that the agent has launched for this page.
    pub launched: BTreeSet<Vec<String>>,
}

impl ContainerReading {
    /// A reading of the containers that an answer lists.
    pub fn of(listed: &[Container], asked: Timestamp) -> Self {
        let paths = |all: &mut dyn Iterator<Item = &Container>| all.map(|container| container.line.clone()).collect();
        let mut of_executors = listed.iter().filter(|container| !container.executor.is_empty());
        Self { asked, running: paths(&mut listed.iter()), executors: paths(&mut of_executors), ..Self::default() }
    }

    /// State of a container.
    pub fn state(&self, path: &[String]) -> ContainerState {
        match self.kept.get(path) {
            _ if self.running.contains(path) => ContainerState::Running,
            Some(true) => ContainerState::Ended,
            Some(false) => ContainerState::Removed,
            None if self.launched.contains(path) => ContainerState::Ended,
            None => ContainerState::NotRunning,
        }
    }

    /// Completes a preview that was made without the agent's answers.
    pub fn complete(&self, action: &ContainerAction, preview: &mut Preview) {
        let state = self.state(&action.path);
        preview.current = vec![entry(action, state)];
        preview.asked = Some(self.asked);
        preview.progress = if self.shows(action) { Progress::Applied } else { Progress::Pending };
        let obstacle = self.obstacle(action);
        preview.disabled_reason = preview.disabled_reason.take().or(obstacle.map(DisabledReason::Container));
    }

    /// Whether the change is done.
    fn shows(&self, action: &ContainerAction) -> bool {
        let state = self.state(&action.path);
        match action.change {
            // A short command may have ended before it was listed.
            ContainerChange::Launch(_) => matches!(state, ContainerState::Running | ContainerState::Ended),
            // A process may ignore any signal but SIGKILL, or end on it.
            ContainerChange::Kill(signal) => !ends(signal) || state != ContainerState::Running,
            ContainerChange::Remove => state == ContainerState::Removed,
        }
    }

    /// Why the agent would refuse the change.
    pub fn obstacle(&self, action: &ContainerAction) -> Option<ContainerObstacle> {
        let state = self.state(&action.path);
        let parent = action.path.split_last().map(|(_, parent)| parent).filter(|parent| !parent.is_empty());
        match &action.change {
            ContainerChange::Launch(_) if state == ContainerState::Running => Some(ContainerObstacle::Exists),
            ContainerChange::Launch(_) => {
                parent.filter(|parent| !self.running.contains(*parent)).map(|_| ContainerObstacle::NoParent)
            }
            ContainerChange::Kill(_) if self.executors.contains(&action.path) => Some(ContainerObstacle::Executor),
            ContainerChange::Kill(_) => (state != ContainerState::Running).then_some(ContainerObstacle::NotRunning),
            ContainerChange::Remove => match state {
                _ if parent.is_none() => Some(ContainerObstacle::Standalone),
                ContainerState::Running => Some(ContainerObstacle::StillRunning),
                ContainerState::Removed => Some(ContainerObstacle::Removed),
                ContainerState::Ended | ContainerState::NotRunning => None,
            },
        }
    }
}

fn entry(action: &ContainerAction, state: ContainerState) -> PreviewEntry {
    let key = PreviewedField::Container(action.path.clone());
    PreviewEntry { key, value: PreviewValue::Container(state) }
}

/// Values after the change.
fn goal(action: &ContainerAction) -> Vec<PreviewEntry> {
    let state = |state| entry(action, state);
    match &action.change {
        ContainerChange::Launch(_) => vec![state(ContainerState::Running)],
        ContainerChange::Kill(signal) if ends(*signal) => vec![state(ContainerState::NotRunning)],
        ContainerChange::Kill(signal) => {
            let key = PreviewedField::Signal(action.path.clone());
            let value = PreviewValue::Signal(signal.unwrap_or(SIGKILL));
            vec![state(ContainerState::Running), PreviewEntry { key, value }]
        }
        ContainerChange::Remove => vec![state(ContainerState::Removed)],
    }
}

/// The change without the agent's answers: `ContainerReading::complete` adds the state.
pub(super) fn preview(cluster: &Cluster, action: &ContainerAction) -> Preview {
    let mut preview = Preview { progress: Progress::Pending, ..Preview::new(Vec::new(), goal(action)) };
    preview.disabled_reason = match cluster.agent(&action.agent) {
        None => Some(DisabledReason::AgentNotListed(action.agent.clone())),
        Some(agent) if agent.unreachable => Some(DisabledReason::Unreachable),
        Some(_) => None,
    };
    let note = |impact| Impact::new(Severity::Note, impact);
    match &action.change {
        ContainerChange::Launch(launch) => {
            preview.effects.push(note(if action.is_nested() {
                ImpactKind::SharesResources
            } else {
                ImpactKind::ResourcesNotCounted
            }));
            preview.effects.extend((!launch.volumes.is_empty()).then(|| note(ImpactKind::HostPathsMounted)));
            let kill = ContainerAction { change: ContainerChange::Kill(None), ..action.clone() };
            preview.back = Some(Action::Container(kill));
        }
        ContainerChange::Kill(signal) => {
            preview.effects.push(if ends(*signal) {
                Impact::new(Severity::Warn, ImpactKind::ContainerEnds)
            } else {
                note(ImpactKind::SignalMayBeIgnored)
            });
            preview.effects.extend(tasks_inside(cluster, action));
        }
        ContainerChange::Remove => {
            preview.effects.push(Impact::new(Severity::Warn, ImpactKind::SandboxDeleted));
        }
    }
    preview
}

/// Live tasks that run in the container, or in one that is nested in it.
fn tasks_inside(cluster: &Cluster, action: &ContainerAction) -> Option<Impact> {
    let live = cluster.tasks_of(&action.agent).filter(|task| task.section == MasterTaskList::Live);
    let tasks = live.filter(|task| detail::task(&cluster.task_json(task)).containers.starts_with(&action.path));
    let frameworks: BTreeMap<_, u32> = tasks.fold(BTreeMap::new(), |mut all, task| {
        *all.entry(cluster.framework_of(task)).or_default() += 1;
        all
    });
    let tasks: u32 = frameworks.values().sum();
    let on = frameworks.into_iter().map(|((id, name), tasks)| Affected::Framework(id, name, tasks));
    (tasks > 0).then(|| Impact::new(Severity::Bad, ImpactKind::ContainerTasksEnd(count(tasks as usize))).on(on))
}

/// Parses an amount of a standalone container's resource, in Mesos' own units; `None` for an empty text.
///
/// # Errors
/// If the text is no valid amount, in words.
pub fn parse_resource(name: &str, text: &str) -> Result<Option<f64>, String> {
    match amount::parse_amount(name, text) {
        Ok(Some(amount)) if amount < 0.001 => Err(ContainerFormError::Amount.to_string()),
        Ok(amount) => Ok(amount),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
