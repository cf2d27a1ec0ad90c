//! The table of tasks: live, unreachable and completed ones in one.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::facets::Facets;
use super::filter::{Filter, Row};
use super::table::{Column, Sort, TableQuery, Window, window};
use crate::cluster::{Cluster, Section, Task, TaskState};
use crate::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use crate::order;
use crate::units::{Quantities, Timestamp};

/// The columns, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TaskColumn {
    Name,
    Id,
    State,
    Framework,
    Agent,
    Role,
    Cpus,
    Mem,
    Disk,
    Gpus,
    Health,
    Started,
    Updated,
    Message,
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
            Self::Health => "health",
            Self::Started => "started",
            Self::Updated => "updated",
            Self::Message => "message",
        }
    }
}

impl Column for TaskColumn {
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
        Self::Health,
        Self::Started,
        Self::Updated,
        Self::Message,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Updated, descending: true };
    fn name(self) -> &'static str {
        Self::name(self)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    pub id: TaskId,
    pub name: String,
    pub framework: FrameworkId,
    pub framework_name: String,
    pub agent: AgentId,
    /// Empty if the agent was never told.
    pub hostname: String,
    pub role: String,
    pub state: TaskState,
    pub section: Section,
    /// Whose sandbox it has.
    pub executor: ExecutorId,
    pub used: Quantities,
    /// The result of its health check, if it has one.
    pub healthy: Option<bool>,
    pub started: Option<Timestamp>,
    /// The time of its newest status.
    pub updated: Option<Timestamp>,
    /// The newest status' message.
    pub message: String,
    /// Its place among all tasks that were ever added: ids repeat among completed tasks.
    pub serial: u64,
}

/// A task beside the cluster that knows whose it is.
#[derive(Clone, Copy)]
struct Item<'a> {
    cluster: &'a Cluster,
    task: &'a Task,
}

/// The rows asked for, and how often the filtered tasks have which values.
pub fn tasks(cluster: &Cluster, query: &TableQuery<TaskColumn>) -> Window<TaskRow> {
    let mut facets = Facets::new(cluster, &query.filter);
    let items = cluster.tasks().map(|task| Item { cluster, task }).filter(|item| facets.takes(item.task, item));
    let filtered = TableQuery { filter: String::new(), ..*query };
    let window = window(items, &filtered, by_column, tie, |item| row(cluster, item.task));
    let total = u32::try_from(cluster.tasks_held()).unwrap_or(u32::MAX);
    Window { total, arriving: cluster.arriving(), facets: facets.told(), ..window }
}

/// The numbers of all tasks that the filter lets through, in the order asked for.
pub(super) fn order(cluster: &Cluster, query: &TableQuery<TaskColumn>) -> Vec<u32> {
    let filter = Filter::parse(&query.filter);
    let items = cluster.numbered_tasks().map(|(number, task)| (number, Item { cluster, task }));
    let matched: Vec<(u32, Item<'_>)> = items.filter(|(_, item)| filter.matches(item)).collect();
    let Sort { column, descending } = query.sort;
    let order = order::first_of(&matched, matched.len(), |(_, a), (_, b)| {
        let order = by_column(a, b, column);
        (if descending { order.reverse() } else { order }).then_with(|| tie(a, b))
    });
    order.iter().filter_map(|at| matched.get(*at as usize)).map(|(number, _)| *number).collect()
}

/// The task of that number as a row, if it is there and the filter lets it through.
pub(super) fn numbered(cluster: &Cluster, number: u32, filter: &Filter) -> Option<TaskRow> {
    let task = cluster.numbered_task(number)?;
    filter.matches(&Item { cluster, task }).then(|| row(cluster, task))
}

/// What came last stands first.
fn tie(a: &Item<'_>, b: &Item<'_>) -> Ordering {
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
        role: cluster.role_of(task).to_owned(),
        state: task.state,
        section: task.section,
        used: task.used,
        healthy: task.healthy,
        started: task.started,
        updated: task.updated,
        message: task.message().to_owned(),
        executor: task.executor().into(),
        serial: task.serial(),
    }
}

fn by_column(a: &Item<'_>, b: &Item<'_>, column: TaskColumn) -> Ordering {
    let (cluster, a, b) = (a.cluster, a.task, b.task);
    match column {
        TaskColumn::Name => a.name().cmp(b.name()),
        TaskColumn::Id => a.id().cmp(b.id()),
        TaskColumn::State => a.section.cmp(&b.section).then_with(|| a.state.cmp(&b.state)),
        TaskColumn::Framework => cluster.framework_name_of(a).cmp(cluster.framework_name_of(b)),
        TaskColumn::Agent => cluster.hostname_of(a).cmp(cluster.hostname_of(b)),
        TaskColumn::Role => cluster.role_of(a).cmp(cluster.role_of(b)),
        TaskColumn::Cpus => a.used.cpus.cmp(&b.used.cpus),
        TaskColumn::Mem => a.used.mem.cmp(&b.used.mem),
        TaskColumn::Disk => a.used.disk.cmp(&b.used.disk),
        TaskColumn::Gpus => a.used.gpus.cmp(&b.used.gpus),
        TaskColumn::Health => a.healthy.cmp(&b.healthy),
        TaskColumn::Started => a.started.cmp(&b.started),
        TaskColumn::Updated => a.updated.cmp(&b.updated),
        TaskColumn::Message => a.message().cmp(b.message()),
    }
}

/// The list that a task stands in, as a word to filter by.
const fn section_name(section: Section) -> &'static str {
    match section {
        Section::Live => "live",
        Section::Unreachable => "unreachable",
        Section::Completed => "completed",
    }
}

pub(super) const fn health_name(healthy: Option<bool>) -> &'static str {
    match healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "unknown",
    }
}

impl Row for Item<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let Self { cluster, task } = self;
        contains(task.name())
            || contains(task.id())
            || contains(task.state.name())
            || contains(cluster.framework_name_of(task))
            || contains(cluster.hostname_of(task))
            || contains(cluster.role_of(task))
            || contains(task.message())
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let Self { cluster, task } = self;
        match name {
            "name" => matches(task.name()),
            "id" | "task" => matches(task.id()),
            "state" => matches(task.state.name()) || (task.section == Section::Unreachable && matches("unreachable")),
            "list" => matches(section_name(task.section)),
            "framework" => matches(cluster.framework_name_of(task)) || matches(cluster.framework_id_of(task)),
            "agent" | "host" => matches(cluster.hostname_of(task)) || matches(cluster.agent_id_of(task)),
            "executor" => matches(task.executor()),
            "role" => matches(cluster.role_of(task)),
            "health" => matches(health_name(task.healthy)),
            "message" => matches(task.message()),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        const GIBIBYTE: f64 = 1_073_741_824.0;
        let used = self.task.used;
        Some(match name {
            "cpus" => used.cpus.as_f64(),
            "gpus" => used.gpus.as_f64(),
            "mem" => used.mem.as_f64() / GIBIBYTE,
            "disk" => used.disk.as_f64() / GIBIBYTE,
            _ => return None,
        })
    }
}
