//! Corrects tasks by an answer that lists all of them.

use super::Cluster;
use super::change::ChangeKind;
use super::change_log::NewChange;
use super::reread::{Reread, RereadTask, TakenOver};
use super::task::{DatedBy, MasterTaskList};
use super::tasks::RowId;
use super::topic::Topic;
use crate::base::ids::TaskKey;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::wire;
use crate::mesos::wire::encoded::Encoded;
use std::collections::BTreeSet;

/// How long to wait for a late event: a heartbeat's interval. A later one is applied like any other.
const LATE: Nanoseconds = Nanoseconds::from_secs(15);

/// Maximum number of tasks that are changed at once; others wait for the next answer.
const MOST_CHANGED: usize = 4096;

fn key(reported: &wire::task::ReportedTask<'_>) -> TaskKey {
    TaskKey { framework: reported.framework_id.as_str().into(), task: reported.task_id.as_str().into() }
}

impl Cluster {
    /// Starts a read of all tasks, requested now.
    pub fn tasks_asked(&mut self) {
        self.reread = Some(Reread::default());
    }

    /// Ends a read of all tasks that failed.
    pub(super) fn tasks_unread(&mut self) {
        self.reread = None;
    }

    /// Completes the answer.
    pub(super) fn tasks_read(&mut self, now: Timestamp) {
        self.reread.iter_mut().for_each(|reread| reread.due = Some(now + LATE));
    }

    /// Time at which `settle_tasks` has work to do; `None` if it has none.
    pub fn tasks_due(&self) -> Option<Timestamp> {
        self.reread.as_ref()?.due
    }

    /// Notes an event of the task.
    pub(super) fn heard_of_task(&mut self, framework: &str, task: &str) {
        if let Some(reread) = &mut self.reread {
            reread.changed.insert(TaskKey { framework: framework.into(), task: task.into() });
        }
    }

    /// Takes over one task of the answer, from the list of this section.
    pub(super) fn reread_task(
        &mut self,
        reported: &wire::task::ReportedTask<'_>,
        sent: Encoded<'_>,
        section: MasterTaskList,
    ) {
        let key = key(reported);
        let row = self.row_of(&key);
        let held = row.and_then(|row| self.tasks.get(row)).map(|task| (task.state, task.section));
        let is_other = match held {
            // What has ended has ended.
            Some((_, MasterTaskList::Completed)) => false,
            Some(held) => held != (reported.state, section),
            None => section != MasterTaskList::Completed && self.is_active_framework(&key),
        };
        let Some(reread) = &mut self.reread else { return };
        if section != MasterTaskList::Completed {
            reread.seen.extend(row);
        }
        if is_other && reread.found.len() < MOST_CHANGED {
            reread.found.push(RereadTask { key, section, sent: sent.kept().concat() });
        }
    }

    /// Applies the answer once it is due. What the copy holds as live or unreachable, and the master lists no more, goes.
    pub fn settle_tasks(&mut self, now: Timestamp) {
        let Some(mut reread) = self.reread.take_if(|reread| reread.due.is_some_and(|due| now >= due)) else { return };
        let mut ended = BTreeSet::new();
        let (mut over, live): (Vec<RereadTask>, Vec<RereadTask>) = std::mem::take(&mut reread.found)
            .into_iter()
            .filter(|found| !reread.changed.contains(&found.key))
            .partition(|found| found.section == MasterTaskList::Completed);
        for found in &live {
            reread.seen.extend(self.take_over(found, now));
        }
        // Of several of one id the newest, which is the last.
        over.reverse();
        over.retain(|found| ended.insert(found.key.clone()));
        for found in over.iter().rev() {
            if self.row_of(&found.key).is_some_and(|row| !reread.seen.contains(&row)) {
                self.take_over(found, now);
            }
        }
        let is_gone = |(row, task): &(RowId, &crate::cluster::task::Task)| {
            let framework = self.frameworks.id(task.framework).into();
            let is_listed = reread.seen.contains(row) || task.section == MasterTaskList::Completed;
            !is_listed && !reread.changed.contains(&TaskKey { framework, task: task.id().into() })
        };
        let gone: Vec<RowId> = self.tasks.unsorted_rows().filter(is_gone).map(|(row, _)| row).collect();
        let (time, source) = (self.time(now).get(), self.read_source(Topic::Tasks));
        for row in gone {
            if let Some(subject) = self.tasks.get(row).map(|task| self.subject(task)) {
                self.log.change(NewChange::of(time, source, subject, ChangeKind::Unlisted));
            }
            self.forget(row);
        }
        // What differed before is compared again when the metrics are read again.
        self.differences.clear();
        self.revision += 1;
    }

    /// The answer's task in the place of the copy's.
    fn take_over(&mut self, found: &RereadTask, now: Timestamp) -> Option<RowId> {
        let sent = Encoded::of_kept(&found.sent).ok()?;
        let reported = sent.read::<wire::task::ReportedTask<'_>>().ok()?.value?;
        let is_over = found.section == MasterTaskList::Completed || reported.state.is_terminal();
        let before = self.row_of(&found.key);
        let old = before.and_then(|row| self.tasks.get(row)).map(|task| task.state);
        before.into_iter().for_each(|row| self.forget(row));
        let row = self.place(&reported, sent, if is_over { MasterTaskList::Completed } else { found.section });
        let time = self.time(now).get();
        self.tasks.get_mut(row).into_iter().filter(|task| task.updated.is_none()).for_each(|task| {
            (task.updated, task.dated_by) = (Some(time), DatedBy::FirstSeen);
        });
        if let Some(note) = self.tasks.get(row).map(|task| self.task_note(task, old)) {
            self.note_task(&note, time, self.read_source(Topic::Tasks));
        }
        self.recall_failure(row, now);
        // A full ring may have let it go again.
        if let Some(task) = self.tasks.get(row) {
            let statuses = wire::task_json::dated_states(&self.json(task.json));
            self.taken_over.insert(row, TakenOver { statuses, is_new: before.is_none() });
        }
        Some(row)
    }

