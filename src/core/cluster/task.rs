//! One task, as small as tables allow: at 400,000 of them, and as many completed, each byte is a megabyte.

use super::container_ids::{ContainerIds, IdPrefix};
use super::interner::Slot;
use super::json_store::StoredJson;
use crate::base::units::{Quantities, Timestamp};
use crate::mesos::wire;
use crate::mesos::wire::state::TaskState;

use serde::{Deserialize, Serialize};

/// The list of the master that has a task (PROTOCOL.md, "GET_TASKS").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MasterTaskList {
    /// Active, or ended without the framework's acknowledgement.
    Live,
    /// On an agent that the master has lost.
    Unreachable,
    /// Ended; the master keeps the last 1,000 of each framework by default.
    Completed,
}

/// Name in place of a role that is not known: no role has an empty name.
pub(super) const UNKNOWN_ROLE: &str = "";

/// A task of the cluster.
#[derive(Debug)]
pub struct Task {
    pub(super) framework: Slot,
    pub(super) agent: Slot,
    /// The role that its resources are allocated to; that without a name if it is not known.
    pub(super) role: Slot,
    /// Its labels, which tasks of one kind have in common.
    pub(super) labels: Slot,
    /// Reason of its newest status.
    pub(super) reason: Slot,
    /// Positions in the lists of rows of its agent and of its framework.
    pub(super) places: RowPositions,
    /// Whether another task has its key, since ids repeat among completed tasks (MESOS-6779).
    pub(super) repeated: bool,
    /// Whether its executor's id was reported rather than derived from its own.
    pub(super) has_executor: bool,
    /// Its containers' ids.
    pub(super) trace: ContainerIds,
    /// Id, name, executor id, addresses, other resources and message, one behind the other: one allocation in place of six.
    text: Box<str>,
    ends: [u32; 5],
    /// State of the task, or how it ended.
    pub state: TaskState,
    /// The master's list that has the task.
    pub section: MasterTaskList,
    /// Its own resources, without its executor's; none if they cannot be read, which `is_unread` says.
    pub(super) used: Quantities,
    /// Whether something of its resources cannot be read.
    pub(super) is_unread: bool,
    /// Time at which it was first seen running, or of its first status, by its agent's clock; `None` before.
    pub started: Option<Timestamp>,
    /// Time of its newest change, as `dated_by` says.
    pub(super) updated: Option<Timestamp>,
    /// What `updated` is by.
    pub(super) dated_by: DatedBy,
    /// Result of its latest health check; `None` without a health check or before its first result.
    pub healthy: Option<bool>,
    /// The state of its newest status, which may lag behind `state`.
    pub(super) last: TaskState,
    /// The task as the master reported it first.
    pub(super) json: StoredJson,
    /// The statuses that came since, the newest of each run of equal states.
    pub(super) later: Vec<(TaskState, StoredJson)>,
    /// Sequence number in the order in which tasks came, or ended.
    pub(super) serial: u64,
}

/// What the time of a task's newest change is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DatedBy {
    /// The agent made the status, and dated it by its own clock.
    Agent,
    /// The master made the status, or the change was seen as it came: the cluster's clock.
    Cluster,
    /// When the change came is not known: only that the task was as it is at that time, by the cluster's clock.
    FirstSeen,
}

/// Owners and shared texts of a task, by their slots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owners {
    pub(super) framework: Slot,
    pub(super) agent: Slot,
    pub(super) role: Slot,
    pub(super) labels: Slot,
    pub(super) reason: Slot,
}

/// Positions in the lists of rows that an agent and a framework keep.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowPositions {
    pub(super) agent: u32,
    pub(super) framework: u32,
}

/// The texts of a task, before they are packed.
#[derive(Clone, Copy, Default)]
pub(super) struct TaskTexts<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) executor: &'a str,
    /// With blanks between them.
    pub(super) addresses: &'a str,
    /// Its resources that are no amounts, as ports.
    pub(super) others: &'a str,
    pub(super) message: &'a str,
}

impl TaskTexts<'_> {
    fn pack(self) -> (Box<str>, [u32; 5]) {
        let parts = [self.id, self.name, self.executor, self.addresses, self.others];
        let [id, name, executor, addresses, others] = parts;
        let text = [id, name, executor, addresses, others, self.message].concat();
        let mut end = 0;
        let ends = parts.map(|part| {
            end += part.len();
            u32::try_from(end).unwrap_or(u32::MAX)
        });
        (text.into(), ends)
    }
}

