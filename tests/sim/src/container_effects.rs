//! Effects of container calls on an agent.

use std::collections::BTreeSet;

use crate::catalog::ExecutorKind;
use crate::cluster::Sim;
use crate::containers::{Container, ContainerPath, Launch, Output};
use crate::json_out::text;
use crate::world::cluster::World;

impl Sim {
    pub(crate) fn container(&mut self, agent: u32, path: &[String]) -> Option<&mut Container> {
        let now = self.world.now;
        let container = self.containers.launched.get_mut(&(agent, path.to_vec()))?;
        container.pump(now);
        Some(container)
    }

    /// Lets the launched containers of an agent run until now.
    pub(crate) fn pump_containers(&mut self, agent: u32) {
        let now = self.world.now;
        let of_agent = self.containers.launched.iter_mut().filter(|((of, _), _)| *of == agent);
        of_agent.for_each(|(_, container)| container.pump(now));
    }

    /// Launches a container; returns the number of the session's reader.
    pub(crate) fn launch_container(&mut self, launch: Launch) -> u64 {
        let hostname = text(|out| self.world.agent(launch.agent).hostname(out, self.world.seed));
        let mut container = Container::new(&launch, self.world.now, hostname);
        if self.containers.greets {
            container.shell.greet();
        }
        let reader = if launch.is_session { container.add_reader() } else { 0 };
        container.pump(self.world.now);
        self.containers.launched.insert((launch.agent, launch.path), container);
        reader
    }

    pub(crate) fn add_container_reader(&mut self, agent: u32, path: &[String]) -> Option<u64> {
        self.container(agent, path).map(Container::add_reader)
    }

    pub(crate) fn read_container(&mut self, agent: u32, path: &[String], reader: u64) -> Output {
        let now = self.world.now;
        match self.containers.launched.get_mut(&(agent, path.to_vec())) {
            Some(container) => container.read(reader, now),
            None => Output::Ended,
        }
    }

    /// Removes a reader; the first one of a session is its owner, whose end kills the container.
    pub(crate) fn drop_container_reader(&mut self, agent: u32, path: &[String], reader: u64, is_owner: bool) {
        if let Some(container) = self.containers.launched.get_mut(&(agent, path.to_vec())) {
            container.remove_reader(reader);
            if is_owner {
                container.shell.kill();
            }
        }
    }

    /// Kills a container and those inside it; returns whether it was running.
    pub(crate) fn kill_container(&mut self, agent: u32, path: &[String]) -> bool {
        let was_running = self.container(agent, path).is_some_and(|it| it.shell.exit().is_none());
        if was_running {
            let inside =
                self.containers.launched.iter_mut().filter(|((of, it), _)| *of == agent && it.starts_with(path));
            inside.for_each(|(_, container)| container.shell.kill());
        }
        was_running
    }

    pub(crate) fn remove_container(&mut self, agent: u32, path: &[String]) {
        self.containers.launched.remove(&(agent, path.to_vec()));
    }

    /// Whether a container runs there: a task's, an executor's, or a launched one.
    pub(crate) fn is_container_running(&mut self, agent: u32, path: &[String]) -> bool {
        let is_launched = self.container(agent, path).is_some_and(|it| it.shell.exit().is_none());
        is_launched || is_container_of_tasks(&self.world, agent, path)
    }

    /// Ends the launched containers whose outermost container has ended with its task.
    pub(crate) fn end_orphaned_containers(&mut self) {
        let world = &self.world;
        let standalone = |((agent, path), container): (&(u32, ContainerPath), &mut Container)| {
            container.pump(world.now);
            (path.len() == 1 && container.shell.exit().is_none()).then(|| (*agent, path.clone()))
        };
        let standalone: BTreeSet<(u32, ContainerPath)> =
            self.containers.launched.iter_mut().filter_map(standalone).collect();
        self.containers.launched.retain(|(agent, path), _| {
            let is_standalone = || standalone.contains(&(*agent, path.get(..1).unwrap_or_default().to_vec()));
            path.len() == 1 || is_standalone() || is_in_executor(world, *agent, path)
        });
    }

    /// Running launched containers of an agent, outer ones first.
    pub(crate) fn launched_containers(&self, agent: u32) -> impl Iterator<Item = (&ContainerPath, &Container)> {
        let of_agent = self.containers.launched.iter().filter(move |((of, _), _)| *of == agent);
        of_agent.filter(|(_, container)| container.shell.exit().is_none()).map(|((_, path), it)| (path, it))
    }

    pub(crate) fn has_launched_containers(&self) -> bool {
        !self.containers.launched.is_empty()
    }
}

/// Whether the outermost container of a path is an executor's, not a standalone one.
pub(crate) fn is_in_executor(world: &World, agent: u32, path: &[String]) -> bool {
    path.first().is_some_and(|root| is_container_of_tasks(world, agent, std::slice::from_ref(root)))
}

/// Whether a task or executor of the agent runs in this container.
fn is_container_of_tasks(world: &World, agent: u32, path: &[String]) -> bool {
    let tasks = world.agents.get(agent as usize).map_or(&[][..], |agent| &agent.tasks);
    let mut started = tasks.iter().map(|slot| world.tasks.at(*slot)).filter(|task| !task.statuses().is_empty());
    started.any(|task| {
        let own = || text(|out| task.container(out, world));
        let executor = || text(|out| task.executor_container(out, world));
        match (path, task.runner(world) == ExecutorKind::Pod) {
            ([root], true) => *root == executor(),
            ([root, inner], true) => *root == executor() && *inner == own(),
            ([root], false) => *root == own(),
            _ => false,
        }
    })
}
