//! What is wrong with this cluster, as facts with numbers. Says nothing in words; that is `text`.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::order;
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Quantities, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::framework::Framework;
use crate::cluster::role::{Machine, MachineMode};
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire::state::TaskState;

/// A problem that an operator should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Kind of the problem, with the figures and names of its message.
    pub kind: ProblemKind,
    /// Number of tasks, agents, frameworks, roles or machines that are affected.
    pub count: u32,
    /// Time at which the problem began; `None` if unknown.
    pub since: Option<Timestamp>,
}

/// The kind of a problem, in the order of severity: the first is the worst.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ProblemKind {
    /// Tasks that failed, were lost or never started in the last ten minutes, as far as the master keeps them.
    TasksFailing(FailureSummary),
    /// Tasks on agents that the master cannot reach.
    TasksUnreachable,
    /// The master counts another number of tasks in a state than it has reported: an update may have been lost.
    CountDiffers {
        /// The state whose tasks the two figures count.
        state: TaskState,
        /// Tasks in the state by the master's own metrics.
        counted: u32,
        /// Tasks in the state that the master has reported one by one.
        held: u32,
    },
    /// The master has marked agents unreachable; their tasks may still run.
    AgentsUnreachable(AffectedHosts),
    /// The master has lost its connection to agents that are still registered.
    AgentsDisconnected(AffectedHosts),
    /// Agents that the master knows from its registry only, since they have not re-registered.
    AgentsRecovered(AffectedHosts),
    /// A framework's scheduler has lost its connection; its tasks go on until the failover timeout ends.
    FrameworkDisconnected {
        /// The framework's id, which links to its page.
        id: FrameworkId,
        /// The framework's name, which need not be unique.
        name: String,
        /// Tasks of the framework that are still active, and end if it does not come back.
        tasks: u32,
        /// How long the master waits for the scheduler before it kills the tasks (FrameworkInfo.failover_timeout).
        failover_timeout: Nanoseconds,
    },
    /// Disconnected frameworks, where there are too many to report each.
    FrameworksDisconnected(AffectedFrameworks),
    /// Frameworks that the master knows from their agents only, since they have not re-registered.
    FrameworksRecovered(AffectedFrameworks),
    /// Tasks that have been staging, starting or being killed for longer than five minutes; the oldest since `since`.
    TasksStuck(TaskState),
    /// A role has consumed nearly all of its quota's limit, or more.
    RoleNearLimit {
        /// The role that has the quota.
        role: Role,
        /// The resource's name, as `cpus`.
        resource: String,
        /// Consumption divided by the limit: 1 is all of it, more than 1 is beyond it.
        share: f64,
    },
    /// Further roles near their limits, beyond these roles, which are reported each.
    RolesNearLimits(Vec<Role>),
    /// The guarantees of all roles exceed the cluster's total of a resource; `mem` and `disk` in MiB.
    GuaranteesExceed {
        /// The resource's name, as `cpus`.
        resource: String,
        /// Sum of the guarantees of all roles, in Mesos' unit of the resource.
        guaranteed: f64,
        /// Sum of the resource over the agents, in Mesos' unit of the resource.
        total: f64,
    },
    /// Machines that START_MAINTENANCE took down.
    MachinesDown {
        /// Machines among them without a host name or an address: no agent is such a machine, and none was shut down.
        half_named: u32,
    },
    /// A maintenance window has started, or starts within the hour, at this time.
    MaintenanceDue(Timestamp),
    /// A maintenance window ended at this time, but its machines are still in the schedule.
    MaintenanceOver(Timestamp),
    /// Agents were deactivated by an operator; their resources are not offered.
    AgentsDeactivated(AffectedHosts),
    /// Agents are being drained, or are drained already.
    AgentsDraining(AffectedHosts),
    /// The master was elected within the last ten minutes; agents and frameworks may still be re-registering.
    MasterElected,
}

