//! Runs a batch for the page: reads through the worker, writes to the master, outcomes to the journal.
//!
//! Scheduling is decided in the core.

use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::actions;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::{Batch, BatchOptions, BatchStep, Previews};
use mesoscope_core::actions::execution::{Outcome, SendFailure, Stage};
use mesoscope_core::checks::eligibility::{ContainerObstacle, DisabledReason};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::text;
use mesoscope_core::views::previews::PreviewsQuery;

use super::container_reader::ContainerReader;
use super::stage::stage_text;
use crate::actions::journal::JournalEntry;
use crate::actions::{ActionStore, OpenForm, action_store, own_form};
use crate::api_client::{ApiError, ApiRequest};
use crate::hooks::{every, now, on_update, set_if_changed, spawn_unscoped};
use crate::parts::agent_live::logging::fetch_level;
use crate::worker_link::{WorkerLink, link};

/// Interval of the batch's clock.
const TICK: Duration = Duration::from_millis(500);

/// Runs the batch of one form.
#[derive(Clone, Copy)]
pub(super) struct BatchRunner {
    pub(super) run: RwSignal<Batch>,
    /// Previews of the visible changes; possibly of the form's previous state until new ones arrive.
    pub(super) plans: Memo<Previews>,
    /// Whether the previews match the form's current state.
    pub(super) is_current: Memo<bool>,
    is_undo: bool,
    /// Mesos' refusal, for the field it concerns.
    refusal: RwSignal<Option<String>>,
    pub(super) link: WorkerLink,
    actions: ActionStore,
    form: OpenForm,
    /// Reads what only an agent knows.
    reader: ContainerReader,
}

impl BatchRunner {
    pub(super) fn new(
        (run, refusal): (RwSignal<Batch>, RwSignal<Option<String>>),
        desired: Signal<Vec<Action>>,
        pace: Signal<BatchOptions>,
        current: Option<Signal<Vec<actions::preview::PreviewEntry>>>,
        is_undo: bool,
    ) -> Self {
        let (link, actions, form) = (link(), action_store(), own_form());
        let going = Memo::new(move |_| run.read().actions().to_vec());
        let reader = ContainerReader::new(link);
        let (plans, is_current) = plans_of(run, going, link, (current, reader));
        let runner = Self { run, plans, is_current, is_undo, refusal, link, actions, form, reader };
        on_update(move || (desired.get(), pace.get()), move |(desired, pace)| runner.edit(desired, pace));
        // Refreshes the data, so that the preview starts from current values.
        Effect::new(move |last: Option<bool>| {
            let is_first = last != Some(true) && going.with(|actions| actions.iter().any(Action::is_followed));
            if is_first {
                going.with(|actions| runner.read(actions));
            }
            last == Some(true) || is_first
        });
        let reported = move || (plans.get(), is_current.get());
        on_update(reported, move |(plans, is_current)| {
            if is_current && !plans.is_empty() {
                runner.advance(|run| run.planned(&plans, now()));
            }
        });
        runner.keep_time();
        runner
    }

    /// Advances the batch's clock while the form exists. Turning on read-only mode stops all changes not sent yet.
    fn keep_time(self) {
        on_update(move || self.actions.disabled_reason(), move |why| why.iter().for_each(|_| self.stop()));
        every(TICK, move || {
            if self.run.read_untracked().has_started() {
                let plans = self.plans.get_untracked();
                self.advance(|run| run.tick(&plans, now()));
            }
        });
        on_cleanup(move || _ = self.form.progress.try_set(None));
    }

    /// Replaces the batch after the form changed.
    fn edit(self, desired: Vec<Action>, pace: BatchOptions) {
        let before = self.run.with(|run| run.actions().to_vec());
        self.run.update(|run| run.edit(desired, pace));
        if self.run.with(|run| run.actions() != before) {
            self.form.refused.set(None);
        }
        set_if_changed(self.refusal, self.run.with(refused));
    }

