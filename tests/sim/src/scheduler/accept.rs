//! ACCEPT: checks its offers and tasks, and launches those that are valid.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::answer::call::int;
use crate::cluster::Sim;
use crate::json_out::text;
use crate::scheduled_steps::SchedulerStep;
use crate::scheduler::calls::refuse_nanos;
use crate::scheduler::resources::{Wanted, pool};
use crate::schedulers::{Failure, TaskRun};
use crate::script::{Script, Surroundings};
use crate::time::SECOND;
use crate::world::client::LaunchedTask;
use crate::world::cluster::{Offer, VolumeUse};
use crate::world::initial_state::settle;
use crate::world::pool::Pool;
use crate::world::task::Task;
use crate::write::event;

/// Default of the executor's grace period.
const GRACE: i64 = 3 * SECOND;
/// Fields of a TaskInfo that its Task repeats, in Mesos' order; `user` is the command's.
const REPEATED: [&str; 7] =
    ["labels", "discovery", "container", "user", "health_check", "kill_policy", "max_completion_time"];

impl Sim {
    pub(super) fn accept_offers(&mut self, framework: u32, fields: &Value) {
        let wrong = self.wrong_offers(framework, &fields["offer_ids"]);
        let numbers = self.offer_numbers(&fields["offer_ids"]);
        let offers: Vec<Offer> = numbers.into_iter().filter_map(|it| self.take_offer(framework, it)).collect();
        let operations = fields["operations"].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(why) = wrong {
            let why = format!("Task launched with invalid offers: {why}");
            let is_aware = self.world.framework(framework).kind().partition_aware;
            let state = if is_aware { "TASK_DROPPED" } else { "TASK_LOST" };
            for task in operations.iter().flat_map(tasks) {
                self.refuse_task(framework, task, (state, "REASON_INVALID_OFFERS"), &why);
            }
            return;
        }
        let Some(mut whole) = offers.first().cloned() else { return };
        for offer in offers.iter().skip(1) {
            whole.amount.plus(&offer.amount);
            whole.reserved.extend(offer.reserved.iter().cloned());
        }
        let role = self.world.framework(framework).role(whole.role);
        let mut left = pool(&whole);
        for operation in operations {
            match operation["type"].as_str().unwrap_or_default() {
                "LAUNCH" => tasks(operation).for_each(|task| self.launch_one(&whole, task, &mut left, role)),
                "LAUNCH_GROUP" => self.launch_group(&whole, operation, &mut left, role),
                _ => self.refuse_operation(framework, operation),
            }
        }
        self.refuse(framework, &whole, left.unreserved(), refuse_nanos(fields));
    }

    fn launch_one(&mut self, offer: &Offer, task: &Value, left: &mut Pool, role: &'static str) {
        if let Some(why) = self.wrong_task(offer.framework, offer.agent, task, (left, role)) {
            self.refuse_task(offer.framework, task, ("TASK_ERROR", "REASON_TASK_INVALID"), &why);
            return;
        }
        let wanted = Wanted::new(&task["resources"], role);
        wanted.take_from(left, role);
        self.launch_task(offer, task, &wanted);
    }

    /// Why the offers of a call are invalid, in the words of src/master/validation.cpp.
    fn wrong_offers(&self, framework: u32, ids: &Value) -> Option<String> {
        let texts: Vec<&str> = ids.as_array().into_iter().flatten().filter_map(|id| id["value"].as_str()).collect();
        let numbers = self.offer_numbers(ids);
        let mut seen = BTreeSet::new();
        let mut first: Option<&Offer> = None;
        if texts.is_empty() {
            return Some("No offers specified".to_owned());
        }
        if let Some(id) = texts.iter().find(|id| !seen.insert(**id)) {
            return Some(format!("Duplicate offer {id} in offer list"));
        }
        for (id, number) in texts.iter().zip(numbers) {
            let is_it = |offer: &&Offer| Some(offer.number) == number && offer.framework == framework;
            let Some(offer) = self.world.offers.iter().find(is_it) else {
                return Some(format!("Offer {id} is no longer valid"));
            };
            let first = first.get_or_insert(offer);
            if offer.role != first.role {
                let role = |offer: &Offer| self.world.framework(framework).role(offer.role);
                return Some(format!(
                    "Aggregated offers must be allocated to the same role. Offer {id} uses role '{}' but another is using role '{}'",
                    role(offer),
                    role(first)
                ));
            }
            if offer.agent != first.agent {
                let agent = |offer: &Offer| self.world.agent_id_text(offer.agent);
                return Some(format!(
                    "Aggregated offers must belong to one single agent. Offer {id} uses agent {} and agent {}",
                    agent(offer),
                    agent(first)
                ));
            }
        }
        None
    }

    pub(super) fn refuse_task(&mut self, framework: u32, task: &Value, (state, reason): (&str, &str), why: &str) {
        let status = json!({
            "task_id": task["task_id"],
            "state": state,
            "message": why,
            "source": "SOURCE_MASTER",
            "reason": reason,
            "agent_id": task["agent_id"],
            "timestamp": self.seconds_now(),
        });
        self.send_own_update(framework, status);
    }