/// Common features of failed tasks: the commonest of each, with its number of failures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FailureSummary {
    /// The states that the tasks ended in, each with its number of tasks; the sum is the problem's count.
    pub states: Vec<(TaskState, u32)>,
    /// Up to three agents with the most failures: id, host name (the id if unknown), and number of failures.
    pub agents: Vec<(AgentId, String, u32)>,
    /// The commonest reasons, as `COMMAND_EXECUTOR_FAILED`, each with its number of failures.
    pub reasons: Vec<(String, u32)>,
    /// The commonest messages of the tasks' last statuses, each with its number of failures.
    pub messages: Vec<(String, u32)>,
}

/// Groups of failed tasks that are reported.
const GROUPS: usize = 3;
/// How long a task may be on its way into a state or out of it.
const STUCK_AFTER: Nanoseconds = Nanoseconds::from_secs(300);
/// The share of a limit that is worth a word.
const NEAR: f64 = 0.95;
/// How long a failure counts as recent.
const RECENT: Nanoseconds = Nanoseconds::from_secs(600);
const SOON: Nanoseconds = Nanoseconds::from_secs(3600);
const JUST: Nanoseconds = Nanoseconds::from_secs(600);
/// Frameworks and roles that are reported one by one; of more there is one line.
const EACH: usize = 5;

/// Agents that a problem affects, at most three, sorted by host name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AffectedHosts {
    /// Id and host name of each agent, sorted by host name; the id where the name is empty.
    pub hosts: Vec<(AgentId, String)>,
    /// Number of live tasks on all affected agents.
    pub tasks: u32,
}

/// Frameworks that a problem affects, at most three, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AffectedFrameworks {
    /// Id and name of each framework, sorted by name.
    pub frameworks: Vec<(FrameworkId, String)>,
    /// Number of live tasks of all affected frameworks.
    pub tasks: u32,
}

/// All problems of the cluster, the worst first.
pub fn problems(cluster: &Cluster, now: ClusterTime) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(tasks_failing(cluster, now));
    let [unreachable, stuck @ ..] = tasks_standing(cluster, now);
    problems.extend(unreachable);
    problems.extend(cluster.differences().iter().map(|differs| Problem {
        kind: ProblemKind::CountDiffers { state: differs.state, counted: differs.counted, held: differs.held },
        count: differs.counted.abs_diff(differs.held),
        since: Some(differs.since),
    }));
    problems.extend(agents_unreachable(cluster));
    problems.extend(agents(cluster, Agent::disconnected, ProblemKind::AgentsDisconnected));
    // They have been away at least since this master leads.
    let elected = cluster.master().ok().and_then(|master| master.elected);
    let recovered = agents(cluster, |agent| agent.recovered, ProblemKind::AgentsRecovered);
    problems.extend(recovered.map(|problem| Problem { since: elected, ..problem }));
    problems.extend(frameworks_disconnected(cluster));
    let recovered = frameworks(cluster, |framework| framework.recovered);
    problems.extend(
        whose(&recovered, ProblemKind::FrameworksRecovered).map(|problem| Problem { since: elected, ..problem }),
    );
    problems.extend(stuck.into_iter().flatten());
    problems.extend(roles_near_limits(cluster));
    problems.extend(guarantees_exceed(cluster));
    problems.extend(maintenance(cluster, now));
    problems.extend(agents(
        cluster,
        |agent| agent.deactivated && agent.drain.is_none(),
        ProblemKind::AgentsDeactivated,
    ));
    problems.extend(agents(cluster, |agent| agent.drain.is_some(), ProblemKind::AgentsDraining));
    let elected = elected.filter(|at| now.since(*at) < JUST);
    problems.extend(elected.map(|at| Problem { kind: ProblemKind::MasterElected, count: 1, since: Some(at) }));
    problems
}

