//! The cluster's state, normalised by id, as the master has reported it. Only `fold` writes it. Counts and sums are
//! updated with each event; `check` rebuilds them from the rows and compares.

pub mod agent;
pub mod apply_reread;
pub mod arrived_object;
pub mod change;
pub mod change_detection;
pub mod change_log;
mod consistency;
pub mod container_ids;
pub mod executor;
mod executors;
mod failure_counts;
pub(crate) mod fold;
pub mod framework;
pub mod history;
mod hosts;
mod index;
mod interner;
pub mod json_store;
mod last_hosts;
mod numbered;
pub mod offer;
pub mod report;
mod reread;
pub mod role;
pub mod role_sums;
mod roles;
pub mod row_changes;
pub mod task;
mod tasks;
pub mod topic;
pub mod unknown;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use self::agent::Agent;
use self::change::Change;
use self::json_store::StoredJson;
use crate::mesos::wire::detail::Operation;

use self::framework::Framework;

use self::topic::Topic;

use self::role::{Machine, ReportedRole};

use self::task::{MasterTaskList, Task, TaskCountDifference, TaskCounts};

use self::unknown::{Fetched, Unknown};

use self::change_log::{ChangeLog, Dropped};
use self::executor::Executors;
use self::interner::{Interner, Slot};
use self::json_store::JsonStore;
use self::last_hosts::LastHosts;
use self::reread::{Reread, TakenOver};
use self::tasks::{RowId, Tasks};
use crate::base::ids::{AgentId, FrameworkId, Role, TaskKey};
use crate::base::skew::{ClusterTime, Skew};
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::mesos::calls::maintenance::Schedule;
use crate::mesos::calls::quota::QuotaStatus;
use crate::mesos::wire;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::json_splitter::UnknownList;

/// The leading master, as GET_MASTER reports it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Master {
    /// Id of the master, `MasterInfo.id`, new at each start of its process.
    pub id: String,
    /// Host name of the master, `MasterInfo.hostname`.
    pub hostname: String,
    /// TCP port of its API, `MasterInfo.port`.
    pub port: u16,
    /// Version of Mesos that the master runs, such as `1.11.0`; empty if it was not reported.
    pub version: String,
    /// Time at which its process started, `GetMaster.start_time`.
    pub started: Option<Timestamp>,
    /// Time at which it was elected leader, `GetMaster.elected_time`.
    pub elected: Option<Timestamp>,
}

/// Smallest size of a task in a snapshot, including its share of all else, in bytes.
const BYTES_A_TASK: u64 = 2500;
/// Size hints are untrusted; this caps the reservation.
const MOST_EXPECTED: usize = 1 << 20;

/// The copy of the cluster's state.
#[derive(Debug, Default)]
pub struct Cluster {
    agents: Interner<AgentSlot>,
    last_hosts: LastHosts,
    frameworks: Interner<FrameworkSlot>,
    /// Resources of live tasks, by role.
    roles: Interner<RoleSlot>,
    /// Number of tasks, by the labels' text.
    labels: Interner<u32>,
    /// Reasons of statuses. There are few, and they stay.
    reasons: Interner<()>,
    tasks: Tasks,
    executors: Executors,
    counts: TaskCounts,
    blobs: JsonStore,
    log: ChangeLog,
    name: Option<String>,
    /// Whether the snapshot is complete.
    whole: bool,
    /// Time at which the first object of the snapshot arrived.
    began: Option<Timestamp>,
    heartbeat: Option<f64>,
    /// Completed frameworks, in the order in which they ended.
    completed_frameworks: VecDeque<Slot>,
    /// Agents that an event removed, and when; an answer requested before that may still list them.
    departed: BTreeMap<AgentId, Timestamp>,
    /// The read of all tasks in progress.
    reread: Option<Reread>,
    /// Tasks as a read of all tasks had them, whose own events may still come.
    taken_over: BTreeMap<RowId, TakenOver>,
    limits: HistoryLimits,
    /// Whether the limits are the master's own flags; else they are Mesos' defaults, raised to fit the snapshot.
    limits_reported: bool,
    /// The latest answers to reads of what no event reports.
    reported: PolledState,
    /// Lists in the snapshot and in later reads that this build does not know.
    unknown_lists: Vec<UnknownList>,
    revision: u64,
    /// Offset of the cluster's clock from this machine's.
    skew: Skew,
    differences: Vec<TaskCountDifference>,
    /// How far agents' clocks are ahead of the cluster's, where that was measured and is notable.
    agents_ahead: HashMap<AgentId, Nanoseconds>,
    /// Timestamps of events, each with the agent whose clock it is by; `stamped` is the latest time that the master gave to
    /// anything, `dated_ahead` the latest time of each agent's statuses that it dated ahead of now. All stay until they are
    /// taken.
    events_at: Vec<(Timestamp, Option<AgentId>)>,
    stamped: Option<Timestamp>,
    dated_ahead: HashMap<Slot, Timestamp>,
}

