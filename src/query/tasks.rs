//! The table of tasks: live, unreachable and completed ones in one.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, Sort, TableQuery, Window, window};
use crate::cluster::{Cluster, Section, Task, TaskState};
use crate::ids::{AgentId, FrameworkId, TaskId};
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

/// The rows asked for.
pub fn tasks(cluster: &Cluster, query: &TableQuery<TaskColumn>) -> Window<TaskRow> {
    let items = cluster.tasks().map(|task| Item { cluster, task });
    let tie = |a: &Item<'_>, b: &Item<'_>| b.task.serial().cmp(&a.task.serial());
    let window = window(items, query, by_column, tie, |item| row(cluster, item.task));
    Window { arriving: cluster.arriving(), ..window }
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

const fn health_name(healthy: Option<bool>) -> &'static str {
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
