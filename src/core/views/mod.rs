//! Pure selectors: `(&Cluster, &Query) -> Answer`. A query asks for a window of rows, never for a table.
//! Changes nothing, and knows nothing of who asks.

pub mod agent;
pub mod agents;
pub mod cannot;
mod changes;
pub mod entry;
pub mod executor;
pub mod executors;
pub mod export;
pub mod facets;
pub mod filter;
pub mod framework;
pub mod frameworks;
pub mod machines;
pub mod maintenance;
pub mod map;
pub mod master;
mod needle;
pub mod offers;
pub mod operations;
pub mod overview;
pub mod roles;
pub mod search;
pub mod standing;
pub mod table;
pub mod task;
pub mod tasks;
pub mod volumes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::agent::AgentDetail;
use self::agents::{AgentColumn, AgentRow};
use self::cannot::Whom;
use self::entry::{Entry, EntryKey};
use self::executor::{AgentFrameworkDetail, ExecutorDetail, ExecutorKey};
use self::executors::{ExecutorColumn, ExecutorRow};

use self::framework::FrameworkDetail;
use self::frameworks::{FrameworkColumn, FrameworkRow};
use self::machines::{MachineQuery, Machines};
use self::maintenance::Maintenance;
use self::map::{AgentMap, MapQuery};
use self::master::MasterDetail;
use self::offers::{OfferColumn, OfferRow};
use self::operations::{OperationColumn, OperationRow};
use self::overview::Overview;
use self::roles::{RoleColumn, RoleRow};
use crate::views::search::hit::Hit;

use self::table::{TableQuery, Window};
use self::task::TaskDetail;
use self::tasks::{TaskColumn, TaskRow};
use self::volumes::{VolumeColumn, VolumeRow};

use crate::actions;
use crate::actions::Act;
use crate::actions::plan::Plan;
use crate::actions::quotas::Budget;
use crate::base::ids::{AgentId, FrameworkId, Role, TaskKey};
use crate::base::units::Timestamp;
use crate::checks::can::WhyNot;
use crate::checks::trouble::Trouble;
use crate::cluster::Cluster;
use crate::cluster::change::Change;
use crate::cluster::history::{History, Sample};
use crate::cluster::part::Part;
use crate::cluster::unknown::{Reading, Unknown};

/// What a view may ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Query {
    Overview,
    /// The latest changes that the filter lets through, so many.
    Changes(String, u32),
    /// Tasks by state over the session's time.
    History,
    AgentMap(MapQuery),
    /// The agent of one cell of the map: the group's number, and the cell's in it.
    AgentCell(MapQuery, u32, u32),
    Agents(TableQuery<AgentColumn>),
    Agent(AgentId),
    /// A framework on one agent.
    AgentFramework(AgentId, FrameworkId),
    Executors(TableQuery<ExecutorColumn>),
    Executor(ExecutorKey),
    Frameworks(TableQuery<FrameworkColumn>),
    Framework(FrameworkId),
    Tasks(TableQuery<TaskColumn>),
    Task(TaskKey),
    Roles(TableQuery<RoleColumn>),
    Offers(TableQuery<OfferColumn>),
    Operations(TableQuery<OperationColumn>),
    /// Reservations and persistent volumes.
    Volumes(TableQuery<VolumeColumn>),
    /// An offer, an operation or a role.
    Entry(EntryKey),
    /// The answer to a read, as it was sent.
    Body(Part),
    Maintenance,
    Master,
    /// Over all tables but those of tasks and of executors.
    Search(String),
    SearchExecutors(String),
    /// Over tasks, which takes longer: the first of them, or all others.
    SearchTasks {
        text: String,
        rest: bool,
    },
    Trouble,
    /// What changes would do to the cluster as it is. The number comes back with the answer, which says nothing of other changes.
    Plans(u32, Vec<Act>),
    /// What can be done to none of some objects.
    Cannot(Whom),
    /// What there is for a role's quota.
    Budget(Role),
    /// The weights of roles as they stand.
    Weights(Vec<Role>),
    /// What each role's fair share would be with these weights.
    Shares(Vec<(Role, f64)>),
    /// Machines to choose.
    Machines(MachineQuery),
}

