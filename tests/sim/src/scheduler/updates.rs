//! Status updates: an agent's, which it repeats until they are acknowledged, the master's, and reconciliation.

use serde_json::{Value, json};

use crate::cluster::Sim;
use crate::json_out::text;
use crate::scheduled_steps::SchedulerStep;
use crate::schedulers::{Phase, Update};
use crate::time::SECOND;
use crate::world::agent::AgentState;
use crate::world::task::{State, Status, Task};
use crate::write::{self, event};

/// Time to the first repetition; it doubles up to the longest (src/slave/constants.hpp).
const REPEAT: i64 = 10 * SECOND;
const LONGEST: i64 = 600 * SECOND;

impl Sim {
    /// The agent has a new status of a task: it is sent, or waits for those before.
    pub(super) fn report_status(&mut self, serial: u32, status: Status) {
        let Some(run) = self.schedulers.runs.get_mut(&serial) else { return };
        run.updates.push_back(Update { status, is_known: false });
        if run.updates.len() == 1 {
            self.forward_update(serial);
        }
    }

    /// Sends the oldest update of a task to the master, and on to its framework.
    fn forward_update(&mut self, serial: u32) {
        let now = self.world.now;
        let Some(run) = self.schedulers.runs.get_mut(&serial) else { return };
        if !self.world.agent(run.agent).connected() || !self.world.framework(run.framework).listed() {
            return;
        }
        let (framework, agent) = (run.framework, run.agent);
        let last = run.updates.back().map(|update| update.status.state);
        let Some(update) = run.updates.front_mut() else { return };
        let (status, was_known) = (update.status, std::mem::replace(&mut update.is_known, true));
        let is_ahead = run.updates.len() > 1 && run.phase == Phase::Ended;
        run.sent_at = Some(now);
        run.sent = run.sent.saturating_add(1);
        let delay = REPEAT.checked_shl(run.sent - 1).filter(|it| (1..LONGEST).contains(it)).unwrap_or(LONGEST);
        self.order_scheduling(now.saturating_add(delay), SchedulerStep::Repeat { serial, since: now });
        let slot = self.world.slot_of(agent, serial);
        let changed = match (slot, last.filter(|_| is_ahead)) {
            // With each update the master hears of the latest state.
            (Some(slot), Some(latest)) => Some(self.change().run_ahead(slot, status, latest)),
            (Some(_), None) if was_known => None,
            (Some(slot), None) if is_end(status.state) => Some(self.change().end(slot, status)),
            (Some(slot), None) => Some(self.change().update(slot, status)),
            (None, _) if was_known => None,
            (None, _) => self.change().catch_up_client(framework, serial, status),
        };
        if let Some(task) = changed {
            self.tell(event::task_updated(&self.world, &task));
        }
        if let Some(task) = self.client_task(framework, agent, serial) {
            let status = text(|out| write::task::status(out, &self.world, &task, &status));
            let status: Value = serde_json::from_str(&status).unwrap_or_default();
            self.send_update(framework, &json!({"type": "UPDATE", "update": {"status": status}}));
        }
    }

    pub(super) fn repeat_update(&mut self, serial: u32, since: i64) {
        if self.schedulers.runs.get(&serial).is_some_and(|run| run.sent_at == Some(since) && !run.updates.is_empty()) {
            self.forward_update(serial);
        }
    }

    /// A returning agent sends what is not acknowledged.
    pub(crate) fn resend_updates(&mut self, agent: u32) {
        self.resend(|run_agent, _| run_agent == agent);
    }

    /// A framework that has subscribed again gets what it has not acknowledged.
    pub(super) fn resend_updates_of(&mut self, framework: u32) {
        self.resend(|_, run_framework| run_framework == framework);
    }

    fn resend(&mut self, is_meant: impl Fn(u32, u32) -> bool) {
        let runs = self.schedulers.runs.iter_mut().filter(|(_, run)| is_meant(run.agent, run.framework));
        let waiting = runs.filter(|(_, run)| !run.updates.is_empty()).map(|(serial, run)| {
            run.sent = 0;
            *serial
        });
        waiting.collect::<Vec<_>>().into_iter().for_each(|serial| self.forward_update(serial));
    }

