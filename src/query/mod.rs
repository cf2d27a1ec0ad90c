//! Pure selectors: `(&Cluster, &Query) -> Answer`. A query asks for a window of rows, never for a table.
//! Changes nothing, and knows nothing of who asks.

mod agent;
mod agents;
mod filter;
mod overview;
mod standing;

use serde::{Deserialize, Serialize};

pub use agent::AgentDetail;
pub use agents::{AgentColumn, AgentRow, AgentState, AgentsQuery};
pub use filter::Filter;
pub use overview::{AgentCounts, Capacity, Overview, TaskCounts};
pub use standing::{MasterSummary, Standing, standing};

use crate::cluster::{Cluster, Part};
use crate::ids::AgentId;
use crate::units::Timestamp;

/// What a view may ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Query {
    Overview,
    Agents(AgentsQuery),
    Agent(AgentId),
}

impl Query {
    /// What it shows of that which only reads tell.
    pub const fn parts(&self) -> &'static [Part] {
        match self {
            Self::Overview => &[Part::Agents, Part::Frameworks, Part::Metrics, Part::Quota, Part::Machines],
            Self::Agents(_) => &[Part::Agents, Part::Metrics],
            Self::Agent(_) => &[Part::Agents, Part::Executors, Part::Machines, Part::Metrics],
        }
    }
}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Overview(Box<Overview>),
    Agents(Window<AgentRow>),
    /// `None` if the cluster does not know the agent.
    Agent(Option<Box<AgentDetail>>),
}

/// Some rows of a table, and where they stand in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window<R> {
    /// Rows in the table.
    pub total: u32,
    /// Rows that the filter lets through.
    pub matched: u32,
    /// The number of the first of `rows` among the matched, in the order asked for.
    pub first: u32,
    pub rows: Vec<R>,
    /// More rows are on their way: the snapshot has not come whole yet.
    pub arriving: bool,
}

/// A column and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort<C> {
    pub column: C,
    pub descending: bool,
}

/// Answers a query from the cluster as it is.
pub fn answer(cluster: &Cluster, query: &Query, now: Timestamp) -> Answer {
    match query {
        Query::Overview => Answer::Overview(Box::new(overview::overview(cluster, now))),
        Query::Agents(query) => Answer::Agents(agents::agents(cluster, query)),
        Query::Agent(id) => Answer::Agent(agent::agent(cluster, id).map(Box::new)),
    }
}
