//! A command to run once, on which agents, and what became of each task. Knows no stream and no offers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::numbers::CallNumber;
use crate::base::ids::{AgentId, ExecutorId, Role, TaskId};
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::calls::command::{CommandInfo, ContainerInfo, Environment, Uri, Variable};
use crate::mesos::calls::resource::Resource;
use crate::mesos::calls::task_info::TaskInfo;
use crate::mesos::calls::values::{Label, Labels};
use crate::mesos::wire::state::TaskState;

/// Tasks of one run.
pub const MOST_TASKS: u32 = 10_000;
/// A task id may have 255 characters; the rest is for its number.
const LONGEST_ID: usize = 100;

/// Id of a run: letters, digits, `-` and `_`, so that each task id made of it is valid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(String);

/// A text that can be no `RunId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRunId;

impl RunId {
    /// Takes a text as an id.
    ///
    /// # Errors
    /// If it is empty, longer than 100 characters, or has others than letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Result<Self, NoRunId> {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_id = (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(is_valid);
        if is_id { Ok(Self(text.to_owned())) } else { Err(NoRunId) }
    }

    /// The id of no run.
    pub(super) fn none() -> Self {
        Self(String::new())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Id of its task of that number, at that attempt.
    pub fn task(&self, number: u32, attempt: u32) -> TaskId {
        match attempt {
            1 => TaskId(format!("{}.{number}", self.0)),
            attempt => TaskId(format!("{}.{number}.{attempt}", self.0)),
        }
    }
}

/// The user that a command runs as. `root` only where it is asked for by `RunAs::root`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAs(String);

/// A name that is no user to run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserFault {
    /// There is no name.
    Empty,
    /// The name is root's.
    IsRoot,
}

impl RunAs {
    /// An ordinary user.
    ///
    /// # Errors
    /// If the name is empty, or is root's.
    pub fn user(name: &str) -> Result<Self, UserFault> {
        match name.trim() {
            "" => Err(UserFault::Empty),
            "root" | "0" => Err(UserFault::IsRoot),
            name => Ok(Self(name.to_owned())),
        }
    }

    /// Root.
    pub fn root() -> Self {
        Self("root".to_owned())
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// What the framework is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFramework {
    /// Name for people.
    pub name: String,
    /// User of commands that name none.
    pub user: RunAs,
    /// Role that it gets offers for.
    pub role: Role,
    /// How long its tasks go on without a stream.
    pub failover_timeout: Nanoseconds,
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunCommand {
    /// A line or a script for `/bin/sh -c`.
    Shell(String),
    /// A program's path or name, and its arguments without its name.
    Program(String, Vec<String>),
}

/// Where to run it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunTargets {
    /// Once on each of these agents.
    Each(BTreeSet<AgentId>),
    /// Once on each of any so many agents.
    Any {
        /// Number of agents.
        count: u32,
        /// Agents to choose from; `None` for all.
        among: Option<BTreeSet<AgentId>>,
    },
}

/// Resources that a run may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunPool {
    /// Reserved ones first, then unreserved ones.
    #[default]
    Any,
    /// Unreserved ones only.
    Unreserved,
    /// Reserved ones only.
    Reserved,
}

/// Which of an agent's containerizers runs an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Containerizer {
    /// Mesos' own.
    #[default]
    Mesos,
    /// Docker's daemon on the agent. It takes the image's user in place of the run's (`Docker::RunOptions` in src/docker/docker.cpp).
    Docker,
}

/// A file to fetch before the command starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// Address of the file.
    pub uri: String,
    /// Whether it is made executable.
    pub is_executable: bool,
    /// Whether an archive is unpacked.
    pub is_extracted: bool,
}

/// A command to run once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRequest {
    /// Id of the run, which the host draws.
    pub id: RunId,
    /// Name of its tasks, for people.
    pub name: String,
    /// What to run.
    pub command: RunCommand,
    /// Where to run it.
    pub targets: RunTargets,
    /// Resources of each task.
    pub resources: Quantities,
    /// Resources that it may take.
    pub pool: RunPool,
    /// User; `None` for the framework's.
    pub user: Option<RunAs>,
    /// Environment variables: names and values.
    pub environment: Vec<(String, String)>,
    /// Files to fetch.
    pub files: Vec<RunFile>,
    /// Docker image of the container; `None` for the agent's own file system.
    pub image: Option<String>,
    /// Containerizer that runs the image; of no effect without one.
    #[serde(default)]
    pub containerizer: Containerizer,
    /// Labels: keys and values.
    pub labels: Vec<(String, String)>,
    /// Time after which it is killed; `None` for no limit.
    pub timeout: Option<Nanoseconds>,
    /// Time between SIGTERM and SIGKILL; `None` for Mesos' default.
    pub grace: Option<Nanoseconds>,
}

impl RunRequest {
    /// The tasks that it makes.
    pub(super) fn tasks(&self) -> Vec<RunTask> {
        let agents: Vec<Option<AgentId>> = match &self.targets {
            RunTargets::Each(agents) => agents.iter().take(MOST_TASKS as usize).cloned().map(Some).collect(),
            RunTargets::Any { count, .. } => vec![None; (*count).min(MOST_TASKS) as usize],
        };
        agents.into_iter().zip(0..).map(|(agent, number)| RunTask::new(self.id.clone(), number, agent)).collect()
    }

