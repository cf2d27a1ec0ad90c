//! All frameworks of this browser: one scheduler for each description, started when a run needs it.
//! Decides which framework takes a run and what is kept; opens no stream and keeps nothing itself.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::hosted_io::{BeginRun, CallFailure, FrameworkKey, HostedInput, HostedOutput, KeepingState, RunMessage};
use super::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use super::machine::{LinkState, Scheduler};
use super::run::{RunId, RunRequest, TaskPhase};
use super::saved::SavedScheduler;
use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::disconnect::DisconnectReason;
use crate::mesos::calls::Refusal;
use crate::mesos::calls::answer::CallError;

/// What changes is kept at most so often; a launch is kept before it is sent.
const KEEP_EVERY: Nanoseconds = Nanoseconds::from_secs(1);
/// Frameworks that have ended, of which the newest are kept.
const MOST_ENDED: usize = 20;

/// A framework of this browser.
#[derive(Debug)]
pub struct HostedFramework {
    /// Its state machine.
    pub scheduler: Scheduler,
    /// When each run started.
    pub started: BTreeMap<RunId, Timestamp>,
    /// Why its last stream ended; `None` while one is open, or was never opened.
    pub why: Option<DisconnectReason>,
    /// When the state of its connection began.
    pub link_since: Timestamp,
    wake_at: Option<Timestamp>,
    /// When it is to be kept; `None` if nothing has changed.
    keep_at: Option<Timestamp>,
}

/// What a browser keeps of a framework.
#[derive(Debug, Serialize, Deserialize)]
struct KeptFramework {
    scheduler: SavedScheduler,
    started: Vec<(RunId, Timestamp)>,
}

/// All frameworks of this browser that this worker has.
#[derive(Debug, Default)]
pub struct HostedFrameworks {
    frameworks: BTreeMap<FrameworkKey, HostedFramework>,
    keeping: KeepingState,
    scope: Option<String>,
    has_pages: bool,
    outputs: VecDeque<HostedOutput>,
    seed: u64,
    revision: u64,
}

