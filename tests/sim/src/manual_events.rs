//! Events triggered by a test or by `POST /sim/...`.

use crate::cluster::Sim;
use crate::rng::Rng;
use crate::scheduled_steps::ScheduledStep;
use crate::time::SECOND;
use crate::world::agent::AgentState;
use crate::world::cause::Cause;
use crate::world::cluster::{RetentionLimits, World};
use crate::world::framework::Framework;
use crate::world::initial_state::{live_framework, place, place_again};
use crate::world::operation::{Operation, OperationKind, OperationState};
use crate::world::recovery::ReturnEvent;
use crate::world::task::{State, Status};
use crate::write::event;

impl Sim {
    /// Fails a running task, as if its command had exited with status 1; returns its task id.
    pub fn fail_task(&mut self) -> Option<String> {
        let slot = self.some_running()?;
        let id = self.world.tasks.at(slot).id_text(&self.world);
        self.end(slot, State::Failed, Cause::Exit(1));
        Some(id)
    }

    /// Fails a running task without an update from the master (MESOS-8469); returns its task id.
    pub fn lose_update(&mut self) -> Option<String> {
        let reported = self.records.len();
        let id = self.fail_task();
        self.records.truncate(reported);
        id
    }

    /// Finishes a running task; returns its task id.
    pub fn finish_task(&mut self) -> Option<String> {
        let slot = self.some_running()?;
        let id = self.world.tasks.at(slot).id_text(&self.world);
        self.end(slot, State::Finished, Cause::Exit(0));
        Some(id)
    }

    /// Launches a task that runs at once; returns its task id.
    pub fn add_task(&mut self) -> Option<String> {
        let slot = self.launch_with(place)?;
        let task = self.world.tasks.at(slot).clone();
        if self.world.framework(task.framework).reports_starting() {
            self.update(slot, State::Starting, Cause::Plain);
        }
        self.update(slot, State::Running, Cause::Plain);
        Some(task.id_text(&self.world))
    }

    /// Launches a task under the id of a completed one; returns its task id.
    pub fn repeat_task(&mut self) -> Option<String> {
        let slot = self.launch_with(place_again)?;
        self.update(slot, State::Running, Cause::Plain);
        Some(self.world.tasks.at(slot).id_text(&self.world))
    }

    /// Ends a task so fast that its updates lag behind its state (PROTOCOL.md, "TASK_UPDATED"); returns its task id.
    pub fn add_short_task(&mut self) -> Option<String> {
        let slot = self.launch_with(place)?;
        let status = |state| Status { state, cause: Cause::Plain, at: self.world.now };
        let (running, finished) = (status(State::Running), status(State::Finished));
        let ahead = self.change().run_ahead(slot, running, State::Finished);
        self.tell(event::task_updated(&self.world, &ahead));
        let task = self.change().catch_up(ahead.framework, finished)?;
        self.tell(event::task_updated(&self.world, &task));
        Some(task.id_text(&self.world))
    }

    fn launch_with(&mut self, place: fn(&mut World, &mut Rng, u32) -> Option<u32>) -> Option<u32> {
        let mut rng = self.rng.clone();
        let framework = live_framework(&self.world, &mut rng).filter(|number| self.world.framework(*number).known);
        let slot = framework.and_then(|framework| place(self.change(), &mut rng, framework));
        self.rng = rng;
        let task = self.world.tasks.at(slot?).clone();
        self.tell(event::task_added(&self.world, &task));
        slot
    }

    /// Truncates the logs of all sandboxes; with `keep`, the old ones become `stdout.1`.
    pub fn rotate_logs(&mut self, keep: bool) -> String {
        let now = self.world.now;
        self.change().rotations.push((now, keep));
        "ok".to_owned()
    }

    /// Adds an agent; returns its agent id.
    pub fn add_agent(&mut self) -> String {
        let number = self.change().join();
        self.tell(event::agent_added(&self.world, number));
        self.world.agent_id_text(number)
    }