impl Query {
    /// The whole table in place of a window of it.
    fn whole(mut self) -> Self {
        let window = match &mut self {
            Self::Agents(query) => (&mut query.first, &mut query.count),
            Self::Frameworks(query) => (&mut query.first, &mut query.count),
            Self::Tasks(query) => (&mut query.first, &mut query.count),
            Self::Roles(query) => (&mut query.first, &mut query.count),
            Self::Offers(query) => (&mut query.first, &mut query.count),
            Self::Executors(query) => (&mut query.first, &mut query.count),
            Self::Operations(query) => (&mut query.first, &mut query.count),
            Self::Volumes(query) => (&mut query.first, &mut query.count),
            Self::Overview
            | Self::History
            | Self::Changes(..)
            | Self::Entry(_)
            | Self::Body(_)
            | Self::AgentMap(_)
            | Self::AgentCell(..)
            | Self::Agent(_)
            | Self::AgentFramework(..)
            | Self::Executor(_)
            | Self::Framework(_)
            | Self::Task(_)
            | Self::Maintenance
            | Self::Master
            | Self::Search(_)
            | Self::SearchExecutors(_)
            | Self::SearchTasks { .. }
            | Self::Trouble
            | Self::Plans(..)
            | Self::Cannot(_)
            | Self::Budget(_)
            | Self::Weights(_)
            | Self::Shares(_)
            | Self::Machines(_) => return self,
        };
        (*window.0, *window.1) = (0, u32::MAX);
        self
    }

    /// What it shows of that which only reads tell.
    pub fn parts(&self) -> &'static [Part] {
        match self {
            Self::Overview => {
                &[Part::Agents, Part::Frameworks, Part::Metrics, Part::Quota, Part::Schedule, Part::Machines]
            }
            Self::Agents(_) | Self::AgentMap(_) | Self::AgentCell(..) => &[Part::Agents, Part::Metrics],
            Self::Volumes(_) => &[Part::Agents],
            Self::Agent(_) => &[Part::Agents, Part::Executors, Part::Machines, Part::Schedule, Part::Metrics],
            Self::AgentFramework(..) | Self::Executors(_) | Self::Executor(_) => &[Part::Executors],
            Self::Frameworks(_) | Self::Framework(_) => &[Part::Frameworks, Part::Metrics],
            // The counts tell of updates that were lost.
            Self::Tasks(_) | Self::Task(_) => &[Part::Metrics],
            Self::Changes(..) | Self::History | Self::Trouble => &[],
            Self::Roles(_) | Self::Entry(EntryKey::Role(_)) => {
                &[Part::Roles, Part::Weights, Part::Quota, Part::Frameworks, Part::Agents]
            }
            Self::Offers(_) | Self::Entry(EntryKey::Offer(_)) => &[Part::Frameworks],
            Self::Operations(_) | Self::Entry(EntryKey::Operation(_)) => &[Part::Operations],
            Self::Body(Part::Schedule) => &[Part::Schedule],
            Self::Body(Part::Machines) => &[Part::Machines],
            Self::Body(_) => &[],
            Self::Maintenance => &[Part::Schedule, Part::Machines, Part::Agents, Part::Frameworks],
            Self::Master => &[Part::Metrics],
            Self::Search(_) => &[Part::Frameworks, Part::Operations, Part::Machines],
            Self::SearchExecutors(_) => &[Part::Executors],
            Self::SearchTasks { .. } => &[],
            Self::Plans(_, acts) => acts.first().map_or(&[], Act::parts),
            Self::Machines(_) => &[Part::Schedule, Part::Machines],
            Self::Weights(_) | Self::Shares(_) => &[Part::Weights, Part::Roles],
            Self::Cannot(_) => &[Part::Agents],
            Self::Budget(_) => &[Part::Quota, Part::Agents, Part::Roles],
        }
    }
}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Overview(Box<Overview>),
    /// The newest first.
    Changes(Vec<Change>),
    /// The oldest first.
    History(Vec<Sample>),
    AgentMap(Box<AgentMap>),
    /// `None` if the map has no such cell.
    AgentCell(Option<Box<AgentRow>>),
    Agents(Window<AgentRow>),
    Agent(Result<Box<AgentDetail>, Absent>),
    /// Absent if the cluster knows neither the agent nor a task that it had of the framework.
    AgentFramework(Result<Box<AgentFrameworkDetail>, Absent>),
    Executors(Window<ExecutorRow>),
    /// Absent if the cluster knows neither the agent nor a task of the executor.
    Executor(Result<Box<ExecutorDetail>, Absent>),
    Frameworks(Window<FrameworkRow>),
    Framework(Result<Box<FrameworkDetail>, Absent>),
    Tasks(Window<TaskRow>),
    Task(Result<Box<TaskDetail>, Absent>),
    Roles(Window<RoleRow>),
    Offers(Window<OfferRow>),
    Operations(Window<OperationRow>),
    Volumes(Window<VolumeRow>),
    Entry(Result<Box<Entry>, Absent>),
    /// Empty if it has not come, or is not kept.
    Body(String),
    Maintenance(Box<Maintenance>),
    /// The best first.
    Search(Vec<Hit>),
    Master(Box<MasterDetail>),
    Trouble(Box<Trouble>),
    /// In the order of the changes, with the number that they were asked for by.
    Plans(u32, Vec<Plan>),
    /// For each thing that can be done, why to none of them, if to none.
    Cannot(Vec<Option<WhyNot>>),
    /// The role, and what there is for it.
    Budget(Role, Reading<Vec<Budget>>),
    /// In the order of the roles.
    Weights(Vec<Reading<f64>>),
    /// By role, from 0 to 1; none for roles among which a weight is not known.
    Shares(BTreeMap<String, f64>),
    Machines(Box<Machines>),
}

