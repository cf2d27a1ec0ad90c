//! What may be done to a thing now, or the reason why not: what a real master would refuse is said before it is asked.
//! Knows nothing of what a call's form must be; that is `act`'s.

use serde::{Deserialize, Serialize};

use super::reservations::ReservationBlock;
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::cluster::Cluster;
use crate::cluster::agent::{Agent, DrainState};
use crate::cluster::framework::Framework;
use crate::cluster::role::MachineMode;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::{Fetched, Unknown};
use crate::mesos::calls::maintenance::MachineId;
use crate::mesos::wire::detail;
use crate::mesos::wire::field::Misfit;

/// Why an action is disabled now. `text::checks` has the words, and the sources in Mesos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisabledReason {
    /// The agent is drained already, and so deactivated.
    Drained,
    /// The agent is deactivated already.
    Deactivated,
    /// The agent is still draining, and is reactivated only once it is drained.
    StillDraining,
    /// The agent is neither drained nor deactivated, so it cannot be reactivated.
    NotDeactivated,
    /// The agent's Mesos is older than draining is.
    TooOldToDrain,
    /// The agent's machine is in the maintenance schedule.
    Scheduled(MachineId),
    /// The framework has ended already.
    Ended,
    /// Mesos supports no quotas of nested roles.
    NestedRole(Role),
    /// Part of what the change would replace could not be read: the field that has another form than expected.
    Misread(Topic, Misfit),
    /// A master of this version does not know UPDATE_QUOTA.
    NoUpdateQuota(String),
    /// A master of this version takes quotas by UPDATE_QUOTA alone.
    OnlyUpdateQuota(String),
    /// The role has a quota, which a master before Mesos 1.9 does not change.
    HasQuota(Role),
    /// The role has no quota that could be removed.
    NoQuota(Role),
    /// The role's quota was removed while the form was open.
    QuotaGone,
    /// The master was started with `--roles`, without this one.
    RoleNotListed(Role),
    /// The master cannot reach the agent.
    Unreachable,
    /// The agent has not come back since the master started.
    NotBack,
    /// The machine is down already.
    Down(MachineId),
    /// The machine is not in the maintenance schedule.
    NotScheduled(MachineId),
    /// The machine is down, and would leave the schedule.
    LeavesWhileDown(MachineId),
    /// The machine is not down, so its maintenance cannot be ended.
    NotDown(MachineId),
    /// The machine's maintenance mode could not be read.
    ModeUnknown(MachineId, Unknown),
    /// The master lists no agent with this id.
    AgentNotListed(AgentId),
    /// The master lists no framework with this id.
    FrameworkNotListed(FrameworkId),
    /// The agent has been marked gone already.
    Gone,
    /// The agent was marked gone from this page.
    GoneFromHere,
    /// None of the chosen machines is scheduled and still up.
    NoneScheduled,
    /// None of the chosen machines is down.
    NoneDown,
    /// An action on a resource provider is not possible.
    Provider(ProviderReason),
    /// The gateway that serves the page forwards no changes.
    ServedReadOnly,
    /// The gateway that serves the page runs no commands in containers.
    ServedWithoutExec,
    /// The user has turned on the read-only switch.
    SwitchedReadOnly,
    /// An action on reservations or volumes, for that reason.
    Reservation(Box<ReservationBlock>),
    /// The agent would refuse the change of the container.
    Container(ContainerObstacle),
}

/// Why a change of a container is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContainerObstacle {
    /// The agent lists no such container, so that it cannot be killed.
    NotRunning,
    /// The container runs, and only an ended one can be removed.
    StillRunning,
    /// The container is removed already, or never was.
    Removed,
    /// A container of that id runs already.
    Exists,
    /// The container around it does not run.
    NoParent,
    /// The container is an executor's, and its framework's to kill.
    Executor,
    /// The container is nested in none: removing it aborts the agent.
    Standalone,
}

/// Why an action on a resource provider is disabled now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderReason {
    /// The provider has resources, so that it cannot be marked gone.
    HasResources,
}

type Eligibility = Result<(), DisabledReason>;

/// The first version with UPDATE_QUOTA.
const QUOTA_SINCE: (u32, u32) = (1, 9);

/// An action on an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgentAction {
    /// DRAIN_AGENT: its tasks are killed, and it gets no new ones until it is reactivated.
    Drain,
    /// DEACTIVATE_AGENT: its resources are offered no more; its tasks go on.
    Deactivate,
    /// REACTIVATE_AGENT: the resources of a drained or deactivated agent are offered again.
    Reactivate,
    /// MARK_AGENT_GONE: the agent is declared lost for ever, with all its tasks. Cannot be undone.
    MarkGone,
}

