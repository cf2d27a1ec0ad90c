//! What differs between what the master reports now and what was known, as changes. Most kinds of changes have no event
//! (PROTOCOL.md, "Events that do not exist"). Compares, and writes to the log only.

use std::collections::{BTreeMap, BTreeSet};

use super::agent::{Agent, AgentStatus};
use super::change::{ChangeKind, ChangeSource, ChangeValue, ChangedField, Subject};
use super::change_log::NewChange;
use super::framework::{Framework, FrameworkStatus};
use super::interner::Slot;
use super::role::{Machine, MachineMode};
use super::task::{MasterTaskList, Task};
use super::topic::Topic;
use super::{Cluster, Master};
use crate::base::ids::{AgentId, FrameworkId, Role, TaskKey};
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::calls::maintenance::{MachineId, Schedule};
use crate::mesos::calls::quota::QuotaConfig;
use crate::mesos::wire::state::TaskState;
use crate::mesos::wire::time::Unavailability;

/// What is compared of an agent.
#[derive(Debug)]
pub(super) struct AgentFacts {
    status: AgentStatus,
    /// All its resources; `None` if they are not known.
    total: Option<Quantities>,
    hostname: String,
    pid: String,
    version: String,
    attributes: String,
    domain: String,
    /// Time of its last re-registration; `None` if it has registered once only, or is not back since the master started.
    reregistered: Option<Timestamp>,
}

impl AgentFacts {
    fn of(agent: &Agent) -> Self {
        Self {
            status: agent.status(),
            total: (agent.is_there() && !agent.unknown.total).then_some(agent.total),
            hostname: agent.hostname.clone(),
            pid: agent.pid.clone(),
            version: agent.version.clone(),
            attributes: agent.attributes.clone(),
            domain: agent.domain.clone(),
            reregistered: agent.reregistered,
        }
    }

    /// How an agent that was not known before has come: one that was unreachable since before the page opened returns.
    fn arrival(&self) -> ChangeKind {
        if self.reregistered.is_some() { ChangeKind::Reregistered } else { ChangeKind::Added }
    }

    /// The changes from these facts to those.
    fn changes(&self, new: &Self) -> Vec<ChangeKind> {
        let is_reported = [self, new].into_iter().all(|facts| facts.total.is_some());
        let texts = [
            (ChangedField::Hostname, &self.hostname, &new.hostname),
            (ChangedField::Address, &self.pid, &new.pid),
            (ChangedField::Version, &self.version, &new.version),
            (ChangedField::Attributes, &self.attributes, &new.attributes),
            (ChangedField::Domain, &self.domain, &new.domain),
        ];
        // The registry, from which a recovered agent is known, has less than the agent itself.
        let texts = texts.into_iter().filter(|(_, old, new)| is_reported || !old.is_empty() && !new.is_empty());
        let texts = texts.filter_map(|(field, old, new)| text(field, old, new));
        let total = self.total.zip(new.total).and_then(|(old, new)| {
            differing(ChangedField::Resources, ChangeValue::Amounts(old), ChangeValue::Amounts(new))
        });
        let states = (ChangeValue::Agent(self.status), ChangeValue::Agent(new.status));
        let state = differing(ChangedField::State, states.0, states.1);
        // No event announces it within the ping timeout: only the time differs (PROTOCOL.md, "Events that do not exist").
        let is_again = new.reregistered.is_some() && self.reregistered != new.reregistered;
        let again = is_again.then_some(ChangeKind::Reregistered);
        again.into_iter().chain(state).chain(total).chain(texts).collect()
    }
}

/// What is compared of a framework.
#[derive(Debug)]
pub(super) struct FrameworkFacts {
    status: FrameworkStatus,
    name: String,
    roles: String,
    /// Times of its registration and of its last re-registration, which are equal at first; `None` while it is recovered.
    registered: Option<Timestamp>,
    reregistered: Option<Timestamp>,
}

impl FrameworkFacts {
    fn of(framework: &Framework) -> Self {
        let roles: Vec<&str> = framework.roles.iter().map(Role::as_str).collect();
        Self {
            status: framework.status(),
            name: framework.name.clone(),
            roles: roles.join(", "),
            registered: framework.registered,
            reregistered: framework.reregistered,
        }
    }