/// An object of which a page is shown, and what of it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// As `the page of a task`.
    pub what: &'static str,
    pub id: String,
    /// Each field, and why.
    pub fields: Vec<String>,
    pub json: String,
}

impl Answer {
    /// What of the object that it is about could not be read; `None` if it could, or is about more than one.
    pub fn unreadable(&self) -> Option<Unreadable> {
        let (what, id, fields, json) = match self {
            Self::Task(Ok(of)) => {
                ("the page of a task", format!("{} {}", of.row.framework, of.row.id), &of.unreadable, &of.json)
            }
            Self::Agent(Ok(of)) => ("the page of an agent", of.row.id.0.clone(), &of.unreadable, &of.json),
            Self::Framework(Ok(of)) => ("the page of a framework", of.row.id.0.clone(), &of.unreadable, &of.json),
            Self::Executor(Ok(of)) => {
                ("the page of an executor", format!("{} {}", of.told.framework, of.told.id), &of.unreadable, &of.json)
            }
            Self::Entry(Ok(of)) => {
                let (_, json) = of.json.first()?;
                ("the page of an offer, operation or role", json.chars().take(200).collect(), &of.unreadable, json)
            }
            _ => return None,
        };
        let (fields, json) = (fields.clone(), json.clone());
        (!fields.is_empty()).then_some(Unreadable { what, id, fields, json })
    }

    /// Whether it is of a table without a row, whatever the filter.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Agents(window) => window.total == 0,
            Self::Frameworks(window) => window.total == 0,
            Self::Tasks(window) => window.total == 0,
            _ => false,
        }
    }
}

/// Why there is no answer about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Absent {
    /// The cluster's state has not come whole, and what has come does not have it.
    Arriving,
    /// The part of the state that would tell of it is not known.
    Unread(Part, Unknown),
    /// The cluster does not know it.
    Unknown,
    /// An agent that is on no list, and whose tasks tell that an operator has marked it gone.
    Gone,
}

/// What answers are made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub cluster: &'a Cluster,
    /// What went wrong on the way.
    pub trouble: &'a Trouble,
    pub history: &'a History,
}

