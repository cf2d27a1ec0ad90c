//! What a change would do to the cluster as it is known: the values before and after, who is concerned, and how far it is done.

use serde::{Deserialize, Serialize};

use super::Action;
use super::draining::Draining;
use super::removal::Removal;
use crate::base::ids::{AgentId, FrameworkId, Role};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::eligibility::DisabledReason;

/// One value that a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub key: Key,
    pub value: PlanValue,
}

/// A value, as a plan compares it. `text::actions` has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanValue {
    /// An amount, a weight, a level, or names, as one would type them.
    Typed(String),
    Active,
    Inactive,
    Unreachable,
    Deactivated,
    Disconnected,
    /// Not back since the master started.
    NotBack,
    Recovered,
    Completed,
    Gone,
    /// The master lists no such thing.
    NotListed,
    /// An agent's drain: whether it is over, the seconds that each task is given, and whether the agent is marked gone then.
    Drain {
        is_over: bool,
        grace: Option<i64>,
        mark_gone: bool,
    },
    Up,
    /// A machine whose maintenance is scheduled.
    Draining,
    Down,
    NotRead,
    NotAllowed,
    NotReadable,
    /// A level that falls back by itself after that time.
    After(Nanoseconds),
}

/// What the value is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    Named(String),
    /// When a level falls back.
    FallsBack,
    /// A window of the maintenance schedule, and which of those with the same times.
    Window(Timestamp, Option<Nanoseconds>, u32),
}

/// A value before and after; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: Key,
    pub before: Option<PlanValue>,
    pub after: Option<PlanValue>,
}

/// What differs, in the order of `after`, and what is only in `before` last.
pub fn differences(before: &[Entry], after: &[Entry]) -> Vec<Difference> {
    let of =
        |entries: &[Entry], key: &Key| entries.iter().find(|entry| entry.key == *key).map(|entry| entry.value.clone());
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

/// How grave an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tone {
    Note,
    Warn,
    Bad,
}

/// What follows, for whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    pub tone: Tone,
    pub impact: Impact,
    /// Some of those whom it is about.
    pub on: Vec<On>,
    /// How many more there are.
    pub more: u32,
}

/// What follows from a change. `text::actions` has the words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Impact {
    /// So many live tasks of an agent are killed, with at most so many seconds to end.
    TasksKilled(u32, u32),
    /// So many live tasks of an agent are killed, with the time that their own kill policies give.
    TasksKilledByPolicy(u32),
    /// So many live tasks of an agent are ended at once, before it is marked gone.
    TasksEnded(u32),
    /// So many live tasks are gone with their agent.
    TasksGone(u32),
    /// So many unreachable tasks of an agent are given up.
    TasksGivenUp(u32),
    /// An agent is offered no more, until it is reactivated.
    NotOffered,
    /// So many live tasks of an agent go on, and it is offered no more.
    TasksGoOn(u32),
    OfferedAgain,
    /// An agent's current offers are rescinded.
    OffersRescinded,
    /// An agent that is gone stays listed as unreachable, until the tasks that were lost with it are forgotten.
    StaysUnreachable,
    /// The master lists no such agent, and may know it all the same.
    PerhapsUnknown,
    /// An agent shuts down, and never comes back.
    NeverBack,
    /// So many live tasks of a framework are killed, on so many agents.
    FrameworkKilled(u32, u32),
    FrameworkFails,
    /// A framework's offers are rescinded.
    FrameworkOffers,
    /// A logging level falls back by itself after that time.
    FallsBack(Nanoseconds),
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
    /// The shares of so many other roles change.
    MoreShares(u32),
    /// All offers are rescinded: so many now.
    AllOffersRescinded(u32),
    /// The master lists no framework in the role, for which a weight waits.
    WeightWaits(Role),
    /// So many machines begin to drain.
    MachinesDrain(u32),
    /// So many machines leave the schedule.
    MachinesLeave(u32),
    /// So many machines get other times.
    MachinesMove(u32),
    /// Machines that are down stay so, whatever the times say.
    StayDown(Names),
    /// So many live tasks run on machines that begin to drain.
    TasksThere(u32),
    /// Up to so many machines are unavailable at the same time, of so many registered agents.
    WindowsOverlap(u32, u32),
    /// No registered agent runs on these machines.
    NoAgent(Names),
    /// These machines lack a host name or an address with which their agents registered.
    HalfNamed(Names),
    /// So many windows are over.
    WindowsOver(u32),
    /// So many windows have no length.
    WindowsEmpty(u32),
    /// Agents that are drained would be scheduled as well.
    DrainedToo,
    /// So many agents are shut down and removed.
    AgentsRemoved(u32),
    /// So many live tasks are lost at once.
    TasksLost(u32),
    /// Frameworks with tasks on the machines have not accepted an inverse offer.
    NotAccepted,
    /// Machines leave the schedule, and agents may register from them again.
    MachinesUp,
}

