//! Events -> state: the one place that writes tasks and what follows from them. The rules:
//! PROTOCOL.md, "TASK_ADDED" to "AGENT_REMOVED" and "Limits of the stream".
//! Never fails: what names something unknown adds it or changes nothing.

use super::Cluster;
use super::change::{ChangeKind, ChangeSource, ChangeValue, ChangedField, Subject};
use super::change_log::NewChange;
use super::container_ids::ContainerIds;
use super::failure_counts::FAILURES_KEPT;
use super::interner::Slot;
use super::json_store::StoredJson;
use super::task;
use super::task::{DatedBy, MasterTaskList, Owners, Task, TaskTexts, UNKNOWN_ROLE};
use super::tasks::RowId;
use crate::base::units::{Quantities, Timestamp};
use crate::cluster::agent::{Agent, UnknownAmounts};
use crate::mesos::error_text::{AgentLoss, agent_loss};
use crate::mesos::wire;
use crate::mesos::wire::encoded::Encoded;
use crate::mesos::wire::event::Event;
use crate::mesos::wire::state::TaskState;

/// The role of a resource that names none.
const ANY_ROLE: &str = "*";

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventEffect {
    /// The cluster has it.
    Applied,
    /// The event changes a task that neither the snapshot nor another event has reported: nothing shows it.
    UnknownTask,
}

impl Cluster {
    /// Applies one event.
    pub fn apply(&mut self, event: &Event<'_>, now: Timestamp) -> EventEffect {
        let mut effect = EventEffect::Applied;
        match event {
            Event::Heartbeat | Event::Unknown(_) => return effect,
            Event::TaskAdded(task, sent) => self.task_added(task, *sent, now),
            Event::TaskUpdated(updated) => effect = self.task_updated(updated, now),
            Event::AgentAdded(agent, sent) => self.agent_added(agent, *sent, now),
            Event::AgentRemoved(id) => self.agent_removed(id.as_str(), now),
            Event::FrameworkAdded(framework, sent) => {
                self.framework_reported(framework, *sent, now);
            }
            Event::FrameworkUpdated(framework, sent) => self.framework_updated(framework, *sent, now),
            Event::FrameworkRemoved(info) => self.framework_removed(info, now),
        }
        self.revision += 1;
        effect
    }

    fn task_added(&mut self, reported: &wire::task::ReportedTask<'_>, sent: Encoded<'_>, now: Timestamp) {
        let section = if reported.state.is_terminal() { MasterTaskList::Completed } else { MasterTaskList::Live };
        self.heard_of_task(reported.framework_id.as_str(), reported.task_id.as_str());
        let old = self.make_room_for(reported);
        let row = self.place(reported, sent, section);
        // A task that is launched has no status yet: it has its state since now.
        let time = self.time(now).get();
        self.tasks.get_mut(row).into_iter().filter(|task| task.updated.is_none()).for_each(|task| {
            (task.updated, task.dated_by) = (Some(time), DatedBy::Cluster);
        });
        if let Some(note) = self.tasks.get(row).map(|task| self.task_note(task, old)) {
            self.note_task(&note, time, ChangeSource::Event);
        }
        self.recall_failure(row, now);
    }

    /// The task that comes again goes first. Gives its state.
    fn make_room_for(&mut self, reported: &wire::task::ReportedTask<'_>) -> Option<TaskState> {
        let framework = self.frameworks.find(reported.framework_id.as_str());
        let known = framework.and_then(|framework| self.tasks.find(framework, reported.task_id.as_str()));
        let replaced = known.filter(|row| {
            self.is_ahead_of_stream(*row) || self.tasks.get(*row).is_some_and(|task| is_replaced(task, reported))
        });
        let state = replaced.and_then(|row| self.tasks.get(row)).map(|task| task.state);
        replaced.into_iter().for_each(|row| self.forget(row));
        state
    }

