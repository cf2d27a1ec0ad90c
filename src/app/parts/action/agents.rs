//! Forms for changes to agents, one or many. Several agents can be drained in sequence.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::batch::BatchOptions;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::mesos::error_text::{NamedField, drain_field};
use mesoscope_core::text::dialogs;

use super::ActionForm;
use super::field::{FieldKind, field};

/// Default grace period in seconds. Kill policies of minutes are common; hours are a typing error.
const GRACE: &str = "60";
/// Maximum number of concurrent changes.
const ABREAST: usize = 100;
const SECONDS: &str = "Enter a whole number of seconds.";

/// Builds the form.
pub(super) fn form(verb: AgentAction, agents: Vec<(AgentId, String)>) -> ActionForm {
    let whom = match agents.as_slice() {
        [(id, hostname)] if hostname.is_empty() => id.0.clone(),
        [(_, hostname)] => hostname.clone(),
        many => dialogs::number_of(many.len(), "agent", "agents"),
    };
    let title = dialogs::agents_title(verb, &whom);
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
    let fault = Signal::derive(move || at_once.fault());
    ActionForm { pace, fault, view: at_once.view("Requests at a time "), ..ActionForm::plain(title, verb, actions) }
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

    fn fault(self) -> Option<String> {
        self.number().is_none().then(|| dialogs::whole_number(1, u32::try_from(ABREAST).unwrap_or(u32::MAX)))
    }

    fn view(self, label: &'static str) -> AnyView {
        let fault = Signal::derive(move || self.fault());
        let input = field(None, number(), self.0.into(), fault, move |text| self.0.set(text));
        view! { <label>{label}{input}</label> }.into_any()
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
    let unread = move || (limited.get() && seconds().is_none()).then(|| SECONDS.to_owned());
    let wrong_grace =
        Signal::derive(move || unread().or_else(|| refusal_of_field(refusal, drain_field, NamedField::GracePeriod)));
    let no_gone = move || refusal_of_field(refusal, drain_field, NamedField::MarkGone);
    let fault = Signal::derive(move || unread().or_else(|| at_once.fault().filter(|_| is_many)));
    let pace = Signal::derive(move || {
        let roll = roll.get();
        BatchOptions { at_once: at_once.number().unwrap_or(1), waits: roll, stops: roll }
    });
    let rolling = is_many.then(|| {
        view! {
            <label><input type="checkbox" prop:checked=roll on:change=move |event| roll.set(event_target_checked(&event))/>
                "Rolling: wait for each batch, stop on failure"</label>
            {at_once.view("Batch size ")}
        }
    });
    let kind = FieldKind { is_off: Some(Signal::derive(move || !limited.get())), ..number() };
    let input =
        field(Some("Grace period in seconds".to_owned()), kind, grace.into(), wrong_grace, move |text| grace.set(text));
    let policies = move || (!limited.get()).then_some("none: each task's own kill policy applies");
    let view = view! {
        <div class="row"><label><input type="checkbox" prop:checked=limited on:change=move |event| limited.set(event_target_checked(&event))/>
            "Grace period per task:"</label>{input}"s"<span class="dim">{policies}</span></div>
        <label><input type="checkbox" prop:checked=gone aria-invalid=move || no_gone().map(|_| "true") on:change=move |event| gone.set(event_target_checked(&event))/>
            "Mark gone when drained (permanent)"<span class="wrong">{no_gone}</span></label>
        {rolling}
    }
    .into_any();
    ActionForm { actions, fault, pace, view, refusal, ..ActionForm::plain(title, "Drain", Vec::new()) }
}

/// Mesos' refusal, if it names this field.
pub(super) fn refusal_of_field(
    refusal: RwSignal<Option<String>>,
    named: fn(&str) -> Option<NamedField>,
    field: NamedField,
) -> Option<String> {
    refusal.get().filter(|words| named(words) == Some(field))
}
