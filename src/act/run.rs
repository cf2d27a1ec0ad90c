//! Several changes on their way: so many at a time, each by its own course, until all are over or somebody stops it. One change
//! is a run of one.

use std::collections::BTreeMap;

use super::course::{Course, Next, Outcome, Stage};
use super::plan::{Plan, Shows};
use super::{Act, Entry};
use crate::api::Refusal;
use crate::units::{Nanoseconds, Timestamp};

/// How often a drain that is waited for is looked at.
const LOOK: Nanoseconds = Nanoseconds::from_secs(5);
/// So old may be what the changes of a run after its first are compared with right before they are sent: of a large cluster one
/// read for each would cost the master dearly.
const RECENT: Nanoseconds = Nanoseconds::from_secs(10);

/// The plans of so many changes are looked at, at a time: of a run of thousands nobody reads more, and each is looked at once more
/// right before it is sent. As some are over, that moves on by so many.
const LOOKED_AT: usize = 300;
const MOVES: usize = 100;

/// Plans of some of a run's changes, by their numbers.
pub type Plans = BTreeMap<usize, Plan>;

/// How a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many at a time.
    pub at_once: usize,
    /// Wait until each is wholly done, an agent drained, before the next begins.
    pub waits: bool,
    /// After one that failed no other begins.
    pub stops: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: 4, waits: false, stops: false }
    }
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read the parts again that tell of the changes.
    Read,
    /// Send the change of that number.
    Send(usize),
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Waiting,
    Going,
    /// No other begins.
    Stopped,
}

/// The run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    acts: Vec<Act>,
    courses: Vec<Course>,
    /// Whether the change has been begun in this run, and whether it is wholly done.
    begun: Vec<bool>,
    done: Vec<bool>,
    pace: Pace,
    state: State,
    looked: Option<Timestamp>,
    /// When somebody meant it.
    gone: Option<Timestamp>,
}

impl Run {
    /// The form says so now. What is on its way is left alone.
    pub fn edit(&mut self, acts: Vec<Act>, pace: Pace) {
        if self.is_busy() {
            return;
        }
        self.pace = pace;
        if self.acts == acts {
            return;
        }
        self.state = State::Waiting;
        self.courses.resize_with(acts.len(), Course::default);
        self.courses.iter_mut().for_each(Course::edited);
        (self.begun, self.done) = (vec![false; acts.len()], vec![false; acts.len()]);
        self.acts = acts;
    }

    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    pub fn courses(&self) -> &[Course] {
        &self.courses
    }

    /// Whether the change of that number is wholly done, as far as the cluster shows it.
    pub fn is_done(&self, at: usize) -> bool {
        self.done.get(at).copied().unwrap_or(false)
    }

    /// Those whose plans matter now.
    pub fn looked_at(&self) -> Vec<usize> {
        let is_open = |at: &usize| self.begun.get(*at) != Some(&true) || self.occupies(*at);
        let first = (0..self.acts.len()).find(is_open).unwrap_or(0) / MOVES * MOVES;
        let before = (0..first).filter(|at| self.occupies(*at));
        before.chain(first..self.acts.len().min(first.saturating_add(LOOKED_AT))).collect()
    }

    /// Whether anything is on its way: then nothing can be edited, and leaving would lose sight of it.
    pub fn is_busy(&self) -> bool {
        self.under_way() > 0 || self.state == State::Going && self.next().is_some()
    }

    /// Whether no other will begin, though some are left.
    pub fn is_stopped(&self) -> bool {
        self.state == State::Stopped && self.next().is_some()
    }

    /// Whether anything was sent, or is about to be.
    pub fn has_begun(&self) -> bool {
        self.state != State::Waiting
    }

    /// Those that did not come to what was wanted.
    pub fn failed(&self) -> Vec<usize> {
        let failed = |course: &Course| {
            matches!(
                course.stage(),
                Stage::Over(Outcome::Refused(..) | Outcome::Unknown(_) | Outcome::Instead(_) | Outcome::Barred(_))
                    | Stage::Unread
                    | Stage::Changed(_)
            )
        };
        (0..self.acts.len())
            .filter(|at| self.begun.get(*at) == Some(&true) && self.courses.get(*at).is_some_and(failed))
            .collect()
    }

    /// How many are over, well or not.
    pub fn over(&self) -> usize {
        (0..self.acts.len()).filter(|at| self.begun.get(*at) == Some(&true) && !self.occupies(*at)).count()
    }