    /// How a framework that was not known before has come.
    fn arrival(&self) -> ChangeKind {
        if self.reregistered > self.registered { ChangeKind::Reregistered } else { ChangeKind::Added }
    }

    fn changes(&self, new: &Self) -> Vec<ChangeKind> {
        let states = (ChangeValue::Framework(self.status), ChangeValue::Framework(new.status));
        let texts =
            [text(ChangedField::Name, &self.name, &new.name), text(ChangedField::Roles, &self.roles, &new.roles)];
        let state = differing(ChangedField::State, states.0, states.1);
        let is_again = new.reregistered.is_some() && self.reregistered != new.reregistered && !new.status.completed;
        let again = is_again.then_some(ChangeKind::Reregistered);
        again.into_iter().chain(state).chain(texts.into_iter().flatten()).collect()
    }
}

/// The value of a topic that only reads return, to compare the next answer with it.
#[derive(Debug)]
pub enum PolledTopic {
    /// The leading master.
    Master(Master),
    /// The master's flags.
    Flags(Vec<(String, String)>),
    /// Weights of roles.
    Weights(BTreeMap<Role, f64>),
    /// Quotas of roles, and the roles whose quota cannot be read.
    Quota(BTreeMap<Role, QuotaConfig>, BTreeSet<Role>),
    /// The maintenance windows of machines.
    Schedule(BTreeMap<MachineId, Option<Unavailability>>),
    /// The machines in maintenance.
    Machines(BTreeMap<MachineId, MachineMode>),
}

impl Cluster {
    /// What is known of a topic; `None` if nothing is, or if no changes are noted of it.
    pub fn polled(&self, topic: Topic) -> Option<PolledTopic> {
        let reported = &self.reported;
        match topic {
            Topic::Master => reported.master.clone().ok().map(PolledTopic::Master),
            Topic::Flags => reported.flags.clone().ok().map(PolledTopic::Flags),
            Topic::Weights if self.misread(topic).is_none() => reported.weights.clone().ok().map(PolledTopic::Weights),
            Topic::Quota => {
                let quotas = reported.quota.as_ref().ok()?.quotas().into_iter().filter(|quota| !quota.is_default());
                let quotas = order::inserted(quotas.map(|quota| (quota.role.clone(), quota)));
                Some(PolledTopic::Quota(quotas, reported.unreadable_quotas.clone()))
            }
            Topic::Schedule if self.misread(topic).is_none() => {
                Some(PolledTopic::Schedule(windows(reported.schedule.as_ref().ok()?)))
            }
            Topic::Machines => {
                let machines = reported.machines.as_ref().ok()?.iter();
                Some(PolledTopic::Machines(order::inserted(
                    machines.map(|Machine { id, mode, .. }| (id.clone(), *mode)),
                )))
            }
            Topic::Weights
            | Topic::Schedule
            | Topic::Agents
            | Topic::Frameworks
            | Topic::Executors
            | Topic::Tasks
            | Topic::Roles
            | Topic::Operations
            | Topic::Metrics => None,
        }
    }

    /// Notes how an answer, requested at `asked`, differs from what was known before.
    pub fn note_polled(&mut self, topic: Topic, before: Option<PolledTopic>, asked: Timestamp) {
        let (Some(before), Some(after)) = (before, self.polled(topic)) else { return };
        let (at, source) = (self.time(asked).get(), self.read_source(topic));
        for (subject, what) in self.polled_changes(before, after) {
            self.log.change(NewChange::of(at, source, subject, what));
        }
    }

