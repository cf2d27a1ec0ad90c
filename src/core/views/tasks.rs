//! The table of tasks: live, unreachable and completed ones in one.

use super::view::{Cost, Sources, View};
use crate::cluster::topic::Topic;
use crate::views::facets::{health_name, reason};
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::facets::{self, FIELDS, FacetCounts, ValueNumbers};
use super::filter::{Filter, FilterOutcome, Row};
use super::kept_state::KeptState;
use super::kept_table::KeptTable;
use super::numbered_rows::NumberedRows;
use super::sort_key;
use super::table::{
    Column, ColumnOrder, EmptyReasons, Facet, Order, Sort, TableQuery, TableWindow, by_text, known_first, window,
};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::row_changes::ChangePosition;
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::state::TaskState;

/// Columns of the table of tasks, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TaskColumn {
    /// The task's name.
    Name,
    /// The task's id.
    Id,
    /// State of the task; sorts by list first, then by state.
    State,
    /// The framework, by name.
    Framework,
    /// The agent, by host name.
    Agent,
    /// The role that its resources are allocated to.
    Role,
    /// Processors of the task itself.
    Cpus,
    /// Memory of the task itself.
    Mem,
    /// Disk space of the task itself.
    Disk,
    /// Graphics processors of the task itself.
    Gpus,
    /// Resources other than the four amounts, such as ports.
    Others,
    /// Result of the health check.
    Health,
    /// Time at which it was first seen running.
    Started,
    /// Time of its newest status; `changed` in filters gives its age.
    Updated,
    /// Reason of its newest status.
    Reason,
    /// Message of its newest status.
    Message,
    /// The task's labels, as `key=value`.
    Labels,
    /// The framework, by id.
    FrameworkId,
    /// The agent, by id.
    AgentId,
    /// Id of the executor.
    Executor,
}

impl TaskColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Id => "id",
            Self::State => "state",
            Self::Framework => "framework",
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Others => "others",
            Self::Health => "health",
            Self::Started => "started",
            Self::Updated => "updated",
            Self::Reason => "reason",
            Self::Message => "message",
            Self::Labels => "label",
            Self::FrameworkId => "framework.id",
            Self::AgentId => "agent.id",
            Self::Executor => "executor",
        }
    }
}

impl Column for TaskColumn {
    type Row = TaskRow;
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Id,
        Self::State,
        Self::Framework,
        Self::Agent,
        Self::Role,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Others,
        Self::Health,
        Self::Started,
        Self::Updated,
        Self::Reason,
        Self::Message,
        Self::Labels,
        Self::FrameworkId,
        Self::AgentId,
        Self::Executor,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Updated, descending: true };
    const WORDS: &'static [&'static str] = &[
        "state",
        "framework",
        "agent",
        "role",
        "label",
        "reason",
        "health",
        "list",
        "name",
        "id",
        "executor",
        "container",
        "address",
        "message",
        "others",
    ];
    const NUMBERS: &'static [&'static str] = &["cpus", "mem", "disk", "gpus", "changed", "unchanged", "started"];
    // The counts tell of updates that were lost.
    const TOPICS: &'static [Topic] = &[Topic::Metrics];
    const COMES_FIRST: bool = true;
    const COST: Cost = Cost::Tasks;
    const AGING: &'static [&'static str] = &["changed", "unchanged", "started"];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, now: ClusterTime) -> TableWindow<Self::Row> {
        tasks(cluster, query, now)
    }

    fn answer_kept(
        kept: &mut KeptState,
        sources: Sources<'_>,
        query: &TableQuery<Self>,
        now: Timestamp,
    ) -> Option<TableWindow<Self::Row>> {
        let cluster = sources.cluster;
        if cluster.arriving() || query.ages() || query.values.is_some() || !is_of_all(&query.filter) {
            kept.clear();
            return Some(Self::answer(sources, query, now));
        }
        let rows = AllTasks { cluster, sort: query.sort, now: cluster.time(now) };
        let rows_at_once = kept.rows_at_once;
        let table = kept.of::<KeptTable<Self>>();
        let is_done = table.update(&rows, query, rows_at_once);
        is_done.then(|| table.window(&rows, query, cluster.tasks_held(), |item| row(cluster, item.task)))
    }
}

