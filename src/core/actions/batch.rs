//! A batch of actions: a few at a time, each with its own execution, until all are over or a user stops it. One action is a
//! batch of one.

use core::ops::Range;
use std::collections::BTreeMap;

use super::Action;
use super::execution::{Execution, NextStep, Outcome, SendFailure, Stage};
use super::preview::{AffectedTasks, Difference, Impact, Preview, Progress, differences};
use crate::actions::draining::DrainProgress;
use crate::actions::preview::PreviewEntry;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::eligibility::DisabledReason;

/// Interval between reads while the batch waits for a drain.
const LOOK: Nanoseconds = Nanoseconds::from_secs(5);
/// Maximum age of the state that later actions are compared with before they are sent. One read per action would cost
/// the master of a large cluster dearly.
const RECENT: Nanoseconds = Nanoseconds::from_secs(10);

/// Number of actions that are previewed at a time: large batches preview only the next 300, and each action again
/// before it is sent. The range moves on in steps of `MOVES`.
const LOOKED_AT: usize = 300;
const MOVES: usize = 100;

/// Previews of some of a batch's actions, by their numbers.
pub type Previews = BTreeMap<usize, Preview>;

/// Concurrency of a batch, and when it waits or stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// Maximum number of actions in progress; at least 1.
    pub at_once: usize,
    /// Whether an action occupies its place until it is wholly done, such as an agent drained.
    pub waits: bool,
    /// Whether the batch stops after a failure.
    pub stops: bool,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { at_once: 4, waits: false, stops: false }
    }
}

/// The next step that the page must take for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStep {
    /// Read the topics that show the actions' effects.
    Read,
    /// Send the action with this number.
    Send(usize),
}

/// State of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BatchState {
    #[default]
    Waiting,
    Going,
    /// No other action will start.
    Stopped,
}

/// A batch of actions and their executions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    actions: Vec<Action>,
    executions: Vec<Execution>,
    /// Whether each action was started in this batch.
    started: Vec<bool>,
    /// Time at which each action was found wholly done.
    done: Vec<Option<Timestamp>>,
    pace: BatchOptions,
    state: BatchState,
    looked: Option<Timestamp>,
    /// Time at which the user confirmed.
    gone: Option<Timestamp>,
    /// Names of the actions' subjects, by number, from the cluster: an agent that is gone has no name any more.
    subjects: BTreeMap<usize, String>,
    /// Previews of the actions when they were sent, by number.
    sent: BTreeMap<usize, Sent>,
    /// The forced actions, and Mesos' words, after it refused one and said that force helps.
    offered: Option<(Vec<Action>, String)>,
}

/// Preview of an action when it was sent.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    differences: Vec<Difference>,
    back: Option<Action>,
    /// Live tasks that it concerns; `None` if it concerns none.
    affected: Option<AffectedTasks>,
}

/// Live tasks that sent actions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedTasks {
    /// Number of tasks that have ended.
    pub ended: u32,
    /// Number of tasks when the actions were sent.
    pub of: u32,
    /// Time from the first request until all was done; `None` while something is left.
    pub took: Option<Nanoseconds>,
}

/// An action as the screen shows it. Before it is sent, this is its preview; afterwards the preview from when it was
/// sent, since the cluster has moved on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExecutionReport {
    /// Whether the action was sent, and perhaps done: the values are then of the past.
    pub is_sent: bool,
    /// Values before and after.
    pub differences: Vec<Difference>,
    /// Why a master would refuse it; `None` if it would not.
    pub disabled_reason: Option<DisabledReason>,
    /// Effects of the action, the gravest first.
    pub effects: Vec<Impact>,
    /// Progress of the drain; `None` unless an agent is draining.
    pub draining: Option<DrainProgress>,
    /// The action that undoes it; `None` if there is none, or it was not done.
    pub back: Option<Action>,
}

impl Batch {
    /// Replaces the actions after an edit of the form. A batch in progress is left alone.
    pub fn edit(&mut self, actions: Vec<Action>, pace: BatchOptions) {
        if self.is_busy() {
            return;
        }
        self.pace = pace;
        if self.actions == actions {
            return;
        }
        self.state = BatchState::Waiting;
        self.executions.resize_with(actions.len(), Execution::default);
        self.executions.iter_mut().for_each(Execution::edited);
        (self.started, self.done) = (vec![false; actions.len()], vec![None; actions.len()]);
        self.sent.clear();
        self.subjects.clear();
        self.actions = actions;
    }

