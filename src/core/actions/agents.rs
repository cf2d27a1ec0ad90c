//! What draining, deactivating, reactivating or losing an agent, and ending a framework, would do.

use std::collections::BTreeMap;

use super::Act;
use super::draining::draining;
use super::plan::{Effect, On, Plan, Shows, Tone, named};
use crate::actions::plan::Entry;
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::units::{Nanoseconds, Quantities};
use crate::checks::can::{self, AgentVerb, WhyNot};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, Drain};
use crate::cluster::task::{Section, Task};
use crate::mesos::wire::detail;
use crate::mesos::wire::state::TaskState;
use crate::text;

/// The states in words.
const ACTIVE: &str = "active";
const DEACTIVATED: &str = "deactivated";
const GONE: &str = "gone";

fn state(cluster: &Cluster, agent: &Agent) -> String {
    match agent.drain {
        _ if agent.unreachable => "unreachable".to_owned(),
        Some(state) => {
            let told = detail::agent(&cluster.json(agent.json)).drain.unwrap_or_default();
            let grace = told.max_grace_period.map(|grace| grace.as_secs());
            drains(state == Drain::Drained, grace, told.mark_gone)
        }
        None if agent.deactivated => DEACTIVATED.to_owned(),
        None if agent.recovered => "not back since the master started".to_owned(),
        None if !agent.active => "disconnected".to_owned(),
        None => ACTIVE.to_owned(),
    }
}

fn drains(is_drained: bool, grace: Option<i64>, mark_gone: bool) -> String {
    let word = if is_drained { "drained" } else { "draining" };
    let grace = grace.map_or_else(String::new, |grace| format!(", at most {grace} s a task"));
    format!("{word}{grace}{}", if mark_gone { ", then marked gone" } else { "" })
}

fn unknown(agent: &AgentId) -> Plan {
    let why_not =
        WhyNot { words: format!("The master lists no agent {agent}."), source: "src/master/http.cpp".to_owned() };
    let entries = |value: &str| vec![named(agent.as_str(), value)];
    Plan { why_not: Some(why_not), shows: Shows::Before, ..Plan::new(entries("not listed"), entries("not listed")) }
}

fn on_agent(cluster: &Cluster, id: &AgentId, verb: AgentVerb, wanted: &str) -> Option<(Plan, Agent)> {
    let agent = cluster.agent(id)?;
    let entry = |value: String| -> Vec<Entry> { vec![named(agent.hostname.clone(), value)] };
    let plan = Plan::new(entry(state(cluster, agent)), entry(wanted.to_owned()));
    Some((Plan { why_not: verb.on(agent, cluster).err(), ..plan }, agent.clone()))
}

pub(super) fn drain(cluster: &Cluster, id: &AgentId, grace: Option<u32>, mark_gone: bool) -> Plan {
    let goal = drains(false, grace.map(i64::from), mark_gone);
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Drain, &goal) else {
        // An agent that is marked gone leaves the list.
        return Plan { shows: if mark_gone { Shows::Done } else { Shows::Before }, ..unknown(id) };
    };
    let as_wanted = plan.stands == plan.wanted;
    plan.shows = match agent.drain {
        Some(Drain::Drained) if !mark_gone => Shows::Done,
        Some(Drain::Draining) if as_wanted => Shows::Begun,
        _ => Shows::Before,
    };
    plan.draining = draining(cluster, id);
    let how = match grace {
        _ if mark_gone => "are ended at once: marking gone waits for no grace period".to_owned(),
        Some(grace) => format!("are killed, with at most {grace} s to end each"),
        None => "are killed, with the time to end that their own kill policies give".to_owned(),
    };
    plan.effects.extend(tasks_end(cluster, id, &how, if mark_gone { Tone::Bad } else { Tone::Warn }));
    plan.effects.extend(offers_go(&agent));
    if mark_gone {
        plan.effects.push(never_back());
        plan.name = Some(agent.hostname.clone());
    } else {
        plan.effects.push(Effect::new(Tone::Note, "It is offered no more, until it is reactivated."));
        plan.back = (agent.drain.is_none() && !agent.deactivated).then(|| Act::Reactivate(id.clone()));
    }
    plan
}

pub(super) fn deactivate(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Deactivate, DEACTIVATED) else { return unknown(id) };
    plan.effects.extend(offers_go(&agent));
    let words = format!("Its {} on, and it is offered no more, until it is reactivated.", go(agent.tasks));
    plan.effects.push(Effect::new(Tone::Note, words));
    plan.back = Some(Act::Reactivate(id.clone()));
    plan
}

fn go(tasks: u32) -> String {
    format!("{} {}", text::plural(tasks, "live task", "live tasks"), if tasks == 1 { "goes" } else { "go" })
}

