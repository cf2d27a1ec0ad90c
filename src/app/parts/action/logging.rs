//! Form that raises the log level of the master or an agent for a limited time.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::error_text::{NamedField, level_field};
use mesoscope_core::text;

use super::ActionForm;
use super::agents::{number, refusal_of_field};
use super::field::field;
use crate::parts::agent_live::logging::reported_level;

/// Builds the form.
pub(super) fn form(agent: Option<AgentId>, name: &str) -> ActionForm {
    let level = RwSignal::new("1".to_owned());
    let minutes = RwSignal::new("10".to_owned());
    let read = |text: RwSignal<String>, from: u32, to: u32| {
        text.get().trim().parse::<u32>().ok().filter(|number| (from..=to).contains(number))
    };
    let (verbosity, length) = (move || read(level, 0, 9), move || read(minutes, 1, 1440));
    let reported = reported_level(agent.clone());
    let action = move || {
        let length = Nanoseconds::from_secs(i64::from(length()?) * 60);
        Some(Action::LoggingLevel { agent: agent.clone(), level: verbosity()?, length })
    };
    let actions = Signal::derive(move || action().into_iter().collect::<Vec<_>>());
    let refusal = RwSignal::new(None::<String>);
    let is_wrong = Signal::derive(move || verbosity().is_none() || length().is_none());
    let wrong_level = Signal::derive(move || {
        let unread = verbosity().is_none().then(|| "A whole number from 0 to 9.".to_owned());
        unread.or_else(|| refusal_of_field(refusal, level_field, NamedField::Level))
    });
    let wrong_length = Signal::derive(move || {
        let unread = length().is_none().then(|| "A whole number of minutes, from 1 to 1440.".to_owned());
        unread.or_else(|| refusal_of_field(refusal, level_field, NamedField::Duration))
    });
    let level = field(None, number(), level.into(), wrong_level, move |text| level.set(text));
    let minutes =
        field(Some("Minutes".to_owned()), number(), minutes.into(), wrong_length, move |text| minutes.set(text));
    let now = move || {
        reported.with(|reported| reported.first().map(|now| format!("now {}", text::actions::value(&now.value))))
    };
    let view = view! {
        <label>"Verbosity (0 is usual, 1 to 3 tell more) " {level}<span class="dim">{now}</span></label>
        <div class="row">"For" {minutes}"minutes"</div>
    }
    .into_any();
    ActionForm {
        actions,
        is_wrong,
        view,
        refusal,
        current: Some(reported),
        ..ActionForm::plain(format!("Logging level of {name}"), "Set", Vec::new())
    }
}
