//! The allocator: offers of all free resources of an agent to one role of one framework, as Mesos' hierarchical one makes them.
//!
//! It runs once a second, and at once for a framework that subscribes or asks for offers again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cluster::Sim;
use crate::json_out::text;
use crate::scheduled_steps::SchedulerStep;
use crate::schedulers::Filter;
use crate::time::SECOND;
use crate::world::agent::AgentState;
use crate::world::cluster::Offer;
use crate::world::pool::Item;
use crate::world::resources::Amount;
use crate::write;

/// `--allocation_interval`.
const INTERVAL: i64 = SECOND;
/// Minimum of an offer: thousandths of a CPU, or MB of memory (src/master/allocator/mesos/constants.hpp).
const LEAST: (u64, u64) = (10, 32);

/// A role of a framework that may get offers.
#[derive(Debug)]
struct Candidate {
    framework: u32,
    role: String,
    /// Index of the role in the framework.
    place: u8,
    has_gpus: bool,
    is_region_aware: bool,
}

impl Sim {
    /// Schedules an allocation, unless an earlier one is.
    pub(super) fn allocate_at(&mut self, at: i64) {
        if self.schedulers.next_allocation.is_none_or(|next| next > at) {
            self.schedulers.next_allocation = Some(at);
            self.order_scheduling(at, SchedulerStep::Allocate);
        }
    }

    pub(super) fn allocate_due(&mut self) {
        let now = self.world.now;
        if self.schedulers.next_allocation.is_none_or(|next| next > now) {
            return;
        }
        self.schedulers.next_allocation = None;
        self.allocate();
        self.ask_to_leave();
        if self.schedulers() > 0 {
            self.allocate_at(now + INTERVAL);
        }
    }

    fn allocate(&mut self) {
        let now = self.world.now;
        self.schedulers.links.values_mut().for_each(|link| link.filters.retain(|_, filter| filter.until > now));
        let mut candidates = self.candidates();
        if candidates.is_empty() {
            return;
        }
        let mut made: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
        let mut rooms: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for candidate in &candidates {
            rooms.entry(candidate.role.clone()).or_insert_with(|| self.room_of_quota(&candidate.role));
        }
        for agent in 0..self.world.agents.len() as u32 {
            if self.world.agent(agent).standing != AgentState::Active {
                continue;
            }
            // Candidates take turns, so that none gets all agents.
            candidates.rotate_left(1);
            let offer = candidates.iter().find_map(|candidate| self.offer_to(candidate, agent, &mut rooms));
            if let Some(offer) = offer {
                let json = text(|out| write::framework::offer(out, &self.world, &offer));
                made.entry(offer.framework).or_default().push(serde_json::from_str(&json).unwrap_or_default());
                let world = self.change();
                // Frameworks of the simulation decline at once.
                let frameworks = &world.frameworks;
                let is_clients = |offer: &Offer| frameworks[offer.framework as usize].is_clients();
                world.offers.retain(|other| other.agent != agent || is_clients(other));
                world.offers.push(offer);
            }
        }
        for (framework, offers) in made {
            self.send_to_scheduler(framework, &json!({"type": "OFFERS", "offers": {"offers": offers}}));
        }
    }

