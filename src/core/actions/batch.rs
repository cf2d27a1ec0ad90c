//! A batch of actions: a few at a time, each with its own execution, until all are over or a user stops it. One action is a
//! batch of one.

use std::collections::BTreeMap;

use super::Action;
use super::execution::{Execution, Next, NotTaken, Outcome, Stage};
use super::plan::{Difference, Effect, Plan, Progress, differences};
use crate::actions::draining::Draining;
use crate::actions::plan::Entry;
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
pub type Plans = BTreeMap<usize, Plan>;

/// Concurrency of a batch, and when it waits or stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Maximum number of actions in progress; at least 1.
    pub at_once: usize,
    /// Whether an action occupies its place until it is wholly done, such as an agent drained.
    pub waits: bool,
    /// Whether the batch stops after a failure.
    pub stops: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: 4, waits: false, stops: false }
    }
}

/// The next step that the page must take for a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read the topics that show the actions' effects.
    Read,
    /// Send the action with this number.
    Send(usize),
}

/// State of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Waiting,
    Going,
    /// No other action will start.
    Stopped,
}

/// A batch of actions and their executions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    acts: Vec<Action>,
    courses: Vec<Execution>,
    /// Whether each action was started in this batch, and whether it is wholly done.
    started: Vec<bool>,
    done: Vec<bool>,
    pace: Pace,
    state: State,
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
}

/// An action as the screen shows it. Before it is sent, this is its preview; afterwards the preview from when it was
/// sent, since the cluster has moved on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// Whether the action was sent, and perhaps done: the values are then of the past.
    pub is_sent: bool,
    /// Values before and after.
    pub differences: Vec<Difference>,
    /// Why a master would refuse it; `None` if it would not.
    pub why_not: Option<DisabledReason>,
    /// Effects of the action, the gravest first.
    pub effects: Vec<Effect>,
    /// Progress of the drain; `None` unless an agent is draining.
    pub draining: Option<Draining>,
    /// The action that undoes it; `None` if there is none, or it was not done.
    pub back: Option<Action>,
}

impl Batch {
    /// Replaces the actions after an edit of the form. A batch in progress is left alone.
    pub fn edit(&mut self, acts: Vec<Action>, pace: Pace) {
        if self.is_busy() {
            return;
        }
        self.pace = pace;
        if self.acts == acts {
            return;
        }
        self.state = State::Waiting;
        self.courses.resize_with(acts.len(), Execution::default);
        self.courses.iter_mut().for_each(Execution::edited);
        (self.started, self.done) = (vec![false; acts.len()], vec![false; acts.len()]);
        self.sent.clear();
        self.subjects.clear();
        self.acts = acts;
    }

    /// The actions of the batch, by their numbers.
    pub fn acts(&self) -> &[Action] {
        &self.acts
    }

    /// Name of an action's subject, once the cluster has named it; kept after the subject is gone.
    pub fn subject(&self, at: usize) -> Option<&str> {
        self.subjects.get(&at).map(String::as_str)
    }

    /// The executions of the actions, in the order of `acts`.
    pub fn courses(&self) -> &[Execution] {
        &self.courses
    }

    /// Whether the action with this number is wholly done, as far as the cluster shows it.
    pub fn is_done(&self, at: usize) -> bool {
        self.done.get(at).copied().unwrap_or(false)
    }

    /// Numbers of the actions to preview now.
    pub fn looked_at(&self) -> Vec<usize> {
        let is_open = |at: &usize| self.started.get(*at) != Some(&true) || self.occupies(*at);
        let first = (0..self.acts.len()).find(is_open).unwrap_or(0) / MOVES * MOVES;
        let before = (0..first).filter(|at| self.occupies(*at));
        before.chain(first..self.acts.len().min(first.saturating_add(LOOKED_AT))).collect()
    }

    /// Whether an action is in progress: the form cannot be edited then, and leaving the page would lose track of it.
    pub fn is_busy(&self) -> bool {
        self.under_way() > 0 || self.state == State::Going && self.next().is_some()
    }