    /// The actions of the batch, by their numbers.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// Name of an action's subject, once the cluster has named it; kept after the subject is gone.
    pub fn subject(&self, at: usize) -> Option<&str> {
        self.subjects.get(&at).map(String::as_str)
    }

    /// The executions of the actions, in the order of `acts`.
    pub fn executions(&self) -> &[Execution] {
        &self.executions
    }

    /// Whether the action with this number is wholly done, as far as the cluster shows it.
    pub fn is_done(&self, at: usize) -> bool {
        self.done.get(at).copied().flatten().is_some()
    }

    /// Numbers of the actions to preview now.
    pub fn looked_at(&self) -> Vec<usize> {
        let is_open = |at: &usize| self.started.get(*at) != Some(&true) || self.occupies(*at);
        let first = (0..self.actions.len()).find(is_open).unwrap_or(0) / MOVES * MOVES;
        let before = (0..first).filter(|at| self.occupies(*at));
        before.chain(first..self.actions.len().min(first.saturating_add(LOOKED_AT))).collect()
    }

    /// Whether an action is in progress: the form cannot be edited then, and leaving the page would lose track of it.
    pub fn is_busy(&self) -> bool {
        self.under_way() > 0 || self.state == BatchState::Going && self.next().is_some()
    }

    /// Whether the batch was stopped while actions are left.
    pub fn is_stopped(&self) -> bool {
        self.state == BatchState::Stopped && self.next().is_some()
    }

    /// Whether any action was sent, or is about to be.
    pub fn has_started(&self) -> bool {
        self.state != BatchState::Waiting
    }

    /// Number of the failed actions of which nothing was sent.
    pub fn blocked(&self) -> usize {
        let is_blocked = |at: &usize| {
            let stage = self.executions.get(*at).map(Execution::stage);
            matches!(stage, Some(Stage::Over(Outcome::Blocked(_) | Outcome::Unsent(_) | Outcome::Intercepted(_))))
        };
        self.failed().iter().filter(|at| is_blocked(at)).count()
    }

    /// Numbers of the actions that were started and failed.
    pub fn failed(&self) -> Vec<usize> {
        let failed = |execution: &Execution| {
            matches!(
                execution.stage(),
                Stage::Over(Outcome::Refused(..) | Outcome::Unknown(_) | Outcome::Diverged(_))
                    | Stage::Over(Outcome::Blocked(_) | Outcome::Unsent(_) | Outcome::Intercepted(_))
                    | Stage::Unread
                    | Stage::Conflict(_)
            )
        };
        (0..self.actions.len())
            .filter(|at| self.started.get(*at) == Some(&true) && self.executions.get(*at).is_some_and(failed))
            .collect()
    }

    /// Number of actions that are over, successful or not.
    pub fn over(&self) -> usize {
        (0..self.actions.len()).filter(|at| self.started.get(*at) == Some(&true) && !self.occupies(*at)).count()
    }

    fn occupies(&self, at: usize) -> bool {
        let Some(execution) = self.executions.get(at) else { return false };
        let waits = self.pace.waits && matches!(execution.stage(), Stage::Over(Outcome::Started)) && !self.is_done(at);
        self.started.get(at) == Some(&true) && (execution.is_busy() || waits)
    }

    fn under_way(&self) -> usize {
        (0..self.actions.len()).filter(|at| self.occupies(*at)).count()
    }

    fn next(&self) -> Option<usize> {
        self.started.iter().position(|started| !started)
    }

    /// Starts the batch on the user's confirmation: all actions or, after a stop, the rest.
    pub fn go(&mut self, now: Timestamp) -> Vec<BatchStep> {
        if self.is_busy() {
            return Vec::new();
        }
        // One that was refused, or that another user came before, is tried again.
        for at in self.failed() {
            self.started.iter_mut().skip(at).take(1).for_each(|started| *started = false);
        }
        (self.state, self.gone) = (BatchState::Going, Some(now));
        self.fill(now)
    }

    /// Stops the batch: no other action starts, and those in progress continue.
    pub fn stop(&mut self) {
        if self.state == BatchState::Going {
            self.state = BatchState::Stopped;
        }
    }

