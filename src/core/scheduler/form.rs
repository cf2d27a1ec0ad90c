//! The form that runs a command: what is typed, and the run that it describes or the errors of its fields. Knows no cluster.

pub mod fault;
pub(super) mod fields;

use serde::{Deserialize, Serialize};

use self::fault::{RunFault, RunField, RunFormError};
use self::fields::{RunFaults, amount, amount_text, default_name, file_line, limit, lines, no_nul, parse_files};
use super::run::{
    Containerizer, MOST_TASKS, RunAs, RunCommand, RunFramework, RunId, RunPool, RunRequest, RunTargets, UserFault,
};
use crate::actions::container_form::{LaunchCommand, check_image, parse_environment, parse_program};
use crate::actions::duration::{format_duration, parse_duration};
use crate::actions::form::check_role;
use crate::base::ids::Role;
use crate::base::units::{Nanoseconds, Quantities};

/// Name of the frameworks that the form makes.
pub const FRAMEWORK_NAME: &str = "mesoscope";
/// Longest argument that Linux hands to a program (MAX_ARG_STRLEN), with the NUL at its end.
const LONGEST_COMMAND: usize = 128 * 1024 - 1;
/// Longest time that runs go on without their browser.
const LONGEST_FAILOVER: Nanoseconds = Nanoseconds::from_secs(7 * 86_400);

/// Resources of a run by their names in Mesos, in the order of [`RunForm::amounts`].
pub const RESOURCES: [&str; 4] = ["cpus", "mem", "disk", "gpus"];

/// What is typed to run a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunForm {
    /// A line or a script for the shell, or a program and its arguments, one a line.
    pub command: String,
    /// Whether the command is a program without a shell.
    pub is_program: bool,
    /// Name of the tasks; empty for the first word of the command.
    pub name: String,
    /// How many agents, where not each of them runs it.
    pub count: String,
    /// Role of the framework.
    pub role: String,
    /// Resources of each task, in the order of [`RESOURCES`].
    pub amounts: [String; 4],
    /// Resources that it may take.
    pub pool: RunPool,
    /// User that the command runs as.
    pub user: String,
    /// Whether it runs as root in place of that user.
    pub is_root: bool,
    /// Environment variables, one a line.
    pub environment: String,
    /// Addresses of files to fetch, one a line.
    pub files: String,
    /// Docker image; empty for the agent's own file system.
    pub image: String,
    /// Containerizer that runs the image.
    #[serde(default)]
    pub containerizer: Containerizer,
    /// Time after which it is killed; empty for no limit.
    pub timeout: String,
    /// Time between SIGTERM and SIGKILL; empty for Mesos' default.
    pub grace: String,
    /// How long it goes on without the browser.
    pub failover: String,
}

impl Default for RunForm {
    fn default() -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            command: String::new(),
            is_program: false,
            name: String::new(),
            count: text("1"),
            role: text("*"),
            amounts: ["0.1", "64 MiB", "", ""].map(str::to_owned),
            pool: RunPool::Any,
            user: String::new(),
            is_root: false,
            environment: String::new(),
            files: String::new(),
            image: String::new(),
            containerizer: Containerizer::Mesos,
            timeout: text("10 min"),
            grace: String::new(),
            failover: text("5 min"),
        }
    }
}

/// A run that the form describes, without its agents.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// Framework that runs it.
    pub framework: RunFramework,
    /// The run; its id and targets are those of no run yet.
    request: RunRequest,
}

impl RunSpec {
    /// The run with an id, on these agents.
    pub fn request(&self, id: RunId, targets: RunTargets) -> RunRequest {
        RunRequest { id, targets, ..self.request.clone() }
    }

    /// Resources of each task.
    pub fn resources(&self) -> Quantities {
        self.request.resources
    }
}

impl RunForm {
    /// The run that the form describes; the number of agents is apart, see [`RunForm::count`].
    ///
    /// # Errors
    /// All errors of its fields, from top to bottom.
    pub fn checked(&self) -> Result<RunSpec, Vec<RunFault>> {
        let mut faults = RunFaults::default();
        let command = faults.note(RunField::Command, self.command());
        let role = faults.note(RunField::Role, self.role());
        let resources = self.resources(&mut faults);
        let user = faults.note(RunField::User, self.user());
        let environment = faults.note(RunField::Environment, self.environment());
        let files = faults.note(RunField::Files, parse_files(&self.files));
        let image = faults.note(RunField::Image, self.image());
        let timeout = faults.note(RunField::Timeout, limit(&self.timeout));
        let grace = faults.note(RunField::Grace, limit(&self.grace));
        let failover = faults.note(RunField::Failover, self.failover());
        let all = (command, role, user, environment, files, image, timeout, grace, failover, faults.0.is_empty());
        let (
            Some(command),
            Some(role),
            Some(user),
            Some(environment),
            Some(files),
            Some(image),
            Some(timeout),
            Some(grace),
            Some(failover_timeout),
            true,
        ) = all
        else {
            return Err(faults.0);
        };
        let name = Some(self.name.trim()).filter(|name| !name.is_empty());
        let framework = RunFramework { name: FRAMEWORK_NAME.to_owned(), user: user.clone(), role, failover_timeout };
        let request = RunRequest {
            id: RunId::none(),
            name: name.map_or_else(|| default_name(&self.command), str::to_owned),
            command,
            targets: RunTargets::Any { count: 0, among: None },
            resources,
            pool: self.pool,
            user: Some(user),
            environment,
            files,
            image,
            containerizer: self.containerizer,
            labels: Vec::new(),
            timeout,
            grace,
        };
        Ok(RunSpec { framework, request })
    }

