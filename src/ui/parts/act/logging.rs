//! How much the master, or an agent, logs for some time.

use leptos::prelude::*;
use mesoscope::act::Act;
use mesoscope::ids::AgentId;
use mesoscope::units::Nanoseconds;

use super::Form;
use super::agents::number;
use super::field::field;

/// The form.
pub(super) fn form(agent: Option<AgentId>, name: &str) -> Form {
    let level = RwSignal::new("1".to_owned());
    let minutes = RwSignal::new("10".to_owned());
    let read = |text: RwSignal<String>, from: u32, to: u32| {
        text.get().trim().parse::<u32>().ok().filter(|number| (from..=to).contains(number))
    };
    let (verbosity, length) = (move || read(level, 0, 9), move || read(minutes, 1, 1440));
    let act = move || {
        let length = Nanoseconds::from_secs(i64::from(length()?) * 60);
        Some(Act::LoggingLevel { agent: agent.clone(), level: verbosity()?, length })
    };
    let acts = Signal::derive(move || act().into_iter().collect::<Vec<_>>());
    let wrong_level = Signal::derive(move || verbosity().is_none().then(|| "A whole number from 0 to 9.".to_owned()));
    let wrong_length =
        Signal::derive(move || length().is_none().then(|| "A whole number of minutes, from 1 to 1440.".to_owned()));
    let is_wrong = Signal::derive(move || wrong_level.read().is_some() || wrong_length.read().is_some());
    let level = field(None, number(), level.into(), wrong_level, move |text| level.set(text));
    let minutes =
        field(Some("Minutes".to_owned()), number(), minutes.into(), wrong_length, move |text| minutes.set(text));
    let view = view! {
        <label>"Verbosity (0 is usual, 1 to 3 tell more) " {level}</label>
        <div class="row">"For" {minutes}"minutes"</div>
    }
    .into_any();
    Form { acts, is_wrong, view, ..Form::plain(format!("Logging level of {name}"), "Set", Vec::new()) }
}
