//! Loss and return: agents that the master loses or gives up, and all of them when the master is replaced.
//!
//! Sends nothing and decides nothing.

use std::collections::VecDeque;

use crate::world::agent::AgentState;
use crate::world::cause::Cause;
use crate::world::cluster::{Counters, World};
use crate::world::task::{State, Status, Task};

/// Events of an agent's return, in the master's order.
#[derive(Clone, Debug)]
pub(crate) enum ReturnEvent {
    Task(Box<Task>),
    Agent(u32),
    Framework(u32),
}

impl World {
    /// Gives an agent up: its tasks become TASK_UNREACHABLE, or TASK_LOST for a framework without PARTITION_AWARE.
    pub(crate) fn lose(&mut self, number: u32) -> Vec<Task> {
        self.leave(number);
        let slots = self.agent(number).tasks.clone();
        let lost = slots.iter().map(|slot| {
            let state = if self.is_aware(*slot) { State::Unreachable } else { State::Lost };
            self.out_of_reach(*slot, Status { state, cause: Cause::AgentTimeout, at: self.now })
        });
        let lost = lost.collect();
        let agent = &mut self.agents[number as usize];
        agent.kept = if agent.deactivated() { agent.standing } else { AgentState::Active };
        agent.standing = AgentState::Unreachable;
        self.tally.removed_unhealthy += 1;
        lost
    }

    /// Returns an agent with its tasks.
    ///
    /// First come tasks of known frameworks, then the agent, then the others, each framework before its first task (PROTOCOL.md,
    /// "FRAMEWORK_ADDED"). Tasks that ended meanwhile are announced once, as ended ("TASK_ADDED").
    pub(crate) fn find_again(&mut self, number: u32, ended: impl Fn(&Task) -> bool) -> Vec<ReturnEvent> {
        let slots = self.agent(number).tasks.clone();
        let (known, unknown): (Vec<u32>, Vec<u32>) =
            slots.into_iter().partition(|slot| self.frameworks[self.tasks.at(*slot).framework as usize].known);
        self.back(number);
        let mut news: Vec<ReturnEvent> = Vec::new();
        for slot in known {
            news.push(self.task_again(slot, &ended));
        }
        news.push(ReturnEvent::Agent(number));
        for slot in unknown {
            let framework = self.tasks.at(slot).framework;
            if self.recover_framework(framework) {
                news.push(ReturnEvent::Framework(framework));
            }
            news.push(self.task_again(slot, &ended));
        }
        news
    }

    fn back(&mut self, number: u32) {
        let now = self.now;
        let agent = &mut self.agents[number as usize];
        if agent.standing == AgentState::Recovered {
            agent.registered = now;
        }
        (agent.standing, agent.reregistered) = (agent.kept, now);
        agent.kept = AgentState::Active;
        self.tally.reregistrations += 1;
    }

    fn task_again(&mut self, slot: u32, ended: &impl Fn(&Task) -> bool) -> ReturnEvent {
        self.tasks.find_again(slot);
        let at = self.now;
        let task = self.tasks.at_mut(slot);
        task.return_to_agent();
        let framework = &mut self.frameworks[task.framework as usize];
        framework.live += 1;
        framework.unreachable.retain(|other| *other != slot);
        let task = if ended(task) {
            self.end(slot, Status { state: State::Finished, cause: Cause::Exit(0), at })
        } else {
            self.tasks.at(slot).clone()
        };
        ReturnEvent::Task(Box::new(task))
    }

    /// Adds a framework that the master learns of from an agent; returns whether it was new.
    pub(crate) fn recover_framework(&mut self, number: u32) -> bool {
        let framework = &mut self.frameworks[number as usize];
        let new = !framework.known;
        if new {
            (framework.known, framework.recovered) = (true, true);
        }
        new
    }