    /// Roles of connected frameworks that are not suppressed.
    fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for (framework, link) in self.schedulers.links.iter().filter(|(_, link)| link.stream.is_some()) {
            let Some(client) = &self.world.framework(*framework).client else { continue };
            let roles = self.world.framework(*framework).kind().roles;
            for role in client.roles.iter().filter(|role| !link.suppressed.contains(*role)) {
                let Some(place) = roles.iter().position(|other| other == role) else { continue };
                candidates.push(Candidate {
                    framework: *framework,
                    role: role.clone(),
                    place: place as u8,
                    has_gpus: client.has_gpus,
                    is_region_aware: client.is_region_aware,
                });
            }
        }
        candidates
    }

    /// Offer of what is free on an agent for the candidate; counts it against the role's quota.
    fn offer_to(
        &mut self,
        to: &Candidate,
        agent: u32,
        rooms: &mut BTreeMap<String, BTreeMap<String, f64>>,
    ) -> Option<Offer> {
        let home = self.world.agent(agent);
        if home.is_remote() && !to.is_region_aware {
            return None;
        }
        // Mesos keeps machines with GPUs for frameworks that can use them (--filter_gpu_resources).
        if home.total(self.world.seed).gpus > 0 && !to.has_gpus {
            return None;
        }
        let is_clients = |offer: &Offer| self.world.framework(offer.framework).is_clients();
        if self.world.offers.iter().any(|offer| offer.agent == agent && is_clients(offer)) {
            return None;
        }
        let room = rooms.entry(to.role.clone()).or_default();
        let amount = within(home.free(self.world.seed), room);
        let reserved: Vec<Item> =
            self.world.free_reserved(agent, &to.role).into_iter().filter(|item| !item.is_shared).collect();
        let least = |amount: &Amount| amount.cpus >= LEAST.0 || amount.mem >= LEAST.1;
        if !least(&amount) && reserved.is_empty() {
            return None;
        }
        let filter = self.schedulers.links.get(&to.framework)?.filters.get(&(agent, to.role.clone()));
        if filter.is_some_and(|filter| reserved.is_empty() && amount.minus(&filter.amount).is_none()) {
            return None;
        }
        for (name, value) in amount.scalars() {
            if let Some(left) = room.get_mut(&name) {
                *left -= value;
            }
        }
        let world = self.change();
        world.tally.offers += 1;
        Some(Offer { number: world.tally.offers, framework: to.framework, role: to.place, agent, amount, reserved })
    }

    /// What the limits of a role and of those above it leave, by resource.
    fn room_of_quota(&self, role: &str) -> BTreeMap<String, f64> {
        let mut room: BTreeMap<String, f64> = BTreeMap::new();
        let ends = role.match_indices('/').map(|(end, _)| end).chain([role.len()]);
        for above in ends.map(|end| &role[..end]) {
            let Some(quota) = self.world.policy.quotas.get(above) else { continue };
            let consumed = self.world.consumed(above).scalars();
            for (name, limit) in &quota.limits {
                let offered = self.offered_to(above, name);
                let left = (limit - consumed.get(name).copied().unwrap_or_default() - offered).max(0.0);
                let smallest = room.entry(name.clone()).or_insert(left);
                *smallest = smallest.min(left);
            }
        }
        room
    }

    /// Amount of a resource in the clients' outstanding offers to a role and those below it.
    fn offered_to(&self, role: &str, name: &str) -> f64 {
        let is_below = |of: &str| of == role || of.strip_prefix(role).is_some_and(|rest| rest.starts_with('/'));
        let of_role = self.world.offers.iter().filter(|offer| {
            let framework = self.world.framework(offer.framework);
            framework.is_clients() && is_below(framework.role(offer.role))
        });
        of_role.map(|offer| offer.amount.scalars().get(name).copied().unwrap_or_default()).sum()
    }

    /// Takes an outstanding offer of a framework.
    pub(super) fn take_offer(&mut self, framework: u32, number: Option<u64>) -> Option<Offer> {
        let is_it = |offer: &Offer| Some(offer.number) == number && offer.framework == framework;
        let place = self.world.offers.iter().position(is_it)?;
        Some(self.change().offers.remove(place))
    }

    /// Remembers that the framework does not want these resources for some nanoseconds.
    pub(super) fn refuse(&mut self, framework: u32, offer: &Offer, amount: Amount, nanos: i64) {
        let role = self.world.framework(framework).role(offer.role).to_owned();
        let until = self.world.now.saturating_add(nanos.max(INTERVAL));
        if let Some(link) = self.schedulers.links.get_mut(&framework).filter(|_| nanos > 0) {
            link.filters.insert((offer.agent, role), Filter { amount, until });
        }
    }
}

/// The part of an amount for which there is room.
fn within(mut amount: Amount, room: &BTreeMap<String, f64>) -> Amount {
    let at_most = |name: &str, value: u64, unit: f64| {
        room.get(name).map_or(value, |left| value.min((left.max(0.0) * unit) as u64))
    };
    amount.cpus = at_most("cpus", amount.cpus, 1000.0);
    amount.mem = at_most("mem", amount.mem, 1.0);
    amount.disk = at_most("disk", amount.disk, 1.0);
    amount.gpus = at_most("gpus", amount.gpus, 1.0);
    amount
}
