//! Previews of actions on agents and frameworks: drain, deactivate, reactivate, mark gone, and teardown.

use std::collections::BTreeMap;

use super::Action;
use super::draining::draining;
use super::plan::{Effect, Entry, Impact, Key, On, Plan, PlanValue, Progress, Tone, count, named};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::units::{Nanoseconds, Quantities};
use crate::checks::eligibility::{self, AgentVerb, DisabledReason};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, Drain};
use crate::cluster::task::{Section, Task};
use crate::mesos::wire::detail;
use crate::mesos::wire::state::TaskState;

fn state(cluster: &Cluster, agent: &Agent) -> PlanValue {
    match agent.drain {
        _ if agent.unreachable => PlanValue::Unreachable,
        Some(state) => {
            let reported = detail::agent(&cluster.json(agent.json)).drain.unwrap_or_default();
            let grace = reported.max_grace_period.map(|grace| grace.as_secs());
            PlanValue::Drain { is_over: state == Drain::Drained, grace, mark_gone: reported.mark_gone }
        }
        None if agent.deactivated => PlanValue::Deactivated,
        None if agent.recovered => PlanValue::NotBack,
        None if !agent.active => PlanValue::Disconnected,
        None => PlanValue::Active,
    }
}

fn unknown(agent: &AgentId) -> Plan {
    let why_not = Some(DisabledReason::AgentNotListed(agent.clone()));
    let entries = || vec![named(agent.as_str(), PlanValue::NotListed)];
    Plan { why_not, shows: Progress::Pending, ..Plan::new(entries(), entries()) }
}

fn on_agent(cluster: &Cluster, id: &AgentId, verb: AgentVerb, desired: PlanValue) -> Option<(Plan, Agent)> {
    let agent = cluster.agent(id)?;
    let entry = |value: PlanValue| -> Vec<Entry> { vec![named(agent.hostname.clone(), value)] };
    let plan = Plan::new(entry(state(cluster, agent)), entry(desired));
    Some((Plan { why_not: verb.on(agent, cluster).err(), ..plan }, agent.clone()))
}

pub(super) fn drain(cluster: &Cluster, id: &AgentId, grace: Option<u32>, mark_gone: bool) -> Plan {
    let goal = PlanValue::Drain { is_over: false, grace: grace.map(i64::from), mark_gone };
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Drain, goal) else {
        // An agent that is marked gone leaves the list.
        return Plan { shows: if mark_gone { Progress::Applied } else { Progress::Pending }, ..unknown(id) };
    };
    let as_desired = plan.current == plan.desired;
    plan.shows = match agent.drain {
        Some(Drain::Drained) if !mark_gone => Progress::Applied,
        Some(Drain::Draining) if as_desired => Progress::Started,
        _ => Progress::Pending,
    };
    plan.draining = draining(cluster, id);
    plan.effects.extend(match grace {
        _ if mark_gone => tasks_end(cluster, id, Tone::Bad, Impact::TasksEnded),
        Some(grace) => tasks_end(cluster, id, Tone::Warn, |tasks| Impact::TasksKilled(tasks, grace)),
        None => tasks_end(cluster, id, Tone::Warn, Impact::TasksKilledByPolicy),
    });
    plan.effects.extend(offers_go(&agent));
    if mark_gone {
        plan.effects.push(never_back());
        plan.name = Some(agent.hostname.clone());
    } else {
        plan.effects.push(Effect::new(Tone::Note, Impact::NotOffered));
        plan.back = (agent.drain.is_none() && !agent.deactivated).then(|| Action::Reactivate(id.clone()));
    }
    plan
}

pub(super) fn deactivate(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Deactivate, PlanValue::Deactivated) else {
        return unknown(id);
    };
    plan.effects.extend(offers_go(&agent));
    plan.effects.push(Effect::new(Tone::Note, Impact::TasksGoOn(agent.tasks)));
    plan.back = Some(Action::Reactivate(id.clone()));
    plan
}