    /// The user confirmed.
    pub(super) fn go(self) {
        self.advance(|run| run.go(now()));
    }

    pub(super) fn stop(self) {
        self.advance(|run| {
            run.stop();
            Vec::new()
        });
    }

    fn advance(self, with: impl FnOnce(&mut Batch) -> Vec<BatchStep>) {
        let Some(before) = self.run.try_get_untracked() else { return };
        let mut run = before.clone();
        let steps = with(&mut run);
        if run != before {
            self.note(&before, &run);
            let busy = run.is_busy().then(|| progress(&run));
            if busy.is_none() && before.is_busy() {
                self.ended(&run);
            }
            set_if_changed(self.form.progress, busy);
            set_if_changed(self.refusal, refused(&run));
            self.run.set(run);
        }
        steps.into_iter().for_each(|step| self.step(step));
    }

    /// Updates the dialog after a batch: success makes the input discardable; a failure is stored for the next attempt.
    fn ended(self, run: &Batch) {
        let is_well = run.failed().is_empty() && !run.is_stopped();
        if is_well {
            self.form.is_typed.set(false);
        }
        self.form.refused.set((!is_well).then(|| end(run)));
        if self.actions.shown.get_untracked() != Some(self.form.number) {
            self.form.ended.set(Some((is_well, end(run))));
        }
    }

    fn step(self, step: BatchStep) {
        match step {
            BatchStep::Read => self.run.with_untracked(|run| self.read(run.actions())),
            BatchStep::Send(at) => self.send(at),
        }
    }

    /// Reads what shows the effects of these actions, which are of one kind.
    fn read(self, actions: &[Action]) {
        if !self.reader.read(actions) {
            self.link.send(&ToEngine::Reread(parts(actions)));
        }
    }

    fn send(self, at: usize) {
        let Some(action) = self.run.with_untracked(|run| run.actions().get(at).cloned()) else { return };
        if let Some(why) = untrack(|| self.actions.disabled_reason()) {
            return self.advance(|run| run.not_sent(at, &Outcome::Blocked(why), now()));
        }
        let preview = self.plans.with_untracked(|plans| plans.get(&at).cloned());
        let Some(question) = ApiRequest::of(&action, preview.as_ref().and_then(|preview| preview.removal.as_ref()))
        else {
            let why = match action {
                Action::Container(_) => DisabledReason::Container(ContainerObstacle::Standalone),
                _ => DisabledReason::QuotaGone,
            };
            return self.advance(|run| run.not_sent(at, &Outcome::Blocked(why), now()));
        };
        let back = preview.as_ref().and_then(|preview| preview.back.clone());
        let by = self.link.identity.with_untracked(|who| who.as_ref().map(|who| who.who.clone()));
        let subject = self.run.with_untracked(|run| run.subject(at).map(str::to_owned));
        let signs = preview.as_ref().map(|preview| preview.signs.clone()).unwrap_or_default();
        let (at_time, is_undo) = (now(), self.is_undo);
        let entry =
            JournalEntry { at: at_time, action: action.clone(), subject, is_undo, outcome: None, back, signs, by };
        self.actions.journal.note(entry);
        if let Some(preview) = preview {
            self.run.update(|run| run.sends(at, &preview));
        }
        spawn_unscoped(async move {
            let answer = match question.send(self.link).await {
                Ok(status) => self.reader.accepted(&action, status),
                // The request never reached its target.
                Err(why @ (ApiError::NotForwarded | ApiError::WrongAgent(_))) => {
                    return self.advance(|run| run.not_sent(at, &Outcome::Unsent(why.to_string()), now()));
                }
                Err(why) => Err(SendFailure::from(why)),
            };
            let is_refused = matches!(answer, Err(SendFailure::Refused(_) | SendFailure::Intercepted(_)));
            self.advance(|run| run.answered(at, answer, now()));
            if let Action::LoggingLevel { agent, .. } = action
                && !is_refused
                && let Some(reported) = fetch_level(agent, self.link).await
            {
                let preview = self.plans.try_with_untracked(|plans| plans.get(&at).cloned()).flatten();
                self.advance(|run| run.looked_up(at, reported, preview.as_ref()));
            }
        });
    }

