//! Background events: tasks start, run, fail, finish and are killed at the configured rate; agents and frameworks come and go.

use std::cmp::Reverse;

use crate::cluster::Sim;
use crate::scheduled_steps::{Next, ScheduledStep};
use crate::time::SECOND;
use crate::world::agent::AgentState;
use crate::world::cause::Cause;
use crate::world::cluster::Offer;
use crate::world::initial_state::{ending, failure, live_framework, place};
use crate::world::task::{State, Status};
use crate::write::event;

/// Maximum time to catch up after a pause.
const CATCH_UP: i64 = 30 * SECOND;
/// Maximum number of outstanding offers.
const OFFERS: usize = 6;

impl Sim {
    /// Schedules the next step of tasks in transition.
    pub(crate) fn resume(&mut self) {
        let slots = self.world.tasks.live_slots().to_vec();
        slots.into_iter().for_each(|slot| self.resume_task(slot));
        let drains: Vec<_> = self.world.agents.iter().filter_map(|it| Some((it.number, it.draining?.since))).collect();
        drains.into_iter().for_each(|(agent, since)| self.look_at_drained(agent, since));
    }

    pub(crate) fn resume_task(&mut self, slot: u32) {
        let task = self.world.tasks.at(slot);
        if self.world.framework(task.framework).is_clients() {
            return;
        }
        let (serial, state) = (task.serial, task.state);
        match state {
            State::Staging => self.later(slot, serial, State::Starting, 60),
            State::Starting => self.later(slot, serial, State::Running, 60),
            State::Killing => self.later(slot, serial, State::Killed, 60),
            _ => {}
        }
    }

    pub(crate) fn live_until(&mut self, to: i64) {
        if self.rate <= 0.0 {
            self.obey_until(to);
            self.set_now(to);
            self.next = Next::after(to);
            return;
        }
        let step = ((SECOND as f64 / self.rate) as i64).max(1);
        self.next.event = self.next.event.max(to - CATCH_UP);
        while self.next.event <= to {
            self.obey_until(self.next.event);
            self.set_now(self.next.event);
            self.next.event += step;
            self.now_and_then();
            self.once();
        }
        self.obey_until(to);
        self.set_now(to);
    }

    pub(crate) fn set_now(&mut self, now: i64) {
        if now > self.world.now {
            self.change().now = now;
        }
    }

    /// Performs one event of the rate: a due one, or a new one.
    fn once(&mut self) {
        let due = self.due.peek().is_some_and(|Reverse((at, ..))| *at <= self.world.now);
        match self.due.pop() {
            Some(Reverse((_, _, step))) if due => self.go_on(step),
            Some(later) => {
                self.due.push(later);
                self.something_new();
            }
            None => self.something_new(),
        }
    }

    pub(crate) fn go_on(&mut self, step: ScheduledStep) {
        match step {
            ScheduledStep::Task { slot, serial, to } if self.world.tasks.is_live(slot, serial) => {
                self.step(slot, serial, to)
            }
            ScheduledStep::Task { .. } => {}
            ScheduledStep::Lose(number) if self.world.agent(number).standing == AgentState::Disconnected => {
                self.lose_agent(number)
            }
            ScheduledStep::Lose(_) => {}
            ScheduledStep::Return(number) => self.return_agent(number),
            ScheduledStep::Subscribe(number) => self.subscribe_again(number),
            ScheduledStep::Drain { slot, serial, stubborn } if self.world.tasks.is_live(slot, serial) => {
                self.end_drained(slot, stubborn);
            }
            ScheduledStep::Drain { .. } => {}
            ScheduledStep::Drained { agent, since } => self.look_at_drained(agent, since),
            ScheduledStep::Boot(number) => self.boot(number),
            ScheduledStep::Scheduler(step) => self.go_on_scheduling(step),
        }
    }

    fn step(&mut self, slot: u32, serial: u32, to: State) {
        let task = self.world.tasks.at(slot);
        if !self.world.agent(task.agent).connected() {
            return self.later(slot, serial, to, 60);
        }
        // The step is outdated: the task was killed or scheduled twice meanwhile.
        if to <= task.state {
            return;
        }
        match to {
            State::Starting if !self.world.framework(task.framework).reports_starting() => {
                self.update(slot, State::Running, Cause::Plain);
            }
            State::Starting => {
                self.update(slot, State::Starting, Cause::Plain);
                self.later(slot, serial, State::Running, 2);
            }
            State::Running if self.rng.per_mille(15) => {
                let cause = failure(&mut self.rng);
                self.end(slot, State::Failed, cause);
            }
            State::Running => self.update(slot, State::Running, Cause::Plain),
            State::Killed => self.end(slot, State::Killed, Cause::Terminated),
            other => self.update(slot, other, Cause::Plain),
        }
    }

    fn something_new(&mut self) {
        let wanted = i64::from(self.world.size.tasks());
        let live = self.world.tasks.live_slots().len() as i64;
        // The further below its target the task count is, the likelier a launch.
        let launch = (500 + (wanted - live) * 5000 / wanted.max(1)).clamp(50, 950) as u64;
        if self.rng.per_mille(60) {
            self.check_health();
        } else if self.rng.per_mille(launch) {
            self.launch();
        } else {
            self.end_some();
        }
    }