pub(super) fn reactivate(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Reactivate, PlanValue::Active) else {
        return unknown(id);
    };
    let is_open = agent.drain.is_none() && !agent.deactivated;
    plan.shows = if is_open { Progress::Applied } else { Progress::Pending };
    plan.effects.push(Effect::new(Tone::Note, Impact::OfferedAgain));
    if agent.drain.is_none() {
        plan.back = Some(Action::Deactivate(id.clone()));
    }
    plan
}

pub(super) fn mark_gone(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::MarkGone, PlanValue::Gone) else {
        return if cluster.is_gone(id) { gone_already(id) } else { gone_unseen(cluster, id) };
    };
    plan.effects.extend(tasks_end(cluster, id, Tone::Bad, Impact::TasksGone));
    plan.effects.extend(given_up(cluster, id));
    if agent.unreachable && only_lost(cluster, id) {
        // No event completes such tasks (PROTOCOL.md, "MARK_AGENT_GONE"): here they and their agent stay unreachable.
        (plan.shows, plan.tally) = (Progress::Unobservable, cluster.unreachable_agents_reported());
        plan.effects.push(Effect::new(Tone::Note, Impact::StaysUnreachable));
    }
    plan.effects.extend(offers_go(&agent));
    plan.effects.push(never_back());
    plan.name = Some(agent.hostname);
    plan
}

/// Preview for an agent that is gone according to its tasks.
fn gone_already(id: &AgentId) -> Plan {
    let entry = vec![named(id.as_str(), PlanValue::Gone)];
    Plan { why_not: Some(DisabledReason::Gone), ..Plan::new(entry.clone(), entry) }
}

/// An agent that is on no list may still be known to the master's registry: as unreachable, or as one that has not come back.
fn gone_unseen(cluster: &Cluster, id: &AgentId) -> Plan {
    let entry = |value: PlanValue| vec![named(id.as_str(), value)];
    let mut plan = Plan::new(entry(PlanValue::NotListed), entry(PlanValue::Gone));
    plan.effects.extend([Effect::new(Tone::Warn, Impact::PerhapsUnknown), never_back()]);
    (plan.shows, plan.tally) = (Progress::Unobservable, cluster.unreachable_agents_reported());
    plan.name = Some(id.0.clone());
    plan
}

fn unreachable_tasks<'a>(cluster: &'a Cluster, id: &AgentId) -> impl Iterator<Item = &'a Task> {
    cluster.tasks_of(id).filter(|task| task.section == Section::Unreachable)
}

fn only_lost(cluster: &Cluster, id: &AgentId) -> bool {
    unreachable_tasks(cluster, id).all(|task| task.state == TaskState::Lost)
}

/// The agent's unreachable tasks.
fn given_up(cluster: &Cluster, id: &AgentId) -> Option<Effect> {
    let tasks = count(unreachable_tasks(cluster, id).count());
    let all = On::UnreachableTasks(id.clone(), tasks);
    (tasks > 0).then(|| Effect::new(Tone::Bad, Impact::TasksGivenUp(tasks)).on([all]))
}

fn never_back() -> Effect {
    Effect::new(Tone::Bad, Impact::NeverBack)
}

/// The agent's live tasks, by framework.
fn tasks_end(cluster: &Cluster, id: &AgentId, tone: Tone, impact: impl FnOnce(u32) -> Impact) -> Option<Effect> {
    let mut frameworks: BTreeMap<String, (FrameworkId, u32)> = BTreeMap::new();
    let mut tasks = 0_u32;
    for task in cluster.tasks_of(id).filter(|task| task.section == Section::Live) {
        let (id, name) = cluster.framework_of(task);
        frameworks.entry(name).or_insert((id, 0)).1 += 1;
        tasks += 1;
    }
    let all = On::AgentTasks(id.clone(), tasks);
    let of = frameworks.into_iter().map(|(name, (id, tasks))| On::Framework(id, name, tasks));
    (tasks > 0).then(|| Effect::new(tone, impact(tasks)).on(std::iter::once(all).chain(of)))
}