    /// Records changes that have just ended in the journal.
    fn note(self, before: &Batch, after: &Batch) {
        for (at, execution) in after.executions().iter().enumerate() {
            let was = before.executions().get(at).map(|execution| execution.stage());
            let is_done = after.is_done(at) && !before.is_done(at);
            if let (Stage::Over(outcome), Some(action)) = (execution.stage(), after.actions().get(at))
                && (was != Some(execution.stage()) || is_done)
                && execution.sent().is_some()
            {
                let started = matches!(outcome, Outcome::Started) && after.is_done(at);
                self.actions.journal.note_outcome(action, if started { &Outcome::Confirmed } else { outcome });
            }
        }
    }
}

/// Previews of the visible changes, and whether they are current.
fn plans_of(
    run: RwSignal<Batch>,
    going: Memo<Vec<Action>>,
    link: WorkerLink,
    (current, reader): (Option<Signal<Vec<actions::preview::PreviewEntry>>>, ContainerReader),
) -> (Memo<Previews>, Memo<bool>) {
    let looked_at = Memo::new(move |_| run.read().looked_at());
    // A number ties each response to its list.
    let asked = Memo::new(move |last: Option<&(u32, Vec<usize>, Vec<Action>)>| {
        let places = looked_at.get();
        let actions = going.with(|going| places.iter().filter_map(|at| going.get(*at).cloned()).collect());
        (last.map_or(0, |last| last.0.wrapping_add(1)), places, actions)
    });
    let answer = link
        .watch(move || asked.with(|(number, _, actions)| PreviewsQuery { number: *number, actions: actions.clone() }));
    let reported = Memo::new(move |last: Option<&(Option<u32>, Previews)>| match answer.get() {
        Some((number, plans)) if number == asked.read_untracked().0 => {
            let places = asked.with_untracked(|(_, places, _)| places.clone());
            (Some(number), places.into_iter().zip(plans).collect())
        }
        _ => last.cloned().unwrap_or_default(),
    });
    let is_current = Memo::new(move |_| reported.read().0 == Some(asked.read().0));
    let plans = Memo::new(move |_| {
        let mut plans = if going.read().is_empty() { Previews::new() } else { reported.get().1 };
        if let Some(current) = current {
            plans.values_mut().for_each(|preview| preview.current = current.get());
        }
        going.with(|actions| reader.complete(actions, &mut plans));
        plans
    });
    (plans, is_current)
}

fn refused(run: &Batch) -> Option<String> {
    run.executions().iter().find_map(|execution| match execution.stage() {
        Stage::Over(Outcome::Refused(_, words)) => Some(words.clone()),
        _ => None,
    })
}

/// Topics to refresh for these actions; all actions of a batch are of one kind.
fn parts(actions: &[Action]) -> Vec<Topic> {
    actions.first().map(|action| [action.topics(), action.counts()].concat()).unwrap_or_default()
}

fn progress(run: &Batch) -> String {
    match run.actions() {
        [one] => format!("{} …", text::action_progress::title(one, run.subject(0))),
        many => format!("{} of {} …", text::count(run.over() as u64), text::count(many.len() as u64)),
    }
}

/// Outcome text, shown while the dialog is hidden.
fn end(run: &Batch) -> String {
    match (run.actions(), run.executions()) {
        ([one], [execution]) => {
            format!(
                "{}: {}",
                text::action_progress::title(one, run.subject(0)),
                stage_text(execution.stage(), run.is_done(0)).1
            )
        }
        _ => text::action_progress::so_far(run),
    }
}