/// Answers to reads of what no event announces (PROTOCOL.md, "Events that do not exist").
#[derive(Debug)]
struct PolledState {
    master: Fetched<Master>,
    flags: Fetched<Vec<(String, String)>>,
    roles: Fetched<Vec<ReportedRole>>,
    weights: Fetched<BTreeMap<Role, f64>>,
    quota: Fetched<QuotaStatus>,
    /// Roles with a quota of which something cannot be read.
    unreadable_quotas: BTreeSet<Role>,
    schedule: Fetched<Schedule>,
    machines: Fetched<Vec<Machine>>,
    operations: Fetched<Vec<Operation>>,
    metrics: Fetched<BTreeMap<String, f64>>,
    /// Bodies of answers that contain the JSON of single objects.
    bodies: BTreeMap<Topic, Box<str>>,
    /// Misfits of answers that could not be read whole.
    misread: BTreeMap<Topic, Misfit>,
    /// Time at which the latest answer of each topic was requested.
    asked: BTreeMap<Topic, Timestamp>,
    /// Why GET_FRAMEWORKS brought no offers, while it never did.
    offers_unread: Option<Unknown>,
}

impl Default for PolledState {
    fn default() -> Self {
        Self {
            master: Err(Unknown::NotYet),
            flags: Err(Unknown::NotYet),
            roles: Err(Unknown::NotYet),
            weights: Err(Unknown::NotYet),
            quota: Err(Unknown::NotYet),
            unreadable_quotas: BTreeSet::new(),
            schedule: Err(Unknown::NotYet),
            machines: Err(Unknown::NotYet),
            operations: Err(Unknown::NotYet),
            metrics: Err(Unknown::NotYet),
            bodies: BTreeMap::new(),
            misread: BTreeMap::new(),
            asked: BTreeMap::new(),
            offers_unread: None,
        }
    }
}

/// How many ended objects the master keeps; the defaults are those of its flags (src/master/constants.hpp).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryLimits {
    /// Completed tasks kept per framework, flag `--max_completed_tasks_per_framework`.
    pub completed_tasks_per_framework: usize,
    /// Unreachable tasks kept per framework, flag `--max_unreachable_tasks_per_framework`.
    pub unreachable_tasks_per_framework: usize,
    /// Completed frameworks kept, flag `--max_completed_frameworks`.
    pub completed_frameworks: usize,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self { completed_tasks_per_framework: 1000, unreachable_tasks_per_framework: 1000, completed_frameworks: 50 }
    }
}

impl HistoryLimits {
    fn of(&self, section: MasterTaskList) -> usize {
        match section {
            MasterTaskList::Live => usize::MAX,
            MasterTaskList::Unreachable => self.unreachable_tasks_per_framework,
            MasterTaskList::Completed => self.completed_tasks_per_framework,
        }
    }
}

/// Number and resources of live tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Load {
    tasks: u32,
    used: Quantities,
    /// Number of those tasks whose resources cannot be read; `used` leaves them out.
    unread: u32,
}

impl Load {
    fn of(task: &Task) -> Self {
        Self { tasks: 1, used: task.used, unread: u32::from(task.is_unread) }
    }

