//! Polls one agent call while the page is visible. The last good response stays, with its age, if a later one fails.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::units::Timestamp;

use crate::api_client::{ApiError, ApiRequest};
use crate::clock::now_signal;
use crate::hooks::{Timer, every, on_window, set_if_changed};
use crate::worker_link::link;

const EVERY: Duration = Duration::from_secs(10);
/// Delay of the second reading: usage is the difference of two.
const SECOND_READ_AFTER: Duration = Duration::from_secs(2);

/// Triggers of a poll.
#[derive(Clone, Copy)]
pub(crate) struct PollTimer {
    timed: RwSignal<u32>,
    wanted: RwSignal<u32>,
}

/// Poll mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PollMode {
    /// Every ten seconds, and on request.
    Repeated,
    /// Until the first response, and on request: the data only changes when the agent restarts.
    Once,
}

impl PollTimer {
    /// Starts a timer that ends with the scope.
    pub(crate) fn start() -> Self {
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

    /// Polls at once.
    pub(crate) fn now(self) {
        self.wanted.update(|count| *count += 1);
    }
}

/// A polled value.
pub(crate) struct Polled<T: Send + Sync + 'static> {
    /// Latest value and its time.
    reported: RwSignal<Option<(T, Timestamp)>>,
    /// Error of the last request; `None` if it succeeded.
    pub(crate) failed: RwSignal<Option<ApiError>>,
}

impl<T: Send + Sync + 'static> Clone for Polled<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Polled<T> {}

impl<T: Clone + Default + PartialEq + Send + Sync + 'static> Polled<T> {
    /// Starts polling. `read` parses a body; its second argument is the previous value.
    pub(crate) fn start(question: ApiRequest, beat: PollTimer, pace: PollMode, read: fn(&str, T) -> T) -> Self {
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

    /// Whether the last request succeeded.
    fn is_good(self) -> bool {
        self.reported.with_untracked(Option::is_some) && self.failed.with_untracked(Option::is_none)
    }

    fn take(self, answer: Result<String, ApiError>, now: Timestamp, read: fn(&str, T) -> T) {
        let failed = answer.as_ref().err().cloned();
        if let Ok(body) = answer {
            self.reported.update(|reported| {
                let before = reported.take().map(|(value, _)| value).unwrap_or_default();
                *reported = Some((read(&body, before), now));
            });
        }
        set_if_changed(self.failed, failed);
    }

    /// A part of the value, which notifies only when it changes; the default before the first response.
    pub(crate) fn slice<S>(self, of: impl Fn(&T) -> S + Send + Sync + 'static) -> Memo<S>
    where
        S: Clone + Default + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.reported.with(|reported| reported.as_ref().map(|(value, _)| of(value)).unwrap_or_default())
        })
    }

    /// Reads the latest value; `None` before the first response.
    pub(crate) fn with<S>(self, of: impl FnOnce(&T) -> S) -> Option<S> {
        self.reported.with(|reported| reported.as_ref().map(|(value, _)| of(value)))
    }

    /// Whether there is a value.
    pub(crate) fn is_reported(self) -> Memo<bool> {
        Memo::new(move |_| self.reported.with(Option::is_some))
    }

    /// Time of the latest value.
    pub(crate) fn at(self) -> Memo<Option<Timestamp>> {
        Memo::new(move |_| self.reported.with(|reported| reported.as_ref().map(|(_, at)| *at)))
    }

    /// The error, unless another poll of the same agent fails with the same headline, which is shown there.
    pub(crate) fn but_for<O: Send + Sync + 'static>(self, other: Polled<O>) -> Memo<Option<ApiError>> {
        Memo::new(move |_| {
            self.failed.get().filter(|why| other.failed.get().is_none_or(|other| other.headline() != why.headline()))
        })
    }
}