    pub(super) fn acknowledge_update(&mut self, framework: u32, fields: &Value) {
        let id = fields["task_id"]["value"].as_str().unwrap_or_default();
        let agent = self.world.agent_number(fields["agent_id"]["value"].as_str().unwrap_or_default());
        let uuid = fields["uuid"].as_str().unwrap_or_default();
        let serials = self.schedulers.runs.iter().filter(|(serial, run)| {
            let is_its = || self.world.launches.get(serial).is_some_and(|launched| launched.id == id);
            run.framework == framework && Some(run.agent) == agent && is_its()
        });
        for serial in serials.map(|(serial, _)| *serial).collect::<Vec<_>>() {
            if self.uuid_of_oldest(serial).as_deref() != Some(uuid) {
                continue;
            }
            let Some(run) = self.schedulers.runs.get_mut(&serial) else { continue };
            run.updates.pop_front();
            (run.sent, run.sent_at) = (0, None);
            match (run.updates.is_empty(), run.phase) {
                (true, Phase::Ended) => drop(self.schedulers.runs.remove(&serial)),
                (true, Phase::Staging | Phase::Running | Phase::Killing) => {}
                (false, _) => self.forward_update(serial),
            }
        }
    }

    fn uuid_of_oldest(&self, serial: u32) -> Option<String> {
        let run = self.schedulers.runs.get(&serial)?;
        let update = run.updates.front().filter(|update| update.is_known)?;
        let task = self.client_task(run.framework, run.agent, serial)?;
        Some(text(|out| write::task::uuid(out, &self.world, &task, &update.status)))
    }

    /// The task as the master knows it, completed or not.
    fn client_task(&self, framework: u32, agent: u32, serial: u32) -> Option<Task> {
        if let Some(slot) = self.world.slot_of(agent, serial) {
            return Some(self.world.tasks.at(slot).clone());
        }
        self.world.framework(framework).completed.iter().rev().find(|task| task.serial == serial).cloned()
    }

    /// Sends an update to a framework, unless a test wants it lost.
    pub(super) fn send_update(&mut self, framework: u32, update: &Value) {
        match self.schedulers.lost_updates.checked_sub(1) {
            Some(left) => self.schedulers.lost_updates = left,
            None => self.send_to_scheduler(framework, update),
        }
    }

    /// Reports a status that the master has given a task, as of a lost agent.
    pub(crate) fn tell_master_update(&mut self, task: &Task) {
        self.tell(event::task_updated(&self.world, task));
        if !self.world.framework(task.framework).is_clients() {
            return;
        }
        if self.world.slot_of(task.agent, task.serial).is_none() {
            let now = self.world.now;
            self.schedulers.runs.remove(&task.serial);
            self.note(task.serial, |launched| launched.ended = launched.ended.or(Some(now)));
        }
        if let Some(status) = task.statuses().last() {
            let status = text(|out| write::task::status(out, &self.world, task, status));
            self.send_own_update(task.framework, serde_json::from_str(&status).unwrap_or_default());
        }
    }

    /// Reports a task that was unreachable, and runs.
    pub(crate) fn tell_return(&mut self, task: &Task) {
        if !self.world.framework(task.framework).is_clients() {
            return;
        }
        let mut status = self.status_of(task, task.state.name());
        status["message"] = json!("Unreachable agent re-reregistered");
        status["reason"] = json!("REASON_AGENT_REREGISTERED");
        self.send_own_update(task.framework, status);
    }

    /// FAILURE: the master has given up an agent.
    pub(crate) fn tell_agent_failure(&mut self, agent: u32) {
        let id = self.world.agent_id_text(agent);
        for framework in self.schedulers.links.keys().copied().collect::<Vec<_>>() {
            let event = json!({"type": "FAILURE", "failure": {"agent_id": {"value": id}}});
            self.send_to_scheduler(framework, &event);
        }
    }

