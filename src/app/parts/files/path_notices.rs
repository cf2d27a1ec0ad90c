//! Explains why a path shows nothing.

use crate::directory_listing::{is_absent, is_mesos_log};
use std::time::Duration;

use leptos::prelude::*;
use mesoscope_core::files;
use mesoscope_core::mesos::calls::{Refusal, Target};
use mesoscope_core::mesos::error_text::{PathRefusal, path_refusal};
use mesoscope_core::views::agent::AgentQuery;
use mesoscope_core::views::agents::AgentState;
use mesoscope_core::views::view::AbsentReason;

use crate::api_client::ApiError;
use crate::clock::to_the_minute;
use crate::hooks::has_elapsed;
use crate::worker_link::link;

/// Title and explanation for a path that cannot be shown.
pub(crate) fn not_shown_reason(target: &Target, path: &str, why: &ApiError) -> (&'static str, String) {
    let title = why.of(target);
    match why {
        _ if is_absent(why) && is_mesos_log(path) => {
            let words = "It writes no log to a file, or shows none: Mesos does so only where it was started with --log_dir or --external_log_file.";
            (title, words.to_owned())
        }
        _ if is_absent(why) && files::entry::Owner::of(path).is_none() => {
            let words = match target {
                Target::Agent(_) => {
                    "An agent shows the sandboxes of its executors and its own log, and nothing else of its disk: a path begins with /frameworks, or with its --work_dir, or is /slave/log."
                }
                Target::Master => "A master shows its own log and nothing else of its disk: the path is /master/log.",
            };
            (title, words.to_owned())
        }
        _ if is_absent(why) => {
            let words = "The sandbox may have been collected: agents remove it some time after its executor has ended (--gc_delay, a week unless told otherwise), and sooner where the disk fills. Or the file was never written, or was rotated away, or the path is mistyped.";
            (title, words.to_owned())
        }
        ApiError::Refused(Refusal { status: 403, .. }) => {
            let action = if is_mesos_log(path) { "ACCESS_MESOS_LOG" } else { "ACCESS_SANDBOX" };
            let words = "Mesos refuses it without a word: who is signed in here may not see it (the action is";
            (title, format!("{words} {action})."))
        }
        ApiError::Refused(Refusal { status, words }) if path_refusal(*status, words) == PathRefusal::Outside => {
            let words =
                format!("It leads out of what is shown there, as a link to a volume does. In Mesos' words: {words}");
            ("Outside the sandbox", words)
        }
        other => (title, other.to_string()),
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
    let reported = Memo::new(move |_| {
        match answer.get() {
        Some(Err(AbsentReason::Unknown | AbsentReason::Gone)) => {
            Some("The master knows no agent of this id: it has left the cluster, or the id is mistyped. If its host is still there, so may be the sandbox, below the agent’s --work_dir.".to_owned())
        }
        Some(Ok(detail)) => {
            let host = &detail.row.hostname;
            match detail.row.state {
                AgentState::Unreachable => {
                    let since = detail.since.map(|at| format!(" since {}", to_the_minute(at)())).unwrap_or_default();
                    Some(format!("The master has not reached it either{since}, and calls it unreachable. What is in the sandbox is still on the disk of {host}, unless that is lost."))
                }
                AgentState::Disconnected => Some(format!("It has no connection to the master now, either. What is in the sandbox is still on the disk of {host}.")),
                AgentState::Recovered => Some(format!("It has not come back to the master since that was started anew. What is in the sandbox may still be on the disk of {host}.")),
                AgentState::Active | AgentState::Deactivated | AgentState::Draining | AgentState::Drained => {
                    Some("The master has a connection to it: it may be busy, or cut off from where this page asks.".to_owned())
                }
            }
        }
        _ => None,
    }
    });
    Some(view! { <span>{reported}</span> }.into_any())
}
