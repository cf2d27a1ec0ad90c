//! Progress of an agent's drain: the tasks that are left, and when they may have ended. Mesos reports no such time; it is
//! estimated from the drain's start, its grace period and the tasks' kill policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, DrainState};
use crate::cluster::task::{MasterTaskList, Task};
use crate::mesos::wire::detail;

/// Grace period that Mesos' own executors give a task without a kill policy (src/launcher/executor.cpp,
/// src/launcher/default_executor.cpp).
pub const DEFAULT_KILL_GRACE: Nanoseconds = Nanoseconds::from_secs(3);
/// Maximum number of tasks whose kill policies are read.
const READ: usize = 500;

/// A drain in progress.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DrainProgress {
    /// Start of the drain, `estimated_drain_start_time`; `None` if it was not reported.
    pub since: Option<Timestamp>,
    /// Number of live tasks that are left.
    pub left: u32,
    /// Frameworks with live tasks left: id, name and number of tasks, the most first.
    pub of: Vec<(FrameworkId, String, u32)>,
    /// Estimated end of the last of them; `None` without grounds for an estimate.
    pub ends: Option<Timestamp>,
    /// Basis of that estimate.
    pub grounds: EstimateBasis,
}

/// Basis of the estimate of a drain's end. `text::actions` has the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EstimateBasis {
    /// The master cannot reach the agent, so nothing on it ends.
    Unreachable,
    /// No live task is left.
    NoTask,
    /// A task's kill policy is longer than the drain's grace period.
    LongerPolicy {
        /// The longest kill policy of a task.
        own: Nanoseconds,
        /// The drain's grace period, `max_grace_period`.
        most: Nanoseconds,
    },
    /// The drain's grace period.
    GracePeriod(Nanoseconds),
    /// The longest kill policy of a task that is left.
    LongestPolicy(Nanoseconds),
    /// Neither a grace period nor a kill policy says so.
    #[default]
    Nothing,
}

/// Progress of the agent's drain; `None` if it is not draining, or is drained.
pub fn draining(cluster: &Cluster, id: &AgentId) -> Option<DrainProgress> {
    let agent = cluster.agent(id).filter(|agent| agent.drain == Some(DrainState::Draining))?;
    let reported = detail::agent(&cluster.json(agent.json)).drain.unwrap_or_default();
    let live: Vec<&Task> = cluster.tasks_of(id).filter(|task| task.section == MasterTaskList::Live).collect();
    let mut of: BTreeMap<FrameworkId, (String, u32)> = BTreeMap::new();
    for task in &live {
        let (id, name) = cluster.framework_of(task);
        of.entry(id).or_insert((name, 0)).1 += 1;
    }
    let mut of: Vec<_> = of.into_iter().map(|(id, (name, tasks))| (id, name, tasks)).collect();
    order::sort_by(&mut of, |a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
    let (length, grounds) = longest(cluster, agent, &live, reported.max_grace_period);
    Some(DrainProgress {
        since: reported.since,
        left: u32::try_from(live.len()).unwrap_or(u32::MAX),
        of,
        ends: reported.since.zip(length).map(|(since, length)| since + length),
        grounds,
    })
}

/// Longest time that the last task may take from the drain's start, and the basis of that.
fn longest(
    cluster: &Cluster,
    agent: &Agent,
    live: &[&Task],
    most: Option<Nanoseconds>,
) -> (Option<Nanoseconds>, EstimateBasis) {
    if agent.unreachable || agent.recovered {
        return (None, EstimateBasis::Unreachable);
    }
    if live.is_empty() {
        return (None, EstimateBasis::NoTask);
    }
    let own: Vec<Nanoseconds> =
        live.iter().take(READ).filter_map(|task| detail::task(&cluster.task_json(task)).grace).collect();
    match (most, own.iter().max().copied()) {
        // The command executor keeps to a task's own policy all the same (PROTOCOL.md, "DRAIN_AGENT").
        (Some(most), Some(own)) if own > most => (Some(own), EstimateBasis::LongerPolicy { own, most }),
        (Some(most), _) => (Some(most), EstimateBasis::GracePeriod(most)),
        (None, Some(own)) => (Some(own.max(DEFAULT_KILL_GRACE)), EstimateBasis::LongestPolicy(own)),
        (None, None) => (None, EstimateBasis::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_splitter::SnapshotList;

    /// An agent that drains since second 100, and a task with each of these kill policies.
    fn ends(grace: Option<i64>, policies: &[Option<i64>]) -> (Option<i64>, u32) {
        const SECOND: i64 = 1_000_000_000;
        let nanos = |seconds: i64| format!(r#"{{"nanoseconds":{}}}"#, seconds * SECOND);
        let mut cluster = Cluster::default();
        let now = Timestamp(200 * SECOND);
        let config = grace.map(|grace| format!(r#""max_grace_period":{}"#, nanos(grace))).unwrap_or_default();
        let agent = format!(
            r#"{{"agent_info":{{"id":{{"value":"S1"}},"hostname":"one"}},"active":false,"deactivated":true,"pid":"slave(1)@1.2.3.4:5051","drain_info":{{"state":"DRAINING","config":{{{config}}}}},"estimated_drain_start_time":{}}}"#,
            nanos(100)
        );
        cluster.arrive(SnapshotList::Agents, &agent, now).expect("an agent");
        for (number, policy) in policies.iter().enumerate() {
            let policy = policy
                .map(|grace| format!(r#","kill_policy":{{"grace_period":{}}}"#, nanos(grace)))
                .unwrap_or_default();
            let task = format!(
                r#"{{"name":"t","task_id":{{"value":"t{number}"}},"framework_id":{{"value":"F"}},"agent_id":{{"value":"S1"}},"state":"TASK_RUNNING"{policy}}}"#
            );
            cluster.arrive(SnapshotList::Tasks, &task, now).expect("a task");
        }
        cluster.arrived(None);
        let draining = draining(&cluster, &"S1".into()).expect("it drains");
        let since = draining.since.expect("it says since when");
        (draining.ends.map(|ends| ends.since(since).as_secs()), draining.left)
    }

    #[test]
    fn the_grace_period_counts_from_the_beginning() {
        assert_eq!(ends(Some(60), &[None, Some(10)]), (Some(60), 2));
    }

    #[test]
    fn a_longer_kill_policy_is_kept_to() {
        assert_eq!(ends(Some(60), &[Some(300), Some(10)]), (Some(300), 2));
    }

    #[test]
    fn without_a_grace_period_the_longest_kill_policy_counts() {
        assert_eq!(ends(None, &[Some(1), Some(30), None]), (Some(30), 3));
        assert_eq!(ends(None, &[Some(1)]), (Some(3), 1));
    }

    #[test]
    fn where_nothing_says_so_no_end_is_made_up() {
        assert_eq!(ends(None, &[None]), (None, 1));
        assert_eq!(ends(Some(60), &[]), (None, 0));
    }
}