pub(super) fn reactivate(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::Reactivate, ACTIVE) else { return unknown(id) };
    let is_open = agent.drain.is_none() && !agent.deactivated;
    plan.shows = if is_open { Shows::Done } else { Shows::Before };
    plan.effects.push(Effect::new(Tone::Note, "Its resources are offered again."));
    if agent.drain.is_none() {
        plan.back = Some(Act::Deactivate(id.clone()));
    }
    plan
}

pub(super) fn mark_gone(cluster: &Cluster, id: &AgentId) -> Plan {
    let Some((mut plan, agent)) = on_agent(cluster, id, AgentVerb::MarkGone, GONE) else {
        return if cluster.is_gone(id) { gone_already(id) } else { gone_unseen(cluster, id) };
    };
    plan.effects.extend(tasks_end(cluster, id, "are gone with it, at once (TASK_GONE_BY_OPERATOR)", Tone::Bad));
    plan.effects.extend(given_up(cluster, id));
    if agent.unreachable && only_lost(cluster, id) {
        // Such tasks stay where they are without an event, and the agent with them (PROTOCOL.md B7, 6).
        (plan.shows, plan.tally) = (Shows::Untold, cluster.unreachable_agents_told());
        let words = "The master goes on listing tasks that were lost with it, and tells nobody that it is gone: here it stays “unreachable” until those are forgotten.";
        plan.effects.push(Effect::new(Tone::Note, words));
    }
    plan.effects.extend(offers_go(&agent));
    plan.effects.push(never_back());
    plan.name = Some(agent.hostname);
    plan
}

/// Its tasks tell that it is gone.
fn gone_already(id: &AgentId) -> Plan {
    let why_not =
        WhyNot { words: "It has been marked gone already.".to_owned(), source: "src/master/http.cpp".to_owned() };
    let entry = vec![named(id.as_str(), GONE)];
    Plan { why_not: Some(why_not), ..Plan::new(entry.clone(), entry) }
}

/// An agent that is on no list may still be known to the master's registry: as unreachable, or as one that has not come back.
fn gone_unseen(cluster: &Cluster, id: &AgentId) -> Plan {
    let entry = |value: &str| vec![named(id.as_str(), value)];
    let mut plan = Plan::new(entry("not listed"), entry(GONE));
    let words = "The master lists no such agent now. It lists none that it cannot reach; of an id that it never knew it says that it was not found.";
    plan.effects.extend([Effect::new(Tone::Warn, words), never_back()]);
    (plan.shows, plan.tally) = (Shows::Untold, cluster.unreachable_agents_told());
    plan.name = Some(id.0.clone());
    plan
}

fn unreachable_tasks<'a>(cluster: &'a Cluster, id: &AgentId) -> impl Iterator<Item = &'a Task> {
    cluster.tasks_of(id).filter(|task| task.section == Section::Unreachable)
}

fn only_lost(cluster: &Cluster, id: &AgentId) -> bool {
    unreachable_tasks(cluster, id).all(|task| task.state == TaskState::Lost)
}

/// The agent's tasks that nobody can reach.
fn given_up(cluster: &Cluster, id: &AgentId) -> Option<Effect> {
    let tasks = u32::try_from(unreachable_tasks(cluster, id).count()).unwrap_or(u32::MAX);
    let words = format!("{} given up: they never come back.", are_unreachable(tasks));
    let all = On::Tasks(format!("agent:={id} list:unreachable"), text::plural(tasks, "task", "tasks"));
    (tasks > 0).then(|| Effect::new(Tone::Bad, words).on([all]))
}

fn are_unreachable(tasks: u32) -> String {
    let be = if tasks == 1 { "is" } else { "are" };
    format!("{} {be}", text::plural(tasks, "unreachable task", "unreachable tasks"))
}

fn never_back() -> Effect {
    let words = "The agent is told to shut down, and never comes back under its id. Its volumes and sandboxes are lost to the cluster.";
    Effect::new(Tone::Bad, words)
}

/// The agent's live tasks, by framework.
fn tasks_end(cluster: &Cluster, id: &AgentId, how: &str, tone: Tone) -> Option<Effect> {
    let mut frameworks: BTreeMap<String, (FrameworkId, u32)> = BTreeMap::new();
    let mut tasks = 0_u32;
    for task in cluster.tasks_of(id).filter(|task| task.section == Section::Live) {
        let (id, name) = cluster.framework_of(task);
        frameworks.entry(name).or_insert((id, 0)).1 += 1;
        tasks += 1;
    }
    let all = On::Tasks(format!("agent:={id} list:live"), text::plural(tasks, "task", "tasks"));
    let of = frameworks.into_iter().map(|(name, (id, tasks))| On::Framework(id, format!("{name} ({tasks})")));
    let words = format!("{} {how}.", text::plural(tasks, "live task", "live tasks"));
    (tasks > 0).then(|| Effect::new(tone, words).on(std::iter::once(all).chain(of)))
}

