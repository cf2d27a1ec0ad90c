//! Tasks and what they refer to by small numbers, for tables that are kept between their answers.

use super::Cluster;
use super::interner::Slot;
use super::row_changes::ChangePosition;
use super::task::Task;
use super::tasks::RowId;
use crate::mesos::wire::task::LabelsText;

impl Cluster {
    /// All tasks, in no order that means anything, each with a number that it keeps as long as the state holds it.
    pub fn numbered_tasks(&self) -> impl Iterator<Item = (u32, &Task)> {
        self.tasks.unsorted_rows().map(|(row, task)| (row.number(), task))
    }

    /// The task with this number.
    pub fn numbered_task(&self, number: u32) -> Option<&Task> {
        self.tasks.get(RowId::numbered(number))
    }

    /// A number above all those of tasks.
    pub fn task_numbers(&self) -> u32 {
        self.tasks.numbers()
    }

    /// How far changes of tasks have come: they are known from here on.
    pub fn task_position(&self) -> ChangePosition {
        self.tasks.changes.position()
    }

    /// Numbers of the tasks that came, changed or went since then, some of them more than once. A task also changes with the
    /// names of its framework and its agent. `None` if that is not known any more, or if any may have changed.
    pub fn tasks_changed_since(&self, position: ChangePosition) -> Option<impl Iterator<Item = u32> + use<'_>> {
        self.tasks.changes.since(position)
    }

    /// Name of the framework with this number, or else its id.
    pub fn framework_numbered(&self, number: u32) -> &str {
        let slot = Slot::numbered(number);
        Some(self.framework_name_at(slot)).filter(|name| !name.is_empty()).unwrap_or_else(|| self.frameworks.id(slot))
    }

    /// Host name of the agent with this number, or else its id.
    pub fn agent_numbered(&self, number: u32) -> &str {
        let slot = Slot::numbered(number);
        let host = self.agents.get(slot).map_or("", |entry| &entry.hostname);
        Some(host).filter(|host| !host.is_empty()).unwrap_or_else(|| self.agents.id(slot))
    }

    /// The role with this number; empty if it cannot be read.
    pub fn role_numbered(&self, number: u32) -> &str {
        self.roles.id(Slot::numbered(number))
    }

    /// The labels with this number, each as `key=value`.
    pub fn labels_numbered(&self, number: u32) -> impl Iterator<Item = &str> {
        LabelsText::split(self.labels.id(Slot::numbered(number)))
    }

    /// The reason with this number, as `REASON_TASK_UNHEALTHY`.
    pub fn reason_numbered(&self, number: u32) -> &str {
        self.reasons.id(Slot::numbered(number))
    }

    /// Notes that tasks show something else, though they are the same.
    pub(super) fn note_tasks(&mut self, rows: &[RowId]) {
        rows.iter().for_each(|row| self.tasks.changes.note(row.number()));
    }
}
