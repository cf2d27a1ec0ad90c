//! Before a command is run: the agents that it is for, which of them have room for it now, and what it takes of the role's quota.
//! An estimate: which offers come, and when, is the master's allocator's to decide. Holds nothing back for the run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::agents::{AgentState, state};
use super::filter::Filter;
use super::view::{Cost, Sources, View};
use crate::base::ids::{AgentId, Role};
use crate::base::order;
use crate::base::role::with_ancestors;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, Unknown};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire::resource_totals::Reserved;
use crate::scheduler::form::RESOURCES;
use crate::scheduler::run::{MOST_TASKS, RunPool};
use crate::scheduler::streams::FrameworkStreams;

/// Agents that are listed one by one.
const MOST_LISTED: usize = 100;
/// Users and roles that are suggested.
const MOST_SUGGESTED: usize = 40;

/// Agents that a run may be on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunAmong {
    /// These agents.
    Chosen(BTreeSet<AgentId>),
    /// Agents that pass a filter of the agents' table.
    Filter(String),
}

/// Asks where a run would fit, and what it would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPreviewQuery {
    /// Agents that it may be on.
    pub among: RunAmong,
    /// How many of them run it; `None` for each.
    pub count: Option<u32>,
    /// Role of its framework.
    pub role: Role,
    /// Resources of each task.
    pub resources: Quantities,
    /// Resources that it may take.
    pub pool: RunPool,
}

/// Where a run would fit, and what it would take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPreview {
    /// Number of agents that were chosen, or that pass the filter.
    pub matched: u32,
    /// Number of them with room for it now.
    pub fits: u32,
    /// Number of them that have enough, of which too much is in use now.
    pub waits: u32,
    /// Number of agents that get no offers now, by their state.
    pub inactive: Vec<(AgentState, u32)>,
    /// Number of agents that never have enough, by the resources of which they have too little.
    pub too_small: Vec<(Vec<String>, u32)>,
    /// Chosen agents that the cluster does not list.
    pub unlisted: Vec<AgentId>,
    /// Number of agents whose machine is scheduled for maintenance.
    pub in_maintenance: u32,
    /// The first agents, those without room first.
    pub agents: Vec<RunAgent>,
    /// The agents that the run goes to: those that have room now, or may have later. `None` if they are too many for one run.
    pub targets: Option<BTreeSet<AgentId>>,
    /// Number of tasks.
    pub tasks: u32,
    /// Resources of all tasks.
    pub total: Quantities,
    /// Limits of quotas that the run counts against, the role's own first.
    pub headroom: Fetched<Vec<RunHeadroom>>,
    /// Whether a framework, a quota or a task uses the role.
    pub is_role_known: bool,
    /// Number of live tasks on those agents, which the run leaves alone.
    pub others: u32,
    /// Roles of the cluster, to suggest.
    pub roles: Vec<String>,
    /// Users of frameworks other than root, the commonest first, to suggest.
    pub users: Vec<String>,
    /// Streams of this browser's frameworks.
    pub streams: FrameworkStreams,
}

/// An agent, and whether a run fits on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAgent {
    /// The agent's id.
    pub id: AgentId,
    /// Its host; empty if not reported.
    pub hostname: String,
    /// Whether a task fits.
    pub room: RunRoom,
    /// What is free for the role; `None` if not known.
    pub free: Option<Quantities>,
    /// Whether its machine is scheduled for maintenance.
    pub in_maintenance: bool,
}

/// Whether an agent has room for a task. Later ones are listed first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RunRoom {
    /// Room now.
    Free,
    /// Enough of everything, but too little of these is free now.
    InUse(Vec<String>),
    /// Never enough of these.
    TooSmall(Vec<String>),
    /// Its state, in which the master makes no offers of it.
    Inactive(AgentState),
}

impl RunRoom {
    /// Whether a run goes there.
    pub fn is_target(&self) -> bool {
        matches!(self, Self::Free | Self::InUse(_))
    }
}

/// A limit that the run counts against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHeadroom {
    /// The role that has the limit: that of the run, or one above it.
    pub role: Role,
    /// Name of the resource.
    pub resource: String,
    /// The limit in Mesos' own unit.
    pub limit: f64,
    /// What counts against it now.
    pub consumed: f64,
    /// What all tasks of the run would add.
    pub needed: f64,
}

impl RunHeadroom {
    /// Whether all tasks have room at once.
    pub fn is_enough(&self) -> bool {
        // Mesos counts thousandths.
        ((self.consumed + self.needed) * 1000.0).round() <= (self.limit * 1000.0).round()
    }
}

