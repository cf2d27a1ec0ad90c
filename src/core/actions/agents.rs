//! Previews of actions on agents and frameworks: drain, deactivate, reactivate, mark gone, and teardown.

use std::collections::{BTreeMap, BTreeSet};

use super::Action;
use super::draining::draining;
use super::preview::{
    Affected, AffectedTasks, Impact, ImpactKind, Preview, PreviewEntry, PreviewValue, PreviewedField, Progress,
    Severity, count, named,
};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Quantities};
use crate::checks::eligibility::{self, AgentAction, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, DrainState};
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::detail;
use crate::mesos::wire::state::TaskState;

fn state(cluster: &Cluster, agent: &Agent) -> PreviewValue {
    match agent.drain {
        _ if agent.unreachable => PreviewValue::Unreachable,
        Some(state) => {
            let reported = detail::agent(&cluster.json(agent.json)).drain.unwrap_or_default();
            let grace = reported.max_grace_period.map(|grace| grace.as_secs());
            PreviewValue::Drain { is_over: state == DrainState::Drained, grace, mark_gone: reported.mark_gone }
        }
        None if agent.deactivated => PreviewValue::Deactivated,
        None if agent.recovered => PreviewValue::NotBack,
        None if !agent.active => PreviewValue::Disconnected,
        None => PreviewValue::Active,
    }
}

fn unknown(agent: &AgentId) -> Preview {
    let disabled_reason = Some(DisabledReason::AgentNotListed(agent.clone()));
    let entries = || vec![named(agent.as_str(), PreviewValue::NotListed)];
    Preview { disabled_reason, progress: Progress::Pending, ..Preview::new(entries(), entries()) }
}

fn on_agent(cluster: &Cluster, id: &AgentId, verb: AgentAction, desired: PreviewValue) -> Option<(Preview, Agent)> {
    let agent = cluster.agent(id)?;
    let entry = |value: PreviewValue| -> Vec<PreviewEntry> { vec![named(agent.hostname.clone(), value)] };
    let preview = Preview::new(entry(state(cluster, agent)), entry(desired));
    let affected = Some(affected(cluster, cluster.tasks_of(id)));
    Some((Preview { disabled_reason: verb.on(agent, cluster).err(), affected, ..preview }, agent.clone()))
}

fn affected<'a>(cluster: &'a Cluster, tasks: impl Iterator<Item = &'a Task>) -> AffectedTasks {
    let live: Vec<&Task> = tasks.filter(|task| task.section == MasterTaskList::Live).collect();
    let frameworks: BTreeSet<&str> = order::inserted(live.iter().map(|task| cluster.framework_id_of(task)));
    let agents: BTreeSet<&str> = order::inserted(live.iter().map(|task| cluster.agent_id_of(task)));
    AffectedTasks { tasks: count(live.len()), frameworks: count(frameworks.len()), agents: count(agents.len()) }
}

pub(super) fn drain(cluster: &Cluster, id: &AgentId, grace: Option<u32>, mark_gone: bool) -> Preview {
    let goal = PreviewValue::Drain { is_over: false, grace: grace.map(i64::from), mark_gone };
    let Some((mut preview, agent)) = on_agent(cluster, id, AgentAction::Drain, goal) else {
        // An agent that is marked gone leaves the list.
        return Preview { progress: if mark_gone { Progress::Applied } else { Progress::Pending }, ..unknown(id) };
    };
    let as_desired = preview.current == preview.desired;
    preview.progress = match agent.drain {
        Some(DrainState::Drained) if !mark_gone => Progress::Applied,
        Some(DrainState::Draining) if as_desired => Progress::Started,
        _ => Progress::Pending,
    };
    preview.draining = draining(cluster, id);
    preview.effects.extend(match grace {
        _ if mark_gone => tasks_end(cluster, id, Severity::Bad, ImpactKind::TasksEnded),
        Some(grace) => tasks_end(cluster, id, Severity::Warn, |tasks| ImpactKind::TasksKilled(tasks, grace)),
        None => tasks_end(cluster, id, Severity::Warn, ImpactKind::TasksKilledByPolicy),
    });
    preview.effects.extend(offers_go(&agent));
    if mark_gone {
        preview.effects.push(never_back());
        preview.name = Some(agent.hostname.clone());
    } else {
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::NotOffered));
        preview.back = (agent.drain.is_none() && !agent.deactivated).then(|| Action::Reactivate(id.clone()));
    }
    preview
}

