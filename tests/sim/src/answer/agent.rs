//! Calls of an agent.

use std::collections::BTreeSet;

use serde_json::json;

use crate::answer::call::Call;
use crate::answer::reply::{Answer, Body};
use crate::answer::{containers as container_calls, files, fixed, logging, metrics, providers};
use crate::catalog::ExecutorKind;
use crate::cluster::Sim;
use crate::containers::Container;
use crate::json_out::Out;
use crate::rng::mix;
use crate::world::agent::Agent;
use crate::world::cluster::World;
use crate::world::operation::Operation;
use crate::world::resources::{EXECUTOR, TaskResources};
use crate::world::task::{State, Task};
use crate::write::statistics::Usage;
use crate::write::{self, list, value};

pub(super) fn answer(sim: &mut Sim, number: u32, call: &Call) -> Answer {
    let world = &*sim.world;
    let Some(agent) = world.agents.get(number as usize) else { return Answer::refused(404, "404 Not Found.") };
    match call.kind {
        "GET_HEALTH" => Answer::value(&json!({"type": "GET_HEALTH", "get_health": {"healthy": true}})),
        "GET_FLAGS" => fixed::agent_flags(world, agent),
        "GET_VERSION" => fixed::version(agent.version(world.seed)),
        "GET_METRICS" => metrics::agent(world, agent),
        "GET_LOGGING_LEVEL" => logging::get(sim.agents_logging.entry(number).or_default(), world.now),
        "SET_LOGGING_LEVEL" => logging::set(sim.agents_logging.entry(number).or_default(), call, world.now),
        // Mesos' single file process blocks until the pipe has a writer.
        "LIST_FILES" | "READ_FILE" if sim.blocked.contains(&number) => Answer::never(),
        "LIST_FILES" | "READ_FILE" => answer_files(sim, number, call),
        "GET_OPERATIONS" => operations(world, number),
        "GET_RESOURCE_PROVIDERS" => part(call.kind, "get_resource_providers", |out| {
            out.str("{");
            write::provider::list(out, world, agent, "\"resource_providers\":");
            out.str("}");
        }),
        "LAUNCH_NESTED_CONTAINER" => container_calls::launch_nested(sim, number, call),
        "LAUNCH_CONTAINER" => container_calls::launch(sim, number, call),
        "LAUNCH_NESTED_CONTAINER_SESSION" => container_calls::launch_session(sim, number, call),
        "ATTACH_CONTAINER_OUTPUT" => container_calls::attach_output(sim, number, call),
        "ATTACH_CONTAINER_INPUT" => {
            Answer::refused(415, "Expecting 'Content-Type' to be application/recordio for ATTACH_CONTAINER_INPUT call")
        }
        "WAIT_NESTED_CONTAINER" | "WAIT_CONTAINER" => container_calls::wait(sim, number, call),
        "KILL_NESTED_CONTAINER" | "KILL_CONTAINER" => container_calls::kill(sim, number, call),
        "REMOVE_NESTED_CONTAINER" | "REMOVE_CONTAINER" => container_calls::remove(sim, number, call),
        "ADD_RESOURCE_PROVIDER_CONFIG" => providers::add(sim, number, call),
        "UPDATE_RESOURCE_PROVIDER_CONFIG" => providers::update(sim, number, call),
        "REMOVE_RESOURCE_PROVIDER_CONFIG" => providers::remove(sim, number, call),
        "MARK_RESOURCE_PROVIDER_GONE" => providers::mark_gone(sim, number, call),
        // No call lists images, so nothing shows that they are gone.
        "PRUNE_IMAGES" => Answer::done(),
        "GET_STATE" => state(world, agent),
        "GET_TASKS" => part(call.kind, "get_tasks", |out| tasks(out, world, agent)),
        "GET_EXECUTORS" => part(call.kind, "get_executors", |out| executors(out, world, agent)),
        "GET_FRAMEWORKS" => part(call.kind, "get_frameworks", |out| frameworks(out, world, agent)),
        "GET_CONTAINERS" => part(call.kind, "get_containers", |out| containers(out, sim, agent, call)),
        "GET_AGENT" => part(call.kind, "get_agent", |out| info(out, world, agent)),
        _ => Answer::not_implemented(),
    }
}