    fn fill(&mut self, now: Timestamp) -> Vec<BatchStep> {
        let mut steps = Vec::new();
        if self.pace.stops && !self.failed().is_empty() {
            self.stop();
        }
        while self.state == BatchState::Going && self.under_way() < self.pace.at_once.max(1) {
            let Some(at) = self.next() else { break };
            self.started.iter_mut().skip(at).take(1).for_each(|started| *started = true);
            let recent = Timestamp(now.0.saturating_sub(RECENT.0));
            let is_fresh = self.actions.get(at).is_some_and(Action::needs_fresh_read);
            let since = self.gone.filter(|_| !is_fresh).map_or(now, |gone| gone.max(recent));
            let since = self.reads(at).then_some(since);
            let next = self.executions.get_mut(at).map(|execution| execution.go(since, now));
            steps.extend(next.and_then(|next| step(next, at)));
        }
        steps.dedup();
        steps
    }

    fn reads(&self, at: usize) -> bool {
        self.actions.get(at).is_some_and(Action::is_followed)
    }

    /// Takes over new previews.
    pub fn planned(&mut self, plans: &Previews, now: Timestamp) -> Vec<BatchStep> {
        let mut steps = Vec::new();
        for (at, preview) in plans {
            let Some(execution) = self.executions.get_mut(*at) else { continue };
            self.subjects.extend(preview.subject.clone().map(|subject| (*at, subject)));
            steps.extend(step(execution.planned(preview, now), *at));
            if let (Some(done @ None), Stage::Over(outcome)) = (self.done.get_mut(*at), execution.stage())
                && (preview.progress == Progress::Applied || *outcome == Outcome::Confirmed)
            {
                *done = Some(now);
            }
        }
        steps.extend(self.fill(now));
        steps
    }

    /// Notes that an action is sent now, with its preview.
    pub fn sends(&mut self, at: usize, preview: &Preview) {
        let differences = differences(&preview.current, &preview.desired);
        self.sent.insert(at, Sent { differences, back: preview.back.clone(), affected: preview.affected });
    }

    /// Live tasks that the action with this number concerned when it was sent; `None` before, or if it concerned none.
    pub fn affected(&self, at: usize) -> Option<AffectedTasks> {
        self.sent.get(&at)?.affected
    }

    /// Tasks that the sent actions end, given current previews; `None` if they end none by their kind, or nothing was sent.
    pub fn ended_tasks(&self, plans: &Previews) -> Option<EndedTasks> {
        self.ended_tasks_of(0..self.actions.len(), plans)
    }

    /// Tasks that one sent action ends.
    pub fn ended_tasks_at(&self, at: usize, plans: &Previews) -> Option<EndedTasks> {
        self.ended_tasks_of(at..at.saturating_add(1), plans)
    }

    fn ended_tasks_of(&self, numbers: Range<usize>, plans: &Previews) -> Option<EndedTasks> {
        let mut sum: Option<EndedTasks> = None;
        let (mut first, mut last) = (None::<Timestamp>, Some(Timestamp(0)));
        for (at, sent) in self.sent.range(numbers) {
            let Some(execution) = self.executions.get(*at).filter(|execution| execution.is_sent()) else { continue };
            let ends_tasks = self.actions.get(*at).is_some_and(Action::ends_tasks);
            let Some(AffectedTasks { tasks, .. }) = sent.affected.filter(|_| ends_tasks) else { continue };
            let done = self.done.get(*at).copied().flatten();
            let left = match (done, plans.get(at).and_then(|preview| preview.draining.as_ref())) {
                (Some(_), _) => 0,
                (None, Some(draining)) => draining.left.min(tasks),
                (None, None) => tasks,
            };
            let known = sum.get_or_insert(EndedTasks { ended: 0, of: 0, took: None });
            known.of = known.of.saturating_add(tasks);
            known.ended = known.ended.saturating_add(tasks - left);
            first = first.into_iter().chain(execution.sent()).min();
            last = last.zip(done).map(|(last, done)| last.max(done));
        }
        let took = last.zip(first).filter(|_| !self.is_busy()).map(|(last, first)| last.since(first));
        sum.map(|sum| EndedTasks { took, ..sum })
    }

    /// Whether the action with this number was sent and, as far as it is known, done.
    pub(super) fn was_accepted(&self, at: usize) -> bool {
        match self.executions.get(at).map(Execution::stage) {
            Some(Stage::Over(outcome)) => {
                outcome.may_be_done() && !matches!(outcome, Outcome::Unknown(_) | Outcome::NotSeen)
            }
            Some(_) | None => false,
        }
    }

