//! The weights of roles, many at once.

use leptos::prelude::*;
use mesoscope::act::{Act, Pace};
use mesoscope::ids::Role;
use mesoscope::query::{Answer, Query};
use mesoscope::text;

use super::Form;
use crate::ui::link::link;

/// A weight as it is typed.
#[derive(Clone)]
struct Line {
    role: Role,
    /// What stands, once that is known.
    now: RwSignal<Option<f64>>,
    typed: RwSignal<String>,
}

impl Line {
    fn weight(&self) -> Option<f64> {
        self.typed.get().trim().parse::<f64>().ok().filter(|weight| weight.is_finite())
    }

    /// What is wrong with it; nothing while it is not known what stands.
    fn fault(&self) -> Option<String> {
        self.now.get()?;
        match self.weight() {
            None => Some(format!("The weight of {} is no number.", self.role)),
            Some(weight) if weight <= 0.0 => Some(format!("The weight of {} must be more than nothing.", self.role)),
            Some(_) => None,
        }
    }

    fn told(&self, weight: f64) {
        if self.now.get_untracked().is_none() {
            self.typed.set(weight.to_string());
        }
        self.now.set(Some(weight));
    }
}

/// The form: a field for each role.
pub(super) fn form(roles: Vec<Role>) -> Form {
    let title = match roles.as_slice() {
        [role] => format!("Weight of {role}"),
        many => format!("Weights of {}", text::plural(u32::try_from(many.len()).unwrap_or(u32::MAX), "role", "roles")),
    };
    let asked = roles.clone();
    let answer = link().watch(move || Query::Weights(asked.clone()));
    let line = |role: Role| Line { role, now: RwSignal::new(None), typed: RwSignal::new(String::new()) };
    let lines = StoredValue::new(roles.into_iter().map(line).collect::<Vec<_>>());
    Effect::new(move |_| {
        if let Some(Answer::Weights(weights)) = answer.get() {
            lines.with_value(|lines| lines.iter().zip(weights).for_each(|(line, weight)| line.told(weight)));
        }
    });
    // All or nothing; what stays as it is need not be sent.
    let acts = Signal::derive(move || {
        let changed = |line: &Line| {
            let weight = line.weight().filter(|weight| line.now.get().is_some_and(|now| now != *weight))?;
            Some((line.role.clone(), weight))
        };
        let changed = lines.with_value(|lines| lines.iter().filter_map(changed).collect::<Vec<_>>());
        if changed.is_empty() { Vec::new() } else { vec![Act::Weights(changed)] }
    });
    let faults =
        Signal::derive(move || lines.with_value(|lines| lines.iter().filter_map(Line::fault).collect::<Vec<_>>()));
    let refusal = RwSignal::new(None::<String>);
    let field = move |line: Line| {
        let (role, now, typed) = (line.role.0.clone(), line.now, line.typed);
        let named = format!("'{role}'");
        let is_wrong = move || {
            line.fault().is_some() || refusal.with(|words| words.as_ref().is_some_and(|words| words.contains(&named)))
        };
        view! {
            <label>{role}<input class="inline short" type="text" inputmode="decimal" prop:value=typed aria-invalid=move || is_wrong().then_some("true")
                on:input=move |event| typed.set(event_target_value(&event))/><span class="dim">{move || now.get().map(|now| format!("now {now}"))}</span></label>
        }
    };
    let view =
        view! { <div class="weights">{lines.get_value().into_iter().map(field).collect_view()}</div> }.into_any();
    Form { title, verb: "Set weights", acts, faults, pace: Signal::stored(Pace::default()), view, refusal }
}
