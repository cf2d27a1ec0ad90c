//! Container calls of an agent (PROTOCOL.md, "LAUNCH_CONTAINER", "ATTACH_CONTAINER_INPUT").

use serde_json::{Value, json};

use crate::answer::call::{Call, int};
use crate::answer::reply::{Answer, Body};
use crate::cluster::Sim;
use crate::container_effects::is_in_executor;
use crate::containers::{ContainerPath, Followed, Following, Launch, Limits};
use crate::json_out::text;
use crate::shell::{Command, Window};
use crate::world::cause::Cause;
use crate::world::task::State;

/// Maximum depth of nesting that is read.
const DEPTH: usize = 32;

pub(super) fn launch_nested(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    match prepare(sim, agent, call, true) {
        Ok(launch) => start(sim, launch),
        Err(refusal) => refusal,
    }
}

pub(super) fn launch(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    match prepare(sim, agent, call, false) {
        Ok(launch) => start(sim, launch),
        Err(refusal) => refusal,
    }
}

fn start(sim: &mut Sim, launch: Launch) -> Answer {
    // An id in use is accepted, and nothing is launched.
    if sim.is_container_running(launch.agent, &launch.path) {
        return Answer { status: 202, body: Body::Empty };
    }
    sim.launch_container(launch);
    Answer::done()
}

pub(super) fn launch_session(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let mut launch = match prepare(sim, agent, call, true) {
        Ok(launch) => launch,
        Err(refusal) => return refusal,
    };
    launch.is_session = true;
    if !is_in_executor(&sim.world, agent, &launch.path) {
        // A real agent launches it, cannot attach to it, and destroys it.
        return not_found(&launch.path);
    }
    if sim.is_container_running(agent, &launch.path) {
        return Answer::refused(500, "Container already launched");
    }
    let path = launch.path.clone();
    let reader = sim.launch_container(launch);
    Answer::following(Following { agent, path, what: Followed::Output { reader, is_owner: true } })
}

