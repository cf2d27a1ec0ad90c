//! A run, as the page carries it out: what it wants read goes to the worker, what it wants sent goes to the master, and what
//! came of it into the journal. What is to be done when is the core's.

use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::actions;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::{Batch, Pace, Plans, Step};
use mesoscope_core::actions::execution::{NotTaken, Outcome, Stage};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::text;
use mesoscope_core::views::plans::PlansQuery;

use super::stage::says;
use crate::acts::journal::Entry;
use crate::acts::{Acts, acts};
use crate::api_client::{ApiError, ApiRequest};
use crate::hooks::{every, now, on_each, outliving, put};
use crate::link::{Link, link};
use crate::parts::agent_live::logging::ask_level;

/// How often time passes for a run.
const TICK: Duration = Duration::from_millis(500);

/// The run of a form, and what the core says of it.
#[derive(Clone, Copy)]
pub(super) struct Runner {
    pub(super) run: RwSignal<Batch>,
    /// Of the changes that are looked at now, once they came. They may be of what the form said a moment ago.
    pub(super) plans: Memo<Plans>,
    /// Whether the plans are of what the form says now.
    pub(super) is_current: Memo<bool>,
    puts_back: bool,
    /// Mesos' refusal, for the field that it is about.
    refusal: RwSignal<Option<String>>,
    link: Link,
    acts: Acts,
}

impl Runner {
    pub(super) fn new(
        (run, refusal): (RwSignal<Batch>, RwSignal<Option<String>>),
        desired: Signal<Vec<Action>>,
        pace: Signal<Pace>,
        current: Option<Signal<Vec<actions::plan::Entry>>>,
        puts_back: bool,
    ) -> Self {
        let (link, acts) = (link(), acts());
        let going = Memo::new(move |_| run.read().acts().to_vec());
        let (plans, is_current) = plans_of(run, going, link, current);
        let runner = Self { run, plans, is_current, puts_back, refusal, link, acts };
        on_each(move || (desired.get(), pace.get()), move |(desired, pace)| runner.edit(desired, pace));
        // So that what stands is known as it is now, and not as it was reported a while ago.
        Effect::new(move |last: Option<bool>| {
            let first = going.with(|acts| parts(acts));
            if last != Some(true) && !first.is_empty() {
                link.send(&ToEngine::Reread(first.clone()));
            }
            last == Some(true) || !first.is_empty()
        });
        let reported = move || (plans.get(), is_current.get());
        on_each(reported, move |(plans, is_current)| {
            if is_current && !plans.is_empty() {
                runner.advance(|run| run.planned(&plans, now()));
            }
        });
        runner.keep_time();
        runner
    }

    /// Lets time pass for the run while the form is there, and stops it when the switch is turned: that means what has not
    /// been sent yet, too.
    fn keep_time(self) {
        on_each(move || self.acts.closed(), move |why| why.iter().for_each(|_| self.stop()));
        every(TICK, move || {
            if self.run.read_untracked().has_started() {
                let plans = self.plans.get_untracked();
                self.advance(|run| run.tick(&plans, now()));
            }
        });
        on_cleanup(move || _ = self.acts.progress.try_set(None));
    }

    /// The form says something else.
    fn edit(self, desired: Vec<Action>, pace: Pace) {
        let before = self.run.with(|run| run.acts().to_vec());
        self.run.update(|run| run.edit(desired, pace));
        if self.run.with(|run| run.acts() != before) {
            self.acts.refused.set(None);
        }
        put(self.refusal, self.run.with(refused));
    }

    /// A user means it.
    pub(super) fn go(self) {
        self.advance(|run| run.go(now()));
    }

    pub(super) fn stop(self) {
        self.advance(|run| {
            run.stop();
            Vec::new()
        });
    }

    fn advance(self, with: impl FnOnce(&mut Batch) -> Vec<Step>) {
        let Some(before) = self.run.try_get_untracked() else { return };
        let mut run = before.clone();
        let steps = with(&mut run);
        if run != before {
            self.note(&before, &run);
            let busy = run.is_busy().then(|| progress(&run));
            if busy.is_none() && before.is_busy() {
                self.ended(&run);
            }
            put(self.acts.progress, busy);
            put(self.refusal, refused(&run));
            self.run.set(run);
        }
        steps.into_iter().for_each(|step| self.step(step));
    }

    /// What was typed has done its work, or is to be tried again.
    fn ended(self, run: &Batch) {
        let is_well = run.failed().is_empty() && !run.is_stopped();
        if is_well {
            self.acts.is_typed.set(false);
        }
        self.acts.refused.set((!is_well).then(|| end(run)));
        if !self.acts.shown.get_untracked() {
            self.acts.ended.set(Some((is_well, end(run))));
        }
    }

    fn step(self, step: Step) {
        match step {
            Step::Read => {
                self.link.send(&ToEngine::Reread(self.run.with_untracked(|run| parts(run.acts()))));
            }
            Step::Send(at) => self.send(at),
        }
    }