impl HostedFrameworks {
    /// No framework yet; the seed determines when lost streams are opened again.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// The frameworks, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&FrameworkKey, &HostedFramework)> {
        self.frameworks.iter()
    }

    /// A framework.
    pub fn framework(&self, key: &FrameworkKey) -> Option<&HostedFramework> {
        self.frameworks.get(key)
    }

    /// The framework of a run.
    pub fn of_run(&self, run: &RunId) -> Option<(&FrameworkKey, &HostedFramework)> {
        self.frameworks.iter().find(|(_, hosted)| hosted.started.contains_key(run))
    }

    /// How they are kept.
    pub fn keeping(&self) -> &KeepingState {
        &self.keeping
    }

    /// Increases with each change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<HostedOutput> {
        self.outputs.pop_front()
    }

    /// When `tick` should come next.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.frameworks.values().flat_map(|hosted| [hosted.wake_at, hosted.keep_at]).flatten().min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Timestamp) {
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        let due: Vec<FrameworkKey> =
            self.frameworks.iter().filter(|(_, hosted)| is_due(hosted.wake_at)).map(|(key, _)| key.clone()).collect();
        for key in due {
            self.give(&key, SchedulerInput::Tick, now);
        }
        let due = self.frameworks.iter().filter(|(_, hosted)| is_due(hosted.keep_at)).map(|(key, _)| key.clone());
        for key in due.collect::<Vec<_>>() {
            self.keep(&key, now);
        }
    }

    /// Another user's frameworks are this worker's from now on, or none's: those of the one before are let go, and go on until their
    /// failover timeout has passed.
    pub fn set_scope(&mut self, scope: String, now: Timestamp) {
        if self.scope.as_ref() == Some(&scope) {
            return;
        }
        for key in self.frameworks.keys().cloned().collect::<Vec<_>>() {
            self.let_go(&key, now);
        }
        self.keeping.elsewhere.clear();
        self.revision += 1;
        self.outputs.push_back(HostedOutput::Scope(scope.clone()));
        self.scope = Some(scope);
    }

    /// Whether pages are open. Without any, the worker may end at any time.
    pub fn set_pages(&mut self, has_pages: bool, now: Timestamp) {
        if std::mem::replace(&mut self.has_pages, has_pages) == has_pages {
            return;
        }
        let changed = self.frameworks.iter().filter(|(_, hosted)| hosted.keep_at.is_some()).map(|(key, _)| key.clone());
        for key in changed.collect::<Vec<_>>() {
            self.keep(&key, now);
        }
        self.outputs.push_back(HostedOutput::Pages(has_pages));
    }

    fn let_go(&mut self, key: &FrameworkKey, now: Timestamp) {
        let has_ended = self.framework(key).is_none_or(HostedFramework::has_ended);
        if has_ended {
            self.outputs.push_back(HostedOutput::Discard(key.clone()));
        } else {
            self.keep(key, now);
            self.outputs.push_back(HostedOutput::Release(key.clone()));
        }
        self.close(key, now);
    }

    fn close(&mut self, key: &FrameworkKey, now: Timestamp) {
        let Some(mut hosted) = self.frameworks.remove(key) else { return };
        let left = hosted.scheduler.handle(now, SchedulerInput::Wish(Wish::Leave)).into_iter();
        let closed = left.filter(|output| matches!(output, SchedulerOutput::CloseStream(_)));
        self.outputs.extend(closed.map(|output| HostedOutput::Do(key.clone(), output)));
        self.revision += 1;
    }

    /// How the browser keeps frameworks has changed.
    pub fn set_keeping(&mut self, keeping: KeepingState) {
        if self.keeping != keeping {
            self.keeping = keeping;
            self.revision += 1;
        }
    }

    /// A user wants something.
    pub fn wish(&mut self, message: RunMessage, now: Timestamp) {
        match message {
            RunMessage::Begin(begin) => self.begin(*begin, now),
            RunMessage::KillRun(run) => self.wish_of_run(&run.clone(), Wish::KillRun(run), now),
            RunMessage::KillTask(run, task) => self.wish_of_run(&run, Wish::KillTask(task), now),
            RunMessage::TearDown(key) => self.give(&key, SchedulerInput::Wish(Wish::TearDown), now),
            RunMessage::Leave(key) => self.give(&key, SchedulerInput::Wish(Wish::Leave), now),
            RunMessage::Resume(key) => self.give(&key, SchedulerInput::Wish(Wish::Reclaim), now),
            RunMessage::Keep(key, is_kept) => self.give(&key, SchedulerInput::Wish(Wish::Keep(is_kept)), now),
            RunMessage::Forget(key) => {
                if self.framework(&key).is_some_and(HostedFramework::has_ended) {
                    self.forget(&key);
                }
            }
        }
    }

    fn wish_of_run(&mut self, run: &RunId, wish: Wish, now: Timestamp) {
        if let Some(key) = self.of_run(run).map(|(key, _)| key.clone()) {
            self.give(&key, SchedulerInput::Wish(wish), now);
        }
    }

    fn begin(&mut self, begin: BeginRun, now: Timestamp) {
        let BeginRun { framework, mut request, repeats } = begin;
        if self.of_run(&request.id).is_some() {
            return;
        }
        if let Some(known) = repeats.and_then(|run| self.request(&run)) {
            request.take_secrets(known);
        }
        let takes =
            |hosted: &HostedFramework| *hosted.scheduler.framework() == framework && hosted.scheduler.takes_runs();
        let key = self.frameworks.iter().find(|(_, hosted)| takes(hosted)).map(|(key, _)| key.clone());
        let key = key.unwrap_or_else(|| FrameworkKey(request.id.clone()));
        let seed = self.next_seed();
        let hosted = self
            .frameworks
            .entry(key.clone())
            .or_insert_with(|| HostedFramework::new(Scheduler::new(framework, seed), BTreeMap::new(), now));
        hosted.started.insert(request.id.clone(), now);
        self.give(&key, SchedulerInput::Wish(Wish::Run(Box::new(request))), now);
    }

    /// What a run was asked to do.
    pub fn request(&self, run: &RunId) -> Option<&RunRequest> {
        self.of_run(run)?.1.scheduler.runs().find(|request| request.id == *run)
    }

    fn next_seed(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.seed
    }

    /// One thing happened to a framework.
    pub fn handle(&mut self, key: &FrameworkKey, input: HostedInput<'_>, now: Timestamp) {
        match input {
            HostedInput::StreamOpened(stream, id) => self.give(key, SchedulerInput::StreamOpened(stream, id), now),
            HostedInput::StreamChunk(stream, bytes) => self.give(key, SchedulerInput::StreamChunk(stream, bytes), now),
            HostedInput::StreamEnded(stream, why) => {
                let end = stream_end(&why);
                self.frameworks.get_mut(key).into_iter().for_each(|hosted| hosted.why = Some(why.clone()));
                self.give(key, SchedulerInput::StreamEnded(stream, end), now);
            }
            HostedInput::CallAnswered(call, answer) => {
                self.give(key, SchedulerInput::CallAnswered(call, outcome(answer)), now);
            }
            HostedInput::Claimed(bytes) => self.claimed(key, bytes, now),
            // Two schedulers of one framework would end each other's streams.
            HostedInput::TakenOver => self.close(key, now),
        }
    }

    fn claimed(&mut self, key: &FrameworkKey, bytes: &[u8], now: Timestamp) {
        if self.frameworks.contains_key(key) {
            return;
        }
        // What another build has kept in another form.
        let Ok(kept) = serde_json::from_slice::<KeptFramework>(bytes) else {
            self.outputs.push_back(HostedOutput::Discard(key.clone()));
            return;
        };
        let seed = self.next_seed();
        let hosted = HostedFramework::new(Scheduler::resumed(kept.scheduler, seed), order::inserted(kept.started), now);
        self.frameworks.insert(key.clone(), hosted);
        self.give(key, SchedulerInput::Tick, now);
    }

    fn forget(&mut self, key: &FrameworkKey) {
        self.frameworks.remove(key);
        self.outputs.push_back(HostedOutput::Discard(key.clone()));
        self.revision += 1;
    }

    fn give(&mut self, key: &FrameworkKey, input: SchedulerInput<'_>, now: Timestamp) {
        let Some(hosted) = self.frameworks.get_mut(key) else { return };
        let given = hosted.take(input, now);
        if given.is_changed {
            self.revision += 1;
        }
        if given.is_urgent {
            self.keep(key, now);
        }
        self.outputs.extend(given.outputs.into_iter().map(|output| HostedOutput::Do(key.clone(), output)));
        if given.is_changed {
            self.forget_oldest();
        }
    }

    fn keep(&mut self, key: &FrameworkKey, now: Timestamp) {
        let Some(hosted) = self.frameworks.get_mut(key) else { return };
        hosted.keep_at = None;
        let Some(scheduler) = hosted.scheduler.saved(now) else { return };
        let started = hosted.started.iter().map(|(run, at)| (run.clone(), *at)).collect();
        if let Ok(bytes) = serde_json::to_vec(&KeptFramework { scheduler, started }) {
            self.outputs.push_back(HostedOutput::Keep(key.clone(), bytes));
        }
    }

    fn forget_oldest(&mut self) {
        let mut ended: Vec<(Timestamp, FrameworkKey)> = (self.frameworks.iter())
            .filter(|(_, hosted)| hosted.has_ended())
            .map(|(key, hosted)| (hosted.link_since, key.clone()))
            .collect();
        order::sort(&mut ended);
        let over = ended.len().saturating_sub(MOST_ENDED);
        ended.into_iter().take(over).for_each(|(_, key)| self.forget(&key));
    }
}