impl View for RunPreviewQuery {
    type Answer = RunPreview;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        let cluster = sources.cluster;
        let (agents, unlisted) = self.agents(cluster);
        let machines = ScheduledMachines::of(cluster);
        let all: Vec<RunAgent> = agents.iter().map(|agent| self.agent(agent, &machines)).collect();
        let targets: BTreeSet<AgentId> =
            order::inserted(all.iter().filter(|agent| agent.room.is_target()).map(|agent| agent.id.clone()));
        let number = |of: fn(&RunAgent) -> bool| count(all.iter().filter(|agent| of(agent)).count());
        let tasks = self.count.unwrap_or_else(|| count(targets.len()));
        let total = self.resources.times(tasks);
        RunPreview {
            matched: count(all.len()),
            fits: number(|agent| agent.room == RunRoom::Free),
            waits: number(|agent| matches!(agent.room, RunRoom::InUse(_))),
            inactive: inactive(&all),
            too_small: too_small(&all),
            unlisted,
            in_maintenance: number(|agent| agent.in_maintenance && agent.room.is_target()),
            others: agents.iter().filter(|agent| targets.contains(&agent.id)).fold(0, |sum, agent| sum + agent.tasks),
            agents: listed(all),
            targets: Some(targets).filter(|targets| targets.len() <= MOST_TASKS as usize),
            tasks,
            total,
            headroom: headroom(cluster, &self.role, total),
            is_role_known: cluster.roles().contains(self.role.as_str()) || self.role.as_str() == "*",
            roles: cluster.roles().into_iter().take(MOST_SUGGESTED).map(str::to_owned).collect(),
            users: users(cluster),
            streams: FrameworkStreams::of(sources.frameworks),
        }
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Agents, Topic::Quota, Topic::Roles, Topic::Machines]
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        // Both only increase.
        sources.cluster.revision().wrapping_add(sources.frameworks.revision())
    }

    fn cost(&self) -> Cost {
        Cost::Slow
    }
}

impl RunPreviewQuery {
    /// The agents that it may be on, and chosen ones that the cluster does not list.
    fn agents<'a>(&self, cluster: &'a Cluster) -> (Vec<&'a Agent>, Vec<AgentId>) {
        match &self.among {
            RunAmong::Chosen(ids) => {
                let unlisted = ids.iter().filter(|id| cluster.agent(id).is_none()).cloned().collect();
                (ids.iter().filter_map(|id| cluster.agent(id)).collect(), unlisted)
            }
            RunAmong::Filter(filter) => {
                let filter = Filter::parse(filter);
                (cluster.agents().filter(|agent| filter.matches(agent)).collect(), Vec::new())
            }
        }
    }

    fn agent(&self, agent: &Agent, machines: &ScheduledMachines<'_>) -> RunAgent {
        let is_known = agent.is_there() && !agent.unknown.total && !agent.unknown.allocated;
        let [total, free] = self.usable(agent);
        let room = match state(agent) {
            AgentState::Active => self.room(total, free, is_known),
            state => RunRoom::Inactive(state),
        };
        RunAgent {
            id: agent.id.clone(),
            hostname: agent.hostname.clone(),
            room,
            free: is_known.then_some(free),
            in_maintenance: machines.have(agent),
        }
    }

    fn room(&self, total: Quantities, free: Quantities, is_known: bool) -> RunRoom {
        let missing = |of: Quantities| {
            let is_missing = |name: &&&str| self.resources.named(name) > of.named(name);
            RESOURCES.iter().filter(is_missing).map(|name| (*name).to_owned()).collect::<Vec<_>>()
        };
        match (missing(total), missing(free)) {
            // An offer lists what the agent has.
            _ if !is_known => RunRoom::Free,
            (never, _) if !never.is_empty() => RunRoom::TooSmall(never),
            (_, now) if !now.is_empty() => RunRoom::InUse(now),
            _ => RunRoom::Free,
        }
    }

    /// What the agent has, and what is free of it, that the role may be offered. Reservations for a role are offered to those
    /// below it, too (`Resources::isAllocatableTo` in src/common/resources.cpp). Volumes are of no use to a command.
    fn usable(&self, agent: &Agent) -> [Quantities; 2] {
        let all = |of: &[Reserved]| -> Quantities { of.iter().map(|held| held.quantities).sum() };
        let is_own = |held: &&Reserved| {
            held.volume.is_empty() && with_ancestors(self.role.as_str()).any(|usable| usable == held.role)
        };
        let own = |of: &[Reserved]| -> Quantities { of.iter().filter(is_own).map(|held| held.quantities).sum() };
        let unreserved = agent.total - all(&agent.reserved);
        let used = agent.allocated() - all(&agent.reserved_allocated);
        let unreserved = [unreserved, unreserved - used];
        let own = [own(&agent.reserved), own(&agent.reserved) - own(&agent.reserved_allocated)];
        let [total, free] = match self.pool {
            RunPool::Any => [unreserved[0] + own[0], unreserved[1] + own[1]],
            RunPool::Unreserved => unreserved,
            RunPool::Reserved => own,
        };
        // What is offered to others may be of either kind.
        let offered = if self.pool == RunPool::Reserved { Quantities::NONE } else { agent.offered };
        [total.at_least_none(), (free - offered).at_least_none()]
    }
}

