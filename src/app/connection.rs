//! State of the connection, on every page: a pill, and a notice while something is wrong.

use leptos::prelude::*;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::engine::message::{Status, ToEngine};
use mesoscope_core::engine::stream_connection::ConnectionState as State;
use mesoscope_core::text;
use mesoscope_core::text::connection as says;

use super::clock::{self, now};
use super::sign_in::{SignInRequest, sign_in_again};
use super::worker_link::link;

/// A master that is not busy starts its response at once.
const SLOW: Nanoseconds = Nanoseconds::from_secs(10);
/// Age of the data on screen from which a new connection is worth a banner.
const BRIEF: Nanoseconds = Nanoseconds::from_secs(3);

/// Whether the data on screen is whole, but older than the connection: until the next snapshot is complete.
pub(crate) fn is_stale(status: &Status) -> bool {
    status.is_whole && !matches!(status.link, State::Live { .. })
}

/// Connection status, always visible; inconspicuous while live.
pub(super) fn pill() -> impl IntoView {
    let link = link();
    let view =
        move || link.status.with(|status| status.as_ref().map_or(("connecting", "Connecting".into()), pill_words));
    let rate = move || {
        let rate = link.status.with(|status| match status.as_ref()?.link {
            State::Live { .. } => status.as_ref().map(|status| says::event_rate(status.events_a_minute)),
            _ => None,
        });
        rate.unwrap_or_default()
    };
    view! {
        <div class="pill" role="status" aria-label="Connection" data-link=move || view().0>
            <span class="word">{move || view().1}</span><span class="more dim">{rate}</span>
        </div>
    }
}

fn pill_words(status: &Status) -> (&'static str, String) {
    match &status.link {
        State::Connecting { .. } if status.is_whole => ("connecting", "Reconnecting".into()),
        State::Connecting { .. } => ("connecting", "Connecting".into()),
        State::Arriving { bytes, of } => ("arriving", says::loading(*bytes, *of)),
        State::Live { .. } => ("live", "Live".into()),
        State::Silent { .. } => ("silent", "Silent".into()),
        State::Lost { .. } => ("lost", "Disconnected".into()),
        State::Unauthorised { .. } => ("silent", says::NOT_SIGNED_IN.into()),
    }
}

/// Connection problem.
#[derive(Clone, PartialEq)]
enum ConnectionProblem {
    /// Not connected; with the time of the next retry, if any.
    Lost(String, Option<Timestamp>),
    /// Not connected, since a login page answers; with the time of the next retry.
    Expired(String, Timestamp),
    /// Connecting again, or loading, while the data on screen is from before.
    Reconnecting,
    /// Connected, but a login page answers other calls.
    PartlyExpired,
    Silent,
    /// Time of the stream request, which has no response yet.
    Unanswered(Timestamp),
    /// The master rejects the credentials, for all or some calls.
    Unauthorised(&'static str, &'static str),
}

/// `state` is the settled one. The notice of a connection that was cut stays until the new state has come, `was_cut`: what is on
/// screen is from before.
fn problem(
    failure: Option<String>,
    status: Option<&Status>,
    state: Option<&State>,
    expired: bool,
    was_cut: bool,
) -> Option<ConnectionProblem> {
    if let Some(words) = failure {
        return Some(ConnectionProblem::Lost(words, None));
    }
    let status = status?;
    if let State::Connecting { since } = &status.link
        && now().since(*since) >= SLOW
    {
        return Some(ConnectionProblem::Unanswered(*since));
    }
    match state.unwrap_or(&status.link) {
        State::Lost { cause, retry_at, .. } if cause.is_expired() => {
            Some(ConnectionProblem::Expired(cause.to_string(), *retry_at))
        }
        State::Lost { cause, retry_at, .. } => Some(ConnectionProblem::Lost(cause.to_string(), Some(*retry_at))),
        State::Silent { .. } => Some(ConnectionProblem::Silent),
        State::Unauthorised { .. } => {
            Some(ConnectionProblem::Unauthorised(says::NOT_SIGNED_IN_HEADLINE, says::AUTHENTICATION))
        }
        State::Connecting { .. } | State::Arriving { .. } | State::Live { .. } if expired || status.access.expired => {
            Some(ConnectionProblem::PartlyExpired)
        }
        State::Connecting { .. } | State::Arriving { .. } if status.is_whole && (was_cut || is_old(status)) => {
            Some(ConnectionProblem::Reconnecting)
        }
        State::Connecting { .. } | State::Arriving { .. } | State::Live { .. } => {
            let partly = ConnectionProblem::Unauthorised(says::PARTIAL, says::PARTIAL_AUTHENTICATION);
            status.access.asked.then_some(partly)
        }
    }
}

/// Whether nothing has arrived for some seconds. A connection that is back at once is not worth a banner, which moves the page.
fn is_old(status: &Status) -> bool {
    status.heard.is_none_or(|heard| now().since(heard) >= BRIEF)
}