    /// A task as it is reported, in a section.
    pub(super) fn place(
        &mut self,
        reported: &wire::task::ReportedTask<'_>,
        sent: Encoded<'_>,
        section: MasterTaskList,
    ) -> RowId {
        let of = Owners {
            framework: self.frameworks.slot(reported.framework_id.as_str()),
            agent: self.agent_slot(reported.agent_id.as_str()),
            role: self.roles.slot(match reported.resources.known_role() {
                Some("") => ANY_ROLE,
                role => role.unwrap_or(UNKNOWN_ROLE),
            }),
            labels: self.labels.slot(&reported.labels.0),
            reason: self.reasons.slot(reported.statuses.last.as_ref().map_or("", wire::task::TaskStatus::reason)),
        };
        let container = reported.statuses.container();
        let (addresses, others) = (task::addresses(&container), reported.resources.pieces.to_string());
        let mut task = Task::new(of, texts(reported, &addresses, &others), reported.state, section);
        task.trace = ContainerIds::of(&container);
        let last = reported.statuses.last.as_ref();
        last.into_iter().for_each(|status| self.read_lost_host(task.agent, status));
        task.used = reported.resources.known_quantities().unwrap_or_default();
        task.is_unread = reported.resources.is_unread;
        task.started = reported.statuses.running.or(reported.statuses.first);
        task.updated = last.and_then(wire::task::TaskStatus::at);
        task.dated_by = last.map_or(DatedBy::Cluster, dated_by);
        task.healthy = last.and_then(|status| status.healthy);
        task.last = last.map_or(reported.state, |status| status.state);
        task.json = self.blobs.keep(sent.kept());
        self.add(task)
    }

    fn task_updated(&mut self, updated: &wire::event::TaskUpdate<'_>, now: Timestamp) -> EventEffect {
        self.heard_of_task(updated.framework_id.as_str(), updated.status.task_id.as_str());
        let framework = self.frameworks.find(updated.framework_id.as_str());
        let row = framework.and_then(|framework| self.tasks.find(framework, updated.status.task_id.as_str()));
        let old = row.and_then(|row| self.tasks.get(row)).map(|task| (task.state, task.section));
        let Some((row, old)) = row.zip(old) else { return EventEffect::UnknownTask };
        if self.is_known_status(row, &updated.status) {
            return EventEffect::Applied;
        }
        let json = updated.sent.map(|sent| self.blobs.keep(sent.kept()));
        let time = self.time(now).get();
        let reason = self.reasons.slot(updated.status.reason());
        self.note_date(row, &updated.status);
        let released = self.tasks.get_mut(row).and_then(|task| {
            task.reason = reason;
            note(task, &updated.status, json, time)
        });
        released.into_iter().for_each(|blob| self.blobs.release(blob));
        // What has ended has ended: only the statuses that were still to come are added.
        if old.1 == MasterTaskList::Completed {
            return EventEffect::Applied;
        }
        self.left(row);
        if let Some(task) = self.tasks.get_mut(row) {
            task.state = updated.state;
            task.section = section_after(task.section, updated);
        }
        self.entered(row);
        self.changed(row, old, &updated.status, now);
        EventEffect::Applied
    }

    /// Notes when a status was made, which measures clocks. One that is sent again has its old date, and measures nothing.
    fn note_date(&mut self, row: RowId, status: &wire::task::TaskStatus<'_>) {
        let Some(task) = self.tasks.get(row) else { return };
        if let Some(at) = status.at().filter(|at| task.updated != Some(*at)) {
            let agent = (!status.is_by_master()).then(|| self.agent_of(task));
            self.events_at.push((at, agent));
        }
    }

