//! Preview of an action for the cluster as it is known: values before and after, effects, and progress.

use serde::{Deserialize, Serialize};

use super::Action;
use super::container_action::ContainerState;
use super::draining::DrainProgress;
use super::provider_action::{ProviderImpact, ProviderValue};
use super::quota_removal::QuotaRemoval;
use super::reservation::impact::ReservationImpact;
use crate::base::ids::{AgentId, FrameworkId, Role, TaskId};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::eligibility::DisabledReason;
use crate::checks::reservations::PooledField;

/// One value that an action changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewEntry {
    /// Name of the value.
    pub key: PreviewedField,
    /// The value itself.
    pub value: PreviewValue,
}

/// A value that previews compare. `text::actions` has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PreviewValue {
    /// An amount, a weight, a level, or names, as one would type them.
    Typed(String),
    /// Connected, and in the offers: an agent or a framework.
    Active,
    /// A connected framework that receives no offers.
    Inactive,
    /// An agent that the master has lost.
    Unreachable,
    /// An agent that an operator took out of the offers.
    Deactivated,
    /// An agent or framework without a connection to the master.
    Disconnected,
    /// An agent that has not come back since the master started.
    NotBack,
    /// A framework that is known from its agents only.
    Recovered,
    /// A framework that has ended.
    Completed,
    /// An agent that is marked gone.
    Gone,
    /// The master lists no such object.
    NotListed,
    /// An agent's drain.
    Drain {
        /// Whether the drain is complete.
        is_over: bool,
        /// Grace period of each task in seconds; `None` for the tasks' own kill policies.
        grace: Option<i64>,
        /// Whether the agent is marked gone once it is drained.
        mark_gone: bool,
    },
    /// A machine that is not in maintenance.
    Up,
    /// A machine whose maintenance is scheduled.
    Draining,
    /// A machine that is down for maintenance.
    Down,
    /// The value has not been read.
    NotRead,
    /// The principal may not read the value.
    NotAllowed,
    /// The value was reported in a form that cannot be read.
    NotReadable,
    /// A level that falls back by itself after that time.
    After(Nanoseconds),
    /// State of a container.
    Container(ContainerState),
    /// A signal by its number.
    Signal(i32),
    /// A value of a resource provider or of images.
    Provider(ProviderValue),
}

/// Name of a value in a preview.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PreviewedField {
    /// A value by its name, such as `eng/web · weight`.
    Named(String),
    /// An amount of a role's quota: the role, the resource, and which amount.
    Amount(Role, String, QuotaBound),
    /// The time after which a logging level falls back.
    FallsBack,
    /// A resource of an agent's pool.
    Pooled(PooledField),
    /// A window of the maintenance schedule: its start, its duration, and its index among windows with the same times.
    Window(Timestamp, Option<Nanoseconds>, u32),
    /// A container by its ids, the outermost first.
    Container(Vec<String>),
    /// The signal that a container gets, by its ids.
    Signal(Vec<String>),
    /// Cached images that stay on an agent.
    KeptImages,
}

/// One of the two amounts that a quota has of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum QuotaBound {
    /// The guaranteed amount.
    Guarantee,
    /// The upper limit.
    Limit,
}

/// A value by which the cluster shows that an action was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewSign {
    key: PreviewedField,
    /// The value after the action; `None` if it is gone.
    value: Option<PreviewValue>,
}

impl PreviewSign {
    /// The sign of a value that is to be as it is in these entries.
    pub(super) fn new(key: PreviewedField, desired: &[PreviewEntry]) -> Self {
        let value = desired.iter().find(|entry| entry.key == key).map(|entry| entry.value.clone());
        Self { key, value }
    }

    /// Whether current values show it.
    pub fn shows_in(&self, current: &[PreviewEntry]) -> bool {
        Self::new(self.key.clone(), current) == *self
    }
}

/// A value before and after; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Name of the value.
    pub key: PreviewedField,
    /// The current value; `None` if it is not set.
    pub before: Option<PreviewValue>,
    /// The value after the action; `None` if it is removed.
    pub after: Option<PreviewValue>,
}