impl Task {
    pub(super) fn new(of: Owners, texts: TaskTexts<'_>, state: TaskState, section: MasterTaskList) -> Self {
        let (text, ends) = texts.pack();
        Self {
            framework: of.framework,
            agent: of.agent,
            role: of.role,
            labels: of.labels,
            reason: of.reason,
            places: RowPositions::default(),
            repeated: false,
            has_executor: !texts.executor.is_empty(),
            trace: ContainerIds::default(),
            text,
            ends,
            state,
            section,
            used: Quantities::NONE,
            is_unread: false,
            started: None,
            updated: None,
            dated_by: DatedBy::Cluster,
            healthy: None,
            last: state,
            json: StoredJson::default(),
            later: Vec::new(),
            serial: 0,
        }
    }

    /// Time of its newest change, by its sender's clock: of its status, or of its coming if the event had no date. `None` if
    /// that is not known.
    pub fn updated(&self) -> Option<Timestamp> {
        self.updated.filter(|_| self.dated_by != DatedBy::FirstSeen)
    }

    /// Whether `updated` is by the cluster's clock: the master made the status, or none has come.
    pub fn is_by_cluster(&self) -> bool {
        self.dated_by != DatedBy::Agent
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.part(0, self.ends[0])
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.part(self.ends[0], self.ends[1])
    }

    /// Its executor's id; a task without one runs under its own id (MESOS-527).
    pub fn executor(&self) -> &str {
        let executor = self.part(self.ends[1], self.ends[2]);
        if executor.is_empty() { self.id() } else { executor }
    }

    /// Addresses of its container, separated by blanks; empty if none was reported.
    pub fn addresses(&self) -> &str {
        self.part(self.ends[2], self.ends[3])
    }

    /// Its resources that are no amounts, as `ports [31000-31002]`; empty if it has none.
    pub fn others(&self) -> &str {
        self.part(self.ends[3], self.ends[4])
    }

    /// Its names in one text, for searches: its id, its name, its executor's reported id, its addresses.
    pub fn called(&self) -> &str {
        self.part(0, self.ends[3])
    }

    /// Ids of its container and of the outermost container around that, as far as they were reported.
    pub fn containers(&self) -> impl Iterator<Item = String> {
        self.trace.texts()
    }

    /// Whether it runs, or ran, in a container whose id has this prefix.
    pub fn is_in(&self, container: &IdPrefix) -> bool {
        self.trace.begins_with(container)
    }

    /// Its own resources, without its executor's; `None` if they cannot be read.
    pub fn used(&self) -> Option<Quantities> {
        (!self.is_unread).then_some(self.used)
    }

    /// Message of its newest status; empty if it has none.
    pub fn message(&self) -> &str {
        self.text.get(self.ends[4] as usize..).unwrap_or_default()
    }

    /// Sequence number among all tasks ever added.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Small index of its framework, for counting.
    pub fn framework_number(&self) -> usize {
        self.framework.number()
    }

    /// Small index of its agent, for counting.
    pub fn agent_number(&self) -> usize {
        self.agent.number()
    }

    /// Small index of its labels, which tasks with equal labels share, for counting.
    pub fn labels_number(&self) -> usize {
        self.labels.number()
    }

    /// Small index of its newest status' reason, for counting.
    pub fn reason_number(&self) -> usize {
        self.reason.number()
    }

    /// Small index of its role, for counting.
    pub fn role_number(&self) -> usize {
        self.role.number()
    }

    /// Takes over a newer status: its message, and the container if it reports one.
    pub(super) fn set_status(&mut self, message: &str, container: &wire::task::TaskContainer<'_>) {
        let addresses = addresses(container);
        let kept = if container.line.is_empty() { self.addresses() } else { &addresses };
        if self.message() != message || self.addresses() != kept {
            let executor = self.part(self.ends[1], self.ends[2]);
            let others = self.others();
            let texts = TaskTexts { id: self.id(), name: self.name(), executor, addresses: kept, others, message };
            (self.text, self.ends) = texts.pack();
        }
        if !container.line.is_empty() {
            self.trace = ContainerIds::of(container);
        }
    }

