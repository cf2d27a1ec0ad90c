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
mod tests {
    use super::*;
    use crate::actions::RoleQuota;
    use crate::actions::plan::{PlanValue, named};
    use crate::mesos::calls::Refusal;
    use crate::mesos::calls::answer::Intercepted;

    fn plans(states: &[(&str, Progress)], asked: i64) -> Plans {
        let plan = |(current, shows): &(&str, Progress)| Plan {
            asked: Some(Timestamp(asked)),
            shows: *shows,
            ..Plan::new(vec![named("a", typed(current))], vec![named("a", typed("draining"))])
        };
        states.iter().map(plan).enumerate().collect()
    }

    fn typed(text: &str) -> PlanValue {
        PlanValue::Typed(text.to_owned())
    }

    fn drains(number: usize) -> Vec<Action> {
        (0..number).map(|at| Action::Deactivate(at.to_string().as_str().into())).collect()
    }

    #[test]
    fn a_roll_waits_for_each_and_stops_at_a_failure() {
        let mut run = Batch::default();
        run.edit(drains(3), Pace { at_once: 1, waits: true, stops: true });
        let before = [("active", Progress::Pending); 3];
        run.planned(&plans(&before, 1), Timestamp(1));
        assert_eq!(run.go(Timestamp(10)), [Step::Read]);
        assert_eq!(run.planned(&plans(&before, 10), Timestamp(11)), [Step::Send(0)]);
        run.answered(0, Ok(200), Timestamp(12));
        let started = [("draining", Progress::Started), before[1], before[2]];
        assert_eq!(run.planned(&plans(&started, 12), Timestamp(13)), [], "it is draining, and the next waits");
        assert!(run.is_busy());
        let done = [("drained", Progress::Applied), before[1], before[2]];
        assert_eq!(run.planned(&plans(&done, 14), Timestamp(15)), [], "the next begins, with what was just read");
        assert_eq!(run.tick(&plans(&done, 14), Timestamp(16)), [Step::Send(1)]);
        let no = Refusal { status: 400, words: "Unknown agent".to_owned() };
        assert_eq!(run.answered(1, Err(NotTaken::Refused(no)), Timestamp(17)), []);
        assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![1], true, false));
        assert_eq!(run.go(Timestamp(20)), [Step::Read], "tried again");
        assert!(run.is_done(0) && !run.is_done(1));
    }

    #[test]
    fn a_roll_does_not_wait_for_what_no_longer_drains() {
        let mut run = Batch::default();
        run.edit(drains(2), Pace { at_once: 1, waits: true, stops: true });
        let before = [("active", Progress::Pending); 2];
        run.planned(&plans(&before, 1), Timestamp(1));
        run.go(Timestamp(10));
        run.planned(&plans(&before, 10), Timestamp(11));
        run.answered(0, Ok(200), Timestamp(12));
        run.planned(&plans(&[("draining", Progress::Started), before[1]], 13), Timestamp(14));
        // Another operator reactivates it.
        run.planned(&plans(&before, 15), Timestamp(16));
        assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![0], true, false));
    }

    #[test]
    fn of_a_run_of_thousands_only_those_that_are_next_are_looked_at() {
        let mut run = Batch::default();
        run.edit(drains(40_000), Pace { at_once: 100, ..Pace::default() });
        assert_eq!(run.looked_at(), (0..300).collect::<Vec<_>>());
        let plans = |run: &Batch, shows: Progress, asked: i64| -> Plans {
            let one = plans(&[("active", shows)], asked).remove(&0).expect("a plan");
            run.looked_at().into_iter().map(|at| (at, one.clone())).collect()
        };
        let before = plans(&run, Progress::Pending, 1);
        run.planned(&before, Timestamp(1));
        run.go(Timestamp(2));
        let (mut sent, mut now) = (Vec::new(), 3);
        while sent.len() < 350 {
            let seen = plans(&run, Progress::Pending, now);
            let steps = [run.planned(&seen, Timestamp(now)), run.tick(&seen, Timestamp(now))].concat();
            for step in steps {
                let Step::Send(at) = step else { continue };
                sent.push(at);
                run.answered(at, Ok(200), Timestamp(now));
            }
            now += 1;
            let done = plans(&run, Progress::Applied, now);
            run.planned(&done, Timestamp(now));
        }
        sent.sort_unstable();
        assert!(sent.iter().copied().eq(0..sent.len()), "each once");
        assert!(run.looked_at().len() <= LOOKED_AT && run.looked_at().first() >= Some(&300), "{:?}", run.looked_at());
    }

    #[test]
    fn no_more_are_on_their_way_than_may_be() {
        let mut run = Batch::default();
        run.edit(drains(10), Pace::default());
        let before = [("active", Progress::Pending); 10];
        run.planned(&plans(&before, 1), Timestamp(1));
        run.go(Timestamp(2));
        let sent = run.planned(&plans(&before, 3), Timestamp(4));
        assert_eq!(sent, [Step::Send(0), Step::Send(1), Step::Send(2), Step::Send(3)]);
        run.stop();
        run.edit(drains(1), Pace::default());
        assert_eq!(run.acts().len(), 10, "what is on its way is not edited");
    }

    /// One of each kind.
    fn every_kind() -> Vec<Action> {
        let machines = || {
            vec![crate::mesos::calls::maintenance::MachineId {
                hostname: Some("h".to_owned()),
                ip: Some("10.0.0.1".to_owned()),
            }]
        };
        vec![
            quota(false),
            Action::SetQuota { role: "dev".into(), guarantee: [("cpus".to_owned(), 1.0)].into(), force: false },
            Action::RemoveQuota("dev".into()),
            Action::Weights(vec![("dev".into(), 2.0)]),
            Action::Schedule(Vec::new()),
            Action::StartMaintenance(machines()),
            Action::StopMaintenance(machines()),
            Action::Drain { agent: "S1".into(), grace: None, mark_gone: false },
            Action::Drain { agent: "S1".into(), grace: None, mark_gone: true },
            Action::Deactivate("S1".into()),
            Action::Reactivate("S1".into()),
            Action::MarkGone("S1".into()),
            Action::Teardown("f".into()),
            Action::LoggingLevel { agent: None, level: 1, length: Nanoseconds::from_secs(60) },
        ]
    }

    fn quota(force: bool) -> Action {
        Action::Quotas { quotas: vec![RoleQuota { role: "dev".into(), ..RoleQuota::default() }], force }
    }

    /// A run of one that was sent, and then was answered so.
    fn sent(act: Action, answer: Result<u16, NotTaken>) -> Batch {
        let mut run = Batch::default();
        run.edit(vec![act], Pace::default());
        let before = plans(&[("before", Progress::Pending)], 1);
        run.planned(&before, Timestamp(1));
        run.go(Timestamp(2));
        let before = plans(&[("before", Progress::Pending)], 3);
        run.planned(&before, Timestamp(4));
        let plan = before.get(&0).expect("it is planned");
        run.sends(0, &Plan { back: Some(Action::Reactivate("S1".into())), ..plan.clone() });
        run.answered(0, answer, Timestamp(5));
        run
    }

    #[test]
    fn after_it_was_sent_nobody_asks_whether_it_could_be_sent_again() {
        let why_not = DisabledReason::Deactivated;
        for act in every_kind() {
            let mut run = sent(act.clone(), Ok(200));
            let mut after = plans(&[("draining", Progress::Applied)], 6);
            for plan in after.values_mut() {
                plan.why_not = Some(why_not.clone());
                plan.effects =
                    vec![Effect::new(crate::actions::plan::Tone::Bad, crate::actions::plan::Impact::NeverBack)];
                plan.back = None;
            }
            let plan = after.get(&0).expect("it is planned").clone();
            let check = |run: &Batch, when: &str| {
                let sight = run.sight(0, &plan);
                assert_eq!((&sight.why_not, sight.effects.len()), (&None, 0), "{act:?} {when}");
                assert_eq!(sight.differences.len(), 1, "{act:?} {when}: what it was to do is still there");
                assert!(sight.is_sent, "{act:?} {when}: what was before is past");
                sight.back
            };
            if run.is_busy() {
                assert_eq!(check(&run, "on its way"), None);
            }
            run.planned(&after, Timestamp(7));
            assert!(!run.is_busy() && run.failed().is_empty(), "{act:?}");
            assert_eq!(check(&run, "over"), Some(Action::Reactivate("S1".into())), "what can be done next");
        }
    }

    #[test]
    fn a_change_keeps_the_name_of_what_it_was_about() {
        let mut run = Batch::default();
        run.edit(vec![Action::MarkGone("S1".into()), Action::MarkGone("S2".into())], Pace::default());
        let mut listed = plans(&[("active", Progress::Pending), ("active", Progress::Pending)], 1);
        for (plan, name) in listed.values_mut().zip(["node-1", "node-2"]) {
            plan.subject = Some(name.to_owned());
        }
        run.planned(&listed, Timestamp(1));
        run.go(Timestamp(2));
        // Neither is listed any more.
        run.planned(
            &plans(&[("not listed", Progress::Unobservable), ("not listed", Progress::Unobservable)], 3),
            Timestamp(4),
        );
        assert_eq!((run.subject(0), run.subject(1)), (Some("node-1"), Some("node-2")));
        run.edit(vec![Action::MarkGone("S3".into())], Pace::default());
        assert_eq!(run.subject(0), None, "another change has not been named yet");
    }

    #[test]
    fn what_was_not_done_is_looked_at_as_before() {
        let no = || NotTaken::Refused(Refusal { status: 400, words: "No".to_owned() });
        let page = || NotTaken::NotSentOn(Intercepted { status: 200, title: "Sign in".to_owned(), signs_in: true });
        let why_not = DisabledReason::Drained;
        for (not_taken, is_named) in [(no(), true), (page(), true), (NotTaken::Lost("cut".to_owned()), false)] {
            let run = sent(Action::Deactivate("S1".into()), Err(not_taken));
            let mut plan = plans(&[("active", Progress::Pending)], 6).remove(&0).expect("a plan");
            plan.why_not = Some(why_not.clone());
            assert_eq!(run.sight(0, &plan).why_not.is_some(), is_named);
            assert_eq!(run.sight(0, &plan).is_sent, !is_named, "what was not taken is still to come");
        }
        let run = sent(Action::Deactivate("S1".into()), Err(page()));
        assert_eq!(run.failed(), vec![0], "it can be tried again");
    }

    #[test]
    fn a_refusal_that_names_force_offers_it_for_these_changes_alone() {
        let words = "Invalid QuotaConfig: total quota guarantees 'cpus:8.001' exceed cluster capacity 'cpus:8' (use 'force' flag to bypass this check)";
        let refused = |words: &str| NotTaken::Refused(Refusal { status: 400, words: words.to_owned() });
        let mut run = sent(quota(false), Err(refused(words)));
        assert_eq!(run.offered_force(), Some(words));
        run.edit(vec![quota(true)], Pace::default());
        assert_eq!(run.offered_force(), Some(words), "it is what was offered");
        run.edit(vec![Action::Quotas { quotas: Vec::new(), force: false }], Pace::default());
        assert_eq!(run.offered_force(), None, "another form was not refused");
        let other = "Invalid QuotaConfig: 'QuotaConfig.role' must be set";
        assert_eq!(sent(quota(false), Err(refused(other))).offered_force(), None);
        assert_eq!(sent(quota(true), Err(refused(words))).offered_force(), None, "it was forced already");
        assert_eq!(sent(Action::Deactivate("S1".into()), Err(refused(words))).offered_force(), None, "it has no force");
    }
}
