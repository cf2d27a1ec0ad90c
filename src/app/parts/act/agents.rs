//! The forms of what is done to agents: one, or many at once; drained one after the other if one likes.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::Pace;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::AgentVerb;
use mesoscope_core::mesos::words::{NamedField, drain_field};
use mesoscope_core::text;

use super::field::{Kind, field};
use super::{Form, number_of};

/// Kill policies of minutes are common; hours are a slip.
const GRACE: &str = "60";
/// So many at a time, at most.
const ABREAST: usize = 100;

/// The form.
pub(super) fn form(verb: AgentVerb, agents: Vec<(AgentId, String)>) -> Form {
    let whom = match agents.as_slice() {
        [(id, hostname)] if hostname.is_empty() => id.0.clone(),
        [(_, hostname)] => hostname.clone(),
        many => number_of(many.len(), "agent", "agents"),
    };
    let title = match verb {
        AgentVerb::MarkGone => format!("Mark {whom} gone"),
        verb => format!("{} {whom}", text::checks::verb(verb)),
    };
    let ids: Vec<AgentId> = agents.into_iter().map(|(id, _)| id).collect();
    let each = |verb: &'static str, act: fn(AgentId) -> Action| {
        several(title.clone(), verb, ids.iter().cloned().map(act).collect())
    };
    match verb {
        AgentVerb::Drain => drain(title, ids),
        AgentVerb::Deactivate => each("Deactivate", Action::Deactivate),
        AgentVerb::Reactivate => each("Reactivate", Action::Reactivate),
        AgentVerb::MarkGone => each("Mark gone", Action::MarkGone),
    }
}

/// Changes that need no more than a yes; of many it is asked how many are on their way at a time.
pub(super) fn several(title: String, verb: &'static str, acts: Vec<Action>) -> Form {
    if acts.len() < 2 {
        return Form::plain(title, verb, acts);
    }
    let at_once = AtOnce::new(Pace::default().at_once);
    let pace = Signal::derive(move || Pace { at_once: at_once.number().unwrap_or(1), ..Pace::default() });
    let is_wrong = Signal::derive(move || at_once.number().is_none());
    Form { pace, is_wrong, view: at_once.view(), ..Form::plain(title, verb, acts) }
}

/// How many are on their way at a time.
#[derive(Clone, Copy)]
struct AtOnce(RwSignal<String>);

impl AtOnce {
    fn new(usual: usize) -> Self {
        Self(RwSignal::new(usual.to_string()))
    }

    fn number(self) -> Option<usize> {
        self.0.get().trim().parse().ok().filter(|number| (1..=ABREAST).contains(number))
    }

    fn view(self) -> AnyView {
        let fault =
            Signal::derive(move || self.number().is_none().then(|| format!("A whole number from 1 to {ABREAST}.")));
        let input = field(None, number(), self.0.into(), fault, move |text| self.0.set(text));
        view! { <label>"At a time " {input}</label> }.into_any()
    }
}

/// A field for a whole number.
pub(super) fn number() -> Kind {
    Kind { is_short: true, mode: Some("numeric"), ..Kind::default() }
}

fn drain(title: String, ids: Vec<AgentId>) -> Form {
    let is_many = ids.len() > 1;
    let limited = RwSignal::new(true);
    let grace = RwSignal::new(GRACE.to_owned());
    let gone = RwSignal::new(false);
    let at_once = AtOnce::new(1);
    let roll = RwSignal::new(is_many);
    let seconds = move || grace.get().trim().parse::<u32>().ok();
    let acts = Signal::derive(move || {
        let (grace, mark_gone) = (limited.get().then(seconds).flatten(), gone.get());
        ids.iter().map(|agent| Action::Drain { agent: agent.clone(), grace, mark_gone }).collect::<Vec<_>>()
    });
    let refusal = RwSignal::new(None::<String>);
    let unread = move || (limited.get() && seconds().is_none()).then(|| "A whole number of seconds.".to_owned());
    let fault = Signal::derive(move || unread().or_else(|| about(refusal, drain_field, NamedField::GracePeriod)));
    let no_gone = move || about(refusal, drain_field, NamedField::MarkGone);
    let is_wrong = Signal::derive(move || unread().is_some() || is_many && at_once.number().is_none());
    let pace = Signal::derive(move || {
        let roll = roll.get();
        Pace { at_once: at_once.number().unwrap_or(1), waits: roll, stops: roll }
    });
    let rolling = is_many.then(|| {
        view! {
            <label><input type="checkbox" prop:checked=roll on:change=move |event| roll.set(event_target_checked(&event))/>
                "Roll: begin the next only when one is drained, and stop if one fails"</label>
            {at_once.view()}
        }
    });
    let kind = Kind { is_off: Some(Signal::derive(move || !limited.get())), ..number() };
    let input =
        field(Some("Grace period in seconds".to_owned()), kind, grace.into(), fault, move |text| grace.set(text));
    let view = view! {
        <div class="row"><label><input type="checkbox" prop:checked=limited on:change=move |event| limited.set(event_target_checked(&event))/>
            "Give each task at most"</label>{input}"seconds to end"</div>
        <label><input type="checkbox" prop:checked=gone aria-invalid=move || no_gone().map(|_| "true") on:change=move |event| gone.set(event_target_checked(&event))/>
            "Mark it gone as well: it never comes back"<span class="wrong">{no_gone}</span></label>
        {rolling}
    }
    .into_any();
    Form { acts, is_wrong, pace, view, refusal, ..Form::plain(title, "Drain", Vec::new()) }
}

/// The refusal, if it is that field which it names.
pub(super) fn about(
    refusal: RwSignal<Option<String>>,
    named: fn(&str) -> Option<NamedField>,
    field: NamedField,
) -> Option<String> {
    refusal.get().filter(|words| named(words) == Some(field))
}