    /// Implicit reconciliation: the latest states of all active tasks.
    pub(super) fn reconcile_all(&mut self, framework: u32) {
        let of_it = self.schedulers.runs.iter().filter(|(_, run)| run.framework == framework);
        let active = of_it.filter(|(serial, run)| self.is_active(**serial, run));
        for (serial, agent) in active.map(|(serial, run)| (*serial, run.agent)).collect::<Vec<_>>() {
            if let Some(task) = self.client_task(framework, agent, serial) {
                self.send_latest(&task);
            }
        }
    }

    /// Latest state of one task, in the order of Mesos' cases (`Master::reconcileTasks` in src/master/master.cpp).
    pub(super) fn reconcile_task(&mut self, framework: u32, id: &str, agent: Option<&str>) {
        if let Some(serial) = self.active_task(framework, id) {
            let agent = self.schedulers.runs.get(&serial).map_or(0, |run| run.agent);
            if let Some(task) = self.client_task(framework, agent, serial) {
                return self.send_latest(&task);
            }
        }
        let is_aware = self.world.framework(framework).kind().partition_aware;
        let has_recovered = || self.world.agents.iter().any(|agent| agent.standing == AgentState::Recovered);
        let known = agent.and_then(|id| self.world.agent_number(id));
        let standing = known.map(|number| self.world.agent(number).standing);
        let unreachable = self.world.tasks.unreachable().find(|task| {
            task.framework == framework && self.world.launched_task(task).is_some_and(|launched| launched.id == id)
        });
        let (state, message) = match standing {
            _ if unreachable.is_some() => ("TASK_UNREACHABLE", "Task is unreachable"),
            // A master that waits for an agent does not answer.
            Some(AgentState::Recovered) => return,
            None if agent.is_none() && has_recovered() => return,
            Some(AgentState::Unreachable) => ("TASK_UNREACHABLE", "Task is unreachable"),
            Some(AgentState::Gone) => ("TASK_GONE_BY_OPERATOR", "Task is gone"),
            Some(AgentState::Down) | None => ("TASK_UNKNOWN", "Task is unknown"),
            Some(_) => ("TASK_GONE", "Task is unknown to the agent"),
        };
        let mut status = json!({
            "task_id": {"value": id},
            "state": if is_aware { state } else { "TASK_LOST" },
            "message": format!("Reconciliation: {message}"),
            "source": "SOURCE_MASTER",
            "reason": "REASON_RECONCILIATION",
        });
        if let Some(agent) = agent {
            status["agent_id"] = json!({"value": agent});
        }
        status["timestamp"] = json!(self.seconds_now());
        self.send_own_update(framework, status);
    }

    fn send_latest(&mut self, task: &Task) {
        let state = task.reported().map_or(task.state, |status| status.state);
        let mut status = self.status_of(task, state.name());
        status["message"] = json!("Reconciliation: Latest task state");
        status["reason"] = json!("REASON_RECONCILIATION");
        self.send_own_update(task.framework, status);
    }

    /// A status of the master about a task that it knows; message and reason are to be set.
    fn status_of(&self, task: &Task, state: &str) -> Value {
        let mut status = json!({
            "task_id": {"value": task.id_text(&self.world)},
            "state": state,
            "message": "",
            "source": "SOURCE_MASTER",
            "reason": "",
            "agent_id": {"value": self.world.agent_id_text(task.agent)},
            "timestamp": self.seconds_now(),
        });
        if let Some(reported) = task.reported() {
            let whole = text(|out| write::task::status(out, &self.world, task, &reported));
            let whole: Value = serde_json::from_str(&whole).unwrap_or_default();
            status["container_status"] = whole["container_status"].clone();
        }
        status
    }
}

fn is_end(state: State) -> bool {
    !matches!(state, State::Staging | State::Starting | State::Running | State::Killing)
}