    /// The number of agents.
    ///
    /// # Errors
    /// If it is no number from 1 to [`MOST_TASKS`].
    pub fn count(&self) -> Result<u32, RunFormError> {
        let digits: String = self.count.chars().filter(|letter| !letter.is_whitespace()).collect();
        let count = digits.parse().ok().filter(|count| (1..=MOST_TASKS).contains(count));
        count.ok_or(RunFormError::Count)
    }

    /// The role, for a preview while other fields have errors.
    ///
    /// # Errors
    /// If Mesos refuses the name.
    pub fn role(&self) -> Result<Role, RunFormError> {
        let role = self.role.trim();
        check_role(role)?;
        no_nul(role)?;
        Ok(Role::from(role))
    }

    /// Resources of each task as far as they can be read, for a preview.
    pub fn typed_resources(&self) -> Quantities {
        self.resources(&mut RunFaults::default())
    }

    fn resources(&self, faults: &mut RunFaults) -> Quantities {
        let read = |(at, (name, text)): (usize, (&&str, &String))| {
            faults.note(RunField::Amount(at), amount(name, text)).map(|amount| Quantities::of(name, amount))
        };
        RESOURCES.iter().zip(&self.amounts).enumerate().filter_map(read).sum()
    }

    fn command(&self) -> Result<RunCommand, RunFormError> {
        no_nul(&self.command)?;
        if self.command.lines().next().is_none_or(|first| self.is_program && first.trim().is_empty())
            || self.command.trim().is_empty()
        {
            return Err(RunFormError::NoCommand);
        }
        if self.command.len() > LONGEST_COMMAND {
            return Err(RunFormError::CommandTooLong);
        }
        // A script that was written elsewhere may have line ends that no shell knows.
        let command = self.command.replace("\r\n", "\n");
        Ok(match parse_program(&command) {
            LaunchCommand::Program(program, arguments) if self.is_program => RunCommand::Program(program, arguments),
            _ => RunCommand::Shell(command),
        })
    }

    fn user(&self) -> Result<RunAs, RunFormError> {
        if self.is_root {
            return Ok(RunAs::root());
        }
        let is_bad = |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, ':' | '/');
        match RunAs::user(&self.user) {
            Err(UserFault::Empty) => Err(RunFormError::NoUser),
            Err(UserFault::IsRoot) => Err(RunFormError::Root),
            Ok(user) if user.name().contains(is_bad) => Err(RunFormError::UserCharacters),
            Ok(user) => Ok(user),
        }
    }

    fn environment(&self) -> Result<Vec<(String, String)>, RunFormError> {
        no_nul(&self.environment)?;
        Ok(parse_environment(&self.environment)?)
    }

    fn image(&self) -> Result<Option<String>, RunFormError> {
        let image = self.image.trim();
        no_nul(image)?;
        check_image(image)?;
        Ok((!image.is_empty()).then(|| image.to_owned()))
    }

    fn failover(&self) -> Result<Nanoseconds, RunFormError> {
        let time = match self.failover.trim() {
            "" => Nanoseconds::default(),
            text => parse_duration(text)?,
        };
        if time > LONGEST_FAILOVER { Err(RunFormError::FailoverTooLong) } else { Ok(time) }
    }

    /// The form of a run that was, to run it again.
    pub fn again(framework: &RunFramework, request: &RunRequest) -> Self {
        let user = request.user.as_ref().unwrap_or(&framework.user);
        let is_root = *user == RunAs::root();
        let duration = |length: Option<Nanoseconds>| length.map(format_duration).unwrap_or_default();
        let (command, is_program) = match &request.command {
            RunCommand::Shell(line) => (line.clone(), false),
            RunCommand::Program(path, arguments) => {
                let lines: Vec<&str> =
                    std::iter::once(path.as_str()).chain(arguments.iter().map(String::as_str)).collect();
                (lines.join("\n"), true)
            }
        };
        let count = match &request.targets {
            RunTargets::Each(_) => "1".to_owned(),
            RunTargets::Any { count, .. } => count.to_string(),
        };
        Self {
            name: if request.name == default_name(&command) { String::new() } else { request.name.clone() },
            command,
            is_program,
            count,
            role: framework.role.0.clone(),
            amounts: RESOURCES.map(|name| amount_text(name, request.resources)),
            pool: request.pool,
            user: if is_root { String::new() } else { user.name().to_owned() },
            is_root,
            environment: lines(&request.environment, |(name, value)| format!("{name}={value}")),
            files: lines(&request.files, file_line),
            image: request.image.clone().unwrap_or_default(),
            containerizer: request.containerizer,
            timeout: duration(request.timeout),
            grace: duration(request.grace),
            failover: duration(Some(framework.failover_timeout)),
        }
    }
}

#[cfg(test)]
mod tests;
