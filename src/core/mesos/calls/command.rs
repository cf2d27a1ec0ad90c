//! What to run, and in what container: arguments of calls that launch something. Launches nothing itself.

use serde::Serialize;

use super::resource::Rest;
use crate::mesos::wire::field::fields;

/// A command line and what it needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CommandInfo {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uris: Vec<Uri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Whether `value` goes through a shell; so it does if this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The program's, its name first; only without a shell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl CommandInfo {
    /// A line for the shell.
    pub fn shell(line: &str) -> Self {
        Self { shell: Some(true), value: Some(line.to_owned()), ..Self::default() }
    }
}

/// Something to fetch before.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Uri {
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extract: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_file: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Variables that the command sees.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Environment {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Variable {
    pub name: String,
    /// VALUE or SECRET; a secret is in `rest`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Variable {
    /// A plain one.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), kind: "VALUE".to_owned(), value: Some(value.to_owned()), ..Self::default() }
    }
}

/// A container. Its many parts but the terminal are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ContainerInfo {
    /// MESOS or DOCKER.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty_info: Option<TtyInfo>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl ContainerInfo {
    /// A container of Mesos' own with a terminal of that size.
    pub fn terminal(window_size: WindowSize) -> Self {
        let tty_info = Some(TtyInfo { window_size: Some(window_size) });
        Self { kind: "MESOS".to_owned(), tty_info, ..Self::default() }
    }
}

/// That there is a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TtyInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_size: Option<WindowSize>,
}

/// Its size in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WindowSize {
    pub rows: u64,
    pub columns: u64,
}

fields! { impl<'de> TtyInfo; "window_size" => window_size }
fields! { impl<'de> WindowSize; "rows" => rows, "columns" => columns }