impl AgentAction {
    /// All verbs, in the order in which the page offers them.
    pub const ALL: [Self; 4] = [Self::Drain, Self::Deactivate, Self::Reactivate, Self::MarkGone];

    /// Whether it kills the agent's tasks, or gives them up.
    pub const fn is_danger(self) -> bool {
        match self {
            Self::Drain | Self::MarkGone => true,
            Self::Deactivate | Self::Reactivate => false,
        }
    }

    /// Whether the agent's state allows the action now.
    ///
    /// # Errors
    /// Why not.
    pub fn on(self, agent: &Agent, cluster: &Cluster) -> Eligibility {
        match self {
            Self::Drain => drain(agent, cluster),
            Self::Deactivate if agent.drain.is_some() => Err(DisabledReason::Drained),
            Self::Deactivate if agent.deactivated => Err(DisabledReason::Deactivated),
            Self::Reactivate if agent.drain == Some(DrainState::Draining) => Err(DisabledReason::StillDraining),
            Self::Reactivate if !agent.deactivated && agent.drain.is_none() => Err(DisabledReason::NotDeactivated),
            Self::Deactivate | Self::Reactivate | Self::MarkGone => Ok(()),
        }
    }
}

/// The maintenance schedule and a drain exclude each other, and an agent must know how to.
fn drain(agent: &Agent, cluster: &Cluster) -> Eligibility {
    // Only of registered agents does Mesos ask that; one that tells no capabilities at all is none to judge.
    let capabilities = || detail::agent(&cluster.json(agent.json)).capabilities;
    if !agent.recovered && !agent.unreachable {
        let known = capabilities();
        if !known.is_empty() && !known.iter().any(|name| name == "AGENT_DRAINING") {
            return Err(DisabledReason::TooOldToDrain);
        }
    }
    // Where nobody knows the schedule, the master is asked, and says so itself.
    let windows = cluster.schedule().map(|schedule| schedule.windows.as_slice()).unwrap_or_default();
    match windows.iter().flat_map(|window| &window.machine_ids).find(|machine| agent.is_of(machine)) {
        Some(machine) => Err(DisabledReason::Scheduled(machine.clone())),
        None => Ok(()),
    }
}

/// Whether a framework may be torn down.
///
/// # Errors
/// Why not.
pub fn tear_down(framework: &Framework) -> Eligibility {
    if framework.completed() { Err(DisabledReason::Ended) } else { Ok(()) }
}

/// Whether a role may have a quota of its own.
///
/// # Errors
/// Why not.
pub fn set_quota(role: &Role) -> Eligibility {
    if role.as_str().contains('/') { Err(DisabledReason::NestedRole(role.clone())) } else { Ok(()) }
}

/// Whether all that a call would replace is known: what could not be read would be lost.
///
/// # Errors
/// Why not.
pub fn replace_topic(part: Topic, cluster: &Cluster) -> Eligibility {
    cluster.misread(part).map_or(Ok(()), |misfit| Err(DisabledReason::Misread(part, misfit.clone())))
}

/// The calls by which a master takes quotas, as its version decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuotaCalls {
    /// UPDATE_QUOTA, which replaces a role's quota: Mesos 1.9 and later, and masters of an unknown version.
    #[default]
    Update,
    /// SET_QUOTA for a role without a quota, and REMOVE_QUOTA: a master of that version, before 1.9.
    SetAndRemove(String),
}

/// The calls by which the master takes quotas.
pub fn quota_calls(cluster: &Cluster) -> QuotaCalls {
    let version = cluster.master().map_or("", |master| master.version.as_str());
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) < QUOTA_SINCE => QuotaCalls::SetAndRemove(version.to_owned()),
        _ => QuotaCalls::Update,
    }
}

/// Whether the master knows the call that replaces quotas. One whose version is not known yet may be asked.
///
/// # Errors
/// Why not.
pub fn update_quota(cluster: &Cluster) -> Eligibility {
    match quota_calls(cluster) {
        QuotaCalls::Update => Ok(()),
        QuotaCalls::SetAndRemove(version) => Err(DisabledReason::NoUpdateQuota(version)),
    }
}

/// Whether a role may be given a quota by SET_QUOTA: only one that has none.
///
/// # Errors
/// Why not.
pub fn set_first_quota(role: &Role, cluster: &Cluster) -> Eligibility {
    let has_quota = cluster.quota().is_ok_and(|status| status.has_quota(role));
    if has_quota { Err(DisabledReason::HasQuota(role.clone())) } else { Ok(()) }
}