fn info(out: &mut Vec<u8>, world: &World, agent: &Agent) {
    out.str("{\"agent_info\":");
    write::agent::info(out, world, agent, false);
    if let Some(drain) = agent.draining {
        out.str(",\"drain_config\":");
        write::agent::drain_config(out, &drain);
    }
    out.str("}");
}

/// LIST_FILES or READ_FILE.
fn answer_files(sim: &mut Sim, number: u32, call: &Call) -> Answer {
    sim.pump_containers(number);
    let Some(agent) = sim.world.agents.get(number as usize) else { return Answer::refused(404, "404 Not Found.") };
    let tree = files::agent(sim, agent, call);
    if call.kind == "LIST_FILES" {
        return files::list(call, &tree);
    }
    let answer = files::read(call, &tree);
    if matches!(answer.body, Body::Never) {
        sim.blocked.insert(number);
    }
    answer
}

/// Operations that the agent knows; it lacks those whose state only the master knows.
fn operations(world: &World, number: u32) -> Answer {
    let of_agent = |operation: &&Operation| operation.agent == number && operation.state.is_known_to_agent();
    let mut operations = world.operations.iter().filter(of_agent).peekable();
    if operations.peek().is_none() {
        return Answer::value(&json!({"type": "GET_OPERATIONS", "get_operations": {}}));
    }
    part("GET_OPERATIONS", "get_operations", |out| {
        out.str("{\"operations\":");
        list(out, operations, |out, operation| write::operation::operation(out, world, operation));
        out.str("}");
    })
}

fn part(kind: &str, key: &str, body: impl FnOnce(&mut Vec<u8>)) -> Answer {
    Answer::json(|out| {
        out.all(&["{\"type\":\"", kind, "\",\"", key, "\":"]);
        body(out);
        out.str("}");
    })
}

fn state(world: &World, agent: &Agent) -> Answer {
    part("GET_STATE", "get_state", |out| {
        out.str("{\"get_tasks\":");
        tasks(out, world, agent);
        out.str(",\"get_executors\":");
        executors(out, world, agent);
        out.str(",\"get_frameworks\":");
        frameworks(out, world, agent);
        out.str("}");
    })
}

fn live<'a>(world: &'a World, agent: &'a Agent) -> impl Iterator<Item = &'a Task> {
    agent.tasks.iter().map(|slot| world.tasks.at(*slot))
}

/// Completed tasks on the agent that the master still keeps; a real agent keeps them by executor.
fn completed<'a>(world: &'a World, agent: &'a Agent) -> impl Iterator<Item = &'a Task> {
    world.frameworks.iter().flat_map(|framework| &framework.completed).filter(|task| task.agent == agent.number)
}

fn tasks(out: &mut Vec<u8>, world: &World, agent: &Agent) {
    let queued = |task: &&Task| task.state == State::Staging;
    out.str("{\"pending_tasks\":[],\"queued_tasks\":");
    list(out, live(world, agent).filter(queued), |out, task| write::task::task(out, world, task));
    out.str(",\"launched_tasks\":");
    list(out, live(world, agent).filter(|task| !queued(task)), |out, task| write::task::task(out, world, task));
    out.str(",\"terminated_tasks\":[],\"completed_tasks\":");
    list(out, completed(world, agent), |out, task| write::task::task(out, world, task));
    out.str("}");
}

fn executors(out: &mut Vec<u8>, world: &World, agent: &Agent) {
    out.str("{\"executors\":");
    list(out, live(world, agent), |out, task| write::executor::of_agent(out, world, task, |_| {}));
    out.str(",\"completed_executors\":");
    list(out, completed(world, agent), |out, task| write::executor::of_agent(out, world, task, |_| {}));
    out.str("}");
}

fn frameworks(out: &mut Vec<u8>, world: &World, agent: &Agent) {
    let busy: BTreeSet<u32> = live(world, agent).map(|task| task.framework).collect();
    let past: BTreeSet<u32> =
        completed(world, agent).map(|task| task.framework).filter(|it| !busy.contains(it)).collect();
    let mut write = |out: &mut Vec<u8>, number: &u32| {
        out.str("{\"framework_info\":");
        write::framework::info(out, world, world.framework(*number));
        out.str("}");
    };
    out.str("{\"frameworks\":");
    list(out, &busy, &mut write);
    out.str(",\"completed_frameworks\":");
    list(out, &past, &mut write);
    out.str("}");
}

