//! The table of executors: those that the master lists, and those that live tasks name.

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, known_first, window};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId};
use crate::base::skew::ClusterTime;
use crate::base::units::Quantities;
use crate::cluster::Cluster;
use crate::cluster::executor::PlacedExecutor;
use crate::cluster::topic::Topic;

/// Columns of the table of executors, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExecutorColumn {
    /// The executor's id.
    Id,
    /// The executor's name.
    Name,
    /// The framework, by name.
    Framework,
    /// The agent, by host name.
    Agent,
    /// Number of live tasks.
    Tasks,
    /// Processors of the executor itself, without its tasks'.
    Cpus,
    /// Memory of the executor itself, without its tasks'.
    Mem,
    /// Disk space of the executor itself, without its tasks'.
    Disk,
    /// Graphics processors of the executor itself, without its tasks'.
    Gpus,
    /// The role that its own resources are allocated to.
    Role,
    /// `ExecutorInfo.type`: `DEFAULT` or `CUSTOM`.
    Kind,
    /// The framework's own label for where the tasks come from, `ExecutorInfo.source`.
    Source,
}

impl ExecutorColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Framework => "framework",
            Self::Agent => "agent",
            Self::Tasks => "tasks",
            Self::Cpus => "cpus",
            Self::Mem => "mem",
            Self::Disk => "disk",
            Self::Gpus => "gpus",
            Self::Role => "role",
            Self::Kind => "type",
            Self::Source => "source",
        }
    }
}

impl Column for ExecutorColumn {
    type Row = ExecutorRow;
    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Name,
        Self::Framework,
        Self::Agent,
        Self::Tasks,
        Self::Cpus,
        Self::Mem,
        Self::Disk,
        Self::Gpus,
        Self::Role,
        Self::Kind,
        Self::Source,
    ];
    const DEFAULT: Sort<Self> = Sort { column: Self::Framework, descending: false };
    const WORDS: &'static [&'static str] = &["framework", "agent", "role", "name", "id", "type", "source"];
    const NUMBERS: &'static [&'static str] = &["tasks", "cpus", "mem", "disk", "gpus"];
    const TOPICS: &'static [Topic] = &[Topic::Executors];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        executors(cluster, query)
    }
}

/// One executor, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutorRow {
    /// The executor's id, unique within its framework on one agent.
    pub id: ExecutorId,
    /// The executor's name, `ExecutorInfo.name`; empty if none was reported.
    pub name: String,
    /// The framework that the executor belongs to.
    pub framework: FrameworkId,
    /// The framework's name; empty if the framework was never reported.
    pub framework_name: String,
    /// The agent that the executor runs on.
    pub agent: AgentId,
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: String,
    /// Number of live tasks that name it.
    pub tasks: u32,
    /// The role of its own resources; empty if it has none, `None` if it cannot be read.
    pub role: Option<String>,
    /// `ExecutorInfo.type`: `DEFAULT`, which is Mesos' own, or `CUSTOM`; empty if it was not reported.
    pub kind: String,
    /// The framework's own label for where the tasks come from, `ExecutorInfo.source`; empty if it has none.
    pub source: String,
    /// Its own resources, without its tasks'; `None` if they cannot be read.
    pub used: Option<Quantities>,
}

/// The requested rows.
fn executors(cluster: &Cluster, query: &TableQuery<ExecutorColumn>) -> TableWindow<ExecutorRow> {
    let tie = |a: &PlacedExecutor<'_>, b: &PlacedExecutor<'_>| {
        a.id.cmp(b.id).then_with(|| a.agent.cmp(b.agent)).then_with(|| a.framework.cmp(b.framework))
    };
    let window = window(cluster.executors(), query, by_column, tie, row);
    TableWindow { arriving: cluster.arriving(), ..window }
}

/// The executor as a row.
pub fn row(placed: PlacedExecutor<'_>) -> ExecutorRow {
    ExecutorRow {
        id: placed.id.into(),
        name: placed.executor.name.clone(),
        framework: placed.framework.into(),
        framework_name: placed.framework_name.to_owned(),
        agent: placed.agent.into(),
        hostname: placed.hostname.to_owned(),
        tasks: placed.executor.tasks,
        role: placed.executor.role.clone(),
        kind: placed.executor.kind.clone(),
        source: placed.executor.source.clone(),
        used: placed.executor.used,
    }
}

fn by_column(a: &PlacedExecutor<'_>, b: &PlacedExecutor<'_>, column: ExecutorColumn) -> ColumnOrder {
    let (x, y) = (a.executor, b.executor);
    let by_amount = |of: fn(Quantities) -> f64| known_first(x.used.map(of), y.used.map(of), f64::total_cmp);
    match column {
        ExecutorColumn::Id => a.id.cmp(b.id).into(),
        ExecutorColumn::Name => by_text(&x.name, &y.name),
        ExecutorColumn::Framework => by_text(a.framework_name, b.framework_name),
        ExecutorColumn::Agent => by_text(a.hostname, b.hostname),
        ExecutorColumn::Tasks => x.tasks.cmp(&y.tasks).into(),
        ExecutorColumn::Cpus => by_amount(|of| of.cpus.as_f64()),
        ExecutorColumn::Mem => by_amount(|of| of.mem.as_f64()),
        ExecutorColumn::Disk => by_amount(|of| of.disk.as_f64()),
        ExecutorColumn::Gpus => by_amount(|of| of.gpus.as_f64()),
        ExecutorColumn::Role => known_first(x.role.as_ref(), y.role.as_ref(), Ord::cmp),
        ExecutorColumn::Kind => by_text(&x.kind, &y.kind),
        ExecutorColumn::Source => by_text(&x.source, &y.source),
    }
}

impl Row for PlacedExecutor<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let reported = self.executor;
        let texts = [
            self.id,
            &reported.name,
            self.framework_name,
            self.hostname,
            reported.role.as_deref().unwrap_or_default(),
            &reported.kind,
            &reported.source,
        ];
        texts.into_iter().any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "id" | "executor" => matches(self.id),
            "name" => matches(&self.executor.name),
            "role" => self.executor.role.as_deref().is_some_and(matches),
            "type" => matches(&self.executor.kind),
            "source" => matches(&self.executor.source),
            "framework" => matches(self.framework_name) || matches(self.framework),
            "agent" | "host" => matches(self.hostname) || matches(self.agent),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        Some(match name {
            "tasks" => f64::from(self.executor.tasks),
            _ => return self.executor.used?.named(name),
        })
    }
}
