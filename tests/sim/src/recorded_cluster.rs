//! A cluster like the recorded one: agents with 4 cpus, 4096 MiB of memory and 8192 MiB of disk, with their tasks.

use crate::catalog::{ALPHA, FrameworkKind, PODS, TEST};
use crate::cluster::{DEFAULT_START, Sim};
use crate::world::cause::Cause;
use crate::world::framework::Framework;
use crate::world::initial_state::{recorded, settle};
use crate::world::resources::TaskResources;
use crate::world::task::{State, Status, Task};

/// Frameworks of the recorded cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Role `dev`: tasks of 0.25 cpus and 48 MiB.
    Alpha,
    /// Role `podrole`: pods of 0.2 cpus and 64 MiB, besides their executors.
    Pods,
    /// Role `test`, without tasks.
    Test,
}

impl Recorded {
    fn kind(self) -> (&'static FrameworkKind, TaskResources) {
        let needs = |cpus, mem| TaskResources { cpus, mem, disk: 0, gpus: 0, port: 0 };
        match self {
            Recorded::Alpha => (&ALPHA, needs(250, 48)),
            Recorded::Pods => (&PODS, needs(200, 64)),
            Recorded::Test => (&TEST, needs(0, 0)),
        }
    }
}

impl Sim {
    /// Creates the agents `agent1.local` and so on at the default start time. Nothing runs.
    pub fn recorded(agents: u32) -> Sim {
        let mut sim = Sim::of(recorded(1, agents, DEFAULT_START));
        sim.place("127.0.0.1".to_owned(), 5050, (0..agents).map(|number| 5051 + number as u16).collect());
        sim
    }

    /// Subscribes a framework with one task on each of these agents; returns its framework id.
    pub fn run(&mut self, recorded: Recorded, agents: &[u32]) -> String {
        let (kind, needs) = recorded.kind();
        let world = self.change();
        let (number, now) = (world.frameworks.len() as u32, world.now);
        world.frameworks.push(Framework::of(kind, kind.name.to_owned(), number, now));
        for agent in agents {
            world.launched += 1;
            let slot = settle(world, Task::new(world.launched, number, *agent, needs, 0));
            for state in [State::Starting, State::Running] {
                world.update(slot, Status { state, cause: Cause::Plain, at: now });
            }
        }
        format!("{}-{number:04}", world.id)
    }

    /// Removes the framework.
    pub fn leave(&mut self, framework: &str) {
        let number = framework.rsplit('-').next().and_then(|number| number.parse().ok());
        let number = number.filter(|number| self.world.frameworks.get(*number as usize).is_some_and(Framework::listed));
        number.into_iter().for_each(|number| drop(self.change().remove_framework(number)));
    }
}