/// One container per executor; with `show_nested`, also the nested container of a pod's task and those launched inside; with
/// `show_standalone`, also those without a parent.
fn containers(out: &mut Vec<u8>, sim: &Sim, agent: &Agent, call: &Call) {
    let world = &*sim.world;
    let shows = |name: &str| call.fields.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    let (nested, standalone) = (shows("show_nested"), shows("show_standalone"));
    let started = live(world, agent).filter(|task| !task.statuses().is_empty());
    let mut first = true;
    for task in started {
        out.str(if first { "{\"containers\":[" } else { "," });
        first = false;
        container(out, world, task, false);
        if nested && task.runner(world) == ExecutorKind::Pod {
            out.str(",");
            container(out, world, task, true);
        }
    }
    let launched = sim.launched_containers(agent.number);
    for (path, container) in launched.filter(|(path, _)| if path.len() > 1 { nested } else { standalone }) {
        out.str(if first { "{\"containers\":[" } else { "," });
        first = false;
        launched_container(out, world, path, container);
    }
    out.str(if first { "{}" } else { "]}" });
}

fn launched_container(out: &mut Vec<u8>, world: &World, path: &[String], container: &Container) {
    let name = path.last().map_or("", String::as_str);
    out.str("{\"container_id\":");
    value(out, |out| out.str(name));
    out.str(",\"container_status\":{\"container_id\":");
    container_id(out, path);
    out.str(",\"executor_pid\":");
    out.int(60_000 + (container.since / 1_000_000) as u64 % 5_000);
    out.str("},\"resource_statistics\":");
    let usage = Usage {
        since: container.since,
        now: world.now,
        hash: path.iter().flat_map(|id| id.bytes()).fold(world.seed, |hash, byte| mix(hash, u64::from(byte))),
        cpus: container.limits.cpus,
        mem: container.limits.mebibytes << 20,
        disk: 0,
        volumes: &[],
    };
    write::statistics::statistics(out, &usage);
    out.str("}");
}

/// Writes a ContainerID with its parents.
fn container_id(out: &mut Vec<u8>, path: &[String]) {
    let Some((name, parent)) = path.split_last() else { return };
    out.str("{\"value\":");
    out.quoted(name);
    if !parent.is_empty() {
        out.str(",\"parent\":");
        container_id(out, parent);
    }
    out.str("}");
}

fn container(out: &mut Vec<u8>, world: &World, task: &Task, nested: bool) {
    let outer = task.runner(world) == ExecutorKind::Pod && !nested;
    let id = |out: &mut Vec<u8>| if outer { task.executor_container(out, world) } else { task.container(out, world) };
    out.str("{");
    if !nested {
        out.str("\"framework_id\":");
        value(out, |out| world.framework_id(out, task.framework));
        out.str(",\"executor_id\":");
        value(out, |out| task.executor_id(out, world));
        out.str(",\"executor_name\":\"\",");
    }
    out.str("\"container_id\":");
    value(out, id);
    out.str(",\"container_status\":{\"container_id\":{\"value\":\"");
    id(out);
    out.str("\"");
    if nested {
        out.str(",\"parent\":");
        value(out, |out| task.executor_container(out, world));
    }
    out.str("},\"executor_pid\":");
    out.int(2000 + u64::from(task.serial) * 7 % 60_000);
    out.str("},\"resource_statistics\":");
    statistics(out, world, task, nested);
    out.str("}");
}

fn statistics(out: &mut Vec<u8>, world: &World, task: &Task, nested: bool) {
    let executor = if nested { TaskResources { cpus: 0, mem: 0, ..EXECUTOR } } else { EXECUTOR };
    let usage = Usage {
        since: task.statuses().first().map_or(world.now, |status| status.at),
        now: world.now,
        hash: task.hash(world.seed),
        cpus: u64::from(task.needs.cpus + executor.cpus),
        mem: u64::from(task.needs.mem + executor.mem) << 20,
        disk: u64::from(task.needs.disk) << 20,
        volumes: world.volumes_of(task),
    };
    write::statistics::statistics(out, &usage);
}
