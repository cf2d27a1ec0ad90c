//! A subscriber's copy, updated by the rules of PROTOCOL.md, "Limits of the stream", and compared with the cluster's state.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{LATER, SECOND, TINY, events, id, list};
use crate::cluster::Sim;
use crate::size::Size;
use crate::world::agent::AgentState;

/// Completed tasks that the master keeps per framework.
const RING: usize = 1000;

type Key = (String, String);

/// Copy of a subscriber that applies the rules of PROTOCOL.md, "Limits of the stream", and no more.
#[derive(Debug)]
pub(super) struct Copy {
    /// State, section, number of statuses and the last status' state, by framework and task id.
    tasks: BTreeMap<Key, (String, &'static str, usize, String)>,
    agents: Vec<String>,
    frameworks: Vec<String>,
    completed_frameworks: Vec<String>,
    /// In the order of their end.
    ended: Vec<Key>,
}

impl Copy {
    pub(super) fn of(state: &Value) -> Copy {
        let mut tasks = BTreeMap::new();
        let ended = list(state, "/get_state/get_tasks/completed_tasks").iter().map(key).collect();
        for section in ["tasks", "unreachable_tasks", "completed_tasks"] {
            for task in list(state, &format!("/get_state/get_tasks/{section}")) {
                let (statuses, last) = statuses_of(task);
                tasks.insert(key(task), (state_of(task), section, statuses, last));
            }
        }
        let ids = |path: &str, info: &str| -> Vec<String> {
            list(state, path).iter().map(|entry| id(&entry[info], "id").to_owned()).collect()
        };
        Copy {
            tasks,
            agents: ids("/get_state/get_agents/agents", "agent_info"),
            frameworks: ids("/get_state/get_frameworks/frameworks", "framework_info"),
            completed_frameworks: ids("/get_state/get_frameworks/completed_frameworks", "framework_info"),
            ended,
        }
        .trimmed()
    }

    /// Drops what the master's rings have dropped, and sorts what has no order.
    fn trimmed(mut self) -> Copy {
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        for task in self.ended.iter().rev() {
            let count = kept.entry(task.0.clone()).or_default();
            *count += 1;
            if *count > RING {
                self.tasks.remove(task);
            }
        }
        self.agents.sort();
        self.frameworks.sort();
        self
    }

    /// Fails with the first few differences: two whole copies are too long to read.
    fn check(&self, now: &Copy) {
        let differing = self.tasks.iter().filter(|(task, known)| now.tasks.get(*task) != Some(*known));
        let first: Vec<_> = differing.take(3).map(|(task, known)| (task, known, now.tasks.get(task))).collect();
        assert!(first.is_empty(), "{first:#?}");
        let unknown: Vec<_> = now.tasks.iter().filter(|(task, _)| !self.tasks.contains_key(*task)).take(3).collect();
        assert!(unknown.is_empty(), "{unknown:#?}");
        assert_eq!((&self.agents, &self.frameworks), (&now.agents, &now.frameworks));
        assert_eq!(self.completed_frameworks, now.completed_frameworks);
    }

    pub(super) fn apply(&mut self, event: &Value) {
        match event["type"].as_str().expect("a type") {
            "TASK_ADDED" => {
                let task = &event["task_added"]["task"];
                let (statuses, last) = statuses_of(task);
                let state = state_of(task);
                let section = if state == "TASK_FINISHED" { "completed_tasks" } else { "tasks" };
                self.tasks.insert(key(task), (state, section, statuses, last));
                if section == "completed_tasks" {
                    self.ended.push(key(task));
                }
            }
            "TASK_UPDATED" => self.update(&event["task_updated"]),
            "AGENT_ADDED" => {
                // The agent may be known: an unreachable agent leaves without an event.
                let agent = id(&event["agent_added"]["agent"]["agent_info"], "id").to_owned();
                self.agents.retain(|other| *other != agent);
                self.agents.push(agent);
            }
            "AGENT_REMOVED" => {
                let gone = id(&event["agent_removed"], "agent_id");
                self.agents.retain(|agent| agent != gone);
            }
            "FRAMEWORK_ADDED" => {
                self.frameworks.push(id(&event["framework_added"]["framework"]["framework_info"], "id").to_owned());
            }
            "FRAMEWORK_UPDATED" => {}
            "FRAMEWORK_REMOVED" => {
                let gone = id(&event["framework_removed"]["framework_info"], "id").to_owned();
                self.frameworks.retain(|framework| *framework != gone);
                self.completed_frameworks.push(gone);
            }
            other => panic!("an event of type {other}"),
        }
    }