/// What a framework wants done.
struct Given {
    outputs: Vec<SchedulerOutput>,
    is_changed: bool,
    /// Something is launched: a browser that did not know of it would launch it again.
    is_urgent: bool,
}

impl HostedFramework {
    fn new(scheduler: Scheduler, started: BTreeMap<RunId, Timestamp>, now: Timestamp) -> Self {
        Self { scheduler, started, why: None, link_since: now, wake_at: None, keep_at: None }
    }

    /// Whether it has ended, for this browser.
    pub fn has_ended(&self) -> bool {
        matches!(self.scheduler.link(), LinkState::Ended(_))
    }

    /// Tasks that have not ended, as far as is known.
    pub fn live_tasks(&self) -> usize {
        self.scheduler.tasks().filter(|task| !task.has_ended()).count()
    }

    fn launching(&self) -> usize {
        let is_launching = |phase: TaskPhase| matches!(phase, TaskPhase::Launching(_));
        self.scheduler.tasks().filter(|task| is_launching(task.phase)).count()
    }

    fn take(&mut self, input: SchedulerInput<'_>, now: Timestamp) -> Given {
        let is_tick = matches!(input, SchedulerInput::Tick);
        let (before, launching, had_id) =
            (self.scheduler.link().clone(), self.launching(), self.scheduler.id().is_some());
        let mut given = Given { outputs: Vec::new(), is_changed: false, is_urgent: false };
        for output in self.scheduler.handle(now, input) {
            match output {
                SchedulerOutput::WakeAt(at) => self.wake_at = Some(at),
                SchedulerOutput::Changed => given.is_changed = true,
                output => given.outputs.push(output),
            }
        }
        if self.scheduler.next_deadline().is_none() {
            self.wake_at = None;
        }
        self.note_link(&before, is_tick, now);
        given.is_urgent = self.launching() > launching || !had_id && self.scheduler.id().is_some();
        if given.is_changed && self.keep_at.is_none() {
            self.keep_at = Some(now + KEEP_EVERY);
        }
        given
    }

    fn note_link(&mut self, before: &LinkState, is_tick: bool, now: Timestamp) {
        let link = self.scheduler.link();
        if std::mem::discriminant(before) != std::mem::discriminant(link) {
            self.link_since = now;
        }
        match (before, link) {
            (LinkState::Opening { .. }, LinkState::Lost { .. }) if is_tick => {
                self.why = Some(DisconnectReason::NoAnswer)
            }
            (LinkState::Subscribed { .. }, LinkState::Lost { .. }) if is_tick => {
                self.why = Some(DisconnectReason::Silent)
            }
            (_, LinkState::Subscribed { .. }) => self.why = None,
            _ => {}
        }
    }
}

/// The gateway's refusals count as the master's: it says no for good by 403, and otherwise for a while.
fn stream_end(why: &DisconnectReason) -> StreamEnd {
    match why {
        DisconnectReason::Refused { status, words } => {
            StreamEnd::Refused(Refusal { status: *status, words: words.clone() })
        }
        DisconnectReason::Instead(CallError::NotSent(refusal)) => StreamEnd::Refused(refusal.clone()),
        _ => StreamEnd::Closed,
    }
}

fn outcome(answer: Result<(), CallFailure>) -> CallOutcome {
    match answer {
        Ok(()) => CallOutcome::of(Ok(())),
        Err(CallFailure::Answer(error)) => CallOutcome::of(Err(error)),
        Err(CallFailure::NoConnection) => CallOutcome::Unknown,
    }
}
