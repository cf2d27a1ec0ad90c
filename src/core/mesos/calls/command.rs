//! What to run, and in what container: arguments of calls that launch something. Launches nothing itself.

use serde::Serialize;

use super::resource::{UnknownFields, Volume};
use crate::mesos::wire::field::fields;

/// A command line and what it needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CommandInfo {
    /// Files that the agent fetches into the sandbox before it runs the command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uris: Vec<Uri>,
    /// Environment variables; `None` for none beyond Mesos' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Whether a shell runs `value`; `None` means yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<bool>,
    /// Shell command line, or without a shell the program's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Arguments of the program, its name first; only without a shell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// User that the command runs as; `None` for the framework's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl CommandInfo {
    /// A line for the shell.
    pub fn shell(line: &str) -> Self {
        Self { shell: Some(true), value: Some(line.to_owned()), ..Self::default() }
    }
}

/// A file that the agent fetches before it runs a command.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Uri {
    /// Address of the file: a URI or a path on the agent.
    pub value: String,
    /// Whether the fetched file is made executable; `None` means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<bool>,
    /// Whether a fetched archive is unpacked; `None` means yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extract: Option<bool>,
    /// Whether the agent's fetcher cache is used; `None` means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    /// Name of the file in the sandbox; `None` for the last part of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file: Option<String>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

/// Environment variables of a command.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Environment {
    /// Variables in the order in which they are set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
}

/// An environment variable.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Variable {
    /// Name of the variable, as `PATH`.
    pub name: String,
    /// Type of the variable: VALUE or SECRET; a secret is in `rest`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Text of the variable; `None` for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl Variable {
    /// A variable with a plain value.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), kind: "VALUE".to_owned(), value: Some(value.to_owned()), ..Self::default() }
    }
}

/// A container's description. Its image and networks are kept unchanged.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ContainerInfo {
    /// Containerizer: MESOS or DOCKER.
    #[serde(rename = "type")]
    pub kind: String,
    /// Terminal of the container; `None` for a container without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty_info: Option<TtyInfo>,
    /// Paths of the host that are mounted in the container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
    /// Other fields of the message, kept unchanged.
    #[serde(flatten)]
    pub rest: UnknownFields,
}

impl ContainerInfo {
    /// A container of Mesos' own with these volumes.
    pub fn with_volumes(volumes: Vec<Volume>) -> Self {
        Self { kind: "MESOS".to_owned(), volumes, ..Self::default() }
    }

    /// A container of Mesos' own with a terminal of that size.
    pub fn terminal(window_size: WindowSize) -> Self {
        let tty_info = Some(TtyInfo { window_size: Some(window_size) });
        Self { kind: "MESOS".to_owned(), tty_info, ..Self::default() }
    }
}

/// Terminal of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TtyInfo {
    /// Initial size of the terminal; `None` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_size: Option<WindowSize>,
}

/// Size of a terminal in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WindowSize {
    /// Lines of the terminal.
    pub rows: u64,
    /// Characters in a line of the terminal.
    pub columns: u64,
}

fields! { impl<'de> TtyInfo; "window_size" => window_size }
fields! { impl<'de> WindowSize; "rows" => rows, "columns" => columns }