/// One task, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task's id, unique among its framework's live tasks.
    pub id: TaskId,
    /// The task's name, which need not be unique.
    pub name: String,
    /// The framework that the task belongs to.
    pub framework: FrameworkId,
    /// The framework's name; empty if the framework was never reported.
    pub framework_name: String,
    /// The agent that it runs on, or ran on.
    pub agent: AgentId,
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: String,
    /// The role that its resources are allocated to; `None` if it cannot be read.
    pub role: Option<String>,
    /// State of the task, or how it ended.
    pub state: TaskState,
    /// The master's list that has the task.
    pub section: MasterTaskList,
    /// Id of its executor, whose sandbox it shares; the task's own id if it runs without one.
    pub executor: ExecutorId,
    /// The task's own resources, without its executor's; `None` if they cannot be read.
    pub used: Option<Quantities>,
    /// Its resources that are no amounts, as `ports [31000-31002]`; empty if it has none, `None` if they cannot be read.
    pub others: Option<String>,
    /// Result of its latest health check; `None` without a health check or before its first result.
    pub healthy: Option<bool>,
    /// Time at which it was first seen running, by its agent's clock.
    pub started: Option<Timestamp>,
    /// The time of its newest change, by the cluster's clock if `is_by_cluster`, else by its agent's; `None` if not known.
    pub updated: Option<Timestamp>,
    /// Whether `updated` is by the cluster's clock: the master made the status, or none has come.
    pub is_by_cluster: bool,
    /// How far its agent's clock is ahead of the cluster's; 0 where that was not measured.
    pub ahead: Nanoseconds,
    /// The newest status' reason, without `REASON_`; empty if it has none.
    pub reason: String,
    /// Message of its newest status; empty if it has none.
    pub message: String,
    /// Its labels, each as `key=value`.
    pub labels: Vec<String>,
    /// Sequence number among all tasks ever added, since ids repeat among completed tasks.
    pub serial: u64,
}

impl TaskRow {
    /// How far the clock of `updated` is ahead of the cluster's.
    pub fn updated_ahead(&self) -> Nanoseconds {
        if self.is_by_cluster { Nanoseconds(0) } else { self.ahead }
    }
}

/// A task with the cluster that resolves its owners, for filters.
#[derive(Clone, Copy)]
struct TaskItem<'a> {
    cluster: &'a Cluster,
    task: &'a Task,
    now: ClusterTime,
}

/// The requested rows, with counts of the values among the tasks that match.
fn tasks(cluster: &Cluster, query: &TableQuery<TaskColumn>, now: ClusterTime) -> TableWindow<TaskRow> {
    let mut counts = FacetCounts::default();
    let filter = Filter::parse(&query.filter);
    let mut blames = EmptyReasons::new(&filter);
    let items = candidates(cluster, &filter).map(|task| TaskItem { cluster, task, now }).filter(|item| {
        let outcome = filter.classify(item, &FIELDS);
        counts.add(outcome, facets::numbers(item.task));
        blames.note(item, outcome == FilterOutcome::Through)
    });
    let filtered = TableQuery { filter: String::new(), ..query.clone() };
    let window = window(items, &filtered, by_column, tie, |item| row(cluster, item.task));
    let total = u32::try_from(cluster.tasks_held()).unwrap_or(u32::MAX);
    let facets = if query.values.is_some() { window.facets } else { counts.reported(cluster, &filter) };
    let empty_reasons = blames.reported(cluster.tasks_held());
    TableWindow { total, arriving: cluster.arriving(), facets, empty_reasons, ..window }
}