    fn occupies(&self, at: usize) -> bool {
        let Some(course) = self.courses.get(at) else { return false };
        let waits = self.pace.waits && matches!(course.stage(), Stage::Over(Outcome::Begun)) && !self.is_done(at);
        self.begun.get(at) == Some(&true) && (course.is_busy() || waits)
    }

    fn under_way(&self) -> usize {
        (0..self.acts.len()).filter(|at| self.occupies(*at)).count()
    }

    fn next(&self) -> Option<usize> {
        self.begun.iter().position(|begun| !begun)
    }

    /// Somebody means it: all of them, or, after it was stopped, the rest.
    pub fn go(&mut self, now: Timestamp) -> Vec<Step> {
        if self.is_busy() {
            return Vec::new();
        }
        // One that was refused, or that somebody else came before, is tried again.
        for at in self.failed() {
            self.begun.iter_mut().skip(at).take(1).for_each(|begun| *begun = false);
        }
        (self.state, self.gone) = (State::Going, Some(now));
        self.fill(now)
    }

    /// No other begins; those that are on their way go on.
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
            self.begun.iter_mut().skip(at).take(1).for_each(|begun| *begun = true);
            let recent = Timestamp(now.0.saturating_sub(RECENT.0));
            let since = self.reads(at).then(|| self.gone.map_or(now, |gone| gone.max(recent)));
            let next = self.courses.get_mut(at).map(|course| course.go(since, now));
            steps.extend(next.and_then(|next| step(next, at)));
        }
        steps.dedup();
        steps
    }

    fn reads(&self, at: usize) -> bool {
        self.acts.get(at).is_some_and(|act| !act.parts().is_empty())
    }

    /// The plans are those now.
    pub fn planned(&mut self, plans: &Plans, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, plan) in plans {
            let Some(course) = self.courses.get_mut(*at) else { continue };
            steps.extend(step(course.planned(plan, now), *at));
            if let (Some(done), Stage::Over(_)) = (self.done.get_mut(*at), course.stage()) {
                *done |= plan.shows == Shows::Done;
            }
        }
        steps.extend(self.fill(now));
        steps
    }

    /// An answer came to the change of that number, or none: then with the reason in words.
    pub fn answered(&mut self, at: usize, answer: Result<u16, Result<Refusal, String>>, now: Timestamp) -> Vec<Step> {
        let reads = self.reads(at);
        let next = self.courses.get_mut(at).map(|course| course.answered(answer, reads, now));
        let mut steps: Vec<Step> = next.and_then(|next| step(next, at)).into_iter().collect();
        steps.extend(self.fill(now));
        steps
    }

    /// The change of that number was not sent, for that reason.
    pub fn barred(&mut self, at: usize, why: String, now: Timestamp) -> Vec<Step> {
        self.courses.iter_mut().skip(at).take(1).for_each(|course| course.barred(why.clone()));
        self.fill(now)
    }

    /// What stands, of the change of that number, was asked for after it was sent, because no read of the cluster tells it.
    pub fn looked_up(&mut self, at: usize, told: Vec<Entry>, plan: Option<&Plan>) -> Vec<Step> {
        if let (Some(course), Some(plan)) = (self.courses.get_mut(at), plan) {
            course.looked_up(told, plan);
        }
        Vec::new()
    }

    /// Time has passed.
    pub fn tick(&mut self, plans: &Plans, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, course) in self.courses.iter_mut().enumerate() {
            steps.extend(step(course.tick(plans.get(&at), now), at));
        }
        let waits = (0..self.acts.len())
            .any(|at| self.occupies(at) && matches!(self.courses.get(at).map(Course::stage), Some(Stage::Over(_))));
        if waits && self.looked.is_none_or(|looked| now.since(looked) > LOOK) {
            self.looked = Some(now);
            steps.push(Step::Read);
        }
        steps.extend(self.fill(now));
        steps.dedup();
        steps
    }

    /// What stood when the form was opened, of the change of that number.
    pub fn base(&self, at: usize) -> Option<&[Entry]> {
        self.courses.get(at)?.base()
    }
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
    use crate::act::plan::named;

    fn plans(states: &[(&str, Shows)], asked: i64) -> Plans {
        let plan = |(stands, shows): &(&str, Shows)| Plan {
            asked: Some(Timestamp(asked)),
            shows: *shows,
            ..Plan::new(vec![named("a", *stands)], vec![named("a", "draining")])
        };
        states.iter().map(plan).enumerate().collect()
    }

    fn drains(number: usize) -> Vec<Act> {
        (0..number).map(|at| Act::Deactivate(at.to_string().as_str().into())).collect()
    }

    #[test]
    fn a_roll_waits_for_each_and_stops_at_a_failure() {
        let mut run = Run::default();
        run.edit(drains(3), Pace { at_once: 1, waits: true, stops: true });
        let before = [("active", Shows::Before); 3];
        run.planned(&plans(&before, 1), Timestamp(1));
        assert_eq!(run.go(Timestamp(10)), [Step::Read]);
        assert_eq!(run.planned(&plans(&before, 10), Timestamp(11)), [Step::Send(0)]);
        run.answered(0, Ok(200), Timestamp(12));
        let begun = [("draining", Shows::Begun), before[1], before[2]];
        assert_eq!(run.planned(&plans(&begun, 12), Timestamp(13)), [], "it is draining, and the next waits");
        assert!(run.is_busy());
        let done = [("drained", Shows::Done), before[1], before[2]];
        assert_eq!(run.planned(&plans(&done, 14), Timestamp(15)), [], "the next begins, with what was just read");
        assert_eq!(run.tick(&plans(&done, 14), Timestamp(16)), [Step::Send(1)]);
        let no = Refusal { status: 400, words: "Unknown agent".to_owned() };
        assert_eq!(run.answered(1, Err(Ok(no)), Timestamp(17)), []);
        assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![1], true, false));
        assert_eq!(run.go(Timestamp(20)), [Step::Read], "tried again");
        assert!(run.is_done(0) && !run.is_done(1));
    }

    #[test]
    fn a_roll_does_not_wait_for_what_no_longer_drains() {
        let mut run = Run::default();
        run.edit(drains(2), Pace { at_once: 1, waits: true, stops: true });
        let before = [("active", Shows::Before); 2];
        run.planned(&plans(&before, 1), Timestamp(1));
        run.go(Timestamp(10));
        run.planned(&plans(&before, 10), Timestamp(11));
        run.answered(0, Ok(200), Timestamp(12));
        run.planned(&plans(&[("draining", Shows::Begun), before[1]], 13), Timestamp(14));
        // Somebody reactivates it.
        run.planned(&plans(&before, 15), Timestamp(16));
        assert_eq!((run.failed(), run.is_stopped(), run.is_busy()), (vec![0], true, false));
    }

    #[test]
    fn of_a_run_of_thousands_only_those_that_are_next_are_looked_at() {
        let mut run = Run::default();
        run.edit(drains(40_000), Pace { at_once: 100, ..Pace::default() });
        assert_eq!(run.looked_at(), (0..300).collect::<Vec<_>>());
        let plans = |run: &Run, shows: Shows, asked: i64| -> Plans {
            let one = plans(&[("active", shows)], asked).remove(&0).expect("a plan");
            run.looked_at().into_iter().map(|at| (at, one.clone())).collect()
        };
        let before = plans(&run, Shows::Before, 1);
        run.planned(&before, Timestamp(1));
        run.go(Timestamp(2));
        let (mut sent, mut now) = (Vec::new(), 3);
        while sent.len() < 350 {
            let seen = plans(&run, Shows::Before, now);
            let steps = [run.planned(&seen, Timestamp(now)), run.tick(&seen, Timestamp(now))].concat();
            for step in steps {
                let Step::Send(at) = step else { continue };
                sent.push(at);
                run.answered(at, Ok(200), Timestamp(now));
            }
            now += 1;
            let done = plans(&run, Shows::Done, now);
            run.planned(&done, Timestamp(now));
        }
        sent.sort_unstable();
        assert!(sent.iter().copied().eq(0..sent.len()), "each once");
        assert!(run.looked_at().len() <= LOOKED_AT && run.looked_at().first() >= Some(&300), "{:?}", run.looked_at());
    }

    #[test]
    fn no_more_are_on_their_way_than_may_be() {
        let mut run = Run::default();
        run.edit(drains(10), Pace::default());
        let before = [("active", Shows::Before); 10];
        run.planned(&plans(&before, 1), Timestamp(1));
        run.go(Timestamp(2));
        let sent = run.planned(&plans(&before, 3), Timestamp(4));
        assert_eq!(sent, [Step::Send(0), Step::Send(1), Step::Send(2), Step::Send(3)]);
        run.stop();
        run.edit(drains(1), Pace::default());
        assert_eq!(run.acts().len(), 10, "what is on its way is not edited");
    }
}
