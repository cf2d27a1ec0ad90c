//! LAUNCH_GROUP: why a task group is invalid, in the order and the words of src/master/validation.cpp (`task::group::validate`).
//!
//! The executor of a valid group ends at once, as every executor does here that is not Mesos' own.

use serde_json::{Value, json};

use crate::cluster::Sim;
use crate::scheduler::accept::tasks;
use crate::scheduler::resources::{Wanted, pool_text};
use crate::world::cluster::Offer;
use crate::world::pool::{Pool, Quantity};

/// Minimum of an executor: thousandths of a CPU, and MB of memory (src/master/constants.hpp).
const LEAST: (u64, u64) = (10, 32);

impl Sim {
    /// Launches the tasks of a group, or refuses all of them for one reason.
    pub(super) fn launch_group(&mut self, offer: &Offer, operation: &Value, left: &mut Pool, role: &'static str) {
        if let Some(why) = self.wrong_group(offer, operation, (left, role)) {
            for task in tasks(operation) {
                self.refuse_task(offer.framework, task, ("TASK_ERROR", "REASON_TASK_GROUP_INVALID"), &why);
            }
            return;
        }
        for task in tasks(operation) {
            let wanted = Wanted::new(&task["resources"], role);
            wanted.take_from(left, role);
            let mut task = task.clone();
            task["executor"] = operation["launch_group"]["executor"].clone();
            self.launch_task(offer, &task, &wanted);
        }
    }

    fn wrong_group(&self, offer: &Offer, operation: &Value, (left, role): (&Pool, &str)) -> Option<String> {
        let wrong = |task: &Value| self.wrong_description(offer.framework, offer.agent, task);
        if let Some(why) = tasks(operation).find_map(wrong) {
            return Some(why);
        }
        let executor = &operation["launch_group"]["executor"];
        if let Some(why) = self.wrong_executor(offer.framework, executor, role) {
            return Some(why);
        }
        let lists = tasks(operation).chain([executor]).map(|it| it["resources"].as_array().cloned());
        let all = Value::Array(lists.flatten().flatten().collect());
        let total = Wanted::new(&all, role);
        let mut sum = Pool::default();
        total.items.iter().for_each(|item| sum.add(item.clone()));
        (!total.take_from(&mut left.clone(), role)).then(|| {
            format!(
                "Total resources {} required by task group and its executor are more than available {}",
                pool_text(&sum, role),
                pool_text(left, role)
            )
        })
    }

    fn wrong_executor(&self, framework: u32, executor: &Value, role: &str) -> Option<String> {
        let (kind, has_command) = (executor["type"].as_str(), executor.get("command").is_some());
        let wrong = match kind {
            Some("DEFAULT") if has_command => "'ExecutorInfo.command' must not be set for 'DEFAULT' executor",
            Some("CUSTOM") if !has_command => "'ExecutorInfo.command' must be set for 'CUSTOM' executor",
            _ => "",
        };
        if !wrong.is_empty() {
            return Some(wrong.to_owned());
        }
        let own = self.world.framework_id_text(framework);
        match executor["framework_id"]["value"].as_str() {
            None => return Some("'ExecutorInfo.framework_id' must be set".to_owned()),
            Some(id) if id != own => {
                return Some(format!("ExecutorInfo has an invalid FrameworkID (Actual: {id} vs Expected: {own})"));
            }
            Some(_) => {}
        }
        match kind {
            None => return Some("'ExecutorInfo.type' must be set".to_owned()),
            Some("DEFAULT" | "CUSTOM") => {}
            Some(_) => return Some("Unknown executor type".to_owned()),
        }
        too_small(executor, role)
    }
}

fn too_small(executor: &Value, role: &str) -> Option<String> {
    let id = executor["executor_id"]["value"].as_str().unwrap_or_default();
    let wanted = Wanted::new(executor.get("resources").unwrap_or(&json!([])), role);
    let thousandths = |name: &str| {
        let mut items = wanted.items.iter().filter(|item| item.name == name).peekable();
        items.peek()?;
        let value = |quantity: Quantity| match quantity {
            Quantity::Scalar(value) => value,
            Quantity::Ports(_) => 0,
        };
        Some(items.map(|item| value(item.quantity)).sum::<u64>())
    };
    let text = |value: Option<u64>, unit: &str| {
        value.map_or("None".to_owned(), |value| format!("{}{unit}", value as f64 / 1000.0))
    };
    let (cpus, mem) = (thousandths("cpus"), thousandths("mem"));
    if cpus.unwrap_or_default() < LEAST.0 {
        let cpus = text(cpus, "");
        return Some(format!("Executor '{id}' uses less CPUs ({cpus}) than the minimum required (0.01)"));
    }
    if mem.unwrap_or_default() < LEAST.1 * 1000 {
        let mem = text(mem, "MB");
        return Some(format!("Executor '{id}' uses less memory ({mem}) than the minimum required (32MB)"));
    }
    thousandths("disk").is_none().then(|| format!("Executor '{id}' uses no disk"))
}
