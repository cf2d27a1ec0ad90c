//! Explains why a path shows nothing.

use crate::directory_listing::{is_absent, is_mesos_log};
use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::mesos::calls::{Refusal, Target};
use mesoscope_core::mesos::error_text::{PathRefusal, path_refusal};
use mesoscope_core::text;
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::view::AbsentReason;

use crate::api_client::ApiError;
use crate::clock::to_the_minute;
use crate::hooks::has_elapsed;
use crate::worker_link::link;

/// Title and explanation for a path that cannot be shown.
pub(crate) fn not_shown_reason(target: &Target, path: &str, why: &ApiError) -> (&'static str, String) {
    let title = why.of(target);
    match why {
        _ if is_absent(why) && is_mesos_log(path) => (title, text::files::NO_LOG_FILE.to_owned()),
        _ if is_absent(why) && files::entry::Owner::of(path).is_none() => {
            let words = match target {
                Target::Agent(_) => text::files::PATHS_OF_AGENT,
                Target::Master => text::files::PATHS_OF_MASTER,
            };
            (title, words.to_owned())
        }
        _ if is_absent(why) => (title, text::files::NO_FILE.to_owned()),
        ApiError::Refused(Refusal { status: 403, .. }) => {
            let action = if is_mesos_log(path) { "ACCESS_MESOS_LOG" } else { "ACCESS_SANDBOX" };
            (title, text::files::not_allowed(action))
        }
        ApiError::Refused(Refusal { status, words }) if path_refusal(*status, words) == PathRefusal::Outside => {
            ("Outside the sandbox", text::files::outside(words))
        }
        other => (title, text::api_errors::sentence(&other.to_string())),
    }
}

/// Loading text, hidden for the first half second, by when most responses have arrived.
pub(crate) fn loading_notice(words: &'static str) -> AnyView {
    let late = has_elapsed(Duration::from_millis(500));
    view! { <p class="dim" role="status">{move || late.get().then_some(words)}</p> }.into_any()
}

/// The master's view of an agent that does not answer: gone, or unreachable since when; `None` if the master reaches it.
pub(crate) fn agent_availability(target: &Target, why: &ApiError) -> Option<AnyView> {
    let is_away = match why {
        ApiError::Timeout(_) | ApiError::NoConnection | ApiError::BrokenOff | ApiError::OutcomeUnknown(_) => true,
        ApiError::Refused(Refusal { status, words }) => {
            matches!(status, 502..=504) || (*status == 404 && !words.is_empty())
        }
        ApiError::NotForwarded
        | ApiError::BadAnswer(_)
        | ApiError::NotRegularFile(_)
        | ApiError::Intercepted(_)
        | ApiError::TooLong(_)
        | ApiError::WrongAgent(_) => false,
    };
    let Target::Agent(agent) = target.clone() else { return None };
    let answer = is_away.then(|| link().watch(move || AgentQuery(agent.clone())))?;
    let reported = Memo::new(move |_| match answer.get() {
        Some(Err(AbsentReason::Unknown | AbsentReason::Gone(_) | AbsentReason::Unlisted(_))) => {
            Some(text::files::AGENT_UNKNOWN.to_owned())
        }
        Some(Ok(detail)) => {
            let since = detail.since.map(|at| to_the_minute(at)());
            Some(text::files::agent_away(
                detail.row.state,
                &text::agents::name(&detail.row.hostname, detail.row.id.as_str()),
                since.as_deref(),
            ))
        }
        _ => None,
    });
    Some(view! { <span>{reported}</span> }.into_any())
}