/// Whether the master takes quotas by SET_QUOTA and REMOVE_QUOTA. One whose version is not known yet may be asked.
///
/// # Errors
/// Why not.
pub fn set_and_remove_quota(cluster: &Cluster) -> Eligibility {
    match cluster.master() {
        Ok(master) if quota_calls(cluster) == QuotaCalls::Update && !master.version.is_empty() => {
            Err(DisabledReason::OnlyUpdateQuota(master.version.clone()))
        }
        _ => Ok(()),
    }
}

/// Whether a quota or a weight may be given to the role at all: a master that was started with `--roles` knows no others.
///
/// # Errors
/// Why not.
pub fn configure_role(role: &Role, cluster: &Cluster) -> Eligibility {
    let listed = cluster.flags().ok().into_iter().flatten().find(|(name, value)| name == "roles" && !value.is_empty());
    match listed {
        Some((_, listed)) if role.as_str() != "*" && !listed.split(',').any(|name| name.trim() == role.as_str()) => {
            Err(DisabledReason::RoleNotListed(role.clone()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether an agent, or the master where none is named, can be reported to log more.
///
/// # Errors
/// Why not.
pub fn set_logging_level(agent: Option<&Agent>) -> Eligibility {
    agent.map_or(Ok(()), call_agent)
}

/// Whether calls can be sent to the agent itself.
///
/// # Errors
/// Why not.
pub fn call_agent(agent: &Agent) -> Eligibility {
    match agent {
        agent if agent.unreachable => Err(DisabledReason::Unreachable),
        agent if agent.recovered => Err(DisabledReason::NotBack),
        _ => Ok(()),
    }
}

/// Whether a machine may be taken down.
///
/// # Errors
/// Why not.
pub fn start_maintenance(machine: &MachineId, cluster: &Cluster) -> Eligibility {
    match mode(machine, cluster) {
        Ok(Some(MachineMode::Draining)) => Ok(()),
        Ok(Some(MachineMode::Down)) => Err(DisabledReason::Down(machine.clone())),
        Ok(None) => Err(DisabledReason::NotScheduled(machine.clone())),
        Err(why) => Err(DisabledReason::ModeUnknown(machine.clone(), why)),
    }
}

/// Whether a machine may be taken up again.
///
/// # Errors
/// Why not.
pub fn stop_maintenance(machine: &MachineId, cluster: &Cluster) -> Eligibility {
    match mode(machine, cluster) {
        Ok(Some(MachineMode::Down)) => Ok(()),
        Ok(Some(MachineMode::Draining) | None) => Err(DisabledReason::NotDown(machine.clone())),
        Err(why) => Err(DisabledReason::ModeUnknown(machine.clone(), why)),
    }
}

/// Maintenance mode of a machine; `None` while it is up.
///
/// # Errors
/// Why that is not known.
pub fn mode(machine: &MachineId, cluster: &Cluster) -> Fetched<Option<MachineMode>> {
    let machines = cluster.machines()?;
    if let Some(reported) = machines.iter().find(|other| other.id == *machine) {
        return Ok(Some(reported.mode));
    }
    // The schedule may have been read since.
    let scheduled = cluster.schedule()?.windows.iter().any(|window| window.machine_ids.contains(machine));
    Ok(scheduled.then_some(MachineMode::Draining))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_with_a_list_of_roles_knows_no_others() {
        let mut cluster = Cluster::default();
        let may = |cluster: &Cluster, role: &str| configure_role(&role.into(), cluster).is_ok();
        assert!(may(&cluster, "dev"));
        let flags = vec![("roles".to_owned(), "dev,ops/ci".to_owned())];
        cluster.report_flags(None, crate::cluster::HistoryLimits::default(), flags);
        assert!(may(&cluster, "dev") && may(&cluster, "ops/ci") && may(&cluster, "*"));
        assert!(!may(&cluster, "ops") && !may(&cluster, "de"));
        let weight = crate::actions::Action::Weights(vec![("ops".into(), 2.0)]);
        let quota = crate::actions::RoleQuota { role: "ops".into(), ..crate::actions::RoleQuota::default() };
        let quota = crate::actions::Action::Quotas { quotas: vec![quota], force: false };
        for action in [weight, quota] {
            let why =
                crate::actions::dry_run::preview(&cluster, &action, crate::base::units::Timestamp(0)).disabled_reason;
            assert_eq!(why, Some(DisabledReason::RoleNotListed("ops".into())));
        }
    }
}