/// Differences in the order of `after`; values that only `before` has come last.
pub fn differences(before: &[PreviewEntry], after: &[PreviewEntry]) -> Vec<Difference> {
    let of = |entries: &[PreviewEntry], key: &PreviewedField| {
        entries.iter().find(|entry| entry.key == *key).map(|entry| entry.value.clone())
    };
    let changed = after.iter().map(|entry| Difference {
        key: entry.key.clone(),
        before: of(before, &entry.key),
        after: Some(entry.value.clone()),
    });
    let gone = before.iter().filter(|entry| of(after, &entry.key).is_none()).map(|entry| Difference {
        key: entry.key.clone(),
        before: Some(entry.value.clone()),
        after: None,
    });
    changed.chain(gone).filter(|difference| difference.before != difference.after).collect()
}

/// Severity of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// For information.
    Note,
    /// Worth a second look, such as rescinded offers.
    Warn,
    /// Destructive, such as killed tasks.
    Bad,
}

/// An effect of an action, and the objects that it concerns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// Severity of the effect.
    pub tone: Severity,
    /// The effect itself.
    pub impact: ImpactKind,
    /// The first objects that it concerns, at most six.
    pub on: Vec<Affected>,
    /// Number of further objects.
    pub more: u32,
}

/// Live tasks that an action concerns, and where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedTasks {
    /// Number of tasks.
    pub tasks: u32,
    /// Number of their frameworks.
    pub frameworks: u32,
    /// Number of their agents.
    pub agents: u32,
}

/// Kind of an effect. `text::actions` has the words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ImpactKind {
    /// Live tasks of an agent are killed: their number, and the seconds that each has to end.
    TasksKilled(u32, u32),
    /// This number of live tasks of an agent are killed, with the grace periods of their own kill policies.
    TasksKilledByPolicy(u32),
    /// This number of live tasks of an agent are ended at once, before it is marked gone.
    TasksEnded(u32),
    /// This number of live tasks are gone with their agent.
    TasksGone(u32),
    /// This number of unreachable tasks of an agent are given up.
    TasksGivenUp(u32),
    /// An agent is offered no more, until it is reactivated.
    NotOffered,
    /// This number of live tasks of an agent continue, and it is offered no more.
    TasksGoOn(u32),
    /// An agent is offered again.
    OfferedAgain,
    /// An agent's current offers are rescinded.
    OffersRescinded,
    /// An agent that is gone stays listed as unreachable, until the tasks that were lost with it are forgotten.
    StaysUnreachable,
    /// The master lists no such agent, but may know it.
    PerhapsUnknown,
    /// An agent shuts down, and never comes back.
    NeverBack,
    /// Live tasks of a framework are killed: their number, and the number of their agents.
    FrameworkKilled(u32, u32),
    /// A framework ends, and its scheduler gets an error.
    FrameworkFails,
    /// A framework's offers are rescinded.
    FrameworkOffers,
    /// A logging level falls back by itself after that time.
    FallsBack(Nanoseconds),
    /// The master lists no framework in the role.
    RoleUnused(Role),
    /// The master lists no framework in the role, for which a guarantee is kept free.
    QuotaWaits(Role),
    /// The role would be above its limit of that resource.
    AboveLimit(Role, String),
    /// Not all guarantees of that resource could be kept.
    TooManyGuarantees(String),
    /// The role's quota is no more.
    QuotaRemoved(Role),
    /// The fair share of a role among those beside it, from 0 to 1, before and after.
    Share(Role, f64, f64),
    /// The shares of this number of other roles change.
    MoreShares(u32),
    /// All outstanding offers, this number now, are rescinded.
    AllOffersRescinded(u32),
    /// The master lists no framework in the role, for which a weight waits.
    WeightWaits(Role),
    /// This number of machines start to drain.
    MachinesDrain(u32),
    /// This number of machines leave the schedule.
    MachinesLeave(u32),
    /// This number of machines get other times.
    MachinesMove(u32),
    /// Machines that are down stay so, whatever the times say.
    StayDown(NameList),
    /// This number of live tasks run on machines that start to drain.
    TasksThere(u32),
    /// Windows overlap: the most machines that are unavailable at one time, and the number of registered agents.
    WindowsOverlap(u32, u32),
    /// No registered agent runs on these machines.
    NoAgent(NameList),
    /// These machines lack a host name or an address with which their agents registered.
    HalfNamed(NameList),
    /// This number of windows are over.
    WindowsOver(u32),
    /// This number of windows have no length.
    WindowsEmpty(u32),
    /// Agents that are drained would be scheduled as well.
    DrainedToo,
    /// This number of agents are shut down and removed.
    AgentsRemoved(u32),
    /// This number of live tasks are lost at once.
    TasksLost(u32),
    /// Frameworks with tasks on the machines have not accepted an inverse offer.
    NotAccepted,
    /// Machines leave the schedule, and agents may register from them again.
    MachinesUp,
    /// A nested container shares the resources of the containers around it.
    SharesResources,
    /// The resources of a standalone container are offered to frameworks as well.
    ResourcesNotCounted,
    /// A container sees files of the host.
    HostPathsMounted,
    /// A container and all inside it end.
    ContainerEnds,
    /// A signal that a process may handle.
    SignalMayBeIgnored,
    /// This number of live tasks run in a container that ends.
    ContainerTasksEnd(u32),
    /// The sandbox of a container is deleted, and its exit status forgotten.
    SandboxDeleted,
    /// An effect on a resource provider or on images.
    Provider(ProviderImpact),
    /// An effect of a reservation or a volume.
    Reservation(ReservationImpact),
}