    fn send(self, at: usize) {
        let Some(act) = self.run.with_untracked(|run| run.acts().get(at).cloned()) else { return };
        if let Some(why) = untrack(|| self.acts.closed()) {
            return self.advance(|run| run.not_sent(at, &Outcome::Blocked(why), now()));
        }
        let plan = self.plans.with_untracked(|plans| plans.get(&at).cloned());
        let Some(question) = ApiRequest::of(&act, plan.as_ref().and_then(|plan| plan.removal.as_ref())) else {
            return self.advance(|run| run.not_sent(at, &Outcome::Blocked(DisabledReason::QuotaGone), now()));
        };
        let back = plan.as_ref().and_then(|plan| plan.back.clone());
        let by = self.link.identity.with_untracked(|who| who.as_ref().map(|who| who.who.clone()));
        let subject = self.run.with_untracked(|run| run.subject(at).map(str::to_owned));
        let entry = Entry { at: now(), act: act.clone(), subject, puts_back: self.puts_back, outcome: None, back, by };
        self.acts.journal.note(entry);
        if let Some(plan) = plan {
            self.run.update(|run| run.sends(at, &plan));
        }
        outliving(async move {
            let answer = match question.send(self.link).await {
                Ok(status) => Ok(status),
                // Nothing was sent to whom it was for.
                Err(why @ (ApiError::NoWay | ApiError::Another(_))) => {
                    return self.advance(|run| run.not_sent(at, &Outcome::Unsent(why.to_string()), now()));
                }
                Err(why) => Err(NotTaken::from(why)),
            };
            let is_refused = matches!(answer, Err(NotTaken::Refused(_) | NotTaken::NotSentOn(_)));
            self.advance(|run| run.answered(at, answer, now()));
            if let Action::LoggingLevel { agent, .. } = act
                && !is_refused
                && let Some(reported) = ask_level(agent, self.link).await
            {
                let plan = self.plans.try_with_untracked(|plans| plans.get(&at).cloned()).flatten();
                self.advance(|run| run.looked_up(at, reported, plan.as_ref()));
            }
        });
    }

    /// What ended just now goes into the journal.
    fn note(self, before: &Batch, after: &Batch) {
        for (at, course) in after.courses().iter().enumerate() {
            let was = before.courses().get(at).map(|course| course.stage());
            let is_done = after.is_done(at) && !before.is_done(at);
            if let (Stage::Over(outcome), Some(act)) = (course.stage(), after.acts().get(at))
                && (was != Some(course.stage()) || is_done)
                && course.sent().is_some()
            {
                let started = matches!(outcome, Outcome::Started) && after.is_done(at);
                self.acts.journal.note_outcome(act, if started { &Outcome::Shown } else { outcome });
            }
        }
    }
}

/// The plans of the changes that are looked at, and whether they are of those that are looked at now.
fn plans_of(
    run: RwSignal<Batch>,
    going: Memo<Vec<Action>>,
    link: Link,
    current: Option<Signal<Vec<actions::plan::Entry>>>,
) -> (Memo<Plans>, Memo<bool>) {
    let looked_at = Memo::new(move |_| run.read().looked_at());
    // Each list has its number: an answer is of one of them alone.
    let asked = Memo::new(move |last: Option<&(u32, Vec<usize>, Vec<Action>)>| {
        let places = looked_at.get();
        let acts = going.with(|going| places.iter().filter_map(|at| going.get(*at).cloned()).collect());
        (last.map_or(0, |last| last.0.wrapping_add(1)), places, acts)
    });
    let answer = link.watch(move || asked.with(|(number, _, acts)| PlansQuery { number: *number, acts: acts.clone() }));
    let reported = Memo::new(move |last: Option<&(Option<u32>, Plans)>| match answer.get() {
        Some((number, plans)) if number == asked.read_untracked().0 => {
            let places = asked.with_untracked(|(_, places, _)| places.clone());
            (Some(number), places.into_iter().zip(plans).collect())
        }
        _ => last.cloned().unwrap_or_default(),
    });
    let is_current = Memo::new(move |_| reported.read().0 == Some(asked.read().0));
    let plans = Memo::new(move |_| {
        let mut plans = if going.read().is_empty() { Plans::new() } else { reported.get().1 };
        if let Some(current) = current {
            plans.values_mut().for_each(|plan| plan.current = current.get());
        }
        plans
    });
    (plans, is_current)
}

fn refused(run: &Batch) -> Option<String> {
    run.courses().iter().find_map(|course| match course.stage() {
        Stage::Over(Outcome::Refused(_, words)) => Some(words.clone()),
        _ => None,
    })
}

/// What is read again on their behalf: all are of one kind.
fn parts(acts: &[Action]) -> Vec<Topic> {
    acts.first().map(|act| [act.parts(), act.counts()].concat()).unwrap_or_default()
}

fn progress(run: &Batch) -> String {
    match run.acts() {
        [one] => format!("{} …", text::changes::title(one, run.subject(0))),
        many => format!("{} of {} …", text::count(run.over() as u64), text::count(many.len() as u64)),
    }
}

/// How it ended, for a user who does not see the form.
fn end(run: &Batch) -> String {
    match (run.acts(), run.courses()) {
        ([one], [course]) => {
            format!("{}: {}", text::changes::title(one, run.subject(0)), says(course.stage(), run.is_done(0)).1)
        }
        _ => text::changes::so_far(run),
    }
}