/// Tasks that are unreachable; then those that are staging, starting, or being killed for too long.
fn tasks_standing(cluster: &Cluster, now: ClusterTime) -> [Option<Problem>; 4] {
    let states = [TaskState::Unreachable, TaskState::Staging, TaskState::Starting, TaskState::Killing];
    let counts = cluster.task_counts();
    if counts.unreachable + counts.staging + counts.starting + counts.killing == 0 {
        return states.map(|_| None);
    }
    let mut found = states.map(|state| (state, 0_u32, None::<Option<Timestamp>>));
    for task in cluster.tasks() {
        let state = match task.section {
            MasterTaskList::Live => task.state,
            MasterTaskList::Unreachable => TaskState::Unreachable,
            MasterTaskList::Completed => continue,
        };
        let Some((_, number, since)) = found.iter_mut().find(|(each, ..)| *each == state) else { continue };
        let (at, seen) = (cluster.changed_at(task), cluster.unchanged_since(task));
        if state == TaskState::Unreachable || seen.is_some_and(|at| now.since(at) > STUCK_AFTER) {
            *number += 1;
            // What is not known may be the earliest.
            *since = Some(since.map_or(at, |since| since.min(at)));
        }
    }
    found.map(|(state, count, since)| {
        let kind = if state == TaskState::Unreachable {
            ProblemKind::TasksUnreachable
        } else {
            ProblemKind::TasksStuck(state)
        };
        (count > 0).then_some(Problem { kind, count, since: since.flatten() })
    })
}

/// The master lists none of them: they are known by their tasks, and counted in its metrics.
fn agents_unreachable(cluster: &Cluster) -> Option<Problem> {
    let known = agents(cluster, |agent| agent.unreachable, ProblemKind::AgentsUnreachable);
    let reported = cluster.unreachable_agents_reported().unwrap_or(0);
    match known {
        Some(problem) => Some(Problem { count: problem.count.max(reported), ..problem }),
        None => (reported > 0).then(|| Problem {
            kind: ProblemKind::AgentsUnreachable(AffectedHosts::default()),
            count: reported,
            since: None,
        }),
    }
}

/// Roles that are near their limits, or over them: the resource of which they have most, and the share of it. The largest first.
/// What counts is what is allocated to the role and to those below it, and what is reserved for them.
pub fn near_limits(cluster: &Cluster) -> Vec<(Role, String, f64)> {
    // The page says which parts nobody could look at.
    let configs = cluster.quota().map(|quota| quota.quotas()).unwrap_or_default();
    if configs.iter().all(|config| config.limits.is_empty()) {
        return Vec::new();
    }
    let sums = cluster.role_sums();
    let near = configs.iter().filter_map(|config| {
        let consumed = sums.get(config.role.as_str())?.consumed();
        let shares = config.limits.iter().filter_map(|(resource, limit)| {
            let share = share_of_limit(consumed, resource, limit.value);
            (share >= NEAR).then_some((resource.as_str(), share))
        });
        shares
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(resource, share)| (config.role.clone(), resource.to_owned(), share))
    });
    order::sorted(near.collect(), |a: &(Role, String, f64), b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)))
}

fn roles_near_limits(cluster: &Cluster) -> Vec<Problem> {
    let near = near_limits(cluster);
    let each = near.iter().take(EACH).map(|(role, resource, share)| Problem {
        kind: ProblemKind::RoleNearLimit { role: role.clone(), resource: resource.clone(), share: *share },
        count: 1,
        since: None,
    });
    let more = near.len().saturating_sub(EACH);
    let reported = || near.iter().take(EACH).map(|(role, ..)| role.clone()).collect();
    let rest = (more > 0).then(|| Problem {
        kind: ProblemKind::RolesNearLimits(reported()),
        count: number(more),
        since: None,
    });
    each.chain(rest).collect()
}