    fn update(&mut self, updated: &Value) {
        let status = &updated["status"];
        let task = (id(updated, "framework_id").to_owned(), id(status, "task_id").to_owned());
        let state = updated["state"].as_str().expect("a state").to_owned();
        let known = self.tasks.get_mut(&task).expect("an update of a known task");
        let section = match state.as_str() {
            "TASK_UNREACHABLE" => "unreachable_tasks",
            "TASK_LOST" if status["message"] == "health check timed out" => "unreachable_tasks",
            "TASK_FINISHED" | "TASK_FAILED" | "TASK_KILLED" | "TASK_LOST" | "TASK_GONE_BY_OPERATOR" => {
                "completed_tasks"
            }
            _ => "tasks",
        };
        let last = status["state"].as_str().expect("a state").to_owned();
        let statuses = if known.3 == last && known.2 > 0 { known.2 } else { known.2 + 1 };
        *known = (state, section, statuses, last);
        if section == "completed_tasks" {
            self.ended.push(task);
        }
    }
}

fn key(task: &Value) -> Key {
    (id(task, "framework_id").to_owned(), id(task, "task_id").to_owned())
}

fn statuses_of(task: &Value) -> (usize, String) {
    let statuses = task["statuses"].as_array().map_or(&[][..], Vec::as_slice);
    let last = statuses.last().and_then(|status| status["state"].as_str());
    (statuses.len(), last.unwrap_or_default().to_owned())
}

fn state_of(task: &Value) -> String {
    task["state"].as_str().expect("a state").to_owned()
}

/// Checks that a snapshot and its later events give the state, except for unreachable agents, which no event reports.
fn check_fold(seed: u64, size: Size, rate: f64, seconds: i64) {
    let mut sim = Sim::new(seed, size);
    let mut copy = Copy::of(&sim.state());
    sim.set_rate(rate);
    for second in 1..=seconds {
        sim.advance(LATER + second * SECOND);
    }
    for event in events(&mut sim) {
        copy.apply(&event);
    }
    check_copy(copy, &sim);
}

/// Checks a copy against the state, except for ghosts: no event reports an unreachable agent.
pub(super) fn check_copy(mut copy: Copy, sim: &Sim) {
    let now = Copy::of(&sim.state());
    let unreachable = sim.world.agents.iter().filter(|agent| agent.standing == AgentState::Unreachable);
    let unreachable: Vec<String> = unreachable.map(|agent| sim.world.agent_id_text(agent.number)).collect();
    copy.agents.retain(|agent| !unreachable.contains(agent));
    copy.trimmed().check(&now);
}

#[test]
fn a_snapshot_and_the_events_after_it_make_the_state() {
    check_fold(1, TINY, 20.0, 300);
    check_fold(2, Size::Small, 200.0, 120);
    check_fold(3, Size::Small, 5.0, 900);
}

#[test]
fn by_hand_everything_can_happen_at_least_once() {
    let mut sim = Sim::new(4, Size::Small);
    let mut copy = Copy::of(&sim.state());
    assert!(sim.fail_task().is_some() && sim.finish_task().is_some() && sim.add_task().is_some());
    assert!(sim.lose_some_agent().is_some() && sim.return_some_agent().is_some());
    assert!(sim.remove_agent().is_some() && sim.update_framework().is_some());
    sim.add_agent();
    sim.add_framework();
    assert!(sim.remove_framework().is_some());
    sim.burst(100);
    let all = events(&mut sim);
    let count = |kind: &str| all.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((count("AGENT_ADDED"), count("AGENT_REMOVED")), (2, 1));
    assert_eq!((count("FRAMEWORK_ADDED"), count("FRAMEWORK_UPDATED"), count("FRAMEWORK_REMOVED")), (1, 1, 1));
    all.iter().for_each(|event| copy.apply(event));
    check_copy(copy, &sim);
}

#[test]
fn a_returning_agents_tasks_are_added_before_it_is() {
    let mut sim = Sim::new(4, TINY);
    let agent = sim.lose_some_agent().expect("an agent");
    let lost = events(&mut sim);
    assert!(!lost.is_empty() && lost.iter().all(|event| event["type"] == "TASK_UPDATED"));
    assert_eq!(sim.return_some_agent().as_deref(), Some(agent.as_str()));
    let back = events(&mut sim);
    let (last, tasks) = back.split_last().expect("events");
    assert_eq!(last["type"], "AGENT_ADDED");
    assert!(last["agent_added"]["agent"]["reregistered_time"]["nanoseconds"].is_i64());
    assert!(tasks.len() == lost.len() && tasks.iter().all(|event| event["type"] == "TASK_ADDED"));
}
