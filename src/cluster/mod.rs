//! The cluster's state, normalised by id: what the master knows, as far as it has told. Only `fold` writes it.
//!
//! Counts and sums are kept as events come; `check` rebuilds them from the rows and compares.

mod agent;
mod blobs;
mod change;
mod check;
mod fold;
mod framework;
mod report;
mod slots;
mod task;
mod tasks;

use std::collections::{BTreeSet, VecDeque};

pub use agent::{Agent, Drain};
pub use blobs::Blob;
pub use change::{Change, FAILURES_KEPT, Failure, Subject, What};
pub use framework::Framework;
pub use task::{Section, Task, TaskCounts, TaskState};

use self::blobs::Blobs;
use self::change::Log;
use self::slots::{Slot, Slots};
use self::tasks::{Row, Tasks};
use crate::ids::{AgentId, FrameworkId, TaskKey};
use crate::units::{Quantities, Timestamp};
use crate::wire;

/// The leading master, as it says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Master {
    pub id: String,
    pub hostname: String,
    pub port: u16,
    pub version: String,
    pub started: Option<Timestamp>,
    pub elected: Option<Timestamp>,
}

/// The copy of the cluster.
#[derive(Debug, Default)]
pub struct Cluster {
    agents: Slots<AgentSlot>,
    frameworks: Slots<FrameworkSlot>,
    tasks: Tasks,
    counts: TaskCounts,
    blobs: Blobs,
    log: Log,
    master: Option<Master>,
    name: Option<String>,
    /// The snapshot has come whole.
    whole: bool,
    heartbeat: Option<f64>,
    /// Completed frameworks, in the order in which they ended.
    completed_frameworks: VecDeque<Slot>,
    limits: Limits,
    revision: u64,
}

/// How much the master keeps of what has ended; these are its flags' defaults (src/master/constants.hpp).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub completed_tasks_per_framework: usize,
    pub completed_frameworks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { completed_tasks_per_framework: 1000, completed_frameworks: 50 }
    }
}

/// All that is known of an agent's id; tasks may name agents that the state does not know (yet).
#[derive(Debug, Default)]
struct AgentSlot {
    known: Option<Agent>,
    tasks: u32,
    used: Quantities,
    /// Tasks of any section that refer to this slot.
    references: u32,
    /// Told before the snapshot's own list began, and not by it.
    stale: bool,
}

#[derive(Debug, Default)]
struct FrameworkSlot {
    known: Option<Framework>,
    tasks: u32,
    used: Quantities,
    references: u32,
    /// Its completed tasks, in the order in which they ended.
    completed: VecDeque<Row>,
}

impl Cluster {
    /// Moves at every change; equal revisions mean equal answers.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether the snapshot has not come whole yet.
    pub fn arriving(&self) -> bool {
        !self.whole
    }

    /// The master's interval between heartbeats, in seconds.
    pub fn heartbeat_seconds(&self) -> Option<f64> {
        self.heartbeat
    }

    /// The leading master, once it was asked.
    pub fn master(&self) -> Option<&Master> {
        self.master.as_ref()
    }

    /// The cluster's name, where it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// All agents, in no order that means anything.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.unsorted().filter_map(|(_, _, slot)| slot.known.as_ref())
    }

    /// The agent of that id.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(self.agents.find(id.as_str())?)?.known.as_ref()
    }

    /// All frameworks, completed ones included, in no order that means anything.
    pub fn frameworks(&self) -> impl Iterator<Item = &Framework> {
        self.frameworks.unsorted().filter_map(|(_, _, slot)| slot.known.as_ref())
    }

    /// The framework of that id.
    pub fn framework(&self, id: &FrameworkId) -> Option<&Framework> {
        self.frameworks.get(self.frameworks.find(id.as_str())?)?.known.as_ref()
    }

    /// All tasks, in no order that means anything.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unsorted()
    }

    /// The newest task of that key.
    pub fn task(&self, key: &TaskKey) -> Option<&Task> {
        let framework = self.frameworks.find(key.framework.as_str())?;
        self.tasks.get(self.tasks.find(framework, key.task.as_str())?)
    }

    /// All tasks of an agent, in no order that means anything.
    pub fn tasks_of<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Task> {
        let slot = self.agents.find(agent.as_str());
        self.tasks.unsorted().filter(move |task| Some(task.agent) == slot)
    }

    /// The task's framework, and its name, where it is known.
    pub fn framework_of(&self, task: &Task) -> (FrameworkId, String) {
        let name = self
            .frameworks
            .get(task.framework)
            .and_then(|slot| slot.known.as_ref())
            .map(|framework| framework.name.clone());
        (self.frameworks.id(task.framework).into(), name.unwrap_or_default())
    }

    /// The task's agent.
    pub fn agent_of(&self, task: &Task) -> AgentId {
        self.agents.id(task.agent).into()
    }

    /// How many tasks are in which state.
    pub fn task_counts(&self) -> &TaskCounts {
        &self.counts
    }

    /// All roles that a framework is in.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        let active = self.frameworks().filter(|framework| !framework.completed());
        active
            .flat_map(|framework| framework.roles.iter())
            .map(|role| role.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
    }

    /// The latest changes, newest first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.log.changes()
    }

    /// The latest tasks that failed, newest first.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.log.failures()
    }

    /// An object's own JSON, as text; bytes that are no UTF-8 are marked.
    pub fn json(&self, blob: Blob) -> String {
        wire::mend(&self.blobs.open(blob)).into_owned()
    }

    /// Bytes that the objects' own JSON takes, compressed.
    pub fn json_held(&self) -> usize {
        self.blobs.held()
    }
}
