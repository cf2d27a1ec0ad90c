//! Which offers are used, held for a moment, or given back.

use std::collections::{BTreeMap, BTreeSet};

use super::machine::{HeldOffer, Scheduler, SentCall};
use super::matching::take;
use super::run::{RunId, RunTargets, RunTask, TaskKill, TaskPhase, TaskTimes, UnfitOffer};
use crate::base::ids::{AgentId, OfferId, TaskId};
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::mesos::calls::resource::Resource;
use crate::mesos::calls::scheduler::{
    AcceptOffers, AnswerInverseOffers, DeclineOffers, OfRoles, OfferFilters, SchedulerCall,
};
use crate::mesos::calls::task_info::TaskInfo;
use crate::mesos::calls::values::Valued;
use crate::mesos::wire::scheduler_event::{ReceivedInverseOffer, ReceivedOffer};

/// Launches of a task that do not take place before it is given up.
pub(super) const MOST_ATTEMPTS: u32 = 5;
/// Offers of one agent may come in parts: a part that is too small is held so long.
pub const HOLD: Nanoseconds = Nanoseconds::from_secs(3);
/// For an agent that nothing waits for. REVIVE clears it.
const NOT_WANTED: OfferFilters = OfferFilters::seconds(600.0);
/// For an offer that was too small.
const TOO_SMALL: OfferFilters = OfferFilters::seconds(5.0);
/// An agent that goes into maintenance is asked for again after this.
const INVERSE: OfferFilters = OfferFilters::seconds(60.0);

/// Tasks that wait, by what they wait for.
struct WaitingTasks {
    by_agent: BTreeMap<AgentId, Vec<TaskId>>,
    /// Tasks of each run that may be on any agent.
    any: BTreeMap<RunId, Vec<TaskId>>,
    /// Agents that a run uses already.
    used: BTreeMap<RunId, BTreeSet<AgentId>>,
}

/// What is launched with the offers of one agent.
struct Launch {
    offers: Vec<OfferId>,
    agent: AgentId,
    hostname: String,
    tasks: Vec<TaskInfo>,
}

impl Scheduler {
    pub(super) fn take_offers(&mut self, offers: Vec<ReceivedOffer>, now: Timestamp) {
        for offer in offers {
            self.offers.insert(offer.id.clone(), HeldOffer { offer, since: now });
        }
        self.is_changed = true;
    }

    /// Launches what fits, gives back what nothing waits for, and holds the rest for a moment.
    pub(super) fn place(&mut self, now: Timestamp) {
        let mut waiting = self.waiting();
        self.ask_for_offers(!waiting.is_empty(), now);
        self.give_back(now);
        if self.offers.is_empty() {
            return;
        }
        let mut not_wanted = Vec::new();
        for (agent, offers) in self.offers_by_agent() {
            if let Some(launch) = self.fit(&agent, offers.clone(), &mut waiting) {
                self.launch(launch, waiting.wants(&agent, &self.runs_targets()), now);
            } else if !waiting.wants(&agent, &self.runs_targets()) {
                not_wanted.extend(offers);
            }
        }
        self.decline(not_wanted, NOT_WANTED, now);
        let is_old = |held: &&HeldOffer| now >= held.since + HOLD;
        let old = self.offers.values().filter(is_old).map(|held| held.offer.id.clone()).collect();
        self.decline(old, TOO_SMALL, now);
    }

    /// SUPPRESS when nothing waits, REVIVE when something does: it clears the filters, too.
    fn ask_for_offers(&mut self, has_waiting: bool, now: Timestamp) {
        let needs_revive = std::mem::take(&mut self.needs_revive) && has_waiting;
        if has_waiting == self.is_suppressed || needs_revive {
            self.is_suppressed = !has_waiting;
            let of = OfRoles::default();
            let call = if has_waiting { SchedulerCall::Revive(of) } else { SchedulerCall::Suppress(of) };
            self.send(&call, SentCall::Other, now);
        }
    }

    fn give_back(&mut self, now: Timestamp) {
        let due = self.unreturned.iter().filter(|(_, at)| **at <= now).map(|(offer, _)| offer.clone());
        let due: Vec<OfferId> = due.collect();
        self.unreturned.retain(|_, at| *at > now);
        self.decline(due, TOO_SMALL, now);
    }

