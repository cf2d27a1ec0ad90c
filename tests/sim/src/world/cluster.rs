//! State of the cluster: agents, frameworks, tasks and the master's counters. Decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::json_out::Out;
use crate::size::Size;
use crate::world::agent::Agent;
use crate::world::client::{InverseOffer, LaunchedTask};
use crate::world::framework::Framework;
use crate::world::operation::Operation;
use crate::world::policy::Policy;
use crate::world::pool::Item;
use crate::world::providers::Providers;
use crate::world::resources::{Amount, EXECUTOR};
use crate::world::task::{State, Task};
use crate::world::tasks::Tasks;

/// Limits of completed state that a master keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetentionLimits {
    /// `--max_completed_tasks_per_framework`
    pub(crate) completed_tasks: usize,
    /// `--max_unreachable_tasks_per_framework`
    pub(crate) unreachable_tasks: usize,
    /// `--max_completed_frameworks`
    pub(crate) completed_frameworks: usize,
}

/// Mesos' defaults (src/master/constants.hpp).
pub(crate) const DEFAULT_RETENTION: RetentionLimits =
    RetentionLimits { completed_tasks: 1000, unreachable_tasks: 1000, completed_frameworks: 50 };

/// The state; shared by `Arc` with snapshots in progress, and copied on write.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) now: i64,
    /// Id of the master, the prefix of agent and framework ids.
    pub(crate) id: String,
    /// Mesos version of the masters; only quotas differ between versions.
    pub(crate) version: String,
    pub(crate) started: i64,
    /// Nanoseconds that the agents' clocks are ahead of the master's.
    pub(crate) agents_ahead: i64,
    pub(crate) elected: i64,
    pub(crate) addresses: Addresses,
    /// By number, including agents that have left.
    pub(crate) agents: Vec<Agent>,
    /// By number, including completed ones.
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) tasks: Tasks,
    /// Framework numbers, oldest first.
    pub(crate) completed_frameworks: VecDeque<u32>,
    pub(crate) offers: Vec<Offer>,
    /// Oldest first.
    pub(crate) operations: Vec<Operation>,
    pub(crate) policy: Policy,
    pub(crate) providers: Providers,
    /// Persistent volumes that tasks use, by the task's serial and the number of earlier uses of its id.
    pub(crate) used_volumes: BTreeMap<(u32, u8), VolumeUse>,
    /// Tasks of clients of the scheduler API by serial.
    pub(crate) launches: BTreeMap<u32, Arc<LaunchedTask>>,
    /// Inverse offers to clients, outstanding or answered, by framework and agent.
    pub(crate) inverse: BTreeMap<(u32, u32), InverseOffer>,
    /// Offers to clients that were withdrawn and not reported yet: framework and number.
    pub(crate) rescinded: Vec<(u32, u64)>,
    pub(crate) rings: RetentionLimits,
    pub(crate) tally: Counters,
    pub(crate) subscribers: usize,
    /// Times of manual log rotations, and whether the old logs were kept.
    pub(crate) rotations: Vec<(i64, bool)>,
    /// Serial of the newest task.
    pub(crate) launched: u32,
}

/// Addresses of masters and agents.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    pub(crate) ip: String,
    pub(crate) master: u16,
    pub(crate) agents: Vec<u16>,
}

impl Addresses {
    /// Port of an agent and its `slave(N)`: agents share ports like processes of one libprocess.
    pub(crate) fn agent(&self, number: u32) -> (u16, u32) {
        let ports = self.agents.len().max(1);
        let port = self.agents.get(number as usize % ports).copied().unwrap_or(5051);
        (port, number / ports as u32 + 1)
    }
}

/// Offer of all free resources of an agent to a framework.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) number: u64,
    pub(crate) framework: u32,
    /// Index of its role in the framework.
    pub(crate) role: u8,
    pub(crate) agent: u32,
    /// Unreserved resources.
    pub(crate) amount: Amount,
    /// Reserved ones; only in an offer to a client of the scheduler API.
    pub(crate) reserved: Vec<Item>,
}

/// Persistent volumes of a task.
#[derive(Clone, Debug)]
pub(crate) struct VolumeUse {
    pub(crate) slot: u32,
    pub(crate) framework: u32,
    pub(crate) agent: u32,
    pub(crate) role: &'static str,
    pub(crate) volumes: Vec<Item>,
}

