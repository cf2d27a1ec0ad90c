//! The forms of what is done to agents: one, or many at once; drained one after the other if one likes.

use leptos::prelude::*;
use mesoscope::act::{Act, Pace};
use mesoscope::can::AgentVerb;
use mesoscope::ids::AgentId;
use mesoscope::text;

use super::Form;

/// Kill policies of minutes are common; hours are a slip.
const GRACE: &str = "60";

/// The form.
pub(super) fn form(verb: AgentVerb, agents: Vec<(AgentId, String)>) -> Form {
    let whom = match agents.as_slice() {
        [(id, hostname)] => {
            if hostname.is_empty() {
                id.0.clone()
            } else {
                hostname.clone()
            }
        }
        many => text::plural(u32::try_from(many.len()).unwrap_or(u32::MAX), "agent", "agents"),
    };
    let title = match verb {
        AgentVerb::MarkGone => format!("Mark {whom} gone"),
        verb => format!("{} {whom}", verb.name()),
    };
    let ids: Vec<AgentId> = agents.into_iter().map(|(id, _)| id).collect();
    let each = move |act: fn(AgentId) -> Act| ids.iter().cloned().map(act).collect::<Vec<_>>();
    match verb {
        AgentVerb::Drain => drain(title, each(Act::Deactivate)),
        AgentVerb::Deactivate => Form::plain(title, "Deactivate", each(Act::Deactivate)),
        AgentVerb::Reactivate => Form::plain(title, "Reactivate", each(Act::Reactivate)),
        AgentVerb::MarkGone => Form::plain(title, "Mark gone", each(Act::MarkGone)),
    }
}

fn drain(title: String, each: Vec<Act>) -> Form {
    let ids: Vec<AgentId> =
        each.into_iter().filter_map(|act| if let Act::Deactivate(id) = act { Some(id) } else { None }).collect();
    let is_many = ids.len() > 1;
    let limited = RwSignal::new(true);
    let grace = RwSignal::new(GRACE.to_owned());
    let gone = RwSignal::new(false);
    let at_once = RwSignal::new("1".to_owned());
    let roll = RwSignal::new(is_many);
    let seconds = move || grace.get().trim().parse::<u32>().ok();
    let abreast = move || at_once.get().trim().parse::<usize>().ok().filter(|number| (1..=100).contains(number));
    let acts = Signal::derive(move || {
        let (grace, mark_gone) = (limited.get().then(seconds).flatten(), gone.get());
        ids.iter().map(|agent| Act::Drain { agent: agent.clone(), grace, mark_gone }).collect::<Vec<_>>()
    });
    let faults = Signal::derive(move || {
        let grace =
            (limited.get() && seconds().is_none()).then(|| "The grace period is a whole number of seconds.".to_owned());
        let abreast = (roll.get() && abreast().is_none()).then(|| "At a time there are 1 to 100.".to_owned());
        grace.into_iter().chain(abreast).collect::<Vec<_>>()
    });
    let pace = Signal::derive(move || {
        if roll.get() { Pace { at_once: abreast().unwrap_or(1), waits: true, stops: true } } else { Pace::default() }
    });
    let rolling = is_many.then(|| {
        view! {
            <label><input type="checkbox" prop:checked=roll on:change=move |event| roll.set(event_target_checked(&event))/>
                "Roll: begin the next only when one is drained, and stop if one fails"</label>
            <label>"At a time" <input class="inline short" type="text" inputmode="numeric" prop:value=at_once disabled=move || !roll.get()
                on:input=move |event| at_once.set(event_target_value(&event))/></label>
        }
    });
    let view = view! {
        <label><input type="checkbox" prop:checked=limited on:change=move |event| limited.set(event_target_checked(&event))/>
            "Give each task at most"
            <input class="inline short" type="text" inputmode="numeric" aria-label="Grace period in seconds" prop:value=grace disabled=move || !limited.get()
                on:input=move |event| grace.set(event_target_value(&event))/>"seconds to end"</label>
        <label><input type="checkbox" prop:checked=gone on:change=move |event| gone.set(event_target_checked(&event))/>
            "Mark it gone as well: it never comes back"</label>
        {rolling}
    }
    .into_any();
    Form { title, verb: "Drain", acts, faults, pace, view, refusal: RwSignal::new(None) }
}