/// Tasks that can match: one framework's or one agent's if the filter names its id, else all.
fn candidates<'a>(cluster: &'a Cluster, filter: &Filter) -> Box<dyn Iterator<Item = &'a Task> + 'a> {
    if let Some(id) =
        filter.exactly("framework.id").filter(|id| cluster.tasks_of_framework(&(*id).into()).next().is_some())
    {
        Box::new(cluster.tasks_of_framework(&id.into()))
    } else if let Some(id) = filter.exactly("agent.id").filter(|id| cluster.tasks_of(&(*id).into()).next().is_some()) {
        Box::new(cluster.tasks_of(&id.into()))
    } else {
        Box::new(cluster.tasks())
    }
}

/// Whether any task may match.
fn is_of_all(filter: &str) -> bool {
    let filter = Filter::parse(filter);
    filter.exactly("framework.id").is_none() && filter.exactly("agent.id").is_none()
}

/// All tasks by their numbers, in an order.
struct AllTasks<'a> {
    cluster: &'a Cluster,
    sort: Order<TaskColumn>,
    now: ClusterTime,
}

impl<'a> NumberedRows for AllTasks<'a> {
    type Item = TaskItem<'a>;

    fn numbers(&self) -> u32 {
        self.cluster.task_numbers()
    }

    fn item(&self, number: u32) -> Option<TaskItem<'a>> {
        let Self { cluster, now, .. } = *self;
        cluster.numbered_task(number).map(|task| TaskItem { cluster, task, now })
    }

    fn position(&self) -> ChangePosition {
        self.cluster.task_position()
    }

    fn changed_since(&self, position: ChangePosition) -> Option<impl Iterator<Item = u32>> {
        self.cluster.tasks_changed_since(position)
    }

    fn values(&self, item: &TaskItem<'a>) -> ValueNumbers {
        facets::numbers(item.task)
    }

    fn facets(&self, counts: &FacetCounts, filter: &Filter) -> Vec<Facet> {
        counts.reported(self.cluster, filter)
    }

    fn compare(&self, a: &TaskItem<'a>, b: &TaskItem<'a>) -> Ordering {
        self.sort.compare(a, b, &by_column).then_with(|| tie(a, b))
    }

    fn sort_key(&self, item: &TaskItem<'a>) -> u64 {
        let Sort { column, descending } = self.sort.first;
        let last = u64::MAX >> 1;
        let key = column_key(item, column).map(|key| key >> 1);
        key.map_or(u64::MAX, |key| if descending { last - key } else { key })
    }
}

/// A number by which tasks are compared first: it is not above that of any task that comes later by this column, ascending. `None`
/// without a value.
fn column_key(item: &TaskItem<'_>, column: TaskColumn) -> Option<u64> {
    let TaskItem { cluster, task, .. } = *item;
    let shown = |text: &str| Some(sort_key::of_text(text)).filter(|_| !text.is_empty());
    let amount = |of: fn(Quantities) -> f64| task.used().map(|used| sort_key::of_number(of(used)));
    match column {
        TaskColumn::Name => shown(task.name()),
        TaskColumn::Id => Some(sort_key::of_text(task.id())),
        TaskColumn::State => Some((task.section as u64) << 32 | (task.state as u64) << 1),
        TaskColumn::Framework => shown(cluster.framework_name_of(task)),
        TaskColumn::Agent => shown(cluster.hostname_of(task)),
        TaskColumn::Role => cluster.role_of(task).map(sort_key::of_text),
        TaskColumn::Cpus => amount(|of| of.cpus.as_f64()),
        TaskColumn::Mem => amount(|of| of.mem.as_f64()),
        TaskColumn::Disk => amount(|of| of.disk.as_f64()),
        TaskColumn::Gpus => amount(|of| of.gpus.as_f64()),
        TaskColumn::Others => shown(task.others()),
        TaskColumn::Health => task.healthy.map(|healthy| u64::from(healthy) << 1),
        TaskColumn::Started => cluster.started_at(task).map(sort_key::of_time),
        TaskColumn::Updated => cluster.changed_at(task).map(sort_key::of_time),
        TaskColumn::Reason => shown(cluster.reason_of(task)),
        TaskColumn::Message => shown(task.message()),
        TaskColumn::Labels => some_labels(cluster, task).map(|_| 0),
        TaskColumn::FrameworkId => Some(sort_key::of_text(cluster.framework_id_of(task))),
        TaskColumn::AgentId => Some(sort_key::of_text(cluster.agent_id_of(task))),
        TaskColumn::Executor => Some(sort_key::of_text(task.executor())),
    }
}

