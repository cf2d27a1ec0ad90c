//! JSON of tasks and their statuses.

use crate::catalog::ExecutorKind;
use crate::json_out::Out;
use crate::rng::mix;
use crate::world::cause::Cause;
use crate::world::cluster::World;
use crate::world::task::{Status, Task};
use crate::write::resources::{self, Tail};
use crate::write::value;

pub(crate) fn task<O: Out>(out: &mut O, world: &World, task: &Task) {
    let role = world.framework(task.framework).role(task.role);
    out.str("{\"name\":");
    out.quoted(task.name(world));
    out.str(",\"task_id\":");
    value(out, |out| task.id(out, world));
    out.str(",\"framework_id\":");
    value(out, |out| world.framework_id(out, task.framework));
    if task.runner(world) != ExecutorKind::Command {
        out.str(",\"executor_id\":");
        value(out, |out| task.executor_id(out, world));
    }
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, task.agent));
    out.all(&[",\"state\":\"", task.state.name(), "\",\"resources\":"]);
    let launched = world.launched_task(task);
    match launched {
        Some(launched) => out.str(&launched.resources.to_string()),
        None => {
            out.str("[");
            resources::need_items(out, &task.needs, Tail::Allocated(role));
            for volume in world.volumes_of(task) {
                resources::allocated_volumes(out, &[(volume, role)]);
            }
            out.str("]");
        }
    }
    if !task.statuses().is_empty() {
        out.str(",\"statuses\":");
        super::list(out, task.statuses(), |out, one| status(out, world, task, one));
    }
    if let Some(reported) = task.reported() {
        out.all(&[",\"status_update_state\":\"", reported.state.name(), "\",\"status_update_uuid\":\""]);
        uuid(out, world, task, &reported);
        out.str("\"");
    }
    match launched {
        Some(launched) => launched.rest.iter().for_each(|(name, field)| {
            out.all(&[",\"", name, "\":", &field.to_string()]);
        }),
        None => {
            labels(out, world, task, role);
            discovery(out, world, task);
        }
    }
    out.str("}");
}

pub(crate) fn status<O: Out>(out: &mut O, world: &World, task: &Task, status: &Status) {
    let cause = status.cause;
    out.str("{\"task_id\":");
    value(out, |out| task.id(out, world));
    out.all(&[",\"state\":\"", status.state.name(), "\","]);
    cause.message(out, world, task);
    out.all(&["\"source\":\"", cause.source(), "\""]);
    if let Some(reason) = cause.reason() {
        out.all(&[",\"reason\":\"", reason, "\""]);
    }
    out.str(",\"agent_id\":");
    value(out, |out| world.agent_id(out, task.agent));
    if cause.is_the_masters() {
        out.str(",\"timestamp\":");
        out.seconds(status.at);
        if cause == Cause::AgentTimeout {
            out.str(",\"unreachable_time\":");
            out.nanos(status.at);
        }
    } else {
        from_executor(out, world, task, status);
    }
    out.str("}");
}

/// Writes the fields that only executors and agents send.
fn from_executor<O: Out>(out: &mut O, world: &World, task: &Task, status: &Status) {
    // An agent that has made no sandbox has no executor.
    let has_executor = status.cause != Cause::NoUser;
    if has_executor {
        out.str(",\"executor_id\":");
        value(out, |out| task.executor_id(out, world));
    }
    out.str(",\"timestamp\":");
    out.seconds(status.at + world.agents_ahead);
    out.str(",\"uuid\":\"");
    uuid(out, world, task, status);
    out.str("\"");
    match status.cause.healthy() {
        Some(true) => out.str(",\"healthy\":true"),
        Some(false) => out.str(",\"healthy\":false"),
        None => {}
    }
    if has_executor {
        container(out, world, task);
    }
}

fn container<O: Out>(out: &mut O, world: &World, task: &Task) {
    out.str(",\"container_status\":{\"container_id\":{\"value\":\"");
    task.container(out, world);
    out.str("\"");
    if task.runner(world) == ExecutorKind::Pod {
        out.str(",\"parent\":");
        value(out, |out| task.executor_container(out, world));
    }
    out.str("},\"network_infos\":[{\"ip_addresses\":[{\"protocol\":\"IPv4\",\"ip_address\":\"");
    let salt = u64::from(task.needs.port) + u64::from(task.serial);
    world.agent(task.agent).container_address(out, salt);
    out.str("\"}]}],\"executor_pid\":");
    out.int(2000 + u64::from(task.serial) * 7 % 60_000);
    out.str("}");
}

/// Writes an update's uuid, unique by task, state and time.
pub(crate) fn uuid(out: &mut impl Out, world: &World, task: &Task, status: &Status) {
    let high = mix(task.hash(world.seed), status.state as u64 + 16);
    out.uuid_base64(high, mix(high, status.at as u64));
}

fn labels(out: &mut impl Out, world: &World, task: &Task, role: &str) {
    let hash = task.hash(world.seed);
    out.all(&[",\"labels\":{\"labels\":[{\"key\":\"owner\",\"value\":\"", role]);
    out.all(&["\"},{\"key\":\"image\",\"value\":\"", world.framework(task.framework).kind().image, ":"]);
    out.int(hash % 400);
    out.str("\"}]}");
}

fn discovery(out: &mut impl Out, world: &World, task: &Task) {
    if task.needs.port == 0 {
        return;
    }
    out.all(&[
        ",\"discovery\":{\"visibility\":\"CLUSTER\",\"name\":\"",
        task.job(world),
        "\",\"ports\":{\"ports\":[{\"number\":",
    ]);
    out.int(u64::from(task.needs.port));
    out.str(",\"name\":\"http\",\"protocol\":\"tcp\"}]}}");
}
