//! What an agent answers to one call, asked again and again while the page is in sight. The latest good answer stays, with
//! its age, when a later one does not come.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::units::Timestamp;

use crate::api_client::{ApiError, ApiRequest};
use crate::clock::now_signal;
use crate::hooks::{Timer, every, on_window, set_if_changed};
use crate::link::link;

const EVERY: Duration = Duration::from_secs(10);
/// How soon the second reading comes: only two show how much is used.
const SECOND_READ_AFTER: Duration = Duration::from_secs(2);

/// When to ask.
#[derive(Clone, Copy)]
pub(crate) struct PollTimer {
    timed: RwSignal<u32>,
    wanted: RwSignal<u32>,
}

/// How often something is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PollMode {
    /// Every ten seconds, and when a user wants to know.
    Repeated,
    /// Until it is answered, and when a user wants to know: it changes with the agent's start at most.
    Once,
}

impl PollTimer {
    /// Runs for as long as the scope does.
    pub(super) fn start() -> Self {
        let beat = Self { timed: RwSignal::new(0), wanted: RwSignal::new(0) };
        let tick = move || {
            if !document().hidden() {
                beat.timed.update(|count| *count += 1);
            }
        };
        Timer::new().start(SECOND_READ_AFTER, tick);
        every(EVERY, tick);
        on_window(ev::visibilitychange, move |_| tick());
        beat
    }

    /// Asks all at once.
    pub(super) fn now(self) {
        self.wanted.update(|count| *count += 1);
    }
}

/// An answer, read.
pub(crate) struct Polled<T: Send + Sync + 'static> {
    /// The latest, and when it came.
    reported: RwSignal<Option<(T, Timestamp)>>,
    /// Why the last question had no answer, if it had none.
    pub(super) failed: RwSignal<Option<ApiError>>,
}

impl<T: Send + Sync + 'static> Clone for Polled<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Polled<T> {}

impl<T: Clone + Default + PartialEq + Send + Sync + 'static> Polled<T> {
    /// Asks from now on. `read` gets the body, and what was read before.
    pub(super) fn start(question: ApiRequest, beat: PollTimer, pace: PollMode, read: fn(&str, &T) -> T) -> Self {
        let reading = Self { reported: RwSignal::new(None), failed: RwSignal::new(None) };
        let (link, now) = (link(), now_signal());
        Effect::new(move |asked: Option<u32>| {
            let wanted = beat.wanted.get();
            beat.timed.track();
            link.identity.track();
            if pace == PollMode::Once && asked == Some(wanted) && reading.is_good() {
                return wanted;
            }
            let question = question.clone();
            spawn_local_scoped_with_cancellation(async move {
                let answer = question.ask(link).await;
                reading.take(answer, now.get_untracked(), read);
            });
            wanted
        });
        reading
    }

    /// Whether the last question had an answer.
    fn is_good(self) -> bool {
        self.reported.with_untracked(Option::is_some) && self.failed.with_untracked(Option::is_none)
    }

    fn take(self, answer: Result<String, ApiError>, now: Timestamp, read: fn(&str, &T) -> T) {
        let failed = answer.as_ref().err().cloned();
        if let Ok(body) = answer {
            self.reported.update(|reported| {
                let before = reported.take().map(|(value, _)| value).unwrap_or_default();
                *reported = Some((read(&body, &before), now));
            });
        }
        set_if_changed(self.failed, failed);
    }

    /// A part of what was reported, which changes only when it does; nothing before anything was reported.
    pub(crate) fn slice<S>(self, of: impl Fn(&T) -> S + Send + Sync + 'static) -> Memo<S>
    where
        S: Clone + Default + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.reported.with(|reported| reported.as_ref().map(|(value, _)| of(value)).unwrap_or_default())
        })
    }

    /// Whether anything was reported yet.
    pub(crate) fn is_reported(self) -> Memo<bool> {
        Memo::new(move |_| self.reported.with(Option::is_some))
    }

    /// When it was reported last.
    pub(super) fn at(self) -> Memo<Option<Timestamp>> {
        Memo::new(move |_| self.reported.with(|reported| reported.as_ref().map(|(_, at)| *at)))
    }

    /// Why there is no answer, where another question to the same agent does not fail in the same way: then that says it.
    pub(super) fn but_for<O: Send + Sync + 'static>(self, other: Polled<O>) -> Memo<Option<ApiError>> {
        Memo::new(move |_| {
            self.failed.get().filter(|why| other.failed.get().is_none_or(|other| other.headline() != why.headline()))
        })
    }
}
