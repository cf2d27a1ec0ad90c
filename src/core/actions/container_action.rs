//! A change of one container on an agent, as one value: its call, and the errors of its form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::container_form::{ContainerFormError, ContainerLaunch, LaunchCommand, LaunchVolume, check_container_id};
use crate::base::ids::AgentId;
use crate::mesos::calls::command::{CommandInfo, ContainerInfo, Environment, TtyInfo, Variable};
use crate::mesos::calls::container_path::ContainerPath;
use crate::mesos::calls::containers::{
    KillContainer, KillNestedContainer, LaunchContainer, LaunchNestedContainer, NestedContainerId,
    RemoveNestedContainer,
};
use crate::mesos::calls::resource::{Resource, Volume};
use crate::mesos::calls::{self, Call};

/// A change of one container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContainerAction {
    /// The agent that the container is on.
    pub agent: AgentId,
    /// Ids of the containers around it, outermost first, its own last.
    pub path: Vec<String>,
    /// The change itself.
    pub change: ContainerChange,
}

/// What is changed about a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ContainerChange {
    /// Launches it (LAUNCH_CONTAINER, LAUNCH_NESTED_CONTAINER).
    Launch(Box<ContainerLaunch>),
    /// Sends it the signal with this number (KILL_CONTAINER, KILL_NESTED_CONTAINER); `None` for SIGKILL.
    Kill(Option<i32>),
    /// Removes an ended nested container with its sandbox (REMOVE_NESTED_CONTAINER).
    Remove,
}

/// State of a container, as an agent's answers show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerState {
    /// The agent lists it.
    Running,
    /// The agent does not list it.
    NotRunning,
    /// The container has ended, and the agent keeps its exit status.
    Ended,
    /// The agent does not list it, and keeps no exit status of it.
    Removed,
}

/// Whether a signal surely ends a process.
pub(super) fn ends(signal: Option<i32>) -> bool {
    signal.is_none_or(|number| number == SIGKILL)
}

pub(super) const SIGKILL: i32 = 9;

impl ContainerAction {
    /// Whether the container is nested in another.
    pub fn is_nested(&self) -> bool {
        self.path.len() > 1
    }

    /// Mesos' name of the call. Nested containers have their own, which older agents know, too.
    pub(super) fn call(&self) -> &'static str {
        match (&self.change, self.is_nested()) {
            (ContainerChange::Launch(_), true) => LaunchNestedContainer::TYPE,
            (ContainerChange::Launch(_), false) => LaunchContainer::TYPE,
            (ContainerChange::Kill(_), true) => KillNestedContainer::TYPE,
            (ContainerChange::Kill(_), false) => KillContainer::TYPE,
            (ContainerChange::Remove, _) => RemoveNestedContainer::TYPE,
        }
    }

    /// The request's body; `None` without an id, and for the removal of a standalone container, which would abort the agent.
    pub(super) fn request(&self) -> Option<Vec<u8>> {
        let path = ContainerPath::of(&self.path)?;
        let nested = NestedContainerId::try_from(path.clone());
        Some(match (&self.change, nested) {
            (ContainerChange::Remove, nested) => calls::request(&RemoveNestedContainer { container_id: nested.ok()? }),
            (ContainerChange::Kill(signal), Ok(container_id)) => {
                calls::request(&KillNestedContainer { container_id, signal: *signal })
            }
            (ContainerChange::Kill(signal), Err(_)) => {
                calls::request(&KillContainer { container_id: path, signal: *signal })
            }
            (ContainerChange::Launch(launch), Ok(container_id)) => calls::request(&LaunchNestedContainer {
                container_id,
                command: Some(command(launch)),
                container: container(launch),
            }),
            (ContainerChange::Launch(launch), Err(_)) => calls::request(&LaunchContainer {
                container_id: path,
                command: Some(command(launch)),
                resources: launch.resources.iter().map(|(name, amount)| Resource::scalar(name, *amount)).collect(),
                container: container(launch),
                limits: BTreeMap::new(),
            }),
        })
    }

    pub(super) const fn is_destructive(&self) -> bool {
        match self.change {
            ContainerChange::Launch(_) => false,
            ContainerChange::Kill(_) | ContainerChange::Remove => true,
        }
    }

    /// The first error of its form.
    pub(super) fn fault(&self) -> Option<ContainerFormError> {
        let id = || check_container_id(self.path.last().map(String::as_str).unwrap_or_default()).err();
        match &self.change {
            ContainerChange::Launch(launch) => id().or_else(|| launch.fault()),
            ContainerChange::Kill(signal) => {
                signal.filter(|number| !(1..=64).contains(number)).map(|_| ContainerFormError::Signal)
            }
            ContainerChange::Remove => (!self.is_nested()).then_some(ContainerFormError::RemovesStandalone),
        }
    }
}

fn command(launch: &ContainerLaunch) -> CommandInfo {
    let variables: Vec<Variable> = launch.environment.iter().map(|(name, value)| Variable::new(name, value)).collect();
    let command = match &launch.command {
        LaunchCommand::Shell(line) => CommandInfo::shell(line),
        LaunchCommand::Program(program, arguments) => CommandInfo {
            shell: Some(false),
            value: Some(program.clone()),
            arguments: std::iter::once(program).chain(arguments).cloned().collect(),
            ..CommandInfo::default()
        },
    };
    CommandInfo {
        environment: (!variables.is_empty()).then_some(Environment { variables }),
        user: Some(launch.user.clone()).filter(|user| !user.is_empty()),
        ..command
    }
}

fn container(launch: &ContainerLaunch) -> Option<ContainerInfo> {
    let volume = |volume: &LaunchVolume| Volume {
        container_path: volume.container.clone(),
        host_path: Some(volume.host.clone()),
        mode: if volume.is_read_only { "RO" } else { "RW" }.to_owned(),
        ..Volume::default()
    };
    let volumes: Vec<Volume> = launch.volumes.iter().map(volume).collect();
    let tty_info = launch.has_terminal.then(TtyInfo::default);
    let bare = match launch.image.as_str() {
        "" => ContainerInfo::with_volumes(Vec::new()),
        image => ContainerInfo::with_docker_image(image),
    };
    let is_needed = tty_info.is_some() || !volumes.is_empty() || !launch.image.is_empty();
    is_needed.then_some(ContainerInfo { tty_info, volumes, ..bare })
}
