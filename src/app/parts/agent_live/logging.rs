//! Log level of a master or an agent, read from its process, since no state reports it.
//!
//! The time of the reset is known only for changes made in this tab.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::preview::{PreviewEntry, PreviewValue, PreviewedField};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::process::GetLoggingLevel;
use mesoscope_core::mesos::wire::agent_api;
use mesoscope_core::text;

use super::polled::{PollMode, PollTimer, Polled};
use crate::actions::action_store;
use crate::api_client::ApiRequest;
use crate::clock::now;
use crate::hooks::on_change;
use crate::worker_link::WorkerLink;

fn question(agent: Option<AgentId>) -> ApiRequest {
    ApiRequest::new(&GetLoggingLevel, agent.map_or(Target::Master, Target::Agent))
}

fn entries(reported: &[(String, String)]) -> Vec<PreviewEntry> {
    reported
        .iter()
        .map(|(name, value)| PreviewEntry {
            key: PreviewedField::Named(name.clone()),
            value: PreviewValue::Typed(value.clone()),
        })
        .collect()
}

/// Reads the current level once.
pub(crate) async fn fetch_level(agent: Option<AgentId>, link: WorkerLink) -> Option<Vec<PreviewEntry>> {
    question(agent).ask(link).await.ok().map(|body| entries(&agent_api::logging_level(&body)))
}

/// Polls the current level while the scope lasts.
pub(crate) fn reported_level(agent: Option<AgentId>) -> Signal<Vec<PreviewEntry>> {
    let level = Polled::start(question(agent), PollTimer::start(), PollMode::Repeated, |body, _| {
        agent_api::logging_level(body)
    });
    level.slice(|reported| entries(reported)).into()
}

/// The level as text, with the time until it resets.
pub(crate) fn verbosity(agent: Option<AgentId>) -> Memo<String> {
    let beat = PollTimer::start();
    let level =
        Polled::start(question(agent.clone()), beat, PollMode::Repeated, |body, _| agent_api::logging_level(body));
    let reported = level.slice(|reported| reported.first().map(|(_, value)| value.clone()));
    let until = Memo::new(move |_| until(&agent));
    // Refreshes at once when the user has just set it.
    on_change(move || until.get(), move |_| beat.now());
    let left = move || until.get().map(|until| until.since(now())).filter(|left| left.0 > 0);
    Memo::new(move |_| text::agents::verbosity(reported.get().as_deref(), left()))
}

/// Time when the latest change of this tab resets.
fn until(agent: &Option<AgentId>) -> Option<Timestamp> {
    action_store().journal.read().iter().rev().find_map(|entry| match (&entry.action, &entry.outcome) {
        (_, None) => None,
        (_, Some(outcome)) if !outcome.may_be_done() => None,
        (Action::LoggingLevel { agent: of, length, .. }, _) if of == agent => Some(entry.at + *length),
        _ => None,
    })
}