    fn waiting(&self) -> WaitingTasks {
        let mut waiting = WaitingTasks { by_agent: BTreeMap::new(), any: BTreeMap::new(), used: BTreeMap::new() };
        for task in self.tasks.values() {
            match (&task.target, &task.agent) {
                (Some(target), _) if task.waits() => {
                    waiting.by_agent.entry(target.clone()).or_default().push(task.id.clone());
                }
                (None, _) if task.waits() => waiting.any.entry(task.run.clone()).or_default().push(task.id.clone()),
                (_, Some(agent)) => {
                    waiting.used.entry(task.run.clone()).or_default().insert(agent.clone());
                }
                _ => {}
            }
        }
        waiting
    }

    fn runs_targets(&self) -> BTreeMap<&RunId, &RunTargets> {
        order::inserted(self.runs.iter().map(|(id, run)| (id, &run.targets)))
    }

    /// Offers of another role are of no use, and are given back with those that nothing waits for.
    fn offers_by_agent(&self) -> BTreeMap<AgentId, Vec<OfferId>> {
        let mut by_agent: BTreeMap<AgentId, Vec<OfferId>> = BTreeMap::new();
        for held in self.offers.values() {
            by_agent.entry(held.offer.agent.clone()).or_default().push(held.offer.id.clone());
        }
        by_agent
    }

    /// The tasks that fit into the agent's offers; `None` if none does.
    fn fit(&mut self, agent: &AgentId, offers: Vec<OfferId>, waiting: &mut WaitingTasks) -> Option<Launch> {
        let held: Vec<&ReceivedOffer> = offers.iter().filter_map(|id| Some(&self.offers.get(id)?.offer)).collect();
        let of_role = held.iter().filter(|offer| offer.role == self.framework.role);
        let mut room = of_role.flat_map(|offer| offer.resources.iter().cloned()).collect();
        let hostname = held.first().map(|offer| offer.hostname.clone()).unwrap_or_default();
        let mut tasks = Vec::new();
        for id in waiting.candidates(agent, &self.runs_targets()) {
            let Some(task) = self.tasks.get_mut(&id) else { continue };
            let Some(run) = self.runs.get(&task.run) else { continue };
            match take(&mut room, run.resources, run.pool) {
                Ok(taken) => {
                    let role = self.framework.role.as_str();
                    let resources = taken.iter().map(|part| Resource::from(part).allocated(role));
                    tasks.push(run.task_info(id.clone(), agent.clone(), resources.collect()));
                    task.unfit = None;
                    waiting.placed(&id, &task.run, agent);
                }
                Err(missing) => task.unfit = Some(UnfitOffer { agent: agent.clone(), missing }),
            }
        }
        (!tasks.is_empty()).then(|| Launch { offers, agent: agent.clone(), hostname, tasks })
    }

    fn launch(&mut self, launch: Launch, has_more: bool, now: Timestamp) {
        for offer in &launch.offers {
            self.offers.remove(offer);
        }
        let ids: Vec<TaskId> = launch.tasks.iter().map(|task| task.task_id.value.clone()).collect();
        let filters = Some(if has_more { TOO_SMALL } else { NOT_WANTED });
        let offer_ids = launch.offers.iter().cloned().map(Into::into).collect();
        let accept = SchedulerCall::Accept(AcceptOffers { offer_ids, tasks: launch.tasks, filters });
        let Some(call) = self.send(&accept, SentCall::Launch(ids.clone(), launch.offers), now) else { return };
        for id in ids {
            if let Some(task) = self.tasks.get_mut(&id) {
                task.phase = TaskPhase::Launching(call);
                task.times.launched = Some(now);
                task.agent = Some(launch.agent.clone());
                task.hostname.clone_from(&launch.hostname);
            }
        }
    }

    fn decline(&mut self, offers: Vec<OfferId>, filters: OfferFilters, now: Timestamp) {
        if offers.is_empty() {
            return;
        }
        for offer in &offers {
            self.offers.remove(offer);
        }
        let offer_ids = offers.iter().cloned().map(Into::into).collect();
        let decline = DeclineOffers { offer_ids, filters: Some(filters) };
        self.send(&SchedulerCall::Decline(decline), SentCall::Decline(offers), now);
    }

