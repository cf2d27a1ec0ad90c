//! Tasks as an answer to GET_TASKS has them: an update that the master never sent is in that answer alone (MESOS-8469, MESOS-9000).
//! Leaves a task as it is when an event of it came after the answer was asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::change::What;
use super::task::Section;
use super::tasks::Row;
use super::{Cluster, TaskState};
use crate::ids::TaskKey;
use crate::units::Timestamp;
use crate::wire::{self, Lenient};

/// A read of all tasks that is under way.
#[derive(Debug, Default)]
pub(super) struct Reread {
    /// Tasks of which an event came since it was asked for.
    changed: BTreeSet<TaskKey>,
    /// Tasks that the answer has so far, and that are not over.
    seen: BTreeSet<Row>,
    /// Tasks that are not over here, and that the answer lists as ended: the JSON of the latest. The same id may also be a live task
    /// of the answer, which then counts.
    ended: BTreeMap<Row, String>,
}

impl Cluster {
    /// A read of all tasks is asked for now.
    pub fn tasks_asked(&mut self) {
        self.reread = Some(Reread::default());
    }

    /// That read has failed. What came of it stays.
    pub(super) fn tasks_unread(&mut self) {
        self.reread = None;
    }

    /// An event of the task has come.
    pub(super) fn heard_of_task(&mut self, framework: &str, task: &str) {
        if let Some(reread) = &mut self.reread {
            reread.changed.insert(TaskKey { framework: framework.into(), task: task.into() });
        }
    }

    /// One task of the answer, in the list of that section.
    pub(super) fn reread_task(&mut self, told: &wire::Task<'_>, json: &str, section: Section, now: Timestamp) {
        let key = TaskKey { framework: told.framework_id.as_str().into(), task: told.task_id.as_str().into() };
        if self.reread.as_ref().is_none_or(|reread| reread.changed.contains(&key)) {
            return;
        }
        let framework = self.frameworks.find(told.framework_id.as_str());
        let row = framework.and_then(|framework| self.tasks.find(framework, told.task_id.as_str()));
        let held = row.and_then(|row| Some((row, self.tasks.get(row)?)));
        let row = match held.map(|(row, task)| (row, task.state, task.section)) {
            // What has ended has ended.
            Some((_, _, Section::Completed)) => return,
            Some((row, ..)) if section == Section::Completed => {
                self.reread.iter_mut().for_each(|reread| _ = reread.ended.insert(row, json.to_owned()));
                return;
            }
            Some((row, state, held)) if (state, held) == (told.state, section) => row,
            Some((row, ..)) => self.replace(row, told, json, section, now),
            None if section == Section::Completed || !self.is_active_framework(told.framework_id.as_str()) => return,
            None => self.place(told, json, section),
        };
        self.reread.iter_mut().for_each(|reread| _ = reread.seen.insert(row));
    }

    /// The answer has come whole. What the copy holds as live or unreachable, and the master lists no more, goes.
    pub(super) fn tasks_read(&mut self, now: Timestamp) {
        let Some(Reread { changed, seen, ended }) = self.reread.take() else { return };
        let is_over = |row: &Row, cluster: &Self| {
            let task = cluster.tasks.get(*row).filter(|task| task.section != Section::Completed);
            task.is_some_and(|task| {
                let framework = cluster.frameworks.id(task.framework).into();
                !seen.contains(row) && !changed.contains(&TaskKey { framework, task: task.id().into() })
            })
        };
        for (row, json) in ended {
            let told = serde_json::from_str::<Lenient<wire::Task<'_>>>(&json).ok().and_then(|told| told.value);
            if let Some(told) = told.filter(|_| is_over(&row, self)) {
                self.replace(row, &told, &json, Section::Completed, now);
            }
        }
        let gone: Vec<Row> = self.tasks.unsorted_rows().map(|(row, _)| row).filter(|row| is_over(row, self)).collect();
        gone.into_iter().for_each(|row| self.forget(row));
        self.revision += 1;
    }

    /// The answer's task in the place of the copy's.
    fn replace(&mut self, row: Row, told: &wire::Task<'_>, json: &str, section: Section, now: Timestamp) -> Row {
        let section = if told.state.is_terminal() && section == Section::Live { Section::Completed } else { section };
        self.forget(row);
        let row = self.place(told, json, section);
        if let Some(task) = self.tasks.get(row) {
            let message = task.message().to_owned();
            let state: TaskState = told.state;
            self.log.change(self.time(now).get(), self.subject(task), What::Task { state, message });
        }
        self.recall_failure(row, now);
        row
    }

    fn is_active_framework(&self, id: &str) -> bool {
        let entry = self.frameworks.find(id).and_then(|slot| self.frameworks.get(slot));
        entry.and_then(|entry| entry.known.as_ref()).is_some_and(|framework| !framework.completed())
    }
}
