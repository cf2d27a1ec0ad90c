//! The form that launches a container: what is typed, as values, and the errors of each field.

use serde::{Deserialize, Serialize};

/// A container to launch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerLaunch {
    /// What it runs.
    pub command: LaunchCommand,
    /// User that the command runs as; empty for the default: the framework's, or the agent's own for a standalone container.
    pub user: String,
    /// Environment variables: names and values, in the order in which they are set.
    pub environment: Vec<(String, String)>,
    /// Resources of a standalone container, in Mesos' own units; empty for a nested one, which shares those around it.
    pub resources: Vec<(String, f64)>,
    /// Paths of the host that are mounted in the container.
    pub volumes: Vec<LaunchVolume>,
    /// Name of the Docker image whose files it sees, as `alpine:3`; empty for those of the host, or of the container around it.
    pub image: String,
    /// Whether it has a terminal, without which its output cannot be attached.
    pub has_terminal: bool,
}

/// What a container runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaunchCommand {
    /// A command line or a script, for `/bin/sh -c`.
    Shell(String),
    /// A program's path, and its arguments after its name.
    Program(String, Vec<String>),
}

impl Default for LaunchCommand {
    fn default() -> Self {
        Self::Shell(String::new())
    }
}

/// A path of the host that is mounted in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchVolume {
    /// Path on the host.
    pub host: String,
    /// Path in the container; relative paths are below the sandbox.
    pub container: String,
    /// Whether the container may only read it.
    pub is_read_only: bool,
}

/// Error in the form of a container.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerFormError {
    /// No id.
    #[error("Enter an ID.")]
    NoId,
    /// A character that Mesos allows in no container's id.
    #[error("An ID must not contain slashes, backslashes, periods, spaces or control characters.")]
    IdCharacters,
    /// More bytes than a file name may have.
    #[error("An ID has at most 255 bytes.")]
    IdTooLong,
    /// No command.
    #[error("Enter a command.")]
    NoCommand,
    /// A NUL, which ends a text in Mesos.
    #[error("A command, a user or a variable must not contain a NUL character.")]
    Nul,
    /// The line that sets no variable.
    #[error("“{0}” is not NAME=value.")]
    Variable(String),
    /// The line that names no volume.
    #[error("“{0}” is not HOST:CONTAINER or HOST:CONTAINER:ro, with an absolute path of the host.")]
    Volume(String),
    /// A name of an image with blanks.
    #[error("The name of an image has no spaces.")]
    Image,
    /// An amount that is not above 0, or too large.
    #[error("An amount must be above 0.")]
    Amount,
    /// The number of no signal.
    #[error("A signal has a number from 1 to 64.")]
    Signal,
    /// Only a nested container can be removed.
    #[error("Removing a standalone container aborts the agent.")]
    RemovesStandalone,
}

/// Checks that Mesos accepts a text as a container's id (src/common/validation.cpp, src/slave/validation.cpp).
///
/// # Errors
/// If Mesos refuses the id.
pub fn check_container_id(id: &str) -> Result<(), ContainerFormError> {
    let is_bad = |letter: char| matches!(letter, '/' | '\\' | '.' | ' ') || letter.is_ascii_control();
    match id {
        "" => Err(ContainerFormError::NoId),
        _ if id.chars().any(is_bad) => Err(ContainerFormError::IdCharacters),
        _ if id.len() > 255 => Err(ContainerFormError::IdTooLong),
        _ => Ok(()),
    }
}

/// Checks the name of a Docker image; an empty one is none.
///
/// # Errors
/// If it has blanks.
pub fn check_image(name: &str) -> Result<(), ContainerFormError> {
    if name.chars().any(char::is_whitespace) { Err(ContainerFormError::Image) } else { Ok(()) }
}

/// Parses environment variables: one `NAME=value` a line. Empty lines are skipped; blanks around a name are no part of it.
///
/// # Errors
/// The first line that sets no variable.
pub fn parse_environment(text: &str) -> Result<Vec<(String, String)>, ContainerFormError> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let variable = |line: &str| {
        let (name, value) = line.split_once('=').filter(|(name, _)| !name.trim().is_empty())?;
        Some((name.trim().to_owned(), value.to_owned()))
    };
    lines.map(|line| variable(line).ok_or_else(|| ContainerFormError::Variable(quoted(line)))).collect()
}

/// Parses volumes: one `HOST:CONTAINER` a line, with `:ro` or `:rw` after it. Empty lines are skipped.
///
/// # Errors
/// The first line that names no volume.
pub fn parse_volumes(text: &str) -> Result<Vec<LaunchVolume>, ContainerFormError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| volume(line).ok_or_else(|| ContainerFormError::Volume(quoted(line)))).collect()
}

fn volume(line: &str) -> Option<LaunchVolume> {
    let parts: Vec<&str> = line.split(':').collect();
    let (host, container, is_read_only) = match parts.as_slice() {
        [host, container] | [host, container, "rw"] => (host, container, false),
        [host, container, "ro"] => (host, container, true),
        _ => return None,
    };
    let is_path = host.starts_with('/') && !container.is_empty();
    is_path.then(|| LaunchVolume { host: (*host).to_owned(), container: (*container).to_owned(), is_read_only })
}

