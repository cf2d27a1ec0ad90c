//! Effects of operator calls, and their later steps by the clock, independent of the event rate.

use std::cmp::Reverse;

use crate::cluster::Sim;
use crate::scheduled_steps::ScheduledStep;
use crate::time::SECOND;
use crate::world::agent::{AgentState, Drain};
use crate::world::cause::Cause;
use crate::world::task::State;
use crate::write::event;

/// Delay until the master notices that an agent is empty.
const SEEN: i64 = SECOND / 4;
/// Time that a task may take to end without a limit: its own kill policy.
const POLICY: i64 = 5 * SECOND;
/// Maximum time of a cooperative task to end, whatever the limit.
const POLITE: i64 = 8 * SECOND;
/// Kill policy of a stubborn task, which applies if the limit is longer.
const STUBBORN: i64 = 20 * SECOND;
/// Time that a service manager takes to restart an agent.
const BOOT: (i64, i64) = (3 * SECOND, 8 * SECOND);

impl Sim {
    pub(crate) fn order(&mut self, at: i64, step: ScheduledStep) {
        self.started += 1;
        self.ordered.push(Reverse((at, self.started, step)));
    }

    /// Performs the scheduled operator steps up to a time.
    pub(crate) fn obey_until(&mut self, to: i64) {
        while self.ordered.peek().is_some_and(|Reverse((at, ..))| *at <= to) {
            if let Some(Reverse((at, _, step))) = self.ordered.pop() {
                self.set_now(at);
                self.go_on(step);
            }
        }
    }

    /// Starts or restarts draining an agent: its tasks have to end (PROTOCOL.md, "DRAIN_AGENT"). An absent agent drains on return.
    pub(crate) fn drain_agent(&mut self, number: u32, drain: Drain) {
        self.change().withdraw_offers(|offer| offer.agent == number);
        let agent = &mut self.change().agents[number as usize];
        agent.draining = Some(drain);
        if agent.listed() {
            agent.away |= agent.standing == AgentState::Disconnected;
            agent.standing = AgentState::Draining;
            self.drain_tasks(number);
        } else {
            agent.kept = AgentState::Draining;
        }
    }

    /// Kills the tasks of a draining agent, each in its time; the agent is drained with the last one.
    pub(crate) fn drain_tasks(&mut self, number: u32) {
        let Some(drain) = self.world.agent(number).draining.filter(|_| !self.world.agent(number).away) else { return };
        for slot in self.world.agent(number).tasks.clone() {
            self.drain_task(slot, drain);
        }
        self.order(self.world.now + SEEN, ScheduledStep::Drained { agent: number, since: drain.since });
    }

    /// Drains a task. An agent to be marked gone reports that at once to partition-aware frameworks (PROTOCOL.md, "DRAIN_AGENT").
    fn drain_task(&mut self, slot: u32, drain: Drain) {
        if drain.mark_gone {
            return match self.world.is_aware(slot) {
                true => self.end(slot, State::GoneByOperator, Cause::Draining),
                false => self.end(slot, State::Killed, Cause::DrainedSoftly),
            };
        }
        let task = self.world.tasks.at(slot);
        let (serial, stubborn) = (task.serial, task.is_stubborn(self.world.seed));
        if task.state != State::Killing && self.world.framework(task.framework).kind().reported_of_killing {
            self.update(slot, State::Killing, Cause::Draining);
        }
        let limit = drain.grace.unwrap_or(POLICY).max(SECOND / 20);
        let least = SECOND / 20;
        let takes = if stubborn { limit.min(STUBBORN) } else { self.rng.between(least, limit.min(POLITE)) };
        self.order(self.world.now + takes, ScheduledStep::Drain { slot, serial, stubborn });
    }

    /// Ends a task at its time limit, if its agent is connected.
    pub(crate) fn end_drained(&mut self, slot: u32, stubborn: bool) {
        if self.world.agent(self.world.tasks.at(slot).agent).connected() {
            self.end(slot, State::Killed, if stubborn { Cause::DrainedHard } else { Cause::DrainedSoftly });
        }
    }

    /// Checks whether the agent is drained, and otherwise schedules another check.
    pub(crate) fn look_at_drained(&mut self, number: u32, since: i64) {
        let agent = self.world.agent(number);
        let drain = agent.draining.filter(|drain| drain.since == since && agent.standing == AgentState::Draining);
        let Some(drain) = drain else { return };
        if !agent.tasks.is_empty() {
            return self.order(self.world.now + SEEN, ScheduledStep::Drained { agent: number, since });
        }
        if drain.mark_gone {
            self.mark_agent_gone(number);
        } else {
            self.change().agents[number as usize].standing = AgentState::Drained;
        }
    }

    /// Marks an agent gone, without AGENT_REMOVED. The registry keeps whether it was deactivated.
    pub(crate) fn mark_agent_gone(&mut self, number: u32) {
        let agent = &mut self.change().agents[number as usize];
        let entry = *agent.entry();
        agent.kept = entry;
        self.part_agent(number, State::GoneByOperator, Cause::AgentGone);
    }

    /// Takes a machine down: its agents shut down, and their tasks are lost.
    pub(crate) fn take_down(&mut self, number: u32) {
        self.part_agent(number, State::Lost, Cause::MachineDown);
        self.tell(event::agent_removed(&self.world, number));
        self.change().agents[number as usize].standing = AgentState::Down;
    }

    /// Takes a machine up: its agents return by themselves.
    pub(crate) fn take_up(&mut self, number: u32) {
        let at = self.world.now + self.rng.between(BOOT.0, BOOT.1);
        self.order(at, ScheduledStep::Boot(number));
    }

    /// Returns the agent of a machine that was down, with its old id and none of its tasks.
    pub(crate) fn boot(&mut self, number: u32) {
        if self.world.agent(number).standing != AgentState::Down
            || self.world.policy.is_down(&self.world.machine(number))
        {
            return;
        }
        let now = self.world.now;
        let agent = &mut self.change().agents[number as usize];
        (agent.standing, agent.registered, agent.reregistered) = (agent.kept, now, now);
        agent.kept = AgentState::Active;
        self.change().tally.registrations += 1;
        self.tell(event::agent_added(&self.world, number));
    }
}
