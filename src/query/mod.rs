//! Pure selectors: `(&Cluster, &Query) -> Answer`. A query asks for a window of rows, never for a table.
//! Changes nothing, and knows nothing of who asks.

mod agent;
mod agents;
mod filter;
mod frameworks;
mod overview;
mod standing;
mod table;
mod tasks;

use serde::{Deserialize, Serialize};

pub use agent::AgentDetail;
pub use agents::{AgentColumn, AgentRow, AgentState};
pub use filter::Filter;
pub use frameworks::{FrameworkColumn, FrameworkRow, FrameworkState};
pub use overview::{AgentCounts, Capacity, Overview, TaskCounts};
pub use standing::{MasterSummary, Standing, standing};
pub use table::{Column, Sort, TableQuery, Window};
pub use tasks::{TaskColumn, TaskRow};

use crate::cluster::{Cluster, Part};
use crate::ids::AgentId;
use crate::units::Timestamp;

/// What a view may ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Query {
    Overview,
    Agents(TableQuery<AgentColumn>),
    Agent(AgentId),
    Frameworks(TableQuery<FrameworkColumn>),
    Tasks(TableQuery<TaskColumn>),
}

impl Query {
    /// What it shows of that which only reads tell.
    pub const fn parts(&self) -> &'static [Part] {
        match self {
            Self::Overview => &[Part::Agents, Part::Frameworks, Part::Metrics, Part::Quota, Part::Machines],
            Self::Agents(_) => &[Part::Agents, Part::Metrics],
            Self::Agent(_) => &[Part::Agents, Part::Executors, Part::Machines, Part::Metrics],
            Self::Frameworks(_) => &[Part::Frameworks, Part::Metrics],
            Self::Tasks(_) => &[],
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
    Frameworks(Window<FrameworkRow>),
    Tasks(Window<TaskRow>),
}

/// Answers a query from the cluster as it is.
pub fn answer(cluster: &Cluster, query: &Query, now: Timestamp) -> Answer {
    match query {
        Query::Overview => Answer::Overview(Box::new(overview::overview(cluster, now))),
        Query::Agents(query) => Answer::Agents(agents::agents(cluster, query)),
        Query::Agent(id) => Answer::Agent(agent::agent(cluster, id).map(Box::new)),
        Query::Frameworks(query) => Answer::Frameworks(frameworks::frameworks(cluster, query)),
        Query::Tasks(query) => Answer::Tasks(tasks::tasks(cluster, query)),
    }
}
