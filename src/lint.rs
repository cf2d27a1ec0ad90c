//! What is wrong with this cluster, as facts with numbers. Says nothing in words; that is `text`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::cluster::{Agent, Cluster, FAILURES_KEPT};
use crate::ids::{AgentId, FrameworkId};
use crate::order;
use crate::units::{Nanoseconds, Timestamp};

/// Something an operator should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub kind: Kind,
    /// How many tasks, agents or frameworks it is about.
    pub count: u32,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
}

/// What is wrong. In the order of their weight: the first is the worst.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// Tasks failed in the last ten minutes; the commonest agent and message among them, with how often each occurs.
    TasksFailing {
        agent: Option<(AgentId, String, u32)>,
        message: Option<(String, u32)>,
    },
    /// Tasks on agents that the master cannot reach.
    TasksUnreachable,
    AgentsUnreachable(Where),
    /// The master has no connection to them.
    AgentsDisconnected(Where),
    /// Known from the registry only; they have not come back after the master's start.
    AgentsRecovered(Where),
    FrameworkDisconnected {
        id: FrameworkId,
        name: String,
        tasks: u32,
        failover_timeout: Nanoseconds,
    },
    AgentsDeactivated(Where),
    AgentsDraining(Where),
}

/// Up to three hosts that a problem is about, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Where {
    pub hosts: Vec<(AgentId, String)>,
    /// Live tasks on all of them.
    pub tasks: u32,
}

/// All that is wrong, the worst first.
pub fn problems(cluster: &Cluster, now: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(tasks_failing(cluster, now));
    let unreachable = cluster.task_counts().unreachable;
    problems.extend((unreachable > 0).then_some(Problem {
        kind: Kind::TasksUnreachable,
        count: unreachable,
        since: None,
    }));
    problems.extend(agents(cluster, |agent| agent.unreachable, Kind::AgentsUnreachable));
    problems.extend(agents(cluster, |agent| agent.disconnected(), Kind::AgentsDisconnected));
    problems.extend(agents(cluster, |agent| agent.recovered, Kind::AgentsRecovered));
    problems.extend(frameworks(cluster));
    problems.extend(agents(cluster, |agent| agent.deactivated && agent.drain.is_none(), Kind::AgentsDeactivated));
    problems.extend(agents(cluster, |agent| agent.drain.is_some(), Kind::AgentsDraining));
    problems
}

fn tasks_failing(cluster: &Cluster, now: Timestamp) -> Option<Problem> {
    let recent: Vec<_> = cluster.failures().filter(|failure| now.since(failure.at) <= FAILURES_KEPT).collect();
    let since = recent.iter().map(|failure| failure.at).min()?;
    let agent = commonest(recent.iter().map(|failure| &failure.agent)).map(|(id, count)| {
        let host = cluster.agent(id).map_or_else(|| id.to_string(), |agent| agent.hostname.clone());
        (id.clone(), host, count)
    });
    let message = commonest(recent.iter().map(|failure| &failure.message).filter(|text| !text.is_empty()));
    Some(Problem {
        kind: Kind::TasksFailing { agent, message: message.map(|(text, count)| (text.clone(), count)) },
        count: u32::try_from(recent.len()).unwrap_or(u32::MAX),
        since: Some(since),
    })
}

/// What occurs most often, the smallest of those that occur equally often.
fn commonest<'a, T: Ord + std::hash::Hash>(all: impl Iterator<Item = &'a T>) -> Option<(&'a T, u32)> {
    let mut counts: HashMap<&T, u32> = HashMap::new();
    all.for_each(|item| *counts.entry(item).or_default() += 1);
    counts.into_iter().max_by(|(a, m), (b, n)| m.cmp(n).then_with(|| b.cmp(a)))
}

fn agents(cluster: &Cluster, which: impl Fn(&Agent) -> bool, kind: impl Fn(Where) -> Kind) -> Option<Problem> {
    let found: Vec<&Agent> = cluster.agents().filter(|agent| which(agent)).collect();
    let found = order::sorted(found, |a, b| a.hostname.cmp(&b.hostname).then_with(|| a.id.cmp(&b.id)));
    let hosts = found.iter().take(3).map(|agent| (agent.id.clone(), agent.hostname.clone())).collect();
    let tasks = found.iter().map(|agent| agent.tasks).sum();
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    (count > 0).then(|| Problem { kind: kind(Where { hosts, tasks }), count, since: None })
}

fn frameworks(cluster: &Cluster) -> Vec<Problem> {
    let lost: Vec<_> =
        cluster.frameworks().filter(|framework| !framework.completed() && !framework.connected).collect();
    order::sorted(lost, |a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)))
        .into_iter()
        .map(|framework| Problem {
            kind: Kind::FrameworkDisconnected {
                id: framework.id.clone(),
                name: framework.name.clone(),
                tasks: framework.tasks,
                failover_timeout: framework.failover_timeout,
            },
            count: 1,
            since: None,
        })
        .collect()
}