    fn polled_changes(&self, before: PolledTopic, after: PolledTopic) -> Vec<(Subject, ChangeKind)> {
        match (before, after) {
            (PolledTopic::Master(old), PolledTopic::Master(new)) => {
                let subject = Subject::Master(address(&new));
                leader(&old, &new).into_iter().map(|what| (subject.clone(), what)).collect()
            }
            (PolledTopic::Flags(old), PolledTopic::Flags(new)) => {
                let master = self.reported.master.as_ref().map(address).unwrap_or_default();
                let value = |value: Option<&String>| value.map_or(ChangeValue::None, |value| ChangeValue::text(value));
                let flags = by_key(&order::inserted(old), &order::inserted(new), value);
                let flag = |(name, old, new): (String, ChangeValue, ChangeValue)| {
                    let field = ChangedField::Flag(name.into());
                    (Subject::Master(master.clone()), ChangeKind::Field { field, old, new })
                };
                flags.into_iter().map(flag).collect()
            }
            (PolledTopic::Weights(old), PolledTopic::Weights(new)) => {
                let value = |value: Option<&f64>| value.map_or(ChangeValue::None, |value| ChangeValue::Number(*value));
                of_roles(ChangedField::Weight, by_key(&old, &new, value))
            }
            (PolledTopic::Quota(old, unread), PolledTopic::Quota(new, still_unread)) => {
                let value = |quota: Option<&QuotaConfig>| {
                    quota.map_or(ChangeValue::None, |quota| ChangeValue::Quota(Box::new(quota.clone())))
                };
                let mut changes = by_key(&old, &new, value);
                changes.retain(|(role, ..)| !unread.contains(role) && !still_unread.contains(role));
                of_roles(ChangedField::Quota, changes)
            }
            (PolledTopic::Schedule(old), PolledTopic::Schedule(new)) => {
                let value = |window: Option<&Option<Unavailability>>| {
                    window.map_or(ChangeValue::None, |window| ChangeValue::Window(*window))
                };
                of_machines(ChangedField::Window, by_key(&old, &new, value))
            }
            (PolledTopic::Machines(old), PolledTopic::Machines(new)) => {
                let value =
                    |mode: Option<&MachineMode>| mode.map_or(ChangeValue::None, |mode| ChangeValue::Mode(*mode));
                of_machines(ChangedField::Mode, by_key(&old, &new, value))
            }
            // Both are of one topic.
            (
                PolledTopic::Master(_)
                | PolledTopic::Flags(_)
                | PolledTopic::Weights(_)
                | PolledTopic::Quota(..)
                | PolledTopic::Schedule(_)
                | PolledTopic::Machines(_),
                _,
            ) => Vec::new(),
        }
    }

    /// The source of changes that an answer about the topic shows: they came after the answer before, or the snapshot.
    pub(super) fn read_source(&self, topic: Topic) -> ChangeSource {
        let asked = self.reported.asked.get(&topic).map(|asked| self.time(*asked).get());
        let is_in_snapshot = matches!(topic, Topic::Agents | Topic::Frameworks | Topic::Tasks);
        let snapshot = self.began.filter(|_| is_in_snapshot);
        ChangeSource::Read { topic, previous: asked.max(snapshot) }
    }

    /// What is known of an agent, to compare it later; `None` while the snapshot arrives.
    pub(super) fn agent_facts(&self, id: &str) -> Option<AgentFacts> {
        let slot = self.agents.find(id).filter(|_| self.whole)?;
        Some(AgentFacts::of(self.agents.get(slot)?.known.as_ref()?))
    }

    /// Notes how an agent differs from what was known of it.
    pub(super) fn note_agent(&mut self, id: &str, before: Option<&AgentFacts>, at: Timestamp, source: ChangeSource) {
        let Some(new) = self.agent_facts(id) else { return };
        let changes = before.map_or_else(|| vec![new.arrival()], |before| before.changes(&new));
        for what in changes {
            let subject = Subject::Agent { id: id.into(), hostname: new.hostname.clone() };
            self.log.change(NewChange::of(at, source, subject, what));
        }
    }

    /// Notes how an answer to GET_AGENTS, requested at `asked`, differs from what was known of an agent.
    pub(super) fn note_read_agent(&mut self, id: &str, before: Option<&AgentFacts>, asked: Timestamp) {
        self.note_agent(id, before, self.time(asked).get(), self.read_source(Topic::Agents));
    }