    /// Unregisters an active agent, as on SIGUSR1: its tasks are lost, then it is removed. Returns its agent id.
    pub fn remove_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.part_agent(number, State::Lost, Cause::AgentUnregistered);
        self.tell(event::agent_removed(&self.world, number));
        Some(self.world.agent_id_text(number))
    }

    /// Disconnects an agent without an event; it returns, or becomes unreachable later. Returns its agent id.
    pub fn disconnect_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.stop_agent(number);
        if self.rng.per_mille(500) {
            let back = self.world.now + self.rng.between(5, 60) * SECOND;
            self.begin(back, ScheduledStep::Return(number));
        }
        Some(self.world.agent_id_text(number))
    }

    /// Stops an agent's process: disconnected now, unreachable after five missed pings.
    pub fn stop_agent(&mut self, number: u32) {
        if self.world.agents.get(number as usize).is_some_and(|agent| agent.standing == AgentState::Active) {
            self.change().agents[number as usize].standing = AgentState::Disconnected;
            self.change().withdraw_offers(|offer| offer.agent == number);
            let lost = self.world.now + 75 * SECOND;
            self.begin(lost, ScheduledStep::Lose(number));
        }
    }

    /// Sets how many seconds the agents' clocks are ahead of the master's.
    pub fn set_agents_clock(&mut self, ahead: i64) {
        self.change().agents_ahead = ahead * SECOND;
    }

    pub(crate) fn agents_ahead(&self) -> i64 {
        self.world.agents_ahead
    }

    /// Gives an agent a version that cannot drain.
    pub fn make_old(&mut self, number: u32) {
        self.change().agents[number as usize].old = true;
    }

    /// Starts marking an agent gone; the registrar completes it with `end_gone`.
    pub fn begin_gone(&mut self, number: u32) {
        self.change().agents[number as usize].going = true;
    }

    /// Completes marking an agent gone.
    pub fn end_gone(&mut self, number: u32) {
        self.change().agents[number as usize].going = false;
        self.mark_agent_gone(number);
    }

    /// Makes an active agent unreachable: its tasks too, and no AGENT_REMOVED is sent. Returns its agent id.
    pub fn lose_some_agent(&mut self) -> Option<String> {
        let number = self.some_agent()?;
        self.lose_agent(number);
        Some(self.world.agent_id_text(number))
    }

    /// Makes this agent unreachable: its tasks too, and no AGENT_REMOVED is sent.
    pub fn lose_agent(&mut self, number: u32) {
        for task in self.change().lose(number) {
            self.tell_master_update(&task);
        }
        self.tell_agent_failure(number);
        let back = self.world.now + self.rng.between(60, 240) * SECOND;
        self.begin(back, ScheduledStep::Return(number));
    }

    /// Returns the longest unreachable agent: TASK_ADDED of its tasks, then AGENT_ADDED. Returns its agent id.
    pub fn return_some_agent(&mut self) -> Option<String> {
        let number = self.world.agents.iter().find(|agent| agent.standing == AgentState::Unreachable)?.number;
        self.return_agent(number);
        Some(self.world.agent_id_text(number))
    }

    /// Marks the longest unreachable agent gone, so that it cannot return. Returns its agent id.
    pub fn give_up_some_agent(&mut self) -> Option<String> {
        let number = self.world.agents.iter().find(|agent| agent.standing == AgentState::Unreachable)?.number;
        self.part_agent(number, State::GoneByOperator, Cause::AgentGone);
        Some(self.world.agent_id_text(number))
    }

    /// Returns an agent. One that was only disconnected returns without an event (PROTOCOL.md, "Events that do not exist").
    pub fn return_agent(&mut self, number: u32) {
        match self.world.agent(number).standing {
            AgentState::Disconnected => {
                let now = self.world.now;
                let agent = &mut self.change().agents[number as usize];
                agent.standing = AgentState::Active;
                agent.reregistered = now;
                self.resend_updates(number);
            }
            AgentState::Unreachable | AgentState::Recovered => self.register_again(number),
            AgentState::Draining if self.world.agent(number).away => {
                let now = self.world.now;
                let agent = &mut self.change().agents[number as usize];
                (agent.away, agent.reregistered) = (false, now);
                self.drain_tasks(number);
                self.resend_updates(number);
            }
            AgentState::Active
            | AgentState::Deactivated
            | AgentState::Draining
            | AgentState::Drained
            | AgentState::Gone
            | AgentState::Down => {}
        }
    }

    /// Registers an agent again; one in twenty of its running tasks has ended meanwhile.
    fn register_again(&mut self, number: u32) {
        let chance = self.rng.draw();
        let clients: Vec<bool> = self.world.frameworks.iter().map(Framework::is_clients).collect();
        let ended = |task: &crate::world::task::Task| {
            let is_clients = clients.get(task.framework as usize).is_some_and(|it| *it);
            !is_clients && task.state == State::Running && (task.hash(chance) >> 8).is_multiple_of(20)
        };
        for news in self.change().find_again(number, ended) {
            let record = match news {
                ReturnEvent::Task(task) => {
                    self.tell_return(&task);
                    event::task_added(&self.world, &task)
                }
                ReturnEvent::Agent(number) => event::agent_added(&self.world, number),
                ReturnEvent::Framework(number) => event::framework_added(&self.world, number),
            };
            self.tell(record);
        }
        self.world.agent(number).tasks.clone().into_iter().for_each(|slot| self.resume_task(slot));
        self.resend_updates(number);
        // The registry remembers the drain.
        if self.world.agent(number).standing == AgentState::Draining {
            self.drain_tasks(number);
        }
    }

    pub(crate) fn part_agent(&mut self, number: u32, state: State, cause: Cause) {
        for task in self.change().part(number, state, cause) {
            self.tell_master_update(&task);
        }
        self.tell_agent_failure(number);
    }

    /// Subscribes a framework; returns its framework id.
    pub fn add_framework(&mut self) -> String {
        let number = self.change().subscribe_framework();
        self.tell(event::framework_added(&self.world, number));
        self.framework_id_text(number)
    }

    /// Changes a framework's info; returns its framework id.
    pub fn update_framework(&mut self) -> Option<String> {
        let number = self.some_framework()?;
        self.change().frameworks[number as usize].revision += 1;
        self.subscribe_again(number);
        Some(self.framework_id_text(number))
    }

    /// Disconnects a framework without an event; it subscribes again later. Returns its framework id.
    pub fn disconnect_framework(&mut self) -> Option<String> {
        let number = self.some_framework()?;
        let framework = &mut self.change().frameworks[number as usize];
        (framework.active, framework.connected) = (false, false);
        self.change().withdraw_offers(|offer| offer.framework == number);
        let back = self.world.now + self.rng.between(5, 60) * SECOND;
        self.begin(back, ScheduledStep::Subscribe(number));
        Some(self.framework_id_text(number))
    }

    /// Subscribes a framework again. A new master announces an unknown one twice: recovered, then active (PROTOCOL.md,
    /// "FRAMEWORK_UPDATED").
    pub(crate) fn subscribe_again(&mut self, number: u32) {
        if !self.world.framework(number).live() {
            return;
        }
        if self.change().recover_framework(number) {
            self.tell(event::framework_added(&self.world, number));
        }
        let now = self.world.now;
        let framework = &mut self.change().frameworks[number as usize];
        if std::mem::take(&mut framework.recovered) {
            framework.registered = now;
        }
        (framework.active, framework.connected, framework.reregistered) = (true, true, now);
        self.tell(event::framework_updated(&self.world, number));
    }

    /// Removes the framework with the fewest tasks, unless it is the last; returns its framework id.
    pub fn remove_framework(&mut self) -> Option<String> {
        let live: Vec<_> =
            self.world.frameworks.iter().filter(|framework| framework.listed() && !framework.is_clients()).collect();
        let number = live.iter().skip(1).min_by_key(|framework| framework.live)?.number;
        self.end_framework(number);
        Some(self.framework_id_text(number))
    }

    /// Removes a framework with its tasks; the stream of a client's ends.
    pub(crate) fn end_framework(&mut self, number: u32) {
        self.end_scheduler(number);
        for task in self.change().remove_framework(number) {
            self.tell(event::task_updated(&self.world, &task));
        }
        self.tell(event::framework_removed(&self.world, number));
    }

    /// Produces about this number of task events at once.
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
        let active =
            |number: &usize| self.world.agents.get(*number).is_some_and(|it| it.standing == AgentState::Active);
        numbers.find(active).map(|number| number as u32)
    }

    fn some_framework(&mut self) -> Option<u32> {
        let listed: Vec<u32> =
            self.world.frameworks.iter().filter(|it| it.listed() && !it.is_clients()).map(|it| it.number).collect();
        listed.get(self.rng.below(listed.len().max(1))).copied()
    }

    fn framework_id_text(&self, number: u32) -> String {
        self.world.framework_id_text(number)
    }
}

