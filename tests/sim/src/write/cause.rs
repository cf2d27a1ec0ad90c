//! Messages of a TaskStatus in Mesos' words.

use serde_json::Value;

use crate::json_out::{Out, text};
use crate::world::cause::Cause;
use crate::world::cluster::World;
use crate::world::task::Task;

impl Cause {
    /// Writes `"message":"...",`, or nothing.
    pub(crate) fn message(self, out: &mut impl Out, world: &World, task: &Task) {
        if matches!(self, Cause::Plain | Cause::Healthy | Cause::Unhealthy | Cause::Draining) {
            return;
        }
        out.str("\"message\":\"");
        match self {
            Cause::Plain | Cause::Healthy | Cause::Unhealthy | Cause::Draining => {}
            Cause::Exit(status) => {
                out.str("Command exited with status ");
                out.int(u64::from(status));
            }
            Cause::Killed | Cause::DrainedHard => out.str("Command terminated with signal Killed"),
            Cause::Terminated | Cause::DrainedSoftly | Cause::CompletionTime => {
                out.str("Command terminated with signal Terminated")
            }
            Cause::Memory => {
                let mem = u64::from(task.needs.mem);
                out.str("Memory limit exceeded: Requested: ");
                out.int(mem);
                out.str("MB Maximum Used: ");
                out.int(mem);
                out.str("MB\\n\\nMEMORY STATISTICS: \\ncache 4096\\nrss ");
                out.int(mem << 20);
                out.str("\\nmapped_file 0\\npgpgin 134217\\npgpgout 3072\\n");
            }
            Cause::Fetch => {
                out.str("Failed to launch container: Failed to fetch all URIs for container: exited with status 1")
            }
            Cause::Image => {
                out.str("Failed to launch container: Failed to perform 'curl': curl: (22) The requested URL returned error: 404 Not Found");
            }
            Cause::NoUser => no_user(out, world, task),
            Cause::ExecutorGone => out.str("Executor terminated"),
            Cause::AgentTimeout => out.str("health check timed out"),
            Cause::AgentGone | Cause::AgentGoneLost => out.str("Agent has been marked gone"),
            Cause::AgentUnregistered => {
                out.str("Agent ");
                world.agent(task.agent).hostname(out, world.seed);
                out.str(" removed: the agent unregistered");
            }
            Cause::MachineDown => {
                out.str("Agent ");
                world.agent(task.agent).hostname(out, world.seed);
                out.str(" removed: Operator initiated 'Machine DOWN'");
            }
            Cause::FrameworkRemoved => {
                out.str("Framework ");
                world.framework_id(out, task.framework);
                out.str(" removed");
            }
        }
        out.str("\",");
    }
}

/// The agent cannot give the sandbox to the task's user (src/slave/paths.cpp, `createExecutorDirectory`).
fn no_user(out: &mut impl Out, world: &World, task: &Task) {
    let own = world.launched_task(task).and_then(|launched| launched.rest.get("user")?.as_str());
    let user = own.unwrap_or(world.framework(task.framework).kind().user);
    let (agent, framework) = (world.agent_id_text(task.agent), world.framework_id_text(task.framework));
    let (executor, run) = (task.id_text(world), text(|out| task.container(out, world)));
    let directory = format!("/var/lib/mesos/slaves/{agent}/frameworks/{framework}/executors/{executor}/runs/{run}");
    let why = format!(
        "Failed to create executor directory '{directory}': Failed to chown directory to '{user}': No such user '{user}'"
    );
    let quoted = Value::String(why).to_string();
    out.str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
}
