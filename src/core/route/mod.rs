//! Addresses: `#/agents?filter=state%3Aactive`. One enum, one total parser, one printer; nothing else prints or parses them.
//! The law: `Route::parse(&route.to_string()) == route`, for any ids. Every deep link of the stock UI leads somewhere.

pub mod browse_params;
mod places;
pub mod problem;
pub mod run_params;
mod segment;
pub mod terminal_params;
#[cfg(test)]
mod tests;
mod title;

use std::fmt;

use self::browse_params::{place, write_place};
use self::run_params::{RunParams, run_params, write_run_params};
use self::segment::{EncodedText, PathSegment, decode, unescape, value};
use self::terminal_params::{TerminalParams, TerminalPlace};
use crate::base::ids::{AgentId, ExecutorId, FrameworkId, Role, TaskId};
use crate::mesos::wire::encoded::WireEncoding;

use self::browse_params::BrowseParams;

/// A page of the console. Every address begins with `#`, because a master serves nothing but `/`. The stock UI's addresses lead to
/// the same pages, `#/slaves…` too.
///
/// | address | route |
/// |---|---|
/// | `#/` | `Overview` |
/// | `#/agents?filter=…&sort=…` | `Agents` |
/// | `#/agents/:id` | `Agent` |
/// | `#/agents/:id/browse?path=…` | `AgentBrowse` |
/// | `#/agents/:id/frameworks/:id` | `AgentFramework` |
/// | `…/executors/:id` | `Executor` |
/// | `…/executors/:id/browse` | `ExecutorBrowse` |
/// | `…/executors/:id/tasks/:id/browse` | `TaskBrowse` |
/// | `…/tasks/:id/terminal?exec=…`, `…/executors/:id/terminal`, `#/agents/:id/containers/:id/terminal` | `Terminal` |
/// | `#/executors` | `Executors` |
/// | `#/frameworks` | `Frameworks` |
/// | `#/frameworks/:id` | `Framework` |
/// | `#/own-frameworks` | `OwnFrameworks` |
/// | `#/tasks` | `Tasks` |
/// | `#/frameworks/:id/tasks/:id` | `Task` |
/// | `#/roles` | `Roles` |
/// | `#/roles/:role` | `Role` |
/// | `#/offers` | `Offers` |
/// | `#/offers/:id` | `Offer` |
/// | `#/operations` | `Operations` |
/// | `#/operations/:uuid` | `Operation` |
/// | `#/volumes` | `Volumes` |
/// | `#/maintenance` | `Maintenance` |
/// | `#/master` | `Master` |
/// | `#/master/browse?path=/master/log` | `MasterBrowse` |
/// | `#/run?agent=…&filter=…&count=…&role=…&command=…` | `Run` |
/// | `#/runs/:id?filter=…&sort=…` | `RunResults` |
/// | `#/my-changes`, earlier `#/journal` | `MyChanges` |
/// | `#/events?filter=…&sort=…` | `Events` |
/// | `#/diagnostics`, earlier `#/trouble` | `Diagnostics` |
/// | `#/trouble` | `Trouble` |
/// | `#/help` | `Help` |
/// | anything else | `Unknown` |
///
/// Every table takes `filter`, `sort` and `columns`. [`BrowseParams`] has the parameters of the browse routes. Those of executors and tasks find the
/// sandbox on the agent first, and then lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The overview: problems, capacity and counts.
    Overview,
    /// The table of agents.
    Agents(TableParams),
    /// An agent, by its id.
    Agent(AgentId),
    /// A folder or file of an agent, by its path.
    AgentBrowse(AgentId, BrowseParams),
    /// A framework on one agent.
    AgentFramework(AgentId, FrameworkId),
    /// An executor: its agent, its framework and its id.
    Executor(AgentId, FrameworkId, ExecutorId),
    /// An executor's sandbox, which the page finds first. `path` is relative to it.
    ExecutorBrowse(AgentId, FrameworkId, ExecutorId, BrowseParams),
    /// A task's folder in its executor's sandbox, which the page finds first.
    TaskBrowse(AgentId, FrameworkId, ExecutorId, TaskId, BrowseParams),
    /// The form that opens a terminal.
    Terminal(TerminalPlace, TerminalParams),
    /// The table of executors.
    Executors(TableParams),
    /// The table of frameworks, completed ones included.
    Frameworks(TableParams),
    /// A framework, by its id.
    Framework(FrameworkId),
    /// The frameworks that this browser runs commands with.
    OwnFrameworks,
    /// The table of tasks.
    Tasks(TableParams),
    /// A task: its framework and its id.
    Task(FrameworkId, TaskId),
    /// The table of roles.
    Roles(TableParams),
    /// A role, by its full name, such as `eng/web`.
    Role(Role),
    /// The table of offers and inverse offers.
    Offers(TableParams),
    /// An offer or an inverse offer, by its id.
    Offer(String),
    /// The table of operations on resources.
    Operations(TableParams),
    /// An operation, by its UUID.
    Operation(String),
    /// The table of reservations and persistent volumes.
    Volumes(TableParams),
    /// The maintenance schedule.
    Maintenance,
    /// The leading master.
    Master,
    /// The master's own log.
    MasterBrowse(BrowseParams),
    /// Diagnostics: what could not be decoded, and which calls failed.
    Diagnostics,
    /// The table of events: every change of the cluster since the page opened.
    Events(TableParams),
    /// The writes that this tab has sent.
    MyChanges,
    /// The form that runs a command on agents.
    Run(RunParams),
    /// The results of a run, by its id.
    RunResults(String, TableParams),
    /// Help: keys, filters, files, changes, colours.
    Help,
    /// An address that leads to no page, as typed.
    Unknown(String),
}

