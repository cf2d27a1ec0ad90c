//! The page of one framework.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::frameworks::{self, FrameworkRow};
use super::offers::{self, OfferRow};
use super::tasks::{self, TaskRow};
use super::view::Unreadable;
use super::view::{AbsentReason, Sources, View};
use crate::base::ids::FrameworkId;
use crate::base::units::Nanoseconds;
use crate::base::units::Timestamp;
use crate::checks::eligibility::{self, DisabledReason};
use crate::checks::trouble::PageKind;
use crate::cluster::Cluster;
use crate::cluster::task::{MasterTaskList, TaskCounts};
use crate::cluster::topic::Topic;
use crate::mesos::wire;
use crate::mesos::wire::detail;
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::state::TaskState;

/// Maximum number of logs that are opened side by side.
const RUNNING: usize = 8;
/// Maximum number of offers, and of inverse offers, on a framework's page.
const OFFERS: usize = 200;

/// A framework's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameworkDetail {
    /// Why it cannot be torn down now; `None` if it can.
    pub disabled_reason: Option<DisabledReason>,
    /// The framework as the table of frameworks lists it.
    pub row: FrameworkRow,
    /// How long a disconnected scheduler may stay away before its tasks are killed, `FrameworkInfo.failover_timeout`.
    pub failover_timeout: Nanoseconds,
    /// Details from the framework's own JSON that the row lacks.
    pub reported: detail::DetailedFramework,
    /// Its tasks by state. `None` where none has come while the snapshot arrives.
    pub tasks: Option<TaskCounts>,
    /// Up to eight running tasks, whose logs can be opened side by side.
    pub running: Vec<TaskRow>,
    /// Number of agents that its live tasks are on.
    pub agents: u32,
    /// Its outstanding offers, at most 200; `row.offers` counts all.
    pub offers: Vec<OfferRow>,
    /// Its outstanding inverse offers, at most 200.
    pub inverse_offers: Vec<OfferRow>,
    /// Number of its inverse offers, listed here or not.
    pub inverse_known: u32,
    /// Fields of its JSON that could not be read, and why, in words.
    pub unreadable: Vec<Misfit>,
    /// The framework as the master reported it, as JSON.
    pub json: String,
    /// Whether the snapshot is incomplete, so that it may have more tasks than are listed.
    pub arriving: bool,
}

/// Asks for one framework, with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkQuery(pub FrameworkId);

impl View for FrameworkQuery {
    type Answer = Result<FrameworkDetail, AbsentReason>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        framework(sources.cluster, &self.0).ok_or_else(|| sources.cluster.into())
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Frameworks, Topic::Metrics]
    }

    fn unreadable(answer: &Self::Answer) -> Option<Unreadable> {
        let detail = answer.as_ref().ok()?;
        Unreadable::of(PageKind::Framework, || detail.row.id.0.clone(), &detail.unreadable, &detail.json)
    }
}

/// The framework with this id; `None` if the cluster lists no such framework.
fn framework(cluster: &Cluster, id: &FrameworkId) -> Option<FrameworkDetail> {
    let framework = cluster.framework(id)?;
    let total = cluster.total();
    let json = cluster.json(framework.json);
    let live = cluster.tasks_of_framework(id).filter(|task| task.section == MasterTaskList::Live);
    let agents: HashSet<&str> = live.map(|task| cluster.agent_id_of(task)).collect();
    let listed = |is: fn(&OfferRow) -> bool| offers::of_framework(cluster, framework).filter(is).take(OFFERS).collect();
    Some(FrameworkDetail {
        disabled_reason: eligibility::tear_down(framework).err(),
        row: frameworks::row(framework, total),
        failover_timeout: framework.failover_timeout,
        reported: detail::framework(&json),
        tasks: cluster.counts_of(cluster.tasks_of_framework(id)),
        running: cluster
            .tasks_of_framework(id)
            .filter(|task| task.section == MasterTaskList::Live && task.state == TaskState::Running)
            .take(RUNNING)
            .map(|task| tasks::row(cluster, task))
            .collect(),
        agents: u32::try_from(agents.len()).unwrap_or(u32::MAX),
        offers: listed(|row| row.inverse.is_none()),
        inverse_offers: listed(|row| row.inverse.is_some()),
        inverse_known: u32::try_from(framework.inverse_offers.len()).unwrap_or(u32::MAX),
        unreadable: wire::misfits::framework_misfits(&json),
        json,
        arriving: cluster.arriving(),
    })
}
