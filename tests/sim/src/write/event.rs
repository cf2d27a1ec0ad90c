//! Events of SUBSCRIBE, one record each.

use crate::json_out::Out;
use crate::world::cluster::World;
use crate::world::task::Task;
use crate::write::{agent, framework, task, value};

/// Exact payload of a heartbeat.
pub(crate) const HEARTBEAT: &[u8] = b"{\"type\":\"HEARTBEAT\"}";

pub(crate) fn task_added(world: &World, added: &Task) -> Vec<u8> {
    let mut out = Vec::with_capacity(3072);
    out.str("{\"type\":\"TASK_ADDED\",\"task_added\":{\"task\":");
    task::task(&mut out, world, added);
    out.str("}}");
    out
}

/// TASK_UPDATED with the task's last status and state.
pub(crate) fn task_updated(world: &World, updated: &Task) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.str("{\"type\":\"TASK_UPDATED\",\"task_updated\":{\"framework_id\":");
    value(&mut out, |out| world.framework_id(out, updated.framework));
    if let Some(status) = updated.statuses().last() {
        out.str(",\"status\":");
        task::status(&mut out, world, updated, status);
    }
    out.all(&[",\"state\":\"", updated.state.name(), "\"}}"]);
    out
}

pub(crate) fn agent_added(world: &World, number: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    out.str("{\"type\":\"AGENT_ADDED\",\"agent_added\":{\"agent\":");
    agent::added(&mut out, world, world.agent(number));
    out.str("}}");
    out
}

pub(crate) fn agent_removed(world: &World, number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    out.str("{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{\"agent_id\":");
    value(&mut out, |out| world.agent_id(out, number));
    out.str("}}");
    out
}

pub(crate) fn framework_added(world: &World, number: u32) -> Vec<u8> {
    framework_event(world, number, "{\"type\":\"FRAMEWORK_ADDED\",\"framework_added\":{\"framework\":")
}

pub(crate) fn framework_updated(world: &World, number: u32) -> Vec<u8> {
    framework_event(world, number, "{\"type\":\"FRAMEWORK_UPDATED\",\"framework_updated\":{\"framework\":")
}

fn framework_event(world: &World, number: u32, head: &str) -> Vec<u8> {
    let mut out = Vec::new();
    out.str(head);
    framework::announced(&mut out, world, world.framework(number));
    out.str("}}");
    out
}

pub(crate) fn framework_removed(world: &World, number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    out.str("{\"type\":\"FRAMEWORK_REMOVED\",\"framework_removed\":{\"framework_info\":");
    framework::info(&mut out, world, world.framework(number));
    out.str("}}");
    out
}