    fn part(&self, from: u32, to: u32) -> &str {
        self.text.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// The container's addresses, separated by blanks.
pub(super) fn addresses(container: &wire::task::TaskContainer<'_>) -> String {
    container.addresses.iter().map(wire::scalar::Text::as_str).collect::<Vec<_>>().join(" ")
}

/// A state in which the master counts another number of tasks than its stream has reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskCountDifference {
    /// The state whose counts differ.
    pub state: TaskState,
    /// Number of tasks by the master's metrics.
    pub counted: u32,
    /// Number of tasks in the copy, by the master's stream.
    pub held: u32,
    /// Time since when the counts differ, by the cluster's clock.
    pub since: Timestamp,
}

/// Numbers of tasks by state, completed ones included as far as the master keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCounts {
    /// Accepted by the master, and not yet started: `TASK_STAGING`.
    pub staging: u32,
    /// Starting in their executors: `TASK_STARTING`.
    pub starting: u32,
    /// Running: `TASK_RUNNING`.
    pub running: u32,
    /// Being killed: `TASK_KILLING`.
    pub killing: u32,
    /// On agents that the master has lost: `TASK_UNREACHABLE`, or in the list of unreachable tasks.
    pub unreachable: u32,
    /// Ended successfully: `TASK_FINISHED`.
    pub finished: u32,
    /// Ended with a failure: `TASK_FAILED`.
    pub failed: u32,
    /// Killed on request: `TASK_KILLED`.
    pub killed: u32,
    /// Never started, since their description was invalid: `TASK_ERROR`.
    pub error: u32,
    /// Lost, by frameworks that are not partition-aware: `TASK_LOST`.
    pub lost: u32,
    /// Never started, since the launch failed: `TASK_DROPPED`.
    pub dropped: u32,
    /// Lost with their agents: `TASK_GONE` and `TASK_GONE_BY_OPERATOR`.
    pub gone: u32,
    /// Any other state: `TASK_UNKNOWN`, or one that this build does not know.
    pub other: u32,
    /// Tasks in the master's list `tasks`, including ended ones that are not acknowledged.
    live: u32,
    /// Tasks in the master's list `unreachable_tasks` whose state is `TASK_UNREACHABLE`.
    unreachable_by_state: u32,
}

impl TaskCounts {
    /// Counts some tasks.
    pub fn of<'a>(tasks: impl Iterator<Item = &'a Task>) -> Self {
        tasks.fold(Self::default(), |mut counts, task| {
            counts.add(task.state, task.section);
            counts
        })
    }

    /// Number of tasks that are neither unreachable nor completed.
    pub fn live(&self) -> u32 {
        self.live
    }

    /// What the metric `master/tasks_unreachable` counts: the list `unreachable_tasks` without its `TASK_LOST` tasks, which belong to
    /// frameworks without the capability `PARTITION_AWARE`.
    pub fn unreachable_by_state(&self) -> u32 {
        self.unreachable_by_state
    }

    /// Number of all tasks in the master's lists.
    pub fn all(&self) -> u32 {
        self.unreachable + self.live + self.completed()
    }

    /// Number of tasks that have ended, as far as the master keeps them.
    pub fn completed(&self) -> u32 {
        let Self {
            staging,
            starting,
            running,
            killing,
            finished,
            failed,
            killed,
            error,
            lost,
            dropped,
            gone,
            other,
            ..
        } = *self;
        let all = staging + starting + running + killing + finished + failed + killed + error + lost + dropped + gone;
        (all + other).saturating_sub(self.live)
    }

    pub(super) fn add(&mut self, state: TaskState, section: MasterTaskList) {
        let count = self.count(state, section);
        *count = count.saturating_add(1);
        self.live += u32::from(section == MasterTaskList::Live);
        self.unreachable_by_state += u32::from(is_unreachable_by_state(state, section));
    }

    pub(super) fn remove(&mut self, state: TaskState, section: MasterTaskList) {
        let count = self.count(state, section);
        *count = count.saturating_sub(1);
        self.live -= u32::from(section == MasterTaskList::Live && self.live > 0);
        let gone = u32::from(is_unreachable_by_state(state, section));
        self.unreachable_by_state = self.unreachable_by_state.saturating_sub(gone);
    }

    fn count(&mut self, state: TaskState, section: MasterTaskList) -> &mut u32 {
        match state {
            _ if section == MasterTaskList::Unreachable => &mut self.unreachable,
            TaskState::Staging => &mut self.staging,
            TaskState::Starting => &mut self.starting,
            TaskState::Running => &mut self.running,
            TaskState::Killing => &mut self.killing,
            TaskState::Unreachable => &mut self.unreachable,
            TaskState::Finished => &mut self.finished,
            TaskState::Failed => &mut self.failed,
            TaskState::Killed => &mut self.killed,
            TaskState::Error => &mut self.error,
            TaskState::Lost => &mut self.lost,
            TaskState::Dropped => &mut self.dropped,
            TaskState::Gone | TaskState::GoneByOperator => &mut self.gone,
            TaskState::Unknown | TaskState::Unrecognised => &mut self.other,
        }
    }
}

fn is_unreachable_by_state(state: TaskState, section: MasterTaskList) -> bool {
    section == MasterTaskList::Unreachable && state == TaskState::Unreachable
}