pub(super) fn deactivate(cluster: &Cluster, id: &AgentId) -> Preview {
    let Some((mut preview, agent)) = on_agent(cluster, id, AgentAction::Deactivate, PreviewValue::Deactivated) else {
        return unknown(id);
    };
    preview.effects.extend(offers_go(&agent));
    preview.effects.push(Impact::new(Severity::Note, ImpactKind::TasksGoOn(agent.tasks)));
    preview.back = Some(Action::Reactivate(id.clone()));
    preview
}

pub(super) fn reactivate(cluster: &Cluster, id: &AgentId) -> Preview {
    let Some((mut preview, agent)) = on_agent(cluster, id, AgentAction::Reactivate, PreviewValue::Active) else {
        return unknown(id);
    };
    let is_open = agent.drain.is_none() && !agent.deactivated;
    preview.progress = if is_open { Progress::Applied } else { Progress::Pending };
    preview.effects.push(Impact::new(Severity::Note, ImpactKind::OfferedAgain));
    if agent.drain.is_none() {
        preview.back = Some(Action::Deactivate(id.clone()));
    }
    preview
}

pub(super) fn mark_gone(cluster: &Cluster, id: &AgentId) -> Preview {
    let Some((mut preview, agent)) = on_agent(cluster, id, AgentAction::MarkGone, PreviewValue::Gone) else {
        return if cluster.is_gone(id) { gone_already(id) } else { gone_unseen(cluster, id) };
    };
    preview.effects.extend(tasks_end(cluster, id, Severity::Bad, ImpactKind::TasksGone));
    preview.effects.extend(given_up(cluster, id));
    if agent.unreachable && only_lost(cluster, id) {
        // No event completes such tasks (PROTOCOL.md, "MARK_AGENT_GONE"): here they and their agent stay unreachable.
        (preview.progress, preview.tally) = (Progress::Unobservable, cluster.unreachable_agents_reported());
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::StaysUnreachable));
    }
    preview.effects.extend(offers_go(&agent));
    preview.effects.push(never_back());
    preview.name = Some(agent.hostname);
    preview
}

/// Preview for an agent that is gone according to its tasks.
fn gone_already(id: &AgentId) -> Preview {
    let entry = vec![named(id.as_str(), PreviewValue::Gone)];
    Preview { disabled_reason: Some(DisabledReason::Gone), ..Preview::new(entry.clone(), entry) }
}

/// An agent that is on no list may still be known to the master's registry: as unreachable, or as one that has not come back.
fn gone_unseen(cluster: &Cluster, id: &AgentId) -> Preview {
    let entry = |value: PreviewValue| vec![named(id.as_str(), value)];
    let mut preview = Preview::new(entry(PreviewValue::NotListed), entry(PreviewValue::Gone));
    preview.effects.extend([Impact::new(Severity::Warn, ImpactKind::PerhapsUnknown), never_back()]);
    (preview.progress, preview.tally) = (Progress::Unobservable, cluster.unreachable_agents_reported());
    preview.name = Some(id.0.clone());
    preview
}

fn unreachable_tasks<'a>(cluster: &'a Cluster, id: &AgentId) -> impl Iterator<Item = &'a Task> {
    cluster.tasks_of(id).filter(|task| task.section == MasterTaskList::Unreachable)
}

fn only_lost(cluster: &Cluster, id: &AgentId) -> bool {
    unreachable_tasks(cluster, id).all(|task| task.state == TaskState::Lost)
}

/// The agent's unreachable tasks.
fn given_up(cluster: &Cluster, id: &AgentId) -> Option<Impact> {
    let tasks = count(unreachable_tasks(cluster, id).count());
    let all = Affected::UnreachableTasks(id.clone(), tasks);
    (tasks > 0).then(|| Impact::new(Severity::Bad, ImpactKind::TasksGivenUp(tasks)).on([all]))
}

fn never_back() -> Impact {
    Impact::new(Severity::Bad, ImpactKind::NeverBack)
}

/// The agent's live tasks, by framework.
fn tasks_end(
    cluster: &Cluster,
    id: &AgentId,
    tone: Severity,
    impact: impl FnOnce(u32) -> ImpactKind,
) -> Option<Impact> {
    let mut frameworks: BTreeMap<String, (FrameworkId, u32)> = BTreeMap::new();
    let mut tasks = 0_u32;
    for task in cluster.tasks_of(id).filter(|task| task.section == MasterTaskList::Live) {
        let (id, name) = cluster.framework_of(task);
        frameworks.entry(name).or_insert((id, 0)).1 += 1;
        tasks += 1;
    }
    let all = Affected::AgentTasks(id.clone(), tasks);
    let of = frameworks.into_iter().map(|(name, (id, tasks))| Affected::Framework(id, name, tasks));
    (tasks > 0).then(|| Impact::new(tone, impact(tasks)).on(std::iter::once(all).chain(of)))
}

