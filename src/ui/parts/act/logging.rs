//! How much the master, or an agent, logs for some time.

use leptos::prelude::*;
use mesoscope::act::{Act, Pace};
use mesoscope::ids::AgentId;
use mesoscope::units::Nanoseconds;

use super::Form;

/// The form.
pub(super) fn form(agent: Option<AgentId>, name: &str) -> Form {
    let level = RwSignal::new("1".to_owned());
    let minutes = RwSignal::new("10".to_owned());
    let number =
        move |text: RwSignal<String>, most: u32| text.get().trim().parse::<u32>().ok().filter(|number| *number <= most);
    let acts = Signal::derive(move || {
        let level = number(level, 9).unwrap_or(0);
        let length = Nanoseconds::from_secs(i64::from(number(minutes, 1440).unwrap_or(0)) * 60);
        vec![Act::LoggingLevel { agent: agent.clone(), level, length }]
    });
    let faults = Signal::derive(move || {
        let level = number(level, 9).is_none().then(|| "The verbosity is a whole number from 0 to 9.".to_owned());
        let minutes = number(minutes, 1440).filter(|minutes| *minutes > 0).is_none();
        let minutes = minutes.then(|| "The time is 1 to 1440 minutes.".to_owned());
        level.into_iter().chain(minutes).collect::<Vec<_>>()
    });
    let view = view! {
        <label>"Verbosity (0 is usual, 1 to 3 tell more)" <input class="inline short" type="text" inputmode="numeric" prop:value=level on:input=move |event| level.set(event_target_value(&event))/></label>
        <label>"For" <input class="inline short" type="text" inputmode="numeric" aria-label="Minutes" prop:value=minutes on:input=move |event| minutes.set(event_target_value(&event))/>"minutes"</label>
    }
    .into_any();
    let title = format!("Logging level of {name}");
    let pace = Signal::stored(Pace::default());
    Form { title, verb: "Set", acts, faults, pace, view, refusal: RwSignal::new(None) }
}