/// Agents that were lost may leave less than what was guaranteed. Not before agents were reported.
fn guarantees_exceed(cluster: &Cluster) -> Vec<Problem> {
    let configs = cluster.quota().map(|quota| quota.quotas()).unwrap_or_default();
    let mut sums: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for (resource, scalar) in configs.iter().flat_map(|config| &config.guarantees) {
        let (sum, roles) = sums.entry(resource).or_default();
        *sum += scalar.value;
        *roles += u32::from(scalar.value > 0.0);
    }
    let total = cluster.total();
    let over = sums.into_iter().filter_map(|(resource, (guaranteed, roles))| {
        // Filters say gibibytes, Mesos mebibytes.
        let unit = if matches!(resource, "mem" | "disk") { 1024.0 } else { 1.0 };
        let guaranteed = Quantities::of(resource, guaranteed).named(resource)? * unit;
        let total = total.named(resource)? * unit;
        let kind = ProblemKind::GuaranteesExceed { resource: resource.to_owned(), guaranteed, total };
        (guaranteed > total && !cluster.arriving()).then_some(Problem { kind, count: roles, since: None })
    });
    over.collect()
}

/// Of a limit of nothing, anything is infinitely much.
fn share_of_limit(consumed: Quantities, resource: &str, limit: f64) -> f64 {
    let amount = |of: Quantities| of.named(resource).unwrap_or(0.0);
    let (consumed, limit) = (amount(consumed), amount(Quantities::of(resource, limit)));
    if consumed > 0.0 { consumed / limit.max(0.0) } else { 0.0 }
}

fn maintenance(cluster: &Cluster, now: ClusterTime) -> Vec<Problem> {
    // Without the machines, nobody knows which of a window are up still.
    let Ok(machines) = cluster.machines() else { return Vec::new() };
    let down: Vec<&Machine> = machines.iter().filter(|machine| machine.mode == MachineMode::Down).collect();
    let known: HashSet<&MachineId> = down.iter().map(|machine| &machine.id).collect();
    let first = (!down.is_empty()).then(|| Problem {
        kind: ProblemKind::MachinesDown {
            half_named: number(down.iter().filter(|machine| machine.id.is_half_named()).count()),
        },
        count: number(down.len()),
        since: down.iter().filter_map(|machine| machine.since).min(),
    });
    let windows = cluster.schedule().map(|schedule| schedule.windows.as_slice()).unwrap_or_default();
    let due = windows.iter().filter_map(|window| {
        let times = window.unavailability?;
        let start = times.start.at();
        let end = times.duration.map(|duration| start + duration.length());
        let machines = window.machine_ids.iter().filter(|id| !known.contains(id)).count();
        let (kind, since) = match end.filter(|end| *end <= now.get()) {
            Some(end) => (ProblemKind::MaintenanceOver(end), Some(end)),
            None => (ProblemKind::MaintenanceDue(start), (start <= now.get()).then_some(start)),
        };
        (start <= now.get() + SOON && machines > 0).then(|| Problem { kind, count: number(machines), since })
    });
    first.into_iter().chain(due).collect()
}

fn tasks_failing(cluster: &Cluster, now: ClusterTime) -> Option<Problem> {
    let counts = cluster.task_counts();
    if counts.failed + counts.error + counts.lost + counts.dropped == 0 {
        return None;
    }
    // The same tasks as those that `state:failed,error,lost,dropped changed<10m` finds.
    let is_failed = |task: &&Task| task.state.is_failure() && task.section != MasterTaskList::Unreachable;
    let ended = |task: &Task| cluster.changed_at(task).filter(|at| now.since(*at) < RECENT);
    let recent: Vec<(&Task, Timestamp)> =
        cluster.tasks().filter(is_failed).filter_map(|task| Some((task, ended(task)?))).collect();
    let since = recent.iter().map(|(_, at)| *at).min()?;
    let tasks = || recent.iter().map(|(task, _)| *task);
    let named = |all: Vec<(&str, u32)>| all.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    let agents = commonest(tasks().map(|task| cluster.agent_id_of(task))).into_iter().map(|(id, count)| {
        let host = tasks().find(|task| cluster.agent_id_of(task) == id).map_or("", |task| cluster.hostname_of(task));
        (id.into(), if host.is_empty() { id.to_owned() } else { host.to_owned() }, count)
    });
    let plain = |task| {
        let reason = cluster.reason_of(task);
        reason.strip_prefix("REASON_").unwrap_or(reason)
    };
    let reported = |text: &&str| !text.is_empty();
    let states = TaskState::ALL.map(|state| (state, number(tasks().filter(|task| task.state == state).count())));
    let failing = FailureSummary {
        states: states.into_iter().filter(|(_, count)| *count > 0).collect(),
        agents: agents.collect(),
        reasons: named(commonest(tasks().map(plain).filter(reported))),
        messages: named(commonest(tasks().map(Task::message).filter(reported))),
    };
    Some(Problem { kind: ProblemKind::TasksFailing(failing), count: number(recent.len()), since: Some(since) })
}

