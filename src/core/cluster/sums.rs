//! What roles carry, summed up their tree: a role carries what those below it do. Derived whole whenever it is asked for.

use std::collections::BTreeMap;

use super::Cluster;
use crate::base::role::with_ancestors;
use crate::base::units::Quantities;

/// What a role has, of its own and of those below it.
#[derive(Clone, Debug, Default)]
pub struct RoleSums {
    /// Frameworks in the role itself that are not completed.
    pub frameworks: u32,
    /// Live tasks.
    pub tasks: u32,
    /// What they use.
    pub used: Quantities,
    /// What is allocated: what they use, and what their executors have.
    pub allocated: Quantities,
    /// What is offered.
    pub offered: Quantities,
    /// What agents hold for it.
    pub reserved: Quantities,
    /// What of that is no amount, as ports: by resource, how many.
    pub pieces: BTreeMap<String, u64>,
    /// Of what is reserved, what is not allocated.
    idle: Quantities,
}

impl RoleSums {
    /// What counts against its quota: what is allocated, and what is reserved and is not.
    pub fn consumed(&self) -> Quantities {
        self.allocated + self.idle
    }
}

impl Cluster {
    /// What is allocated to each role itself, those below it apart: what its live tasks use, and what executors have of their own.
    /// GET_ROLES tells it together with what is offered.
    pub fn allocated_by_role(&self) -> BTreeMap<&str, Quantities> {
        let mut all: BTreeMap<&str, Quantities> = BTreeMap::new();
        for role in self.roles() {
            *all.entry(role).or_default() += self.role_load(role).1;
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
            let (tasks, used) = self.role_load(role);
            for name in with_ancestors(role) {
                let sum = sums.entry(name.to_owned()).or_default();
                sum.tasks += tasks;
                sum.used += used;
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
            for offer in &framework.offers {
                for name in with_ancestors(&offer.role) {
                    sums.entry(name.to_owned()).or_default().offered += offer.resources;
                }
            }
        }
        sums
    }
}
