//! Estimate of whether tasks that an action ends would fit on the rest of the cluster, by role and offer constraint.
//!
//! Mesos knows neither the rules that schedulers apply themselves, nor what they would start again: this estimates for the tasks as
//! they are. Ports, volumes and executors' own resources are not counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::order;
use crate::base::role;
use crate::base::units::Quantities;
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::task::Task;
use crate::mesos::wire::detail;
use crate::mesos::wire::offer_constraints::{ConstrainedAgent, OfferConstraints};
use crate::mesos::wire::resource_totals::Reserved;

/// Frameworks whose names are reported.
const NAMED: usize = 3;

/// Where tasks could run that an action ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Number of other agents that the master makes offers of.
    pub agents: u32,
    /// The roles of the tasks, those whose tasks do not all fit first, then by name.
    pub roles: Vec<RolePlacement>,
    /// Number of affected frameworks whose offer constraints were considered.
    pub constrained: u32,
    /// The first names of affected frameworks whose offer constraints are not known or cannot be evaluated.
    pub unevaluated: Vec<String>,
    /// Number of such frameworks.
    pub unevaluated_count: u32,
    /// Number of tasks whose resources cannot be read, so that they are left out.
    pub unmeasured: u32,
}

/// Where tasks of one role could run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RolePlacement {
    /// The role; `None` if it was not reported.
    pub role: Option<Role>,
    /// Number of its tasks.
    pub tasks: u32,
    /// Number of its tasks that fit.
    pub fits: u32,
    /// Resources of its tasks.
    pub needs: Quantities,
    /// Resources of the other agents that the role may use: neither allocated nor reserved for another role.
    pub free: Quantities,
}

impl Placement {
    /// Number of tasks that were considered.
    pub fn tasks(&self) -> u32 {
        self.roles.iter().fold(0, |sum, role| sum.saturating_add(role.tasks))
    }

    /// Number of those that fit.
    pub fn fits(&self) -> u32 {
        self.roles.iter().fold(0, |sum, role| sum.saturating_add(role.fits))
    }
}

/// Tasks that are alike: of one framework, in one role, with equal resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TaskGroup {
    framework: FrameworkId,
    role: Option<Role>,
    needs: Quantities,
}

/// Resources of an agent that no framework has.
struct Pool<'a> {
    agent: &'a Agent,
    unreserved: Quantities,
    reserved: BTreeMap<&'a str, Quantities>,
}

/// What Mesos knows about where a framework's tasks may run.
#[derive(Default)]
struct FrameworkRules {
    /// `None` if they are not known, or cannot be evaluated.
    constraints: Option<OfferConstraints>,
    /// Whether Mesos offers it no agent with GPUs.
    avoids_gpus: bool,
}

/// Estimates where the tasks could run, if these agents take no more of them. Larger tasks are placed first.
pub fn place<'a>(cluster: &'a Cluster, tasks: impl Iterator<Item = &'a Task>, gone: &BTreeSet<&AgentId>) -> Placement {
    let is_open = |agent: &&Agent| agent.active && agent.is_there() && !gone.contains(&agent.id);
    let mut pools: Vec<Pool<'_>> = cluster.agents().filter(is_open).map(Pool::of).collect();
    order::sort_by(&mut pools, |a, b| a.agent.id.cmp(&b.agent.id));
    let mut placement = Placement { agents: super::preview::count(pools.len()), ..Placement::default() };
    let groups = groups(cluster, tasks, &mut placement);
    let mut rules = BTreeMap::new();
    let mut roles: BTreeMap<Option<Role>, RolePlacement> = BTreeMap::new();
    for (group, count) in groups {
        let rules =
            rules.entry(group.framework.clone()).or_insert_with(|| FrameworkRules::of(cluster, &group.framework));
        let name = group.role.as_ref().map_or("", Role::as_str);
        let row = roles.entry(group.role.clone()).or_insert_with(|| RolePlacement {
            role: group.role.clone(),
            tasks: 0,
            fits: 0,
            needs: Quantities::NONE,
            free: Quantities::NONE,
        });
        row.tasks = row.tasks.saturating_add(count);
        row.needs += group.needs.times(count);
        row.fits = row.fits.saturating_add(fill(&mut pools, rules, name, group.needs, count));
    }
    for (framework, rules) in &rules {
        placement.note(cluster, framework, rules);
    }
    free_for(cluster, is_open, &mut roles);
    let rows = roles.into_values().collect();
    placement.roles = order::sorted(rows, |a: &RolePlacement, b: &RolePlacement| {
        (a.fits >= a.tasks).cmp(&(b.fits >= b.tasks)).then_with(|| a.role.cmp(&b.role))
    });
    placement
}

