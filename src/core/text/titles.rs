//! Titles of pages, as browser tabs show them. Objects are named by their hosts and names, not by ids.

use super::{agents, short_id};

/// Title of an address that leads to no page.
pub const NOT_FOUND: &str = "Page not found";

/// Title of the form that runs a command.
pub const RUN: &str = "Run a command";

/// Title of the table of reservations and volumes.
pub const VOLUMES: &str = "Reservations and volumes";

/// An agent, by its host.
pub fn agent(host: &str, id: &str) -> String {
    format!("Agent {}", agents::name(host, id))
}

/// A framework, by its name.
pub fn framework(name: &str, id: &str) -> String {
    format!("Framework {}", name_or_id(name, id))
}

/// A framework on one agent.
pub fn framework_on(name: &str, id: &str, host: &str, agent: &str) -> String {
    format!("{} on {}", framework(name, id), agents::name(host, agent))
}

/// A task, by its name.
pub fn task(name: &str, id: &str) -> String {
    format!("Task {}", name_or_id(name, id))
}

/// The sandbox of a task or an executor.
pub fn sandbox(name: &str, id: &str) -> String {
    format!("Sandbox of {}", name_or_id(name, id))
}

/// The form that opens a terminal in a task or an executor, or on an agent.
pub fn terminal(name: &str, id: &str) -> String {
    format!("Terminal in {}", name_or_id(name, id))
}

/// A file or folder on a server: `stderr on host7`.
pub fn file(name: &str, server: &str) -> String {
    format!("{name} on {server}")
}

/// A file or folder on an agent, by the agent's host.
pub fn agent_file(name: &str, host: &str, agent: &str) -> String {
    file(name, &agents::name(host, agent))
}

/// An object that has no name but its id, with its kind.
pub fn named(kind: &str, id: &str) -> String {
    format!("{kind} {id}")
}

fn name_or_id(name: &str, id: &str) -> String {
    if name.is_empty() { short_id(id) } else { name.to_owned() }
}