    /// The action that undoes the one with this number, if it was done.
    pub(super) fn back(&self, at: usize) -> Option<Action> {
        self.sent.get(&at).filter(|_| self.was_accepted(at))?.back.clone()
    }

    /// The action with this number as the screen shows it, given its current preview.
    pub fn sight(&self, at: usize, preview: &Preview) -> ExecutionReport {
        let execution = self.executions.get(at);
        let is_sent = execution.is_some_and(Execution::is_sent);
        let draining = preview.draining.clone().filter(|_| differences(&preview.current, &preview.desired).is_empty());
        if let Some(sent) = self.sent.get(&at).filter(|_| is_sent) {
            return ExecutionReport {
                is_sent,
                differences: sent.differences.clone(),
                draining,
                back: self.back(at),
                ..ExecutionReport::default()
            };
        }
        if is_sent {
            return ExecutionReport { is_sent, draining, ..ExecutionReport::default() };
        }
        ExecutionReport {
            is_sent,
            differences: differences(&preview.current, &preview.desired),
            disabled_reason: preview.disabled_reason.clone(),
            effects: preview.effects.clone(),
            draining,
            back: None,
        }
    }

    /// Mesos' words, if it refused one of these actions and said that force helps.
    pub fn offered_force(&self) -> Option<&str> {
        let (actions, words) = self.offered.as_ref()?;
        (*actions == forced(&self.actions)).then_some(words.as_str())
    }

    /// Takes over the answer to an action, or its absence.
    pub fn answered(&mut self, at: usize, answer: Result<u16, SendFailure>, now: Timestamp) -> Vec<BatchStep> {
        let reads = self.reads(at);
        if let (Err(SendFailure::Refused(refusal)), Some(action)) = (&answer, self.actions.get(at))
            && action.is_helped_by_force(&refusal.words)
        {
            self.offered = Some((forced(&self.actions), refusal.words.clone()));
        }
        let next = self.executions.get_mut(at).map(|execution| execution.answered(answer, reads, now));
        let mut steps: Vec<BatchStep> = next.and_then(|next| step(next, at)).into_iter().collect();
        steps.extend(self.fill(now));
        steps
    }

    /// Ends an action that was not sent.
    pub fn not_sent(&mut self, at: usize, outcome: &Outcome, now: Timestamp) -> Vec<BatchStep> {
        self.executions.iter_mut().skip(at).take(1).for_each(|execution| execution.not_sent(outcome.clone()));
        self.fill(now)
    }

    /// Takes over current values that were requested for an action after it was sent, since no read of the cluster
    /// contains them.
    pub fn looked_up(&mut self, at: usize, reported: Vec<PreviewEntry>, preview: Option<&Preview>) -> Vec<BatchStep> {
        if let (Some(execution), Some(preview)) = (self.executions.get_mut(at), preview) {
            execution.looked_up(reported, preview);
        }
        Vec::new()
    }

    /// Advances the clock.
    pub fn tick(&mut self, plans: &Previews, now: Timestamp) -> Vec<BatchStep> {
        let mut steps = Vec::new();
        for (at, execution) in self.executions.iter_mut().enumerate() {
            steps.extend(step(execution.tick(plans.get(&at), now), at));
        }
        let waits = (0..self.actions.len()).any(|at| match self.executions.get(at).map(Execution::stage) {
            Some(Stage::Over(Outcome::NotSeen)) => true,
            Some(Stage::Over(_)) => self.occupies(at),
            Some(_) | None => false,
        });
        if waits && self.looked.is_none_or(|looked| now.since(looked) > LOOK) {
            self.looked = Some(now);
            steps.push(BatchStep::Read);
        }
        steps.extend(self.fill(now));
        steps.dedup();
        steps
    }

    /// Values that the action's form was opened with; `None` until they are known.
    pub fn base(&self, at: usize) -> Option<&[PreviewEntry]> {
        self.executions.get(at)?.base()
    }
}

fn forced(actions: &[Action]) -> Vec<Action> {
    actions.iter().map(|action| action.forced().unwrap_or_else(|| action.clone())).collect()
}

fn step(next: NextStep, at: usize) -> Option<BatchStep> {
    match next {
        NextStep::Nothing => None,
        NextStep::Read => Some(BatchStep::Read),
        NextStep::Send => Some(BatchStep::Send(at)),
    }
}

#[cfg(test)]
mod tests;