    /// Notes that a list lacks a framework that has not ended.
    pub(super) fn note_unlisted_framework(&mut self, slot: Slot, asked: Timestamp) {
        let known = self.frameworks.get(slot).and_then(|entry| entry.known.as_ref());
        let Some(framework) = known.filter(|framework| self.whole && !framework.completed()) else { return };
        let subject = Subject::Framework { id: framework.id.clone(), name: framework.name.clone() };
        let (at, source) = (self.time(asked).get(), self.read_source(Topic::Frameworks));
        self.log.change(NewChange::of(at, source, subject, ChangeKind::Unlisted));
    }

    /// Notes that an agent became unreachable, or left.
    pub(super) fn note_agent_state(
        &mut self,
        agent: (AgentId, String),
        what: ChangeKind,
        at: Timestamp,
        source: ChangeSource,
    ) {
        let (id, hostname) = agent;
        if self.whole {
            self.log.change(NewChange::of(at, source, Subject::Agent { id, hostname }, what));
        }
    }

    /// What is known of a framework, to compare it later; `None` while the snapshot arrives.
    pub(super) fn framework_facts(&self, id: &str) -> Option<FrameworkFacts> {
        let slot = self.frameworks.find(id).filter(|_| self.whole)?;
        Some(FrameworkFacts::of(self.frameworks.get(slot)?.known.as_ref()?))
    }

    /// Notes how a framework differs from what was known of it. Gives the number of differences.
    pub(super) fn note_framework(
        &mut self,
        id: &str,
        before: Option<&FrameworkFacts>,
        at: Timestamp,
        source: ChangeSource,
    ) -> usize {
        let Some(new) = self.framework_facts(id) else { return 0 };
        let changes = match before {
            Some(before) => before.changes(&new),
            // What ended before it was ever seen is history.
            None if new.status.completed => Vec::new(),
            None => vec![new.arrival()],
        };
        let number = changes.len();
        for what in changes {
            let subject = Subject::Framework { id: id.into(), name: new.name.clone() };
            self.log.change(NewChange::of(at, source, subject, what));
        }
        number
    }

    /// Notes a task's new state.
    pub(super) fn note_task(&mut self, task: &TaskNote, at: Timestamp, source: ChangeSource) {
        let TaskNote { subject, old, new, reason, message } = task;
        let old = old.map_or(ChangeValue::None, ChangeValue::Task);
        let what = ChangeKind::Field { field: ChangedField::State, old, new: ChangeValue::Task(*new) };
        let (subject, reason, message) = (subject.clone(), reason.clone(), message.clone());
        self.log.change(NewChange { at, source, subject, what, reason, message });
    }

    /// A task as its change is noted, from an earlier state.
    pub(super) fn task_note(&self, task: &Task, old: Option<TaskState>) -> TaskNote {
        TaskNote {
            subject: self.subject(task),
            old,
            new: task.state,
            reason: self.reason_of(task).to_owned(),
            message: task.message().to_owned(),
        }
    }

    /// Notes that the connection is lost: what changes until the next snapshot is found by comparing.
    pub fn lose(&mut self, at: Timestamp) {
        self.log.lose(at);
    }

    /// Notes how the cluster differs from an older copy, whose connection was lost.
    pub(super) fn note_reconnection(&mut self, old: &Self, lost: Timestamp, now: Timestamp) {
        let (at, source) = (self.time(now).get(), ChangeSource::Snapshot { lost: self.time(lost).get() });
        self.log.change(NewChange::of(at, source, Subject::Stream, ChangeKind::Reconnected));
        let ids =
            |cluster: &Self| order::inserted::<BTreeSet<AgentId>, _>(cluster.agents().map(|agent| agent.id.clone()));
        for id in ids(old).union(&ids(self)) {
            let before = old.agent(id).map(AgentFacts::of);
            match (self.agent(id), old.agent(id)) {
                (None, Some(agent)) => {
                    let agent = (agent.id.clone(), agent.hostname.clone());
                    self.note_agent_state(agent, ChangeKind::Unlisted, at, source);
                }
                _ => self.note_agent(id.as_str(), before.as_ref(), at, source),
            }
        }
        let active = |cluster: &Self| {
            order::inserted::<BTreeSet<FrameworkId>, _>(cluster.frameworks().map(|framework| framework.id.clone()))
        };
        for id in active(self) {
            let before = old.framework(&id).map(FrameworkFacts::of);
            self.note_framework(id.as_str(), before.as_ref(), at, source);
        }
        for note in self.tasks_since(old) {
            self.note_task(&note, at, source);
        }
    }

