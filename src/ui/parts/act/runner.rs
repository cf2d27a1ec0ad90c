//! A run, as the page carries it out: what it wants read goes to the worker, what it wants sent goes to the master, and what
//! came of it into the journal. What is to be done when is the core's.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use mesoscope::act::{Act, Outcome, Pace, Plan, Run, Stage, Step};
use mesoscope::message::ToEngine;
use mesoscope::query::{Answer, Query};
use mesoscope::text;
use mesoscope::units::Timestamp;

use super::words;
use crate::ui::acts::{Acts, Entry, acts};
use crate::ui::ask::{NoAnswer, Question};
use crate::ui::link::{Link, link};

/// How often time passes for a run.
const TICK: Duration = Duration::from_millis(500);

/// The run of a form, and what the core says of it.
#[derive(Clone, Copy)]
pub(super) struct Runner {
    pub(super) run: RwSignal<Run>,
    /// One for each change, once they came.
    pub(super) plans: Memo<Vec<Plan>>,
    link: Link,
    acts: Acts,
}

impl Runner {
    pub(super) fn new(wanted: Signal<Vec<Act>>, pace: Signal<Pace>) -> Self {
        let (link, acts) = (link(), acts());
        let run = RwSignal::new(Run::default());
        let going = Memo::new(move |_| run.read().acts().to_vec());
        let answer = link.watch(move || Query::Plans(going.get()));
        let plans = Memo::new(move |_| match answer.get() {
            // An answer to what the form said before says nothing of what it says now.
            Some(Answer::Plans(plans)) if plans.len() == going.read().len() => plans,
            _ => Vec::new(),
        });
        let runner = Self { run, plans, link, acts };
        Effect::new(move |_| run.update(|run| run.edit(wanted.get(), pace.get())));
        // So that what stands is known as it is now, and not as it was told a while ago.
        Effect::new(move |last: Option<bool>| {
            let first = going.with(|acts| acts.first().map(|act| act.parts()).unwrap_or_default());
            if last != Some(true) && !first.is_empty() {
                link.send(&ToEngine::Reread(first.to_vec()));
            }
            last == Some(true) || !first.is_empty()
        });
        Effect::new(move |_| {
            let plans = plans.get();
            if !plans.is_empty() {
                runner.advance(|run| run.planned(&plans, now()));
            }
        });
        let timer = set_interval_with_handle(
            move || {
                if run.read_untracked().has_begun() {
                    let plans = plans.get_untracked();
                    runner.advance(|run| run.tick(&plans, now()));
                }
            },
            TICK,
        );
        on_cleanup(move || {
            timer.iter().for_each(IntervalHandle::clear);
            let _ = acts.progress.try_set(None);
        });
        runner
    }

    /// Somebody means it.
    pub(super) fn go(self) {
        self.advance(|run| run.go(now()));
    }

    pub(super) fn stop(self) {
        self.advance(|run| {
            run.stop();
            Vec::new()
        });
    }

    fn advance(self, with: impl FnOnce(&mut Run) -> Vec<Step>) {
        let Some(before) = self.run.try_get_untracked() else { return };
        let mut run = before.clone();
        let steps = with(&mut run);
        if run != before {
            self.note(&before, &run);
            let busy = run.is_busy().then(|| progress(&run));
            if self.acts.progress.get_untracked() != busy {
                self.acts.progress.set(busy);
            }
            self.run.set(run);
        }
        steps.into_iter().for_each(|step| self.step(step));
    }

    fn step(self, step: Step) {
        match step {
            Step::Read => {
                let parts =
                    self.run.with_untracked(|run| run.acts().first().map(|act| act.parts()).unwrap_or_default());
                self.link.send(&ToEngine::Reread(parts.to_vec()));
            }
            Step::Send(at) => self.send(at),
        }
    }

    fn send(self, at: usize) {
        let Some(act) = self.run.with_untracked(|run| run.acts().get(at).cloned()) else { return };
        let back = self.plans.with_untracked(|plans| plans.get(at).and_then(|plan| plan.back.clone()));
        let title = words::act_title(&act);
        self.acts.note(Entry { at: now(), act: act.clone(), title, outcome: None, back });
        spawn_local(async move {
            let answer = match Question::of(&act).send(self.link).await {
                Ok(status) => Ok(status),
                Err(NoAnswer::Refused(refusal)) => Err(Ok(refusal)),
                Err(other) => Err(Err(other.to_string())),
            };
            self.advance(|run| run.answered(at, answer, now()));
        });
    }

    /// What ended just now goes into the journal.
    fn note(self, before: &Run, after: &Run) {
        for (at, course) in after.courses().iter().enumerate() {
            let was = before.courses().get(at).map(|course| course.stage());
            if let (Stage::Over(outcome), Some(act)) = (course.stage(), after.acts().get(at))
                && was != Some(course.stage())
                && course.sent().is_some()
            {
                let is_well = matches!(outcome, Outcome::Shown | Outcome::Begun | Outcome::Taken);
                self.acts.note_outcome(act, is_well, words::outcome(outcome));
            }
        }
    }
}

fn progress(run: &Run) -> String {
    match run.acts() {
        [one] => format!("{} …", words::act_title(one)),
        many => format!("{} of {} …", text::count(run.over() as u64), text::count(many.len() as u64)),
    }
}

fn now() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now())
}