fn offers_go(agent: &Agent) -> Option<Effect> {
    (agent.offered != Quantities::NONE).then(|| Effect::new(Tone::Note, "What is offered of it now is rescinded."))
}

pub(super) fn teardown(cluster: &Cluster, id: &FrameworkId) -> Plan {
    let Some(framework) = cluster.framework(id) else {
        let why_not =
            WhyNot { words: format!("The master lists no framework {id}."), source: "src/master/http.cpp".to_owned() };
        let entries = vec![named(id.as_str(), "not listed")];
        // One that has ended leaves the list once so many others have ended since.
        return Plan { why_not: Some(why_not), shows: Shows::Done, ..Plan::new(entries.clone(), entries) };
    };
    let state = match () {
        () if framework.completed() => "completed",
        () if framework.recovered => "recovered",
        () if !framework.connected => "disconnected",
        () if !framework.active => "inactive",
        () => ACTIVE,
    };
    let entry = |value: &str| vec![named(framework.name.clone(), value)];
    let mut plan = Plan::new(entry(state), entry("completed"));
    plan.why_not = can::tear_down(framework).err();
    let live: Vec<_> = cluster.tasks_of_framework(id).filter(|task| task.section == Section::Live).collect();
    let tasks = u32::try_from(live.len()).unwrap_or(u32::MAX);
    let mut agents: BTreeMap<String, (AgentId, u32)> = BTreeMap::new();
    for task in live {
        agents.entry(cluster.hostname_of(task).to_owned()).or_insert((cluster.agent_id_of(task).into(), 0)).1 += 1;
    }
    if tasks > 0 {
        let all = On::Tasks(format!("framework:={id} list:live"), text::plural(tasks, "task", "tasks"));
        let words = format!(
            "{} on {} and their executors are killed.",
            text::plural(tasks, "live task", "live tasks"),
            text::plural(u32::try_from(agents.len()).unwrap_or(u32::MAX), "agent", "agents")
        );
        let on = agents.into_iter().map(|(name, (id, tasks))| On::Agent(id, format!("{name} ({tasks})")));
        plan.effects.push(Effect::new(Tone::Bad, words).on(std::iter::once(all).chain(on)));
    }
    plan.effects.push(Effect::new(
        Tone::Bad,
        "The framework is told that it failed, and can never register under this id again.",
    ));
    if !framework.offers.is_empty() {
        plan.effects.push(Effect::new(Tone::Note, "Its offers are rescinded, and what it holds is offered to others."));
    }
    plan.name = Some(framework.name.clone());
    plan
}

pub(super) fn logging(level: u32, length: Nanoseconds) -> Plan {
    let words = format!("Falls back to the level of its flags by itself after {}.", text::span(length));
    let wanted = [("verbosity", level.to_string()), ("falls back", format!("after {}", text::span(length)))];
    let mut plan = Plan::new(Vec::new(), wanted.into_iter().map(|(name, value)| named(name, value)).collect());
    plan.effects.push(Effect::new(Tone::Note, words));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Timestamp;
    use crate::mesos::wire::cut::List;

    #[test]
    fn an_agent_that_is_gone_is_not_marked_once_more() {
        let mut cluster = Cluster::default();
        let framework = r#"{"framework_info":{"id":{"value":"f"}},"active":true}"#;
        let task = r#"{"task_id":{"value":"t"},"framework_id":{"value":"f"},"agent_id":{"value":"S1"},"state":"TASK_GONE_BY_OPERATOR"}"#;
        cluster.arrive(List::Frameworks, framework, Timestamp(1)).expect("it is a framework");
        cluster.arrive(List::CompletedTasks, task, Timestamp(1)).expect("it is a task");
        cluster.arrived(None);
        let gone = mark_gone(&cluster, &"S1".into());
        assert_eq!((gone.shows, gone.why_not.is_some()), (Shows::Done, true));
        let unlisted = |cluster: &Cluster| {
            let plan = mark_gone(cluster, &"S2".into());
            (plan.shows, plan.why_not.is_some(), plan.tally)
        };
        assert_eq!(unlisted(&cluster), (Shows::Untold, false, None));
        cluster.report_metrics([("master/slaves_unreachable".to_owned(), 2.0)].into());
        assert_eq!(unlisted(&cluster), (Shows::Untold, false, Some(2)), "the count may tell");
    }
}