/// The first names of some, and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub first: Vec<String>,
    pub more: u32,
}

impl Names {
    pub(super) fn new(all: &[String]) -> Self {
        const NAMED: usize = 5;
        Self { first: all.iter().take(NAMED).cloned().collect(), more: count(all.len().saturating_sub(NAMED)) }
    }
}

/// What a master would refuse without force; amounts are in Mesos' own units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Check {
    /// The role consumes more of a resource already than its new limit.
    OverLimit { role: Role, resource: String, consumed: f64, limit: f64 },
    /// The guarantees of all roles are more of a resource than the cluster has.
    OverCapacity { resource: String, guaranteed: f64, capacity: f64 },
}

/// Whom, or what, an effect is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum On {
    /// An agent by its host name, and how many of the tasks are on it.
    Agent(AgentId, String, Option<u32>),
    /// A framework by its name, and how many of the tasks are its own.
    Framework(FrameworkId, String, u32),
    Role(Role),
    /// All live tasks of an agent.
    AgentTasks(AgentId, u32),
    /// All live tasks of an agent with that host name, which stands for them.
    HostTasks(AgentId, String, u32),
    /// All unreachable tasks of an agent.
    UnreachableTasks(AgentId, u32),
    /// All live tasks of a framework.
    FrameworkTasks(FrameworkId, u32),
}

/// Of those whom an effect is about, so many are named.
const NAMED: usize = 6;

impl Effect {
    pub(super) fn new(tone: Tone, impact: Impact) -> Self {
        Self { tone, impact, on: Vec::new(), more: 0 }
    }

    pub(super) fn on(mut self, on: impl IntoIterator<Item = On>) -> Self {
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

/// How far the cluster shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Not at all.
    Pending,
    /// The change goes on: an agent drains.
    Started,
    /// The cluster is as the change wants it.
    Applied,
    /// Nothing that is reported of the cluster would show it.
    Unobservable,
}

/// A change, before a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Why a master would refuse it now.
    pub why_not: Option<DisabledReason>,
    /// What stands now.
    pub current: Vec<Entry>,
    /// What would stand.
    pub desired: Vec<Entry>,
    /// The gravest first.
    pub effects: Vec<Effect>,
    /// What a master would refuse without force.
    pub forces: Vec<Check>,
    pub shows: Progress,
    /// A count that falls when it is done, where no list shows it.
    pub tally: Option<u32>,
    /// `stands` names all that there is, so that what it lacks is not there. Otherwise it names what the change is about, and
    /// that may be something else once the form was edited.
    pub is_whole: bool,
    /// When the oldest of the answers was asked for that this is reported from; `None` if one is missing yet.
    pub asked: Option<Timestamp>,
    /// The change that puts back what stands now, where there is one.
    pub back: Option<Action>,
    /// How far it is, of a drain that goes on.
    pub draining: Option<Draining>,
    /// The host name of the agent, or the framework's name, that the change is about; `None` while the master lists no such thing.
    pub subject: Option<String>,
    /// Who must be named to say that one means it: the id or the name of what is lost.
    pub name: Option<String>,
    /// What REMOVE_QUOTA is printed from, if the role was seen to have a quota.
    pub removal: Option<Removal>,
}

impl Plan {
    pub(super) fn new(current: Vec<Entry>, desired: Vec<Entry>) -> Self {
        let shows = if differences(&current, &desired).is_empty() { Progress::Applied } else { Progress::Pending };
        Self {
            why_not: None,
            current,
            desired,
            effects: Vec::new(),
            forces: Vec::new(),
            shows,
            tally: None,
            is_whole: false,
            asked: None,
            back: None,
            draining: None,
            subject: None,
            name: None,
            removal: None,
        }
    }
}

pub(super) fn named(name: impl Into<String>, value: PlanValue) -> Entry {
    Entry { key: Key::Named(name.into()), value }
}

/// A number of things, of which there are never more than 32 bits can count.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
