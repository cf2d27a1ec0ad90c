//! What can happen to the state, each change whole: lists, sums and counters agree before and after.
//! Sends nothing and decides nothing.

use crate::world::resources::Amount;
use crate::world::{Agent, COMPLETED_FRAMEWORKS, Cause, Framework, Standing, State, Status, Task, World};

impl World {
    /// A live task's update that does not end it.
    pub(crate) fn update(&mut self, slot: u32, status: Status) -> Task {
        self.tally.updates += 1;
        let task = self.tasks.at_mut(slot);
        task.update(status);
        task.clone()
    }

    /// A live task ends: what it held is free again, and its framework's ring has it.
    pub(crate) fn end(&mut self, slot: u32, status: Status) -> Task {
        self.update(slot, status);
        let task = self.tasks.end(slot);
        self.release(&task, slot);
        self.complete(task.clone(), status.state);
        task
    }

    fn complete(&mut self, task: Task, state: State) {
        *self.tally.ended.entry(state).or_default() += 1;
        self.frameworks[task.framework as usize].keep(task);
    }

    fn release(&mut self, task: &Task, slot: u32) {
        self.agents[task.agent as usize].tasks.retain(|other| *other != slot);
        self.frameworks[task.framework as usize].live -= 1;
        self.sum_up(task.agent);
        let agent = &mut self.agents[task.agent as usize];
        if agent.standing == Standing::Draining && agent.tasks.is_empty() {
            agent.standing = Standing::Drained;
        }
    }

    /// Ports cannot be subtracted from a sum that others may share, so the sum is made anew.
    fn sum_up(&mut self, number: u32) {
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

    /// The master gives an agent up: its tasks are TASK_UNREACHABLE, or TASK_LOST where the framework knows no better.
    pub(crate) fn lose(&mut self, number: u32) -> Vec<Task> {
        self.withdraw_offers(|offer| offer.agent == number);
        let slots = self.agent(number).tasks.clone();
        for slot in &slots {
            let framework = self.tasks.at(*slot).framework as usize;
            let aware = self.frameworks[framework].kind().partition_aware;
            let state = if aware { State::Unreachable } else { State::Lost };
            self.update(*slot, Status { state, cause: Cause::AgentTimeout, at: self.now });
            self.tasks.lose(*slot);
            self.frameworks[framework].live -= 1;
        }
        let agent = &mut self.agents[number as usize];
        agent.standing = Standing::Unreachable;
        agent.draining = None;
        self.tally.removals += 1;
        self.tally.removed_unhealthy += 1;
        slots.iter().map(|slot| self.tasks.at(*slot).clone()).collect()
    }

    /// An unreachable agent is back, and its tasks as it knows them.
    pub(crate) fn find_again(&mut self, number: u32) -> Vec<Task> {
        let slots = self.agent(number).tasks.clone();
        for slot in &slots {
            self.tasks.find_again(*slot);
            let task = self.tasks.at_mut(*slot);
            task.return_to_agent();
            let framework = task.framework as usize;
            self.frameworks[framework].live += 1;
        }
        let agent = &mut self.agents[number as usize];
        agent.standing = Standing::Active;
        agent.reregistered = self.now;
        self.tally.reregistrations += 1;
        slots.iter().map(|slot| self.tasks.at(*slot).clone()).collect()
    }

    /// An agent leaves for good: every task on it ends so, whether it was live or unreachable.
    pub(crate) fn part(&mut self, number: u32, state: State, cause: Cause) -> Vec<Task> {
        self.withdraw_offers(|offer| offer.agent == number);
        let status = Status { state, cause, at: self.now };
        let unreachable = self.agent(number).standing == Standing::Unreachable;
        let mut ended = Vec::new();
        for slot in self.agent(number).tasks.clone() {
            ended.push(if unreachable { self.end_unreachable(slot, status) } else { self.end(slot, status) });
        }
        let agent = &mut self.agents[number as usize];
        agent.standing = Standing::Gone;
        agent.draining = None;
        self.tally.removals += 1;
        ended
    }

    fn end_unreachable(&mut self, slot: u32, status: Status) -> Task {
        self.update(slot, status);
        let task = self.tasks.forget(slot);
        self.agents[task.agent as usize].tasks.retain(|other| *other != slot);
        self.sum_up(task.agent);
        self.complete(task.clone(), status.state);
        task
    }

    pub(crate) fn subscribe_framework(&mut self) -> u32 {
        let number = self.frameworks.len() as u32;
        self.frameworks.push(Framework::new(number, self.now));
        number
    }

    /// A framework leaves: its tasks are killed, the live and the unreachable ones, and it is completed.
    pub(crate) fn remove_framework(&mut self, number: u32) -> Vec<Task> {
        self.withdraw_offers(|offer| offer.framework == number);
        let status = Status { state: State::Killed, cause: Cause::FrameworkRemoved, at: self.now };
        let of_it = |slots: &[u32]| -> Vec<u32> {
            slots.iter().copied().filter(|slot| self.tasks.at(*slot).framework == number).collect()
        };
        let (live, unreachable) = (of_it(self.tasks.live_slots()), of_it(self.tasks.unreachable_slots()));
        let mut ended: Vec<Task> = live.into_iter().map(|slot| self.end(slot, status)).collect();
        ended.extend(unreachable.into_iter().map(|slot| self.end_unreachable(slot, status)));
        let framework = &mut self.frameworks[number as usize];
        (framework.active, framework.connected) = (false, false);
        framework.unregistered = self.now;
        self.completed_frameworks.push_back(number);
        if self.completed_frameworks.len() > COMPLETED_FRAMEWORKS
            && let Some(oldest) = self.completed_frameworks.pop_front()
        {
            self.frameworks[oldest as usize].completed.clear();
        }
        ended
    }

    pub(crate) fn withdraw_offers(&mut self, of: impl Fn(&crate::world::Offer) -> bool) {
        self.offers.retain(|offer| !of(offer));
    }
}