/// Attaches a reader to a container's output.
pub(super) fn attach_output(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let path = match path_of(call) {
        Ok(path) => path,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = refuse_attaching(sim, agent, &path) {
        return refusal;
    }
    match sim.add_container_reader(agent, &path) {
        Some(reader) => {
            Answer::following(Following { agent, path, what: Followed::Output { reader, is_owner: false } })
        }
        None => no_switchboard(),
    }
}

fn no_switchboard() -> Answer {
    Answer::refused(500, "I/O switchboard server was disabled for this container")
}

fn not_found(path: &[String]) -> Answer {
    Answer::refused(404, format!("Container {} cannot be found", path.join(".")))
}

fn refuse_attaching(sim: &mut Sim, agent: u32, path: &[String]) -> Option<Answer> {
    if !is_in_executor(&sim.world, agent, path) {
        return Some(not_found(path));
    }
    if !sim.is_container_running(agent, path) {
        return Some(Answer::refused(500, format!("Unknown container {}", path.join("."))));
    }
    let attachable = sim.container(agent, path).is_some_and(|container| container.is_attachable);
    (!attachable).then(no_switchboard)
}

impl Sim {
    /// Attaches an input connection, or refuses it.
    pub(crate) fn attach_input(&mut self, agent: u32, path: &[String]) -> Option<Answer> {
        if let Some(refusal) = refuse_attaching(self, agent, path) {
            return Some(refusal);
        }
        let container = self.container(agent, path)?;
        if std::mem::replace(&mut container.has_input, true) {
            return Some(Answer::refused(409, "Multiple input connections are not allowed"));
        }
        None
    }
}

impl Sim {
    /// Ends the task that runs in a container, as its executor reports it; returns whether there is one.
    fn kill_task_of_container(&mut self, agent: u32, path: &[String]) -> bool {
        let Some(inner) = path.last() else { return false };
        let world = &self.world;
        let slots = world.agents.get(agent as usize).map_or(&[][..], |agent| &agent.tasks);
        let own = |slot: &&u32| {
            let task = world.tasks.at(**slot);
            !task.statuses().is_empty() && text(|out| task.container(out, world)) == *inner
        };
        let Some(slot) = slots.iter().find(own).copied() else { return false };
        self.end(slot, State::Failed, Cause::Terminated);
        true
    }
}

pub(super) fn wait(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let path = match path_of(call) {
        Ok(path) => path,
        Err(refusal) => return refusal,
    };
    let is_launched = sim.container(agent, &path).is_some();
    if !is_launched && !sim.is_container_running(agent, &path) {
        return not_found(&path);
    }
    Answer::following(Following { agent, path, what: Followed::Exit(call.kind) })
}

/// Answer to WAIT_CONTAINER and WAIT_NESTED_CONTAINER with a wait status.
pub(crate) fn exited(kind: &str, status: u32) -> Answer {
    Answer::value(&json!({"type": kind, kind.to_ascii_lowercase(): {"exit_status": status}}))
}

pub(super) fn kill(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let path = match path_of(call) {
        Ok(path) => path,
        Err(refusal) => return refusal,
    };
    if sim.kill_container(agent, &path) || sim.kill_task_of_container(agent, &path) {
        return Answer::done();
    }
    let why = format!("Container '{}' cannot be found (or is already killed)", path.join("."));
    Answer::refused(404, why)
}

pub(super) fn remove(sim: &mut Sim, agent: u32, call: &Call) -> Answer {
    let path = match path_of(call) {
        Ok(path) => path,
        Err(refusal) => return refusal,
    };
    if path.len() == 1 {
        // A real agent aborts (PROTOCOL.md, "Calls that abort Mesos").
        sim.stop_agent(agent);
        return Answer::never();
    }
    if sim.is_container_running(agent, &path) {
        return Answer::refused(500, "Nested container has not terminated yet");
    }
    sim.remove_container(agent, &path);
    Answer::done()
}

fn prepare(sim: &mut Sim, agent: u32, call: &Call, is_nested: bool) -> Result<Launch, Answer> {
    let path = path_of(call)?;
    let field = call.kind.to_ascii_lowercase();
    let refuse = |why: String| Answer::refused(400, format!("Failed to validate agent::Call: {why}"));
    if is_nested && path.len() == 1 {
        return Err(refuse(format!("Expecting '{field}.container_id.parent' to be present")));
    }
    if let Some(parent) = path.split_last().map(|(_, parent)| parent).filter(|it| !it.is_empty())
        && !sim.is_container_running(agent, parent)
    {
        return Err(Answer::refused(400, format!("Parent container {} does not exist", parent.join("."))));
    }
    let resource = |name: &str| {
        let all = call.fields.get("resources").and_then(Value::as_array);
        let found = all.and_then(|all| all.iter().find(|it| it["name"] == name));
        found.and_then(|it| it["scalar"]["value"].as_f64()).unwrap_or(0.0)
    };
    let window = call.fields.pointer("/container/tty_info").map(window);
    let limits = Limits { cpus: (resource("cpus") * 1000.0) as u64, mebibytes: resource("mem") as u64 };
    Ok(Launch { agent, path, command: command(&call.fields["command"]), tty: window, limits, is_session: false })
}

/// Window of a TTYInfo.
pub(crate) fn window(info: &Value) -> Window {
    let size = |name: &str| info["window_size"].get(name).and_then(int).map_or(0, |value| value.max(0) as u32);
    Window { rows: size("rows"), columns: size("columns") }
}

fn command(info: &Value) -> Command {
    let arguments = info["arguments"].as_array().map_or(&[][..], Vec::as_slice);
    Command {
        value: info["value"].as_str().unwrap_or_default().to_owned(),
        shell: info["shell"].as_bool().unwrap_or(true),
        arguments: arguments.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn path_of(call: &Call) -> Result<ContainerPath, Answer> {
    let field = format!("{}.container_id", call.kind.to_ascii_lowercase());
    container_path(&call.fields["container_id"])
        .map_err(|why| Answer::refused(400, format!("Failed to validate agent::Call: '{field}' is invalid: {why}")))
}

/// Path of a ContainerID; fails with Mesos' words about an invalid id.
pub(crate) fn container_path(id: &Value) -> Result<ContainerPath, String> {
    let mut path = Vec::new();
    let mut level = Some(id);
    while let Some(id) = level.filter(|_| path.len() < DEPTH) {
        let value = id["value"].as_str().unwrap_or_default();
        if value.is_empty() {
            return Err("ID must not be empty".to_owned());
        }
        if value.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\' | '.' | ' ')) {
            return Err(format!("'{value}' contains invalid characters"));
        }
        path.push(value.to_owned());
        level = id.get("parent");
    }
    path.reverse();
    Ok(path)
}
