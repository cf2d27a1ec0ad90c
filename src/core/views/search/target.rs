//! Objects that a command of the palette may change, those that cannot be changed now last and with the reason.

use serde::{Deserialize, Serialize};

use super::rank::{SearchTexts, score, words};
use super::reserved::{self, ReservedAction};
use super::tasks;
use crate::base::ids::Role;
use crate::base::order;
use crate::base::units::Timestamp;
use crate::checks::eligibility::{AgentAction, DisabledReason, set_logging_level, set_quota, tear_down};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::framework::Framework;
use crate::cluster::topic::Topic;
use crate::views::ignore_case::Needle;
use crate::views::roles;
use crate::views::search::hit::{CommandTarget, HitTarget};
use crate::views::view::{Sources, View};

/// Maximum number of targets.
const MOST: usize = 40;

/// Kind of object that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TargetKind {
    /// An agent for that action.
    Agent(AgentAction),
    /// An agent, for maintenance of its machine.
    Machine,
    /// An agent, for its log verbosity.
    LoggingAgent,
    /// A framework that has not ended.
    Framework,
    /// A task that runs, for a terminal.
    RunningTask,
    /// A reservation or volume for that action.
    Reserved(ReservedAction),
    /// A role that may have a quota.
    QuotaRole,
    /// A role, for its weight.
    WeightRole,
}

/// Searches the objects of a kind for words, the best match first. Without words: those that can be changed now, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetSearch {
    /// Kind of object.
    pub kind: TargetKind,
    /// Search text: words separated by blanks, all of which must match.
    pub text: String,
}

impl View for TargetSearch {
    type Answer = Vec<CommandTarget>;

    fn answer(&self, sources: Sources<'_>, _now: Timestamp) -> Self::Answer {
        match self.kind {
            TargetKind::RunningTask => {
                tasks::running(sources.cluster, &self.text, MOST).into_iter().map(CommandTarget::from).collect()
            }
            kind => targets(sources.cluster, kind, &words(&self.text)),
        }
    }

    fn topics(&self) -> &'static [Topic] {
        match self.kind {
            TargetKind::Agent(_) | TargetKind::Machine => &[Topic::Schedule],
            TargetKind::LoggingAgent | TargetKind::RunningTask => &[],
            TargetKind::Reserved(_) => &[Topic::Agents],
            TargetKind::Framework => &[Topic::Frameworks],
            TargetKind::QuotaRole | TargetKind::WeightRole => &[Topic::Roles],
        }
    }
}

fn targets(cluster: &Cluster, kind: TargetKind, words: &[Needle]) -> Vec<CommandTarget> {
    let roles = || roles::names(cluster).into_iter().map(Role::from).collect::<Vec<_>>();
    match kind {
        TargetKind::Agent(action) => {
            // Whether an agent can be drained follows from its JSON, which is read only of the few that are listed.
            let likely = |agent: &Agent| action == AgentAction::Drain || action.on(agent, cluster).is_ok();
            agents(cluster, words, likely, |agent| action.on(agent, cluster))
        }
        TargetKind::Machine => agents(cluster, words, |_| true, |_| Ok(())),
        TargetKind::LoggingAgent => {
            let check = |agent: &Agent| set_logging_level(Some(agent));
            agents(cluster, words, |agent| check(agent).is_ok(), check)
        }
        TargetKind::Framework => {
            let all = cluster.frameworks().map(|framework| Candidate {
                name: &framework.name,
                id: framework.id.as_str(),
                is_likely: tear_down(framework).is_ok(),
                object: framework,
            });
            let what = |framework: &Framework| HitTarget::Framework(framework.id.clone());
            best(all, words, what, tear_down)
        }
        TargetKind::RunningTask => Vec::new(),
        TargetKind::Reserved(action) => reserved::targets(cluster, action, words, MOST),
        TargetKind::QuotaRole => {
            best(candidates(&roles(), set_quota), words, |role| HitTarget::Role(role.clone()), set_quota)
        }
        TargetKind::WeightRole => {
            best(candidates(&roles(), |_| Ok(())), words, |role| HitTarget::Role(role.clone()), |_| Ok(()))
        }
    }
}

fn candidates(
    roles: &[Role],
    check: impl Fn(&Role) -> Result<(), DisabledReason>,
) -> impl Iterator<Item = Candidate<'_, Role>> {
    roles.iter().map(move |role| Candidate {
        name: role.as_str(),
        id: "",
        is_likely: check(role).is_ok(),
        object: role,
    })
}

fn agents(
    cluster: &Cluster,
    words: &[Needle],
    likely: impl Fn(&Agent) -> bool,
    check: impl Fn(&Agent) -> Result<(), DisabledReason>,
) -> Vec<CommandTarget> {
    let all = cluster.agents().map(|agent| Candidate {
        name: &agent.hostname,
        id: agent.id.as_str(),
        is_likely: likely(agent),
        object: agent,
    });
    best(all, words, |agent| HitTarget::Agent(agent.id.clone()), check)
}

/// An object that may be a target.
struct Candidate<'a, T> {
    name: &'a str,
    id: &'a str,
    /// Whether it can be changed now, as far as that is cheap to know.
    is_likely: bool,
    object: &'a T,
}

/// The best objects by eligibility, score and name. Without words, only those that are likely to be eligible.
fn best<'a, T: 'a>(
    all: impl Iterator<Item = Candidate<'a, T>>,
    words: &[Needle],
    what: impl Fn(&T) -> HitTarget,
    check: impl Fn(&T) -> Result<(), DisabledReason>,
) -> Vec<CommandTarget> {
    let mut found: Vec<(u32, Candidate<'a, T>)> = all
        .filter(|it| it.is_likely || !words.is_empty())
        .filter_map(|it| {
            Some((score(words, SearchTexts { name: it.name, own: &[it.id], ..SearchTexts::default() })?, it))
        })
        .collect();
    order::sort_by(&mut found, |(a_score, a), (b_score, b)| {
        let by_score = b.is_likely.cmp(&a.is_likely).then(b_score.cmp(a_score));
        by_score.then_with(|| (a.name, a.id).cmp(&(b.name, b.id)))
    });
    found.truncate(MOST);
    let target = |(_, Candidate { name, id, object, .. }): (u32, Candidate<'a, T>)| CommandTarget {
        what: what(object),
        title: if name.is_empty() { id.to_owned() } else { name.to_owned() },
        detail: id.to_owned(),
        disabled_reason: check(object).err(),
    };
    found.into_iter().map(target).collect()
}
