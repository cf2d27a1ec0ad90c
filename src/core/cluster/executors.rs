//! The cluster's executors, from the master's lists and from tasks.

use super::Cluster;
use super::executor::PlacedExecutor;
use super::executor::{Executor, ExecutorSlotKey, ExecutorSource};
use super::tasks::RowId;
use crate::base::ids::{AgentId, FrameworkId};
use crate::mesos::wire::encoded::Encoded;
use crate::mesos::wire::{self, lists};

impl Cluster {
    /// All executors, in no order that means anything.
    pub fn executors(&self) -> impl Iterator<Item = PlacedExecutor<'_>> {
        self.executors.unsorted().filter_map(|(key, executor)| self.placed(key, executor))
    }

    /// Executors of an agent, in no order that means anything.
    pub fn executors_on(&self, agent: &AgentId) -> impl Iterator<Item = PlacedExecutor<'_>> {
        let slot = self.agents.find(agent.as_str());
        slot.into_iter()
            .flat_map(|slot| self.executors.of(slot))
            .filter_map(|(key, executor)| self.placed(key, executor))
    }

    fn placed<'a>(&'a self, key: &'a ExecutorSlotKey, executor: &'a Executor) -> Option<PlacedExecutor<'a>> {
        (executor.known != ExecutorSource::Denied).then(|| PlacedExecutor {
            framework: self.frameworks.id(key.framework),
            framework_name: self.framework_name_at(key.framework),
            agent: self.agents.id(key.agent),
            hostname: self.agents.get(key.agent).map_or("", |entry| &entry.hostname),
            id: &key.id,
            executor,
        })
    }

    /// The executors of a framework on an agent, in no order that means anything.
    pub fn executors_at<'a>(
        &'a self,
        agent: &AgentId,
        framework: &'a FrameworkId,
    ) -> impl Iterator<Item = PlacedExecutor<'a>> {
        self.executors_on(agent).filter(|placed| placed.framework == framework.as_str())
    }

    /// Takes over one executor of the list.
    pub(super) fn report_executor(&mut self, reported: &wire::agent::ReportedExecutor<'_>, sent: Encoded<'_>) {
        let info = &reported.executor_info;
        let key = ExecutorSlotKey {
            framework: self.frameworks.slot(info.framework_id.as_str()),
            agent: self.agent_slot(reported.agent_id.as_str()),
            id: info.executor_id.as_str().into(),
        };
        let sent = self.blobs.keep(sent.kept());
        let executor = self.executors.get_or_insert(key);
        info.name.as_str().clone_into(&mut executor.name);
        info.r#type.as_str().clone_into(&mut executor.kind);
        info.source.as_str().clone_into(&mut executor.source);
        executor.role = info.resources.known_role().map(str::to_owned);
        executor.used = info.resources.known_quantities();
        executor.known = ExecutorSource::Listed;
        let old = std::mem::replace(&mut executor.json, sent);
        self.blobs.release(old);
    }

    /// The list as it was read: what it does not have is gone, or was never there.
    pub fn report_executors(&mut self, reported: &lists::ExecutorLists<'_>) {
        // One that could not be identified may be any of those that the list seems to lack.
        if reported.misread.unidentified.is_empty() {
            self.executors.deny(|_| true);
        }
        reported.executors.iter().for_each(|(executor, sent)| self.report_executor(executor, *sent));
        self.drop_denied();
        self.revision += 1;
    }

    fn drop_denied(&mut self) {
        let blobs = &mut self.blobs;
        self.executors.retain(|executor| {
            let kept = executor.known != ExecutorSource::Denied || executor.tasks > 0;
            if executor.known == ExecutorSource::Denied {
                blobs.release(std::mem::take(&mut executor.json));
            }
            kept
        });
    }

    /// These are gone, though the stream may not have reported yet of the ends of their tasks.
    pub(super) fn drop_executors(&mut self, which: impl Fn(&ExecutorSlotKey) -> bool) {
        self.executors.deny(which);
        self.drop_denied();
    }

    /// A live task names its executor.
    pub(super) fn executor_runs(&mut self, row: RowId) {
        let Some(key) = self.executor_key(row) else { return };
        let executor = self.executors.get_or_insert(key);
        executor.tasks += 1;
        if executor.known == ExecutorSource::Denied {
            executor.known = ExecutorSource::ByTask;
        }
    }

    /// A live task of an executor is none any more. One that only tasks reported of goes with the last of them.
    pub(super) fn executor_rests(&mut self, row: RowId) {
        let Some(key) = self.executor_key(row) else { return };
        let Some(executor) = self.executors.get_mut(&key) else { return };
        executor.tasks = executor.tasks.saturating_sub(1);
        if executor.tasks == 0 && executor.known != ExecutorSource::Listed {
            self.executors.remove(&key);
        }
    }

    fn executor_key(&self, row: RowId) -> Option<ExecutorSlotKey> {
        let task = self.tasks.get(row).filter(|task| task.has_executor)?;
        Some(ExecutorSlotKey { framework: task.framework, agent: task.agent, id: task.executor().into() })
    }
}