fn offers_go(agent: &Agent) -> Option<Impact> {
    (agent.offered != Quantities::NONE).then(|| Impact::new(Severity::Note, ImpactKind::OffersRescinded))
}

pub(super) fn teardown(cluster: &Cluster, id: &FrameworkId) -> Preview {
    let Some(framework) = cluster.framework(id) else {
        let disabled_reason = Some(DisabledReason::FrameworkNotListed(id.clone()));
        let entries = vec![named(id.as_str(), PreviewValue::NotListed)];
        // One that has ended leaves the list once so many others have ended since.
        return Preview { disabled_reason, progress: Progress::Applied, ..Preview::new(entries.clone(), entries) };
    };
    let state = match () {
        () if framework.completed() => PreviewValue::Completed,
        () if framework.recovered => PreviewValue::Recovered,
        () if !framework.connected => PreviewValue::Disconnected,
        () if !framework.active => PreviewValue::Inactive,
        () => PreviewValue::Active,
    };
    let entry = |value: PreviewValue| vec![named(framework.name.clone(), value)];
    let mut preview = Preview::new(entry(state), entry(PreviewValue::Completed));
    preview.disabled_reason = eligibility::tear_down(framework).err();
    preview.affected = Some(affected(cluster, cluster.tasks_of_framework(id)));
    let live: Vec<_> = cluster.tasks_of_framework(id).filter(|task| task.section == MasterTaskList::Live).collect();
    let tasks = count(live.len());
    let mut agents: BTreeMap<String, (AgentId, u32)> = BTreeMap::new();
    for task in live {
        agents.entry(cluster.hostname_of(task).to_owned()).or_insert((cluster.agent_id_of(task).into(), 0)).1 += 1;
    }
    if tasks > 0 {
        let all = Affected::FrameworkTasks(id.clone(), tasks);
        let impact = ImpactKind::FrameworkKilled(tasks, count(agents.len()));
        let on = agents.into_iter().map(|(name, (id, tasks))| Affected::Agent(id, name, Some(tasks)));
        preview.effects.push(Impact::new(Severity::Bad, impact).on(std::iter::once(all).chain(on)));
    }
    preview.effects.push(Impact::new(Severity::Bad, ImpactKind::FrameworkFails));
    if !framework.offers.is_empty() {
        preview.effects.push(Impact::new(Severity::Note, ImpactKind::FrameworkOffers));
    }
    preview.name = Some(framework.name.clone());
    preview
}

pub(super) fn logging(level: u32, length: Nanoseconds) -> Preview {
    let falls_back = PreviewEntry { key: PreviewedField::FallsBack, value: PreviewValue::After(length) };
    let mut preview =
        Preview::new(Vec::new(), vec![named("verbosity", PreviewValue::Typed(level.to_string())), falls_back]);
    preview.effects.push(Impact::new(Severity::Note, ImpactKind::FallsBack(length)));
    preview
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Timestamp;
    use crate::mesos::wire::json_splitter::SnapshotList;

    #[test]
    fn an_agent_that_is_gone_is_not_marked_once_more() {
        let mut cluster = Cluster::default();
        let framework = r#"{"framework_info":{"id":{"value":"f"}},"active":true}"#;
        let task = r#"{"task_id":{"value":"t"},"framework_id":{"value":"f"},"agent_id":{"value":"S1"},"state":"TASK_GONE_BY_OPERATOR"}"#;
        cluster.arrive(SnapshotList::Frameworks, framework, Timestamp(1)).expect("it is a framework");
        cluster.arrive(SnapshotList::CompletedTasks, task, Timestamp(1)).expect("it is a task");
        cluster.arrived(None);
        let gone = mark_gone(&cluster, &"S1".into());
        assert_eq!((gone.progress, gone.disabled_reason.is_some()), (Progress::Applied, true));
        let unlisted = |cluster: &Cluster| {
            let preview = mark_gone(cluster, &"S2".into());
            (preview.progress, preview.disabled_reason.is_some(), preview.tally)
        };
        assert_eq!(unlisted(&cluster), (Progress::Unobservable, false, None));
        cluster.report_metrics([("master/slaves_unreachable".to_owned(), 2.0)].into());
        assert_eq!(unlisted(&cluster), (Progress::Unobservable, false, Some(2)), "the count may tell");
    }
}