    /// An operation on resources; only one with an id gets an answer.
    fn refuse_operation(&mut self, framework: u32, operation: &Value) {
        let Some(id) = operation.get("id") else { return };
        let status = json!({
            "operation_id": id,
            "state": "OPERATION_ERROR",
            "message": "The simulated cluster performs operations for operators only",
        });
        let event = json!({"type": "UPDATE_OPERATION_STATUS", "update_operation_status": {"status": status}});
        self.send_to_scheduler(framework, &event);
    }

    pub(super) fn launch_task(&mut self, offer: &Offer, task: &Value, wanted: &Wanted) {
        let failure = Failure::of(task, self.world.framework(offer.framework).kind().user);
        let launched = self.launched(offer, task, wanted);
        let nanos = |value: &Value| value.get("nanoseconds").and_then(int);
        let run = TaskRun::new(
            (offer.framework, offer.agent),
            nanos(&task["kill_policy"]["grace_period"]).unwrap_or(GRACE),
            nanos(&task["max_completion_time"]),
            failure,
        );
        let role = self.world.framework(offer.framework).role(offer.role);
        let world = self.change();
        world.launched += 1;
        let serial = world.launched;
        world.launches.insert(serial, Arc::new(launched));
        let slot = settle(world, Task::new(serial, offer.framework, offer.agent, wanted.needs(), offer.role));
        if !wanted.reserved().is_empty() {
            let (framework, agent, volumes) = (offer.framework, offer.agent, wanted.reserved());
            world.used_volumes.insert((serial, 0), VolumeUse { slot, framework, agent, role, volumes });
        }
        let task = world.tasks.at(slot).clone();
        self.schedulers.runs.insert(serial, run);
        self.tell(event::task_added(&self.world, &task));
        let delay = 60 + (task.hash(self.world.seed) % 60) as i64;
        self.order_scheduling(self.world.now + delay * SECOND / 1000, SchedulerStep::Start(serial));
    }

    fn launched(&self, offer: &Offer, task: &Value, wanted: &Wanted) -> LaunchedTask {
        let text_of = |name: &str| task[name].as_str().unwrap_or_default().to_owned();
        let command = &task["command"];
        let mut rest = Map::new();
        for name in REPEATED {
            let field = if name == "user" { command.get("user") } else { task.get(name) };
            field.filter(|field| !field.is_null()).into_iter().for_each(|field| {
                rest.insert(name.to_owned(), field.clone());
            });
        }
        let around = self.surroundings(offer, task);
        let arguments: Vec<String> = strings(&command["arguments"]);
        let line = command["value"].as_str().unwrap_or_default();
        let script = match command.get("shell").and_then(Value::as_bool).unwrap_or(true) {
            true => Script::of_line(line, &around),
            false => Script::of_program(line, &arguments, &around),
        };
        LaunchedTask {
            id: task["task_id"]["value"].as_str().unwrap_or_default().to_owned(),
            name: text_of("name"),
            resources: wanted.json.clone(),
            rest,
            ports: wanted.all_ports(),
            script,
            files: around.files,
            started: None,
            ended: None,
        }
    }

    fn surroundings(&self, offer: &Offer, task: &Value) -> Surroundings {
        let world = &self.world;
        let (command, agent) = (&task["command"], world.agent(offer.agent));
        let user = command["user"].as_str().unwrap_or(world.framework(offer.framework).kind().user).to_owned();
        let mut variables = BTreeMap::from([
            ("MESOS_SANDBOX".to_owned(), "/mnt/mesos/sandbox".to_owned()),
            ("MESOS_TASK_ID".to_owned(), task["task_id"]["value"].as_str().unwrap_or_default().to_owned()),
            ("MESOS_AGENT_ID".to_owned(), world.agent_id_text(offer.agent)),
            ("MESOS_FRAMEWORK_ID".to_owned(), world.framework_id_text(offer.framework)),
            ("USER".to_owned(), user.clone()),
        ]);
        for variable in command["environment"]["variables"].as_array().into_iter().flatten() {
            if let (Some(name), Some(value)) = (variable["name"].as_str(), variable["value"].as_str()) {
                variables.insert(name.to_owned(), value.to_owned());
            }
        }
        let uris = command["uris"].as_array().into_iter().flatten();
        let files = uris.filter_map(|uri| {
            let name = uri["output_file"].as_str().or_else(|| uri["value"].as_str()?.rsplit('/').next())?;
            (!name.is_empty()).then(|| name.to_owned())
        });
        let total = agent.total(world.seed);
        Surroundings {
            hostname: text(|out| agent.hostname(out, world.seed)),
            user,
            variables,
            files: files.collect(),
            disk: total.disk,
            cpus: total.cpus / 1000,
            mem: total.mem,
        }
    }

    /// The time as in a TaskStatus.
    pub(super) fn seconds_now(&self) -> f64 {
        (self.world.now / 1000) as f64 / 1e6
    }
}

/// Tasks of a LAUNCH or LAUNCH_GROUP.
pub(super) fn tasks(operation: &Value) -> impl Iterator<Item = &Value> {
    let lists = [&operation["launch"]["task_infos"], &operation["launch_group"]["task_group"]["tasks"]];
    lists.into_iter().filter_map(Value::as_array).flatten()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
