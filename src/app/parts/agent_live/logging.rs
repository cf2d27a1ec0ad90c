//! How much a master, or an agent, logs: asked of itself, since no state tells it, and until when, as far as this tab set it.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::plan::{Entry, Key, PlanValue};
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::process::GetLoggingLevel;
use mesoscope_core::mesos::wire::own;
use mesoscope_core::text;

use super::polled::{Beat, Pace, Polled};
use crate::acts::acts;
use crate::api_client::ApiRequest;
use crate::clock::now;
use crate::hooks::on_change;
use crate::link::Link;

fn question(agent: Option<AgentId>) -> ApiRequest {
    ApiRequest::new(&GetLoggingLevel, agent.map_or(Target::Master, Target::Agent))
}

fn entries(reported: &[(String, String)]) -> Vec<Entry> {
    reported
        .iter()
        .map(|(name, value)| Entry { key: Key::Named(name.clone()), value: PlanValue::Typed(value.clone()) })
        .collect()
}

/// The present level, once.
pub(crate) async fn ask_level(agent: Option<AgentId>, link: Link) -> Option<Vec<Entry>> {
    question(agent).ask(link).await.ok().map(|body| entries(&own::logging_level(&body)))
}

/// The present level, for as long as the scope lasts.
pub(crate) fn reported_level(agent: Option<AgentId>) -> Signal<Vec<Entry>> {
    let level = Polled::start(question(agent), Beat::start(), Pace::Often, |body, _| own::logging_level(body));
    level.slice(|reported| entries(reported)).into()
}

/// The level in words, with the time that is left until it falls back.
pub(crate) fn verbosity(agent: Option<AgentId>) -> Memo<String> {
    let beat = Beat::start();
    let level = Polled::start(question(agent.clone()), beat, Pace::Often, |body, _| own::logging_level(body));
    let reported = level.slice(|reported| reported.first().map(|(_, value)| value.clone()));
    let until = Memo::new(move |_| until(&agent));
    // The user who has just set it wants to see it.
    on_change(move || until.get(), move |_| beat.now());
    let left = move || until.get().map(|until| until.since(now())).filter(|left| left.0 > 0);
    Memo::new(move |_| match (reported.get(), left()) {
        (None, _) => "not told".to_owned(),
        (Some(level), Some(left)) => format!("{level}, falls back in {}", text::span(left)),
        (Some(level), None) if level == "0" => "0, as usual".to_owned(),
        (Some(level), None) => format!("{level}, by its flags or set elsewhere; Mesos does not tell until when"),
    })
}

/// When what this tab has set last falls back.
fn until(agent: &Option<AgentId>) -> Option<Timestamp> {
    acts().journal.read().iter().rev().find_map(|entry| match (&entry.act, &entry.outcome) {
        (_, None) => None,
        (_, Some(outcome)) if !outcome.is_perhaps_done() => None,
        (Action::LoggingLevel { agent: of, length, .. }, _) if of == agent => Some(entry.at + *length),
        _ => None,
    })
}
