//! What can be made to happen by hand: by a test, or by `POST /sim/...`.

use crate::life::Step;
use crate::sim::Sim;
use crate::world::birth::SECOND;
use crate::world::{Cause, Standing, State};
use crate::write::event;

impl Sim {
    /// Fails a running task, as if its command had exited with status 1; its task id.
    pub fn fail_task(&mut self) -> Option<String> {
        let slot = self.some_running()?;
        let id = self.world.tasks.at(slot).id_text(&self.world);
        self.end(slot, State::Failed, Cause::Exit(1));
        Some(id)
    }

    /// A running task finishes; its task id.
    pub fn finish_task(&mut self) -> Option<String> {
        let slot = self.some_running()?;
        let id = self.world.tasks.at(slot).id_text(&self.world);
        self.end(slot, State::Finished, Cause::Exit(0));
        Some(id)
    }

    /// A task is launched, and runs at once; its task id.
    pub fn add_task(&mut self) -> Option<String> {
        let mut rng = self.rng.clone();
        let framework = crate::world::birth::live_framework(&self.world, &mut rng);
        let slot = crate::world::birth::place(self.change(), &mut rng, framework);
        self.rng = rng;
        let slot = slot?;
        let task = self.world.tasks.at(slot).clone();
        self.tell(event::task_added(&self.world, &task));
        if self.world.framework(framework).reports_starting() {
            self.update(slot, State::Starting, Cause::Plain);
        }
        self.update(slot, State::Running, Cause::Plain);
        Some(task.id_text(&self.world))
    }

    /// A new agent joins; its agent id.
    pub fn add_agent(&mut self) -> String {
        let number = self.change().join();
        self.tell(event::agent_added(&self.world, number));
        self.world.agent_id_text(number)
    }

    /// An active agent unregisters, as on SIGUSR1: its tasks are lost, then it is removed. Its agent id.
    pub fn remove_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.part_agent(number, State::Lost, Cause::AgentUnregistered);
        self.tell(event::agent_removed(&self.world, number));
        Some(self.world.agent_id_text(number))
    }

    /// An agent's connection breaks. No event tells; it returns, or after a while it is unreachable. Its agent id.
    pub fn disconnect_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.stop_agent(number);
        if self.rng.per_mille(500) {
            let back = self.world.now + self.rng.between(5, 60) * SECOND;
            self.begin(back, Step::Return(number));
        }
        Some(self.world.agent_id_text(number))
    }

    /// The agent's process stops: it is disconnected now, and unreachable when it has missed five pings.
    pub fn stop_agent(&mut self, number: u32) {
        if self.world.agents.get(number as usize).is_some_and(|agent| agent.standing == Standing::Active) {
            self.change().agents[number as usize].standing = Standing::Disconnected;
            self.change().withdraw_offers(|offer| offer.agent == number);
            let lost = self.world.now + 75 * SECOND;
            self.begin(lost, Step::Lose(number));
        }
    }

    /// The master gives an active agent up: its tasks become unreachable and no AGENT_REMOVED tells. Its agent id.
    pub fn lose_some_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.lose_agent(number);
        Some(self.world.agent_id_text(number))
    }

    pub(crate) fn lose_agent(&mut self, number: u32) {
        for task in self.change().lose(number) {
            self.tell(event::task_updated(&self.world, &task));
        }
        let back = self.world.now + self.rng.between(60, 240) * SECOND;
        self.begin(back, Step::Return(number));
    }

    /// The longest lost agent is back: TASK_ADDED of its tasks, then AGENT_ADDED. Its agent id.
    pub fn return_some_agent(&mut self) -> Option<String> {
        let number = self.world.agents.iter().find(|agent| agent.standing == Standing::Unreachable)?.number;
        self.return_agent(number);
        Some(self.world.agent_id_text(number))
    }

    /// An agent that was only disconnected returns without any event (PROTOCOL B7).
    pub(crate) fn return_agent(&mut self, number: u32) {
        match self.world.agent(number).standing {
            Standing::Disconnected => {
                let now = self.world.now;
                let agent = &mut self.change().agents[number as usize];
                agent.standing = Standing::Active;
                agent.reregistered = now;
            }
            Standing::Unreachable => {
                for task in self.change().find_again(number) {
                    self.tell(event::task_added(&self.world, &task));
                }
                self.tell(event::agent_added(&self.world, number));
            }
            Standing::Active | Standing::Deactivated | Standing::Draining | Standing::Drained | Standing::Gone => {}
        }
    }

    pub(crate) fn part_agent(&mut self, number: u32, state: State, cause: Cause) {
        for task in self.change().part(number, state, cause) {
            self.tell(event::task_updated(&self.world, &task));
        }
    }

    /// A framework subscribes; its framework id.
    pub fn add_framework(&mut self) -> String {
        let number = self.change().subscribe_framework();
        self.tell(event::framework_added(&self.world, number));
        self.framework_id_text(number)
    }

    /// A framework changes its info; its framework id.
    pub fn update_framework(&mut self) -> Option<String> {
        let live: Vec<u32> = self.world.frameworks.iter().filter(|it| it.live()).map(|it| it.number).collect();
        let number = live.get(self.rng.below(live.len())).copied()?;
        let now = self.world.now;
        let framework = &mut self.change().frameworks[number as usize];
        framework.revision += 1;
        (framework.active, framework.connected, framework.reregistered) = (true, true, now);
        self.tell(event::framework_updated(&self.world, number));
        Some(self.framework_id_text(number))
    }

    /// The framework with the fewest tasks leaves, unless it is the last; its framework id.
    pub fn remove_framework(&mut self) -> Option<String> {
        let live: Vec<_> = self.world.frameworks.iter().filter(|framework| framework.live()).collect();
        let number = live.iter().skip(1).min_by_key(|framework| framework.live)?.number;
        for task in self.change().remove_framework(number) {
            self.tell(event::task_updated(&self.world, &task));
        }
        self.tell(event::framework_removed(&self.world, number));
        Some(self.framework_id_text(number))
    }

    /// Makes about so many events at once, of tasks that come and go.
    pub fn burst(&mut self, events: u32) {
        let before = self.records.len();
        for _ in 0..events {
            if self.records.len() >= before + events as usize {
                break;
            }
            match self.rng.below(3) {
                0 => self.fail_task(),
                1 => self.finish_task(),
                _ => self.add_task(),
            };
        }
    }

    fn some_agent(&mut self) -> Option<u32> {
        let count = self.world.agents.len();
        let from = self.rng.below(count);
        let mut numbers = (0..count).map(|step| (from + step) % count);
        let active = |number: &usize| self.world.agents.get(*number).is_some_and(|it| it.standing == Standing::Active);
        numbers.find(active).map(|number| number as u32)
    }

    fn framework_id_text(&self, number: u32) -> String {
        format!("{}-{number:04}", self.world.id)
    }
}

impl Sim {
    /// The tasks of an agent that drains are killed, each in its time; with the last of them it is drained.
    pub(crate) fn drain_tasks(&mut self, number: u32) {
        for slot in self.world.agent(number).tasks.clone() {
            if self.world.tasks.at(slot).state != State::Killing {
                self.update(slot, State::Killing, Cause::Plain);
                let serial = self.world.tasks.at(slot).serial;
                self.later(slot, serial, State::Killed, 5);
            }
        }
    }
}