/// Numbers of all tasks that pass the filter, in the requested order.
pub(super) fn order(cluster: &Cluster, query: &TableQuery<TaskColumn>, now: ClusterTime) -> Vec<u32> {
    let filter = Filter::parse(&query.filter);
    let items = cluster.numbered_tasks().map(|(number, task)| (number, TaskItem { cluster, task, now }));
    let matched: Vec<(u32, TaskItem<'_>)> = items.filter(|(_, item)| filter.matches(item)).collect();
    let order = order::top_n(&matched, matched.len(), |(_, a), (_, b)| {
        query.sort.compare(a, b, &by_column).then_with(|| tie(a, b))
    });
    order.iter().filter_map(|at| matched.get(*at as usize)).map(|(number, _)| *number).collect()
}

/// The task with this number as a row, if it exists and passes the filter.
pub(super) fn numbered(cluster: &Cluster, number: u32, filter: &Filter, now: ClusterTime) -> Option<TaskRow> {
    let task = cluster.numbered_task(number)?;
    filter.matches(&TaskItem { cluster, task, now }).then(|| row(cluster, task))
}

/// Compares tasks so that the latest change comes first.
pub(super) fn newer(cluster: &Cluster, a: &Task, b: &Task) -> Ordering {
    cluster.changed_at(b).cmp(&cluster.changed_at(a))
}

/// Compares tasks so that the latest added comes first.
fn tie(a: &TaskItem<'_>, b: &TaskItem<'_>) -> Ordering {
    b.task.serial().cmp(&a.task.serial())
}

/// The task as a row.
pub fn row(cluster: &Cluster, task: &Task) -> TaskRow {
    let (framework, framework_name) = cluster.framework_of(task);
    TaskRow {
        id: task.id().into(),
        name: task.name().to_owned(),
        framework,
        framework_name,
        agent: cluster.agent_of(task),
        hostname: cluster.hostname_of(task).to_owned(),
        role: cluster.role_of(task).map(str::to_owned),
        state: task.state,
        section: task.section,
        used: task.used(),
        others: task.used().map(|_| task.others().to_owned()),
        healthy: task.healthy,
        started: task.started,
        updated: task.updated(),
        is_by_cluster: task.is_by_cluster(),
        ahead: cluster.ahead_of(task),
        reason: reason(cluster, task).to_owned(),
        message: task.message().to_owned(),
        labels: cluster.labels_of(task).map(str::to_owned).collect(),
        executor: task.executor().into(),
        serial: task.serial(),
    }
}

fn by_column(a: &TaskItem<'_>, b: &TaskItem<'_>, column: TaskColumn) -> ColumnOrder {
    let (cluster, a, b) = (a.cluster, a.task, b.task);
    let by_amount = |of: fn(Quantities) -> f64| known_first(a.used().map(of), b.used().map(of), f64::total_cmp);
    match column {
        TaskColumn::Name => by_text(a.name(), b.name()),
        TaskColumn::Id => a.id().cmp(b.id()).into(),
        TaskColumn::State => a.section.cmp(&b.section).then_with(|| a.state.cmp(&b.state)).into(),
        TaskColumn::Framework => by_text(cluster.framework_name_of(a), cluster.framework_name_of(b)),
        TaskColumn::Agent => by_text(cluster.hostname_of(a), cluster.hostname_of(b)),
        TaskColumn::Role => known_first(cluster.role_of(a), cluster.role_of(b), Ord::cmp),
        TaskColumn::Cpus => by_amount(|of| of.cpus.as_f64()),
        TaskColumn::Mem => by_amount(|of| of.mem.as_f64()),
        TaskColumn::Disk => by_amount(|of| of.disk.as_f64()),
        TaskColumn::Gpus => by_amount(|of| of.gpus.as_f64()),
        TaskColumn::Others => by_text(a.others(), b.others()),
        TaskColumn::Health => known_first(a.healthy, b.healthy, Ord::cmp),
        TaskColumn::Started => known_first(cluster.started_at(a), cluster.started_at(b), Ord::cmp),
        TaskColumn::Updated => known_first(cluster.changed_at(a), cluster.changed_at(b), Ord::cmp),
        TaskColumn::Reason => by_text(cluster.reason_of(a), cluster.reason_of(b)),
        TaskColumn::Message => by_text(a.message(), b.message()),
        TaskColumn::Labels => known_first(some_labels(cluster, a), some_labels(cluster, b), |a, b| {
            cluster.labels_of(a).cmp(cluster.labels_of(b))
        }),
        TaskColumn::FrameworkId => cluster.framework_id_of(a).cmp(cluster.framework_id_of(b)).into(),
        TaskColumn::AgentId => cluster.agent_id_of(a).cmp(cluster.agent_id_of(b)).into(),
        TaskColumn::Executor => a.executor().cmp(b.executor()).into(),
    }
}

/// The task, if it has any labels.
fn some_labels<'a>(cluster: &Cluster, task: &'a Task) -> Option<&'a Task> {
    Some(task).filter(|task| cluster.labels_of(task).next().is_some())
}