    /// A task as LAUNCH describes it.
    pub(super) fn task_info(&self, task: TaskId, agent: AgentId, resources: Vec<Resource>) -> TaskInfo {
        let label = |(key, value): &(String, String)| Label { key: key.clone(), value: Some(value.clone()) };
        let labels = Labels { labels: self.labels.iter().map(label).collect() };
        TaskInfo {
            name: self.name.clone(),
            task_id: task.into(),
            agent_id: agent.into(),
            resources,
            command: self.command_info(),
            container: self.image.as_deref().map(|image| match self.containerizer {
                Containerizer::Mesos => ContainerInfo::with_docker_image(image),
                Containerizer::Docker => ContainerInfo::of_docker(image),
            }),
            labels: Some(labels).filter(|labels| !labels.labels.is_empty()),
            kill_policy: self.grace.map(Into::into),
            max_completion_time: self.timeout.map(Into::into),
            ..TaskInfo::default()
        }
    }

    fn command_info(&self) -> CommandInfo {
        let mut info = match &self.command {
            RunCommand::Shell(line) => CommandInfo::shell(line),
            RunCommand::Program(path, arguments) => CommandInfo {
                shell: Some(false),
                value: Some(path.clone()),
                arguments: std::iter::once(path).chain(arguments).cloned().collect(),
                ..CommandInfo::default()
            },
        };
        info.user = self.user.as_ref().map(|user| user.name().to_owned());
        let variables: Vec<Variable> =
            self.environment.iter().map(|(name, value)| Variable::new(name, value)).collect();
        info.environment = (!variables.is_empty()).then_some(Environment { variables });
        let uri = |file: &RunFile| Uri {
            value: file.uri.clone(),
            executable: Some(file.is_executable),
            extract: Some(file.is_extracted),
            ..Uri::default()
        };
        info.uris = self.files.iter().map(uri).collect();
        info
    }
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskPhase {
    /// Waits for an offer.
    #[default]
    Waiting,
    /// ACCEPT was sent, and not answered yet.
    Launching(CallNumber),
    /// Launched, as far as the master has answered.
    Launched,
    /// Has ended, or never starts.
    Ended,
}

/// Whether a task is to be killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskKill {
    /// Nobody asked for it.
    #[default]
    No,
    /// KILL must be sent.
    Wanted,
    /// KILL was sent.
    Sent,
}

/// Why an offer of a task's agent was not enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfitOffer {
    /// The agent.
    pub agent: AgentId,
    /// Names of the resources of which it offered too little, as `cpus`.
    pub missing: Vec<String>,
}

/// One task of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTask {
    /// Its id; another one after a launch that never took place.
    pub id: TaskId,
    /// Its run.
    pub run: RunId,
    /// Its number in the run, from 0.
    pub number: u32,
    /// Number of the launch, from 1.
    pub attempt: u32,
    /// Agent that it must run on; `None` for any.
    pub target: Option<AgentId>,
    /// Agent that it was launched on; `None` before.
    pub agent: Option<AgentId>,
    /// Host name of that agent; empty if not known.
    pub hostname: String,
    /// How far it has come.
    pub phase: TaskPhase,
    /// Whether it is to be killed.
    pub kill: TaskKill,
    /// Its last state; `None` before the first.
    pub state: Option<TaskState>,
    /// Text of the last state, for people, or Mesos' refusal of its launch.
    pub message: String,
    /// Reason of the last state, as `REASON_TASK_INVALID`; empty if there is none.
    pub reason: String,
    /// Sender of the last state, as `SOURCE_MASTER`; empty if not known.
    pub source: String,
    /// Time of the last state; `None` if not known.
    pub at: Option<Timestamp>,
    /// Whether its agent has ever reported it.
    pub is_started: bool,
    /// Its executor; empty before the first update.
    pub executor: ExecutorId,
    /// Its container; empty before the first update.
    pub container: String,
    /// Why the last offer was not enough; `None` if none came, or one was enough.
    pub unfit: Option<UnfitOffer>,
    /// Times of its life.
    pub times: TaskTimes,
    /// Whether it was given up since values of its environment variables, or passwords in its addresses, were not kept.
    pub is_incomplete: bool,
}

/// When a task was launched, ran and ended; each `None` if it has not, or if that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskTimes {
    /// When its last ACCEPT was sent, by this machine's clock.
    pub launched: Option<Timestamp>,
    /// Time of its first update as running.
    pub running: Option<Timestamp>,
    /// Time of its last state, if that is an end.
    pub ended: Option<Timestamp>,
}

impl RunTask {
    fn new(run: RunId, number: u32, target: Option<AgentId>) -> Self {
        Self {
            id: run.task(number, 1),
            run,
            number,
            attempt: 1,
            target,
            agent: None,
            hostname: String::new(),
            phase: TaskPhase::Waiting,
            kill: TaskKill::No,
            state: None,
            message: String::new(),
            reason: String::new(),
            source: String::new(),
            at: None,
            is_started: false,
            executor: ExecutorId::default(),
            container: String::new(),
            unfit: None,
            times: TaskTimes::default(),
            is_incomplete: false,
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.phase == TaskPhase::Ended
    }

    /// Whether it waits for an offer.
    pub fn waits(&self) -> bool {
        self.phase == TaskPhase::Waiting
    }

    /// Whether it may run, or be on its way to an agent.
    pub fn is_live(&self) -> bool {
        matches!(self.phase, TaskPhase::Launching(_) | TaskPhase::Launched)
    }
}