    /// Updates the feed, the failures and the agent after a task's new state.
    fn changed(
        &mut self,
        row: RowId,
        old: (TaskState, MasterTaskList),
        status: &wire::task::TaskStatus<'_>,
        now: Timestamp,
    ) {
        let Some(task) = self.tasks.get(row) else { return };
        let (state, section, agent) = (task.state, task.section, task.agent);
        if (state, section) == old {
            return;
        }
        let time = self.time(now).get();
        let changed = status.at().and(self.changed_at(task));
        let note = self.task_note(task, Some(old.0));
        self.note_task(&note, time, ChangeSource::Event);
        if state.is_failure() && !old.0.is_failure() && section == MasterTaskList::Completed {
            // What has come has happened, whatever an agent's clock says.
            self.log.failure(changed.map_or(time, |at| at.min(time)));
        }
        if section == MasterTaskList::Unreachable {
            // Only its tasks' events show that an agent is unreachable (PROTOCOL.md, "AGENT_REMOVED").
            self.lose_agent(agent, status_time(status).or(Some(time)), time, ChangeSource::Event);
        }
    }

    /// Marks an agent as unreachable `since` a time, if it was not. `at` is when that was seen.
    pub(super) fn lose_agent(&mut self, slot: Slot, since: Option<Timestamp>, at: Timestamp, source: ChangeSource) {
        let Some(agent) = self.known_agent(slot).filter(|agent| !agent.unreachable) else { return };
        let old = ChangeValue::Agent(agent.status());
        (agent.unreachable, agent.since) = (true, since);
        let (new, agent) = (ChangeValue::Agent(agent.status()), (agent.id.clone(), agent.hostname.clone()));
        self.note_agent_state(agent, ChangeKind::Field { field: ChangedField::State, old, new }, at, source);
    }

