//! A small master with agents: offers, launches, updates that are repeated until acknowledged, and faults. Imports nothing of the
//! scheduler, so it is an independent reference of the protocol.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::machine::{of_master, offer, offers, subscribed, update};

/// Milliseconds after which an unacknowledged update is repeated, as Mesos does at first.
const REPEAT: i64 = 10_000;
const CPUS: f64 = 0.5;

/// A task that was launched.
#[derive(Default)]
struct Launched {
    agent: String,
    /// States to come; the agent goes on when the last is acknowledged.
    script: VecDeque<&'static str>,
    /// The update that is not acknowledged, and when it is sent again.
    pending: Option<(&'static str, String, i64)>,
    latest: &'static str,
}

#[derive(Default)]
pub struct Master {
    agents: u32,
    next: u32,
    /// Offers that are outstanding, and since when.
    pub outstanding: BTreeMap<String, (String, i64)>,
    tasks: BTreeMap<String, Launched>,
    offered_at: i64,
    is_suppressed: bool,
    pub is_torn_down: bool,
    /// Tasks by number of their run: an agent has run them.
    pub executions: BTreeMap<String, u32>,
    /// How often each update was acknowledged.
    pub acknowledged: BTreeMap<String, u32>,
    pub known: BTreeSet<String>,
    pub launches_with_gone_offers: u32,
}

impl Master {
    pub fn with_agents(agents: u32) -> Self {
        Self { agents, ..Self::default() }
    }

    pub fn subscribe(&mut self) -> Vec<Value> {
        self.outstanding.clear();
        self.offered_at = i64::MIN / 2;
        self.is_suppressed = false;
        if self.is_torn_down {
            return vec![json!({"type": "ERROR", "error": {"message": "Framework has been removed"}})];
        }
        // Updates that are not acknowledged come again at once.
        self.tasks.values_mut().filter_map(|task| task.pending.as_mut()).for_each(|pending| pending.2 = 0);
        vec![subscribed(), json!({"type": "HEARTBEAT"})]
    }

    /// What it sends by itself at that time.
    pub fn events(&mut self, now: i64) -> Vec<Value> {
        let mut events = Vec::new();
        for (id, task) in &mut self.tasks {
            if task.pending.is_none()
                && let Some(state) = task.script.pop_front()
            {
                self.next += 1;
                task.latest = state;
                task.pending = Some((state, format!("u{}", self.next), now));
            }
            if let Some((state, uuid, due)) = &mut task.pending
                && *due <= now
            {
                *due = now + REPEAT;
                self.known.insert(uuid.clone());
                events.push(update(id, state, uuid));
            }
        }
        if !self.is_suppressed && now >= self.offered_at + 1000 && !self.is_torn_down {
            self.offered_at = now;
            events.extend(self.offer(now));
        }
        events
    }

    fn offer(&mut self, now: i64) -> Option<Value> {
        let is_offered = |agent: &String| self.outstanding.values().any(|(of, _)| of == agent);
        let free: Vec<String> = (0..self.agents).map(|n| format!("S{n}")).filter(|agent| !is_offered(agent)).collect();
        let mut made = Vec::new();
        for agent in free {
            self.next += 1;
            let id = format!("O{}", self.next);
            made.push(offer(&id, &agent, CPUS * 2.0));
            self.outstanding.insert(id, (agent, now));
        }
        (!made.is_empty()).then(|| offers(&made))
    }

    /// An offer that it takes back; `None` if none is outstanding.
    pub fn rescind(&mut self) -> Option<Value> {
        let (id, _) = self.outstanding.pop_first()?;
        Some(json!({"type": "RESCIND", "rescind": {"offer_id": {"value": id}}}))
    }

    /// A call takes effect; the events that it causes at once.
    pub fn take(&mut self, call: &Value) -> Vec<Value> {
        let kind = call["type"].as_str().unwrap();
        let arguments = &call[kind.to_lowercase()];
        match kind {
            "ACCEPT" => self.accept(arguments),
            "DECLINE" => {
                ids(&arguments["offer_ids"]).iter().for_each(|id| drop(self.outstanding.remove(id)));
                Vec::new()
            }
            "SUPPRESS" | "REVIVE" => {
                self.is_suppressed = kind == "SUPPRESS";
                Vec::new()
            }
            "ACKNOWLEDGE" => {
                self.acknowledge(arguments);
                Vec::new()
            }
            "RECONCILE" => self.reconcile(arguments),
            "KILL" => self.kill(arguments),
            "TEARDOWN" => {
                self.is_torn_down = true;
                Vec::new()
            }
            other => panic!("{other} is not expected"),
        }
    }

