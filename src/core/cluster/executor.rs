//! Executors: those that the master lists, and those that its tasks name before the next reading, which corrects the list
//! (PROTOCOL.md, "Events that do not exist").

use hashbrown::HashMap;

use super::interner::Slot;
use super::json_store::StoredJson;
use crate::base::units::Quantities;

/// An executor of a framework on an agent.
#[derive(Clone, Debug, Default)]
pub struct Executor {
    /// The executor's name, `ExecutorInfo.name`; empty if none was reported.
    pub name: String,
    /// `ExecutorInfo.type`: `DEFAULT`, which is Mesos' own, or `CUSTOM`; empty if it was not reported.
    pub kind: String,
    /// The framework's own label for where the tasks come from, `ExecutorInfo.source`; empty if it has none.
    pub source: String,
    /// The role that its own resources are allocated to; empty if it has none, `None` if it was not reported or cannot be read.
    pub role: Option<String>,
    /// Its own resources, without its tasks'; `None` if they were not reported or cannot be read.
    pub used: Option<Quantities>,
    /// The executor as the master reported it; empty if only its tasks name it.
    pub json: StoredJson,
    /// Number of live tasks that name it; derived.
    pub tasks: u32,
    pub(super) known: ExecutorSource,
}

/// Source of the knowledge of an executor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ExecutorSource {
    /// A task named it since the list was read.
    #[default]
    ByTask,
    /// The list has it.
    Listed,
    /// The list, when it was read last, did not have it, though tasks name it.
    Denied,
}

/// Identifies an executor: its framework, its agent and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ExecutorSlotKey {
    pub(super) framework: Slot,
    pub(super) agent: Slot,
    pub(super) id: Box<str>,
}

/// All executors, by agent, since pages of one agent ask for its own.
#[derive(Debug, Default)]
pub(super) struct Executors(HashMap<Slot, HashMap<ExecutorSlotKey, Executor>>);

impl Executors {
    pub(super) fn unsorted(&self) -> impl Iterator<Item = (&ExecutorSlotKey, &Executor)> {
        self.0.values().flatten()
    }

    pub(super) fn of(&self, agent: Slot) -> impl Iterator<Item = (&ExecutorSlotKey, &Executor)> {
        self.0.get(&agent).into_iter().flatten()
    }

    pub(super) fn get_mut(&mut self, key: &ExecutorSlotKey) -> Option<&mut Executor> {
        self.0.get_mut(&key.agent)?.get_mut(key)
    }

    pub(super) fn get_or_insert(&mut self, key: ExecutorSlotKey) -> &mut Executor {
        self.0.entry(key.agent).or_default().entry(key).or_default()
    }

    pub(super) fn remove(&mut self, key: &ExecutorSlotKey) {
        let Some(of_agent) = self.0.get_mut(&key.agent) else { return };
        of_agent.remove(key);
        if of_agent.is_empty() {
            self.0.remove(&key.agent);
        }
    }

    pub(super) fn deny(&mut self, which: impl Fn(&ExecutorSlotKey) -> bool) {
        let all = self.0.values_mut().flatten();
        all.filter(|(key, _)| which(key)).for_each(|(_, executor)| executor.known = ExecutorSource::Denied);
    }

    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&mut Executor) -> bool) {
        self.0.retain(|_, of_agent| {
            of_agent.retain(|_, executor| keeps(executor));
            !of_agent.is_empty()
        });
    }
}

/// An executor with its id, and with the ids and names of its framework and agent.
#[derive(Clone, Copy, Debug)]
pub struct PlacedExecutor<'a> {
    /// Id of the framework that it belongs to.
    pub framework: &'a str,
    /// The framework's name; empty if the framework was never reported.
    pub framework_name: &'a str,
    /// Id of the agent that it runs on.
    pub agent: &'a str,
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: &'a str,
    /// The executor's own id, unique within its framework on one agent.
    pub id: &'a str,
    /// The executor itself.
    pub executor: &'a Executor,
}