/// What occurs most often, the smallest first of those that occur equally often.
fn commonest<'a>(all: impl Iterator<Item = &'a str>) -> Vec<(&'a str, u32)> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    all.for_each(|item| *counts.entry(item).or_default() += 1);
    let counts: Vec<_> = counts.into_iter().collect();
    let order = order::top_n(&counts, GROUPS, |(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    order.into_iter().filter_map(|at| counts.get(at as usize).copied()).collect()
}

fn agents(
    cluster: &Cluster,
    which: impl Fn(&Agent) -> bool,
    kind: impl Fn(AffectedHosts) -> ProblemKind,
) -> Option<Problem> {
    let found: Vec<&Agent> = cluster.agents().filter(|agent| which(agent)).collect();
    let name = |agent: &Agent| if agent.hostname.is_empty() { agent.id.0.clone() } else { agent.hostname.clone() };
    let found = order::sorted(found, |a, b| a.hostname.cmp(&b.hostname).then_with(|| a.id.cmp(&b.id)));
    let hosts = found.iter().take(GROUPS).map(|agent| (agent.id.clone(), name(agent))).collect();
    let tasks = found.iter().map(|agent| agent.tasks).sum();
    let since = found.iter().filter_map(|agent| agent.since()).min();
    (!found.is_empty()).then(|| Problem {
        kind: kind(AffectedHosts { hosts, tasks }),
        count: number(found.len()),
        since,
    })
}

/// By name.
fn frameworks(cluster: &Cluster, which: impl Fn(&Framework) -> bool) -> Vec<&Framework> {
    let found = cluster.frameworks().filter(|framework| !framework.completed() && which(framework)).collect();
    order::sorted(found, |a: &&Framework, b: &&Framework| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)))
}

fn frameworks_disconnected(cluster: &Cluster) -> Vec<Problem> {
    let lost = frameworks(cluster, |framework| !framework.connected && !framework.recovered);
    if lost.len() > EACH {
        return whose(&lost, ProblemKind::FrameworksDisconnected).into_iter().collect();
    }
    let one = |framework: &&Framework| Problem {
        kind: ProblemKind::FrameworkDisconnected {
            id: framework.id.clone(),
            name: framework.name.clone(),
            tasks: framework.tasks,
            failover_timeout: framework.failover_timeout,
        },
        count: 1,
        since: framework.since(),
    };
    lost.iter().map(one).collect()
}

/// Many of them in one line.
fn whose(found: &[&Framework], kind: impl Fn(AffectedFrameworks) -> ProblemKind) -> Option<Problem> {
    let frameworks =
        found.iter().take(GROUPS).map(|framework| (framework.id.clone(), framework.name.clone())).collect();
    let tasks = found.iter().map(|framework| framework.tasks).sum();
    let since = found.iter().filter_map(|framework| framework.since()).min();
    (!found.is_empty()).then(|| Problem {
        kind: kind(AffectedFrameworks { frameworks, tasks }),
        count: number(found.len()),
        since,
    })
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
