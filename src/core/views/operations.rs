//! The table of operations on resources: those that frameworks or operators began and that are not over for the master.

use serde::{Deserialize, Serialize};

use super::filter::Row;
use super::table::{Column, ColumnOrder, Sort, TableQuery, TableWindow, by_text, window};
use crate::base::ids::{AgentId, FrameworkId};
use crate::base::skew::ClusterTime;
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::mesos::wire::detail::Operation;

/// Columns of the table of operations, in their order from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationColumn {
    /// Type of the operation, such as `RESERVE`.
    Kind,
    /// State of the operation, such as `FINISHED`.
    State,
    /// The framework that started it, by name.
    Framework,
    /// The agent whose resources it changes, by host name.
    Agent,
    /// The framework's id for it, or else its UUID.
    Id,
    /// Message of its latest status.
    Message,
}

impl OperationColumn {
    /// Its name in filters and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::State => "state",
            Self::Framework => "framework",
            Self::Agent => "agent",
            Self::Id => "id",
            Self::Message => "message",
        }
    }
}

impl Column for OperationColumn {
    type Row = OperationRow;
    const ALL: &'static [Self] = &[Self::Kind, Self::State, Self::Framework, Self::Agent, Self::Id, Self::Message];
    const DEFAULT: Sort<Self> = Sort { column: Self::State, descending: false };
    const WORDS: &'static [&'static str] = &["kind", "state", "framework", "agent", "message", "id"];
    const NUMBERS: &'static [&'static str] = &[];
    const TOPICS: &'static [Topic] = &[Topic::Operations];
    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn rows(cluster: &Cluster, query: &TableQuery<Self>, _now: ClusterTime) -> TableWindow<Self::Row> {
        operations(cluster, query)
    }
}

/// One operation, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationRow {
    /// Type of the operation, `Offer.Operation.type`, such as `RESERVE`.
    pub kind: String,
    /// State of the operation without `OPERATION_`, such as `FINISHED`.
    pub state: String,
    /// The framework that started it; empty if an operator did.
    pub framework: FrameworkId,
    /// Name of the framework; empty if an operator started it, or the framework was never reported.
    pub framework_name: String,
    /// The agent whose resources it changes; empty for a resource provider without an agent.
    pub agent: AgentId,
    /// Host name of the agent; empty if the agent was never reported.
    pub hostname: String,
    /// The framework's id for it; its UUID if the framework gave none.
    pub id: String,
    /// UUID that Mesos gave it, unique among all operations.
    pub uuid: String,
    /// Message of its latest status, `OperationStatus.message`; empty if it has none.
    pub message: String,
}

#[derive(Clone, Copy)]
struct OperationItem<'a> {
    reported: &'a Operation,
    framework_name: &'a str,
    hostname: &'a str,
}

impl<'a> OperationItem<'a> {
    fn of(cluster: &'a Cluster, reported: &'a Operation) -> Self {
        let framework = cluster.framework(&reported.framework.as_str().into());
        Self {
            reported,
            framework_name: framework.map_or("", |framework| &framework.name),
            hostname: cluster.hostname(&reported.agent.as_str().into()),
        }
    }
}

/// The operation with this UUID.
pub fn find(cluster: &Cluster, uuid: &str) -> Option<OperationRow> {
    let reported = cluster.operations().ok()?.iter().find(|reported| reported.uuid == uuid)?;
    Some(row(OperationItem::of(cluster, reported)))
}

/// The requested rows.
fn operations(cluster: &Cluster, query: &TableQuery<OperationColumn>) -> TableWindow<OperationRow> {
    let item = |reported| OperationItem::of(cluster, reported);
    let tie = |a: &OperationItem<'_>, b: &OperationItem<'_>| a.reported.uuid.cmp(&b.reported.uuid);
    let window = window(cluster.operations().unwrap_or_default().iter().map(item), query, by_column, tie, row);
    TableWindow { arriving: cluster.arriving(), ..window }
}

fn row(item: OperationItem<'_>) -> OperationRow {
    OperationRow {
        kind: item.reported.kind.clone(),
        state: state(item.reported).to_owned(),
        framework: item.reported.framework.as_str().into(),
        framework_name: item.framework_name.to_owned(),
        agent: item.reported.agent.as_str().into(),
        hostname: item.hostname.to_owned(),
        id: id(item.reported).to_owned(),
        uuid: item.reported.uuid.clone(),
        message: item.reported.message.clone(),
    }
}

fn state(reported: &Operation) -> &str {
    reported.state.strip_prefix("OPERATION_").unwrap_or(&reported.state)
}

fn id(reported: &Operation) -> &str {
    if reported.id.is_empty() { &reported.uuid } else { &reported.id }
}

fn by_column(a: &OperationItem<'_>, b: &OperationItem<'_>, column: OperationColumn) -> ColumnOrder {
    let (x, y) = (a.reported, b.reported);
    match column {
        OperationColumn::Kind => by_text(&x.kind, &y.kind),
        OperationColumn::State => by_text(state(x), state(y)),
        OperationColumn::Framework => by_text(a.framework_name, b.framework_name),
        OperationColumn::Agent => by_text(a.hostname, b.hostname),
        OperationColumn::Id => id(x).cmp(id(y)).into(),
        OperationColumn::Message => by_text(&x.message, &y.message),
    }
}

impl Row for OperationItem<'_> {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        let reported = self.reported;
        [
            &reported.kind,
            state(reported),
            &reported.id,
            &reported.uuid,
            &reported.message,
            self.framework_name,
            self.hostname,
        ]
        .into_iter()
        .any(contains)
    }

    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        let reported = self.reported;
        match name {
            "kind" => matches(&reported.kind),
            "state" => matches(state(reported)),
            "framework" => matches(self.framework_name) || matches(&reported.framework),
            "agent" | "host" => matches(self.hostname) || matches(&reported.agent),
            "id" | "operation" => matches(&reported.id) || matches(&reported.uuid),
            "message" => matches(&reported.message),
            _ => false,
        }
    }

    fn number(&self, _: &str) -> Option<f64> {
        None
    }
}
