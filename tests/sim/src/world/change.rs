//! Atomic changes of the state: lists, sums and counters agree before and after each.
//!
//! Sends nothing and decides nothing.

use crate::world::agent::Agent;
use crate::world::cause::Cause;
use crate::world::cluster::{RetentionLimits, World};
use crate::world::framework::Framework;
use crate::world::resources::Amount;
use crate::world::task::{State, Status, Task};

impl World {
    /// Applies an update that does not end a live task.
    pub(crate) fn update(&mut self, slot: u32, status: Status) -> Task {
        self.tally.updates += 1;
        let task = self.tasks.at_mut(slot);
        task.update(status);
        task.clone()
    }

    /// Ends a live task: frees its resources and adds it to its framework's ring.
    pub(crate) fn end(&mut self, slot: u32, status: Status) -> Task {
        self.update(slot, status);
        let task = self.tasks.end(slot);
        self.release(&task, slot);
        self.complete(task.clone(), status.state);
        task
    }

    pub(super) fn complete(&mut self, task: Task, state: State) {
        *self.tally.ended.entry(state).or_default() += 1;
        self.frameworks[task.framework as usize].keep(task, self.rings.completed_tasks);
    }

    /// Applies the last status to a task that was completed before its delivery (PROTOCOL.md, "TASK_UPDATED").
    pub(crate) fn catch_up(&mut self, framework: u32, status: Status) -> Option<Task> {
        let task = self.frameworks[framework as usize].completed.back_mut()?;
        task.update(status);
        Some(task.clone())
    }

    /// Applies a status to a client's task that the master has completed before its delivery; its state stays.
    pub(crate) fn catch_up_client(&mut self, framework: u32, serial: u32, status: Status) -> Option<Task> {
        self.tally.updates += 1;
        let completed = &mut self.frameworks[framework as usize].completed;
        let task = completed.iter_mut().rev().find(|task| task.serial == serial)?;
        let state = task.state;
        task.update(status);
        task.state = state;
        Some(task.clone())
    }

    /// Sets a live task's newest state while an older update is delivered.
    pub(crate) fn run_ahead(&mut self, slot: u32, delivered: Status, state: State) -> Task {
        self.update(slot, delivered);
        self.tasks.at_mut(slot).state = state;
        let task = self.tasks.end(slot);
        self.release(&task, slot);
        self.complete(task.clone(), state);
        task
    }

    pub(super) fn release(&mut self, task: &Task, slot: u32) {
        self.agents[task.agent as usize].tasks.retain(|other| *other != slot);
        self.frameworks[task.framework as usize].live -= 1;
        self.sum_up(task.agent);
    }

    /// Recomputes an agent's used resources: ports cannot be subtracted from a sum that others may share.
    pub(super) fn sum_up(&mut self, number: u32) {
        let mut used = Amount::default();
        for slot in &self.agent(number).tasks {
            used.plus(&self.held(self.tasks.at(*slot)));
        }
        self.agents[number as usize].used = used;
    }

    pub(crate) fn join(&mut self) -> u32 {
        let number = self.agents.len() as u32;
        self.agents.push(Agent::new(number, self.now));
        self.tally.registrations += 1;
        number
    }

    pub(super) fn end_unreachable(&mut self, slot: u32, status: Status) -> Task {
        self.update(slot, status);
        let task = self.forget(slot);
        self.complete(task.clone(), status.state);
        task
    }

    /// Removes an unreachable or hidden task.
    pub(super) fn forget(&mut self, slot: u32) -> Task {
        let task = self.tasks.forget(slot);
        self.frameworks[task.framework as usize].unreachable.retain(|other| *other != slot);
        self.agents[task.agent as usize].tasks.retain(|other| *other != slot);
        self.sum_up(task.agent);
        task
    }

    pub(crate) fn subscribe_framework(&mut self) -> u32 {
        let number = self.frameworks.len() as u32;
        self.frameworks.push(Framework::new(number, self.now));
        number
    }

    /// Completes a framework: its live and unreachable tasks are killed.
    pub(crate) fn remove_framework(&mut self, number: u32) -> Vec<Task> {
        self.withdraw_offers(|offer| offer.framework == number);
        self.operations.retain(|operation| operation.framework != number);
        let status = Status { state: State::Killed, cause: Cause::FrameworkRemoved, at: self.now };
        let of_it = |slots: &[u32]| -> Vec<u32> {
            slots.iter().copied().filter(|slot| self.tasks.at(*slot).framework == number).collect()
        };
        let (live, unreachable) = (of_it(self.tasks.live_slots()), of_it(self.tasks.unreachable_slots()));
        let mut ended: Vec<Task> = live.into_iter().map(|slot| self.end(slot, status)).collect();
        ended.extend(unreachable.into_iter().map(|slot| self.end_unreachable(slot, status)));
        // A returning agent is asked to end its remaining tasks of it, and the master never lists them.
        let of_agents = self.agents.iter().flat_map(|agent| agent.tasks.iter().copied());
        let hidden: Vec<u32> = of_agents.filter(|slot| self.tasks.at(*slot).framework == number).collect();
        for slot in hidden {
            self.forget(slot);
        }
        let framework = &mut self.frameworks[number as usize];
        (framework.active, framework.connected) = (false, false);
        framework.unregistered = self.now;
        self.completed_frameworks.push_back(number);
        self.trim_frameworks();
        ended
    }

    fn trim_frameworks(&mut self) {
        let over = self.completed_frameworks.len().saturating_sub(self.rings.completed_frameworks);
        for oldest in self.completed_frameworks.drain(..over) {
            self.frameworks[oldest as usize].completed.clear();
        }
    }

    /// Sets how much completed state the master keeps.
    pub(crate) fn keep(&mut self, rings: RetentionLimits) {
        self.rings = rings;
        for number in 0..self.frameworks.len() {
            self.frameworks[number].trim(rings.completed_tasks);
            self.trim_unreachable(number);
        }
        self.trim_frameworks();
    }

    pub(crate) fn withdraw_offers(&mut self, of: impl Fn(&crate::world::cluster::Offer) -> bool) {
        let frameworks = &self.frameworks;
        let of_clients = |offer: &&crate::world::cluster::Offer| frameworks[offer.framework as usize].is_clients();
        let withdrawn = self.offers.iter().filter(|offer| of(offer)).filter(of_clients);
        self.rescinded.extend(withdrawn.map(|offer| (offer.framework, offer.number)));
        self.offers.retain(|offer| !of(offer));
    }
}
