//! Forms for changes to agents, one or many. Several agents can be drained in sequence.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::BatchOptions;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::mesos::error_text::{NamedField, drain_field};
use mesoscope_core::text;

use super::field::{FieldKind, field};
use super::{ActionForm, number_of};

/// Default grace period in seconds. Kill policies of minutes are common; hours are a typing error.
const GRACE: &str = "60";
/// Maximum number of concurrent changes.
const ABREAST: usize = 100;

/// Builds the form.
pub(super) fn form(verb: AgentAction, agents: Vec<(AgentId, String)>) -> ActionForm {
    let whom = match agents.as_slice() {
        [(id, hostname)] if hostname.is_empty() => id.0.clone(),
        [(_, hostname)] => hostname.clone(),
        many => number_of(many.len(), "agent", "agents"),
    };
    let title = match verb {
        AgentAction::MarkGone => format!("Mark {whom} gone"),
        verb => format!("{} {whom}", text::checks::agent_action_label(verb)),
    };
    let ids: Vec<AgentId> = agents.into_iter().map(|(id, _)| id).collect();
    let each = |verb: &'static str, action: fn(AgentId) -> Action| {
        bulk_form(title.clone(), verb, ids.iter().cloned().map(action).collect())
    };
    match verb {
        AgentAction::Drain => drain(title, ids),
        AgentAction::Deactivate => each("Deactivate", Action::Deactivate),
        AgentAction::Reactivate => each("Reactivate", Action::Reactivate),
        AgentAction::MarkGone => each("Mark gone", Action::MarkGone),
    }
}

/// Form for changes that only need confirmation. Several changes ask for the number sent concurrently.
pub(super) fn bulk_form(title: String, verb: &'static str, actions: Vec<Action>) -> ActionForm {
    if actions.len() < 2 {
        return ActionForm::plain(title, verb, actions);
    }
    let at_once = Concurrency::new(BatchOptions::default().at_once);
    let pace =
        Signal::derive(move || BatchOptions { at_once: at_once.number().unwrap_or(1), ..BatchOptions::default() });
    let is_wrong = Signal::derive(move || at_once.number().is_none());
    ActionForm { pace, is_wrong, view: at_once.view(), ..ActionForm::plain(title, verb, actions) }
}

/// Number of changes sent concurrently.
#[derive(Clone, Copy)]
struct Concurrency(RwSignal<String>);

impl Concurrency {
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

/// Field for an integer.
pub(super) fn number() -> FieldKind {
    FieldKind { is_short: true, mode: Some("numeric"), ..FieldKind::default() }
}

fn drain(title: String, ids: Vec<AgentId>) -> ActionForm {
    let is_many = ids.len() > 1;
    let limited = RwSignal::new(true);
    let grace = RwSignal::new(GRACE.to_owned());
    let gone = RwSignal::new(false);
    let at_once = Concurrency::new(1);
    let roll = RwSignal::new(is_many);
    let seconds = move || grace.get().trim().parse::<u32>().ok();
    let actions = Signal::derive(move || {
        let (grace, mark_gone) = (limited.get().then(seconds).flatten(), gone.get());
        ids.iter().map(|agent| Action::Drain { agent: agent.clone(), grace, mark_gone }).collect::<Vec<_>>()
    });
    let refusal = RwSignal::new(None::<String>);
    let unread = move || (limited.get() && seconds().is_none()).then(|| "A whole number of seconds.".to_owned());
    let fault =
        Signal::derive(move || unread().or_else(|| refusal_of_field(refusal, drain_field, NamedField::GracePeriod)));
    let no_gone = move || refusal_of_field(refusal, drain_field, NamedField::MarkGone);
    let is_wrong = Signal::derive(move || unread().is_some() || is_many && at_once.number().is_none());
    let pace = Signal::derive(move || {
        let roll = roll.get();
        BatchOptions { at_once: at_once.number().unwrap_or(1), waits: roll, stops: roll }
    });
    let rolling = is_many.then(|| {
        view! {
            <label><input type="checkbox" prop:checked=roll on:change=move |event| roll.set(event_target_checked(&event))/>
                "Roll: begin the next only when one is drained, and stop if one fails"</label>
            {at_once.view()}
        }
    });
    let kind = FieldKind { is_off: Some(Signal::derive(move || !limited.get())), ..number() };
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
    ActionForm { actions, is_wrong, pace, view, refusal, ..ActionForm::plain(title, "Drain", Vec::new()) }
}

/// Mesos' refusal, if it names this field.
pub(super) fn refusal_of_field(
    refusal: RwSignal<Option<String>>,
    named: fn(&str) -> Option<NamedField>,
    field: NamedField,
) -> Option<String> {
    refusal.get().filter(|words| named(words) == Some(field))
}