fn offers_go(agent: &Agent) -> Option<Effect> {
    (agent.offered != Quantities::NONE).then(|| Effect::new(Tone::Note, Impact::OffersRescinded))
}

pub(super) fn teardown(cluster: &Cluster, id: &FrameworkId) -> Plan {
    let Some(framework) = cluster.framework(id) else {
        let why_not = Some(DisabledReason::FrameworkNotListed(id.clone()));
        let entries = vec![named(id.as_str(), PlanValue::NotListed)];
        // One that has ended leaves the list once so many others have ended since.
        return Plan { why_not, shows: Progress::Applied, ..Plan::new(entries.clone(), entries) };
    };
    let state = match () {
        () if framework.completed() => PlanValue::Completed,
        () if framework.recovered => PlanValue::Recovered,
        () if !framework.connected => PlanValue::Disconnected,
        () if !framework.active => PlanValue::Inactive,
        () => PlanValue::Active,
    };
    let entry = |value: PlanValue| vec![named(framework.name.clone(), value)];
    let mut plan = Plan::new(entry(state), entry(PlanValue::Completed));
    plan.why_not = eligibility::tear_down(framework).err();
    let live: Vec<_> = cluster.tasks_of_framework(id).filter(|task| task.section == Section::Live).collect();
    let tasks = count(live.len());
    let mut agents: BTreeMap<String, (AgentId, u32)> = BTreeMap::new();
    for task in live {
        agents.entry(cluster.hostname_of(task).to_owned()).or_insert((cluster.agent_id_of(task).into(), 0)).1 += 1;
    }
    if tasks > 0 {
        let all = On::FrameworkTasks(id.clone(), tasks);
        let impact = Impact::FrameworkKilled(tasks, count(agents.len()));
        let on = agents.into_iter().map(|(name, (id, tasks))| On::Agent(id, name, Some(tasks)));
        plan.effects.push(Effect::new(Tone::Bad, impact).on(std::iter::once(all).chain(on)));
    }
    plan.effects.push(Effect::new(Tone::Bad, Impact::FrameworkFails));
    if !framework.offers.is_empty() {
        plan.effects.push(Effect::new(Tone::Note, Impact::FrameworkOffers));
    }
    plan.name = Some(framework.name.clone());
    plan
}

pub(super) fn logging(level: u32, length: Nanoseconds) -> Plan {
    let falls_back = Entry { key: Key::FallsBack, value: PlanValue::After(length) };
    let mut plan = Plan::new(Vec::new(), vec![named("verbosity", PlanValue::Typed(level.to_string())), falls_back]);
    plan.effects.push(Effect::new(Tone::Note, Impact::FallsBack(length)));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Timestamp;
    use crate::mesos::wire::json_splitter::List;

    #[test]
    fn an_agent_that_is_gone_is_not_marked_once_more() {
        let mut cluster = Cluster::default();
        let framework = r#"{"framework_info":{"id":{"value":"f"}},"active":true}"#;
        let task = r#"{"task_id":{"value":"t"},"framework_id":{"value":"f"},"agent_id":{"value":"S1"},"state":"TASK_GONE_BY_OPERATOR"}"#;
        cluster.arrive(List::Frameworks, framework, Timestamp(1)).expect("it is a framework");
        cluster.arrive(List::CompletedTasks, task, Timestamp(1)).expect("it is a task");
        cluster.arrived(None);
        let gone = mark_gone(&cluster, &"S1".into());
        assert_eq!((gone.shows, gone.why_not.is_some()), (Progress::Applied, true));
        let unlisted = |cluster: &Cluster| {
            let plan = mark_gone(cluster, &"S2".into());
            (plan.shows, plan.why_not.is_some(), plan.tally)
        };
        assert_eq!(unlisted(&cluster), (Progress::Unobservable, false, None));
        cluster.report_metrics([("master/slaves_unreachable".to_owned(), 2.0)].into());
        assert_eq!(unlisted(&cluster), (Progress::Unobservable, false, Some(2)), "the count may tell");
    }
}