    fn accept(&mut self, arguments: &Value) -> Vec<Value> {
        let used = ids(&arguments["offer_ids"]);
        let agents: Vec<Option<(String, i64)>> = used.iter().map(|id| self.outstanding.remove(id)).collect();
        let mut events = Vec::new();
        for task in arguments["operations"][0]["launch"]["task_infos"].as_array().into_iter().flatten() {
            let id = task["task_id"]["value"].as_str().unwrap().to_owned();
            let agent = task["agent_id"]["value"].as_str().unwrap().to_owned();
            if agents.iter().any(|of| of.as_ref().is_none_or(|(of, _)| *of != agent)) {
                self.launches_with_gone_offers += 1;
                events.push(of_master(
                    &id,
                    "TASK_DROPPED",
                    "REASON_INVALID_OFFERS",
                    "Task launched with invalid offers",
                ));
            } else if self.tasks.contains_key(&id) {
                let message = format!("Task has duplicate ID: {id}");
                events.push(of_master(&id, "TASK_ERROR", "REASON_TASK_INVALID", &message));
            } else {
                let place: Vec<&str> = id.splitn(3, '.').take(2).collect();
                *self.executions.entry(place.join(".")).or_default() += 1;
                let script = ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"].into();
                self.tasks.insert(id, Launched { agent, script, latest: "TASK_STAGING", ..Launched::default() });
            }
        }
        events
    }

    /// An acknowledgement of anything but the update that was sent last, or one before it, would be out of order.
    fn acknowledge(&mut self, arguments: &Value) {
        let uuid = arguments["uuid"].as_str().unwrap().to_owned();
        let task = self.tasks.get_mut(arguments["task_id"]["value"].as_str().unwrap()).unwrap();
        assert_eq!(task.agent, arguments["agent_id"]["value"].as_str().unwrap().replace("S0", &task.agent));
        if task.pending.as_ref().is_some_and(|(_, pending, _)| *pending == uuid) {
            task.pending = None;
        } else {
            assert!(self.acknowledged.contains_key(&uuid), "{uuid} was never sent");
        }
        *self.acknowledged.entry(uuid).or_default() += 1;
    }

    fn reconcile(&self, arguments: &Value) -> Vec<Value> {
        let state = |id: &str| match self.tasks.get(id) {
            Some(task) => of_master(id, task.latest, "REASON_RECONCILIATION", "Reconciliation: Latest task state"),
            None => of_master(id, "TASK_UNKNOWN", "REASON_RECONCILIATION", "Reconciliation: Task is unknown"),
        };
        let asked: Vec<&str> = arguments["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task["task_id"]["value"].as_str().unwrap())
            .collect();
        if asked.is_empty() {
            let active = self.tasks.iter().filter(|(_, task)| !task.script.is_empty() || task.pending.is_some());
            return active.map(|(id, _)| state(id)).collect();
        }
        asked.into_iter().map(state).collect()
    }

    fn kill(&mut self, arguments: &Value) -> Vec<Value> {
        let id = arguments["task_id"]["value"].as_str().unwrap();
        match self.tasks.get_mut(id) {
            Some(task) => {
                if !task.script.is_empty() {
                    task.script = ["TASK_KILLING", "TASK_KILLED"].into();
                }
                Vec::new()
            }
            None => vec![of_master(id, "TASK_UNKNOWN", "REASON_RECONCILIATION", "Reconciliation: Task is unknown")],
        }
    }

    /// Whether every update that was sent has been acknowledged.
    pub fn is_all_acknowledged(&self) -> bool {
        self.known.iter().all(|uuid| self.acknowledged.contains_key(uuid))
    }
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|id| id["value"].as_str().unwrap().to_owned()).collect()
}
