//! Why a task is invalid, in the order and the words of src/master/validation.cpp.

use serde_json::Value;

use crate::answer::call::int;
use crate::cluster::Sim;
use crate::scheduler::resources::{Wanted, pool_text};
use crate::world::pool::Pool;

/// Longest id that Mesos takes.
const LONGEST: usize = 255;

impl Sim {
    /// Why the task is invalid on an agent with these resources left of its offers.
    pub(super) fn wrong_task(
        &self,
        framework: u32,
        agent: u32,
        task: &Value,
        (left, role): (&Pool, &str),
    ) -> Option<String> {
        if let Some(why) = self.wrong_description(framework, agent, task) {
            return Some(why);
        }
        if task.get("command").is_some() == task.get("executor").is_some() {
            let why = "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present";
            return Some(why.to_owned());
        }
        let wanted = Wanted::new(&task["resources"], role);
        (!wanted.take_from(&mut left.clone(), role)).then(|| {
            format!(
                "Total resources {} required by task and its executor is more than available {}",
                wanted.text(),
                pool_text(left, role)
            )
        })
    }

    /// Why the task is invalid on an agent, whatever resources are left.
    pub(super) fn wrong_description(&self, framework: u32, agent: u32, task: &Value) -> Option<String> {
        let id = task["task_id"]["value"].as_str().unwrap_or_default();
        if let Some(why) = wrong_id(id) {
            return Some(why);
        }
        if self.active_task(framework, id).is_some() {
            return Some(format!("Task has duplicate ID: {id}"));
        }
        let (given, own) = (task["agent_id"]["value"].as_str().unwrap_or_default(), self.world.agent_id_text(agent));
        if given != own {
            return Some(format!("Task uses invalid agent {given} while agent {own} is expected"));
        }
        let negative = |value: &Value| value.get("nanoseconds").and_then(int).is_some_and(|nanos| nanos < 0);
        if negative(&task["kill_policy"]["grace_period"]) {
            return Some("Task's 'kill_policy.grace_period' must be non-negative".to_owned());
        }
        if negative(&task["max_completion_time"]) {
            return Some("Task's `max_completion_time` must be non-negative".to_owned());
        }
        let has_none = task["resources"].as_array().is_none_or(Vec::is_empty);
        has_none.then(|| "Task uses no resources".to_owned())
    }
}

/// Why an id is invalid (src/common/validation.cpp).
fn wrong_id(id: &str) -> Option<String> {
    let is_wrong = |letter: char| letter.is_control() || letter == '/' || letter == '\\';
    match id {
        "" => Some("ID must not be empty".to_owned()),
        "." | ".." => Some(format!("'{id}' is disallowed")),
        _ if id.len() > LONGEST => Some(format!("ID must not be greater than {LONGEST} characters")),
        _ if id.contains(is_wrong) => Some(format!("'{id}' contains invalid characters")),
        _ => None,
    }
}