/// The tasks by kind, the largest first.
fn groups<'a>(
    cluster: &'a Cluster,
    tasks: impl Iterator<Item = &'a Task>,
    placement: &mut Placement,
) -> Vec<(TaskGroup, u32)> {
    let mut groups: BTreeMap<TaskGroup, u32> = BTreeMap::new();
    for task in tasks {
        let Some(needs) = task.used() else {
            placement.unmeasured = placement.unmeasured.saturating_add(1);
            continue;
        };
        let role = cluster.role_of(task).map(Role::from);
        *groups.entry(TaskGroup { framework: cluster.framework_id_of(task).into(), role, needs }).or_default() += 1;
    }
    let whole = cluster.total();
    let size = |group: &TaskGroup| group.needs.largest_share_of(whole);
    order::sorted(groups.into_iter().collect(), |(a, _), (b, _)| size(b).total_cmp(&size(a)).then_with(|| a.cmp(b)))
}

/// Puts tasks on the agents while they fit, and gives their number.
fn fill(pools: &mut [Pool<'_>], rules: &FrameworkRules, role: &str, needs: Quantities, count: u32) -> u32 {
    let mut left = count;
    for pool in pools.iter_mut().filter(|pool| rules.allow(role, pool.agent)) {
        let times = needs.times_in(pool.free(role)).unwrap_or(left).min(left);
        pool.take(role, needs.times(times));
        left -= times;
        if left == 0 {
            break;
        }
    }
    count - left
}

/// Sums up what each role may use, before any task is placed.
fn free_for(cluster: &Cluster, is_open: impl Fn(&&Agent) -> bool, roles: &mut BTreeMap<Option<Role>, RolePlacement>) {
    for pool in cluster.agents().filter(is_open).map(Pool::of) {
        for (role, row) in roles.iter_mut() {
            row.free += pool.free(role.as_ref().map_or("", Role::as_str));
        }
    }
}

impl Placement {
    fn note(&mut self, cluster: &Cluster, framework: &FrameworkId, rules: &FrameworkRules) {
        match &rules.constraints {
            Some(constraints) => self.constrained += u32::from(constraints.is_any()),
            None => {
                self.unevaluated_count += 1;
                if self.unevaluated.len() < NAMED {
                    let name = cluster.framework(framework).map(|framework| framework.name.clone());
                    self.unevaluated.push(name.filter(|name| !name.is_empty()).unwrap_or_else(|| framework.0.clone()));
                }
            }
        }
    }
}

impl<'a> Pool<'a> {
    fn of(agent: &'a Agent) -> Self {
        let mut reserved: BTreeMap<&str, Quantities> = BTreeMap::new();
        let usable = |held: &&Reserved| held.volume.is_empty();
        for held in agent.reserved.iter().filter(usable) {
            *reserved.entry(&held.role).or_default() += held.quantities;
        }
        let sum = |of: &[Reserved]| of.iter().map(|held| held.quantities).sum::<Quantities>();
        for held in agent.reserved_allocated.iter().filter(usable) {
            let free = reserved.entry(&held.role).or_default();
            *free = (*free - held.quantities).at_least_none();
        }
        // Offers come back within seconds: what is offered is free for this.
        let free = (agent.total - agent.allocated()).at_least_none();
        let held = (sum(&agent.reserved) - sum(&agent.reserved_allocated)).at_least_none();
        Self { agent, unreserved: (free - held).at_least_none(), reserved }
    }

    /// Resources that tasks of the role may use: a role may use what is reserved for its ancestors, too.
    fn free(&self, role: &str) -> Quantities {
        role::with_ancestors(role)
            .filter_map(|name| self.reserved.get(name))
            .fold(self.unreserved, |sum, amount| sum + *amount)
    }

    /// Takes reserved resources first.
    fn take(&mut self, role: &str, mut amount: Quantities) {
        for name in role::with_ancestors(role) {
            let Some(held) = self.reserved.get_mut(name) else { continue };
            let part = held.least(amount);
            *held -= part;
            amount -= part;
        }
        self.unreserved = (self.unreserved - amount).at_least_none();
    }
}

impl FrameworkRules {
    fn of(cluster: &Cluster, id: &FrameworkId) -> Self {
        let Some(framework) = cluster.framework(id) else { return Self::default() };
        let reported = detail::framework(&cluster.json(framework.json));
        let has_gpus = reported.capabilities.iter().any(|capability| capability == "GPU_RESOURCES");
        let flags = cluster.flags().unwrap_or_default();
        let is_filtered = !flags.iter().any(|(name, value)| name == "filter_gpu_resources" && value == "false");
        Self {
            constraints: reported.offer_constraints.and_then(|json| OfferConstraints::read(&json)),
            avoids_gpus: is_filtered && !has_gpus,
        }
    }

    fn allow(&self, role: &str, agent: &Agent) -> bool {
        let seen = ConstrainedAgent { hostname: &agent.hostname, attributes: &agent.attributes, domain: &agent.domain };
        let has_gpus = agent.total.gpus.as_f64() > 0.0;
        !(self.avoids_gpus && has_gpus)
            && self.constraints.as_ref().is_none_or(|constraints| constraints.allows(role, seen))
    }
}
