//! Form that raises the log level of the master or an agent for a limited time.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::error_text::{NamedField, level_field};
use mesoscope_core::text;
use mesoscope_core::text::dialogs;

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
    let no_level = move || verbosity().is_none().then(|| dialogs::whole_number(0, 9));
    let no_length = move || length().is_none().then(|| dialogs::whole_number(1, 1440));
    let fault = Signal::derive(move || no_level().or_else(no_length));
    let wrong_level =
        Signal::derive(move || no_level().or_else(|| refusal_of_field(refusal, level_field, NamedField::Level)));
    let wrong_length =
        Signal::derive(move || no_length().or_else(|| refusal_of_field(refusal, level_field, NamedField::Duration)));
    let level = field(None, number(), level.into(), wrong_level, move |text| level.set(text));
    let minutes =
        field(Some("Minutes".to_owned()), number(), minutes.into(), wrong_length, move |text| minutes.set(text));
    let now = move || {
        reported.with(|reported| reported.first().map(|now| dialogs::current(&text::actions::value(&now.value))))
    };
    let view = view! {
        <label>"Log verbosity (default 0; 1 to 3 log more) " {level}<span class="dim">{now}</span></label>
        <div class="row">"For" {minutes}"minutes"</div>
    }
    .into_any();
    ActionForm {
        actions,
        fault,
        view,
        refusal,
        current: Some(reported),
        ..ActionForm::plain(dialogs::logging_title(name), "Set", Vec::new())
    }
}