impl ImpactKind {
    /// Whether it counts tasks of one object: several objects are summed up by `bulk_impact`, never as sentences.
    pub const fn counts_tasks(&self) -> bool {
        match self {
            Self::TasksKilled(..) | Self::TasksKilledByPolicy(_) | Self::TasksEnded(_) | Self::TasksGone(_) => true,
            Self::TasksGivenUp(_) | Self::TasksGoOn(_) | Self::FrameworkKilled(..) => true,
            Self::NotOffered | Self::OfferedAgain | Self::OffersRescinded | Self::StaysUnreachable => false,
            Self::PerhapsUnknown | Self::NeverBack | Self::FrameworkFails | Self::FrameworkOffers => false,
            Self::FallsBack(_)
            | Self::RoleUnused(_)
            | Self::QuotaWaits(_)
            | Self::AboveLimit(..)
            | Self::TooManyGuarantees(_) => false,
            Self::QuotaRemoved(_) | Self::Share(..) | Self::MoreShares(_) | Self::AllOffersRescinded(_) => false,
            Self::WeightWaits(_) | Self::MachinesDrain(_) | Self::MachinesLeave(_) | Self::MachinesMove(_) => false,
            Self::StayDown(_) | Self::TasksThere(_) | Self::WindowsOverlap(..) | Self::NoAgent(_) => false,
            Self::HalfNamed(_) | Self::WindowsOver(_) | Self::WindowsEmpty(_) | Self::DrainedToo => false,
            Self::AgentsRemoved(_) | Self::TasksLost(_) | Self::NotAccepted | Self::MachinesUp => false,
            Self::SharesResources | Self::ResourcesNotCounted | Self::HostPathsMounted => false,
            Self::ContainerEnds | Self::SignalMayBeIgnored | Self::SandboxDeleted => false,
            Self::ContainerTasksEnd(_) => true,
            Self::Provider(_) => false,
            Self::Reservation(_) => false,
        }
    }
}

/// The first names of some, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameList {
    /// The first names, at most five.
    pub first: Vec<String>,
    /// Number of names that are left out.
    pub more: u32,
}

impl NameList {
    pub(super) fn new(all: &[String]) -> Self {
        const NAMED: usize = 5;
        Self { first: all.iter().take(NAMED).cloned().collect(), more: count(all.len().saturating_sub(NAMED)) }
    }
}

/// A check that fails without force; amounts are in Mesos' own units, `mem` and `disk` in MiB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum QuotaCheck {
    /// The role consumes more of a resource already than its new limit.
    OverLimit {
        /// The role whose new limit is too low.
        role: Role,
        /// Name of the resource.
        resource: String,
        /// Amount that the role consumes now.
        consumed: f64,
        /// The new limit.
        limit: f64,
    },
    /// The guarantees of all roles are more of a resource than the cluster has.
    OverCapacity {
        /// Name of the resource.
        resource: String,
        /// Sum of the guarantees of all roles.
        guaranteed: f64,
        /// Amount that the registered agents have.
        capacity: f64,
    },
}

