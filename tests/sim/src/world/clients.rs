//! What the cluster knows of clients of the scheduler API and their tasks.

use crate::world::client::LaunchedTask;
use crate::world::cluster::World;
use crate::world::framework::Framework;
use crate::world::pool::Item;
use crate::world::task::Task;

impl World {
    /// Number of the framework with that id, completed or not.
    pub(crate) fn framework_number(&self, id: &str) -> Option<u32> {
        let foreign = |framework: &&Framework| {
            framework.client.as_ref().and_then(|client| client.foreign_id.as_deref()) == Some(id)
        };
        if let Some(framework) = self.frameworks.iter().find(foreign) {
            return Some(framework.number);
        }
        let number = id.strip_prefix(&self.id)?.strip_prefix('-')?.parse::<u32>().ok()?;
        ((number as usize) < self.frameworks.len() && self.framework_id_text(number) == id).then_some(number)
    }

    pub(crate) fn framework_id_text(&self, number: u32) -> String {
        crate::json_out::text(|out| self.framework_id(out, number))
    }

    /// What a client gave of a task; `None` for a task of another framework.
    pub(crate) fn launched_task(&self, task: &Task) -> Option<&LaunchedTask> {
        self.framework(task.framework).client.as_ref()?;
        self.launches.get(&task.serial).map(AsRef::as_ref)
    }

    /// Slot of an agent's task.
    pub(crate) fn slot_of(&self, agent: u32, serial: u32) -> Option<u32> {
        self.agent(agent).tasks.iter().copied().find(|slot| self.tasks.at(*slot).serial == serial)
    }

    /// Reserved resources of an agent that a role may use, and no task does.
    pub(crate) fn free_reserved(&self, agent: u32, role: &str) -> Vec<Item> {
        let agent = self.agent(agent);
        let first;
        let pool = match &agent.pool {
            Some(pool) => pool,
            None => {
                first = agent.first_pool(self.seed);
                &first
            }
        };
        let mut pool = pool.clone();
        for ((serial, _), used) in &self.used_volumes {
            if used.agent == agent.number && self.tasks.is_live(used.slot, *serial) {
                used.volumes.iter().filter(|item| !item.is_shared).for_each(|item| {
                    pool.take(item);
                });
            }
        }
        let below = |of: &str| role == of || role.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'));
        pool.0.retain(|item| item.role().is_some_and(below));
        pool.0
    }
}