    /// Removes an agent for good and ends its tasks in the given state; returns the tasks that have an event.
    ///
    /// On marking gone, a task of a framework without PARTITION_AWARE is TASK_LOST and listed as unreachable. If unreachable
    /// before, it is completed without an event (PROTOCOL.md, "MARK_AGENT_GONE").
    pub(crate) fn part(&mut self, number: u32, state: State, cause: Cause) -> Vec<Task> {
        self.leave(number);
        let mut reported = Vec::new();
        for slot in self.agent(number).tasks.clone() {
            let lost = state == State::GoneByOperator && !self.is_aware(slot);
            let cause = if lost && cause == Cause::AgentGone { Cause::AgentGoneLost } else { cause };
            let status = Status { state: if lost { State::Lost } else { state }, cause, at: self.now };
            match (self.tasks.is_hidden(slot), self.tasks.is_unreachable(slot)) {
                (true, _) => drop(self.forget(slot)),
                (false, true) if lost => drop(self.end_unreachable(slot, status)),
                (false, true) => reported.push(self.end_unreachable(slot, status)),
                (false, false) if lost => reported.push(self.out_of_reach(slot, status)),
                (false, false) => reported.push(self.end(slot, status)),
            }
        }
        let agent = &mut self.agents[number as usize];
        agent.standing = AgentState::Gone;
        agent.draining = None;
        reported
    }

    /// Replaces the master: the new one knows only the registry's agents; no task, no framework, nothing completed.
    pub(crate) fn forget_all(&mut self) {
        (self.started, self.elected) = (self.now, self.now);
        self.tally = Counters { offers: self.tally.offers, operations: self.tally.operations, ..Counters::default() };
        self.offers.clear();
        self.operations.clear();
        self.completed_frameworks.clear();
        for number in 0..self.agents.len() {
            self.forget_agent(number);
        }
        for framework in &mut self.frameworks {
            (framework.active, framework.connected) = (false, false);
            (framework.known, framework.recovered) = (false, false);
            framework.live = 0;
            framework.completed.clear();
            framework.unreachable.clear();
        }
    }

    fn forget_agent(&mut self, number: usize) {
        for slot in self.agents[number].tasks.clone() {
            if self.agents[number].standing == AgentState::Gone {
                self.forget(slot);
            } else {
                self.hide(slot);
            }
        }
        let agent = &mut self.agents[number];
        if agent.listed() {
            agent.kept = if agent.deactivated() { agent.standing } else { AgentState::Active };
            agent.standing = AgentState::Recovered;
        }
    }

    fn hide(&mut self, slot: u32) {
        self.tasks.hide(slot);
        self.tasks.at_mut(slot).return_to_agent();
    }

    fn leave(&mut self, number: u32) {
        self.withdraw_offers(|offer| offer.agent == number);
        self.operations.retain(|operation| operation.agent != number);
        self.tally.removals += 1;
    }

    /// Whether the task's framework has PARTITION_AWARE.
    pub(crate) fn is_aware(&self, slot: u32) -> bool {
        self.framework(self.tasks.at(slot).framework).kind().partition_aware
    }

    /// Moves a live task to its framework's unreachable ring, which silently drops its oldest.
    fn out_of_reach(&mut self, slot: u32, status: Status) -> Task {
        self.update(slot, status);
        self.tasks.lose(slot);
        let task = self.tasks.at(slot).clone();
        let framework = &mut self.frameworks[task.framework as usize];
        framework.live -= 1;
        framework.unreachable.push_back(slot);
        self.trim_unreachable(task.framework as usize);
        task
    }

    pub(super) fn trim_unreachable(&mut self, framework: usize) {
        let unreachable: &mut VecDeque<u32> = &mut self.frameworks[framework].unreachable;
        let over = unreachable.len().saturating_sub(self.rings.unreachable_tasks);
        let oldest: Vec<u32> = unreachable.drain(..over).collect();
        oldest.into_iter().for_each(|slot| self.hide(slot));
    }
}