impl ConnectionProblem {
    /// Whether nothing arrives, or the new state does.
    const fn is_cut(&self) -> bool {
        match self {
            Self::Lost(..) | Self::Expired(..) | Self::Reconnecting | Self::Silent | Self::Unanswered(_) => true,
            Self::PartlyExpired | Self::Unauthorised(..) => false,
        }
    }

    fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::Lost(_, retry_at) => *retry_at,
            Self::Expired(_, retry_at) => Some(*retry_at),
            Self::Reconnecting | Self::PartlyExpired | Self::Silent | Self::Unanswered(_) | Self::Unauthorised(..) => {
                None
            }
        }
    }

    fn asked_at(&self) -> Option<Timestamp> {
        if let Self::Unanswered(since) = self { Some(*since) } else { None }
    }
}

/// Banner while the connection has a problem.
#[component]
pub(super) fn Notice() -> impl IntoView {
    let link = link();
    let settled = link.settled();
    let state = Memo::new(move |last: Option<&Option<ConnectionProblem>>| {
        let was_cut = last.is_some_and(|last| last.as_ref().is_some_and(ConnectionProblem::is_cut));
        let (failure, expired) = (link.failure.get(), link.expired.get());
        link.status.with(|status| problem(failure, status.as_ref(), settled.read().as_ref(), expired, was_cut))
    });
    let asking = SignInRequest::here();
    let asks = asking.shown();
    // What arrives now is not on screen before it is whole.
    let stale = Memo::new(move |last: Option<&Option<Timestamp>>| {
        link.status.with(|status| {
            let status = status.as_ref().filter(|status| is_stale(status))?;
            let before = last.copied().flatten().filter(|_| matches!(status.link, State::Arriving { .. }));
            before.or(status.heard)
        })
    });
    let age = move || stale.get().map(|heard| says::data_age(now().since(heard)));
    move || {
        let problem =
            state.get().filter(|problem| !(asks.get() && matches!(problem, ConnectionProblem::Unauthorised(..))))?;
        let (retry_at, asked_at) = (problem.retry_at(), problem.asked_at());
        let times = move || {
            let countdown = retry_at.map(|at| says::next_try(at.since(now())));
            let wait = asked_at.map(|at| says::requested(now().since(at)));
            [age(), wait, countdown].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let (tone, headline, words, button) = notice(problem, asking);
        Some(view! {
            <section class="notice" data-link=tone aria-label="Connection problem">
                <div>
                    <p role="alert"><b>{headline}</b>{words}</p>
                    <p class="since">{times}</p>
                </div>
                {button}
            </section>
        })
    }
}

/// Tone, headline, sentence and buttons of a notice.
fn notice(problem: ConnectionProblem, asking: SignInRequest) -> (&'static str, &'static str, String, AnyView) {
    let link = link();
    let retry = move |_| link.send(&ToEngine::Retry);
    let none = || ().into_any();
    match problem {
        ConnectionProblem::Lost(words, None) => ("lost", says::NOT_CONNECTED, words, none()),
        ConnectionProblem::Lost(words, Some(_)) => {
            let button = view! { <button class="button" on:click=retry>"Retry now"</button> };
            ("lost", says::NOT_CONNECTED, words, button.into_any())
        }
        ConnectionProblem::Expired(words, _) => {
            let buttons = view! { {sign_in_again()}<button class="button" on:click=retry>"Retry now"</button> };
            ("lost", says::NOT_CONNECTED, words, buttons.into_any())
        }
        ConnectionProblem::Reconnecting => ("lost", "Reconnecting: ", says::RECONNECTING.to_owned(), none()),
        ConnectionProblem::PartlyExpired => {
            ("silent", says::PARTIAL, says::SESSION_EXPIRED.to_owned(), sign_in_again())
        }
        ConnectionProblem::Silent => ("silent", "Silent: ", says::SILENT.to_owned(), none()),
        ConnectionProblem::Unanswered(_) => ("silent", "No answer yet: ", says::UNANSWERED.to_owned(), none()),
        ConnectionProblem::Unauthorised(headline, words) => {
            let button = view! { <button class="button" on:click=move |_| asking.want()>"Sign in"</button> };
            ("silent", headline, words.to_owned(), button.into_any())
        }
    }
}

/// Warns while the cluster's clock or its counts differ from ours.
#[component]
pub(super) fn Differences() -> impl IntoView {
    let (link, skew) = (link(), clock::skew());
    let differences = Memo::new(move |_| {
        let of = |status: &Status| status.standing.as_ref().map(|standing| standing.differences.clone());
        link.status.with(|status| status.as_ref().and_then(of)).unwrap_or_default()
    });
    let counts = move || {
        let words = |(state, counted, held)| says::counts_differ(state, counted, held);
        differences.get().into_iter().map(words).map(|words| warning("Counts differ", words)).collect_view()
    };
    let clocks = move || text::skew(skew.get()).map(|words| warning("Clocks differ", words));
    view! { {clocks}{counts} }
}

fn warning(label: &'static str, words: String) -> AnyView {
    view! { <section class="notice" data-link="silent" aria-label=label><div><p role="status">{words}</p></div></section> }
        .into_any()
}
