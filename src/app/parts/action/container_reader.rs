//! Reads an agent's containers for the changes of a form: the cluster's state has none.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::Previews;
use mesoscope_core::actions::container_action::{ContainerAction, ContainerChange};
use mesoscope_core::actions::containers::ContainerReading;
use mesoscope_core::actions::execution::SendFailure;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::containers::{GetContainers, NestedContainerId, WaitNestedContainer};
use mesoscope_core::mesos::wire::containers::containers;
use mesoscope_core::text;

use crate::api_client::{ApiError, ApiRequest};
use crate::hooks::{now, spawn_unscoped};
use crate::worker_link::WorkerLink;

/// The latest reading, for the form that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct ContainerReader {
    reading: RwSignal<Option<ContainerReading>>,
    link: WorkerLink,
}

impl ContainerReader {
    pub(super) fn new(link: WorkerLink) -> Self {
        Self { reading: RwSignal::new(None), link }
    }

    /// Reads the containers that these actions change; `false` if they change none.
    pub(super) fn read(self, actions: &[Action]) -> bool {
        let changes: Vec<ContainerAction> = actions.iter().filter_map(change).cloned().collect();
        let Some(agent) = changes.first().map(|change| change.agent.clone()) else { return false };
        spawn_unscoped(async move {
            if let Some(reading) = read(agent, changes, self.link).await {
                self.reading.try_update(|known| {
                    // Answers may overtake each other.
                    let newest = known.as_ref().is_none_or(|known| known.asked < reading.asked);
                    if newest {
                        let launched = known.take().map(|known| known.launched).unwrap_or_default();
                        *known = Some(ContainerReading { launched, ..reading });
                    }
                });
            }
        });
        true
    }

    /// Takes over the status of an accepted action. Mesos answers 202 where a container has the new one's id: nothing was launched.
    pub(super) fn accepted(self, action: &Action, status: u16) -> Result<u16, SendFailure> {
        let Some(ContainerAction { path, change: ContainerChange::Launch(_), .. }) = change(action) else {
            return Ok(status);
        };
        if status == 202 {
            let words = text::containers::NOT_LAUNCHED.to_owned();
            return Err(SendFailure::Refused(Refusal { status, words }));
        }
        self.reading.try_update(|reading| reading.iter_mut().for_each(|known| _ = known.launched.insert(path.clone())));
        Ok(status)
    }

    /// Completes previews with the latest reading.
    pub(super) fn complete(self, actions: &[Action], plans: &mut Previews) {
        self.reading.with(|reading| {
            let Some(reading) = reading else { return };
            for (at, preview) in plans {
                let change = actions.get(*at).and_then(change);
                change.into_iter().for_each(|action| reading.complete(action, preview));
            }
        });
    }
}

fn change(action: &Action) -> Option<&ContainerAction> {
    match action {
        Action::Container(change) => Some(change),
        _ => None,
    }
}

async fn read(agent: AgentId, changes: Vec<ContainerAction>, link: WorkerLink) -> Option<ContainerReading> {
    let all = GetContainers { show_nested: true, show_standalone: true };
    let asked = now();
    let body = ApiRequest::new(&all, agent).ask(link).await.ok()?;
    let mut reading = ContainerReading::of(&containers(&body, &[])?, asked);
    let ended = changes.into_iter().filter(|change| change.change == ContainerChange::Remove);
    for removal in ended.filter(|removal| !reading.running.contains(&removal.path)).collect::<Vec<_>>() {
        let is_kept = is_kept(&removal, link).await;
        reading.kept.extend(is_kept.map(|is_kept| (removal.path, is_kept)));
    }
    Some(reading)
}

/// Whether the agent keeps the exit status of an ended container; `None` if it does not say.
async fn is_kept(removal: &ContainerAction, link: WorkerLink) -> Option<bool> {
    let container_id = NestedContainerId::try_from(ContainerPath::of(&removal.path)?).ok()?;
    match ApiRequest::new(&WaitNestedContainer { container_id }, removal.agent.clone()).ask(link).await {
        Ok(_) => Some(true),
        Err(ApiError::Refused(Refusal { status: 404, .. })) => Some(false),
        Err(_) => None,
    }
}
