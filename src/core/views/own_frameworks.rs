//! Frameworks of this browser, and the log of one.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::runs::RunCounts;
use super::view::{Sources, View};
use crate::base::ids::{AgentId, FrameworkId, OfferId};
use crate::base::order;
use crate::base::units::{Quantities, Timestamp};
use crate::checks::disconnect::DisconnectReason;
use crate::mesos::calls::Refusal;
use crate::mesos::wire::pool_resource::{PoolAmount, PoolResource};
use crate::mesos::wire::scheduler_event::EventCounts;
use crate::scheduler::call_log::LoggedMessage;
use crate::scheduler::hosted::HostedFramework;
use crate::scheduler::hosted_io::{FrameworkKey, KeepingState};
use crate::scheduler::machine::{HeldOffer, LinkState};
use crate::scheduler::placing::HOLD;
use crate::scheduler::run::{RunFramework, RunId, RunTask};
use crate::scheduler::streams::FrameworkStreams;

/// Asks for all frameworks of this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFrameworksQuery;

/// All frameworks of this browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnFrameworksAnswer {
    /// The frameworks: those that have not ended first, each with the newest first.
    pub frameworks: Vec<OwnFramework>,
    /// How the browser keeps them.
    pub keeping: KeepingState,
}

/// A framework of this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnFramework {
    /// This browser's name for it.
    pub key: FrameworkKey,
    /// Its id; `None` before the master gave one.
    pub id: Option<FrameworkId>,
    /// Its description.
    pub framework: RunFramework,
    /// Its connection.
    pub link: LinkState,
    /// When the state of its connection began.
    pub link_since: Timestamp,
    /// Why its last stream ended, while there is none.
    pub why: Option<DisconnectReason>,
    /// Whether subscribing again may find it alive.
    pub may_be_resumed: bool,
    /// Whether other frameworks of this browser leave it no stream.
    pub lacks_stream: bool,
    /// Whether it stays when its last run has ended.
    pub is_kept: bool,
    /// Its runs, the newest first.
    pub runs: Vec<RunId>,
    /// Tasks of all its runs in numbers.
    pub counts: RunCounts,
    /// Tasks that have not ended, in the order of their ids, the first `MOST_LIVE` of them.
    pub live_tasks: Vec<RunTask>,
    /// Offers that are held.
    pub offers: Vec<HeldOfferRow>,
    /// The last call that the master refused, if any.
    pub refused_call: Option<Refusal>,
    /// What the stream brought, in numbers.
    pub events: EventCounts,
}

/// Tasks that the answer lists; the counts are of all.
pub const MOST_LIVE: usize = 200;

/// An offer that is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOfferRow {
    /// Its id.
    pub id: OfferId,
    /// Its agent.
    pub agent: AgentId,
    /// Host name of the agent.
    pub hostname: String,
    /// The four scalars of its resources.
    pub resources: Quantities,
    /// When it came.
    pub since: Timestamp,
    /// When it is given back.
    pub until: Timestamp,
}

impl HeldOfferRow {
    fn new(held: &HeldOffer) -> Self {
        let scalar = |resource: &PoolResource| match resource.amount {
            PoolAmount::Scalar(thousandths) => Quantities::of(&resource.name, thousandths as f64 / 1000.0),
            PoolAmount::Ranges(_) | PoolAmount::Set(_) => Quantities::NONE,
        };
        Self {
            id: held.offer.id.clone(),
            agent: held.offer.agent.clone(),
            hostname: held.offer.hostname.clone(),
            resources: held.offer.resources.iter().map(scalar).fold(Quantities::NONE, |sum, part| sum + part),
            since: held.since,
            until: held.since + HOLD,
        }
    }
}

impl View for OwnFrameworksQuery {
    type Answer = OwnFrameworksAnswer;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> OwnFrameworksAnswer {
        let streams = FrameworkStreams::of(sources.frameworks);
        let of = |(key, hosted)| own(key, hosted, &streams);
        let mut frameworks: Vec<OwnFramework> = sources.frameworks.iter().map(of).collect();
        let has_ended = |framework: &OwnFramework| matches!(framework.link, LinkState::Ended(_));
        let began = |of: &OwnFramework| sources.frameworks.framework(&of.key)?.started.values().min().copied();
        order::sort_by_key(&mut frameworks, |of| (has_ended(of), Reverse(began(of)), of.key.clone()));
        OwnFrameworksAnswer { frameworks, keeping: sources.frameworks.keeping().clone() }
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.frameworks.revision()
    }
}

fn own(key: &FrameworkKey, hosted: &HostedFramework, streams: &FrameworkStreams) -> OwnFramework {
    let scheduler = &hosted.scheduler;
    let mut runs: Vec<(Timestamp, RunId)> = hosted.started.iter().map(|(run, at)| (*at, run.clone())).collect();
    order::sort(&mut runs);
    OwnFramework {
        key: key.clone(),
        id: scheduler.id().cloned(),
        framework: scheduler.framework().clone(),
        link: scheduler.link().clone(),
        link_since: hosted.link_since,
        why: hosted.why.clone(),
        may_be_resumed: scheduler.may_be_reclaimed(),
        lacks_stream: !scheduler.needs_stream() && !streams.has_free(),
        is_kept: scheduler.is_kept(),
        runs: runs.into_iter().rev().map(|(_, run)| run).collect(),
        counts: RunCounts::of(scheduler.tasks()),
        live_tasks: scheduler.tasks().filter(|task| !task.has_ended()).take(MOST_LIVE).cloned().collect(),
        offers: scheduler.offers().map(HeldOfferRow::new).collect(),
        refused_call: scheduler.refused_call().cloned(),
        events: scheduler.counts().clone(),
    }
}

/// Asks for the last calls and events of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkLogQuery {
    /// The framework.
    pub framework: FrameworkKey,
}

/// The last calls and events of a framework.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkLogAnswer {
    /// The entries, the newest first.
    pub entries: Vec<LoggedMessage>,
    /// Number of entries that have made way for later ones.
    pub dropped: u64,
}

impl View for FrameworkLogQuery {
    /// `None` if this browser has no such framework, or another tab has it.
    type Answer = Option<FrameworkLogAnswer>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Option<FrameworkLogAnswer> {
        let log = sources.frameworks.framework(&self.framework)?.scheduler.log();
        Some(FrameworkLogAnswer { entries: log.entries().rev().cloned().collect(), dropped: log.dropped })
    }

    fn revision(&self, sources: Sources<'_>) -> u64 {
        sources.frameworks.revision()
    }
}