    fn add(&mut self, other: Self) {
        self.tasks += other.tasks;
        self.used += other.used;
        self.unread += other.unread;
    }

    fn remove(&mut self, other: Self) {
        self.tasks = self.tasks.saturating_sub(other.tasks);
        self.used -= other.used;
        self.unread = self.unread.saturating_sub(other.unread);
    }
}

/// Everything that is known of an agent's id; tasks may name agents that the state does not list, or not yet.
#[derive(Debug, Default)]
struct AgentSlot {
    known: Option<Agent>,
    load: Load,
    /// Its tasks, of any section, in no order that means anything.
    rows: Vec<RowId>,
    /// Its last host name, for tasks that outlive it.
    hostname: Box<str>,
    /// Time of the last event about it.
    heard: Option<Timestamp>,
    /// Whether the list being read has not mentioned it yet.
    stale: bool,
}

#[derive(Debug, Default)]
struct FrameworkSlot {
    known: Option<Framework>,
    load: Load,
    /// Its tasks, of any section, in no order that means anything.
    rows: Vec<RowId>,
    /// Its completed tasks, in the order in which they ended.
    completed: VecDeque<RowId>,
    /// Its unreachable tasks, in the order in which they became so.
    unreachable: VecDeque<RowId>,
    /// Time of the last event about it.
    heard: Option<Timestamp>,
    /// Whether the list being read has not mentioned it yet.
    stale: bool,
}

impl FrameworkSlot {
    fn ring(&mut self, section: MasterTaskList) -> Option<&mut VecDeque<RowId>> {
        match section {
            MasterTaskList::Live => None,
            MasterTaskList::Unreachable => Some(&mut self.unreachable),
            MasterTaskList::Completed => Some(&mut self.completed),
        }
    }
}

#[derive(Debug, Default)]
struct RoleSlot {
    load: Load,
    /// Tasks of any section that refer to this slot.
    references: u32,
}

impl Cluster {
    /// Reserves memory for a snapshot of `bytes` bytes.
    pub fn make_room(&mut self, bytes: u64) {
        self.tasks.reserve(usize::try_from(bytes / BYTES_A_TASK).unwrap_or(0).min(MOST_EXPECTED));
    }

    /// The cluster's clock now. Only this may be compared with times that the cluster reports.
    pub fn time(&self, now: Timestamp) -> ClusterTime {
        self.skew.at(now)
    }

    /// A number that changes with every change; equal revisions mean equal answers.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether the snapshot is still incomplete.
    pub fn arriving(&self) -> bool {
        !self.whole
    }

    /// The master's interval between heartbeats, in seconds; `None` if it was not reported.
    pub fn heartbeat_seconds(&self) -> Option<f64> {
        self.heartbeat
    }

    /// The leading master.
    pub fn master(&self) -> Fetched<&Master> {
        self.reported.master.as_ref().map_err(Unknown::clone)
    }

    /// The cluster's name, from the flag `--cluster`; `None` without the flag, or if flags are not readable.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The master's flags as names and values, in its own order.
    pub fn flags(&self) -> Fetched<&[(String, String)]> {
        self.reported.flags.as_deref().map_err(Unknown::clone)
    }

