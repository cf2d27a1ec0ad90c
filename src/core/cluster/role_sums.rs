//! Resources of roles, summed up their tree: a role includes its descendants. Computed on each request.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Cluster, Load};
use crate::base::order;
use crate::base::role::with_ancestors;
use crate::base::units::Quantities;
use crate::cluster::framework::Framework;

/// What sums by role leave out, since it cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SumGaps {
    /// Number of live tasks whose resources cannot be read.
    pub tasks: u32,
    /// Number of frameworks of whose offers some cannot be read.
    pub frameworks: u32,
    /// Number of agents whose resources, and so their reservations, cannot be read.
    pub agents: u32,
}

/// Totals of a role and its descendants.
#[derive(Clone, Debug, Default)]
pub struct RoleSums {
    /// Number of frameworks in the role itself that are not completed.
    pub frameworks: u32,
    /// Number of live tasks.
    pub tasks: u32,
    /// Resources of those tasks.
    pub used: Quantities,
    /// What the sums leave out.
    pub gaps: SumGaps,
    /// Allocated resources: those of live tasks and of their executors.
    pub allocated: Quantities,
    /// Resources in outstanding offers.
    pub offered: Quantities,
    /// Resources reserved for it.
    pub reserved: Quantities,
    /// Reserved resources that are no amounts, such as ports: name, and number of items.
    pub pieces: BTreeMap<String, u64>,
    /// Reserved resources that are not allocated.
    idle: Quantities,
}

impl RoleSums {
    /// Resources that count against its quota: allocated ones, and reserved ones that are not allocated.
    pub fn consumed(&self) -> Quantities {
        self.allocated + self.idle
    }
}

impl Cluster {
    /// Resources allocated to each role without its descendants: those of its live tasks and of their executors.
    /// GET_ROLES reports only the sum with offered ones.
    pub fn allocated_by_role(&self) -> BTreeMap<&str, Quantities> {
        let mut all: BTreeMap<&str, Quantities> = BTreeMap::new();
        for role in self.roles() {
            *all.entry(role).or_default() += self.role_load(role).used;
        }
        for agent in self.agents().filter(|agent| agent.is_there()) {
            for (role, own) in &agent.overhead {
                *all.entry(role).or_default() += *own;
            }
        }
        all
    }

    /// All roles that carry anything, by name.
    pub fn role_sums(&self) -> BTreeMap<String, RoleSums> {
        let mut sums: BTreeMap<String, RoleSums> = BTreeMap::new();
        for role in self.roles() {
            let Load { tasks, used, unread } = self.role_load(role);
            for name in with_ancestors(role) {
                let sum = sums.entry(name.to_owned()).or_default();
                sum.tasks += tasks;
                sum.used += used;
                sum.gaps.tasks += unread;
            }
        }
        for (role, allocated) in self.allocated_by_role() {
            for name in with_ancestors(role) {
                sums.entry(name.to_owned()).or_default().allocated += allocated;
            }
        }
        for agent in self.agents().filter(|agent| agent.is_there()) {
            for held in &agent.reserved {
                for name in with_ancestors(&held.role) {
                    let sum = sums.entry(name.to_owned()).or_default();
                    sum.reserved += held.quantities;
                    sum.idle += held.quantities;
                    for (resource, count) in held.pieces.counts() {
                        *sum.pieces.entry(resource.to_owned()).or_default() += count;
                    }
                }
            }
            for held in &agent.reserved_allocated {
                for name in with_ancestors(&held.role) {
                    sums.entry(name.to_owned()).or_default().idle -= held.quantities;
                }
            }
        }
        for framework in self.frameworks().filter(|framework| !framework.completed()) {
            for role in &framework.roles {
                sums.entry(role.0.clone()).or_default().frameworks += 1;
            }
            if framework.has_unreadable_offers() {
                let roles: BTreeSet<&str> =
                    order::inserted(framework.roles.iter().flat_map(|role| with_ancestors(role.as_str())));
                for name in roles {
                    sums.entry(name.to_owned()).or_default().gaps.frameworks += 1;
                }
            }
            for offer in &framework.offers {
                for name in with_ancestors(&offer.role) {
                    sums.entry(name.to_owned()).or_default().offered += offer.resources;
                }
            }
        }
        // What an agent reserves that cannot be read may be for any role.
        let agents = self.unreadable_agents();
        sums.values_mut().for_each(|sum| sum.gaps.agents = agents);
        sums
    }

    /// What the sums of all roles leave out.
    pub fn sum_gaps(&self) -> SumGaps {
        let partly = |framework: &&Framework| !framework.completed() && framework.has_unreadable_offers();
        let frameworks = u32::try_from(self.frameworks().filter(partly).count()).unwrap_or(u32::MAX);
        SumGaps { tasks: self.unreadable_tasks(), frameworks, agents: self.unreadable_agents() }
    }

    fn unreadable_agents(&self) -> u32 {
        let unread = self.agents().filter(|agent| agent.is_there() && agent.unknown.total);
        u32::try_from(unread.count()).unwrap_or(u32::MAX)
    }
}