/// The parameters of a table's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TableParams {
    /// The filter, as typed; empty for all rows.
    pub filter: String,
    /// Column and direction of the order, such as `cpus` or `-cpus`; empty for the table's default order.
    pub sort: String,
    /// Names of the visible columns, joined by commas; empty for the browser's own choice.
    pub columns: String,
}

/// Encoding of the master's stream that an address asks for by its part from `?` to `#`: protobuf for `?wire=protobuf`.
pub fn encoding(search: &str) -> WireEncoding {
    let mut parameters = search.trim_start_matches('?').split('&');
    if parameters.any(|parameter| parameter == "wire=protobuf") { WireEncoding::Protobuf } else { WireEncoding::Json }
}

impl Route {
    /// Parses the part of an address from `#` on; the `#` may be missing. Total: unknown addresses give `Unknown`.
    pub fn parse(hash: &str) -> Self {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let parts: Option<Vec<String>> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        parts.and_then(|parts| known(&parts, query)).unwrap_or_else(|| Self::Unknown(hash.to_owned()))
    }

    /// The table's parameters; `None` if the page is no table.
    pub fn table(&mut self) -> Option<&mut TableParams> {
        match self {
            Self::Agents(table)
            | Self::Executors(table)
            | Self::Frameworks(table)
            | Self::Tasks(table)
            | Self::Roles(table)
            | Self::Offers(table)
            | Self::Operations(table)
            | Self::Volumes(table)
            | Self::Events(table)
            | Self::RunResults(_, table) => Some(table),
            Self::Overview
            | Self::Agent(_)
            | Self::AgentBrowse(..)
            | Self::AgentFramework(..)
            | Self::Executor(..)
            | Self::ExecutorBrowse(..)
            | Self::TaskBrowse(..)
            | Self::Terminal(..)
            | Self::Framework(_)
            | Self::OwnFrameworks
            | Self::Task(..)
            | Self::Role(_)
            | Self::Offer(_)
            | Self::Operation(_)
            | Self::Maintenance
            | Self::Master
            | Self::MasterBrowse(_)
            | Self::Diagnostics
            | Self::MyChanges
            | Self::Run(_)
            | Self::Help
            | Self::Unknown(_) => None,
        }
    }

    /// The route without the parameters of its table or its files: while this stays equal, the page stays.
    pub fn page(&self) -> Self {
        let mut page = self.clone();
        if let Some(table) = page.table() {
            *table = TableParams::default();
        }
        if let Self::AgentBrowse(_, place) | Self::MasterBrowse(place) = &mut page {
            *place = BrowseParams::of(std::mem::take(&mut place.path));
        }
        page
    }
}

