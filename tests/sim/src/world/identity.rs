//! Names, ids and executor of a task, derived from its serial and framework and not stored.

use crate::catalog::{ExecutorKind, TaskIdScheme};
use crate::json_out::Out;
use crate::rng::{mix, pick};
use crate::world::cluster::World;
use crate::world::task::Task;

impl Task {
    /// Hash of this use of a repeated id.
    fn launch(&self, seed: u64) -> u64 {
        (0..self.again).fold(self.hash(seed), |hash, _| mix(hash, 7))
    }

    pub(crate) fn job(&self, world: &World) -> &'static str {
        pick(world.framework(self.framework).kind().jobs, self.hash(world.seed) >> 8)
    }

    /// Name in its Task.
    pub(crate) fn name<'a>(&self, world: &'a World) -> &'a str {
        world.launched_task(self).map_or_else(|| self.job(world), |launched| &launched.name)
    }

    /// Writes the task's id without quotes.
    pub(crate) fn id(&self, out: &mut impl Out, world: &World) {
        if let Some(launched) = world.launched_task(self) {
            return out.escaped(&launched.id);
        }
        let hash = self.hash(world.seed);
        let framework = world.framework(self.framework);
        match framework.kind().ids {
            TaskIdScheme::Prefixed => {
                out.all(&[framework.prefix(self.role), self.job(world), "."]);
                out.uuid(hash, mix(hash, 4));
            }
            TaskIdScheme::Uuid => {
                out.all(&[self.job(world), "."]);
                out.uuid(hash, mix(hash, 4));
            }
            TaskIdScheme::Cron => {
                out.str("ct:17953");
                out.padded(u64::from(self.serial), 8);
                out.all(&[":0:", self.job(world), ":"]);
            }
            TaskIdScheme::Number => {
                out.all(&["executor-", self.job(world), "-20261122-"]);
                out.padded(u64::from(self.serial), 7);
            }
        }
    }

    pub(crate) fn id_text(&self, world: &World) -> String {
        if let Some(launched) = world.launched_task(self) {
            return launched.id.clone();
        }
        let mut id = Vec::new();
        self.id(&mut id, world);
        String::from_utf8(id).expect("ids are made of ASCII")
    }

    /// Executor of the task, which may hold resources of its own.
    pub(crate) fn runner(&self, world: &World) -> ExecutorKind {
        world.framework(self.framework).kind().runner
    }

    /// Writes the executor's id without quotes; a command task has its own id there, in statuses only.
    pub(crate) fn executor_id(&self, out: &mut impl Out, world: &World) {
        match self.runner(world) {
            ExecutorKind::Command => self.id(out, world),
            ExecutorKind::Pod => {
                out.str("pod-");
                out.padded(u64::from(self.serial), 7);
            }
            ExecutorKind::Own(name) => {
                out.all(&[name, "-"]);
                out.padded(u64::from(self.serial), 7);
            }
        }
    }

    pub(crate) fn container(&self, out: &mut impl Out, world: &World) {
        let hash = self.launch(world.seed);
        out.uuid(mix(hash, 1), mix(hash, 5));
    }

    /// Writes the id of the executor's container, in which a pod's task is nested.
    pub(crate) fn executor_container(&self, out: &mut impl Out, world: &World) {
        let hash = self.launch(world.seed);
        out.uuid(mix(hash, 2), mix(hash, 6));
    }
}
