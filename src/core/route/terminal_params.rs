//! A container in an address, and the command of a terminal in it. Opens nothing.

use std::fmt;

use super::segment::{EncodedText, PathSegment, unescape, value};
use crate::base::ids::{AgentId, ContainerId, ExecutorId, FrameworkId, TaskId};
use crate::mesos::calls::container_path::ContainerPath;

/// What a terminal is opened in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TerminalPlace {
    /// The container of a task.
    Task(FrameworkId, TaskId),
    /// The container of an executor.
    Executor(AgentId, FrameworkId, ExecutorId),
    /// A container of an agent.
    Container(AgentId, ContainerPath),
}

/// The parameters of a terminal's address. The page asks before it runs anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TerminalParams {
    /// `exec`: the command; empty for the default one.
    pub exec: String,
    /// `user`: the user that the command runs as; empty for the default one.
    pub user: String,
    /// `join`: whether the container's own terminal is joined, instead of a command.
    pub joins: bool,
}

impl TerminalPlace {
    /// Parses the ids of a container, the outermost first. `None` without any.
    pub(super) fn container(agent: AgentId, ids: &[&str]) -> Option<Self> {
        let nest = |parent: Option<ContainerPath>, id: &&str| {
            Some(ContainerPath { parent: parent.map(Box::new), value: ContainerId::from(unescape(id)) })
        };
        ids.iter().fold(None, nest).map(|path| Self::Container(agent, path))
    }
}

pub(super) fn params(query: &str) -> Option<TerminalParams> {
    let text = |name| value(query, name).map(Option::unwrap_or_default);
    Some(TerminalParams { exec: text("exec")?, user: text("user")?, joins: text("join")? == "1" })
}

pub(super) fn write_params(f: &mut fmt::Formatter<'_>, params: &TerminalParams) -> fmt::Result {
    let TerminalParams { exec, user, joins } = params;
    let join = if *joins { "1" } else { "" };
    let given = [("exec", exec.as_str()), ("user", user.as_str()), ("join", join)];
    for (nth, (name, value)) in given.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        write!(f, "{}{name}={}", if nth == 0 { '?' } else { '&' }, EncodedText(value))?;
    }
    Ok(())
}

/// Writes the ids of a container, the outermost first.
pub(super) fn write_path(f: &mut fmt::Formatter<'_>, path: &ContainerPath) -> fmt::Result {
    if let Some(parent) = &path.parent {
        write_path(f, parent)?;
    }
    write!(f, "/{}", PathSegment(path.value.as_str()))
}