    /// Whether a status came with an answer that was ahead of the stream. What the answer did not have is later than it, and so is all
    /// that follows.
    pub(super) fn is_known_status(&mut self, row: RowId, status: &wire::task::TaskStatus<'_>) -> bool {
        let Some(taken) = self.taken_over.get(&row) else { return false };
        let (is_known, more) = taken.take(status.state, status.at());
        if !more {
            self.taken_over.remove(&row);
        }
        is_known
    }

    /// Whether the task is known from an answer alone, so that the event that adds it is still to come.
    pub(super) fn is_ahead_of_stream(&self, row: RowId) -> bool {
        self.taken_over.get(&row).is_some_and(|taken| taken.is_new)
    }

    fn row_of(&self, key: &TaskKey) -> Option<RowId> {
        self.tasks.find(self.frameworks.find(key.framework.as_str())?, key.task.as_str())
    }

    fn is_active_framework(&self, key: &TaskKey) -> bool {
        self.framework(&key.framework).is_some_and(|framework| !framework.completed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::wire::event::Event;
    use crate::mesos::wire::json_splitter::SnapshotList;
    use crate::mesos::wire::state::TaskState;
    use crate::mesos::wire::task_json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + Nanoseconds::from_secs(seconds)
    }

    fn status(state: &str, time: u32) -> String {
        format!(r#"{{"task_id":{{"value":"t"}},"state":"{state}","timestamp":{time}}}"#)
    }

    fn task(state: &str, statuses: &[String]) -> String {
        let statuses = statuses.join(",");
        format!(
            r#"{{"task_id":{{"value":"t"}},"framework_id":{{"value":"f"}},"state":"{state}","statuses":[{statuses}]}}"#
        )
    }

    fn added(task: &str) -> String {
        format!(r#"{{"type":"TASK_ADDED","task_added":{{"task":{task}}}}}"#)
    }

    fn updated(state: &str, time: u32) -> String {
        let status = status(state, time);
        format!(
            r#"{{"type":"TASK_UPDATED","task_updated":{{"framework_id":{{"value":"f"}},"state":"{state}","status":{status}}}}}"#
        )
    }

    /// A cluster that held this task, and then read all tasks, which are these now.
    fn read_again(before: Option<&str>, now: (SnapshotList, &str)) -> Cluster {
        let mut cluster = Cluster::default();
        let framework = r#"{"framework_info":{"id":{"value":"f"}},"active":true}"#;
        cluster.arrive(SnapshotList::Frameworks, framework, at(1)).expect("it is a framework");
        if let Some(task) = before {
            cluster.arrive(SnapshotList::Tasks, task, at(1)).expect("it is a task");
        }
        cluster.arrived(None);
        cluster.tasks_asked();
        cluster.arrive_read(now.0, now.1, at(50)).expect("it is a task");
        cluster.list_read(Topic::Tasks, at(50), at(51));
        cluster.settle_tasks(at(70));
        cluster
    }

    fn check(mut cluster: Cluster, events: &[String], states: &[TaskState]) {
        for event in events {
            cluster.apply(&Event::decode(event).expect("it is an event").0, at(90));
            assert_eq!(cluster.check(), Ok(()));
        }
        let tasks: Vec<Vec<TaskState>> =
            cluster.tasks().map(|task| task_json::states(&cluster.task_json(task))).collect();
        assert_eq!(tasks, [states]);
    }

    #[test]
    fn events_that_come_long_after_the_answer_that_had_them_add_nothing() {
        use TaskState::{Finished, Killed, Killing, Running, Staging};
        let [running, killing] = [status("TASK_RUNNING", 10), status("TASK_KILLING", 20)];
        let old = task("TASK_RUNNING", std::slice::from_ref(&running));
        let new = task("TASK_KILLING", &[running.clone(), killing]);
        let late = [updated("TASK_KILLING", 20), updated("TASK_KILLED", 30)];
        check(read_again(Some(&old), (SnapshotList::Tasks, &new)), &late, &[Running, Killing, Killed]);
        // So it is with a task that the stream adds after the answer.
        let late = [added(&task("TASK_STAGING", &[])), updated("TASK_RUNNING", 10), updated("TASK_KILLING", 20)];
        check(read_again(None, (SnapshotList::Tasks, &new)), &late, &[Running, Killing]);
        let over = task("TASK_FINISHED", &[running.clone(), status("TASK_FINISHED", 20)]);
        let late = [added(&task("TASK_STAGING", &[])), updated("TASK_RUNNING", 10), updated("TASK_FINISHED", 20)];
        check(read_again(None, (SnapshotList::Tasks, &over)), &late, &[Running, Finished]);
        // A status that took the place of an older one of its state.
        let healthy = task("TASK_RUNNING", &[status("TASK_STAGING", 5), status("TASK_RUNNING", 15)]);
        let staging = task("TASK_STAGING", &[status("TASK_STAGING", 5)]);
        let late = [updated("TASK_RUNNING", 10), updated("TASK_RUNNING", 15), updated("TASK_KILLING", 20)];
        check(read_again(Some(&staging), (SnapshotList::Tasks, &healthy)), &late, &[Staging, Running, Killing]);
    }
}