/// Parses a program and its arguments, one a line; the first line is the program.
pub fn parse_program(text: &str) -> LaunchCommand {
    let mut lines = text.lines().map(str::to_owned);
    let program = lines.next().unwrap_or_default().trim().to_owned();
    LaunchCommand::Program(program, lines.collect())
}

/// The start of a line that was typed, for its error.
fn quoted(line: &str) -> String {
    const LETTERS: usize = 40;
    if line.chars().count() > LETTERS { line.chars().take(LETTERS).chain(['…']).collect() } else { line.to_owned() }
}

impl ContainerLaunch {
    /// The first error of the form, apart from the id.
    pub(super) fn fault(&self) -> Option<ContainerFormError> {
        let command = match &self.command {
            LaunchCommand::Shell(line) => vec![line],
            LaunchCommand::Program(program, arguments) => std::iter::once(program).chain(arguments).collect(),
        };
        let is_empty = command.first().is_none_or(|first| first.trim().is_empty());
        let variables = self.environment.iter().flat_map(|(name, value)| [name, value]);
        let volumes = self.volumes.iter().flat_map(|volume| [&volume.host, &volume.container]);
        let mut texts = command.into_iter().chain([&self.user, &self.image]).chain(variables).chain(volumes);
        if is_empty {
            return Some(ContainerFormError::NoCommand);
        }
        if texts.any(|text| text.contains('\0')) {
            return Some(ContainerFormError::Nul);
        }
        if let Err(error) = check_image(&self.image) {
            return Some(error);
        }
        let is_amount = |amount: f64| amount.is_finite() && amount >= 0.001;
        (!self.resources.iter().all(|(_, amount)| is_amount(*amount))).then_some(ContainerFormError::Amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_checked_as_mesos_does() {
        let check = |id: &str, expected: Result<(), ContainerFormError>| assert_eq!(check_container_id(id), expected);
        check("debug-1_é", Ok(()));
        check("", Err(ContainerFormError::NoId));
        for bad in ["a/b", "a.b", ".", "a b", "a\\b", "a\n", "a\0"] {
            check(bad, Err(ContainerFormError::IdCharacters));
        }
        check(&"x".repeat(256), Err(ContainerFormError::IdTooLong));
    }

    #[test]
    fn variables_are_one_a_line() {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let check = |text: &str, expected: Result<Vec<(String, String)>, ContainerFormError>| {
            assert_eq!(parse_environment(text), expected, "{text:?}");
        };
        check("", Ok(Vec::new()));
        check(" A=1\n\nB=x=y \nC=", Ok(pairs(&[("A", "1"), ("B", "x=y "), ("C", "")])));
        check("A=1\nnothing", Err(ContainerFormError::Variable("nothing".to_owned())));
        check("=x", Err(ContainerFormError::Variable("=x".to_owned())));
        let long = "y".repeat(10_000);
        assert!(parse_environment(&long).is_err_and(|error| error.to_string().len() < 200));
    }

    #[test]
    fn volumes_are_one_a_line() {
        let volume = |host: &str, container: &str, is_read_only| LaunchVolume {
            host: host.to_owned(),
            container: container.to_owned(),
            is_read_only,
        };
        assert_eq!(
            parse_volumes("/a:b\n\n /c:/d:ro\n/e:/f:rw"),
            Ok(vec![volume("/a", "b", false), volume("/c", "/d", true), volume("/e", "/f", false)])
        );
        for bad in ["/a", "a:/b", "/a:", ":/b", "/a:/b:x", "/a:/b:ro:z"] {
            assert_eq!(parse_volumes(bad), Err(ContainerFormError::Volume(bad.to_owned())));
        }
    }

    #[test]
    fn a_launch_needs_a_command_and_amounts_above_zero() {
        let shell =
            |line: &str| ContainerLaunch { command: LaunchCommand::Shell(line.to_owned()), ..Default::default() };
        assert_eq!(shell("sleep 1").fault(), None);
        assert_eq!(shell("  \n").fault(), Some(ContainerFormError::NoCommand));
        assert_eq!(shell("a\0").fault(), Some(ContainerFormError::Nul));
        for amount in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.0001] {
            let launch = ContainerLaunch { resources: vec![("cpus".to_owned(), amount)], ..shell("true") };
            assert_eq!(launch.fault(), Some(ContainerFormError::Amount), "{amount}");
        }
        let program = parse_program("/bin/echo \na b\n");
        assert_eq!(program, LaunchCommand::Program("/bin/echo".to_owned(), vec!["a b".to_owned()]));
        assert_eq!(
            ContainerLaunch { command: parse_program("\n-x"), ..Default::default() }.fault(),
            Some(ContainerFormError::NoCommand)
        );
    }

    #[test]
    fn an_image_is_one_name() {
        assert_eq!(check_image(""), Ok(()));
        assert_eq!(check_image("registry.example:5000/team/alpine:3"), Ok(()));
        assert_eq!(check_image("alpine 3"), Err(ContainerFormError::Image));
        let launch = |image: &str| ContainerLaunch {
            command: LaunchCommand::Shell("true".to_owned()),
            image: image.to_owned(),
            ..Default::default()
        };
        assert_eq!(launch("alpine").fault(), None);
        assert_eq!(launch("a\tb").fault(), Some(ContainerFormError::Image));
        assert_eq!(launch("a\0").fault(), Some(ContainerFormError::Nul));
    }
}