    /// Whether the batch was stopped while actions are left.
    pub fn is_stopped(&self) -> bool {
        self.state == State::Stopped && self.next().is_some()
    }

    /// Whether any action was sent, or is about to be.
    pub fn has_started(&self) -> bool {
        self.state != State::Waiting
    }

    /// Numbers of the actions that were started and failed.
    pub fn failed(&self) -> Vec<usize> {
        let failed = |course: &Execution| {
            matches!(
                course.stage(),
                Stage::Over(Outcome::Refused(..) | Outcome::Unknown(_) | Outcome::Diverged(_))
                    | Stage::Over(Outcome::Blocked(_) | Outcome::Unsent(_) | Outcome::NotSentOn(_))
                    | Stage::Unread
                    | Stage::Conflict(_)
            )
        };
        (0..self.acts.len())
            .filter(|at| self.started.get(*at) == Some(&true) && self.courses.get(*at).is_some_and(failed))
            .collect()
    }

    /// Number of actions that are over, successful or not.
    pub fn over(&self) -> usize {
        (0..self.acts.len()).filter(|at| self.started.get(*at) == Some(&true) && !self.occupies(*at)).count()
    }

    fn occupies(&self, at: usize) -> bool {
        let Some(course) = self.courses.get(at) else { return false };
        let waits = self.pace.waits && matches!(course.stage(), Stage::Over(Outcome::Started)) && !self.is_done(at);
        self.started.get(at) == Some(&true) && (course.is_busy() || waits)
    }

    fn under_way(&self) -> usize {
        (0..self.acts.len()).filter(|at| self.occupies(*at)).count()
    }

    fn next(&self) -> Option<usize> {
        self.started.iter().position(|started| !started)
    }

    /// Starts the batch on the user's confirmation: all actions or, after a stop, the rest.
    pub fn go(&mut self, now: Timestamp) -> Vec<Step> {
        if self.is_busy() {
            return Vec::new();
        }
        // One that was refused, or that another user came before, is tried again.
        for at in self.failed() {
            self.started.iter_mut().skip(at).take(1).for_each(|started| *started = false);
        }
        (self.state, self.gone) = (State::Going, Some(now));
        self.fill(now)
    }

    /// Stops the batch: no other action starts, and those in progress continue.
    pub fn stop(&mut self) {
        if self.state == State::Going {
            self.state = State::Stopped;
        }
    }

    fn fill(&mut self, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.pace.stops && !self.failed().is_empty() {
            self.stop();
        }
        while self.state == State::Going && self.under_way() < self.pace.at_once.max(1) {
            let Some(at) = self.next() else { break };
            self.started.iter_mut().skip(at).take(1).for_each(|started| *started = true);
            let recent = Timestamp(now.0.saturating_sub(RECENT.0));
            let is_fresh = self.acts.get(at).is_some_and(Action::needs_a_fresh_read);
            let since = self.gone.filter(|_| !is_fresh).map_or(now, |gone| gone.max(recent));
            let since = self.reads(at).then_some(since);
            let next = self.courses.get_mut(at).map(|course| course.go(since, now));
            steps.extend(next.and_then(|next| step(next, at)));
        }
        steps.dedup();
        steps
    }

    fn reads(&self, at: usize) -> bool {
        self.acts.get(at).is_some_and(|act| !act.parts().is_empty())
    }

