//! The master's counts of tasks against the copy's: an update that the master never sent shows in nothing else (MESOS-8469,
//! MESOS-9000). A difference counts once two readings in a row have it and no events can explain it.

use std::collections::BTreeMap;

use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::task::{TaskCountDifference, TaskCounts};
use crate::mesos::wire::state::TaskState;

/// How many tasks the copy has in a state.
type CountOf = fn(&TaskCounts) -> u32;

/// What the master counts now, by the names of its metrics. What has ended it forgets in its own time, so that is not compared.
const COUNTED: [(TaskState, &str, CountOf); 5] = [
    (TaskState::Staging, "master/tasks_staging", |counts| counts.staging),
    (TaskState::Starting, "master/tasks_starting", |counts| counts.starting),
    (TaskState::Running, "master/tasks_running", |counts| counts.running),
    (TaskState::Killing, "master/tasks_killing", |counts| counts.killing),
    (TaskState::Unreachable, "master/tasks_unreachable", TaskCounts::unreachable_by_state),
];
/// Events that came so long before the metrics were asked for may be in one count and not in the other.
pub(super) const EVENT_TOLERANCE: Nanoseconds = Nanoseconds::from_secs(2);
/// Readings in a row that make a difference a lasting one.
const LASTING: u32 = 2;

/// Seconds from one read of all tasks to the next; the wait doubles so many times.
const REREAD_AFTER: i64 = 60;
const MOST_DOUBLINGS: u32 = 6;

/// What the last readings showed.
#[derive(Debug, Default)]
pub(super) struct CountCheck {
    seen: BTreeMap<&'static str, DifferenceStreak>,
    /// How often the tasks were read again because of the difference that lasts, and when they may be read next.
    rereads: u32,
    next: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct DifferenceStreak {
    /// How many readings in a row differ in the same direction.
    times: u32,
    more: bool,
    since: Option<Timestamp>,
    /// They were equal once.
    agreed: bool,
}

impl CountCheck {
    /// The metrics have just been read. So many events have come since shortly before they were asked for. A caller who may not
    /// see all tasks sees fewer than are counted: for such a one only what was equal before can differ.
    pub(super) fn compare(
        &mut self,
        cluster: &Cluster,
        events: u32,
        is_filtered: bool,
        now: Timestamp,
    ) -> Vec<TaskCountDifference> {
        let Ok(metrics) = cluster.metrics() else { return Vec::new() };
        let mut lasting = Vec::new();
        for (state, name, held) in COUNTED {
            let Some(counted) = metrics.get(name).filter(|count| (0.0..4e9).contains(*count)) else { continue };
            let (counted, held) = (*counted as u32, held(cluster.task_counts()));
            let seen = self.seen.entry(name).or_default();
            seen.agreed |= counted == held;
            let is_explained = counted.abs_diff(held) <= events;
            if is_explained || (is_filtered && !seen.agreed) {
                (seen.times, seen.since) = (0, None);
                continue;
            }
            let more = counted > held;
            seen.times = if seen.more == more { seen.times.saturating_add(1) } else { 1 };
            seen.more = more;
            let since = *seen.since.get_or_insert(now);
            if seen.times >= LASTING {
                lasting.push(TaskCountDifference { state, counted, held, since });
            }
        }
        lasting
    }

    /// Whether all tasks should be read again. Where that does not mend the difference, it is done less and less often.
    pub(super) fn wants_tasks(&mut self, lasting: &[TaskCountDifference], now: Timestamp) -> bool {
        if lasting.is_empty() {
            self.rereads = 0;
            return false;
        }
        if self.next.is_some_and(|next| now < next) {
            return false;
        }
        self.next = Some(now + Nanoseconds::from_secs(REREAD_AFTER << self.rereads));
        self.rereads = (self.rereads + 1).min(MOST_DOUBLINGS);
        true
    }
}