/// An object that an effect concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Affected {
    /// An agent: its id, its host name, and the number of affected tasks on it.
    Agent(AgentId, String, Option<u32>),
    /// A framework: its id, its name, and the number of its affected tasks.
    Framework(FrameworkId, String, u32),
    /// A role, by its full name.
    Role(Role),
    /// All live tasks of an agent: its id, and their number.
    AgentTasks(AgentId, u32),
    /// All live tasks of an agent, shown by its host name: its id, its host name, and their number.
    HostTasks(AgentId, String, u32),
    /// All unreachable tasks of an agent: its id, and their number.
    UnreachableTasks(AgentId, u32),
    /// All live tasks of a framework: its id, and their number.
    FrameworkTasks(FrameworkId, u32),
    /// A task: its framework, its id and its name.
    Task(FrameworkId, TaskId, String),
}

/// Maximum number of objects that an effect names.
const NAMED: usize = 6;

impl Impact {
    pub(super) fn new(tone: Severity, impact: ImpactKind) -> Self {
        Self { tone, impact, on: Vec::new(), more: 0 }
    }

    pub(super) fn on(mut self, on: impl IntoIterator<Item = Affected>) -> Self {
        for one in on {
            if self.on.len() < NAMED {
                self.on.push(one);
            } else {
                self.more = self.more.saturating_add(1);
            }
        }
        self
    }
}

/// Progress of an action, by the cluster's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// The cluster does not show the action.
    Pending,
    /// The action is in progress: an agent is draining.
    Started,
    /// The cluster has the desired values.
    Applied,
    /// Nothing that the cluster reports would show the effect.
    Unobservable,
}

/// Preview of an action: its values, its effects and its progress, for the cluster as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Why a master would refuse it now; `None` if it would not.
    pub disabled_reason: Option<DisabledReason>,
    /// Current values.
    pub current: Vec<PreviewEntry>,
    /// Values after the action.
    pub desired: Vec<PreviewEntry>,
    /// Effects of the action, the gravest first.
    pub effects: Vec<Impact>,
    /// Live tasks that the action concerns; `None` if an action of its kind concerns none.
    pub affected: Option<AffectedTasks>,
    /// Checks that fail without force.
    pub forces: Vec<QuotaCheck>,
    /// Progress of the action, by the cluster's state.
    pub progress: Progress,
    /// A count that falls when the action is done, where no list shows the effect; else `None`.
    pub tally: Option<u32>,
    /// Whether `current` has all values of its kind, so that absent ones do not exist. Otherwise it has only those of
    /// the form, and an edit may add others.
    pub is_whole: bool,
    /// Request time of the oldest answer that the preview is based on; `None` if one is missing.
    pub asked: Option<Timestamp>,
    /// The action that restores the current values; `None` if there is none.
    pub back: Option<Action>,
    /// Progress of the drain; `None` unless an agent is draining.
    pub draining: Option<DrainProgress>,
    /// Host name of the agent, or the framework's name, that the action is about; `None` if the master lists no such
    /// object.
    pub subject: Option<String>,
    /// Name or id that the user must type to confirm; `None` if none is needed.
    pub name: Option<String>,
    /// Permission to send REMOVE_QUOTA; `None` unless the role was seen to have a quota.
    pub removal: Option<QuotaRemoval>,
    /// Values that show whether an action of relative amounts was done, once it was sent; empty for others, whose desired
    /// values show it.
    pub signs: Vec<PreviewSign>,
}

impl Preview {
    pub(crate) fn new(current: Vec<PreviewEntry>, desired: Vec<PreviewEntry>) -> Self {
        let shows = if differences(&current, &desired).is_empty() { Progress::Applied } else { Progress::Pending };
        Self {
            disabled_reason: None,
            current,
            desired,
            effects: Vec::new(),
            affected: None,
            forces: Vec::new(),
            progress: shows,
            tally: None,
            is_whole: false,
            asked: None,
            back: None,
            draining: None,
            subject: None,
            name: None,
            removal: None,
            signs: Vec::new(),
        }
    }
}

pub(super) fn named(name: impl Into<String>, value: PreviewValue) -> PreviewEntry {
    PreviewEntry { key: PreviewedField::Named(name.into()), value }
}

/// A number of things, of which there are never more than 32 bits can count.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