    /// Takes over new previews.
    pub fn planned(&mut self, plans: &Plans, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, plan) in plans {
            let Some(course) = self.courses.get_mut(*at) else { continue };
            self.subjects.extend(plan.subject.clone().map(|subject| (*at, subject)));
            steps.extend(step(course.planned(plan, now), *at));
            if let (Some(done), Stage::Over(_)) = (self.done.get_mut(*at), course.stage()) {
                *done |= plan.shows == Progress::Applied;
            }
        }
        steps.extend(self.fill(now));
        steps
    }

    /// Notes that an action is sent now, with its preview.
    pub fn sends(&mut self, at: usize, plan: &Plan) {
        let differences = differences(&plan.current, &plan.desired);
        self.sent.insert(at, Sent { differences, back: plan.back.clone() });
    }

    /// The action with this number as the screen shows it, given its current preview.
    pub fn sight(&self, at: usize, plan: &Plan) -> Sight {
        let course = self.courses.get(at);
        let is_sent = course.is_some_and(Execution::is_sent);
        let draining = plan.draining.clone().filter(|_| differences(&plan.current, &plan.desired).is_empty());
        if let Some(sent) = self.sent.get(&at).filter(|_| is_sent) {
            let is_done = |course: &Execution| match course.stage() {
                Stage::Over(outcome) => outcome.is_perhaps_done() && !matches!(outcome, Outcome::Unknown(_)),
                _ => false,
            };
            let back = sent.back.clone().filter(|_| course.is_some_and(is_done));
            return Sight { is_sent, differences: sent.differences.clone(), draining, back, ..Sight::default() };
        }
        if is_sent {
            return Sight { is_sent, draining, ..Sight::default() };
        }
        Sight {
            is_sent,
            differences: differences(&plan.current, &plan.desired),
            why_not: plan.why_not.clone(),
            effects: plan.effects.clone(),
            draining,
            back: None,
        }
    }

    /// Mesos' words, if it refused one of these actions and said that force helps.
    pub fn offered_force(&self) -> Option<&str> {
        let (acts, words) = self.offered.as_ref()?;
        (*acts == forced(&self.acts)).then_some(words.as_str())
    }

    /// Takes over the answer to an action, or its absence.
    pub fn answered(&mut self, at: usize, answer: Result<u16, NotTaken>, now: Timestamp) -> Vec<Step> {
        let reads = self.reads(at);
        if let (Err(NotTaken::Refused(refusal)), Some(act)) = (&answer, self.acts.get(at))
            && act.is_helped_by_force(&refusal.words)
        {
            self.offered = Some((forced(&self.acts), refusal.words.clone()));
        }
        let next = self.courses.get_mut(at).map(|course| course.answered(answer, reads, now));
        let mut steps: Vec<Step> = next.and_then(|next| step(next, at)).into_iter().collect();
        steps.extend(self.fill(now));
        steps
    }

    /// Ends an action that was not sent.
    pub fn not_sent(&mut self, at: usize, outcome: &Outcome, now: Timestamp) -> Vec<Step> {
        self.courses.iter_mut().skip(at).take(1).for_each(|course| course.not_sent(outcome.clone()));
        self.fill(now)
    }

    /// Takes over current values that were requested for an action after it was sent, since no read of the cluster
    /// contains them.
    pub fn looked_up(&mut self, at: usize, reported: Vec<Entry>, plan: Option<&Plan>) -> Vec<Step> {
        if let (Some(course), Some(plan)) = (self.courses.get_mut(at), plan) {
            course.looked_up(reported, plan);
        }
        Vec::new()
    }

    /// Advances the clock.
    pub fn tick(&mut self, plans: &Plans, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, course) in self.courses.iter_mut().enumerate() {
            steps.extend(step(course.tick(plans.get(&at), now), at));
        }
        let waits = (0..self.acts.len())
            .any(|at| self.occupies(at) && matches!(self.courses.get(at).map(Execution::stage), Some(Stage::Over(_))));
        if waits && self.looked.is_none_or(|looked| now.since(looked) > LOOK) {
            self.looked = Some(now);
            steps.push(Step::Read);
        }
        steps.extend(self.fill(now));
        steps.dedup();
        steps
    }

    /// Values that the action's form was opened with; `None` until they are known.
    pub fn base(&self, at: usize) -> Option<&[Entry]> {
        self.courses.get(at)?.base()
    }
}

fn forced(acts: &[Action]) -> Vec<Action> {
    acts.iter().map(|act| act.forced().unwrap_or_else(|| act.clone())).collect()
}

fn step(next: Next, at: usize) -> Option<Step> {
    match next {
        Next::Nothing => None,
        Next::Read => Some(Step::Read),
        Next::Send => Some(Step::Send(at)),
    }
}

#[cfg(test)]
mod tests;