    /// All agents, in no order that means anything.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.unsorted().filter_map(|(_, _, slot)| slot.known.as_ref())
    }

    /// Resources of all agents that can be reached.
    pub fn total(&self) -> Quantities {
        self.agents().filter(|agent| agent.is_there()).map(|agent| agent.total).sum()
    }

    /// The agent with this id; `None` if the state lists no such agent.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(self.agents.find(id.as_str())?)?.known.as_ref()
    }

    /// All frameworks, completed ones included, in no order that means anything.
    pub fn frameworks(&self) -> impl Iterator<Item = &Framework> {
        self.frameworks.unsorted().filter_map(|(_, _, slot)| slot.known.as_ref())
    }

    /// The framework with this id; `None` if the state lists no such framework.
    pub fn framework(&self, id: &FrameworkId) -> Option<&Framework> {
        self.frameworks.get(self.frameworks.find(id.as_str())?)?.known.as_ref()
    }

    /// All tasks, in no order that means anything.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.unsorted()
    }

    /// Number of tasks that the state holds, in any section.
    pub fn tasks_held(&self) -> usize {
        self.tasks.count()
    }

    /// The task with this key: the live one, else the unreachable one, else the newest completed one.
    pub fn task(&self, key: &TaskKey) -> Option<&Task> {
        let framework = self.frameworks.find(key.framework.as_str())?;
        self.tasks.get(self.tasks.find(framework, key.task.as_str())?)
    }

    /// All tasks of an agent, in no order that means anything.
    pub fn tasks_of<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Task> + use<'a> {
        let entry = self.agents.find(agent.as_str()).and_then(|slot| self.agents.get(slot));
        entry.into_iter().flat_map(|entry| &entry.rows).filter_map(|row| self.tasks.get(*row))
    }

    /// All tasks of a framework, in no order that means anything.
    pub fn tasks_of_framework<'a>(&'a self, framework: &FrameworkId) -> impl Iterator<Item = &'a Task> + use<'a> {
        let entry = self.frameworks.find(framework.as_str()).and_then(|slot| self.frameworks.get(slot));
        entry.into_iter().flat_map(|entry| &entry.rows).filter_map(|row| self.tasks.get(*row))
    }

    /// A framework's completed tasks, in the order in which they ended.
    pub fn completed_tasks_of<'a>(&'a self, framework: &FrameworkId) -> impl Iterator<Item = &'a Task> {
        let entry = self.frameworks.find(framework.as_str()).and_then(|slot| self.frameworks.get(slot));
        entry.into_iter().flat_map(|entry| &entry.completed).filter_map(|row| self.tasks.get(*row))
    }

    /// Completed frameworks, in the order in which they ended.
    pub fn completed_frameworks(&self) -> impl Iterator<Item = &Framework> {
        self.completed_frameworks.iter().filter_map(|slot| self.frameworks.get(*slot)?.known.as_ref())
    }

    /// Id and name of the task's framework; the name is empty if it was never reported.
    pub fn framework_of(&self, task: &Task) -> (FrameworkId, String) {
        let name = self
            .frameworks
            .get(task.framework)
            .and_then(|slot| slot.known.as_ref())
            .map(|framework| framework.name.clone());
        (self.frameworks.id(task.framework).into(), name.unwrap_or_default())
    }

    /// Name of a task's framework; empty if it was never reported.
    pub fn framework_name_of(&self, task: &Task) -> &str {
        self.framework_name_at(task.framework)
    }

    fn framework_name_at(&self, slot: Slot) -> &str {
        let known = self.frameworks.get(slot).and_then(|slot| slot.known.as_ref());
        known.map_or("", |framework| framework.name.as_str())
    }

    /// The id of a task's framework.
    pub fn framework_id_of(&self, task: &Task) -> &str {
        self.frameworks.id(task.framework)
    }

    /// The id of a task's agent.
    pub fn agent_id_of(&self, task: &Task) -> &str {
        self.agents.id(task.agent)
    }

    /// The task's agent.
    pub fn agent_of(&self, task: &Task) -> AgentId {
        self.agents.id(task.agent).into()
    }

    /// Host name of a task's agent; empty if it was never reported.
    pub fn hostname_of(&self, task: &Task) -> &str {
        self.agents.get(task.agent).map_or("", |entry| &entry.hostname)
    }

    /// The role that a task's resources are allocated to; `None` if it cannot be read.
    pub fn role_of(&self, task: &Task) -> Option<&str> {
        Some(self.roles.id(task.role)).filter(|role| *role != task::UNKNOWN_ROLE)
    }

    /// The task's labels, each as `key=value`.
    pub fn labels_of(&self, task: &Task) -> impl Iterator<Item = &str> {
        wire::task::LabelsText::split(self.labels.id(task.labels))
    }

    /// The task's labels in one text, for searches.
    pub fn labels_text_of(&self, task: &Task) -> &str {
        self.labels.id(task.labels)
    }

    /// Time of the task's newest change, by the cluster's clock as far as its agent's was measured: of its newest status, or
    /// else of the event that brought the change. `None` if that is not known.
    pub fn changed_at(&self, task: &Task) -> Option<Timestamp> {
        task.updated().and(self.unchanged_since(task))
    }

    /// A time at which the task was known to be as it is: of its newest change, or else when it was first seen so.
    pub fn unchanged_since(&self, task: &Task) -> Option<Timestamp> {
        let ahead = if task.is_by_cluster() { Nanoseconds(0) } else { self.ahead_of(task) };
        let updated = task.updated.map(|at| at + Nanoseconds(-ahead.0));
        updated.or(self.began)
    }

    /// Time at which the task was first seen running, by the cluster's clock as far as its agent's was measured.
    pub fn started_at(&self, task: &Task) -> Option<Timestamp> {
        task.started.map(|at| at + Nanoseconds(-self.ahead_of(task).0))
    }

    /// How far an agent's clock is ahead of the cluster's; 0 where that was not measured.
    pub fn agent_ahead(&self, agent: &AgentId) -> Nanoseconds {
        self.agents_ahead.get(agent).copied().unwrap_or_default()
    }

    /// How far the clock of the task's agent is ahead of the cluster's; 0 where that was not measured.
    pub fn ahead_of(&self, task: &Task) -> Nanoseconds {
        if self.agents_ahead.is_empty() {
            return Nanoseconds(0);
        }
        self.agents_ahead.get(self.agent_id_of(task)).copied().unwrap_or_default()
    }

    /// The reason of the task's newest status, as `REASON_TASK_UNHEALTHY`; empty if it has none.
    pub fn reason_of(&self, task: &Task) -> &str {
        self.reasons.id(task.reason)
    }

    /// A task as the master reported it, with all statuses that came since, as JSON.
    pub fn task_json(&self, task: &Task) -> String {
        let later: Vec<String> = task.later.iter().map(|(_, blob)| self.json(*blob)).collect();
        wire::task_json::with_statuses(&self.json(task.json), task.state, &later)
    }

    /// Lists that the master sent and this build does not know; their contents are not shown anywhere.
    pub fn unknown_lists(&self) -> &[UnknownList] {
        &self.unknown_lists
    }

    /// Numbers of tasks by state.
    pub fn task_counts(&self) -> &TaskCounts {
        &self.counts
    }

    /// Numbers of some tasks by state; `None` if the snapshot is incomplete and has brought none of them yet.
    pub fn counts_of<'a>(&self, tasks: impl Iterator<Item = &'a Task>) -> Option<TaskCounts> {
        let counts = TaskCounts::of(tasks);
        (self.whole || counts != TaskCounts::default()).then_some(counts)
    }

    /// Lasting differences between the master's counts of tasks and the copy's: an update may have been lost.
    pub fn differences(&self) -> &[TaskCountDifference] {
        &self.differences
    }

    /// Takes over the result of a comparison of counts.
    pub fn report_differences(&mut self, differences: Vec<TaskCountDifference>) {
        if self.differences != differences {
            self.differences = differences;
            self.revision += 1;
        }
    }

    /// Time since which changes are noted; `None` before the first snapshot is complete.
    pub fn changes_since(&self) -> Option<Timestamp> {
        self.log.began()
    }

    /// How many changes are no longer kept: of tasks, and of all other objects.
    pub fn changes_dropped(&self) -> [Dropped; 2] {
        self.log.dropped()
    }

    /// The changes that are kept, newest first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.log.changes()
    }

    /// Numbers of tasks that failed, were lost or never started, by minute of the cluster's clock: the last hour, the oldest minute
    /// first. The last entry is the current minute, which is incomplete.
    pub fn failures_by_minute(&self, now: ClusterTime) -> Vec<u32> {
        self.log.failures().by_minute(now.get())
    }

    /// An object as the master prints it in JSON, with bytes that are no UTF-8 marked.
    pub fn json(&self, blob: StoredJson) -> String {
        wire::encoded::kept_text(&self.blobs.open(blob))
    }

    /// Memory that the objects as they came take, in bytes, compressed.
    pub fn json_held(&self) -> usize {
        self.blobs.held()
    }
}