fn known(parts: &[String], query: &str) -> Option<Route> {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Some(match parts.as_slice() {
        [] => Route::Overview,
        ["agents" | "slaves"] => Route::Agents(table(query)?),
        ["agents" | "slaves", agent, rest @ ..] => of_agent(unescape(agent).into(), rest, query)?,
        ["executors"] => Route::Executors(table(query)?),
        ["frameworks"] => Route::Frameworks(table(query)?),
        ["own-frameworks"] => Route::OwnFrameworks,
        ["frameworks", framework] => Route::Framework(unescape(framework).into()),
        ["frameworks", framework, "tasks", task] => Route::Task(unescape(framework).into(), unescape(task).into()),
        ["frameworks", framework, "tasks", task, "terminal"] => {
            let place = TerminalPlace::Task(unescape(framework).into(), unescape(task).into());
            Route::Terminal(place, terminal_params::params(query)?)
        }
        ["tasks"] => Route::Tasks(table(query)?),
        ["roles"] => Route::Roles(table(query)?),
        ["roles", role] => Route::Role(unescape(role).into()),
        ["offers"] => Route::Offers(table(query)?),
        ["offers", offer] => Route::Offer(unescape(offer).to_owned()),
        ["operations"] => Route::Operations(table(query)?),
        ["operations", operation] => Route::Operation(unescape(operation).to_owned()),
        ["volumes"] => Route::Volumes(table(query)?),
        ["maintenance"] => Route::Maintenance,
        ["master"] => Route::Master,
        ["master", "browse"] => Route::MasterBrowse(place(query)?),
        ["diagnostics" | "trouble"] => Route::Diagnostics,
        ["events"] => Route::Events(table(query)?),
        ["my-changes" | "journal"] => Route::MyChanges,
        ["run"] => Route::Run(run_params(query)?),
        ["runs", run] => Route::RunResults(unescape(run).to_owned(), table(query)?),
        ["help"] => Route::Help,
        _ => return None,
    })
}