    fn agent_added(&mut self, reported: &wire::agent::ReportedAgent<'_>, sent: Encoded<'_>, now: Timestamp) {
        self.departed.remove(reported.agent_info.id.as_str());
        let unknown = UnknownAmounts::of(&wire::misfits::own_misfits::<wire::agent::ReportedAgent<'_>>(sent));
        let id = reported.agent_info.id.as_str();
        let before = self.agent_facts(id);
        self.report_agent(reported, sent, unknown, now);
        let slot = self.agent_slot(id);
        self.agents.get_mut(slot).into_iter().for_each(|entry| entry.heard = Some(now));
        self.note_agent(id, before.as_ref(), self.time(now).get(), ChangeSource::Event);
    }

    fn agent_removed(&mut self, id: &str, now: Timestamp) {
        self.departed.insert(id.into(), now);
        let Some(slot) = self.agents.find(id) else { return };
        if let Some(agent) = self.forget_agent(slot) {
            let (agent, time) = ((agent.id, agent.hostname), self.time(now).get());
            self.note_agent_state(agent, ChangeKind::Removed, time, ChangeSource::Event);
        }
    }

    pub(super) fn forget_agent(&mut self, slot: Slot) -> Option<Agent> {
        let agent = self.agents.get_mut(slot)?.known.take()?;
        self.blobs.release(agent.json);
        self.drop_executors(|executor| executor.agent == slot);
        self.drop_agent_slot(slot);
        Some(agent)
    }

    fn framework_reported(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        now: Timestamp,
    ) -> usize {
        let id = reported.framework_info.id.as_str();
        let before = self.framework_facts(id);
        let slot = self.report_framework(reported, sent, now);
        self.frameworks.get_mut(slot).into_iter().for_each(|entry| entry.heard = Some(now));
        self.note_framework(id, before.as_ref(), self.time(now).get(), ChangeSource::Event)
    }

    fn framework_updated(
        &mut self,
        reported: &wire::framework::ReportedFramework<'_>,
        sent: Encoded<'_>,
        now: Timestamp,
    ) {
        if self.framework_reported(reported, sent, now) == 0 {
            let info = &reported.framework_info;
            let subject = Subject::Framework { id: info.id.as_str().into(), name: info.name.as_str().to_owned() };
            let time = self.time(now).get();
            self.log.change(NewChange::of(time, ChangeSource::Event, subject, ChangeKind::Updated));
        }
    }

    fn framework_removed(&mut self, info: &wire::framework::FrameworkInfo<'_>, now: Timestamp) {
        let (slot, time) = (self.frameworks.slot(info.id.as_str()), self.time(now).get());
        let Some(entry) = self.frameworks.get_mut(slot) else { return };
        entry.heard = Some(now);
        let is_unknown = entry.known.is_none();
        let framework = entry.known.get_or_insert_default();
        // A read may have reported it before.
        if std::mem::replace(&mut framework.completed, true) {
            return self.end_tasks_of(slot);
        }
        framework.report_info(info);
        (framework.active, framework.connected, framework.recovered) = (false, false, false);
        framework.unregistered = Some(time);
        (framework.offers, framework.inverse_offers) = (Vec::new(), Vec::new());
        (framework.offered, framework.reported) = (Quantities::NONE, Quantities::NONE);
        framework.unknown = UnknownAmounts::default();
        let subject = Subject::Framework { id: framework.id.clone(), name: framework.name.clone() };
        self.log.change(NewChange::of(time, ChangeSource::Event, subject, ChangeKind::Removed));
        // They show its name, which may be another now.
        self.note_tasks(&self.rows_of_framework(slot));
        self.end_tasks_of(slot);
        if is_unknown {
            // A read that was ahead of the stream did not tell it any more: the others of a full ring ended later.
            self.completed_frameworks.push_front(slot);
        } else {
            self.completed_frameworks.push_back(slot);
        }
        self.trim_frameworks();
    }

    /// Ends the tasks that an access list hid. The other tasks' updates came before (PROTOCOL.md, "FRAMEWORK_REMOVED").
    fn end_tasks_of(&mut self, framework: Slot) {
        for row in self.rows_of_framework(framework) {
            if self.tasks.get(row).is_some_and(|task| task.section != MasterTaskList::Completed) {
                self.left(row);
                self.tasks.get_mut(row).into_iter().for_each(|task| task.section = MasterTaskList::Completed);
                self.entered(row);
            }
        }
        self.drop_executors(|executor| executor.framework == framework);
    }

    fn known_agent(&mut self, slot: Slot) -> Option<&mut Agent> {
        self.agents.get_mut(slot)?.known.as_mut()
    }

    pub(super) fn subject(&self, task: &Task) -> Subject {
        Subject::Task {
            framework: self.frameworks.id(task.framework).into(),
            id: task.id().into(),
            name: task.name().to_owned(),
        }
    }

    /// Counts a failure of the snapshot if it is recent.
    pub(super) fn recall_failure(&mut self, row: RowId, now: Timestamp) {
        let Some(task) = self.tasks.get(row) else { return };
        let is_failed = task.section == MasterTaskList::Completed && task.state.is_failure();
        let at = self.changed_at(task).filter(|_| is_failed);
        if let Some(at) = at.filter(|at| self.time(now).since(*at) < FAILURES_KEPT) {
            self.log.failure(at);
        }
    }
}

/// When the master lost sight of the task, or else when the status was made.
fn status_time(status: &wire::task::TaskStatus<'_>) -> Option<Timestamp> {
    status.unreachable_time.and_then(wire::time::Time::moment).or_else(|| status.at())
}

fn texts<'a>(reported: &'a wire::task::ReportedTask<'_>, addresses: &'a str, others: &'a str) -> TaskTexts<'a> {
    TaskTexts {
        addresses,
        others,
        id: reported.task_id.as_str(),
        name: reported.name.as_str(),
        executor: reported.executor_id.as_ref().map_or("", wire::scalar::Id::as_str),
        message: reported.statuses.last.as_ref().map_or("", wire::task::TaskStatus::message),
    }
}

/// A task that comes again takes the place of a live, unreachable or lost one. One that ended in another way stays
/// among the completed, as the master keeps it (PROTOCOL.md, "TASK_ADDED"), and so does a lost one whose id is used for a new
/// task, which has no status yet.
fn is_replaced(task: &Task, reported: &wire::task::ReportedTask<'_>) -> bool {
    task.section != MasterTaskList::Completed || task.state == TaskState::Lost && reported.statuses.last.is_some()
}

/// Adds a status to the task's history; a status of the same state as the last replaces it. Gives back what it replaced.
/// One without a date is dated `now`, by the cluster's clock.
fn note(
    task: &mut Task,
    status: &wire::task::TaskStatus<'_>,
    json: Option<StoredJson>,
    now: Timestamp,
) -> Option<StoredJson> {
    task.set_status(status.message(), &status.container());
    (task.updated, task.dated_by) = match status.at() {
        Some(at) => (Some(at), dated_by(status)),
        None => (Some(now), DatedBy::Cluster),
    };
    task.healthy = status.healthy.or(task.healthy);
    if status.state == TaskState::Running {
        task.started = task.started.or(status.at());
    }
    let same = std::mem::replace(&mut task.last, status.state) == status.state;
    let json = json?;
    match task.later.last_mut() {
        Some(last) if same => Some(std::mem::replace(&mut last.1, json)),
        _ => {
            task.later.push((status.state, json));
            None
        }
    }
}

fn dated_by(status: &wire::task::TaskStatus<'_>) -> DatedBy {
    if status.is_by_master() { DatedBy::Cluster } else { DatedBy::Agent }
}

/// The section of a live or unreachable task after an update (PROTOCOL.md, "TASK_UPDATED").
fn section_after(section: MasterTaskList, updated: &wire::event::TaskUpdate<'_>) -> MasterTaskList {
    match updated.state {
        TaskState::Unreachable => MasterTaskList::Unreachable,
        TaskState::Lost if lost_with_its_agent(&updated.status) => MasterTaskList::Unreachable,
        state if state.is_terminal() => MasterTaskList::Completed,
        _ => section,
    }
}

/// A framework that is not partition-aware is reported TASK_LOST where others are reported TASK_UNREACHABLE.
fn lost_with_its_agent(status: &wire::task::TaskStatus<'_>) -> bool {
    let by_agent = status.reason() == "REASON_AGENT_REMOVED" && agent_loss(status.message()) == AgentLoss::Unreachable;
    by_agent || status.unreachable_time.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::HistoryLimits;
    use crate::mesos::wire::json_splitter::SnapshotList;
    use crate::mesos::wire::lists;

    #[test]
    fn a_late_end_of_what_is_long_over_drops_nothing_else() {
        let mut cluster = Cluster::default();
        let at = Timestamp;
        cluster.report_flags(None, HistoryLimits { completed_frameworks: 1, ..HistoryLimits::default() }, Vec::new());
        let framework = |id: &str| format!(r#"{{"framework_info":{{"id":{{"value":"{id}"}}}},"active":true}}"#);
        let task = r#"{"task_id":{"value":"t"},"framework_id":{"value":"new"},"state":"TASK_FINISHED"}"#;
        for id in ["old", "new"] {
            cluster.arrive(SnapshotList::Frameworks, &framework(id), at(1)).expect("it is a framework");
        }
        cluster.arrive(SnapshotList::CompletedTasks, task, at(1)).expect("it is a task");
        cluster.arrived(None);
        // The answer is ahead of the stream: both have ended, and of those that have, the master keeps one.
        let answer = format!(
            r#"{{"type":"GET_FRAMEWORKS","get_frameworks":{{"completed_frameworks":[{}]}}}}"#,
            framework("new")
        );
        cluster.report_frameworks(&lists::frameworks(&answer).expect("it is an answer"), at(2));
        for id in ["old", "new"] {
            let event = format!(
                r#"{{"type":"FRAMEWORK_REMOVED","framework_removed":{{"framework_info":{{"id":{{"value":"{id}"}}}}}}}}"#
            );
            cluster.apply(&Event::decode(&event).expect("it is an event").0, at(3));
        }
        let kept: Vec<&str> = cluster.completed_frameworks().map(|framework| framework.id.as_str()).collect();
        assert_eq!((kept, cluster.tasks_held()), (vec!["new"], 1));
        assert_eq!(cluster.check(), Ok(()));
    }
}