    fn launch(&mut self) {
        let mut rng = self.rng.clone();
        let framework = live_framework(&self.world, &mut rng).filter(|number| self.world.framework(*number).active);
        let slot = framework.and_then(|framework| place(self.change(), &mut rng, framework));
        self.rng = rng;
        if let Some(slot) = slot {
            let task = self.world.tasks.at(slot).clone();
            self.tell(event::task_added(&self.world, &task));
            self.later(slot, task.serial, State::Starting, 2);
        }
    }

    /// A running task with a connected agent.
    pub(crate) fn some_running(&mut self) -> Option<u32> {
        for _ in 0..64 {
            let slots = self.world.tasks.live_slots();
            let slot = slots.get(self.rng.below(slots.len())).copied()?;
            let task = self.world.tasks.at(slot);
            let is_clients = self.world.framework(task.framework).is_clients();
            if task.state == State::Running && self.world.agent(task.agent).connected() && !is_clients {
                return Some(slot);
            }
        }
        None
    }

    fn end_some(&mut self) {
        let Some(slot) = self.some_running() else { return };
        match ending(&mut self.rng) {
            (State::Killed, _) => {
                self.update(slot, State::Killing, Cause::Plain);
                let serial = self.world.tasks.at(slot).serial;
                self.later(slot, serial, State::Killed, 5);
            }
            (state, cause) => self.end(slot, state, cause),
        }
    }

    fn check_health(&mut self) {
        if let Some(slot) = self.some_running() {
            let cause = if self.rng.per_mille(800) { Cause::Healthy } else { Cause::Unhealthy };
            self.update(slot, State::Running, cause);
        }
    }

    /// Changes agents, frameworks and offers by the clock, independent of the event rate.
    fn now_and_then(&mut self) {
        let now = self.world.now;
        if now >= self.next.offer {
            self.next.offer = now + self.rng.between(2, 8) * SECOND;
            self.change_offers();
        }
        if now >= self.next.agent {
            self.next.agent = now + self.rng.between(10, 40) * SECOND;
            self.change_agents();
        }
        if now >= self.next.framework {
            self.next.framework = now + self.rng.between(30, 90) * SECOND;
            self.change_frameworks();
        }
    }

    pub(crate) fn change_offers(&mut self) {
        let world = self.change();
        let frameworks = &world.frameworks;
        let own = |offer: &Offer| !frameworks[offer.framework as usize].is_clients();
        if world.offers.iter().filter(|offer| own(offer)).count() >= OFFERS
            && let Some(oldest) = world.offers.iter().position(own)
        {
            world.offers.remove(oldest);
        }
        if world.frameworks.is_empty() || world.agents.is_empty() {
            return;
        }
        let agent = self.rng.below(self.world.agents.len()) as u32;
        let mut rng = self.rng.clone();
        let framework = live_framework(&self.world, &mut rng);
        self.rng = rng;
        let Some(framework) = framework else { return };
        let home = self.world.agent(agent);
        let taken = self.world.offers.iter().any(|offer| offer.agent == agent);
        if home.standing == AgentState::Active && !taken && self.world.framework(framework).active {
            let amount = home.free(self.world.seed);
            let world = self.change();
            world.tally.offers += 1;
            let number = world.tally.offers;
            world.offers.push(Offer { number, framework, role: 0, agent, amount, reserved: Vec::new() });
        }
    }

    fn change_agents(&mut self) {
        match self.rng.below(10) {
            0..=2 => {
                self.add_agent();
            }
            3..=6 => {
                self.disconnect_agent();
            }
            _ => {
                self.remove_agent();
            }
        }
    }

    fn change_frameworks(&mut self) {
        match self.rng.below(3) {
            0 => {
                self.add_framework();
            }
            1 => {
                self.update_framework();
            }
            _ => {
                self.remove_framework();
            }
        }
    }

    /// Schedules a task's next state within a number of seconds.
    pub(crate) fn later(&mut self, slot: u32, serial: u32, to: State, seconds: i64) {
        let at = self.world.now + self.rng.between(SECOND / 20, seconds * SECOND);
        self.begin(at, ScheduledStep::Task { slot, serial, to });
    }

    pub(crate) fn begin(&mut self, at: i64, step: ScheduledStep) {
        self.started += 1;
        self.due.push(Reverse((at, self.started, step)));
    }

    pub(crate) fn update(&mut self, slot: u32, state: State, cause: Cause) {
        let at = self.world.now;
        if self.report_of_client(slot, Status { state, cause, at }) {
            return;
        }
        let task = self.change().update(slot, Status { state, cause, at });
        self.tell(event::task_updated(&self.world, &task));
    }

    pub(crate) fn end(&mut self, slot: u32, state: State, cause: Cause) {
        let at = self.world.now;
        if self.report_of_client(slot, Status { state, cause, at }) {
            return;
        }
        let task = self.change().end(slot, Status { state, cause, at });
        self.tell(event::task_updated(&self.world, &task));
    }

    pub(crate) fn tell(&mut self, record: Vec<u8>) {
        self.records.push_back(record);
    }
}