fn of_agent(agent: AgentId, rest: &[&str], query: &str) -> Option<Route> {
    Some(match rest {
        [] => Route::Agent(agent),
        ["browse"] => Route::AgentBrowse(agent, place(query)?),
        ["containers", ids @ .., "terminal"] => {
            Route::Terminal(TerminalPlace::container(agent, ids)?, terminal_params::params(query)?)
        }
        ["frameworks", framework] => Route::AgentFramework(agent, unescape(framework).into()),
        ["frameworks", framework, "executors", executor, rest @ ..] => {
            let (framework, executor) = (unescape(framework).into(), unescape(executor).into());
            match rest {
                [] => Route::Executor(agent, framework, executor),
                ["browse"] => Route::ExecutorBrowse(agent, framework, executor, place(query)?),
                ["terminal"] => {
                    let place = TerminalPlace::Executor(agent, framework, executor);
                    Route::Terminal(place, terminal_params::params(query)?)
                }
                ["tasks", task, "browse"] => {
                    Route::TaskBrowse(agent, framework, executor, unescape(task).into(), place(query)?)
                }
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn table(query: &str) -> Option<TableParams> {
    Some(TableParams {
        filter: value(query, "filter")?.unwrap_or_default(),
        sort: value(query, "sort")?.unwrap_or_default(),
        columns: value(query, "columns")?.unwrap_or_default(),
    })
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => f.write_str("#/"),
            Self::Agents(table) => write_table(f, "agents", table),
            Self::Agent(agent) => write!(f, "#/agents/{}", PathSegment(agent.as_str())),
            Self::AgentBrowse(agent, place) => {
                write!(f, "#/agents/{}/browse", PathSegment(agent.as_str()))?;
                write_place(f, place)
            }
            Self::AgentFramework(agent, framework) => write_agent_framework(f, agent, framework),
            Self::Executor(agent, framework, executor) => write_executor(f, agent, framework, executor),
            Self::ExecutorBrowse(agent, framework, executor, place) => {
                write_executor(f, agent, framework, executor)?;
                f.write_str("/browse")?;
                write_place(f, place)
            }
            Self::TaskBrowse(agent, framework, executor, task, place) => {
                write_executor(f, agent, framework, executor)?;
                write!(f, "/tasks/{}/browse", PathSegment(task.as_str()))?;
                write_place(f, place)
            }
            Self::Terminal(place, params) => write_terminal(f, place, params),
            Self::Executors(table) => write_table(f, "executors", table),
            Self::Frameworks(table) => write_table(f, "frameworks", table),
            Self::Framework(framework) => write!(f, "#/frameworks/{}", PathSegment(framework.as_str())),
            Self::OwnFrameworks => f.write_str("#/own-frameworks"),
            Self::Tasks(table) => write_table(f, "tasks", table),
            Self::Task(framework, task) => {
                write!(f, "#/frameworks/{}/tasks/{}", PathSegment(framework.as_str()), PathSegment(task.as_str()))
            }
            Self::Roles(table) => write_table(f, "roles", table),
            Self::Role(role) => write!(f, "#/roles/{}", PathSegment(role.as_str())),
            Self::Offers(table) => write_table(f, "offers", table),
            Self::Offer(offer) => write!(f, "#/offers/{}", PathSegment(offer)),
            Self::Operations(table) => write_table(f, "operations", table),
            Self::Operation(operation) => write!(f, "#/operations/{}", PathSegment(operation)),
            Self::Volumes(table) => write_table(f, "volumes", table),
            Self::Maintenance => f.write_str("#/maintenance"),
            Self::Master => f.write_str("#/master"),
            Self::MasterBrowse(place) => {
                f.write_str("#/master/browse")?;
                write_place(f, place)
            }
            Self::Diagnostics => f.write_str("#/diagnostics"),
            Self::Events(table) => write_table(f, "events", table),
            Self::MyChanges => f.write_str("#/my-changes"),
            Self::Run(params) => {
                f.write_str("#/run")?;
                write_run_params(f, params)
            }
            Self::RunResults(run, table) => write_table(f, format_args!("runs/{}", PathSegment(run)), table),
            Self::Help => f.write_str("#/help"),
            Self::Unknown(text) => write!(f, "#{text}"),
        }
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, name: impl fmt::Display, table: &TableParams) -> fmt::Result {
    write!(f, "#/{name}")?;
    let kept = [("filter", &table.filter), ("sort", &table.sort), ("columns", &table.columns)];
    for (nth, (key, value)) in kept.into_iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        write!(f, "{}{key}={}", if nth == 0 { '?' } else { '&' }, EncodedText(value))?;
    }
    Ok(())
}

fn write_agent_framework(f: &mut fmt::Formatter<'_>, agent: &AgentId, framework: &FrameworkId) -> fmt::Result {
    write!(f, "#/agents/{}/frameworks/{}", PathSegment(agent.as_str()), PathSegment(framework.as_str()))
}

fn write_executor(
    f: &mut fmt::Formatter<'_>,
    agent: &AgentId,
    framework: &FrameworkId,
    executor: &ExecutorId,
) -> fmt::Result {
    write_agent_framework(f, agent, framework)?;
    write!(f, "/executors/{}", PathSegment(executor.as_str()))
}

fn write_terminal(f: &mut fmt::Formatter<'_>, place: &TerminalPlace, params: &TerminalParams) -> fmt::Result {
    match place {
        TerminalPlace::Task(framework, task) => {
            write!(f, "#/frameworks/{}/tasks/{}", PathSegment(framework.as_str()), PathSegment(task.as_str()))?;
        }
        TerminalPlace::Executor(agent, framework, executor) => write_executor(f, agent, framework, executor)?,
        TerminalPlace::Container(agent, path) => {
            write!(f, "#/agents/{}/containers", PathSegment(agent.as_str()))?;
            terminal_params::write_path(f, path)?;
        }
    }
    f.write_str("/terminal")?;
    terminal_params::write_params(f, params)
}