/// Counters of the master since its start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
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
    /// Whether quotas have no separate limits.
    pub(crate) fn is_before_1_9(&self) -> bool {
        let mut parts = self.version.split('.').map_while(|part| part.parse::<u32>().ok());
        matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) < (1, 9))
    }

    /// Sets the masters' version; limits that an older one could not have are dropped.
    pub(crate) fn set_version(&mut self, version: &str) {
        version.clone_into(&mut self.version);
        if self.is_before_1_9() {
            self.policy.quotas.retain(|_, quota| !quota.guarantees.is_empty());
            self.policy.quotas.values_mut().for_each(|quota| quota.limits.clone_from(&quota.guarantees));
        }
    }

    /// Agent by number; numbers are never reused.
    pub(crate) fn agent(&self, number: u32) -> &Agent {
        &self.agents[number as usize]
    }

    pub(crate) fn framework(&self, number: u32) -> &Framework {
        &self.frameworks[number as usize]
    }

    /// Writes an agent's id without quotes.
    pub(crate) fn agent_id(&self, out: &mut impl Out, number: u32) {
        out.all(&[&self.id, "-S"]);
        out.int(u64::from(number));
    }

    pub(crate) fn agent_id_text(&self, number: u32) -> String {
        format!("{}-S{number}", self.id)
    }

    /// Number of an agent id, if the agent exists.
    pub(crate) fn agent_number(&self, id: &str) -> Option<u32> {
        let number = id.strip_prefix(&self.id)?.strip_prefix("-S")?.parse::<u32>().ok()?;
        ((number as usize) < self.agents.len() && self.agent_id_text(number) == id).then_some(number)
    }

    /// Writes a framework's id without quotes.
    pub(crate) fn framework_id(&self, out: &mut impl Out, number: u32) {
        if let Some(id) = self.framework(number).client.as_ref().and_then(|client| client.foreign_id.as_ref()) {
            return out.escaped(id);
        }
        out.all(&[&self.id, "-"]);
        out.padded(u64::from(number), 4);
    }

    /// Resources of a task and its executor.
    pub(crate) fn held(&self, task: &Task) -> Amount {
        let mut amount = Amount::default();
        amount.add(&task.needs);
        if self.framework(task.framework).has_executors() {
            amount.add(&EXECUTOR);
        }
        if let Some(launched) = self.launched_task(task) {
            amount.ports.union(&launched.ports);
        }
        amount
    }

    /// Resources of live tasks by framework and role.
    pub(crate) fn held_by_framework(&self) -> Vec<Vec<Amount>> {
        let none = |framework: &Framework| vec![Amount::default(); framework.kind().roles.len()];
        let mut held: Vec<Vec<Amount>> = self.frameworks.iter().map(none).collect();
        for task in self.tasks.live() {
            held[task.framework as usize][usize::from(task.role)].plus(&self.held(task));
        }
        held
    }

    /// Resources of an agent's tasks by role, roles sorted by name.
    pub(crate) fn held_on_agent(&self, agent: &Agent) -> BTreeMap<&'static str, Amount> {
        let mut held: BTreeMap<&'static str, Amount> = BTreeMap::new();
        for slot in &agent.tasks {
            let task = self.tasks.at(*slot);
            held.entry(self.framework(task.framework).role(task.role)).or_default().plus(&self.held(task));
        }
        held
    }

    /// Persistent volumes that a task uses, or used.
    pub(crate) fn volumes_of(&self, task: &Task) -> &[Item] {
        self.used_volumes.get(&(task.serial, task.again)).map_or(&[], |used| &used.volumes)
    }

    /// Volumes that live tasks use, each with the role that it is allocated to; a shared one once.
    pub(crate) fn volumes_in_use(&self, counts: impl Fn(&VolumeUse) -> bool) -> Vec<(&Item, &'static str)> {
        let mut all: Vec<(&Item, &'static str)> = Vec::new();
        for ((serial, _), used) in self.used_volumes.iter().filter(|(_, used)| counts(used)) {
            if !self.tasks.is_live(used.slot, *serial) {
                continue;
            }
            for item in &used.volumes {
                if !all.iter().any(|(other, _)| *other == item) {
                    all.push((item, used.role));
                }
            }
        }
        all
    }

    /// Whether the agent has the disks of the provider that it has from the start.
    pub(crate) fn has_provided(&self, agent: &Agent) -> bool {
        agent.provided(self.seed).is_some() && self.providers.is_own_running(agent.number)
    }

    /// Total of an agent as the master counts it: its own resources and its provider's.
    pub(crate) fn whole(&self, agent: &Agent) -> Amount {
        let mut whole = agent.own_total(self.seed);
        if let Some(disks) = agent.provided(self.seed).filter(|_| self.has_provided(agent)) {
            whole.disk += disks.iter().sum::<u64>();
        }
        whole
    }

    /// Total resources of registered agents.
    pub(crate) fn total(&self) -> Amount {
        let mut total = Amount::default();
        self.agents.iter().filter(|agent| agent.listed()).for_each(|agent| total.plus(&self.whole(agent)));
        total
    }

    /// Resources used by, and reserved for, a role and its descendants.
    pub(crate) fn consumed(&self, role: &str) -> Amount {
        let below = |name: &str| name == role || name.strip_prefix(role).is_some_and(|rest| rest.starts_with('/'));
        let mut consumed = Amount::default();
        for (framework, held) in self.frameworks.iter().zip(self.held_by_framework()) {
            let roles = framework.kind().roles.iter().zip(held);
            roles.filter(|(name, _)| below(name)).for_each(|(_, amount)| consumed.plus(&amount));
        }
        let reserved =
            self.agents.iter().filter(|agent| agent.listed()).map(|agent| agent.reserved_for(self.seed, below));
        reserved.for_each(|amount| consumed.plus(&amount));
        consumed
    }
}
