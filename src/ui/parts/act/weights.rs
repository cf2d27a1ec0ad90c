//! The weights of roles, many at once.

use leptos::prelude::*;
use mesoscope::act::{Act, Pace};
use mesoscope::ids::Role;
use mesoscope::text;

use super::Form;

/// A weight as it is typed.
#[derive(Clone)]
struct Line {
    role: Role,
    now: f64,
    typed: RwSignal<String>,
}

impl Line {
    fn weight(&self) -> Option<f64> {
        self.typed.get().trim().parse::<f64>().ok().filter(|weight| weight.is_finite())
    }
}

/// The form: a field for each role.
pub(super) fn form(weights: Vec<(Role, f64)>) -> Form {
    let title = match weights.as_slice() {
        [(role, _)] => format!("Weight of {role}"),
        many => format!("Weights of {}", text::plural(u32::try_from(many.len()).unwrap_or(u32::MAX), "role", "roles")),
    };
    let line = |(role, now): (Role, f64)| Line { role, now, typed: RwSignal::new(now.to_string()) };
    let lines = StoredValue::new(weights.into_iter().map(line).collect::<Vec<_>>());
    // All or nothing; what stays as it is need not be sent.
    let acts = Signal::derive(move || {
        let changed = lines.with_value(|lines| {
            let changed = |line: &Line| {
                line.weight().filter(|weight| *weight != line.now).map(|weight| (line.role.clone(), weight))
            };
            lines.iter().filter_map(changed).collect::<Vec<_>>()
        });
        if changed.is_empty() { Vec::new() } else { vec![Act::Weights(changed)] }
    });
    let faults = Signal::derive(move || {
        let fault = |line: &Line| match line.weight() {
            None => Some(format!("The weight of {} is no number.", line.role)),
            Some(weight) if weight <= 0.0 => Some(format!("The weight of {} must be more than nothing.", line.role)),
            Some(_) => None,
        };
        lines.with_value(|lines| lines.iter().filter_map(fault).collect::<Vec<_>>())
    });
    let refusal = RwSignal::new(None::<String>);
    let field = move |line: Line| {
        let (now, role) = (line.now, line.role.0.clone());
        let named = role.clone();
        let is_wrong = {
            let line = line.clone();
            move || {
                line.weight().is_none_or(|weight| weight <= 0.0)
                    || refusal.with(|words| words.as_ref().is_some_and(|words| words.contains(&format!("'{named}'"))))
            }
        };
        view! {
            <label>{role}<input class="inline short" type="text" inputmode="decimal" prop:value=line.typed aria-invalid=move || is_wrong().then_some("true")
                on:input=move |event| line.typed.set(event_target_value(&event))/><span class="dim">"now "{now}</span></label>
        }
    };
    let view =
        view! { <div class="weights">{lines.get_value().into_iter().map(field).collect_view()}</div> }.into_any();
    Form { title, verb: "Set weights", acts, faults, pace: Signal::stored(Pace::default()), view, refusal }
}