    /// Tasks whose state differs from an older copy's, and live ones that it lacks. Tasks that this copy lacks may follow
    /// when their agent registers with a new master, so they are no change.
    fn tasks_since(&self, old: &Self) -> Vec<TaskNote> {
        let note = |task: &Task| {
            let key = TaskKey { framework: self.framework_id_of(task).into(), task: task.id().into() };
            let before = old.task(&key);
            let is_new = before.is_none() && task.section == MasterTaskList::Live;
            let is_other = before.is_some_and(|before| before.state != task.state);
            // An id may be used again: only the newest of a key is compared.
            let is_newest = self.task(&key).is_some_and(|newest| newest.serial() == task.serial());
            (is_newest && (is_new || is_other)).then(|| self.task_note(task, before.map(|before| before.state)))
        };
        self.tasks.unsorted().filter_map(note).collect()
    }
}

/// A task's new state, before it is written to the log.
#[derive(Debug)]
pub(super) struct TaskNote {
    subject: Subject,
    old: Option<TaskState>,
    new: TaskState,
    reason: String,
    message: String,
}

fn differing(field: ChangedField, old: ChangeValue, new: ChangeValue) -> Option<ChangeKind> {
    (old != new).then_some(ChangeKind::Field { field, old, new })
}

fn text(field: ChangedField, old: &str, new: &str) -> Option<ChangeKind> {
    let value = |text: &str| if text.is_empty() { ChangeValue::None } else { ChangeValue::text(text) };
    differing(field, value(old), value(new))
}

fn address(master: &Master) -> String {
    format!("{}:{}", master.hostname, master.port)
}

/// Another master leads if the id is another; one that was started again has the address of the one before.
fn leader(old: &Master, new: &Master) -> Vec<ChangeKind> {
    let named = |master: &Master| {
        let is_same_place = address(old) == address(new);
        ChangeValue::text(&if is_same_place { master.id.clone() } else { address(master) })
    };
    let leader = (old.id != new.id).then(|| differing(ChangedField::Leader, named(old), named(new))).flatten();
    leader.into_iter().chain(text(ChangedField::Version, &old.version, &new.version)).collect()
}

fn windows(schedule: &Schedule) -> BTreeMap<MachineId, Option<Unavailability>> {
    let machines = schedule
        .windows
        .iter()
        .flat_map(|window| window.machine_ids.iter().map(|machine| (machine.clone(), window.unavailability)));
    order::inserted(machines)
}

/// The keys whose values differ, in order, with both values.
fn by_key<K: Ord + Clone, V: PartialEq>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
    value: impl Fn(Option<&V>) -> ChangeValue,
) -> Vec<(K, ChangeValue, ChangeValue)> {
    let keys: BTreeSet<&K> = order::inserted(old.keys().chain(new.keys()));
    let differing = keys.into_iter().filter(|key| old.get(key) != new.get(key));
    differing.map(|key| (key.clone(), value(old.get(key)), value(new.get(key)))).collect()
}

fn of_roles(field: ChangedField, changes: Vec<(Role, ChangeValue, ChangeValue)>) -> Vec<(Subject, ChangeKind)> {
    let change = |(role, old, new)| (Subject::Role(role), ChangeKind::Field { field: field.clone(), old, new });
    changes.into_iter().map(change).collect()
}

fn of_machines(field: ChangedField, changes: Vec<(MachineId, ChangeValue, ChangeValue)>) -> Vec<(Subject, ChangeKind)> {
    let change =
        |(machine, old, new)| (Subject::Machine(machine), ChangeKind::Field { field: field.clone(), old, new });
    changes.into_iter().map(change).collect()
}