/// Answers a query from the sources as they are.
pub fn answer(sources: Sources<'_>, query: &Query, now: Timestamp) -> Answer {
    let Sources { cluster, trouble, history } = sources;
    // Nothing below compares this machine's clock with what the cluster dated.
    let time = cluster.time(now);
    let absent = if cluster.arriving() { Absent::Arriving } else { Absent::Unknown };
    match query {
        Query::Overview => Answer::Overview(Box::new(overview::overview(cluster, history, time))),
        Query::Changes(filter, count) => Answer::Changes(changes::changes(cluster, filter, *count)),
        Query::History => Answer::History(history.samples().to_vec()),
        Query::AgentMap(query) => Answer::AgentMap(Box::new(map::map(cluster, query))),
        Query::AgentCell(query, group, number) => {
            Answer::AgentCell(map::cell(cluster, query, *group, *number).map(Box::new))
        }
        Query::Agents(query) => Answer::Agents(agents::agents(cluster, query)),
        Query::Agent(id) => {
            let absent = if absent == Absent::Unknown && cluster.is_gone(id) { Absent::Gone } else { absent };
            Answer::Agent(agent::agent(cluster, id).map(Box::new).ok_or(absent))
        }
        Query::AgentFramework(agent, framework) => {
            Answer::AgentFramework(executor::agent_framework(cluster, agent, framework).map(Box::new).ok_or(absent))
        }
        Query::Executors(query) => Answer::Executors(executors::executors(cluster, query)),
        Query::Executor(key) => Answer::Executor(executor::executor(cluster, key).map(Box::new).ok_or(absent)),
        Query::Frameworks(query) => Answer::Frameworks(frameworks::frameworks(cluster, query)),
        Query::Framework(id) => Answer::Framework(framework::framework(cluster, id).map(Box::new).ok_or(absent)),
        Query::Tasks(query) => Answer::Tasks(tasks::tasks(cluster, query, time)),
        Query::Task(key) => Answer::Task(task::task(cluster, key).map(Box::new).ok_or(absent)),
        Query::Roles(query) => Answer::Roles(roles::roles(cluster, query)),
        Query::Offers(query) => Answer::Offers(offers::offers(cluster, query)),
        Query::Search(text) => Answer::Search(search::search(cluster, text)),
        Query::SearchExecutors(text) => Answer::Search(search::executors(cluster, text)),
        Query::SearchTasks { text, rest } => Answer::Search(search::tasks::tasks(cluster, text, *rest)),
        Query::Operations(query) => Answer::Operations(operations::operations(cluster, query)),
        Query::Volumes(query) => Answer::Volumes(volumes::volumes(cluster, query)),
        Query::Entry(key) => {
            // What only a read tells is not absent before that.
            let unread = |part: &Part| {
                let never = || cluster.asked(*part).is_none().then_some(&Unknown::NotYet);
                let why = cluster.unknown(*part).or_else(never)?;
                Some(Absent::Unread(*part, why.clone()))
            };
            let own: &[Part] = match key {
                EntryKey::Offer(_) => &[Part::Frameworks],
                EntryKey::Operation(_) => &[Part::Operations],
                EntryKey::Role(_) => &[Part::Roles, Part::Weights, Part::Quota],
            };
            let absent = own.iter().find_map(unread).unwrap_or(absent);
            Answer::Entry(entry::entry(cluster, key).map(Box::new).ok_or(absent))
        }
        Query::Body(part) => Answer::Body(cluster.body(*part).unwrap_or_default().to_owned()),
        Query::Maintenance => Answer::Maintenance(Box::new(maintenance::maintenance(cluster))),
        Query::Master => Answer::Master(Box::new(master::master(cluster))),
        Query::Trouble => Answer::Trouble(Box::new(trouble.clone())),
        Query::Plans(number, acts) => {
            Answer::Plans(*number, acts.iter().map(|each| actions::preview::plan(cluster, each, now)).collect())
        }
        Query::Cannot(whom) => Answer::Cannot(cannot::cannot(cluster, whom)),
        Query::Weights(roles) => {
            Answer::Weights(roles.iter().map(|role| actions::weights::weight_of(cluster, role)).collect())
        }
        Query::Shares(weights) => Answer::Shares(actions::weights::shares(cluster, weights)),
        Query::Machines(query) => Answer::Machines(Box::new(machines::machines(cluster, query))),
        Query::Budget(role) => Answer::Budget(role.clone(), actions::quotas::budget(cluster, role)),
    }
}