/// Name of the list that has a task, for filters.
const fn section_name(section: MasterTaskList) -> &'static str {
    match section {
        MasterTaskList::Live => "live",
        MasterTaskList::Unreachable => "unreachable",
        MasterTaskList::Completed => "completed",
    }
}

impl Row for TaskItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let Self { cluster, task, .. } = self;
        contains(task.name())
            || contains(task.id())
            || contains(task.addresses())
            || contains(task.state.name())
            || contains(cluster.framework_name_of(task))
            || contains(cluster.hostname_of(task))
            || cluster.role_of(task).is_some_and(&mut *contains)
            || contains(task.message())
            || contains(reason(cluster, task))
            || cluster.labels_of(task).any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let Self { cluster, task, .. } = self;
        match name {
            "name" => matches(task.name()),
            "id" | "task" => matches(task.id()),
            "state" if task.section == MasterTaskList::Unreachable => matches(TaskState::Unreachable.name()),
            "state" => matches(task.state.name()),
            "list" => matches(section_name(task.section)),
            "framework" => matches(cluster.framework_name_of(task)) || matches(cluster.framework_id_of(task)),
            "agent" | "host" => matches(cluster.hostname_of(task)) || matches(cluster.agent_id_of(task)),
            "framework.id" => matches(cluster.framework_id_of(task)),
            "agent.id" => matches(cluster.agent_id_of(task)),
            "executor" => matches(task.executor()),
            "container" => task.containers().any(|id| matches(&id)),
            "address" | "ip" => task.addresses().split(' ').any(matches),
            "role" => cluster.role_of(task).is_some_and(matches),
            "health" => matches(health_name(task.healthy)),
            "message" => matches(task.message()),
            "others" => task.used().is_some() && matches(task.others()),
            "reason" => matches(reason(cluster, task)),
            "label" => cluster.labels_of(task).any(matches),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        let minutes = |at: Option<Timestamp>| Some(self.now.since(at?).as_millis() as f64 / 60_000.0);
        match name {
            "changed" => minutes(self.cluster.changed_at(self.task)),
            "unchanged" => minutes(self.cluster.unchanged_since(self.task)),
            "started" => minutes(self.cluster.started_at(self.task)),
            _ => self.task.used()?.named(name),
        }
    }
}
