//! The state of the cluster: agents, frameworks, tasks. Knows no chance and no clock; what happens is decided in `life`.

mod agent;
pub(crate) mod birth;
mod cause;
mod change;
mod framework;
pub(crate) mod policy;
mod recovery;
pub(crate) mod resources;
mod task;
mod tasks;

use std::collections::{BTreeMap, VecDeque};

use crate::out::Out;
use crate::size::Size;

pub(crate) use agent::{Agent, Drain, Likeness, Standing};
pub(crate) use cause::Cause;
pub(crate) use framework::Framework;
pub(crate) use recovery::News;
pub(crate) use task::{State, Status, Task};
pub(crate) use tasks::Tasks;

use resources::{Amount, EXECUTOR};

/// How much a master keeps of what is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rings {
    /// `--max_completed_tasks_per_framework`
    pub(crate) completed_tasks: usize,
    /// `--max_unreachable_tasks_per_framework`
    pub(crate) unreachable_tasks: usize,
    /// `--max_completed_frameworks`
    pub(crate) completed_frameworks: usize,
}

/// Mesos' defaults (src/master/constants.hpp).
pub(crate) const RINGS: Rings = Rings { completed_tasks: 1000, unreachable_tasks: 1000, completed_frameworks: 50 };

/// Shared by `Arc` with snapshots that are being written, and copied when it changes under one.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) now: i64,
    /// The master's id, the first part of every agent's and framework's.
    pub(crate) id: String,
    /// The masters' version of Mesos. Of what differs between versions, the world has quotas alone.
    pub(crate) version: String,
    pub(crate) started: i64,
    /// So many nanoseconds are the agents' clocks ahead of the master's.
    pub(crate) agents_ahead: i64,
    pub(crate) elected: i64,
    pub(crate) addresses: Addresses,
    /// By number, those that have left included.
    pub(crate) agents: Vec<Agent>,
    /// By number, completed ones included.
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) tasks: Tasks,
    /// Numbers, the oldest first.
    pub(crate) completed_frameworks: VecDeque<u32>,
    pub(crate) offers: Vec<Offer>,
    /// The oldest first.
    pub(crate) operations: Vec<Operation>,
    pub(crate) policy: policy::Policy,
    pub(crate) rings: Rings,
    pub(crate) tally: Tally,
    pub(crate) subscribers: usize,
    /// When all logs were rotated by hand, and whether what they were was kept.
    pub(crate) rotations: Vec<(i64, bool)>,
    /// The serial of the newest task.
    pub(crate) launched: u32,
}

/// Where masters and agents listen.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) ip: String,
    pub(crate) master: u16,
    pub(crate) agents: Vec<u16>,
}

impl Addresses {
    /// An agent's port and its `slave(N)`: agents share ports as processes of one libprocess do.
    pub(crate) fn agent(&self, number: u32) -> (u16, u32) {
        let ports = self.agents.len().max(1);
        let port = self.agents.get(number as usize % ports).copied().unwrap_or(5051);
        (port, number / ports as u32 + 1)
    }
}

/// All that is free on an agent, offered to a framework.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) number: u64,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    pub(crate) amount: Amount,
}

/// A framework's offer operation with an id: it stays until the framework has acknowledged its end. Here it pends, and then it
/// fails: so it changes no resources.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) number: u64,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    pub(crate) pending: bool,
}

/// What the master has counted since it started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) ended: BTreeMap<State, u64>,
    pub(crate) launched: u64,
    pub(crate) updates: u64,
    pub(crate) registrations: u64,
    pub(crate) reregistrations: u64,
    pub(crate) removals: u64,
    pub(crate) removed_unhealthy: u64,
    pub(crate) offers: u64,
    pub(crate) operations: u64,
}

impl World {
    pub(crate) fn new(seed: u64, size: Size, now: i64) -> World {
        let mut world = birth::world(seed, size, now);
        world.policy = policy::Policy::found(&world);
        world
    }

    /// An agent that a task names: numbers are never given back.
    pub(crate) fn agent(&self, number: u32) -> &Agent {
        &self.agents[number as usize]
    }

    pub(crate) fn framework(&self, number: u32) -> &Framework {
        &self.frameworks[number as usize]
    }

    /// The inside of the string of an agent's id.
    pub(crate) fn agent_id(&self, out: &mut impl Out, number: u32) {
        out.all(&[&self.id, "-S"]);
        out.int(u64::from(number));
    }

    pub(crate) fn agent_id_text(&self, number: u32) -> String {
        format!("{}-S{number}", self.id)
    }

    /// The number in an agent's id, if there is such an agent.
    pub(crate) fn agent_number(&self, id: &str) -> Option<u32> {
        let number = id.strip_prefix(&self.id)?.strip_prefix("-S")?.parse::<u32>().ok()?;
        ((number as usize) < self.agents.len() && self.agent_id_text(number) == id).then_some(number)
    }

    /// The inside of the string of a framework's id.
    pub(crate) fn framework_id(&self, out: &mut impl Out, number: u32) {
        out.all(&[&self.id, "-"]);
        out.padded(u64::from(number), 4);
    }

    /// What a task and its executor hold of its agent.
    pub(crate) fn held(&self, task: &Task) -> Amount {
        let mut amount = Amount::default();
        amount.add(&task.needs);
        if self.framework(task.framework).has_executors() {
            amount.add(&EXECUTOR);
        }
        amount
    }

    /// What live tasks hold, by framework and role.
    pub(crate) fn held_by_framework(&self) -> Vec<Vec<Amount>> {
        let none = |framework: &Framework| vec![Amount::default(); framework.kind().roles.len()];
        let mut held: Vec<Vec<Amount>> = self.frameworks.iter().map(none).collect();
        for task in self.tasks.live() {
            held[task.framework as usize][usize::from(task.role)].plus(&self.held(task));
        }
        held
    }

    /// What an agent's tasks hold, by role, roles in the order of their names.
    pub(crate) fn held_on_agent(&self, agent: &Agent) -> BTreeMap<&'static str, Amount> {
        let mut held: BTreeMap<&'static str, Amount> = BTreeMap::new();
        for slot in &agent.tasks {
            let task = self.tasks.at(*slot);
            held.entry(self.framework(task.framework).role(task.role)).or_default().plus(&self.held(task));
        }
        held
    }
}
