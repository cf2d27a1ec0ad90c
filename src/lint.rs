//! What is wrong with this cluster, as facts with numbers. Says nothing in words; that is `text`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::api::maintenance::MachineId;
use crate::cluster::{Agent, Cluster, FAILURES_KEPT, Failure, MachineMode, Section, TaskState};
use crate::ids::{AgentId, FrameworkId, Role};
use crate::order;
use crate::units::{Nanoseconds, Quantities, Timestamp};

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
    /// Tasks failed in the last ten minutes.
    TasksFailing(Failing),
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
    /// Tasks that have been staging, starting or being killed for longer than five minutes; the oldest since `since`.
    TasksStuck(TaskState),
    /// A role uses nearly all that its limit allows, or all: the resource, and the share from 0 to 1.
    RoleNearLimit {
        role: Role,
        resource: String,
        share: f64,
    },
    /// Machines that START_MAINTENANCE took down.
    MachinesDown,
    /// A maintenance window has begun, or begins within the hour: when.
    MaintenanceDue(Timestamp),
    AgentsDeactivated(Where),
    AgentsDraining(Where),
    /// The master was elected within the last ten minutes: figures may be of what has come back so far.
    MasterElected,
}

/// What failed tasks have in common: the commonest of each, with how often it occurs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failing {
    pub agents: Vec<(AgentId, String, u32)>,
    /// As `COMMAND_EXECUTOR_FAILED`.
    pub reasons: Vec<(String, u32)>,
    pub messages: Vec<(String, u32)>,
}

/// Groups of failed tasks that are told.
const GROUPS: usize = 3;
/// How long a task may be on its way into a state or out of it.
const STUCK_AFTER: Nanoseconds = Nanoseconds::from_secs(300);
/// The share of a limit that is worth a word.
const NEAR: f64 = 0.95;
const SOON: Nanoseconds = Nanoseconds::from_secs(3600);
const JUST: Nanoseconds = Nanoseconds::from_secs(600);

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
    problems.extend(tasks_stuck(cluster, now));
    problems.extend(roles_near_limits(cluster));
    problems.extend(maintenance(cluster, now));
    problems.extend(agents(cluster, |agent| agent.deactivated && agent.drain.is_none(), Kind::AgentsDeactivated));
    problems.extend(agents(cluster, |agent| agent.drain.is_some(), Kind::AgentsDraining));
    let elected = cluster.master().and_then(|master| master.elected).filter(|at| now.since(*at) < JUST);
    problems.extend(elected.map(|at| Problem { kind: Kind::MasterElected, count: 1, since: Some(at) }));
    problems
}

fn tasks_stuck(cluster: &Cluster, now: Timestamp) -> Vec<Problem> {
    let counts = cluster.task_counts();
    if counts.staging + counts.starting + counts.killing == 0 {
        return Vec::new();
    }
    let states = [TaskState::Staging, TaskState::Starting, TaskState::Killing];
    let mut stuck = states.map(|state| (state, 0_u32, None::<Timestamp>));
    for task in cluster.tasks().filter(|task| task.section == Section::Live) {
        let Some((_, number, since)) = stuck.iter_mut().find(|(state, ..)| *state == task.state) else { continue };
        if let Some(at) = task.updated.filter(|at| now.since(*at) > STUCK_AFTER) {
            *number += 1;
            *since = Some(since.map_or(at, |since| since.min(at)));
        }
    }
    let found = stuck.into_iter().filter(|(_, number, _)| *number > 0);
    found.map(|(state, count, since)| Problem { kind: Kind::TasksStuck(state), count, since }).collect()
}

/// What tasks of the role, and of those below it, use of its limits.
fn roles_near_limits(cluster: &Cluster) -> Vec<Problem> {
    let configs = cluster.quota().map(|quota| quota.configs()).unwrap_or_default();
    let mut problems = Vec::new();
    for config in configs.iter().filter(|config| !config.limits.is_empty()) {
        let below = format!("{}/", config.role);
        let roles =
            cluster.roles().into_iter().filter(|role| *role == config.role.as_str() || role.starts_with(&below));
        let used: Quantities = roles.map(|role| cluster.role_load(role).1).sum();
        let shares = config.limits.iter().filter_map(|(resource, limit)| {
            let of = Quantities::of(resource, limit.value);
            Some((resource, used.largest_share_of(of))).filter(|(_, share)| *share >= NEAR)
        });
        let worst = shares.max_by(|a, b| a.1.total_cmp(&b.1));
        problems.extend(worst.map(|(resource, share)| Problem {
            kind: Kind::RoleNearLimit { role: config.role.clone(), resource: resource.clone(), share },
            count: 1,
            since: None,
        }));
    }
    problems
}

fn maintenance(cluster: &Cluster, now: Timestamp) -> Vec<Problem> {
    let down = cluster.machines().iter().filter(|machine| machine.mode == MachineMode::Down).count();
    let down = (down > 0).then(|| Problem {
        kind: Kind::MachinesDown,
        count: u32::try_from(down).unwrap_or(u32::MAX),
        since: None,
    });
    let is_up = |id: &MachineId| {
        !cluster.machines().iter().any(|machine| machine.id == *id && machine.mode == MachineMode::Down)
    };
    let due = cluster.schedule().windows.iter().filter_map(|window| {
        let start = window.unavailability.start.moment();
        let machines = window.machine_ids.iter().filter(|id| is_up(id)).count();
        let is_due = start <= now + SOON && machines > 0;
        is_due.then(|| Problem {
            kind: Kind::MaintenanceDue(start),
            count: u32::try_from(machines).unwrap_or(u32::MAX),
            since: (start <= now).then_some(start),
        })
    });
    down.into_iter().chain(due).collect()
}

fn tasks_failing(cluster: &Cluster, now: Timestamp) -> Option<Problem> {
    let recent: Vec<_> = cluster.failures().filter(|failure| now.since(failure.at) <= FAILURES_KEPT).collect();
    let since = recent.iter().map(|failure| failure.at).min()?;
    let agents = commonest(recent.iter().map(|failure| &failure.agent)).into_iter().map(|(id, count)| {
        let named = recent.iter().find(|failure| failure.agent == *id && !failure.hostname.is_empty());
        (id.clone(), named.map_or_else(|| id.to_string(), |failure| failure.hostname.clone()), count)
    });
    let plain = |(reason, count): (String, u32)| (reason.strip_prefix("REASON_").unwrap_or(&reason).to_owned(), count);
    let texts = |of: fn(&Failure) -> &String| {
        let all = recent.iter().map(|failure| of(failure)).filter(|text| !text.is_empty());
        commonest(all).into_iter().map(|(text, count)| (text.clone(), count)).collect::<Vec<_>>()
    };
    let failing = Failing {
        agents: agents.collect(),
        reasons: texts(|failure| &failure.reason).into_iter().map(plain).collect(),
        messages: texts(|failure| &failure.message),
    };
    Some(Problem {
        kind: Kind::TasksFailing(failing),
        count: u32::try_from(recent.len()).unwrap_or(u32::MAX),
        since: Some(since),
    })
}

/// What occurs most often, the smallest first of those that occur equally often.
fn commonest<'a, T: Ord + std::hash::Hash>(all: impl Iterator<Item = &'a T>) -> Vec<(&'a T, u32)> {
    let mut counts: HashMap<&T, u32> = HashMap::new();
    all.for_each(|item| *counts.entry(item).or_default() += 1);
    let counts: Vec<_> = counts.into_iter().collect();
    let order = order::first_of(&counts, GROUPS, |(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    order.into_iter().filter_map(|at| counts.get(at as usize).copied()).collect()
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
