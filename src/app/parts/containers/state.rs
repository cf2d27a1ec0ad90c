//! State that the parts of a panel of containers share: the readings, the rows, and what is open.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::container_action::{ContainerAction, ContainerChange};
use mesoscope_core::actions::containers::ContainerReading;
use mesoscope_core::actions::execution::Outcome;
use mesoscope_core::base::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::mesos::wire::agent_api::{AgentTask, ExecutorRun, TaskStage};
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::views::containers::{ContainerRow, ContainersReport};

use super::waits::Waits;
use crate::actions::{ContainerForm, ContainerProposal, Proposal, action_store};
use crate::hooks::on_change;
use crate::parts::action::control::{ActionChoice, action_button_of};
use crate::parts::agent_live::polled::{PollTimer, Polled};
use crate::parts::links::host_of;

/// Ids of a container: those of the containers around it, outermost first, its own last.
pub(super) type ContainerPath = Vec<String>;

/// Tasks by their container's id.
pub(super) type TasksByContainer = BTreeMap<String, ContainerTask>;

/// A task, and where it runs.
#[derive(Clone, PartialEq)]
pub(crate) struct ContainerTask {
    pub(crate) framework: FrameworkId,
    pub(crate) executor: ExecutorId,
    pub(crate) task: TaskId,
    /// Name of the task; empty if it has none.
    pub(crate) name: String,
}

/// Maps each container to its running task.
pub(super) fn tasks_by_container(runs: &[ExecutorRun]) -> TasksByContainer {
    let tasks = runs.iter().flat_map(|run| &run.tasks).filter(|task| task.stage == TaskStage::Running);
    let one = |task: &AgentTask| {
        let inhabitant = ContainerTask {
            framework: task.framework.as_str().into(),
            executor: task.executor.as_str().into(),
            task: task.id.as_str().into(),
            name: task.name.clone(),
        };
        (task.container.clone(), inhabitant)
    };
    tasks.map(one).collect()
}

/// Readings of an agent's containers, and when to read them again.
#[derive(Clone, Copy)]
pub(super) struct ContainerSource {
    pub(super) report: Polled<ContainersReport>,
    pub(super) inside: Memo<TasksByContainer>,
    pub(super) beat: PollTimer,
}

/// State that the parts of the panel share.
#[derive(Clone, Copy)]
pub(super) struct ContainerPanel {
    pub(super) agent: StoredValue<AgentId>,
    pub(super) host: Memo<String>,
    pub(super) source: ContainerSource,
    pub(super) rows: Memo<Vec<ContainerRow>>,
    pub(super) waits: Waits,
    pub(super) collapsed: RwSignal<BTreeSet<ContainerPath>>,
    /// Containers whose details are shown.
    pub(super) open: RwSignal<BTreeSet<ContainerPath>>,
    /// The row that the keyboard is at.
    pub(super) active: RwSignal<Option<ContainerPath>>,
}

impl ContainerPanel {
    pub(super) fn new(
        agent: AgentId,
        source: ContainerSource,
        is_meant: impl Fn(&ContainersReport, &[String]) -> bool + Send + Sync + 'static,
    ) -> Self {
        let launched = changed(agent.clone());
        // A change may have launched or ended one.
        on_change(move || launched.get(), move |_| source.beat.now());
        let rows = Memo::new(move |_| {
            let launched = launched.read();
            source.report.with(|report| report.rows(&launched, &is_meant)).unwrap_or_default()
        });
        Self {
            host: host_of(agent.clone()),
            waits: Waits::new(agent.clone(), source.beat),
            agent: StoredValue::new(agent),
            source,
            rows,
            collapsed: RwSignal::default(),
            open: RwSignal::default(),
            active: RwSignal::default(),
        }
    }

    /// The container; empty if it is not listed.
    pub(super) fn container(self, path: ContainerPath) -> Memo<Container> {
        let source = self.source.report;
        Memo::new(move |_| source.with(|report| report.find(&path).cloned()).flatten().unwrap_or_default())
    }

    /// Whether an executor's container is around the container, or it is one; `None` if the outermost is not listed.
    pub(super) fn is_of_executor(self, path: &[String]) -> Option<bool> {
        self.source.report.with(|report| report.is_of_executor(path))?
    }

    /// Why the agent would refuse a change of a container.
    pub(super) fn obstacle(self, path: &[String], change: ContainerChange) -> Option<DisabledReason> {
        let (_, parent) = path.split_last()?;
        let action = ContainerAction { agent: self.agent.get_value(), path: path.to_vec(), change };
        self.source.report.with(|report| {
            let near: Vec<Container> =
                [path, parent].into_iter().filter_map(|path| report.find(path)).cloned().collect();
            ContainerReading::of(&near, Timestamp(0)).obstacle(&action).map(DisabledReason::Container)
        })?
    }

    pub(super) fn proposal(self, form: ContainerForm) -> Proposal {
        let host = untrack(|| self.host.get());
        Proposal::Container(ContainerProposal { agent: self.agent.get_value(), host, form })
    }

    /// Button that launches a standalone container.
    pub(super) fn launch_button(self) -> AnyView {
        let choice = Signal::derive(move || {
            self.host.track();
            let proposal = self.proposal(ContainerForm::Launch { parent: Vec::new(), is_attachable: false });
            Some(ActionChoice { name: "Launch container", disabled_reason: None, proposal })
        });
        action_button_of("Launch container", choice)
    }

    /// Button that removes all ended nested containers, if there are several.
    pub(super) fn remove_button(self) -> impl Fn() -> Option<AnyView> {
        let ended = Memo::new(move |_| {
            let is_removable = |row: &&ContainerRow| row.is_ended && row.path.len() > 1;
            self.rows.with(|rows| rows.iter().filter(is_removable).map(|row| row.path.clone()).collect::<Vec<_>>())
        });
        let choice = Signal::derive(move || {
            self.host.track();
            let proposal = self.proposal(ContainerForm::Remove(ended.get()));
            Some(ActionChoice { name: "Remove ended", disabled_reason: None, proposal })
        });
        let are_several = Memo::new(move |_| ended.read().len() > 1);
        move || are_several.get().then(|| action_button_of("Remove ended", choice))
    }
}

/// Containers that this tab has changed on an agent, and whether they may still be there: those that were removed are not.
fn changed(agent: AgentId) -> Memo<BTreeMap<ContainerPath, bool>> {
    Memo::new(move |_| {
        let mut known = BTreeMap::new();
        for entry in action_store().journal.read().iter() {
            match (&entry.action, &entry.outcome) {
                (Action::Container(action), Some(outcome)) if action.agent == agent && outcome.may_be_done() => {
                    let is_gone = action.change == ContainerChange::Remove && *outcome == Outcome::Confirmed;
                    known.insert(action.path.clone(), !is_gone);
                }
                _ => {}
            }
        }
        known
    })
}
