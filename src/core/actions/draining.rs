//! How far an agent's drain is: what is left on it, and by when that may have ended. Mesos tells no such moment; it is worked out
//! from when the drain began, its grace period and what tasks say of themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentId, FrameworkId};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, Drain};
use crate::cluster::task::{Section, Task};
use crate::mesos::wire::detail;

/// What Mesos' own executors give a task that has no kill policy (src/launcher/executor.cpp, src/launcher/default_executor.cpp).
pub const USUAL: Nanoseconds = Nanoseconds::from_secs(3);
/// The kill policies of so many tasks are read at most.
const READ: usize = 500;

/// A drain that goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draining {
    pub since: Option<Timestamp>,
    /// Live tasks that are left, and those of each framework, the most first.
    pub left: u32,
    pub of: Vec<(FrameworkId, String, u32)>,
    /// When the last of them should have ended, as far as anything says so.
    pub ends: Option<Timestamp>,
    /// What that is based on.
    pub grounds: Grounds,
}

/// What the end of a drain is estimated from. `text::actions` has the words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grounds {
    /// The master cannot reach the agent, so nothing on it ends.
    Unreachable,
    /// No live task is left.
    NoTask,
    /// A task's kill policy is longer than the drain's grace period.
    LongerPolicy { own: Nanoseconds, most: Nanoseconds },
    /// The drain's grace period.
    GracePeriod(Nanoseconds),
    /// The longest kill policy of a task that is left.
    LongestPolicy(Nanoseconds),
    /// Neither a grace period nor a kill policy says so.
    #[default]
    Nothing,
}

/// How far the agent's drain is; `None` if it does not drain, or is drained.
pub fn draining(cluster: &Cluster, id: &AgentId) -> Option<Draining> {
    let agent = cluster.agent(id).filter(|agent| agent.drain == Some(Drain::Draining))?;
    let reported = detail::agent(&cluster.json(agent.json)).drain.unwrap_or_default();
    let live: Vec<&Task> = cluster.tasks_of(id).filter(|task| task.section == Section::Live).collect();
    let mut of: BTreeMap<FrameworkId, (String, u32)> = BTreeMap::new();
    for task in &live {
        let (id, name) = cluster.framework_of(task);
        of.entry(id).or_insert((name, 0)).1 += 1;
    }
    let mut of: Vec<_> = of.into_iter().map(|(id, (name, tasks))| (id, name, tasks)).collect();
    of.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
    let (length, grounds) = longest(cluster, agent, &live, reported.max_grace_period);
    Some(Draining {
        since: reported.since,
        left: u32::try_from(live.len()).unwrap_or(u32::MAX),
        of,
        ends: reported.since.zip(length).map(|(since, length)| since + length),
        grounds,
    })
}

/// How long the last task may take from the drain's beginning, and why so long.
fn longest(
    cluster: &Cluster,
    agent: &Agent,
    live: &[&Task],
    most: Option<Nanoseconds>,
) -> (Option<Nanoseconds>, Grounds) {
    if agent.unreachable || agent.recovered {
        return (None, Grounds::Unreachable);
    }
    if live.is_empty() {
        return (None, Grounds::NoTask);
    }
    let own: Vec<Nanoseconds> =
        live.iter().take(READ).filter_map(|task| detail::task(&cluster.task_json(task)).grace).collect();
    match (most, own.iter().max().copied()) {
        // The command executor keeps to a task's own policy all the same (PROTOCOL.md, "DRAIN_AGENT").
        (Some(most), Some(own)) if own > most => (Some(own), Grounds::LongerPolicy { own, most }),
        (Some(most), _) => (Some(most), Grounds::GracePeriod(most)),
        (None, Some(own)) => (Some(own.max(USUAL)), Grounds::LongestPolicy(own)),
        (None, None) => (None, Grounds::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::json_splitter::List;

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
        cluster.arrive(List::Agents, &agent, now).expect("an agent");
        for (number, policy) in policies.iter().enumerate() {
            let policy = policy
                .map(|grace| format!(r#","kill_policy":{{"grace_period":{}}}"#, nanos(grace)))
                .unwrap_or_default();
            let task = format!(
                r#"{{"name":"t","task_id":{{"value":"t{number}"}},"framework_id":{{"value":"F"}},"agent_id":{{"value":"S1"}},"state":"TASK_RUNNING"{policy}}}"#
            );
            cluster.arrive(List::Tasks, &task, now).expect("a task");
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
