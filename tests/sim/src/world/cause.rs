//! Causes of task states: source and reason of a TaskStatus, in Mesos' words.

/// Content of a status besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A plain report of the executor.
    Plain,
    Healthy,
    Unhealthy,
    Exit(u8),
    Killed,
    Terminated,
    Memory,
    Fetch,
    Image,
    /// The agent's machine has no such user.
    NoUser,
    ExecutorGone,
    AgentTimeout,
    AgentUnregistered,
    /// The agent was marked gone.
    AgentGone,
    /// The agent is gone, for a framework without PARTITION_AWARE.
    AgentGoneLost,
    /// An operator took the machine down.
    MachineDown,
    FrameworkRemoved,
    /// The agent drains, and the task was asked to end.
    Draining,
    /// The task ended on request.
    DrainedSoftly,
    /// The task did not end on request and was killed.
    DrainedHard,
    /// The task has exceeded its `max_completion_time`.
    CompletionTime,
}

impl Cause {
    /// Whether the master created the status: such statuses have no uuid, executor or container.
    pub(crate) fn is_the_masters(self) -> bool {
        self.source() == "SOURCE_MASTER"
    }

    pub(crate) fn source(self) -> &'static str {
        match self {
            Cause::AgentTimeout | Cause::AgentUnregistered | Cause::AgentGone | Cause::AgentGoneLost => "SOURCE_MASTER",
            Cause::MachineDown | Cause::FrameworkRemoved => "SOURCE_MASTER",
            Cause::Memory | Cause::Fetch | Cause::Image | Cause::NoUser | Cause::ExecutorGone => "SOURCE_AGENT",
            Cause::Plain | Cause::Healthy | Cause::Unhealthy => "SOURCE_EXECUTOR",
            Cause::Exit(_) | Cause::Killed | Cause::Terminated => "SOURCE_EXECUTOR",
            Cause::Draining | Cause::DrainedSoftly | Cause::DrainedHard => "SOURCE_EXECUTOR",
            Cause::CompletionTime => "SOURCE_EXECUTOR",
        }
    }

    pub(crate) fn reason(self) -> Option<&'static str> {
        match self {
            Cause::Plain | Cause::Exit(_) | Cause::Killed | Cause::Terminated => None,
            Cause::Healthy | Cause::Unhealthy => Some("REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"),
            Cause::Memory => Some("REASON_CONTAINER_LIMITATION_MEMORY"),
            Cause::Fetch | Cause::Image => Some("REASON_CONTAINER_LAUNCH_FAILED"),
            Cause::ExecutorGone | Cause::NoUser => Some("REASON_EXECUTOR_TERMINATED"),
            Cause::AgentTimeout | Cause::AgentUnregistered | Cause::AgentGoneLost | Cause::MachineDown => {
                Some("REASON_AGENT_REMOVED")
            }
            Cause::AgentGone => Some("REASON_AGENT_REMOVED_BY_OPERATOR"),
            Cause::Draining | Cause::DrainedSoftly | Cause::DrainedHard => Some("REASON_AGENT_DRAINING"),
            Cause::FrameworkRemoved => Some("REASON_FRAMEWORK_REMOVED"),
            Cause::CompletionTime => Some("REASON_MAX_COMPLETION_TIME_REACHED"),
        }
    }

    pub(crate) fn healthy(self) -> Option<bool> {
        match self {
            Cause::Healthy => Some(true),
            Cause::Unhealthy => Some(false),
            _ => None,
        }
    }
}