    /// A launch never took place: the task waits again, under another id.
    pub(super) fn launch_again(&mut self, id: &TaskId) {
        let Some(mut task) = self.tasks.remove(id) else { return };
        task.attempt += 1;
        task.id = task.run.task(task.number, task.attempt);
        task.phase = if task.kill == TaskKill::No { TaskPhase::Waiting } else { TaskPhase::Ended };
        task.agent = None;
        task.state = None;
        task.times = TaskTimes::default();
        self.tasks.insert(task.id.clone(), task);
        self.is_changed = true;
    }

    /// An agent with tasks is still needed; one without may go.
    pub(super) fn answer_inverse(&mut self, offers: Vec<ReceivedInverseOffer>, now: Timestamp) {
        let in_use = self.agents_in_use();
        let is_needed = |offer: &ReceivedInverseOffer| in_use.contains(&offer.agent) || offer.agent.as_str().is_empty();
        let (needed, free): (Vec<_>, Vec<_>) = offers.into_iter().partition(is_needed);
        let answer = |offers: Vec<ReceivedInverseOffer>, filters| AnswerInverseOffers {
            inverse_offer_ids: offers.into_iter().map(|offer| Valued { value: offer.id }).collect(),
            filters,
        };
        if !needed.is_empty() {
            let call = SchedulerCall::DeclineInverseOffers(answer(needed, Some(INVERSE)));
            self.send(&call, SentCall::Other, now);
        }
        if !free.is_empty() {
            self.send(&SchedulerCall::AcceptInverseOffers(answer(free, None)), SentCall::Other, now);
        }
    }

    /// When the oldest offer that is held is given back.
    pub(super) fn offers_due(&self) -> Option<Timestamp> {
        self.offers.values().map(|held| held.since + HOLD).chain(self.unreturned.values().copied()).min()
    }
}

impl WaitingTasks {
    fn is_empty(&self) -> bool {
        self.by_agent.values().all(Vec::is_empty) && self.any.values().all(Vec::is_empty)
    }

    /// Whether anything that waits could be on that agent.
    fn wants(&self, agent: &AgentId, targets: &BTreeMap<&RunId, &RunTargets>) -> bool {
        self.by_agent.get(agent).is_some_and(|tasks| !tasks.is_empty())
            || self.runs_for(agent, targets).next().is_some()
    }

    /// Runs with a task for any agent that may be on this one.
    fn runs_for<'a>(
        &'a self,
        agent: &'a AgentId,
        targets: &'a BTreeMap<&RunId, &RunTargets>,
    ) -> impl Iterator<Item = &'a TaskId> {
        self.any.iter().filter_map(move |(run, tasks)| {
            let is_used = self.used.get(run).is_some_and(|used| used.contains(agent));
            let is_among = match targets.get(run)? {
                RunTargets::Any { among, .. } => among.as_ref().is_none_or(|among| among.contains(agent)),
                RunTargets::Each(_) => false,
            };
            tasks.last().filter(|_| is_among && !is_used)
        })
    }

    /// Tasks to try on that agent, of each run with a choice one.
    fn candidates(&self, agent: &AgentId, targets: &BTreeMap<&RunId, &RunTargets>) -> Vec<TaskId> {
        let bound = self.by_agent.get(agent).into_iter().flatten();
        bound.chain(self.runs_for(agent, targets)).cloned().collect()
    }

    fn placed(&mut self, task: &TaskId, run: &RunId, agent: &AgentId) {
        if let Some(tasks) = self.by_agent.get_mut(agent) {
            tasks.retain(|waiting| waiting != task);
        }
        if let Some(tasks) = self.any.get_mut(run) {
            tasks.retain(|waiting| waiting != task);
        }
        self.used.entry(run.clone()).or_default().insert(agent.clone());
    }
}

impl RunTask {
    /// Whether the launch can be tried again.
    pub(super) fn may_launch_again(&self) -> bool {
        !self.is_started && self.attempt < MOST_ATTEMPTS
    }
}