/// Machines that are in maintenance or will be, by their hosts in lower case: some clusters schedule thousands.
struct ScheduledMachines<'a>(BTreeMap<String, Vec<&'a MachineId>>);

impl<'a> ScheduledMachines<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        let mut machines: BTreeMap<String, Vec<&MachineId>> = BTreeMap::new();
        for machine in cluster.machines().into_iter().flatten() {
            machines.entry(machine.id.host().to_ascii_lowercase()).or_default().push(&machine.id);
        }
        Self(machines)
    }

    fn have(&self, agent: &Agent) -> bool {
        let of_host = self.0.get(&agent.hostname.to_ascii_lowercase());
        of_host.is_some_and(|machines| machines.iter().any(|machine| agent.is_of(machine)))
    }
}

/// Limits of the role and of those above it: Mesos counts a role with its descendants.
fn headroom(cluster: &Cluster, role: &Role, total: Quantities) -> Fetched<Vec<RunHeadroom>> {
    let quotas = cluster.quota()?.quotas();
    let sums = cluster.role_sums();
    let mut all = Vec::new();
    for name in role.with_ancestors() {
        if let Some(unknown) = cluster.unreadable_quota(&Role::from(name)) {
            return Err(unknown);
        }
        let consumed = sums.get(name).map(crate::cluster::role_sums::RoleSums::consumed).unwrap_or_default();
        for quota in quotas.iter().filter(|quota| quota.role.as_str() == name) {
            let of = |(resource, limit): (&String, &crate::mesos::calls::values::Scalar)| {
                let (consumed, needed) = (in_mesos_unit(consumed, resource)?, in_mesos_unit(total, resource)?);
                let (role, resource) = (quota.role.clone(), resource.clone());
                (needed > 0.0).then_some(RunHeadroom { role, resource, limit: limit.value, consumed, needed })
            };
            all.extend(quota.limits.iter().filter_map(of));
        }
    }
    Ok(all)
}

fn in_mesos_unit(of: Quantities, resource: &str) -> Option<f64> {
    const MEBIBYTES_A_GIBIBYTE: f64 = 1024.0;
    let amount = of.named(resource)?;
    Some(if matches!(resource, "mem" | "disk") { amount * MEBIBYTES_A_GIBIBYTE } else { amount })
}

fn inactive(agents: &[RunAgent]) -> Vec<(AgentState, u32)> {
    let mut counts = BTreeMap::new();
    for agent in agents {
        if let RunRoom::Inactive(state) = agent.room {
            *counts.entry(state).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}

fn too_small(agents: &[RunAgent]) -> Vec<(Vec<String>, u32)> {
    let mut counts: BTreeMap<Vec<String>, u32> = BTreeMap::new();
    for agent in agents {
        if let RunRoom::TooSmall(missing) = &agent.room {
            *counts.entry(missing.clone()).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}

fn listed(agents: Vec<RunAgent>) -> Vec<RunAgent> {
    let by = |a: &RunAgent, b: &RunAgent| {
        b.room.cmp(&a.room).then_with(|| a.hostname.cmp(&b.hostname)).then_with(|| a.id.cmp(&b.id))
    };
    let first = order::top_n(&agents, MOST_LISTED.min(agents.len()), by);
    first.into_iter().filter_map(|at| agents.get(at as usize).cloned()).collect()
}

fn users(cluster: &Cluster) -> Vec<String> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for framework in cluster.frameworks().filter(|framework| !framework.completed()) {
        if !matches!(framework.user.as_str(), "" | "root") {
            *counts.entry(framework.user.as_str()).or_default() += 1;
        }
    }
    let users = order::sorted(counts.into_iter().collect::<Vec<_>>(), |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    users.into_iter().take(MOST_SUGGESTED).map(|(user, _)| user.to_owned()).collect()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl RunPreview {
    /// Whether anything of it can run: agents to go to, and as many as were asked for.
    pub fn can_run(&self, count: Option<u32>) -> bool {
        self.targets.as_ref().is_some_and(|targets| {
            let wanted = count.map_or(1, |count| count as usize);
            !targets.is_empty() && targets.len() >= wanted
        })
    }

    /// Why the limits are not known; `None` if they are.
    pub fn unknown_quota(&self) -> Option<&Unknown> {
        self.headroom.as_ref().err()
    }
}