impl Sim {
    /// Replaces the master, with the loss of all unsent events. The new one knows only the agents in the registry.
    ///
    /// Agents and frameworks return within a minute.
    pub fn replace_master(&mut self) {
        self.change().forget_all();
        self.records.clear();
        let recovered = self.world.agents.iter().filter(|agent| agent.standing == AgentState::Recovered);
        let recovered: Vec<u32> = recovered.map(|agent| agent.number).collect();
        let frameworks: Vec<u32> =
            self.world.frameworks.iter().filter(|it| it.live() && !it.is_clients()).map(|it| it.number).collect();
        self.lose_schedulers();
        let agents = recovered.into_iter().map(ScheduledStep::Return);
        for step in agents.chain(frameworks.into_iter().map(ScheduledStep::Subscribe)) {
            let at = self.world.now + self.rng.between(SECOND / 10, 60 * SECOND);
            self.begin(at, step);
        }
    }

    /// Sets how many completed tasks and frameworks the master keeps; its flags report it.
    pub fn keep(&mut self, completed_tasks: usize, unreachable_tasks: usize, completed_frameworks: usize) {
        self.change().keep(RetentionLimits { completed_tasks, unreachable_tasks, completed_frameworks });
    }

    /// Makes an offer if possible; returns whether it was.
    pub fn make_offer(&mut self) -> bool {
        let before = self.world.tally.offers;
        (0..100).any(|_| {
            self.change_offers();
            self.world.tally.offers > before
        })
    }

    /// Starts an operation with an id; returns that id.
    pub fn start_operation(&mut self) -> Option<String> {
        let (framework, agent) = (self.some_framework()?, self.some_agent()?);
        let world = self.change();
        world.tally.operations += 1;
        let number = world.tally.operations;
        world.operations.push(Operation {
            number,
            framework,
            agent,
            state: OperationState::Pending,
            kind: OperationKind::Reserve,
        });
        Some(format!("op-{number}"))
    }

    /// Fails the oldest pending operation, which stays until acknowledged; returns its id.
    pub fn fail_operation(&mut self) -> Option<String> {
        let operation = self.change().operations.iter_mut().find(|operation| operation.is_pending())?;
        operation.state = OperationState::Failed;
        Some(format!("op-{}", operation.number))
    }

    /// Acknowledges and removes the oldest failed operation; returns its id.
    pub fn acknowledge_operation(&mut self) -> Option<String> {
        let place = self.world.operations.iter().position(|operation| !operation.is_pending())?;
        let operation = self.change().operations.remove(place);
        Some(format!("op-{}", operation.number))
    }
}
