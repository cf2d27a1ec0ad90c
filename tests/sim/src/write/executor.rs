//! JSON of executors: in the master's form (default and custom executors), and in an agent's (command executors too).

use crate::catalog::ExecutorKind;
use crate::json_out::Out;
use crate::world::cluster::World;
use crate::world::resources::EXECUTOR;
use crate::world::task::Task;
use crate::write::resources::{self, Tail};
use crate::write::value;

/// Whether the master lists the task's executor.
pub(crate) fn listed(world: &World, task: &Task) -> bool {
    world.framework(task.framework).has_executors()
}

/// Writes an entry of the master's GET_EXECUTORS.
pub(crate) fn of_master<O: Out>(out: &mut O, world: &World, task: &Task) {
    of_agent(&mut *out, world, task, |out| {
        out.str(",\"agent_id\":");
        value(out, |out| world.agent_id(out, task.agent));
    });
}

/// Writes an entry of an agent's GET_EXECUTORS; `rest` writes the fields beside `executor_info`.
pub(crate) fn of_agent<O: Out>(out: &mut O, world: &World, task: &Task, rest: impl FnOnce(&mut O)) {
    let runner = task.runner(world);
    out.str("{\"executor_info\":{");
    match runner {
        ExecutorKind::Pod => out.str("\"type\":\"DEFAULT\","),
        ExecutorKind::Own(_) => out.str("\"type\":\"CUSTOM\","),
        ExecutorKind::Command => {}
    }
    out.str("\"executor_id\":");
    value(out, |out| task.executor_id(out, world));
    out.str(",\"framework_id\":");
    value(out, |out| world.framework_id(out, task.framework));
    match runner {
        ExecutorKind::Pod => {}
        ExecutorKind::Own(name) => out.all(&[",\"command\":{\"shell\":true,\"value\":\"./", name, "\"}"]),
        ExecutorKind::Command => out.str(
            ",\"command\":{\"shell\":false,\"value\":\"mesos-executor\",\"arguments\":[\"mesos-executor\",\"--launcher_dir=libexec\"]}",
        ),
    }
    out.str(",\"resources\":");
    let role = world.framework(task.framework).role(task.role);
    resources::needs(out, &EXECUTOR, Tail::Allocated(role));
    match runner {
        ExecutorKind::Pod => {}
        ExecutorKind::Own(name) => out.all(&[",\"name\":\"", name, "\""]),
        ExecutorKind::Command => {
            out.str(",\"name\":\"Command Executor (Task: ");
            task.id(out, world);
            out.str(")\",\"source\":\"");
            task.id(out, world);
            out.str("\"");
        }
    }
    out.str("}");
    rest(out);
    out.str("}");
}
